//! The durable queue: executions that are queued or running. Who may move a row from where to where stands here.
//!
//! An attempt is counted and committed before it runs, so that one that takes Creel down with it is seen to have started.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};

use crate::actions::{AGENTS_LANE, ActionKind, NOTIFY_LANE, TOOLS_LANE};
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::execution::{Execution, ExecutionStatus, Step};
use crate::ids::{DeliveryId, ExecutionId, TriggerId};
use crate::settings::AtOnce;
use crate::store::words::{Json, Word};
use crate::store::{StoreError, Turn, executions, steps};

/// No wait is longer than a day and its jitter. A row that is due later was written under a clock that ran ahead: it is
/// due now, else it would wait until the clock is there again (`trust.md` R09).
const WAIT_MOST_MS: i64 = 48 * 3_600_000;

/// What the dispatcher has room for.
#[derive(Clone, Debug, Default)]
pub struct Room {
    /// The dispatcher's lease.
    pub epoch: i64,
    /// Rows it can take.
    pub free: usize,
    /// Rows that it can have at once.
    pub at_once: AtOnce,
    /// Rows it has, by lane.
    pub busy: HashMap<String, usize>,
    /// Rows that it can take of a trigger whose number is bounded.
    pub left_of: HashMap<TriggerId, usize>,
    /// One of them is a suspect.
    pub suspect_runs: bool,
}

/// One claimed execution: everything its attempt needs.
#[derive(Clone, Debug)]
pub struct Job {
    /// Position of the row.
    pub seq: i64,
    /// `exe_…`, which is also the idempotency key.
    pub id: ExecutionId,
    /// What runs for whom waits here: the target's host, or empty.
    pub lane: String,
    /// The delivery's position.
    pub delivery_seq: i64,
    /// The delivery it runs for.
    pub delivery_id: DeliveryId,
    /// The trigger whose action it is.
    pub trigger_id: TriggerId,
    /// Which action.
    pub action: ActionKind,
    /// What to do, as JSON text.
    pub plan: String,
    /// This attempt, from 1.
    pub attempt: u32,
    /// The last attempt there may be.
    pub max_attempts: u32,
    /// Attempts of earlier sets.
    pub attempts_before: u32,
    /// The lease it runs under.
    pub epoch: i64,
    /// It was running when Creel crashed the last time.
    pub suspect: bool,
}

/// What a claim took.
#[derive(Clone, Debug, Default)]
pub struct Claimed {
    /// What runs now.
    pub jobs: Vec<Job>,
    /// Their rows as they are now.
    pub rows: Vec<Execution>,
    /// When the next waiting row is due, if one waits for a time.
    pub next_due: Option<UnixMs>,
}

/// Takes due rows, oldest due first: `running`, attempt counted, lease noted. All in this one change.
///
/// Of the suspects, which were running at the last crash, one at a time is taken: so the one that brings Creel down is
/// found without blaming those that happened to run beside it.
pub fn claim(turn: &Turn<'_>, room: &Room) -> Result<Claimed, StoreError> {
    let mut room = room.clone();
    let mut claimed = Claimed::default();
    if !room.suspect_runs
        && let Some(due) = first_suspect(turn.db)?
    {
        claim_these(turn, vec![due], &mut room, &mut claimed)?;
    }
    loop {
        let mut due = Vec::new();
        claimed.next_due = None;
        for lane in lanes(turn.db)? {
            let busy = room.busy.get(&lane).copied().unwrap_or(0);
            let left = most_in(&lane, &room.at_once).saturating_sub(busy).min(room.free);
            due.extend(due_in_lane(turn, &lane, left, &room.full())?);
            let later = later_in_lane(turn.db, &lane, turn.now)?;
            claimed.next_due = [claimed.next_due, later].into_iter().flatten().min();
        }
        due.sort_unstable_by_key(|due| (due.at, due.seq));
        if !claim_these(turn, due, &mut room, &mut claimed)? {
            return Ok(claimed);
        }
    }
}

/// Takes these as far as there is room. Whether a trigger had to leave some behind, whose places others can have.
fn claim_these(turn: &Turn<'_>, due: Vec<Due>, room: &mut Room, claimed: &mut Claimed) -> Result<bool, StoreError> {
    let mut left_behind = false;
    for due in due {
        if room.free == 0 {
            return Ok(false);
        }
        match room.left_of.get_mut(&due.trigger) {
            Some(0) => {
                left_behind = true;
                continue;
            }
            Some(left) => *left -= 1,
            None => {}
        }
        let job = take(turn, due.seq, room.epoch)?;
        room.free -= 1;
        *room.busy.entry(job.lane.clone()).or_insert(0) += 1;
        claimed.jobs.push(job);
        claimed.rows.extend(row(turn.db, due.seq)?);
    }
    Ok(left_behind)
}

impl Room {
    /// Triggers that may have no further row, as JSON.
    fn full(&self) -> String {
        let full: Vec<&TriggerId> = self.left_of.iter().filter(|(_, left)| **left == 0).map(|(id, _)| id).collect();
        serde_json::to_string(&full).unwrap_or_default()
    }
}

/// A row that is due.
struct Due {
    at: UnixMs,
    seq: i64,
    trigger: TriggerId,
}

fn due(row: &rusqlite::Row<'_>) -> rusqlite::Result<Due> {
    Ok(Due { at: row.get(0)?, seq: row.get(1)?, trigger: row.get(2)? })
}

/// Rows of one lane at once.
fn most_in(lane: &str, at_once: &AtOnce) -> usize {
    let most = match lane {
        NOTIFY_LANE => 1,
        TOOLS_LANE => at_once.tools,
        AGENTS_LANE => at_once.agents,
        "" => at_once.pipelines,
        _ => at_once.host,
    };
    usize::try_from(most).unwrap_or(usize::MAX)
}

/// The lanes in which rows are queued. One step of the index a lane, however many rows wait in it.
fn lanes(db: &Connection) -> Result<Vec<String>, StoreError> {
    let mut rows = db.prepare_cached(
        "WITH RECURSIVE lanes (lane) AS (
           SELECT MIN(lane) FROM executions WHERE status = 'queued'
           UNION ALL
           SELECT (SELECT MIN(lane) FROM executions WHERE status = 'queued' AND lane > lanes.lane)
           FROM lanes WHERE lanes.lane IS NOT NULL)
         SELECT lane FROM lanes WHERE lane IS NOT NULL",
    )?;
    let found = rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(found)
}

fn due_in_lane(turn: &Turn<'_>, lane: &str, most: usize, full: &str) -> Result<Vec<Due>, StoreError> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let mut rows = turn.db.prepare_cached(
        "SELECT * FROM (SELECT created_at, seq, trigger_id FROM executions
           WHERE status = 'queued' AND lane = ?1 AND next_at IS NULL AND crashes = 0
             AND (?5 = '[]' OR trigger_id NOT IN (SELECT value FROM json_each(?5))) ORDER BY seq LIMIT ?3)
         UNION ALL SELECT * FROM (SELECT next_at, seq, trigger_id FROM executions
           WHERE status = 'queued' AND lane = ?1 AND next_at <= ?2
             AND (?5 = '[]' OR trigger_id NOT IN (SELECT value FROM json_each(?5))) ORDER BY next_at, seq LIMIT ?3)
         UNION ALL SELECT * FROM (SELECT ?2, seq, trigger_id FROM executions
           WHERE status = 'queued' AND lane = ?1 AND next_at > ?4
             AND (?5 = '[]' OR trigger_id NOT IN (SELECT value FROM json_each(?5))) ORDER BY next_at, seq LIMIT ?3)
         ORDER BY 1, 2 LIMIT ?3",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let found =
        rows.query_map((lane, turn.now, most, turn.now.plus_ms(WAIT_MOST_MS), full), due)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Suspects are due at once, in the order in which they came.
fn first_suspect(db: &Connection) -> Result<Option<Due>, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT created_at, seq, trigger_id FROM executions WHERE status = 'queued' AND crashes > 0 ORDER BY seq LIMIT 1",
        )?
        .query_row([], due)
        .optional()?)
}

fn later_in_lane(db: &Connection, lane: &str, now: UnixMs) -> Result<Option<UnixMs>, StoreError> {
    Ok(db
        .prepare_cached("SELECT MIN(next_at) FROM executions WHERE status = 'queued' AND lane = ?1 AND next_at > ?2")?
        .query_row((lane, now), |row| row.get(0))?)
}

fn take(turn: &Turn<'_>, seq: i64, epoch: i64) -> Result<Job, StoreError> {
    Ok(turn
        .db
        .prepare_cached(
            "UPDATE executions SET status = 'running', attempts = attempts + 1, lease_epoch = ?2, started_at = ?3,
               next_at = NULL WHERE seq = ?1
             RETURNING seq, id, lane, delivery_seq, delivery_id, trigger_id, action, plan, attempts, max_attempts,
               attempts_before, lease_epoch, crashes > 0",
        )?
        .query_row((seq, epoch, turn.now), |row| {
            Ok(Job {
                seq: row.get(0)?,
                id: row.get(1)?,
                lane: row.get(2)?,
                delivery_seq: row.get(3)?,
                delivery_id: row.get(4)?,
                trigger_id: row.get(5)?,
                action: row.get::<_, Word<_>>(6)?.0,
                plan: row.get(7)?,
                attempt: row.get(8)?,
                max_attempts: row.get(9)?,
                attempts_before: row.get(10)?,
                epoch: row.get(11)?,
                suspect: row.get(12)?,
            })
        })?)
}

/// Notes in a commit of its own that this attempt is about to start something that must not start twice: a crash from
/// here on interrupts the row. `false`: it was cancelled meanwhile and must not start.
pub fn mark_once(turn: &Turn<'_>, job: &Job) -> Result<bool, StoreError> {
    let marked = turn
        .db
        .prepare_cached(
            "UPDATE executions SET once = 1
             WHERE seq = ?1 AND status = 'running' AND lease_epoch = ?2 AND attempts = ?3",
        )?
        .execute((job.seq, job.epoch, job.attempt))?;
    Ok(marked > 0)
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub enum Ending {
    /// Done; what it made, as JSON text.
    Succeeded(String),
    /// Not done, and not tried again.
    Failed(ApiError),
    /// Not done; tried again at this time.
    Again(ApiError, UnixMs),
    /// It goes on at this time; no attempt is used up.
    Later(UnixMs),
}

/// Whether the row still is this attempt's. If not, it was cancelled or deleted meanwhile.
pub fn is_leased(turn: &Turn<'_>, job: &Job) -> Result<bool, StoreError> {
    Ok(turn
        .db
        .prepare_cached(
            "SELECT 1 FROM executions WHERE seq = ?1 AND status = 'running' AND lease_epoch = ?2 AND attempts = ?3",
        )?
        .exists((job.seq, job.epoch, job.attempt))?)
}

/// Writes how an attempt ended, with its log. The row as it is then; `None`: it was cancelled or deleted meanwhile, and
/// nothing is changed.
pub fn finish(turn: &Turn<'_>, job: &Job, ending: &Ending, log: &[Step]) -> Result<Option<Execution>, StoreError> {
    let (status, next_at, finished_at, error, result) = match ending {
        Ending::Succeeded(result) => (ExecutionStatus::Succeeded, None, Some(turn.now), None, Some(result)),
        Ending::Failed(error) => (ExecutionStatus::Failed, None, Some(turn.now), Some(error), None),
        Ending::Again(error, at) => (ExecutionStatus::Queued, Some(*at), None, Some(error), None),
        Ending::Later(at) => (ExecutionStatus::Queued, Some(*at), None, None, None),
    };
    if !is_leased(turn, job)? {
        return Ok(None);
    }
    turn.db
        .prepare_cached(
            "UPDATE executions SET status = ?2, next_at = ?3, finished_at = ?4, error = ?5, result = COALESCE(?6, result), crashes = 0,
               once = 0, lease_epoch = NULL WHERE seq = ?1",
        )?
        .execute(rusqlite::params![job.seq, Word(status), next_at, finished_at, error.map(Json), result])?;
    if matches!(ending, Ending::Later(_)) {
        turn.db
            .prepare_cached(
                "UPDATE executions SET max_attempts = max_attempts + 1, attempts_before = attempts_before + 1 WHERE seq = ?1",
            )?
            .execute([job.seq])?;
    }
    for step in log {
        steps::append(turn.db, job.seq, step)?;
    }
    row(turn.db, job.seq)
}

/// A part of an execution is done: its log, and nothing of it is left that must not start twice. The row as it is.
pub fn part_done(turn: &Turn<'_>, job: &Job, log: &[Step]) -> Result<Option<Execution>, StoreError> {
    turn.db.prepare_cached("UPDATE executions SET once = 0 WHERE seq = ?1")?.execute([job.seq])?;
    for step in log {
        steps::append(turn.db, job.seq, step)?;
    }
    row(turn.db, job.seq)
}

/// Takes a queued row out of the queue, or a running one from its worker, who then cannot finish it. What that `said`
/// so far stays in the log.
pub fn cancel(turn: &Turn<'_>, id: &ExecutionId, said: Option<&str>) -> Result<Execution, StoreError> {
    let before = found(turn.db, id)?;
    match before.status {
        ExecutionStatus::Queued | ExecutionStatus::Running => {}
        ExecutionStatus::Succeeded
        | ExecutionStatus::Failed
        | ExecutionStatus::Skipped
        | ExecutionStatus::Cancelled
        | ExecutionStatus::Interrupted
        | ExecutionStatus::Quarantined => return Err(wrong_status(&before, "cancelled", "queued or running")),
    }
    turn.db
        .prepare_cached(
            "UPDATE executions SET status = 'cancelled', next_at = NULL, lease_epoch = NULL, finished_at = ?2 WHERE seq = ?1",
        )?
        .execute((before.seq, turn.now))?;
    let words = match before.status {
        ExecutionStatus::Running => "Stopped by you while it ran; what it sent may have arrived.",
        _ => "Taken out of the queue by you.",
    };
    let line = note(before.attempts, "cancel", true, turn.now, words.to_owned());
    steps::append(turn.db, before.seq, &Step { detail: said.map(str::to_owned), ..line })?;
    found(turn.db, id)
}

/// Queues an ended row again with a fresh set of attempts. Its log goes on; attempts keep counting.
pub fn retry(turn: &Turn<'_>, id: &ExecutionId) -> Result<Execution, StoreError> {
    let before = found(turn.db, id)?;
    match before.status {
        ExecutionStatus::Failed
        | ExecutionStatus::Skipped
        | ExecutionStatus::Cancelled
        | ExecutionStatus::Interrupted
        | ExecutionStatus::Quarantined => {}
        ExecutionStatus::Queued | ExecutionStatus::Running | ExecutionStatus::Succeeded => {
            return Err(wrong_status(&before, "run again", "failed, skipped, cancelled, interrupted or quarantined"));
        }
    }
    turn.db
        .prepare_cached(
            "UPDATE executions SET status = 'queued', next_at = NULL, finished_at = NULL, error = NULL, crashes = 0, once = 0,
               max_attempts = attempts + (max_attempts - attempts_before), attempts_before = attempts WHERE seq = ?1",
        )?
        .execute([before.seq])?;
    let words = "Queued again by you, with a fresh set of attempts.".to_owned();
    steps::append(turn.db, before.seq, &note(before.attempts, "wait", true, turn.now, words))?;
    found(turn.db, id)
}

/// A line of the log that no attempt wrote.
pub(super) fn note(attempt: u32, name: &str, ok: bool, at: UnixMs, words: String) -> Step {
    Step { attempt, name: name.to_owned(), ok, at, duration_us: 0, words, detail: None }
}

fn wrong_status(execution: &Execution, asked: &str, needed: &str) -> StoreError {
    let is = crate::store::words::word(&execution.status);
    let message = format!("execution {} is {is} and cannot be {asked}", execution.id);
    StoreError::Refused(ApiError::new(ErrorCode::Conflict, message).hint(format!("only one that is {needed} can")))
}

fn found(db: &Connection, id: &ExecutionId) -> Result<Execution, StoreError> {
    executions::get(db, id)?.ok_or_else(|| ApiError::not_found("execution", id).into())
}

/// The row at this position.
pub(super) fn row(db: &Connection, seq: i64) -> Result<Option<Execution>, StoreError> {
    let sql = format!("SELECT {} FROM executions e WHERE e.seq = ?1", executions::COLUMNS);
    Ok(db.prepare_cached(&sql)?.query_row([seq], executions::read).optional()?)
}
