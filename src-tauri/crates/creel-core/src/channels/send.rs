//! Sending: to every channel that is meant, not more than three a minute to each, and never the same message twice.

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::message::{Outgoing, outgoing};
use super::{Channel, ChannelKind};
use crate::actions::{Forwarder, NotifyPlan, PlannedSigning, TargetAnswer, address_guard, wire};
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::execute::{Again, Ran, StepLog};
use crate::ids::TriggerId;
use crate::store::queue::Job;
use crate::store::{StoreError, channels};
use wire::Stopped;

/// Messages of one channel in one minute; what is more is gathered into one (`trust.md` T29).
pub const A_MINUTE: usize = 3;
const MINUTE_MS: i64 = 60_000;
/// Bytes of an answer that are read: it is only for people.
const ANSWER_MOST: usize = 4 * 1024;

/// Sends messages.
pub struct Notifier<'a> {
    /// Store, clock, names, secrets and bounds, as forwards have them.
    pub forwarder: &'a Forwarder,
}

/// Where a message stands before it is sent.
enum Place {
    /// The channel has it.
    Sent,
    /// Its minute is full, or the night is quiet.
    Later(UnixMs),
    /// Its turn, with what goes along: what went out before a crash goes out again as it was, under the same key.
    Now { sending: String, messages: Vec<(String, String)> },
}

/// What became of a message at one channel.
enum Told {
    Sent,
    Later(UnixMs),
}

impl Notifier<'_> {
    /// `notify`: one attempt for all its channels. One that has the message does not get it again.
    pub async fn run(&self, job: &Job, log: &mut StepLog) -> Ran {
        let Ok(plan) = serde_json::from_str::<NotifyPlan>(&job.plan) else {
            let error = ApiError::new(ErrorCode::Invalid, "there is no plan that could be run");
            return Ran::Failed(error.hint("replay the delivery instead"), Again::Never);
        };
        let (sent, failed, later) = match self.all(job, &plan, log).await {
            Ok(went) => went,
            Err((error, again)) => return Ran::Failed(error, again),
        };
        match (failed, later) {
            (Some((error, again)), _) => Ran::Failed(error, again),
            (None, Some(at)) => Ran::Later(at),
            (None, None) => Ran::Done(json!({ "sent": sent, "output": plan.message }).to_string()),
        }
    }

    async fn all(
        &self,
        job: &Job,
        plan: &NotifyPlan,
        log: &mut StepLog,
    ) -> Result<(Vec<String>, Option<Stopped>, Option<UnixMs>), Stopped> {
        let (mut sent, mut failed, mut later) = (Vec::new(), None::<Stopped>, None::<UnixMs>);
        for channel in self.meant(plan).await? {
            let started = log.begin();
            match self.one(job, plan, &channel).await {
                Ok(Told::Sent) => {
                    log.went_well("request", started, format!("{} has it.", channel.name), None);
                    sent.push(channel.name);
                }
                Ok(Told::Later(at)) => {
                    let words = format!("{} gets it later, together with what else comes.", channel.name);
                    log.went_well("wait", started, words, None);
                    later = Some(later.map_or(at, |earlier| earlier.min(at)));
                }
                Err((error, again)) => {
                    log.went_wrong("request", started, format!("{}: {}", channel.name, error.message), None);
                    // Where one channel can be tried again, the attempt is made again.
                    failed = Some(failed.filter(|(_, before)| *before != Again::Never).unwrap_or((error, again)));
                }
            }
        }
        Ok((sent, failed, later))
    }

    /// The channels that are to get it. A name that is none, or one that is not verified, is an error.
    async fn meant(&self, plan: &NotifyPlan) -> Result<Vec<Channel>, Stopped> {
        let all = self.forwarder.store.read(channels::all).await.map_err(unavailable)?;
        let never = |error: ApiError| Err((error, Again::Never));
        let mut meant: Vec<Channel> = Vec::new();
        for name in &plan.channels {
            let named = |one: &&Channel| one.id.as_str() == name || one.name.eq_ignore_ascii_case(name.trim());
            match all.iter().find(named) {
                Some(channel) if channel.verified_at.is_some() => meant.push(channel.clone()),
                Some(channel) => {
                    let words = format!("channel {} is not verified", channel.name);
                    let hint = "send it a code and type that back, then run this again";
                    return never(ApiError::new(ErrorCode::Forbidden, words).hint(hint));
                }
                None => return never(ApiError::not_found("channel", name).hint("link it under Channels")),
            }
        }
        let verified = all.into_iter().filter(|one| one.verified_at.is_some());
        let wanted = |one: &Channel| {
            plan.notify_owner || plan.severity.is_some_and(|severity| one.severities.contains(&severity))
        };
        for channel in verified.filter(wanted) {
            if !meant.iter().any(|one| one.id == channel.id) {
                meant.push(channel);
            }
        }
        match meant.is_empty() {
            true => never(
                ApiError::new(ErrorCode::NotFound, "no channel is verified")
                    .hint("link a channel under Channels, then run this again"),
            ),
            false => Ok(meant),
        }
    }

    async fn one(&self, job: &Job, plan: &NotifyPlan, channel: &Channel) -> Result<Told, Stopped> {
        let now = self.forwarder.clock.now();
        let quiet = channel.quiet.and_then(|quiet| quiet.until(now, &TimeZone::system()));
        let (id, message, text) = (channel.id.clone(), job.id.to_string(), plan.message.clone());
        let place = self.forwarder.store.write(move |turn| {
            channels::note(turn.db, &message, &id, turn.now, &text)?;
            if channels::is_sent(turn.db, &message, &id)? {
                return Ok(Place::Sent);
            }
            let full = channels::sent_since(turn.db, &id, turn.now.plus_ms(-MINUTE_MS), A_MINUTE)?;
            if let Some(at) = quiet.or(full.map(|oldest| oldest.plus_ms(MINUTE_MS))) {
                return Ok(Place::Later(at));
            }
            let sending = match channels::sending(turn.db, &message, &id)? {
                Some(begun) => begun,
                None => {
                    channels::begin_sending(turn.db, &message, &id)?;
                    message
                }
            };
            let messages = channels::in_sending(turn.db, &sending, &id)?;
            Ok(Place::Now { sending, messages })
        });
        let (sending, messages) = match place.await.map_err(unavailable)? {
            Place::Sent => return Ok(Told::Sent),
            Place::Later(at) => return Ok(Told::Later(at)),
            Place::Now { sending, messages } => (sending, messages),
        };
        self.deliver(channel, &sending, &gathered(&messages)).await?;
        let id = channel.id.clone();
        let taken: Vec<String> = messages.into_iter().map(|(message, _)| message).collect();
        let noted = self.forwarder.store.write(move |turn| channels::mark_sent(turn.db, &id, &taken, turn.now));
        noted.await.map_err(unavailable)?;
        Ok(Told::Sent)
    }

    /// Sends one text now, whatever was sent before: also the code that verifies.
    pub async fn deliver(&self, channel: &Channel, message: &str, text: &str) -> Result<(), Stopped> {
        let never = |error: ApiError| (error, Again::Never);
        let asked = PlannedSigning {
            scheme: String::new(),
            secret_id: Some(channel.secret.clone()),
            trigger_id: TriggerId(String::new()),
        };
        let secret = self.forwarder.secrets.signing_secret(&asked).map_err(|error| match error.code {
            ErrorCode::Unavailable => (error, Again::OnSchedule),
            _ => (error.hint("set the address or token of the channel again"), Again::Never),
        })?;
        let Outgoing { url, body } = outgoing(channel, &secret, message, text).map_err(never)?;
        let deadline = Instant::now() + self.forwarder.limits.total;
        let (host, addresses) = wire::addresses(self.forwarder.resolver.as_ref(), &url, deadline).await?;
        address_guard::check(&host, &addresses, &self.forwarder.listeners.listeners(), true).map_err(never)?;
        let client = wire::client(addresses, self.forwarder.limits.connect)?;
        let host = wire::host_of(&url);
        let mut request = reqwest::Request::new(http::Method::POST, url);
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Ok(key) = HeaderValue::from_str(message) {
            request.headers_mut().insert(HeaderName::from_static("idempotency-key"), key);
        }
        *request.body_mut() = Some(body.to_string().into());
        let again = |error: ApiError| (error, Again::OnSchedule);
        match timeout_at(deadline, client.execute(request)).await {
            Err(_) => Err(again(wire::upstream(format!("no answer from {host} in time")))),
            // The address holds a secret, and so may the error's own words.
            Ok(Err(error)) => Err(again(wire::broken(&host, self.forwarder.limits.connect, &error.without_url()))),
            Ok(Ok(response)) => {
                let answered = timeout_at(deadline, self.judge(channel, &host, response)).await;
                answered.unwrap_or_else(|_| Err(again(wire::upstream(format!("no whole answer from {host} in time")))))
            }
        }
    }

    async fn judge(&self, channel: &Channel, host: &str, mut response: reqwest::Response) -> Result<(), Stopped> {
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut body = Vec::new();
        while body.len() < ANSWER_MOST
            && let Ok(Some(piece)) = response.chunk().await
        {
            body.extend_from_slice(&piece[..piece.len().min(ANSWER_MOST - body.len())]);
        }
        let said = words(&body);
        let answer = TargetAnswer { status, headers, body, cut: false };
        let Err((error, again)) = answer.verdict(self.forwarder.clock.now()) else { return Ok(()) };
        let said = said.map_or_else(String::new, |said| format!(": {said}"));
        let message = format!("{host} answered {status}{said}");
        let hint = match (&channel.kind, status.as_u16()) {
            (ChannelKind::Telegram(_), 401 | 404) => "look at the bot's token",
            (ChannelKind::Telegram(_), 400 | 403) => "look at the chat's id, and whether the bot may write there",
            (_, 401 | 403 | 404 | 410) => "look at the channel's address; it may have been taken back",
            _ => return Err((ApiError { message, hint: None, ..error }, again)),
        };
        Err((ApiError { message, ..error }.hint(hint), again))
    }
}

/// The service's own words: JSON's `description` or `message`, or a short text.
fn words(body: &[u8]) -> Option<String> {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let named = json.as_ref().and_then(|json| json["description"].as_str().or_else(|| json["message"].as_str()));
    let text =
        named.map(str::to_owned).or_else(|| json.is_none().then(|| String::from_utf8_lossy(body).into_owned()))?;
    let line: String = text.trim().lines().next()?.chars().filter(|c| !c.is_control()).take(200).collect();
    (!line.is_empty()).then_some(line)
}

/// One message, or all that wait as one.
fn gathered(waiting: &[(String, String)]) -> String {
    match waiting {
        [(_, only)] => only.clone(),
        many => {
            let lines = many.iter().map(|(_, text)| format!("• {}", text.trim()));
            format!("{} messages:\n{}", many.len(), lines.collect::<Vec<_>>().join("\n"))
        }
    }
}

fn unavailable(error: StoreError) -> Stopped {
    (ApiError { code: ErrorCode::Unavailable, ..error.into() }, Again::OnSchedule)
}
