//! The menu bar, and the entries that the tray shares with it.

use serde::Deserialize;
use tauri::menu::{AboutMetadata, CheckMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Manager, Wry};

use crate::backend::Backend;
use crate::clipboard::Clipboard;
use crate::tunnel_menu::{self, TunnelEntries};
use crate::{stop, window};

const OPEN: &str = "open";
const COPY_ADDRESS: &str = "copy-address";
const SEND_TEST: &str = "send-test";
const STOP_ANSWERING: &str = "stop-answering";
const DATA_FOLDER: &str = "data-folder";
const FULL_SCREEN: &str = "full-screen";
const CLOSE: &str = "close";
const QUIT: &str = "quit";

/// The screens in the rail's order: the first part of the address in the UI, and the name.
const SCREENS: [(&str, &str); 6] = [
    ("inbox", "Inbox"),
    ("triggers", "Triggers"),
    ("executions", "Executions"),
    ("targets", "Targets"),
    ("connect", "Connect"),
    ("settings", "Settings"),
];

/// Entries whose look follows the state of the app.
pub struct Entries {
    /// Brings the window up; the tray's first.
    pub open: MenuItem<Wry>,
    /// Copies the receiver's address.
    pub copy_address: MenuItem<Wry>,
    /// The tunnel's own.
    pub tunnel: TunnelEntries,
    /// Stops answering, or answers again.
    pub stop_answering: CheckMenuItem<Wry>,
    /// Ends the app.
    pub quit: MenuItem<Wry>,
}

/// What the entries need of `status`.
#[derive(Deserialize)]
struct Shown {
    receiver: Option<String>,
    stop_answering: bool,
}

/// The menu bar. Editing has entries on macOS only: elsewhere the keys work without, and entries would take them away.
pub fn build(app: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let entries = Entries {
        open: MenuItem::with_id(app, OPEN, "Open Creel", true, None::<&str>)?,
        copy_address: MenuItem::with_id(app, COPY_ADDRESS, "Copy Address", false, Some("CmdOrCtrl+Shift+C"))?,
        tunnel: TunnelEntries::new(app)?,
        stop_answering: CheckMenuItem::with_id(app, STOP_ANSWERING, "Stop Answering", true, false, None::<&str>)?,
        quit: MenuItem::with_id(app, QUIT, "Quit Creel", true, Some("CmdOrCtrl+Q"))?,
    };
    let menu = Menu::new(app)?;
    menu.append(&receiver_menu(app, &entries)?)?;
    #[cfg(target_os = "macos")]
    menu.append(&edit_menu(app)?)?;
    menu.append(&go_menu(app)?)?;
    menu.append(&Submenu::with_items(
        app,
        "Window",
        true,
        // Not the toolkit's own entries: they are grey on Linux.
        &[
            &MenuItem::with_id(app, FULL_SCREEN, "Full Screen", true, Some("F11"))?,
            &MenuItem::with_id(app, CLOSE, "Close Window", true, Some("CmdOrCtrl+W"))?,
        ],
    )?)?;
    app.manage(entries);
    Ok(menu)
}

fn receiver_menu(app: &AppHandle, entries: &Entries) -> tauri::Result<Submenu<Wry>> {
    let about = AboutMetadata {
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        license: Some("Apache-2.0 OR MIT".to_owned()),
        comments: Some("A webhook receiver with a window.".to_owned()),
        ..AboutMetadata::default()
    };
    Submenu::with_items(
        app,
        "Creel",
        true,
        &[
            &PredefinedMenuItem::about(app, Some("About Creel"), Some(about))?,
            &PredefinedMenuItem::separator(app)?,
            &MenuItem::with_id(app, SEND_TEST, "Send Test Webhook", true, Some("CmdOrCtrl+Shift+T"))?,
            &entries.copy_address,
            &entries.stop_answering,
            &PredefinedMenuItem::separator(app)?,
            &entries.tunnel.state,
            &entries.tunnel.copy,
            &entries.tunnel.turn,
            &PredefinedMenuItem::separator(app)?,
            &MenuItem::with_id(app, DATA_FOLDER, "Show Data Folder", true, None::<&str>)?,
            &PredefinedMenuItem::separator(app)?,
            &entries.quit,
        ],
    )
}

/// An entry for every screen, Ctrl+1 to Ctrl+6.
fn go_menu(app: &AppHandle) -> tauri::Result<Submenu<Wry>> {
    let menu = Submenu::new(app, "Go", true)?;
    for (place, (view, label)) in SCREENS.iter().enumerate() {
        let keys = format!("CmdOrCtrl+{}", place + 1);
        menu.append(&MenuItem::with_id(app, view, label, true, Some(keys))?)?;
    }
    Ok(menu)
}

#[cfg(target_os = "macos")]
fn edit_menu(app: &AppHandle) -> tauri::Result<Submenu<Wry>> {
    Submenu::with_items(
        app,
        "Edit",
        true,
        &[
            &PredefinedMenuItem::undo(app, None)?,
            &PredefinedMenuItem::redo(app, None)?,
            &PredefinedMenuItem::separator(app)?,
            &PredefinedMenuItem::cut(app, None)?,
            &PredefinedMenuItem::copy(app, None)?,
            &PredefinedMenuItem::paste(app, None)?,
            &PredefinedMenuItem::select_all(app, None)?,
        ],
    )
}

/// Does what was chosen, in the menu bar or the tray.
pub fn chosen(app: &AppHandle, event: MenuEvent) {
    let app = app.clone();
    match event.id().as_ref() {
        OPEN => window::show(&app),
        FULL_SCREEN => window::turn_full_screen(&app),
        CLOSE => window::close(&app),
        QUIT => stop::begin(&app),
        DATA_FOLDER => show_data_folder(&app),
        tunnel_menu::COPY => _ = tauri::async_runtime::spawn(async move { tunnel_menu::copy(&app).await }),
        tunnel_menu::TURN => _ = tauri::async_runtime::spawn(async move { tunnel_menu::turn(&app).await }),
        COPY_ADDRESS => _ = tauri::async_runtime::spawn(async move { copy_address(&app).await }),
        STOP_ANSWERING => _ = tauri::async_runtime::spawn(async move { stop_answering(&app).await }),
        SEND_TEST => _ = tauri::async_runtime::spawn(async move { call(&app, "send_test", "{}").await }),
        chosen => {
            if let Some((view, _)) = SCREENS.iter().find(|(view, _)| *view == chosen) {
                window::go(&app, view);
            }
        }
    }
}

/// Makes the entries fit the state of the app.
pub async fn refresh(app: &AppHandle) {
    let (Some(shown), Some(entries)) = (shown(app).await, app.try_state::<Entries>()) else { return };
    let done = entries
        .stop_answering
        .set_checked(shown.stop_answering)
        .and_then(|()| entries.copy_address.set_enabled(shown.receiver.is_some()));
    if let Err(error) = done.and(entries.tunnel.refresh(app).await) {
        tracing::warn!(%error, "the menu does not follow");
    }
}

async fn copy_address(app: &AppHandle) {
    if let Some(address) = shown(app).await.and_then(|shown| shown.receiver) {
        app.state::<Clipboard>().put(address);
    }
}

/// Turns it round from what it is, not from what the entry shows: a second window may have turned it.
async fn stop_answering(app: &AppHandle) {
    if let Some(shown) = shown(app).await {
        call(app, "stop_answering", if shown.stop_answering { r#"{"on":false}"# } else { r#"{"on":true}"# }).await;
    }
    refresh(app).await;
}

fn show_data_folder(app: &AppHandle) {
    if let Err(error) = tauri_plugin_opener::open_path(app.state::<Backend>().data_dir(), None::<&str>) {
        tracing::warn!(%error, "the data folder does not open");
    }
}

async fn shown(app: &AppHandle) -> Option<Shown> {
    serde_json::from_slice(&call(app, "status", "{}").await?).ok()
}

async fn call(app: &AppHandle, command: &str, input: &str) -> Option<Vec<u8>> {
    let called = app.state::<Backend>().call(command, input.as_bytes()).await;
    called.inspect_err(|error| tracing::warn!(%error, command, "what the menu asked for was refused")).ok()
}
