//! Opening the queue: what ran when the last Creel ended.
//!
//! The lease is an epoch, raised at every start: what runs under an older one runs no more. No wall clock is asked.

use crate::error::{ApiError, ErrorCode};
use crate::execution::Execution;
use crate::store::queue::{note, row};
use crate::store::words::Json;
use crate::store::{StoreError, Turn, meta, steps};

/// Crashes in a row at which an execution is quarantined: one may be chance, two bad luck (`trust.md` R19).
pub const CRASHES_MOST: u32 = 3;
/// `meta`: how many times the queue was opened.
const EPOCH: &str = "queue_epoch";
/// `meta`: the epoch that ended in good order, with what still ran then given up on purpose.
const STOPPED: &str = "queue_stopped";

/// What the queue is opened with.
#[derive(Clone, Debug, Default)]
pub struct Recovered {
    /// The lease of this run of Creel.
    pub epoch: i64,
    /// The rows that were running when the last run ended, as they are now.
    pub rows: Vec<Execution>,
}

/// Opens the queue: a new epoch, and every row that still runs under an older one is queued at once with its attempt
/// counted, interrupted where it must not start twice, or quarantined at its third crash in a row.
pub fn recover(turn: &Turn<'_>) -> Result<Recovered, StoreError> {
    let last = meta::number(turn.db, EPOCH)?.unwrap_or(0);
    let crashed = meta::number(turn.db, STOPPED)? != Some(last);
    let epoch = last + 1;
    meta::set_number(turn.db, EPOCH, epoch)?;
    let left: Vec<(i64, u32, u32, bool)> = turn
        .db
        .prepare_cached("SELECT seq, attempts, crashes, once FROM executions WHERE status = 'running' ORDER BY seq")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<Result<_, _>>()?;
    let mut recovered = Recovered { epoch, rows: Vec::with_capacity(left.len()) };
    for (seq, attempt, crashes, once) in left {
        match crashes + u32::from(crashed) {
            _ if once => interrupt(turn, seq, attempt, crashed)?,
            many if many >= CRASHES_MOST => quarantine(turn, seq, attempt, many)?,
            few => queue_again(turn, seq, attempt, few, crashed)?,
        }
        recovered.rows.extend(row(turn.db, seq)?);
    }
    Ok(recovered)
}

/// Notes that this epoch ends in good order: what still runs was given up on purpose and is no crash.
pub fn note_stop(turn: &Turn<'_>, epoch: i64) -> Result<(), StoreError> {
    Ok(meta::set_number(turn.db, STOPPED, epoch)?)
}

/// A crash does not use up the last attempt: what was sent then is not known, and it is owed at least once.
fn queue_again(turn: &Turn<'_>, seq: i64, attempt: u32, crashes: u32, crashed: bool) -> Result<(), StoreError> {
    turn.db
        .prepare_cached(
            "UPDATE executions SET status = 'queued', next_at = NULL, lease_epoch = NULL, crashes = ?2,
               attempts_before = attempts_before + (attempts >= max_attempts),
               max_attempts = max_attempts + (attempts >= max_attempts) WHERE seq = ?1",
        )?
        .execute((seq, crashes))?;
    let how = if crashed { "ended without notice" } else { "was closed" };
    let words = format!("Creel {how} during attempt {attempt}; it runs again at once.");
    steps::append(turn.db, seq, &note(attempt, "wait", false, turn.now, words))
}

/// What must not start twice had started: whether it did its work is not known, and the user decides.
fn interrupt(turn: &Turn<'_>, seq: i64, attempt: u32, crashed: bool) -> Result<(), StoreError> {
    let how = if crashed { "ended without notice" } else { "was closed" };
    let error = ApiError::new(ErrorCode::Internal, format!("creel {how} while this ran; it may have done its work"))
        .hint("look whether it did, and run it again if not");
    turn.db
        .prepare_cached(
            "UPDATE executions SET status = 'interrupted', next_at = NULL, lease_epoch = NULL, once = 0,
               finished_at = ?2, error = ?3 WHERE seq = ?1",
        )?
        .execute((seq, turn.now, Json(&error)))?;
    let words = format!("Creel {how} during attempt {attempt}; this runs at most once, so it is not started again.");
    steps::append(turn.db, seq, &note(attempt, "wait", false, turn.now, words))
}

fn quarantine(turn: &Turn<'_>, seq: i64, attempt: u32, crashes: u32) -> Result<(), StoreError> {
    let error = ApiError::new(ErrorCode::Internal, format!("creel ended {crashes} times in a row while this ran"))
        .hint("it is left alone so that creel can start; run it again when you know why");
    turn.db
        .prepare_cached(
            "UPDATE executions SET status = 'quarantined', next_at = NULL, lease_epoch = NULL, crashes = ?2,
               finished_at = ?3, error = ?4 WHERE seq = ?1",
        )?
        .execute((seq, crashes, turn.now, Json(&error)))?;
    let words = format!("Creel ended {crashes} times in a row while this ran: quarantined.");
    steps::append(turn.db, seq, &note(attempt, "wait", false, turn.now, words))
}
