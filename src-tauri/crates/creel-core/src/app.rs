//! One Creel: the store, who listens, the queue, and the times and ids that are passed in. No window in here.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arc_swap::ArcSwap;

use crate::admit::Callers;
use crate::api::handlers::Deleted;
use crate::api::status::SecretsStore;
use crate::clock::{Clock, UnixMs};
use crate::control::{Called, Commands};
use crate::delivery::Delivery;
use crate::error::ApiError;
use crate::events::{Event, Events};
use crate::execute::{Executor, Live};
use crate::ids::{Ids, SecretId};
use crate::receive::{Answered, Deliver, Endpoint, Incoming, Refusal};
use crate::registry::Registry;
use crate::replay::{Marks, UnderWay};
use crate::rounds::Patients;
use crate::secrets::{KeyPlace, Vault};
use crate::settings::Settings;
use crate::store::{OpenError, Store};
use crate::tunnel::Hub;
use crate::{absences, pipeline, start};
use crate::{forge, github};

/// What a Creel is opened with.
pub struct Config {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where new ids come from.
    pub ids: Arc<dyn Ids>,
    /// Where the key to the secrets goes at the very first start; `None`: the keychain where it works, else a file.
    pub secrets: Option<SecretsStore>,
    /// Whether bodies can be searched.
    pub search: Search,
}

/// Whether the full-text index is filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Search {
    /// Behind every delivery, as fast as the ingest allows.
    #[default]
    Indexed,
    /// Not at all: to measure what it costs. What is missing is indexed at the next start without this.
    LeftOut,
}

/// One Creel.
pub struct App {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where new ids come from.
    pub ids: Arc<dyn Ids>,
    /// What the windows hear.
    pub events: Events,
    /// The database.
    pub store: Arc<Store>,
    /// Who listens.
    pub registry: Registry,
    /// Where the key to the secrets is.
    pub key_place: KeyPlace,
    /// Opens secrets; `None`: the key cannot be had, and endpoints with a secret answer 503.
    pub vault: Option<Vault>,
    /// What the user set.
    pub settings: ArcSwap<Settings>,
    /// Replays that are on the socket now.
    pub replays: Marks,
    /// Replays that are being sent, one sending after the other.
    pub under_way: UnderWay,
    /// Who called how often, for contracts that count by caller.
    pub callers: Callers,
    /// Triggers that can be brought back.
    pub deleted: Deleted,
    /// What runs says so far.
    pub live: Arc<Live>,
    /// The public address, if there is one.
    pub tunnel: Hub,
    /// Its dealings with GitHub.
    pub github: github::Hub,
    /// GitHub's deliveries without a public address.
    pub forwarder: github::forwarder::Hub,
    /// Whose turn it is to change hooks.
    pub forge: forge::Turns,
    /// What GitLab still allows.
    pub gitlab: forge::Rates,
    pub(crate) executor: OnceLock<Executor>,
    pub(crate) key_uses: Mutex<HashMap<SecretId, UnixMs>>,
    news: Mutex<News>,
    pub(crate) news_due: tokio::sync::Notify,
    pub(crate) out_of_index: Mutex<Vec<i64>>,
    pub(crate) patients: Patients,
    pub(crate) stopping: tokio_util::sync::CancellationToken,
    addresses: Mutex<Addresses>,
    troubles: Mutex<Vec<ApiError>>,
    /// Why the last commit failed; nothing once one succeeds.
    commit_trouble: Mutex<Option<ApiError>>,
}

/// Where it listens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Addresses {
    /// The receiver.
    pub receiver: Option<SocketAddr>,
    /// The control listener.
    pub control: Option<SocketAddr>,
}

/// Deliveries that wait to be told as one event.
#[derive(Default)]
struct News {
    waiting: Vec<Delivery>,
    scheduled: bool,
    left_out: u32,
}

/// Troubles kept; the oldest go.
const TROUBLES: usize = 5;
/// Deliveries in one event.
const NEWS_MOST: usize = 100;
/// How long deliveries are gathered into one event: a tenth of a blink, and a flood becomes ten events a second.
pub(crate) const NEWS_EVERY: std::time::Duration = std::time::Duration::from_millis(40);

impl App {
    /// Opens the data folder, finishes what an earlier run left, and starts the queue. Needs a tokio runtime.
    pub async fn open(config: Config) -> Result<Arc<Self>, OpenError> {
        start::open(config).await
    }

    /// The parts, put together by `start`.
    pub(crate) fn assemble(
        config: Config,
        store: Arc<Store>,
        key_place: KeyPlace,
        vault: Option<Vault>,
        settings: Settings,
    ) -> Self {
        let events = Events::default();
        Self {
            clock: config.clock,
            ids: config.ids,
            live: Live::new(events.clone()),
            tunnel: Hub::new(events.clone()),
            forwarder: github::forwarder::Hub::new(events.clone()),
            events,
            store,
            registry: Registry::default(),
            key_place,
            vault,
            settings: ArcSwap::from_pointee(settings),
            replays: Marks::default(),
            under_way: UnderWay::default(),
            deleted: Deleted::default(),
            callers: Callers::default(),
            forge: forge::Turns::default(),
            github: github::Hub::default(),
            gitlab: forge::Rates::default(),
            executor: OnceLock::new(),
            key_uses: Mutex::default(),
            news: Mutex::default(),
            news_due: tokio::sync::Notify::new(),
            out_of_index: Mutex::default(),
            patients: Patients::default(),
            stopping: tokio_util::sync::CancellationToken::new(),
            addresses: Mutex::default(),
            troubles: Mutex::default(),
            commit_trouble: Mutex::default(),
        }
    }

    /// Reads the triggers and secrets anew.
    pub async fn reload(&self) -> Result<(), ApiError> {
        Ok(self.registry.reload(&self.store, self.vault.as_ref()).await?)
    }

    /// Notes where it listens now.
    pub fn listens_at(&self, addresses: Addresses) {
        *lock(&self.addresses) = addresses;
        self.events.send(Event::Status);
    }

    /// Where it listens.
    pub fn addresses(&self) -> Addresses {
        *lock(&self.addresses)
    }

    /// Something is wrong now; shown until it is over.
    pub fn trouble(&self, error: ApiError) {
        let mut troubles = lock(&self.troubles);
        troubles.retain(|known| known.message != error.message);
        troubles.insert(0, error);
        troubles.truncate(TROUBLES);
        drop(troubles);
        self.events.send(Event::Status);
    }

    /// A trouble is over: the one that said `message`.
    pub fn over(&self, message: &str) {
        lock(&self.troubles).retain(|known| known.message != message);
        self.events.send(Event::Status);
    }

    /// What is wrong now, newest first.
    pub fn troubles(&self) -> Vec<ApiError> {
        lock(&self.commit_trouble).iter().chain(lock(&self.troubles).iter()).cloned().collect()
    }

    /// A delivery could not be committed; shown until one can.
    pub(crate) fn commit_failed(&self, error: ApiError) {
        let before = lock(&self.commit_trouble).replace(error.clone());
        if before != Some(error) {
            self.events.send(Event::Status);
        }
    }

    /// The commit works again. Other troubles stay: a keychain that is locked still is.
    fn well_again(&self) {
        if lock(&self.commit_trouble).take().is_some() {
            self.events.send(Event::Status);
        }
    }

    /// The queue; before it runs, an error that says so.
    pub fn executor(&self) -> Result<&Executor, ApiError> {
        self.executor.get().ok_or_else(|| ApiError::new(crate::error::ErrorCode::Unavailable, "the queue is starting"))
    }

    /// Something was queued.
    pub fn wake_queue(&self) {
        if let Some(executor) = self.executor.get() {
            executor.wake();
        }
    }

    /// A secret verified a delivery. Kept in memory and written down now and then.
    pub(crate) fn note_key_use(&self, id: &SecretId, at: UnixMs) {
        let mut uses = lock(&self.key_uses);
        match uses.get_mut(id) {
            Some(last) => *last = at,
            None => {
                uses.insert(id.clone(), at);
            }
        }
    }

    /// A delivery was committed: the windows hear of it together with those that come at the same time.
    pub(crate) fn heard(self: &App, delivery: Delivery) {
        self.well_again();
        let mut news = lock(&self.news);
        if news.waiting.len() < NEWS_MOST {
            news.waiting.push(delivery);
        } else {
            news.left_out = news.left_out.saturating_add(1);
        }
        if !std::mem::replace(&mut news.scheduled, true) {
            self.news_due.notify_one();
        }
    }

    /// Tells the deliveries that gathered.
    pub(crate) fn tell_news(&self) {
        let (waiting, left_out) = {
            let mut news = lock(&self.news);
            news.scheduled = false;
            (std::mem::take(&mut news.waiting), std::mem::take(&mut news.left_out))
        };
        if !waiting.is_empty() {
            github::arrived(self, &waiting);
            self.events.send(Event::Deliveries(waiting));
        }
        if left_out > 0 {
            self.github.catch_up();
            self.events.send(Event::Lagged(left_out));
        }
    }

    /// Ends the queue and closes the store. The listeners must have ended before.
    pub async fn close(self: &Arc<Self>) {
        forge::quit(self).await;
        self.tunnel.stop(self).await;
        self.forwarder.stop(self).await;
        if let Some(executor) = self.executor.get() {
            executor.stop().await;
        }
        self.stopping.cancel();
        self.tell_news();
        absences::ends(self).await;
        let store = Arc::clone(&self.store);
        if tokio::task::spawn_blocking(move || store.close()).await.is_err() {
            tracing::error!("closing the store panicked");
        }
    }
}

/// The command list, for the control listener. The window calls `api::commands::call` itself.
pub struct CommandsOf(pub Arc<App>);

impl Commands for CommandsOf {
    fn call<'a>(&'a self, command: &'a str, input: &'a [u8]) -> Called<'a> {
        Box::pin(crate::api::commands::call(&self.0, command, input))
    }
}

impl Deliver for App {
    async fn deliver(&self, endpoint: Endpoint, incoming: Incoming) -> Answered {
        pipeline::deliver(self, endpoint, incoming).await
    }

    async fn refuse(&self, incoming: Incoming, refusal: Refusal) -> Answered {
        pipeline::refuse(self, incoming, refusal).await
    }

    fn ready(&self) -> Result<(), String> {
        if self.store.counters().failing.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(self
                .troubles()
                .first()
                .map_or_else(|| "the last commit failed".to_owned(), |trouble| trouble.message.clone()));
        }
        Ok(())
    }

    fn max_body_bytes(&self, endpoint: &Endpoint) -> usize {
        self.registry.now().most_body(endpoint, self.settings.load().max_body_bytes) as usize
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
