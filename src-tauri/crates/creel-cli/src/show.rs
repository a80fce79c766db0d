//! `creel show`: one delivery.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use creel_core::api::deliveries::{BodySlice, DeliveryDetail, HeaderLine};
use creel_core::headers::text;
use serde_json::json;

use crate::deliveries::listed as deliveries;
use crate::executions::listed as executions;
use crate::folder::Asked;
use crate::output::{is_terminal, json as json_line, print, print_bytes, safe, safe_lines};
use crate::talk::Creel;
use crate::words::{span, word};

/// What `creel show` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The delivery: dlv_…
    #[arg(value_name = "ID")]
    id: String,
    /// Only its body: the exact bytes, or, on a terminal, with control characters escaped.
    #[arg(long, conflicts_with = "headers")]
    body: bool,
    /// Only its header lines, credentials masked.
    #[arg(long)]
    headers: bool,
    #[command(flatten)]
    asked: Asked,
}

/// Prints it.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let creel = Creel::running_in(&arguments.asked.folder)?;
    if arguments.body {
        return body(&creel, arguments);
    }
    let mut answer = creel.call("delivery_get", &json!({"id": arguments.id}))?;
    if arguments.asked.json {
        let shown = if arguments.headers { answer["headers"].take() } else { answer };
        return print(&format!("{}\n", json_line(&shown)));
    }
    let detail: DeliveryDetail = serde_json::from_value(answer)?;
    if arguments.headers { print(&lines(&detail.headers)) } else { print(&whole(&detail)) }
}

fn body(creel: &Creel, arguments: &Arguments) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    loop {
        let slice = creel.call("delivery_body", &json!({"id": arguments.id, "offset": bytes.len()}))?;
        let slice: BodySlice = serde_json::from_value(slice)?;
        let piece = BASE64_STANDARD.decode(&slice.base64)?;
        bytes.extend_from_slice(&piece);
        if piece.is_empty() || i64::try_from(bytes.len())? >= slice.total {
            break;
        }
    }
    if arguments.asked.json {
        let shown = json!({"bytes": bytes.len(), "base64": BASE64_STANDARD.encode(&bytes)});
        return print(&format!("{}\n", json_line(&shown)));
    }
    if is_terminal() { print(&format!("{}\n", safe_lines(&text(&bytes)))) } else { print_bytes(&bytes) }
}

/// Header lines as they came.
pub fn lines(headers: &[HeaderLine]) -> String {
    headers.iter().map(|line| format!("{}: {}\n", safe(&line.name), safe(&line.value))).collect()
}

fn whole(detail: &DeliveryDetail) -> String {
    let delivery = &detail.delivery;
    let mut out = format!("{}  {} {}\n", delivery.id, safe(&delivery.method), safe(&detail.target));
    out.push_str(&format!("{}\n\n", safe(&detail.verdict)));
    let mut row = |name: &str, value: String| out.push_str(&format!("{name:<10} {}\n", safe(&value)));
    row("received", delivery.received_at.rfc3339());
    row("from", format!("{} ({})", delivery.peer.as_deref().unwrap_or("unknown"), delivery.source));
    row("event", format!("{} {}", delivery.event.as_deref().unwrap_or("-"), id(delivery.event_id.as_deref())));
    row("signature", word(&delivery.signature));
    row("outcome", word(&delivery.outcome));
    row("answer", format!("{} in {}", detail.answer.status, span(delivery.duration_us)));
    row("body", format!("{} bytes, SHA-256 {}", detail.body_bytes, detail.body_sha256));
    if let Some(origin) = &delivery.replay_of {
        row("replay of", origin.to_string());
    }
    out.push_str(&format!("\n{}", lines(&detail.headers)));
    if !detail.executions.is_empty() {
        out.push_str(&format!("\n{}", executions(&detail.executions)));
    }
    if !detail.lineage.is_empty() {
        out.push_str(&format!("\nlineage\n{}", deliveries(&detail.lineage)));
    }
    out
}

fn id(event_id: Option<&str>) -> String {
    event_id.map_or_else(String::new, |id| format!("({id})"))
}
