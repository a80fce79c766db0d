//! From a [`Scheme`] back to its record: nothing but what differs from the common case, so that it reads like one.

use super::fields::{SchemeEvent, SchemeForm, SchemeHandshake, SchemeId, SchemeKey, SchemeRecord, SchemeTime};
use super::places::written;
use super::read::common;
use super::template::{answer_text, signed_text};
use crate::authenticate::handshake::{Condition, Handshake};
use crate::authenticate::scheme::{Encoding, EventRule, KeyEncoding, Parse, Scheme, UrlForm};

/// The record of a scheme, complete in itself: it names no other in `like`.
pub fn record_of(scheme: &Scheme) -> SchemeRecord {
    let common = common();
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let unlike = |is: bool| is.then_some(());
    SchemeRecord {
        scheme: None,
        like: None,
        name: scheme.name.clone(),
        group: Some(scheme.group),
        words: some(&scheme.words),
        source: some(&scheme.source),
        checked: some(&scheme.checked),
        certainty: Some(scheme.certainty),
        agent: scheme.agent.clone(),
        marks: Some(scheme.marks.clone()).filter(|marks| !marks.is_empty()),
        telling: unlike(!scheme.telling).map(|()| false),
        algo: Some(scheme.algo),
        key: key(scheme),
        signed: unlike(scheme.signed != common.signed).map(|()| signed_text(&scheme.signed)),
        signature: Some(written(&scheme.signature, if scheme.every { " & " } else { " | " })),
        form: form(&scheme.parse),
        encoding: unlike(scheme.encoding != Encoding::Hex).map(|()| scheme.encoding),
        fixed: Some(scheme.fixed.clone()).filter(|fixed| !fixed.is_empty()),
        url: unlike(scheme.url != UrlForm::Plain).map(|()| scheme.url),
        timestamp: scheme.timestamp.as_ref().map(|rule| SchemeTime {
            from: written(&rule.from, " | "),
            unit: rule.unit,
            past: rule.tolerance.past,
            future: rule.tolerance.future,
        }),
        id: scheme.id.as_ref().map(|rule| SchemeId {
            from: written(&rule.from, " | "),
            required: unlike(rule.required).map(|()| true),
            hours: rule.window_hours,
        }),
        event: event(&scheme.event),
        silent: Some(scheme.silent.clone()).filter(|silent| !silent.is_empty()),
        bare: unlike(scheme.bare).map(|()| true),
        handshakes: Some(scheme.handshakes.iter().map(handshake).collect::<Vec<_>>()).filter(|all| !all.is_empty()),
    }
}

fn key(scheme: &Scheme) -> Option<SchemeKey> {
    let reading = &scheme.key_reading;
    let plain = reading.encoding == KeyEncoding::Utf8 && reading.strip.is_empty();
    (!plain).then(|| SchemeKey { encoding: reading.encoding, strip: reading.strip.clone() })
}

fn form(parse: &Parse) -> Option<SchemeForm> {
    let of = |prefix: &String| SchemeForm { prefix: Some(prefix.clone()), ..SchemeForm::default() };
    match parse {
        Parse::Prefix(prefix) if prefix.is_empty() => None,
        Parse::Prefix(prefix) => Some(of(prefix)),
        Parse::AnyCasePrefix(prefix) => Some(SchemeForm { any_case: Some(true), ..of(prefix) }),
        Parse::List { split, kv, pick } => Some(SchemeForm {
            split: Some(split.to_string()),
            kv: Some(kv.to_string()),
            pick: Some(pick.clone()),
            ..SchemeForm::default()
        }),
    }
}

fn event(rule: &EventRule) -> Option<SchemeEvent> {
    let then = rule.then.as_ref().map(ToString::to_string);
    (!rule.from.is_empty()).then(|| SchemeEvent { from: written(&rule.from, " | "), then })
}

fn handshake(handshake: &Handshake) -> SchemeHandshake {
    let condition = |condition: &Condition| match &condition.is {
        Some(is) => format!("{}={is}", condition.place),
        None => condition.place.to_string(),
    };
    SchemeHandshake {
        method: handshake.method.clone(),
        when: handshake.when.iter().map(condition).collect(),
        verify_first: handshake.verify_first,
        status: handshake.status,
        kind: Some(handshake.kind.clone()).filter(|kind| !kind.is_empty()),
        body: Some(answer_text(&handshake.body)).filter(|body| !body.is_empty()),
        echo: handshake.echo.clone(),
        token: handshake.token.as_ref().map(ToString::to_string),
        learn: handshake.learn.as_ref().map(ToString::to_string),
        show: handshake.show.then_some(true),
    }
}
