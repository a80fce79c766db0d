//! From a record's fields to a [`Scheme`].

use super::fields::{SchemeEvent, SchemeForm, SchemeHandshake, SchemeId, SchemeRecord, SchemeTime};
use super::template::{parts, pieces};
use super::{RecordError, places::*};
use crate::api::triggers::{SchemeCertainty, SchemeGroup};
use crate::authenticate::handshake::{Condition, Handshake};
use crate::authenticate::scheme::{
    Algo, Encoding, EventRule, IdRule, KeyReading, Parse, Part, Scheme, TimestampRule, Tolerance, UrlForm,
};

const LISTS: &str = "write {split: \",\", kv: \"=\", pick: v1}";

/// The scheme that a record means. `earlier`: those that it may name in `like`.
pub fn scheme_of(key: &str, record: SchemeRecord, earlier: &[Scheme]) -> Result<Scheme, RecordError> {
    let base = match &record.like {
        None => common(),
        Some(like) => earlier.iter().find(|scheme| scheme.key == *like).cloned().ok_or_else(|| {
            RecordError::new("like", format!("there is no scheme {like:?}"), "name a shipped scheme, or leave it out")
        })?,
    };
    let (signature, every) = match &record.signature {
        Some(text) => (all_places("signature", text)?, text.contains('&')),
        None => (base.signature, base.every),
    };
    let mut scheme = Scheme {
        key: key.to_owned(),
        name: record.name,
        words: record.words.unwrap_or_default(),
        group: record.group.unwrap_or(SchemeGroup::Own),
        source: record.source.unwrap_or_default(),
        checked: record.checked.unwrap_or_default(),
        certainty: record.certainty.unwrap_or(SchemeCertainty::Own),
        agent: record.agent,
        marks: record.marks.unwrap_or_default(),
        telling: record.telling.unwrap_or(true),
        algo: record.algo.unwrap_or(base.algo),
        key_reading: record.key.map_or(base.key_reading, |key| KeyReading { encoding: key.encoding, strip: key.strip }),
        signed: record.signed.map_or(Ok(base.signed), |text| parts(&text))?,
        signature,
        every,
        parse: record.form.map_or(Ok(base.parse), parse)?,
        encoding: record.encoding.unwrap_or(base.encoding),
        fixed: record.fixed.unwrap_or(base.fixed),
        url: record.url.unwrap_or(base.url),
        timestamp: record.timestamp.map(timestamp).transpose()?.or(base.timestamp),
        id: record.id.map(id).transpose()?.or(base.id),
        event: record.event.map_or(Ok(base.event), event)?,
        silent: record.silent.unwrap_or(base.silent),
        bare: record.bare.unwrap_or(base.bare),
        handshakes: match record.handshakes {
            Some(all) => all.into_iter().enumerate().map(handshake).collect::<Result<_, _>>()?,
            None => base.handshakes,
        },
    };
    if scheme.words.trim().is_empty() {
        scheme.words = scheme.told();
    }
    Ok(scheme)
}

/// What a record is where it says nothing.
pub(super) fn common() -> Scheme {
    Scheme {
        key: String::new(),
        name: String::new(),
        words: String::new(),
        group: SchemeGroup::Own,
        source: String::new(),
        checked: String::new(),
        certainty: SchemeCertainty::Own,
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
        bare: false,
        handshakes: Vec::new(),
    }
}

fn timestamp(text: SchemeTime) -> Result<TimestampRule, RecordError> {
    let tolerance = Tolerance { past: text.past, future: text.future };
    Ok(TimestampRule { from: all_places("timestamp.from", &text.from)?, unit: text.unit, tolerance })
}

fn id(text: SchemeId) -> Result<IdRule, RecordError> {
    let required = text.required.unwrap_or_default();
    Ok(IdRule { from: all_places("id.from", &text.from)?, required, window_hours: text.hours })
}

fn event(text: SchemeEvent) -> Result<EventRule, RecordError> {
    let then = text.then.as_deref().map(|text| place("event.then", text)).transpose()?;
    Ok(EventRule { from: all_places("event.from", &text.from)?, then })
}

fn parse(text: SchemeForm) -> Result<Parse, RecordError> {
    let Some(pick) = text.pick else {
        if text.split.is_some() || text.kv.is_some() {
            return Err(RecordError::new("form.pick", "a list says which of its items are signatures", LISTS));
        }
        let prefix = text.prefix.unwrap_or_default();
        return Ok(if text.any_case == Some(true) { Parse::AnyCasePrefix(prefix) } else { Parse::Prefix(prefix) });
    };
    if text.prefix.is_some_and(|prefix| !prefix.is_empty()) {
        return Err(RecordError::new("form.prefix", "a list has no prefix", "leave prefix out, or pick"));
    }
    let one = |field: &str, text: Option<String>| {
        let mut chars = text.iter().flat_map(|text| text.chars());
        chars.next().filter(|_| chars.next().is_none()).ok_or_else(|| {
            let found = text.as_deref().unwrap_or_default();
            RecordError::new(&format!("form.{field}"), format!("{field} is {found:?}, not one character"), LISTS)
        })
    };
    Ok(Parse::List { split: one("split", text.split)?, kv: one("kv", text.kv)?, pick })
}

fn handshake((index, text): (usize, SchemeHandshake)) -> Result<Handshake, RecordError> {
    let field = |name: &str| format!("handshakes.{index}.{name}");
    let condition = |text: &String| {
        let (at, is) = text.split_once('=').map_or((text.as_str(), None), |(at, is)| (at, Some(is.to_owned())));
        Ok(Condition { place: place(&field("when"), at)?, is })
    };
    let at = |name: &str, text: Option<String>| text.map(|text| place(&field(name), &text)).transpose();
    Ok(Handshake {
        method: text.method,
        when: text.when.iter().map(condition).collect::<Result<_, _>>()?,
        verify_first: text.verify_first,
        status: text.status,
        kind: text.kind.unwrap_or_default(),
        body: pieces(&field("body"), &text.body.unwrap_or_default())?,
        echo: text.echo,
        token: at("token", text.token)?,
        learn: at("learn", text.learn)?,
        show: text.show.unwrap_or_default(),
    })
}
