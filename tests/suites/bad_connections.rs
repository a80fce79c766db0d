//! Everything that can be wrong between GitHub, the tunnel and this machine, by name: each is one plain sentence, and says
//! what to do next.

use std::net::TcpListener;
use std::sync::Arc;

use creel_tests::ngrok_edge::NgrokEdge;
use creel_tests::{Creel, Github, Setup, ShiftedClock, Sshd, until};
use serde_json::{Value, json};

use crate::github_hooks::{PLACE, draft};
use crate::tunnel_ways::{STRANGER, creel_with_stand_ins, now, ssh, tell_stand_in, wait_for};

/// Each by its name.
const ALL: [&str; 18] = [
    "no token",
    "wrong token",
    "token without scope",
    "expired",
    "hook exists",
    "20-hook limit",
    "repository gone",
    "rate limited",
    "secondary limit",
    "GitHub down",
    "certificate error",
    "address taken",
    "cloudflared missing",
    "cloudflared printing nothing",
    "ssh host key unknown",
    "network off, to GitHub",
    "network off, the tunnel",
    "clock wrong",
];

/// What was said so far.
#[derive(Default)]
struct Table(Vec<String>);

impl Table {
    /// `error` has to say `message`, and to name the `next` step.
    fn says(&mut self, name: &str, error: &Value, message: &str, next: &str) {
        let text = |field: &str| error[field].as_str().unwrap_or_default().to_owned();
        println!("| {name} | {} | {} |", text("message"), text("hint"));
        assert!(text("message").contains(message), "{name}: \"{message}\" is not in {error}");
        assert!(text("hint").contains(next), "{name}: \"{next}\" is not in {error}");
        assert!(!text("message").ends_with('.') && !text("message").contains('\n'), "{name}: one sentence: {error}");
        self.0.push(name.to_owned());
    }
}

#[test]
fn each_is_a_plain_sentence_with_the_next_step() {
    let mut table = Table::default();
    tokens(&mut table);
    hooks(&mut table);
    ways_to_github(&mut table);
    tunnels(&mut table);
    clock(&mut table);
    table.0.sort();
    let mut all = ALL.map(str::to_owned).to_vec();
    all.sort();
    assert_eq!(table.0, all);
}

fn tokens(table: &mut Table) {
    let github = Github::start();
    let creel = github.signed_in();
    let sign_in = |input: Value| creel.try_rpc("github_sign_in", input).json();
    let plan = || creel.try_rpc("github_plan", draft(&github)).json();
    table.says(
        "wrong token",
        &sign_in(json!({ "token": "ghp_wrong" })),
        "does not take the token",
        "paste a new token",
    );
    github.set(json!({ "scopes": ["gist"] }));
    table.says(
        "token without scope",
        &sign_in(json!({})),
        "has not the scope admin:repo_hook; it has gist",
        "gh auth refresh",
    );
    // The token was good when it was kept.
    github.set(json!({ "scopes": ["repo"], "expires": "2026-11-20 22:00:00 UTC" }));
    creel.rpc("github_sign_in", json!({}));
    github.set(json!({ "token": "another" }));
    table.says("expired", &plan(), "it expired at 2026-11-20 22:00:00 UTC", "sign in again");
    creel.rpc("github_sign_out", json!({ "api": github.api() }));
    table.says("no token", &plan(), "no account at 127.0.0.1", "sign in on the Connect screen");
}

fn hooks(table: &mut Table) {
    let github = Github::start();
    let creel = github.signed_in();
    let connect = || creel.try_rpc("github_connect", draft(&github)).json();
    let refuses = |status: u16, body: Value| {
        github.set(json!({ "faults": [{ "call": "POST /repos", "status": status, "body": body }] }));
    };
    let exists = json!([{ "message": "Hook already exists on this repository" }]);
    refuses(422, json!({ "message": "Validation Failed", "errors": exists }));
    table.says("hook exists", &connect(), "a hook with this address exists already", "connect again");
    for id in 0..20 {
        let config = json!({ "url": format!("https://ci.example/{id}"), "content_type": "json" });
        let hook = json!({ "id": id, "type": "Repository", "name": "web", "active": true, "events": ["push"], "config": config });
        github.control(json!({ "make": { "place": PLACE, "hook": hook } }));
    }
    table.says("20-hook limit", &connect(), "there are 20 hooks already", "remove one");
    let gone = json!({
        "api": github.api(), "place": { "kind": "repository", "name": "octocat/gone" }, "events": ["push"],
    });
    table.says(
        "repository gone",
        &creel.try_rpc("github_plan", gone).json(),
        "it is gone",
        "choose the repository again",
    );
    refuses(403, json!({ "message": "You have exceeded a secondary rate limit" }));
    table.says("secondary limit", &connect(), "secondary limit", "goes on by itself");
    assert_eq!(github.hooks(PLACE).len(), 20, "none of them left a hook");
    assert_eq!(creel.rpc("triggers_list", json!({})), json!([]), "nor a trigger");
}

fn ways_to_github(table: &mut Table) {
    let github = Github::start();
    let creel = github.signed_in();
    let plan = |creel: &Creel| creel.try_rpc("github_plan", draft(&github)).json();
    let to = |host: &str| creel.try_rpc("github_sign_in", json!({ "host": host, "token": "ghp_any" })).json();
    let edge = NgrokEdge::start(STRANGER);
    let untrusted = to(&format!("https://{}", edge.server));
    table.says("certificate error", &untrusted, "certificate", "does the system trust the server's authority");
    table.says("network off, to GitHub", &to("https://github.invalid"), "no address of github.invalid", "online");
    let down = json!({ "call": "GET /repos", "status": 503, "body": "<html>Unicorn!</html>" });
    github.set(json!({ "faults": [down] }));
    table.says("GitHub down", &plan(&creel), "is not well: it answered 503", "githubstatus.com");
    github.set(json!({ "used": 5000 }));
    table.says(
        "rate limited",
        &plan(&creel),
        "limit of requests in an hour is used up; it is open again at 20",
        "wait",
    );
}

fn tunnels(table: &mut Table) {
    let creel = creel_with_stand_ins();
    let squatter = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = json!({ "address": "https://hooks.example", "port": squatter.local_addr().unwrap().port() });
    let taken = creel.try_rpc("tunnel_start", json!({ "kind": { "own": own } })).json();
    table.says("address taken", &taken, "is taken", "choose another port");
    for (name, mode, message, next) in [
        ("cloudflared printing nothing", "silent", "cloudflared ended and printed nothing", "try in a terminal"),
        ("network off, the tunnel", "offline", "cloudflared does not reach Cloudflare", "online"),
    ] {
        tell_stand_in(&creel, &json!({ "mode": mode }));
        creel.rpc("tunnel_start", json!({ "kind": "cloudflared" }));
        table.says(name, &wait_for(&creel, "waiting")["last_error"], message, next);
    }
    let sshd = Sshd::start();
    creel.rpc("tunnel_start", json!({ "kind": ssh(&sshd) }));
    let asked = wait_for(&creel, "needs_you");
    let shown = format!("{} {}", asked["last_error"]["hint"], asked["host_key"]["fingerprint"]);
    assert!(shown.contains("SHA256:"), "what is to be compared is there: {shown}");
    table.says("ssh host key unknown", &asked["last_error"], "the key of 127.0.0.1 is not known here", "publishes");
    drop(creel);
    let nothing = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/bin/sh", nothing.path().join("sh")).unwrap();
    let path = ("PATH".to_owned(), nothing.path().display().to_string());
    let bare = Creel::start_with(Setup { environment: vec![path], ..Setup::default() });
    bare.rpc("tunnel_start", json!({ "kind": "cloudflared" }));
    let missing = until("what is missing", || Some(now(&bare)["last_error"].clone()).filter(|error| !error.is_null()));
    table.says("cloudflared missing", &missing, "cloudflared is not on this machine", "install it");
}

fn clock(table: &mut Table) {
    let clock = Arc::new(ShiftedClock::new());
    clock.shift_to(7_200);
    let github = Github::start();
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let setup = Setup { clock: Some(clock), ..github.setup(folder.path()) };
    let creel = Creel::start_in(folder, setup);
    creel.rpc("github_sign_in", json!({}));
    let trouble = creel.rpc("github_get", json!({}))["trouble"].clone();
    table.says("clock wrong", &trouble, "this machine's clock is wrong: it is 2 hours ahead", "set the clock");
}
