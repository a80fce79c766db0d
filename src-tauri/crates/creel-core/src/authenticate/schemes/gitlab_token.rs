//! GitLab's "Secret token": the secret itself in a header. Weak: whoever sees one request can send any.

use crate::authenticate::scheme::*;

pub(super) fn record() -> Scheme {
    Scheme {
        key: "gitlab-token".into(),
        name: "GitLab token".into(),
        words: "X-Gitlab-Token: <the secret itself>".into(),
        weak: true,
        source: "docs.gitlab.com/user/project/integrations/webhooks".into(),
        checked: "2026-11-21".into(),
        agent: Some("GitLab/".into()),
        algo: Algo::Token,
        key_reading: KeyReading::raw(),
        signed: Vec::new(),
        signature: vec![Selector::Header("X-Gitlab-Token".into())],
        parse: Parse::Prefix(String::new()),
        encoding: Encoding::Hex,
        timestamp: None,
        id: Some(IdRule {
            from: ["X-Gitlab-Event-UUID", "X-Gitlab-Webhook-UUID"].map(|name| Selector::Header(name.into())).into(),
            ..super::octipus::id_rule()
        }),
        event: EventRule { from: vec![Selector::Header("X-Gitlab-Event".into())], then: None },
        silent: Vec::new(),
        handshake: None,
    }
}
