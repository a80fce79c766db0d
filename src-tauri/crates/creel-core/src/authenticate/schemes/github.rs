//! GitHub. The older `X-Hub-Signature: sha1=…`, which GitHub still sends beside it, is never looked at.

use crate::authenticate::scheme::*;

pub(super) fn record() -> Scheme {
    Scheme {
        key: "github".into(),
        name: "GitHub".into(),
        words: "X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the raw body>".into(),
        weak: false,
        source: "docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries".into(),
        checked: "2026-11-20".into(),
        agent: Some("GitHub-Hookshot".into()),
        algo: Algo::HmacSha256,
        key_reading: KeyReading::raw(),
        signed: vec![Part::Body],
        signature: vec![Selector::Header("X-Hub-Signature-256".into())],
        parse: Parse::Prefix("sha256=".into()),
        encoding: Encoding::Hex,
        timestamp: None,
        // 72 hours: how long GitHub offers to deliver one again. The id is not signed.
        id: Some(IdRule {
            from: vec![Selector::Header("X-GitHub-Delivery".into())],
            required: false,
            window_hours: 72,
        }),
        event: EventRule {
            from: vec![Selector::Header("X-GitHub-Event".into())],
            then: Some(Selector::Json("/action".into())),
        },
        silent: vec!["ping".into()],
        handshake: None,
    }
}
