//! A query, understood: plain data that the store turns into SQL.

use std::ops::RangeInclusive;

use crate::clock::UnixMs;
use crate::delivery::{Outcome, SignatureState};

/// A query, understood. No terms: everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// All of them have to hold.
    pub terms: Vec<Term>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// It must not hold.
    pub negated: bool,
    /// The condition.
    pub ask: Ask,
}

/// What a term asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The body has these words one after the other (full text).
    Text(String),
    /// The signature check said this.
    Signature(SignatureAsk),
    /// What became of it is one of these.
    Outcome(Vec<Outcome>),
    /// The answered status lies in one of these ranges.
    Status(Vec<RangeInclusive<u16>>),
    /// A column fits one of these patterns.
    Column(Column, Vec<Pattern>),
    /// A property holds.
    Is(Is),
    /// Received at or after.
    After {
        /// The time.
        at: UnixMs,
        /// As it was typed.
        typed: String,
    },
    /// Received before.
    Before {
        /// The time.
        at: UnixMs,
        /// As it was typed.
        typed: String,
    },
    /// A value in the body. Full text narrows the search down; [`Test::holds`] on the payload decides.
    Body {
        /// `repository.name`
        path: String,
        /// What the value has to be.
        test: Test,
    },
    /// A header's value, any of its repeats.
    Header {
        /// Lower case.
        name: String,
        /// What the value has to be.
        test: Test,
    },
}

/// What the signature check may have said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureAsk {
    /// Valid under the current or the previous secret.
    Good,
    /// Exactly this.
    State(SignatureState),
}

impl SignatureAsk {
    /// The states that it means.
    pub fn states(self) -> Vec<SignatureState> {
        match self {
            Self::Good => vec![SignatureState::Valid, SignatureState::Previous],
            Self::State(state) => vec![state],
        }
    }
}

/// Text columns of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// `github`
    Source,
    /// `pull_request.opened`
    Event,
    /// `/hooks/deploys`
    Path,
    /// `POST`
    Method,
    /// The endpoint's trigger: its id, slug or name.
    Trigger,
    /// `dlv_…`
    Id,
    /// The sender's id.
    EventId,
    /// The caller's address.
    Ip,
}

/// What a text has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Exactly this.
    Equals(String),
    /// This, where `*` stands for any characters. Nothing else is special.
    Like(String),
}

/// Yes-or-no properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// A replay of another delivery.
    Replay,
    /// Nobody sent it here: it was fetched from the sender's own record.
    Imported,
    /// Kept by retention.
    Pinned,
    /// Answered as a duplicate.
    Duplicate,
    /// The same event id came before with another body.
    Conflict,
    /// The same body came before.
    Identical,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Equal; `*` stands for any characters.
    Equal,
    /// A greater number.
    Greater,
    /// A greater or equal number.
    GreaterOrEqual,
    /// A smaller number.
    Less,
    /// A smaller or equal number.
    LessOrEqual,
}

/// What a value has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// How it is compared.
    pub compare: Compare,
    /// With what.
    pub value: String,
}
