//! What the REST routes answer.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::control::trouble::Trouble;
use crate::error::{ApiError, ErrorCode};

/// What a handler gives.
pub type Reply = Result<Response, Trouble>;

/// 200 with a thing.
pub fn shown(thing: Value) -> Reply {
    Ok(Json(thing).into_response())
}

/// 201 with a new thing.
pub fn made(thing: Value) -> Reply {
    Ok((StatusCode::CREATED, Json(thing)).into_response())
}

/// 204: it is gone.
pub fn gone() -> Reply {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// 200 with a list that has one page.
pub fn whole_list(items: Value) -> Reply {
    shown(json!({ "items": items, "next": null }))
}

/// The object in `part` of `whole`, with the other parts of `whole` beside its own fields: a row with its details.
pub fn flat(mut whole: Value, part: &str) -> Value {
    let mut row = whole.get_mut(part).map(Value::take).unwrap_or_default();
    if let (Value::Object(row), Value::Object(rest)) = (&mut row, whole) {
        row.extend(rest.into_iter().filter(|(name, _)| name != part));
    }
    row
}

/// An object without its empty fields: a query's missing parameters.
pub fn given(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Object(
        fields.into_iter().filter(|(_, v)| !v.is_null()).map(|(n, v)| (n.to_owned(), v)).collect::<Map<_, _>>(),
    )
}

/// A query string that does not fit.
pub fn bad_query(rejection: &QueryRejection) -> Trouble {
    let words = rejection.body_text().to_lowercase();
    Trouble(ApiError::new(ErrorCode::BadRequest, words))
}
