//! A delivery of GitHub's as `act` (nektos/act) runs workflows with it: the payload as a file, and the line to type.
//! Source of the flags: nektos/act, `cmd/root.go` (`-e`, `--eventpath`; the event is the first argument), read on 2026-11-21.

use std::borrow::Cow;

use url::form_urlencoded;

use crate::api::act::ActExport;
use crate::error::{ApiError, ErrorCode};
use crate::receive::Headers;

/// The file's name.
pub const FILE: &str = "event.json";
/// The header that names the event.
const EVENT: &str = "x-github-event";
/// Longer than any event's name.
const EVENT_MOST: usize = 64;
/// What GitHub sends when a hook is made; no workflow starts by it.
const PING: &str = "ping";

/// What is exported, and how it is run. `lost`: bytes of the body that were not kept. An error says why it cannot be.
pub fn export(headers: &Headers, body: &[u8], lost: i64) -> Result<ActExport, ApiError> {
    let event = headers.text(EVENT).ok_or_else(|| {
        no("it is no delivery of GitHub's: it has no X-GitHub-Event", "only events of GitHub's start workflows")
    })?;
    let word = !event.is_empty() && event.len() <= EVENT_MOST;
    // It becomes a word of a command line.
    if !word || !event.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
        return Err(no(&format!("\"{event}\" is no event's name"), "it has to be one such as push or pull_request"));
    }
    if event == PING {
        return Err(no("no workflow starts by a ping", "choose a delivery of another event"));
    }
    if lost > 0 {
        return Err(no("only the beginning of its body was kept", "have GitHub deliver it again"));
    }
    let payload = payload(headers, body)?;
    serde_json::from_slice::<serde::de::IgnoredAny>(&payload)
        .map_err(|error| no(&format!("its body is no JSON: {error}"), "the payload has to be JSON"))?;
    let payload = String::from_utf8(payload.into_owned())
        .map_err(|error| no(&format!("its body is no text: {error}"), "the payload has to be JSON"))?;
    let command = format!("act {event} -e {FILE}");
    Ok(ActExport { event: event.to_owned(), file: FILE.to_owned(), command, payload })
}

/// The body exactly, or what a form's field `payload` holds.
fn payload<'a>(headers: &Headers, body: &'a [u8]) -> Result<Cow<'a, [u8]>, ApiError> {
    let kind = headers.text("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(Cow::Borrowed(body));
    }
    let field = form_urlencoded::parse(body).find(|(name, _)| name == "payload");
    let (_, value) = field.ok_or_else(|| no("its form has no field payload", "GitHub's forms carry the JSON there"))?;
    Ok(Cow::Owned(value.into_owned().into_bytes()))
}

fn no(why: &str, hint: &str) -> ApiError {
    ApiError::new(ErrorCode::Invalid, why).hint(hint)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn headers(event: Option<&str>, kind: &str) -> Headers {
        let event = event.map(|event| ("X-GitHub-Event".to_owned(), event.to_owned().into()));
        let kind = ("Content-Type".to_owned(), kind.to_owned().into());
        Headers(event.into_iter().chain([kind]).collect())
    }

    #[test]
    fn the_payload_is_the_body_and_the_line_names_its_event() {
        let body = b"{ \"ref\" : \"refs/heads/main\" }\n";
        let made = export(&headers(Some("pull_request"), "application/json"), body, 0).unwrap();
        assert_eq!((made.command.as_str(), made.payload.as_bytes()), ("act pull_request -e event.json", &body[..]));
        let form = b"payload=%7B%22a%22%3A%22b+c%26%22%7D";
        let made = export(&headers(Some("push"), "application/x-www-form-urlencoded; charset=utf-8"), form, 0).unwrap();
        assert_eq!(made.payload, r#"{"a":"b c&"}"#);
    }

    #[test]
    fn what_act_cannot_run_says_why() {
        let json = "application/json";
        for (headers, body, lost, words) in [
            (headers(None, json), "{}", 0, "no delivery of GitHub's"),
            (headers(Some("push; rm -rf ~"), json), "{}", 0, "is no event's name"),
            (headers(Some("-W"), json), "{}", 0, "is no event's name"),
            (headers(Some("ping"), json), "{}", 0, "no workflow starts by a ping"),
            (headers(Some("push"), json), "{", 0, "its body is no JSON"),
            (headers(Some("push"), json), "{}", 7, "only the beginning"),
            (headers(Some("push"), "application/x-www-form-urlencoded"), "a=b", 0, "no field payload"),
        ] {
            let error = export(&headers, body.as_bytes(), lost).unwrap_err();
            assert!(error.message.contains(words), "{}", error.message);
        }
    }
}
