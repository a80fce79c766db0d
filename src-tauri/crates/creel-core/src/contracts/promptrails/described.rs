//! The management routes for the OpenAPI document.

use serde_json::{Value, json};

use crate::control::{Route, text};

/// What the routes of `management` take and give.
pub fn described() -> Vec<Route> {
    let agent = json!({ "id": "2xQ…", "name": "Reviewer", "type": "simple", "description": "", "status": "active" });
    let execution = json!({ "id": "2xQ…", "agent_id": "2xQ…", "status": "pending", "input": { "message": "m" } });
    let new = json!({ "name": "Reviewer", "type": "simple", "description": "" });
    let mut routes = family(
        "webhook_trigger",
        [
            "GET /api/v1/webhook-triggers",
            "POST /api/v1/webhook-triggers",
            "GET /api/v1/webhook-triggers/{id}",
            "PATCH /api/v1/webhook-triggers/{id}",
            "DELETE /api/v1/webhook-triggers/{id}",
        ],
    );
    routes.extend(family(
        "generic_trigger",
        [
            "GET /api/v1/triggers",
            "POST /api/v1/triggers",
            "GET /api/v1/triggers/{id}",
            "PATCH /api/v1/triggers/{id}",
            "DELETE /api/v1/triggers/{id}",
        ],
    ));
    let agents = [
        "GET /api/v1/agents",
        "POST /api/v1/agents",
        "GET /api/v1/agents/{id}",
        "PATCH /api/v1/agents/{id}",
        "DELETE /api/v1/agents/{id}",
    ];
    routes.extend(crud("agent", agents, &agent, &new, &json!({ "description": "reviews pull requests" })));
    let rows = Route::new("GET /api/v1/executions", "promptrails_executions", "PromptRails: executions, newest first.");
    routes.push(paged(rows, &execution).query("agent_id", "Only of this agent.", text()).query(
        "status",
        "pending, running, completed or failed.",
        text(),
    ));
    let one = Route::new("GET /api/v1/executions/{id}", "promptrails_execution", "PromptRails: one execution.");
    routes.push(one.gives(data(thing()), json!({ "data": execution })));
    let error = json!({ "type": "object", "required": ["code", "message"], "properties": { "code": text(), "message": text() } });
    let envelope = json!({ "type": "object", "required": ["error"], "properties": { "error": error } });
    routes.into_iter().map(|route| route.refuses(envelope.clone())).collect()
}

/// The triggers under one of their two names.
fn family(name: &str, requests: [&'static str; 5]) -> Vec<Route> {
    let trigger = json!({ "id": "2xQ…", "agent_id": "2xQ…", "name": "GitHub PR Review", "token_prefix": "wht_0123abcd",
        "is_active": true, "has_secret": false, "last_used_at": null });
    let new = json!({ "name": "GitHub PR Review", "agent_id": "2xQ…", "generate_secret": true });
    crud(name, requests, &trigger, &new, &json!({ "is_active": false }))
}

/// A resource's five routes: list, create, one, change, delete.
fn crud(name: &str, requests: [&'static str; 5], row: &Value, new: &Value, change: &Value) -> Vec<Route> {
    let id = |what: &str| format!("promptrails_{name}_{what}");
    let [list, create, one, update, delete] = requests;
    vec![
        paged(Route::new(list, &id("list"), "PromptRails: a page, newest first."), row),
        Route::new(create, &id("create"), "PromptRails: make one.")
            .takes(thing(), new.clone())
            .makes(data(thing()), json!({ "data": row })),
        Route::new(one, &id("get"), "PromptRails: one.").gives(data(thing()), json!({ "data": row })),
        Route::new(update, &id("update"), "PromptRails: change one.")
            .takes(thing(), change.clone())
            .gives(data(thing()), json!({ "data": row })),
        Route::new(delete, &id("delete"), "PromptRails: delete one.").empties("It is gone."),
    ]
}

fn thing() -> Value {
    json!({ "type": "object" })
}

fn data(of: Value) -> Value {
    json!({ "type": "object", "required": ["data"], "properties": { "data": of } })
}

fn paged(route: Route, row: &Value) -> Route {
    let count = json!({ "type": "integer", "minimum": 1 });
    let page = json!({ "type": "object", "required": ["data", "meta"], "properties": {
        "data": { "type": "array", "items": thing() }, "meta": thing() } });
    let meta = json!({ "total": 1, "page": 1, "limit": 20, "total_pages": 1 });
    route
        .query("page", "From 1.", count.clone())
        .query("limit", "Rows in a page, at most 100; 20 unless told otherwise.", count)
        .gives(page, json!({ "data": [row], "meta": meta }))
}
