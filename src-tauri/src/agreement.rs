//! A question of the core, asked by a dialog of the system: no script in the page can press its buttons.

use creel_core::api::question::Question;
use tauri::WebviewWindow;
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};
use tokio::sync::oneshot;

use crate::literal::literal;

/// Whether the person at the window agreed. Closing the dialog is a no.
pub async fn asked(window: &WebviewWindow, question: Question) -> bool {
    let (answer, answered) = oneshot::channel();
    window
        .dialog()
        .message(literal(&question.text))
        .title(question.title)
        .kind(MessageDialogKind::Warning)
        .buttons(MessageDialogButtons::OkCancelCustom(question.yes, question.no))
        .parent(window)
        .show(move |agreed| {
            // Nobody waits any more only where the app is ending.
            let _ = answer.send(agreed);
        });
    answered.await.unwrap_or(false)
}
