//! What every contract says of itself. One file a contract holds its [`Face`] and, in its header, where each rule is from.

use std::sync::Arc;

use super::{Done, Foreseen, Refused};
use crate::answer_as::Fault;
use crate::app::App;
use crate::authenticate::{Catalogue, Scheme};
use crate::commit::Settle;
use crate::delivery::Delivery;
use crate::error::ApiError;
use crate::ids::TriggerId;
use crate::pipeline::{Stop, Way};
use crate::receive::Answered;
use crate::registry::Listening;
use crate::store::{StoreError, Turn};
use crate::template::Scope;
use crate::trigger::{Contract, ContractSettings, Dedup, MissingPolicy, Rate, Trigger};

/// The triggers that listen at one address, highest priority first; empty: nobody does.
pub type Found = Arc<[Arc<Listening>]>;

/// How a contract's triggers come to their secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnSecret {
    /// Each has one: given, or made.
    Needed,
    /// Each may have one; none is made unless asked for.
    Optional,
}

/// One contract: its order of checks, its answers, and what its triggers begin with.
pub trait Face: Sync {
    /// The way of one delivery up to its commit: the contract's checks, one call of `pipeline::steps` a check, in the
    /// contract's order. Only the steps make the proof ([`Genuine`](crate::pipeline::Genuine)) without which nothing of
    /// the body is read.
    fn take(&self, app: &App, found: &Found, way: &mut Way) -> Result<Box<dyn Settle>, Stop>;

    /// The answer to a delivery that is refused.
    fn refuse(&self, refused: &Refused<'_>) -> Answered;

    /// The faults that its document names, with their answers: what "answer as" offers.
    fn faults(&self) -> Vec<(Fault, Answered)>;

    /// The answer to a genuine delivery.
    fn answer(&self, trigger: &Trigger, done: &Done) -> Answered;

    /// The answer to a genuine delivery that the filter did not let through.
    fn filtered(&self, trigger: &Trigger, done: &Done) -> Answered {
        self.answer(trigger, done)
    }

    /// What stands in the path behind the route's prefix.
    fn address<'t>(&self, trigger: &'t Trigger) -> &'t str {
        &trigger.slug
    }

    /// A new trigger's slug. Slugs are unique within a contract.
    fn first_slug(&self, id: &TriggerId) -> String {
        id.0.clone()
    }

    /// Whether people choose the slug; else it stays what [`Face::first_slug`] made it.
    fn chooses_slug(&self) -> bool {
        false
    }

    /// A new trigger's scheme.
    fn scheme(&self) -> &'static str;

    /// The record that verifies a trigger's deliveries; `None`: it checks none.
    fn record(&self, trigger: &Trigger, schemes: &Catalogue) -> Option<&'static Scheme> {
        schemes.find(&trigger.scheme)
    }

    /// What the contract keeps of every delivery at its endpoints, refused ones too; in the delivery's transaction.
    fn committed(&self, _turn: &Turn<'_>, _delivery: &Delivery) -> Result<(), StoreError> {
        Ok(())
    }

    /// What counts as the same where the user said nothing.
    fn dedup(&self, scheme: Option<&Scheme>) -> Dedup;

    /// How often a new trigger may be called.
    fn rate(&self) -> Rate {
        Rate::default()
    }

    /// What a new trigger of this contract begins with beside what all have.
    fn settings(&self) -> ContractSettings {
        ContractSettings::None
    }

    /// What the contract itself makes of a delivery, beside filter and actions: for the builder's preview.
    fn foresee(&self, _trigger: &Trigger, _delivery: &Delivery, _scope: &Scope<'_>) -> Foreseen {
        Foreseen::default()
    }

    /// What is wrong with a trigger by this contract's own rules.
    fn check(&self, trigger: &Trigger) -> Result<(), ApiError>;

    /// Whose secrets verify its deliveries: the trigger's own, unless several triggers share one.
    fn secret_owner(&self, trigger: &Trigger) -> TriggerId {
        trigger.id.clone()
    }

    /// Makes a new trigger's token, where tokens select triggers; it is shown once, and `trigger` keeps its hash.
    fn token(&self, _trigger: &mut Trigger) -> Option<String> {
        None
    }

    /// What a change never touches is taken over from the trigger as it was.
    fn carry(&self, _before: &Trigger, _after: &mut Trigger) {}

    /// How its triggers come to their secret.
    fn own_secret(&self) -> OwnSecret {
        OwnSecret::Needed
    }

    /// What a missing field becomes in a new trigger's templates.
    fn missing(&self) -> MissingPolicy {
        MissingPolicy::Empty
    }

    /// Which of two triggers at the same address comes first: the higher number.
    fn priority(&self, _trigger: &Trigger) -> i64 {
        0
    }
}

impl Contract {
    /// The contract's own file.
    pub fn face(self) -> &'static dyn Face {
        match self {
            Self::Creel => &super::creel::Creel,
            Self::Opengate => &super::opengate::Opengate,
            Self::Octipus => &super::octipus::Octipus,
            Self::Orloj => &super::orloj::Orloj,
            Self::Promptrails => &super::promptrails::Promptrails,
            Self::Opshift => &super::opshift::Opshift,
        }
    }
}

/// For a contract that has no settings of its own: another contract's are refused, also where nothing would read them.
pub(super) fn without_settings(trigger: &Trigger) -> Result<(), ApiError> {
    match trigger.settings {
        ContractSettings::None => Ok(()),
        _ => Err(ApiError::invalid("settings", "settings of another contract").hint("leave `settings` out")),
    }
}
