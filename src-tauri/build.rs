//! Checks `tauri.conf.json` and the capabilities, and embeds the UI that `ui/dist` holds.
fn main() {
    tauri_build::build();
}
