//! Lists come in pages: newest first, behind a cursor, never by offset.

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Page<T> {
    /// The rows, newest first.
    pub items: Vec<T>,
    /// Hand this back as `after` for the next page; `None`: this is the last.
    pub next: Option<i64>,
}

/// Rows in a page unless asked otherwise, and at most.
pub const PAGE: u32 = 100;
/// The most rows a page has.
pub const PAGE_MOST: u32 = 500;
