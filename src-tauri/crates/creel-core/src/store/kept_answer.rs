//! What was answered, as `contents` keeps it. An answer that repeats its request's body (PromptRails gives an execution
//! with its input) names the place instead: the body is in the same row already.

use serde::{Deserialize, Serialize};

use crate::api::deliveries::Answer;
use crate::receive::Answered;

/// Bytes of an answer that are kept.
const MOST: usize = 64 * 1024;
/// Shorter bodies are written again: the mark would hardly be shorter.
const REPEATED_FROM: usize = 256;

/// An answer without what it repeats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    /// Here, in bytes of `body`, stands the request's body without the white space around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    repeats_at: Option<usize>,
}

impl KeptAnswer {
    /// What is kept of the answer to a request with the body `sent`: text, cut.
    pub fn of(answer: &Answered, sent: &[u8]) -> Self {
        let body = &answer.body[..answer.body.len().min(MOST)];
        let sent = sent.trim_ascii();
        let whole = || (String::from_utf8_lossy(body).into_owned(), None);
        let (body, repeats_at) = place_of(sent, body).map_or_else(whole, |at| {
            let mut text = String::from_utf8_lossy(&body[..at]).into_owned();
            let place = text.len();
            text.push_str(&String::from_utf8_lossy(&body[at + sent.len()..]));
            (text, Some(place))
        });
        let headers = answer.headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Self { status: answer.status, headers, body, repeats_at }
    }

    /// The answer to a request with the kept body `sent`.
    pub fn whole(self, sent: &[u8]) -> Answer {
        let mut body = self.body;
        if let Some(at) = self.repeats_at.filter(|at| body.is_char_boundary(*at)) {
            body.insert_str(at, &String::from_utf8_lossy(sent.trim_ascii()));
        }
        Answer { status: self.status, headers: self.headers, body }
    }
}

/// Where the answer repeats what was sent.
fn place_of(sent: &[u8], answer: &[u8]) -> Option<usize> {
    if sent.len() < REPEATED_FROM || std::str::from_utf8(sent).is_err() {
        return None;
    }
    answer.windows(sent.len()).position(|part| part == sent)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn kept(answer: &str, sent: &str) -> (KeptAnswer, String) {
        let kept = KeptAnswer::of(&Answered::json(201, answer.to_owned()), sent.as_bytes());
        let stored: KeptAnswer = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
        (kept, stored.whole(sent.as_bytes()).body)
    }

    #[test]
    fn an_answer_that_repeats_the_body_keeps_its_place_only_and_comes_back_whole() {
        let sent = format!(" {{\"text\":\"{}\"}}\n", "ä".repeat(400));
        let answer = format!(r#"{{"über":1,"input":{},"status":"pending"}}"#, sent.trim());
        let (kept, back) = kept(&answer, &sent);
        assert_eq!(back, answer);
        assert_eq!(kept.body, r#"{"über":1,"input":,"status":"pending"}"#);
    }

    #[test]
    fn any_other_answer_is_kept_as_it_is_and_a_long_one_is_cut() {
        for sent in ["", "{}", &"x".repeat(400)] {
            let (kept, back) = kept(r#"{"data":{}}"#, sent);
            assert_eq!((back.as_str(), kept.repeats_at), (r#"{"data":{}}"#, None));
        }
        let long = "y".repeat(MOST + 1);
        assert_eq!(kept(&long, "{}").1.len(), MOST);
        let (kept, back) = kept(&format!("{}{}", "y".repeat(MOST - 10), "z".repeat(400)), &"z".repeat(400));
        assert_eq!((back.len(), kept.repeats_at), (MOST, None), "what is cut is not put together again");
    }
}
