//! What is known of the tunnel now, for the windows, the tray and whoever follows the address.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::events::{Event, Events};
use crate::tunnel::address::PublicAddress;
use crate::tunnel::known_hosts::HostKey;
use crate::tunnel::up::{Down, Next};

/// Outages that are remembered; older ones go.
const OUTAGES: usize = 50;

/// Where a tunnel stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum TunnelState {
    /// There is none.
    #[default]
    Off,
    /// It is being started.
    Starting,
    /// It has an address; whether that leads here is being found out.
    Checking,
    /// A question through the public address came back.
    Online,
    /// It is down and will be tried again.
    Waiting,
    /// It is down, and only the user can help.
    NeedsYou,
}

/// The tunnel at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct TunnelNow {
    /// Where it stands.
    pub state: TunnelState,
    /// What people call its kind; empty while it is off.
    pub name: String,
    /// The public base address; also while it is down and may come back there.
    pub address: Option<String>,
    /// The address before, where it changed since the start.
    pub address_before: Option<String>,
    /// Since when it stands there.
    pub since: Option<UnixMs>,
    /// Why it was down last, and what to do.
    pub last_error: Option<ApiError>,
    /// When that was.
    pub last_error_at: Option<UnixMs>,
    /// Starts that failed one after the other.
    pub failed: u32,
    /// When it is tried again.
    pub next_at: Option<UnixMs>,
    /// When a question last came back through the public address.
    pub checked_at: Option<UnixMs>,
    /// How long that one took, in milliseconds.
    pub round_trip_ms: Option<u32>,
    /// When it is switched off by itself.
    pub off_at: Option<UnixMs>,
    /// The key that the user is asked about.
    pub host_key: Option<HostKey>,
    /// When it was down since its start, the latest last.
    pub outages: Vec<Outage>,
}

/// A time in which the public address did not lead here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct Outage {
    /// Since when: the last moment at which it was known to stand.
    pub from: UnixMs,
    /// Until when; `None`: it still is.
    pub to: Option<UnixMs>,
    /// Why.
    pub why: String,
}

/// Holds it, and tells when it changes.
pub struct Board {
    now: Mutex<TunnelNow>,
    address: watch::Sender<Option<String>>,
    events: Events,
    tells: fn(TunnelState) -> Event,
}

impl Board {
    /// With no tunnel. `tells`: the event that a change is.
    pub fn new(events: Events, tells: fn(TunnelState) -> Event) -> Self {
        Self { now: Mutex::default(), address: watch::Sender::new(None), events, tells }
    }

    /// The tunnel at this moment.
    pub fn now(&self) -> TunnelNow {
        self.open().clone()
    }

    /// The public address whenever it is known to lead here, and `None` while it does not.
    pub fn follow(&self) -> watch::Receiver<Option<String>> {
        self.address.subscribe()
    }

    /// A tunnel is set up.
    pub fn begins(&self, name: &str, at: UnixMs, off_at: Option<UnixMs>) {
        self.change(|now| {
            let begun = TunnelState::Starting;
            *now = TunnelNow { state: begun, name: name.to_owned(), since: Some(at), off_at, ..TunnelNow::default() };
        });
    }

    /// It is started, or started again.
    pub fn starts(&self, at: UnixMs) {
        self.change(|now| {
            (now.state, now.next_at) = (TunnelState::Starting, None);
            now.since = Some(at);
        });
    }

    /// It has an address.
    pub fn has(&self, address: &PublicAddress, at: UnixMs) {
        self.change(|now| {
            let before = now.address.replace(address.as_str().to_owned());
            if let Some(before) = before.filter(|before| before != address.as_str()) {
                now.address_before = Some(before);
            }
            (now.state, now.since) = (TunnelState::Checking, Some(at));
        });
    }

    /// A new address does not lead here yet, and why.
    pub fn doubts(&self, down: &Down, at: UnixMs) {
        self.change(|now| (now.last_error, now.last_error_at) = (Some(down.error()), Some(at)));
    }

    /// A question came back. Only the first one after a while is told as news.
    pub fn stands(&self, took: Duration, at: UnixMs) {
        let told = |now: &mut TunnelNow| {
            let news = now.state != TunnelState::Online;
            (now.checked_at, now.round_trip_ms) = (Some(at), Some(u32::try_from(took.as_millis()).unwrap_or(u32::MAX)));
            if news {
                (now.state, now.since, now.failed) = (TunnelState::Online, Some(at), 0);
                now.outages.last_mut().filter(|outage| outage.to.is_none()).into_iter().for_each(|o| o.to = Some(at));
            }
        };
        self.change(told);
    }

    /// It is down. `from`: when it last stood; `again`: when it is tried again.
    pub fn falls(&self, down: &Down, from: Option<UnixMs>, at: UnixMs, again: Option<(UnixMs, u32)>) {
        self.change(|now| {
            (now.last_error, now.last_error_at) = (Some(down.error()), Some(at));
            (now.next_at, now.failed) = again.map_or((None, now.failed), |(next, failed)| (Some(next), failed));
            now.state = if again.is_some() { TunnelState::Waiting } else { TunnelState::NeedsYou };
            now.since = Some(at);
            now.host_key = match &down.next {
                Next::AskAboutKey(key) => Some(key.clone()),
                Next::Again | Next::AskUser => None,
            };
            if let Some(from) = from {
                now.outages.push(Outage { from, to: None, why: down.why.clone() });
                let over = now.outages.len().saturating_sub(OUTAGES);
                now.outages.drain(..over);
            }
        });
    }

    /// It is off; `why` where nobody said so just now.
    pub fn ends(&self, at: UnixMs, why: Option<ApiError>) {
        self.change(|now| {
            let last_error_at = why.as_ref().map(|_| at);
            *now = TunnelNow { since: Some(at), last_error: why, last_error_at, ..TunnelNow::default() };
        });
    }

    /// What somebody who looks at another screen has to know: it is down, or its address is another one.
    pub fn alarm(&self) -> Option<ApiError> {
        let now = self.open();
        let down = matches!(now.state, TunnelState::Waiting | TunnelState::NeedsYou);
        if let Some(error) = now.last_error.as_ref().filter(|_| down) {
            return Some(ApiError { message: format!("the tunnel is down: {}", error.message), ..error.clone() });
        }
        let (before, address) = now.address_before.as_ref().zip(now.address.as_ref())?;
        let words = format!("the public address is {address} now, it was {before}");
        Some(ApiError::new(ErrorCode::Upstream, words).hint("give the new one to senders that have the old one"))
    }

    fn change(&self, change: impl FnOnce(&mut TunnelNow)) {
        let (leads_here, state) = {
            let mut now = self.open();
            change(&mut now);
            (now.address.clone().filter(|_| now.state == TunnelState::Online), now.state)
        };
        self.address.send_if_modified(|told| {
            *told != leads_here && {
                *told = leads_here;
                true
            }
        });
        self.events.send((self.tells)(state));
    }

    fn open(&self) -> MutexGuard<'_, TunnelNow> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
