//! What else senders sign: the common templates, with the times, ids and addresses that a request offers.

use std::borrow::Cow;

use super::case::Case;
use super::found;
use crate::authenticate::{Part, Scheme, signed_parts};

/// A template with its values.
pub(super) struct Rule {
    /// What is signed.
    pub parts: Vec<Part>,
    /// The timestamp's text.
    pub time: String,
    /// The id's text.
    pub id: String,
    /// The address.
    pub url: String,
    /// It is the scheme's own.
    pub own: bool,
    /// The address is another one than what was called.
    pub moved: bool,
    /// What is signed in words: `the timestamp, a dot and the body`.
    pub words: &'static str,
}

type Template = (&'static str, fn() -> Vec<Part>);

fn text(text: &str) -> Part {
    Part::Text(text.to_owned())
}

const TEMPLATES: [Template; 11] = [
    ("the body alone", || vec![Part::Body]),
    ("the timestamp, a dot and the body", || vec![Part::Timestamp, text("."), Part::Body]),
    ("the timestamp, a colon and the body", || vec![Part::Timestamp, text(":"), Part::Body]),
    ("the timestamp and the body", || vec![Part::Timestamp, Part::Body]),
    ("the body and the timestamp", || vec![Part::Body, Part::Timestamp]),
    ("v0, the timestamp and the body, with colons between", || {
        vec![text("v0:"), Part::Timestamp, text(":"), Part::Body]
    }),
    ("the id, the timestamp and the body, with dots between", || {
        vec![Part::Id, text("."), Part::Timestamp, text("."), Part::Body]
    }),
    ("the id, the timestamp and the body", || vec![Part::Id, Part::Timestamp, Part::Body]),
    ("the address and the body", || vec![Part::Url, Part::Body]),
    ("the body and the address", || vec![Part::Body, Part::Url]),
    ("the method, the address, the body and the timestamp", || {
        vec![Part::Method, Part::Url, Part::Body, Part::Timestamp]
    }),
];

/// The scheme's own rule with the values that the request offers, then the others.
pub(super) fn all(case: &Case<'_>) -> Vec<Rule> {
    let own = (OWN, case.scheme.signed.clone(), true);
    let others = TEMPLATES.iter().map(|(words, parts)| (*words, parts(), false));
    let others = others.filter(|(_, parts, _)| *parts != case.scheme.signed);
    let own = std::iter::once(own).filter(|(_, parts, _)| !parts.is_empty());
    own.chain(others).flat_map(|(words, parts, own)| filled(case, words, &parts, own)).collect()
}

const OWN: &str = "what the scheme signs";

fn filled(case: &Case<'_>, words: &'static str, parts: &[Part], own: bool) -> Vec<Rule> {
    let needs = |part: &Part| parts.contains(part);
    let one = |wanted: bool, found: Vec<String>| if wanted { found } else { vec![String::new()] };
    let (time, id) = case.scheme.sent(&case.request);
    let times = one(needs(&Part::Timestamp), first(time, found::times(case.request.headers)));
    let ids = one(needs(&Part::Id), first(id, found::ids(case.request.headers)));
    let here = case.scheme.addresses(&case.request);
    // Where the scheme signs no address, a sender that signs one, and another one than it called, did two things at once.
    let near = here.iter().filter(|_| own).flat_map(|url| moved(url)).filter(|url| !here.contains(url));
    let urls = one(needs(&Part::Url), here.iter().cloned().chain(near).collect());
    let mut rules = Vec::new();
    for time in &times {
        for id in &ids {
            for url in &urls {
                let values = (time.clone(), id.clone(), url.clone());
                let moved = needs(&Part::Url) && !here.contains(url);
                rules.push(Rule {
                    parts: parts.to_vec(),
                    time: values.0,
                    id: values.1,
                    url: values.2,
                    own,
                    moved,
                    words,
                });
            }
        }
    }
    rules
}

/// Addresses that are near: without the query, with a slash more or less, only the path, only the name.
fn moved(url: &str) -> Vec<String> {
    let path = url.split('?').next().unwrap_or(url);
    let name = path.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    let target = url.splitn(4, '/').nth(3).map(|target| format!("/{target}"));
    let slash = match path.strip_suffix('/') {
        Some(without) => without.to_owned(),
        None => format!("{path}/"),
    };
    [Some(path.to_owned()), Some(slash), Some(name.clone()), Some(format!("{name}/")), target]
        .into_iter()
        .flatten()
        .collect()
}

/// What the scheme names comes first; nothing comes twice.
fn first(named: Option<String>, mut found: Vec<String>) -> Vec<String> {
    if let Some(named) = named {
        found.retain(|other| *other != named);
        found.insert(0, named);
    }
    found
}

impl Rule {
    /// The bytes that are signed under `key`, in pieces.
    pub fn message<'a>(&'a self, case: &'a Case<'_>, body: &'a [u8], key: &'a [u8]) -> Vec<Cow<'a, [u8]>> {
        let request = case.with_body(body);
        signed_parts(&self.parts, &request, [&self.time, &self.id, &self.url], key)
    }
}

/// Whether the scheme's arithmetic is one that can be tried with other digests.
pub(super) fn can_be_tried(scheme: &Scheme) -> bool {
    !scheme.has_public_key() && !scheme.sends_secret()
}
