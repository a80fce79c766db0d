//! Text for the clipboard, from menus. On X11 the program that copied must stay to hand the text out.

use std::sync::{Mutex, PoisonError};

/// The clipboard, opened at the first use.
#[derive(Default)]
pub struct Clipboard(Mutex<Option<arboard::Clipboard>>);

impl Clipboard {
    /// Puts `text` there.
    pub fn put(&self, text: String) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            *held = arboard::Clipboard::new().inspect_err(|error| tracing::warn!(%error, "no clipboard")).ok();
        }
        if let Some(clipboard) = held.as_mut()
            && let Err(error) = clipboard.set_text(text)
        {
            tracing::warn!(%error, "not copied");
        }
    }
}
