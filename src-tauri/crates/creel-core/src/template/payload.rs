//! What `payload` is: the JSON document, the form's fields, or the text.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::receive::Headers;

/// Reads a body as its Content-Type says: a form as its fields (or, where it has a JSON field `payload`, as that, which is
/// how GitHub and Slack send forms); everything else as JSON if it is JSON, and as text if it is not.
pub(super) fn read(headers: &Headers, body: &Bytes) -> Value {
    if is_form(headers) {
        return form(body);
    }
    serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()))
}

/// Whether the sender says that the body is a form.
pub(super) fn is_form(headers: &Headers) -> bool {
    let media = headers.text("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    media.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn form(body: &[u8]) -> Value {
    let mut fields = Map::new();
    for pair in body.split(|&b| b == b'&').filter(|pair| !pair.is_empty()) {
        let at = pair.iter().position(|&b| b == b'=');
        let (name, value) = at.map_or((pair, &b""[..]), |at| (&pair[..at], &pair[at + 1..]));
        add(&mut fields, decoded(name), Value::String(decoded(value)));
    }
    match fields.get("payload").and_then(Value::as_str).and_then(|text| serde_json::from_str(text).ok()) {
        Some(payload @ (Value::Object(_) | Value::Array(_))) => payload,
        _ => Value::Object(fields),
    }
}

/// A name that comes again makes a list of its values.
fn add(fields: &mut Map<String, Value>, name: String, value: Value) {
    match fields.get_mut(&name) {
        None => drop(fields.insert(name, value)),
        Some(Value::Array(values)) => values.push(value),
        Some(one) => *one = Value::Array(vec![one.take(), value]),
    }
}

fn decoded(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let escape = text.get(at + 1..at + 3).filter(|_| text[at] == b'%').and_then(byte);
        out.push(match (text[at], escape) {
            (_, Some(byte)) => byte,
            (b'+', None) => b' ',
            (other, None) => other,
        });
        at += if escape.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn byte(hex: &[u8]) -> Option<u8> {
    let mut byte = [0];
    hex::decode_to_slice(hex, &mut byte).ok().map(|()| byte[0])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn payload(media: &str, body: &str) -> Value {
        let headers = Headers(vec![("Content-Type".into(), Bytes::copy_from_slice(media.as_bytes()))]);
        read(&headers, &Bytes::copy_from_slice(body.as_bytes()))
    }

    #[test]
    fn a_body_is_what_its_type_says() {
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        for (media, body, expected) in [
            ("application/json", r#"{"a":1}"#, json!({"a": 1})),
            ("text/plain", r#"{"a":1}"#, json!({"a": 1})),
            ("application/json", r#"{"a":1"#, json!(r#"{"a":1"#)),
            (form, "a=1&b=x+y%21&a=2&c&%zz=%", json!({"a": ["1", "2"], "b": "x y!", "c": "", "%zz": "%"})),
            (form, "payload=%7B%22action%22%3A%22opened%22%7D", json!({"action": "opened"})),
            (form, "payload=not+json", json!({"payload": "not json"})),
            (form, "", json!({})),
            ("text/plain", "plain é", json!("plain é")),
        ] {
            assert_eq!(payload(media, body), expected, "{media} {body}");
        }
    }
}
