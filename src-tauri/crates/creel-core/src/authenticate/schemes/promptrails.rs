//! PromptRails. Optional there: the token in `Authorization` proves the sender, the signature the body.

use crate::authenticate::scheme::*;

pub(super) fn record() -> Scheme {
    Scheme {
        key: "promptrails".into(),
        name: "PromptRails".into(),
        words: "X-Webhook-Signature: sha256=<hex HMAC-SHA256 of the raw body>".into(),
        weak: false,
        source: "PromptRails documentation, Webhook Triggers".into(),
        checked: "2026-11-21".into(),
        agent: None,
        algo: Algo::HmacSha256,
        key_reading: KeyReading::raw(),
        signed: vec![Part::Body],
        signature: vec![Selector::Header("X-Webhook-Signature".into())],
        parse: Parse::Prefix("sha256=".into()),
        encoding: Encoding::Hex,
        timestamp: None,
        id: None,
        event: EventRule::default(),
        silent: Vec::new(),
        handshake: None,
    }
}
