//! The check's own functions one at a time: what the doctor tries a refused request with.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::address;
use super::mac;
use super::read::{self, Between};
use super::scheme::{Algo, Part, Scheme};
use super::secret::Secret;
use super::timestamp;
use super::verify::{Proof, SignedRequest, signatures};
use crate::clock::UnixMs;

/// A proof that fits under a secret, whatever its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitting {
    /// When the sender signed it, as it wrote that.
    pub sent: Option<(UnixMs, String)>,
}

/// Whether a request's proof fits under `secret`. Neither its time nor the secret's own is asked.
pub fn fits(scheme: &Scheme, request: &SignedRequest<'_>, secret: &Secret) -> Option<Fitting> {
    let item = scheme.items(request.body).map(|_| scheme.of_item(0));
    let scheme = item.as_ref().unwrap_or(scheme);
    let found = signatures(scheme, request).ok()?;
    let proof = Proof::read(scheme, request, &found).ok()?;
    let key = mac::key_bytes(&scheme.key_reading, secret).ok()?;
    let sent = proof.time.as_ref().map(|time| (time.at, time.text.clone().into_owned()));
    proof.fits(scheme, request, &key).then_some(Fitting { sent })
}

/// What any parts are in a request: time, id and address are those of `values`.
pub fn signed_parts<'a>(
    parts: &'a [Part],
    request: &SignedRequest<'a>,
    values: [&'a str; 3],
    key: &'a [u8],
) -> Vec<Cow<'a, [u8]>> {
    let [time, id, url] = values;
    read::parts(parts, request, Between { time, id, url, key })
}

/// The digest of pieces under a key.
pub fn digest(algo: Algo, key: &[u8], pieces: &[Cow<'_, [u8]>]) -> Vec<u8> {
    mac::digest(algo, key, pieces.iter().map(AsRef::as_ref))
}

impl Scheme {
    /// The key that a secret's text stands for; `None`: it cannot be read so.
    pub fn key_of(&self, secret: &Secret) -> Option<Zeroizing<Vec<u8>>> {
        mac::key_bytes(&self.key_reading, secret).ok()
    }

    /// A digest as the scheme writes it.
    pub fn digest_text(&self, digest: &[u8]) -> String {
        mac::written(self.algo, self.encoding, digest)
    }

    /// The texts of time and id where the scheme keeps them.
    pub fn sent(&self, request: &SignedRequest<'_>) -> (Option<String>, Option<String>) {
        let time = self.timestamp.iter().flat_map(|rule| &rule.from);
        let time = time.into_iter().find_map(|place| read::value(place, request, None));
        (time.map(Cow::into_owned), read::id(self, request).map(Cow::into_owned))
    }

    /// The addresses that a sender may have on file.
    pub fn addresses(&self, request: &SignedRequest<'_>) -> Vec<String> {
        address::on_file(self.url, request)
    }

    /// What is wrong with a sender's time at `received`, in one sentence; `None`: nothing.
    pub fn stale(&self, sent: UnixMs, received: UnixMs) -> Option<String> {
        timestamp::fresh(sent, received, self.timestamp.as_ref()?.tolerance).err()
    }
}
