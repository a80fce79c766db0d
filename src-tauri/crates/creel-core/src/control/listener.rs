//! Sorts what reaches the control listener: which address, which page, which route, which token; in this order.

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, RETRY_AFTER, SET_COOKIE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use tokio::time::timeout;

use crate::control::guard::Guard;
use crate::control::site::{Site, object};
use crate::control::trouble::{Trouble, bare};
use crate::control::{assets, events, openapi, rest, rpc};
use crate::error::{ApiError, ErrorCode};
use crate::receive::{Arrived, Deliver, Door, HEALTH, Limits, Serve, is_delivery};

/// The longest body of a management request: a delivery's body of the default limit as base64, with room.
const BODY_MOST: usize = 2 * 1024 * 1024;

/// The control listener's service.
pub struct Control<D> {
    door: Arc<Door<D>>,
    guard: Guard,
    routes: TowerToHyperService<Router>,
}

impl<D: Deliver> Control<D> {
    /// The service of the listener at `port`, with `door` for the delivery routes.
    pub fn new(door: Arc<Door<D>>, port: u16, site: Site) -> Self {
        Self { door, guard: Guard::new(port), routes: TowerToHyperService::new(routes(site)) }
    }

    async fn manage(&self, arrived: Arrived, limits: &Limits) -> Response {
        if let Some(refusal) = arrived.head.refusal {
            return bare(ApiError::new(ErrorCode::BadRequest, refusal.words));
        }
        if let Err(error) = self.guard.check(arrived.request.headers()) {
            return Trouble(error).into_response();
        }
        match timeout(limits.handling, self.routes.call(arrived.request.map(Body::new))).await {
            Ok(Ok(response)) => response,
            Ok(Err(never)) => match never {},
            Err(_) => Trouble(ApiError::new(ErrorCode::Unavailable, "no answer in time")).into_response(),
        }
    }

    /// A sender with a single base address: no token, but this listener's exact name; the door refuses browsers.
    async fn deliver(&self, arrived: Arrived, limits: &Limits) -> Response {
        if arrived.head.refusal.is_none()
            && let Err(error) = self.guard.check_host(arrived.request.headers())
        {
            return Trouble(error).into_response();
        }
        let as_the_receiver = Limits { handling: Limits::RECEIVER.handling, ..*limits };
        self.door.answer(arrived, &as_the_receiver).await.map(Body::new)
    }
}

impl<D: Deliver> Serve for Control<D> {
    type Body = Body;

    async fn serve(&self, arrived: Arrived, limits: &Limits) -> Response {
        let path = arrived.head.target.split('?').next().unwrap_or_default();
        if is_delivery(path) || path == HEALTH {
            return self.deliver(arrived, limits).await;
        }
        let mut response = self.manage(arrived, limits).await;
        harden(response.headers_mut());
        response
    }
}

/// What an answer has unless its route says otherwise.
fn harden(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static("default-src 'none'; sandbox"));
}

fn routes(site: Site) -> Router {
    let locked = Router::new()
        .route("/rpc/{command}", post(rpc::call))
        .route("/events", get(events::stream))
        .route("/session/code", post(new_code))
        .merge(rest::routes())
        .method_not_allowed_fallback(method_not_allowed)
        .route_layer(middleware::from_fn_with_state(site.clone(), locked));
    let open = Router::new()
        .route("/session", get(session_get).post(session_open).delete(session_close))
        .route("/openapi.json", get(openapi::get))
        .method_not_allowed_fallback(method_not_allowed);
    locked.merge(open).fallback(other).layer(DefaultBodyLimit::max(BODY_MOST)).with_state(site)
}

async fn locked(State(site): State<Site>, request: Request, next: Next) -> Response {
    let refused = match site.access.check(request.headers()) {
        Ok(caller) => site.access.pace(caller).map_err(too_fast),
        Err(error) => Err((error, None)),
    };
    match refused {
        Ok(()) => next.run(request).await,
        Err((error, wait)) => refuse(request.uri().path(), error, wait),
    }
}

/// The error for a token that asked too often, and the seconds to wait.
fn too_fast(seconds: u32) -> (ApiError, Option<u32>) {
    let error = ApiError::new(ErrorCode::RateLimited, "more than 600 requests with the token in a minute");
    (error.hint(format!("ask again in {seconds} s")), Some(seconds))
}

fn refuse(path: &str, error: ApiError, wait: Option<u32>) -> Response {
    let mut response = if path.starts_with("/rpc/") { bare(error) } else { rest::trouble_at(path, error) };
    if let Some(seconds) = wait {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// The UI's files; for anything else the same answer as a locked route, so that nobody without a token learns the routes.
async fn other(State(site): State<Site>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if (method == Method::GET || method == Method::HEAD)
        && let Some(file) = assets::file(uri.path())
    {
        return file;
    }
    match site.access.check(&headers) {
        Ok(_) => rest::trouble_at(uri.path(), ApiError::not_found("route", uri.path())),
        Err(error) => rest::trouble_at(uri.path(), error),
    }
}

async fn method_not_allowed(method: Method, uri: Uri) -> Response {
    let words = format!("{method} is not a method of {}", uri.path());
    let mut response = rest::trouble_at(uri.path(), ApiError::new(ErrorCode::BadRequest, words));
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

async fn new_code(State(site): State<Site>) -> Response {
    Json(serde_json::json!({ "code": site.access.code() })).into_response()
}

async fn session_get(State(site): State<Site>, headers: HeaderMap) -> Result<StatusCode, Trouble> {
    site.access.check(&headers)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn session_open(State(site): State<Site>, body: Bytes) -> Result<Response, Trouble> {
    let body = object(&body)?;
    let text = |name: &str| body.get(name).and_then(|value| value.as_str());
    let cookie = match (text("code"), text("token")) {
        (Some(code), None) => site.access.open_with_code(code)?,
        (None, Some(token)) => site.access.open_with_token(token)?,
        _ => return Err(ApiError::new(ErrorCode::BadRequest, "send either a code or a token").into()),
    };
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}

async fn session_close(State(site): State<Site>, headers: HeaderMap) -> Response {
    (StatusCode::NO_CONTENT, [(SET_COOKIE, site.access.close(&headers))]).into_response()
}
