//! The secret itself in a header, as OpenGate's open engine compares it. Weak: whoever sees one request can send any.

use crate::authenticate::scheme::*;

pub(super) fn record() -> Scheme {
    Scheme {
        key: "plain-secret".into(),
        name: "Plain secret".into(),
        words: "X-Webhook-Secret: <the secret itself>".into(),
        weak: true,
        source: "OpenGate's open engine, webhook handler".into(),
        checked: "2026-11-20".into(),
        agent: None,
        algo: Algo::Token,
        key_reading: KeyReading::raw(),
        signed: Vec::new(),
        signature: vec![Selector::Header("X-Webhook-Secret".into())],
        parse: Parse::Prefix(String::new()),
        encoding: Encoding::Hex,
        timestamp: None,
        id: None,
        event: EventRule::default(),
        silent: Vec::new(),
        handshake: None,
    }
}
