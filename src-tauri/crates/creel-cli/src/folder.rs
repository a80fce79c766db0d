//! `--data-dir`, which every command takes that needs a Creel, and `--json`, which those take that show something.

use std::path::PathBuf;

use anyhow::Context;
use creel_core::folder::default_data_dir;

/// Which Creel is meant.
#[derive(clap::Args)]
pub struct Folder {
    /// Where everything is kept [default: creel in the system's folder for applications' data].
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// Which Creel is asked, and how its answer is shown.
#[derive(clap::Args)]
pub struct Asked {
    /// Print the answer as JSON.
    #[arg(long)]
    pub json: bool,
    /// Which Creel.
    #[command(flatten)]
    pub folder: Folder,
}

impl Folder {
    /// The folder, absolute.
    pub fn path(&self) -> anyhow::Result<PathBuf> {
        let given = self.data_dir.clone().or_else(default_data_dir);
        let path = given.context("this system names no folder for data: choose one with --data-dir")?;
        Ok(std::path::absolute(path)?)
    }
}
