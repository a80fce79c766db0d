//! What every kind of tunnel does: detect → start → address → health → stop. Starting again is the supervisor's.

use std::future::Future;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

use crate::error::{ApiError, ErrorCode};
use crate::tunnel::address::PublicAddress;
use crate::tunnel::known_hosts::HostKey;

/// A future behind a pointer: the kinds differ in theirs.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One kind of tunnel, set up and not started.
pub trait Tunnel: Send + Sync {
    /// What it needs on this machine, and what of it is missing. Starts nothing that stays.
    fn detect(&self) -> Doing<'_, Needs>;

    /// Starts it; done when it has an address.
    fn start(&self) -> Doing<'_, Result<Box<dyn Up>, Down>>;

    /// Whether it notices within 15 s by itself that its way is gone ([`Up::ended`]). Then few requests through the public
    /// address are spent on finding that out.
    fn notices(&self) -> bool {
        false
    }
}

/// A tunnel that has started. Dropping it ends it, if less politely than [`Up::stop`].
pub trait Up: Send {
    /// Where it is reached.
    fn address(&self) -> &PublicAddress;

    /// Why its address does not lead here, where it knows more of that than an answer tells.
    fn explains(&self) -> Option<Down> {
        None
    }

    /// Waits until it ends by itself, and says why. Dropping the future loses nothing.
    fn ended(&mut self) -> Doing<'_, Down>;

    /// Ends it, in at most a few seconds.
    fn stop(self: Box<Self>) -> Doing<'static, ()>;
}

/// What a kind needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct Needs {
    /// It could be started now.
    pub ready: bool,
    /// What was found: a program with its place, a token.
    pub found: Option<String>,
    /// What is missing, with what to do.
    pub missing: Option<ApiError>,
}

impl Needs {
    /// All is there.
    pub fn met(found: impl Into<String>) -> Self {
        Self { ready: true, found: Some(found.into()), missing: None }
    }

    /// Something is missing; `hint` says what to do.
    pub fn missing(what: impl Into<String>, hint: impl Into<String>) -> Self {
        let missing = ApiError::new(ErrorCode::NotFound, what).hint(hint);
        Self { ready: false, found: None, missing: Some(missing) }
    }
}

/// Why a tunnel is down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Down {
    /// Why, in a sentence.
    pub why: String,
    /// What the user can do.
    pub hint: String,
    /// What happens next.
    pub next: Next,
}

/// What happens after an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is started again after a while.
    Again,
    /// Nothing, until the user did something: trying again would change nothing.
    AskUser,
    /// The same, and what the user is asked is whether this is the host's key.
    AskAboutKey(HostKey),
}

impl Down {
    /// It is tried again.
    pub fn again(why: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { why: why.into(), hint: hint.into(), next: Next::Again }
    }

    /// Only the user can help.
    pub fn for_user(why: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { next: Next::AskUser, ..Self::again(why, hint) }
    }

    /// For the screen.
    pub fn error(&self) -> ApiError {
        ApiError::new(ErrorCode::Upstream, self.why.as_str()).hint(self.hint.as_str())
    }
}

/// The hint where the network itself seems to be off.
pub const LOOK_AT_NETWORK: &str = "look whether this machine is online; Creel keeps trying";
