//! A replay on its way: through the socket of this Creel's own receiver, or to an address elsewhere.

use std::time::Duration;

use bytes::Bytes;
use rustls::pki_types::ServerName;
use tokio::time::{Instant, timeout_at};
use url::{Host, Position, Url};

use super::aim::{Aim, aim};
use super::compare::{Outcome, compare};
use super::compose::{Composed, compose};
use super::marks::{Expected, MARK_HEADER, Mark};
use super::signer::proof;
use super::source::{Source, source};
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
/// All sendings together: the control listener gives up on a command after 30 seconds.
const TOTAL: Duration = Duration::from_secs(28);

/// Sends what the draft says, as often as it says, one after the other.
pub async fn send(app: &App, draft: &ReplayDraft) -> Result<ReplaySent, ApiError> {
    let times = times(draft)?;
    let source = source(app, draft).await?;
    let aim = aim(app, &draft.target, &source)?;
    let original = match &source.original {
        Some(original) => outcome(app, &original.id).await?,
        None => None,
    };
    // A mistake in the draft is told before a name is looked up.
    compose(draft, &source, &aim, &proof(app, draft, &aim, &source)?, app.ids.as_ref())?;
    let deadline = Instant::now() + TOTAL;
    let line = line(app, &aim, deadline).await?;
    let mut results = Vec::new();
    for _ in 0..times {
        let composed = compose(draft, &source, &aim, &proof(app, draft, &aim, &source)?, app.ids.as_ref())?;
        results.push(
            one(app, draft, &Trip { source: &source, aim: &aim, line: &line, deadline }, composed, &original).await?,
        );
        if Instant::now() >= deadline {
            break;
        }
    }
    Ok(ReplaySent { results })
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
        outside_effects: draft.outside_effects,
        again: draft.new_event_id,
    }
}

/// What all sendings of a replay share.
struct Trip<'a> {
    source: &'a Source,
    aim: &'a Aim,
    line: &'a Line,
    deadline: Instant,
}

async fn one(
    app: &App,
    draft: &ReplayDraft,
    trip: &Trip<'_>,
    mut composed: Composed,
    original: &Option<Outcome>,
) -> Result<ReplayResult, ApiError> {
    let expected = match trip.aim {
        Aim::Here(_) => Some(app.replays.expect(mark(draft, trip.source), app.ids.as_ref())),
        Aim::Elsewhere(_) => None,
    };
    let word = expected.as_ref().map_or("1", |expected| &expected.word);
    composed.headers.0.push((MARK_HEADER.to_owned(), Bytes::copy_from_slice(word.as_bytes())));
    let letter = Letter {
        method: &composed.method,
        target: trip.aim.target(),
        headers: &composed.headers,
        body: &composed.body,
    };
    let started = Instant::now();
    let answered = exchange(trip.line, &letter, trip.deadline).await;
    let duration_us = i64::try_from(started.elapsed().as_micros()).unwrap_or(i64::MAX);
    let new = match expected.as_ref().and_then(Expected::delivery) {
        Some(id) => outcome(app, id).await?,
        None => None,
    };
    let (answer, error) = split(answered);
    let differences = original.as_ref().map(|original| compare(original, answer.as_ref(), new.as_ref()));
    Ok(ReplayResult {
        answer,
        error,
        duration_us,
        delivery: new.map(|new| new.delivery),
        differences: differences.unwrap_or_default(),
    })
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
