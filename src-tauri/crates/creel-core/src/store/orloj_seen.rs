//! Which event made which run task: noted beside the run (`orloj_tasks`), and in `orloj_seen` when the run is deleted.

use rusqlite::{Connection, OptionalExtension};

use crate::clock::UnixMs;
use crate::orloj::Named;
use crate::store::StoreError;

/// Rows forgotten at a time: everybody waits for the writer.
const FORGOTTEN_AT_ONCE: u32 = 10_000;

/// An event at an endpoint, and for how long it counts as seen.
#[derive(Clone, Copy, Debug)]
pub struct SeenEvent<'e> {
    /// The endpoint's id.
    pub endpoint: &'e str,
    /// The sender's id of the event.
    pub event_id: &'e str,
    /// Until when.
    pub until: UnixMs,
}

/// The run task that this event made at this endpoint, while that counts. `run`: the name that its run has.
pub fn task(
    db: &Connection,
    endpoint: &str,
    event_id: &str,
    run: &Named,
    now: UnixMs,
) -> Result<Option<String>, StoreError> {
    let mut earlier = db.prepare_cached(
        "SELECT namespace || '/' || name FROM orloj_tasks
           WHERE namespace = ?1 AND name = ?2 AND endpoint = ?3 AND event_id = ?4 AND seen_until > ?5
         UNION ALL SELECT task FROM orloj_seen WHERE endpoint = ?3 AND event_id = ?4 AND expires_at > ?5 LIMIT 1",
    )?;
    Ok(earlier.query_row((&run.namespace, &run.name, endpoint, event_id, now), |row| row.get(0)).optional()?)
}

/// The event made the run that it had made before, after its window: it counts as seen anew.
pub fn again(db: &Connection, run: &Named, event: SeenEvent<'_>) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE orloj_tasks SET endpoint = ?3, event_id = ?4, seen_until = ?5 WHERE namespace = ?1 AND name = ?2",
    )?
    .execute((&run.namespace, &run.name, event.endpoint, event.event_id, event.until))?;
    Ok(())
}

/// Forgets what does not count any more.
pub fn tidy(db: &Connection, now: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached(
        "DELETE FROM orloj_seen WHERE (endpoint, event_id) IN
           (SELECT endpoint, event_id FROM orloj_seen WHERE expires_at <= ?1 LIMIT ?2)",
    )?
    .execute((now, FORGOTTEN_AT_ONCE))?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::ids::DeliveryId;
    use crate::orloj::{ResourceMetadata, TaskManifest, TaskMode, TaskSpec};
    use crate::store::orloj_tasks::{self, RunSource};

    const NOW: UnixMs = UnixMs(1_000);
    const UNTIL: UnixMs = UnixMs(2_000);

    fn made(event_id: &str) -> (tempfile::TempDir, Connection, Named) {
        let folder = tempfile::tempdir().unwrap();
        let db = crate::store::open::open_database(&folder.path().join("creel.db"), NOW).unwrap();
        let place = Named { namespace: "default".to_owned(), name: "hook-1".to_owned() };
        let metadata =
            ResourceMetadata { namespace: place.namespace.clone(), name: place.name.clone(), labels: BTreeMap::new() };
        let from = RunSource {
            delivery: &DeliveryId::from("dlv_1"),
            payload_key: "webhook_payload",
            event: SeenEvent { endpoint: "end", event_id, until: UNTIL },
        };
        let task = TaskManifest {
            metadata,
            spec: TaskSpec {
                mode: TaskMode::Run,
                system: String::new(),
                input: BTreeMap::new(),
                priority: String::new(),
                retry: None,
            },
        };
        assert!(orloj_tasks::add_run(&db, &task, NOW, from).unwrap());
        (folder, db, place)
    }

    fn seen(db: &Connection, run: &Named, event_id: &str, now: i64) -> Option<String> {
        task(db, "end", event_id, run, UnixMs(now)).unwrap()
    }

    #[test]
    fn an_event_is_seen_until_its_window_ends_and_no_other_event_is() {
        let (_folder, db, run) = made("a");
        assert_eq!(seen(&db, &run, "a", 1_999).as_deref(), Some("default/hook-1"));
        assert_eq!(seen(&db, &run, "a", 2_000), None);
        assert_eq!(seen(&db, &run, "b", 1_500), None);
        assert_eq!(task(&db, "other", "a", &run, NOW).unwrap(), None);
        again(&db, &run, SeenEvent { endpoint: "end", event_id: "a", until: UnixMs(9_000) }).unwrap();
        assert_eq!(seen(&db, &run, "a", 8_999).as_deref(), Some("default/hook-1"));
    }

    #[test]
    fn an_event_whose_run_is_deleted_stays_seen_and_is_forgotten_in_its_time() {
        let (_folder, db, run) = made("a");
        assert!(orloj_tasks::delete(&db, &run).unwrap());
        assert_eq!(seen(&db, &run, "a", 1_999).as_deref(), Some("default/hook-1"));
        assert_eq!(seen(&db, &run, "a", 2_000), None);
        tidy(&db, UNTIL).unwrap();
        let left: i64 = db.query_row("SELECT COUNT(*) FROM orloj_seen", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0);
    }
}
