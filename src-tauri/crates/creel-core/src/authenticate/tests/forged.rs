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
    all.extend((1..32).map(|cut| with(&digest[..digest.len() - cut])));
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
    for scheme in schemes::all() {
        let genuine = signed(scheme, BODY, NOW);
        assert!(check(&scheme.key, &owned(&genuine), BODY, SECRET, NOW).is_ok(), "{} as it should be", scheme.key);
        let at = genuine.iter().position(|(name, _)| name == scheme.signature_name()).expect("the signature's header");
        let wrong = spoiled(&genuine[at].1, &digest_of(scheme, &genuine[at].1));
        assert!(wrong.len() >= 40);
        for value in wrong {
            let mut lines = genuine.clone();
            lines[at].1 = value.clone();
            let answer = check(&scheme.key, &owned(&lines), BODY, SECRET, NOW);
            let rejected = answer.expect_err(&format!("{} took {value:?}", scheme.key));
            assert!(rejected.words.lines().count() == 1 && rejected.words.len() < 400, "{}", rejected.words);
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
    for scheme in schemes::all() {
        let genuine = signed(scheme, BODY, NOW);
        for at in 0..genuine.len() {
            let mut twice = genuine.clone();
            twice.push((genuine[at].0.to_lowercase(), genuine[at].1.clone()));
            let rejected = check(&scheme.key, &owned(&twice), BODY, SECRET, NOW).expect_err("repeated");
            assert_eq!(rejected.reason, ReasonCode::RepeatedHeader, "{} {}", scheme.key, genuine[at].0);

            let mut without = genuine.clone();
            let (name, _) = without.remove(at);
            let answer = check(&scheme.key, &owned(&without), BODY, SECRET, NOW);
            let needed = scheme.proof_headers().any(|header| header == name)
                || scheme.id.as_ref().is_some_and(|rule| rule.required);
            assert_eq!(answer.is_err(), needed, "{} without {name}", scheme.key);
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
    for scheme in schemes::all().iter().filter(|scheme| scheme.timestamp.is_some()) {
        for (seconds, fresh) in [(299, true), (301, false), (-299, true), (-301, false), (i64::MAX / 1000, false)] {
            let lines = signed(scheme, BODY, NOW);
            let answer = check(&scheme.key, &owned(&lines), BODY, SECRET, NOW.plus_ms(seconds.saturating_mul(1000)));
            assert_eq!(answer.is_ok(), fresh, "{} {seconds} s", scheme.key);
        }
        let extremes = ["9223372036854775807", "-9223372036854775808", &"9".repeat(30), "", "١٧٩٥١٣٢٨٠٠", "1e9", "NaN"];
        for time in extremes {
            let mut lines = signed(scheme, BODY, NOW);
            let sent = NOW.seconds().to_string();
            lines.iter_mut().for_each(|(_, value)| *value = value.replace(&sent, time));
            let rejected = check(&scheme.key, &owned(&lines), BODY, SECRET, NOW).expect_err("no time");
            assert_eq!(rejected.reason, ReasonCode::TimestampInvalid, "{} {time}", scheme.key);
        }
    }
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
