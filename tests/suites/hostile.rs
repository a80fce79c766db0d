//! A corpus of hostile text in body, headers and path: kept byte for byte, shown as data by every command, harmless.
//! What the screens make of it is tried in `journeys/hostile.test.js` with the same corpus.

use creel_tests::{Creel, Request, tools};
use serde_json::{Value, json};

use crate::deliver::{newest, signed, task_trigger};

/// Name and text, the generated ones included.
fn corpus() -> Vec<(String, Vec<u8>)> {
    let listed: Value = serde_json::from_str(&tools::fixture("hostile/texts.json")).unwrap();
    let texts = listed
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, text)| (name.clone(), text.as_str().unwrap().as_bytes().to_vec()));
    let made = [
        ("a line of 900 KB", "a".repeat(900_000).into_bytes()),
        ("127 deep", ("[".repeat(127) + &"]".repeat(127)).into_bytes()),
        ("20,000 deep", ("[".repeat(20_000) + &"]".repeat(20_000)).into_bytes()),
        ("ten thousand combining marks", ("e".to_owned() + &"\u{301}".repeat(10_000)).into_bytes()),
        ("not UTF-8", b"\xff\xfe\xc0\xaf\xed\xa0\x80".to_vec()),
        ("every byte", (0..=255).collect()),
    ];
    texts.chain(made.map(|(name, bytes)| (name.to_owned(), bytes))).collect()
}

/// Calls everything that a screen would call for a delivery.
fn open_everywhere(creel: &Creel, id: &Value) {
    for command in ["delivery_get", "delivery_signature", "delivery_body"] {
        creel.rpc(command, json!({ "id": id }));
    }
    creel.rpc("fields", json!({ "delivery_id": id }));
    for language in ["curl", "httpie", "fetch", "python"] {
        creel.rpc("delivery_snippet", json!({ "id": id, "language": language }));
    }
    creel.rpc("replay_plan", json!({ "delivery_id": id, "target": "original" }));
    let drafted = creel.try_rpc("trigger_draft", json!({ "delivery_id": id }));
    assert!(drafted.status < 500, "{}", drafted.text());
}

#[test]
fn hostile_bodies_are_kept_byte_for_byte_and_open_everywhere() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "hostile", "github", json!({}));
    for (name, bytes) in corpus() {
        let quoted = json!({ "title": String::from_utf8_lossy(&bytes) }).to_string().into_bytes();
        for body in [&bytes, &quoted] {
            let answer = creel.deliver(&signed(
                "github",
                &endpoint,
                &name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"),
                body,
            ));
            assert_eq!(answer.status, 202, "{name}: {}", answer.text());
            let id = newest(&creel)["id"].clone();
            assert!(creel.body(id.as_str().unwrap()) == *body, "{name}: the bytes are kept");
            open_everywhere(&creel, &id);
        }
    }
    assert!(!creel.log().contains("panicked"), "{}", creel.log());
}

#[test]
fn hostile_headers_and_paths_are_refused_or_kept_as_data() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "hostile", "github", json!({}));
    for (name, bytes) in corpus() {
        let in_header = Request::post(&endpoint.path, "{}")
            .github(&endpoint.secret, "push", "x")
            .header("X-Hostile", bytes.clone());
        let answer = creel_tests::Connection::open(&creel.receiver).unwrap().send(&in_header);
        if let Ok(answer) = answer {
            assert!(answer.status < 500, "{name} in a header: {}", answer.status);
        }
        let path = format!("/{}", String::from_utf8_lossy(&bytes[..bytes.len().min(3000)]));
        let encoded: String = path
            .bytes()
            .map(|b| if b.is_ascii_graphic() { (b as char).to_string() } else { format!("%{b:02X}") })
            .collect();
        for target in [path, encoded] {
            if let Ok(answer) =
                creel_tests::Connection::open(&creel.receiver).unwrap().send(&Request::post(&target, "{}"))
            {
                assert!((400..500).contains(&answer.status), "{name} as path: {}", answer.status);
            }
        }
        open_everywhere(&creel, &newest(&creel)["id"]);
    }
    let log = creel.log();
    assert!(!log.contains("panicked") && !log.contains('\x1b') && !log.contains('\u{202e}'), "{log}");
    assert_eq!(creel.tasks().iter().filter(|task| task["title"] != "(untitled)").count(), 0);
}

#[test]
fn hostile_event_names_and_ids_are_data() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "names", "github", json!({}));
    for (n, text) in
        ["<script>alert(1)</script>", "'; DROP TABLE deliveries; --", "../../etc/passwd", "%s%n%x", "{{payload.title}}"]
            .iter()
            .enumerate()
    {
        let body = format!(r#"{{"title":"{n}"}}"#);
        let request = Request::post(&endpoint.path, body.as_bytes()).github(&endpoint.secret, text, text);
        assert_eq!(creel.deliver(&request).status, 202, "{text}");
        let row = newest(&creel);
        assert_eq!((row["event_id"].as_str(), row["event"].as_str()), (Some(*text), Some(*text)), "as sent");
        creel.rpc("search_suggest", json!({ "q": "event:", "caret": 6 }));
        open_everywhere(&creel, &row["id"]);
    }
    assert_eq!(creel.tasks().len(), 5, "the tables are all there");
}
