//! Why a signature failed: the sender's mistake is tried for, on this machine, against every secret that is stored.
//!
//! A digest that comes out is a proof of the bytes and the secret that it was made from; everything else is a guess and
//! is told as one. Nothing of it ever leaves over the receiver: the sender learns only 401.
//!
//! The way: [`case`] what is known → [`found`] what looks like a digest in the request → [`keys`], [`bodies`], [`rules`] what
//! a sender may have made it from → [`search`] → [`words`]. To add a mistake: a variant in `api/doctor.rs`, the place that
//! makes it here, its sentence in `words.rs`.

mod bodies;
mod case;
mod diagnose;
mod found;
mod json;
mod keys;
mod plain;
mod rules;
mod search;
mod words;

pub use case::{Case, Known, Owner};
pub use diagnose::diagnose;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
