//! Whatever GitHub refuses, and whatever is wrong on the way there: one plain sentence and the next step, and nothing is
//! left behind.

use creel_tests::{Creel, Github, Response, until};
use serde_json::{Value, json};

use crate::github_hooks::{PLACE, connect, draft, hook, push, there};

/// An error as it has to be: its status, words of its message, words of its hint.
pub fn said(response: &Response, status: u16, message: &str, hint: &str) {
    let error = response.json();
    assert_eq!(response.status, status, "{error}");
    let text = |field: &str| error[field].as_str().unwrap_or_default().to_owned();
    assert!(text("message").contains(message), "\"{message}\" is not in {error}");
    assert!(text("hint").contains(hint), "\"{hint}\" is not in {error}");
}

/// No hook and no trigger stands where one was refused; `get` shows the sender's hooks.
pub fn nothing_is_left(creel: &Creel, get: &str) {
    until("nothing left of it", || {
        let hooks = creel.rpc(get, json!({}))["hooks"].clone();
        (hooks == json!([]) && creel.rpc("triggers_list", json!({})) == json!([])).then_some(())
    });
}

fn sign_in(creel: &Creel, input: Value) -> Response {
    creel.try_rpc("github_sign_in", input)
}

#[test]
fn a_token_that_is_missing_wrong_or_too_weak_is_said_so() {
    let github = Github::start();
    let creel = github.signed_in();
    creel.rpc("github_sign_out", json!({ "api": github.api() }));
    said(&creel.try_rpc("github_plan", draft(&github)), 404, "no account at", "sign in");
    said(&sign_in(&creel, json!({ "token": "ghp_wrong" })), 401, "does not take the token", "paste a new token");
    said(&sign_in(&creel, json!({ "token": "  " })), 422, "secret", "");
    github.set(json!({ "scopes": ["gist", "read:org"] }));
    said(
        &sign_in(&creel, json!({})),
        403,
        "has not the scope admin:repo_hook; it has gist, read:org",
        "gh auth refresh",
    );
    github.set(json!({ "scopes": ["repo"] }));
    creel.rpc("github_sign_in", json!({}));
    let organisation =
        json!({ "api": github.api(), "place": { "kind": "organisation", "name": "octo-org" }, "events": ["push"] });
    said(&creel.try_rpc("github_plan", organisation), 403, "admin:org_hook", "--scopes");
    assert!(!creel.log().contains("ghp_"), "a token stands in the log");
}

#[test]
fn a_machine_without_gh_is_told_to_get_it_or_paste_a_token() {
    let github = Github::start();
    let mut setup = creel_tests::Setup::default();
    let nothing = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/bin/sh", nothing.path().join("sh")).unwrap();
    setup.environment.push(("PATH".to_owned(), nothing.path().display().to_string()));
    setup.environment.push(("CREEL_GITHUB".to_owned(), github.base.clone()));
    let creel = Creel::start_with(setup);
    said(&sign_in(&creel, json!({})), 503, "gh is not installed", "paste a token");
}

#[test]
fn what_github_refuses_is_explained_and_leaves_no_trigger_and_no_hook() {
    let github = Github::start();
    let creel = github.signed_in();
    let refusal = |message: &str| json!({ "message": "Validation Failed", "documentation_url": "x", "errors": [{ "message": message }] });
    let reset = || json!({ "Retry-After": "1" });
    for (status, body, headers, code, message, hint) in [
        (
            422,
            refusal("The \"push\" event cannot have more than 20 hooks"),
            json!({}),
            409,
            "20 hooks already",
            "remove one",
        ),
        (422, refusal("Hook already exists on this repository"), json!({}), 409, "exists already", "remove the other"),
        (404, json!({ "message": "Not Found" }), json!({}), 404, "gone", "choose the repository again"),
        (
            403,
            json!({ "message": "Resource not accessible by personal access token" }),
            json!({}),
            403,
            "may not do this",
            "Webhooks: read and write",
        ),
        (401, json!({ "message": "Bad credentials" }), json!({}), 401, "does not take the token", "gh auth login"),
        (
            301,
            json!({ "message": "Moved Permanently" }),
            json!({ "Location": "http://127.0.0.1:1/" }),
            404,
            "has moved",
            "new name",
        ),
        (502, json!("<html>"), json!({}), 502, "answered 502", "goes on by itself"),
        (
            403,
            json!({ "message": "You have exceeded a secondary rate limit" }),
            reset(),
            429,
            "secondary limit",
            "wait",
        ),
    ] {
        github
            .set(json!({ "faults": [{ "call": "POST /repos", "status": status, "body": body, "headers": headers }] }));
        let refused = creel.try_rpc("github_connect", draft(&github));
        said(&refused, code, message, hint);
        nothing_is_left(&creel, "github_get");
        assert!(github.hooks(PLACE).is_empty(), "{message}");
    }
}

#[test]
fn a_limit_that_is_used_up_closes_the_way_until_it_opens() {
    let github = Github::start();
    let creel = github.signed_in();
    github.set(json!({ "used": 5000 }));
    let plan = || creel.try_rpc("github_plan", draft(&github));
    said(&plan(), 429, "limit of requests in an hour is used up; it is open again at 20", "goes on by itself");
    let calls = github.calls().len();
    said(&plan(), 429, "open again at", "wait");
    assert_eq!(github.calls().len(), calls, "GitHub is not asked while it said no");
    let rate = creel.rpc("github_get", json!({}))["rate"].clone();
    assert_eq!((rate["limit"].as_i64(), rate["remaining"].as_i64()), (Some(5000), Some(0)));
    assert!(rate["closed_until"].as_i64() >= rate["resets_at"].as_i64().map(|at| at - 1000), "{rate}");
}

#[test]
fn no_connection_no_such_name_and_no_certificate_are_told_apart() {
    let creel = Creel::start();
    let token = "ghp_standin0123456789abcdefghijklmnopqrst";
    let to = |host: &str| sign_in(&creel, json!({ "host": host, "token": token }));
    said(&to("http://127.0.0.1:1"), 502, "no connection to 127.0.0.1:1", "online");
    said(&to("https://github.invalid"), 502, "no address of github.invalid", "right name");
    said(&to("http://github.example.com"), 422, "travel in clear", "github.com");
    let plain = Github::start();
    said(&to(&plain.base.replace("http:", "https:")), 502, "no connection to 127.0.0.1", "");
    assert!(!creel.log().contains(token), "the token stands in the log");
}

#[test]
fn a_hook_that_somebody_deleted_is_not_made_again_behind_their_back() {
    let github = Github::start();
    let creel = github.signed_in();
    let trigger = connect(&creel, &github);
    github.control(json!({ "lose": PLACE }));
    let set = |wanted: &str| creel.rpc("github_hook_set", json!({ "trigger_id": trigger, "wanted": wanted }));
    set("paused");
    // The watch may be at it already; then the command does not wait for what it finds.
    let shown = until("the trouble", || hook(&creel)["trouble"]["message"].as_str().map(str::to_owned));
    assert!(shown.contains("deleted the hook"), "{shown}");
    set("connected");
    until("asked for, it is made again", || (github.hooks(PLACE).len() == 1).then_some(()));
    until("nothing troubles it", || (hook(&creel)["trouble"] == Value::Null).then_some(()));
}

#[test]
fn a_hook_of_which_nobody_knows_where_it_sends_to_is_switched_off_also_without_an_address() {
    let github = Github::start();
    let creel = github.signed_in();
    let trigger = connect(&creel, &github);
    let address = there(&github)["config"]["url"].clone();
    let fault = json!({ "call": "PATCH /repos/", "status": 502, "body": "<html>" });
    github.set(json!({ "faults": vec![fault; 20] }));
    creel.rpc("trigger_rotate_secret", json!({ "id": trigger }));
    until("a change without an answer", || (hook(&creel)["url"] == Value::Null).then_some(()));
    creel.rpc("github_address", json!({ "address": "" }));
    github.set(json!({ "faults": [] }));
    creel.rpc("github_hook_set", json!({ "trigger_id": trigger, "wanted": "paused" }));
    let silent = until("a silent hook", || Some(there(&github)).filter(|hook| hook["active"] == json!(false)));
    assert_eq!(silent["config"]["url"], address, "it sends where it did");
    until("nothing troubles it", || (hook(&creel)["trouble"] == Value::Null).then_some(()));
}

#[test]
fn a_github_that_takes_no_address_of_nobodys_says_what_else_there_is() {
    let github = Github::start();
    let creel = github.signed_in();
    creel.rpc("github_address", json!({ "address": "" }));
    let said_by_github = "url is not supported because it isn't reachable over the public Internet (creel.invalid)";
    let body =
        json!({ "message": "Validation Failed", "documentation_url": "x", "errors": [{ "message": said_by_github }] });
    github.set(json!({ "faults": [{ "call": "POST /repos", "status": 422, "body": body }] }));
    let mut wish = draft(&github);
    wish["asks_every"] = json!(10);
    let refused = creel.try_rpc("github_connect", wish);
    said(&refused, 422, "takes no hook without a public address", "gh webhook forward");
    said(&refused, 422, said_by_github, "start a tunnel");
    nothing_is_left(&creel, "github_get");
    assert!(github.hooks(PLACE).is_empty());
}

#[test]
fn a_wrong_clock_is_noticed() {
    let clock = std::sync::Arc::new(creel_tests::ShiftedClock::new());
    clock.shift_to(7_200);
    let github = Github::start();
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let setup = creel_tests::Setup { clock: Some(clock), ..github.setup(folder.path()) };
    let creel = Creel::start_in(folder, setup);
    creel.rpc("github_sign_in", json!({}));
    let trouble = creel.rpc("github_get", json!({}))["trouble"].clone();
    assert_eq!(trouble["message"], "this machine's clock is wrong: it is 2 hours ahead of GitHub's");
}

#[test]
fn the_doctor_s_button_gives_a_hook_with_an_old_secret_the_current_one() {
    let github = Github::start();
    let creel = github.signed_in();
    let trigger = connect(&creel, &github);
    let fault = json!({ "call": "PATCH /repos/", "status": 422, "body": { "message": "Validation Failed" } });
    github.set(json!({ "faults": vec![fault; 20] }));
    creel.rpc("trigger_rotate_secret", json!({ "id": trigger, "grace_hours": 0 }));
    assert_eq!(push(&github)["status_code"], 401, "GitHub still signs with the old secret");
    let refused = creel.deliveries("sig:bad")[0].clone();
    let found = creel.rpc("delivery_doctor", json!({ "id": refused["id"] }));
    let cause = &found["causes"][0];
    assert_eq!(cause["mistakes"], json!(["old_secret"]), "{found}");
    assert_eq!(cause["fixes"][0], json!({ "update_hook": trigger }), "{found}");
    github.set(json!({ "faults": [] }));
    let view = creel.rpc("github_hook_secret", json!({ "trigger_id": trigger }));
    assert_eq!(view["hooks"][0]["trouble"], Value::Null, "{view}");
    assert_eq!(push(&github)["status_code"], 202, "GitHub signs with the current one");

    let alone = creel.trigger(json!({ "name": "Alone", "slug": "alone", "scheme": "github" }));
    creel.deliver(&creel_tests::Request::post(&alone.path, "{}").github("another secret", "push", "x"));
    let missing = creel.try_rpc("github_hook_secret", json!({ "trigger_id": alone.id }));
    assert_eq!(missing.status, 404, "{}", missing.text());
}
