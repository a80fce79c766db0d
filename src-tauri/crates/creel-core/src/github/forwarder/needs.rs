//! What forwarding needs on this machine: GitHub's program, and its extension.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::github::token::gh_environment;
use crate::process::{How, Work, run};
use crate::tunnel::{Needs, programs};

/// GitHub's program.
pub(super) const PROGRAM: &str = "gh";
/// How the extension is installed.
const INSTALL: &str = "gh extension install cli/gh-webhook";
/// It reads a folder.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is there and what is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct ForwarderNeeds {
    /// Whether it could be started.
    pub needs: Needs,
    /// The command that brings what is missing, to be run in a terminal.
    pub install: Option<String>,
}

/// Looks for the program and its extension.
pub async fn needs() -> ForwarderNeeds {
    let Some(program) = programs::find(PROGRAM) else {
        let missing = Needs::missing("GitHub's program gh is not installed here", "install it from cli.github.com");
        return ForwarderNeeds { needs: missing, install: None };
    };
    let program = program.display().to_string();
    match has_extension(&program).await {
        true => ForwarderNeeds { needs: Needs::met(format!("{program} with gh-webhook")), install: None },
        false => {
            let missing = Needs::missing("gh has no extension gh-webhook", "run the command below in a terminal");
            ForwarderNeeds { needs: missing, install: Some(INSTALL.to_owned()) }
        }
    }
}

/// Each line of the list is a command, where it is from, and its version: `gh webhook  cli/gh-webhook  v0.1.0`.
async fn has_extension(program: &str) -> bool {
    let work = Work {
        program: program.to_owned(),
        arguments: ["extension", "list"].map(str::to_owned).to_vec(),
        environment: gh_environment(),
        input: Bytes::new(),
        folder: None,
        timeout: PATIENCE,
    };
    let ended = run(work, |_| {}).await;
    ended.is_ok_and(|ended| {
        ended.how == How::Exited(0) && ended.out.text().lines().any(|line| line.starts_with("gh webhook"))
    })
}
