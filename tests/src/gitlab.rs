//! The stand-in of GitLab's API, `journeys/gitlab-api.js`.

use std::ops::Deref;
use std::sync::Arc;

use serde_json::json;

use crate::stand_in::StandIn;
use crate::{Creel, Setup};

/// The token that it takes.
pub const TOKEN: &str = "glpat-standin0123456789ab";

/// A running stand-in.
pub struct Gitlab(StandIn);

impl Gitlab {
    /// Starts one.
    pub fn start() -> Self {
        Self(StandIn::start("gitlab-api.js", &[]))
    }

    /// The API's address, as an account has it.
    pub fn api(&self) -> String {
        format!("{}/api/v4", self.base)
    }

    /// A Creel that is signed in here and whose public address is its receiver's own.
    pub fn signed_in(&self) -> Creel {
        let folder = Arc::new(tempfile::tempdir().expect("a temp folder"));
        let setup = Setup { environment: vec![("CREEL_GITLAB".to_owned(), self.base.clone())], ..Setup::default() };
        let creel = Creel::start_in(folder, setup);
        creel.rpc("gitlab_sign_in", json!({ "token": TOKEN }));
        creel.rpc("github_address", json!({ "address": creel.receiver }));
        creel
    }
}

impl Default for Gitlab {
    fn default() -> Self {
        Self::start()
    }
}

impl Deref for Gitlab {
    type Target = StandIn;

    fn deref(&self) -> &StandIn {
        &self.0
    }
}
