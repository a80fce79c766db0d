//! Ids: a short prefix that says what it names, then a KSUID (27 characters, sorts by time).
//!
//! Time and randomness come in through [`Ids`], so a test can repeat a run.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use svix_ksuid::{KsuidLike, KsuidMs};

use crate::clock::UnixMs;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
        #[serde(transparent)]
        #[ts(type = "string")]
        #[schema(value_type = String)]
        pub struct $name(pub String);

        impl $name {
            /// What every id of this kind starts with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, later than all that this process made before, unless the clock was set back.
            pub fn new(ids: &dyn Ids) -> Self {
                Self(format!("{}{}", $prefix, ids.ksuid()))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )*};
}

ids! {
    /// One HTTP request that reached the receiver.
    DeliveryId = "dlv_";
    /// A trigger; OpenGate's documents use the same prefix.
    TriggerId = "trg_";
    /// One action run for one delivery.
    ExecutionId = "exe_";
    /// A task list.
    ListId = "lst_";
    /// A task.
    TaskId = "tsk_";
    /// A stored secret.
    SecretId = "sec_";
    /// A replay that was sent; known until Creel ends.
    ReplayId = "rpl_";
    /// A pipeline.
    PipelineId = "pip_";
    /// An instance of a pipeline.
    PipelineInstanceId = "pin_";
    /// An agent; PromptRails's ids are bare.
    AgentId = "";
    /// A run of an agent.
    AgentExecutionId = "";
    /// A channel for messages.
    ChannelId = "chn_";
    /// A saved view of the inbox.
    ViewId = "viw_";
}

/// Where new ids come from.
pub trait Ids: Send + Sync {
    /// The KSUID part of a new id.
    fn ksuid(&self) -> String;

    /// A number below `bound`, each as likely as the others: for codes that nobody may guess. `bound` is not 0.
    fn number(&self, bound: u32) -> u32;
}

/// Ids from the system's clock and random source.
#[derive(Debug, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    fn ksuid(&self) -> String {
        let mut payload = [0u8; KsuidMs::PAYLOAD_BYTES];
        getrandom::fill(&mut payload).expect("the system's random source answers");
        let new = KsuidMs::from_millis(Some(UnixMs::system_now().0), Some(&payload));
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        *last = behind(*last, *new.bytes());
        KsuidMs::from_bytes(*last).to_string()
    }

    fn number(&self, bound: u32) -> u32 {
        // What is left over after whole rounds would make small numbers likelier: drawn again.
        let whole = u32::MAX - u32::MAX % bound;
        loop {
            let drawn = getrandom::u32().expect("the system's random source answers");
            if drawn < whole {
                return drawn % bound;
            }
        }
    }
}

/// The last id of this process.
static LAST: Mutex<[u8; KSUID_BYTES]> = Mutex::new([0; KSUID_BYTES]);

const KSUID_BYTES: usize = KsuidMs::TIMESTAMP_BYTES + KsuidMs::PAYLOAD_BYTES;

/// `new`, or where the clock has not moved since `last` (it has steps of 4 ms) an id that sorts behind it: further by the
/// eight last bytes of `new`, so that it is no easier to guess.
fn behind(last: [u8; KSUID_BYTES], new: [u8; KSUID_BYTES]) -> [u8; KSUID_BYTES] {
    let tick = ..KsuidMs::TIMESTAMP_BYTES;
    if last[tick] != new[tick] || last < new {
        return new;
    }
    let mut sum = last;
    let mut carry = 1;
    for (place, byte) in sum.iter_mut().enumerate().rev() {
        let step = if place >= KSUID_BYTES - 8 { u16::from(new[place]) } else { 0 };
        let [high, low] = (u16::from(*byte) + step + carry).to_be_bytes();
        (*byte, carry) = (low, u16::from(high));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_in_the_order_in_which_they_were_made() {
        let made: Vec<_> = (0..5_000).map(|_| DeliveryId::new(&RandomIds)).collect();
        // The other tests' ids are made between; the clock may step once, if at all.
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]), "an id sorts before the one that was made before it");
    }

    #[test]
    fn within_a_step_of_the_clock_an_id_goes_on_from_the_last() {
        let id = |payload: u8| [&[7; KsuidMs::TIMESTAMP_BYTES][..], &[payload; KsuidMs::PAYLOAD_BYTES]].concat();
        let id = |payload| <[u8; KSUID_BYTES]>::try_from(id(payload)).expect("twenty bytes");
        assert_eq!(behind(id(1), id(2)), id(2), "it sorts behind anyway");
        let next = behind(id(255), id(3));
        assert!(next > id(255), "also where every byte is full");
        let later = [8; KSUID_BYTES];
        assert_eq!(behind(later, id(3)), id(3), "another step, and be it back");
    }
}
