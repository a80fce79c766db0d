//! `creel verify`: one JSON line in, one out, through the receiver's own code. The vectors are the providers' published ones.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use creel_tests::sign;
use serde_json::{Value, json};

/// Runs `creel verify` over lines of input; returns its output lines.
pub fn verify(lines: &[String]) -> Vec<Value> {
    let mut command = Command::new(creel_tests::creel::binary());
    let mut child =
        command.arg("verify").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let text = lines.join("\n") + "\n";
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn verdicts(cases: &[(&str, bool, Value)]) {
    let lines: Vec<_> = cases.iter().enumerate().map(|(n, (_, _, case))| with_id(case, n)).collect();
    let answers = verify(&lines);
    assert_eq!(answers.len(), cases.len(), "one line out a line in");
    for (n, ((what, valid, _), answer)) in cases.iter().zip(&answers).enumerate() {
        assert_eq!((&answer["id"], &answer["valid"]), (&json!(n.to_string()), &json!(valid)), "{what}: {answer}");
        assert!(
            answer["reason"].as_str().is_some_and(|r| !r.is_empty()) || *valid,
            "{what}: a refusal has a reason: {answer}"
        );
        let keys: Vec<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["id", "valid", "reason"]);
    }
}

fn with_id(case: &Value, n: usize) -> String {
    let mut line = json!({ "id": n.to_string(), "method": "POST", "url": "https://example.com/hook", "body_encoding": "utf8", "now": null });
    crate::deliver::merge(&mut line, case.clone());
    line.to_string()
}

#[test]
fn the_providers_published_vectors_verify() {
    let slack_body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let slack = json!({ "X-Slack-Request-Timestamp": "1531420618", "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503" });
    let github = json!({ "X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", "X-GitHub-Event": "push", "X-GitHub-Delivery": "1" });
    let standard = json!({ "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330", "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" });
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    verdicts(&[
        (
            "GitHub's page",
            true,
            json!({ "scheme": "github", "secret": "It's a Secret to Everybody", "headers": github, "body": "Hello, World!" }),
        ),
        (
            "GitHub's page, another body",
            false,
            json!({ "scheme": "github", "secret": "It's a Secret to Everybody", "headers": github, "body": "Hello, World?" }),
        ),
        (
            "Slack's page",
            true,
            json!({ "scheme": "slack", "secret": "8f742231b10e8888abcd99yyyzzz85a5", "headers": slack, "body": slack_body, "now": 1531420618 }),
        ),
        (
            "Slack's page, six minutes later",
            false,
            json!({ "scheme": "slack", "secret": "8f742231b10e8888abcd99yyyzzz85a5", "headers": slack, "body": slack_body, "now": 1531420978 }),
        ),
        (
            "Slack's page, today",
            false,
            json!({ "scheme": "slack", "secret": "8f742231b10e8888abcd99yyyzzz85a5", "headers": slack, "body": slack_body }),
        ),
        (
            "Standard Webhooks' libraries",
            true,
            json!({ "scheme": "standard-webhooks", "secret": secret, "headers": standard, "body": "{\"test\": 2432232314}", "now": 1614265330 }),
        ),
        (
            "without the secret's prefix",
            true,
            json!({ "scheme": "standard-webhooks", "secret": &secret[6..], "headers": standard, "body": "{\"test\": 2432232314}", "now": 1614265330 }),
        ),
        (
            "another space",
            false,
            json!({ "scheme": "standard-webhooks", "secret": secret, "headers": standard, "body": "{\"test\":2432232314}", "now": 1614265330 }),
        ),
    ]);
}

#[test]
fn a_table_of_stripe_headers() {
    let (secret, body, at) = ("whsec_stripe_secret_key", "{\"id\":\"evt_1\"}", 1_700_000_000);
    let good = sign::hex(secret, format!("{at}.{body}").as_bytes());
    let wrong = sign::hex("another", format!("{at}.{body}").as_bytes());
    let case = |header: String, now: i64| json!({ "scheme": "stripe", "secret": secret, "headers": { "Stripe-Signature": header }, "body": body, "now": now });
    verdicts(&[
        ("plain", true, case(format!("t={at},v1={good}"), at)),
        ("a second v1 fits", true, case(format!("t={at},v1={wrong},v1={good}"), at)),
        ("v0 beside it", true, case(format!("t={at},v1={good},v0={wrong}"), at)),
        ("only v0 fits", false, case(format!("t={at},v1={wrong},v0={good}"), at)),
        ("no v1", false, case(format!("t={at},v0={good}"), at)),
        ("no t", false, case(format!("v1={good}"), at)),
        ("another t", false, case(format!("t={},v1={good}", at + 1), at)),
        ("300 s old", true, case(format!("t={at},v1={good}"), at + 300)),
        ("301 s old", false, case(format!("t={at},v1={good}"), at + 301)),
        ("300 s early", true, case(format!("t={at},v1={good}"), at - 300)),
        ("301 s early", false, case(format!("t={at},v1={good}"), at - 301)),
        ("17 candidates", false, case(format!("t={at}{},v1={good}", format!(",v1={wrong}").repeat(16)), at)),
        ("empty", false, case(String::new(), at)),
        ("a time beyond i64", false, case(format!("t=99999999999999999999,v1={good}"), at)),
    ]);
}

#[test]
fn repeated_headers_bytes_that_are_no_text_and_broken_lines() {
    let (secret, bytes) = ("a secret of some length", [0xff, 0x00, 0xfe, 0x0a]);
    let good = sign::github(secret, &bytes);
    let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
    let case = |headers: Value| json!({ "scheme": "github", "secret": secret, "headers": headers, "body": encoded, "body_encoding": "base64" });
    verdicts(&[
        ("bytes", true, case(json!({ "X-Hub-Signature-256": good }))),
        ("a list of one", true, case(json!({ "X-Hub-Signature-256": [good] }))),
        ("any case of the name", true, case(json!({ "x-hub-signature-256": good }))),
        ("twice the same", false, case(json!({ "X-Hub-Signature-256": [good, good] }))),
        ("twice by case", false, case(json!({ "X-Hub-Signature-256": good, "x-hub-signature-256": good }))),
        ("none", false, case(json!({}))),
        (
            "an empty secret",
            false,
            json!({ "scheme": "github", "secret": "", "headers": { "X-Hub-Signature-256": sign::github("", b"") }, "body": "" }),
        ),
        ("an unknown scheme", false, json!({ "scheme": "rot13", "secret": secret, "headers": {}, "body": "" })),
    ]);
    let answers = verify(&["{ not json".to_owned(), with_id(&case(json!({ "X-Hub-Signature-256": good })), 7)]);
    assert_eq!(answers.len(), 2, "a broken line does not end the run: {answers:?}");
    assert_eq!((&answers[0]["valid"], &answers[1]["valid"]), (&json!(false), &json!(true)));
}

#[test]
fn ten_thousand_lines_agree_with_an_independent_signer() {
    let mut lines = Vec::new();
    for n in 0..10_000_u32 {
        let (secret, body) =
            (format!("secret number {n}"), format!("{{\"n\":{n},\"text\":\"{}\"}}", "é\\n".repeat(n as usize % 7)));
        let signed = if n % 2 == 0 { body.clone() } else { body.replacen('n', "m", 1) };
        let (scheme, header, value) = match n % 3 {
            0 => ("github", "X-Hub-Signature-256", sign::github(&secret, signed.as_bytes())),
            1 => ("opengate", "X-OpenGate-Secret", sign::hex(&secret, signed.as_bytes())),
            _ => ("hmac-generic", "X-Signature", sign::hex(&secret, signed.as_bytes())),
        };
        lines.push(with_id(
            &json!({ "scheme": scheme, "secret": secret, "headers": { header: value }, "body": body }),
            n as usize,
        ));
    }
    for (n, answer) in verify(&lines).iter().enumerate() {
        assert_eq!(answer["valid"], json!(n % 2 == 0), "line {n}: {answer}");
    }
}
