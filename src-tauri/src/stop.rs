//! The end, whoever wants it: the window, the menu, the tray, SIGTERM. What is under way is answered, then exit code 0.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tauri::{AppHandle, Manager, RunEvent, WindowEvent};

use crate::backend::Backend;
use crate::window::Closing;

/// The listeners give their connections four seconds; a process that is asked to end should be gone after five.
const LIMIT: Duration = Duration::from_secs(5);

static BEGUN: AtomicBool = AtomicBool::new(false);
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Holds the exit until the core has closed, and hides the window where a tray icon brings it back.
pub fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::ExitRequested { api, .. } if !CLOSED.load(Ordering::Acquire) => {
            api.prevent_exit();
            begin(app);
        }
        RunEvent::WindowEvent { label, event: WindowEvent::CloseRequested { api, .. }, .. } => {
            let window = app.get_webview_window(&label);
            if window.is_some_and(|window| app.state::<Closing>().hides(&window.as_ref().window())) {
                api.prevent_close();
            }
        }
        _ => {}
    }
}

/// Ends the app. A second call changes nothing.
pub fn begin(app: &AppHandle) {
    if BEGUN.swap(true, Ordering::AcqRel) {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if tokio::time::timeout(LIMIT, app.state::<Backend>().close()).await.is_err() {
            tracing::warn!("closing took longer than {LIMIT:?}");
        }
        CLOSED.store(true, Ordering::Release);
        app.exit(0);
    });
}

/// SIGTERM, SIGINT and SIGHUP end the app as quitting does: without this the process would just be gone.
#[cfg(unix)]
pub fn on_signals(app: &AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    for kind in [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()] {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            match signal(kind) {
                Ok(mut signals) => {
                    signals.recv().await;
                    begin(&app);
                }
                Err(error) => tracing::warn!(%error, "a signal will end the app at once"),
            }
        });
    }
}

/// Windows tells the window, and that is enough.
#[cfg(not(unix))]
pub fn on_signals(_: &AppHandle) {}
