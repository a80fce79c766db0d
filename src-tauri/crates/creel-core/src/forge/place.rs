//! What the life of a hook needs of a sender: a place where a hook can be, and the calls that list, make, change and remove it.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::authenticate::Secret;
use crate::error::ApiError;

/// Everything that a hook is to be, as it is sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Where it sends to.
    pub url: String,
    /// What it proves itself with.
    pub secret: Secret,
    /// Key of the scheme by which the trigger checks it.
    pub scheme: String,
    /// Whether it sends anything.
    pub active: bool,
    /// What it sends.
    pub events: Vec<String>,
}

/// A hook as its sender tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its number.
    pub id: u64,
    /// Where it sends to.
    pub url: String,
    /// Whether it sends anything.
    pub active: bool,
    /// When it was made, as the sender says it.
    pub created_at: String,
}

/// A repository, project, organisation or group at one sender, and the calls about its hooks. `api` is where that sender's
/// API is, as an account has it. An error with the code `not_found` says that the place or the hook is not there.
pub trait Place: Serialize + DeserializeOwned + Clone + Debug + PartialEq + Send + Sync + 'static {
    /// The table of its sender's hooks.
    const TABLE: &'static str;
    /// Its sender's name, as a sentence has it: `GitHub`.
    const SENDER: &'static str;

    /// Its name there, for the log.
    fn name(&self) -> &str;

    /// Whether there is a token to ask with.
    fn ready(app: &Arc<App>, api: &str) -> impl Future<Output = Result<(), ApiError>> + Send;

    /// All its hooks, also those that are not Creel's.
    fn hooks(&self, app: &Arc<App>, api: &str) -> impl Future<Output = Result<Vec<Told>, ApiError>> + Send;

    /// Makes a hook.
    fn make(&self, app: &Arc<App>, api: &str, hook: &Sent) -> impl Future<Output = Result<Told, ApiError>> + Send;

    /// Makes a hook what it is to be.
    fn change(
        &self,
        app: &Arc<App>,
        api: &str,
        id: u64,
        hook: &Sent,
    ) -> impl Future<Output = Result<Told, ApiError>> + Send;

    /// Removes a hook.
    fn remove(&self, app: &Arc<App>, api: &str, id: u64) -> impl Future<Output = Result<(), ApiError>> + Send;
}
