//! What a classic token may do. A fine-grained one does not say: listing the hooks of a place tells.

use super::PlaceKind;
use crate::error::{ApiError, ErrorCode};

/// Scopes of which one has to be there to make and remove a hook.
pub fn needed(kind: PlaceKind) -> &'static [&'static str] {
    match kind {
        PlaceKind::Repository => &["admin:repo_hook", "repo"],
        PlaceKind::Organisation => &["admin:org_hook"],
    }
}

/// The error of a token whose scopes are not enough; `scopes`: as GitHub listed them, `None`: it lists none.
pub fn missing_for(kind: PlaceKind, scopes: Option<&[String]>, host: &str) -> Option<ApiError> {
    let scopes = scopes?;
    let needed = needed(kind);
    if scopes.iter().any(|scope| needed.contains(&scope.as_str())) {
        return None;
    }
    let has = if scopes.is_empty() { "none".to_owned() } else { scopes.join(", ") };
    let words = format!("the token has not the scope {}; it has {has}", needed[0]);
    let hint = format!("run `gh auth refresh --hostname {host} --scopes {}`, or paste a token that has it", needed[0]);
    Some(ApiError::new(ErrorCode::Forbidden, words).hint(hint))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_that_is_missing_is_named_and_a_token_without_scopes_is_asked_otherwise() {
        let of = |scopes: &[&str]| scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>();
        assert_eq!(missing_for(PlaceKind::Repository, Some(&of(&["repo"])), "github.com"), None);
        assert_eq!(missing_for(PlaceKind::Repository, None, "github.com"), None);
        for (kind, scopes) in [
            (PlaceKind::Repository, &["write:repo_hook", "public_repo"][..]),
            (PlaceKind::Organisation, &["repo", "admin:repo_hook"][..]),
            (PlaceKind::Repository, &[][..]),
        ] {
            let error = missing_for(kind, Some(&of(scopes)), "github.com").unwrap();
            assert!(error.message.contains(needed(kind)[0]), "{}", error.message);
            assert!(error.hint.unwrap().contains("--scopes"), "the hint says what to run");
        }
    }
}
