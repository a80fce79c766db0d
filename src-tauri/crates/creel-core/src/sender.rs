//! Who sent it and what it says it is, for the row: without proof, from the headers.

use crate::authenticate::{Catalogue, Claim, Scheme, claim as claim_of};
use crate::receive::Headers;

/// Characters of a source.
const SOURCE_LENGTH: usize = 40;
/// Schemes that no sender in particular uses: they say nothing about where a delivery comes from.
const NOBODYS: &[&str] = &["hmac-generic", "standard-webhooks", "plain-secret"];

/// Where it came from: the scheme's name, else what its headers look like, else the User-Agent's first word.
pub fn source(scheme: Option<&Scheme>, headers: &Headers, schemes: &Catalogue) -> String {
    let named = scheme.map(|scheme| scheme.key.as_str()).filter(|key| !NOBODYS.contains(key));
    if let Some(key) = named
        .or_else(|| schemes.suggest(headers).map(|(found, _)| found.key.as_str()).filter(|key| !NOBODYS.contains(key)))
    {
        return key.to_owned();
    }
    let agent = headers.text("user-agent").unwrap_or_default();
    let first = agent.split(['/', ' ', '(']).next().unwrap_or_default();
    match first.chars().filter(|c| !c.is_control()).take(SOURCE_LENGTH).collect::<String>() {
        empty if empty.is_empty() => "unknown".to_owned(),
        name => name.to_lowercase(),
    }
}

/// What a delivery that was not proved says of itself.
pub fn claim(scheme: Option<&Scheme>, headers: &Headers, schemes: &Catalogue) -> Claim {
    let looks_like = || schemes.suggest(headers).map(|(found, _)| found);
    scheme.or_else(looks_like).map(|scheme| claim_of(scheme, headers)).unwrap_or_default()
}
