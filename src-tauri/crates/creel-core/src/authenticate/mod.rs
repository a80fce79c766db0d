//! Is a delivery genuine? Schemes as data; secrets; the check, and the same record read the other way to sign.
//!
//! Nothing of a body is acted on before this stage made an [`Authentic`], and nothing else can make one.
//! To add a scheme: a file in `schemes/` and a line in `schemes/mod.rs`. No code of its own.

mod event_id;
mod explain;
mod format;
mod mac;
mod pointer;
mod read;
mod reproduce;
mod scheme;
pub mod schemes;
mod secret;
mod sign;
mod suggest;
mod timestamp;
mod verify;
mod verify_lines;
mod words;

pub use event_id::{event_id, with_event_id};
pub use explain::{Surroundings, explain};
pub use mac::CannotReadSecret;
pub use reproduce::reproduce;
pub use scheme::{
    Algo, Encoding, EventRule, Handshake, IdRule, KeyEncoding, KeyReading, Parse, Part, Scheme, Selector,
    TimestampRule, Tolerance, Unit,
};
pub use secret::{Secret, SecretRefused};
pub use sign::{SignError, sign};
pub use suggest::suggest;
pub use verify::{Authentic, Claim, Key, Rejected, SignedRequest, claim, verify, verify_nothing};
pub use verify_lines::verify_lines;

#[cfg(test)]
mod tests;
