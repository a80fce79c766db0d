//! `/hooks/{slug}`: a genuine delivery is taken under every scheme, and nothing that is not genuine is.

use base64::Engine as _;
use creel_tests::creel::Endpoint;
use creel_tests::{Creel, sign};
use serde_json::json;

use crate::deliver::{SCHEMES, newest, signature, signed, task_trigger, unsigned};

const BODY: &[u8] = br#"{"title":"Deploy failed"}"#;

#[test]
fn every_scheme_takes_what_its_senders_sign_and_keeps_the_bytes() {
    let creel = Creel::start();
    for (scheme, _) in SCHEMES {
        let endpoint = task_trigger(&creel, scheme, scheme, json!({}));
        let body = format!("{{ \"title\" : \"{scheme}\",\r\n\"n\": 1.0e+2 }}\n").into_bytes();
        let answer = creel.deliver(&signed(scheme, &endpoint, "id-1", &body));
        assert_eq!(answer.status, 202, "{scheme}: {}", answer.text());
        let id = answer.json()["delivery"].as_str().unwrap().to_owned();
        assert_eq!(answer.json()["duplicate"], false);
        assert_eq!(creel.body(&id), body, "{scheme}: the stored bytes are the sent ones");
        let row = newest(&creel);
        assert_eq!((row["outcome"].as_str(), row["signature"].as_str()), (Some("accepted"), Some("valid")), "{row}");
    }
    let titles: Vec<_> = creel.tasks().iter().map(|task| task["title"].as_str().unwrap().to_owned()).collect();
    assert_eq!(titles.len(), SCHEMES.len(), "one task a delivery: {titles:?}");
    assert!(SCHEMES.iter().all(|(scheme, _)| titles.contains(&(*scheme).to_owned())), "{titles:?}");
}

#[test]
fn a_signature_that_does_not_fit_is_401_and_makes_nothing() {
    let creel = Creel::start();
    for (scheme, header) in SCHEMES {
        let endpoint = task_trigger(&creel, scheme, scheme, json!({}));
        let mut sent = 0;
        for (what, value) in bad_values(scheme, &endpoint) {
            let mut request = unsigned(scheme, &endpoint.path, "id-1", BODY);
            if let Some(value) = value {
                request = request.header(header, value);
            }
            let answer = creel.deliver(&request);
            assert_eq!(answer.status, 401, "{scheme}, {what}: {}", answer.text());
            assert!(!answer.text().contains("sha256"), "{scheme}: the answer helps nobody to forge: {}", answer.text());
            let row = newest(&creel);
            assert_eq!(row["outcome"], "rejected", "{scheme}, {what}");
            assert!(row["reason"].as_str().is_some_and(|reason| reason.len() > 10), "{scheme}, {what}: {row}");
            sent += 1;
        }
        let refused = creel.deliveries(&format!("trigger:{}", endpoint.id)).len();
        assert!(refused == sent || refused == 0, "{scheme}: every refusal has its row, {sent} sent, {refused} found");
    }
    assert_eq!(creel.tasks().len(), 0, "no task from a forged delivery");
    assert_eq!(creel.executions(json!({})).len(), 0, "no execution from a forged delivery");
    assert_eq!(creel.deliver(&creel_tests::Request::get("/healthz")).status, 200, "still there");
}

/// Values of the signature header that must not pass; `None`: no header at all.
fn bad_values(scheme: &str, endpoint: &Endpoint) -> Vec<(String, Option<String>)> {
    let good = signature(scheme, &endpoint.secret, "id-1", BODY);
    let other = if scheme == "standard-webhooks" {
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    } else {
        "another secret of length"
    };
    let digest = good.rsplit(['=', ',']).find(|part| !part.is_empty()).unwrap_or(&good).to_owned();
    let mut values = vec![
        ("missing".to_owned(), None),
        ("empty".to_owned(), Some(String::new())),
        ("blank".to_owned(), Some(" ".to_owned())),
        ("another secret".to_owned(), Some(signature(scheme, other, "id-1", BODY))),
        ("another body".to_owned(), Some(signature(scheme, &endpoint.secret, "id-1", b"{}"))),
        ("trailing comma".to_owned(), Some(format!("sha256={digest},,"))),
        ("sha1 by name".to_owned(), Some(format!("sha1={digest}"))),
        ("unicode digits".to_owned(), Some(good.replace(|c: char| c.is_ascii_digit(), "٣"))),
        ("no hex".to_owned(), Some("z".repeat(64))),
        ("5 KB".to_owned(), Some("a".repeat(5000))),
        ("NUL's look-alike".to_owned(), Some(format!("{good}%00"))),
    ];
    if !["opengate", "hmac-generic"].contains(&scheme) {
        values.push(("the bare digest".to_owned(), Some(digest)));
    }
    if scheme != "standard-webhooks" {
        let raw = sign::hmac(endpoint.secret.as_bytes(), BODY);
        values.push(("base64".to_owned(), Some(base64::engine::general_purpose::STANDARD.encode(raw))));
        let cuts =
            [1, 2, 31, 32, 63].map(|left| (format!("cut to {left}"), Some(good[..good.len() - 64 + left].to_owned())));
        values.extend(cuts);
    }
    values
}

#[test]
fn upper_case_hex_is_the_same_signature() {
    let creel = Creel::start();
    for scheme in ["opengate", "hmac-generic"] {
        let endpoint = task_trigger(&creel, scheme, scheme, json!({}));
        let value = signature(scheme, &endpoint.secret, "id", BODY).to_uppercase();
        let header = SCHEMES.iter().find(|(key, _)| *key == scheme).unwrap().1;
        let answer = creel.deliver(&unsigned(scheme, &endpoint.path, "id", BODY).header(header, value));
        assert_eq!(answer.status, 202, "{scheme}: {}", answer.text());
    }
}

#[test]
fn a_doubled_signature_id_or_timestamp_is_400() {
    let creel = Creel::start();
    for (scheme, header) in SCHEMES {
        let endpoint = task_trigger(&creel, scheme, scheme, json!({}));
        let value = signature(scheme, &endpoint.secret, "id", BODY);
        let request = signed(scheme, &endpoint, "id", BODY).header(header, value);
        let answer = creel.deliver(&request);
        assert_eq!(answer.status, 400, "{scheme}: {}", answer.text());
        assert_eq!(newest(&creel)["reason_code"], "repeated_header", "{scheme}");
    }
    for (scheme, repeated) in [
        ("github", "X-GitHub-Delivery"),
        ("slack", "X-Slack-Request-Timestamp"),
        ("standard-webhooks", "webhook-id"),
        ("standard-webhooks", "webhook-timestamp"),
    ] {
        let slug = format!("again-{}", repeated.to_lowercase());
        let endpoint = task_trigger(&creel, &slug, scheme, json!({}));
        let answer = creel.deliver(&signed(scheme, &endpoint, "id", BODY).header(repeated, "1"));
        assert_eq!(answer.status, 400, "{scheme} with a second {repeated}: {}", answer.text());
    }
    assert_eq!(creel.tasks().len(), 0, "an ambiguous delivery makes nothing");
}

#[test]
fn a_timestamp_counts_for_five_minutes_both_ways() {
    let creel = Creel::start();
    for (scheme, header) in [("stripe", "Stripe-Signature"), ("slack", "X-Slack-Signature")] {
        let endpoint = task_trigger(&creel, scheme, scheme, json!({}));
        let now = sign::now();
        let far = ["-9223372036854775808", "9223372036854775807", "999999999999999999999999999999", "١٢٣", "1e9", ""];
        let near = [(now - 290, 202), (now + 290, 202), (now - 310, 401), (now + 310, 401), (0, 401), (-now, 401)];
        let near = near.map(|(at, status)| (at.to_string(), status));
        for (at, status) in near.into_iter().chain(far.map(|at| (at.to_owned(), 401))) {
            let body = format!(r#"{{"title":"at {at}"}}"#);
            let request = creel_tests::Request::post(&endpoint.path, body.as_bytes());
            let request = match scheme {
                "stripe" => {
                    let digest = sign::hex(&endpoint.secret, format!("{at}.{body}").as_bytes());
                    request.header(header, format!("t={at},v1={digest}"))
                }
                _ => {
                    let digest = sign::hex(&endpoint.secret, format!("v0:{at}:{body}").as_bytes());
                    request.header("X-Slack-Request-Timestamp", at.clone()).header(header, format!("v0={digest}"))
                }
            };
            let answer = creel.deliver(&request);
            assert_eq!(answer.status, status, "{scheme} at {at}: {}", answer.text());
        }
    }
}
