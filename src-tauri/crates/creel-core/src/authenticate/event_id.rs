//! An event under another id: where the scheme's id stands inside the body, it is changed there and nothing else is.

use super::pointer;
use super::read;
use super::scheme::{Part, Scheme, Selector};
use super::verify::SignedRequest;

/// The id of the event, where the scheme has one and the request too.
pub fn event_id(scheme: &Scheme, request: &SignedRequest<'_>) -> Option<String> {
    read::id(scheme, request).map(Into::into)
}

/// `body` with `id` in the place where the scheme keeps it; all other bytes stay. `None`: the scheme keeps its id in a
/// header, or this body has no such place.
pub fn with_event_id(scheme: &Scheme, body: &[u8], id: &str) -> Option<Vec<u8>> {
    let pointer = match scheme.id.as_ref()?.from.first()? {
        Selector::Json(pointer) => pointer,
        Selector::Header(_) | Selector::Sig(_) | Selector::Form(_) | Selector::Query(_) => return None,
    };
    let place = pointer::place(body, pointer)?;
    let quoted = serde_json::to_string(id).ok()?;
    Some([&body[..place.start], quoted.as_bytes(), &body[place.end..]].concat())
}

impl Scheme {
    /// Whether the signature covers the event id: it cannot be changed without signing anew.
    pub fn signs_id(&self) -> bool {
        let in_body = |place: &Selector| matches!(place, Selector::Json(_));
        self.signed.contains(&Part::Id) || self.id.as_ref().is_some_and(|rule| rule.from.iter().any(in_body))
    }

    /// The headers that carry the proof itself, signature and time, without the event id.
    pub fn proof_headers(&self) -> impl Iterator<Item = &str> {
        let times = self.timestamp.iter().flat_map(|rule| &rule.from);
        self.signature.iter().chain(times).filter_map(Selector::header)
    }

    /// The header in which a sender of this scheme writes the event id.
    pub fn id_header(&self) -> Option<&str> {
        self.id.as_ref()?.from.first()?.header()
    }

    /// The header in which a sender of this scheme writes the event's name.
    pub fn event_header(&self) -> Option<&str> {
        self.event.from.first()?.header()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::with_event_id;
    use crate::authenticate::schemes::find;

    #[test]
    fn only_the_id_changes_in_a_body() {
        let stripe = find("stripe").unwrap();
        let body = b"{ \"object\":\"event\" ,\n  \"id\" : \"evt_old\", \"n\": 1.50, \"data\": {\"id\":\"ch_1\"} }";
        let changed = with_event_id(stripe, body, "evt_new\"").unwrap();
        let expected =
            "{ \"object\":\"event\" ,\n  \"id\" : \"evt_new\\\"\", \"n\": 1.50, \"data\": {\"id\":\"ch_1\"} }";
        assert_eq!(String::from_utf8(changed).unwrap(), expected);
        assert_eq!(with_event_id(stripe, b"{\"a\":1}", "x"), None, "no place for it");
        assert_eq!(with_event_id(stripe, b"a=1", "x"), None, "no JSON");
        assert_eq!(with_event_id(find("github").unwrap(), body, "x"), None, "GitHub's is in a header");
    }

    #[test]
    fn a_signed_id_is_known_as_one() {
        for (key, expected) in [("github", false), ("stripe", true), ("slack", true), ("standard-webhooks", true)] {
            assert_eq!(find(key).unwrap().signs_id(), expected, "{key}");
        }
    }
}
