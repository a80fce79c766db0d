//! A first draft of a user's scheme: from a delivery that no scheme fits, or as a copy of one that nearly does.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::authenticate::record::{SchemeEvent, SchemeForm, SchemeId, SchemeRecord, SchemeTime, record_of};
use crate::authenticate::scheme::{Algo, Encoding, Scheme, Unit};
use crate::headers::is_of_the_connection;
use crate::receive::Headers;

/// Hours for which a sender may send an event again, where nothing is known of it.
const HOURS: u32 = 72;
/// From here on a number is a time in milliseconds and not in seconds.
const MILLISECONDS_FROM: u64 = 1_000_000_000_000;
/// What a signature's header is called, the most telling first.
const SIGNATURE_NAMES: &[&str] = &["signature", "hmac", "digest", "sign", "sha256", "sha1", "mac"];
/// What a header with the secret itself is called.
const SECRET_NAMES: &[&str] = &["secret", "token", "api-key", "apikey", "auth"];

/// What the header with an event's id is called.
const ID_NAMES: &[&str] = &["delivery", "-id"];
/// Ids of something else: of the webhook itself, of what it is installed on.
const NOT_ID_NAMES: &[&str] = &["hook-id", "installation", "account", "client"];
/// What the header with an event's name is called.
const EVENT_NAMES: &[&str] = &["event", "topic"];

/// The record of a copy. What tells the original's sender stays with the original, and so do its words, which would be
/// wrong with the first change; Creel makes new ones.
pub fn copy(scheme: &Scheme) -> SchemeRecord {
    SchemeRecord {
        name: format!("{} (copy)", scheme.name),
        group: None,
        certainty: None,
        words: None,
        agent: None,
        marks: None,
        telling: None,
        ..record_of(scheme)
    }
}

/// A draft from a request's headers: the one that looks most like a signature, and what seems to be time, id and event.
pub fn guess(headers: &Headers) -> SchemeRecord {
    let lines = headers.0.iter().filter_map(|(name, value)| Some((name.as_str(), std::str::from_utf8(value).ok()?)));
    let lines: Vec<_> = lines.filter(|(name, _)| !is_of_the_connection(&name.to_ascii_lowercase())).collect();
    let signature = lines.iter().filter_map(|(name, value)| Some((*name, rank(name)?, Shape::of(value)?)));
    let signature = signature.min_by_key(|(_, rank, _)| *rank);
    let time = lines.iter().find_map(|(name, value)| Some((*name, unit(name, value)?)));
    let id = lines.iter().find(|(name, _)| named(name, ID_NAMES) && !named(name, NOT_ID_NAMES));
    let event = lines.iter().find(|(name, _)| named(name, EVENT_NAMES) && !named(name, ID_NAMES));
    let mut record = SchemeRecord {
        name: "My scheme".to_owned(),
        timestamp: time.map(|(name, unit)| SchemeTime { from: format!("header:{name}"), unit, past: 300, future: 300 }),
        id: id.map(|(name, _)| SchemeId { from: format!("header:{name}"), required: None, hours: HOURS }),
        event: event.map(|(name, _)| SchemeEvent { from: format!("header:{name}"), then: None }),
        ..SchemeRecord::default()
    };
    match signature {
        Some((name, _, shape)) => shape.write(name, &mut record),
        None => {
            let secret =
                lines.iter().find(|(name, _)| named(name, SECRET_NAMES)).map_or("X-Signature", |(name, _)| name);
            record.signature = Some(format!("header:{secret}"));
            record.algo = (secret != "X-Signature").then_some(Algo::Token);
        }
    }
    record
}

fn named(name: &str, words: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    words.iter().any(|word| name.contains(word))
}

/// How much a name sounds like a signature; less is more.
fn rank(name: &str) -> Option<usize> {
    let name = name.to_ascii_lowercase();
    SIGNATURE_NAMES.iter().position(|word| name.contains(word))
}

fn unit(name: &str, value: &str) -> Option<Unit> {
    let name = name.to_ascii_lowercase();
    if !name.contains("time") && !name.ends_with("-ts") {
        return None;
    }
    match value.parse::<u64>() {
        Ok(number) if number >= MILLISECONDS_FROM => Some(Unit::Milliseconds),
        Ok(_) => Some(Unit::Seconds),
        Err(_) => value.parse::<jiff::Timestamp>().is_ok().then_some(Unit::Rfc3339),
    }
}

/// What a signature's text looks like.
struct Shape {
    form: Option<SchemeForm>,
    encoding: Encoding,
    algo: Algo,
    /// The item of a list that looks like a time.
    time: Option<(String, Unit)>,
}

impl Shape {
    fn of(value: &str) -> Option<Self> {
        let value = value.trim();
        if let Some((encoding, algo)) = digest(value) {
            return Some(Self { form: None, encoding, algo, time: None });
        }
        Self::list(value).or_else(|| Self::prefixed(value))
    }

    /// `sha256=<hex>`, `v0=<hex>`, `hmac-sha256 <base64>`.
    fn prefixed(value: &str) -> Option<Self> {
        let ends = value.char_indices().filter(|(_, c)| ['=', ' ', ':', ','].contains(c)).map(|(at, _)| at + 1);
        ends.into_iter().find_map(|at| {
            let (prefix, rest) = value.split_at(at);
            let (encoding, algo) = digest(rest)?;
            let form = SchemeForm { prefix: Some(prefix.to_owned()), ..SchemeForm::default() };
            Some(Self { form: Some(form), encoding, algo, time: None })
        })
    }

    /// `t=…,v1=<hex>`; `v1,<base64> v1,<base64>` with a blank between.
    fn list(value: &str) -> Option<Self> {
        [(',', '='), (';', '='), (' ', ',')].into_iter().find_map(|(split, kv)| {
            let items: Vec<_> = value.split(split).map(|item| item.split_once(kv)).collect::<Option<_>>()?;
            let (pick, (encoding, algo)) = items.iter().find_map(|(key, text)| Some((*key, digest(text)?)))?;
            if items.len() < 2 && split != ' ' {
                return None;
            }
            let time = items.iter().find_map(|(key, text)| {
                let number = text.parse::<u64>().ok().filter(|_| *key != pick)?;
                let unit = if number >= MILLISECONDS_FROM { Unit::Milliseconds } else { Unit::Seconds };
                Some(((*key).to_owned(), unit))
            });
            let form = SchemeForm {
                split: Some(split.to_string()),
                kv: Some(kv.to_string()),
                pick: Some(pick.to_owned()),
                ..SchemeForm::default()
            };
            Some(Self { form: Some(form), encoding, algo, time })
        })
    }

    fn write(self, name: &str, record: &mut SchemeRecord) {
        record.signature = Some(format!("header:{name}"));
        record.form = self.form;
        record.encoding = (self.encoding != Encoding::Hex).then_some(self.encoding);
        record.algo = Some(self.algo);
        if let Some((key, unit)) = self.time {
            record.timestamp = Some(SchemeTime { from: format!("sig:{key}"), unit, past: 300, future: 300 });
        }
        record.signed = record.timestamp.is_some().then(|| "{timestamp}.{body}".to_owned());
    }
}

/// The writing and the algorithm of a text that is as long as a digest.
fn digest(text: &str) -> Option<(Encoding, Algo)> {
    let algo = |bytes: usize| match bytes {
        20 => Some(Algo::HmacSha1),
        32 => Some(Algo::HmacSha256),
        64 => Some(Algo::HmacSha512),
        _ => None,
    };
    let hex = hex::decode(text).ok().and_then(|bytes| algo(bytes.len()));
    let base64 = || BASE64_STANDARD.decode(text).ok().and_then(|bytes| algo(bytes.len()));
    hex.map(|algo| (Encoding::Hex, algo)).or_else(|| Some((Encoding::Base64, base64()?)))
}
