//! The faults that a contract documents, for "answer as": the words are the contract's own refusals.

use super::{Face, Refused};
use crate::answer_as::Fault;
use crate::delivery::ReasonCode;
use crate::receive::Answered;
use crate::store::words::word;

/// Seconds in the `Retry-After` of a fault that has one.
pub const RETRY_AFTER_S: u32 = 30;

/// As `face` refuses because of `code`. `told` is what a sender would be told of the value that is wrong.
pub fn refusal(face: &dyn Face, code: ReasonCode, told: Option<&str>, about: &str) -> (Fault, Answered) {
    let comes_again = matches!(code, ReasonCode::RateLimited | ReasonCode::QuotaExhausted | ReasonCode::QueueFull);
    let retry_after = comes_again.then_some(RETRY_AFTER_S);
    fault(&word(&code), about, face.refuse(&Refused { code, told, retry_after, door: None }))
}

/// One that only the service itself has a cause for.
pub fn fault(key: &str, about: &str, answer: Answered) -> (Fault, Answered) {
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    (Fault { key: key.to_owned(), status: answer.status, about: about.to_owned(), body }, answer)
}
