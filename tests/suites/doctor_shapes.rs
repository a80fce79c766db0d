//! The doctor where the proof is no digest over a body: forms with their address, and tokens.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use creel_tests::{Creel, Request};
use serde_json::json;

use crate::deliver::newest;
use crate::doctor_corpus::{BODY, Hash, OTHER, SECRET, mac};
use crate::scheme_libraries::Libraries;

/// What comes in place of the right header lines, and the mistakes that are to be named; none: no cause can be known.
type OtherShape = (&'static str, Vec<(&'static str, String)>, &'static [&'static str]);

/// Sends each and compares what the doctor says.
fn all_named(creel: &Creel, path: &str, body: &str, kind: &str, cases: Vec<OtherShape>) {
    for (what, lines, expected) in cases {
        let request = Request::new("POST", path).header("Content-Type", kind).with_body(body.as_bytes().to_vec());
        let answer = creel.deliver(&lines.iter().fold(request, |r, (name, value)| r.header(name, value.as_bytes())));
        assert!([400, 401].contains(&answer.status), "{what}: {}", answer.status);
        let found = creel.rpc("delivery_doctor", json!({ "id": newest(creel)["id"] }));
        let mistakes = found["causes"].as_array().unwrap().first().map_or(json!([]), |cause| cause["mistakes"].clone());
        assert_eq!(mistakes, json!(expected), "{what}: {found}");
    }
}

#[test]
fn a_signed_form_and_its_address_are_taken_apart() {
    let (creel, mut libraries) = (Creel::start(), Libraries::start());
    creel.trigger(json!({ "name": "the other one", "slug": "other", "scheme": "twilio", "secret": OTHER }));
    let endpoint = creel.trigger(json!({ "name": "sms", "slug": "sms", "scheme": "twilio", "secret": SECRET }));
    let (form, kind) = ("To=2&From=%2B1&Body=hello+there", "application/x-www-form-urlencoded");
    let url = format!("{}{}", creel.receiver, endpoint.path);
    let mut by_library = |secret: &str, url: &str| {
        let question =
            json!({ "do": "sign", "scheme": "twilio", "secret": secret, "id": "", "body": form, "url": url });
        libraries.ask(question)["headers"]["X-Twilio-Signature"].as_str().unwrap().to_owned()
    };
    let header = |value: String| vec![("X-Twilio-Signature", value)];
    let by_hand = |hash, text: String| header(BASE64_STANDARD.encode(mac(hash, SECRET.as_bytes(), text.as_bytes())));
    let right = by_library(SECRET, &url);
    let hex = hex::encode(BASE64_STANDARD.decode(&right).unwrap());
    let genuine = Request::new("POST", &endpoint.path).header("Content-Type", kind).with_body(form.as_bytes().to_vec());
    assert_eq!(creel.deliver(&genuine.header("X-Twilio-Signature", right.as_bytes())).status, 202);
    let cases: Vec<OtherShape> = vec![
        ("another trigger's secret", header(by_library(OTHER, &url)), &["other_secret"]),
        ("a slash more", header(by_library(SECRET, &format!("{url}/"))), &["address"]),
        ("only the path", header(by_library(SECRET, &endpoint.path)), &["address"]),
        ("in hex", header(hex), &["encoding"]),
        ("cut", header(right[..right.len() - 4].to_owned()), &["signature_truncated"]),
        ("SHA-256", by_hand(Hash::Sha256, format!("{url}Bodyhello thereFrom+1To2")), &["algorithm"]),
        ("the form as it came", by_hand(Hash::Sha1, format!("{url}{form}")), &["signed_string"]),
        ("only the form", by_hand(Hash::Sha1, form.to_owned()), &["signed_string"]),
        ("none", Vec::new(), &["signature_missing"]),
        ("twice", [header(right.clone()), header(right.clone())].concat(), &["header_repeated"]),
        ("a field that was lost on the way", by_hand(Hash::Sha1, format!("{url}Bodyhello thereFrom+1SidXTo2")), &[]),
    ];
    all_named(&creel, &endpoint.path, form, kind, cases);
}

#[test]
fn a_token_that_is_nearly_right_is_told() {
    let creel = Creel::start();
    creel.trigger(json!({ "name": "the other one", "slug": "other", "scheme": "gitlab-token", "secret": OTHER }));
    let endpoint = creel.trigger(json!({ "name": "lab", "slug": "lab", "scheme": "gitlab-token", "secret": SECRET }));
    let token = |value: &str| vec![("X-Gitlab-Token", value.to_owned())];
    let cases: Vec<OtherShape> = vec![
        ("another trigger's token", token(OTHER), &["other_secret"]),
        ("in lower case", token(&SECRET.to_lowercase()), &["secret_case"]),
        ("with a word before it", token(&format!("Bearer {SECRET}")), &["prefix_wrong"]),
        ("in another header", vec![("Authorization", format!("Bearer {SECRET}"))], &["other_header"]),
        ("none", Vec::new(), &["signature_missing"]),
        ("twice", [token(SECRET), token(SECRET)].concat(), &["header_repeated"]),
        ("one that nobody knows", token("glsk-unknown"), &[]),
    ];
    all_named(&creel, &endpoint.path, BODY, "application/json", cases);
}
