//! Which scheme a request seems to use. A suggestion for a new trigger; a trigger's scheme is never guessed.

use super::scheme::{Parse, Scheme, Selector};
use crate::receive::Headers;

/// The scheme and why, or `None`: `(GitHub, "the header X-Hub-Signature-256 and the User-Agent GitHub-Hookshot")`.
///
/// Headers alone do not tell: Gitea sends GitHub's, Meta shares GitHub's signature header, Svix and Standard Webhooks
/// overlap. So every record is weighed; of equal ones the first counts.
pub fn suggest_of<'s>(schemes: impl Iterator<Item = &'s Scheme>, headers: &Headers) -> Option<(&'s Scheme, String)> {
    let weighed = schemes.filter_map(|scheme| Some((scheme, weigh(scheme, headers)?)));
    let best = weighed.reduce(|best, next| if next.1.weight > best.1.weight { next } else { best })?;
    Some((best.0, best.1.why))
}

/// What speaks for a record.
struct Weighed {
    weight: u32,
    why: String,
}

/// What each sign is worth: a name of the sender's own above what many senders have.
const AGENT: u32 = 8;
const MARK: u32 = 4;
const EVENT: u32 = 2;

fn weigh(scheme: &Scheme, headers: &Headers) -> Option<Weighed> {
    let agent = headers.text("user-agent").unwrap_or_default();
    let known = scheme.agent.as_deref().filter(|known| agent.starts_with(known));
    let marks: Vec<_> = scheme.marks.iter().filter(|name| headers.first(name).is_some()).collect();
    let header = signature_header(scheme, headers);
    let named = known.is_some() || !marks.is_empty();
    let in_headers = scheme.signature.iter().any(|place| place.header().is_some());
    // A sender whose proof is elsewhere is told by its name alone.
    if !(header.is_some() && (scheme.telling || named) || !in_headers && known.is_some()) {
        return None;
    }
    if header.is_some_and(|name| !begins_as_written(scheme, headers, name)) && !scheme.telling {
        return None;
    }
    let there = |places: &[Selector]| {
        u32::from(places.iter().filter_map(Selector::header).any(|name| headers.first(name).is_some()))
    };
    let weight = AGENT * u32::from(known.is_some())
        + MARK * u32::try_from(marks.len()).unwrap_or_default()
        + EVENT * there(&scheme.event.from);
    let why = match (header, known, marks.first()) {
        (Some(header), Some(known), _) => format!("the header {header} and the User-Agent {known}"),
        (Some(header), None, Some(mark)) if *mark != header => format!("the headers {header} and {mark}"),
        (Some(header), None, _) => format!("the header {header}"),
        (None, known, _) => format!("the User-Agent {}", known.unwrap_or_default()),
    };
    Some(Weighed { weight, why })
}

fn signature_header<'s>(scheme: &'s Scheme, headers: &Headers) -> Option<&'s str> {
    scheme.signature.iter().filter_map(Selector::header).find(|name| headers.first(name).is_some())
}

/// Whether the header begins as the record writes it: `sha1=` is not Bitbucket's, `sha256=` not Intercom's.
fn begins_as_written(scheme: &Scheme, headers: &Headers, name: &str) -> bool {
    let value = headers.text(name).unwrap_or_default();
    match &scheme.parse {
        Parse::Prefix(prefix) | Parse::AnyCasePrefix(prefix) => {
            value.get(..prefix.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(prefix))
        }
        Parse::List { kv, pick, .. } => value.contains(&format!("{pick}{kv}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authenticate::schemes;

    fn suggested(lines: &[(&str, &str)]) -> Option<(&'static str, String)> {
        let lines = lines.iter().map(|(n, v)| ((*n).to_owned(), bytes::Bytes::copy_from_slice(v.as_bytes())));
        let (scheme, why) = suggest_of(schemes::all().iter(), &Headers(lines.collect()))?;
        Some((scheme.key.as_str(), why))
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
    fn senders_that_share_a_header_are_told_apart_by_what_else_they_send() {
        let gitea = [("X-Gitea-Event", "push"), ("X-Gitea-Signature", "0"), ("X-GitHub-Event", "push")];
        let gitea: Vec<_> =
            gitea.into_iter().chain([("X-Hub-Signature-256", "sha256=0"), ("X-GitHub-Delivery", "1")]).collect();
        let forgejo: Vec<_> =
            gitea.iter().copied().chain([("X-Forgejo-Signature", "0"), ("X-Forgejo-Event", "push")]).collect();
        for (lines, scheme) in [
            (&gitea[..], "gitea"),
            (&forgejo, "forgejo"),
            (&[("X-Hub-Signature", "sha256=0"), ("X-Event-Key", "repo:push")], "bitbucket"),
            (&[("X-Hub-Signature", "sha256=0"), ("X-Atlassian-Webhook-Identifier", "1")], "jira"),
            (&[("X-Hub-Signature", "sha1=0"), ("User-Agent", "intercom-subscription-webhooks/1")], "intercom"),
            (&[("X-Hub-Signature-256", "sha256=0"), ("User-Agent", "facebookexternalua")], "meta"),
            (
                &[("webhook-signature", "v1,0"), ("User-Agent", "GitLab/19.1"), ("X-Gitlab-Event", "Push Hook")],
                "gitlab-signing",
            ),
            (
                &[("X-Gitlab-Token", "0"), ("User-Agent", "GitLab/16.0"), ("X-Gitlab-Event", "Push Hook")],
                "gitlab-token",
            ),
            (&[("Authorization", "Bearer x"), ("User-Agent", "Alertmanager/0.27")], "alertmanager"),
            (&[("Authorization", "Basic eA=="), ("User-Agent", "VSServices/19")], "azure-devops"),
            (&[("User-Agent", "mailgun/treq-20.9.0")], "mailgun"),
            (&[("X-Signature-Ed25519", "00")], "discord"),
            (&[("X-Twilio-Signature", "0")], "twilio"),
        ] {
            assert_eq!(suggested(lines).map(|(key, _)| key), Some(scheme), "{lines:?}");
        }
        assert_eq!(suggested(&[("Authorization", "Bearer x")]), None, "a bearer token is anybody's");
    }

    #[test]
    fn nothing_is_suggested_for_what_carries_no_proof() {
        assert_eq!(suggested(&[("user-agent", "GitHub-Hookshot/1"), ("x-hub-signature", "sha1=0")]), None);
    }
}
