//! Creel's window: it shows, the core decides. If a file here knows what a trigger is, it is in the wrong crate.
//!
//! `backend` opens the core and its listeners; `rpc` carries the one command list and the events to the window;
//! `agreement` asks what no page may answer; the others are what a desktop expects: `window`, `menu`, `tray`,
//! `tunnel_menu`, `links`, `logs`, `stop`.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod agreement;
mod backend;
mod clipboard;
mod links;
mod literal;
mod logs;
mod menu;
mod options;
mod rpc;
mod save;
mod stop;
mod tray;
mod tunnel_menu;
mod window;

use backend::Backend;
use tauri::{App, Manager};

fn main() -> anyhow::Result<()> {
    // Before any file is made: what Creel keeps is for this user only.
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let options = options::Options::read()?;
    let _logs = logs::start(&options.data_dir);
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)))
        .plugin(window::remembered())
        .plugin(tauri_plugin_dialog::init())
        .manage(Backend::new(options.data_dir))
        .manage(clipboard::Clipboard::default())
        .invoke_handler(tauri::generate_handler![rpc::rpc, rpc::listen, save::save_file])
        .setup(|app| Ok(setup(app)?))
        .build(tauri::generate_context!())?;
    app.run(stop::on_event);
    Ok(())
}

/// The window comes first and waits for the core, not the other way round.
fn setup(app: &mut App) -> tauri::Result<()> {
    let handle = app.handle();
    tauri::async_runtime::spawn(rpc::start(handle.clone()));
    stop::on_signals(handle);
    app.set_menu(menu::build(handle)?)?;
    app.on_menu_event(menu::chosen);
    window::open(app)?;
    if tray::has_a_place() {
        tray::build(handle)?;
        app.state::<window::Closing>().keep_running();
    }
    Ok(())
}
