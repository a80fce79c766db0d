//! What templates and filters can name: the roots, and the way from a path to a value.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::payload;
use super::pluck::pluck;
use crate::clock::UnixMs;
use crate::headers::is_credential;
use crate::raw_json::RawJson;
use crate::receive::Headers;

/// What every path begins with.
pub const ROOTS: [&str; 6] = ["payload", "headers", "event", "delivery", "trigger", "webhook"];

/// The facts behind a scope, as the pipeline or the store has them.
#[derive(Clone, Copy, Debug)]
pub struct ScopeOf<'a> {
    /// `dlv_…`
    pub delivery_id: &'a str,
    /// When the last byte was there.
    pub received_at: UnixMs,
    /// As sent.
    pub method: &'a str,
    /// Path without query, as sent.
    pub path: &'a str,
    /// `github`
    pub source: &'a str,
    /// `pull_request.opened`
    pub event: Option<&'a str>,
    /// The sender's id of it.
    pub event_id: Option<&'a str>,
    /// As received.
    pub headers: &'a Headers,
    /// As received. It is parsed when the first path asks for it, and once.
    pub body: &'a Bytes,
    /// `trg_…`
    pub trigger_id: &'a str,
    /// The trigger's name.
    pub trigger_name: &'a str,
}

/// One delivery as templates and filters see it.
#[derive(Debug)]
pub struct Scope<'a> {
    of: ScopeOf<'a>,
    payload: OnceLock<Value>,
    plucked: Cell<u8>,
    more: Map<String, Value>,
}

/// Paths that are looked up in the bytes; after so many parsing the body once is less work.
const PLUCKED: u8 = 3;

impl<'a> Scope<'a> {
    /// A scope over these facts. Nothing is parsed yet.
    pub fn new(of: ScopeOf<'a>) -> Self {
        Self { of, payload: OnceLock::new(), plucked: Cell::new(0), more: Map::new() }
    }

    /// The same scope with further roots: the variables of a pipeline and the outputs of its steps.
    pub fn with(mut self, more: Map<String, Value>) -> Self {
        self.more = more;
        self
    }

    /// The same delivery with these further roots and no others.
    pub fn beside(&self, more: Map<String, Value>) -> Scope<'a> {
        Scope::new(self.of).with(more)
    }

    /// The header lines as received.
    pub fn headers(&self) -> &'a Headers {
        self.of.headers
    }

    /// Whose scope it is.
    pub fn delivery_id(&self) -> &'a str {
        self.of.delivery_id
    }

    /// When the last byte was there.
    pub fn received_at(&self) -> UnixMs {
        self.of.received_at
    }

    /// The body as received.
    pub fn body(&self) -> &'a Bytes {
        self.of.body
    }

    /// The body: JSON, a form's fields, or text.
    pub fn payload(&self) -> &Value {
        self.payload.get_or_init(|| payload::read(self.of.headers, self.of.body))
    }

    /// The body's own text, where the payload is that JSON.
    pub fn raw_payload(&self) -> Option<RawJson> {
        if payload::is_form(self.of.headers) { None } else { RawJson::of(self.of.body) }
    }

    /// The value at a dotted path, or `None` where there is none. Numbers index arrays; names of headers have any case; a
    /// name that itself holds dots is found too.
    pub fn look(&self, path: &str) -> Option<Cow<'_, Value>> {
        let segments: Vec<&str> = path.split('.').collect();
        let (root, rest) = segments.split_first()?;
        match *root {
            "payload" => self.in_payload(rest),
            "headers" => self.header(rest).map(Cow::Owned),
            "event" => leaf(self.of.event.map(text), rest).map(Cow::Owned),
            "delivery" => member(&self.delivery(), rest),
            "trigger" => member(&self.trigger(), rest),
            "webhook" => self.webhook(rest),
            other => descend(self.more.get(other)?, rest).map(Cow::Borrowed),
        }
    }

    /// The value below the payload: the first few paths without parsing it, which most deliveries never need.
    fn in_payload(&self, rest: &[&str]) -> Option<Cow<'_, Value>> {
        let parsed = self.payload.get().is_some() || rest.is_empty() || self.plucked.get() >= PLUCKED;
        if !parsed && !payload::is_form(self.of.headers) {
            self.plucked.set(self.plucked.get() + 1);
            if let Ok(found) = pluck(self.of.body, rest) {
                return found.map(Cow::Owned);
            }
        }
        descend(self.payload(), rest).map(Cow::Borrowed)
    }

    /// Octipus's names for the same things.
    fn webhook(&self, rest: &[&str]) -> Option<Cow<'_, Value>> {
        match rest.split_first() {
            None => Some(Cow::Owned(Value::Object(Map::from_iter([
                ("body".to_owned(), self.payload().clone()),
                ("headers".to_owned(), self.all_headers()),
                ("path".to_owned(), text(self.of.path)),
                ("method".to_owned(), text(self.of.method)),
            ])))),
            Some((&"body", rest)) => self.in_payload(rest),
            Some((&"headers", rest)) => self.header(rest).map(Cow::Owned),
            Some((&"path", rest)) => leaf(Some(text(self.of.path)), rest).map(Cow::Owned),
            Some((&"method", rest)) => leaf(Some(text(self.of.method)), rest).map(Cow::Owned),
            Some(_) => None,
        }
    }

    /// Everything that `webhook` names, as one object, without the headers that are credentials.
    pub fn context(&self) -> Value {
        let mut webhook = self.webhook(&[]).map(Cow::into_owned).unwrap_or_default();
        if let Some(headers) = webhook["headers"].as_object_mut() {
            headers.retain(|name, _| !is_credential(name));
        }
        Value::Object(Map::from_iter([("webhook".to_owned(), webhook)]))
    }

    fn header(&self, rest: &[&str]) -> Option<Value> {
        if rest.is_empty() {
            return Some(self.all_headers());
        }
        let name = rest.join(".");
        let values: Vec<Cow<'_, str>> = self.of.headers.all(&name).map(String::from_utf8_lossy).collect();
        (!values.is_empty()).then(|| Value::String(values.join(", ")))
    }

    fn all_headers(&self) -> Value {
        let names = self.of.headers.0.iter().map(|(name, _)| name.to_ascii_lowercase());
        Value::Object(names.filter_map(|name| self.header(&[&name]).map(|value| (name, value))).collect())
    }

    fn delivery(&self) -> Value {
        let known = [
            ("id", Some(self.of.delivery_id)),
            ("method", Some(self.of.method)),
            ("path", Some(self.of.path)),
            ("source", Some(self.of.source)),
            ("event_id", self.of.event_id),
        ];
        let mut members: Map<String, Value> =
            known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), text(value?)))).collect();
        members.insert("received_at".to_owned(), Value::String(self.of.received_at.rfc3339()));
        Value::Object(members)
    }

    fn trigger(&self) -> Value {
        let members = [("id", self.of.trigger_id), ("name", self.of.trigger_name)];
        Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), text(value))).collect())
    }
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

fn leaf(value: Option<Value>, rest: &[&str]) -> Option<Value> {
    value.filter(|_| rest.is_empty())
}

fn member(of: &Value, rest: &[&str]) -> Option<Cow<'static, Value>> {
    descend(of, rest).map(|value| Cow::Owned(value.clone()))
}

/// The value below `value`. Names with dots of their own are tried longest last; no place is reached by two ways, so the
/// work is bounded by the document.
pub(crate) fn descend<'v>(value: &'v Value, segments: &[&str]) -> Option<&'v Value> {
    let Some((first, rest)) = segments.split_first() else { return Some(value) };
    match value {
        Value::Array(items) => {
            let number = first.bytes().all(|b| b.is_ascii_digit()).then(|| first.parse::<usize>().ok()).flatten()?;
            descend(items.get(number)?, rest)
        }
        Value::Object(members) => {
            let exact = members.get(*first).and_then(|below| descend(below, rest));
            exact.or_else(|| {
                (2..=segments.len()).find_map(|n| descend(members.get(&segments[..n].join("."))?, &segments[n..]))
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[cfg(test)]
impl<'a> ScopeOf<'a> {
    /// A push that came to `/hooks/a` for the trigger "Deploys".
    pub fn of_a_push(headers: &'a Headers, body: &'a Bytes) -> Self {
        Self {
            delivery_id: "dlv_1",
            received_at: UnixMs(1_795_132_800_123),
            method: "POST",
            path: "/hooks/a",
            source: "github",
            event: Some("push"),
            event_id: None,
            headers,
            body,
            trigger_id: "trg_1",
            trigger_name: "Deploys",
        }
    }
}
