//! npm packages: installed when the lock file is not what is installed.

use std::path::Path;
use std::time::SystemTime;

use anyhow::Result;

use crate::shell;

/// `npm ci` in `folder`, unless what is there was installed from the lock file as it is.
pub fn install(folder: &Path) -> Result<()> {
    let changed = |path: &Path| std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
    let installed: Option<SystemTime> = changed(&folder.join("node_modules/.package-lock.json"));
    let locked = changed(&folder.join("package-lock.json"));
    if installed.is_some() && installed >= locked {
        return Ok(());
    }
    shell::run(folder, "npm", &["ci", "--no-audit", "--no-fund"])
}

/// Builds the screens into `ui/dist`.
pub fn build_ui(root: &Path) -> Result<()> {
    let ui = root.join("ui");
    install(&ui)?;
    shell::run(&ui, "npm", &["run", "build"])
}
