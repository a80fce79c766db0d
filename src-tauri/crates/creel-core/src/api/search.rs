//! Commands about the search: what a query means, what to type next, saved views.

use serde::{Deserialize, Serialize};

use crate::ids::ViewId;

/// The query as it is being typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SuggestQuery {
    /// Everything in the box.
    pub q: String,
    /// Where the caret is, in UTF-16 units as a browser counts.
    pub caret: u32,
}

/// What could come next, from the language and from what was captured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Suggestions {
    /// The query in words, or `error`.
    pub meaning: Option<String>,
    /// What is wrong with it.
    pub error: Option<QueryError>,
    /// The caret's word is replaced from here …
    pub from: u32,
    /// … to here by one of these.
    pub to: u32,
    /// At most 12.
    pub items: Vec<Suggestion>,
}

/// One suggestion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Suggestion {
    /// Replaces the caret's word: `source:github`.
    pub text: String,
    /// What it does: `from github (1,204)`.
    pub about: String,
}

/// Where and what is wrong with a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct QueryError {
    /// `unknown key "sgi"`
    pub message: String,
    /// `did you mean sig?`
    pub hint: Option<String>,
    /// First UTF-16 unit of the part that is wrong.
    pub from: u32,
    /// The unit after its last.
    pub to: u32,
}

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct View {
    /// `viw_…`; shipped ones have fixed ids and cannot be deleted.
    pub id: ViewId,
    /// 1 to 60 characters.
    pub name: String,
    /// The query.
    pub q: String,
    /// Shipped with Creel (All, Rejected, Filtered, Duplicates, Replays, Unmatched).
    pub shipped: bool,
}

/// A view to save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SaveView {
    /// 1 to 60 characters; an existing name is replaced.
    pub name: String,
    /// The query; it must be free of errors.
    pub q: String,
}

/// Which view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ViewRef {
    /// `viw_…`
    pub id: ViewId,
}
