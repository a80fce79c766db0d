//! `creel executions`: what ran, runs and waits.

use creel_core::api::page::Page;
use creel_core::execution::Execution;
use serde_json::json;

use crate::folder::Asked;
use crate::output::{cell, json as json_line, print, table};
use crate::talk::Creel;
use crate::words::word;

/// What `creel executions` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only these: queued, running, succeeded, failed, skipped, cancelled, interrupted, quarantined.
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    status: Vec<String>,
    /// Only those of this delivery.
    #[arg(long, value_name = "ID")]
    delivery: Option<String>,
    /// How many, at most 500.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: u32,
    #[command(flatten)]
    asked: Asked,
}

/// Prints a page, newest first.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let creel = Creel::running_in(&arguments.asked.folder)?;
    let status = (!arguments.status.is_empty()).then_some(&arguments.status);
    let input = json!({"status": status, "delivery": arguments.delivery, "limit": arguments.limit});
    let answer = creel.call("executions_list", &input)?;
    if arguments.asked.json {
        return print(&format!("{}\n", json_line(&answer)));
    }
    let page: Page<Execution> = serde_json::from_value(answer)?;
    if page.items.is_empty() {
        return print("none\n");
    }
    print(&listed(&page.items))
}

/// Executions as a table.
pub fn listed(executions: &[Execution]) -> String {
    let rows: Vec<_> = executions.iter().map(row).collect();
    table(&["CREATED", "ID", "TRIGGER", "ACTION", "STATUS", "ATTEMPTS", "SUMMARY"], &rows)
}

fn row(execution: &Execution) -> Vec<String> {
    let error = execution.error.as_ref().map_or_else(String::new, |error| format!(" ({})", error.message));
    vec![
        execution.created_at.rfc3339(),
        execution.id.to_string(),
        cell(&execution.trigger_name, 24),
        word(&execution.action),
        word(&execution.status),
        format!("{}/{}", execution.attempts, execution.max_attempts),
        cell(&format!("{}{error}", execution.summary), 120),
    ]
}
