//! What a contract itself makes of a delivery, asked without sending it.

use crate::actions::ActionKind;
use crate::api::preview::{ActionPreview, FieldPreview, GateVerdict, SpanKind, SpanPreview};

/// Its own conditions or rules, and its own effect.
#[derive(Clone, Debug, Default)]
pub struct Foreseen {
    /// One by one.
    pub gates: Vec<GateVerdict>,
    /// Why they stop the delivery; `None`: they do not.
    pub stopped: Option<String>,
    /// What the contract does by itself.
    pub own: Option<ActionPreview>,
}

impl Foreseen {
    /// An effect in words, with the values that it takes from the delivery.
    pub(super) fn own(action: ActionKind, words: String, values: Vec<(String, String)>) -> ActionPreview {
        let fields = values.into_iter().map(|(name, text)| value(name, text)).collect();
        ActionPreview::of(action, words, fields)
    }

    /// An effect that does not come to be.
    pub(super) fn problem(action: ActionKind, words: &str, problem: String) -> ActionPreview {
        ActionPreview { problem: Some(problem), ..ActionPreview::of(action, words.to_owned(), Vec::new()) }
    }
}

/// Characters of a value: more is not read in a preview.
const SHOWN_MOST: usize = 2_000;

fn value(field: String, text: String) -> FieldPreview {
    let text: String = text.chars().take(SHOWN_MOST).collect();
    let span = SpanPreview {
        kind: SpanKind::Value,
        text: text.clone(),
        from: 0,
        to: 0,
        path: None,
        note: None,
        did_you_mean: None,
    };
    FieldPreview { field, text, spans: vec![span] }
}
