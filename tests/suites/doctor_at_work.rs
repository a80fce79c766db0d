//! What the doctor's finding is good for: its buttons, and a sentence in the inbox that nobody asked for.

use creel_tests::{Creel, Request, wait};
use serde_json::json;

use crate::deliver::newest;
use crate::doctor_corpus::{OTHER, SECRET, SENDERS, told, untouched};
use crate::scheme_libraries::Libraries;

#[test]
fn another_scheme_is_named_and_its_button_works() {
    let (creel, mut libraries) = (Creel::start(), Libraries::start());
    for (n, sender) in SENDERS.iter().enumerate() {
        let next = &SENDERS[(n + 1) % SENDERS.len()];
        let slug = format!("as-{}", sender.scheme);
        let endpoint = creel.trigger(json!({ "name": slug, "slug": slug, "scheme": next.scheme, "secret": SECRET }));
        let found = told(&creel, &mut libraries, &endpoint, sender, &sender.genuine(), &untouched());
        assert_eq!(
            found["causes"][0]["mistakes"],
            json!(["other_scheme"]),
            "{} at {}: {found}",
            sender.scheme,
            next.scheme
        );
        let scheme = found["causes"][0]["fixes"][0]["change_scheme"].as_str().unwrap().to_owned();
        creel.rpc("trigger_update", json!({ "id": endpoint.id, "change": { "scheme": scheme } }));
        told(&creel, &mut libraries, &endpoint, sender, &sender.genuine(), &untouched());
        assert_eq!(newest(&creel)["outcome"], "accepted", "{} as {scheme}", sender.scheme);
    }
}

#[test]
fn a_secret_that_is_used_here_for_a_while_lets_the_next_delivery_in() {
    let (creel, mut libraries) = (Creel::start(), Libraries::start());
    creel.trigger(json!({ "name": "github-old", "slug": "old", "scheme": "github", "secret": OTHER }));
    let endpoint = creel.trigger(json!({ "name": "new", "slug": "new", "scheme": "github", "secret": SECRET }));
    let github = &SENDERS[0];
    let with = || github.signed_with(OTHER);
    let found = told(&creel, &mut libraries, &endpoint, github, &with(), &untouched());
    assert_eq!(found["sentence"], "Signed with the secret of \"github-old\".");
    let target = &found["causes"][0]["fixes"][0]["use_secret"];
    assert_eq!(target["trigger_id"], json!(endpoint.id), "{found}");
    let kept = creel.rpc("trigger_accept_secret", json!({ "id": endpoint.id, "secret_id": target["secret_id"] }));
    assert!(kept["expires_at"].is_number(), "{kept}");
    let valid = told(&creel, &mut libraries, &endpoint, github, &with(), &untouched());
    assert_eq!(valid["needed"], false, "{valid}");
    let row = newest(&creel);
    assert_eq!((&row["outcome"], &row["signature"]), (&json!("accepted"), &json!("previous")), "{row}");
    let unknown = creel.try_rpc("trigger_accept_secret", json!({ "id": endpoint.id, "secret_id": "sec_none" }));
    assert_eq!(unknown.status, 404);
}

#[test]
fn the_cause_stands_in_the_inbox_without_being_asked_for() {
    let (creel, mut libraries) = (Creel::start(), Libraries::start());
    creel.trigger(json!({ "name": "github-old", "slug": "old", "scheme": "github", "secret": OTHER }));
    let endpoint = creel.trigger(json!({ "name": "new", "slug": "new", "scheme": "github", "secret": SECRET }));
    let github = &SENDERS[0];
    let refused = github.signed_with(OTHER);
    // A flood of refusals is answered and recorded; the doctor comes when it is over, to the newest first.
    let forged =
        Request::new("POST", &endpoint.path).header("X-Hub-Signature-256", [b"sha256=", &[b'0'; 64][..]].concat());
    for _ in 0..200 {
        assert_eq!(creel.deliver(&forged).status, 401);
    }
    told(&creel, &mut libraries, &endpoint, github, &refused, &untouched());
    let cause = wait::until("the doctor's round", || newest(&creel)["cause"].as_str().map(str::to_owned));
    assert_eq!(cause, "Signed with the secret of \"github-old\".");
    told(&creel, &mut libraries, &endpoint, github, &github.genuine(), &untouched());
    assert_eq!(newest(&creel)["cause"], json!(null), "a valid delivery has none");
}
