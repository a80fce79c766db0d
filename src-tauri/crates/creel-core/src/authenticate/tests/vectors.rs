//! What the providers themselves published.

use super::*;
use crate::delivery::ReasonCode;

#[test]
fn github_s_documented_example_verifies() {
    let lines = headers([
        ("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
        ("X-GitHub-Event", "push"),
        ("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
    ]);
    let authentic = check("github", &lines, b"Hello, World!", "It's a Secret to Everybody", NOW).expect("genuine");
    assert_eq!(authentic.event(), Some("push"));
    assert_eq!(authentic.event_id(), Some("72d3162e-cc78-11e3-81ab-4c9367dc0958"));
    assert!(!authentic.previous() && !authentic.silent());
}

#[test]
fn slack_s_documented_example_verifies() {
    let body = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let lines = headers([
        ("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
        ("X-Slack-Request-Timestamp", "1531420618"),
    ]);
    let at = UnixMs(1_531_420_618_000);
    assert!(check("slack", &lines, body, "8f742231b10e8888abcd99yyyzzz85a5", at).is_ok());
    let late = check("slack", &lines, body, "8f742231b10e8888abcd99yyyzzz85a5", at.plus_ms(301_000));
    assert_eq!(late.expect_err("stale").reason, ReasonCode::TimestampOutsideWindow);
}

#[test]
fn the_standard_webhooks_example_verifies_under_either_header_name() {
    let body = br#"{"test": 2432232314}"#;
    let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    for family in ["webhook", "svix"] {
        let lines = [
            (format!("{family}-id"), "msg_p5jXN8AQM9LWM0D4loKWxJek".to_owned()),
            (format!("{family}-timestamp"), "1614265330".to_owned()),
            (
                format!("{family}-signature"),
                format!("v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,x {signature}"),
            ),
        ];
        let at = UnixMs(1_614_265_330_000);
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let authentic = check("standard-webhooks", &owned(&lines), body, secret, at).expect("genuine");
        assert_eq!(authentic.event_id(), Some("msg_p5jXN8AQM9LWM0D4loKWxJek"));
        assert_eq!(authentic.timestamp(), Some(at));
    }
}

/// Computed with `openssl dgst -sha256 -hmac` over `1492774577.{…}`, the form that Stripe documents.
#[test]
fn a_stripe_signature_made_elsewhere_verifies() {
    let lines = headers([(
        "Stripe-Signature",
        "t=1492774577,v1=ff576a4f42c9b17b77798763f282050f4591e84d10883f8a598f5d3b38093d7f,v0=6ffbb59b",
    )]);
    let at = UnixMs(1_492_774_577_000);
    let body = br#"{"id":"evt_test_webhook","object":"event","type":"charge.succeeded"}"#;
    let authentic = check("stripe", &lines, body, "whsec_test_secret", at).expect("genuine");
    assert_eq!((authentic.event(), authentic.event_id()), (Some("charge.succeeded"), Some("evt_test_webhook")));
}

/// The OpenGate document's secret and payload; the digest computed with Python's `hmac`, as its example does.
#[test]
fn opengate_uses_the_secret_as_it_is() {
    let body = br#"{"title": "Deploy failed", "environment": "production"}"#;
    let lines = headers([("X-OpenGate-Secret", "66006003cf65d6c5884f2f0e4d0ae899ba03f8e67140e16c50c92baa5c3ac5ea")]);
    let authentic = check("opengate", &lines, body, "whsec_your_trigger_secret", NOW).expect("genuine");
    assert_eq!((authentic.event(), authentic.event_id()), (None, None));
}

#[test]
fn github_s_event_has_the_action_where_there_is_one() {
    let github = schemes::find("github").expect("shipped");
    let mut lines = signed(github, BODY, NOW);
    lines.push(("x-github-event".into(), "pull_request".into()));
    let authentic = check("github", &owned(&lines), BODY, SECRET, NOW).expect("genuine");
    assert_eq!(authentic.event(), Some("pull_request.opened"));
    assert_eq!(claim(github, &owned(&lines)).event.as_deref(), Some("pull_request"), "a claim does not read the body");
}

#[test]
fn a_ping_is_silent_and_a_challenge_is_handed_back() {
    let github = schemes::find("github").expect("shipped");
    let mut lines = signed(github, b"{\"zen\":\"Design for failure.\"}", NOW);
    lines.push(("X-GitHub-Event".into(), "ping".into()));
    let ping = check("github", &owned(&lines), b"{\"zen\":\"Design for failure.\"}", SECRET, NOW).expect("genuine");
    assert!(ping.silent());

    let slack = schemes::find("slack").expect("shipped");
    let body = br#"{"token":"t","challenge":"3eZbrw1aB","type":"url_verification"}"#;
    let hello = check("slack", &owned(&signed(slack, body, NOW)), body, SECRET, NOW).expect("genuine");
    let answer = hello.challenge().expect("an answer");
    assert_eq!((answer.status, &answer.body[..]), (200, &b"3eZbrw1aB"[..]));
    assert_eq!(answer.headers[0].1, "text/plain; charset=utf-8");
    assert!(hello.silent());
}
