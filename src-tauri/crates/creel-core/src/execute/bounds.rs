//! How much may run at once, as the user's settings say at this moment.

use std::collections::HashMap;

use crate::ids::TriggerId;
use crate::settings::AtOnce;

/// The bounds of one moment.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// Nothing starts.
    pub paused: bool,
    /// Of each kind, and in all.
    pub at_once: AtOnce,
    /// Of each trigger that has a bound of its own.
    pub of_trigger: HashMap<TriggerId, usize>,
}

/// Who knows the bounds.
pub trait BoundsSource: Send + Sync + 'static {
    /// As they are now.
    fn now(&self) -> Bounds;
}

impl BoundsSource for Bounds {
    fn now(&self) -> Bounds {
        self.clone()
    }
}
