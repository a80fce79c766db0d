//! The common denominator, for senders of one's own: hex of the body's HMAC in `X-Signature`.

use crate::authenticate::scheme::*;

pub(super) fn record() -> Scheme {
    Scheme {
        key: "hmac-generic".into(),
        name: "HMAC, generic".into(),
        words: "X-Signature: <hex HMAC-SHA256 of the raw body>".into(),
        weak: false,
        source: "RFC 2104; header names are Creel's choice".into(),
        checked: "2026-11-20".into(),
        agent: None,
        algo: Algo::HmacSha256,
        key_reading: KeyReading::raw(),
        signed: vec![Part::Body],
        signature: vec![Selector::Header("X-Signature".into())],
        parse: Parse::Prefix(String::new()),
        encoding: Encoding::Hex,
        timestamp: None,
        id: Some(IdRule { from: vec![Selector::Header("X-Event-Id".into())], required: false, window_hours: 72 }),
        event: EventRule { from: vec![Selector::Header("X-Event-Type".into())], then: None },
        silent: Vec::new(),
        handshake: None,
    }
}
