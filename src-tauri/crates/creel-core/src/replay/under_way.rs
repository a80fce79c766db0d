//! Replays that are being sent: how far each is, and the way to stop it. They end with Creel.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::api::replays::{ReplayResult, ReplaySent};
use crate::error::{ApiError, ErrorCode};
use crate::ids::{Ids, ReplayId};

/// Replays being sent at once: a person sends one, a script a few.
const AT_ONCE: usize = 4;
/// Replays that are remembered after their end. A hundred answers of 64 KiB each are 6 MB.
const ENDED_KEPT: usize = 4;
/// How long an answer waits for the end; the control listener gives up on a command after 30 seconds.
const WAIT_END: Duration = Duration::from_secs(28);
/// How long one waits for the next result.
const WAIT_MORE: Duration = Duration::from_secs(20);

/// The replays of this process.
#[derive(Debug, Default)]
pub struct UnderWay(Mutex<VecDeque<Known>>);

#[derive(Debug)]
struct Known {
    so_far: watch::Receiver<ReplaySent>,
    stop: CancellationToken,
}

/// A replay that has begun. It ends when this is dropped.
pub(super) struct Started {
    so_far: watch::Sender<ReplaySent>,
    stop: CancellationToken,
}

impl UnderWay {
    /// Begins one of `times` sendings; it ends with `creel` at the latest.
    pub(super) fn start(&self, times: u32, ids: &dyn Ids, creel: &CancellationToken) -> Result<Started, ApiError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = |replay: &Known| replay.so_far.borrow().ended;
        if known.iter().filter(|replay| !ended(replay)).count() >= AT_ONCE {
            let words = format!("{AT_ONCE} replays are being sent already");
            return Err(ApiError::new(ErrorCode::Conflict, words).hint("wait for one of them, or stop it"));
        }
        while known.iter().filter(|replay| ended(replay)).count() > ENDED_KEPT {
            let Some(oldest) = known.iter().position(ended) else { break };
            known.remove(oldest);
        }
        let first = ReplaySent { id: ReplayId::new(ids), times, results: Vec::new(), ended: false };
        let (so_far, watching) = watch::channel(first);
        let stop = creel.child_token();
        known.push_back(Known { so_far: watching, stop: stop.clone() });
        Ok(Started { so_far, stop })
    }

    /// How far it is, as soon as there are more than `seen` results or it has ended.
    pub async fn progress(&self, id: &ReplayId, seen: Option<u32>) -> Result<ReplaySent, ApiError> {
        let more = |sent: &ReplaySent| seen.is_none_or(|seen| sent.results.len() > seen as usize) || sent.ended;
        self.wait(id, WAIT_MORE, more).await
    }

    /// How far it is, at its end or after 28 seconds.
    pub(super) async fn end(&self, id: &ReplayId) -> Result<ReplaySent, ApiError> {
        self.wait(id, WAIT_END, |sent| sent.ended).await
    }

    /// Sends no more of it, and how far it came. A sending under way is given up.
    pub async fn stop(&self, id: &ReplayId) -> Result<ReplaySent, ApiError> {
        self.find(id)?.1.cancel();
        self.end(id).await
    }

    async fn wait(
        &self,
        id: &ReplayId,
        most: Duration,
        enough: impl FnMut(&ReplaySent) -> bool,
    ) -> Result<ReplaySent, ApiError> {
        let (mut so_far, _) = self.find(id)?;
        // Time that is up and a replay that is over both say how far it is.
        let _ = timeout(most, so_far.wait_for(enough)).await;
        let sent = so_far.borrow().clone();
        Ok(sent)
    }

    fn find(&self, id: &ReplayId) -> Result<(watch::Receiver<ReplaySent>, CancellationToken), ApiError> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().find(|replay| replay.so_far.borrow().id == *id);
        found
            .map(|replay| (replay.so_far.clone(), replay.stop.clone()))
            .ok_or_else(|| ApiError::not_found("replay", id))
    }
}

impl Started {
    /// Its id.
    pub fn id(&self) -> ReplayId {
        self.so_far.borrow().id.clone()
    }

    /// How often it is to be sent.
    pub fn times(&self) -> u32 {
        self.so_far.borrow().times
    }

    /// One more result.
    pub fn note(&self, result: ReplayResult) {
        self.so_far.send_modify(|sent| sent.results.push(result));
    }

    /// Does `work` unless it is stopped before or meanwhile.
    pub async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.stop.run_until_cancelled(work).await
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.so_far.send_modify(|sent| sent.ended = true);
    }
}
