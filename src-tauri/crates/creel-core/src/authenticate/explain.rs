//! Why a signature is valid or not: the nine steps with what each compared. The same functions as the check itself.

use super::format::written_length;
use super::mac;
use super::reproduce::reproduce;
use super::scheme::{Encoding, Parse, Part, Scheme};
use super::timestamp;
use super::verify::{Key, Proof, Rejected, SignedRequest, signatures, verify};
use super::words::{count, quoted};
use crate::api::deliveries::{CheckState, CheckStep, SignatureReport};
use crate::clock::UnixMs;

/// As much of the signed string as a person looks at; the rest is in the Body tab.
const SIGNED_SHOWN_BYTES: usize = 4096;

/// What the steps around the check said; the pipeline knows, the scheme does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// Step 1: is there an endpoint, and is it on?
    pub endpoint: (CheckState, String),
    /// Step 2: the rate.
    pub rate: (CheckState, String),
    /// Step 3: the caller's address.
    pub address: (CheckState, String),
    /// Step 9, second half: whether it came before, in one sentence; `None`: it did not, or nobody looked.
    pub duplicate: Option<String>,
}

/// The report for a request that was received at `received`. `keys`: those that were live then. Expected signatures are
/// shown cut: enough to compare, too little to forge with.
pub fn explain(
    scheme: &Scheme,
    request: &SignedRequest<'_>,
    keys: &[Key],
    received: UnixMs,
    around: Surroundings,
) -> SignatureReport {
    let answer = verify(scheme, request, keys, received);
    // Of a request with several items the first one is shown.
    let item = scheme.items(request.body).map(|_| scheme.of_item(0));
    let scheme = item.as_ref().unwrap_or(scheme);
    let signature = signatures(scheme, request);
    let proof = match &signature {
        Ok(signature) => Proof::read(scheme, request, signature),
        Err(rejected) => Err(rejected.clone()),
    };
    let mut report = Report { steps: Vec::new(), failed: false };
    report.say("Endpoint", around.endpoint);
    report.say("Rate", around.rate);
    report.say("Address", around.address);
    let header = signature.as_ref().map(|_| format!("{} is there once", scheme.signature_name()));
    if scheme.sends_secret() {
        report.token(&header, &answer);
    } else {
        report.say("Token", (CheckState::NotUsed, "not used by this scheme".to_owned()));
        report.held("Header", header.map_err(|rejected| rejected.words.clone()));
        report.held("Format", proof.as_ref().map(|_| form(scheme)).map_err(|rejected| rejected.words.clone()));
        report.held("Signed string", proof.as_ref().map(|_| signed_words(scheme, request)).map_err(|_| String::new()));
        report.held(
            "Signature",
            proof.as_ref().map_err(|_| String::new()).and_then(|proof| fits(scheme, request, proof, keys, received)),
        );
    }
    report.freshness(scheme, proof.as_ref().ok(), received, around.duplicate);
    let signed =
        proof.as_ref().ok().filter(|_| !scheme.sends_secret()).map(|proof| signed_bytes(scheme, request, proof));
    SignatureReport {
        scheme: scheme.key.clone(),
        scheme_words: format!("{}: {}", scheme.name, scheme.words),
        steps: report.steps,
        signed_string: signed.as_deref().map(shown),
        signed_bytes: signed.as_ref().map(|bytes| i64::try_from(bytes.len()).unwrap_or(i64::MAX)),
        conclusion: conclusion(&answer),
        valid: answer.is_ok(),
        reproduce: command(scheme, request, proof.as_ref().ok()),
    }
}

fn conclusion(answer: &Result<super::verify::Authentic, Rejected>) -> String {
    match answer {
        Ok(authentic) if authentic.previous() => "The signature is valid under the previous secret.".to_owned(),
        Ok(_) => "The signature is valid.".to_owned(),
        Err(rejected) => {
            let mut words = rejected.words.chars();
            let first = words.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            // Header names keep their own case; a sentence that begins with one is fine as it is.
            format!("{first}{}.", words.as_str())
        }
    }
}

/// The steps so far. After a failed one the others are not reached.
struct Report {
    steps: Vec<CheckStep>,
    failed: bool,
}

impl Report {
    fn say(&mut self, name: &str, (state, words): (CheckState, String)) {
        let number = u8::try_from(self.steps.len() + 1).unwrap_or(u8::MAX);
        let reached = !self.failed || state == CheckState::NotUsed;
        let (state, words) = if reached { (state, words) } else { (CheckState::NotReached, "not reached".to_owned()) };
        self.failed |= state == CheckState::Fail;
        self.steps.push(CheckStep { number, name: name.to_owned(), state, words });
    }

    fn held(&mut self, name: &str, held: Result<String, String>) {
        self.say(name, held.map_or_else(|words| (CheckState::Fail, words), |words| (CheckState::Pass, words)));
    }

    /// A scheme whose proof is the secret itself has one step instead of four.
    fn token(&mut self, header: &Result<String, &Rejected>, answer: &Result<super::verify::Authentic, Rejected>) {
        self.held(
            "Token",
            match (header, answer) {
                (Err(rejected), _) => Err(rejected.words.clone()),
                (Ok(_), Err(rejected)) => Err(rejected.words.clone()),
                (Ok(_), Ok(_)) => Ok("the token is the secret".to_owned()),
            },
        );
        for name in ["Header", "Format", "Signed string", "Signature"] {
            self.say(name, (CheckState::NotUsed, "this scheme sends the secret itself and signs nothing".to_owned()));
        }
    }

    fn freshness(&mut self, scheme: &Scheme, proof: Option<&Proof<'_>>, received: UnixMs, duplicate: Option<String>) {
        let time = proof.and_then(|proof| proof.time.as_ref()).zip(scheme.timestamp.as_ref());
        let fresh = match time {
            Some((time, rule)) => timestamp::fresh(time.at, received, rule.tolerance),
            None => Ok("the scheme signs no time".to_owned()),
        };
        let name = "Freshness and duplicate";
        match (fresh, duplicate) {
            (Err(words), _) => self.held(name, Err(words)),
            (Ok(fresh), Some(duplicate)) => self.held(name, Err(format!("{fresh}; {duplicate}"))),
            (Ok(fresh), None) => self.held(name, Ok(fresh)),
        }
    }
}

fn form(scheme: &Scheme) -> String {
    let encoding = match scheme.encoding {
        Encoding::Hex => "hex digits",
        Encoding::Base64 => "characters of base64",
        Encoding::Base64UrlNoPad => "characters of URL-safe base64",
    };
    let Some(bytes) = scheme.algo.digest_bytes() else { return encoding.to_owned() };
    let length = written_length(scheme.encoding, bytes);
    match &scheme.parse {
        Parse::Prefix(prefix) | Parse::AnyCasePrefix(prefix) if prefix.is_empty() => format!("{length} {encoding}"),
        Parse::Prefix(prefix) | Parse::AnyCasePrefix(prefix) => format!("{prefix} and {length} {encoding}"),
        Parse::List { kv, pick, .. } => format!("a list with {pick}{kv} and {length} {encoding}"),
    }
}

fn signed_words(scheme: &Scheme, request: &SignedRequest<'_>) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => quoted(text),
        Part::Body => format!("the body, {}", count(request.body.len() as u64, "byte")),
        Part::Timestamp => "the timestamp".to_owned(),
        Part::Id => "the event id".to_owned(),
        Part::Method => "the method".to_owned(),
        Part::Url => "the address".to_owned(),
        Part::Payload => "the JSON payload".to_owned(),
        Part::FormSorted => "the form's fields by name".to_owned(),
        Part::Secret => "the secret".to_owned(),
        Part::Json(pointer) => pointer.clone(),
        Part::Fields(names) => format!("the fields {} as far as they are there", names.join(", ")),
        Part::Crc32 => "the CRC-32 of the body".to_owned(),
        Part::Label => "what stands before the certificate in the secret".to_owned(),
    };
    scheme.signed.iter().map(part).collect::<Vec<_>>().join(" + ")
}

fn signed_bytes(scheme: &Scheme, request: &SignedRequest<'_>, proof: &Proof<'_>) -> Vec<u8> {
    let url = proof.urls.first().map_or("", String::as_str);
    proof.parts(scheme, request, b"<the secret>", url).concat()
}

fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text[..text.floor_char_boundary(SIGNED_SHOWN_BYTES.min(text.len()))].to_owned(),
        Err(_) => hex::encode(&bytes[..bytes.len().min(SIGNED_SHOWN_BYTES / 2)]),
    }
}

fn fits(
    scheme: &Scheme,
    request: &SignedRequest<'_>,
    proof: &Proof<'_>,
    keys: &[Key],
    received: UnixMs,
) -> Result<String, String> {
    let written = |digest: &[u8]| cut(&mac::written(scheme.algo, scheme.encoding, digest));
    let candidates = proof.candidates.digests.iter().map(|digest| written(digest)).collect::<Vec<_>>().join(", ");
    let mut expected = Vec::new();
    for key in keys.iter().filter(|key| key.live(received)) {
        let bytes = mac::key_bytes(&scheme.key_reading, &key.value).map_err(|error| error.to_string())?;
        let which = if key.expires_at.is_some() { " (previous secret)" } else { "" };
        let digest = proof.digest(scheme, request, &bytes);
        match (proof.fits(scheme, request, &bytes), scheme.has_public_key()) {
            (true, true) => return Ok(format!("received {candidates}, which the public key verifies{which}")),
            (true, false) => return Ok(format!("received {candidates}, expected {}{which}", written(&digest))),
            (false, true) => expected.push(format!("one that the public key verifies{which}")),
            (false, false) => expected.push(format!("{}{which}", written(&digest))),
        }
    }
    match expected.is_empty() {
        true => Err("there is no live secret to compute the signature with".to_owned()),
        false => Err(format!("expected {}, received {candidates}", expected.join(" or "))),
    }
}

/// The beginning and the end of a signature: `9f2c…a1`.
fn cut(signature: &str) -> String {
    match (signature.get(..4), signature.get(signature.len().saturating_sub(2)..)) {
        (Some(begin), Some(end)) if signature.len() > 8 => format!("{begin}…{end}"),
        _ => "…".to_owned(),
    }
}

fn command(scheme: &Scheme, request: &SignedRequest<'_>, proof: Option<&Proof<'_>>) -> String {
    let time = proof.and_then(|proof| proof.time.as_ref()).map_or("$TIMESTAMP", |time| &time.text);
    let id = proof.map_or("$ID", |proof| proof.id.as_str());
    let url = proof.and_then(|proof| proof.urls.first()).map_or(request.url, String::as_str);
    reproduce(scheme, request.method, url, time, id)
}
