//! Standard Webhooks, and Svix under its own header names. `v1a` (Ed25519) is passed over: it is another scheme.

use crate::authenticate::scheme::*;

pub(super) fn record() -> Scheme {
    Scheme {
        key: "standard-webhooks".into(),
        name: "Standard Webhooks".into(),
        words: "webhook-signature: v1,<base64 HMAC-SHA256 of id.timestamp.body>".into(),
        weak: false,
        source: "github.com/standard-webhooks/standard-webhooks spec/standard-webhooks.md".into(),
        checked: "2026-11-20".into(),
        agent: Some("Svix-Webhooks".into()),
        algo: Algo::HmacSha256,
        // Supabase writes `v1,whsec_…`.
        key_reading: KeyReading { encoding: KeyEncoding::Base64, strip: vec!["v1,".into(), "whsec_".into()] },
        signed: vec![Part::Id, Part::Text(".".into()), Part::Timestamp, Part::Text(".".into()), Part::Body],
        signature: headers(["webhook-signature", "svix-signature"]),
        parse: Parse::List { split: ' ', kv: ',', pick: "v1".into() },
        encoding: Encoding::Base64,
        timestamp: Some(TimestampRule {
            from: headers(["webhook-timestamp", "svix-timestamp"]),
            unit: Unit::Seconds,
            tolerance: Tolerance::FIVE_MINUTES,
        }),
        // The id is the same for every retry.
        id: Some(IdRule { from: headers(["webhook-id", "svix-id"]), required: true, window_hours: 72 }),
        event: EventRule { from: vec![Selector::Json("/type".into())], then: None },
        silent: Vec::new(),
        handshake: None,
    }
}

fn headers(names: [&str; 2]) -> Vec<Selector> {
    names.map(|name| Selector::Header(name.into())).into()
}
