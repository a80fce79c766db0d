//! `creel apply`: Orloj's resources from a file, all of them or none.

use std::io::Read;
use std::path::PathBuf;

use anyhow::Context;
use creel_core::api::resources::{Applied, Change};
use serde_json::json;

use crate::folder::Folder;
use crate::output::{print, safe};
use crate::talk::Creel;

/// What `creel apply` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// YAML in one or several documents, or JSON; `-` reads standard input.
    #[arg(short = 'f', long = "filename", value_name = "FILE")]
    file: PathBuf,
    /// The namespace of resources that name none.
    #[arg(short, long)]
    namespace: Option<String>,
    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    folder: Folder,
}

/// Applies the file and says what became of each resource in it.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let name = arguments.file.display().to_string();
    let text = text_of(&arguments.file).with_context(|| name.clone())?;
    let creel = Creel::running_in(&arguments.folder)?;
    let input = json!({ "text": text, "namespace": arguments.namespace, "dry_run": arguments.dry_run });
    let answer = creel.call("resources_apply", &input).with_context(|| name)?;
    let applied: Vec<Applied> = serde_json::from_value(answer)?;
    print(&applied.iter().map(|one| line(one, arguments.dry_run)).collect::<String>())
}

fn text_of(file: &PathBuf) -> anyhow::Result<String> {
    if file.as_os_str() != "-" {
        return Ok(std::fs::read_to_string(file)?);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

fn line(one: &Applied, dry_run: bool) -> String {
    let change = match one.change {
        Change::Created => "created",
        Change::Configured => "configured",
        Change::Unchanged => "unchanged",
    };
    let (kind, note) = (one.kind.name().to_lowercase(), if dry_run { " (dry run)" } else { "" });
    let mut out = format!("{kind}/{} {change}{note}\n", safe(&one.name));
    if dry_run {
        out.extend(one.difference.iter().map(|line| format!("  {}\n", safe(line))));
    }
    out
}
