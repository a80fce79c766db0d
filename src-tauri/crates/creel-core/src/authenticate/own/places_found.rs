//! Where a scheme finds its values in a request: what the editor's live test shows beside the nine steps.

use crate::api::schemes::PlaceFound;
use crate::authenticate::read;
use crate::authenticate::scheme::{Part, Scheme, Selector};
use crate::authenticate::verify::SignedRequest;

/// Characters of a value that are shown: enough to recognise it.
const SHOWN: usize = 120;

/// Every place of the scheme with what stands there, in the order of the check. A secret that is sent is not shown.
pub fn places(scheme: &Scheme, request: &SignedRequest<'_>) -> Vec<PlaceFound> {
    let signature = read::signatures(scheme, request).ok();
    let candidates = signature.as_ref().and_then(|texts| read::candidates(scheme, texts).ok());
    let found = |what: &str, place: &Selector| {
        let value = read::value(place, request, candidates.as_ref()).map(|text| shown(&text));
        PlaceFound { what: what.to_owned(), place: place.to_string(), value }
    };
    let hidden = |place: PlaceFound| match scheme.sends_secret() {
        true => PlaceFound { value: place.value.map(|_| "••••".to_owned()), ..place },
        false => place,
    };
    let signature = scheme.signature.iter().map(|place| hidden(found("signature", place)));
    let time = scheme.timestamp.iter().flat_map(|rule| &rule.from).map(|place| found("time", place));
    let id = scheme.id.iter().flat_map(|rule| &rule.from).map(|place| found("event id", place));
    let event = scheme.event.from.iter().chain(&scheme.event.then).map(|place| found("event", place));
    let signed = scheme.signed.iter().filter_map(|part| match part {
        Part::Json(pointer) => Some(found("signed value", &Selector::Json(pointer.clone()))),
        _ => None,
    });
    signature.chain(time).chain(id).chain(event).chain(signed).collect()
}

fn shown(text: &str) -> String {
    let cut: String = text.chars().take(SHOWN).collect();
    if cut.len() < text.len() { cut + "…" } else { cut }
}
