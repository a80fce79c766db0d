//! Deleting what deliveries left in targets that only grow: occurrences, alerts that are over, Orloj's runs, runs of
//! agents. The same bounds as for deliveries; tasks in lists are the user's and stay.

use rusqlite::Connection;

use crate::store::StoreError;
use crate::store::retention::Bounds;

/// Resolved alerts that are looked at in one change, the first raised first.
const ALERTS_LOOKED_AT: u32 = 1_000;

/// Deletes at most `most` rows of each kind beyond the bounds: older ones, and more than so many. How many went.
///
/// Occurrences and runs lie in the order of their time, so only the first ones are looked at.
pub fn delete_some(db: &Connection, bounds: &Bounds, most: u32) -> Result<usize, StoreError> {
    let before = bounds.older_than.map_or(i64::MIN, |at| at.0);
    let newest = bounds.deliveries.unwrap_or(i64::MAX);
    let occurrences = db
        .prepare_cached(
            "DELETE FROM occurrences WHERE seq IN (
               SELECT seq FROM (SELECT seq, at FROM occurrences ORDER BY seq LIMIT ?3)
               WHERE at < ?1 OR seq <= (SELECT MAX(seq) FROM occurrences) - ?2)",
        )?
        .execute((before, newest, most))?;
    let runs = db
        .prepare_cached(
            "DELETE FROM orloj_tasks WHERE seq IN (
               SELECT seq FROM (SELECT seq, created_at FROM orloj_tasks WHERE source_delivery IS NOT NULL ORDER BY seq LIMIT ?3)
               WHERE created_at < ?1 OR seq <= (SELECT MAX(seq) FROM orloj_tasks) - ?2)",
        )?
        .execute((before, newest, most))?;
    let agents = db
        .prepare_cached(
            "DELETE FROM agent_executions WHERE seq IN (
               SELECT seq FROM (SELECT seq, completed_at FROM agent_executions ORDER BY seq LIMIT ?3)
               WHERE completed_at < ?1
                 OR completed_at NOT NULL AND seq <= (SELECT MAX(seq) FROM agent_executions) - ?2)",
        )?
        .execute((before, newest, most))?;
    let alerts = db
        .prepare_cached(
            "DELETE FROM alerts WHERE seq IN (
               SELECT seq FROM (SELECT seq, last_at, resolved_at FROM alerts WHERE status = 'resolved' ORDER BY seq LIMIT ?2)
               WHERE last_at < ?1 AND resolved_at < ?1 LIMIT ?3)",
        )?
        .execute((before, ALERTS_LOOKED_AT, most))?;
    Ok(occurrences + runs + agents + alerts)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::clock::UnixMs;

    /// Two alerts, both resolved, the second of late; four occurrences at 10, 20, 30, 40; a template and three runs.
    fn filled() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let db = crate::store::open::open_database(&folder.path().join("creel.db"), UnixMs(1)).unwrap();
        db.execute_batch(
            "INSERT INTO alerts (id, group_digest, webhook, severity, status, occurrence_count, first_at, last_at, resolved_at,
               title, description, last_occurrence) VALUES
               ('old', x'00', 'w', 'sev3', 'resolved', 2, 10, 20, 21, 't', '', 2),
               ('late', x'01', 'w', 'sev3', 'resolved', 1, 10, 20, 90, 't', '', 3),
               ('open', x'02', 'w', 'sev3', 'open', 1, 10, 20, NULL, 't', '', 4);
             INSERT INTO occurrences (number, at, severity, delivery_id) VALUES
               (1, 10, 'sev3', 'd'), (2, 20, 'sev3', 'd'), (1, 30, 'sev3', 'd'), (1, 40, 'sev3', 'd');
             INSERT INTO orloj_tasks (namespace, name, created_at, source_delivery, labels, spec) VALUES
               ('n', 'template', 1, NULL, '{}', '{}'), ('n', 'a', 10, 'd', '{}', '{}'), ('n', 'b', 20, 'd', '{}', '{}'),
               ('n', 'c', 40, 'd', '{}', '{}');
             INSERT INTO agent_executions (id, agent_id, trigger_id, source_delivery, status, input, created_at, completed_at)
               VALUES ('r1', 'a', 't', 'd', 'completed', '{}', 10, 20), ('r2', 'a', 't', 'd', 'running', '{}', 11, NULL),
               ('r3', 'a', 't', 'd', 'failed', '{}', 12, 40);",
        )
        .unwrap();
        (folder, db)
    }

    fn left(db: &Connection) -> (Vec<String>, Vec<i64>, Vec<String>, Vec<String>) {
        fn column<T: rusqlite::types::FromSql>(db: &Connection, sql: &str) -> Vec<T> {
            db.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        }
        (
            column(db, "SELECT id FROM alerts ORDER BY seq"),
            column(db, "SELECT at FROM occurrences ORDER BY seq"),
            column(db, "SELECT name FROM orloj_tasks ORDER BY seq"),
            column(db, "SELECT id FROM agent_executions ORDER BY seq"),
        )
    }

    fn texts(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn what_is_older_goes_a_little_at_a_time_and_what_the_user_made_or_has_open_stays() {
        let (_folder, db) = filled();
        let bounds = Bounds { older_than: Some(UnixMs(35)), deliveries: None, stored_bytes: None };
        assert_eq!(delete_some(&db, &bounds, 2).unwrap(), 2 + 2 + 1 + 1);
        assert_eq!(delete_some(&db, &bounds, 2).unwrap(), 1);
        assert_eq!(delete_some(&db, &bounds, 2).unwrap(), 0);
        let kept = (texts(&["late", "open"]), vec![40], texts(&["template", "c"]), texts(&["r2", "r3"]));
        assert_eq!(left(&db), kept);
    }

    #[test]
    fn more_than_so_many_go_the_oldest_first() {
        let (_folder, db) = filled();
        let bounds = Bounds { older_than: None, deliveries: Some(3), stored_bytes: None };
        delete_some(&db, &bounds, 100).unwrap();
        let names = (texts(&["template", "a", "b", "c"]), texts(&["r1", "r2", "r3"]));
        let kept = (texts(&["old", "late", "open"]), vec![20, 30, 40], names.0, names.1);
        assert_eq!(left(&db), kept);
        delete_some(&db, &Bounds { deliveries: Some(1), ..bounds }, 100).unwrap();
        let (_, occurrences, runs, agents) = left(&db);
        assert_eq!((occurrences, runs, agents), (vec![40], texts(&["template", "c"]), texts(&["r2", "r3"])));
        assert_eq!(delete_some(&db, &Bounds { deliveries: None, ..bounds }, 100).unwrap(), 0, "no bound");
    }
}
