//! Any text as a user's scheme: refused with reasons, or one that can be written, read again, signed and checked with.

use bytes::Bytes;
use creel_core::authenticate::own::check;
use creel_core::authenticate::record::{from_yaml, record_of, to_yaml};
use creel_core::authenticate::{Key, Scheme, SignedRequest, sign_whole, verify};
use creel_core::receive::Headers;

use super::signature::NOW;
use super::text;

const BODY: &[u8] = br#"{"id":"evt_1","type":"push","a":{"b":[1,"x"]},"challenge":"c"}"#;

/// The text of a record.
pub fn run(data: &[u8]) {
    let Ok(record) = from_yaml(&text(data)) else { return };
    let checked = check(&record);
    if !checked.problems.is_empty() {
        checked
            .problems
            .iter()
            .for_each(|wrong| assert!(!wrong.words.is_empty() && !wrong.hint.is_empty(), "{wrong:?}"));
        return;
    }
    let scheme = checked.scheme.unwrap_or_else(|| panic!("nothing is wrong, and nothing is meant: {record:?}"));
    written_and_read(&scheme);
    signed_and_checked(&scheme);
}

/// What is exported can be imported, and signs the same.
fn written_and_read(scheme: &Scheme) {
    let written = to_yaml(&record_of(scheme)).unwrap_or_else(|error| panic!("{error}"));
    let read = from_yaml(&written).unwrap_or_else(|error| panic!("{error}: {written}"));
    let again = check(&read).scheme.unwrap_or_else(|| panic!("it means nothing any more: {written}"));
    assert_eq!((&again.signed, &again.parse), (&scheme.signed, &scheme.parse), "{written}");
}

fn signed_and_checked(scheme: &Scheme) {
    let secret = scheme.new_secret(&[7; 32]);
    let none = Headers::default();
    let unsigned = SignedRequest { method: "POST", url: "http://127.0.0.1/hooks/a?b=c", headers: &none, body: BODY };
    let Ok(signed) = sign_whole(scheme, &unsigned, &secret, NOW, Some("evt_1")) else { return };
    let lines = signed.headers.into_iter().map(|(name, value)| (name, Bytes::from(value)));
    let (headers, body) = (Headers(lines.collect()), signed.body.unwrap_or_else(|| BODY.to_vec()));
    let request = SignedRequest { headers: &headers, body: &body, ..unsigned };
    let key = Key { id: "key".into(), value: secret, expires_at: None };
    let _ = verify(scheme, &request, &[key], NOW);
}
