//! Orloj's two profiles. A task webhook may name other headers, another prefix and another skew.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::authenticate::scheme::*;
use crate::orloj::{TaskWebhookSpec, WebhookProfile};

/// Without one a delivery is refused by the contract itself, after everything else was found good.
fn id(header: &str, window_hours: u32) -> Option<IdRule> {
    Some(IdRule { from: vec![Selector::Header(header.into())], required: false, window_hours })
}

/// Records that manifests asked for, by what sets them apart. They live as long as the process: the registry hands out
/// records without counting who holds one, and a user writes a handful of them.
static ASKED_FOR: LazyLock<Mutex<HashMap<String, &'static Scheme>>> = LazyLock::new(Mutex::default);

/// The record for a webhook's own headers, prefix and skew.
pub fn orloj(spec: &TaskWebhookSpec) -> &'static Scheme {
    let key = format!("{:?} {:?}", spec.auth, spec.idempotency.event_id_header);
    let mut records = ASKED_FOR.lock().unwrap_or_else(PoisonError::into_inner);
    records.entry(key).or_insert_with(|| Box::leak(Box::new(record_of(spec))))
}

fn record_of(spec: &TaskWebhookSpec) -> Scheme {
    let auth = &spec.auth;
    let base = match auth.profile {
        WebhookProfile::Generic => "orloj-generic",
        WebhookProfile::Github => "orloj-github",
    };
    let base = super::find(base).expect("both ship").clone();
    let skew = i64::from(auth.max_skew_seconds.unwrap_or_default());
    let timestamp = auth.timestamp_header.as_ref().map(|header| TimestampRule {
        from: vec![Selector::Header(header.clone())],
        unit: Unit::AnyOfThree,
        tolerance: Tolerance { past: skew, future: skew },
    });
    Scheme {
        signature: vec![Selector::Header(auth.signature_header.clone())],
        parse: Parse::AnyCasePrefix(auth.signature_prefix.clone()),
        id: id(&spec.idempotency.event_id_header, spec.idempotency.dedupe_window_seconds.div_ceil(3600)),
        timestamp,
        ..base
    }
}
