//! A replay on its way: through the socket of this Creel's own receiver, or to an address elsewhere.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rustls::pki_types::ServerName;
use tokio::time::{Instant, timeout_at};
use url::{Host, Position, Url};

use super::aim::{Aim, aim};
use super::compare::{Outcome, compare};
use super::compose::compose;
use super::marks::{Expected, MARK_HEADER, Mark};
use super::signer::proof;
use super::source::{Source, source};
use super::under_way::Started;
use super::wire::{Letter, Line, exchange};
use crate::actions::{Resolver, SystemResolver, address_guard};
use crate::api::deliveries::Answer;
use crate::api::replays::{ReplayDraft, ReplayResult, ReplaySent};
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::ids::DeliveryId;
use crate::store::{deliveries, executions};

/// Most sendings of one replay.
pub(super) const TIMES_MOST: u32 = 100;
/// One sending, from the connection to the end of the answer (`trust.md` §5.1, outgoing).
const ONE: Duration = Duration::from_secs(30);
/// Finding the address. The control listener gives up on a command after 30 seconds.
const LOOK_UP: Duration = Duration::from_secs(20);

/// Sends what the draft says, as often as it says, one after the other. A mistake in the draft is told before anything
/// is sent; then it goes on beside, and the answer waits for the end unless told not to.
pub async fn send(app: &Arc<App>, draft: ReplayDraft) -> Result<ReplaySent, ApiError> {
    let trip = Trip::prepare(app, draft).await?;
    let (times, waits) = (times(&trip.draft)?, !trip.draft.in_background.unwrap_or(false));
    let started = app.under_way.start(times, app.ids.as_ref(), &app.stopping)?;
    let id = started.id();
    tokio::spawn(all(Arc::clone(app), trip, started));
    if waits { app.under_way.end(&id).await } else { app.under_way.progress(&id, None).await }
}

/// Sends until it is through, stopped, or cannot go on.
async fn all(app: Arc<App>, trip: Trip, started: Started) {
    for _ in 0..started.times() {
        match started.unless_stopped(trip.one(&app)).await {
            Some(Ok(result)) => started.note(result),
            Some(Err(error)) => return started.note(ReplayResult::unsent(error.to_string())),
            None => return,
        }
    }
}

/// How often; 1 to 100.
pub(super) fn times(draft: &ReplayDraft) -> Result<u32, ApiError> {
    let times = draft.times.unwrap_or(1);
    if !(1..=TIMES_MOST).contains(&times) {
        return Err(ApiError::invalid("times", format!("{times} is not between 1 and {TIMES_MOST}")));
    }
    Ok(times)
}

/// What the pipeline is to know of a replay.
pub(super) fn mark(draft: &ReplayDraft, source: &Source) -> Mark {
    Mark {
        of: source.original.as_ref().map(|original| original.id.clone()),
        outside_effects: draft.runs_outside_effects(),
        again: draft.new_event_id,
    }
}

/// What all sendings of a replay share.
struct Trip {
    draft: ReplayDraft,
    source: Source,
    aim: Aim,
    line: Line,
    original: Option<Outcome>,
}

impl Trip {
    async fn prepare(app: &App, draft: ReplayDraft) -> Result<Self, ApiError> {
        times(&draft)?;
        let source = source(app, &draft).await?;
        let aim = aim(app, &draft, &source)?;
        let original = match &source.original {
            Some(original) => outcome(app, &original.id).await?,
            None => None,
        };
        // A mistake in the draft is told before a name is looked up.
        compose(&draft, &source, &aim, &proof(app, &draft, &aim, &source)?, app.ids.as_ref())?;
        let line = line(app, &aim, Instant::now() + LOOK_UP).await?;
        Ok(Self { draft, source, aim, line, original })
    }

    async fn one(&self, app: &App) -> Result<ReplayResult, ApiError> {
        let proof = proof(app, &self.draft, &self.aim, &self.source)?;
        let mut composed = compose(&self.draft, &self.source, &self.aim, &proof, app.ids.as_ref())?;
        let expected = match self.aim {
            Aim::Here(_) => Some(app.replays.expect(mark(&self.draft, &self.source), app.ids.as_ref())),
            Aim::Elsewhere(_) => None,
        };
        let word = expected.as_ref().map_or("1", |expected| &expected.word);
        composed.headers.0.push((MARK_HEADER.to_owned(), Bytes::copy_from_slice(word.as_bytes())));
        let letter = Letter {
            method: &composed.method,
            target: self.aim.target(),
            headers: &composed.headers,
            body: &composed.body,
        };
        let started = Instant::now();
        let answered = exchange(&self.line, &letter, started + ONE).await;
        let duration_us = i64::try_from(started.elapsed().as_micros()).unwrap_or(i64::MAX);
        let new = match expected.as_ref().and_then(Expected::delivery) {
            Some(id) => outcome(app, id).await?,
            None => None,
        };
        let (answer, error) = split(answered);
        let differences = self.original.as_ref().map(|original| compare(original, answer.as_ref(), new.as_ref()));
        Ok(ReplayResult {
            answer,
            error,
            duration_us,
            delivery: new.map(|new| new.delivery),
            differences: differences.unwrap_or_default(),
        })
    }
}

impl ReplayResult {
    /// It was not sent.
    fn unsent(words: String) -> Self {
        let error = Some(format!("not sent: {words}"));
        Self { answer: None, error, duration_us: 0, delivery: None, differences: Vec::new() }
    }
}

fn split(answered: Result<Answer, String>) -> (Option<Answer>, Option<String>) {
    match answered {
        Ok(answer) => (Some(answer), None),
        Err(error) => (None, Some(error)),
    }
}

/// A delivery as it is stored, with what it set off. It is there before its answer is.
async fn outcome(app: &App, id: &DeliveryId) -> Result<Option<Outcome>, ApiError> {
    let id = id.clone();
    let found = app.store.read(move |db| {
        let Some(delivery) = deliveries::get(db, &id)? else { return Ok(None) };
        let executions = executions::of_delivery(db, delivery.seq)?;
        Ok(Some(Outcome { delivery, executions }))
    });
    Ok(found.await?)
}

/// The connection's end. Creel's own control listener is refused, and so is where clouds keep credentials.
async fn line(app: &App, aim: &Aim, deadline: Instant) -> Result<Line, ApiError> {
    let url = match aim {
        Aim::Here(here) => return Ok(Line { addresses: vec![here.receiver], tls: None }),
        Aim::Elsewhere(url) => url,
    };
    let host = &url[Position::BeforeHost..Position::AfterHost];
    let addresses = addresses(url, deadline).await?;
    let control: Vec<_> = app.addresses().control.into_iter().collect();
    address_guard::check(host, &addresses, &control, true)
        .map_err(|error| ApiError { field: Some("target.url".to_owned()), ..error })?;
    let named = |host: &str| {
        ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
            .map_err(|error| ApiError::invalid("target.url", format!("\"{host}\" has no certificate: {error}")))
    };
    Ok(Line { addresses, tls: if url.scheme() == "https" { Some(named(host)?) } else { None } })
}

async fn addresses(url: &Url, deadline: Instant) -> Result<Vec<std::net::SocketAddr>, ApiError> {
    let port = url.port_or_known_default().unwrap_or(80);
    let failed = |words: String| ApiError::new(ErrorCode::Upstream, words);
    match url.host() {
        Some(Host::Ipv4(ip)) => Ok(vec![(ip, port).into()]),
        Some(Host::Ipv6(ip)) => Ok(vec![(ip, port).into()]),
        Some(Host::Domain(name)) => match timeout_at(deadline, SystemResolver.resolve(name, port)).await {
            Ok(Ok(found)) if !found.is_empty() => Ok(found),
            Ok(Ok(_)) => Err(failed(format!("{name} has no address"))),
            Ok(Err(error)) => Err(failed(format!("no address of {name}: {error}"))),
            Err(_) => Err(failed(format!("no address of {name} in time"))),
        },
        None => Err(failed("the address has no host".to_owned())),
    }
}
