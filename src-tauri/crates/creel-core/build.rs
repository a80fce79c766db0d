//! Puts the built UI (`ui/dist`) where `control/assets.rs` embeds it, or a page that says how to build it.

use std::path::Path;
use std::{env, fs, io};

const PLACEHOLDER: &str = "<!doctype html>
<meta charset=\"utf-8\">
<title>Creel</title>
<h1>Creel is running, without its window</h1>
<p>This program was built before its UI. Build the UI and then the program again:</p>
<pre>npm --prefix ui ci
npm --prefix ui run build
cargo build</pre>
<p>Or let <code>cargo xtask run</code> do all of it.</p>
";

fn main() -> io::Result<()> {
    let ui = Path::new("../../../ui");
    let out = Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("ui");
    // Also while it is missing: cargo then builds this crate anew each time, until the UI is there and noticed.
    println!("cargo::rerun-if-changed={}", ui.join("dist").display());
    println!("cargo::rerun-if-changed=build.rs");
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    fs::create_dir_all(&out)?;
    if ui.join("dist/index.html").is_file() {
        copy(&ui.join("dist"), &out)
    } else {
        fs::write(out.join("index.html"), PLACEHOLDER)
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?
        } else {
            fs::copy(entry.path(), target).map(drop)?
        }
    }
    Ok(())
}
