//! The one window.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::plugin::TauriPlugin;
use tauri::webview::{Color, NewWindowResponse, PageLoadEvent};
use tauri::{App, AppHandle, Manager, Theme, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Window, Wry};
use tauri_plugin_window_state::StateFlags;

use crate::links;

/// Its label; the capability is for this one.
pub const LABEL: &str = "main";

/// As large as two panes want, as small as one still works in.
const SIZE: (f64, f64) = (1280.0, 800.0);
const MIN_SIZE: (f64, f64) = (720.0, 480.0);

/// `--bg` of the UI's tokens, so that nothing flashes before the first paint.
const LIGHT: Color = Color(0xf5, 0xf7, 0xf7, 0xff);
const DARK: Color = Color(0x0f, 0x13, 0x15, 0xff);

/// What closing the window means: the end, or going on in the tray.
#[derive(Default)]
pub struct Closing(AtomicBool);

impl Closing {
    /// From now on the window hides: there is a tray icon to bring it back.
    pub fn keep_running(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Hides `window` instead of closing it, if that is what closing means. True: it was hidden.
    pub fn hides(&self, window: &Window) -> bool {
        self.0.load(Ordering::Relaxed) && window.hide().is_ok()
    }
}

/// Size, place and maximized state as they were left. Not whether it was visible: it is shown when it has loaded.
pub fn remembered() -> TauriPlugin<Wry> {
    let flags = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    tauri_plugin_window_state::Builder::default().with_state_flags(flags).build()
}

/// Makes the window. It shows itself once its page has loaded.
pub fn open(app: &App) -> tauri::Result<()> {
    app.manage(Closing::default());
    let (refused, asked) = (app.handle().clone(), app.handle().clone());
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Creel")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(MIN_SIZE.0, MIN_SIZE.1)
        .visible(false)
        .disable_drag_drop_handler()
        .on_navigation(move |url| is_own(url) || links::refuse(&refused, url))
        .on_new_window(move |url, _| {
            links::refuse(&asked, &url);
            NewWindowResponse::Deny
        })
        .on_page_load(|window, page| {
            if page.event() == PageLoadEvent::Finished {
                bring_up(&window);
            }
        })
        .build()?;
    let theme = window.theme().unwrap_or(Theme::Light);
    window.set_background_color(Some(if theme == Theme::Dark { DARK } else { LIGHT }))
}

/// Brings the window to the front, from wherever it is.
pub fn show(app: &AppHandle) {
    with_window(app, |window| {
        bring_up(window);
        Ok(())
    });
}

/// Closes it, or hides it where that is what closing means.
pub fn close(app: &AppHandle) {
    with_window(app, WebviewWindow::close);
}

/// Shows a screen. `view` is one of the menu's own words, never text from elsewhere: it becomes part of a script.
pub fn go(app: &AppHandle, view: &'static str) {
    with_window(app, |window| {
        bring_up(window);
        window.eval(format!("location.hash = '#/{view}'"))
    });
}

/// Full screen, and back.
pub fn turn_full_screen(app: &AppHandle) {
    with_window(app, |window| window.set_fullscreen(!window.is_fullscreen()?));
}

fn with_window(app: &AppHandle, act: impl FnOnce(&WebviewWindow) -> tauri::Result<()>) {
    let done = app.get_webview_window(LABEL).map_or(Ok(()), |window| act(&window));
    if let Err(error) = done {
        tracing::warn!(%error, "the window does not do as the menu says");
    }
}

fn bring_up(window: &WebviewWindow) {
    let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window does not come to the front");
    }
}

/// The app's own pages, whose origin differs between systems.
fn is_own(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost") && url.port().is_none(),
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_the_app_s_own_pages_are_navigated_to() {
        let own = |url: &str| is_own(&Url::parse(url).unwrap());
        for url in ["tauri://localhost/", "tauri://localhost/index.html#/inbox", "http://tauri.localhost/"] {
            assert!(own(url), "{url}");
        }
        let foreign = [
            "tauri://evil.example/",
            "http://tauri.localhost:8080/",
            "http://tauri.localhost.evil.example/",
            "https://user@evil.example/tauri.localhost",
            "http://127.0.0.1:4420/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,hello",
            "about:blank",
        ];
        for url in foreign {
            assert!(!own(url), "{url}");
        }
    }
}
