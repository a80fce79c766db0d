//! `creel replay`: fires a delivery again, through the socket.

use std::pin::pin;

use creel_core::api::replays::{ReplayPlan, ReplayResult, ReplaySent};
use creel_core::delivery::Outcome;
use serde_json::{Value, json};

use crate::broken::Broken;
use crate::folder::Asked;
use crate::output::{json as json_line, print, safe, safe_lines};
use crate::show::lines;
use crate::talk::Creel;
use crate::to;
use crate::words::{span, word};

/// What `creel replay` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The delivery: dlv_…
    #[arg(value_name = "ID")]
    id: String,
    /// Where to: a path, a trigger (id, slug or name) or an http(s) address [default: where it came to].
    #[arg(long, value_name = "TARGET")]
    to: Option<String>,
    /// A new event id, so that it runs again instead of being a duplicate.
    #[arg(long)]
    new_id: bool,
    /// Run outside effects too. Without this they are planned and shown only: the delivery had its effects.
    #[arg(long)]
    outside: bool,
    /// Send the old signature as it came.
    #[arg(long, conflicts_with_all = ["broken"])]
    as_received: bool,
    /// Broken on purpose.
    #[arg(long = "break", alias = "broken", value_name = "WHAT")]
    broken: Option<Broken>,
    /// How often, 1 to 100, one after the other.
    #[arg(long, value_name = "N", default_value_t = 1)]
    times: u32,
    /// Only show what it would send and set off.
    #[arg(long)]
    plan: bool,
    #[command(flatten)]
    asked: Asked,
}

/// Plans or sends it.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let creel = Creel::running_in(&arguments.asked.folder)?;
    let target = match &arguments.to {
        None => json!("original"),
        Some(to) => to::find(&creel, to)?.target,
    };
    let draft = json!({
        "delivery_id": arguments.id,
        "target": target,
        "signing": if arguments.as_received { "as_received" } else { "target" },
        "new_event_id": arguments.new_id,
        "outside_effects": arguments.outside.then_some(true),
        "broken": arguments.broken.map(Broken::word),
        "times": arguments.times,
        "in_background": true,
    });
    if arguments.plan {
        return planned(creel.call("replay_plan", &draft)?, arguments.asked.json);
    }
    let sent = to_the_end(&creel, &draft, arguments.asked.json)?;
    if arguments.asked.json {
        print(&format!("{}\n", json_line(&serde_json::to_value(&sent)?)))?;
    }
    let duplicate = |result: &ReplayResult| result.delivery.as_ref().is_some_and(|d| d.outcome == Outcome::Duplicate);
    if !arguments.asked.json && sent.results.iter().any(duplicate) {
        print("with --new-id it runs again\n")?;
    }
    answered(&sent.results)
}

/// The exit code of what was ended with Ctrl-C: 128 and the signal's number, as shells have it.
const INTERRUPTED: i32 = 130;

/// Sends a draft and follows it to its end; one that was stopped ends the program.
pub fn to_the_end(creel: &Creel, draft: &Value, as_json: bool) -> anyhow::Result<ReplaySent> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (sent, stopped) = runtime.block_on(followed(creel, draft, as_json))?;
    if !stopped {
        return Ok(sent);
    }
    if as_json {
        print(&format!("{}\n", json_line(&serde_json::to_value(&sent)?)))?;
    } else {
        let (back, times) = (sent.results.len(), sent.times);
        print(&format!("stopped: {back} of {times} came back; one that was under way was given up\n"))?;
    }
    std::process::exit(INTERRUPTED);
}

/// Sends a replay, follows it to its end and prints each sending as it comes back, unless the whole is printed as JSON.
/// Ctrl-C stops it where it is sent from, or the rest would go out behind the user's back; whether that happened. Another
/// Ctrl-C does not wait for the sending that is under way.
async fn followed(creel: &Creel, draft: &Value, quiet: bool) -> anyhow::Result<(ReplaySent, bool)> {
    let mut interrupted = pin!(tokio::signal::ctrl_c());
    // The first look at it is what makes Ctrl-C ours: before anything is sent.
    let mut stopped = tokio::select! { biased; _ = &mut interrupted => true, () = std::future::ready(()) => false };
    if stopped {
        std::process::exit(INTERRUPTED);
    }
    let mut sent: ReplaySent = serde_json::from_value(creel.post("/rpc/replay_send", draft).await?)?;
    let mut seen = 0;
    loop {
        for result in sent.results[seen..].iter().filter(|_| !quiet) {
            print(&came_back(result))?;
        }
        seen = sent.results.len();
        if sent.ended {
            return Ok((sent, stopped));
        }
        let progress = json!({"id": sent.id, "seen": seen});
        let more = tokio::select! {
            more = creel.post("/rpc/replay_progress", &progress) => more?,
            _ = &mut interrupted => {
                if stopped {
                    std::process::exit(INTERRUPTED);
                }
                stopped = true;
                interrupted.set(tokio::signal::ctrl_c());
                creel.post("/rpc/replay_stop", &json!({"id": sent.id})).await?
            }
        };
        sent = serde_json::from_value(more)?;
    }
}

/// An error when some sending was not answered.
pub fn answered(results: &[ReplayResult]) -> anyhow::Result<()> {
    match results.iter().find_map(|result| result.error.as_ref()) {
        Some(error) => anyhow::bail!("{error}"),
        None => Ok(()),
    }
}

/// What came of one sending.
fn came_back(result: &ReplayResult) -> String {
    let mut out = String::new();
    if let Some(answer) = &result.answer {
        out.push_str(&format!("answered {} in {}\n", answer.status, span(result.duration_us)));
        if !answer.body.is_empty() {
            out.push_str(&format!("{}\n", safe_lines(answer.body.trim_end())));
        }
    }
    if let Some(delivery) = &result.delivery {
        let reason = delivery.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
        out.push_str(&format!("{} {}{}\n", delivery.id, word(&delivery.outcome), safe(&reason)));
    }
    for difference in &result.differences {
        out.push_str(&format!("  {}\n", safe(difference)));
    }
    out
}

fn planned(answer: Value, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return print(&format!("{}\n", json_line(&answer)));
    }
    let plan: ReplayPlan = serde_json::from_value(answer)?;
    let mut out = format!("{} {}\n{}", safe(&plan.method), safe(&plan.url), lines(&plan.headers));
    out.push_str(&format!("\n{} bytes of body", plan.body_bytes));
    if let Some(scheme) = &plan.scheme {
        out.push_str(&format!(", signed as {scheme}"));
    }
    out.push_str(&format!("; made anew: {}\n", plan.recomputed.join(", ")));
    for effect in &plan.effects {
        let runs = if effect.runs { "runs" } else { "does not run" };
        out.push_str(&format!("{runs}: {}\n", safe(&effect.words)));
    }
    for warning in &plan.warnings {
        out.push_str(&format!("note: {}\n", safe(warning)));
    }
    print(&out)
}
