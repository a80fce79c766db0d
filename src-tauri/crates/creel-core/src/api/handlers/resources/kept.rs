//! Resources as they are kept, shown as manifests.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::api::resources::{ResourceRow, ResourcesQuery};
use crate::clock::UnixMs;
use crate::contracts::orloj::manifest;
use crate::orloj::{API_VERSION, Named, ResourceKind, ResourceMetadata, TaskMode, endpoint_id};
use crate::store::orloj_secrets::StoredSecret;
use crate::store::orloj_tasks::StoredTask;
use crate::store::{StoreError, orloj_secrets, orloj_tasks, orloj_webhooks, triggers};
use crate::trigger::{Contract, Trigger};

/// One resource.
pub fn get(db: &Connection, kind: ResourceKind, at: &Named) -> Result<Option<ResourceRow>, StoreError> {
    match kind {
        ResourceKind::Task => Ok(orloj_tasks::get(db, at)?.map(|task| of_task(&task))),
        ResourceKind::Secret => orloj_secrets::get(db, at)?.map(|secret| of_secret(db, &secret)).transpose(),
        ResourceKind::TaskWebhook => trigger(db, at)?.map(|trigger| of_webhook(db, 0, &trigger)).transpose(),
    }
}

/// A page of a kind, newest first. Webhooks are triggers, of which there are few: their cursor is their place by name.
pub fn page(db: &Connection, query: &ResourcesQuery, before: i64, limit: u32) -> Result<Vec<ResourceRow>, StoreError> {
    let namespace = query.namespace.as_deref();
    match query.kind {
        ResourceKind::Task => {
            Ok(orloj_tasks::page(db, namespace, query.mode, before, limit)?.iter().map(of_task).collect())
        }
        ResourceKind::Secret => {
            orloj_secrets::page(db, namespace, before, limit)?.iter().map(|secret| of_secret(db, secret)).collect()
        }
        ResourceKind::TaskWebhook => {
            let mut hooks = triggers::all(db)?;
            let place = |trigger: &Trigger| manifest(trigger).map(|hook| hook.metadata.key());
            hooks.retain(|trigger| {
                manifest(trigger).is_some_and(|hook| namespace.is_none_or(|only| hook.metadata.namespace == only))
            });
            hooks.sort_by_key(place);
            let count = i64::try_from(hooks.len()).unwrap_or(i64::MAX);
            let numbered = hooks.iter().zip((0..count).map(|n| count - n));
            let wanted = numbered.filter(|(_, seq)| *seq < before).take(limit as usize);
            wanted.map(|(trigger, seq)| of_webhook(db, seq, trigger)).collect()
        }
    }
}

/// The trigger of a task webhook.
pub fn trigger(db: &Connection, at: &Named) -> Result<Option<Trigger>, StoreError> {
    triggers::at(db, Contract::Orloj, &endpoint_id(&at.namespace, &at.name))
}

fn of_task(stored: &StoredTask) -> ResourceRow {
    let phase = match stored.task.spec.mode {
        TaskMode::Template => "Ready",
        TaskMode::Run => "Pending",
    };
    let spec = json!(stored.task.spec);
    let status = json!({ "phase": phase });
    let shown = row(ResourceKind::Task, stored.seq, &stored.task.metadata, stored.created_at, spec, status);
    ResourceRow { source_delivery: stored.source_delivery.clone(), ..shown }
}

fn of_secret(db: &Connection, stored: &StoredSecret) -> Result<ResourceRow, StoreError> {
    let values = orloj_secrets::values(db, &Named::of(&stored.metadata))?;
    let data: Map<String, Value> = values.into_iter().map(|value| (value.name, json!("***"))).collect();
    let status = json!({ "phase": "Ready" });
    Ok(row(ResourceKind::Secret, stored.seq, &stored.metadata, stored.created_at, json!({ "data": data }), status))
}

fn of_webhook(db: &Connection, seq: i64, trigger: &Trigger) -> Result<ResourceRow, StoreError> {
    let unreadable = || StoreError::Unreadable { what: "triggers.definition", detail: "no manifest".to_owned() };
    let hook = manifest(trigger).ok_or_else(unreadable)?;
    let mut spec = json!(hook.spec);
    spec["suspend"] = json!(!trigger.enabled);
    let came = orloj_webhooks::status(db, &trigger.id)?;
    let phase = if came.last_error.is_empty() { "Ready" } else { "Error" };
    let status = json!({
        "phase": phase,
        "lastError": came.last_error,
        "endpointID": trigger.slug,
        "endpointPath": trigger.path(),
        "lastDeliveryTime": came.last_delivery_at.map(UnixMs::rfc3339),
        "lastEventID": came.last_event_id,
        "lastTriggeredTask": came.last_task,
        "acceptedCount": came.accepted,
        "duplicateCount": came.duplicates,
        "rejectedCount": came.rejected,
    });
    Ok(row(ResourceKind::TaskWebhook, seq, &hook.metadata, trigger.created_at, spec, status))
}

fn row(
    kind: ResourceKind,
    seq: i64,
    metadata: &ResourceMetadata,
    created_at: UnixMs,
    spec: Value,
    status: Value,
) -> ResourceRow {
    let mut shown = json!(metadata);
    shown["createdAt"] = json!(created_at.rfc3339());
    let manifest =
        json!({ "apiVersion": API_VERSION, "kind": kind.name(), "metadata": shown, "spec": spec, "status": status });
    ResourceRow {
        kind,
        namespace: metadata.namespace.clone(),
        name: metadata.name.clone(),
        seq,
        manifest: manifest.to_string(),
        source_delivery: None,
    }
}
