//! A payload that GitHub kept becomes a delivery here. GitHub's API gives back JSON, not the bytes that it signed: where the
//! text that it gives, or its compact form, fits the signature, that text is what was signed.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};

use super::Calls;
use super::wire::RequestTold;
use crate::app::App;
use crate::delivery::{Delivery, ReasonCode};
use crate::error::{ApiError, ErrorCode};
use crate::forge::Hook;
use crate::pipeline::{Recorded, import};
use crate::receive::Headers;
use crate::store::deliveries;

/// Brings in one attempt of a hook's record. What was brought in before and could not be proved is given back as it is:
/// no second copy of it is made. The trigger's allowlist is not asked, because nobody called.
pub async fn bring_in(
    app: &Arc<App>,
    calls: &Calls<'_>,
    hook: &Hook,
    hook_id: u64,
    delivery: &str,
) -> Result<Delivery, ApiError> {
    let told = calls.delivery(&hook.place, hook_id, delivery).await?;
    let (trigger, ids) = (hook.trigger_id.clone(), vec![told.guid]);
    let here = app.store.read(move |db| deliveries::of_event_ids(db, &trigger, &ids)).await?;
    let kept = here.into_iter().find(|one| one.imported && one.reason_code == Some(ReasonCode::NotCheckable));
    match kept {
        Some(kept) => Ok(kept),
        None => import(app, &hook.trigger_id, recorded(told.request)?).await,
    }
}

fn recorded(request: RequestTold) -> Result<Recorded, ApiError> {
    let Some(payload) = request.payload.filter(|payload| payload.get() != "null") else {
        return Err(ApiError::new(ErrorCode::NotFound, "GitHub does not have the payload any more")
            .hint("GitHub keeps it for three days; what it was about can only be looked up at GitHub"));
    };
    let text = payload.get();
    let mut bodies = vec![Bytes::copy_from_slice(text.as_bytes())];
    let compact = compact(text);
    if compact != text {
        bodies.push(compact.into());
    }
    let lines = request.headers.unwrap_or_default().into_iter().filter_map(|(name, value)| {
        let value = value.as_str()?.to_owned();
        HeaderName::try_from(&name).ok()?;
        HeaderValue::try_from(&value).ok()?;
        Some((name, value.into()))
    });
    Ok(Recorded { headers: Headers(lines.collect()), bodies })
}

/// JSON without the space between its signs. Names, numbers and escapes stay as they are written.
fn compact(text: &str) -> String {
    let (mut out, mut in_text, mut escaped) = (String::with_capacity(text.len()), false, false);
    for c in text.chars() {
        if in_text || !c.is_ascii_whitespace() {
            out.push(c);
        }
        if c == '"' && !escaped {
            in_text = !in_text;
        }
        escaped = in_text && c == '\\' && !escaped;
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_the_space_between_signs_goes() {
        for (text, expected) in [
            ("{ \"a\" : [ 1.50 , \"b  c\" ] }", r#"{"a":[1.50,"b  c"]}"#),
            (r#"{"a\" : ": "\\" , "b": "\u00e9"}"#, r#"{"a\" : ":"\\","b":"\u00e9"}"#),
            ("[\n\t1e5\r\n]", "[1e5]"),
        ] {
            assert_eq!(compact(text), expected, "{text}");
        }
    }

    #[test]
    fn the_text_as_given_is_tried_before_its_compact_form_and_lines_that_no_request_has_are_left_out() {
        let told = r#"{"headers": {"X-GitHub-Event": "push", "bad name": "x", "X-Y": "a\nb"}, "payload": {"a": 1}}"#;
        let recorded = recorded(serde_json::from_str(told).unwrap()).unwrap();
        assert_eq!(recorded.bodies, [Bytes::from(r#"{"a": 1}"#), Bytes::from(r#"{"a":1}"#)]);
        assert_eq!(recorded.headers.0.len(), 1);
    }

    #[test]
    fn a_payload_that_github_forgot_is_an_error_that_says_so() {
        for told in [r#"{"headers": {}, "payload": null}"#, r#"{"headers": null}"#] {
            let error = recorded(serde_json::from_str(told).unwrap()).err().unwrap();
            assert!(error.message.contains("payload"), "{told}: {}", error.message);
        }
    }
}
