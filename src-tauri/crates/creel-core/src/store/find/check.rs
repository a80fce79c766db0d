//! What only the bytes of a delivery tell: a value at a path of its body, a header.

use bytes::Bytes;
use rusqlite::Connection;

use crate::delivery::Delivery;
use crate::search::Test;
use crate::store::{StoreError, contents};
use crate::template::{Scope, ScopeOf};

/// One thing to look up.
pub enum Check<'q> {
    /// A value in the body.
    Body {
        /// It must not hold.
        negated: bool,
        /// `repository.name`
        path: &'q str,
        /// What the value has to be.
        test: &'q Test,
    },
    /// A header's value.
    Header {
        /// It must not hold.
        negated: bool,
        /// Lower case.
        name: &'q str,
        /// What the value has to be.
        test: &'q Test,
    },
}

/// Whether the bytes of a row pass all checks.
pub fn all_hold(checks: &[Check<'_>], db: &Connection, row: &Delivery) -> Result<bool, StoreError> {
    if checks.is_empty() {
        return Ok(true);
    }
    let Some(contents) = contents::get(db, row.seq)? else { return Ok(false) };
    let body = Bytes::from(contents::body(db, row.seq)?.unwrap_or_default());
    let scope = Scope::new(ScopeOf {
        delivery_id: row.id.as_str(),
        received_at: row.received_at,
        method: &row.method,
        path: &row.path,
        source: &row.source,
        event: row.event.as_deref(),
        event_id: row.event_id.as_deref(),
        headers: &contents.headers,
        body: &body,
        trigger_id: "",
        trigger_name: "",
    });
    Ok(checks.iter().all(|check| match check {
        Check::Body { negated, path, test } => test.holds(scope.payload(), path) != *negated,
        Check::Header { negated, name, test } => test.holds_header(&contents.headers, name) != *negated,
    }))
}
