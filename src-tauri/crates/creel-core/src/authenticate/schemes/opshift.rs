//! OpShift. The header's name is also PromptRails', which puts `sha256=` before the digits; here they stand alone.

use crate::authenticate::scheme::*;

pub(super) fn record() -> Scheme {
    Scheme {
        key: "opshift".into(),
        name: "OpShift".into(),
        words: "X-Webhook-Signature: <hex HMAC-SHA256 of the raw body>".into(),
        weak: false,
        source: "OpShift documentation, Trigger alert".into(),
        checked: "2026-11-21".into(),
        agent: None,
        algo: Algo::HmacSha256,
        key_reading: KeyReading::raw(),
        signed: vec![Part::Body],
        signature: vec![Selector::Header("X-Webhook-Signature".into())],
        parse: Parse::Prefix(String::new()),
        encoding: Encoding::Hex,
        timestamp: None,
        id: None,
        event: EventRule::default(),
        silent: Vec::new(),
        handshake: None,
    }
}
