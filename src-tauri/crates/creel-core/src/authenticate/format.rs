//! The text of a signature header: strict grammar, then strict decoding. What does not fit is no signature.

use base64::Engine;

use super::scheme::{Algo, Encoding, Parse, Scheme};
use super::words::quoted;

/// A longer header is an attack or a mistake (`trust.md` 5.2).
pub(super) const MAX_HEADER_BYTES: usize = 4096;

/// More candidates than any rotation needs; each costs a comparison (`trust.md` 5.2).
pub(super) const MAX_CANDIDATES: usize = 16;

/// A signature header taken apart.
#[derive(Debug)]
pub(super) struct Candidates<'h> {
    /// What might be the digest: exactly as long as one.
    pub digests: Vec<Vec<u8>>,
    /// The items of a list, key and value; empty for a single signature.
    pub items: Vec<(&'h str, &'h str)>,
}

impl<'h> Candidates<'h> {
    /// The value of the list's item `key`.
    pub fn item(&self, key: &str) -> Option<&'h str> {
        self.items.iter().find(|(k, _)| *k == key).map(|(_, value)| *value)
    }
}

/// Takes a header's value apart. The error is a sentence that names what does not fit; it never repeats a token.
pub(super) fn candidates<'h>(scheme: &Scheme, value: &'h [u8]) -> Result<Candidates<'h>, String> {
    let name = scheme.signature_name();
    if value.len() > MAX_HEADER_BYTES {
        return Err(format!("{name} has {} bytes; at most {MAX_HEADER_BYTES} are read", value.len()));
    }
    if scheme.algo == Algo::Token {
        let token = unprefixed(scheme, value).ok_or_else(|| format!("{name} does not have the token's form"))?;
        return Ok(Candidates { digests: vec![token.to_vec()], items: Vec::new() });
    }
    let text = std::str::from_utf8(value).map_err(|_| format!("{name} is not text"))?;
    match &scheme.parse {
        Parse::Prefix(prefix) => single(scheme, name, prefix, text),
        Parse::AnyCasePrefix(prefix) => match text.get(..prefix.len()) {
            Some(begins) if begins.eq_ignore_ascii_case(prefix) => single(scheme, name, begins, text),
            Some(_) | None => single(scheme, name, prefix, text),
        },
        Parse::List { split, kv, pick } => list(scheme, name, text, [*split, *kv], pick),
    }
}

/// What stands behind a token's prefix (`Bearer `), whose letters may have either case.
fn unprefixed<'h>(scheme: &Scheme, value: &'h [u8]) -> Option<&'h [u8]> {
    let (Parse::Prefix(prefix) | Parse::AnyCasePrefix(prefix)) = &scheme.parse else { return None };
    let (begins, token) = value.split_at_checked(prefix.len())?;
    begins.eq_ignore_ascii_case(prefix.as_bytes()).then_some(token)
}

fn single<'h>(scheme: &Scheme, name: &str, prefix: &str, text: &str) -> Result<Candidates<'h>, String> {
    let digest = text.strip_prefix(prefix).ok_or_else(|| {
        let begins: String = text.chars().take(prefix.chars().count()).collect();
        format!("{name} does not begin with {}; it begins with {}", quoted(prefix), quoted(&begins))
    })?;
    Ok(Candidates { digests: vec![decode(scheme, name, digest)?], items: Vec::new() })
}

/// A list may hold signatures of other versions and stale ones beside the right one, so one that decodes is enough;
/// but every item has the list's form.
fn list<'h>(
    scheme: &Scheme,
    name: &str,
    text: &'h str,
    [split, kv]: [char; 2],
    pick: &str,
) -> Result<Candidates<'h>, String> {
    let mut items = Vec::new();
    for item in text.split(split) {
        let pair = item.split_once(kv).filter(|(key, _)| !key.is_empty());
        items.push(pair.ok_or_else(|| format!("{name} has the item {}, which is not key{kv}value", quoted(item)))?);
        if items.len() > MAX_CANDIDATES {
            return Err(format!("{name} has more than {MAX_CANDIDATES} items"));
        }
    }
    let picked = items.iter().filter(|(key, _)| *key == pick).map(|(_, value)| decode(scheme, name, value));
    let (digests, wrong): (Vec<_>, Vec<_>) = picked.partition(Result::is_ok);
    if digests.is_empty() {
        let none = || format!("{name} has no {pick} signature");
        return Err(wrong.into_iter().find_map(Result::err).unwrap_or_else(none));
    }
    Ok(Candidates { digests: digests.into_iter().flatten().collect(), items })
}

fn decode(scheme: &Scheme, name: &str, text: &str) -> Result<Vec<u8>, String> {
    let (decoded, form) = match scheme.encoding {
        Encoding::Hex => (hex::decode(text).ok(), "hex digits"),
        Encoding::Base64 => (base64::prelude::BASE64_STANDARD.decode(text).ok(), "base64"),
        Encoding::Base64UrlNoPad => (base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(text).ok(), "URL-safe base64"),
    };
    let Some(bytes) = scheme.algo.digest_bytes() else {
        let what = if scheme.sends_secret() { "password" } else { "signature" };
        // A password is not repeated.
        return decoded.filter(|found| !found.is_empty()).ok_or_else(|| format!("the {what} in {name} is not {form}"));
    };
    decoded.filter(|digest| digest.len() == bytes).ok_or_else(|| {
        let characters = written_length(scheme.encoding, bytes);
        format!("the signature in {name} is not {characters} characters of {form}: {}", quoted(text))
    })
}

/// How many characters a digest of `bytes` has when written.
pub(super) fn written_length(encoding: Encoding, bytes: usize) -> usize {
    match encoding {
        Encoding::Hex => bytes * 2,
        Encoding::Base64 => bytes.div_ceil(3) * 4,
        Encoding::Base64UrlNoPad => (bytes * 4).div_ceil(3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authenticate::schemes;

    fn read(scheme: &str, value: &str) -> Result<usize, String> {
        let scheme = schemes::find(scheme).expect("shipped");
        candidates(scheme, value.as_bytes()).map(|found| found.digests.len())
    }

    #[test]
    fn a_single_signature_has_its_prefix_and_its_length() {
        let hex = "a1".repeat(32);
        assert_eq!(read("github", &format!("sha256={hex}")), Ok(1));
        assert_eq!(read("github", &format!("sha256={}", hex.to_uppercase())), Ok(1));
        assert_eq!(
            read("github", &format!("sha1={hex}")).expect_err("another algorithm"),
            "X-Hub-Signature-256 does not begin with \"sha256=\"; it begins with \"sha1=a1\""
        );
        assert_eq!(
            read("opengate", "a1b2").expect_err("too short"),
            "the signature in X-OpenGate-Secret is not 64 characters of hex digits: \"a1b2\""
        );
    }

    #[test]
    fn of_a_list_one_that_decodes_is_enough_but_every_item_has_its_form() {
        let hex = "a1".repeat(32);
        assert_eq!(read("stripe", &format!("t=1,v1={hex},v1={hex},v0=whatever")), Ok(2));
        assert_eq!(read("stripe", &format!("t=1,v1={hex},v1=potato")), Ok(1), "Stripe's own test sends this");
        for wrong in [format!("t=1,v1={hex},"), format!("t=1,,v1={hex}"), "t=1,v0=a".into(), "t=1,v1=potato".into()] {
            assert!(read("stripe", &wrong).is_err(), "{wrong}");
        }
        let many = vec![format!("v1={hex}"); MAX_CANDIDATES + 1].join(",");
        assert_eq!(read("stripe", &many).expect_err("too many"), "Stripe-Signature has more than 16 items");
    }

    #[test]
    fn a_header_longer_than_four_kilobytes_is_not_read() {
        let long = format!("t=1,{}", "a".repeat(MAX_HEADER_BYTES));
        assert_eq!(
            read("stripe", &long).expect_err("too long"),
            "Stripe-Signature has 4100 bytes; at most 4096 are read"
        );
    }
}
