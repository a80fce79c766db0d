//! What an attacker or a broken sender does to the proof of each scheme that ships, at the socket: said twice, left out,
//! a time that is no time, a body that is no text or a bomb. Refused, recorded with its reason, and nothing falls over.

use creel_tests::{Creel, Request};
use serde_json::json;

use crate::all_schemes::{Genuine, IN_THE_ADDRESS, NEVER_SIGNED, Place, endpoint_of};
use crate::deliver::newest;

/// Names of headers with the time that is signed.
fn is_a_time(name: &str) -> bool {
    let name = name.to_lowercase();
    (name.contains("timestamp") || name.ends_with("-time")) && !name.contains("sentry")
}

/// Times that are none: the limits of 64 bits, beyond them, other digits, other forms.
fn no_times() -> Vec<String> {
    let given = ["9223372036854775807", "-9223372036854775808", "9223372036854775808", "", " ", "0x5f5e100", "1e9"];
    let more = ["NaN", "+1795132800", "1795132800.0", "\u{0661}\u{0667}\u{0669}\u{0665}", "99999-12-31T23:59:60Z"];
    given.into_iter().chain(more).map(str::to_owned).chain(["9".repeat(30), "1".repeat(5000)]).collect()
}

/// Bodies that are no text, no JSON, or far too much of it; each within the limit of a body.
fn bombs() -> Vec<Vec<u8>> {
    let fields = "a=b&".repeat(200_000);
    let items = format!("{{\"value\":[{}]}}", vec!["{\"clientState\":\"x\"}"; 20_000].join(","));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let notifications = format!(
        "{{\"notificationItems\":[{}]}}",
        vec!["{\"NotificationRequestItem\":{\"additionalData\":{\"hmacSignature\":\"x\"}}}"; 8_000].join(",")
    );
    let text = [fields, items, deep, notifications].map(String::into_bytes);
    [b"\xff\xfe\x00\x80".to_vec(), Vec::new(), b"{".to_vec(), b"%zz=%&=&&".to_vec()].into_iter().chain(text).collect()
}

/// One scheme at its endpoint.
struct Bench<'a> {
    creel: &'a Creel,
    key: &'a str,
    genuine: Genuine,
}

impl Bench<'_> {
    /// Sends it; it has to be refused with one of these, and recorded with one of these reasons.
    fn refused(&self, request: &Request, what: &str, statuses: &[u16], reasons: &[&str]) {
        let answer = self.creel.deliver(request);
        let key = self.key;
        assert!(statuses.contains(&answer.status), "{key}, {what}: {} {}", answer.status, answer.text());
        let row = newest(self.creel);
        assert_eq!(row["outcome"], "rejected", "{key}, {what}: {row}");
        let code = row["reason_code"].as_str().unwrap_or_default();
        assert!(reasons.contains(&code), "{key}, {what}: {row}");
        assert!(row["reason"].as_str().is_some_and(|words| words.len() > 10), "{key}, {what}: {row}");
    }

    fn proof_said_twice_or_not_at_all(&self) {
        let Place::Header(name) = &self.genuine.place else { return };
        let whole = self.genuine.request(None);
        let twice = whole.clone().header(name, self.genuine.value.as_bytes());
        self.refused(&twice, "twice the same", &[400], &["repeated_header"]);
        self.refused(&whole.header(name, "other"), "twice, another", &[400], &["repeated_header"]);
        self.refused(&self.genuine.without(name), "without it", &[401], &["signature_missing"]);
        for empty in ["", " ", "\t "] {
            self.refused(&self.genuine.request(Some(empty)), "empty", &[401], &["signature_missing"]);
        }
    }

    fn times_that_are_none(&self) {
        let times: Vec<_> = self.genuine.headers.iter().filter(|(name, _)| is_a_time(name)).cloned().collect();
        for (name, value) in times {
            let twice = self.genuine.request(None).header(&name, value);
            self.refused(&twice, "two times", &[400], &["repeated_header"]);
            let reasons = ["timestamp_invalid", "timestamp_outside_window", "signature_mismatch"];
            for time in no_times() {
                self.refused(&self.genuine.with(&name, &time), &format!("{name}: {time:.40}"), &[401], &reasons);
            }
        }
    }

    /// A token says nothing of the body, so its sender may send anything: then it is taken, and nothing falls over.
    fn bodies_that_are_bombs(&self) {
        for body in bombs() {
            let request = self.genuine.request(None).with_body(body.clone());
            let status = self.creel.deliver(&request).status;
            assert!(matches!(status, 202 | 400 | 401), "{}: {status} to {:?}", self.key, &body[..body.len().min(20)]);
            let taken = newest(self.creel)["outcome"] == "accepted";
            assert_eq!(taken, status == 202, "{}", self.key);
            assert!(
                !taken || BODY_IS_NOT_PROVED.contains(&self.key),
                "{} takes {:?}",
                self.key,
                &body[..body.len().min(20)]
            );
        }
    }
}

/// Tokens, passwords, and Gitea's rule of a body that is no form do not cover the body.
const BODY_IS_NOT_PROVED: &[&str] =
    &["plain-secret", "gitlab-token", "azure-devops", "alertmanager", "datadog", "telegram", "okta"];

#[test]
fn whatever_is_done_to_a_proof_is_refused_with_its_reason_and_nothing_falls_over() {
    let creel = Creel::start();
    let schemes = creel.rpc("schemes_list", json!({}));
    let keys = schemes.as_array().unwrap().iter().map(|scheme| scheme["key"].as_str().unwrap());
    for key in keys.filter(|key| ![IN_THE_ADDRESS, NEVER_SIGNED].contains(key)) {
        let endpoint = endpoint_of(&creel, key, false);
        let test = creel.rpc("send_test", json!({ "trigger_id": endpoint.id }));
        let id = test["delivery"]["id"].as_str().unwrap_or_else(|| panic!("{key}: {test}"));
        let genuine = Genuine::of(&creel, id, &endpoint.path, &endpoint.secret);
        let bench = Bench { creel: &creel, key, genuine };
        bench.proof_said_twice_or_not_at_all();
        bench.times_that_are_none();
        let runs = |creel: &Creel| creel.executions(json!({ "trigger": endpoint.id })).len();
        assert_eq!(runs(&creel), 1, "{key}: only the genuine one ran");
        bench.bodies_that_are_bombs();
        assert!(BODY_IS_NOT_PROVED.contains(&key) || runs(&creel) == 1, "{key}: a bomb ran");
    }
    assert_eq!(creel.deliver(&Request::get("/healthz")).status, 200, "still there");
    assert!(!creel.log().contains("panicked"), "{}", creel.log());
}
