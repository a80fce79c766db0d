//! `status`, settings, "stop answering".

use std::sync::Arc;

use crate::api::status::Status;
use crate::api::{Nothing, StopAnswering};
use crate::app::App;
use crate::error::ApiError;
use crate::events::Event;
use crate::registry::TEST_SLUG;
use crate::settings::{AtOnce, Settings};
use crate::store::{activity, executions, meta, search_index};

/// Smallest and largest body that the user may allow (`trust.md` 5.1).
const BODY_BOUNDS: std::ops::RangeInclusive<u32> = 1024..=25 * 1024 * 1024;
/// Further names of this machine: those of a few projects.
const HOST_NAMES_MOST: usize = 20;
/// The longest name there is (RFC 1035).
const HOST_NAME_MOST: usize = 253;
/// How many executions may run at once, of each kind and in all.
const AT_ONCE_BOUNDS: std::ops::RangeInclusive<u32> = 1..=64;
/// What the window may keep of its own state.
const UI_STATE_MOST: usize = 16 * 1024;

/// The state of the app.
pub async fn status(app: &Arc<App>, _: Nothing) -> Result<Status, ApiError> {
    let (queue_depth, deliveries, search_lag) =
        app.store.read(|db| Ok((executions::depth(db)?, activity::kept(db)?.0, search_index::lag(db)?))).await?;
    let addresses = app.addresses();
    let settings = app.settings.load();
    let tunnel = app.tunnel.board.now();
    Ok(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        receiver: addresses.receiver.map(|address| format!("http://{address}")),
        control: addresses.control.map(|address| format!("http://{address}")),
        tunnel: tunnel.state,
        public: tunnel.address,
        stop_answering: settings.stop_answering,
        capture_only: settings.capture_only,
        paused: settings.paused,
        answering_faults: app.registry.now().answering_faults(),
        queue_depth,
        deliveries,
        search_lag,
        disk_bytes: app.store.disk_bytes(),
        data_dir: app.store.path().display().to_string(),
        secrets_store: app.key_place.store,
        trouble: app.troubles().into_iter().chain(app.tunnel.board.alarm()).collect(),
        test_path: format!("/hooks/{TEST_SLUG}"),
    })
}

/// Stop answering, or answer again.
pub async fn stop_answering(app: &Arc<App>, input: StopAnswering) -> Result<Status, ApiError> {
    let settings = Settings { stop_answering: input.on, ..Settings::clone(&app.settings.load()) };
    settings_set(app, settings).await?;
    status(app, Nothing {}).await
}

/// All settings.
pub async fn settings_get(app: &Arc<App>, _: Nothing) -> Result<Settings, ApiError> {
    Ok(Settings::clone(&app.settings.load()))
}

/// Replaces all settings.
pub async fn settings_set(app: &Arc<App>, input: Settings) -> Result<Settings, ApiError> {
    check_body_bound(input.max_body_bytes)?;
    check_host_names(&input.host_names)?;
    check_at_once(&input.at_once)?;
    if input.ui_state.len() > UI_STATE_MOST {
        return Err(ApiError::invalid("ui_state", format!("{} bytes; at most {UI_STATE_MOST}", input.ui_state.len())));
    }
    let folder = std::path::Path::new(&input.tool_folder);
    if !(input.tool_folder.is_empty() || folder.is_absolute() && folder.is_dir()) {
        let words = format!("\"{}\" is no folder of this machine, written from its root", input.tool_folder);
        return Err(ApiError::invalid("tool_folder", words));
    }
    let text = serde_json::to_string(&input)
        .map_err(|error| ApiError::new(crate::error::ErrorCode::Internal, error.to_string()))?;
    app.store.write(move |turn| Ok(meta::set_text(turn.db, "settings", &text)?)).await?;
    app.settings.store(Arc::new(input.clone()));
    app.events.send(Event::Status);
    // More may run now, or again.
    app.wake_queue();
    Ok(input)
}

/// A largest body that may be set, for all triggers or for one.
pub fn check_body_bound(bytes: u32) -> Result<(), ApiError> {
    if BODY_BOUNDS.contains(&bytes) {
        return Ok(());
    }
    let words = format!("{bytes} bytes is not between 1 KiB and 25 MiB");
    Err(ApiError::invalid("max_body_bytes", words))
}

fn check_at_once(at_once: &AtOnce) -> Result<(), ApiError> {
    let AtOnce { all, host, tools, agents, pipelines } = *at_once;
    let each = [("all", all), ("host", host), ("tools", tools), ("agents", agents), ("pipelines", pipelines)];
    match each.into_iter().find(|(_, number)| !AT_ONCE_BOUNDS.contains(number)) {
        Some((name, number)) => {
            Err(ApiError::invalid(&format!("at_once.{name}"), format!("{number} is not between 1 and 64")))
        }
        None => Ok(()),
    }
}

/// Names as `Host` has them, without a port.
fn check_host_names(names: &[String]) -> Result<(), ApiError> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let wrong = names.iter().find(|name| !(1..=HOST_NAME_MOST).contains(&name.len()) || !name.bytes().all(fits));
    if let Some(name) = wrong {
        let error = ApiError::invalid("host_names", format!("\"{name}\" is not a host name"));
        return Err(error.hint("write it as hooks.test, without http:// and without a port"));
    }
    if names.len() > HOST_NAMES_MOST {
        return Err(ApiError::invalid("host_names", format!("{} names; at most {HOST_NAMES_MOST}", names.len())));
    }
    Ok(())
}
