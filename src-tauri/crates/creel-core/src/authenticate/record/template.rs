//! What is signed and what is answered, as text with `{names}`.

use super::RecordError;
use super::places::place;
use crate::authenticate::handshake::Piece;
use crate::authenticate::scheme::Part;

const PARTS: &str = "write {body}, {timestamp}, {id}, {method}, {url}, {payload}, {form_sorted}, {secret}, {json:/pointer}, {fields:A,B}, {crc32} or \
     {label}";

/// `{timestamp}.{body}` in parts.
pub fn parts(template: &str) -> Result<Vec<Part>, RecordError> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        let unknown = |name: &str| RecordError::new("signed", format!("{name:?} is nothing that can be signed"), PARTS);
        let (name, after) = behind
            .split_once('}')
            .ok_or_else(|| RecordError::new("signed", format!("{{{behind} has no closing brace"), PARTS))?;
        parts.push(match name {
            "body" => Part::Body,
            "timestamp" => Part::Timestamp,
            "id" => Part::Id,
            "method" => Part::Method,
            "url" => Part::Url,
            "payload" => Part::Payload,
            "form_sorted" => Part::FormSorted,
            "secret" => Part::Secret,
            "crc32" => Part::Crc32,
            "label" => Part::Label,
            other if other.starts_with("fields:") => {
                Part::Fields(other["fields:".len()..].split(',').map(|name| name.trim().to_owned()).collect())
            }
            other => Part::Json(other.strip_prefix("json:").ok_or_else(|| unknown(other))?.to_owned()),
        });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

/// The same as text.
pub fn signed_text(parts: &[Part]) -> String {
    let one = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Body => "{body}".to_owned(),
        Part::Timestamp => "{timestamp}".to_owned(),
        Part::Id => "{id}".to_owned(),
        Part::Method => "{method}".to_owned(),
        Part::Url => "{url}".to_owned(),
        Part::Payload => "{payload}".to_owned(),
        Part::FormSorted => "{form_sorted}".to_owned(),
        Part::Secret => "{secret}".to_owned(),
        Part::Json(pointer) => format!("{{json:{pointer}}}"),
        Part::Fields(names) => format!("{{fields:{}}}", names.join(",")),
        Part::Crc32 => "{crc32}".to_owned(),
        Part::Label => "{label}".to_owned(),
    };
    parts.iter().map(one).collect()
}

/// `{json:/challenge}` and the like in pieces; every other brace is the answer's own.
pub fn pieces(field: &str, template: &str) -> Result<Vec<Piece>, RecordError> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, behind) = (&rest[..at], &rest[at + 1..]);
        plain.push_str(before);
        let named = behind.split_once('}').filter(|(name, _)| {
            ["json:", "query:", "header:", "form:", "hmac_hex:"].iter().any(|kind| name.starts_with(kind))
        });
        let Some((name, after)) = named else {
            plain.push('{');
            rest = behind;
            continue;
        };
        if !plain.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
        }
        pieces.push(match name.strip_prefix("hmac_hex:") {
            Some(of) => Piece::HmacHex(place(field, of)?),
            None => Piece::Value(place(field, name)?),
        });
        rest = after;
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}

/// The same as text.
pub fn answer_text(pieces: &[Piece]) -> String {
    let one = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Value(place) => format!("{{{place}}}"),
        Piece::HmacHex(place) => format!("{{hmac_hex:{place}}}"),
    };
    pieces.iter().map(one).collect()
}
