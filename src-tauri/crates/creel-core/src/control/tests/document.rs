//! The OpenAPI document says what is there.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::running::Running;
use crate::api::commands::described;
use crate::control::document;

fn each(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| match (name.as_str(), value) {
            ("$ref", Value::String(to)) => see(to),
            _ => each(value, see),
        }),
        Value::Array(items) => items.iter().for_each(|item| each(item, see)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own() {
    let document = document();
    each(&document, &mut |to| {
        assert!(document.pointer(to.trim_start_matches('#')).is_some(), "{to} leads nowhere");
    });
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let names: Vec<_> = operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    assert!(described().len() > 40);
    for command in described() {
        assert!(names.contains(&format!("rpc_{}", command.name).as_str()), "{}", command.name);
        assert!(!command.about.is_empty());
    }
}

#[tokio::test]
async fn every_route_of_the_document_is_routed_and_the_document_is_served() {
    let site = Running::new().await;
    let document = site.ask("GET /openapi.json", "", "").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys().filter(|_| path != "/events") {
            let path =
                path.replace("{project}", "local").replace("{id}", "x").replace("{slug}", "x").replace("{name}", "x");
            let answer = site.authorised(&format!("{} {path}", method.to_uppercase()), "{}").await;
            assert_ne!(answer.status, 405, "{method} {path}");
            let unrouted = answer.body.contains("no route");
            assert!(!unrouted, "{method} {path}: {}", answer.body);
        }
    }
}

/// The paths that `.route("…"` names anywhere below a folder of this crate.
fn routed(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            routed(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&entry).unwrap();
            let after = text.split(".route(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
            let paths = after.filter_map(|rest| rest.split('"').next()).filter(|path| path.starts_with('/'));
            found.extend(paths.map(str::to_owned));
        }
    }
}

#[test]
fn every_route_of_the_listener_is_in_the_document() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeSet::new();
    routed(&sources.join("control"), &mut found);
    routed(&sources.join("contracts"), &mut found);
    assert!(found.len() > 50, "{found:?}");
    let document = document();
    // Each command has a path of its own in the document.
    for path in found.iter().filter(|path| *path != "/rpc/{command}") {
        assert!(document["paths"].get(path).is_some(), "{path} is not in the document");
    }
}
