//! A file of the page's, written where the person at the window says in a dialog of the system. A page in a window has no
//! downloads: WebKit drops them without a word.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use creel_core::error::{ApiError, ErrorCode};
use tauri::WebviewWindow;
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

/// Characters of a name that is proposed.
const NAME_MOST: usize = 120;

/// Asks where, and writes `bytes` (base64) there. `name` is proposed. Where it went comes back; `None`: the person decided
/// not to.
#[tauri::command]
pub async fn save_file(window: WebviewWindow, name: String, bytes: String) -> Result<Option<PathBuf>, ApiError> {
    let bytes =
        STANDARD.decode(bytes).map_err(|error| ApiError::invalid("bytes", format!("that is no base64: {error}")))?;
    let Some(path) = asked(&window, &proposed(&name)).await else { return Ok(None) };
    tokio::fs::write(&path, bytes).await.map_err(|error| not_written(&path, &error))?;
    Ok(Some(path))
}

async fn asked(window: &WebviewWindow, name: &str) -> Option<PathBuf> {
    let (answer, answered) = oneshot::channel();
    window.dialog().file().set_title("Save the file").set_file_name(name).set_parent(window).save_file(move |path| {
        // Nobody waits any more only where the app is ending.
        let _ = answer.send(path);
    });
    answered.await.ok().flatten()?.into_path().ok()
}

/// A name without a folder, and without what would not be seen in a dialog.
fn proposed(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || ".-_ ".contains(c) { c } else { '_' };
    name.chars().map(plain).take(NAME_MOST).collect()
}

fn not_written(path: &Path, error: &std::io::Error) -> ApiError {
    ApiError::new(ErrorCode::Unavailable, format!("{} could not be written: {error}", path.display()))
        .hint("choose another folder")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposed_name_has_no_folder_and_nothing_invisible() {
        assert_eq!(proposed("event.json"), "event.json");
        assert_eq!(proposed("../../etc/pass\u{202e}wd\n"), ".._.._etc_pass_wd_");
    }
}
