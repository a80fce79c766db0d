//! `creel-desktop [--data-dir DIR]`.

use std::path::PathBuf;

use anyhow::{Context, Result};

/// How the window is started.
pub struct Options {
    /// Where everything is kept.
    pub data_dir: PathBuf,
}

impl Options {
    /// Reads the command line. What desktops and test drivers add is ignored.
    pub fn read() -> Result<Self> {
        let mut arguments = std::env::args_os().skip(1);
        while let Some(argument) = arguments.next() {
            if argument == "--data-dir" {
                let folder = arguments.next().context("--data-dir wants a folder")?;
                return Ok(Self { data_dir: std::path::absolute(folder)? });
            }
        }
        let folder = creel_core::folder::default_data_dir();
        Ok(Self { data_dir: folder.context("the system names no folder for data: start with --data-dir DIR")? })
    }
}
