//! Triggers from the documents' own JSON, and out as YAML and in again.

use creel_tests::{Creel, tools};
use serde_json::{Value, json};

fn read(creel: &Creel, text: &str) -> Value {
    creel.rpc("trigger_import", json!({ "text": text }))
}

#[test]
fn the_json_that_the_documents_print_is_a_draft() {
    let creel = Creel::start();
    let gate = read(&creel, &tools::fixture("opengate/trigger.json"));
    assert_eq!((&gate["what"], &gate["draft"]["contract"]), (&json!("an OpenGate trigger"), &json!("opengate")));
    let task = &gate["draft"]["actions"][0]["create_task"];
    assert_eq!(task["title"], "[{{payload.environment}}] {{payload.title}}", "{gate}");
    let hook = r#"{"name":"GitHub PR Review","trigger":"webhook",
        "triggerConfig":{"webhookPath":"github","webhookSecret":"0123456789abcdef"},
        "action":"notify","actionConfig":{"notifyOwner":true,"notifyMessage":"{{webhook.body.event}}"}}"#;
    let hook = read(&creel, hook);
    assert_eq!(
        (&hook["what"], &hook["draft"]["settings"]["octipus"]["path"]),
        (&json!("an Octipus hook"), &json!("github"))
    );
    assert_eq!(hook["draft"]["actions"][0]["notify"]["message"], "{{webhook.body.event}}");
    assert_eq!(creel.rpc("triggers_list", json!({})), json!([]), "nothing is saved");
}

#[test]
fn what_is_wrong_has_its_line_and_column() {
    let creel = Creel::start();
    for (text, words) in [
        ("{\n  \"action\": create\n}", "line 2, column 13: "),
        ("contract: creel\n  name: x", "line 2, column"),
        (
            "{\"trigger\":\"webhook\",\n \"triggerConfig\":{\"webhookPath\":\"a\",\n  \"wrong\":1}}",
            "line 3, column 3: ",
        ),
        ("{\"action\":\"fly\",\"config\":{}}", "line 1, column 2: action \"fly\" is not one of"),
        ("[1]", "line 1, column 1: a trigger is an object"),
        ("{\"some\":\"thing\"}", "neither an Octipus hook"),
        ("  ", "the text has 0 bytes"),
    ] {
        let refused = creel.try_rpc("trigger_import", json!({ "text": text })).json();
        assert!(refused["message"].as_str().is_some_and(|said| said.contains(words)), "{text}: {refused}");
        assert_eq!(refused["field"], "text");
    }
}

#[test]
fn a_trigger_goes_out_as_yaml_and_comes_in_the_same() {
    let creel = Creel::start();
    let task =
        json!({ "create_task": { "list_id": creel.inbox_list(), "title": "no: {{payload.a}}", "tags": ["a", "1"] } });
    let conditions = [json!({ "field": "webhook.body.n", "operator": "gt", "value": 5 })];
    let octipus = json!({ "octipus": { "path": "p", "conditions": conditions } });
    for draft in [
        json!({ "name": "One", "slug": "one", "scheme": "github", "filter": { "match": "any", "rows": [] }, "actions": [task] }),
        json!({ "name": "Two", "contract": "octipus", "settings": octipus, "make_secret": true, "actions": [task] }),
    ] {
        let made = creel.rpc("trigger_create", draft);
        let id = made["row"]["trigger"]["id"].clone();
        let text = creel.rpc("trigger_export", json!({ "id": id }))["text"].clone();
        let secret = made["secret"].as_str().unwrap();
        assert!(!text.as_str().unwrap().contains(secret), "no secret goes out");
        let read = creel.rpc("trigger_import", json!({ "text": text }))["draft"].clone();
        creel.rpc("trigger_delete", json!({ "id": id }));
        let again = creel.rpc("trigger_create", read)["row"]["trigger"].clone();
        for field in
            ["name", "contract", "scheme", "settings", "filter", "actions", "rate", "dedup", "missing", "reply"]
        {
            assert_eq!(again[field], made["row"]["trigger"][field], "{field}: {text}");
        }
    }
}
