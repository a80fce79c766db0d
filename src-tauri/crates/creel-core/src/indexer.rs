//! Fills the full-text index after the answer, from its durable mark, and gives way to the ingest.

use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::app::App;
use crate::store::search_index::{self, Entry};
use crate::store::{StoreError, contents};

/// Deliveries indexed in one transaction.
const BATCH: usize = 200;
/// How often it looks for new ones.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// More changes than this since the last look: a program is sending, nobody by hand, and the index waits.
const BUSY: u64 = 20;
/// More than this: deliveries are pouring in.
const FLOOD: u64 = 100;
/// But it does not wait for ever: after so many looks it goes all the same, so the lag stays bounded.
const PATIENCE: u32 = 8;
/// Before each entry while deliveries keep coming: many in a row would hold up the one that arrives just then.
const REST: Duration = Duration::from_millis(1);

/// Starts it; it ends when the app closes.
pub fn start(app: &Arc<App>) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let file = app.store.search_file();
        let Ok(Ok(index)) = tokio::task::spawn_blocking(move || search_index::open(&file)).await else {
            tracing::error!("the search index cannot be opened; search finds only what was indexed");
            return;
        };
        let mut index = Some(index);
        let mut pace = Pace::default();
        while app.stopping.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            forget_some(&app, &mut index).await;
            let changes = || app.store.counters().changes.load(Ordering::Relaxed);
            if !pace.may_go(changes()) {
                continue;
            }
            // Deliveries may begin to pour in while it catches up.
            while index_some(&app, &mut index, pace.rest(changes())).await == BATCH && !pace.is_flood(changes()) {}
        }
    });
}

/// When the index gives way.
#[derive(Debug, Default)]
struct Pace {
    /// Changes at the last look.
    last: u64,
    waited: u32,
}

impl Pace {
    /// Whether more changes came since the last look than a person or a sender makes.
    fn is_busy(&self, changes: u64) -> bool {
        changes.saturating_sub(self.last) > BUSY
    }

    /// Whether they pour in.
    fn is_flood(&self, changes: u64) -> bool {
        changes.saturating_sub(self.last) > FLOOD
    }

    /// How long to rest before each entry: nobody is held up while nothing arrives.
    fn rest(&self, changes: u64) -> Duration {
        if self.waited > 0 || self.is_busy(changes) { REST } else { Duration::ZERO }
    }

    /// A look: whether a batch may be indexed now.
    fn may_go(&mut self, changes: u64) -> bool {
        let busy = self.is_busy(changes);
        self.last = changes;
        self.waited = if busy { self.waited + 1 } else { 0 };
        !busy || self.waited.is_multiple_of(PATIENCE)
    }
}

impl App {
    /// Indexes everything that is there now, for a test or a benchmark that must not wait.
    pub async fn index_now(&self) -> rusqlite::Result<()> {
        let mut index = Some(search_index::open(&self.store.search_file())?);
        while index_some(self, &mut index, Duration::ZERO).await > 0 {}
        forget_some(self, &mut index).await;
        Ok(())
    }

    /// Deliveries at these positions were deleted. The indexer takes them out itself: it may be adding them just now.
    pub(crate) fn leave_the_index(&self, seqs: impl Iterator<Item = i64>) {
        self.out_of_index.lock().unwrap_or_else(PoisonError::into_inner).extend(seqs);
    }
}

/// Takes deleted deliveries out. What fails is only found in vain.
async fn forget_some(app: &App, slot: &mut Option<Connection>) {
    let seqs = std::mem::take(&mut *app.out_of_index.lock().unwrap_or_else(PoisonError::into_inner));
    let Some(mut index) = slot.take_if(|_| !seqs.is_empty()) else { return };
    let removed = tokio::task::spawn_blocking(move || (search_index::remove(&mut index, &seqs), index)).await;
    match removed {
        Ok((removed, index)) => {
            *slot = Some(index);
            removed.unwrap_or_else(|error| tracing::warn!(%error, "deleted deliveries are still in the search index"));
        }
        Err(error) => tracing::warn!(%error, "the search index is lost until the next start"),
    }
}

/// Indexes the next deliveries. How many there were.
async fn index_some(app: &App, slot: &mut Option<Connection>, rest: Duration) -> usize {
    let Some(mut index) = slot.take() else { return 0 };
    let found = match search_index::mark(&index) {
        Ok(mark) => app.store.read(move |db| contents::bodies_after(db, mark, BATCH)).await,
        Err(error) => Err(error.into()),
    };
    // Not on a reader: it rests, and the inbox would wait for it.
    let ran = tokio::task::spawn_blocking(move || {
        let added = found.and_then(|found| add(&mut index, found, rest));
        (index, added)
    });
    match ran.await {
        Ok((index, added)) => {
            *slot = Some(index);
            added.unwrap_or_else(|error| {
                tracing::warn!(%error, "indexing");
                0
            })
        }
        Err(error) => {
            tracing::warn!(%error, "the search index is lost until the next start");
            0
        }
    }
}

fn add(index: &mut Connection, found: Vec<contents::Indexable>, rest: Duration) -> Result<usize, StoreError> {
    let Some(last) = found.last().map(|row| row.seq) else { return Ok(0) };
    let count = found.len();
    let entries = found.into_iter().map(|row| {
        // Its purpose is the pause: whoever delivers just then has the cores and the disk.
        std::thread::sleep(rest);
        Entry { seq: row.seq, text: text_of(&row.body, &row.path) }
    });
    search_index::add(index, entries, last)?;
    Ok(count)
}

/// What is found in a body: the values of JSON, else the text as it is. Bodies that are no text are found by their path.
fn text_of(body: &[u8], path: &str) -> String {
    let mut text = path.to_owned();
    let Ok(body) = std::str::from_utf8(body) else { return text };
    text.push(' ');
    let begin = text.len();
    let mut json = serde_json::Deserializer::from_str(body);
    if Values(&mut text).deserialize(&mut json).and_then(|()| json.end()).is_err() {
        text.truncate(begin);
        text.push_str(body);
    }
    text
}

/// Writes the values of a JSON document, with a space behind each, without building its tree.
struct Values<'t>(&'t mut String);

impl<'de> DeserializeSeed<'de> for Values<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Values<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.0.push_str(value);
        self.0.push(' ');
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Values(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while members.next_key::<IgnoredAny>()?.is_some() {
            members.next_value_seed(Values(self.0))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_a_json_body_are_found_and_its_keys_are_not() {
        let text = text_of(br#"{"who":"jane","n":[1.50,{"deep":"disk\u0020full"}],"ok":true,"no":null}"#, "/hooks/a");
        assert_eq!(text, "/hooks/a jane 1.50 disk full ");
    }

    #[test]
    fn a_body_that_only_begins_as_json_is_found_as_text() {
        assert_eq!(text_of(br#"{"who":"jane"} x"#, "/a"), r#"/a {"who":"jane"} x"#);
    }

    #[test]
    fn the_index_waits_while_deliveries_pour_in_but_not_for_ever() {
        let mut pace = Pace::default();
        assert!(pace.may_go(BUSY), "that much is no flood");
        let goes: Vec<bool> = (2..=u64::from(PATIENCE) + 2).map(|n| pace.may_go(n * 10 * BUSY)).collect();
        assert_eq!(goes.iter().filter(|go| **go).count(), 1, "{goes:?}");
        assert_eq!(pace.rest(u64::MAX), REST, "they keep coming");
    }

    #[test]
    fn what_is_sent_by_hand_is_indexed_at_once_and_without_rests() {
        let mut pace = Pace::default();
        for looks in 1..10 {
            assert!(pace.may_go(looks * BUSY));
            assert_eq!(pace.rest(looks * BUSY), Duration::ZERO);
        }
    }

    #[test]
    fn a_steady_sender_is_caught_up_with_a_flood_is_not() {
        let mut pace = Pace::default();
        pace.may_go(BUSY + 1);
        assert!(!pace.is_flood(2 * BUSY + 2));
        assert!(pace.is_flood(2 * FLOOD));
    }
}
