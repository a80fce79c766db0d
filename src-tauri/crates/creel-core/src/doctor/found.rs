//! What in a request looks like a digest: in any header, in any writing, behind any prefix.

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};

use crate::authenticate::Encoding;
use crate::receive::Headers;

/// Longer values are no signatures (`trust.md` 5.2).
const LONGEST: usize = 4096;

/// More than any sender puts into one request.
const MOST: usize = 48;

const STANDARD: GeneralPurpose = engine(&alphabet::STANDARD);
const URL_SAFE: GeneralPurpose = engine(&alphabet::URL_SAFE);

const fn engine(alphabet: &alphabet::Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config)
}

/// Something that has a digest's length.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The bytes.
    pub digest: Vec<u8>,
    /// The header's name as sent.
    pub header: String,
    /// How it is written.
    pub encoding: Encoding,
    /// What stands before it in its piece of the header: `sha256=`.
    pub before: String,
    /// It stands in quotes.
    pub quoted: bool,
}

/// Everything of 20, 32 or 64 bytes: SHA-1, SHA-256, SHA-512.
pub(super) fn digests(headers: &Headers) -> Vec<Found> {
    let mut all = Vec::new();
    for (name, value) in &headers.0 {
        let Ok(text) = std::str::from_utf8(value) else { continue };
        if text.len() > LONGEST {
            continue;
        }
        for piece in text.split([',', ';', ' ']).chain([text]) {
            read(name, piece.trim(), &mut all);
            if all.len() >= MOST {
                return all;
            }
        }
    }
    all
}

/// A piece is a digest, or a prefix and a digest; the prefix ends with `=`, `,` or `:`.
fn read(header: &str, piece: &str, all: &mut Vec<Found>) {
    let bare = piece.trim_matches(['"', '\'']);
    let quoted = bare.len() != piece.len();
    let cuts = bare.char_indices().filter(|(_, c)| matches!(c, '=' | ',' | ':')).map(|(at, _)| at + 1);
    for cut in std::iter::once(0).chain(cuts.take(1)) {
        let (before, text) = bare.split_at(cut);
        let Some((encoding, digest)) = decode(text.trim_matches(['"', '\''])) else { continue };
        let same = |found: &Found| found.digest == digest && found.header == header && found.before == before;
        if !all.iter().any(same) {
            all.push(Found { digest, header: header.to_owned(), encoding, before: before.to_owned(), quoted });
        }
    }
}

fn decode(text: &str) -> Option<(Encoding, Vec<u8>)> {
    let fits = |bytes: &Vec<u8>| matches!(bytes.len(), 20 | 32 | 64);
    if let Some(bytes) = hex::decode(text).ok().filter(fits) {
        return Some((Encoding::Hex, bytes));
    }
    let standard = STANDARD.decode(text).ok().filter(fits).map(|bytes| (Encoding::Base64, bytes));
    standard.or_else(|| URL_SAFE.decode(text).ok().filter(fits).map(|bytes| (Encoding::Base64UrlNoPad, bytes)))
}

/// What looks like a time: ten or thirteen digits, or RFC 3339; also as an item of a list.
pub(super) fn times(headers: &Headers) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (name, value) in &headers.0 {
        let Ok(text) = std::str::from_utf8(value) else { continue };
        if name.eq_ignore_ascii_case("content-length") || text.len() > LONGEST {
            continue;
        }
        for piece in text.split([',', ';']) {
            let time = piece.trim().rsplit_once('=').map_or(piece.trim(), |(_, time)| time);
            let number = matches!(time.len(), 10 | 13) && time.bytes().all(|b| b.is_ascii_digit());
            let written = number || time.parse::<jiff::Timestamp>().is_ok();
            if written && !all.iter().any(|one| one == time) && all.len() < 4 {
                all.push(time.to_owned());
            }
        }
    }
    all
}

/// What may be the id that is signed.
pub(super) fn ids(headers: &Headers) -> Vec<String> {
    let telling = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.ends_with("-id") || name.ends_with("-delivery") || name == "idempotency-key"
    };
    let named = headers.0.iter().filter(|(name, _)| telling(name));
    named.filter_map(|(_, value)| Some(std::str::from_utf8(value).ok()?.to_owned())).take(4).collect()
}
