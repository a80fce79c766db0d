//! Two manifests held against each other, field by field.

use std::collections::BTreeMap;

use serde_json::Value;

/// Characters of a value that a line shows.
const SHOWN: usize = 80;

/// What changes from `before` to `after`: `+`, `-` and `~` with the field's path.
pub fn difference(before: &Value, after: &Value) -> Vec<String> {
    let (before, after) = (flat(before), flat(after));
    let paths: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let line = |path: &String| match (before.get(path), after.get(path)) {
        (Some(old), Some(new)) if old == new => None,
        (Some(old), Some(new)) => Some(format!("~ {path}: {old} -> {new}")),
        (Some(old), None) => Some(format!("- {path}: {old}")),
        (None, Some(new)) => Some(format!("+ {path}: {new}")),
        (None, None) => None,
    };
    paths.into_iter().filter_map(line).collect()
}

fn flat(value: &Value) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    gather(value, String::new(), &mut fields);
    fields
}

fn gather(value: &Value, path: String, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (name, below) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                gather(below, path, into);
            }
        }
        Value::Null => {}
        other => {
            let text = crate::template::text_of(other);
            let cut: String = text.chars().take(SHOWN).collect();
            into.insert(path, cut);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::difference;

    #[test]
    fn each_changed_field_is_one_line() {
        let before = json!({ "spec": { "a": 1, "b": { "c": "x" }, "same": true } });
        let after = json!({ "spec": { "a": 2, "d": "new", "same": true } });
        assert_eq!(difference(&before, &after), ["~ spec.a: 1 -> 2", "- spec.b.c: x", "+ spec.d: new"]);
        assert!(difference(&after, &after).is_empty());
    }
}
