//! Which endpoint a path means. Exact bytes, nothing decoded: `//`, `/hooks/../api` and `%2e%2e` lead nowhere.

use crate::receive::deliver::Endpoint;
use crate::trigger::Contract;

/// The longest slug or id in a path. The grammar of slugs has this bound too.
const NAME_MOST: usize = 64;

/// A contract's delivery route.
struct Route {
    contract: Contract,
    /// What every path of it begins with.
    prefix: &'static str,
    /// What may stand behind the prefix.
    name: fn(&str) -> bool,
}

/// The first route that a path fits counts, so a longer prefix stands before a shorter one (`contracts.md`).
const ROUTES: &[Route] = &[
    Route { contract: Contract::Creel, prefix: "/hooks/", name: is_slug },
    Route { contract: Contract::Orloj, prefix: "/v1/webhook-deliveries/", name: is_id },
    Route { contract: Contract::Opshift, prefix: "/api/alerts/trigger/", name: is_slug },
    Route { contract: Contract::Opengate, prefix: "/api/webhooks/trigger/", name: is_id },
    Route { contract: Contract::Promptrails, prefix: "/api/v1/webhook/trigger", name: str::is_empty },
    Route { contract: Contract::Octipus, prefix: "/api/webhooks/", name: is_path },
];

impl Endpoint {
    /// The endpoint that `path` (without its query) means.
    pub fn of(path: &str) -> Self {
        let at = |route: &Route| {
            let name = path.strip_prefix(route.prefix).filter(|name| (route.name)(name))?;
            Some(Self::At { contract: route.contract, name: name.to_owned() })
        };
        ROUTES.iter().find_map(at).unwrap_or(Self::Unmatched)
    }
}

/// The path at which `name` of `contract` is reached; the other direction of [`Endpoint::of`].
pub fn path_to(contract: Contract, name: &str) -> String {
    let prefix = ROUTES.iter().find(|route| route.contract == contract).map_or("/", |route| route.prefix);
    format!("{prefix}{name}")
}

/// Whether a path lies where deliveries go: the control listener hands these to the door, token or not.
pub fn is_delivery(path: &str) -> bool {
    ROUTES.iter().any(|route| path.starts_with(route.prefix))
}

fn is_slug(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=NAME_MOST).contains(&name.len()) && name.bytes().all(fits)
}

fn is_id(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=NAME_MOST).contains(&name.len()) && name.bytes().all(fits)
}

/// One segment of a path.
fn is_path(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
    (1..=NAME_MOST).contains(&name.len()) && name.bytes().all(fits) && !name.bytes().all(|b| b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_paths_are_endpoints() {
        let at = |contract, name: &str| Endpoint::At { contract, name: name.to_owned() };
        let creel = |slug: &str| at(Contract::Creel, slug);
        let table = [
            ("/hooks/deploys", creel("deploys")),
            ("/hooks/a-1", creel("a-1")),
            ("/api/webhooks/trigger/trg_2Ab", at(Contract::Opengate, "trg_2Ab")),
            ("/api/webhooks/github", at(Contract::Octipus, "github")),
            ("/api/webhooks/trigger", at(Contract::Octipus, "trigger")),
            ("/api/webhooks/..", Endpoint::Unmatched),
            ("/api/webhooks/", Endpoint::Unmatched),
            ("/api/webhooks/a/b", Endpoint::Unmatched),
            ("/api/v1/webhook/trigger", at(Contract::Promptrails, "")),
            ("/api/v1/webhook/trigger/", Endpoint::Unmatched),
            ("/api/v1/webhook/triggers", Endpoint::Unmatched),
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
