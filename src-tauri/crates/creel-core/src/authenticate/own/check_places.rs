//! Places that can never be found, or that are not the sender's to fill.

use http::HeaderName;

use crate::authenticate::record::RecordError;
use crate::authenticate::scheme::{Parse, Part, Scheme, Selector};
use crate::headers::is_of_the_connection;

/// Characters of a place's name.
const NAME_MOST: usize = 200;
/// Segments of a pointer: deeper values are not read (`trust.md` T06).
const DEPTH_MOST: usize = 32;

/// What is wrong with the places of a scheme.
pub fn wrong(scheme: &Scheme) -> Vec<RecordError> {
    let list = matches!(scheme.parse, Parse::List { .. });
    let mut wrong = Vec::new();
    if scheme.signature.is_empty() {
        let hint = "write header: and its name: header:X-Acme-Signature";
        wrong.push(RecordError::new("signature", "the place of the signature is missing", hint));
    }
    let time: &[Selector] = scheme.timestamp.as_ref().map_or(&[], |rule| &rule.from);
    let id: &[Selector] = scheme.id.as_ref().map_or(&[], |rule| &rule.from);
    let event = &scheme.event;
    for (field, places) in [("signature", &scheme.signature[..]), ("timestamp.from", time), ("id.from", id)] {
        wrong.extend(places.iter().filter_map(|place| one(field, place, list && field == "timestamp.from")));
    }
    wrong.extend(event.from.iter().filter_map(|place| one("event.from", place, false)));
    wrong.extend(event.then.iter().filter_map(|place| one("event.then", place, false)));
    let pointers = scheme.signed.iter().filter_map(|part| match part {
        Part::Json(pointer) => Some(Selector::Json(pointer.clone())),
        _ => None,
    });
    wrong.extend(pointers.filter_map(|place| one("signed", &place, false)));
    let names =
        scheme.marks.iter().map(|name| ("marks", name)).chain(scheme.fixed.iter().map(|(name, _)| ("fixed", name)));
    wrong.extend(names.filter_map(|(field, name)| one(field, &Selector::Header(name.clone()), false)));
    for (name, value) in scheme.fixed.iter().filter(|(_, value)| http::HeaderValue::from_str(value).is_err()) {
        wrong.push(RecordError::new(
            "fixed",
            format!("{name} cannot be sent with {value:?}"),
            "write plain ASCII text",
        ));
    }
    for (index, handshake) in scheme.handshakes.iter().enumerate() {
        let field = format!("handshakes.{index}");
        let places =
            handshake.when.iter().map(|condition| &condition.place).chain(&handshake.token).chain(&handshake.learn);
        wrong.extend(places.filter_map(|place| one(&field, place, false)));
        let echo = handshake.echo.iter().map(|name| Selector::Header(name.clone()));
        wrong.extend(echo.filter_map(|place| one(&field, &place, false)));
    }
    wrong
}

fn one(field: &str, place: &Selector, sig_allowed: bool) -> Option<RecordError> {
    let bad = |words: String, hint: &str| Some(RecordError::new(field, words, hint));
    let name = place.name();
    let length = name.chars().count();
    if length == 0 {
        return bad(format!("{place} names nothing"), "write its name behind the colon: header:X-Acme-Signature");
    }
    if length > NAME_MOST {
        return bad(format!("{place:.60} has a name of {length} characters"), "write at most 200 characters");
    }
    match place {
        Selector::Header(name) if HeaderName::from_bytes(name.as_bytes()).is_err() => {
            bad(format!("{name:?} is no name of a header"), "write letters, digits and -: X-Acme-Signature")
        }
        Selector::Header(name) if is_of_the_connection(&name.to_ascii_lowercase()) => {
            bad(format!("{name} belongs to the connection, not to the sender"), "name a header of the sender's own")
        }
        Selector::Sig(_) if !sig_allowed => bad(
            format!("{place} is an item of the signature's list, which this cannot be"),
            "write header:, json:, form: or query:; sig: is for the time in a list such as t=…,v1=…",
        ),
        Selector::Json(pointer) if !pointer.starts_with('/') => {
            bad(format!("{pointer:?} is no JSON pointer"), "begin it with a slash: json:/event/id")
        }
        Selector::Json(pointer) if pointer.matches('/').count() > DEPTH_MOST => {
            bad(format!("a pointer of {} steps", pointer.matches('/').count()), "write at most 32 steps")
        }
        Selector::Header(_) | Selector::Sig(_) | Selector::Json(_) | Selector::Form(_) | Selector::Query(_) => None,
    }
}
