//! A request with one bit changed, for every bit that its proof covers.

use std::ops::Range;
use std::rc::Rc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use creel_tests::Request;
use serde_json::{Map, Value, json};

/// A signed request, apart from where it goes.
#[derive(Clone, Debug)]
pub struct Sent {
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

/// Which bit.
#[derive(Clone, Debug)]
pub struct Flip {
    /// A header's name in lower case; `None`: the body.
    pub header: Option<String>,
    pub byte: usize,
    pub bit: u8,
    /// The header's value or the body, before.
    pub value: Rc<[u8]>,
}

impl Flip {
    /// The value with the bit changed.
    pub fn flipped(&self) -> Vec<u8> {
        let mut value = self.value.to_vec();
        value[self.byte] ^= 1 << self.bit;
        value
    }
}

impl Sent {
    pub fn new(headers: &Map<String, Value>, body: &str) -> Self {
        let lines = headers.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().as_bytes().to_vec()));
        Self { headers: lines.collect(), body: body.as_bytes().to_vec() }
    }

    /// Every bit of the headers named and of these parts of the body. The case of a hex digit carries nothing, so its
    /// bit is left out.
    pub fn flips(&self, proof: &[&str], body: &[Range<usize>], hex: bool) -> Vec<Flip> {
        let mut flips = Vec::new();
        for (name, value) in self.headers.iter().filter(|(name, _)| proof.contains(&name.to_lowercase().as_str())) {
            let digest = value.iter().rposition(|byte| *byte == b'=').map_or(0, |at| at + 1);
            let case = |flip: &Flip| {
                hex && flip.bit == 5 && flip.byte >= digest && flip.value[flip.byte].is_ascii_alphabetic()
            };
            let whole = Rc::from(value.as_slice());
            let all = (0..value.len()).flat_map(|byte| bits(Some(name), byte, &whole));
            flips.extend(all.filter(|flip| !case(flip)));
        }
        let whole = Rc::from(self.body.as_slice());
        flips.extend(body.iter().cloned().flatten().flat_map(|byte| bits(None, byte, &whole)));
        flips
    }

    pub fn with(&self, flip: &Flip) -> Self {
        let mut other = self.clone();
        let value = match &flip.header {
            None => &mut other.body,
            Some(name) => &mut other.headers.iter_mut().find(|(own, _)| own.eq_ignore_ascii_case(name)).unwrap().1,
        };
        *value = flip.flipped();
        other
    }

    /// At the socket.
    pub fn request(&self, path: &str, kind: &str, host: &str) -> Request {
        let request = Request::new("POST", path).header("Host", host).header("Content-Type", kind);
        let request = request.with_body(self.body.clone());
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value.clone()))
    }

    /// As a question for a library or for `creel verify`: a byte of a header is the character of that number.
    pub fn question(&self, more: Value) -> Value {
        let text = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
        let headers: Map<_, _> =
            self.headers.iter().map(|(name, value)| (name.to_lowercase(), json!(text(value)))).collect();
        let mut question = json!({ "headers": headers });
        crate::deliver::merge(&mut question, more);
        question
    }

    pub fn body_base64(&self) -> String {
        BASE64_STANDARD.encode(&self.body)
    }
}

/// Every bit of one byte.
fn bits(header: Option<&String>, byte: usize, value: &Rc<[u8]>) -> impl Iterator<Item = Flip> {
    let flip = Flip { header: header.map(|name| name.to_lowercase()), byte, bit: 0, value: Rc::clone(value) };
    (0..8).map(move |bit| Flip { bit, ..flip.clone() })
}

/// Where the values of these JSON fields stand in a compact body: without their quotes, numbers as they are.
pub fn values(body: &[u8], names: &[&str]) -> Vec<Range<usize>> {
    let text = std::str::from_utf8(body).unwrap();
    let place = |name: &&str| {
        let key = format!("\"{name}\":");
        let start = text.find(&key).unwrap_or_else(|| panic!("no {name} in {text}")) + key.len();
        let (start, ends): (usize, &[char]) =
            if text[start..].starts_with('"') { (start + 1, &['"']) } else { (start, &[',', '}']) };
        start..start + text[start..].find(ends).unwrap()
    };
    names.iter().map(place).collect()
}
