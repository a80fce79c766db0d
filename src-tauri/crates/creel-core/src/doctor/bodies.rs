//! What the signed bytes may have been, where other ones came: a proxy or a framework changed them on the way.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::GzDecoder;
use serde_json::Value;
use url::form_urlencoded;

use super::json::STYLES;
use crate::api::doctor::Mistake;

/// A larger body is not written anew: that would take longer than an answer is worth waiting for.
const MOST_JSON: usize = 1024 * 1024;

/// How far a packed body is opened (`trust.md` 5.1: 50:1 at most).
const MOST_OPENED: u64 = 4 * 1024 * 1024;

/// Bytes that may have been signed.
pub(super) struct Variant {
    pub bytes: Bytes,
    pub mistake: Mistake,
    /// What they are in words: `the body without its last line end`.
    pub words: String,
}

/// All other forms of a body, the likely ones first, each once.
pub(super) fn variants(body: &[u8]) -> Vec<Variant> {
    let mut all = Vec::new();
    let mut add = |mistake, words: &str, bytes: Bytes| {
        let known = bytes == body || all.iter().any(|one: &Variant| one.bytes == bytes);
        if !known {
            all.push(Variant { bytes, mistake, words: words.to_owned() });
        }
    };
    ends(body, &mut add);
    if body.len() <= MOST_JSON
        && let Ok(value) = serde_json::from_slice::<Value>(body)
    {
        for (words, style) in STYLES {
            let words = format!("the same JSON {words}");
            // Both lie in the same memory: a digest of the one goes on to the other.
            let mut written = style.write(&value);
            written.push(b'\n');
            let ended = Bytes::from(written);
            add(Mistake::BodyRewritten, &words, ended.slice(..ended.len() - 1));
            add(Mistake::BodyRewritten, &format!("{words}, and a line feed"), ended);
        }
        if let Value::String(inside) = &value {
            add(Mistake::BodyRewritten, "the JSON inside the JSON text that came", inside.clone().into());
        }
    }
    forms(body, &mut add);
    if body.starts_with(&[0x1f, 0x8b]) {
        let mut opened = Vec::new();
        if GzDecoder::new(body).take(MOST_OPENED).read_to_end(&mut opened).is_ok() {
            add(Mistake::BodyPacked, "the body before it was packed with gzip", opened.into());
        }
    }
    add(Mistake::BodyNotSigned, "nothing at all: an empty body was signed", Bytes::new());
    all
}

fn ends(body: &[u8], add: &mut impl FnMut(Mistake, &str, Bytes)) {
    let end = body.trim_ascii_end();
    add(Mistake::LineEndAdded, "the body without the line end that came with it", Bytes::copy_from_slice(end));
    add(Mistake::LineEndRemoved, "the body and a line feed", [body, b"\n"].concat().into());
    add(Mistake::LineEndRemoved, "the body and a carriage return with line feed", [body, b"\r\n"].concat().into());
    add(Mistake::LineEndAdded, "the body without spaces around it", Bytes::copy_from_slice(body.trim_ascii()));
    const BOM: &[u8] = b"\xef\xbb\xbf";
    match body.strip_prefix(BOM) {
        Some(without) => {
            add(Mistake::ByteOrderMark, "the body without its byte order mark", Bytes::copy_from_slice(without))
        }
        None => add(Mistake::ByteOrderMark, "the body behind a byte order mark", [BOM, body].concat().into()),
    }
    if body.contains(&b'\n') {
        let lf: Vec<u8> = body.iter().copied().filter(|&b| b != b'\r').collect();
        let crlf: Vec<u8> = lf.iter().flat_map(|&b| if b == b'\n' { vec![b'\r', b'\n'] } else { vec![b] }).collect();
        add(Mistake::LineEnds, "the body with line feeds in place of carriage returns with line feeds", lf.into());
        add(Mistake::LineEnds, "the body with carriage returns before its line feeds", crlf.into());
    }
}

fn forms(body: &[u8], add: &mut impl FnMut(Mistake, &str, Bytes)) {
    let payload = form_urlencoded::parse(body).find(|(name, _)| name == "payload");
    if let Some((_, payload)) = payload.filter(|_| body.starts_with(b"payload=")) {
        add(Mistake::FormDecoded, "the JSON of the form's field payload", payload.into_owned().into());
    }
    if let Ok(text) = std::str::from_utf8(body) {
        let form: String = form_urlencoded::Serializer::new(String::new()).append_pair("payload", text).finish();
        add(Mistake::FormDecoded, "a form with the body as its field payload", form.into());
        if text.contains('%') || text.contains('+') {
            let decoded: String = form_urlencoded::parse(text.as_bytes())
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join("&");
            add(Mistake::FormDecoded, "the form with its escapes read", decoded.into());
        }
    }
}
