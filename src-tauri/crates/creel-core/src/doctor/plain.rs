//! A secret that was sent itself, where a signature was expected; and tokens that are nearly right.

use super::case::{Case, Known};
use crate::receive::Headers;

/// Shorter values are found in many headers by chance.
const SHORTEST: usize = 8;

/// A stored secret that stands in a header, and in which.
pub(super) struct Sent<'c> {
    pub known: &'c Known,
    pub header: String,
    /// It stands there exactly as it is stored, but for a word before it.
    pub exact: bool,
}

/// The first secret that stands in a header as it is or behind a word; the endpoint's own first.
pub(super) fn sent<'c>(case: &'c Case<'_>) -> Option<Sent<'c>> {
    case.secrets.iter().find_map(|known| {
        let text = known.key.value.expose();
        let trimmed = text.trim();
        if trimmed.len() < SHORTEST {
            return None;
        }
        let (header, exact) = holds(case.request.headers, trimmed)?;
        Some(Sent { known, header, exact: exact && trimmed.len() == text.len() })
    })
}

fn holds(headers: &Headers, secret: &str) -> Option<(String, bool)> {
    headers.0.iter().find_map(|(name, value)| {
        let value = std::str::from_utf8(value).ok()?;
        let behind =
            value.strip_suffix(secret).map(|before| before.ends_with([' ', '=', ':', ',']) || before.is_empty());
        let exact = behind == Some(true);
        let near = value.trim().trim_matches('"').eq_ignore_ascii_case(secret);
        (exact || near).then(|| (name.clone(), exact))
    })
}
