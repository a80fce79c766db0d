//! `POST /rpc/{command}`: a command by its name, JSON in, JSON out.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

use crate::control::site::Site;
use crate::control::trouble::bare;

/// Runs the command. No body is the same as `{}`.
pub async fn call(State(site): State<Site>, Path(command): Path<String>, body: Bytes) -> Response {
    let input = if body.is_empty() { b"{}".as_slice() } else { &body };
    match site.commands.call(&command, input).await {
        Ok(output) => ([(CONTENT_TYPE, "application/json")], output).into_response(),
        Err(error) => bare(error),
    }
}
