//! Who can reach what through a tunnel: enabled triggers with a proof of their own, and what the user ticked.

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::TriggerId;
use crate::registry::{Listening, Routes};
use crate::trigger::{Contract, NO_SCHEME};
use crate::tunnel::ingress::Tells;

/// What a tunnel exposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Exposure {
    /// Who can reach what, in a sentence or two.
    pub sentence: String,
    /// What is reached.
    pub reached: Vec<Reached>,
    /// What is not.
    pub kept_back: Vec<KeptBack>,
}

/// A trigger that can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct Reached {
    /// Which one.
    pub trigger: TriggerId,
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// How a sender proves itself there.
    pub proof: String,
    /// Anybody who knows the address gets in.
    pub unproven: bool,
    /// Why every sender is refused all the same: its allowlist cannot be asked.
    pub refuses: Option<String>,
}

/// A trigger that cannot be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct KeptBack {
    /// Which one.
    pub trigger: TriggerId,
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Why.
    pub why: String,
    /// A tick would expose it.
    pub can_be_ticked: bool,
}

/// Why a trigger is not reached through a tunnel; `None`: it is.
pub fn hides(at: &Listening, ticked: &HashSet<TriggerId>) -> Option<&'static str> {
    match () {
        () if at.is_test() => Some("the test endpoint is for this machine alone"),
        () if !at.trigger.enabled => Some("it is switched off"),
        () if proof(at).is_none() && !ticked.contains(&at.trigger.id) => {
            Some("it checks no signature, and was not ticked for the tunnel")
        }
        () => None,
    }
}

/// How a sender proves itself there.
fn proof(at: &Listening) -> Option<String> {
    match (at.scheme, at.trigger.contract) {
        (Some(scheme), _) => Some(format!("signature: {}", scheme.name)),
        (None, Contract::Promptrails) => Some("its token".to_owned()),
        // Its scheme cannot be read now: Creel's own trouble, which senders are told with 503, not with 404.
        (None, _) if at.trigger.scheme != NO_SCHEME => Some(format!("signature: {}", at.trigger.scheme)),
        (None, _) => None,
    }
}

/// What a tunnel that `tells` who called exposes now.
pub fn exposure(routes: &Routes, ticked: &HashSet<TriggerId>, tells: Tells) -> Exposure {
    let (mut reached, mut kept_back) = (Vec::new(), Vec::new());
    for at in by_name(routes) {
        let (trigger, name, path) = (at.trigger.id.clone(), at.trigger.name.clone(), at.path());
        match hides(&at, ticked) {
            Some(why) => {
                let can_be_ticked = at.trigger.enabled && proof(&at).is_none();
                kept_back.push(KeptBack { trigger, name, path, why: why.to_owned(), can_be_ticked });
            }
            None => {
                let proof = proof(&at);
                let listed = !at.trigger.ip_allowlist.is_empty() && tells == Tells::Nothing;
                let refuses = "its allowlist refuses everybody: this tunnel does not tell who calls";
                reached.push(Reached {
                    trigger,
                    name,
                    path,
                    unproven: proof.is_none(),
                    proof: proof.unwrap_or_else(|| "none: anybody who knows the address".to_owned()),
                    refuses: listed.then(|| refuses.to_owned()),
                });
            }
        }
    }
    Exposure { sentence: sentence(&reached, tells), reached, kept_back }
}

/// The user's triggers by name.
fn by_name(routes: &Routes) -> Vec<Arc<Listening>> {
    let mut all: Vec<_> = routes.all().filter(|at| !at.is_test()).collect();
    all.sort_by(|a, b| (&a.trigger.name, &a.trigger.id).cmp(&(&b.trigger.name, &b.trigger.id)));
    all
}

fn sentence(reached: &[Reached], tells: Tells) -> String {
    let open = reached.iter().filter(|one| one.unproven).count();
    let signed = reached.len() - open;
    let triggers = |n: usize| if n == 1 { "1 trigger".to_owned() } else { format!("{n} triggers") };
    let who = match (signed, open) {
        (0, 0) => "Nobody reaches anything yet: there is no trigger that checks a signature.".to_owned(),
        (signed, 0) => format!("Anybody on the internet can call {}; only what is signed gets in.", triggers(signed)),
        (0, open) => format!("Anybody on the internet who knows the address gets into {}.", triggers(open)),
        (signed, open) => format!(
            "Anybody on the internet can call {}, where only what is signed gets in, and gets into {} unsigned.",
            triggers(signed),
            triggers(open)
        ),
    };
    let caller = match tells {
        Tells::Nothing => "The tunnel does not tell who calls, so triggers with an allowlist refuse.",
        Tells::Header(_) | Tells::Connection => "The tunnel tells who calls, so allowlists work.",
    };
    format!("{who} Nothing else of this machine is reached: no screen, no API, no other port. {caller}")
}
