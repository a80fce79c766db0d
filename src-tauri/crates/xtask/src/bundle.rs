//! `bundle`: packages to install. Built offline; the AppImage downloads its tools and belongs to the release workflow.

use std::path::Path;

use anyhow::Result;

use crate::{npm, packages, shell};

/// deb and rpm into `target/release/bundle`.
pub fn bundle(root: &Path) -> Result<()> {
    packages::require(packages::BUILD)?;
    npm::install(&root.join("ui"))?;
    let tauri = root.join("ui/node_modules/.bin/tauri");
    shell::run(&root.join("src-tauri"), &tauri.to_string_lossy(), &["build", "--bundles", "deb,rpm"])
}
