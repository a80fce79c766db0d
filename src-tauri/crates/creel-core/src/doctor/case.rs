//! What the doctor knows of a delivery.

use crate::authenticate::{Catalogue, Key, Scheme, SignedRequest};
use crate::clock::UnixMs;

/// A delivery that was refused, and every secret that is stored.
pub struct Case<'a> {
    /// The endpoint's scheme.
    pub scheme: &'a Scheme,
    /// Every scheme that the sender may have used instead.
    pub schemes: &'a Catalogue,
    /// The request as it came.
    pub request: SignedRequest<'a>,
    /// When it came.
    pub received: UnixMs,
    /// How many bytes of the body were not kept; what they were cannot be tried.
    pub lost: i64,
    /// The secrets, the endpoint's own first.
    pub secrets: Vec<Known>,
}

/// A stored secret and whose it is.
#[derive(Clone, Debug)]
pub struct Known {
    /// The secret.
    pub key: Key,
    /// Whose it is.
    pub owner: Owner,
}

/// Whose a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The endpoint's own.
    Own,
    /// Another trigger's, or a named one: what people call it.
    Other(String),
}

impl Case<'_> {
    /// The endpoint's own secrets, expired ones too.
    pub(super) fn own(&self) -> impl Iterator<Item = &Known> {
        self.secrets.iter().filter(|known| known.owner == Owner::Own)
    }

    /// What is signed and compared is only this once.
    pub(super) fn with_body<'b>(&'b self, body: &'b [u8]) -> SignedRequest<'b> {
        SignedRequest { body, ..self.request }
    }
}

impl Known {
    /// What the secret is called in a sentence.
    pub(super) fn called(&self, received: UnixMs) -> String {
        match &self.owner {
            Owner::Own if !self.key.live(received) => "an old secret of this trigger, whose grace is over".to_owned(),
            Owner::Own if self.key.expires_at.is_some() => "this trigger's previous secret".to_owned(),
            Owner::Own => "this trigger's secret".to_owned(),
            Owner::Other(name) => format!("the secret of \"{name}\""),
        }
    }
}
