//! Slack: events as JSON, commands and interactions as a form; the signature covers either as sent.

use crate::authenticate::scheme::*;

pub(super) fn record() -> Scheme {
    Scheme {
        key: "slack".into(),
        name: "Slack".into(),
        words: "X-Slack-Signature: v0=<hex HMAC-SHA256 of v0:timestamp:body>".into(),
        weak: false,
        source: "docs.slack.dev/authentication/verifying-requests-from-slack".into(),
        checked: "2026-11-20".into(),
        agent: Some("Slackbot".into()),
        algo: Algo::HmacSha256,
        key_reading: KeyReading::raw(),
        signed: vec![Part::Text("v0:".into()), Part::Timestamp, Part::Text(":".into()), Part::Body],
        signature: vec![Selector::Header("X-Slack-Signature".into())],
        parse: Parse::Prefix("v0=".into()),
        encoding: Encoding::Hex,
        timestamp: Some(TimestampRule {
            from: vec![Selector::Header("X-Slack-Request-Timestamp".into())],
            unit: Unit::Seconds,
            tolerance: Tolerance::FIVE_MINUTES,
        }),
        id: Some(IdRule { from: vec![Selector::Json("/event_id".into())], required: false, window_hours: 72 }),
        event: EventRule {
            from: vec![Selector::Json("/event/type".into()), Selector::Json("/type".into())],
            then: None,
        },
        silent: Vec::new(),
        handshake: Some(Handshake {
            when: Selector::Json("/type".into()),
            equals: "url_verification".into(),
            answer: Selector::Json("/challenge".into()),
        }),
    }
}
