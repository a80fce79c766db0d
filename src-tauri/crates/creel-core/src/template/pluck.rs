//! One value out of a JSON body without building the tree: what an ordinary filter asks of a delivery before its answer.
//!
//! It finds what [`descend`](super::scope::descend) finds in the parsed document, or says that the document has to be
//! parsed. Bodies that the two readings could judge differently are left to the parser ([`skips_as_it_parses`]).

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// Values that are nested deeper are not parsed (`serde_json`'s own bound).
const DEEPEST: usize = 127;

/// The body has to be parsed whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parse;

/// The value at `segments`, as `descend` finds it.
pub(super) fn pluck(body: &[u8], segments: &[&str]) -> Result<Option<Value>, Parse> {
    if !skips_as_it_parses(body) {
        return Err(Parse);
    }
    below(body, segments)
}

/// Whether skipping reads this body exactly as parsing does: what is skipped is not checked for its depth, for its UTF-8,
/// nor for halves of surrogate pairs.
pub(crate) fn skips_as_it_parses(body: &[u8]) -> bool {
    let whole = |text: &str| !text.contains(r"\ud") && !text.contains(r"\uD");
    (opening(body) <= DEEPEST || levels(body) <= DEEPEST) && std::str::from_utf8(body).is_ok_and(whole)
}

/// How many objects and lists open in these bytes at the most. Counted in parts that a byte can count: many at a time.
fn opening(body: &[u8]) -> usize {
    let opens = |byte: &u8| u8::from(matches!(byte, b'{' | b'['));
    body.chunks(u8::MAX.into()).map(|part| usize::from(part.iter().map(opens).sum::<u8>())).sum()
}

/// How many objects and lists of a JSON text lie inside each other at its deepest place; a single value has none.
pub(crate) fn levels(json: &[u8]) -> usize {
    let (mut open, mut deepest) = (0usize, 0);
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_text(&mut bytes),
            b'{' | b'[' => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Goes on behind the quotation mark that ends a text.
fn skip_text(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
}

fn below(json: &[u8], segments: &[&str]) -> Result<Option<Value>, Parse> {
    if segments.is_empty() {
        return serde_json::from_slice(json).map(Some).map_err(|_| Parse);
    }
    let mut reader = serde_json::Deserializer::from_slice(json);
    let found = reader.deserialize_any(Below(segments)).map_err(|_| Parse)?;
    reader.end().map_err(|_| Parse)?;
    for (raw, rest) in found {
        let raw = raw.get().as_bytes();
        if !rest.is_empty() && !matches!(raw.first(), Some(b'{' | b'[')) {
            continue;
        }
        if let Some(value) = below(raw, rest)? {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// The members or the element that the path can go on in, in the order in which they are tried.
struct Below<'s>(&'s [&'s str]);

type Ways<'de, 's> = Vec<(&'de RawValue, &'s [&'s str])>;

impl<'de, 's> Visitor<'de> for Below<'s> {
    type Value = Ways<'de, 's>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        // Names with dots of their own are tried longest last; of repeated names the last counts.
        let mut ways = vec![None; self.0.len()];
        while let Some(taken) = map.next_key_seed(Taken(self.0))? {
            match taken {
                0 => drop(map.next_value::<IgnoredAny>()?),
                n => ways[n - 1] = Some((map.next_value()?, &self.0[n..])),
            }
        }
        Ok(ways.into_iter().flatten().collect())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let first = self.0[0];
        let wanted = first.bytes().all(|b| b.is_ascii_digit()).then(|| first.parse::<usize>().ok()).flatten();
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(element) = seq.next_element::<&'de RawValue>()? {
            if Some(at) == wanted {
                found.push((element, &self.0[1..]));
            }
            at += 1;
        }
        Ok(found)
    }
}

/// How many of the segments a member's name takes; 0: it is another's.
struct Taken<'s>(&'s [&'s str]);

impl<'de> DeserializeSeed<'de> for Taken<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Taken<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<usize, E> {
        let mut rest = name;
        for (n, segment) in self.0.iter().enumerate() {
            match rest.strip_prefix(segment) {
                Some("") => return Ok(n + 1),
                Some(more) if more.starts_with('.') => rest = &more[1..],
                _ => return Ok(0),
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::scope::descend;
    use super::*;

    fn both(body: &[u8], path: &str) -> (Result<Option<Value>, Parse>, Option<Value>) {
        let segments: Vec<&str> = path.split('.').collect();
        let parsed = serde_json::from_slice::<Value>(body).ok();
        (pluck(body, &segments), parsed.and_then(|value| descend(&value, &segments).cloned()))
    }

    #[test]
    fn a_value_is_found_where_the_tree_has_it() {
        let body =
            br#"{"a":{"b":["x",{"c":1e400}],"d.e":true,"d":{"e":null}},"a.b":5,"n":null,"t":1,"t":"last","":{"":7}}"#;
        for path in
            ["a", "a.b.0", "a.b.1.c", "a.d.e", "a.b", "a.b.2", "a.b.x", "a.b.01", "n", "n.x", "t", "zz", ".", "a.b.0.0"]
        {
            let (plucked, expected) = both(body, path);
            assert_eq!(plucked, Ok(expected), "{path}");
        }
        assert_eq!(both(body, "a.d.e").1, Some(Value::Null), "the exact way comes first");
    }

    #[test]
    fn levels_are_those_outside_of_texts_and_every_opening_counts() {
        for (json, expected) in [
            ("7", 0),
            (r#"{"a":[1,{"b":2}],"c":[]}"#, 3),
            (r#"{"[[[":"{{{"}"#, 1),
            (r#"{"a\"[[":"\\","b":[]}"#, 2),
            (r#"["\\\"[[[",[]]"#, 2),
            (r#"{"open[["#, 1),
            ("[{]}}}[", 2),
        ] {
            assert_eq!(levels(json.as_bytes()), expected, "{json}");
        }
        assert_eq!(opening("[".repeat(1_000).as_bytes()), 1_000);
        assert_eq!(opening(br#"{"a":[{"b":1},"["]}"#), 4);
    }

    #[test]
    fn what_it_cannot_judge_is_parsed() {
        let deep = [b"[".repeat(128), b"]".repeat(128)].concat();
        for body in
            [&b""[..], b"{", b"{\"a\":1} x", b"a=1", b"\"a\"", b"12", b"{\"b\":\"\xff\"}", br#"{"b":"\ud800"}"#, &deep]
        {
            assert_eq!(pluck(body, &["a"]), Err(Parse), "{:?}", String::from_utf8_lossy(body));
        }
    }

    fn json() -> impl Strategy<Value = String> {
        let name = || prop::sample::select(vec!["a", "b", "a.b", "b.a", "c", "0", "1", ""]);
        let leaf = prop_oneof![Just("1.50".to_owned()), Just("null".to_owned()), Just(r#""te\u0078t""#.to_owned())];
        leaf.prop_recursive(4, 40, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
                prop::collection::vec((name(), inner), 0..5).prop_map(|members| {
                    let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
                    format!("{{{}}}", members.join(" ,"))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_tree_or_asks_for_it(
            body in json(),
            path in prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "0", "1", ""]), 1..5),
            cut in 0usize..400,
            put in prop::sample::select(vec![None, Some(b'"'), Some(b'\\'), Some(b'}'), Some(0xff)]),
        ) {
            let mut body = body.into_bytes();
            if let (Some(byte), true) = (put, cut < body.len()) {
                body[cut] = byte;
            }
            let (plucked, expected) = both(&body, &path.join("."));
            if let Ok(value) = plucked {
                prop_assert_eq!(value, expected);
                prop_assert!(serde_json::from_slice::<Value>(&body).is_ok(), "what is no JSON is left to the parser");
            }
        }
    }
}
