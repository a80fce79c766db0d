//! A draft of a scheme tried on a delivery that was captured.

use std::sync::Arc;

use super::inspect::{Stored, stored};
use super::schemes::read;
use super::secrets::typed;
use super::signature::tried_key;
use crate::api::deliveries::CheckState;
use crate::api::schemes::{SchemeTrial, SchemeTry};
use crate::app::App;
use crate::authenticate::own::{self, Checked};
use crate::authenticate::{Key, Scheme, SignedRequest, Surroundings, explain};
use crate::delivery::Delivery;
use crate::error::ApiError;
use crate::registry::require;

/// What the draft makes of the delivery, by the functions of the check itself. Nothing is saved.
pub async fn scheme_try(app: &Arc<App>, input: SchemeTry) -> Result<SchemeTrial, ApiError> {
    let unread = |problem| SchemeTrial { report: None, places: Vec::new(), problems: vec![problem] };
    let record = match read(&input.draft) {
        Ok((record, _)) => record,
        Err(problem) => return Ok(unread(problem)),
    };
    let Checked { scheme, problems, .. } = own::check(&record);
    // What it is called does not matter to a trial: it is often written last.
    let problems: Vec<_> = problems.into_iter().filter(|one| one.field != "name").map(ApiError::from).collect();
    let Some(scheme) = scheme.filter(|_| problems.is_empty()) else {
        return Ok(SchemeTrial { report: None, places: Vec::new(), problems });
    };
    let Stored { delivery, contents, body } = stored(app, &input.delivery_id).await?;
    let keys = match keys(app, &input, &delivery, &scheme) {
        Ok(keys) => keys,
        Err(problem) => return Ok(unread(problem)),
    };
    let request =
        SignedRequest { method: &delivery.method, url: &contents.target, headers: &contents.headers, body: &body };
    let places = own::places(&scheme, &request);
    let report = explain(&scheme, &request, &keys, delivery.received_at, alone());
    Ok(SchemeTrial { report: Some(report), places, problems })
}

fn keys(app: &App, input: &SchemeTry, delivery: &Delivery, scheme: &Scheme) -> Result<Vec<Key>, ApiError> {
    let keys = match (&input.secret, &input.secret_from) {
        (Some(text), _) => vec![tried_key(typed("secret", text.clone())?)],
        (None, Some(trigger)) => require(&app.registry.now(), trigger)?.keys.clone(),
        (None, None) => {
            let at = delivery.endpoint.as_ref().and_then(|id| app.registry.now().get(id));
            at.map(|at| at.keys.clone()).unwrap_or_default()
        }
    };
    let field = if input.secret.is_some() { "secret" } else { "secret_from" };
    for key in &keys {
        scheme.check_secret(&key.value).map_err(|error| ApiError::invalid(field, error.to_string()))?;
    }
    Ok(keys)
}

/// Nothing but the scheme is tried: endpoint, rate and address are the trigger's.
fn alone() -> Surroundings {
    let not_used = || (CheckState::NotUsed, "not part of the scheme".to_owned());
    Surroundings { endpoint: not_used(), rate: not_used(), address: not_used(), duplicate: None }
}
