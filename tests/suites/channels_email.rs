//! Channels by e-mail, through a mail server that somebody else wrote.

use std::sync::Arc;

use creel_tests::smtp::{Private, Smtp};
use creel_tests::{Creel, Setup, ShiftedClock, until};
use serde_json::{Value, json};

use crate::agents::ended;
use crate::channels::{code, notifies};
use crate::octipus::deploy;

/// A Creel that trusts who vouches for `server`.
fn trusting(server: &Smtp) -> Creel {
    let authority = server.authority.display().to_string();
    Creel::start_with(Setup { environment: vec![("SSL_CERT_FILE".to_owned(), authority)], ..Setup::default() })
}

fn draft(server: &Smtp, tls: &str, more: Value) -> Value {
    let mut email = json!({ "host": "localhost", "port": server.port, "tls": tls, "user": "me",
        "from": "Creel <creel@example.com>", "to": "owner@example.com" });
    crate::deliver::merge(&mut email, more);
    let secret = email["user"].as_str().filter(|user| !user.is_empty()).map(|_| "sesame");
    json!({ "name": "Mail", "kind": { "email": email }, "secret": secret })
}

#[test]
fn a_letter_brings_the_code_and_then_the_messages_under_each_kind_of_tls() {
    for (private, tls) in [(Private::Tls, "tls"), (Private::Starttls, "starttls"), (Private::No, "none")] {
        let server = Smtp::start(private);
        let creel = trusting(&server);
        let channel = creel.rpc("channel_link", draft(&server, tls, json!({})));
        let letter = server.wait_for(0);
        assert_eq!((letter.to.as_slice(), letter.user.as_deref()), (&["owner@example.com".to_owned()][..], Some("me")));
        assert_eq!(
            (&letter.read["tls"], &letter.read["from"]),
            (&json!(tls != "none"), &json!("Creel <creel@example.com>"))
        );
        let code = code(letter.read["text"].as_str().unwrap());
        creel.rpc("channel_verify", json!({ "id": channel["id"], "code": code }));

        notifies(&creel, json!({ "notifyMessage": "Größe: {{webhook.body.event}}\nzweite Zeile" }));
        deploy(&creel, r#"{"event":"\r\nBcc: you@example.com\r\n.\r\nQUIT"}"#);
        let letter = server.wait_for(1);
        assert_eq!(letter.to, ["owner@example.com"], "a value adds nobody");
        assert_eq!(letter.read["subject"], "Größe:");
        let text = letter.read["text"].as_str().unwrap();
        assert_eq!(text.replace("\r\n", "\n").trim_end(), "Größe: \nBcc: you@example.com\n.\nQUIT\nzweite Zeile");
        let id = ended(&creel, "succeeded")["execution"]["id"].as_str().unwrap().to_owned();
        assert_eq!(letter.read["message_id"], format!("<{id}@example.com>"), "the same letter has the same name again");
        for said in [creel.log(), creel.rpc("channels_list", json!({})).to_string()] {
            assert!(!said.contains("sesame"), "{said}");
        }
    }
}

#[test]
fn what_the_server_refuses_is_said_with_its_words_and_what_to_do() {
    let server = Smtp::start(Private::Starttls);
    let creel = trusting(&server);
    let link = |tls: &str, email: Value, secret: &str| {
        let mut draft = draft(&server, tls, email);
        draft["name"] = json!(creel.rpc("channels_list", json!({})).as_array().unwrap().len().to_string());
        draft["secret"] = json!(secret);
        let refused = creel.try_rpc("channel_link", draft);
        assert_eq!(refused.status, 502, "{}", refused.text());
        assert!(!refused.text().contains("canary"), "{}", refused.text());
        refused.json()
    };
    for (refused, words, hint) in [
        (link("starttls", json!({}), "canary"), "refuses the login: 535", "look at the user and the password"),
        (
            link("starttls", json!({ "to": "nobody@example.com" }), "sesame"),
            "refuses the recipient nobody@example.com: 550 5.1.1 no such mailbox",
            "look at the address it goes to",
        ),
        (link("tls", json!({}), "sesame"), "no trusted TLS with localhost", "look at the server's name"),
        (link("none", json!({}), "sesame"), "refuses the login", "look at the user and the password"),
        (
            link("starttls", json!({ "host": "127.0.0.1" }), "sesame"),
            "no trusted TLS with 127.0.0.1",
            "look at the server's name",
        ),
    ] {
        assert!(refused["message"].as_str().unwrap().contains(words), "{refused}");
        assert!(refused["hint"].as_str().unwrap().starts_with(hint), "{refused}");
    }
    assert!(server.letters().is_empty());
    let (strange, authority) = (Smtp::start(Private::Tls), server.authority.display());
    let refused = creel.try_rpc("channel_link", draft(&strange, "tls", json!({})));
    assert!(refused.text().contains("no trusted TLS"), "only {authority} is trusted: {}", refused.text());
}

#[test]
fn a_letter_that_is_put_off_comes_when_its_time_has_come() {
    let (clock, server) = (Arc::new(ShiftedClock::new()), Smtp::start(Private::No));
    let creel = Creel::start_with(Setup { clock: Some(Arc::clone(&clock)), ..Setup::default() });
    let channel = creel.rpc("channel_link", draft(&server, "none", json!({ "user": "" })));
    let code = code(server.wait_for(0).read["text"].as_str().unwrap());
    let later = draft(&server, "none", json!({ "user": "", "to": "later@example.com" }));
    creel.rpc("channel_verify", json!({ "id": channel["id"], "code": code }));
    assert_eq!(server.wait_for(0).user, None, "no user, no login");
    let moved = creel.try_rpc("channel_update", json!({ "id": channel["id"], "kind": later["kind"] }));
    assert!(moved.text().contains("451 4.7.1 greylisted"), "{}", moved.text());
    creel.rpc("channel_send_code", json!({ "id": channel["id"] }));
    let again = crate::channels::code(server.wait_for(1).read["text"].as_str().unwrap());
    creel.rpc("channel_verify", json!({ "id": channel["id"], "code": again }));
    creel.rpc("channel_test", json!({ "id": channel["id"] }));
    assert!(server.wait_for(2).read["text"].as_str().unwrap().contains("a test of the channel Mail"));
}

#[test]
fn a_password_stays_with_the_server_it_was_typed_for() {
    let (server, other) = (Smtp::start(Private::No), Smtp::start(Private::No));
    let creel = Creel::start();
    let channel = creel.rpc("channel_link", draft(&server, "none", json!({})));
    let elsewhere = draft(&other, "none", json!({}));
    let change = |more: Value| {
        let mut change = json!({ "id": channel["id"], "kind": elsewhere["kind"] });
        crate::deliver::merge(&mut change, more);
        creel.try_rpc("channel_update", change)
    };
    let refused = change(json!({}));
    assert_eq!((refused.status, &refused.json()["field"]), (422, &json!("secret")), "{}", refused.text());
    assert_eq!(change(json!({ "secret": "sesame" })).status, 200);
    assert_eq!(other.wait_for(0).user.as_deref(), Some("me"));
    let elsewhere = creel.rpc("channels_list", json!({}));
    assert_eq!(elsewhere[0]["kind"]["email"]["port"], other.port);
    let refused = creel.try_rpc(
        "channel_link",
        json!({ "name": "x", "kind": { "email": draft(&server, "none", json!({ "user": "" }))["kind"]["email"] }, "secret": "sesame" }),
    );
    assert_eq!((refused.status, &refused.json()["field"]), (422, &json!("kind.email.user")));
    until("no letter for a wrong form", || Some(()).filter(|()| server.letters().len() == 1));
}
