//! Ids: a short prefix that says what it names, then a KSUID (27 characters, sorts by time).
//!
//! Time and randomness come in through [`Ids`], so a test can repeat a run.

use std::fmt;

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

            /// A new id, later than all made before it (to 4 ms).
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
        KsuidMs::from_millis(Some(UnixMs::system_now().0), Some(&payload)).to_string()
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
