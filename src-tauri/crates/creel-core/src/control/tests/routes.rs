//! What each route runs and how it answers.

use serde_json::{Value, json};

use super::running::Running;
use crate::error::{ApiError, ErrorCode};

#[tokio::test]
async fn rpc_passes_the_bytes_through_and_answers_the_bare_error() {
    let site = Running::new().await;
    site.script.says("tasks_list", json!({ "items": [], "next": null }));
    let answer = site.authorised("POST /rpc/tasks_list", r#"{"limit":5}"#).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"items":[],"next":null}"#));
    assert_eq!(site.script.last(), ("tasks_list".to_owned(), json!({ "limit": 5 })));
    assert_eq!(
        (answer.header("cache-control"), answer.header("x-content-type-options")),
        (Some("no-store"), Some("nosniff"))
    );

    site.script.fails("task_get", ApiError::invalid("id", "no good").hint("try another"));
    let answer = site.authorised("POST /rpc/task_get", "").await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.json(), json!({ "code": "invalid", "message": "no good", "hint": "try another", "field": "id" }));
    let unknown = site.authorised("POST /rpc/nothing", "{}").await;
    assert_eq!((unknown.status, unknown.json()["code"].clone()), (404, json!("not_found")));
    assert_eq!(site.authorised("GET /rpc/tasks_list", "").await.status, 405);
    let long = "x".repeat(2 * 1024 * 1024 + 1);
    assert_eq!(site.authorised("POST /rpc/tasks_list", &long).await.status, 413);
}

/// Request, body, command, what the command gets.
type Case = (&'static str, &'static str, &'static str, Value);

fn cases() -> Vec<Case> {
    let id = || json!({ "id": "x" });
    vec![
        ("GET /api/lists", "", "lists_list", json!({})),
        ("POST /api/lists", r#"{"name":"a"}"#, "list_create", json!({ "name": "a" })),
        ("PATCH /api/lists/x", r#"{"name":"a"}"#, "list_rename", json!({ "name": "a", "id": "x" })),
        ("DELETE /api/lists/x", "", "list_delete", id()),
        (
            "GET /api/tasks?list_id=l&status=done&limit=5&after=9",
            "",
            "tasks_list",
            json!({ "list_id": "l", "status": "done", "limit": 5, "after": 9 }),
        ),
        ("GET /api/tasks", "", "tasks_list", json!({})),
        ("POST /api/tasks", r#"{"title":"a"}"#, "task_create", json!({ "title": "a" })),
        ("GET /api/tasks/x", "", "task_get", id()),
        (
            "PATCH /api/tasks/x",
            r#"{"status":"done"}"#,
            "task_update",
            json!({ "id": "x", "change": { "status": "done" } }),
        ),
        ("DELETE /api/tasks/x", "", "task_delete", id()),
        ("GET /api/alerts?status=open&limit=5", "", "alerts_list", json!({ "status": "open", "limit": 5 })),
        ("GET /api/alerts/x", "", "alert_get", id()),
        ("GET /api/alerts/x/occurrences?after=9", "", "alert_occurrences", json!({ "id": "x", "after": 9 })),
        ("POST /api/alerts/x/acknowledge", "", "alert_acknowledge", id()),
        ("POST /api/alerts/x/resolve", "", "alert_resolve", id()),
        ("POST /api/alerts/x/reopen", "", "alert_reopen", id()),
        ("GET /api/triggers", "", "triggers_list", json!({})),
        ("POST /api/triggers", r#"{"name":"a"}"#, "trigger_create", json!({ "name": "a" })),
        ("GET /api/triggers/x", "", "trigger_get", id()),
        (
            "PATCH /api/triggers/x",
            r#"{"enabled":false}"#,
            "trigger_update",
            json!({ "id": "x", "change": { "enabled": false } }),
        ),
        ("DELETE /api/triggers/x", "", "trigger_delete", id()),
        ("POST /api/triggers/x/rotate-secret", "", "trigger_rotate_secret", id()),
        (
            "POST /api/triggers/x/rotate-secret",
            r#"{"grace_hours":1}"#,
            "trigger_rotate_secret",
            json!({ "grace_hours": 1, "id": "x" }),
        ),
        (
            "GET /api/deliveries?q=sig%3Abad+after%3A1h&limit=2",
            "",
            "deliveries_list",
            json!({ "q": "sig:bad after:1h", "limit": 2 }),
        ),
        ("GET /api/deliveries/x", "", "delivery_get", id()),
        ("POST /api/deliveries/x/replay", "", "replay_send", json!({ "delivery_id": "x", "target": "original" })),
        (
            "POST /api/deliveries/x/replay",
            r#"{"target":{"url":"http://a"},"times":2}"#,
            "replay_send",
            json!({ "target": { "url": "http://a" }, "times": 2, "delivery_id": "x" }),
        ),
        (
            "GET /api/executions?status=failed,queued&delivery=d",
            "",
            "executions_list",
            json!({ "status": ["failed", "queued"], "delivery": "d" }),
        ),
        ("GET /api/executions/x", "", "execution_get", id()),
        ("POST /api/executions/x/retry", "", "execution_retry", id()),
        ("POST /api/executions/x/cancel", "", "execution_cancel", id()),
    ]
}

#[tokio::test]
async fn each_rest_route_runs_its_command_with_the_right_input() {
    let site = Running::new().await;
    for (request, body, command, input) in cases() {
        site.script.says(command, json!({}));
        let answer = site.authorised(request, body).await;
        assert_eq!(site.script.last(), (command.to_owned(), input), "{request}");
        let expected = match request.split(['?', ' ']).collect::<Vec<_>>()[..] {
            ["DELETE", ..] => 204,
            ["POST", path, ..] if path.matches('/').count() == 2 => 201,
            _ => 200,
        };
        assert_eq!(answer.status, expected, "{request}: {answer:?}");
        site.script.fails(command, ApiError::not_found("thing", "x"));
        let missing = site.authorised(request, body).await;
        assert_eq!(
            (missing.status, missing.json()["error"]["message"].clone()),
            (404, json!("no thing x")),
            "{request}"
        );
    }
}

#[tokio::test]
async fn rows_are_shown_flat_and_numbers_stay_exact() {
    let site = Running::new().await;
    let row = json!({ "trigger": { "id": "trg_1", "name": "a" }, "path": "/hooks/a", "accepted_24h": 3 });
    site.script.says("trigger_create", json!({ "row": row, "secret": "whsec_1", "warnings": [] }));
    let made = site.authorised("POST /api/triggers", "{}").await.json();
    assert_eq!(
        made,
        json!({ "id": "trg_1", "name": "a", "path": "/hooks/a", "accepted_24h": 3, "secret": "whsec_1", "warnings": [] })
    );
    site.script.says("triggers_list", json!([row]));
    assert_eq!(site.authorised("GET /api/triggers", "").await.json()["items"][0]["id"], "trg_1");
    let big: Value =
        serde_json::from_str(r#"{"page":{"items":[{"n":12345678901234567890123}],"next":7},"meaning":"all"}"#).unwrap();
    site.script.says("deliveries_list", big);
    let answer = site.authorised("GET /api/deliveries", "").await;
    assert_eq!(answer.body, r#"{"items":[{"n":12345678901234567890123}],"next":7,"meaning":"all"}"#);
}

#[tokio::test]
async fn a_body_comes_as_its_bytes_slice_by_slice() {
    let site = Running::new().await;
    site.script.says("delivery_body", json!({ "base64": "PGI+", "offset": 0, "total": 3 }));
    let answer = site.authorised("GET /api/deliveries/x/body", "").await;
    assert_eq!((answer.body.as_str(), answer.header("content-type")), ("<b>", Some("application/octet-stream")));
    assert_eq!(site.script.last().1, json!({ "id": "x", "offset": 0 }));
}

#[tokio::test]
async fn what_cannot_be_read_is_400_and_names_it() {
    let site = Running::new().await;
    for (request, body) in [
        ("POST /api/tasks", "{"),
        ("POST /api/tasks", "[]"),
        ("GET /api/tasks?limit=many", ""),
        ("GET /api/tasks?status=lost", ""),
        ("GET /api/executions?after=x", ""),
    ] {
        let answer = site.authorised(request, body).await;
        assert_eq!(
            (answer.status, answer.json()["error"]["code"].clone()),
            (400, json!("bad_request")),
            "{request} {body}"
        );
    }
    assert!(site.script.calls.lock().unwrap().is_empty());
}

fn opengate_row() -> Value {
    json!({ "trigger": {
        "id": "trg_1", "project_id": "local", "name": "a", "contract": "opengate", "enabled": true, "ip_allowlist": [],
        "actions": [{ "create_task": { "list_id": "lst_1", "title": "t" } }], "created_at": 1_772_528_400_000_i64, "updated_at": 1_772_528_400_000_i64,
    } })
}

#[tokio::test]
async fn opengates_management_speaks_its_own_words() {
    let site = Running::new().await;
    site.script.says("trigger_create", json!({ "row": opengate_row(), "secret": "whsec_1", "warnings": [] }));
    let draft = json!({ "name": "a", "contract": "opengate", "scheme": "opengate", "ip_allowlist": ["10.0.0.1"],
        "actions": [{ "create_task": { "list_id": "lst_1", "title": "t" } }] });
    for names in [["action", "config"], ["action_type", "action_config"]] {
        let body = json!({ "name": "a", names[0]: "create_task", names[1]: { "list_id": "lst_1", "title": "t" }, "ip_allowlist": ["10.0.0.1"] });
        let answer = site.authorised("POST /api/projects/local/triggers", &body.to_string()).await;
        assert_eq!(site.script.last(), ("trigger_create".to_owned(), draft.clone()));
        assert_eq!(answer.status, 201);
        let expected = json!({ "id": "trg_1", "project_id": "local", "name": "a", "action": "create_task",
            "config": { "list_id": "lst_1", "title": "t" }, "enabled": true, "ip_allowlist": [],
            "created_at": "2026-03-03T09:00:00Z", "updated_at": "2026-03-03T09:00:00Z", "secret": "whsec_1" });
        assert_eq!(answer.json(), expected);
    }
    site.script.says("triggers_list", json!([opengate_row(), { "trigger": { "id": "trg_2", "contract": "creel" } }]));
    let list = site.authorised("GET /api/projects/local/triggers", "").await.json();
    assert_eq!((list.as_array().unwrap().len(), list[0]["id"].clone()), (1, json!("trg_1")));
}

#[tokio::test]
async fn opengates_rotation_has_exactly_its_three_fields() {
    let site = Running::new().await;
    site.script.says("trigger_get", opengate_row());
    let rotated = json!({ "secret": "s", "old_secret_expires_at": "2026-03-04T09:00:00Z", "grace_period_hours": 24 });
    site.script.says("trigger_rotate_secret", rotated.clone());
    let answer = site.authorised("POST /api/projects/local/triggers/trg_1/rotate-secret", "").await;
    assert_eq!((answer.status, answer.json()), (200, rotated));
    assert_eq!(site.script.last().1, json!({ "id": "trg_1", "grace_hours": 24 }));
}

#[tokio::test]
async fn opengates_logs_use_its_three_words() {
    let site = Running::new().await;
    site.script.says("trigger_get", opengate_row());
    let row = |status: u16| json!({ "id": "dlv_1", "received_at": 1_772_528_400_000_i64, "answer_status": status, "reason": "why" });
    site.script.says("deliveries_list", json!({ "page": { "items": [row(200), row(500), row(401)], "next": null } }));
    site.script.says("delivery_get", json!({ "answer": { "body": "{\"task_id\":\"tsk_1\"}" } }));
    let logs = site.authorised("GET /api/projects/local/triggers/trg_1/logs", "").await.json();
    let words: Vec<_> = logs.as_array().unwrap().iter().map(|log| log["status"].as_str().unwrap()).collect();
    assert_eq!(words, ["success", "failed", "rejected"]);
    assert_eq!((logs[0]["result"]["task_id"].clone(), logs[0]["error"].clone()), (json!("tsk_1"), Value::Null));
    assert_eq!((logs[2]["result"].clone(), logs[2]["error"].clone()), (Value::Null, json!("why")));
}

#[tokio::test]
async fn opengates_errors_have_its_envelope() {
    let site = Running::new().await;
    let error = |answer: super::running::Answer| (answer.status, answer.json());
    let base = "/api/projects/local/triggers";
    assert_eq!(
        error(site.authorised("GET /api/projects/other/triggers", "").await),
        (404, json!({ "error": "Project not found" }))
    );
    site.script.says("trigger_get", json!({ "trigger": { "id": "trg_2", "contract": "creel" } }));
    for request in
        [format!("GET {base}/trg_2"), format!("DELETE {base}/trg_2"), format!("POST {base}/trg_2/rotate-secret")]
    {
        assert_eq!(
            error(site.authorised(&request, "").await),
            (404, json!({ "error": "Trigger not found" })),
            "{request}"
        );
    }
    site.script.fails("trigger_create", ApiError::invalid("ip_allowlist", "10.0.0.300 is no address"));
    for (body, words) in [
        (r#"{"action":"create_task","config":{}}"#, "name is missing"),
        (r#"{"name":"a"}"#, "action is missing"),
        (r#"{"name":"a","action":"create_task"}"#, "config is missing"),
        (r#"{"name":"a","action":"launch","config":{}}"#, "launch"),
        (
            r#"{"name":"a","action":"create_task","config":{},"ip_allowlist":["10.0.0.300"]}"#,
            "ip_allowlist: 10.0.0.300",
        ),
    ] {
        let (status, answer) = error(site.authorised(&format!("POST {base}"), body).await);
        assert!(status == 422 && answer["error"].as_str().unwrap().contains(words), "{body}: {status} {answer}");
    }
    site.script.fails("triggers_list", ApiError::new(ErrorCode::Unavailable, "starting"));
    assert_eq!(error(site.authorised(&format!("GET {base}"), "").await), (503, json!({ "error": "starting" })));
}
