//! Manifests and what is made of them.

use super::*;
use crate::clock::UnixMs;

const TEMPLATE: &str = "apiVersion: orloj.dev/v1
kind: Task
metadata:
  name: weekly-report-template
  labels:
    team: reports
spec:
  mode: template
  system: report-system
  input:
    topic: AI startups
    count: 5
  priority: high
  retry:
    max_attempts: 3
    backoff: 5s
";

const SECRET: &str = "apiVersion: orloj.dev/v1
kind: Secret
metadata: { name: webhook-shared-secret }
spec:
  stringData:
    value: replace-me
";

const HOOK: &str = "apiVersion: orloj.dev/v1
kind: TaskWebhook
metadata:
  name: report-generic-webhook
spec:
  task_ref: weekly-report-template
  auth:
    secret_ref: webhook-shared-secret
";

fn one(text: &str) -> Resource {
    read(text, None).unwrap().remove(0)
}

fn hook(text: &str) -> TaskWebhookManifest {
    match one(text) {
        Resource::TaskWebhook(hook) => hook,
        other => panic!("{other:?}"),
    }
}

fn template() -> TaskManifest {
    match one(TEMPLATE) {
        Resource::Task(task) => task,
        other => panic!("{other:?}"),
    }
}

#[test]
fn several_documents_of_several_kinds_are_read_in_their_order() {
    let all = read(&[SECRET, TEMPLATE, HOOK].join("---\n"), None).unwrap();
    let names: Vec<_> = all.iter().map(|one| (one.kind().name(), one.metadata().key())).collect();
    assert_eq!(
        names,
        [
            ("Secret", "default/webhook-shared-secret".to_owned()),
            ("Task", "default/weekly-report-template".to_owned()),
            ("TaskWebhook", "default/report-generic-webhook".to_owned()),
        ]
    );
    let task = template();
    assert_eq!(
        (task.spec.mode, task.spec.input["count"].as_str()),
        (TaskMode::Template, "5"),
        "a number is a text there"
    );
    assert_eq!(task.spec.retry.unwrap().max_attempts, Some(3));
}

#[test]
fn json_is_read_as_well() {
    let text = r#"{"kind":"Secret","metadata":{"name":"s","namespace":"team-a"},
        "spec":{"data":{"b":"c2Vjb25k","a":"Zmlyc3Q="},"stringData":{"b":"wins \ud83d\ude00"}}}"#;
    let Resource::Secret(secret) = one(text) else { panic!("a secret") };
    assert_eq!(secret.metadata.key(), "team-a/s");
    let values: Vec<_> = secret.values.iter().map(|(key, value)| (key.as_str(), value.expose())).collect();
    assert_eq!(values, [("a", "first"), ("b", "wins 😀")], "the first key in order signs; stringData wins");
}

#[test]
fn a_webhook_has_its_profiles_defaults_and_takes_others() {
    let generic = hook(HOOK).spec;
    assert_eq!(
        (generic.auth.profile, generic.auth.signature_header.as_str()),
        (WebhookProfile::Generic, "X-Signature")
    );
    assert_eq!((generic.auth.signature_prefix.as_str(), generic.auth.max_skew_seconds), ("sha256=", Some(300)));
    assert_eq!(generic.auth.timestamp_header.as_deref(), Some("X-Timestamp"));
    assert_eq!(
        (generic.idempotency.event_id_header.as_str(), generic.idempotency.dedupe_window_seconds),
        ("X-Event-Id", 86_400)
    );
    assert_eq!((generic.payload.mode.as_str(), generic.payload.input_key.as_str()), ("raw", "webhook_payload"));
    let github = hook(&HOOK.replace("auth:\n", "auth:\n    profile: github\n")).spec;
    assert_eq!((github.auth.signature_header.as_str(), github.auth.timestamp_header), ("X-Hub-Signature-256", None));
    assert_eq!(github.idempotency.event_id_header, "X-GitHub-Delivery");
    assert_eq!(github.idempotency.dedupe_window_seconds, 72 * 3600);
    let own = format!(
        "{HOOK}    signature_header: X-Sig\n    signature_prefix: \"\"\n    timestamp_header: X-When\n    max_skew_seconds: 60\n  idempotency:\n    event_id_header: X-Id\n    dedupe_window_seconds: 5\n  payload:\n    input_key: body\n  suspend: true\n"
    );
    let own = hook(&own).spec;
    assert_eq!((own.auth.signature_header.as_str(), own.auth.signature_prefix.as_str()), ("X-Sig", ""));
    assert_eq!((own.auth.timestamp_header.as_deref(), own.auth.max_skew_seconds), (Some("X-When"), Some(60)));
    assert_eq!((own.idempotency.event_id_header.as_str(), own.idempotency.dedupe_window_seconds), ("X-Id", 5));
    assert_eq!((own.payload.input_key.as_str(), own.suspend), ("body", true));
}

#[test]
fn a_mistake_is_named_with_its_line_and_column() {
    for (text, expected) in [
        (
            TEMPLATE.replace("mode: template", "mode: sample"),
            "line 8, column 9: spec.mode is \"sample\"; use template or run",
        ),
        (TEMPLATE.replace("  system: report-system\n", ""), "line 8, column 3: spec.system is missing"),
        (TEMPLATE.replace("v1", "v2"), "line 1, column 13: apiVersion is \"orloj.dev/v2\"; use orloj.dev/v1"),
        (
            TEMPLATE.replace("kind: Task", "kind: Agent"),
            "line 2, column 7: kind is \"Agent\"; use Task, Secret or TaskWebhook",
        ),
        (
            TEMPLATE.replace("weekly-report-template", "a/b"),
            "line 4, column 9: metadata.name \"a/b\" has a slash, a space or a control character",
        ),
        (
            TEMPLATE.replace("weekly-report-template", "status"),
            "line 4, column 9: metadata.name \"status\" is a reserved word",
        ),
        (TEMPLATE.replace("priority: high", "suspend: true"), "line 13, column 12: spec.suspend is no field of a Task"),
        (SECRET.replace("stringData", "data"), "line 6, column 12: spec.data.value is not base64"),
        (SECRET.replace("replace-me", "\"\""), "line 6, column 12: spec.stringData.value: the secret is empty"),
        (HOOK.replace("  task_ref: weekly-report-template\n", ""), "line 6, column 3: spec.task_ref is missing"),
        (
            HOOK.replace("weekly-report-template", "a/b/c"),
            "line 6, column 13: spec.task_ref is \"a/b/c\"; use name or namespace/name",
        ),
        (
            format!("{HOOK}    profile: gitlab\n"),
            "line 9, column 14: spec.auth.profile is \"gitlab\"; use generic or github",
        ),
        (
            format!("{HOOK}    signature_header: X Sig\n"),
            "line 9, column 23: spec.auth.signature_header is \"X Sig\", which is no header name",
        ),
        (
            format!("{HOOK}    max_skew_seconds: 90000\n"),
            "line 9, column 23: spec.auth.max_skew_seconds is 90000; at most 86400",
        ),
        (
            format!("{HOOK}  payload:\n    mode: parsed\n"),
            "line 10, column 11: spec.payload.mode is \"parsed\"; use raw",
        ),
    ] {
        let error = read(&text, None).expect_err(expected);
        assert_eq!(error.to_string(), expected);
    }
    for (text, line) in [
        (TEMPLATE.replace("system:", "sistem:"), 9),
        (TEMPLATE.replace("max_attempts: 3", "max_attempts: three"), 15),
        (format!("{SECRET}---\n{TEMPLATE}").replace("mode: template", "mode: [x"), 16),
    ] {
        let error = read(&text, None).expect_err("a mistake");
        assert!((line - 1..=line + 1).contains(&error.line), "{error} (line {line})");
        assert_eq!(error.to_string().matches("line").count(), 1, "the place is said once: {error}");
    }
    let wrong = read(SECRET, Some(ResourceKind::Task)).unwrap_err();
    assert_eq!(wrong.to_string(), "line 2, column 7: kind is \"Secret\"; use Task");
    assert_eq!(read("", None).unwrap_err().to_string(), "there is no resource in it");
}

#[test]
fn an_alias_bomb_and_deep_nesting_are_refused_early() {
    let mut bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (name, before) in "bcdefghi".chars().zip("abcdefgh".chars()) {
        bomb.push_str(&format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 9].join(",")));
    }
    assert!(read(&bomb, None).is_err());
    assert!(read(&format!("metadata: {}", "[".repeat(100_000)), None).is_err());
    assert!(read(&"#".repeat(1024 * 1024 + 1), None).unwrap_err().words.contains("at most 1048576"));
}

#[test]
fn an_endpoint_is_its_namespace_and_name() {
    assert_eq!(endpoint_id("default", "report-generic-webhook"), "7ac271c5aecc685d13d98675");
    assert_ne!(endpoint_id("default", "a"), endpoint_id("team-a", "a"));
    assert_eq!(endpoint_id("default", "a").len(), 24);
}

#[test]
fn a_run_task_is_the_template_with_the_deliverys_inputs_under_the_webhooks_name() {
    let hook = hook(HOOK);
    let run = |event_id| RunTask { hook: &hook, event_id, received_at: UnixMs(1_795_219_200_999) };
    let made = run_task(run("evt-001"), Some(template())).unwrap();
    assert_eq!(made.metadata.name, run_name("report-generic-webhook", "evt-001"));
    assert_eq!(made.spec.mode, TaskMode::Run);
    let input: Vec<_> = made.spec.input.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(
        input,
        [
            ("count", "5"),
            ("topic", "AI startups"),
            ("webhook_event_id", "evt-001"),
            ("webhook_received_at", "2026-11-21T00:00:00Z"),
            ("webhook_source", "generic"),
        ]
    );
    assert_eq!((made.spec.system.as_str(), made.spec.priority.as_str()), ("report-system", "high"));
    assert_eq!(made.metadata.labels["orloj.dev/task-webhook"], "report-generic-webhook");
    assert_eq!(made.metadata.labels["team"], "reports");
    let again = run_task(run("evt-001"), Some(template())).unwrap();
    let other = run_task(run("evt-002"), Some(template())).unwrap();
    assert!(same_run(&made.metadata, &again.metadata) && !same_run(&made.metadata, &other.metadata));
    assert!(!same_run(&template().metadata, &again.metadata));
}

#[test]
fn a_run_tasks_name_is_cut_to_42_characters_and_sixteen_digits() {
    let name = run_name(&"w".repeat(60), "evt-001");
    assert_eq!(name, format!("{}-{}", "w".repeat(42), &name[43..]));
    assert_eq!(name.len(), 42 + 1 + 16);
    assert!(run_name(&"é".repeat(60), "e").starts_with(&"é".repeat(42)));
}

#[test]
fn what_is_no_template_makes_no_run() {
    let hook = hook(HOOK);
    let run = || RunTask { hook: &hook, event_id: "e", received_at: UnixMs(0) };
    assert_eq!(run_task(run(), None).unwrap_err().to_string(), "task template \"weekly-report-template\" not found");
    let mut plain = template();
    plain.spec.mode = TaskMode::Run;
    assert!(run_task(run(), Some(plain)).unwrap_err().to_string().contains("spec.mode=template"));
}
