//! The text of a record: the YAML that `schemes/records/` holds, read into a [`Scheme`].
//!
//! Places are written `header:Name`, `sig:t` (an item of the signature's list), `json:/pointer`, `form:name`, `query:name`;
//! `A | B` means the first that is there, `A & B` all of them. What is missing is as in the record that `like` names, or
//! the common case: HMAC-SHA256 of the body, hex, a secret whose own bytes are the key.

use serde::Deserialize;

use super::handshake::{Condition, Handshake, Piece};
use super::scheme::{
    Algo, Encoding, EventRule, IdRule, KeyEncoding, KeyReading, Parse, Part, Scheme, Selector, TimestampRule,
    Tolerance, Unit, UrlForm,
};
use crate::api::triggers::{SchemeCertainty, SchemeGroup};

/// Why a record cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It is not the YAML of a record.
    #[error("{0}")]
    Text(String),
    /// A place is written as none is.
    #[error("{0:?} is no place: write header:Name, sig:name, json:/pointer, form:name or query:name")]
    Place(String),
    /// A part of a template is unknown.
    #[error("{0:?} is nothing that can be signed or answered")]
    Part(String),
    /// A list's separators are single characters, and it says which items count.
    #[error("a list needs split and kv of one character each, and pick")]
    List,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    like: Option<String>,
    name: String,
    group: SchemeGroup,
    words: String,
    source: String,
    checked: String,
    certainty: SchemeCertainty,
    agent: Option<String>,
    marks: Option<Vec<String>>,
    telling: Option<bool>,
    algo: Option<Algo>,
    key: Option<KeyText>,
    signed: Option<String>,
    signature: Option<String>,
    form: Option<FormText>,
    encoding: Option<Encoding>,
    fixed: Option<Vec<(String, String)>>,
    url: Option<UrlForm>,
    timestamp: Option<TimeText>,
    id: Option<IdText>,
    event: Option<EventText>,
    silent: Option<Vec<String>>,
    handshakes: Option<Vec<HandshakeText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyText {
    #[serde(default)]
    encoding: KeyEncoding,
    #[serde(default)]
    strip: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormText {
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    any_case: bool,
    split: Option<String>,
    kv: Option<String>,
    pick: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TimeText {
    from: String,
    #[serde(default)]
    unit: Unit,
    past: i64,
    future: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdText {
    from: String,
    #[serde(default)]
    required: bool,
    hours: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventText {
    from: String,
    then: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandshakeText {
    method: Option<String>,
    when: Vec<String>,
    verify_first: bool,
    #[serde(default = "ok")]
    status: u16,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    body: String,
    echo: Option<String>,
    token: Option<String>,
    learn: Option<String>,
    #[serde(default)]
    show: bool,
}

fn ok() -> u16 {
    200
}

/// Reads a record. `earlier`: those that it may name in `like`.
pub(super) fn read(key: &str, text: &str, earlier: &[Scheme]) -> Result<Scheme, RecordError> {
    let options = serde_saphyr::options! { with_snippet: false };
    let text: Text =
        serde_saphyr::from_str_with_options(text, options).map_err(|e| RecordError::Text(e.to_string()))?;
    let like = text.like.as_ref().map(|like| {
        earlier
            .iter()
            .find(|scheme| scheme.key == *like)
            .cloned()
            .ok_or_else(|| RecordError::Text(format!("no {like}")))
    });
    let base = like.transpose()?.unwrap_or_else(common);
    let (signature, every) = match &text.signature {
        Some(places) => (all_places(places)?, places.contains('&')),
        None => (base.signature, base.every),
    };
    Ok(Scheme {
        key: key.to_owned(),
        name: text.name,
        words: text.words,
        group: text.group,
        source: text.source,
        checked: text.checked,
        certainty: text.certainty,
        agent: text.agent,
        marks: text.marks.unwrap_or_default(),
        telling: text.telling.unwrap_or(true),
        algo: text.algo.unwrap_or(base.algo),
        key_reading: text.key.map_or(base.key_reading, |key| KeyReading { encoding: key.encoding, strip: key.strip }),
        signed: text.signed.map_or(Ok(base.signed), |template| parts(&template))?,
        signature,
        every,
        parse: text.form.map_or(Ok(base.parse), parse)?,
        encoding: text.encoding.unwrap_or(base.encoding),
        fixed: text.fixed.unwrap_or(base.fixed),
        url: text.url.unwrap_or(base.url),
        timestamp: text.timestamp.map(timestamp).transpose()?.or(base.timestamp),
        id: text.id.map(id).transpose()?.or(base.id),
        event: text.event.map_or(Ok(base.event), event)?,
        silent: text.silent.unwrap_or(base.silent),
        handshakes: match text.handshakes {
            Some(all) => all.into_iter().map(handshake).collect::<Result<_, _>>()?,
            None => base.handshakes,
        },
    })
}

/// What a record is where it says nothing.
fn common() -> Scheme {
    Scheme {
        key: String::new(),
        name: String::new(),
        words: String::new(),
        group: SchemeGroup::Generic,
        source: String::new(),
        checked: String::new(),
        certainty: SchemeCertainty::Secondary,
        agent: None,
        marks: Vec::new(),
        telling: true,
        algo: Algo::HmacSha256,
        key_reading: KeyReading::raw(),
        signed: vec![Part::Body],
        signature: Vec::new(),
        every: false,
        parse: Parse::Prefix(String::new()),
        encoding: Encoding::Hex,
        fixed: Vec::new(),
        url: UrlForm::Plain,
        timestamp: None,
        id: None,
        event: EventRule::default(),
        silent: Vec::new(),
        handshakes: Vec::new(),
    }
}

fn place(text: &str) -> Result<Selector, RecordError> {
    let text = text.trim();
    let (kind, name) = text.split_once(':').ok_or_else(|| RecordError::Place(text.to_owned()))?;
    let name = name.to_owned();
    match kind {
        "header" => Ok(Selector::Header(name)),
        "sig" => Ok(Selector::Sig(name)),
        "json" => Ok(Selector::Json(name)),
        "form" => Ok(Selector::Form(name)),
        "query" => Ok(Selector::Query(name)),
        _ => Err(RecordError::Place(text.to_owned())),
    }
}

fn all_places(text: &str) -> Result<Vec<Selector>, RecordError> {
    text.split(['|', '&']).map(place).collect()
}

fn timestamp(text: TimeText) -> Result<TimestampRule, RecordError> {
    let tolerance = Tolerance { past: text.past, future: text.future };
    Ok(TimestampRule { from: all_places(&text.from)?, unit: text.unit, tolerance })
}

fn id(text: IdText) -> Result<IdRule, RecordError> {
    Ok(IdRule { from: all_places(&text.from)?, required: text.required, window_hours: text.hours })
}

fn event(text: EventText) -> Result<EventRule, RecordError> {
    Ok(EventRule { from: all_places(&text.from)?, then: text.then.as_deref().map(place).transpose()? })
}

fn parse(text: FormText) -> Result<Parse, RecordError> {
    let Some(pick) = text.pick else {
        return Ok(if text.any_case { Parse::AnyCasePrefix(text.prefix) } else { Parse::Prefix(text.prefix) });
    };
    let one = |text: Option<String>| {
        let mut chars = text?.chars().collect::<Vec<_>>().into_iter();
        chars.next().filter(|_| chars.next().is_none())
    };
    match (one(text.split), one(text.kv)) {
        (Some(split), Some(kv)) => Ok(Parse::List { split, kv, pick }),
        _ => Err(RecordError::List),
    }
}

/// `{timestamp}.{body}` in pieces.
fn parts(template: &str) -> Result<Vec<Part>, RecordError> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        let (name, after) = behind.split_once('}').ok_or_else(|| RecordError::Part(behind.to_owned()))?;
        parts.push(match name {
            "body" => Part::Body,
            "timestamp" => Part::Timestamp,
            "id" => Part::Id,
            "method" => Part::Method,
            "url" => Part::Url,
            "payload" => Part::Payload,
            "form_sorted" => Part::FormSorted,
            "secret" => Part::Secret,
            other => match other.strip_prefix("json:") {
                Some(pointer) => Part::Json(pointer.to_owned()),
                None => return Err(RecordError::Part(other.to_owned())),
            },
        });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

fn handshake(text: HandshakeText) -> Result<Handshake, RecordError> {
    let condition = |text: &String| {
        let (at, is) = text.split_once('=').map_or((text.as_str(), None), |(at, is)| (at, Some(is.to_owned())));
        Ok(Condition { place: place(at)?, is })
    };
    Ok(Handshake {
        method: text.method,
        when: text.when.iter().map(condition).collect::<Result<_, _>>()?,
        verify_first: text.verify_first,
        status: text.status,
        kind: text.kind,
        body: pieces(&text.body)?,
        echo: text.echo,
        token: text.token.as_deref().map(place).transpose()?,
        learn: text.learn.as_deref().map(place).transpose()?,
        show: text.show,
    })
}

/// `{json:/challenge}` and the like in pieces; every other brace is the answer's own.
fn pieces(template: &str) -> Result<Vec<Piece>, RecordError> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, behind) = (&rest[..at], &rest[at + 1..]);
        plain.push_str(before);
        let named = behind.split_once('}').filter(|(name, _)| {
            ["json:", "query:", "header:", "form:", "hmac_hex:"].iter().any(|kind| name.starts_with(kind))
        });
        let Some((name, after)) = named else {
            plain.push('{');
            rest = behind;
            continue;
        };
        if !plain.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
        }
        pieces.push(match name.strip_prefix("hmac_hex:") {
            Some(of) => Piece::HmacHex(place(of)?),
            None => Piece::Value(place(name)?),
        });
        rest = after;
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}
