//! Octipus: GitHub's header and signed string, but the algorithm's name may have either case, and any of the common
//! delivery-id headers names the event.

use crate::authenticate::scheme::*;

pub(super) fn record() -> Scheme {
    Scheme {
        key: "octipus".into(),
        name: "Octipus".into(),
        words: "X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the raw body>".into(),
        weak: false,
        source: "Octipus documentation, Webhooks".into(),
        checked: "2026-11-21".into(),
        agent: None,
        algo: Algo::HmacSha256,
        key_reading: KeyReading::raw(),
        signed: vec![Part::Body],
        signature: vec![Selector::Header("X-Hub-Signature-256".into())],
        parse: Parse::AnyCasePrefix("sha256=".into()),
        encoding: Encoding::Hex,
        timestamp: None,
        id: Some(IdRule { from: DELIVERY_IDS.map(|name| Selector::Header(name.into())).into(), ..id_rule() }),
        event: event_rule(),
        silent: Vec::new(),
        handshake: None,
    }
}

/// What names one delivery, in the order in which they are looked for (`contracts.md` §2).
const DELIVERY_IDS: [&str; 9] = [
    "X-GitHub-Delivery",
    "X-Gitea-Delivery",
    "X-Gogs-Delivery",
    "X-Gitlab-Event-UUID",
    "X-Gitlab-Webhook-UUID",
    "Svix-Id",
    "Webhook-Id",
    "Idempotency-Key",
    "X-Idempotency-Key",
];

/// No id is required; claims live for 24 hours.
pub(super) fn id_rule() -> IdRule {
    IdRule { from: Vec::new(), required: false, window_hours: 24 }
}

/// The header that the page reads the event's type from.
pub(super) fn event_rule() -> EventRule {
    let headers = ["X-GitHub-Event", "X-GitLab-Event"];
    EventRule { from: headers.map(|name| Selector::Header(name.into())).into(), then: None }
}
