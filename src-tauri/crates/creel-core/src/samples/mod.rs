//! Payloads that ship with Creel: for "Send test webhook", for previews before the first real delivery, for `creel send`.
//! They enter where every delivery does, at the socket, signed by the scheme that they name.
//!
//! To add one: a row in its sender's file in `senders/`; a new file has a line in `senders.rs`.

mod github;
mod nearest;
mod senders;

use std::sync::OnceLock;

use crate::api::replays::SampleInfo;

pub use nearest::nearest;

/// A shipped payload and what its sender would send with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Its key, scheme and event.
    pub info: SampleInfo,
    /// The method.
    pub method: String,
    /// The query of the address: a question, or what binds the body. `{trigger}` stands for the id of whoever listens there,
    /// `{body_sha256}` for the body's hash.
    pub query: Option<String>,
    /// Its sender does not sign it: a question that comes before there is a secret.
    pub unsigned: bool,
    /// The exact bytes of the body.
    pub body: Vec<u8>,
    /// Headers in the sender's order, without those that are made when signing: signature, timestamp, event id,
    /// and without `Host` and `Content-Length`.
    pub headers: Vec<(String, String)>,
}

/// All samples: GitHub's by event, then the others.
pub fn list() -> Vec<SampleInfo> {
    shipped().iter().map(|sample| sample.info.clone()).collect()
}

/// The sample with this key (`github/push`), or, of a key's first word, with that event (`github/pull_request.opened`).
pub fn get(key: &str) -> Option<Sample> {
    let by_event = |sample: &&Sample| {
        key.strip_prefix(sample.family()).and_then(|rest| rest.strip_prefix('/')) == Some(&sample.info.event)
    };
    let by_key = shipped().iter().find(|sample| sample.info.key == key);
    by_key.or_else(|| shipped().iter().find(by_event)).cloned()
}

/// The sample that stands for a scheme when nobody chose one; `None`: no sample of that scheme ships.
pub fn default_for(scheme: &str) -> Option<Sample> {
    let of_its_own = |sample: &&Sample| sample.info.scheme == scheme;
    let fits = |sample: &&Sample| sample.info.also.iter().any(|other| other == scheme);
    let plain = || shipped().iter().filter(|sample| !sample.info.asks);
    let push = plain().find(|sample| sample.info.key == "github/push").filter(of_its_own);
    push.or_else(|| plain().find(of_its_own)).or_else(|| plain().find(fits)).cloned()
}

impl Sample {
    /// The rest of its key, which names it among its sender's: `pull_request.closed`.
    pub fn name(&self) -> &str {
        self.info.key.split_once('/').map_or("", |(_, name)| name)
    }

    /// The first word of its key, which all samples of a sender share: `github`.
    pub fn family(&self) -> &str {
        self.info.key.split('/').next().unwrap_or_default()
    }
}

/// Unpacked at the first use and kept: about two megabytes.
fn shipped() -> &'static [Sample] {
    static SHIPPED: OnceLock<Vec<Sample>> = OnceLock::new();
    SHIPPED.get_or_init(|| github::samples().into_iter().chain(senders::samples()).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::authenticate::schemes;

    #[test]
    fn every_sample_has_a_key_of_its_own_and_is_json_or_a_form() {
        let all = list();
        let keys: std::collections::BTreeSet<_> = all.iter().map(|info| info.key.clone()).collect();
        assert_eq!(keys.len(), all.len(), "two samples share a key");
        for info in all {
            let sample = get(&info.key).unwrap();
            assert!(!info.about.is_empty() && !info.sender.is_empty(), "{}: says nothing about itself", info.key);
            assert!(!info.about.contains(['\u{2014}', '\u{2013}']) && !info.about.ends_with('.'), "{}", info.key);
            let form = |(_, value): &(String, String)| value.starts_with("application/x-www-form-urlencoded");
            if sample.headers.iter().any(form) || sample.body.is_empty() {
                continue;
            }
            serde_json::from_slice::<serde_json::Value>(&sample.body)
                .unwrap_or_else(|error| panic!("{}: {error}", info.key));
        }
    }

    #[test]
    fn only_a_question_comes_without_a_body() {
        let empty: Vec<_> = shipped().iter().filter(|sample| sample.body.is_empty()).collect();
        assert!(empty.iter().all(|sample| sample.info.asks) && empty.len() >= 4, "{empty:?}");
    }

    #[test]
    fn no_sample_carries_what_signing_makes() {
        for sample in shipped() {
            let scheme = schemes::find(&sample.info.scheme).unwrap();
            for (name, _) in &sample.headers {
                let hit = scheme.headers().iter().any(|made| made.eq_ignore_ascii_case(name));
                assert!(!hit, "{}: header {name} is made when signing", sample.info.key);
                assert!(
                    !["host", "content-length"].contains(&name.to_ascii_lowercase().as_str()),
                    "{}",
                    sample.info.key
                );
            }
        }
    }

    #[test]
    fn the_default_of_github_is_a_push_to_a_branch() {
        let push = default_for("github").unwrap();
        assert_eq!(push.info.key, "github/push");
        let body: serde_json::Value = serde_json::from_slice(&push.body).unwrap();
        assert_eq!(body["ref"], "refs/heads/master");
        assert_eq!(body["commits"].as_array().map(Vec::len), Some(1), "a push without a commit shows little");
    }

    #[test]
    fn every_scheme_that_ships_has_a_default_and_every_sample_a_scheme() {
        let without: Vec<_> = schemes::all().iter().filter(|scheme| default_for(&scheme.key).is_none()).collect();
        assert!(without.is_empty(), "{:?}", without.iter().map(|scheme| &scheme.key).collect::<Vec<_>>());
        for info in list() {
            let unknown = |key: &&String| schemes::find(key).is_none();
            assert_eq!(info.also.iter().chain([&info.scheme]).find(unknown), None, "{}", info.key);
        }
        assert_eq!(default_for("no-such-scheme"), None);
    }

    #[test]
    fn the_senders_that_are_asked_for_most_have_their_common_events() {
        let least = [
            ("github", 161),
            ("stripe", 15),
            ("slack", 12),
            ("gitlab", 10),
            ("shopify", 10),
            ("twilio", 5),
            ("linear", 9),
            ("discord", 7),
            ("standard-webhooks", 4),
            ("opengate", 3),
            ("octipus", 1),
            ("promptrails", 3),
            ("orloj", 2),
            ("opshift", 2),
        ];
        for (family, least) in least {
            let there = shipped().iter().filter(|sample| sample.family() == family).count();
            assert!(there >= least, "{family}: {there}");
        }
    }

    #[test]
    fn a_sample_is_found_by_its_key_and_by_its_event() {
        let found = |key: &str| get(key).map(|sample| sample.info.key);
        assert_eq!(found("github/pull_request.opened").as_deref(), Some("github/pull_request"));
        assert_eq!(found("github/pull_request.closed").as_deref(), Some("github/pull_request.closed"));
        assert_eq!(found("gitlab/Push Hook").as_deref(), Some("gitlab/push"));
        assert_eq!(found("stripe/push"), None);
        assert_eq!(found("github/"), None);
    }

    #[test]
    fn the_opengate_sample_is_the_document_s_own_payload() {
        let body: serde_json::Value = serde_json::from_slice(&get("opengate/deploy_failed").unwrap().body).unwrap();
        let said = serde_json::json!(
            {"title": "Deploy failed", "environment": "production", "commit": "a1b2c3d", "author": "jane"});
        assert_eq!(body, said);
    }
}
