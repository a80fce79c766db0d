//! Checks `tauri.conf.json` and the capabilities, and declares the three commands that the window may call.

use std::path::Path;

/// Tauri embeds `ui/dist` and does not compile without it. A fresh clone must compile.
const PLACEHOLDER: &str = "<!doctype html>
<meta charset=\"utf-8\">
<title>Creel</title>
<p>This window was built before its UI. Run <code>cargo xtask run</code>, which builds both.</p>
";

fn main() {
    let page = Path::new("../ui/dist/index.html");
    if !page.exists() {
        let folder = page.parent().expect("the page is in a folder");
        std::fs::create_dir_all(folder).expect("ui/dist can be made");
        std::fs::write(page, PLACEHOLDER).expect("ui/dist can be written");
    }
    let manifest = tauri_build::AppManifest::new().commands(&["rpc", "listen", "save_file"]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)).expect("tauri.conf.json is valid");
}
