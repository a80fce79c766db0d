//! The one command list, as the control listener calls it.

use std::future::Future;
use std::pin::Pin;

use crate::error::ApiError;

/// What a command gives: its output as JSON.
pub type Called<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, ApiError>> + Send + 'a>>;

/// Runs a command of `api::commands` by its name, on JSON.
pub trait Commands: Send + Sync + 'static {
    /// Runs `command` on `input`. An unknown command is `NotFound`, an input that does not fit `BadRequest`.
    fn call<'a>(&'a self, command: &'a str, input: &'a [u8]) -> Called<'a>;
}
