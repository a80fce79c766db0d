//! Does something with a kill at every call that it makes of a sender, until one run has no call left to be killed at.

use std::ops::Deref;

use creel_tests::stand_in::StandIn;
use creel_tests::{Connection, Creel, Request, Response, until};
use serde_json::{Value, json};

/// What is done, what was there before, and how it has to be in the end.
pub struct At<P, A, S> {
    pub prepared: P,
    pub act: A,
    pub settled: S,
}

/// How far it came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It answered; the kill may come while it works on.
    Answered,
    /// It ended as it was told to.
    Ended,
    /// It was killed over it.
    Killed,
}

impl Done {
    /// Calls a command.
    pub fn asked(creel: &Creel, command: &str, input: Value) -> Self {
        if ask(creel, command, input).is_some() { Self::Answered } else { Self::Killed }
    }

    /// Ends it as a logout does.
    pub fn ended(creel: &mut Creel) -> Self {
        match creel.terminate().0 {
            Some(0) => Self::Ended,
            _ => Self::Killed,
        }
    }
}

/// How many kills there were. After each, `settled` has to come true.
pub fn at_every_call<G, P, A, S>(at: &At<P, A, S>) -> usize
where
    G: Default + Deref<Target = StandIn>,
    P: Fn(&G) -> Creel,
    A: Fn(&mut Creel, &G) -> Done,
    S: Fn(&Creel, &G) -> Option<Value>,
{
    let mut kills = 0;
    for when in ["before", "after"] {
        for call in 1.. {
            let stand_in = G::default();
            let mut creel = (at.prepared)(&stand_in);
            stand_in.set(json!({ "kill": { "pid": creel.pid(), "at": call, "when": when } }));
            let done = (at.act)(&mut creel, &stand_in);
            let whole = match done {
                Done::Answered => until("its end or its work's", || outcome(&creel, &stand_in, &at.settled)),
                Done::Ended => true,
                Done::Killed => false,
            };
            if whole && done == Done::Answered {
                break;
            }
            kills += usize::from(!whole);
            creel.kill();
            stand_in.set(json!({ "kill": null }));
            creel.start_again();
            until(&format!("finished or undone after a kill {when} call {call}"), || (at.settled)(&creel, &stand_in));
            stand_in.was_right();
            if whole {
                break;
            }
        }
    }
    kills
}

/// `true`: it lives and all is done; `false`: it was killed.
fn outcome<G>(creel: &Creel, stand_in: &G, settled: &impl Fn(&Creel, &G) -> Option<Value>) -> Option<bool> {
    if !lives(creel) {
        return Some(false);
    }
    settled(creel, stand_in).map(|_| true)
}

/// Whether it runs.
pub fn lives(creel: &Creel) -> bool {
    creel_tests::tools::lives(&creel.pid().to_string())
}

/// Calls a command of a Creel that may be killed over it.
pub fn ask(creel: &Creel, command: &str, input: Value) -> Option<Response> {
    let request = Request::post(&format!("/rpc/{command}"), input.to_string());
    let request = request.header("Authorization", format!("Bearer {}", creel.token));
    Connection::open(&creel.control).and_then(|mut connection| connection.send(&request)).ok()
}
