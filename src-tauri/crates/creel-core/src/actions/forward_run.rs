//! `forward` at work: one attempt, from the plan to the target's answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use crate::actions::address_guard;
use crate::actions::forward_answer::Answer;
use crate::actions::forward_request::{Outgoing, Purpose, Received, Signer};
use crate::actions::resolve::Resolver;
use crate::actions::wire::{self, Stopped, innermost, upstream};
use crate::actions::{ForwardPlan, PlannedSigning};
use crate::authenticate::{Scheme, Secret, schemes};
use crate::clock::Clock;
use crate::error::{ApiError, ErrorCode};
use crate::execute::{Again, Ran, StepLog};
use crate::store::queue::Job;
use crate::store::{Store, StoreError, contents};

/// Who has the secrets that forwards are signed with.
pub trait SecretSource: Send + Sync + 'static {
    /// The secret that is meant, in clear. `not_found`: there is none (any more); `unavailable`: it cannot be opened now.
    fn signing_secret(&self, signing: &PlannedSigning) -> Result<Secret, ApiError>;

    /// The scheme with that key: one that ships, or one that this source knows beside them.
    fn scheme(&self, key: &str) -> Option<&'static Scheme> {
        schemes::find(key)
    }
}

/// Who knows where Creel itself listens at this moment.
pub trait Listeners: Send + Sync + 'static {
    /// The addresses of all its listeners.
    fn listeners(&self) -> Vec<SocketAddr>;
}

/// The bounds of one attempt (`trust.md` 5.1, outgoing).
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until there is a connection.
    pub connect: Duration,
    /// From the name's resolution to the answer's end.
    pub total: Duration,
    /// How much of the answer's body is read: it is only for people.
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(30), answer_bytes: 1024 * 1024 }
    }
}

/// Runs forwards.
pub struct Forwarder {
    /// Where the deliveries are.
    pub store: Arc<Store>,
    /// The time of signatures.
    pub clock: Arc<dyn Clock>,
    /// Who knows the addresses of names.
    pub resolver: Arc<dyn Resolver>,
    /// Who has the secrets.
    pub secrets: Arc<dyn SecretSource>,
    /// Where Creel itself listens.
    pub listeners: Arc<dyn Listeners>,
    /// The bounds of one attempt.
    pub limits: Limits,
}

impl Forwarder {
    /// One attempt.
    pub async fn run(&self, job: &Job, log: &mut StepLog) -> Ran {
        match self.attempt(job, log).await {
            Ok(result) => Ran::Done(result),
            Err((error, again)) => Ran::Failed(error, again),
        }
    }

    async fn attempt(&self, job: &Job, log: &mut StepLog) -> Result<String, Stopped> {
        let answer = self.exchanged(job, log).await?;
        Ok(serde_json::json!({ "status": answer.status.as_u16(), "bytes": answer.body.len() }).to_string())
    }

    /// One exchange whose answer means success.
    pub(crate) async fn exchanged(&self, job: &Job, log: &mut StepLog) -> Result<Answer, Stopped> {
        let (plan, outgoing) = self.render(job, log).await?;
        let deadline = Instant::now() + self.limits.total;
        let addresses = self.resolve(&plan, &outgoing, deadline, log).await?;
        let answer = self.exchange(outgoing, addresses, deadline, log).await?;
        answer.verdict(self.clock.now())?;
        Ok(answer)
    }

    /// Reads the plan and makes the request of this attempt, signed anew.
    async fn render(&self, job: &Job, log: &mut StepLog) -> Result<(ForwardPlan, Outgoing), Stopped> {
        let started = log.begin();
        match self.make(job).await {
            Ok((plan, outgoing)) => {
                let words = format!("{} {}, {} bytes.", outgoing.method, outgoing.url, outgoing.body.len());
                log.went_well("render", started, words, None);
                Ok((plan, outgoing))
            }
            Err(error) => {
                log.went_wrong("render", started, error.message.clone(), None);
                let again = if error.code == ErrorCode::Unavailable { Again::OnSchedule } else { Again::Never };
                Err((error, again))
            }
        }
    }

    async fn make(&self, job: &Job) -> Result<(ForwardPlan, Outgoing), ApiError> {
        let plan: ForwardPlan = serde_json::from_str(&job.plan).map_err(|_| {
            ApiError::new(ErrorCode::Invalid, "there is no plan that could be run").hint("replay the delivery instead")
        })?;
        let received = self.received(job.delivery_seq).await?;
        let signer = plan.sign.as_ref().map(|signing| self.signer(signing)).transpose()?;
        let purpose = Purpose { execution: &job.id, delivery: &job.delivery_id, now: self.clock.now() };
        let outgoing = Outgoing::build(&plan, &received, signer.as_ref(), &purpose)?;
        Ok((plan, outgoing))
    }

    fn signer(&self, signing: &PlannedSigning) -> Result<Signer, ApiError> {
        let unknown = || ApiError::invalid("sign.scheme", format!("no scheme \"{}\"", signing.scheme));
        let scheme = self.secrets.scheme(&signing.scheme).ok_or_else(unknown)?;
        Ok(Signer { scheme, secret: self.secrets.signing_secret(signing)? })
    }

    async fn received(&self, seq: i64) -> Result<Received, ApiError> {
        let found = self.store.read(move |db| Ok((contents::get(db, seq)?, contents::body(db, seq)?))).await;
        match found.map_err(as_unavailable)? {
            (Some(contents), Some(body)) if contents.body_kept == contents.body_bytes => {
                Ok(Received { headers: contents.headers, body: Bytes::from(body) })
            }
            _ => Err(ApiError::new(ErrorCode::NotFound, "the delivery's body is not kept any more")),
        }
    }

    /// The addresses of the host, all of them checked.
    async fn resolve(
        &self,
        plan: &ForwardPlan,
        outgoing: &Outgoing,
        deadline: Instant,
        log: &mut StepLog,
    ) -> Result<Vec<SocketAddr>, Stopped> {
        let started = log.begin();
        let found =
            wire::addresses(self.resolver.as_ref(), &outgoing.url, deadline).await.and_then(|(host, addresses)| {
                address_guard::check(&host, &addresses, &self.listeners.listeners(), plan.allow_private)
                    .map_err(|refusal| (refusal, Again::Never))?;
                Ok((host, addresses))
            });
        match found {
            Ok((host, addresses)) => {
                let list = addresses.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>().join(", ");
                log.went_well("resolve", started, format!("{host} is {list}."), None);
                Ok(addresses)
            }
            Err((error, again)) => {
                log.went_wrong("resolve", started, error.message.clone(), None);
                Err((error, again))
            }
        }
    }

    /// Sends the request to one of the addresses and reads the answer.
    async fn exchange(
        &self,
        outgoing: Outgoing,
        addresses: Vec<SocketAddr>,
        deadline: Instant,
        log: &mut StepLog,
    ) -> Result<Answer, Stopped> {
        let again = |error: ApiError| (error, Again::OnSchedule);
        let (host, text, bytes) = (wire::host_of(&outgoing.url), outgoing.to_text(), outgoing.body.len());
        let client = wire::client(addresses, self.limits.connect)?;
        let started = log.begin();
        let late = |what: &str| upstream(format!("{what} from {host} within {:?}", self.limits.total));
        let sent = match timeout_at(deadline, client.execute(request(outgoing))).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(wire::broken(&host, self.limits.connect, &error)),
            Err(_) => Err(late("no answer")),
        };
        let response = match sent {
            Ok(response) => response,
            Err(error) => {
                log.went_wrong("request", started, error.message.clone(), Some(text));
                return Err(again(error));
            }
        };
        log.went_well("request", started, format!("Sent {bytes} bytes to {host}; it answers."), Some(text));
        let started = log.begin();
        let read = timeout_at(deadline, read(response, self.limits.answer_bytes)).await;
        let answer = read.unwrap_or_else(|_| Err(late("no end of the answer")));
        match answer {
            Ok(answer) if answer.status.is_success() => {
                log.went_well("response", started, answer.words(), Some(answer.to_text()));
                Ok(answer)
            }
            Ok(answer) => {
                log.went_wrong("response", started, answer.words(), Some(answer.to_text()));
                Ok(answer)
            }
            Err(error) => {
                log.went_wrong("response", started, error.message.clone(), None);
                Err(again(error))
            }
        }
    }
}

fn request(outgoing: Outgoing) -> reqwest::Request {
    let mut request = reqwest::Request::new(outgoing.method, outgoing.url);
    *request.headers_mut() = outgoing.headers;
    *request.body_mut() = Some(outgoing.body.into());
    request
}

/// Reads at most `most` bytes of the body; the rest is left where it is.
async fn read(mut response: reqwest::Response, most: usize) -> Result<Answer, ApiError> {
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let mut body = Vec::new();
    let mut cut = false;
    while !cut && let Some(chunk) = response.chunk().await.map_err(|error| broke_off(&error, body.len()))? {
        let room = most - body.len();
        cut = chunk.len() > room;
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok(Answer { status, headers, body, cut })
}

fn broke_off(error: &reqwest::Error, read: usize) -> ApiError {
    upstream(format!("the answer broke off after {read} bytes: {}", innermost(error)))
}

fn as_unavailable(error: StoreError) -> ApiError {
    ApiError { code: ErrorCode::Unavailable, ..error.into() }
}
