//! `cargo xtask samples`: chooses one payload for each GitHub event and action and packs them for the core.
//!
//! The source is the npm package `@octokit/webhooks-examples` of `tests/journeys`. Run it when that package changes;
//! its result is committed.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Map, Value};

const PACKAGE: &str = "tests/journeys/node_modules/@octokit/webhooks-examples/api.github.com/index.json";
const ARCHIVE: &str = "src-tauri/crates/creel-core/src/samples/github.zst";

/// Packed once, unpacked for ever: the strongest level that needs no special window.
const LEVEL: i32 = 19;

/// A committed file stays under this.
const MAX_ARCHIVE_BYTES: usize = 1024 * 1024;

/// Which action stands for an event: the beginning of a story tells most.
const PREFERRED: &[&str] = &["opened", "created", "published", "submitted", "completed", "added", "requested"];

#[derive(Deserialize)]
struct Event {
    name: String,
    examples: Vec<Value>,
}

fn main() -> Result<()> {
    pack(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.."))
}

/// Writes the archive below `root`.
fn pack(root: &Path) -> Result<()> {
    let source = root.join(PACKAGE);
    let text = std::fs::read(&source)
        .with_context(|| format!("cannot read {}: run `npm ci` in tests/journeys first", source.display()))?;
    let events: Vec<Event> = serde_json::from_slice(&text)?;
    let mut chosen = Map::new();
    for event in events {
        let first = choose(&event).with_context(|| format!("{} has no example", event.name))?;
        let told = first["action"].clone();
        chosen.insert(event.name.clone(), first.clone());
        for (action, payload) in shortest_by_action(&event) {
            if told != action {
                chosen.insert(format!("{}.{action}", event.name), payload.clone());
            }
        }
    }
    let packed = zstd::bulk::compress(&serde_json::to_vec(&chosen)?, LEVEL)?;
    ensure!(packed.len() < MAX_ARCHIVE_BYTES, "the archive has {} bytes", packed.len());
    std::fs::write(root.join(ARCHIVE), &packed)?;
    println!("{} payloads in {} bytes: {ARCHIVE}", chosen.len(), packed.len());
    Ok(())
}

/// A push with commits; else the example with the most telling action; else the first.
fn choose(event: &Event) -> Option<Value> {
    let has_commits = |example: &&Value| example["commits"].as_array().is_some_and(|commits| !commits.is_empty());
    let acts = |action: &str| event.examples.iter().find(move |example| example["action"] == action);
    event
        .examples
        .iter()
        .find(has_commits)
        .or_else(|| PREFERRED.iter().find_map(|action| acts(action)))
        .or_else(|| event.examples.first())
        .cloned()
}

/// The shortest example of each action: what differs between the others of an action is seldom the story.
fn shortest_by_action(event: &Event) -> BTreeMap<String, &Value> {
    let mut shortest: BTreeMap<String, &Value> = BTreeMap::new();
    for example in &event.examples {
        let Some(action) = example["action"].as_str() else { continue };
        let length = |payload: &Value| payload.to_string().len();
        let known = shortest.get(action).copied();
        if known.is_none_or(|known| length(example) < length(known)) {
            shortest.insert(action.to_owned(), example);
        }
    }
    shortest
}
