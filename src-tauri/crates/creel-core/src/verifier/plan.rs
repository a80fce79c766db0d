//! What a record comes down to, for a program that checks it.

use crate::authenticate::{Algo, Parse, Part, Scheme, Selector, Tolerance, Unit, UrlForm};

/// The names under which the secret and, while it is rotated, the old one are found.
pub(super) const SECRETS: [&str; 2] = ["WEBHOOK_SECRET", "WEBHOOK_SECRET_OLD"];

/// A scheme that needs no more than headers, the body and a digest.
pub(super) struct Plan<'s> {
    pub scheme: &'s Scheme,
    pub proof: Proof,
    /// The signature's headers; the first that is there counts, or with `scheme.every` each of them.
    pub places: Vec<&'s str>,
    pub time: Option<Time<'s>>,
    /// The headers of the id, where it is signed.
    pub ids: Vec<&'s str>,
}

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// An HMAC with this hash.
    Hmac(&'static str),
    /// A plain SHA-256.
    Hash,
    /// The secret itself.
    Secret,
    /// The secret in base64.
    Basic,
}

/// Where the time stands and how it ages.
pub(super) struct Time<'s> {
    pub place: Place<'s>,
    pub unit: Unit,
    pub tolerance: Tolerance,
}

/// Where a value stands.
pub(super) enum Place<'s> {
    /// In the first of these headers that is there.
    Headers(Vec<&'s str>),
    /// In the signature's list, under this key; with what stands between key and value.
    Item(&'s str, char),
}

impl<'s> Plan<'s> {
    /// The plan; `Err`: what it takes beyond.
    pub fn of(scheme: &'s Scheme) -> Result<Self, String> {
        let proof = proof(scheme)?;
        let places: Vec<_> = scheme.signature.iter().filter_map(Selector::header).collect();
        if places.is_empty() {
            let place = if matches!(scheme.signature.first(), Some(Selector::Query(_))) { "address" } else { "body" };
            return Err(format!("{} keeps its proof in the {place}, which takes more than a few lines", scheme.name));
        }
        let signed = if proof == Proof::Secret || proof == Proof::Basic { &[][..] } else { &scheme.signed[..] };
        if signed.iter().any(|part| matches!(part, Part::FormSorted | Part::Json(_) | Part::Fields(_))) {
            return Err(format!("{} signs single fields of the body: use the library of the sender", scheme.name));
        }
        if signed.iter().any(|part| matches!(part, Part::Crc32 | Part::Label)) {
            return Err(format!("{} signs a sum of the body: use the library of the sender", scheme.name));
        }
        let time = time(scheme);
        let headers = |from: &'s [Selector]| from.iter().filter_map(Selector::header).collect::<Vec<_>>();
        let ids = match &scheme.id {
            Some(rule) if signed.contains(&Part::Id) => headers(&rule.from),
            Some(_) | None => Vec::new(),
        };
        if signed.contains(&Part::Id) && ids.is_empty() {
            return Err(format!("{} signs an id that stands in the body", scheme.name));
        }
        Ok(Self { scheme, proof, places, time, ids })
    }

    /// What is signed, part by part.
    pub fn parts(&self) -> &'s [Part] {
        &self.scheme.signed
    }

    /// What of method and address is signed, by the names that they have in the code; `spell` writes one as a parameter.
    pub fn address(&self, spell: impl Fn(&str) -> String) -> String {
        let named = [(Part::Method, "method"), (Part::Url, "url")];
        let signed = |part: &Part| self.digests() && self.parts().contains(part);
        named.iter().filter(|(part, _)| signed(part)).map(|(_, name)| spell(name)).collect()
    }

    /// Whether the address is signed.
    pub fn needs_address(&self) -> bool {
        self.digests() && self.parts().contains(&Part::Url)
    }

    /// Whether something is computed.
    pub fn digests(&self) -> bool {
        matches!(self.proof, Proof::Hmac(_) | Proof::Hash)
    }

    /// What stands before a signature; of a list nothing.
    pub fn prefix(&self) -> (&'s str, bool) {
        match &self.scheme.parse {
            Parse::Prefix(prefix) => (prefix, false),
            Parse::AnyCasePrefix(prefix) => (prefix, true),
            Parse::List { .. } => ("", false),
        }
    }

    /// What a reader should know first, a line each; `raw` says how the language gets the raw body.
    pub fn notes(&self, raw: &str) -> Vec<String> {
        let mut notes =
            vec![format!("Checks a webhook of {}: {}.", self.scheme.name, self.scheme.words), raw.to_owned()];
        notes.push(format!(
            "The secret is read from {}; {} is accepted too while it is rotated.",
            SECRETS[0], SECRETS[1]
        ));
        if self.digests() && self.parts().contains(&Part::Payload) {
            notes.push("Of a form the field `payload` is signed: pass its decoded text as the body.".to_owned());
        }
        if self.needs_address() {
            notes.push(
                "The address is the one that the sender has on file, with its query: not the one behind a proxy."
                    .to_owned(),
            );
        }
        if self.needs_address() && self.scheme.url == UrlForm::Hubspot {
            notes.push(
                "Escapes such as %3A and %2F in its query are read before it is signed: decode them first.".to_owned(),
            );
        }
        let in_body = self.scheme.timestamp.as_ref().filter(|_| self.time.is_none());
        if let Some((rule, Some(Selector::Json(pointer)))) = in_body.map(|rule| (rule, rule.from.first())) {
            let seconds = rule.tolerance.past;
            notes.push(format!(
                "Its time stands in the body at {pointer}: refuse it behind the check when it is over {seconds} s old."
            ));
        } else if self.time.is_none() && self.digests() {
            notes.push("Nothing in it ages: remember the delivery's id to know one that is sent again.".to_owned());
        }
        // Names of users' schemes may hold anything; a note stays one line.
        let line = |note: String| note.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        notes.into_iter().map(line).collect()
    }
}

fn proof(scheme: &Scheme) -> Result<Proof, String> {
    Ok(match scheme.algo {
        Algo::HmacSha1 => Proof::Hmac("sha1"),
        Algo::HmacSha256 => Proof::Hmac("sha256"),
        Algo::HmacSha512 => Proof::Hmac("sha512"),
        Algo::Sha256 => Proof::Hash,
        Algo::Token => Proof::Secret,
        Algo::Basic => Proof::Basic,
        Algo::Ed25519 | Algo::EcdsaP256 | Algo::RsaSha256 | Algo::RsaSha1 => {
            return Err(format!("{} signs with a key pair: use a library for it, not a few copied lines", scheme.name));
        }
    })
}

/// The time, where it is no part of the body: that is not read before it is checked.
fn time(scheme: &Scheme) -> Option<Time<'_>> {
    let rule = scheme.timestamp.as_ref()?;
    let headers: Vec<_> = rule.from.iter().filter_map(Selector::header).collect();
    let place = match rule.from.first() {
        Some(Selector::Sig(key)) => match &scheme.parse {
            Parse::List { kv, .. } => Place::Item(key, *kv),
            Parse::Prefix(_) | Parse::AnyCasePrefix(_) => return None,
        },
        _ if !headers.is_empty() => Place::Headers(headers),
        _ => return None,
    };
    Some(Time { place, unit: rule.unit, tolerance: rule.tolerance })
}
