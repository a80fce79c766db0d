//! Places in a request as they are written: `header:Name`, `sig:t`, `json:/pointer`, `form:name`, `query:name`.

use std::fmt;

use super::RecordError;
use crate::authenticate::scheme::Selector;

const PLACES: &str = "write header:Name, sig:name, json:/pointer, form:name or query:name";

/// One place; `field` is where the record has it.
pub fn place(field: &str, text: &str) -> Result<Selector, RecordError> {
    let text = text.trim();
    let unknown = || RecordError::new(field, format!("{text:?} is no place"), PLACES);
    let (kind, name) = text.split_once(':').ok_or_else(unknown)?;
    let name = name.to_owned();
    match kind {
        "header" => Ok(Selector::Header(name)),
        "sig" => Ok(Selector::Sig(name)),
        "json" => Ok(Selector::Json(name)),
        "form" => Ok(Selector::Form(name)),
        "query" => Ok(Selector::Query(name)),
        _ => Err(unknown()),
    }
}

/// Several places between `|` or `&`.
pub fn all_places(field: &str, text: &str) -> Result<Vec<Selector>, RecordError> {
    text.split(['|', '&']).map(|one| place(field, one)).collect()
}

/// The same as text; `between` is ` | ` or ` & `.
pub fn written(places: &[Selector], between: &str) -> String {
    places.iter().map(Selector::to_string).collect::<Vec<_>>().join(between)
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => write!(f, "header:{name}"),
            Self::Sig(name) => write!(f, "sig:{name}"),
            Self::Json(name) => write!(f, "json:{name}"),
            Self::Form(name) => write!(f, "form:{name}"),
            Self::Query(name) => write!(f, "query:{name}"),
        }
    }
}
