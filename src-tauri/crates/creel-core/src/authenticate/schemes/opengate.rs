//! OpenGate. The secret may begin with `whsec_` and is used as it is all the same: nothing is decoded.

use crate::authenticate::scheme::*;

pub(super) fn record() -> Scheme {
    Scheme {
        key: "opengate".into(),
        name: "OpenGate".into(),
        words: "X-OpenGate-Secret: <hex HMAC-SHA256 of the raw body>".into(),
        weak: false,
        source: "OpenGate documentation, Triggers".into(),
        checked: "2026-11-20".into(),
        agent: None,
        algo: Algo::HmacSha256,
        key_reading: KeyReading::raw(),
        signed: vec![Part::Body],
        signature: vec![Selector::Header("X-OpenGate-Secret".into())],
        parse: Parse::Prefix(String::new()),
        encoding: Encoding::Hex,
        timestamp: None,
        id: None,
        event: EventRule::default(),
        silent: Vec::new(),
        handshake: None,
    }
}
