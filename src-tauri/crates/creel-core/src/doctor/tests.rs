//! The doctor on requests that are broken by hand. The corpus of broken deliveries is a suite of its own, which shares no
//! code with this.

use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::api::doctor::{Diagnosis, Fix, Mistake};
use crate::authenticate::{Catalogue, Key, Scheme, Secret, SignedRequest, schemes, sign_whole};
use crate::clock::UnixMs;
use crate::receive::Headers;

const NOW: UnixMs = UnixMs(1_795_132_800_000);
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfgh4PxVdM=";
const BODY: &[u8] = br#"{"id":"evt_1","type":"push","text":"a/b","n":1.50}"#;

fn key(id: &str, text: &str, expires_at: Option<UnixMs>) -> Key {
    Key { id: id.into(), value: Secret::new(text).unwrap(), expires_at }
}

fn own(text: &str) -> Known {
    Known { key: key("sec_own", text, None), owner: Owner::Own }
}

fn other(name: &str, text: &str) -> Known {
    Known { key: key(name, text, None), owner: Owner::Other(name.to_owned()) }
}

fn signed(scheme: &Scheme, secret: &str, body: &[u8], at: UnixMs) -> Headers {
    let none = Headers::default();
    let request = SignedRequest { method: "POST", url: "http://hooks.example/a", headers: &none, body };
    let whole = sign_whole(scheme, &request, &Secret::new(secret).unwrap(), at, Some("msg_1")).unwrap();
    let mut lines = vec![("Host".to_owned(), Bytes::from_static(b"hooks.example"))];
    lines.extend(whole.headers.into_iter().map(|(name, value)| (name, Bytes::from(value))));
    Headers(lines)
}

fn look(scheme: &Scheme, headers: &Headers, body: &[u8], secrets: Vec<Known>) -> Diagnosis {
    let request = SignedRequest { method: "POST", url: "/a", headers, body };
    diagnose(
        &Case { scheme, schemes: &Catalogue::default(), request, received: NOW, lost: 0, secrets },
        Duration::from_secs(20),
    )
}

fn mistakes(found: &Diagnosis) -> Vec<Mistake> {
    found.causes.first().map(|cause| cause.mistakes.clone()).unwrap_or_default()
}

#[test]
fn a_valid_delivery_has_nothing_to_find() {
    for scheme in ["github", "stripe", "standard-webhooks", "square"] {
        let scheme = schemes::find(scheme).unwrap();
        let found = look(scheme, &signed(scheme, SECRET, BODY, NOW), BODY, vec![own(SECRET)]);
        assert!(!found.needed && found.causes.is_empty(), "{}: {found:?}", scheme.key);
    }
}

#[test]
fn another_trigger_s_secret_is_named_and_offered() {
    for scheme in ["github", "stripe", "standard-webhooks", "slack", "shopify", "square"] {
        let scheme = schemes::find(scheme).unwrap();
        let headers = signed(scheme, SECRET, BODY, NOW);
        let secrets = vec![own("whsec_dGhlIG90aGVyIHNlY3JldA=="), other("github-old", SECRET)];
        let found = look(scheme, &headers, BODY, secrets);
        assert_eq!(mistakes(&found), [Mistake::OtherSecret], "{}: {found:?}", scheme.key);
        assert_eq!(found.sentence, "Signed with the secret of \"github-old\".");
        let offered =
            matches!(&found.causes[0].fixes[0], Fix::UseSecret(target) if target.secret_id.as_str() == "github-old");
        assert!(offered, "{found:?}");
        assert!(!format!("{found:?}").contains(SECRET), "no secret is told");
    }
}

#[test]
fn what_was_done_to_the_body_is_named() {
    let github = schemes::find("github").unwrap();
    let pretty = b"{\n  \"id\": \"evt_1\",\n  \"type\": \"push\",\n  \"text\": \"a/b\",\n  \"n\": 1.50\n}";
    let php = br#"{"id":"evt_1","type":"push","text":"a\/b","n":1.50}"#;
    let lines = [BODY, b"\n"].concat();
    for (sent, came, mistake) in [
        (BODY, &pretty[..], Mistake::BodyRewritten),
        (&pretty[..], BODY, Mistake::BodyRewritten),
        (&php[..], BODY, Mistake::BodyRewritten),
        (BODY, &lines, Mistake::LineEndAdded),
        (&lines, BODY, Mistake::LineEndRemoved),
        (&b"a\r\nb"[..], b"a\nb", Mistake::LineEnds),
        (b"\xef\xbb\xbf{}", b"{}", Mistake::ByteOrderMark),
        (b"", BODY, Mistake::BodyNotSigned),
        (br#"{"a":1}"#, b"payload=%7B%22a%22%3A1%7D", Mistake::FormDecoded),
    ] {
        let found = look(github, &signed(github, SECRET, sent, NOW), came, vec![own(SECRET)]);
        assert_eq!(mistakes(&found), [mistake], "{found:?}");
        assert!(found.causes[0].certain);
    }
}

#[test]
fn a_clock_that_is_off_and_another_unit_are_told_apart() {
    let stripe = schemes::find("stripe").unwrap();
    let late = look(stripe, &signed(stripe, SECRET, BODY, NOW.plus_ms(-720_000)), BODY, vec![own(SECRET)]);
    assert_eq!(mistakes(&late), [Mistake::ClockSkew]);
    assert!(late.sentence.contains("12 minutes behind"), "{}", late.sentence);
    let workos = schemes::find("workos").unwrap();
    let renamed = |headers: Headers| {
        Headers(headers.0.into_iter().map(|(name, value)| (name.replace("WorkOS", "Stripe"), value)).collect())
    };
    let milliseconds = look(stripe, &renamed(signed(workos, SECRET, BODY, NOW)), BODY, vec![own(SECRET)]);
    assert_eq!(mistakes(&milliseconds), [Mistake::TimestampUnit], "{milliseconds:?}");
}

#[test]
fn what_cannot_be_found_is_said_so_and_a_missing_signature_is_no_riddle() {
    let github = schemes::find("github").unwrap();
    let unknown = look(github, &signed(github, "nobody knows this secret", BODY, NOW), BODY, vec![own(SECRET)]);
    assert!(unknown.needed && unknown.complete && unknown.causes.is_empty(), "{unknown:?}");
    assert!(unknown.sentence.starts_with("No cause was found. Tried: 1 secrets"), "{}", unknown.sentence);
    let missing = look(github, &Headers::default(), BODY, vec![own(SECRET)]);
    assert_eq!(mistakes(&missing), [Mistake::SignatureMissing]);
}

#[test]
fn the_time_is_kept_also_where_there_is_too_much_to_try() {
    let github = schemes::find("github").unwrap();
    let secrets: Vec<_> = (0..50).map(|n| other(&format!("t{n}"), &format!("a secret of number {n}"))).collect();
    let body = format!("{{\"text\":\"{}\"}}", "a/é<\\n".repeat(200_000));
    let headers = signed(github, "nobody knows this secret", body.as_bytes(), NOW);
    let request = SignedRequest { method: "POST", url: "/a", headers: &headers, body: body.as_bytes() };
    let shipped = Catalogue::default();
    let case = Case { scheme: github, schemes: &shipped, request, received: NOW, lost: 0, secrets };
    let found = diagnose(&case, Duration::from_millis(50));
    assert!(!found.complete && found.causes.is_empty(), "{found:?}");
    assert!(found.sentence.contains("in the time there is"), "{}", found.sentence);
}
