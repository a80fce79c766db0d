//! What a record's selectors find in a request.

use std::borrow::Cow;

use super::format::{self, Candidates};
use super::pointer;
use super::scheme::{Part, Scheme, Selector};
use super::timestamp;
use super::verify::{Rejected, SignedRequest};
use super::words::count;
use crate::clock::UnixMs;
use crate::delivery::ReasonCode;
use crate::receive::Headers;

/// Longer ids are not kept: they are the key of the duplicate check, not a document.
pub(super) const MAX_ID_BYTES: usize = 512;

/// Longer event names are not kept.
const MAX_EVENT_BYTES: usize = 256;

/// A time as it was sent and as it was understood.
#[derive(Debug)]
pub(super) struct Sent<'r> {
    /// The text, which is what is signed.
    pub text: Cow<'r, str>,
    /// What it means.
    pub at: UnixMs,
}

/// A header of the proof that occurs twice is ambiguous, whatever its values (`trust.md` T02).
pub(super) fn once(scheme: &Scheme, headers: &Headers) -> Result<(), Rejected> {
    for name in scheme.headers() {
        let times = headers.all(name).count();
        if times > 1 {
            let words = format!("{name} occurs {}; it must occur once", count(times as u64, "time"));
            return Err(Rejected::new(ReasonCode::RepeatedHeader, words));
        }
    }
    Ok(())
}

/// The signature's text: the first of the scheme's places that is there and not empty.
pub(super) fn signature<'r>(scheme: &Scheme, request: &SignedRequest<'r>) -> Result<Cow<'r, [u8]>, Rejected> {
    let name = scheme.signature_name();
    let missing = |what: &str| Rejected::new(ReasonCode::SignatureMissing, format!("the header {name} is {what}"));
    let found = scheme.signature.iter().find_map(|place| match place {
        Selector::Header(name) => request.headers.first(name).map(Cow::Borrowed),
        Selector::Json(pointer) => pointer::scalar(request.body, pointer).map(|text| Cow::Owned(text.into_bytes())),
        Selector::Sig(_) => None,
    });
    match found {
        None => Err(missing("missing")),
        Some(value) if value.trim_ascii().is_empty() => Err(missing("empty")),
        Some(value) => Ok(value),
    }
}

/// The signature's text taken apart.
pub(super) fn candidates<'h>(scheme: &Scheme, signature: &'h [u8]) -> Result<Candidates<'h>, Rejected> {
    let found =
        format::candidates(scheme, signature).map_err(|words| Rejected::new(ReasonCode::SignatureMalformed, words))?;
    for key in scheme.timestamp.iter().flat_map(|rule| &rule.from) {
        if let Selector::Sig(key) = key
            && found.items.iter().filter(|(k, _)| k == key).count() > 1
        {
            let words = format!("{} has more than one {key}", scheme.signature_name());
            return Err(Rejected::new(ReasonCode::SignatureMalformed, words));
        }
    }
    Ok(found)
}

/// The time, where the scheme has one.
pub(super) fn time<'r>(
    scheme: &Scheme,
    request: &SignedRequest<'r>,
    candidates: &Candidates<'r>,
) -> Result<Option<Sent<'r>>, Rejected> {
    let Some(rule) = &scheme.timestamp else { return Ok(None) };
    let invalid = |words: String| Rejected::new(ReasonCode::TimestampInvalid, words);
    let text = first(&rule.from, request, Some(candidates)).ok_or_else(|| {
        let name = rule.from.first().map_or("timestamp", Selector::name);
        invalid(format!("the timestamp {name} is missing"))
    })?;
    let at = timestamp::parse(&text, rule.unit).map_err(invalid)?;
    Ok(Some(Sent { text, at }))
}

/// The event id, where the scheme has one and the request too. Too long or not text counts as none.
pub(super) fn id<'r>(scheme: &Scheme, request: &SignedRequest<'r>) -> Option<Cow<'r, str>> {
    let rule = scheme.id.as_ref()?;
    first(&rule.from, request, None).filter(|id| !id.trim().is_empty() && id.len() <= MAX_ID_BYTES)
}

/// The refusal of a delivery without the id that its scheme demands.
pub(super) fn id_missing(scheme: &Scheme) -> Rejected {
    let name = scheme.id.as_ref().and_then(|rule| rule.from.first()).map_or("event id", Selector::name);
    Rejected::new(
        ReasonCode::EventIdMissing,
        format!("the event id {name} is missing, empty, or over {MAX_ID_BYTES} bytes"),
    )
}

/// The event's name, where there is one.
pub(super) fn event(scheme: &Scheme, request: &SignedRequest<'_>) -> Option<String> {
    let mut event = first(&scheme.event.from, request, None)?.into_owned();
    if let Some(more) = scheme.event.then.as_ref().and_then(|place| value(place, request, None)) {
        event.push('.');
        event.push_str(&more);
    }
    Some(event).filter(|event| !event.is_empty() && event.len() <= MAX_EVENT_BYTES)
}

/// What is signed, in its order. No copy of the body is made.
pub(super) fn signed<'a>(
    scheme: &'a Scheme,
    request: &SignedRequest<'a>,
    time: &'a str,
    id: &'a str,
) -> impl Iterator<Item = &'a [u8]> {
    let SignedRequest { method, url, body, .. } = *request;
    scheme.signed.iter().map(move |part| match part {
        Part::Text(text) => text.as_bytes(),
        Part::Body => body,
        Part::Timestamp => time.as_bytes(),
        Part::Id => id.as_bytes(),
        Part::Method => method.as_bytes(),
        Part::Url => url.as_bytes(),
    })
}

fn first<'r>(
    places: &[Selector],
    request: &SignedRequest<'r>,
    candidates: Option<&Candidates<'r>>,
) -> Option<Cow<'r, str>> {
    places.iter().find_map(|place| value(place, request, candidates))
}

pub(super) fn value<'r>(
    place: &Selector,
    request: &SignedRequest<'r>,
    candidates: Option<&Candidates<'r>>,
) -> Option<Cow<'r, str>> {
    match place {
        Selector::Header(name) => request.headers.text(name).map(Cow::Borrowed),
        Selector::Sig(key) => candidates.and_then(|found| found.item(key)).map(Cow::Borrowed),
        Selector::Json(pointer) => pointer::scalar(request.body, pointer).map(Cow::Owned),
    }
}
