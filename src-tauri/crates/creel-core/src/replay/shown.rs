//! Header lines as the composer shows them, and the way back: an edited list comes with the lines as they were shown.

use bytes::Bytes;

use crate::api::deliveries::HeaderLine;
use crate::authenticate::Scheme;
use crate::error::ApiError;
use crate::headers::line_at;
use crate::receive::Headers;

/// Runs of signature characters longer than this are a signature; what is shorter is a time, a prefix, a word.
const SIGNATURE_FROM: usize = 20;
/// How much of one is shown (`trust.md` 5.7).
const SIGNATURE_SHOWN: usize = 8;

/// The lines for the screen: credentials masked, signatures of `scheme` cut.
pub(super) fn shown(headers: &Headers, scheme: Option<&Scheme>) -> Vec<HeaderLine> {
    headers.0.iter().map(|(name, value)| shown_line(name, value, scheme)).collect()
}

fn shown_line(name: &str, value: &[u8], scheme: Option<&Scheme>) -> HeaderLine {
    let mut line = line_at(scheme, name, value);
    if !line.masked && scheme.is_some_and(|scheme| scheme.proof_headers().any(|own| own.eq_ignore_ascii_case(name))) {
        line.value = cut(&line.value);
    }
    line
}

/// `sha256=51be…` of `sha256=51be7f…`.
fn cut(value: &str) -> String {
    let signature = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_');
    let mut out = String::new();
    let mut rest = value;
    while !rest.is_empty() {
        let run = rest.find(|c| !signature(c)).unwrap_or(rest.len());
        if run > SIGNATURE_FROM {
            out.push_str(&rest[..SIGNATURE_SHOWN]);
            out.push('…');
            rest = rest[run..].trim_start_matches('=');
            continue;
        }
        let end = if run == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { run };
        out.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    out
}

/// An edited list with the original's bytes where a line stands as it was shown: a masked credential is sent in clear,
/// and bytes that are no text stay what they were.
pub(super) fn restored(
    edited: &[(String, String)],
    original: &Headers,
    scheme: Option<&Scheme>,
) -> Result<Headers, ApiError> {
    let mut left: Vec<_> = original.0.iter().collect();
    let mut lines = Vec::with_capacity(edited.len());
    for (name, value) in edited {
        let unchanged = left.iter().position(|(own, bytes)| {
            own.eq_ignore_ascii_case(name)
                && (line_at(scheme, own, bytes).value == *value || shown_line(own, bytes, scheme).value == *value)
        });
        let bytes = match unchanged {
            Some(at) => left.remove(at).1.clone(),
            None => Bytes::copy_from_slice(value.as_bytes()),
        };
        lines.push((name.clone(), bytes));
    }
    check(&lines)?;
    Ok(Headers(lines))
}

/// A line break in a value would be another header (`trust.md` T27).
fn check(lines: &[(String, Bytes)]) -> Result<(), ApiError> {
    for (name, value) in lines {
        if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
            return Err(ApiError::invalid("headers", format!("{name:?} is no header name")));
        }
        if http::HeaderValue::from_bytes(value).is_err() {
            return Err(ApiError::invalid(
                "headers",
                format!("the value of {name} has a line break or control character"),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::authenticate::schemes::find;

    #[test]
    fn signatures_are_cut_and_times_are_not() {
        let hex = "51be7f00".repeat(8);
        for (value, expected) in [
            (format!("sha256={hex}"), "sha256=51be7f00…".to_owned()),
            (format!("t=1763700000,v1={hex},v0={hex}"), "t=1763700000,v1=51be7f00…,v0=51be7f00…".to_owned()),
            ("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1a,x".to_owned(), "v1,g0hM9SsE… v1a,x".to_owned()),
            (hex.clone(), "51be7f00…".to_owned()),
            ("ünïcode".to_owned(), "ünïcode".to_owned()),
        ] {
            assert_eq!(cut(&value), expected);
        }
    }

    #[test]
    fn a_line_that_stands_as_it_was_shown_keeps_its_bytes() {
        let github = find("github");
        let signature = format!("sha256={}", "ab".repeat(32));
        let original = Headers(vec![
            ("Authorization".to_owned(), "Bearer abc".into()),
            ("X-Bytes".to_owned(), Bytes::from_static(b"a\xffb")),
            ("X-Hub-Signature-256".to_owned(), signature.clone().into()),
        ]);
        let mut edited: Vec<_> = shown(&original, github).into_iter().map(|line| (line.name, line.value)).collect();
        assert_eq!(edited[0].1, "Bearer ••••");
        assert_eq!(restored(&edited, &original, github).unwrap(), original);
        edited[0].1 = "Bearer xyz".to_owned();
        assert_eq!(restored(&edited, &original, github).unwrap().text("authorization"), Some("Bearer xyz"));
    }

    #[test]
    fn nothing_of_a_header_becomes_another_header() {
        for (name, value) in [("X-A", "a\r\nX-B: b"), ("X-A: b\r\nX", "c"), ("", "c"), ("X A", "c"), ("X-A", "a\0")] {
            let error = restored(&[(name.to_owned(), value.to_owned())], &Headers::default(), None).unwrap_err();
            assert_eq!(error.field.as_deref(), Some("headers"), "{name:?}: {value:?}");
        }
    }
}
