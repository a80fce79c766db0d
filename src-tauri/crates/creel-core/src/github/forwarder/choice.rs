//! What is forwarded, from where, to which trigger.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::github::GithubPlace;
use crate::ids::TriggerId;

/// More events than GitHub has.
const EVENTS_MOST: usize = 100;
/// Longer than any event's name and any host's (RFC 1035).
const WORD_MOST: usize = 253;

/// A forwarder as the user set it up. The last one is kept and offered again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct ForwarderChoice {
    /// The trigger that gets it.
    pub trigger_id: TriggerId,
    /// The repository or organisation.
    pub place: GithubPlace,
    /// The events' names, or `*` alone for everything.
    pub events: Vec<String>,
    /// A GitHub Enterprise Server's name; `None`: github.com.
    #[serde(default)]
    pub host: Option<String>,
}

impl ForwarderChoice {
    /// Refuses what would be read as something else by the program: its arguments are words of the user's.
    pub fn check(&self) -> Result<(), ApiError> {
        self.place.check()?;
        if self.events.is_empty() {
            return Err(ApiError::invalid("events", "no event is chosen").hint("choose at least one, or everything"));
        }
        if self.events.len() > EVENTS_MOST {
            return Err(ApiError::invalid("events", format!("{} events; at most {EVENTS_MOST}", self.events.len())));
        }
        let name = |b: u8| b.is_ascii_lowercase() || b == b'_';
        let bad = self.events.iter().find(|event| *event != "*" && !is_word(event, name));
        if let Some(event) = bad {
            return Err(ApiError::invalid("events", format!("\"{event}\" is no event's name"))
                .hint("write them as GitHub does: push, pull_request"));
        }
        let part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
        match &self.host {
            Some(host) if !is_word(host, part) || host.starts_with('-') => {
                Err(ApiError::invalid("host", format!("\"{host}\" is no server's name"))
                    .hint("write it as github.example.com"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Where its GitHub is.
    pub fn host(&self) -> &str {
        self.host.as_deref().unwrap_or("github.com")
    }
}

fn is_word(text: &str, fits: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.len() <= WORD_MOST && text.bytes().all(fits)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::github::PlaceKind;

    fn choice(events: &[&str], host: Option<&str>) -> ForwarderChoice {
        ForwarderChoice {
            trigger_id: TriggerId("trg_a".into()),
            place: GithubPlace { kind: PlaceKind::Repository, name: "octocat/hello-world".into() },
            events: events.iter().map(|event| (*event).to_owned()).collect(),
            host: host.map(str::to_owned),
        }
    }

    #[test]
    fn only_words_become_arguments() {
        for (events, host) in [(&["push", "pull_request"][..], None), (&["*"], Some("ghe.example.com:8443"))] {
            choice(events, host).check().unwrap();
        }
        for (events, host, field) in [
            (&[][..], None, "events"),
            (&["push,--url=http://evil"], None, "events"),
            (&["--secret"], None, "events"),
            (&["push"], Some("--url=x"), "host"),
            (&["push"], Some("a/b"), "host"),
            (&["push"], Some(""), "host"),
        ] {
            assert_eq!(choice(events, host).check().unwrap_err().field.as_deref(), Some(field), "{events:?} {host:?}");
        }
    }
}
