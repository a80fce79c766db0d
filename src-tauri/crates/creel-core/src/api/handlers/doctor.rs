//! The signature doctor's commands.

use std::sync::Arc;
use std::time::Duration;

use super::inspect::{Stored, stored};
use super::secrets::{grace, info, vault};
use crate::api::doctor::{AcceptSecret, Diagnosis, DoctorQuery, Fix, Mistake};
use crate::api::triggers::SecretInfo;
use crate::app::App;
use crate::authenticate::SignedRequest;
use crate::delivery::{ReasonCode, SignatureState};
use crate::doctor::{Case, Known, Owner, diagnose};
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::forge::Wanted;
use crate::ids::{SecretId, TriggerId};
use crate::registry::{Listening, Routes, require};
use crate::start::seal_new;
use crate::store::github;
use crate::store::secrets::{self, SealedSecret, Slot};
use crate::trigger::Contract;

/// How long the search may take: several times what 50 secrets and a body of 25 KB need (the bench's `doctor`).
const BUDGET: Duration = Duration::from_millis(400);

/// Why a delivery's signature does not fit. It runs beside everything else: a large body must not hold up a delivery.
pub async fn delivery_doctor(app: &Arc<App>, input: DoctorQuery) -> Result<Diagnosis, ApiError> {
    let stored = stored(app, &input.id).await?;
    let routes = app.registry.now().clone();
    let endpoint = stored.delivery.endpoint.clone();
    let searched = tokio::task::spawn_blocking(move || look_at(&stored, &routes)).await;
    let found =
        searched.map_err(|error| ApiError::new(ErrorCode::Internal, format!("the doctor ended early: {error}")))?;
    let Some(endpoint) = endpoint else { return Ok(found) };
    let id = endpoint.clone();
    let hook = app.store.read(move |db| github::get(db, &id)).await?;
    Ok(if hook.is_some_and(|hook| hook.wanted == Wanted::Connected) { with_hook(found, &endpoint) } else { found })
}

/// Creel made the hook at GitHub, so it can give it the right secret.
fn with_hook(mut found: Diagnosis, trigger: &TriggerId) -> Diagnosis {
    for cause in &mut found.causes {
        let secret = cause.mistakes.iter().any(|made| matches!(made, Mistake::OldSecret | Mistake::OtherSecret));
        if secret {
            cause.fixes.insert(0, Fix::UpdateHook(trigger.clone()));
        }
    }
    found
}

/// The same for a delivery that is loaded.
pub fn look_at(stored: &Stored, routes: &Routes) -> Diagnosis {
    let Stored { delivery, contents, body } = stored;
    if matches!(delivery.signature, SignatureState::Valid | SignatureState::Previous) {
        return nothing("The signature was valid when it came.");
    }
    if matches!(delivery.reason_code, Some(ReasonCode::Handshake | ReasonCode::HandshakeRefused)) {
        return nothing("It asks or brings something before anything is signed.");
    }
    let at = delivery.endpoint.as_ref().and_then(|id| routes.get(id));
    let Some((at, scheme)) = at.as_ref().and_then(|at| Some((at, at.scheme?))) else {
        return nothing("No signature is checked at this address, so none can fail.");
    };
    let request = SignedRequest { method: &delivery.method, url: &contents.target, headers: &contents.headers, body };
    let lost = delivery.bytes - i64::try_from(body.len()).unwrap_or(i64::MAX);
    let secrets = known(routes, at);
    let mut found = diagnose(
        &Case { scheme, schemes: routes.schemes(), request, received: delivery.received_at, lost, secrets },
        BUDGET,
    );
    for fix in found.causes.iter_mut().flat_map(|cause| &mut cause.fixes) {
        if let Fix::UseSecret(target) = fix {
            target.trigger_id = at.trigger.id.clone();
        }
    }
    found
}

fn nothing(sentence: &str) -> Diagnosis {
    Diagnosis {
        needed: false,
        sentence: sentence.to_owned(),
        causes: Vec::new(),
        tried: String::new(),
        complete: true,
        took_us: 0,
    }
}

/// Every secret that can be opened, the endpoint's own first; one that several triggers share counts once.
fn known(routes: &Routes, at: &Listening) -> Vec<Known> {
    let own = at.keys.iter().map(|key| Known { key: key.clone(), owner: Owner::Own });
    let mut all: Vec<Known> = own.collect();
    for (name, key) in routes.secrets() {
        if !all.iter().any(|one| one.key.id == key.id) {
            all.push(Known { key, owner: Owner::Other(name) });
        }
    }
    all
}

/// Another stored secret verifies a trigger's deliveries too, for a while: it becomes a previous one of the trigger's.
pub async fn trigger_accept_secret(app: &Arc<App>, input: AcceptSecret) -> Result<SecretInfo, ApiError> {
    let routes = app.registry.now().clone();
    let listening = require(&routes, &input.id)?;
    let trigger = &listening.trigger;
    if trigger.contract == Contract::Orloj {
        return Err(ApiError::new(ErrorCode::Conflict, "an Orloj webhook's secret is its Secret's")
            .hint("apply the Secret with another value; the webhook stays as it is"));
    }
    let found = routes.secrets().into_iter().find(|(_, key)| key.id == input.secret_id);
    let (name, key) = found.ok_or_else(|| ApiError::not_found("secret", &input.secret_id))?;
    let scheme = listening.scheme.ok_or_else(|| ApiError::invalid("id", "the trigger checks no signature"))?;
    scheme.check_secret(&key.value).map_err(|error| ApiError::invalid("secret_id", error.to_string()))?;
    let (_, ends) = grace(app, input.hours)?;
    let owner: TriggerId = trigger.contract.face().secret_owner(trigger);
    let id = SecretId::new(app.ids.as_ref());
    let sealed = seal_new(vault(app)?, &key.value, id, owner, app.clock.now());
    let sealed = SealedSecret { slot: Slot::Previous, name: format!("of {name}"), expires_at: Some(ends), ..sealed };
    let row = info(&sealed);
    app.store.write(move |turn| secrets::insert(turn.db, &sealed)).await?;
    app.reload().await?;
    app.events.send(Event::Trigger(input.id));
    Ok(row)
}
