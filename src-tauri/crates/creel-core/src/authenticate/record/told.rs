//! A scheme in one line, made of its record: for those whose writer gave no words.

use super::template::signed_text;
use crate::authenticate::scheme::{Algo, Encoding, Parse, Part, Scheme};

impl Scheme {
    /// `X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the raw body>`.
    pub fn told(&self) -> String {
        let place = self.signature.first().map_or("the signature", |place| place.name());
        let value = format!("<{}>", self.value_told());
        match &self.parse {
            Parse::Prefix(prefix) | Parse::AnyCasePrefix(prefix) => format!("{place}: {prefix}{value}"),
            Parse::List { kv, pick, .. } => format!("{place}: {pick}{kv}{value}"),
        }
    }

    fn value_told(&self) -> String {
        let encoding = match self.encoding {
            Encoding::Hex => "hex",
            Encoding::Base64 => "base64",
            Encoding::Base64UrlNoPad => "base64url",
        };
        let algo = match self.algo {
            Algo::HmacSha1 => "HMAC-SHA1",
            Algo::HmacSha256 => "HMAC-SHA256",
            Algo::HmacSha512 => "HMAC-SHA512",
            Algo::Sha256 => "SHA-256",
            Algo::Ed25519 => "Ed25519",
            Algo::EcdsaP256 => "ECDSA P-256",
            Algo::RsaSha256 => "RSA-SHA256",
            Algo::RsaSha1 => "RSA-SHA1",
            Algo::Token => return "the secret itself".to_owned(),
            Algo::Basic => return "user and password in base64".to_owned(),
        };
        let of = match self.signed.as_slice() {
            [Part::Body] => "the raw body".to_owned(),
            parts => signed_text(parts),
        };
        format!("{encoding} {algo} of {of}")
    }
}
