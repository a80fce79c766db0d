//! How a replay came out against the original, in words.

use crate::actions::ActionKind;
use crate::api::deliveries::Answer;
use crate::delivery::{Delivery, SignatureState};
use crate::execution::{Execution, ExecutionStatus};
use crate::store::words::word;

/// A delivery with what it set off.
pub(super) struct Outcome {
    pub delivery: Delivery,
    pub executions: Vec<Execution>,
}

/// The differences, the most telling first; none: it came out the same. `new`: the delivery that it became here.
pub(super) fn compare(original: &Outcome, answer: Option<&Answer>, new: Option<&Outcome>) -> Vec<String> {
    let before = &original.delivery;
    let mut words = Vec::new();
    if let Some(answer) = answer.filter(|answer| answer.status != before.answer_status) {
        words.push(format!("answered {}, the original {}", answer.status, before.answer_status));
    }
    let Some(new) = new else { return words };
    let mut differ = |now: String, then: String| {
        if now != then {
            words.push(format!("{now}, the original {then}"));
        }
    };
    differ(word(&new.delivery.outcome), word(&before.outcome));
    differ(signature(new.delivery.signature).to_owned(), signature(before.signature).to_owned());
    differ(tasks(new), tasks(original));
    words
}

fn signature(state: SignatureState) -> &'static str {
    match state {
        SignatureState::Valid | SignatureState::Previous => "signature valid",
        SignatureState::Bad => "signature not valid",
        SignatureState::Missing => "signature missing",
        SignatureState::Unsigned => "no signature checked",
        SignatureState::Unchecked => "signature not reached",
    }
}

fn tasks(of: &Outcome) -> String {
    let made = |execution: &&Execution| {
        execution.action == ActionKind::CreateTask && execution.status == ExecutionStatus::Succeeded
    };
    match of.executions.iter().filter(made).count() {
        0 => "made no task".to_owned(),
        1 => "made 1 task".to_owned(),
        n => format!("made {n} tasks"),
    }
}
