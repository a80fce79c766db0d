//! The tray icon, only where somebody shows it: its toolkit says all is well even when nobody does, and a window that
//! hides into nothing is lost.

use tauri::image::Image;
use tauri::menu::{Menu, PredefinedMenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager};

use crate::menu::Entries;

/// Whether a desktop on this session's bus shows tray icons.
#[cfg(target_os = "linux")]
pub fn has_a_place() -> bool {
    let asked = zbus::blocking::Connection::session().and_then(|bus| {
        let reply = bus.call_method(
            Some("org.freedesktop.DBus"),
            "/org/freedesktop/DBus",
            Some("org.freedesktop.DBus"),
            "NameHasOwner",
            &"org.kde.StatusNotifierWatcher",
        )?;
        reply.body().deserialize::<bool>()
    });
    asked.unwrap_or(false)
}

/// The other systems always have one.
#[cfg(not(target_os = "linux"))]
pub fn has_a_place() -> bool {
    true
}

/// The icon and its menu.
pub fn build(app: &AppHandle) -> tauri::Result<()> {
    let entries = app.state::<Entries>();
    let separator = || PredefinedMenuItem::separator(app);
    let menu = Menu::with_items(
        app,
        &[
            &entries.open,
            &separator()?,
            &entries.copy_address,
            &entries.stop_answering,
            &separator()?,
            &entries.tunnel.state,
            &entries.tunnel.copy,
            &entries.tunnel.turn,
            &separator()?,
            &entries.quit,
        ],
    )?;
    TrayIconBuilder::with_id("creel")
        .icon(Image::from_bytes(include_bytes!("../../icons/tray.png"))?)
        .icon_as_template(true)
        .tooltip("Creel")
        .menu(&menu)
        .build(app)?;
    Ok(())
}
