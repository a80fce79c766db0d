//! Which endpoint a path means. Exact bytes, nothing decoded: `//`, `/hooks/../api` and `%2e%2e` lead nowhere.

use crate::receive::deliver::Endpoint;

/// Creel's own contract.
pub const HOOKS: &str = "/hooks/";
/// OpenGate's contract (`contracts.md` §1).
pub const OPENGATE: &str = "/api/webhooks/trigger/";

/// The longest slug or id in a path. The grammar of slugs has this bound too.
const NAME_MOST: usize = 64;

impl Endpoint {
    /// The endpoint that `path` (without its query) means.
    pub fn of(path: &str) -> Self {
        if let Some(slug) = path.strip_prefix(HOOKS).filter(|name| is_slug(name)) {
            return Self::Creel { slug: slug.to_owned() };
        }
        if let Some(id) = path.strip_prefix(OPENGATE).filter(|name| is_id(name)) {
            return Self::Opengate { id: id.to_owned() };
        }
        Self::Unmatched
    }
}

fn is_slug(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=NAME_MOST).contains(&name.len()) && name.bytes().all(fits)
}

fn is_id(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=NAME_MOST).contains(&name.len()) && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_paths_are_endpoints() {
        let creel = |slug: &str| Endpoint::Creel { slug: slug.to_owned() };
        let table = [
            ("/hooks/deploys", creel("deploys")),
            ("/hooks/a-1", creel("a-1")),
            ("/api/webhooks/trigger/trg_2Ab", Endpoint::Opengate { id: "trg_2Ab".to_owned() }),
            ("/hooks/", Endpoint::Unmatched),
            ("/hooks", Endpoint::Unmatched),
            ("/hooks/a/", Endpoint::Unmatched),
            ("/hooks/a/b", Endpoint::Unmatched),
            ("/hooks/A", Endpoint::Unmatched),
            ("/hooks/%61", Endpoint::Unmatched),
            ("/hooks/../api", Endpoint::Unmatched),
            ("/hooks/%2e%2e/api/webhooks/trigger/x", Endpoint::Unmatched),
            ("//hooks/a", Endpoint::Unmatched),
            ("/hooks//a", Endpoint::Unmatched),
            ("/./hooks/a", Endpoint::Unmatched),
            ("/api/webhooks/trigger/", Endpoint::Unmatched),
            ("/api/webhooks/trigger/a/logs", Endpoint::Unmatched),
            ("/api/webhooks/trigger/a%00", Endpoint::Unmatched),
            ("/rpc/status", Endpoint::Unmatched),
            ("/", Endpoint::Unmatched),
            ("", Endpoint::Unmatched),
        ];
        for (path, endpoint) in table {
            assert_eq!(Endpoint::of(path), endpoint, "{path}");
        }
        assert_eq!(Endpoint::of(&format!("/hooks/{}", "a".repeat(64))), creel(&"a".repeat(64)));
        assert_eq!(Endpoint::of(&format!("/hooks/{}", "a".repeat(65))), Endpoint::Unmatched, "a slug has at most 64");
    }
}
