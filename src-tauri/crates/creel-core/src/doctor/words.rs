//! The sentences: what the sender did, what shows it, what can be done.

use std::time::Instant;

use super::case::{Case, Known, Owner};
use super::search::Hit;
use crate::api::doctor::{Cause, Diagnosis, Fix, Mistake, UseSecret};
use crate::authenticate::{Algo, Encoding, Parse, Scheme, Selector};
use crate::ids::TriggerId;

/// For a delivery whose signature is valid.
pub(super) fn nothing_to_find() -> Diagnosis {
    Diagnosis {
        needed: false,
        sentence: "The signature is valid; there is nothing to find.".to_owned(),
        causes: Vec::new(),
        tried: String::new(),
        complete: true,
        took_us: 0,
    }
}

/// The whole diagnosis.
pub(super) fn told(causes: Vec<Cause>, tried: &str, complete: bool, began: Instant) -> Diagnosis {
    let sentence = match (causes.first(), complete) {
        (Some(cause), _) => cause.words.clone(),
        (None, true) => format!(
            "No cause was found. Tried: {tried}. The secret is most likely one that is not stored here, or the body was \
             changed on its way."
        ),
        (None, false) => format!("No cause was found in the time there is. Tried: {tried}, not all of them together."),
    };
    let took_us = i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX);
    Diagnosis { needed: true, sentence, causes, tried: tried.to_owned(), complete, took_us }
}

/// What stands before a digest: `sha256=`, `v1=`.
pub(super) fn prefix(scheme: &Scheme) -> String {
    match &scheme.parse {
        Parse::Prefix(prefix) | Parse::AnyCasePrefix(prefix) => prefix.clone(),
        Parse::List { kv, pick, .. } => format!("{pick}{kv}"),
    }
}

/// What an encoding is called.
pub(super) fn encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Hex => "hex",
        Encoding::Base64 => "base64",
        Encoding::Base64UrlNoPad => "URL-safe base64",
    }
}

fn algorithm(algo: Algo) -> &'static str {
    match algo {
        Algo::HmacSha1 => "HMAC-SHA1",
        Algo::HmacSha256 => "HMAC-SHA256",
        Algo::HmacSha512 => "HMAC-SHA512",
        Algo::Sha256 => "SHA-256",
        Algo::Token | Algo::Basic => "a token",
        Algo::Ed25519 => "Ed25519",
        Algo::EcdsaP256 => "ECDSA P-256",
        Algo::RsaSha256 => "RSA-SHA256",
        Algo::RsaSha1 => "RSA-SHA1",
    }
}

/// A certain cause that no digest had to be computed for. `value` is what the mistake's sentence names.
pub(super) fn cause(case: &Case<'_>, mistakes: Vec<Mistake>, value: &str, known: Option<&Known>) -> Cause {
    let whose = known.map(|known| known.called(case.received)).unwrap_or_default();
    let words = mistakes.iter().map(|mistake| sentence(case, *mistake, value, &whose)).collect::<Vec<_>>();
    let mut fixes: Vec<Fix> = known.and_then(|known| use_secret(known, &mistakes)).into_iter().collect();
    fixes.extend(mistakes.iter().filter_map(|mistake| advice(*mistake)).map(Fix::Advice));
    Cause { mistakes, certain: true, words: joined(words), evidence: Vec::new(), fixes }
}

/// Another scheme's rule fits.
pub(super) fn by_scheme(case: &Case<'_>, mistakes: Vec<Mistake>, scheme: &Scheme, known: &Known) -> Cause {
    let whose = known.called(case.received);
    let words =
        format!("It is signed as {} signs, with {whose}; this trigger checks {}.", scheme.name, case.scheme.name);
    let header =
        scheme.signature.iter().filter_map(Selector::header).find(|name| case.request.headers.first(name).is_some());
    let evidence = vec![format!("{} fits: {}", header.unwrap_or_default(), scheme.words)];
    let mut fixes = vec![Fix::ChangeScheme(scheme.key.clone())];
    fixes.extend(use_secret(known, &mistakes));
    Cause { mistakes, certain: true, words, evidence, fixes }
}

/// A digest came out.
pub(super) fn by_hit(case: &Case<'_>, mistakes: Vec<Mistake>, hit: &Hit<'_>) -> Cause {
    let whose = hit.known.called(case.received);
    let value = |mistake: Mistake| match mistake {
        Mistake::Algorithm => algorithm(hit.algo).to_owned(),
        Mistake::Encoding => encoding(hit.found.encoding).to_owned(),
        Mistake::PrefixWrong => hit.found.before.clone(),
        Mistake::OtherHeader => hit.found.header.clone(),
        Mistake::SignedString => hit.rule.words.to_owned(),
        Mistake::Address => hit.rule.url.clone(),
        Mistake::TimestampUnit => hit.rule.time.clone(),
        _ => hit.body.map(|variant| variant.words.clone()).unwrap_or_default(),
    };
    let words = mistakes.iter().map(|mistake| sentence(case, *mistake, &value(*mistake), &whose)).collect::<Vec<_>>();
    let over = hit.body.map_or_else(|| format!("the {} bytes that came", case.request.body.len()), |v| v.words.clone());
    let evidence = vec![format!(
        "{} of {over}, under {whose}, is the value in {}: {}",
        algorithm(hit.algo),
        hit.found.header,
        shown(&hex::encode(&hit.found.digest))
    )];
    let mut fixes: Vec<Fix> = use_secret(hit.known, &mistakes).into_iter().collect();
    fixes.extend(mistakes.iter().filter_map(|mistake| advice(*mistake)).map(Fix::Advice));
    Cause { mistakes, certain: true, words: joined(words), evidence, fixes }
}

/// A guess.
pub(super) fn truncated(case: &Case<'_>) -> Cause {
    let words = match case.lost {
        0 => "The body's JSON ends early: the rest was most likely lost on the way.".to_owned(),
        lost => format!("Only the beginning of the body was kept, {lost} bytes less than came: it cannot be tried."),
    };
    let fixes = advice(Mistake::BodyTruncated).map(Fix::Advice).into_iter().collect();
    Cause { mistakes: vec![Mistake::BodyTruncated], certain: false, words, evidence: Vec::new(), fixes }
}

/// The beginning of a digest: enough to compare.
fn shown(digest: &str) -> String {
    format!(
        "{}…{}",
        digest.get(..4).unwrap_or_default(),
        digest.get(digest.len().saturating_sub(2)..).unwrap_or_default()
    )
}

fn joined(words: Vec<String>) -> String {
    words.join(" And: ")
}

fn use_secret(known: &Known, mistakes: &[Mistake]) -> Option<Fix> {
    let wanted = mistakes.contains(&Mistake::OtherSecret) || mistakes.contains(&Mistake::OldSecret);
    let name = match &known.owner {
        Owner::Own => "the old secret".to_owned(),
        Owner::Other(name) => name.clone(),
    };
    // The handler knows the trigger; a diagnosis of bytes alone has none.
    let target = UseSecret { trigger_id: TriggerId(String::new()), secret_id: known.key.id.clone(), name };
    wanted.then_some(Fix::UseSecret(target))
}

fn sentence(case: &Case<'_>, mistake: Mistake, value: &str, whose: &str) -> String {
    let scheme = case.scheme;
    let header = scheme.signature.first().and_then(Selector::header).unwrap_or("the signature");
    match mistake {
        Mistake::SignatureMissing => {
            format!("There is no {value}: the sender has no secret, or something removed the header.")
        }
        Mistake::HeaderRepeated => format!("{value} came more than once, and which one counts cannot be known."),
        Mistake::PlainSecret => format!("{value} holds {whose} itself, not a signature made with it."),
        Mistake::OldSecret => format!("Signed with {whose}: the sender still uses it."),
        Mistake::OtherSecret if scheme.sends_secret() => format!("It carries {whose}."),
        Mistake::OtherSecret => format!("Signed with {whose}."),
        Mistake::OtherScheme => format!("Signed as {value} signs."),
        Mistake::ClockSkew => format!("The signature fits, but {value}."),
        Mistake::TimestampUnit => {
            format!("The signature fits, but its time {value:?} is written in another unit than {} has.", scheme.name)
        }
        Mistake::EventIdMissing => "The signature fits, but the event id is missing.".to_owned(),
        Mistake::Algorithm => format!("Made with {value} in place of {}.", algorithm(scheme.algo)),
        Mistake::Encoding => format!("The signature is written in {value} in place of {}.", encoding(scheme.encoding)),
        Mistake::PrefixMissing => format!("\"{}\" is missing before the signature in {header}.", prefix(scheme)),
        Mistake::PrefixWrong if prefix(scheme).is_empty() => {
            format!("{value:?} stands before the signature in {header}, where nothing belongs.")
        }
        Mistake::PrefixWrong => {
            format!("Before the signature in {header} stands something else than \"{}\".", prefix(scheme))
        }
        Mistake::Quoted => format!("The signature in {header} stands in quotes."),
        Mistake::OtherHeader => format!("The right signature is in {value}, not in {header}."),
        Mistake::SignatureTruncated => format!("The signature is the right one, cut to {value} characters."),
        Mistake::SignedString => format!("Signed was {value}, not what {} signs.", scheme.name),
        Mistake::Address => format!("Signed for the address {value}."),
        Mistake::SecretTrimmed => {
            "The secret stored here has spaces around it that the sender's does not have.".to_owned()
        }
        Mistake::SecretWithNewline => {
            "The sender's secret ends with a line end, which a file or an echo added.".to_owned()
        }
        Mistake::SecretWithSpace => "The sender's secret has a space beside it.".to_owned(),
        Mistake::SecretNotDecoded => {
            "The sender uses the secret's text as the key; it has to be decoded first.".to_owned()
        }
        Mistake::SecretDecoded => "The sender decodes the secret; its text is the key as it stands.".to_owned(),
        Mistake::SecretWithoutPrefix => "The sender uses the secret without its \"whsec_\".".to_owned(),
        Mistake::SecretInQuotes => "The sender's secret is in quotes, which became part of it.".to_owned(),
        Mistake::SecretEncoded => "The sender encodes the secret once more before it uses it.".to_owned(),
        Mistake::SecretCase => "The sender's secret has its letters in another case.".to_owned(),
        Mistake::SecretEmpty => "The sender signs with an empty secret: its setting is not filled in.".to_owned(),
        Mistake::BodyRewritten => format!("The body was read and written anew on its way: signed was {value}."),
        Mistake::LineEndAdded => format!("Something was added around the body on its way: signed was {value}."),
        Mistake::LineEndRemoved => format!("A line end behind the body was lost on its way: signed was {value}."),
        Mistake::LineEnds => format!("The line ends inside the body were changed on the way: signed was {value}."),
        Mistake::ByteOrderMark => format!("A byte order mark came or went on the way: signed was {value}."),
        Mistake::FormDecoded => format!("The body's form was changed on its way: signed was {value}."),
        Mistake::BodyPacked => format!("The body was packed after it was signed: signed was {value}."),
        Mistake::BodyNotSigned => "The sender signs an empty body, not the one that it sends.".to_owned(),
        Mistake::BodyTruncated => "The body ends early.".to_owned(),
    }
}

/// What the user can do where no button can.
fn advice(mistake: Mistake) -> Option<String> {
    let words = match mistake {
        Mistake::SignatureMissing => "set the trigger's secret at the sender",
        Mistake::HeaderRepeated => "look for a proxy that adds the header a second time",
        Mistake::PlainSecret => "have the sender compute the signature, or choose the scheme \"Plain secret\"",
        Mistake::OldSecret | Mistake::OtherSecret => "set this trigger's secret at the sender",
        Mistake::ClockSkew => {
            "set the clock of the sender or of this machine; a late delivery can be replayed, signed anew"
        }
        Mistake::TimestampUnit => "write the time in the scheme's unit",
        Mistake::Algorithm => "use the scheme's hash at the sender",
        Mistake::Encoding
        | Mistake::PrefixMissing
        | Mistake::PrefixWrong
        | Mistake::Quoted
        | Mistake::SignatureTruncated => "write the signature as the scheme does",
        Mistake::OtherHeader => "send it in the scheme's header",
        Mistake::SignedString | Mistake::BodyNotSigned => "sign what the scheme signs",
        Mistake::Address => "put the address that the sender calls into its settings, or keep the Host in the tunnel",
        Mistake::SecretTrimmed => "rotate the secret and paste it without spaces",
        Mistake::BodyRewritten | Mistake::FormDecoded => {
            "sign and send the same bytes: at the sender, or in the proxy between, use the raw body"
        }
        Mistake::LineEndAdded | Mistake::LineEndRemoved | Mistake::LineEnds | Mistake::ByteOrderMark => {
            "send the body as bytes, not as text (with curl: --data-binary)"
        }
        Mistake::BodyPacked => "sign what is sent, or send it unpacked",
        Mistake::BodyTruncated => "raise the trigger's largest body, and look for a limit on the way",
        Mistake::EventIdMissing => "send the event's id",
        Mistake::OtherScheme => return None,
        Mistake::SecretWithNewline
        | Mistake::SecretWithSpace
        | Mistake::SecretNotDecoded
        | Mistake::SecretDecoded
        | Mistake::SecretWithoutPrefix
        | Mistake::SecretInQuotes
        | Mistake::SecretEncoded
        | Mistake::SecretCase
        | Mistake::SecretEmpty => "correct how the sender reads its secret",
    };
    Some(words.to_owned())
}
