//! What a record's selectors find in a request.

use std::borrow::Cow;

use super::address;
use super::form;
use super::format::{self, Candidates};
use super::pointer;
use super::rsa;
use super::scheme::{Part, Scheme, Selector};
use super::timestamp;
use super::verify::{Rejected, SignedRequest};
use super::words::{count, quoted};
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

/// A header that always says the same and says something else: another version, another algorithm.
pub(super) fn fixed(scheme: &Scheme, headers: &Headers) -> Result<(), Rejected> {
    for (name, expected) in &scheme.fixed {
        let found = headers.text(name).unwrap_or_default();
        if !found.trim().eq_ignore_ascii_case(expected) {
            let words = format!("{name} is {}, not {}", quoted(found), quoted(expected));
            return Err(Rejected::new(ReasonCode::SignatureMalformed, words));
        }
    }
    Ok(())
}

/// The signature's texts: the first of the scheme's places that is there and not empty, or all of them.
pub(super) fn signatures<'r>(scheme: &Scheme, request: &SignedRequest<'r>) -> Result<Vec<Cow<'r, [u8]>>, Rejected> {
    let name = scheme.signature_name();
    let place = match scheme.signature.first() {
        Some(Selector::Json(_) | Selector::Form(_)) => "the field",
        Some(Selector::Query(_)) => "the parameter",
        _ => "the header",
    };
    let missing = |what: &str| Rejected::new(ReasonCode::SignatureMissing, format!("{place} {name} is {what}"));
    let bytes = |place: &Selector| match place {
        Selector::Header(name) => request.headers.first(name).map(Cow::Borrowed),
        Selector::Sig(_) => None,
        place => value(place, request, None).map(|text| Cow::Owned(text.into_owned().into_bytes())),
    };
    let most = if scheme.every { format::MAX_CANDIDATES } else { 1 };
    let found: Vec<_> = scheme.signature.iter().filter_map(bytes).take(most).collect();
    if found.is_empty() {
        return Err(missing("missing"));
    }
    let filled: Vec<_> = found.into_iter().filter(|value| !value.trim_ascii().is_empty()).collect();
    if filled.is_empty() { Err(missing("empty")) } else { Ok(filled) }
}

/// The signatures' texts taken apart.
pub(super) fn candidates<'h>(scheme: &Scheme, signatures: &'h [Cow<'_, [u8]>]) -> Result<Candidates<'h>, Rejected> {
    let malformed = |words: String| Rejected::new(ReasonCode::SignatureMalformed, words);
    let mut found = Candidates { digests: Vec::new(), items: Vec::new() };
    let mut wrong = None;
    for signature in signatures {
        match format::candidates(scheme, signature) {
            Ok(more) => {
                found.digests.extend(more.digests);
                found.items.extend(more.items);
            }
            Err(words) => wrong = Some(words),
        }
    }
    if let Some(words) = wrong.filter(|_| found.digests.is_empty()) {
        return Err(malformed(words));
    }
    for key in scheme.timestamp.iter().flat_map(|rule| &rule.from) {
        if let Selector::Sig(key) = key
            && found.items.iter().filter(|(k, _)| k == key).count() > 1
        {
            return Err(malformed(format!("{} has more than one {key}", scheme.signature_name())));
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

/// The event's name, where there is one. What a form brings in its field `payload` is read as the body would be: GitHub's
/// and Slack's forms.
pub(super) fn event(scheme: &Scheme, request: &SignedRequest<'_>) -> Option<String> {
    let payload = form::payload(request.headers, request.body);
    let inner = SignedRequest { body: payload.as_deref().unwrap_or(request.body), ..*request };
    let place = |place: &Selector| match place {
        Selector::Json(_) => value(place, &inner, None),
        place => value(place, request, None),
    };
    let mut event = scheme.event.from.iter().find_map(place)?.into_owned();
    if let Some(more) = scheme.event.then.as_ref().and_then(place) {
        event.push('.');
        event.push_str(&more);
    }
    Some(event).filter(|event| !event.is_empty() && event.len() <= MAX_EVENT_BYTES)
}

/// What of a request is put between the parts that it holds itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Between<'a> {
    /// The timestamp's text.
    pub time: &'a str,
    /// The id's text.
    pub id: &'a str,
    /// The address that is on file.
    pub url: &'a str,
    /// The key, where its text is signed too.
    pub key: &'a [u8],
}

/// What a scheme signs, in its order. No copy of the body is made.
pub(super) fn signed<'a>(scheme: &'a Scheme, request: &SignedRequest<'a>, between: Between<'a>) -> Vec<Cow<'a, [u8]>> {
    parts(&scheme.signed, request, between)
}

/// The same of any parts.
pub(super) fn parts<'a>(parts: &'a [Part], request: &SignedRequest<'a>, between: Between<'a>) -> Vec<Cow<'a, [u8]>> {
    let SignedRequest { method, headers, body, .. } = *request;
    let part = |part: &'a Part| match part {
        Part::Text(text) => Cow::Borrowed(text.as_bytes()),
        Part::Body => Cow::Borrowed(body),
        Part::Timestamp => Cow::Borrowed(between.time.as_bytes()),
        Part::Id => Cow::Borrowed(between.id.as_bytes()),
        Part::Method => Cow::Borrowed(method.as_bytes()),
        Part::Url => Cow::Borrowed(between.url.as_bytes()),
        Part::Secret => Cow::Borrowed(between.key),
        Part::Payload => form::payload(headers, body).map_or(Cow::Borrowed(body), Cow::Owned),
        Part::FormSorted => Cow::Owned(form::sorted(headers, body)),
        Part::Fields(names) => Cow::Owned(fields(body, names)),
        Part::Crc32 => Cow::Owned(crc32fast::hash(body).to_string().into_bytes()),
        Part::Label => Cow::Borrowed(rsa::label(between.key)),
        Part::Json(pointer) => Cow::Owned(pointer::scalar(body, pointer).unwrap_or_default().into_bytes()),
    };
    parts.iter().map(part).collect()
}

/// The fields that are there, by their names at the top of the body.
fn fields(body: &[u8], names: &[String]) -> Vec<u8> {
    let line = |name: &String| Some(format!("{name}\n{}\n", pointer::scalar(body, &format!("/{name}"))?));
    names.iter().filter_map(line).collect::<String>().into_bytes()
}

/// The addresses that a sender may have on file; a single empty one where none is signed.
pub(super) fn urls(scheme: &Scheme, request: &SignedRequest<'_>) -> Vec<String> {
    if scheme.signs_url() { address::on_file(scheme.url, request) } else { vec![String::new()] }
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
        Selector::Form(name) => form::field(request.headers, request.body, name).map(Cow::Owned),
        Selector::Query(name) => form::parameter(request.url, name).map(Cow::Owned),
    }
}
