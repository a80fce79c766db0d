//! `creel act`: a delivery of GitHub's as a file, and the line that runs workflows with it.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use creel_core::api::act::ActExport;
use serde_json::json;

use crate::folder::Asked;
use crate::output::{json as json_line, print, safe};
use crate::talk::Creel;

/// What `creel act` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The delivery: dlv_…
    #[arg(value_name = "DELIVERY")]
    id: String,
    /// Where the file is written [default: here].
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Write it although there is one of that name.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    asked: Asked,
}

/// Writes the file and prints the line, to be run in the repository's folder.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let creel = Creel::running_in(&arguments.asked.folder)?;
    let export: ActExport = serde_json::from_value(creel.call("delivery_act", &json!({"id": arguments.id}))?)?;
    let file = match &arguments.out {
        Some(folder) => std::path::absolute(folder)?.join(&export.file),
        None => PathBuf::from(&export.file),
    };
    write(&file, &export.payload, arguments.force)?;
    let command = format!("act {} -e {}", export.event, quoted(&file.display().to_string()));
    if arguments.asked.json {
        let shown = json!({"event": export.event, "file": file.display().to_string(), "command": command});
        return print(&format!("{}\n", json_line(&shown)));
    }
    print(&format!("{}\n", safe(&command)))
}

/// A file that is there belongs to somebody: it may be a workflow's own.
fn write(file: &Path, text: &str, force: bool) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let options = if force { options.create(true).truncate(true) } else { options.create_new(true) };
    let opened = options.write(true).open(file);
    let hint = match opened.as_ref().map_err(std::io::Error::kind) {
        Err(std::io::ErrorKind::AlreadyExists) => "; choose another folder with --out, or --force",
        _ => "",
    };
    let mut opened = opened.with_context(|| format!("{} cannot be written{hint}", file.display()))?;
    opened.write_all(text.as_bytes()).with_context(|| format!("{} cannot be written", file.display()))
}

/// A word of a shell's.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_a_space_stays_one_word() {
        assert_eq!(quoted("/a/event.json"), "/a/event.json");
        assert_eq!(quoted("/my it's/event.json"), r"'/my it'\''s/event.json'");
    }
}
