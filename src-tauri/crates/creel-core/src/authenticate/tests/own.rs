//! Records of users: what is refused and why, what comes back out of a record, and what is guessed from a delivery.

use bytes::Bytes;

use crate::authenticate::own::{check, check_key, copy, guess};
use crate::authenticate::record::{from_yaml, record_of, scheme_of, to_yaml};
use crate::authenticate::{Catalogue, schemes};
use crate::receive::Headers;

const GOOD: &str = "name: Acme\nsignature: header:X-Acme-Signature\n";

/// The fields and messages of everything that is wrong with a text.
fn wrong(text: &str) -> Vec<(String, String)> {
    match from_yaml(text) {
        Err(error) => vec![(error.field, error.words)],
        Ok(record) => check(&record).problems.into_iter().map(|error| (error.field, error.words)).collect(),
    }
}

#[test]
fn every_shipped_scheme_comes_back_from_its_record_as_it_was() {
    for scheme in schemes::all() {
        let text = to_yaml(&record_of(scheme)).expect("YAML");
        let back = scheme_of(&scheme.key, from_yaml(&text).expect("it reads"), &[]).expect("a scheme");
        assert_eq!(format!("{back:?}"), format!("{scheme:?}"), "{text}");
    }
}

#[test]
fn a_copy_of_every_shipped_scheme_is_a_scheme_of_the_users() {
    for scheme in schemes::all() {
        let looked_at = check(&copy(scheme));
        assert_eq!(looked_at.problems, [], "{}", scheme.key);
    }
}

#[test]
fn a_short_record_is_enough_and_is_told_in_words() {
    let looked_at = check(&from_yaml(GOOD).expect("it reads"));
    assert_eq!(looked_at.problems, []);
    let scheme = looked_at.scheme.expect("a scheme");
    assert_eq!(scheme.words, "X-Acme-Signature: <hex HMAC-SHA256 of the raw body>");
    assert_eq!(looked_at.warnings, ["there is neither a time nor an id: only its body tells a repeated delivery"]);
}

#[test]
fn each_fault_names_its_field_and_its_value() {
    for (more, field, words) in [
        ("colour: red\n", "colour", "unknown field"),
        ("algo: hmac-md5\n", "algo", "hmac-md5"),
        ("signed: \"{nonsense}\"\n", "signed", "\"nonsense\" is nothing that can be signed"),
        ("signed: \"{body\"\n", "signed", "no closing brace"),
        ("signed: \"{timestamp}.{body}\"\n", "timestamp", "its place is missing"),
        ("signed: \"{id}.{body}\"\n", "id", "its place is missing"),
        ("signed: \"\"\n", "signed", "nothing is signed"),
        ("algo: sha256\n", "signed", "anybody could make it"),
        ("algo: ed25519\n", "key.encoding", "a public key is no text"),
        ("form: {split: \",,\", kv: \"=\", pick: v1}\n", "form.split", "not one character"),
        ("form: {split: \",\", kv: \",\", pick: v1}\n", "form.split", "cannot tell the items"),
        ("form: {split: \",\", kv: \"=\"}\n", "form.pick", "which of its items"),
        ("form: {prefix: a, split: \",\", kv: \"=\", pick: v1}\n", "form.prefix", "a list has no prefix"),
        ("timestamp: {from: \"header:X-Time\", past: -1, future: 0}\n", "timestamp.past", "-1 seconds"),
        ("timestamp: {from: \"header:X-Time\", past: 300, future: 86401}\n", "timestamp.future", "86401 seconds"),
        ("timestamp: {from: \"sig:t\", past: 300, future: 300}\n", "timestamp.from", "item of the signature's list"),
        ("id: {from: \"header:X-Id\", hours: 0}\n", "id.hours", "0 hours"),
        ("id: {from: \"json:id\", hours: 24}\n", "id.from", "no JSON pointer"),
        ("event: {from: \"X-Event\"}\n", "event.from", "\"X-Event\" is no place"),
        ("event: {from: \"header:X Event\"}\n", "event.from", "no name of a header"),
        ("fixed: [[Content-Length, \"1\"]]\n", "fixed", "belongs to the connection"),
        ("fixed: [[X-Version, \"1\\n2\"]]\n", "fixed", "cannot be sent"),
        ("group: platform\n", "group", "only shipped schemes"),
        ("certainty: reproduced\n", "certainty", "only shipped schemes"),
        ("checked: yesterday\n", "checked", "is no date"),
        ("like: nobody\n", "like", "there is no scheme \"nobody\""),
        ("source: \"a\\nb\"\n", "source", "line break"),
        ("handshakes: [{when: [], verify_first: false}]\n", "handshakes.0.when", "0 conditions"),
        (
            "handshakes: [{when: [\"query:a\"], verify_first: false, status: 302}]\n",
            "handshakes.0.status",
            "302 is no status",
        ),
        (
            "handshakes: [{when: [\"query:a\"], verify_first: false, kind: text/html, body: \"{query:a}\"}]\n",
            "handshakes.0.kind",
            "no media type",
        ),
    ] {
        let found = wrong(&format!("{GOOD}{more}"));
        assert!(found.iter().any(|(f, w)| f == field && w.contains(words)), "{more}: {found:?}");
    }
    for (text, field) in [
        ("", "text"),
        ("name: Acme\n", "signature"),
        ("name: \"\"\nsignature: header:X-A\n", "name"),
        ("name: A\nsignature: header:Host\n", "signature"),
        ("name: A\nsignature: sig:v1\n", "signature"),
        ("name: A\nsignature: X-Sig\n", "signature"),
        ("name: &a Acme\nsignature: *a\n", "text"),
        ("name: Acme\nsignature: header:X-A\n<<: {agent: a}\n", "text"),
        ("- name\n- signature\n", "text"),
    ] {
        let found = wrong(text);
        let fits = |(f, _): &(String, String)| f == field || field == "text";
        assert!(!found.is_empty() && found.iter().any(fits), "{text:?}: {found:?}");
    }
}

#[test]
fn what_is_larger_than_any_record_is_not_read() {
    let deep = format!("{GOOD}handshakes: {}{}\n", "[".repeat(2_000), "]".repeat(2_000));
    let wide = format!("{GOOD}marks: [{}]\n", "a,".repeat(10_000));
    let long = format!("{GOOD}source: {}\n", "x".repeat(70_000));
    let many = format!("{GOOD}marks: [{}]\n", "X-A,".repeat(17));
    for text in [deep, wide, long, many] {
        assert!(!wrong(&text).is_empty(), "{:.60}", text);
    }
}

#[test]
fn a_key_is_short_and_not_taken_by_what_ships() {
    for key in ["acme", "acme.orders-2", "0"] {
        assert_eq!(check_key(key), Ok(()), "{key}");
    }
    for key in ["", "-a", "Acme", "a b", "a/b", "none", "github", "ä", &"a".repeat(64)] {
        assert!(check_key(key).is_err(), "{key:?}");
    }
}

fn headers(lines: &[(&str, &str)]) -> Headers {
    Headers(lines.iter().map(|(n, v)| ((*n).to_owned(), Bytes::copy_from_slice(v.as_bytes()))).collect())
}

#[test]
fn a_draft_is_guessed_from_what_the_headers_look_like() {
    let hex = "ab".repeat(32);
    let base64 = "A".repeat(43) + "=";
    for (lines, told) in [
        (vec![("X-Acme-Signature", hex.clone())], "X-Acme-Signature: <hex HMAC-SHA256 of the raw body>"),
        (
            vec![("X-Acme-Hmac", format!("sha256={hex}")), ("X-Acme-Timestamp", "1763700000".into())],
            "X-Acme-Hmac: sha256=<hex HMAC-SHA256 of {timestamp}.{body}>",
        ),
        (
            vec![("Acme-Signature", format!("t=1763700000,v1={hex}"))],
            "Acme-Signature: v1=<hex HMAC-SHA256 of {timestamp}.{body}>",
        ),
        (vec![("X-Digest", base64)], "X-Digest: <base64 HMAC-SHA256 of the raw body>"),
        (vec![("X-Sign", "cd".repeat(20))], "X-Sign: <hex HMAC-SHA1 of the raw body>"),
        (vec![("X-Acme-Token", "s3cret".into())], "X-Acme-Token: <the secret itself>"),
        (vec![("Content-Type", "application/json".into())], "X-Signature: <hex HMAC-SHA256 of the raw body>"),
    ] {
        let lines: Vec<_> = lines.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let looked_at = check(&guess(&headers(&lines)));
        assert_eq!(looked_at.problems, [], "{lines:?}");
        assert_eq!(looked_at.scheme.expect("a scheme").words, told, "{lines:?}");
    }
}

#[test]
fn the_users_own_scheme_is_found_first_and_suggested_for_its_header() {
    let text = format!("{GOOD}agent: Acme\n");
    let own = crate::authenticate::own::leaked("acme", &text).expect("a scheme");
    assert!(std::ptr::eq(own, crate::authenticate::own::leaked("acme", &text).expect("the same")));
    let catalogue = Catalogue::with(vec![own]);
    assert_eq!(catalogue.find("acme").map(|scheme| scheme.name.as_str()), Some("Acme"));
    assert_eq!(catalogue.all().count(), schemes::all().len() + 1);
    let suggested = catalogue.suggest(&headers(&[("X-Acme-Signature", "0")])).map(|(scheme, _)| scheme.key.as_str());
    assert_eq!(suggested, Some("acme"));
    let github = [("X-Hub-Signature-256", "sha256=0"), ("User-Agent", "GitHub-Hookshot/1")];
    assert_eq!(catalogue.suggest(&headers(&github)).map(|(scheme, _)| scheme.key.as_str()), Some("github"));
}

#[test]
fn should_a_later_creel_ship_a_users_key_their_triggers_keep_what_they_had() {
    let own = crate::authenticate::own::leaked("github", GOOD).expect("a scheme");
    let catalogue = Catalogue::with(vec![own]);
    assert_eq!(catalogue.find("github").map(|scheme| scheme.name.as_str()), Some("Acme"));
    assert_eq!(catalogue.all().count(), schemes::all().len(), "each key is listed once");
}
