//! From what was received and what the draft changes to the request that is sent, byte for byte.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;

use super::aim::Aim;
use super::event_id;
use super::marks::MARK_HEADER;
use super::shown::restored;
use super::signer::{Proof, Signer};
use super::source::Source;
use crate::api::replays::{Broken, ReplayDraft, Signing};
use crate::authenticate::{self, Scheme, SignedRequest, with_event_id};
use crate::error::{ApiError, ErrorCode};
use crate::headers::{is_credential, is_of_the_connection};
use crate::ids::Ids;
use crate::receive::Headers;

/// GitHub's SHA-1 signature, which nobody should check and which would be wrong after any change.
const OLD_SIGNATURE: &str = "x-hub-signature";

const AUTHORIZATION: &str = "Authorization";

/// A request ready to be written, but for the marker.
pub(super) struct Composed {
    pub method: String,
    /// Every line in its order and case; `Host` and `Content-Length` among them.
    pub headers: Headers,
    pub body: Bytes,
    /// Names of the lines that were made anew.
    pub recomputed: Vec<String>,
    /// The scheme that it was signed with.
    pub scheme: Option<&'static Scheme>,
    /// What the user should know.
    pub warnings: Vec<String>,
}

/// Composes it. Called for each sending: a new event id and the time are new each time.
pub(super) fn compose(
    draft: &ReplayDraft,
    source: &Source,
    aim: &Aim,
    proof: &Proof,
    ids: &dyn Ids,
) -> Result<Composed, ApiError> {
    let mut work = Work {
        method: method(draft, source)?,
        lines: lines(draft, source, aim)?,
        body: body(draft, source)?,
        made: Vec::new(),
        warnings: Vec::new(),
    };
    work.leave_out_credentials(draft, aim);
    let id = work.new_id(draft, source, proof, ids);
    match proof {
        Proof::AsReceived => {}
        Proof::Removed => work.remove(&proof_names(source.scheme, None)),
        Proof::Made(signer) => work.sign(signer, source, aim, id.as_deref())?,
    }
    work.carry_token(draft, source, aim);
    if draft.broken == Some(Broken::AlteredByte) {
        work.body = altered(&work.body)?;
    }
    work.set("Content-Length", &work.body.len().to_string());
    work.set("Host", &aim.host());
    Ok(Composed {
        method: work.method,
        headers: Headers(work.lines),
        body: work.body,
        recomputed: work.made,
        scheme: match proof {
            Proof::Made(signer) => Some(signer.scheme),
            Proof::AsReceived | Proof::Removed => None,
        },
        warnings: work.warnings,
    })
}

/// A request in the making.
struct Work {
    method: String,
    lines: Vec<(String, Bytes)>,
    body: Bytes,
    made: Vec<String>,
    warnings: Vec<String>,
}

impl Work {
    /// Sets a line where it stands, else at the end (`Host`: at the front).
    fn set(&mut self, name: &str, value: &str) {
        let value = Bytes::copy_from_slice(value.as_bytes());
        match self.lines.iter().position(|(own, _)| own.eq_ignore_ascii_case(name)) {
            Some(at) => self.lines[at].1 = value,
            None if name == "Host" => self.lines.insert(0, (name.to_owned(), value)),
            None => self.lines.push((name.to_owned(), value)),
        }
        self.made.push(name.to_owned());
    }

    fn remove(&mut self, names: &[&str]) {
        self.lines.retain(|(own, _)| !names.iter().any(|name| name.eq_ignore_ascii_case(own)));
    }

    /// A sender's credential is not for somebody else, unless the user wrote it into the draft.
    fn leave_out_credentials(&mut self, draft: &ReplayDraft, aim: &Aim) {
        let names: Vec<_> =
            self.lines.iter().map(|(name, _)| name.clone()).filter(|name| is_credential(name)).collect();
        if names.is_empty() || matches!(aim, Aim::Here(_)) {
            return;
        }
        let names = names.join(", ");
        if draft.headers.is_some() {
            self.warnings.push(format!("{names} goes out as you edited it: a credential"));
            return;
        }
        self.lines.retain(|(name, _)| !is_credential(name));
        self.warnings
            .push(format!("{names} is left out: a credential stays on this machine unless you edit the headers"));
    }

    /// Where a token selects the trigger, the one that is aimed at gets its own: a sample has none, and a delivery of
    /// another trigger has that one's. What the user wrote into the draft stays.
    fn carry_token(&mut self, draft: &ReplayDraft, source: &Source, aim: &Aim) {
        let (Signing::Target, Aim::Here(here)) = (&draft.signing, aim) else { return };
        let Some(token) = here.listening.as_ref().and_then(|at| at.token.as_ref()) else { return };
        let now = self.lines.iter().find(|(name, _)| name.eq_ignore_ascii_case(AUTHORIZATION)).map(|(_, value)| value);
        let came = source.headers.first(AUTHORIZATION);
        if now.is_none_or(|now| Some(&now[..]) == came) {
            self.only_first(AUTHORIZATION);
            self.set(AUTHORIZATION, &format!("Bearer {}", token.expose()));
        }
    }

    /// A new event id where one is asked for, where the scheme demands one and there is none, and for a request that
    /// never came. In a body it is changed
    /// at once; in a header it is set by the signing, or here where nothing is signed.
    fn new_id(&mut self, draft: &ReplayDraft, source: &Source, proof: &Proof, ids: &dyn Ids) -> Option<String> {
        let scheme = match proof {
            Proof::Made(signer) => signer.scheme,
            Proof::AsReceived | Proof::Removed => source.scheme?,
        };
        let headers = Headers(self.lines.clone());
        let request = SignedRequest { method: &self.method, url: "", headers: &headers, body: &self.body };
        let own = authenticate::event_id(scheme, &request);
        let rule = scheme.id.as_ref()?;
        let wanted = draft.new_event_id || (own.is_none() && (rule.required || source.original.is_none()));
        if !wanted {
            return None;
        }
        if matches!(proof, Proof::AsReceived) && scheme.signs_id() {
            self.warnings.push("the event id stays: it is covered by the old signature".to_owned());
            return None;
        }
        let id = event_id::fresh(own.as_deref(), &scheme.key, ids);
        if let Some(body) = with_event_id(scheme, &self.body, &id) {
            self.body = body.into();
            return None;
        }
        match (scheme.id_header(), proof) {
            (Some(name), Proof::AsReceived | Proof::Removed) => self.set(name, &id),
            (Some(_), Proof::Made(_)) => return Some(id),
            (None, _) if draft.new_event_id => {
                self.warnings.push("the event id stays: the body has no place for one".to_owned());
            }
            (None, _) => {}
        }
        None
    }

    fn sign(&mut self, signer: &Signer, source: &Source, aim: &Aim, id: Option<&str>) -> Result<(), ApiError> {
        let scheme = signer.scheme;
        let headers = Headers(self.lines.clone());
        let request = SignedRequest { method: &self.method, url: &aim.url(), headers: &headers, body: &self.body };
        let whole = authenticate::sign_whole(scheme, &request, &signer.secret, signer.at, id)
            .map_err(|error| ApiError::invalid("signing", error.to_string()))?;
        let signed = whole.headers;
        if let Some(body) = whole.body {
            self.body = body.into();
        }
        let stale = proof_names(source.scheme, Some(scheme));
        let own = |name: &str| signed.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
        self.remove(&stale.into_iter().filter(|name| !own(name)).collect::<Vec<_>>());
        for (name, value) in &signed {
            if http::HeaderValue::from_str(value).is_err() {
                return Err(ApiError::invalid("signing", format!("what {name} would say cannot stand in a header")));
            }
            self.only_first(name);
            self.set(name, value);
        }
        Ok(())
    }

    /// A proof that came twice goes out once.
    fn only_first(&mut self, name: &str) {
        let mut seen = false;
        self.lines.retain(|(own, _)| !own.eq_ignore_ascii_case(name) || !std::mem::replace(&mut seen, true));
    }
}

/// Names of all lines that carry a proof: the source's, the old SHA-1 one, and every one of the scheme that signs.
fn proof_names(source: Option<&'static Scheme>, signer: Option<&'static Scheme>) -> Vec<&'static str> {
    let of_source = source.into_iter().flat_map(Scheme::proof_headers);
    of_source.chain(signer.into_iter().flat_map(Scheme::headers)).chain([OLD_SIGNATURE]).collect()
}

fn method(draft: &ReplayDraft, source: &Source) -> Result<String, ApiError> {
    let method = draft.method.as_ref().unwrap_or(&source.method);
    let fits = !method.is_empty() && method.bytes().all(|b| b.is_ascii_uppercase() || b == b'-');
    if !fits || method == "CONNECT" {
        return Err(ApiError::invalid("method", format!("{method:?} is no method that can be sent")));
    }
    Ok(method.clone())
}

/// The lines that are taken over. An edited list that names no event id keeps the original's.
fn lines(draft: &ReplayDraft, source: &Source, aim: &Aim) -> Result<Vec<(String, Bytes)>, ApiError> {
    let mut headers = match &draft.headers {
        None => source.headers.clone(),
        Some(edited) => {
            let mut headers = restored(edited, &source.headers, source.scheme)?;
            let id = source.scheme.and_then(Scheme::id_header);
            if let Some((name, value)) =
                id.and_then(|id| source.headers.0.iter().find(|l| l.0.eq_ignore_ascii_case(id)))
                && headers.first(name).is_none()
            {
                headers.0.push((name.clone(), value.clone()));
            }
            headers
        }
    };
    let elsewhere = matches!(aim, Aim::Elsewhere(_));
    headers.0.retain(|(name, _)| {
        let connection = is_of_the_connection(name) || name.eq_ignore_ascii_case(MARK_HEADER);
        // Nothing is unpacked here (`trust.md` T26), so nothing packed is asked for.
        let packing = elsewhere && name.eq_ignore_ascii_case("accept-encoding");
        !connection && !packing
    });
    Ok(headers.0)
}

/// The body as the draft has it, before anything is made anew in it.
pub(super) fn body(draft: &ReplayDraft, source: &Source) -> Result<Bytes, ApiError> {
    match (&draft.body, &draft.body_base64) {
        (Some(_), Some(_)) => Err(ApiError::invalid("body_base64", "either text or base64, not both")),
        (Some(text), None) => Ok(text.clone().into()),
        (None, Some(coded)) => BASE64_STANDARD
            .decode(coded.trim())
            .map(Bytes::from)
            .map_err(|error| ApiError::invalid("body_base64", format!("the body is not standard base64: {error}"))),
        (None, None) if source.lost > 0 => {
            let words = format!("{} bytes of the body were not kept, because it was refused", source.lost);
            Err(ApiError { field: Some("body".to_owned()), ..ApiError::new(ErrorCode::Conflict, words) }
                .hint("give a body of your own"))
        }
        (None, None) => Ok(source.body.clone()),
    }
}

/// One byte changed: a letter or digit near the middle becomes its neighbour, so that JSON stays JSON.
fn altered(body: &Bytes) -> Result<Bytes, ApiError> {
    let mut bytes = body.to_vec();
    let middle = bytes.len() / 2;
    let order = (middle..bytes.len()).chain((0..middle).rev());
    let plain = |b: u8| b.is_ascii_alphanumeric();
    let at = order.clone().find(|at| plain(bytes[*at])).or(order.clone().next());
    let byte = at.and_then(|at| bytes.get_mut(at));
    let byte = byte.ok_or_else(|| ApiError::invalid("broken", "the body is empty: there is no byte to change"))?;
    *byte ^= 1;
    Ok(bytes.into())
}
