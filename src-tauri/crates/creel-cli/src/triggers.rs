//! `creel triggers`: who listens where.

use creel_core::api::triggers::TriggerRow;
use serde_json::json;

use crate::folder::Asked;
use crate::output::{cell, json as json_line, print, table};
use crate::talk::Creel;

/// What `creel triggers` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    asked: Asked,
}

/// Prints all of them.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let creel = Creel::running_in(&arguments.asked.folder)?;
    let answer = creel.call("triggers_list", &json!({}))?;
    if arguments.asked.json {
        return print(&format!("{}\n", json_line(&answer)));
    }
    let triggers: Vec<TriggerRow> = serde_json::from_value(answer)?;
    if triggers.is_empty() {
        return print("no triggers yet: make one in the window, or from a delivery\n");
    }
    let rows: Vec<_> = triggers.iter().map(row).collect();
    print(&table(
        &["ID", "NAME", "PATH", "SCHEME", "STATE", "LARGEST BODY", "TOOK 24 H", "REFUSED", "LAST FIRED"],
        &rows,
    ))
}

fn row(row: &TriggerRow) -> Vec<String> {
    vec![
        row.trigger.id.to_string(),
        cell(&row.trigger.name, 30),
        cell(&row.path, 60),
        cell(&row.trigger.scheme, 20),
        if row.trigger.enabled { "on" } else { "off" }.to_owned(),
        largest_body(row.trigger.max_body_bytes),
        row.accepted_24h.to_string(),
        row.refused_24h.to_string(),
        row.last_fired_at.map_or_else(|| "never".to_owned(), |at| at.rfc3339()),
    ]
}

/// The trigger's own bound, as it was set: whole MiB or KiB where it is.
fn largest_body(bytes: u32) -> String {
    const KIB: u32 = 1024;
    const MIB: u32 = 1024 * KIB;
    match bytes {
        0 => "as set".to_owned(),
        mib if mib % MIB == 0 => format!("{} MiB", mib / MIB),
        kib if kib % KIB == 0 => format!("{} KiB", kib / KIB),
        bytes => format!("{bytes} B"),
    }
}
