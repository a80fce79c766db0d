//! The check over JSON lines, for `creel verify`: the same function as the receiver's, on requests from anywhere.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::own::Catalogue;
use super::secret::Secret;
use super::verify::{Key, SignedRequest, verify};
use crate::clock::{Clock, UnixMs};
use crate::receive::Headers;

/// A line may hold the largest body as base64 and its headers; a longer one is no request.
const MAX_LINE_BYTES: usize = 64 * 1024 * 1024;

/// One request to check.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    #[expect(dead_code, reason = "read by itself, so that a line with another error still has its id")]
    id: Option<Box<RawValue>>,
    scheme: String,
    secret: String,
    #[serde(default = "post")]
    method: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    headers: HashMap<String, Box<RawValue>>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    body_encoding: BodyEncoding,
    #[serde(default)]
    now: Option<i64>,
}

fn post() -> String {
    "POST".to_owned()
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum BodyEncoding {
    #[default]
    Utf8,
    Base64,
}

/// One verdict. `id` is the line's own, of whatever JSON type.
#[derive(Serialize)]
struct Verdict<'l> {
    id: Option<&'l RawValue>,
    valid: bool,
    reason: String,
}

/// Answers every line of `input` with one of `output`, in order, until the input ends. Empty lines are passed over; a line
/// that cannot be read is answered `valid: false` with why. `schemes`: those that a line may name. Errors: only those of
/// reading and writing.
pub fn verify_lines(
    mut input: impl BufRead,
    mut output: impl Write,
    clock: &dyn Clock,
    schemes: &Catalogue,
) -> io::Result<()> {
    let mut line = Vec::new();
    while read_line(&mut input, &mut line)? {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = check(&line, clock, schemes);
        let verdict = Verdict {
            id: id(&line),
            valid: answer.is_ok(),
            reason: match answer {
                Ok(words) | Err(words) => words,
            },
        };
        serde_json::to_writer(&mut output, &verdict)?;
        output.write_all(b"\n")?;
        // Whoever writes line by line waits for the answer.
        output.flush()?;
    }
    Ok(())
}

/// Reads one line without its end. What is over the limit is read and dropped, and the cut line then fails as JSON.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut any = false;
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            return Ok(any);
        }
        any = true;
        let end = chunk.iter().position(|&b| b == b'\n');
        let content = &chunk[..end.unwrap_or(chunk.len())];
        let room = MAX_LINE_BYTES.saturating_sub(line.len());
        line.extend_from_slice(&content[..content.len().min(room)]);
        let used = end.map_or(chunk.len(), |at| at + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

fn id(line: &[u8]) -> Option<&RawValue> {
    let fields: HashMap<String, &RawValue> = serde_json::from_slice(line).ok()?;
    fields.get("id").copied()
}

fn check(line: &[u8], clock: &dyn Clock, schemes: &Catalogue) -> Result<String, String> {
    let line: Line = serde_json::from_slice(line).map_err(|error| format!("the line cannot be read: {error}"))?;
    let scheme = schemes.find(&line.scheme).ok_or_else(|| unknown(&line.scheme, schemes))?;
    let value = Secret::new(line.secret.as_str()).map_err(|error| error.to_string())?;
    let headers = headers(&line.headers)?;
    let body = match line.body_encoding {
        BodyEncoding::Utf8 => line.body.into_bytes(),
        BodyEncoding::Base64 => {
            BASE64_STANDARD.decode(line.body).map_err(|error| format!("the body is not base64: {error}"))?
        }
    };
    let now = line.now.map_or_else(|| clock.now(), |seconds| UnixMs(seconds.saturating_mul(1000)));
    let request = SignedRequest { method: &line.method, url: &line.url, headers: &headers, body: &body };
    let key = Key { id: "line".into(), value, expires_at: None };
    match verify(scheme, &request, &[key], now) {
        Ok(_) => Ok("the signature is valid".to_owned()),
        Err(rejected) => Err(rejected.words),
    }
}

fn unknown(scheme: &str, schemes: &Catalogue) -> String {
    let known: Vec<&str> = schemes.all().map(|scheme| scheme.key.as_str()).collect();
    format!("unknown scheme {scheme:?}; known are {}", known.join(", "))
}

/// Each header is a text or a list of texts: a list is a header that was sent as often.
fn headers(lines: &HashMap<String, Box<RawValue>>) -> Result<Headers, String> {
    let mut headers = Headers::default();
    for (name, value) in lines {
        let values = serde_json::from_str::<Vec<String>>(value.get())
            .or_else(|_| serde_json::from_str::<String>(value.get()).map(|one| vec![one]))
            .map_err(|_| format!("the header {name:?} is neither a text nor a list of texts"))?;
        headers.0.extend(values.into_iter().map(|value| (name.clone(), Bytes::from(value))));
    }
    Ok(headers)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::authenticate::schemes;
    use crate::clock::ManualClock;

    const GOOD: &str = r#"{"id":7,"scheme":"github","secret":"It's a Secret to Everybody","method":"POST","url":"http://x/","headers":{"X-Hub-Signature-256":"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},"body":"Hello, World!","body_encoding":"utf8","now":null}"#;

    fn answers(input: &str) -> Vec<String> {
        let mut out = Vec::new();
        verify_lines(input.as_bytes(), &mut out, &ManualClock::at(UnixMs(1_531_420_618_000)), &Catalogue::default())
            .unwrap();
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    fn answer(line: &str) -> String {
        answers(line).remove(0)
    }

    #[test]
    fn every_line_has_its_answer_and_a_bad_one_stops_nothing() {
        let input = format!("{GOOD}\n\nnot json\n{}\n{GOOD}", GOOD.replace("Hello, World!", "Hello, World?"));
        let answers = answers(&input);
        assert_eq!(answers.len(), 4);
        assert_eq!(answers[0], r#"{"id":7,"valid":true,"reason":"the signature is valid"}"#);
        assert!(
            answers[1].starts_with(r#"{"id":null,"valid":false,"reason":"the line cannot be read: "#),
            "{}",
            answers[1]
        );
        assert_eq!(
            answers[2],
            r#"{"id":7,"valid":false,"reason":"the signature does not fit the body under the secret"}"#
        );
        assert_eq!(answers[3], answers[0]);
    }

    #[test]
    fn a_body_may_be_base64_and_a_header_a_list() {
        let coded = GOOD.replace("Hello, World!", "SGVsbG8sIFdvcmxkIQ==").replace("utf8", "base64");
        assert!(answer(&coded).contains("\"valid\":true"));
        let listed = GOOD.replace("\"sha256=", "[\"sha256=").replace("3e17\"", "3e17\"]");
        assert!(answer(&listed).contains("\"valid\":true"));
        let twice = listed.replace("3e17\"]", "3e17\",\"sha256=00\"]");
        assert!(answer(&twice).contains("X-Hub-Signature-256 occurs 2 times"));
    }

    #[test]
    fn the_time_is_the_line_s_or_the_clock_s() {
        let slack = |now: &str| {
            let scheme = schemes::find("slack").unwrap();
            let none = Headers::default();
            let request = SignedRequest { method: "POST", url: "", headers: &none, body: b"x" };
            let at = UnixMs(1_531_420_618_000);
            let lines = super::super::sign(scheme, &request, &Secret::new("secret").unwrap(), at, None).unwrap();
            let headers: serde_json::Map<_, _> = lines.into_iter().map(|(n, v)| (n, v.into())).collect();
            let headers = serde_json::Value::Object(headers);
            format!(r#"{{"id":"a","scheme":"slack","secret":"secret","headers":{headers},"body":"x","now":{now}}}"#)
        };
        assert!(answer(&slack("null")).contains("\"valid\":true"));
        assert!(answer(&slack("1531420918")).contains("\"valid\":true"));
        assert!(answer(&slack("1531420919")).contains("5 minutes 1 second behind"));
        assert!(answer(&slack("9223372036854775807")).contains("\"valid\":false"));
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said() {
        for (line, words) in [
            (GOOD.replace("\"github\"", "\"gitlab\""), "unknown scheme \\\"gitlab\\\"; known are github, opengate"),
            (GOOD.replace("It's a Secret to Everybody", " "), "the secret is blank"),
            (GOOD.replace("utf8", "base64"), "the body is not base64"),
            (GOOD.replace("utf8", "utf16"), "unknown variant `utf16`"),
            (GOOD.replace("\"sha256=", "[\"sha256=").replace("3e17\"", "3e17\",1]"), "neither a text nor a list"),
            (GOOD.replace("\"now\"", "\"nwo\""), "unknown field `nwo`"),
        ] {
            let answer = answer(&line);
            assert!(answer.contains("\"valid\":false") && answer.contains(words), "{answer}");
            assert!(answer.starts_with("{\"id\":7,"), "{answer}");
        }
    }
}
