//! The OpenAPI document says what is there.

use std::collections::BTreeSet;

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
