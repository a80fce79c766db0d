//! What GitLab's refusals mean: each is one plain sentence with the next step.

use serde_json::Value;

use super::ApiBase;
use crate::error::{ApiError, ErrorCode};
use crate::forge::Answer;

/// Characters of GitLab's own words that are shown.
const SAID_MOST: usize = 300;

/// What a status without success means; `path` is what was asked.
pub fn of(api: &ApiBase, path: &str, answer: &Answer) -> ApiError {
    let (host, said) = (api.host(), said(&answer.body));
    let quoted = if said.is_empty() { String::new() } else { format!(" (\"{said}\")") };
    let words = said.to_lowercase();
    let error = |code, words: String, hint: &str| ApiError::new(code, words).hint(hint);
    match answer.status.as_u16() {
        401 if words.contains("expired") => error(
            ErrorCode::Unauthorized,
            format!("the token for {host} has expired{quoted}"),
            "make a new one in GitLab under Preferences → Access tokens, and sign in with it",
        ),
        401 => error(
            ErrorCode::Unauthorized,
            format!("{host} does not take the token{quoted}: it is wrong, expired or was taken back"),
            "paste a new one with the scope api, from GitLab's Preferences → Access tokens",
        ),
        403 if words.contains("scope") => error(
            ErrorCode::Forbidden,
            format!("the token has not the scope api{quoted}"),
            "make one with the scope api in GitLab under Preferences → Access tokens",
        ),
        403 if path.starts_with("/groups") => {
            error(ErrorCode::Forbidden, format!("the token may not do this{quoted}"), GROUPS)
        }
        403 => error(
            ErrorCode::Forbidden,
            format!("the token may not do this{quoted}"),
            "hooks are made by Maintainers and Owners of a project; ask for that role, or use a project access token with it",
        ),
        404 if path.starts_with("/groups") => {
            error(ErrorCode::NotFound, format!("{host} knows no such thing in this group{quoted}"), GROUPS)
        }
        404 => error(
            ErrorCode::NotFound,
            format!("{host} knows nothing there: it is gone, or the token does not see it{quoted}"),
            "choose the project again; only its Maintainers see its hooks",
        ),
        301 | 302 | 307 | 308 => error(
            ErrorCode::NotFound,
            format!("{host} sends the request elsewhere: the project has moved, or GitLab stands at another address"),
            "sign in with the address that your browser shows for GitLab, or choose the project again",
        ),
        400 | 422 if words.contains("maximum number") => error(
            ErrorCode::Conflict,
            format!("there are as many hooks there as GitLab allows{quoted}"),
            "remove one that is not needed any more: hooks that earlier runs left are listed here",
        ),
        400 | 422 if words.contains("local network") || words.contains("localhost") || words.contains("blocked") => {
            error(
                ErrorCode::Invalid,
                format!("GitLab does not send to this address{quoted}"),
                "start a tunnel, or have GitLab's administrator allow it under Admin → Settings → Network → Outbound requests",
            )
        }
        400 | 422 if words.contains("url") => error(
            ErrorCode::Invalid,
            format!("GitLab does not take the public address{quoted}"),
            "start a tunnel, or type the address under which the internet reaches this machine",
        ),
        400 | 422 => {
            error(ErrorCode::Invalid, format!("GitLab refuses this{quoted}"), "look at the events and the address")
        }
        status if status >= 500 => error(
            ErrorCode::Upstream,
            format!("{host} is not well: it answered {status}{quoted}"),
            "nothing is lost; what was begun goes on by itself. See status.gitlab.com",
        ),
        status => error(
            ErrorCode::Upstream,
            format!("{host} answered {status}{quoted}"),
            "is this really the address of a GitLab?",
        ),
    }
}

/// What to do where a group has no hooks.
const GROUPS: &str =
    "hooks of a whole group need GitLab Premium and the role Owner; choose a project instead, or several one by one";

/// GitLab's own words: it puts them in `message` or `error`, as a text, a list, or lists by field.
fn said(body: &[u8]) -> String {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut all = Vec::new();
    for name in ["message", "error", "error_description"] {
        texts(&json[name], &mut all);
    }
    all.join(": ").chars().filter(|c| !c.is_control()).take(SAID_MOST).collect()
}

fn texts(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => all.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|one| texts(one, all)),
        Value::Object(fields) => fields.values().for_each(|one| texts(one, all)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;

    #[test]
    fn every_refusal_says_what_is_wrong_and_what_to_do() {
        let api = ApiBase::read("gitlab.com").unwrap();
        for (path, status, body, code, words, hint) in [
            (
                "/user",
                401,
                r#"{"message":"401 Unauthorized"}"#,
                ErrorCode::Unauthorized,
                "does not take the token",
                "scope api",
            ),
            (
                "/user",
                401,
                r#"{"error":"invalid_token","error_description":"Token is expired. You can either do re-authorization or token refresh."}"#,
                ErrorCode::Unauthorized,
                "has expired",
                "new one",
            ),
            (
                "/user",
                403,
                r#"{"error":"insufficient_scope","scope":"api"}"#,
                ErrorCode::Forbidden,
                "scope api",
                "make one",
            ),
            (
                "/projects/1/hooks",
                403,
                r#"{"message":"403 Forbidden"}"#,
                ErrorCode::Forbidden,
                "may not",
                "Maintainers",
            ),
            ("/groups/1/hooks", 404, r#"{"message":"404 Not Found"}"#, ErrorCode::NotFound, "group", "Premium"),
            ("/projects/1/hooks", 404, r#"{"message":"404 Project Not Found"}"#, ErrorCode::NotFound, "gone", "again"),
            (
                "/projects/1/hooks",
                422,
                r#"{"message":{"base":["Maximum number of project hooks (100) exceeded"]}}"#,
                ErrorCode::Conflict,
                "as many hooks",
                "remove one",
            ),
            (
                "/projects/1/hooks",
                422,
                r#"{"error":"Url is blocked: Requests to the local network are not allowed"}"#,
                ErrorCode::Invalid,
                "does not send",
                "tunnel",
            ),
            ("/projects/1/hooks", 502, "<html>", ErrorCode::Upstream, "answered 502", "goes on by itself"),
            ("/projects/1/hooks", 418, "", ErrorCode::Upstream, "answered 418", "address of a GitLab"),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let error = of(&api, path, &Answer { status, headers: HeaderMap::new(), body: body.into() });
            assert_eq!(error.code, code, "{path} {status} {body}");
            assert!(error.message.contains(words), "{}", error.message);
            assert!(error.hint.as_ref().unwrap().contains(hint), "{error:?}");
        }
    }
}
