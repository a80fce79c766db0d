//! One thread writes. It takes whatever is queued, runs it in one transaction, commits, then wakes everyone:
//! durability does not cost one flush a delivery.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use crate::clock::{Clock, UnixMs};
use crate::store::StoreError;
use crate::store::refused::Refused;
use crate::store::retention::{self, Gone};
use crate::store::seen::Seen;
use crate::store::senders;
use crate::store::tally::Tally;

/// Changes in one transaction at the most: bounds what one failing commit takes down and how long the last one waits.
const GROUP_MOST: usize = 256;
/// A group after one of at least so many changes waits a moment to become as large: the senders who were just answered
/// are on their way back, and a flush for half of them costs all of them.
const GATHER_FROM: usize = 8;
/// That moment: shorter than any flush.
const GATHER: Duration = Duration::from_micros(500);
/// After so long without a change the counts in memory are kept.
const IDLE: Duration = Duration::from_millis(500);

/// What a change sees while it runs: the open transaction and the writer's own memory.
pub struct Turn<'a> {
    /// The connection, inside the transaction.
    pub db: &'a Connection,
    /// What counts as seen.
    pub seen: &'a mut Seen,
    /// Counts to be kept.
    pub tally: &'a mut Tally,
    /// Refused deliveries, which are bounded.
    pub refused: &'a mut Refused,
    /// Deliveries that this group deletes; told when it is on the disk.
    pub gone: &'a mut Vec<Gone>,
    /// Numbers for new rows.
    pub next: &'a mut NextSeq,
    /// The time of this group.
    pub now: UnixMs,
}

/// The next free position in each table that hands out cursors. Never given twice, also not after deleting the newest row.
#[derive(Clone, Copy, Debug, Default)]
pub struct NextSeq {
    /// Of `deliveries`.
    pub delivery: i64,
    /// Of `executions`.
    pub execution: i64,
    /// Of `tasks`.
    pub task: i64,
}

impl NextSeq {
    /// Takes the next position of a delivery.
    pub fn take_delivery(&mut self) -> i64 {
        Self::take(&mut self.delivery)
    }

    /// Takes the next position of an execution.
    pub fn take_execution(&mut self) -> i64 {
        Self::take(&mut self.execution)
    }

    /// Takes the next position of a task.
    pub fn take_task(&mut self) -> i64 {
        Self::take(&mut self.task)
    }

    fn take(counter: &mut i64) -> i64 {
        *counter += 1;
        *counter
    }
}

type Change = Box<dyn FnOnce(&mut Turn<'_>) -> Ran + Send>;
type Wake = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// A change that ran: whether it stays, and who is told.
struct Ran {
    keep: bool,
    wake: Wake,
}

enum Message {
    Change(Change),
    Close,
}

/// The way to the writing thread. Clones share it.
#[derive(Clone)]
pub struct Writer {
    queue: Sender<Message>,
    counters: Arc<Counters>,
}

/// What the writer counts for the benchmark and the status.
#[derive(Debug, Default)]
pub struct Counters {
    /// Transactions committed.
    pub commits: AtomicU64,
    /// Changes in them.
    pub changes: AtomicU64,
    /// The last commit failed: the receiver says "unavailable" until one succeeds.
    pub failing: AtomicBool,
    senders: AtomicUsize,
}

impl Counters {
    /// A sender waits for the commit of its delivery, as long as what comes back lives.
    pub fn sender_waits(&self) -> SenderWaits<'_> {
        self.senders.fetch_add(1, Ordering::Relaxed);
        SenderWaits(&self.senders)
    }

    /// How many senders wait now.
    pub fn senders(&self) -> usize {
        self.senders.load(Ordering::Relaxed)
    }
}

/// A sender that waits. It may hang up: then this is dropped with its request.
pub struct SenderWaits<'c>(&'c AtomicUsize);

impl Drop for SenderWaits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Writer {
    /// Starts the thread on `db`, which must have its schema. What is deleted is told to `gone`.
    pub fn start(
        db: Connection,
        clock: Arc<dyn Clock>,
        gone: UnboundedSender<Vec<Gone>>,
    ) -> rusqlite::Result<(Self, JoinHandle<()>)> {
        let (queue, inbox) = channel();
        let counters = Arc::new(Counters::default());
        let state = State::load(db, clock, gone)?;
        let counted = Arc::clone(&counters);
        let thread = std::thread::Builder::new()
            .name("creel-writer".to_owned())
            .spawn(move || state.run(&inbox, &counted))
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        Ok((Self { queue, counters }, thread))
    }

    /// Runs `change` in the next group and answers when the group is on the disk.
    ///
    /// An error from `change` undoes that change alone; a failed commit undoes the whole group and every change in it
    /// answers [`StoreError::Commit`].
    pub async fn write<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Turn<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel::<Result<T, StoreError>>();
        let boxed: Change = Box::new(move |turn| {
            let outcome = change(turn);
            let keep = outcome.is_ok();
            let wake: Wake = Box::new(move |committed| {
                let _ = answer.send(committed.and(outcome));
            });
            Ran { keep, wake }
        });
        self.queue.send(Message::Change(boxed)).map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// What it counted.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Asks the thread to commit what is queued and end.
    pub fn close(&self) {
        let _ = self.queue.send(Message::Close);
    }
}

/// What the thread owns.
struct State {
    db: Connection,
    clock: Arc<dyn Clock>,
    seen: Seen,
    tally: Tally,
    refused: Refused,
    gone: Vec<Gone>,
    next: NextSeq,
    tell: UnboundedSender<Vec<Gone>>,
    /// Where those who wait live; `None`: opened outside a runtime.
    runtime: Option<Handle>,
}

impl State {
    fn load(db: Connection, clock: Arc<dyn Clock>, tell: UnboundedSender<Vec<Gone>>) -> rusqlite::Result<Self> {
        let highest = |table: &str| -> rusqlite::Result<i64> {
            let used: i64 =
                db.query_row(&format!("SELECT COALESCE(MAX(seq), 0) FROM {table}"), [], |row| row.get(0))?;
            let noted = crate::store::meta::number(&db, &format!("last_{table}"))?.unwrap_or(0);
            Ok(used.max(noted))
        };
        let next =
            NextSeq { delivery: highest("deliveries")?, execution: highest("executions")?, task: highest("tasks")? };
        let seen = Seen::load(&db, clock.now())?;
        senders::forget_gone(&db)?;
        let tally = Tally::load(&db, clock.now())?;
        let refused = Refused::load(&db)?;
        let runtime = Handle::try_current().ok();
        Ok(Self { db, clock, seen, tally, refused, gone: Vec::new(), next, tell, runtime })
    }

    fn run(mut self, inbox: &Receiver<Message>, counters: &Counters) {
        let (mut open, mut last) = (true, 0);
        while open {
            let first = match inbox.recv_timeout(IDLE) {
                Ok(first) => first,
                Err(RecvTimeoutError::Timeout) => {
                    self.keep_sums();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let mut group = Vec::new();
            open = take(first, &mut group);
            let patient_until = Instant::now() + GATHER;
            while open && group.len() < GROUP_MOST {
                let rush = last >= GATHER_FROM && group.len() < last;
                let patience =
                    if rush { patient_until.saturating_duration_since(Instant::now()) } else { Duration::ZERO };
                let Ok(more) = inbox.recv_timeout(patience) else { break };
                open = take(more, &mut group);
            }
            last = group.len();
            if !group.is_empty() {
                self.commit(group, counters);
            }
        }
        self.keep_sums();
    }

    /// Brings the counts to the tables while nothing else is to do. What fails is counted again at the next start.
    fn keep_sums(&mut self) {
        if !self.tally.waits() {
            return;
        }
        let now = self.clock.now();
        let kept = self.db.execute_batch("BEGIN IMMEDIATE").and_then(|()| {
            self.tally.flush(&self.db, now)?;
            self.db.execute_batch("COMMIT")
        });
        match kept {
            Ok(()) => self.tally.settle(),
            Err(error) => {
                tracing::warn!(%error, "the counts were not kept");
                let _ = self.db.execute_batch("ROLLBACK");
                self.tally.forget();
            }
        }
    }

    /// The refused deliveries that are too many now go in the transaction that made them so.
    fn trim_refused(&mut self, now: UnixMs) -> rusqlite::Result<()> {
        let seqs = self.refused.too_many(&self.db)?;
        retention::delete(&mut self.turn(now), &seqs).map(|_| ())
    }

    fn turn(&mut self, now: UnixMs) -> Turn<'_> {
        let Self { db, seen, tally, refused, gone, next, .. } = self;
        Turn { db, seen, tally, refused, gone, next, now }
    }

    /// Runs the group in one transaction and tells everyone how it ended.
    fn commit(&mut self, group: Vec<Change>, counters: &Counters) {
        let (mark, next, now) = (self.seen.mark(), self.next, self.clock.now());
        let mut wakes = Vec::with_capacity(group.len());
        let committed = self.db.execute_batch("BEGIN IMMEDIATE").and_then(|()| {
            for change in group {
                wakes.push(self.run_one(change, now)?);
            }
            self.trim_refused(now)?;
            self.tally.flush_if_due(&self.db, now)?;
            self.db.execute_batch("COMMIT")
        });
        match &committed {
            Ok(()) => {
                self.seen.settle(now);
                self.tally.settle();
                self.refused.settle();
                if !self.gone.is_empty() {
                    let _ = self.tell.send(std::mem::take(&mut self.gone));
                }
                counters.commits.fetch_add(1, Ordering::Relaxed);
                counters.changes.fetch_add(wakes.len() as u64, Ordering::Relaxed);
            }
            Err(error) => {
                tracing::error!(%error, changes = wakes.len(), "a group was not committed");
                let _ = self.db.execute_batch("ROLLBACK");
                self.seen.forget_back_to(mark);
                self.tally.forget();
                self.refused.rolled_back();
                self.gone.clear();
                self.next = next;
            }
        }
        counters.failing.store(committed.is_err(), Ordering::Relaxed);
        self.answer(wakes, committed.map_err(|error| error.to_string()));
    }

    /// Tells everyone how their group ended. From this thread every one of them would cost a call to the kernel, to wake
    /// a worker of the runtime that is already on its way; from a task in the runtime they cost one together.
    fn answer(&self, wakes: Vec<Wake>, committed: Result<(), String>) {
        let wake_all = move || {
            for wake in wakes {
                wake(committed.clone().map_err(StoreError::Commit));
            }
        };
        match &self.runtime {
            Some(runtime) => drop(runtime.spawn(async move { wake_all() })),
            None => wake_all(),
        }
    }

    /// One change inside its own savepoint, so that an error undoes it alone.
    fn run_one(&mut self, change: Change, now: UnixMs) -> rusqlite::Result<Wake> {
        self.db.prepare_cached("SAVEPOINT one")?.execute([])?;
        let (seen, tally, gone) = (self.seen.mark(), self.tally.mark(), self.gone.len());
        let ran = change(&mut self.turn(now));
        if !ran.keep {
            self.db.prepare_cached("ROLLBACK TO one")?.execute([])?;
            self.seen.forget_back_to(seen);
            self.tally.forget_back_to(tally);
            self.refused.rolled_back();
            self.gone.truncate(gone);
        }
        self.db.prepare_cached("RELEASE one")?.execute([])?;
        Ok(ran.wake)
    }
}

fn take(message: Message, group: &mut Vec<Change>) -> bool {
    match message {
        Message::Change(change) => {
            group.push(change);
            true
        }
        Message::Close => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use crate::clock::SystemClock;
    use crate::error::{ApiError, ErrorCode};
    use crate::store::{Store, StoreError, meta};

    fn store(folder: &tempfile::TempDir) -> Store {
        Store::open(folder.path(), Arc::new(SystemClock)).unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_changes_at_once_share_commits_and_all_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(store(&folder));
        let changes = (0..200).map(|n| {
            let store = Arc::clone(&store);
            tokio::spawn(
                async move { store.write(move |turn| Ok(meta::set_number(turn.db, &format!("n{n}"), n)?)).await },
            )
        });
        for change in changes.collect::<Vec<_>>() {
            change.await.unwrap().unwrap();
        }
        let kept: i64 = store
            .read(|db| Ok(db.query_row("SELECT COUNT(*) FROM meta WHERE key LIKE 'n%'", [], |row| row.get(0))?))
            .await
            .unwrap();
        assert_eq!(kept, 200);
        let commits = store.counters().commits.load(std::sync::atomic::Ordering::Relaxed);
        assert!(commits < 200, "200 changes at once took {commits} commits");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_refused_change_is_undone_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        let refused = store
            .write(|turn| -> Result<(), StoreError> {
                meta::set_number(turn.db, "half", 1)?;
                Err(ApiError::new(ErrorCode::Conflict, "no").into())
            })
            .await;
        assert!(matches!(refused, Err(StoreError::Refused(_))));
        store.write(|turn| Ok(meta::set_number(turn.db, "whole", 1)?)).await.unwrap();
        let found = store.read(|db| Ok((meta::number(db, "half")?, meta::number(db, "whole")?))).await.unwrap();
        assert_eq!(found, (None, Some(1)));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_written_is_there_after_opening_again() {
        let folder = tempfile::tempdir().unwrap();
        store(&folder).write(|turn| Ok(meta::set_text(turn.db, "word", "kept")?)).await.unwrap();
        let again = store(&folder);
        assert_eq!(again.read(|db| Ok(meta::text(db, "word")?)).await.unwrap().as_deref(), Some("kept"));
    }
}
