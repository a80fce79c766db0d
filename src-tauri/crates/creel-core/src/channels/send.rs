//! Sending: to every channel that is meant, not more than three a minute to each, and never the same message twice.

use jiff::tz::TimeZone;
use serde_json::json;

use super::letter::Letter;
use super::message::{Outgoing, outgoing};
use super::{Channel, desktop, post};
use crate::actions::{Forwarder, NotifyPlan, PlannedSigning, wire};
use crate::authenticate::Secret;
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::execute::{Again, Ran, StepLog};
use crate::ids::{SecretId, TriggerId};
use crate::store::queue::Job;
use crate::store::{StoreError, channels};
use wire::Stopped;

/// Messages of one channel in one minute; what is more is gathered into one (`trust.md` T29).
pub const A_MINUTE: usize = 3;
const MINUTE_MS: i64 = 60_000;

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
        let others: Vec<Channel> = all.into_iter().filter(|one| one.verified_at.is_some()).collect();
        let verified = others.len();
        let wanted = |one: &Channel| {
            (plan.notify_owner && one.owner) || plan.severity.is_some_and(|severity| one.severities.contains(&severity))
        };
        for channel in others.into_iter().filter(wanted) {
            if !meant.iter().any(|one| one.id == channel.id) {
                meant.push(channel);
            }
        }
        match (meant.is_empty(), verified) {
            (false, _) => Ok(meant),
            (true, 0) => never(
                ApiError::new(ErrorCode::NotFound, "no channel is verified")
                    .hint("link a channel under Channels, then run this again"),
            ),
            (true, _) => never(
                ApiError::new(ErrorCode::NotFound, "no verified channel takes this message")
                    .hint("say under Channels which one is told, then run this again"),
            ),
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
        let secret = channel.secret.as_ref().map(|id| self.secret(id)).transpose()?;
        let out = outgoing(channel, secret.as_ref(), message, text).map_err(|error| (error, Again::Never))?;
        match out {
            Outgoing::Post(post) => post::send(self.forwarder, &channel.kind, message, post).await,
            Outgoing::Letter { email, subject, text } => {
                let letter = Letter { email, password: secret.as_ref(), id: message, subject, text };
                letter.send(self.forwarder).await
            }
            Outgoing::Shown(text) => desktop::show(text, self.forwarder.limits.connect).await,
        }
    }

    fn secret(&self, id: &SecretId) -> Result<Secret, Stopped> {
        let asked =
            PlannedSigning { scheme: String::new(), secret_id: Some(id.clone()), trigger_id: TriggerId(String::new()) };
        self.forwarder.secrets.signing_secret(&asked).map_err(|error| match error.code {
            ErrorCode::Unavailable => (error, Again::OnSchedule),
            _ => (error.hint("set the address, token or password of the channel again"), Again::Never),
        })
    }
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
