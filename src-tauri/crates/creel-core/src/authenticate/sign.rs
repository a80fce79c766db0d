//! The same record read the other way: the headers that make a request genuine.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::address;
use super::asymmetric;
use super::form;
use super::mac::{self, CannotReadSecret};
use super::pointer;
use super::read::{self, Between};
use super::scheme::{Algo, Parse, Part, Scheme, Selector, Unit};
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
    /// The signature or the time belongs into the body, and the body is no JSON object that could take it, or is not to
    /// be changed.
    #[error("the scheme {0} keeps its proof in the body, which cannot be signed anew")]
    ProofInBody(String),
    /// The signature belongs into the address.
    #[error("the scheme {0} keeps its proof in the address, which cannot be signed anew")]
    ProofInAddress(String),
    /// The stored secret is what verifies; only the sender has what signs.
    #[error("the secret is a public key: only the sender can sign with {0}; use a key pair of your own to try it")]
    PublicKeyOnly(String),
    /// Nobody should make such a signature any more.
    #[error("{0} is checked and not signed: SHA-1 with RSA is not safe any more")]
    VerifyOnly(String),
    /// Twilio binds a body that is no form by its hash in the address.
    #[error("the body is no form, so the address has to carry bodySHA256 with the body's hash")]
    BodyHashMissing,
}

/// What a request gets that makes it genuine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signed {
    /// Headers to set, replacing any of the same name: event id, timestamp, signature.
    pub headers: Vec<(String, String)>,
    /// The body with its proof, for schemes that keep theirs in there; `None`: the body stays.
    pub body: Option<Vec<u8>>,
}

/// The headers to set, replacing any of the same name: event id, timestamp, signature. `at` is the signature's time;
/// `event_id`: `None` keeps the request's own. The body is not changed: schemes whose proof is in there are refused.
pub fn sign(
    scheme: &Scheme,
    request: &SignedRequest<'_>,
    secret: &Secret,
    at: UnixMs,
    event_id: Option<&str>,
) -> Result<Vec<(String, String)>, SignError> {
    let signed = sign_whole(scheme, request, secret, at, event_id)?;
    match signed.body {
        None => Ok(signed.headers),
        Some(_) => Err(SignError::ProofInBody(scheme.key.clone())),
    }
}

/// The same, with the body changed where the proof is in there. An address that is signed is `request.url` as it stands,
/// or the name in `Host` with it.
pub fn sign_whole(
    scheme: &Scheme,
    request: &SignedRequest<'_>,
    secret: &Secret,
    at: UnixMs,
    event_id: Option<&str>,
) -> Result<Signed, SignError> {
    let key = mac::key_bytes(&scheme.key_reading, secret)?;
    let Some(items) = scheme.items(request.body) else { return sign_one(scheme, request, &key, at, event_id) };
    let mut signed = Signed::default();
    for n in 0..items.max(1) {
        let body = signed.body.take();
        let request = SignedRequest { body: body.as_deref().unwrap_or(request.body), ..*request };
        let one = sign_one(&scheme.of_item(n), &request, &key, at, event_id)?;
        signed = Signed { headers: one.headers, body: one.body.or(body) };
    }
    Ok(signed)
}

fn sign_one(
    scheme: &Scheme,
    request: &SignedRequest<'_>,
    key: &[u8],
    at: UnixMs,
    event_id: Option<&str>,
) -> Result<Signed, SignError> {
    let mut work =
        Work { scheme, url: request.url, headers: scheme.fixed.clone(), body: Cow::Borrowed(request.body), item: None };
    let id = id(scheme, request, event_id)?;
    if let (Some(id), Some(rule)) = (&id, &scheme.id)
        && let Some(place) = rule.from.first()
    {
        // An id in a body that has one stays: who wants another one changes the body. One is added only where it is needed.
        let added = rule.required && read::id(scheme, request).is_none();
        if !matches!(place, Selector::Json(_)) || added {
            work.put(place, id)?;
        }
    }
    let time = scheme.timestamp.as_ref().map(|rule| timestamp::written(at, rule.unit)).unwrap_or_default();
    if let Some(place) = scheme.timestamp.as_ref().and_then(|rule| rule.from.first()) {
        work.put(place, &time)?;
    }
    address::bound(scheme.url, request).map_err(|_| SignError::BodyHashMissing)?;
    let request = SignedRequest { body: &work.body.clone(), ..*request };
    let url = read::urls(scheme, &request).into_iter().next().unwrap_or_default();
    let between = Between { time: &time, id: id.as_deref().unwrap_or_default(), url: &url, key };
    let digest = digest(scheme, key, &read::signed(scheme, &request, between))?;
    let written = written(scheme, work.item.as_ref(), &digest);
    let place = scheme.signature.first().ok_or_else(|| SignError::ProofInBody(scheme.key.clone()))?;
    work.put(place, &written)?;
    let body = match work.body {
        Cow::Borrowed(_) => None,
        Cow::Owned(body) => Some(body),
    };
    Ok(Signed { headers: work.headers, body })
}

/// A proof in the making.
struct Work<'r> {
    scheme: &'r Scheme,
    url: &'r str,
    headers: Vec<(String, String)>,
    body: Cow<'r, [u8]>,
    /// The item of the signature's list that holds the time.
    item: Option<(String, String)>,
}

impl Work<'_> {
    fn put(&mut self, place: &Selector, value: &str) -> Result<(), SignError> {
        match place {
            Selector::Header(name) => self.headers.push((name.clone(), value.to_owned())),
            Selector::Sig(name) => self.item = Some((name.clone(), value.to_owned())),
            Selector::Json(pointer) => {
                let number = self.time_is_number(place);
                let body = put_json(&self.body, pointer, value, number);
                self.body = Cow::Owned(body.ok_or_else(|| SignError::ProofInBody(self.scheme.key.clone()))?);
            }
            // A parameter that is in the address is the user's.
            Selector::Query(name) if form::parameter(self.url, name).is_some() => {}
            Selector::Query(_) => return Err(SignError::ProofInAddress(self.scheme.key.clone())),
            Selector::Form(_) => return Err(SignError::ProofInBody(self.scheme.key.clone())),
        }
        Ok(())
    }

    /// A time in a body is a number; ids and signatures are texts.
    fn time_is_number(&self, place: &Selector) -> bool {
        let rule = self.scheme.timestamp.as_ref();
        rule.is_some_and(|rule| rule.from.contains(place) && !matches!(rule.unit, Unit::Rfc3339))
    }
}

/// The body with `value` at `pointer`. Where something stands there, no other byte changes; else it is added, and the
/// body is written anew.
fn put_json(body: &[u8], pointer: &str, value: &str, number: bool) -> Option<Vec<u8>> {
    let written = if number { value.to_owned() } else { serde_json::to_string(value).ok()? };
    if let Some(place) = pointer::place(body, pointer) {
        // What stands there as a text stays one: Mailgun's time.
        let quoted = body.get(place.start) == Some(&b'"') && number;
        let written = if quoted { format!("\"{written}\"") } else { written };
        return Some([&body[..place.start], written.as_bytes(), &body[place.end..]].concat());
    }
    let mut whole: Value = serde_json::from_slice(body).ok()?;
    let mut at = &mut whole;
    for segment in pointer.strip_prefix('/')?.split('/') {
        let inside = match at {
            Value::Array(elements) => elements.get_mut(segment.parse::<usize>().ok()?)?,
            Value::Object(fields) => fields.entry(segment).or_insert_with(|| Value::Object(Map::new())),
            _ => return None,
        };
        at = inside;
    }
    *at = serde_json::from_str(&written).ok()?;
    serde_json::to_vec(&whole).ok()
}

fn digest(scheme: &Scheme, key: &[u8], parts: &[Cow<'_, [u8]>]) -> Result<String, SignError> {
    let digest = if scheme.has_public_key() {
        if scheme.algo == Algo::RsaSha1 {
            return Err(SignError::VerifyOnly(scheme.name.clone()));
        }
        let signature = asymmetric::sign(scheme.algo, key, &parts.concat());
        signature.ok_or_else(|| SignError::PublicKeyOnly(scheme.name.clone()))?
    } else {
        mac::digest(scheme.algo, key, parts.iter().map(AsRef::as_ref))
    };
    Ok(mac::written(scheme.algo, scheme.encoding, &digest))
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

fn written(scheme: &Scheme, time: Option<&(String, String)>, digest: &str) -> String {
    match &scheme.parse {
        Parse::Prefix(prefix) | Parse::AnyCasePrefix(prefix) => format!("{prefix}{digest}"),
        Parse::List { split, kv, pick } => {
            let time = time.map(|(key, time)| format!("{key}{kv}{time}{split}")).unwrap_or_default();
            format!("{time}{pick}{kv}{digest}")
        }
    }
}
