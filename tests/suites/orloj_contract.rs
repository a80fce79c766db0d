//! Orloj's answers over real sockets, step by step, and what they leave in `status`.

use std::sync::{Arc, Mutex};

use creel_tests::{Connection, Creel, Request, Setup, ShiftedClock, sign, tools};
use serde_json::{Value, json};

use crate::deliver::newest;
use crate::orloj::{SECRET, apply, generic, get, github, guide, path, runs, send, status};

const BODY: &str = r#"{"event":"report.trigger","topic":"AI startups"}"#;

/// The same Creel with the guide's resources, and the path of its generic webhook.
fn started() -> (Creel, String) {
    let creel = Creel::start();
    guide(&creel);
    let path = path(&creel, "report-generic-webhook");
    (creel, path)
}

#[test]
fn a_delivery_makes_one_run_task_and_again_is_a_duplicate() {
    let (creel, path) = started();
    let first = send(&creel, &path, "evt-001", BODY);
    assert_eq!(first.status, 202, "{}", first.text());
    let task = first.json()["task"].as_str().unwrap().to_owned();
    assert_eq!(
        first.json(),
        json!({ "accepted": true, "duplicate": false, "event_id": "evt-001", "task": task, "message": "delivery accepted" })
    );
    let again = send(&creel, &path, "evt-001", r#"{"another":"body"}"#);
    assert_eq!(again.status, 202);
    assert_eq!(
        again.json(),
        json!({ "accepted": true, "duplicate": true, "event_id": "evt-001", "task": task, "message": "duplicate delivery" })
    );
    assert_eq!((runs(&creel).len(), newest(&creel)["outcome"].as_str()), (1, Some("duplicate")));
    let name = task.strip_prefix("default/report-generic-webhook-").unwrap();
    assert_eq!(name, &sign::sha256(b"evt-001")[..16], "sixteen digits of the event id's digest");
    let run = get(&creel, &format!("/v1/tasks/report-generic-webhook-{name}?namespace=default"));
    let input = &run["spec"]["input"];
    assert_eq!(input["webhook_payload"], BODY, "the raw body");
    assert_eq!((&input["webhook_event_id"], &input["webhook_source"]), (&json!("evt-001"), &json!("generic")));
    let received = input["webhook_received_at"].as_str().unwrap();
    assert!(received.ends_with('Z') && received.starts_with("20") && received.contains('T'), "{received}");
    assert_eq!((&input["topic"], &run["spec"]["system"]), (&json!("AI startups"), &json!("report-system")));
    let status = status(&creel, "report-generic-webhook");
    assert_eq!(
        (&status["acceptedCount"], &status["duplicateCount"], &status["rejectedCount"]),
        (&json!(1), &json!(1), &json!(0))
    );
    assert_eq!((&status["lastTriggeredTask"], &status["lastEventID"]), (&json!(task), &json!("evt-001")));
    assert_eq!((&status["phase"], &status["lastError"]), (&json!("Ready"), &json!("")));
}

#[test]
fn the_endpoint_is_made_of_namespace_and_name() {
    let (creel, path) = started();
    let id = &sign::sha256(b"default/report-generic-webhook")[..24];
    assert_eq!(path, format!("/v1/webhook-deliveries/{id}"));
    assert_eq!(status(&creel, "report-generic-webhook")["endpointID"], id);
    let renamed = tools::fixture("orloj/generic_webhook.yaml").replace("report-generic-webhook", "another-name");
    apply(&creel, "/v1/task-webhooks", &renamed);
    let gone = creel.manage(Request::new("DELETE", "/v1/task-webhooks/report-generic-webhook"));
    assert_eq!(gone.status, 204);
    assert_ne!(crate::orloj::path(&creel, "another-name"), path, "a new name is a new endpoint");
    let answer = send(&creel, &path, "e", BODY);
    assert_eq!((answer.status, answer.text().trim()), (404, "webhook endpoint not found"));
}

#[test]
fn every_error_is_plain_text_and_its_cause_is_kept() {
    let (creel, path) = started();
    let now = sign::now().to_string();
    let good = || sign::hex(SECRET, format!("{now}.{BODY}").as_bytes());
    let with = |headers: &[(&str, &str)]| {
        let request = Request::post(&path, BODY).header("X-Event-Id", "e");
        headers.iter().fold(request, |request, (name, value)| request.header(name, *value))
    };
    let old = (sign::now() - 301).to_string();
    let ahead = (sign::now() + 330).to_string();
    let rejected = "signature verification failed";
    let sha = |digits: &str| format!("sha256={digits}");
    let stale = |time: &str| sha(&sign::hex(SECRET, format!("{time}.{BODY}").as_bytes()));
    let table: Vec<(Request, u16, &str, &str)> = vec![
        (with(&[("X-Timestamp", &now)]), 401, rejected, "missing signature header X-Signature"),
        (with(&[("X-Timestamp", &now), ("X-Signature", &good())]), 401, rejected, "invalid signature prefix"),
        (with(&[("X-Timestamp", &now), ("X-Signature", "sha256=")]), 401, rejected, "signature is empty"),
        (with(&[("X-Signature", &sha(&good()))]), 401, rejected, "missing timestamp header X-Timestamp"),
        (with(&[("X-Timestamp", "soon"), ("X-Signature", &sha(&good()))]), 401, rejected, "invalid timestamp"),
        (
            with(&[("X-Timestamp", &old), ("X-Signature", &stale(&old))]),
            401,
            rejected,
            "timestamp outside allowed skew",
        ),
        (
            with(&[("X-Timestamp", &ahead), ("X-Signature", &stale(&ahead))]),
            401,
            rejected,
            "timestamp outside allowed skew",
        ),
        (
            with(&[("X-Timestamp", &now), ("X-Signature", &sha(&"zz".repeat(32)))]),
            401,
            rejected,
            "signature must be hex",
        ),
        (with(&[("X-Timestamp", &now), ("X-Signature", &sha(&"00".repeat(32)))]), 401, rejected, "signature mismatch"),
        (
            Request::post(&path, BODY).header("X-Timestamp", now.clone()).header("X-Signature", sha(&good())),
            400,
            "missing event id",
            "missing event id header X-Event-Id",
        ),
    ];
    let count = table.len();
    for (request, code, text, cause) in table {
        let answer = creel.deliver(&request);
        assert_eq!((answer.status, answer.text().trim()), (code, text), "{cause}");
        assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")), "{cause}");
        let status = status(&creel, "report-generic-webhook");
        let kept = status["lastError"].as_str().unwrap();
        assert!(kept.starts_with(cause), "{cause}: {kept}");
        assert_eq!(status["phase"], "Error");
        assert_eq!(newest(&creel)["reason"], kept, "the inbox has it too");
    }
    assert_eq!(status(&creel, "report-generic-webhook")["rejectedCount"], count);
    assert!(runs(&creel).is_empty());
    let unknown = send(&creel, "/v1/webhook-deliveries/000000000000000000000000", "e", BODY);
    assert_eq!((unknown.status, unknown.text().trim()), (404, "webhook endpoint not found"));
    assert_eq!(creel.deliver(&Request::get(&path)).status, 405);
}

#[test]
fn a_time_is_taken_in_three_forms_and_prefix_and_digits_in_either_case() {
    let (creel, path) = started();
    let now = sign::now();
    let seconds = now.to_string();
    let millis = format!("{now}123");
    let written =
        tools::run(std::process::Command::new("date").args(["-u", "-d", &format!("@{now}"), "+%Y-%m-%dT%H:%M:%SZ"]));
    let rfc3339 = String::from_utf8(written.stdout).unwrap().trim().to_owned();
    for time in [&seconds, &millis, &rfc3339] {
        let answer = creel.deliver(&generic(&path, SECRET, time, time, BODY));
        assert_eq!(answer.status, 202, "{time}: {}", answer.text());
    }
    for prefix in ["SHA256=", "Sha256="] {
        let digits = sign::hex(SECRET, format!("{seconds}.{BODY}").as_bytes()).to_uppercase();
        let request = Request::post(&path, BODY).header("X-Timestamp", seconds.clone()).header("X-Event-Id", prefix);
        assert_eq!(creel.deliver(&request.header("X-Signature", format!("{prefix}{digits}"))).status, 202, "{prefix}");
    }
    for off in [-290, 290] {
        let time = (sign::now() + off).to_string();
        assert_eq!(creel.deliver(&generic(&path, SECRET, &time, &time, BODY)).status, 202, "{off} seconds off");
    }
}

#[test]
fn the_github_profile_signs_the_body_alone() {
    let (creel, _) = started();
    let path = path(&creel, "report-github-push");
    let body = r#"{"ref":"refs/heads/main","repository":{"full_name":"acme/repo"}}"#;
    let answer = creel.deliver(&github(&path, SECRET, "gh-evt-001", body));
    assert_eq!(answer.status, 202, "{}", answer.text());
    assert_eq!(runs(&creel)[0]["spec"]["input"]["webhook_source"], "github");
    assert_eq!(creel.deliver(&github(&path, SECRET, "gh-evt-001", body)).json()["duplicate"], true);
    assert_eq!(creel.deliver(&github(&path, "wrong", "gh-evt-002", body)).status, 401);
    let without_id = Request::post(&path, body).header("X-Hub-Signature-256", sign::github(SECRET, body.as_bytes()));
    let answer = creel.deliver(&without_id);
    assert_eq!((answer.status, answer.text().trim()), (400, "missing event id"));
}

#[test]
fn an_event_counts_as_seen_for_24_hours_and_72_for_github() {
    let clock = Arc::new(ShiftedClock::new());
    let creel = Creel::start_with(Setup { clock: Some(Arc::clone(&clock)), ..Setup::default() });
    guide(&creel);
    let (generic_path, github_path) = (path(&creel, "report-generic-webhook"), path(&creel, "report-github-push"));
    let hour = 3600;
    let both = |shift: i64| {
        clock.shift_to(shift);
        let time = (sign::now() + shift).to_string();
        let one = creel.deliver(&generic(&generic_path, SECRET, &time, "e", BODY)).json()["duplicate"].clone();
        (one, creel.deliver(&github(&github_path, SECRET, "e", BODY)).json()["duplicate"].clone())
    };
    assert_eq!(both(0), (json!(false), json!(false)));
    assert_eq!(both(23 * hour), (json!(true), json!(true)));
    assert_eq!(both(24 * hour + 60), (json!(false), json!(true)), "generic: 24 hours");
    assert_eq!(both(71 * hour).1, json!(true));
    assert_eq!(both(72 * hour + 60).1, json!(false), "github: 72 hours");
}

#[test]
fn headers_skew_and_window_can_be_others() {
    let (creel, _) = started();
    let own = format!(
        "{}    signature_header: X-Sig\n    signature_prefix: \"\"\n    timestamp_header: X-When\n    max_skew_seconds: 10\n  idempotency:\n    event_id_header: X-Id\n    dedupe_window_seconds: 1\n  payload:\n    input_key: body\n",
        tools::fixture("orloj/generic_webhook.yaml").replace("report-generic-webhook", "own")
    );
    apply(&creel, "/v1/task-webhooks", &own);
    let path = path(&creel, "own");
    let request = |time: i64| {
        let signature = sign::hex(SECRET, format!("{time}.{BODY}").as_bytes());
        Request::post(&path, BODY).header("X-When", time.to_string()).header("X-Id", "e").header("X-Sig", signature)
    };
    assert_eq!(creel.deliver(&request(sign::now())).status, 202);
    assert_eq!(runs(&creel)[0]["spec"]["input"]["body"], BODY);
    assert_eq!(creel.deliver(&request(sign::now() - 30)).status, 401);
}

#[test]
fn a_missing_secret_or_template_is_400_and_the_same_event_works_later() {
    let (creel, path) = started();
    creel.manage(Request::new("DELETE", "/v1/secrets/webhook-shared-secret"));
    let answer = send(&creel, &path, "evt-1", BODY);
    assert_eq!((answer.status, answer.text().trim()), (400, "webhook secret resolution failed"));
    let cause = status(&creel, "report-generic-webhook")["lastError"].clone();
    assert!(cause.as_str().unwrap().contains("\"webhook-shared-secret\" not found"), "{cause}");
    let rows = creel.rpc("triggers_list", json!({}));
    let named = |row: &&Value| row["trigger"]["name"] == "report-generic-webhook";
    let id = &rows.as_array().unwrap().iter().find(named).unwrap()["trigger"]["id"];
    let test = creel.try_rpc("send_test", json!({ "trigger_id": id }));
    let words = "the Secret \"webhook-shared-secret\" that \"report-generic-webhook\" names is not there";
    assert_eq!((test.status, &test.json()["message"]), (409, &json!(words)), "no keychain is to blame");
    apply(&creel, "/v1/secrets", &tools::fixture("orloj/webhook_shared_secret.yaml"));
    creel.manage(Request::new("DELETE", "/v1/tasks/weekly-report-template"));
    let answer = send(&creel, &path, "evt-1", BODY);
    assert_eq!((answer.status, answer.text().trim()), (400, "webhook task creation failed"));
    let cause = status(&creel, "report-generic-webhook")["lastError"].clone();
    assert_eq!(cause, "task template \"weekly-report-template\" not found");
    assert_eq!(newest(&creel)["outcome"], "rejected");
    let template = tools::fixture("orloj/weekly_report_template_task.yaml");
    apply(&creel, "/v1/tasks", &template.replace("mode: template", "mode: run"));
    assert_eq!(send(&creel, &path, "evt-1", BODY).status, 400);
    let cause = status(&creel, "report-generic-webhook")["lastError"].clone();
    assert!(cause.as_str().unwrap().contains("spec.mode=template"), "{cause}");
    apply(&creel, "/v1/tasks", &template);
    let later = send(&creel, &path, "evt-1", BODY);
    assert_eq!((later.status, &later.json()["duplicate"]), (202, &json!(false)), "nothing was noted as seen before");
}

#[test]
fn a_suspended_webhook_is_409_and_a_body_beyond_a_mebibyte_400() {
    let (creel, path) = started();
    let fits = "x".repeat(1024 * 1024);
    assert_eq!(send(&creel, &path, "fits", &fits).status, 202);
    let answer = send(&creel, &path, "over", &format!("{fits}x"));
    assert_eq!((answer.status, answer.text().trim()), (400, "invalid webhook payload"));
    let hook = format!("{}  suspend: true\n", tools::fixture("orloj/generic_webhook.yaml"));
    apply(&creel, "/v1/task-webhooks", &hook);
    let answer = send(&creel, &path, "e", BODY);
    assert_eq!((answer.status, answer.text().trim()), (409, "webhook is suspended"));
    assert_eq!(status(&creel, "report-generic-webhook")["lastError"], "webhook is suspended");
    assert_eq!(get(&creel, "/v1/task-webhooks/report-generic-webhook")["spec"]["suspend"], true);
}

#[test]
fn another_value_in_the_secret_keeps_the_webhook() {
    let (creel, path) = started();
    let now = || sign::now().to_string();
    apply(&creel, "/v1/secrets", &tools::fixture("orloj/webhook_shared_secret.yaml").replace("replace-me", "replaced"));
    assert_eq!(crate::orloj::path(&creel, "report-generic-webhook"), path);
    assert_eq!(creel.deliver(&generic(&path, SECRET, &now(), "a", BODY)).status, 401);
    assert_eq!(creel.deliver(&generic(&path, "replaced", &now(), "a", BODY)).status, 202);
    let two = "kind: Secret\nmetadata: {name: webhook-shared-secret}\nspec:\n  data: {b: b3RoZXI=, a: Zmlyc3Qta2V5}\n";
    apply(&creel, "/v1/secrets", two);
    assert_eq!(creel.deliver(&generic(&path, "first-key", &now(), "b", BODY)).status, 202, "the first key in order");
    assert_eq!(creel.deliver(&generic(&path, "other", &now(), "c", BODY)).status, 401);
    let shown = get(&creel, "/v1/secrets/webhook-shared-secret").to_string();
    assert!(shown.contains("***") && !shown.contains("first") && !shown.contains("Zmlyc3Q"), "{shown}");
}

#[test]
fn two_hundred_identical_deliveries_at_once_make_one_run_task() {
    let (creel, path) = started();
    let fresh = Mutex::new(0);
    let request = generic(&path, SECRET, &sign::now().to_string(), "evt-001", BODY);
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                let mut connection = Connection::open(&creel.receiver).unwrap();
                for _ in 0..10 {
                    let answer = connection.send(&request).unwrap();
                    assert_eq!(answer.status, 202, "{}", answer.text());
                    *fresh.lock().unwrap() += i32::from(answer.json()["duplicate"] == json!(false));
                }
            });
        }
    });
    assert_eq!((fresh.into_inner().unwrap(), runs(&creel).len()), (1, 1));
    let status = status(&creel, "report-generic-webhook");
    assert_eq!((&status["acceptedCount"], &status["duplicateCount"]), (&json!(1), &json!(199)));
}

#[test]
fn a_kill_in_the_middle_leaves_one_run_task_for_each_event_that_was_answered() {
    let (mut creel, path) = started();
    let answered = Mutex::new(std::collections::BTreeSet::new());
    for (run, limit) in [60, 110, 170].into_iter().enumerate() {
        std::thread::scope(|scope| {
            for sender in 0..4 {
                let (receiver, path, answered) = (creel.receiver.clone(), &path, &answered);
                scope.spawn(move || {
                    let Ok(mut connection) = Connection::open(&receiver) else { return };
                    for n in 0..20_000 {
                        let id = format!("{run}-{sender}-{n}");
                        let request = generic(path, SECRET, &sign::now().to_string(), &id, BODY);
                        let Ok(answer) = connection.send(&request) else { return };
                        assert_eq!(answer.status, 202, "{}", answer.text());
                        answered.lock().unwrap().insert(id);
                    }
                });
            }
            // However busy the machine is, the load is a load.
            let wanted = answered.lock().unwrap().len() + 10;
            creel_tests::until("a dozen answers", || (answered.lock().unwrap().len() > wanted).then_some(()));
            // The moment of the kill is what varies; it waits for time, not for a condition.
            std::thread::sleep(std::time::Duration::from_millis(limit));
            creel.kill();
        });
        creel.start_again();
    }
    let answered = answered.into_inner().unwrap();
    assert!(answered.len() > 30, "the load was a load: {}", answered.len());
    let accepted = creel.deliveries("").iter().filter(|row| row["outcome"] == "accepted").count();
    assert_eq!(status(&creel, "report-generic-webhook")["acceptedCount"], accepted, "a run and its delivery are one");
    for id in &answered {
        assert_eq!(send(&creel, &path, id, BODY).json()["duplicate"], true, "{id} made its run task");
    }
}

#[test]
fn resources_are_listed_changed_and_deleted_and_errors_are_plain_text() {
    let (creel, _) = started();
    let names = |path: &str| -> Vec<String> {
        let items = get(&creel, path)["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["metadata"]["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("/v1/task-webhooks"), ["report-generic-webhook", "report-github-push"]);
    assert_eq!(names("/v1/secrets"), ["webhook-shared-secret"]);
    assert!(names("/v1/tasks?namespace=team-a").is_empty());
    let page = get(&creel, "/v1/task-webhooks?limit=1");
    let next = format!("/v1/task-webhooks?limit=1&continue={}", page["continue"].as_str().unwrap());
    assert_eq!(names(&next), ["report-github-push"]);
    let json = json!({ "metadata": { "name": "in-json", "namespace": "team-a" }, "spec": { "mode": "template", "system": "s" } });
    let made = apply(&creel, "/v1/tasks", &json.to_string());
    assert_eq!((&made["apiVersion"], &made["kind"]), (&json!("orloj.dev/v1"), &json!("Task")));
    let put = |path: &str, body: &str| creel.manage(Request::new("PUT", path).with_body(body));
    let changed = put("/v1/tasks/in-json?namespace=team-a", &json.to_string().replace("\"s\"", "\"other\""));
    assert_eq!((changed.status, &changed.json()["spec"]["system"]), (200, &json!("other")), "{}", changed.text());
    let missing = put("/v1/tasks/none", &json.to_string());
    assert_eq!((missing.status, missing.text().trim()), (404, "task \"none\" not found"));
    let wrong = creel
        .manage(Request::post("/v1/tasks", "kind: Task\nmetadata:\n  name: a\nspec:\n  mode: sample\n  system: s\n"));
    assert_eq!(
        (wrong.status, wrong.text().trim()),
        (400, "line 5, column 9: spec.mode is \"sample\"; use template or run")
    );
    let locked = creel_tests::wire::send(&creel.control, &Request::get("/v1/tasks"));
    assert_eq!(locked.status, 401);
    assert!(locked.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")), "{}", locked.text());
    let status: Value = get(&creel, "/v1/task-webhooks/report-github-push/status");
    assert_eq!(status["status"]["phase"], "Ready");
    assert_eq!(creel.manage(Request::new("DELETE", "/v1/tasks/in-json?namespace=team-a")).status, 204);
    assert_eq!(creel.manage(Request::new("DELETE", "/v1/tasks/in-json?namespace=team-a")).status, 404);
}
