//! Addresses elsewhere: never in this window, and in the browser only after a question that shows the host.

use tauri::{AppHandle, Url};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};

use crate::literal::literal;

/// The longest address that the question shows in full.
const SHOWN: usize = 200;

/// Refuses to go to `url` here; asks whether the browser should, when it is a web page. Always false.
pub fn refuse(app: &AppHandle, url: &Url) -> bool {
    match page(url) {
        Some(host) => ask(app, url.clone(), &host),
        None => tracing::warn!(scheme = url.scheme(), "refused to go to an address that is no web page"),
    }
    false
}

/// The host of a web page; `None` for everything that is none.
fn page(url: &Url) -> Option<String> {
    let plain = url.username().is_empty() && url.password().is_none();
    let web = matches!(url.scheme(), "http" | "https");
    url.host_str().filter(|_| web && plain).map(str::to_owned)
}

fn ask(app: &AppHandle, url: Url, host: &str) {
    let shown: String = url.as_str().chars().take(SHOWN).collect();
    let question = format!("{shown}\n\nThis leaves Creel and opens in your browser.");
    app.dialog()
        .message(literal(&question))
        .title(format!("Open {host}?"))
        .kind(MessageDialogKind::Info)
        .buttons(MessageDialogButtons::OkCancelCustom("Open in browser".to_owned(), "Cancel".to_owned()))
        .show(move |agreed| {
            if agreed && let Err(error) = tauri_plugin_opener::open_url(url.as_str(), None::<&str>) {
                tracing::warn!(%error, "the browser does not open");
            }
        });
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_web_pages_without_credentials_are_offered_to_the_browser() {
        let offered = |url: &str| page(&Url::parse(url).unwrap());
        assert_eq!(offered("https://docs.github.com/webhooks"), Some("docs.github.com".to_owned()));
        assert_eq!(offered("HTTP://EXAMPLE.COM/"), Some("example.com".to_owned()));
        let refused = [
            "file:///etc/passwd",
            "FILE:///etc/passwd",
            "smb://host/share",
            "ms-msdt:/id%20PCWDiagnostic",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "intent://scan/#Intent;scheme=zxing;end",
            "mailto:jane@example.com",
            "https://github.com@evil.example/",
            "https://user:secret@example.com/",
        ];
        for url in refused {
            assert_eq!(offered(url), None, "{url}");
        }
    }
}
