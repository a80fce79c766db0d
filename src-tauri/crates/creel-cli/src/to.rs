//! `--to`: a path, a trigger or an address.

use anyhow::bail;
use creel_core::api::triggers::TriggerRow;
use creel_core::registry::{TEST_TRIGGER, test_endpoint};
use serde_json::{Value, json};

use crate::talk::Creel;

/// Where something goes.
pub struct To {
    /// A `ReplayTarget`.
    pub target: Value,
    /// Key of the scheme that is checked there; `None`: unknown, or none.
    pub scheme: Option<String>,
}

/// Finds what `text` means.
pub fn find(creel: &Creel, text: &str) -> anyhow::Result<To> {
    if text.starts_with("http://") || text.starts_with("https://") {
        return Ok(To { target: json!({"url": text}), scheme: None });
    }
    let rows: Vec<TriggerRow> = serde_json::from_value(creel.call("triggers_list", &json!({}))?)?;
    let test = test_endpoint();
    let test_path = test.path();
    if text.starts_with('/') {
        let path = text.split('?').next().unwrap_or_default();
        let listening = rows.iter().find(|row| row.path == path).map(|row| row.trigger.scheme.clone());
        let scheme = listening.or_else(|| (path == test_path).then_some(test.scheme));
        return Ok(To { target: json!({"url": format!("{}{text}", creel.running.receiver)}), scheme });
    }
    if let Some(row) = one(&rows, text)? {
        return Ok(To { target: json!({"trigger": row.trigger.id}), scheme: Some(row.trigger.scheme.clone()) });
    }
    if text == TEST_TRIGGER || text == test.slug {
        return Ok(To { target: json!({"trigger": TEST_TRIGGER}), scheme: Some(test.scheme) });
    }
    bail!("no trigger \"{text}\": creel triggers lists them; a path begins with a slash")
}

/// By id, else by slug, else by name.
fn one<'a>(rows: &'a [TriggerRow], text: &str) -> anyhow::Result<Option<&'a TriggerRow>> {
    let by_name = |row: &&TriggerRow| row.trigger.name.eq_ignore_ascii_case(text);
    let by_key = rows.iter().find(|row| row.trigger.id.as_str() == text);
    if let Some(row) = by_key.or_else(|| rows.iter().find(|row| row.trigger.slug == text)) {
        return Ok(Some(row));
    }
    if rows.iter().filter(by_name).count() > 1 {
        bail!("more than one trigger is called \"{text}\": use its id");
    }
    Ok(rows.iter().find(by_name))
}
