//! `creel get`: Orloj's resources as a table or as manifests.

use clap::ValueEnum;
use creel_core::api::resources::ResourceRow;
use creel_core::orloj::ResourceKind;
use creel_core::yaml;
use serde_json::{Value, json};

use crate::folder::Folder;
use crate::output::{cell, json as json_line, print, safe_lines, table};
use crate::talk::Creel;

/// What `creel get` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Which kind.
    kind: Kind,
    /// One resource by its name.
    name: Option<String>,
    /// Its namespace; all of them in a list unless told otherwise.
    #[arg(short, long)]
    namespace: Option<String>,
    /// Print manifests instead of a table.
    #[arg(short, long)]
    output: Option<Output>,
    /// Rows of a list, at most 500.
    #[arg(long, default_value_t = 100)]
    limit: u32,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    #[value(alias = "task")]
    Tasks,
    #[value(alias = "task-webhook", alias = "taskwebhooks", alias = "taskwebhook")]
    TaskWebhooks,
    #[value(alias = "secret")]
    Secrets,
}

impl Kind {
    fn resource(self) -> ResourceKind {
        match self {
            Self::Tasks => ResourceKind::Task,
            Self::TaskWebhooks => ResourceKind::TaskWebhook,
            Self::Secrets => ResourceKind::Secret,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Output {
    Yaml,
    Json,
}

/// Prints the resource, or a page of them, newest first.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let creel = Creel::running_in(&arguments.folder)?;
    let kind = arguments.kind.resource();
    let rows: Vec<ResourceRow> = match &arguments.name {
        Some(name) => {
            let namespace = arguments.namespace.as_deref().unwrap_or("default");
            let at = json!({ "kind": kind, "namespace": namespace, "name": name });
            vec![serde_json::from_value(creel.call("resource_get", &at)?)?]
        }
        None => {
            let query = json!({ "kind": kind, "namespace": arguments.namespace, "limit": arguments.limit });
            serde_json::from_value(creel.call("resources_list", &query)?["items"].take())?
        }
    };
    let manifests = rows.iter().map(|row| serde_json::from_str(&row.manifest)).collect::<Result<Vec<Value>, _>>()?;
    let text = match (arguments.output, &arguments.name) {
        (None, _) => listed(kind, &manifests),
        (Some(Output::Json), Some(_)) => manifests.iter().map(|one| format!("{}\n", json_line(one))).collect(),
        (Some(Output::Json), None) => format!("{}\n", json_line(&json!({ "items": manifests }))),
        (Some(Output::Yaml), _) => {
            let documents = manifests.iter().map(yaml::document).collect::<Result<Vec<_>, _>>()?;
            safe_lines(&documents.join("---\n"))
        }
    };
    print(&text)
}

fn listed(kind: ResourceKind, manifests: &[Value]) -> String {
    let text = |value: &Value, most| cell(value.as_str().unwrap_or_default(), most);
    let common = |one: &Value| vec![text(&one["metadata"]["namespace"], 30), text(&one["metadata"]["name"], 70)];
    let headings: &[&str] = match kind {
        ResourceKind::Task => &["NAMESPACE", "NAME", "MODE", "SYSTEM", "STATUS", "CREATED"],
        ResourceKind::Secret => &["NAMESPACE", "NAME", "KEYS", "CREATED"],
        ResourceKind::TaskWebhook => {
            &["NAMESPACE", "NAME", "PATH", "STATUS", "ACCEPTED", "DUPLICATE", "REJECTED", "LAST ERROR"]
        }
    };
    let more = |one: &Value| match kind {
        ResourceKind::Task => of_task(one),
        ResourceKind::Secret => of_secret(one),
        ResourceKind::TaskWebhook => of_webhook(one),
    };
    let rows: Vec<_> = manifests.iter().map(|one| [common(one), more(one)].concat()).collect();
    table(headings, &rows)
}

fn of_task(task: &Value) -> Vec<String> {
    [&task["spec"]["mode"], &task["spec"]["system"], &task["status"]["phase"], &task["metadata"]["createdAt"]]
        .map(|value| cell(value.as_str().unwrap_or_default(), 40))
        .into()
}

fn of_secret(secret: &Value) -> Vec<String> {
    let keys: Vec<_> = secret["spec"]["data"].as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    vec![cell(&keys.join(","), 60), cell(secret["metadata"]["createdAt"].as_str().unwrap_or_default(), 40)]
}

fn of_webhook(hook: &Value) -> Vec<String> {
    let status = &hook["status"];
    let counts = ["acceptedCount", "duplicateCount", "rejectedCount"].map(|name| status[name].to_string());
    let words = |name: &str, most| cell(status[name].as_str().unwrap_or_default(), most);
    [vec![words("endpointPath", 60), words("phase", 10)], counts.into(), vec![words("lastError", 80)]].concat()
}
