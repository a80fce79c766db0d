//! Stripe. The secret `whsec_…` is used as it is; `v0` (test mode of old) is passed over.

use crate::authenticate::scheme::*;

pub(super) fn record() -> Scheme {
    Scheme {
        key: "stripe".into(),
        name: "Stripe".into(),
        words: "Stripe-Signature: t=<seconds>,v1=<hex HMAC-SHA256 of t.body>".into(),
        weak: false,
        source: "docs.stripe.com/webhooks/signature".into(),
        checked: "2026-11-20".into(),
        agent: Some("Stripe".into()),
        algo: Algo::HmacSha256,
        key_reading: KeyReading::raw(),
        signed: vec![Part::Timestamp, Part::Text(".".into()), Part::Body],
        signature: vec![Selector::Header("Stripe-Signature".into())],
        parse: Parse::List { split: ',', kv: '=', pick: "v1".into() },
        encoding: Encoding::Hex,
        timestamp: Some(TimestampRule {
            from: vec![Selector::Sig("t".into())],
            unit: Unit::Seconds,
            tolerance: Tolerance::FIVE_MINUTES,
        }),
        id: Some(IdRule { from: vec![Selector::Json("/id".into())], required: false, window_hours: 72 }),
        event: EventRule { from: vec![Selector::Json("/type".into())], then: None },
        silent: Vec::new(),
        handshake: None,
    }
}
