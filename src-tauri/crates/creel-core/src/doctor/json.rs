//! JSON as other programs write it, from a value: what a body may have been before somebody read and wrote it again.

use std::collections::BTreeMap;

use serde_json::Value;

/// A way to write JSON.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// Between elements.
    comma: &'static str,
    /// Between a name and its value.
    colon: &'static str,
    /// Every element on its own line, indented by so many spaces; 0: all in one line.
    indent: usize,
    /// Names in their order of bytes.
    sorted: bool,
    /// What is not ASCII as `\u` and four hex digits.
    ascii: bool,
    /// `/` as `\/`, as PHP does.
    slashes: bool,
    /// `<`, `>` and `&` as `\u003c`, as Go does.
    html: bool,
}

const COMPACT: Style =
    Style { comma: ",", colon: ":", indent: 0, sorted: false, ascii: false, slashes: false, html: false };
const SPACED: Style = Style { comma: ", ", colon: ": ", ..COMPACT };
const PRETTY: Style = Style { colon: ": ", indent: 2, ..COMPACT };

/// The ways that programs write JSON in, and what they are called.
pub(super) const STYLES: [(&str, Style); 15] = [
    ("compact, as JavaScript writes it", COMPACT),
    ("with a space behind every comma and colon, as Python writes it", Style { ascii: true, ..SPACED }),
    ("with a space behind every comma and colon", SPACED),
    ("indented by two spaces", PRETTY),
    ("indented by four spaces", Style { indent: 4, ..PRETTY }),
    ("compact with \\u escapes", Style { ascii: true, ..COMPACT }),
    ("with escaped slashes and \\u escapes, as PHP writes it", Style { ascii: true, slashes: true, ..COMPACT }),
    ("with escaped slashes", Style { slashes: true, ..COMPACT }),
    ("compact with sorted names", Style { sorted: true, ..COMPACT }),
    ("with sorted names and spaces, as Python writes it", Style { sorted: true, ascii: true, ..SPACED }),
    ("with escaped <, > and &, as Go writes it", Style { html: true, ..COMPACT }),
    ("with sorted names and escaped <, > and &, as Go writes maps", Style { html: true, sorted: true, ..COMPACT }),
    ("indented by two spaces, with \\u escapes", Style { ascii: true, ..PRETTY }),
    ("indented by four spaces, with \\u escapes", Style { indent: 4, ascii: true, ..PRETTY }),
    ("indented by two spaces with sorted names", Style { sorted: true, ..PRETTY }),
];

impl Style {
    /// The text of a value.
    pub fn write(self, value: &Value) -> Vec<u8> {
        let mut out = String::new();
        self.value(value, 0, &mut out);
        out.into_bytes()
    }

    fn value(self, value: &Value, depth: usize, out: &mut String) {
        match value {
            Value::Null => out.push_str("null"),
            Value::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
            Value::Number(number) => out.push_str(&number.to_string()),
            Value::String(text) => self.text(text, out),
            Value::Array(elements) => {
                self.inside(('[', ']'), elements.iter(), depth, out, |element, out| {
                    self.value(element, depth + 1, out)
                });
            }
            Value::Object(fields) => {
                let field = |(name, value): (&String, &Value), out: &mut String| {
                    self.text(name, out);
                    out.push_str(self.colon);
                    self.value(value, depth + 1, out);
                };
                if self.sorted {
                    let sorted: BTreeMap<_, _> = fields.iter().collect();
                    self.inside(('{', '}'), sorted.into_iter(), depth, out, field);
                } else {
                    self.inside(('{', '}'), fields.iter(), depth, out, field);
                }
            }
        }
    }

    fn inside<T>(
        self,
        (open, close): (char, char),
        elements: impl ExactSizeIterator<Item = T>,
        depth: usize,
        out: &mut String,
        write: impl Fn(T, &mut String),
    ) {
        out.push(open);
        let any = elements.len() > 0;
        for (n, element) in elements.enumerate() {
            if n > 0 {
                out.push_str(self.comma);
            }
            self.line(depth + 1, out);
            write(element, out);
        }
        if any {
            self.line(depth, out);
        }
        out.push(close);
    }

    fn line(self, depth: usize, out: &mut String) {
        if self.indent > 0 {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', self.indent * depth));
        }
    }

    fn text(self, text: &str, out: &mut String) {
        out.push('"');
        for c in text.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                '/' if self.slashes => out.push_str("\\/"),
                '<' | '>' | '&' if self.html => out.push_str(&format!("\\u{:04x}", u32::from(c))),
                c if u32::from(c) < 0x20 || self.ascii && !c.is_ascii() => {
                    c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
                }
                c => out.push(c),
            }
        }
        out.push('"');
    }
}
