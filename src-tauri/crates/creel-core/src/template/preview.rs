//! A template on a real delivery, part by part: what each becomes, where it came from, what is wrong with it.

use serde_json::Value;

use super::nearest::nearest;
use super::parse::{Span, Template};
use super::render::{MAX_OUTPUT_BYTES, in_place_of, text_of};
use super::scope::{ROOTS, Scope};
use crate::api::preview::{FieldPreview, SpanKind, SpanPreview};
use crate::trigger::MissingPolicy;

/// Beyond so many names no typing mistake is looked for.
const MOST_SIBLINGS: usize = 1000;

/// What `template`, the text of `field`, becomes. The text is what [`Template::render`] makes of it.
pub fn preview(field: &str, template: &Template, scope: &Scope<'_>, missing: MissingPolicy) -> FieldPreview {
    let mut units = Units::of(template.source());
    let spans = template.spans().iter().map(|span| {
        let at = span.at();
        let source = &template.source()[at.clone()];
        SpanPreview { from: units.at(at.start), to: units.at(at.end), ..shown(span, source, scope, missing) }
    });
    let mut spans: Vec<SpanPreview> = spans.collect();
    let rendered = template.render(scope, missing);
    if rendered.cut
        && let Some(last) = spans.last_mut()
    {
        last.note = Some(format!("the text is cut to {} KiB", MAX_OUTPUT_BYTES / 1024));
    }
    bound(&mut spans);
    FieldPreview { field: field.to_owned(), text: rendered.text, spans }
}

fn shown(span: &Span, source: &str, scope: &Scope<'_>, missing: MissingPolicy) -> SpanPreview {
    let of = |kind, text: &str, note| SpanPreview {
        kind,
        text: text.to_owned(),
        from: 0,
        to: 0,
        path: None,
        note,
        did_you_mean: None,
    };
    match span {
        Span::Text(_) => of(SpanKind::Literal, source, None),
        Span::Unclosed(_) => of(SpanKind::Unclosed, source, Some("unclosed {{ is kept as text".to_owned())),
        Span::Placeholder { path, .. } => {
            let value = scope.look(path);
            let shown = match value.as_deref() {
                Some(Value::Null) => of(SpanKind::Null, "", Some(format!("{path} is null → empty"))),
                Some(value) => of(SpanKind::Value, &text_of(value), structure(path, value)),
                None => SpanPreview {
                    did_you_mean: meant(path, scope),
                    ..of(SpanKind::Missing, in_place_of(source, missing), Some(why_missing(path, missing)))
                },
            };
            SpanPreview { path: Some(path.clone()), ..shown }
        }
    }
}

fn structure(path: &str, value: &Value) -> Option<String> {
    match value {
        Value::Object(_) => Some(format!("{path} is an object → compact JSON")),
        Value::Array(_) => Some(format!("{path} is a list → compact JSON")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn why_missing(path: &str, missing: MissingPolicy) -> String {
    let becomes = match missing {
        MissingPolicy::Empty => "empty",
        MissingPolicy::Keep => "stays as it is written",
    };
    let root = path.split('.').next().unwrap_or_default();
    if ROOTS.contains(&root) {
        format!("{path} is missing → {becomes}")
    } else {
        format!("{path} is missing → {becomes}; a path begins with {}", ROOTS.join(", "))
    }
}

/// A path that is there and looks like `path`: its first wrong segment replaced by the nearest sibling, or a root put before it.
pub(crate) fn meant(path: &str, scope: &Scope<'_>) -> Option<String> {
    for root in ["payload", "headers"] {
        let below = format!("{root}.{path}");
        if scope.look(&below).is_some() {
            return Some(below);
        }
    }
    let segments: Vec<&str> = path.split('.').collect();
    let good = (0..segments.len()).take_while(|&n| n == 0 || scope.look(&segments[..n].join(".")).is_some()).last()?;
    let siblings = names(&segments[..good], scope);
    let replaced = nearest(segments[good], siblings.iter().map(String::as_str))?;
    let mut found = [&segments[..good], &[replaced]].concat().join(".");
    let whole = [&[found.as_str()], &segments[good + 1..]].concat().join(".");
    if scope.look(&whole).is_some() {
        found = whole;
    }
    scope.look(&found).is_some().then_some(found)
}

fn names(parent: &[&str], scope: &Scope<'_>) -> Vec<String> {
    if parent.is_empty() {
        return ROOTS.map(str::to_owned).to_vec();
    }
    match scope.look(&parent.join(".")).as_deref() {
        Some(Value::Object(members)) => members.keys().take(MOST_SIBLINGS).cloned().collect(),
        _ => Vec::new(),
    }
}

/// All spans together show no more than the text does.
fn bound(spans: &mut [SpanPreview]) {
    let mut room = MAX_OUTPUT_BYTES;
    for span in spans {
        let end = span.text.floor_char_boundary(room.min(span.text.len()));
        span.text.truncate(end);
        room -= end;
    }
}

/// Counts UTF-16 units up to ever later bytes of a text, as a browser counts them.
struct Units<'t> {
    text: &'t str,
    byte: usize,
    unit: usize,
}

impl<'t> Units<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, byte: 0, unit: 0 }
    }

    fn at(&mut self, byte: usize) -> u32 {
        self.unit += self.text[self.byte..byte].encode_utf16().count();
        self.byte = byte;
        u32::try_from(self.unit).unwrap_or(u32::MAX)
    }
}
