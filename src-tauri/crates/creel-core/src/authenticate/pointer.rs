//! One value out of a JSON body, without building the tree: everything beside the path is skipped as it is read.

use std::fmt;
use std::ops::Range;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The text of the string, number or bool at `pointer` (RFC 6901, `/event/type`). `None`: the body is not JSON, nothing
/// is there, or what is there has no text of its own (null, an object, an array). Of repeated names the last counts.
pub(super) fn scalar(body: &[u8], pointer: &str) -> Option<String> {
    text(find(body, pointer)?.get())
}

/// Where in `body` the value at `pointer` stands, quotes included.
pub(super) fn place(body: &[u8], pointer: &str) -> Option<Range<usize>> {
    let value = find(body, pointer)?.get();
    // The value is borrowed from the body: its address says where.
    let start = value.as_ptr().addr().checked_sub(body.as_ptr().addr())?;
    let place = start..start + value.len();
    (body.get(place.clone())? == value.as_bytes()).then_some(place)
}

/// How many elements the array at `pointer` has; 0: none is there.
pub(super) fn elements(body: &[u8], pointer: &str) -> usize {
    let array = find(body, pointer).and_then(|value| serde_json::from_str::<Vec<IgnoredAny>>(value.get()).ok());
    array.map_or(0, |elements| elements.len())
}

fn find<'a>(body: &'a [u8], pointer: &str) -> Option<&'a RawValue> {
    let mut segments = pointer.strip_prefix('/')?.split('/').map(unescaped);
    let mut value = child(body, &segments.next()?)?;
    for segment in segments {
        value = child(value.get().as_bytes(), &segment)?;
    }
    Some(value)
}

fn unescaped(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

fn text(json: &str) -> Option<String> {
    match json.as_bytes().first()? {
        b'"' => serde_json::from_str(json).ok(),
        b'n' | b'{' | b'[' => None,
        _ => Some(json.to_owned()),
    }
}

fn child<'a>(json: &'a [u8], name: &str) -> Option<&'a RawValue> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let found = Child(name).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    found
}

/// The member of that name of an object, or the element of that number of an array.
struct Child<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for Child<'_> {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Child<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(wanted) = map.next_key_seed(Is(self.0))? {
            if wanted {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let wanted: usize = self.0.parse().map_err(A::Error::custom)?;
        let mut found = None;
        let mut at = 0;
        while let Some(element) = seq.next_element::<&'de RawValue>()? {
            if at == wanted {
                found = Some(element);
            }
            at += 1;
        }
        Ok(found)
    }
}

/// Whether a member's name is the wanted one, without keeping it.
struct Is<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for Is<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Is<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<bool, E> {
        Ok(name == self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::scalar;

    #[test]
    fn a_value_is_found_by_its_path() {
        let body = br#"{"a":{"b":["x",{"c":1e400}],"d/e":true},"action":"opened","n":null}"#;
        for (pointer, expected) in [
            ("/action", Some("opened")),
            ("/a/b/0", Some("x")),
            ("/a/b/1/c", Some("1e400")),
            ("/a/d~1e", Some("true")),
            ("/a/b/2", None),
            ("/a/b/x", None),
            ("/a", None),
            ("/n", None),
            ("/action/deeper", None),
            ("/missing", None),
            ("", None),
        ] {
            assert_eq!(scalar(body, pointer).as_deref(), expected, "{pointer}");
        }
    }

    #[test]
    fn strings_are_unescaped_and_the_last_of_repeated_names_counts() {
        assert_eq!(scalar(br#"{"a":"\u00e9\n","b":1}"#, "/a").as_deref(), Some("é\n"));
        assert_eq!(scalar(br#"{"a":1,"\u0061":2}"#, "/a").as_deref(), Some("2"));
    }

    #[test]
    fn what_is_not_json_has_no_values() {
        for body in [&b""[..], b"{\"a\":1", b"{\"a\":1} x", b"a=1", b"\"a\"", b"12", b"\xff{\"a\":1}"] {
            assert_eq!(scalar(body, "/a"), None, "{body:?}");
        }
        let deep = [b"{\"a\":1,\"b\":".as_slice(), &b"[".repeat(100_000), &b"]".repeat(100_000), b"}"].concat();
        assert_eq!(scalar(&deep, "/a").as_deref(), Some("1"), "what is skipped may be as deep as it likes");
    }
}
