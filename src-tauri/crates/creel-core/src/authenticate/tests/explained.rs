//! The nine steps, and the shell line, which is run.

use super::*;
use crate::api::deliveries::{CheckState, SignatureReport};

fn around() -> Surroundings {
    Surroundings {
        endpoint: (CheckState::Pass, "/hooks/a is enabled".into()),
        rate: (CheckState::NotUsed, "no limit".into()),
        address: (CheckState::Pass, "127.0.0.1; everyone is allowed".into()),
        duplicate: None,
    }
}

fn report(scheme: &Scheme, lines: &[(String, String)], keys: &[Key], now: UnixMs) -> SignatureReport {
    explain(scheme, &request(&owned(lines), BODY), keys, now, around())
}

fn states(report: &SignatureReport) -> String {
    let letter = |state| match state {
        CheckState::Pass => 'P',
        CheckState::Fail => 'F',
        CheckState::NotUsed => '-',
        CheckState::NotReached => '.',
    };
    assert!(report.steps.iter().enumerate().all(|(n, step)| usize::from(step.number) == n + 1));
    report.steps.iter().map(|step| letter(step.state)).collect()
}

#[test]
fn every_step_says_how_it_went() {
    let github = schemes::find("github").expect("shipped");
    let genuine = signed(github, BODY, NOW);
    let good = report(github, &genuine, &[key(SECRET, None)], NOW);
    assert_eq!(states(&good), "P-P-PPPPP");
    assert!(good.valid);
    assert_eq!(good.conclusion, "The signature is valid.");
    assert_eq!(good.scheme_words, "GitHub: X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the raw body>");
    assert_eq!(good.steps[5].words, "sha256= and 64 hex digits");
    assert_eq!(good.steps[6].words, format!("the body, {} bytes", BODY.len()));
    assert_eq!(good.signed_string.as_deref().map(str::as_bytes), Some(BODY));

    let forged = report(github, &genuine, &[key("another secret", None)], NOW);
    assert_eq!(states(&forged), "P-P-PPPF.");
    assert_eq!(forged.conclusion, "The signature does not fit the body under the secret.");
    let (expected, received) = forged.steps[7].words.split_once(", received ").expect("both are shown");
    assert!(expected.starts_with("expected ") && expected.len() == "expected ".len() + "9f2c…a1".len(), "{expected}");
    assert_eq!(received, format!("{}…{}", &genuine[1].1[7..11], &genuine[1].1[69..]));

    let keys = [key("another secret", None), key(SECRET, Some(NOW.plus_ms(1)))];
    let previous = report(github, &genuine, &keys, NOW);
    assert_eq!(previous.conclusion, "The signature is valid under the previous secret.");
    assert!(previous.steps[7].words.ends_with(" (previous secret)"), "{}", previous.steps[7].words);

    assert_eq!(states(&report(github, &[], &[key(SECRET, None)], NOW)), "P-P-F....");
    let sha1 = [("X-Hub-Signature-256".to_owned(), "sha1=00".to_owned())];
    assert_eq!(states(&report(github, &sha1, &[key(SECRET, None)], NOW)), "P-P-PF...");
    assert_eq!(states(&report(github, &genuine, &[], NOW)), "P-P-PPPF.");
}

#[test]
fn an_earlier_refusal_leaves_the_rest_unreached() {
    let github = schemes::find("github").expect("shipped");
    let lines = owned(&signed(github, BODY, NOW));
    let refused = Surroundings { address: (CheckState::Fail, "10.0.0.1 is not on the allowlist".into()), ..around() };
    let report = explain(github, &request(&lines, BODY), &[key(SECRET, None)], NOW, refused);
    assert_eq!(states(&report), "P-F-.....");
}

#[test]
fn the_skew_of_the_clocks_is_measured() {
    let stripe = schemes::find("stripe").expect("shipped");
    let lines = signed(stripe, BODY, NOW);
    let stale = report(stripe, &lines, &[key(SECRET, None)], NOW.plus_ms(720_000));
    assert_eq!(states(&stale), "P-P-PPPPF");
    assert_eq!(
        stale.steps[8].words,
        "the sender's time is 12 minutes behind the receiver's clock; 5 minutes are allowed"
    );
    assert_eq!(stale.signed_string.as_deref(), Some(&*format!("1795132800.{}", String::from_utf8_lossy(BODY))));
    let around = Surroundings { duplicate: Some("the event id evt_1 came before".into()), ..around() };
    let again = explain(stripe, &request(&owned(&lines), BODY), &[key(SECRET, None)], NOW, around);
    assert_eq!(states(&again), "P-P-PPPPF");
    assert!(again.steps[8].words.ends_with("; the event id evt_1 came before"));
    assert!(again.valid, "a duplicate is genuine");
}

#[test]
fn a_token_has_one_step_and_is_not_shown() {
    let plain = schemes::find("plain-secret").expect("shipped");
    let lines = signed(plain, BODY, NOW);
    assert_eq!(states(&report(plain, &lines, &[key(SECRET, None)], NOW)), "P-PP----P");
    let wrong = report(plain, &lines, &[key("another", None)], NOW);
    assert_eq!(states(&wrong), "P-PF----.");
    let text = format!("{wrong:?}");
    assert!(!text.contains(SECRET) && !text.contains("another"));
}

#[test]
fn no_report_holds_a_secret_or_a_whole_expected_signature() {
    let readable = |scheme: &&Scheme| takes_any_body(scheme) && scheme.check_secret(&secret(SECRET)).is_ok();
    for scheme in every().filter(readable).filter(|scheme| scheme.signature[0].header().is_some()) {
        let lines = signed(scheme, BODY, NOW);
        let expected = mac_of(scheme, "whsec_dGhlIG90aGVyIHNlY3JldA==");
        let text = format!("{:?}", report(scheme, &lines, &[key("whsec_dGhlIG90aGVyIHNlY3JldA==", None)], NOW));
        assert!(!text.contains("dGhlIG90aGVyIHNlY3JldA") && !text.contains(&expected), "{}", scheme.key);
    }
}

fn mac_of(scheme: &Scheme, text: &str) -> String {
    let none = Headers::default();
    let lines = sign(scheme, &request(&none, BODY), &secret(text), NOW, Some("evt_1")).expect("signed");
    let value = lines.last().expect("a signature").1.clone();
    value[value.len().saturating_sub(40)..].to_owned().trim_matches('=').to_owned()
}

/// Runs the line as a user would: pasted into a shell, with SECRET set and the body saved beside it.
#[test]
fn the_shell_line_prints_the_signature() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(reproduce::BODY_FILE), BODY).expect("the body");
    for scheme in properties::every() {
        if scheme.signature[0].header().is_none() || reproduce(&scheme, "POST", URL, "1", "1").is_empty() {
            continue;
        }
        for text in [SECRET, "whsec_LWRhc2ggJ3F1b3RlZCcgIiQoaWQpIg==", "-dash $(id) 'quoted' \"twice\" é"] {
            if scheme.check_secret(&secret(text)).is_err() {
                continue;
            }
            let none = Headers::default();
            let id = "it's \"$(id)\" \\n %s";
            let lines = sign(&scheme, &request(&none, BODY), &secret(text), NOW, Some(id)).expect("signed");
            let report = explain(&scheme, &request(&owned(&lines), BODY), &[key(text, None)], NOW, around());
            assert!(report.valid, "{}", report.conclusion);
            let mut shell = std::process::Command::new("sh");
            shell.arg("-c").arg(&report.reproduce).env("SECRET", text).current_dir(folder.path());
            let out = shell.output().expect("a shell");
            let printed = String::from_utf8_lossy(&out.stdout).trim().to_owned();
            let value = &lines.last().expect("a signature").1;
            assert!(!printed.is_empty() && value.ends_with(&printed), "{}: {printed:?} {value}", report.reproduce);
        }
    }
}
