//! `GET /openapi.json`: one document of everything that the control listener serves.
//!
//! The paths of `/rpc` are made from the command list, the schemas from the types; each file of `rest/` describes its
//! own routes. Tests hold the document to the router.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::alerts::Occurrence;
use crate::api::commands::{Described, Named, described};
use crate::control::rest;
use crate::control::route::{Route, of, text};
use crate::control::trouble::ErrorBody;
use crate::error::ApiError;
use crate::task::TaskList;

static DOCUMENT: LazyLock<String> = LazyLock::new(|| document().to_string());

/// Serves the document. It holds nothing that the program itself does not show, so it needs no token.
pub async fn get() -> Response {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

/// The document.
pub fn document() -> Value {
    let commands = described();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Creel",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Everything that the window does. Every route needs the token from the token file, \
                as a bearer token or as X-API-Key, unless it says otherwise; a browser uses a session cookie. \
                600 requests a minute with the token, then 429 with Retry-After; a session is not counted.",
            "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
        },
        "servers": [{ "url": "http://127.0.0.1:4420" }],
        "security": [{ "bearer": [] }, { "api_key": [] }],
        "paths": paths(&commands),
        "components": { "schemas": schemas(commands), "securitySchemes": {
            "bearer": { "type": "http", "scheme": "bearer" },
            "api_key": { "type": "apiKey", "in": "header", "name": "X-API-Key" },
        } },
    })
}

fn paths(commands: &[Described]) -> Map<String, Value> {
    let mut paths = Map::new();
    for route in own().into_iter().chain(rest::described()) {
        let operations = paths.entry(route.path).or_insert_with(|| json!({}));
        let method = route.method;
        operations[method] = with_errors(route);
    }
    paths.extend(commands.iter().map(rpc_path));
    paths
}

/// The routes beside commands and resources.
fn own() -> Vec<Route> {
    let health = json!({ "type": "object", "required": ["status"], "properties": { "status": { "const": "ok" } } });
    let code = json!({ "type": "object", "required": ["code"], "properties": { "code": text() } });
    let key = json!({ "type": "object", "properties": { "code": text(), "token": text() } });
    let stream = ("200", "It stays open: `data: <Event>` a message.", "text/event-stream");
    let itself = json!({ "type": "object", "required": ["openapi", "paths"] });
    vec![
        Route::new("GET /openapi.json", "openapi", "This document.")
            .gives(itself, json!({ "openapi": "3.1.0", "paths": {} }))
            .open(),
        Route::new("GET /healthz", "health", "Whether a delivery could be committed now; on both listeners.")
            .gives(health, json!({ "status": "ok" }))
            .open(),
        Route::new("POST /session/code", "session_code", "A one-time code for a browser; it works for a minute.")
            .gives(code, json!({ "code": "5f0c…" })),
        Route::new("GET /session", "session_get", "Whether the token or the cookie opens.").empties("It does."),
        Route::new("POST /session", "session_open", "A cookie for a code or for the token.")
            .takes(key, json!({ "code": "5f0c…" }))
            .empties("The cookie is set: HttpOnly, SameSite=Strict.")
            .open(),
        Route::new("DELETE /session", "session_close", "End the session.").empties("The cookie is removed.").open(),
        Route::new("GET /events", "events", "What changes, as server-sent events.").answers(
            stream.0,
            stream.1,
            stream.2,
            text(),
            json!("data: \"status\"\n\n"),
        ),
    ]
}

fn rpc_path(command: &Described) -> (String, Value) {
    let operation = json!({ "post": {
        "tags": ["commands"],
        "operationId": format!("rpc_{}", command.name),
        "summary": command.about,
        "requestBody": { "required": true, "content": { "application/json": { "schema": command.input } } },
        "responses": {
            "200": { "description": "Done.", "content": { "application/json": { "schema": command.output } } },
            "default": {
                "description": "It did not work; `code` says of which kind the trouble is.",
                "content": { "application/json": { "schema": of("ApiError") } },
            },
        },
    } });
    (format!("/rpc/{}", command.name), operation)
}

/// The operation with the answer that every route can give.
fn with_errors(route: Route) -> Value {
    let mut operation = route.operation;
    let own = operation["responses"]["default"].take();
    let envelope = if own.is_null() { of("ErrorBody") } else { own };
    let media = if envelope == text() { "text/plain" } else { "application/json" };
    operation["tags"] = json!([route.path.split('/').find(|part| !part.is_empty() && *part != "api")]);
    operation["responses"]["default"] = json!({
        "description": "400 unreadable, 401 no token, 403 from another page, 404 no such thing, 409 it clashes, \
            413 too long, 422 a value is not allowed (`field` names it), 429 too many wrong tokens or more than 600 requests \
            with the token in a minute (Retry-After says how long to wait), 503 not now.",
        "content": { media: { "schema": envelope } },
    });
    operation
}

fn schemas(commands: Vec<Described>) -> Map<String, Value> {
    let mut named = vec![one::<ApiError>(), one::<ErrorBody>(), one::<TaskList>(), one::<Occurrence>()];
    ApiError::schemas(&mut named);
    named.extend(commands.into_iter().flat_map(|command| command.named));
    named.iter().map(|(name, schema)| (name.clone(), json!(schema))).collect()
}

fn one<T: ToSchema>() -> Named {
    (T::name().into_owned(), T::schema())
}
