//! Is a delivery genuine? Schemes as data; secrets; the check, and the same record read the other way to sign.
//!
//! Nothing of a body is acted on before this stage made an [`Authentic`], and nothing else can make one.
//! To add a scheme: a record in `schemes/records/` and its line in `schemes/mod.rs`. No code of its own.

mod address;
mod asymmetric;
mod digests;
mod event_id;
mod explain;
mod form;
mod format;
mod handshake;
mod items;
mod mac;
pub mod own;
mod pointer;
mod read;
pub mod record;
mod reproduce;
mod rsa;
mod scheme;
pub mod schemes;
mod secret;
mod sign;
mod suggest;
mod timestamp;
mod trial;
mod verify;
mod verify_lines;
mod words;

pub use digests::Digests;
pub use event_id::{event_id, with_event_id};
pub use explain::{Surroundings, explain};
pub use handshake::{Brought, Condition, Handshake, Piece, stars};
pub use mac::CannotReadSecret;
pub use own::Catalogue;
pub use reproduce::reproduce;
pub use scheme::{
    Algo, Encoding, EventRule, IdRule, KeyEncoding, KeyReading, Parse, Part, Scheme, Selector, TimestampRule,
    Tolerance, Unit, UrlForm,
};
pub use secret::{Secret, SecretRefused};
pub use sign::{SignError, Signed, sign, sign_whole};
pub use trial::{Fitting, digest, fits, signed_parts};
pub use verify::{
    Authentic, Claim, Key, Rejected, SignedRequest, claim, signed_address, verify, verify_at, verify_nothing,
};
pub use verify_lines::verify_lines;

#[cfg(test)]
mod tests;
