//! Schemes: the shipped ones and the user's own.

use crate::api::Nothing;
use crate::api::schemes::*;
use crate::api::triggers::*;

commands! {
    /// The schemes, the user's own first.
    schemes_list(Nothing) -> Vec<SchemeInfo>;
    /// One scheme with its record.
    scheme_get(SchemeRef) -> SchemeDetail;
    /// Look at a draft of a scheme, as YAML or as fields; nothing is saved.
    scheme_read(SchemeDraft) -> SchemeRead;
    /// Which scheme a delivery seems to use.
    scheme_suggest(DraftFrom) -> SchemeSuggested;
    /// A draft of a scheme from a delivery that no scheme fits; nothing is saved.
    scheme_draft(DraftFrom) -> SchemeRead;
    /// Try a draft on a delivery that was captured; nothing is saved.
    scheme_try(SchemeTry) -> SchemeTrial;
    /// Make a scheme.
    scheme_create(SchemeDraft) -> SchemeDetail;
    /// Change a scheme of the user's.
    scheme_update(SchemeChange) -> SchemeDetail;
    /// Make a copy of any scheme.
    scheme_duplicate(SchemeRef) -> SchemeDetail;
    /// Delete a scheme of the user's that no trigger uses.
    scheme_delete(SchemeRef) -> SchemeDetail;
}
