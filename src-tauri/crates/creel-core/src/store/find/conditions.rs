//! Pieces of conditions on `deliveries d`.

use crate::delivery::{Outcome, SignatureState};
use crate::search::Is;
use crate::store::words::word;

/// Words one after the other, as the index wants them: inside quotes nothing is an operator.
pub fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// `*` stays; the other characters that GLOB knows stand for themselves.
pub fn glob(pattern: &str) -> String {
    pattern.chars().map(|c| if matches!(c, '?' | '[') { format!("[{c}]") } else { c.to_string() }).collect()
}

/// One of these holds; of none, nothing does.
pub fn any(conditions: impl Iterator<Item = String>) -> String {
    let all: Vec<_> = conditions.map(|condition| format!("({condition})")).collect();
    if all.is_empty() { "0".to_owned() } else { all.join(" OR ") }
}

/// One of these outcomes. Naming `<> 'accepted'` lets the partial index serve it.
pub fn among(column: &str, outcomes: &[Outcome]) -> String {
    let partial = if outcomes.contains(&Outcome::Accepted) { "" } else { " AND d.outcome <> 'accepted'" };
    match outcomes {
        [one] => format!("{column} = '{}'{partial}", word(one)),
        many => {
            let words: Vec<_> = many.iter().map(|outcome| format!("'{}'", word(outcome))).collect();
            format!("{column} IN ({}){partial}", words.join(", "))
        }
    }
}

/// One of these states. A bad or missing signature is always a rejection, which the partial index knows.
pub fn signature(states: &[SignatureState]) -> String {
    let refused = states.iter().all(|state| matches!(state, SignatureState::Bad | SignatureState::Missing));
    let words: Vec<_> = states.iter().map(|state| format!("'{}'", word(state))).collect();
    let partial = if refused { " AND d.outcome = 'rejected' AND d.outcome <> 'accepted'" } else { "" };
    format!("d.signature IN ({}){partial}", words.join(", "))
}

/// A yes-or-no property.
pub fn is(property: Is) -> &'static str {
    match property {
        Is::Replay => "d.replay_of IS NOT NULL",
        Is::Imported => "d.imported = 1",
        Is::Pinned => "d.pinned = 1",
        Is::Duplicate => "d.outcome = 'duplicate' AND d.outcome <> 'accepted'",
        Is::Conflict => "d.conflict = 1",
        Is::Identical => "d.identical = 1",
    }
}
