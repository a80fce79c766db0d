//! Whatever GitLab refuses, and whatever is wrong on the way there: one plain sentence and the next step, and nothing is left
//! behind.

use creel_tests::gitlab::TOKEN;
use creel_tests::{Creel, Gitlab, Response, until};
use serde_json::{Value, json};

use crate::github_trouble::{nothing_is_left, said};
use crate::gitlab_hooks::{PLACE, connect, draft, hook};

fn sign_in(creel: &Creel, token: &str) -> Response {
    creel.try_rpc("gitlab_sign_in", json!({ "token": token }))
}

#[test]
fn a_token_that_is_missing_wrong_expired_or_too_weak_is_said_so() {
    let gitlab = Gitlab::start();
    let creel = gitlab.signed_in();
    creel.rpc("gitlab_sign_out", json!({ "api": gitlab.api() }));
    said(&creel.try_rpc("gitlab_plan", draft(&gitlab)), 404, "no account at", "sign in");
    said(&sign_in(&creel, "glpat-wrong"), 401, "does not take the token", "scope api");
    said(&sign_in(&creel, "  "), 422, "secret", "");
    gitlab.set(json!({ "scopes": ["read_api", "read_user"] }));
    said(&sign_in(&creel, TOKEN), 403, "has not the scope api; it has read_api, read_user", "Access tokens");
    gitlab.set(json!({ "scopes": ["api"], "expired": true }));
    said(&sign_in(&creel, TOKEN), 401, "has expired", "make a new one");
    assert!(!creel.log().contains("glpat-"), "a token stands in the log");
}

#[test]
fn what_gitlab_refuses_is_explained_and_leaves_no_trigger_and_no_hook() {
    let gitlab = Gitlab::start();
    let creel = gitlab.signed_in();
    let full = json!({ "message": { "base": ["Maximum number of project hooks (100) exceeded"] } });
    let local = json!({ "error": "Url is blocked: Requests to the local network are not allowed" });
    for (status, body, headers, code, message, hint) in [
        (422, full, json!({}), 409, "as many hooks there as GitLab allows", "remove one"),
        (422, local, json!({}), 422, "does not send to this address", "tunnel"),
        (404, json!({ "message": "404 Project Not Found" }), json!({}), 404, "gone", "choose the project again"),
        (403, json!({ "message": "403 Forbidden" }), json!({}), 403, "may not do this", "Maintainers"),
        (403, json!({ "error": "insufficient_scope", "scope": "api" }), json!({}), 403, "scope api", "make one"),
        (401, json!({ "message": "401 Unauthorized" }), json!({}), 401, "does not take the token", "paste a new one"),
        (302, json!(""), json!({ "Location": "http://127.0.0.1:1/" }), 404, "sends the request elsewhere", "browser"),
        (502, json!("<html>"), json!({}), 502, "answered 502", "goes on by itself"),
        (429, json!("Retry later\n"), json!({ "Retry-After": "1" }), 429, "limit of requests is used up", "wait"),
    ] {
        gitlab.set(
            json!({ "faults": [{ "call": "POST /projects", "status": status, "body": body, "headers": headers }] }),
        );
        said(&creel.try_rpc("gitlab_connect", draft(&gitlab)), code, message, hint);
        nothing_is_left(&creel, "gitlab_get");
        assert!(gitlab.hooks(PLACE).is_empty(), "{message}");
    }
}

#[test]
fn a_signing_token_that_gitlab_passes_over_leaves_no_hook_that_nobody_signs() {
    let gitlab = Gitlab::start();
    gitlab.set(json!({ "signs": false }));
    let creel = gitlab.signed_in();
    said(&creel.try_rpc("gitlab_connect", draft(&gitlab)), 409, "did not keep the signing token", "plain secret token");
    assert!(gitlab.hooks(PLACE).is_empty());
    let mut plain = draft(&gitlab);
    plain["plain"] = json!(true);
    creel.rpc("gitlab_connect", plain);
    assert!(gitlab.hooks(PLACE)[0]["token"].is_string());
}

#[test]
fn a_group_without_hooks_is_told_from_a_project() {
    let gitlab = Gitlab::start();
    gitlab.set(json!({ "premium": false }));
    let creel = gitlab.signed_in();
    let group = json!({ "kind": "group", "id": 3, "path": "flightjs" });
    let asked = json!({ "api": gitlab.api(), "place": group, "events": ["push_events"] });
    said(&creel.try_rpc("gitlab_plan", asked.clone()), 404, "in this group", "Premium");
    gitlab.set(json!({ "premium": true }));
    creel.rpc("gitlab_connect", asked);
    assert_eq!(gitlab.hooks("groups/3").len(), 1);
    gitlab.was_right();
}

#[test]
fn a_limit_that_is_used_up_closes_the_way_until_it_opens() {
    let gitlab = Gitlab::start();
    let creel = gitlab.signed_in();
    gitlab.set(json!({ "used": 2000 }));
    let plan = || creel.try_rpc("gitlab_plan", draft(&gitlab));
    said(&plan(), 429, "limit of requests is used up; it is open again at 20", "goes on by itself");
    let calls = gitlab.calls().len();
    said(&plan(), 429, "open again at", "wait");
    assert_eq!(gitlab.calls().len(), calls, "GitLab is not asked while it said no");
    let rate = creel.rpc("gitlab_get", json!({}))["rate"].clone();
    assert_eq!((rate["limit"].as_i64(), rate["remaining"].as_i64()), (Some(2000), Some(0)));
}

#[test]
fn no_connection_no_such_name_and_no_certificate_are_told_apart() {
    let creel = Creel::start();
    let to = |host: &str| creel.try_rpc("gitlab_sign_in", json!({ "host": host, "token": TOKEN }));
    said(&to("http://127.0.0.1:1"), 502, "no connection to 127.0.0.1:1", "online");
    said(&to("https://gitlab.invalid"), 502, "no address of gitlab.invalid", "right name");
    said(&to("http://gitlab.example.com"), 422, "travel in clear", "gitlab.com");
    let plain = Gitlab::start();
    said(&to(&plain.base.replace("http:", "https:")), 502, "no connection to 127.0.0.1", "");
    assert!(!creel.log().contains(TOKEN), "the token stands in the log");
}

#[test]
fn a_hook_that_somebody_deleted_is_not_made_again_behind_their_back() {
    let gitlab = Gitlab::start();
    let creel = gitlab.signed_in();
    let trigger = connect(&creel, &gitlab);
    gitlab.control(json!({ "lose": PLACE }));
    let set = |wanted: &str| creel.rpc("gitlab_hook_set", json!({ "trigger_id": trigger, "wanted": wanted }));
    set("paused");
    let shown = until("the trouble", || hook(&creel)["trouble"]["message"].as_str().map(str::to_owned));
    assert!(shown.contains("somebody deleted the hook at GitLab"), "{shown}");
    set("connected");
    until("asked for, it is made again", || (gitlab.hooks(PLACE).len() == 1).then_some(()));
    until("nothing troubles it", || (hook(&creel)["trouble"] == Value::Null).then_some(()));
}
