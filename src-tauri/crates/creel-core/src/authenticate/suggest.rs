//! Which scheme a request seems to use. A suggestion for a new trigger; a trigger's scheme is never guessed.

use super::scheme::{Scheme, Selector};
use super::schemes;
use crate::receive::Headers;

/// The key of the scheme and why, or `None`: `("github", "the header X-Hub-Signature-256 and the User-Agent GitHub-Hookshot")`.
pub fn suggest(headers: &Headers) -> Option<(&'static str, String)> {
    let agent = headers.text("user-agent").unwrap_or_default();
    schemes::all().iter().find_map(|scheme| {
        let header = signature_header(scheme, headers)?;
        let known = scheme.agent.as_deref().filter(|known| agent.starts_with(known));
        let why = match known {
            Some(known) => format!("the header {header} and the User-Agent {known}"),
            None => format!("the header {header}"),
        };
        Some((scheme.key.as_str(), why))
    })
}

fn signature_header<'s>(scheme: &'s Scheme, headers: &Headers) -> Option<&'s str> {
    scheme.signature.iter().filter_map(Selector::header).find(|name| headers.first(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggested(lines: &[(&str, &str)]) -> Option<(&'static str, String)> {
        let lines = lines.iter().map(|(n, v)| ((*n).to_owned(), bytes::Bytes::copy_from_slice(v.as_bytes())));
        suggest(&Headers(lines.collect()))
    }

    #[test]
    fn the_signature_header_decides_and_the_user_agent_confirms() {
        let (key, why) = suggested(&[("user-agent", "GitHub-Hookshot/044aadd"), ("x-hub-signature-256", "sha256=0")])
            .expect("github");
        assert_eq!(
            (key, why.as_str()),
            ("github", "the header X-Hub-Signature-256 and the User-Agent GitHub-Hookshot")
        );
        for (header, scheme) in [
            ("X-OpenGate-Secret", "opengate"),
            ("Svix-Signature", "standard-webhooks"),
            ("webhook-signature", "standard-webhooks"),
            ("stripe-signature", "stripe"),
            ("X-Slack-Signature", "slack"),
            ("X-Signature", "hmac-generic"),
            ("X-Webhook-Secret", "plain-secret"),
        ] {
            assert_eq!(suggested(&[(header, "x")]).map(|(key, _)| key), Some(scheme), "{header}");
        }
    }

    #[test]
    fn nothing_is_suggested_for_what_carries_no_proof() {
        assert_eq!(suggested(&[("user-agent", "GitHub-Hookshot/1"), ("x-hub-signature", "sha1=0")]), None);
    }
}
