//! The seam to the window: one command for the one command list, one event for all events.

use creel_core::api::question;
use creel_core::control::Ports;
use creel_core::error::{ApiError, ErrorCode};
use creel_core::events::Event;
use tauri::ipc::{InvokeResponseBody, Response};
use tauri::{AppHandle, Emitter, Manager, State, WebviewWindow};
use tokio::sync::broadcast::error::RecvError;

use crate::backend::Backend;
use crate::{agreement, menu, window};

/// The event that carries every [`Event`].
const EVENT: &str = "creel";

/// Runs a command of the list, after the person at the window agreed where the core wants that. The output is JSON as the
/// core wrote it.
#[tauri::command]
pub async fn rpc(
    window: WebviewWindow,
    backend: State<'_, Backend>,
    command: String,
    input: serde_json::Value,
) -> Result<Response, ApiError> {
    let input = input.to_string();
    if let Some(question) = backend.question(&command, input.as_bytes()).await?
        && !agreement::asked(&window, question).await
    {
        return Err(question::refused());
    }
    let output = backend.call(&command, input.as_bytes()).await?;
    let json = String::from_utf8(output)
        .map_err(|error| ApiError::new(ErrorCode::Internal, format!("{command} gave no text: {error}")))?;
    Ok(Response::new(InvokeResponseBody::Json(json)))
}

/// Listens after all, where a port was taken: tries the same ones again, or takes free ones, once or for good. Only the
/// window can ask: without a listener there is nobody else.
#[tauri::command]
pub async fn listen(backend: State<'_, Backend>, ports: Ports) -> Result<(), ApiError> {
    backend.listen(ports).await
}

/// Opens the core, then tells the window whatever happens until the end.
pub async fn start(app: AppHandle) {
    let Some(core) = app.state::<Backend>().open().await else { return };
    let mut events = core.events.subscribe();
    drop(core);
    menu::refresh(&app).await;
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(missed)) => Event::Lagged(u32::try_from(missed).unwrap_or(u32::MAX)),
            Err(RecvError::Closed) => return,
        };
        if matches!(event, Event::Status | Event::Tunnel(_)) {
            menu::refresh(&app).await;
        }
        if let Err(error) = app.emit_to(window::LABEL, EVENT, &event) {
            tracing::warn!(%error, "the window did not hear an event");
        }
    }
}
