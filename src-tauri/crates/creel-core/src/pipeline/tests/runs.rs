//! Orloj's runs: their body is their delivery's, and stays when that goes.

use super::*;

const SECRET: &str = "replace-me-by-something-longer";
const GUIDE: &str = "kind: Task\nmetadata: { name: report }\nspec: { mode: template, system: s }\n---\n\
    kind: Secret\nmetadata: { name: shared }\nspec: { stringData: { value: replace-me-by-something-longer } }\n---\n\
    kind: TaskWebhook\nmetadata: { name: hook }\nspec: { task_ref: report, auth: { profile: github, secret_ref: shared } }\n";

/// The body as it was sent: long enough to be kept packed.
fn body(event: &str) -> String {
    json!({ "event": event, "text": "word ".repeat(200) }).to_string()
}

async fn send(bench: &Bench, event: &str) {
    let hook = json!({"kind": "TaskWebhook", "namespace": "default", "name": "hook"});
    let manifest = bench.call("resource_get", hook).await["manifest"].clone();
    let manifest: Value = serde_json::from_str(manifest.as_str().unwrap()).unwrap();
    let path = manifest["status"]["endpointPath"].as_str().unwrap();
    let (status, _) = bench.send(path, "github", SECRET, &body(event), &[("X-GitHub-Delivery", event)]).await;
    assert_eq!(status, 202);
}

/// The inputs of all runs, newest first.
async fn inputs(bench: &Bench) -> Vec<Value> {
    let found = bench.call("resources_list", json!({"kind": "Task", "mode": "run"})).await;
    let manifest = |row: &Value| serde_json::from_str::<Value>(row["manifest"].as_str().unwrap()).unwrap();
    found["items"].as_array().unwrap().iter().map(|row| manifest(row)["spec"]["input"].clone()).collect()
}

fn payloads(inputs: &[Value]) -> Vec<&str> {
    inputs.iter().map(|input| input["webhook_payload"].as_str().unwrap_or("none")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_has_its_deliverys_body_also_when_the_delivery_is_deleted_and_after_a_start() {
    let bench = Bench::new().await;
    bench.call("resources_apply", json!({"text": GUIDE})).await;
    send(&bench, "one").await;
    let first = bench.newest().await["id"].clone();
    send(&bench, "two").await;
    assert_eq!(payloads(&inputs(&bench).await), [body("two"), body("one")]);
    let kept = bench
        .app
        .store
        .read(|db| Ok(db.query_row("SELECT COUNT(payload) FROM orloj_tasks", [], |row| row.get::<_, i64>(0))?));
    assert_eq!(kept.await.unwrap(), 0, "a body is written once, with its delivery");
    // The same event after its window: its run is the first one's, and so is the body.
    bench.clock.shift_ms(80 * 3_600_000);
    send(&bench, "one").await;
    let latest = bench.newest().await["id"].clone();
    for gone in [latest, first] {
        bench.call("deliveries_delete", json!({"ids": [gone]})).await;
        assert_eq!(payloads(&inputs(&bench).await), [body("two"), body("one")], "{gone} is gone");
    }
    let bench = bench.again().await;
    assert_eq!(payloads(&inputs(&bench).await), [body("two"), body("one")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_applied_in_a_runs_place_has_no_body() {
    let bench = Bench::new().await;
    bench.call("resources_apply", json!({"text": GUIDE})).await;
    send(&bench, "one").await;
    let found = bench.call("resources_list", json!({"kind": "Task", "mode": "run"})).await;
    let name = found["items"][0]["name"].as_str().unwrap();
    let own = format!("kind: Task\nmetadata: {{ name: {name} }}\nspec: {{ mode: template, system: own }}\n");
    bench.call("resources_apply", json!({"text": own})).await;
    let delivery = bench.newest().await["id"].clone();
    bench.call("deliveries_delete", json!({"ids": [delivery]})).await;
    let templates = bench.call("resources_list", json!({"kind": "Task", "mode": "template"})).await;
    let names: Vec<_> =
        templates["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, [name, "report"], "a run that was replaced by a template is found among the templates");
    assert!(!templates["items"][0]["manifest"].as_str().unwrap().contains("webhook_payload"));
}
