//! The nine steps of a delivery's signature check, computed anew on the stored bytes.

use std::sync::Arc;

use super::inspect::{Stored, stored};
use super::secrets::typed;
use crate::admit::Standing;
use crate::api::deliveries::{CheckState, CheckStep, SignatureQuery, SignatureReport};
use crate::app::App;
use crate::authenticate::{Key, Secret, SignedRequest, Surroundings, explain, signed_address, verify};
use crate::delivery::{Delivery, ReasonCode};
use crate::error::ApiError;
use crate::github;
use crate::ids::SecretId;
use crate::registry::Listening;

/// The nine steps.
const STEPS: [&str; 9] = [
    "Endpoint",
    "Rate",
    "Address",
    "Token",
    "Header",
    "Format",
    "Signed string",
    "Signature",
    "Freshness and duplicate",
];

/// The nine steps of its signature check.
pub async fn delivery_signature(app: &Arc<App>, input: SignatureQuery) -> Result<SignatureReport, ApiError> {
    let Stored { delivery, contents, body } = stored(app, &input.id).await?;
    let listening = delivery.endpoint.as_ref().and_then(|id| app.registry.now().get(id));
    let scheme = match &input.try_scheme {
        Some(key) => {
            let unknown = || ApiError::invalid("try_scheme", format!("there is no scheme \"{key}\""));
            Some(app.registry.now().schemes().find(key).ok_or_else(unknown)?)
        }
        None => listening.as_ref().and_then(|at| at.scheme),
    };
    let around = surroundings(&delivery, listening.as_deref());
    let Some(scheme) = scheme else { return Ok(without_scheme(around)) };
    let tried = input.try_secret.map(|text| typed("try_secret", text)).transpose()?;
    let keys = match tried {
        Some(value) => vec![tried_key(value)],
        None => listening.as_ref().map(|at| at.keys.clone()).unwrap_or_default(),
    };
    let request =
        SignedRequest { method: &delivery.method, url: &contents.target, headers: &contents.headers, body: &body };
    let own = github::own_addresses(app);
    let signed = match verify(scheme, &request, &keys, delivery.received_at) {
        Ok(_) => None,
        Err(_) => signed_address(scheme, &request, &keys, delivery.received_at, &own).map(|(url, _)| url),
    };
    let url = signed.as_deref().unwrap_or(request.url);
    Ok(explain(scheme, &SignedRequest { url, ..request }, &keys, delivery.received_at, around))
}

/// A secret that is only tried.
pub(super) fn tried_key(value: Secret) -> Key {
    Key { id: SecretId::from("sec_tried"), value, expires_at: None }
}

/// What the steps around the check said when the delivery came, from its row.
fn surroundings(delivery: &Delivery, at: Option<&Listening>) -> Surroundings {
    let code = delivery.reason_code;
    let words = || delivery.reason.clone().unwrap_or_default();
    let endpoint = match (at, code) {
        (None, _) => (CheckState::Fail, "no trigger listens at this address".to_owned()),
        (Some(_), Some(ReasonCode::TriggerDisabled | ReasonCode::MethodNotAllowed | ReasonCode::Paused)) => {
            (CheckState::Fail, words())
        }
        (Some(at), _) => (CheckState::Pass, format!("{} listens at {}", at.trigger.name, at.path())),
    };
    let rate = match (code, at.map(|at| at.trigger.rate.per_minute)) {
        (Some(ReasonCode::RateLimited), _) => (CheckState::Fail, words()),
        (_, Some(0) | None) => (CheckState::NotUsed, "no limit is set".to_owned()),
        (_, Some(n)) => (CheckState::Pass, format!("within {n} a minute")),
    };
    let caller = delivery.peer.clone().unwrap_or_else(|| "an unknown address".to_owned());
    let everyone = at.is_none_or(|at| at.allowlist.standing(None) == Standing::Allowed);
    let address = match code {
        Some(ReasonCode::AddressNotAllowed | ReasonCode::AddressUnknown) => (CheckState::Fail, words()),
        _ if everyone => (CheckState::NotUsed, format!("{caller}; there is no allowlist")),
        _ => (CheckState::Pass, format!("{caller} is on the allowlist")),
    };
    let repeated = matches!(code, Some(ReasonCode::DuplicateId | ReasonCode::DuplicateBody));
    Surroundings { endpoint, rate, address, duplicate: repeated.then(words) }
}

/// The report of an endpoint that checks nothing, or of an address where nobody listens.
fn without_scheme(around: Surroundings) -> SignatureReport {
    let known = [around.endpoint, around.rate, around.address];
    let failed = known.iter().any(|(state, _)| *state == CheckState::Fail);
    let rest = match failed {
        true => (CheckState::NotReached, "not reached".to_owned()),
        false => (CheckState::NotUsed, "no signature is checked here".to_owned()),
    };
    let states = known.into_iter().chain(std::iter::repeat(rest));
    let steps = (1u8..).zip(STEPS).zip(states).map(|((number, name), (state, words))| CheckStep {
        number,
        name: name.to_owned(),
        state,
        words,
    });
    SignatureReport {
        scheme: "none".to_owned(),
        scheme_words: "no signature is checked".to_owned(),
        steps: steps.collect(),
        signed_string: None,
        signed_bytes: None,
        conclusion: match failed {
            true => "The delivery was refused before any signature was looked at.".to_owned(),
            false => "This endpoint checks no signature. Choose a scheme to try one.".to_owned(),
        },
        valid: false,
        reproduce: String::new(),
    }
}
