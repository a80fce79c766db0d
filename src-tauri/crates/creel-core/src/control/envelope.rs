//! An error in another service's own shape, on the management routes of its contract.

use std::marker::PhantomData;

use axum::response::{IntoResponse, Response};

use crate::error::ApiError;

/// How a service says an error.
pub trait Envelope {
    /// The whole answer: status, kind and body.
    fn envelop(error: &ApiError) -> Response;
}

/// An error on its way to the envelope of `E`.
pub struct Enveloped<E>(ApiError, PhantomData<E>);

impl<E> From<ApiError> for Enveloped<E> {
    fn from(error: ApiError) -> Self {
        Self(error, PhantomData)
    }
}

impl<E: Envelope> IntoResponse for Enveloped<E> {
    fn into_response(self) -> Response {
        E::envelop(&self.0)
    }
}
