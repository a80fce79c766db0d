//! Form bodies and queries, read only where a scheme signs what is in them.

use std::collections::{BTreeMap, BTreeSet};

use url::form_urlencoded;

use crate::receive::Headers;

/// More fields than any sender's form has. Sorting a form of a million fields would be work for free (`trust.md` T34).
const MOST_FIELDS: usize = 1_000;

/// Whether the body says that it is a form.
pub(super) fn is_form(headers: &Headers) -> bool {
    let kind = headers.text("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The first field `name` of a form.
pub(super) fn field(headers: &Headers, body: &[u8], name: &str) -> Option<String> {
    let fields = is_form(headers).then(|| form_urlencoded::parse(body).take(MOST_FIELDS))?;
    fields.into_iter().find(|(own, _)| own == name).map(|(_, value)| value.into_owned())
}

/// The field `payload` of a form, as bytes.
pub(super) fn payload(headers: &Headers, body: &[u8]) -> Option<Vec<u8>> {
    field(headers, body, "payload").map(String::into_bytes)
}

/// Every field by name, name and value one after the other; of a repeated one each value once, in order. Nothing where
/// the body is no form. A form of too many fields stays as it is, which nobody signs. Source: twilio/twilio-node src/webhooks/webhooks.ts.
pub(super) fn sorted(headers: &Headers, body: &[u8]) -> Vec<u8> {
    if !is_form(headers) {
        return Vec::new();
    }
    if body.iter().filter(|&&b| b == b'&').count() >= MOST_FIELDS {
        return body.to_vec();
    }
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        fields.entry(name.into_owned()).or_default().insert(value.into_owned());
    }
    let written = fields.iter().flat_map(|(name, values)| values.iter().flat_map(move |value| [name, value]));
    written.flat_map(|text| text.bytes()).collect()
}

/// The first parameter `name` of an address's query.
pub(super) fn parameter(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?')?.1.split('#').next()?;
    let mut found = form_urlencoded::parse(query.as_bytes()).take(MOST_FIELDS);
    found.find(|(own, _)| own == name).map(|(_, value)| value.into_owned())
}
