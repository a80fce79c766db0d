//! The queue under test: a real store, a clock that is moved by hand, actions that do what the test says.

mod forward;
mod forward_trouble;
mod recovery;
mod rows;
mod running;
mod target;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::actions::ActionKind;
use crate::clock::{Clock, ManualClock, UnixMs};
use crate::delivery::{Delivery, Outcome, SignatureState};
use crate::error::{ApiError, ErrorCode};
use crate::events::{Event, Events};
use crate::execute::{Again, Bounds, BoundsSource, Executor, Parts, Perform, Ran, Random, StepLog};
use crate::execution::{Execution, ExecutionStatus, Step};
use crate::ids::{DeliveryId, ExecutionId, TriggerId};
use crate::receive::{Answered, Headers};
use crate::store::contents::PackedBody;
use crate::store::executions::NewExecution;
use crate::store::kept_answer::KeptAnswer;
use crate::store::queue::Job;
use crate::store::{Store, contents, deliveries, executions, steps};
use bytes::Bytes;

/// Where the clock starts.
pub const NOW: UnixMs = UnixMs(1_763_700_000_000);
/// A condition that does not come true in this time fails the test.
const LIMIT: Duration = Duration::from_secs(10);

/// No jitter.
pub struct Steady;

impl Random for Steady {
    fn unit(&self) -> f64 {
        0.0
    }
}

type Running = Pin<Box<dyn Future<Output = Ran> + Send>>;

/// An action that does what a closure says.
pub struct Script(Box<dyn Fn(Job) -> Running + Send + Sync>);

impl Script {
    pub fn new<F: Future<Output = Ran> + Send + 'static>(run: impl Fn(Job) -> F + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self(Box::new(move |job| Box::pin(run(job)))))
    }

    /// Succeeds at once.
    pub fn done() -> Arc<Self> {
        Self::new(|_| async { Ran::Done("{}".to_owned()) })
    }

    /// Never ends by itself.
    pub fn stuck() -> Arc<Self> {
        Self::new(|_| std::future::pending())
    }

    /// Fails every time with a failure that retries mend.
    pub fn failing() -> Arc<Self> {
        Self::new(|_| async { Ran::Failed(ApiError::new(ErrorCode::Upstream, "no"), Again::OnSchedule) })
    }
}

impl Perform for Script {
    fn said(&self, id: &ExecutionId) -> Option<String> {
        Some(format!("what {id} said"))
    }

    fn perform<'a>(&'a self, job: &'a Job, log: &'a mut StepLog) -> Pin<Box<dyn Future<Output = Ran> + Send + 'a>> {
        let started = log.begin();
        log.went_well("request", started, "sent", None);
        (self.0)(job.clone())
    }
}

/// A store with one delivery, and the means to queue executions for it and to watch them.
pub struct Bench {
    pub store: Arc<Store>,
    pub clock: Arc<ManualClock>,
    events: Events,
    heard: tokio::sync::Mutex<tokio::sync::broadcast::Receiver<Event>>,
    folder: tempfile::TempDir,
}

impl Bench {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(NOW));
        let store = Arc::new(Store::open(folder.path(), clock.clone()).unwrap());
        store.write(received).await.unwrap();
        let events = Events::default();
        let heard = tokio::sync::Mutex::new(events.subscribe());
        Self { store, clock, events, heard, folder }
    }

    /// Closes the store and opens it again, as a new process would.
    pub async fn reopen(self) -> Self {
        let Self { store, clock, events, heard, folder } = self;
        store.close();
        let mut store = Some(store);
        wait_for(|| {
            store = store.take().and_then(|shared| Arc::try_unwrap(shared).err());
            store.is_none()
        })
        .await;
        let store = Arc::new(Store::open(folder.path(), clock.clone()).unwrap());
        Self { store, clock, events, heard, folder }
    }

    pub async fn start(&self, actions: Arc<dyn Perform>) -> Executor {
        self.start_within(actions, Bounds::default()).await
    }

    pub async fn start_within(&self, actions: Arc<dyn Perform>, bounds: impl BoundsSource) -> Executor {
        let parts = Parts {
            store: Arc::clone(&self.store),
            clock: self.clock.clone(),
            random: Arc::new(Steady),
            events: self.events.clone(),
            actions,
            bounds: Arc::new(bounds),
            stop_within: Duration::from_millis(20),
        };
        Executor::start(parts).await.unwrap()
    }

    /// Queues executions `exe_<first>` … for `host`.
    pub async fn queue(&self, host: &str, first: i64, count: i64, attempts: u32) {
        self.queue_plan(format!("{{\"host\":\"{host}\"}}"), first, count, attempts).await;
    }

    /// Queues executions `exe_<first>` … of another trigger.
    pub async fn queue_of(&self, trigger: &str, host: &str, first: i64, count: i64) {
        self.queue_rows(TriggerId::from(trigger), format!("{{\"host\":\"{host}\"}}"), first, count, 8).await;
    }

    /// Queues executions `exe_<first>` … with this plan.
    pub async fn queue_plan(&self, plan: String, first: i64, count: i64, attempts: u32) {
        self.queue_rows(TriggerId::from("trg_1"), plan, first, count, attempts).await;
    }

    async fn queue_rows(&self, trigger_id: TriggerId, plan: String, first: i64, count: i64, attempts: u32) {
        self.store
            .write(move |turn| {
                (first..first + count).try_for_each(|n| {
                    let trigger_id = trigger_id.clone();
                    let execution = Execution { seq: turn.next.take_execution(), trigger_id, ..execution(n, attempts) };
                    let plan = plan.clone();
                    executions::insert(turn.db, &NewExecution { execution, delivery_seq: 1, plan, result: None })
                })
            })
            .await
            .unwrap();
    }

    /// Queues one `create_task` as `exe_1`.
    pub async fn queue_task(&self, plan: &str) {
        let plan = plan.to_owned();
        let insert = move |turn: &mut crate::store::Turn<'_>| {
            let seq = turn.next.take_execution();
            let execution = Execution { seq, action: ActionKind::CreateTask, ..execution(1, 1) };
            executions::insert(turn.db, &NewExecution { execution, delivery_seq: 1, plan, result: None })
        };
        self.store.write(insert).await.unwrap();
    }

    /// Changes a header line of the delivery.
    pub async fn set_header(&self, from: &'static str, to: &'static str) {
        let sql = "UPDATE contents SET head = CAST(REPLACE(CAST(head AS TEXT), ?1, ?2) AS BLOB)";
        self.store.write(move |turn| Ok(turn.db.execute(sql, (from, to))?)).await.unwrap();
    }

    /// Waits until `exe_<n>` has ended, however.
    pub async fn until_ended(&self, n: i64) {
        let ended = async {
            while self.get(n).await.finished_at.is_none() {
                self.next_event().await;
            }
        };
        tokio::time::timeout(LIMIT, ended).await.expect("it ended");
    }

    pub async fn get(&self, n: i64) -> Execution {
        let id = exe(n);
        self.store.read(move |db| executions::get(db, &id)).await.unwrap().unwrap()
    }

    pub async fn log(&self, n: i64) -> Vec<Step> {
        let seq = self.get(n).await.seq;
        self.store.read(move |db| steps::of(db, seq)).await.unwrap()
    }

    pub async fn count(&self, status: ExecutionStatus) -> usize {
        let wanted = executions::Wanted { status: vec![status], ..executions::Wanted::default() };
        self.store.read(move |db| executions::page(db, &wanted, i64::MAX, 500)).await.unwrap().len()
    }

    /// Waits until `exe_<n>` has this status.
    pub async fn until(&self, n: i64, status: ExecutionStatus) -> Execution {
        let arrived = async {
            loop {
                let row = self.get(n).await;
                if row.status == status {
                    return row;
                }
                self.next_event().await;
            }
        };
        match tokio::time::timeout(LIMIT, arrived).await {
            Ok(row) => row,
            Err(_) => panic!("exe_{n} did not become {status:?}: {:?}", self.get(n).await),
        }
    }

    /// Waits until so many executions have this status.
    pub async fn until_count(&self, status: ExecutionStatus, count: usize) {
        let arrived = async {
            while self.count(status).await != count {
                self.next_event().await;
            }
        };
        if tokio::time::timeout(LIMIT, arrived).await.is_err() {
            panic!("{} instead of {count} became {status:?}", self.count(status).await);
        }
    }

    /// Waits until so many attempts of `exe_<n>` have started.
    pub async fn until_attempts(&self, n: i64, attempts: u32) {
        let arrived = async {
            while self.get(n).await.attempts < attempts {
                self.next_event().await;
            }
        };
        if tokio::time::timeout(LIMIT, arrived).await.is_err() {
            panic!("attempt {attempts} did not start: {:?}", self.get(n).await);
        }
    }

    async fn next_event(&self) {
        // An event between the look and this wait is in the channel already; falling behind is an event too.
        let _ = self.heard.lock().await.recv().await;
    }

    /// What a listener hears from now on.
    pub fn listen(&self) -> tokio::sync::broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}

/// Waits for a condition that no event announces.
pub async fn wait_for(mut condition: impl FnMut() -> bool) {
    let met = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LIMIT, met).await.expect("the condition came true");
}

pub fn exe(n: i64) -> ExecutionId {
    ExecutionId(format!("exe_{n}"))
}

fn execution(n: i64, max_attempts: u32) -> Execution {
    Execution {
        id: exe(n),
        seq: 0,
        delivery_id: DeliveryId::from("dlv_1"),
        trigger_id: TriggerId::from("trg_1"),
        trigger_name: "Deploys".to_owned(),
        position: 0,
        action: ActionKind::Forward,
        summary: "POST https://example.com/x".to_owned(),
        status: ExecutionStatus::Queued,
        attempts: 0,
        max_attempts,
        next_at: None,
        created_at: NOW,
        started_at: None,
        finished_at: None,
        error: None,
    }
}

/// Header lines of the one delivery: what GitHub sends, what a proxy adds, and credentials that are Creel's.
const HEADERS: [(&str, &str); 14] = [
    ("Host", "creel.example"),
    ("User-Agent", "GitHub-Hookshot/abc"),
    ("Content-Type", "application/json; charset=utf-8"),
    ("Content-Length", "21"),
    ("X-GitHub-Event", "push"),
    ("X-GitHub-Delivery", "72d3162e"),
    ("X-Hub-Signature-256", "sha256=00ff"),
    ("Authorization", "Bearer for-creel"),
    ("Cookie", "session=for-creel"),
    ("X-Gitlab-Token", "for-creel"),
    ("X-Forwarded-For", "203.0.113.9"),
    ("Connection", "keep-alive, X-Hop"),
    ("X-Hop", "for this connection only"),
    ("X-Creel-Hops", "1"),
];
/// Its body: what a parser would write differently.
pub const BODY: &[u8] = b"{\"a\" : 1.0, \"a\":\xc3\xa4}\n";

fn received(turn: &mut crate::store::Turn<'_>) -> Result<(), crate::store::StoreError> {
    let lines = HEADERS.iter().map(|(name, value)| ((*name).to_owned(), Bytes::from_static(value.as_bytes())));
    let answer = KeptAnswer::of(&Answered { status: 202, ..Answered::default() }, b"");
    let body = PackedBody::new(&Bytes::from_static(BODY), usize::MAX);
    deliveries::insert(turn.db, &delivery())?;
    contents::insert(turn.db, 1, "/hooks/deploys", &Headers(lines.collect()), &answer, &[], &body)
}

fn delivery() -> Delivery {
    Delivery {
        id: DeliveryId::from("dlv_1"),
        seq: 1,
        received_at: NOW,
        method: "POST".to_owned(),
        path: "/hooks/deploys".to_owned(),
        contract: None,
        trigger_ids: vec![TriggerId::from("trg_1")],
        endpoint: Some(TriggerId::from("trg_1")),
        source: "github".to_owned(),
        event: Some("push".to_owned()),
        event_id: None,
        peer: None,
        answer_status: 202,
        outcome: Outcome::Accepted,
        signature: SignatureState::Valid,
        reason_code: None,
        reason: None,
        cause: None,
        key_id: None,
        bytes: 2,
        duration_us: 1,
        identical_body: false,
        conflict: false,
        pinned: false,
        replay_of: None,
        imported: false,
    }
}
