//! The stand-in of GitHub's API, `journeys/github-api.js`: its answers are held against GitHub's published description, its
//! hooks really send, and it can kill a Creel between two calls.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::stand_in::StandIn;
use crate::{Creel, Setup, program};

/// A running stand-in.
pub struct Github(StandIn);

impl Github {
    /// Starts one.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one with more environment, such as a moved clock's.
    pub fn start_with(environment: &[(String, String)]) -> Self {
        Self(StandIn::start("github-api.js", environment))
    }

    /// The API's address, as an account has it.
    pub fn api(&self) -> String {
        format!("{}/api/v3", self.base)
    }

    /// How a Creel is started that finds a `gh` with the stand-in's token, and no other program of that name.
    pub fn setup(&self, folder: &Path) -> Setup {
        let programs = program(folder);
        let path = std::env::var("PATH").unwrap_or_default();
        Setup {
            environment: vec![
                ("CREEL_GITHUB".to_owned(), self.base.clone()),
                ("PATH".to_owned(), format!("{}:{path}", programs.display())),
            ],
            ..Setup::default()
        }
    }

    /// A Creel that is signed in here and whose public address is its receiver's own.
    pub fn signed_in(&self) -> Creel {
        let folder = std::sync::Arc::new(tempfile::tempdir().expect("a temp folder"));
        let creel = Creel::start_in(std::sync::Arc::clone(&folder), self.setup(folder.path()));
        creel.rpc("github_sign_in", json!({}));
        creel.rpc("github_address", json!({ "address": creel.receiver }));
        creel
    }
}

impl Default for Github {
    fn default() -> Self {
        Self::start()
    }
}

impl Deref for Github {
    type Target = StandIn;

    fn deref(&self) -> &StandIn {
        &self.0
    }
}

/// A program `gh` that says the stand-in's token.
fn program(folder: &Path) -> PathBuf {
    let programs = folder.join("programs");
    std::fs::create_dir_all(&programs).expect("a folder for programs");
    let file = programs.join("gh");
    let script = "#!/bin/sh\n[ \"$1 $2\" = 'auth token' ] && echo ghp_standin0123456789abcdefghijklmnopqrst\n";
    program::put(&file, script);
    programs
}
