//! `creel open`: the address of the UI, with a code that lets one browser in.

use anyhow::Context;
use serde_json::json;

use crate::folder::Folder;
use crate::talk::Creel;

/// What `creel open` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    folder: Folder,
}

/// Prints the address. The code is in the fragment, which no server and no log ever sees; it works once, for a minute.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let creel = Creel::running_in(&arguments.folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(creel.post("/session/code", &json!({})))?;
    let code = answer["code"].as_str().context("the answer holds no code")?;
    println!("{}/#code={code}", creel.running.control);
    Ok(())
}
