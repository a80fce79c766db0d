//! Writing resources: secrets sealed before the transaction, webhooks as triggers.

use rusqlite::Connection;

use super::kept;
use crate::api::handlers::secrets::vault;
use crate::api::handlers::{blank, check_trigger};
use crate::app::App;
use crate::authenticate::{Catalogue, Secret};
use crate::clock::UnixMs;
use crate::error::ApiError;
use crate::ids::{SecretId, TriggerId};
use crate::orloj::{Named, Resource, ResourceMetadata, TaskManifest, TaskWebhookManifest, WebhookProfile, endpoint_id};
use crate::start::seal_new;
use crate::store::secrets::SealedSecret;
use crate::store::{StoreError, orloj_secrets, orloj_tasks, triggers};
use crate::trigger::{Contract, ContractSettings, Trigger};

/// A resource without anything in clear.
pub enum Ready {
    Task(TaskManifest),
    Secret(ResourceMetadata, Vec<SealedSecret>),
    /// With the id that its trigger gets if it is new.
    Webhook(TaskWebhookManifest, TriggerId),
}

/// The resources, their secrets sealed.
pub fn sealed(app: &App, resources: Vec<Resource>) -> Result<Vec<Ready>, ApiError> {
    resources.into_iter().map(|resource| one(app, resource)).collect()
}

fn one(app: &App, resource: Resource) -> Result<Ready, ApiError> {
    match resource {
        Resource::Task(task) => Ok(Ready::Task(task)),
        Resource::TaskWebhook(hook) => Ok(Ready::Webhook(hook, TriggerId::new(app.ids.as_ref()))),
        Resource::Secret(secret) => {
            let [first, others] = orloj_secrets::owners(&Named::of(&secret.metadata));
            let mut owners = std::iter::once(first).chain(std::iter::repeat(others));
            let mut seal = |key: &String, value: &Secret| -> Result<SealedSecret, ApiError> {
                let owner = owners.next().unwrap_or_else(|| TriggerId(String::new()));
                let row = seal_new(vault(app)?, value, SecretId::new(app.ids.as_ref()), owner, app.clock.now());
                Ok(SealedSecret { name: key.clone(), ..row })
            };
            let values = secret.values.iter().map(|(key, value)| seal(key, value)).collect::<Result<_, _>>()?;
            Ok(Ready::Secret(secret.metadata, values))
        }
    }
}

/// Writes all of them; the triggers that changed.
pub fn put(db: &Connection, all: Vec<Ready>, now: UnixMs) -> Result<Vec<TriggerId>, StoreError> {
    let mut changed = Vec::new();
    for ready in all {
        match ready {
            Ready::Task(task) => orloj_tasks::put(db, &task, now, None)?,
            Ready::Secret(metadata, values) => orloj_secrets::put(db, &metadata, &values, now)?,
            Ready::Webhook(hook, id) => {
                let trigger = trigger_of(db, hook, id, now)?;
                check_trigger(&trigger, &Catalogue::default())?;
                triggers::put(db, &trigger)?;
                changed.push(trigger.id);
            }
        }
    }
    Ok(changed)
}

/// The trigger that a webhook is: the one that is there with what the manifest says, or a new one.
fn trigger_of(db: &Connection, hook: TaskWebhookManifest, id: TriggerId, now: UnixMs) -> Result<Trigger, StoreError> {
    let there = kept::trigger(db, &Named::of(&hook.metadata))?;
    let before = there.unwrap_or_else(|| blank(id, Contract::Orloj, now));
    let scheme = match hook.spec.auth.profile {
        WebhookProfile::Generic => "orloj-generic",
        WebhookProfile::Github => "orloj-github",
    };
    Ok(Trigger {
        name: hook.metadata.name.chars().take(NAME_MOST).collect(),
        slug: endpoint_id(&hook.metadata.namespace, &hook.metadata.name),
        scheme: scheme.to_owned(),
        enabled: !hook.spec.suspend,
        settings: ContractSettings::Orloj(hook),
        updated_at: now,
        ..before
    })
}

/// Characters of a trigger's name.
const NAME_MOST: usize = 200;
