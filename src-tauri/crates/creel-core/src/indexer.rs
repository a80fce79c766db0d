//! Fills the full-text index after the answer, from its durable mark, and gives way to the ingest.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use crate::app::App;
use crate::store::search_index::{self, Entry};
use crate::store::{StoreError, contents};

/// Deliveries indexed in one transaction.
const BATCH: usize = 200;
/// How often it looks for new ones.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// More changes than this since the last look mean that deliveries are pouring in: the index waits.
const BUSY: u64 = 100;
/// But not for ever: after so many looks a batch is indexed all the same, so the lag stays bounded.
const PATIENCE: u32 = 8;

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
        let (mut last, mut waited) = (0, 0);
        while app.stopping.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            forget_some(&app, &mut index).await;
            let changes = app.store.counters().changes.load(Ordering::Relaxed);
            let busy = changes.saturating_sub(std::mem::replace(&mut last, changes)) > BUSY;
            waited = if busy { waited + 1 } else { 0 };
            if busy && waited % PATIENCE != 0 {
                continue;
            }
            while index_some(&app, &mut index).await == BATCH && !busy {}
        }
    });
}

impl App {
    /// Indexes everything that is there now, for a test or a benchmark that must not wait.
    pub async fn index_now(&self) -> rusqlite::Result<()> {
        let mut index = Some(search_index::open(&self.store.search_file())?);
        while index_some(self, &mut index).await > 0 {}
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
async fn index_some(app: &App, slot: &mut Option<Connection>) -> usize {
    let Some(mut index) = slot.take() else { return 0 };
    let ran = app
        .store
        .read(move |db| {
            let added = search_index::mark(&index)
                .map_err(StoreError::from)
                .and_then(|mark| contents::bodies_after(db, mark, BATCH))
                .and_then(|found| add(&mut index, found));
            Ok((index, added))
        })
        .await;
    match ran {
        Ok((index, added)) => {
            *slot = Some(index);
            added.unwrap_or_else(|error| {
                tracing::warn!(%error, "indexing");
                0
            })
        }
        Err(error) => {
            tracing::warn!(%error, "indexing");
            0
        }
    }
}

fn add(index: &mut Connection, found: Vec<contents::Indexable>) -> Result<usize, StoreError> {
    let Some(last) = found.last().map(|row| row.seq) else { return Ok(0) };
    let count = found.len();
    let entries: Vec<_> = found
        .into_iter()
        .filter_map(|row| {
            let text = text_of(&row.body, &row.path)?;
            Some(Entry { seq: row.seq, text })
        })
        .collect();
    search_index::add(index, &entries, last)?;
    Ok(count)
}

/// What is found in a body: the values of JSON, else the text as it is. Bodies that are no text are found by their path.
fn text_of(body: &[u8], path: &str) -> Option<String> {
    let mut text = path.to_owned();
    let Ok(body) = std::str::from_utf8(body) else { return Some(text) };
    text.push(' ');
    match serde_json::from_str::<serde_json::Value>(body) {
        Ok(value) => values(&value, &mut text),
        Err(_) => text.push_str(body),
    }
    Some(text)
}

fn values(value: &serde_json::Value, text: &mut String) {
    use serde_json::Value;
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => {
            text.push_str(number.as_str());
            text.push(' ');
        }
        Value::String(string) => {
            text.push_str(string);
            text.push(' ');
        }
        Value::Array(items) => items.iter().for_each(|item| values(item, text)),
        Value::Object(fields) => fields.values().for_each(|item| values(item, text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_a_json_body_are_found_and_its_keys_are_not() {
        let text =
            text_of(br#"{"who":"jane","n":[1.50,{"deep":"disk full"}],"ok":true}"#, "/hooks/a").unwrap_or_default();
        assert_eq!(text, "/hooks/a jane 1.50 disk full ");
    }
}
