//! Hooks and their runs in Octipus's words, and back.

use serde_json::{Map, Value, json};

use crate::clock::UnixMs;
use crate::error::ApiError;

type Object = Map<String, Value>;

/// Octipus's actions: its name, Creel's name, and its fields with Creel's.
const ACTIONS: &[Names] = &[
    (
        "spawn_agent",
        "spawn_agent",
        &[
            ("agentPrompt", "prompt"),
            ("agentTopic", "topic"),
            ("agentModel", "model"),
            ("orchestrated", "orchestrated"),
            ("notifyOwner", "notify_owner"),
        ],
    ),
    (
        "notify",
        "notify",
        &[("notifyMessage", "message"), ("notifyOwner", "notify_owner"), ("notifyChannels", "channels")],
    ),
    (
        "webhook",
        "forward",
        &[
            ("webhookUrl", "url"),
            ("webhookMethod", "method"),
            ("webhookHeaders", "headers"),
            ("webhookBody", "body"),
            ("webhookAllowPrivate", "allow_private"),
        ],
    ),
    ("execute_tool", "execute_tool", &[("toolId", "tool"), ("toolAction", "action"), ("toolParams", "params")]),
];
/// An action's name there and here, and so its fields.
type Names = (&'static str, &'static str, &'static [(&'static str, &'static str)]);
/// The methods that the page knows for `webhook`.
const METHODS: [&str; 3] = ["GET", "POST", "PUT"];

/// A hook in Octipus's words as the draft of a trigger. A field that Octipus does not have is refused by name.
pub(crate) fn draft(mut body: Object) -> Result<Object, ApiError> {
    let mut draft = Object::from_iter([("contract".to_owned(), json!("octipus"))]);
    match body.remove("trigger") {
        Some(Value::String(kind)) if kind == "webhook" => {}
        Some(kind) => {
            let words = format!("trigger {kind} is not one that this Creel has");
            return Err(ApiError::invalid("trigger", words).hint("use \"webhook\""));
        }
        None => return Err(ApiError::invalid("trigger", "trigger is missing: \"webhook\"")),
    }
    let mut config = part(&mut body, "triggerConfig")?;
    let path = config.remove("webhookPath").ok_or_else(|| missing("triggerConfig.webhookPath"))?;
    move_to(&mut config, "webhookSecret", &mut draft, "secret");
    move_to(&mut config, "webhookScheme", &mut draft, "scheme");
    config.remove("hasWebhookSecret");
    nothing_left(&config, "triggerConfig.")?;
    let name = body.remove("action").ok_or_else(|| missing("action"))?;
    let config = part(&mut body, "actionConfig")?;
    draft.insert("actions".to_owned(), json!([action(&name, config)?]));
    let name = body.remove("name").ok_or_else(|| missing("name"))?;
    draft.insert("name".to_owned(), name);
    move_to(&mut body, "isEnabled", &mut draft, "enabled");
    let mut settings = Object::from_iter([("path".to_owned(), path)]);
    for (theirs, ours) in [
        ("description", "description"),
        ("conditions", "conditions"),
        ("priority", "priority"),
        ("maxExecutions", "max_executions"),
        ("cooldownMs", "cooldown_ms"),
    ] {
        move_to(&mut body, theirs, &mut settings, ours);
    }
    draft.insert("settings".to_owned(), json!({ "octipus": settings }));
    nothing_left(&body, "")?;
    Ok(draft)
}

/// `changes` over a hook as it is shown; the two configs are merged field by field.
pub(super) fn merged(before: &Value, changes: Object) -> Object {
    let mut hook = before.as_object().cloned().unwrap_or_default();
    let new_action = changes.get("action").is_some_and(|action| *action != hook["action"]);
    for (name, value) in changes {
        let merges = name == "triggerConfig" || (name == "actionConfig" && !new_action);
        match (hook.get_mut(&name), value) {
            (Some(Value::Object(before)), Value::Object(changed)) if merges => before.extend(changed),
            (_, value) => {
                hook.insert(name, value);
            }
        }
    }
    for fixed in ["id", "createdAt", "updatedAt"] {
        hook.remove(fixed);
    }
    hook
}

fn action(name: &Value, mut config: Object) -> Result<Value, ApiError> {
    let Some((_, ours, fields)) = ACTIONS.iter().find(|(theirs, ..)| name == theirs) else {
        let words = format!("action {name} is not one of spawn_agent, notify, webhook, execute_tool");
        return Err(ApiError::invalid("action", words));
    };
    let mut settings = Object::new();
    for (theirs, field) in *fields {
        move_to(&mut config, theirs, &mut settings, field);
    }
    nothing_left(&config, "actionConfig.")?;
    if *ours == "forward" {
        forward(&mut settings)?;
    }
    Ok(json!({ *ours: settings }))
}

/// `webhook`'s method, headers and body as `forward` has them. Without a body the whole context goes out.
fn forward(settings: &mut Object) -> Result<(), ApiError> {
    let method = settings.entry("method").or_insert_with(|| json!("POST")).clone();
    if !METHODS.iter().any(|known| method == *known) {
        let words = format!("webhookMethod {method} is not one of {}", METHODS.join(", "));
        return Err(ApiError::invalid("actionConfig.webhookMethod", words));
    }
    if let Some(Value::Object(headers)) = settings.get("headers") {
        let pairs: Vec<_> = headers.iter().map(|(name, value)| json!([name, value])).collect();
        settings.insert("headers".to_owned(), json!(pairs));
    }
    let body = match settings.remove("body") {
        None | Some(Value::Null) if method == "GET" => json!({ "template": "" }),
        None | Some(Value::Null) => json!("context"),
        Some(Value::String(text)) => json!({ "template": text }),
        Some(value) => json!({ "template": value.to_string() }),
    };
    settings.insert("body".to_owned(), body);
    Ok(())
}

/// A trigger's row in Octipus's words.
pub(super) fn hook(row: &Value) -> Value {
    let trigger = &row["trigger"];
    let settings = &trigger["settings"]["octipus"];
    let (action, config) = shown_action(&trigger["actions"][0]);
    json!({
        "id": trigger["id"],
        "name": trigger["name"],
        "description": settings["description"],
        "trigger": "webhook",
        "triggerConfig": {
            "webhookPath": settings["path"],
            "webhookScheme": trigger["scheme"],
            "hasWebhookSecret": row["secrets"].as_array().is_some_and(|secrets| !secrets.is_empty()),
        },
        "action": action,
        "actionConfig": config,
        "conditions": settings["conditions"],
        "isEnabled": trigger["enabled"],
        "priority": settings["priority"],
        "maxExecutions": settings["max_executions"],
        "cooldownMs": settings["cooldown_ms"],
        "createdAt": time(&trigger["created_at"]),
        "updatedAt": time(&trigger["updated_at"]),
    })
}

fn shown_action(action: &Value) -> (Value, Value) {
    let Some((name, settings)) = action.as_object().and_then(|action| action.iter().next()) else {
        return (Value::Null, json!({}));
    };
    let Some((theirs, _, fields)) = ACTIONS.iter().find(|(_, ours, _)| ours == name) else {
        return (json!(name), settings.clone());
    };
    let mut config: Object =
        fields.iter().map(|(theirs, field)| ((*theirs).to_owned(), settings[*field].clone())).collect();
    if let Some(Value::Array(pairs)) = config.get("webhookHeaders") {
        let headers: Object =
            pairs.iter().map(|pair| (pair[0].as_str().unwrap_or_default().to_owned(), pair[1].clone())).collect();
        config.insert("webhookHeaders".to_owned(), Value::Object(headers));
    }
    if config.contains_key("webhookBody") {
        let body = settings["body"]["template"].clone();
        config.insert("webhookBody".to_owned(), if body == "" { Value::Null } else { body });
    }
    (json!(theirs), Value::Object(config))
}

/// A run in Octipus's words.
pub(super) fn run(run: &Value) -> Value {
    let execution = &run["execution"];
    let status = match execution["status"].as_str() {
        Some("succeeded") => "success",
        Some("skipped") => "skipped",
        _ => "error",
    };
    let began = execution["started_at"].as_i64().or(execution["created_at"].as_i64()).unwrap_or_default();
    let action = &execution["action"];
    let parsed = |text: &Value| text.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    json!({
        "id": execution["id"],
        "hookId": execution["trigger_id"],
        "source": if run["test"] == true { "manual_test" } else { "hook" },
        "status": status,
        "triggerType": "webhook",
        "actionType": ACTIONS.iter().find(|(_, ours, _)| action == ours).map_or(action.clone(), |(name, ..)| json!(name)),
        "result": parsed(&run["result"]),
        "error": execution["error"]["message"],
        "durationMs": execution["finished_at"].as_i64().map(|end| (end - began).max(0)),
        "triggerContext": parsed(&run["context"]),
        "createdAt": time(&execution["created_at"]),
    })
}

fn time(ms: &Value) -> Value {
    json!(UnixMs(ms.as_i64().unwrap_or_default()).rfc3339())
}

fn part(body: &mut Object, name: &str) -> Result<Object, ApiError> {
    match body.remove(name) {
        Some(Value::Object(part)) => Ok(part),
        Some(other) => Err(ApiError::invalid(name, format!("{name} {other} is no object"))),
        None => Err(missing(name)),
    }
}

fn missing(field: &str) -> ApiError {
    ApiError::invalid(field, format!("{field} is missing"))
}

/// A field under its other name; null is as good as left out.
fn move_to(from: &mut Object, theirs: &str, to: &mut Object, ours: &str) {
    if let Some(value) = from.remove(theirs).filter(|value| !value.is_null()) {
        to.insert(ours.to_owned(), value);
    }
}

fn nothing_left(body: &Object, place: &str) -> Result<(), ApiError> {
    match body.keys().next() {
        Some(name) => Err(ApiError::invalid(&format!("{place}{name}"), format!("there is no field {place}{name}"))),
        None => Ok(()),
    }
}
