//! What the Targets screens ask for: pipelines that change, lists without gaps, and word of every change.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;

use crate::agent::{AgentExecution, AgentExecutionStatus};
use crate::api::commands::call;
use crate::api::status::SecretsStore;
use crate::app::{App, Config, Search};
use crate::clock::{ManualClock, UnixMs};
use crate::error::ApiError;
use crate::events::Event;
use crate::ids::{AgentExecutionId, AgentId, DeliveryId, RandomIds, TriggerId};
use crate::orloj::{ResourceKind, ResourceMetadata, TaskManifest, TaskMode, TaskSpec};
use crate::raw_json::RawJson;
use crate::store::{agent_executions, orloj_tasks};

async fn open(folder: &tempfile::TempDir) -> Arc<App> {
    let config = Config {
        data_dir: folder.path().join("data"),
        clock: Arc::new(ManualClock::at(UnixMs(1_763_700_000_000))),
        ids: Arc::new(RandomIds),
        secrets: Some(SecretsStore::File),
        search: Search::Indexed,
    };
    App::open(config).await.unwrap()
}

async fn ask(app: &Arc<App>, command: &str, input: Value) -> Result<Value, ApiError> {
    Ok(serde_json::from_slice(&call(app, command, input.to_string().as_bytes()).await?).unwrap())
}

/// What was told since, of what stays the same while a test runs.
fn told(events: &mut Receiver<Event>) -> Vec<Event> {
    std::iter::from_fn(|| events.try_recv().ok()).filter(|event| !matches!(event, Event::Status)).collect()
}

#[tokio::test]
async fn a_pipeline_is_changed_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(&folder).await;
    let mut events = app.events.subscribe();
    let draft = json!({ "name": "Release", "variables": { "environment": "staging" }, "steps": [{ "name": "build" }] });
    let made = ask(&app, "pipeline_create", draft).await.unwrap();
    let change = json!({ "name": "Rollout", "variables": {}, "steps": [{ "name": "deploy" }, { "name": "tell" }] });
    let changed = ask(&app, "pipeline_update", json!({ "id": made["id"], "change": change })).await.unwrap();
    assert_eq!((&changed["id"], &changed["created_at"]), (&made["id"], &made["created_at"]));
    assert_eq!(ask(&app, "pipelines_list", json!({})).await.unwrap(), json!([changed]));
    assert_eq!((&changed["name"], &changed["steps"][1]["name"]), (&json!("Rollout"), &json!("tell")));

    let nameless = json!({ "id": made["id"], "change": { "name": " " } });
    assert_eq!(ask(&app, "pipeline_update", nameless).await.unwrap_err().field.as_deref(), Some("name"));
    let nobody = json!({ "id": "pip_nobody", "change": { "name": "x" } });
    assert!(ask(&app, "pipeline_update", nobody).await.unwrap_err().message.contains("pip_nobody"));
    ask(&app, "pipeline_delete", json!({ "id": made["id"] })).await.unwrap();
    let words = told(&mut events);
    assert_eq!(words.len(), 3, "made, changed, gone, and nothing for what was refused: {words:?}");
    assert!(words.iter().all(|event| matches!(event, Event::Pipeline(id) if made["id"] == id.as_str())));
}

#[tokio::test]
async fn templates_are_listed_apart_from_runs_which_name_their_delivery() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(&folder).await;
    let mut events = app.events.subscribe();
    let template = "kind: Task\nmetadata: { name: report }\nspec: { mode: template, system: s }\n---\n\
                    kind: Secret\nmetadata: { name: shared }\nspec: { stringData: { value: v } }\n";
    ask(&app, "resources_apply", json!({ "text": template })).await.unwrap();
    assert_eq!(told(&mut events), [Event::Resources(ResourceKind::Task), Event::Resources(ResourceKind::Secret)]);
    app.store
        .write(|turn| {
            for number in 0..5 {
                let metadata = ResourceMetadata {
                    name: format!("report-{number}"),
                    namespace: "default".to_owned(),
                    labels: Default::default(),
                };
                let spec = TaskSpec {
                    mode: TaskMode::Run,
                    system: "s".to_owned(),
                    input: Default::default(),
                    priority: "normal".to_owned(),
                    retry: None,
                };
                let from = DeliveryId("dlv_1".to_owned());
                orloj_tasks::put(turn.db, &TaskManifest { metadata, spec }, turn.now, Some(&from))?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let names = async |query: Value| {
        let page = ask(&app, "resources_list", query).await.unwrap();
        let row = |row: &Value| (row["name"].as_str().unwrap().to_owned(), row["source_delivery"].clone());
        page["items"].as_array().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    let templates = names(json!({ "kind": "Task", "mode": "template", "limit": 2 })).await;
    assert_eq!(templates, [("report".to_owned(), Value::Null)]);
    let runs = names(json!({ "kind": "Task", "mode": "run" })).await;
    assert_eq!((runs.len(), &runs[0]), (5, &("report-4".to_owned(), json!("dlv_1"))));
    assert_eq!(names(json!({ "kind": "Task" })).await.len(), 6);
}

#[tokio::test]
async fn pages_of_an_agents_runs_have_no_gap_when_new_ones_come() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(&folder).await;
    let mut events = app.events.subscribe();
    let agent = ask(&app, "agent_create", json!({ "name": "Triage" })).await.unwrap();
    let id = agent["id"].as_str().unwrap().to_owned();
    assert_eq!(told(&mut events), [Event::Agent(AgentId(id.clone()))]);
    let add = async |number: i64| {
        let id = id.clone();
        app.store.write(move |turn| agent_executions::insert(turn.db, &mut run(&id, number), None)).await.unwrap();
    };
    let inputs = async |query: Value| {
        let page = ask(&app, "agent_executions_list", query).await.unwrap();
        let rows = page["items"].as_array().unwrap().clone();
        assert!(page["total"].as_i64().unwrap() >= 3, "the total is that of all");
        rows.iter().map(|row| (row["input"]["n"].as_i64().unwrap(), row["seq"].clone())).collect::<Vec<_>>()
    };
    for number in 1..=3 {
        add(number).await;
    }
    let first = inputs(json!({ "agent_id": id, "limit": 2 })).await;
    add(4).await;
    let second = inputs(json!({ "agent_id": id, "limit": 2, "after": first[1].1 })).await;
    let seen: Vec<i64> = first.iter().chain(&second).map(|(number, _)| *number).collect();
    assert_eq!(seen, [3, 2, 1]);
}

fn run(agent: &str, number: i64) -> AgentExecution {
    AgentExecution {
        id: AgentExecutionId(format!("run{number}")),
        seq: 0,
        agent_id: AgentId(agent.to_owned()),
        trigger_id: TriggerId("trg_1".to_owned()),
        source_delivery: DeliveryId("dlv_1".to_owned()),
        status: AgentExecutionStatus::Pending,
        input: RawJson::from_value(&json!({ "n": number })),
        output: None,
        error: None,
        created_at: UnixMs(1),
        started_at: None,
        completed_at: None,
        execution_id: None,
        token_usage: None,
    }
}

#[tokio::test]
async fn a_window_asks_before_a_command_is_approved_and_shows_the_whole_of_it() {
    use crate::api::question::before;
    let folder = tempfile::tempdir().unwrap();
    let app = open(&folder).await;
    let draft = json!({ "name": "Pull\u{202e}", "scheme": "github", "make_secret": true });
    let trigger = ask(&app, "trigger_create", draft).await.unwrap()["row"]["trigger"]["id"].clone();
    let asked = |command: &str| {
        let input = json!({ "trigger_id": trigger, "command": command }).to_string();
        before(&app, "approval_give", input.as_bytes())
    };
    let question = asked("cd /app &&\n\tgit pull\u{200b}").unwrap().unwrap();
    assert!(
        question.text.contains("\"Pull⟨U+202E⟩\" wants") && question.text.contains("cd /app &&\n\tgit pull⟨U+200B⟩\n")
    );
    for command in ["x".repeat(2_001), "x\n".repeat(25)] {
        let refused = asked(&command).unwrap_err();
        assert!(refused.message.contains("cannot be shown whole"), "nobody agrees to a beginning: {refused:?}");
    }
    assert_eq!(before(&app, "settings_get", b"{}").unwrap(), None, "the others run at once");
    let nobody = json!({ "trigger_id": "trg_nobody", "command": "x" }).to_string();
    assert_eq!(before(&app, "approval_give", nobody.as_bytes()).unwrap(), None, "the command itself says so");
}
