//! Triggers from text and as text.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::trigger_get;
use crate::api::imports::{TriggerRead, TriggerText};
use crate::api::triggers::{TriggerDraft, TriggerRef};
use crate::app::App;
use crate::contracts::{octipus, opengate_management};
use crate::error::{ApiError, ErrorCode};
use crate::trigger::ContractSettings;
use crate::yaml;

/// Bytes of one trigger's text: far more than one is.
const TEXT_MOST: usize = 256 * 1024;
/// What belongs to a trigger where it was, and not to a copy of it.
const ITS_OWN: [&str; 6] = ["id", "project_id", "created_at", "updated_at", "createdAt", "updatedAt"];

/// Reads a trigger; nothing is saved.
pub async fn trigger_import(_: &Arc<App>, input: TriggerText) -> Result<TriggerRead, ApiError> {
    let text = input.text.trim();
    if text.is_empty() || text.len() > TEXT_MOST {
        let words = format!("the text has {} bytes; 1 to {TEXT_MOST} are read", text.len());
        return Err(ApiError::invalid("text", words));
    }
    let mut body = parsed(&input.text)?;
    body.retain(|name, _| !ITS_OWN.contains(&name.as_str()));
    let (what, draft) = drafted(body).map_err(|error| placed(error, &input.text))?;
    let draft = serde_json::from_value(Value::Object(draft)).map_err(|error| {
        placed(ApiError::new(ErrorCode::BadRequest, format!("the trigger cannot be read: {error}")), &input.text)
    })?;
    Ok(TriggerRead { draft, what: what.to_owned() })
}

/// Which service's words they are, and the draft in Creel's.
fn drafted(mut body: Map<String, Value>) -> Result<(&'static str, Map<String, Value>), ApiError> {
    let has = |name: &str| body.contains_key(name);
    if has("triggerConfig") || has("trigger") {
        return Ok(("an Octipus hook", octipus::draft(body)?));
    }
    if has("action") || has("action_type") {
        body.insert("contract".to_owned(), json!("opengate"));
        return Ok(("an OpenGate trigger", opengate_management::draft(body)?));
    }
    if has("contract") {
        return Ok(("a trigger of Creel", body));
    }
    Err(ApiError::invalid("text", "it is neither an Octipus hook, an OpenGate trigger nor a trigger of Creel")
        .hint("a hook has triggerConfig, an OpenGate trigger has action, and what Creel exports has contract"))
}

fn parsed(text: &str) -> Result<Map<String, Value>, ApiError> {
    let bad = |line: u64, column: u64, words: &str| {
        ApiError::invalid("text", format!("line {line}, column {column}: {words}"))
    };
    let value: Value = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| {
            let whole = error.to_string();
            let words = whole.split(" at line ").next().unwrap_or_default();
            bad(error.line() as u64, error.column() as u64, words)
        })?
    } else {
        let options = serde_saphyr::options! { with_snippet: false };
        serde_saphyr::from_str_with_options(text, options).map_err(|error| {
            let whole = error.without_snippet().to_string();
            let words = whole.split(" at line ").next().unwrap_or_default();
            error.location().map_or_else(|| bad(1, 1, words), |place| bad(place.line(), place.column(), words))
        })?
    };
    match value {
        Value::Object(body) => Ok(body),
        _ => Err(bad(1, 1, "a trigger is an object with named fields")),
    }
}

/// The error with the place of its field in the text, where the text has that field.
fn placed(error: ApiError, text: &str) -> ApiError {
    let name = error.field.as_deref().and_then(|field| field.rsplit('.').next()).unwrap_or_default().to_owned();
    let at = [format!("\"{name}\""), format!("{name}:")].iter().find_map(|form| text.find(form.as_str()));
    let Some(at) = at.filter(|_| !name.is_empty()) else { return ApiError { field: Some("text".to_owned()), ..error } };
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let message = format!("line {line}, column {column}: {}", error.message);
    ApiError { field: Some("text".to_owned()), message, ..error }
}

/// A trigger as YAML, without its secrets; `trigger_import` reads it.
pub async fn trigger_export(app: &Arc<App>, input: TriggerRef) -> Result<TriggerText, ApiError> {
    let trigger = trigger_get(app, input).await?.trigger;
    let face = trigger.contract.face();
    let draft = TriggerDraft {
        slug: face.chooses_slug().then(|| trigger.slug.clone()),
        settings: match trigger.settings {
            // The hash of a token is nothing to pass around; a copy gets a token of its own.
            ContractSettings::None | ContractSettings::Promptrails(_) => None,
            settings => Some(settings),
        },
        name: Some(trigger.name),
        contract: Some(trigger.contract),
        scheme: Some(trigger.scheme),
        enabled: Some(trigger.enabled),
        methods: Some(trigger.methods),
        ip_allowlist: Some(trigger.ip_allowlist),
        rate: Some(trigger.rate),
        dedup: Some(trigger.dedup),
        max_body_bytes: Some(trigger.max_body_bytes),
        filter: Some(trigger.filter),
        actions: Some(trigger.actions),
        missing: Some(trigger.missing),
        reply: Some(trigger.reply),
        capture_only: Some(trigger.capture_only),
        at_once: Some(trigger.at_once),
        ..TriggerDraft::default()
    };
    let mut value =
        serde_json::to_value(draft).map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    Ok(TriggerText { text: yaml::document(&value)? })
}
