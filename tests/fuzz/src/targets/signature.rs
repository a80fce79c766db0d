//! Any headers, address and body under any scheme: refused, without a panic; and what is shown of it can be made.

use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use creel_core::api::deliveries::CheckState;
use creel_core::authenticate::{
    Catalogue, Key, Scheme, Secret, Selector, SignedRequest, Surroundings, claim, explain, schemes, verify,
};
use creel_core::clock::UnixMs;
use creel_core::doctor::{Case, Known, Owner, diagnose};
use creel_core::receive::Headers;

use super::{parts, text};

/// 2026-11-20T00:00:00Z.
pub(super) const NOW: UnixMs = UnixMs(1_795_132_800_000);

/// What the second byte of an input asks for beside the check.
const TWICE: u8 = 1;
const FORM: u8 = 2;
const OTHER_FIXED: u8 = 4;
const DOCTOR: u8 = 0x88;

/// As much as the doctor gets here: an input has a second, and there are many.
const DOCTOR_BUDGET: Duration = Duration::from_millis(5);

/// A secret for each scheme, in their order.
static SECRETS: LazyLock<Vec<Secret>> =
    LazyLock::new(|| schemes::all().iter().map(|scheme| scheme.new_secret(&[7; 32])).collect());

/// A scheme and its secret, by a byte of the input.
pub(super) fn picked(by: u8) -> (&'static Scheme, &'static Secret) {
    let n = usize::from(by) % schemes::all().len();
    (&schemes::all()[n], &SECRETS[n])
}

/// Which scheme, what beside it, then: signature, time, id, address, body.
pub fn run(data: &[u8]) {
    let [pick, ask, rest @ ..] = data else { return };
    let (scheme, secret) = picked(*pick);
    let [signature, time, id, address, body] = parts(rest);
    let headers = headers(scheme, *ask, [signature, time, id]);
    let url = format!("http://127.0.0.1/hooks/a?token={}&{}", text(signature), text(address));
    let request = SignedRequest { method: "POST", url: &url, headers: &headers, body };
    let key = Key { id: "key".into(), value: secret.clone(), expires_at: None };
    let taken = verify(scheme, &request, std::slice::from_ref(&key), NOW);
    // A token can be guessed, if slowly; a signature cannot.
    assert!(taken.is_err() || scheme.sends_secret(), "{} takes {request:?}", scheme.key);
    let _ = claim(scheme, &headers);
    let report = explain(scheme, &request, std::slice::from_ref(&key), NOW, around());
    assert!(report.steps.len() >= 9, "{}: {} steps", scheme.key, report.steps.len());
    if ask & DOCTOR == DOCTOR {
        let known = Known { key, owner: Owner::Own };
        let case =
            Case { scheme, schemes: &Catalogue::default(), request, received: NOW, lost: 0, secrets: vec![known] };
        let _ = diagnose(&case, DOCTOR_BUDGET);
    }
}

fn headers(scheme: &Scheme, ask: u8, [signature, time, id]: [&[u8]; 3]) -> Headers {
    let mut lines = Vec::new();
    let mut add = |name: &str, value: &[u8]| lines.push((name.to_owned(), Bytes::copy_from_slice(value)));
    let kind: &[u8] = if ask & FORM == 0 { b"application/json" } else { b"application/x-www-form-urlencoded" };
    add("Content-Type", kind);
    let times = scheme.timestamp.iter().flat_map(|rule| &rule.from).filter_map(Selector::header);
    times.for_each(|name| add(name, time));
    scheme.id.iter().flat_map(|rule| &rule.from).filter_map(Selector::header).for_each(|name| add(name, id));
    for (name, value) in &scheme.fixed {
        add(name, if ask & OTHER_FIXED == 0 { value.as_bytes() } else { id });
    }
    for name in scheme.signature.iter().filter_map(Selector::header) {
        (0..1 + (ask & TWICE)).for_each(|_| add(name, signature));
    }
    Headers(lines)
}

fn around() -> Surroundings {
    let step = || (CheckState::Pass, "as it should be".to_owned());
    Surroundings { endpoint: step(), rate: step(), address: step(), duplicate: None }
}
