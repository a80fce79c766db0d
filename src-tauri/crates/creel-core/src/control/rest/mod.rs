//! The REST routes (`contracts.md` §7), one file a resource. Each is a command of the list in another dress; lists are
//! `{items, next}`, a new thing is 201, a deleted one 204.

mod alerts;
mod deliveries;
mod executions;
mod lists;
mod reply;
mod tasks;
mod triggers;

use axum::Router;

use crate::contracts::opengate_management;
use crate::control::route::Route;
use crate::control::site::Site;

/// All of them.
pub fn routes() -> Router<Site> {
    Router::new()
        .merge(lists::routes())
        .merge(tasks::routes())
        .merge(triggers::routes())
        .merge(deliveries::routes())
        .merge(executions::routes())
        .merge(alerts::routes())
        .merge(opengate_management::routes())
}

/// All of them for the OpenAPI document.
pub fn described() -> Vec<Route> {
    let resources = [
        lists::described,
        tasks::described,
        triggers::described,
        deliveries::described,
        executions::described,
        alerts::described,
        opengate_management::described,
    ];
    resources.into_iter().flat_map(|described| described()).collect()
}

/// Whether the routes at `path` have OpenGate's error envelope.
pub fn speaks_opengate(path: &str) -> bool {
    path.starts_with("/api/projects/")
}
