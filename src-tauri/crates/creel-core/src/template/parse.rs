//! A template's text as spans. Every text is a template; nothing here can fail.

use std::ops::Range;

/// A template, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    source: String,
    spans: Vec<Span>,
}

/// A part of a template, with its bytes in the source. The spans of a template follow one another without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Stands for itself.
    Text(Range<usize>),
    /// `{{ path }}`: stands for the value at the path.
    Placeholder {
        /// Where it is, braces included.
        at: Range<usize>,
        /// The path without the spaces around it.
        path: String,
    },
    /// A `{{` that nothing closes, and what follows it: stands for itself, and is worth a word.
    Unclosed(Range<usize>),
}

impl Span {
    /// Where it is in the source, in bytes.
    pub fn at(&self) -> Range<usize> {
        match self {
            Self::Text(at) | Self::Unclosed(at) | Self::Placeholder { at, .. } => at.clone(),
        }
    }
}

impl Template {
    /// Takes `source` apart. Braces around nothing (`{{ }}`) are text.
    pub fn parse(source: impl Into<String>) -> Self {
        let source = source.into();
        let spans = spans(&source);
        Self { source, spans }
    }

    /// The text that it was parsed from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its parts, in order.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Whether it names any field. If not, rendering needs no body.
    pub fn is_plain(&self) -> bool {
        !self.spans.iter().any(|span| matches!(span, Span::Placeholder { .. }))
    }
}

fn spans(source: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut done = 0;
    while let Some(open) = source[done..].find("{{").map(|at| done + at) {
        let Some(close) = source[open..].find("}}").map(|at| open + at) else {
            text(&mut spans, done..open);
            spans.push(Span::Unclosed(open..source.len()));
            return spans;
        };
        // Of `{{ a {{ b }}` and `{{{b}}}` the last opening pair counts.
        let last = source[open..close].rfind("{{").map_or(open, |at| open + at);
        if last > open + 1 {
            text(&mut spans, done..open);
            spans.push(Span::Unclosed(open..last));
        } else {
            text(&mut spans, done..last);
        }
        let end = close + 2;
        match source[last + 2..close].trim() {
            "" => text(&mut spans, last..end),
            path => spans.push(Span::Placeholder { at: last..end, path: path.to_owned() }),
        }
        done = end;
    }
    text(&mut spans, done..source.len());
    spans
}

fn text(spans: &mut Vec<Span>, at: Range<usize>) {
    match spans.last_mut() {
        _ if at.is_empty() => {}
        Some(Span::Text(before)) => before.end = at.end,
        _ => spans.push(Span::Text(at)),
    }
}
