//! A genuine request with any time in place of its own, at any hour of the receiver: only its own time is taken.

use bytes::Bytes;
use creel_core::authenticate::{Key, Selector, SignedRequest, sign, verify};
use creel_core::clock::UnixMs;
use creel_core::receive::Headers;

use super::signature::{NOW, picked};
use super::text;

const BODY: &[u8] = br#"{"type":"push"}"#;

/// Which scheme, the receiver's clock (eight bytes), then the time's text.
pub fn run(data: &[u8]) {
    let Some(([pick, clock @ ..], time)) = data.split_first_chunk::<9>() else { return };
    let (scheme, secret) = picked(*pick);
    let time = text(time);
    let Some(rule) = &scheme.timestamp else { return };
    let none = Headers::default();
    let unsigned = SignedRequest { method: "POST", url: "http://127.0.0.1/hooks/a", headers: &none, body: BODY };
    // A time in the body is the signature target's.
    let Ok(mut lines) = sign(scheme, &unsigned, secret, NOW, Some("evt_1")) else { return };
    let own = match &rule.from[0] {
        Selector::Header(name) => replace(&mut lines, name, None, &time),
        Selector::Sig(item) => replace(&mut lines, scheme.headers()[0], Some(item), &time),
        _ => return,
    };
    let lines = lines.into_iter().map(|(name, value)| (name, Bytes::from(value)));
    let headers = Headers(lines.collect());
    let request = SignedRequest { headers: &headers, ..unsigned };
    let key = Key { id: "key".into(), value: secret.clone(), expires_at: None };
    let taken = verify(scheme, &request, &[key], UnixMs(i64::from_le_bytes(*clock)));
    assert!(taken.is_err() || own == time, "{} takes the time {time:?}, not only {own:?}", scheme.key);
}

/// Puts `time` into a header, or into an item of its list; what stood there.
fn replace(lines: &mut [(String, String)], name: &str, item: Option<&str>, time: &str) -> String {
    let Some((_, value)) = lines.iter_mut().find(|(own, _)| own.eq_ignore_ascii_case(name)) else {
        return String::new();
    };
    let start = item.map_or(0, |item| item.len() + 1);
    let end = item.map_or(value.len(), |_| value.find([',', ';']).unwrap_or(value.len()));
    let own = value[start..end].to_owned();
    value.replace_range(start..end, time);
    own
}
