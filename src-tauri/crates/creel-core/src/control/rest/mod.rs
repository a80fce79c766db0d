//! The REST routes (`contracts.md` §7), one file a resource. Each is a command of the list in another dress; lists are
//! `{items, next}`, a new thing is 201, a deleted one 204.

mod alert_webhooks;
mod alerts;
mod deliveries;
mod executions;
mod lists;
mod pipelines;
mod reply;
mod tasks;
mod triggers;

use axum::Router;
use axum::response::{IntoResponse, Response};

use crate::contracts::octipus::{self, Octipus};
use crate::contracts::opengate::Opengate;
use crate::contracts::orloj::Orloj;
use crate::contracts::promptrails::{self, Promptrails};
use crate::contracts::{opengate_management, orloj_management};
use crate::control::Envelope;
use crate::control::route::Route;
use crate::control::site::Site;
use crate::control::trouble::Trouble;
use crate::error::ApiError;

/// All of them.
pub fn routes() -> Router<Site> {
    Router::new()
        .merge(lists::routes())
        .merge(tasks::routes())
        .merge(triggers::routes())
        .merge(deliveries::routes())
        .merge(executions::routes())
        .merge(pipelines::routes())
        .merge(alerts::routes())
        .merge(alert_webhooks::routes())
        .merge(opengate_management::routes())
        .merge(octipus::management::routes())
        .merge(orloj_management::routes())
        .merge(promptrails::management::routes())
}

/// All of them for the OpenAPI document.
pub fn described() -> Vec<Route> {
    let resources = [
        lists::described,
        tasks::described,
        triggers::described,
        deliveries::described,
        executions::described,
        pipelines::described,
        alerts::described,
        alert_webhooks::described,
        opengate_management::described,
        octipus::management::described,
        orloj_management::described,
        promptrails::described,
    ];
    resources.into_iter().flat_map(|described| described()).collect()
}

/// An error that no route of its own answers, at `path`: in the envelope of whoever's routes lie there.
pub fn trouble_at(path: &str, error: ApiError) -> Response {
    let own = ENVELOPES.iter().find(|(prefix, _)| path.starts_with(prefix));
    own.map_or_else(|| Trouble(error.clone()).into_response(), |(_, envelop)| envelop(&error))
}

/// An error as a service says it.
type Envelop = fn(&ApiError) -> Response;

/// How the services' own management routes say an error, by what their paths begin with.
const ENVELOPES: &[(&str, Envelop)] = &[
    ("/api/projects/", Opengate::envelop),
    ("/api/hooks", Octipus::envelop),
    ("/v1/", Orloj::envelop),
    ("/api/v1/", Promptrails::envelop),
];
