//! Payloads that ship with Creel: for "Send test webhook", for previews before the first real delivery, for `creel send`.
//! They enter where every delivery does, at the socket, signed by the scheme that they name.
//!
//! To add one: a file in `payloads/`, a line in `own.rs`.

mod github;
mod own;

use std::sync::OnceLock;

use crate::api::replays::SampleInfo;

/// A shipped payload and what its sender would send with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Its key, scheme and event.
    pub info: SampleInfo,
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

/// The sample with this key (`github/push`), if it ships.
pub fn get(key: &str) -> Option<Sample> {
    shipped().iter().find(|sample| sample.info.key == key).cloned()
}

/// The sample that stands for a scheme when nobody chose one; `None`: no sample of that scheme ships.
pub fn default_for(scheme: &str) -> Option<Sample> {
    let fitting = |sample: &&Sample| sample.info.scheme == scheme;
    get("github/push").filter(|push| push.info.scheme == scheme).or_else(|| shipped().iter().find(fitting).cloned())
}

/// Unpacked at the first use and kept: about half a megabyte.
fn shipped() -> &'static [Sample] {
    static SHIPPED: OnceLock<Vec<Sample>> = OnceLock::new();
    SHIPPED.get_or_init(|| github::samples().into_iter().chain(own::samples()).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_has_a_key_of_its_own_and_is_json_or_a_form() {
        let all = list();
        let keys: std::collections::BTreeSet<_> = all.iter().map(|info| info.key.clone()).collect();
        assert_eq!(keys.len(), all.len(), "two samples share a key");
        for info in all {
            let sample = get(&info.key).unwrap();
            assert!(!info.about.is_empty(), "{}: says nothing about itself", info.key);
            if sample.headers.iter().any(|(_, value)| value.starts_with("application/x-www-form-urlencoded")) {
                continue;
            }
            serde_json::from_slice::<serde_json::Value>(&sample.body)
                .unwrap_or_else(|error| panic!("{}: {error}", info.key));
        }
    }

    #[test]
    fn no_sample_carries_what_signing_makes() {
        for sample in shipped() {
            for (name, _) in &sample.headers {
                let name = name.to_ascii_lowercase();
                let made = ["signature", "timestamp", "delivery", "webhook-id", "secret", "host", "content-length"];
                let hit = made.iter().find(|part| name == **part || name.ends_with(&format!("-{part}")));
                assert_eq!(hit, None, "{}: header {name} is made when signing", sample.info.key);
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
    fn every_scheme_that_ships_has_a_default() {
        let faces = ["opengate", "octipus", "promptrails", "orloj-generic", "opshift"];
        let senders = ["github", "standard-webhooks", "stripe", "slack", "hmac-generic"];
        for scheme in faces.into_iter().chain(senders) {
            assert_eq!(default_for(scheme).map(|sample| sample.info.scheme), Some(scheme.to_owned()));
        }
        assert_eq!(default_for("no-such-scheme"), None);
    }

    #[test]
    fn the_opengate_sample_is_the_document_s_own_payload() {
        let body: serde_json::Value = serde_json::from_slice(&get("opengate/deploy_failed").unwrap().body).unwrap();
        let said = serde_json::json!(
            {"title": "Deploy failed", "environment": "production", "commit": "a1b2c3d", "author": "jane"});
        assert_eq!(body, said);
    }
}
