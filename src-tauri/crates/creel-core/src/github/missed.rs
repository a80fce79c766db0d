//! What each hook missed, as it was last found: kept in memory, because GitHub's record is asked again at every start.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::absences::{self, Absence};
use crate::api::github::GithubSent;
use crate::api::github_missed::{GithubAtWork, GithubMissed, GithubMissedItem};
use crate::clock::UnixMs;
use crate::error::ApiError;
use crate::ids::TriggerId;

/// What is done with what was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MissedHow {
    /// Its payload is fetched from GitHub's record and taken here as a delivery.
    BringIn,
    /// GitHub sends it again.
    SendAgain,
}

/// What was found of one hook.
#[derive(Debug, Default)]
struct Kept {
    items: Vec<GithubMissedItem>,
    looked_at: Option<UnixMs>,
    trouble: Option<ApiError>,
    cut: bool,
    /// Of the record's first page, as GitHub gave it last.
    tag: Option<String>,
    at_work: Option<(GithubAtWork, CancellationToken)>,
}

/// What every hook missed.
#[derive(Debug, Default)]
pub struct MissedBoard(Mutex<HashMap<TriggerId, Kept>>);

impl MissedBoard {
    /// What a hook missed, in short. `always` and `asks_every` are the hook's own.
    pub fn of(&self, trigger: &TriggerId, always: bool, asks_every: Option<u32>) -> GithubMissed {
        let board = self.open();
        let none = Kept::default();
        let kept = board.get(trigger).unwrap_or(&none);
        GithubMissed {
            count: u32::try_from(kept.items.len()).unwrap_or(u32::MAX),
            away: shared(&kept.items),
            looked_at: kept.looked_at,
            trouble: kept.trouble.clone(),
            cut: kept.cut,
            at_work: kept.at_work.as_ref().map(|(work, _)| work.clone()),
            always,
            asks_every,
        }
    }

    /// What a hook missed, oldest first.
    pub fn items(&self, trigger: &TriggerId) -> Vec<GithubMissedItem> {
        self.open().get(trigger).map(|kept| kept.items.clone()).unwrap_or_default()
    }

    /// What GitHub said of the record's first page when it was last read to its end.
    pub(super) fn tag(&self, trigger: &TriggerId) -> Option<String> {
        self.open().get(trigger).and_then(|kept| kept.tag.clone())
    }

    /// The record was read. What failed before keeps its trouble.
    pub(super) fn found(
        &self,
        trigger: &TriggerId,
        missed: Vec<GithubSent>,
        cut: bool,
        tag: Option<String>,
        at: UnixMs,
    ) {
        let mut board = self.open();
        let kept = board.entry(trigger.clone()).or_default();
        let before = std::mem::take(&mut kept.items);
        let with = |sent: GithubSent| match before.iter().find(|one| one.sent.guid == sent.guid) {
            Some(known) => GithubMissedItem { sent, ..known.clone() },
            None => GithubMissedItem { sent, asked: false, trouble: None },
        };
        kept.items = missed.into_iter().map(with).collect();
        (kept.looked_at, kept.cut, kept.tag, kept.trouble) = (Some(at), cut, tag, None);
    }

    /// When the oldest and the newest that a hook missed were, by GitHub's clock; `None`: it missed none.
    pub(super) fn span(&self, trigger: &TriggerId) -> Option<(UnixMs, UnixMs)> {
        let board = self.open();
        let times = || board.get(trigger).into_iter().flat_map(|kept| kept.items.iter().map(|item| at(&item.sent)));
        Some((times().min()?, times().max()?))
    }

    /// What kept them away is told anew: an outage may have ended since. `ahead_ms`: by how much this clock is ahead.
    pub(super) fn explain(&self, trigger: &TriggerId, absences: &[Absence], ahead_ms: i64) {
        let mut board = self.open();
        for item in board.get_mut(trigger).into_iter().flat_map(|kept| kept.items.iter_mut()) {
            item.sent.away = absences::explains(absences, at(&item.sent).plus_ms(ahead_ms)).cloned();
        }
    }

    /// Nothing is new since the last look.
    pub(super) fn unchanged(&self, trigger: &TriggerId, at: UnixMs) {
        let mut board = self.open();
        let kept = board.entry(trigger.clone()).or_default();
        (kept.looked_at, kept.trouble) = (Some(at), None);
    }

    /// The record could not be read, or work on it broke off.
    pub(super) fn failed(&self, trigger: &TriggerId, error: ApiError) {
        self.open().entry(trigger.clone()).or_default().trouble = Some(error);
    }

    /// A delivery with this id is here now. Whether it was missed until now.
    pub(super) fn arrived(&self, trigger: &TriggerId, guid: &str) -> bool {
        let mut board = self.open();
        let Some(kept) = board.get_mut(trigger) else { return false };
        let before = kept.items.len();
        kept.items.retain(|item| item.sent.guid != guid);
        kept.items.len() < before
    }

    /// Why one was not brought in; `None`: GitHub took it to send it again.
    pub(super) fn note(&self, trigger: &TriggerId, id: &str, trouble: Option<ApiError>) {
        let mut board = self.open();
        let items = board.get_mut(trigger).into_iter().flat_map(|kept| kept.items.iter_mut());
        for item in items.filter(|item| item.sent.id == id) {
            (item.asked, item.trouble) = (trouble.is_none(), trouble.clone());
        }
    }

    /// The user wants none of them. When the newest of them was.
    pub(super) fn leave(&self, trigger: &TriggerId) -> Option<UnixMs> {
        let mut board = self.open();
        let kept = board.get_mut(trigger)?;
        kept.items.drain(..).map(|item| at(&item.sent)).max()
    }

    /// Work begins, unless some is under way.
    pub(super) fn begin(&self, trigger: &TriggerId, how: MissedHow, total: usize, stop: CancellationToken) -> bool {
        let mut board = self.open();
        let kept = board.entry(trigger.clone()).or_default();
        let free = kept.at_work.is_none();
        if free {
            let total = u32::try_from(total).unwrap_or(u32::MAX);
            kept.at_work = Some((GithubAtWork { how, done: 0, total }, stop));
        }
        free
    }

    /// One more is done.
    pub(super) fn step(&self, trigger: &TriggerId) {
        if let Some((work, _)) = self.open().get_mut(trigger).and_then(|kept| kept.at_work.as_mut()) {
            work.done += 1;
        }
    }

    /// Work is over.
    pub(super) fn end(&self, trigger: &TriggerId) {
        if let Some(kept) = self.open().get_mut(trigger) {
            kept.at_work = None;
        }
    }

    /// No more is begun.
    pub fn stop(&self, trigger: &TriggerId) {
        if let Some((_, stop)) = self.open().get(trigger).and_then(|kept| kept.at_work.as_ref()) {
            stop.cancel();
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<TriggerId, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When it was, by GitHub's clock.
fn at(sent: &GithubSent) -> UnixMs {
    UnixMs(sent.at.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond).unwrap_or_default())
}

/// What kept all of them away, where it is one and the same.
fn shared(items: &[GithubMissedItem]) -> Option<Absence> {
    let first = items.first()?.sent.away.as_ref()?;
    items.iter().all(|item| item.sent.away.as_ref() == Some(first)).then(|| first.clone())
}
