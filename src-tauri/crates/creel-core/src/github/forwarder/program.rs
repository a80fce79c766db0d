//! The program: its arguments, its one good line, and why it ended. Source: cli/gh-webhook, `webhook/forward.go` and
//! `create_webhook.go`, read on 2026-11-21. It takes the secret as an argument and in no other way.

use std::sync::Arc;

use super::choice::ForwarderChoice;
use super::needs::PROGRAM;
use super::slept::Slept;
use crate::authenticate::Secret;
use crate::github::PlaceKind;
use crate::github::token::gh_environment;
use crate::tunnel::programs::{self, Reading};
use crate::tunnel::{Doing, Down, LOOK_AT_NETWORK, Needs, PublicAddress, Tunnel, Up};

/// What it prints once it is connected and before it switches its hook on.
const CONNECTED: &str = "Forwarding Webhook events from GitHub";
/// What its words are not told of.
const TRY_IT: &str = "run `gh webhook forward --help` in a terminal, and look what it says there";

/// A forwarder that was set up.
pub(super) struct Forwarder {
    /// As chosen.
    pub choice: ForwarderChoice,
    /// The base address of the receiver, on loopback.
    pub receiver: PublicAddress,
    /// The trigger's path.
    pub path: String,
    /// The secret of this run.
    pub secret: Secret,
    /// Told when it starts.
    pub slept: Arc<Slept>,
}

impl Forwarder {
    fn arguments(&self) -> Vec<String> {
        let place = match self.choice.place.kind {
            PlaceKind::Repository => "repo",
            PlaceKind::Organisation => "org",
        };
        vec![
            "webhook".to_owned(),
            "forward".to_owned(),
            format!("--github-host={}", self.choice.host()),
            format!("--{place}={}", self.choice.place.name),
            format!("--events={}", self.choice.events.join(",")),
            format!("--url={}", self.receiver.with(&self.path)),
            format!("--secret={}", self.secret.expose()),
        ]
    }
}

impl Tunnel for Forwarder {
    fn detect(&self) -> Doing<'_, Needs> {
        Box::pin(async { super::needs::needs().await.needs })
    }

    fn start(&self) -> Doing<'_, Result<Box<dyn Up>, Down>> {
        Box::pin(async move {
            let found = super::needs::needs().await;
            let program = programs::find(PROGRAM).filter(|_| found.needs.ready).ok_or_else(|| {
                let error = found.needs.missing.map(|error| (error.message, found.install.or(error.hint)));
                let (why, hint) = error.unwrap_or_default();
                Down::for_user(why, hint.unwrap_or_default())
            })?;
            self.slept.starts();
            let mut work = programs::work(program.display().to_string(), self.arguments());
            work.environment = gh_environment();
            let choice = self.choice.clone();
            let why = Arc::new(move |said: &[String]| why(&choice, said));
            let address = |line: &str| line.contains(CONNECTED).then(|| self.receiver.clone());
            let reading = Reading { name: "gh", address: &address, why, hint: TRY_IT };
            let printed = programs::start(&work, reading).await?;
            Ok(Box::new(printed) as Box<dyn Up>)
        })
    }

    /// It ends when its connection does; nothing can be asked through it.
    fn notices(&self) -> bool {
        true
    }
}

/// Why it ended, from what it printed; behind its error stands how it is used, so the last line says nothing.
fn why(choice: &ForwarderChoice, said: &[String]) -> Option<Down> {
    let says = |what: &str| said.iter().any(|line| line.contains(what));
    let (place, host) = (choice.place.words(), choice.host());
    let sign_in =
        format!("run `gh auth login --hostname {host} --scopes admin:repo_hook,admin:org_hook`, then start again");
    let rights = format!(
        "run `gh auth refresh --hostname {host} --scopes admin:repo_hook,admin:org_hook`; you have to administer it"
    );
    Some(match () {
        () if says("unknown command \"webhook\"") => Down::for_user(
            "gh has no extension gh-webhook",
            "run `gh extension install cli/gh-webhook`, then start again",
        ),
        () if says("gh auth token not found") || says("gh auth login") => {
            Down::for_user(format!("gh is not signed in to {host}"), sign_in)
        }
        () if says("you do not have access to this feature") => {
            Down::for_user(format!("GitHub does not let this account forward the hooks of the {place}"), rights)
        }
        () if says("Hook already exists") => Down::again(
            format!("another forwarder already runs for the {place}: GitHub lets one at a time"),
            "end the other one; Creel keeps trying",
        ),
        () if says("HTTP 401") => Down::for_user(format!("{host} refuses gh's token"), sign_in),
        () if says("HTTP 404") => {
            Down::for_user(format!("the {place} is not at {host}, or gh's account may not see its hooks"), rights)
        }
        () if says("HTTP 422") => {
            let line = said.iter().rev().find(|line| line.contains("HTTP 422")).map_or("", |line| line.trim());
            Down::for_user(
                format!("GitHub refuses the hook: {line}"),
                "look at the events: not every place has every one",
            )
        }
        () if says("HTTP 403") || says("HTTP 429") => {
            Down::again(format!("{host} takes no more calls of this account for now"), "Creel tries again by itself")
        }
        () if says("no such host") || says("dial tcp") || says("error connecting to") => {
            Down::again(format!("{host} is not reached"), LOOK_AT_NETWORK)
        }
        () if says("unable to connect to webhooks server") || says("error receiving json event") => {
            Down::again("the connection to GitHub broke", LOOK_AT_NETWORK)
        }
        () => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::github::GithubPlace;
    use crate::ids::TriggerId;
    use crate::tunnel::Next;

    fn choice(kind: PlaceKind, name: &str) -> ForwarderChoice {
        let place = GithubPlace { kind, name: name.into() };
        ForwarderChoice { trigger_id: TriggerId("trg_a".into()), place, events: vec!["push".into()], host: None }
    }

    #[test]
    fn every_known_end_has_its_sentence() {
        let usage = ["Usage:", "  forward --events=<types> [--url=<url>] [flags]", "  -U, --url string   Address"];
        for (line, told, next) in [
            ("unknown command \"webhook\" for \"gh\"", "has no extension gh-webhook", Next::AskUser),
            (
                "Error: fatal: error fetching gh token: gh auth token not found for host \"github.com\"",
                "not signed in",
                Next::AskUser,
            ),
            ("Error: you do not have access to this feature", "does not let this account", Next::AskUser),
            (
                "Hook already exists on this repository",
                "another forwarder already runs for the repository octocat/x",
                Next::Again,
            ),
            (
                "Error: error creating webhook: HTTP 404: Not Found (https://api.github.com/repos/octocat/x/hooks)",
                "is not at github.com",
                Next::AskUser,
            ),
            (
                "Error: error creating webhook: HTTP 401: Bad credentials (https://api.github.com/x)",
                "refuses gh's token",
                Next::AskUser,
            ),
            ("Error: error dialing to ws server: dial tcp: lookup x: no such host", "is not reached", Next::Again),
            (
                "Error: unable to connect to webhooks server, forwarding stopped",
                "the connection to GitHub broke",
                Next::Again,
            ),
        ] {
            let said: Vec<String> = [line].iter().chain(&usage).map(|line| (*line).to_owned()).collect();
            let down = why(&choice(PlaceKind::Repository, "octocat/x"), &said).unwrap();
            assert!(down.why.contains(told), "{line}: {}", down.why);
            assert_eq!(down.next, next, "{line}");
        }
        assert!(why(&choice(PlaceKind::Repository, "a/b"), &["something else".to_owned()]).is_none());
    }
}
