//! All 329 recorded GitHub payloads, signed and verified by GitHub's own npm library.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Stdio};

use creel_tests::{Creel, sign, tools};
use serde_json::{Value, json};

/// So many payloads are in `@octokit/webhooks-examples` 7.6.1.
const PAYLOADS: usize = 329;

/// The verifying server of `journeys/github-verifier.js`, and what it verified.
struct Verifier {
    child: Child,
    base: String,
}

impl Verifier {
    fn start(secret: &str) -> Self {
        let mut command = tools::node("github-verifier.js");
        let mut child = command.env("SECRET", secret).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        child.stdout = Some(stdout.into_inner());
        Self { child, base: line.trim().to_owned() }
    }

    /// Ends the server; what it says then: `{verified, refused}`.
    fn finish(mut self) -> Value {
        self.child.stdin.take().unwrap().write_all(b"end\n").unwrap();
        let mut said = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        serde_json::from_str(&said).unwrap()
    }
}

impl Drop for Verifier {
    /// Also when a test fails: it would hold the output open for ever.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the npm library signed and sent: one line a payload.
fn send_all(creel: &Creel, path: &str, secret: &str, mode: &str) -> Vec<Value> {
    let mut command = tools::node("github-sender.js");
    command.env("TARGET", format!("{}{path}", creel.receiver)).env("SECRET", secret).env("MODE", mode);
    let output = tools::run(&mut command);
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_recorded_payload_is_accepted_kept_and_replayed_so_that_githubs_library_verifies_it() {
    let creel = Creel::start();
    let endpoint = creel.trigger(json!({ "name": "github", "slug": "github", "scheme": "github", "dedup": { "by_event_id": true, "by_body": false, "window_hours": 72 } }));
    let sent = send_all(&creel, &endpoint.path, &endpoint.secret, "good");
    assert_eq!(sent.len(), PAYLOADS);
    let stored: BTreeMap<String, Value> =
        creel.deliveries("").into_iter().map(|row| (row["event_id"].as_str().unwrap().to_owned(), row)).collect();
    let verifier = Verifier::start(&endpoint.secret);
    for line in &sent {
        let name = &line["name"];
        assert_eq!(line["status"], 202, "{name}");
        let row = &stored[line["id"].as_str().unwrap()];
        let event = line["event"].as_str().unwrap();
        assert!(row["event"].as_str().is_some_and(|shown| shown.starts_with(event)), "{name}: {row}");
        assert_eq!((row["signature"].as_str(), row["source"].as_str()), (Some("valid"), Some("github")), "{name}");
        assert_eq!(sign::sha256(&creel.body(row["id"].as_str().unwrap())), line["sha256"].as_str().unwrap(), "{name}");
        let draft = json!({ "delivery_id": row["id"], "target": { "url": format!("{}/in", verifier.base) }, "outside_effects": true });
        let replayed = creel.rpc("replay_send", draft);
        assert_eq!(replayed["results"][0]["answer"]["status"], 200, "{name} is verified by the library: {replayed}");
    }
    assert_eq!(verifier.finish(), json!({ "verified": PAYLOADS, "refused": 0 }));
}

#[test]
fn one_changed_byte_in_each_is_401() {
    let creel = Creel::start();
    let endpoint = creel.trigger(json!({ "name": "github", "slug": "github", "scheme": "github" }));
    let sent = send_all(&creel, &endpoint.path, &endpoint.secret, "changed");
    assert_eq!(sent.len(), PAYLOADS);
    for line in sent {
        assert_eq!(line["status"], 401, "{}", line["name"]);
    }
    let rows = creel.deliveries("");
    assert_eq!(rows.len(), PAYLOADS, "refusals have their rows");
    assert!(rows.iter().all(|row| row["outcome"] == "rejected" && row["reason_code"] == "signature_mismatch"));
}
