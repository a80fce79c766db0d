//! `execute_tool` for real: every tool, from a signed delivery to what it left on this machine.

use std::path::Path;

use creel_tests::recorder::plain;
use creel_tests::{Creel, Recorder, until};
use serde_json::{Value, json};

use crate::agents::ended;
use crate::agents_program::approve;
use crate::octipus::{deploy, hook};

/// A hook that runs a tool.
pub fn tool(creel: &Creel, name: &str, action: &str, params: Value) -> Value {
    let config = json!({ "toolId": name, "toolAction": action, "toolParams": params });
    hook(creel, json!({ "action": "execute_tool", "actionConfig": config }))
}

pub fn result(detail: &Value) -> Value {
    serde_json::from_str(detail["result"].as_str().unwrap_or_else(|| panic!("no result: {detail}"))).unwrap()
}

/// A delivery whose command is approved when it asks, and its end.
fn approved(creel: &Creel, body: &str, status: &str) -> Value {
    deploy(creel, body);
    let refused = ended(creel, "failed");
    assert_eq!(refused["execution"]["error"]["field"], "approval", "{refused}");
    approve(creel);
    creel.rpc("execution_retry", json!({ "id": refused["execution"]["id"] }));
    ended(creel, status)
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = std::process::Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]);
    creel_tests::tools::run(command.args(arguments));
}

#[test]
fn the_pages_own_command_runs_once_it_is_approved() {
    let (creel, folder) = (Creel::start(), tempfile::tempdir().unwrap());
    let (origin, app) = (folder.path().join("origin"), folder.path().join("app"));
    std::fs::create_dir(&origin).unwrap();
    git(&origin, &["init"]);
    git(&origin, &["commit", "--allow-empty", "-m", "one"]);
    git(folder.path(), &["clone", "origin", "app"]);
    std::fs::write(origin.join("new"), "two").unwrap();
    git(&origin, &["add", "new"]);
    git(&origin, &["commit", "-m", "two"]);
    tool(&creel, "shell", "execute", json!({ "command": format!("cd {} && git pull origin main", app.display()) }));
    let detail = approved(&creel, r#"{"event":"push"}"#, "succeeded");
    assert_eq!(std::fs::read_to_string(app.join("new")).unwrap(), "two");
    assert_eq!(result(&detail)["exit_code"], 0);
    assert!(detail.to_string().contains("origin"), "the log has what git wrote: {detail}");
}

#[test]
fn an_approval_holds_for_the_command_as_it_was_read_and_for_this_trigger_only() {
    let creel = Creel::start();
    let first = tool(&creel, "shell", "execute", json!({ "command": "echo {{webhook.body.a}}" }));
    let detail = approved(&creel, r#"{"a":"one"}"#, "succeeded");
    assert_eq!(result(&detail)["output"], "one");
    deploy(&creel, r#"{"a":"another value"}"#);
    until("the second run", || Some(()).filter(|()| creel.executions(json!({ "status": ["succeeded"] })).len() == 2));
    let path = format!("/api/hooks/{}", first["id"].as_str().unwrap());
    let change = json!({ "actionConfig": { "toolId": "shell", "toolAction": "execute",
        "toolParams": { "command": "echo {{webhook.body.a}} " } } });
    let changed = creel.manage(creel_tests::Request::new("PATCH", &path).with_body(change.to_string()));
    assert_eq!(changed.status, 200, "{}", changed.text());
    deploy(&creel, r#"{"a":"after"}"#);
    assert_eq!(ended(&creel, "failed")["execution"]["error"]["field"], "approval", "one space is another command");
    tool(&creel, "shell", "execute", json!({ "command": "echo {{webhook.body.a}}" }));
    deploy(&creel, r#"{"a":"other trigger"}"#);
    until("both", || Some(()).filter(|()| creel.executions(json!({ "status": ["failed"] })).len() == 3));
    let waiting = creel.rpc("approvals_list", json!({}));
    assert_eq!(waiting.as_array().unwrap().iter().filter(|row| row["approved_at"].is_null()).count(), 2, "{waiting}");
}

#[test]
fn files_are_written_inside_the_picked_folder_only() {
    let (creel, folder) = (Creel::start(), tempfile::tempdir().unwrap());
    tool(&creel, "file", "append", json!({ "path": "{{webhook.body.name}}", "text": "{{webhook.body.text}}\n" }));
    deploy(&creel, r#"{"name":"a.log","text":"one"}"#);
    let error = ended(&creel, "failed")["execution"]["error"].clone();
    assert!(error["message"].as_str().unwrap().contains("no folder is picked"), "{error}");
    let mut settings = creel.rpc("settings_get", json!({}));
    settings["tool_folder"] = json!(folder.path());
    creel.rpc("settings_set", settings);
    for text in ["one", "two"] {
        deploy(&creel, &json!({ "name": "a.log", "text": text }).to_string());
        let log = folder.path().join("a.log");
        until(text, || {
            Some(()).filter(|()| std::fs::read_to_string(&log).is_ok_and(|all| all.ends_with(&format!("{text}\n"))))
        });
    }
    deploy(&creel, r#"{"name":"../outside","text":"x"}"#);
    let error = ended(&creel, "failed")["execution"]["error"].clone();
    assert!(error["message"].as_str().unwrap().contains("leads out of the folder"), "{error}");
    assert!(!folder.path().parent().unwrap().join("outside").exists());
}

#[test]
fn a_file_is_replaced_whole() {
    let (creel, folder) = (Creel::start(), tempfile::tempdir().unwrap());
    let mut settings = creel.rpc("settings_get", json!({}));
    settings["tool_folder"] = json!(folder.path());
    creel.rpc("settings_set", settings);
    tool(&creel, "file", "write", json!({ "path": "last.json", "text": "{{webhook.body}}" }));
    for body in [r#"{"n":1,"long":"xxxxxxxx"}"#, r#"{"n":2}"#] {
        deploy(&creel, body);
        let file = folder.path().join("last.json");
        until(body, || Some(()).filter(|()| std::fs::read_to_string(&file).is_ok_and(|text| text == body)));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn git_pull_brings_a_working_copy_up_to_date() {
    let (creel, folder) = (Creel::start(), tempfile::tempdir().unwrap());
    let (origin, app) = (folder.path().join("origin"), folder.path().join("app"));
    std::fs::create_dir(&origin).unwrap();
    git(&origin, &["init"]);
    git(&origin, &["commit", "--allow-empty", "-m", "one"]);
    git(folder.path(), &["clone", "origin", "app"]);
    std::fs::write(origin.join("new"), "two").unwrap();
    git(&origin, &["add", "new"]);
    git(&origin, &["commit", "-m", "two"]);
    tool(&creel, "git", "pull", json!({ "path": app }));
    approved(&creel, "{}", "succeeded");
    assert_eq!(std::fs::read_to_string(app.join("new")).unwrap(), "two");
}

#[test]
fn a_request_is_sent_and_its_answer_kept() {
    let creel = Creel::start();
    let server = Recorder::start(|_, out| plain(out, 200, &[], "Grüße".as_bytes()));
    let params = json!({ "method": "PUT", "url": format!("{}/in/{{{{webhook.body.id}}}}", server.base),
        "headers": { "X-Env": "{{webhook.body.env}}" }, "body": "e={{webhook.body.env}}", "allow_private": true });
    tool(&creel, "http", "request", params);
    deploy(&creel, r#"{"id":"../a b","env":"prod"}"#);
    let result = result(&ended(&creel, "succeeded"));
    assert_eq!((&result["status"], &result["output"]), (&json!(200), &json!("Grüße")));
    let got = server.wait_for(1).remove(0);
    assert_eq!((got.method.as_str(), got.target.as_str()), ("PUT", "/in/..%2Fa%20b"));
    assert_eq!((got.header("x-env"), got.body.as_slice()), (Some("prod"), &b"e=prod"[..]));
}

#[test]
fn a_page_is_opened_by_the_desktops_opener() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("seen");
    crate::agents_program::script(folder.path(), "xdg-open", &format!("printf '%s' \"$1\" > {}", seen.display()));
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let setup = creel_tests::Setup { environment: vec![("PATH".to_owned(), path)], ..Default::default() };
    let creel = Creel::start_with(setup);
    tool(&creel, "open", "url", json!({ "url": "https://example.com/run/{{webhook.body.id}}?x=1" }));
    deploy(&creel, r#"{"id":"7&y; rm -rf"}"#);
    ended(&creel, "succeeded");
    assert_eq!(std::fs::read_to_string(seen).unwrap(), "https://example.com/run/7%26y%3B%20rm%20-rf?x=1");
}

#[test]
fn what_the_opener_opened_stays_open() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let browser = format!("sleep 60 > /dev/null 2>&1 & echo $! > {}", pid.display());
    crate::agents_program::script(folder.path(), "xdg-open", &browser);
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let setup = creel_tests::Setup { environment: vec![("PATH".to_owned(), path)], ..Default::default() };
    let mut creel = Creel::start_with(setup);
    tool(&creel, "open", "url", json!({ "url": "https://example.com/" }));
    deploy(&creel, "{}");
    ended(&creel, "succeeded");
    creel.terminate();
    let pid = std::fs::read_to_string(pid).unwrap().trim().to_owned();
    assert!(creel_tests::tools::lives(&pid), "the browser is the user's, also when Creel is closed");
    creel_tests::tools::run(std::process::Command::new("kill").arg(pid));
}

#[test]
fn a_tool_that_is_not_there_and_parameters_that_do_not_fit_are_refused_when_saved() {
    let creel = Creel::start();
    let table = [
        ("rocket", "launch", json!({}), "there is no tool rocket launch; there are shell execute"),
        ("shell", "execute", json!({}), "\\\"command\\\" is a required property"),
        ("shell", "execute", json!({ "command": 5 }), "command: 5 is not of type"),
        ("shell", "execute", json!({ "command": "a", "cwd": "/" }), "cwd"),
        ("git", "pull", json!({ "path": "{{webhook.body.path}}" }), "holds no placeholder"),
        ("git", "pull", json!({ "path": "app" }), "does not begin at the root"),
        ("http", "request", json!({ "url": "http://{{webhook.body.host}}/" }), "placeholder"),
        ("http", "request", json!({ "url": "http://127.0.0.1/" }), "this machine"),
        ("open", "url", json!({ "url": "file:///etc/passwd" }), "does not begin with http"),
        ("open", "url", json!({ "url": "javascript:alert(1)" }), "does not begin with http"),
    ];
    for (name, action, params, words) in table {
        let config = json!({ "toolId": name, "toolAction": action, "toolParams": params });
        let draft = json!({ "name": "T", "trigger": "webhook", "triggerConfig": { "webhookPath": "t", "webhookSecret": crate::octipus::SECRET },
            "action": "execute_tool", "actionConfig": config });
        let refused = creel.manage(creel_tests::Request::post("/api/hooks", draft.to_string()));
        assert!(
            refused.status >= 400 && refused.text().contains(words),
            "{name} {action} {params}: {}",
            refused.text()
        );
    }
}
