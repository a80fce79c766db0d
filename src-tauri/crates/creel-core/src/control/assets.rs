//! The UI, embedded. Built by `ui/`; without that, one page that says how to build it (`build.rs`).

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use include_dir::{Dir, include_dir};

static UI: Dir<'_> = include_dir!("$OUT_DIR/ui");

/// The page may load its own scripts, styles, fonts and data, and nothing else. CodeMirror and the virtual lists set
/// inline styles; nothing sets inline scripts.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// The file that `path` names, `/` being the page.
pub fn file(path: &str) -> Option<Response> {
    let name = path.strip_prefix('/').map(|name| if name.is_empty() { "index.html" } else { name })?;
    UI.get_file(name).map(|file| send(name, file.contents()))
}

fn send(path: &str, contents: &'static [u8]) -> Response {
    // Vite puts a hash of the content into the names below `assets/`.
    let keep = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [(CONTENT_TYPE, media_type(path)), (CACHE_CONTROL, keep), (CONTENT_SECURITY_POLICY, PAGE_POLICY)];
    (headers, contents).into_response()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
