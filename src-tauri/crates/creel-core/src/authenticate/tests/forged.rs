//! `trust.md` T01, T02, T04: what a forger sends, scheme by scheme. All of it is refused, and nothing panics.

use super::*;
use crate::delivery::ReasonCode;

/// Ways to spoil a signature's value. `value` is the genuine one, `digest` the part that is the digest.
fn spoiled(value: &str, digest: &str) -> Vec<String> {
    let with = |other: &str| value.replace(digest, other);
    let upside = |b: u8| (b ^ 1) as char;
    let first: String = std::iter::once(upside(digest.as_bytes()[0])).chain(digest.chars().skip(1)).collect();
    let (rest, tail) = digest.split_at(digest.len() - 3);
    let last = format!("{rest}{}{}", upside(tail.as_bytes()[0]), &tail[1..]);
    let mut all = vec![
        String::new(),
        " ".into(),
        ",".into(),
        "v1,".into(),
        "sha256=".into(),
        "sha1=".into(),
        "null".into(),
        "undefined".into(),
        "true".into(),
        with(""),
        with(&first),
        with(&last),
        with(&digest.chars().rev().collect::<String>()),
        with(&format!("{digest}{digest}")),
        with(&format!("{digest}0")),
        with(&format!("0x{digest}")),
        with(&format!("\"{digest}\"")),
        with(&format!("{digest}\0")),
        with(&format!("{digest};")),
        with(&digest.replacen(|c: char| c.is_ascii_digit(), "\u{0661}", 1)),
        with(&digest.replacen(|c: char| c.is_ascii_digit(), "\u{ff11}", 1)),
        with(&"0".repeat(digest.len())),
        with(&"f".repeat(digest.len())),
        with(&"=".repeat(digest.len())),
        with(&" ".repeat(digest.len())),
        with("%00"),
        with("{{secret}}"),
        with("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        with("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        format!("{value},"),
        format!(",{value}"),
        format!("sha1={value}"),
        format!("SHA256={value}"),
        format!("{value}\u{a0}"),
        "a".repeat(5000),
        vec!["v1=00"; 17].join(","),
        SECRET.to_owned() + "x",
    ];
    all.extend((1..digest.len().min(32)).map(|cut| with(&digest[..digest.len() - cut])));
    all.retain(|v| v != value);
    all
}

fn digest_of(scheme: &Scheme, value: &str) -> String {
    match &scheme.parse {
        Parse::Prefix(prefix) | Parse::AnyCasePrefix(prefix) => value[prefix.len()..].to_owned(),
        Parse::List { split, kv, pick } => {
            let item = value.split(*split).find_map(|item| item.split_once(*kv).filter(|(key, _)| key == pick));
            item.expect("a signed list has the item").1.to_owned()
        }
    }
}

#[test]
fn no_spoiled_signature_is_taken() {
    for scheme in every() {
        let genuine = genuine(scheme, BODY, NOW);
        assert!(genuine.check(scheme, NOW).is_ok(), "{}: {:?}", scheme.key, genuine.check(scheme, NOW));
        let value = genuine.signature(scheme);
        let wrong = spoiled(&value, &digest_of(scheme, &value));
        assert!(wrong.len() >= 40);
        for value in wrong {
            let answer = genuine.with_signature(scheme, &value).check(scheme, NOW);
            let rejected = answer.expect_err(&format!("{} took {value:?}", scheme.key));
            assert!(rejected.words.lines().count() == 1 && rejected.words.len() < 400, "{}", rejected.words);
        }
    }
}

#[test]
fn a_secret_that_is_not_the_one_and_a_changed_body_are_refused_by_every_scheme() {
    for scheme in every() {
        let genuine = genuine(scheme, BODY, NOW);
        let other = Genuine { secret: scheme.new_secret(&[9; 32]).expose().to_owned(), ..genuine.clone() };
        assert!(other.check(scheme, NOW).is_err(), "{} under another secret", scheme.key);
        if scheme.signs_body() {
            let body = String::from_utf8(genuine.body.clone()).expect("text").replace("opened", "closed");
            assert!(
                Genuine { body: body.into(), ..genuine }.check(scheme, NOW).is_err(),
                "{}: another body",
                scheme.key
            );
        }
    }
}

#[test]
fn upper_case_hex_is_the_same_signature() {
    for key in ["github", "opengate", "hmac-generic", "slack"] {
        let scheme = schemes::find(key).expect("shipped");
        let mut lines = signed(scheme, BODY, NOW);
        let last = lines.last_mut().expect("the signature");
        let digest = digest_of(scheme, &last.1);
        last.1 = last.1.replace(&digest, &digest.to_uppercase());
        assert!(check(key, &owned(&lines), BODY, SECRET, NOW).is_ok(), "{key}");
    }
}

#[test]
fn a_header_of_the_proof_that_is_missing_or_repeated_is_refused() {
    for scheme in every() {
        let genuine = genuine(scheme, BODY, NOW);
        let proof = scheme.headers();
        let fixed = |name: &str| scheme.fixed.iter().any(|(own, _)| own == name);
        for at in (0..genuine.lines.len()).filter(|&at| genuine.lines[at].0 != "Content-Type") {
            let (name, value) = genuine.lines[at].clone();
            let mut twice = genuine.clone();
            twice.lines.push((name.to_lowercase(), value));
            let rejected = twice.check(scheme, NOW).expect_err("repeated");
            assert_eq!(rejected.reason, ReasonCode::RepeatedHeader, "{} {name}", scheme.key);

            let mut without = genuine.clone();
            without.lines.remove(at);
            let needed = scheme.proof_headers().any(|header| header == name)
                || fixed(&name)
                || scheme.id.as_ref().is_some_and(|rule| rule.required);
            assert!(proof.contains(&name.as_str()), "{} signs with {name}", scheme.key);
            assert_eq!(without.check(scheme, NOW).is_err(), needed, "{} without {name}", scheme.key);
        }
    }
}

#[test]
fn the_reason_says_what_is_wrong() {
    let github = schemes::find("github").expect("shipped");
    let reason = |lines: &[(&str, &str)]| {
        verify(github, &request(&headers(lines.to_vec()), BODY), &[key(SECRET, None)], NOW).expect_err("forged").reason
    };
    let old = ("X-Hub-Signature", "sha1=0000000000000000000000000000000000000000");
    assert_eq!(reason(&[]), ReasonCode::SignatureMissing);
    assert_eq!(reason(&[old]), ReasonCode::SignatureMissing, "GitHub's older header is never looked at");
    assert_eq!(reason(&[("X-Hub-Signature-256", "")]), ReasonCode::SignatureMissing);
    assert_eq!(reason(&[("X-Hub-Signature-256", "sha256=00")]), ReasonCode::SignatureMalformed);
    let zeros = format!("sha256={}", "0".repeat(64));
    assert_eq!(reason(&[("X-Hub-Signature-256", &zeros)]), ReasonCode::SignatureMismatch);
}

#[test]
fn a_time_outside_the_window_or_no_time_at_all_is_refused() {
    for scheme in every() {
        let Some(rule) = &scheme.timestamp else { continue };
        let Tolerance { past, future } = rule.tolerance;
        let genuine = genuine(scheme, BODY, NOW);
        let times = [(past, true), (past + 1, false), (-future, true), (-future - 1, false), (i64::MAX / 1000, false)];
        for (seconds, fresh) in times {
            let answer = genuine.check(scheme, NOW.plus_ms(seconds.saturating_mul(1000)));
            assert_eq!(answer.is_ok(), fresh, "{} {seconds} s", scheme.key);
        }
        let extremes = ["9223372036854775807", "-9223372036854775808", &"9".repeat(30), "", "١٧٩٥١٣٢٨٠٠", "1e9", "NaN"];
        let sent = timestamp::written(NOW, rule.unit);
        for time in extremes {
            let mut other = genuine.clone();
            other.lines.iter_mut().for_each(|(_, value)| *value = value.replace(&sent, time));
            other.body = String::from_utf8(other.body).expect("text").replace(&sent, time).into();
            let rejected = other.check(scheme, NOW).expect_err("no time");
            // A time in a body may end its JSON, and milliseconds reach as far as 64 bits.
            let in_body = matches!(rule.from[0], Selector::Json(_)) || rule.unit == Unit::Milliseconds;
            assert!(in_body || rejected.reason == ReasonCode::TimestampInvalid, "{} {time}", scheme.key);
        }
    }
}

#[test]
fn a_body_that_is_no_text_or_a_bomb_of_fields_is_refused_without_a_panic() {
    let fields = "a=b&".repeat(200_000);
    let many = format!("{{\"value\":[{}]}}", vec!["{\"clientState\":\"x\"}"; 5000].join(","));
    let bodies =
        [&b"\xff\xfe\x00"[..], b"", b"{", b"[]", b"[[[[", b"=&=&&", b"%zz=%", fields.as_bytes(), many.as_bytes()];
    for scheme in every() {
        let genuine = genuine(scheme, BODY, NOW);
        for body in bodies {
            let other = Genuine { body: body.to_vec(), ..genuine.clone() };
            let taken = other.check(scheme, NOW).is_ok();
            // A token says nothing of the body, and neither does Gitea's rule of a body that is no form.
            assert!(
                !taken || !scheme.signs_body() && takes_any_body(scheme),
                "{}: {:?}",
                scheme.key,
                &body[..body.len().min(9)]
            );
        }
    }
}

#[test]
fn of_several_items_every_one_has_to_fit() {
    let adyen = schemes::find("adyen-payments").expect("shipped");
    let item = |n: u32| format!(r#"{{"NotificationRequestItem":{{"pspReference":"{n}","amount":{{"value":{n}}}}}}}"#);
    let body = format!(r#"{{"notificationItems":[{},{}]}}"#, item(1), item(2));
    let genuine = genuine(adyen, body.as_bytes(), NOW);
    assert!(genuine.check(adyen, NOW).is_ok(), "{:?}", genuine.check(adyen, NOW));
    let text = String::from_utf8(genuine.body.clone()).expect("text");
    for changed in [text.replace(r#""value":2"#, r#""value":3"#), text.replace(r#""value":1"#, r#""value":3"#)] {
        assert!(Genuine { body: changed.into(), ..genuine.clone() }.check(adyen, NOW).is_err());
    }
    let none = Genuine { body: br#"{"notificationItems":[]}"#.to_vec(), ..genuine };
    assert_eq!(none.check(adyen, NOW).expect_err("nothing is signed").reason, ReasonCode::SignatureMissing);
}

#[test]
fn a_list_with_two_times_is_ambiguous() {
    let stripe = schemes::find("stripe").expect("shipped");
    let mut lines = signed(stripe, BODY, NOW);
    lines[0].1 = format!("t=1,{}", lines[0].1);
    let rejected = check("stripe", &owned(&lines), BODY, SECRET, NOW).expect_err("two times");
    assert_eq!(rejected.words, "Stripe-Signature has more than one t");
}

#[test]
fn a_token_is_never_repeated_in_a_message() {
    let rejected = check("plain-secret", &headers([("x-webhook-secret", "nearly-right")]), BODY, "right", NOW);
    let words = rejected.expect_err("wrong token").words;
    assert_eq!(words, "the token is not the secret");
}
