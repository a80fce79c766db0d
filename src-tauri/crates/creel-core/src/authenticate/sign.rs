//! The same record read the other way: the headers that make a request genuine.

use super::mac::{self, CannotReadSecret};
use super::read;
use super::scheme::{Algo, Parse, Part, Scheme, Selector};
use super::secret::Secret;
use super::timestamp;
use super::verify::SignedRequest;
use crate::clock::UnixMs;

/// Why a request cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The secret does not have the scheme's form.
    #[error(transparent)]
    Secret(#[from] CannotReadSecret),
    /// The scheme wants an event id.
    #[error("the scheme {0} needs an event id")]
    EventIdMissing(String),
    /// The id cannot stand in a header.
    #[error("the event id {0:?} cannot stand in a header")]
    EventIdUnfit(String),
    /// The signature or the time is inside the body, which signing does not change.
    #[error("the scheme {0} keeps its proof in the body, which cannot be signed anew")]
    ProofInBody(String),
}

/// The headers to set, replacing any of the same name: event id, timestamp, signature. `at` is the signature's time;
/// `event_id`: `None` keeps the request's own. The body is not changed.
pub fn sign(
    scheme: &Scheme,
    request: &SignedRequest<'_>,
    secret: &Secret,
    at: UnixMs,
    event_id: Option<&str>,
) -> Result<Vec<(String, String)>, SignError> {
    let key = mac::key_bytes(&scheme.key_reading, secret)?;
    let mut headers = Vec::new();
    let id = id(scheme, request, event_id)?;
    if let (Some(id), Some(name)) = (&id, scheme.id_header()) {
        headers.push((name.to_owned(), id.clone()));
    }
    let time = scheme.timestamp.as_ref().map(|rule| timestamp::written(at, rule.unit)).unwrap_or_default();
    let mut item = None;
    match scheme.timestamp.as_ref().and_then(|rule| rule.from.first()) {
        Some(Selector::Header(name)) => headers.push((name.clone(), time.clone())),
        Some(Selector::Sig(key)) => item = Some(key.as_str()),
        Some(Selector::Json(_)) => return Err(SignError::ProofInBody(scheme.key.clone())),
        None => {}
    }
    let Some(Selector::Header(name)) = scheme.signature.first() else {
        return Err(SignError::ProofInBody(scheme.key.clone()));
    };
    let digest =
        mac::digest(scheme.algo, &key, read::signed(scheme, request, &time, id.as_deref().unwrap_or_default()));
    let digest = mac::written(scheme.algo, scheme.encoding, &digest);
    headers.push((name.clone(), written(scheme, item.map(|key| (key, time.as_str())), &digest)));
    Ok(headers)
}

fn id(scheme: &Scheme, request: &SignedRequest<'_>, wanted: Option<&str>) -> Result<Option<String>, SignError> {
    let id = match wanted {
        Some(id) => Some(id.to_owned()),
        None => read::id(scheme, request).map(Into::into),
    };
    let needed = scheme.signed.contains(&Part::Id) || scheme.id.as_ref().is_some_and(|rule| rule.required);
    match id {
        None if needed => Err(SignError::EventIdMissing(scheme.key.clone())),
        Some(id) if id.len() > read::MAX_ID_BYTES || !id.bytes().all(|b| (b' '..0x7f).contains(&b)) => {
            Err(SignError::EventIdUnfit(id))
        }
        id => Ok(id),
    }
}

fn written(scheme: &Scheme, time: Option<(&str, &str)>, digest: &str) -> String {
    match &scheme.parse {
        Parse::Prefix(_) | Parse::AnyCasePrefix(_) if scheme.algo == Algo::Token => digest.to_owned(),
        Parse::Prefix(prefix) | Parse::AnyCasePrefix(prefix) => format!("{prefix}{digest}"),
        Parse::List { split, kv, pick } => {
            let time = time.map(|(key, time)| format!("{key}{kv}{time}{split}")).unwrap_or_default();
            format!("{time}{pick}{kv}{digest}")
        }
    }
}
