//! What is wrong with a user's record, all of it at once, and what its user should know.

use jiff::civil::Date;

use super::check_places;
use crate::api::triggers::{SchemeCertainty, SchemeGroup};
use crate::authenticate::handshake::Piece;
use crate::authenticate::record::{RecordError, SchemeRecord, scheme_of};
use crate::authenticate::scheme::{Algo, KeyEncoding, Parse, Part, Scheme, Selector};
use crate::authenticate::schemes;

/// A record that was looked at.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What it means, where it can be read.
    pub scheme: Option<Scheme>,
    /// What is wrong; empty: it can be used.
    pub problems: Vec<RecordError>,
    /// What its user should know.
    pub warnings: Vec<String>,
}

/// Characters of a name, as a trigger's are bounded by what a list shows.
const NAME_MOST: usize = 100;
/// Characters of a line of prose: words, source.
const LINE_MOST: usize = 300;
/// Characters of a key; `none` and the shipped ones are taken.
const KEY_MOST: usize = 63;
/// Characters of a prefix, a separator's key, a User-Agent's beginning: the longest that ships has 32.
const SHORT_MOST: usize = 64;
/// Parts of what is signed: Adyen's eight values with seven colons are fifteen.
const PARTS_MOST: usize = 32;
/// Items of any list in a record: more than any sender has.
const ITEMS_MOST: usize = 16;
/// Seconds that a time may be off: a day, for senders that repeat a delivery with its first time.
const TOLERANCE_MOST: i64 = 86_400;
/// Hours of a duplicate's window, as of a trigger's.
const HOURS_MOST: u32 = 720;
/// Bytes of an answer to a challenge, as of the challenge itself.
const ANSWER_MOST: usize = 4096;

/// Looks at a record of a user's.
pub fn check(record: &SchemeRecord) -> Checked {
    let mut problems = Problems(Vec::new());
    problems.claims(record);
    let scheme = match scheme_of(record.scheme.as_deref().unwrap_or_default(), record.clone(), schemes::all()) {
        Ok(scheme) => Some(scheme),
        Err(error) => {
            problems.0.push(error);
            None
        }
    };
    if let Some(scheme) = &scheme {
        problems.prose(scheme);
        problems.rule(scheme);
        problems.numbers(scheme);
        problems.lists(scheme);
        problems.handshakes(scheme);
        problems.0.extend(check_places::wrong(scheme));
    }
    let warnings = scheme.as_ref().filter(|_| problems.0.is_empty()).map(warnings).unwrap_or_default();
    Checked { scheme, problems: problems.0, warnings }
}

/// Whether a user's scheme may be called so.
pub fn check_key(key: &str) -> Result<(), RecordError> {
    let hint = "write up to 63 of a-z, 0-9, . and -, beginning with a letter or a digit: acme-orders";
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
    let begins = key.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !begins || key.len() > KEY_MOST || !key.bytes().all(fits) {
        return Err(RecordError::new("scheme", format!("{} is no key of a scheme", short(key)), hint));
    }
    if key == "none" || schemes::find(key).is_some() {
        let words = format!("the key {key:?} is taken by a scheme that ships");
        return Err(RecordError::new("scheme", words, "choose another key, such as my-".to_owned() + key));
    }
    Ok(())
}

/// A value in a message, cut.
fn short(text: &str) -> String {
    let cut: String = text.chars().take(40).collect();
    format!("{cut:?}{}", if cut.len() < text.len() { "…" } else { "" })
}

struct Problems(Vec<RecordError>);

impl Problems {
    fn add(&mut self, field: &str, words: impl Into<String>, hint: &str) {
        self.0.push(RecordError::new(field, words, hint));
    }

    /// A user's record does not say of itself that Creel ships it or proved it.
    fn claims(&mut self, record: &SchemeRecord) {
        if record.group.is_some_and(|group| group != SchemeGroup::Own) {
            self.add("group", "only shipped schemes have a group of their own", "write own, or leave it out");
        }
        if record.certainty.is_some_and(|certainty| certainty != SchemeCertainty::Own) {
            self.add("certainty", "only shipped schemes say how sure they are", "write own, or leave it out");
        }
    }

    fn text(&mut self, field: &str, text: &str, most: usize) {
        let length = text.chars().count();
        if length > most {
            self.add(field, format!("{field} has {length} characters; at most {most}"), "write less");
        }
        if text.chars().any(char::is_control) {
            self.add(field, format!("{field} has a line break or another control character"), "write it in one line");
        }
    }

    fn prose(&mut self, scheme: &Scheme) {
        if scheme.name.trim().is_empty() {
            self.add("name", "the name is empty", "write what you call the sender: Acme orders");
        }
        self.text("name", &scheme.name, NAME_MOST);
        self.text("words", &scheme.words, LINE_MOST + PARTS_MOST * SHORT_MOST);
        self.text("source", &scheme.source, LINE_MOST);
        self.text("agent", scheme.agent.as_deref().unwrap_or_default(), SHORT_MOST);
        if !scheme.checked.is_empty() && scheme.checked.parse::<Date>().is_err() {
            self.add("checked", format!("{} is no date", short(&scheme.checked)), "write YYYY-MM-DD, or leave it out");
        }
    }

    fn rule(&mut self, scheme: &Scheme) {
        if scheme.signed.len() > PARTS_MOST {
            self.add("signed", format!("{} parts; at most {PARTS_MOST}", scheme.signed.len()), "sign fewer values");
        }
        if scheme.signed.is_empty() && !scheme.sends_secret() {
            self.add("signed", "nothing is signed", "write {body}, or what the sender's document says");
        }
        let signs = |part: &Part| scheme.signed.contains(part);
        if signs(&Part::Timestamp) && scheme.timestamp.is_none() {
            self.add("timestamp", "{timestamp} is signed and its place is missing", "say where the time is");
        }
        if signs(&Part::Id) && scheme.id.is_none() {
            self.add("id", "{id} is signed and its place is missing", "say where the id is");
        }
        if scheme.algo == Algo::Sha256 && !signs(&Part::Secret) {
            let words = "a plain hash without {secret}: anybody could make it";
            self.add("signed", words, "put {secret} where the sender does, or choose hmac-sha256");
        }
        if scheme.has_public_key() && scheme.makes_secret() && scheme.key_reading.encoding == KeyEncoding::Utf8 {
            self.add("key.encoding", "a public key is no text", "write hex or base64, as the sender shows it");
        }
        self.form(&scheme.parse);
    }

    fn form(&mut self, parse: &Parse) {
        match parse {
            Parse::Prefix(prefix) | Parse::AnyCasePrefix(prefix) => self.text("form.prefix", prefix, SHORT_MOST),
            Parse::List { split, kv, pick } => {
                self.text("form.pick", pick, SHORT_MOST);
                if pick.is_empty() {
                    self.add("form.pick", "the key of the signatures is empty", "write it as the header has it: v1");
                }
                let clash = split == kv || pick.contains([*split, *kv]);
                if clash || split.is_control() || kv.is_control() {
                    let words = format!("{split:?} and {kv:?} cannot tell the items of a list apart");
                    self.add("form.split", words, "write the two different characters of the header: , and =");
                }
            }
        }
    }

    fn numbers(&mut self, scheme: &Scheme) {
        let allowed = "write seconds from 0 to 86400; most senders mean 300";
        if let Some(rule) = &scheme.timestamp {
            for (field, seconds) in [("past", rule.tolerance.past), ("future", rule.tolerance.future)] {
                if !(0..=TOLERANCE_MOST).contains(&seconds) {
                    self.add(&format!("timestamp.{field}"), format!("{seconds} seconds"), allowed);
                }
            }
        }
        if let Some(rule) = scheme.id.as_ref().filter(|rule| !(1..=HOURS_MOST).contains(&rule.window_hours)) {
            self.add(
                "id.hours",
                format!("{} hours is not between 1 and 720", rule.window_hours),
                "72 suits most senders",
            );
        }
    }

    fn lists(&mut self, scheme: &Scheme) {
        let sizes = [
            ("marks", scheme.marks.len()),
            ("signature", scheme.signature.len()),
            ("fixed", scheme.fixed.len()),
            ("key.strip", scheme.key_reading.strip.len()),
            ("event.from", scheme.event.from.len()),
            ("silent", scheme.silent.len()),
            ("handshakes", scheme.handshakes.len()),
        ];
        for (field, size) in sizes.into_iter().filter(|(_, size)| *size > ITEMS_MOST) {
            self.add(field, format!("{size} of them; at most {ITEMS_MOST}"), "keep those that the sender really sends");
        }
        for text in scheme.silent.iter().chain(&scheme.key_reading.strip).chain(scheme.fixed.iter().map(|(_, v)| v)) {
            self.text("silent", text, LINE_MOST);
        }
    }

    fn handshakes(&mut self, scheme: &Scheme) {
        for (index, handshake) in scheme.handshakes.iter().enumerate() {
            let field = |name: &str| format!("handshakes.{index}.{name}");
            if !(200..=299).contains(&handshake.status) {
                let words = format!("{} is no status that accepts", handshake.status);
                self.add(&field("status"), words, "write 200 to 299");
            }
            // A method that no event has tells a challenge by itself: HEAD, GET.
            let by_method = handshake.method.as_deref().is_some_and(|method| method != "POST");
            if handshake.when.is_empty() && !by_method || handshake.when.len() > ITEMS_MOST {
                let hint = "name what only a challenge has: json:/type=url_verification";
                self.add(&field("when"), format!("{} conditions", handshake.when.len()), hint);
            }
            let length = |piece: &Piece| if let Piece::Text(text) = piece { text.len() } else { 1 };
            if handshake.body.iter().map(length).sum::<usize>() > ANSWER_MOST {
                self.add(&field("body"), format!("the answer is longer than {ANSWER_MOST} bytes"), "write less");
            }
            let unsafe_kind = ["html", "javascript", "svg", "xml"].iter().any(|kind| handshake.kind.contains(kind));
            if unsafe_kind || http::HeaderValue::from_str(&handshake.kind).is_err() {
                let words = format!("{} is no media type to answer with", short(&handshake.kind));
                self.add(&field("kind"), words, "write text/plain or application/json");
            }
        }
    }
}

fn warnings(scheme: &Scheme) -> Vec<String> {
    let mut told = Vec::new();
    let body = scheme.signs_body() || scheme.signed.iter().any(|part| matches!(part, Part::Json(_)));
    if scheme.sends_secret() {
        told.push("the secret itself is sent: whoever sees one delivery can send any");
    } else if !body {
        told.push("nothing of the body is signed: whoever sees one delivery can send another body with its signature");
    }
    if scheme.algo == Algo::HmacSha1 {
        told.push("SHA-1 is weak: choose a newer one where the sender offers it");
    }
    let signed_time = scheme.signed.contains(&Part::Timestamp);
    let in_body = scheme.timestamp.iter().flat_map(|rule| &rule.from).any(|from| matches!(from, Selector::Json(_)));
    if scheme.timestamp.is_some() && !signed_time && !in_body {
        told.push("the time is not signed: whoever repeats a delivery can renew it");
    }
    if scheme.timestamp.is_none() && scheme.id.is_none() {
        told.push("there is neither a time nor an id: only its body tells a repeated delivery");
    }
    told.into_iter().map(str::to_owned).collect()
}
