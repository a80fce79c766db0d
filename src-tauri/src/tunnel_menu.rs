//! The tunnel in the menus, the tray's first of all: how it stands in words, its address to copy, and start or stop.

use creel_core::api::tunnels::TunnelView;
use creel_core::error::ApiError;
use creel_core::tunnel::TunnelState;
use tauri::menu::MenuItem;
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};

use crate::backend::Backend;
use crate::clipboard::Clipboard;
use crate::literal::literal;
use crate::{agreement, window};

/// The entry that copies the public address.
pub const COPY: &str = "copy-public";
/// The entry that starts and stops the tunnel.
pub const TURN: &str = "turn-tunnel";

/// The screen where a tunnel is set up.
const CONNECT: &str = "connect";

/// Entries that follow the tunnel.
pub struct TunnelEntries {
    /// How it stands; nothing to choose.
    pub state: MenuItem<Wry>,
    /// Copies the public address.
    pub copy: MenuItem<Wry>,
    /// Starts it or stops it.
    pub turn: MenuItem<Wry>,
}

/// What the entries say.
#[derive(Debug, PartialEq, Eq)]
struct Words {
    state: String,
    /// `None`: there is no address to copy.
    copy: Option<String>,
    turn: String,
}

impl TunnelEntries {
    /// Entries for no tunnel.
    pub fn new(app: &AppHandle) -> tauri::Result<Self> {
        let words = words(&TunnelView {
            now: Default::default(),
            running: None,
            kept: None,
            exposure: creel_core::tunnel::Exposure {
                sentence: String::new(),
                reached: Vec::new(),
                kept_back: Vec::new(),
            },
        });
        Ok(Self {
            state: MenuItem::with_id(app, "tunnel-state", words.state, false, None::<&str>)?,
            copy: MenuItem::with_id(app, COPY, NO_ADDRESS, false, None::<&str>)?,
            turn: MenuItem::with_id(app, TURN, words.turn, true, None::<&str>)?,
        })
    }

    /// Makes them fit the tunnel.
    pub async fn refresh(&self, app: &AppHandle) -> tauri::Result<()> {
        let Some(view) = view(app).await else { return Ok(()) };
        let Words { state, copy, turn } = words(&view);
        self.state.set_text(state)?;
        self.copy.set_enabled(copy.is_some())?;
        self.copy.set_text(copy.as_deref().unwrap_or(NO_ADDRESS))?;
        self.turn.set_text(turn)
    }
}

/// The copying entry while there is no address.
const NO_ADDRESS: &str = "Copy Public Address";

fn words(view: &TunnelView) -> Words {
    let TunnelView { now, kept, .. } = view;
    let state = match now.state {
        TunnelState::Off => "Tunnel: Off".to_owned(),
        TunnelState::Starting => format!("Tunnel: Starting ({})", now.name),
        TunnelState::Checking => format!("Tunnel: Checking the Address ({})", now.name),
        TunnelState::Online => format!("Tunnel: Online ({})", now.name),
        TunnelState::Waiting => format!("Tunnel: Down, Trying Again ({})", now.name),
        TunnelState::NeedsYou => format!("Tunnel: Needs You ({})", now.name),
    };
    let name = now.address.as_deref().and_then(|address| address.split_once("://"));
    let turn = match (now.state, kept) {
        (TunnelState::Off | TunnelState::NeedsYou, Some(kept)) => format!("Start Tunnel ({})", kept.kind.name()),
        (TunnelState::Off | TunnelState::NeedsYou, None) => "Set Up a Tunnel".to_owned(),
        (TunnelState::Starting | TunnelState::Checking | TunnelState::Online | TunnelState::Waiting, _) => {
            "Stop Tunnel".to_owned()
        }
    };
    Words { state, copy: name.map(|(_, name)| format!("{NO_ADDRESS} ({name})")), turn }
}

/// Copies the public address, as it is now.
pub async fn copy(app: &AppHandle) {
    if let Some(address) = view(app).await.and_then(|view| view.now.address) {
        app.state::<Clipboard>().put(address);
    }
}

/// Starts what was started last, or stops what runs; where nothing was ever started, shows where that is done.
pub async fn turn(app: &AppHandle) {
    let Some(view) = view(app).await else { return };
    let done = match (view.now.state, &view.kept) {
        (TunnelState::Off | TunnelState::NeedsYou, None) => {
            window::go(app, CONNECT);
            Ok(())
        }
        (TunnelState::Off | TunnelState::NeedsYou, Some(kept)) => match serde_json::to_vec(kept) {
            Ok(input) => start(app, &input).await,
            Err(error) => return tracing::warn!(%error, "the kept tunnel cannot be written"),
        },
        (TunnelState::Starting | TunnelState::Checking | TunnelState::Online | TunnelState::Waiting, _) => {
            app.state::<Backend>().call("tunnel_stop", b"{}").await.map(drop)
        }
    };
    if let Err(error) = done {
        tell(app, &error);
    }
}

/// A program of the user's is asked about as when the page starts it.
async fn start(app: &AppHandle, input: &[u8]) -> Result<(), ApiError> {
    let backend = app.state::<Backend>();
    if let Some(question) = backend.question("tunnel_start", input).await?
        && let Some(window) = app.get_webview_window(window::LABEL)
        && !agreement::asked(&window, question).await
    {
        return Ok(());
    }
    backend.call("tunnel_start", input).await.map(drop)
}

/// Says why, and what to do: nobody looks at a page now.
fn tell(app: &AppHandle, error: &ApiError) {
    let text = error.hint.as_ref().map_or(error.message.clone(), |hint| format!("{}\n\n{hint}", error.message));
    let dialog = app.dialog().message(literal(&text)).title("The tunnel").kind(MessageDialogKind::Warning);
    dialog.show(|_| {});
}

async fn view(app: &AppHandle) -> Option<TunnelView> {
    let called = app.state::<Backend>().call("tunnel_get", b"{}").await;
    let json = called.inspect_err(|error| tracing::warn!(%error, "the menu does not know the tunnel")).ok()?;
    serde_json::from_slice(&json).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn said(state: &str, address: Option<&str>, kept: bool) -> Words {
        let kept = kept.then(|| serde_json::json!({ "kind": "cloudflared" }));
        let name = if state == "off" { "" } else { "Cloudflare quick tunnel" };
        let now = serde_json::json!({ "state": state, "name": name, "address": address, "failed": 0, "outages": [] });
        let exposure = serde_json::json!({ "sentence": "", "reached": [], "kept_back": [] });
        let view = serde_json::json!({ "now": now, "running": null, "kept": kept, "exposure": exposure });
        words(&serde_json::from_value(view).unwrap())
    }

    #[test]
    fn the_words_say_how_it_stands_and_what_a_click_does() {
        let address = Some("https://a.trycloudflare.com");
        for (state, address, kept, words) in [
            ("off", None, false, ["Tunnel: Off", "-", "Set Up a Tunnel"]),
            ("off", None, true, ["Tunnel: Off", "-", "Start Tunnel (Cloudflare quick tunnel)"]),
            ("starting", None, true, ["Tunnel: Starting (Cloudflare quick tunnel)", "-", "Stop Tunnel"]),
            (
                "online",
                address,
                true,
                [
                    "Tunnel: Online (Cloudflare quick tunnel)",
                    "Copy Public Address (a.trycloudflare.com)",
                    "Stop Tunnel",
                ],
            ),
            (
                "needs_you",
                None,
                true,
                ["Tunnel: Needs You (Cloudflare quick tunnel)", "-", "Start Tunnel (Cloudflare quick tunnel)"],
            ),
        ] {
            let found = said(state, address, kept);
            assert_eq!([found.state.as_str(), found.copy.as_deref().unwrap_or("-"), found.turn.as_str()], words);
        }
    }
}
