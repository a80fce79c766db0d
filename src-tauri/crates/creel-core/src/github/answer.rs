//! What GitHub's refusals mean: each is one plain sentence with the next step.

use serde_json::Value;

use super::ApiBase;
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::forge::Answer;

/// Characters of GitHub's own words that are shown.
const SAID_MOST: usize = 300;

/// GitHub's own words in an answer: `message`, and what `errors` say.
pub fn said(body: &[u8]) -> String {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let errors = json["errors"].as_array().into_iter().flatten();
    let each = errors.filter_map(|error| error["message"].as_str().or_else(|| error.as_str()));
    let all: Vec<_> = json["message"].as_str().into_iter().chain(each).collect();
    all.join(": ").chars().filter(|c| !c.is_control()).take(SAID_MOST).collect()
}

/// Whether a token's end, as GitHub writes it (`2026-11-21 22:00:00 UTC`, or with an offset), is over.
pub fn is_over(expires: &str, now: UnixMs) -> bool {
    let text = expires.replace("UTC", "+0000");
    let at = jiff::Zoned::strptime("%Y-%m-%d %H:%M:%S %z", &text).map(|at| at.timestamp().as_millisecond());
    at.is_ok_and(|at| at <= now.0)
}

/// What a status without success means; `expired`: when the token's time was over, if it is.
pub fn refusal(
    api: &ApiBase,
    answer: &Answer,
    said: &str,
    clock_off_ms: Option<i64>,
    expired: Option<&str>,
) -> ApiError {
    let (host, header) = (api.host(), |name: &str| answer.headers.get(name).is_some());
    let quoted = if said.is_empty() { String::new() } else { format!(" (\"{said}\")") };
    let error = |code, words: String| ApiError::new(code, words);
    match answer.status.as_u16() {
        401 => {
            let clock = clock_off_ms.map(|off| format!(", or set this machine's clock: {}", clock_words(off)));
            let why = expired.map_or("it is wrong, expired or was taken back".to_owned(), |at| format!("it expired at {at}"));
            error(ErrorCode::Unauthorized, format!("{host} does not take the token{quoted}: {why}")).hint(
                format!("sign in again: run `gh auth login --hostname {host}`, or paste a new token{}", clock.unwrap_or_default()),
            )
        }
        403 if header("x-github-sso") => error(ErrorCode::Forbidden, format!("the organisation wants the token to be authorised for its single sign-on{quoted}"))
            .hint("open the token's settings at GitHub, choose \"Configure SSO\", and authorise the organisation"),
        403 => error(ErrorCode::Forbidden, format!("the token may not do this{quoted}"))
            .hint("give the token the scope admin:repo_hook (admin:org_hook for an organisation), or, if it is fine-grained, \"Webhooks: read and write\" for this repository"),
        404 => error(ErrorCode::NotFound, format!("{host} knows nothing there: it is gone, was renamed, or the token does not see it{quoted}"))
            .hint("choose the repository again; only its administrators can make hooks"),
        301 | 302 | 307 | 308 => error(ErrorCode::NotFound, format!("it has moved at {host}: it was renamed or has another owner"))
            .hint("choose it again under its new name"),
        410 => error(ErrorCode::NotFound, format!("{host} has switched this off{quoted}")).hint("choose another repository"),
        422 if said.contains("more than 20 hooks") || said.contains("cannot have more than") => {
            error(ErrorCode::Conflict, format!("there are 20 hooks already, which is GitHub's limit{quoted}"))
                .hint("remove one that is not needed any more: hooks that earlier runs left are listed here")
        }
        422 if said.contains("already exists") => error(ErrorCode::Conflict, format!("a hook with this address exists already{quoted}"))
            .hint("remove the other one, or connect again: Creel then takes it over"),
        422 if said.contains("public Internet") || said.contains("reachable") => {
            error(ErrorCode::Invalid, format!("GitHub does not reach the public address{quoted}"))
                .hint("start a tunnel, or type the address under which the internet reaches this machine")
        }
        422 => error(ErrorCode::Invalid, format!("GitHub refuses this{quoted}")).hint("look at the events and the address"),
        status if status >= 500 => error(ErrorCode::Upstream, format!("{host} is not well: it answered {status}{quoted}"))
            .hint("nothing is lost; what was begun goes on by itself. See githubstatus.com"),
        status => error(ErrorCode::Upstream, format!("{host} answered {status}{quoted}")).hint("is this really the address of a GitHub?"),
    }
}

/// How far the clock is off, in words.
pub fn clock_words(off_ms: i64) -> String {
    let minutes = (off_ms.saturating_abs() + 30_000) / 60_000;
    let (way, amount) = (
        if off_ms > 0 { "ahead of" } else { "behind" },
        if minutes >= 120 { format!("{} hours", (minutes + 30) / 60) } else { format!("{minutes} minutes") },
    );
    format!("it is {amount} {way} GitHub's")
}

/// What is wrong with this machine's clock, if it is.
pub fn trouble(clock_off_ms: Option<i64>) -> Option<ApiError> {
    let words = format!("this machine's clock is wrong: {}", clock_words(clock_off_ms?));
    Some(ApiError::new(ErrorCode::Upstream, words).hint("set the clock: signatures and certificates depend on it"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;

    fn told(status: u16, body: &str, headers: HeaderMap) -> ApiError {
        let api = ApiBase::read("github.com").unwrap();
        let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: body.into() };
        refusal(&api, &answer, &said(&answer.body), None, None)
    }

    #[test]
    fn every_refusal_says_what_is_wrong_and_what_to_do() {
        let full = r#"{"message":"Validation Failed","errors":[{"message":"The \"push\" event cannot have more than 20 hooks"}]}"#;
        let there =
            r#"{"message":"Validation Failed","errors":[{"message":"Hook already exists on this repository"}]}"#;
        for (status, body, code, words) in [
            (401, r#"{"message":"Bad credentials"}"#, ErrorCode::Unauthorized, "Bad credentials"),
            (
                403,
                r#"{"message":"Resource not accessible by personal access token"}"#,
                ErrorCode::Forbidden,
                "may not do this",
            ),
            (404, r#"{"message":"Not Found"}"#, ErrorCode::NotFound, "gone"),
            (301, "", ErrorCode::NotFound, "renamed"),
            (422, full, ErrorCode::Conflict, "20 hooks"),
            (422, there, ErrorCode::Conflict, "exists already"),
            (502, "<html>", ErrorCode::Upstream, "answered 502"),
            (418, "", ErrorCode::Upstream, "answered 418"),
        ] {
            let error = told(status, body, HeaderMap::new());
            assert_eq!(error.code, code, "{status} {body}");
            assert!(error.message.contains(words), "{status}: {}", error.message);
            assert!(error.hint.is_some(), "{status}: no next step");
        }
    }

    #[test]
    fn a_tokens_end_is_read_as_github_writes_it() {
        let now = UnixMs(1_795_300_000_000);
        for (text, over) in [
            ("2026-11-21 01:00:00 UTC", true),
            ("2026-11-21 01:00:00 +0200", true),
            ("2026-11-24 01:00:00 UTC", false),
            ("2026-11-24 01:00:00 -0500", false),
            ("some day", false),
        ] {
            assert_eq!(is_over(text, now), over, "{text}");
        }
    }

    #[test]
    fn a_clock_that_is_off_is_said_in_words() {
        assert_eq!(clock_words(7_200_000), "it is 2 hours ahead of GitHub's");
        assert_eq!(clock_words(-180_000), "it is 3 minutes behind GitHub's");
    }
}
