//! By which scheme and with which secret a replay is signed.

use super::aim::Aim;
use super::source::Source;
use crate::api::replays::{Broken, ReplayDraft, Signing};
use crate::app::App;
use crate::authenticate::{Scheme, Secret};
use crate::clock::UnixMs;
use crate::contracts::{OwnSecret, orloj};
use crate::error::{ApiError, ErrorCode};
use crate::orloj::TaskWebhookManifest;
use crate::registry::Listening;
use crate::secrets::fresh;

/// "Stale" is an hour further back than the scheme allows.
const STALE_MS: i64 = 3_600_000;

/// What is done about the proof.
pub(super) enum Proof {
    /// The headers stay as they came.
    AsReceived,
    /// Signature and time are taken out.
    Removed,
    /// It is made anew.
    Made(Signer),
}

/// Signs.
pub(super) struct Signer {
    pub scheme: &'static Scheme,
    pub secret: Secret,
    pub at: UnixMs,
}

/// What the draft wants of the proof.
pub(super) fn proof(app: &App, draft: &ReplayDraft, aim: &Aim, source: &Source) -> Result<Proof, ApiError> {
    let (scheme, secret) = match &draft.signing {
        Signing::AsReceived => return unsigned(draft, Proof::AsReceived),
        Signing::Unsigned => return unsigned(draft, Proof::Removed),
        Signing::With { scheme, secret } => given(app, scheme, secret)?,
        Signing::Target if source.unsigned => return unsigned(draft, Proof::Removed),
        Signing::Target => match of_target(app, aim, source)? {
            Some(known) => known,
            None => return unsigned(draft, Proof::AsReceived),
        },
    };
    let now = draft.at.map_or_else(|| app.clock.now(), |seconds| UnixMs(seconds.saturating_mul(1000)));
    let mut signer = Signer { scheme, secret, at: now };
    match draft.broken {
        Some(Broken::WrongSecret) => signer.secret = fresh(scheme),
        Some(Broken::StaleTime) => {
            let rule = scheme
                .timestamp
                .as_ref()
                .ok_or_else(|| broken(format!("the scheme {} has no time that could be stale", scheme.name)))?;
            signer.at = app.clock.now().plus_ms(-STALE_MS - rule.tolerance.past.saturating_mul(1000));
        }
        Some(Broken::AlteredByte) | None => {}
    }
    Ok(Proof::Made(signer))
}

fn unsigned(draft: &ReplayDraft, proof: Proof) -> Result<Proof, ApiError> {
    match draft.broken {
        Some(Broken::WrongSecret | Broken::StaleTime) => {
            Err(broken("it is not signed, so the signature cannot be broken".to_owned())
                .hint("sign it by the target's scheme"))
        }
        Some(Broken::AlteredByte) | None => Ok(proof),
    }
}

fn broken(words: String) -> ApiError {
    ApiError::invalid("broken", words)
}

fn given(app: &App, scheme: &str, secret: &str) -> Result<(&'static Scheme, Secret), ApiError> {
    let found = app
        .registry
        .now()
        .schemes()
        .find(scheme)
        .ok_or_else(|| ApiError::invalid("signing.with.scheme", format!("there is no scheme \"{scheme}\"")))?;
    let bad = |words: String| ApiError::invalid("signing.with.secret", words);
    let secret = Secret::new(secret).map_err(|error| bad(error.to_string()))?;
    found.check_secret(&secret).map_err(|error| bad(error.to_string()))?;
    Ok((found, secret))
}

/// The target's scheme and current secret; elsewhere: those of the endpoint where the original came in. `None`: the
/// target checks no signature, or nobody listens there.
fn of_target(app: &App, aim: &Aim, source: &Source) -> Result<Option<(&'static Scheme, Secret)>, ApiError> {
    match aim {
        Aim::Here(here) => here.listening.as_deref().map_or(Ok(None), current),
        Aim::Elsewhere(_) if source.original.is_none() => {
            Err(ApiError::invalid("signing", "there is no secret to sign it with for somebody else")
                .hint("give a scheme and a secret, or send it unsigned"))
        }
        Aim::Elsewhere(_) => {
            let from = source.endpoint.as_ref().and_then(|id| app.registry.now().get(id));
            from.as_deref().map_or(Ok(None), current)
        }
    }
}

fn current(listening: &Listening) -> Result<Option<(&'static Scheme, Secret)>, ApiError> {
    let Some(scheme) = listening.scheme else { return Ok(None) };
    let optional = listening.trigger.contract.face().own_secret() == OwnSecret::Optional;
    if optional && listening.keys.is_empty() && !listening.locked {
        return Ok(None);
    }
    let secret = listening.current().ok_or_else(|| without_secret(listening))?;
    Ok(Some((scheme, secret.clone())))
}

/// Why there is nothing to sign with.
fn without_secret(listening: &Listening) -> ApiError {
    let name = &listening.trigger.name;
    if listening.locked {
        let words = format!("the secret of \"{name}\" cannot be read");
        return ApiError::new(ErrorCode::Unavailable, words).hint("unlock the keychain and start Creel again");
    }
    let (words, hint) = match orloj::manifest(&listening.trigger).map(TaskWebhookManifest::secret) {
        Some(named) => (
            format!("the Secret \"{}\" that \"{name}\" names is not there", named.name),
            format!("make it in the namespace \"{}\": POST /v1/secrets on the control listener", named.namespace),
        ),
        None => (format!("\"{name}\" has no secret to sign with"), "give the trigger a secret".to_owned()),
    };
    ApiError::new(ErrorCode::Conflict, words).hint(hint)
}
