//! The fields of a delivery as a list: what the tree shows and what autocomplete offers.

use serde_json::Value;

use super::render::text_of;
use super::scope::Scope;
use crate::api::preview::{Field, FieldKind, Fields};

/// More fields are no help to a person.
const MOST: usize = 2_000;

/// Enough of a value to recognise it.
const SAMPLE_CHARACTERS: usize = 120;

/// The roots in the order in which people need them. `webhook` says the same under other names and is left out.
const SHOWN: [&str; 5] = ["payload", "headers", "event", "delivery", "trigger"];

/// Every field that a template can name, parents before children, in the document's order.
pub fn fields(scope: &Scope<'_>) -> Fields {
    let mut fields = Fields { items: Vec::new(), cut: false };
    for root in SHOWN {
        if let Some(value) = scope.look(root) {
            add(&mut fields, root.to_owned(), root, 0, &value);
        }
    }
    fields
}

fn add(fields: &mut Fields, path: String, name: &str, depth: u32, value: &Value) {
    if fields.items.len() == MOST {
        fields.cut = true;
        return;
    }
    let (kind, sample) = described(value);
    fields.items.push(Field { path: path.clone(), name: name.to_owned(), depth, kind, sample });
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, below)| add(fields, format!("{path}.{name}"), name, depth + 1, below));
        }
        Value::Array(items) => {
            let numbered = items.iter().enumerate().map(|(n, below)| (n.to_string(), below));
            numbered.for_each(|(name, below)| add(fields, format!("{path}.{name}"), &name, depth + 1, below));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn described(value: &Value) -> (FieldKind, String) {
    let entries = |n: usize, one: &str, more: &str| format!("{n} {}", if n == 1 { one } else { more });
    match value {
        Value::Object(members) => (FieldKind::Object, entries(members.len(), "field", "fields")),
        Value::Array(items) => (FieldKind::Array, entries(items.len(), "entry", "entries")),
        Value::String(_) => (FieldKind::String, cut(&text_of(value))),
        Value::Number(_) => (FieldKind::Number, cut(&text_of(value))),
        Value::Bool(_) => (FieldKind::Bool, cut(&text_of(value))),
        Value::Null => (FieldKind::Null, "null".to_owned()),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SAMPLE_CHARACTERS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
