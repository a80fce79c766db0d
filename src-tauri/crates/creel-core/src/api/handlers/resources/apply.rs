//! `apply`: read everything, say what it changes, then write everything in one transaction.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::difference::difference;
use super::{kept, put};
use crate::api::handlers::secrets::vault;
use crate::api::resources::{Applied, ApplyResources, Change};
use crate::app::App;
use crate::error::ApiError;
use crate::events::Event;
use crate::orloj::{DEFAULT_NAMESPACE, Named, Resource, SecretManifest, read};
use crate::store::{StoreError, orloj_secrets};

/// Applies the manifests, or says what they would change.
pub async fn apply(app: &Arc<App>, input: ApplyResources) -> Result<Vec<Applied>, ApiError> {
    let mut resources = read(&input.text, input.kind)?;
    placed(&mut resources, input.namespace.as_deref(), input.name.as_deref())?;
    let applied = planned(app, &resources).await?;
    if input.dry_run {
        return Ok(applied);
    }
    let ready = put::sealed(app, resources)?;
    let triggers = app.store.write(move |turn| put::put(turn.db, ready, turn.now)).await?;
    app.reload().await?;
    let kinds: BTreeSet<_> = applied.iter().map(|one| one.kind).collect();
    kinds.into_iter().for_each(|kind| app.events.send(Event::Resources(kind)));
    for id in triggers {
        app.events.send(Event::Trigger(id));
    }
    Ok(applied)
}

/// The address may say the namespace and the name.
fn placed(resources: &mut [Resource], namespace: Option<&str>, name: Option<&str>) -> Result<(), ApiError> {
    if name.is_some() && resources.len() > 1 {
        return Err(ApiError::invalid("text", format!("{} resources where one is named", resources.len())));
    }
    for resource in resources {
        let metadata = resource.metadata_mut();
        if let Some(namespace) = namespace.filter(|wanted| *wanted != metadata.namespace) {
            if metadata.namespace != DEFAULT_NAMESPACE {
                let words = format!("metadata.namespace is {}, and the request says {namespace}", metadata.namespace);
                return Err(ApiError::invalid("namespace", words));
            }
            metadata.namespace = namespace.to_owned();
        }
        if let Some(name) = name {
            metadata.name = name.to_owned();
        }
    }
    Ok(())
}

/// What each of them would change.
async fn planned(app: &Arc<App>, resources: &[Resource]) -> Result<Vec<Applied>, ApiError> {
    let mut all = Vec::new();
    for resource in resources {
        let (kind, at) = (resource.kind(), Named::of(resource.metadata()));
        let place = at.clone();
        let before = app.store.read(move |db| kept::get(db, kind, &place)).await?;
        let (change, difference) = match before {
            None => (Change::Created, difference(&Value::Null, &said(resource))),
            Some(before) => {
                let mut lines = difference(&comparable(&before.manifest), &said(resource));
                if let Resource::Secret(secret) = resource {
                    lines.extend(changed_values(app, secret).await?);
                }
                (if lines.is_empty() { Change::Unchanged } else { Change::Configured }, lines)
            }
        };
        all.push(Applied { kind, namespace: at.namespace, name: at.name, change, difference });
    }
    Ok(all)
}

/// What a manifest says, without what Creel adds.
fn said(resource: &Resource) -> Value {
    let labels = json!({ "labels": resource.metadata().labels });
    match resource {
        Resource::Task(task) => json!({ "metadata": labels, "spec": task.spec }),
        Resource::TaskWebhook(hook) => json!({ "metadata": labels, "spec": hook.spec }),
        Resource::Secret(secret) => {
            let data: serde_json::Map<_, _> = secret.values.keys().map(|key| (key.clone(), json!("***"))).collect();
            json!({ "metadata": labels, "spec": { "data": data } })
        }
    }
}

fn comparable(manifest: &str) -> Value {
    let whole: Value = serde_json::from_str(manifest).unwrap_or_default();
    json!({ "metadata": { "labels": whole["metadata"]["labels"] }, "spec": whole["spec"] })
}

/// Keys that stay and get another value; neither value is shown.
async fn changed_values(app: &Arc<App>, secret: &SecretManifest) -> Result<Vec<String>, ApiError> {
    let at = Named::of(&secret.metadata);
    let kept = app.store.read(move |db| -> Result<_, StoreError> { orloj_secrets::values(db, &at) }).await?;
    let vault = vault(app)?;
    let other = kept.iter().filter(|row| {
        let new = secret.values.get(&row.name);
        new.is_some_and(|new| vault.open(&row.id, &row.sealed).is_ok_and(|old| old.expose() != new.expose()))
    });
    Ok(other.map(|row| format!("~ spec.data.{}: another value", row.name)).collect())
}
