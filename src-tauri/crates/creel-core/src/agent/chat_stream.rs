//! A streamed chat completion, read piece by piece: `data: {…}` lines until `data: [DONE]`, or one plain JSON answer from
//! servers that do not stream.

use serde_json::Value;

use super::TokenUsage;
use super::run::ANSWER_MOST;
use crate::error::{ApiError, ErrorCode};

/// Longest line: a whole answer in one event, twice over.
const LINE_MOST: usize = 1024 * 1024;
/// Bytes of one exchange: an answer of [`ANSWER_MOST`] bytes sent letter by letter in events of 250 bytes.
const BYTES_MOST: usize = 64 * 1024 * 1024;

/// What has arrived.
#[derive(Debug, Default)]
pub struct ChatStream {
    line: Vec<u8>,
    bytes: usize,
    text: String,
    usage: Option<TokenUsage>,
    model: Option<String>,
    finished: bool,
    done: bool,
}

impl ChatStream {
    /// Bytes arrived; what they add to the answer. An error ends the exchange.
    pub fn push(&mut self, bytes: &[u8]) -> Result<String, ApiError> {
        self.bytes += bytes.len();
        if self.bytes > BYTES_MOST {
            return Err(broken(format!("the answer is longer than {BYTES_MOST} bytes")));
        }
        let before = self.text.len();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if self.line.len() > LINE_MOST {
                return Err(broken(format!("a line of the answer is longer than {LINE_MOST} bytes")));
            }
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.line(&line)?;
            }
        }
        Ok(self.text[before..].to_owned())
    }

    /// Whether nothing more is to come.
    pub fn done(&self) -> bool {
        self.done
    }

    /// The whole answer, once the bytes have ended.
    pub fn end(mut self) -> Result<(String, Option<TokenUsage>, Option<String>), ApiError> {
        let line = std::mem::take(&mut self.line);
        self.line(&line)?;
        if !self.done && !self.finished {
            return Err(broken(format!("the answer broke off after {} bytes", self.text.len())));
        }
        Ok((self.text, self.usage, self.model))
    }

    fn line(&mut self, line: &[u8]) -> Result<(), ApiError> {
        let line = line.trim_ascii();
        let data = match line.strip_prefix(b"data:") {
            Some(data) => data.trim_ascii(),
            // Comments, event names and the blank lines between events.
            None if !line.starts_with(b"{") => return Ok(()),
            None => line,
        };
        match data {
            b"" => Ok(()),
            b"[DONE]" => {
                self.done = true;
                Ok(())
            }
            json => match serde_json::from_slice::<Value>(json) {
                Ok(event) => self.event(&event),
                Err(error) => Err(broken(format!("an event of the answer is no JSON: {error}"))),
            },
        }
    }

    fn event(&mut self, event: &Value) -> Result<(), ApiError> {
        if let Some(error) = event.get("error").filter(|error| !error.is_null()) {
            return Err(broken(format!("the model's server says: {}", said(error))));
        }
        let choice = &event["choices"][0];
        let whole = choice["message"]["content"].as_str();
        self.text.push_str(choice["delta"]["content"].as_str().or(whole).unwrap_or_default());
        if self.text.len() > ANSWER_MOST {
            return Err(broken(format!("the answer is longer than {ANSWER_MOST} bytes"))
                .hint("ask for a shorter answer in the agent's instructions"));
        }
        self.finished |= whole.is_some() || !choice["finish_reason"].is_null();
        self.usage = TokenUsage::read(&event["usage"]).or(self.usage);
        if self.model.is_none() {
            self.model = event["model"].as_str().map(str::to_owned);
        }
        Ok(())
    }
}

/// An error as servers say it: `{"message": …}` or a text.
pub fn said(error: &Value) -> String {
    let words = error["message"].as_str().or_else(|| error.as_str()).map_or_else(|| error.to_string(), str::to_owned);
    words.chars().take(500).collect()
}

fn broken(words: String) -> ApiError {
    ApiError::new(ErrorCode::Upstream, words)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const STREAM: &str = ": hello\n\ndata: {\"model\":\"m\",\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\r\n\r\n\
        data: {\"choices\":[{\"delta\":{\"content\":\"Gr\u{fc}\"}}]}\n\ndata:{\"choices\":[{\"delta\":{\"content\":\"\u{df}e\"}}]}\n\n\
        data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
        data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}\n\ndata: [DONE]\n\n";

    #[test]
    fn an_answer_is_the_same_however_the_bytes_are_cut() {
        for size in [1, 2, 3, 7, 64, 10_000] {
            let mut stream = ChatStream::default();
            let pieces: String = STREAM.as_bytes().chunks(size).map(|piece| stream.push(piece).unwrap()).collect();
            assert!(stream.done());
            let (text, usage, model) = stream.end().unwrap();
            assert_eq!((pieces.as_str(), text.as_str(), model.as_deref()), ("Grüße", "Grüße", Some("m")), "{size}");
            assert_eq!(usage.unwrap().total_tokens, 10);
        }
    }

    #[test]
    fn a_plain_answer_is_read_too() {
        let mut stream = ChatStream::default();
        stream.push(br#"{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#).unwrap();
        let (text, usage, _) = stream.end().unwrap();
        assert_eq!((text.as_str(), usage.unwrap().total_tokens), ("hi", 3));
    }

    #[test]
    fn what_is_broken_or_too_long_ends_the_exchange() {
        let error = |bytes: &[u8]| {
            let mut stream = ChatStream::default();
            stream.push(bytes).and_then(|_| stream.end().map(|_| String::new())).unwrap_err().message
        };
        assert!(error(b"data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\n").contains("broke off after 4"));
        assert!(error(b"").contains("broke off after 0"));
        assert!(error(b"data: {not json}\n\n").contains("no JSON"));
        assert!(error(b"data: {\"error\":{\"message\":\"no such model\"}}\n\n").contains("says: no such model"));
        assert!(error(&vec![b'x'; LINE_MOST + 1]).contains("a line of the answer"));
        let flood =
            b"data: {\"choices\":[{\"delta\":{\"content\":\"0123456789abcdef\"}}]}\n".repeat(ANSWER_MOST / 16 + 1);
        assert!(error(&flood).contains("longer than"));
    }
}
