//! How the pipeline knows a replay of our own: a header with a word that only this process knows, good once.
//!
//! Without it anyone could set a header and skip the duplicate check, or claim to be a replay.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::ids::{DeliveryId, Ids};
use crate::receive::Headers;

/// The header that carries the word.
pub const MARK_HEADER: &str = "X-Creel-Replay";
/// Words that wait at once; a replay that never arrived must not stay for ever.
const MOST: usize = 1_000;

/// What a replay asks of the pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The delivery that is fired again; `None`: a shipped sample.
    pub of: Option<DeliveryId>,
    /// Outside effects run too.
    pub outside_effects: bool,
    /// The duplicate check is passed over: it is to run again.
    pub again: bool,
}

/// A replay that is on its way.
#[derive(Debug)]
pub struct Expected {
    /// What its request must carry in [`MARK_HEADER`].
    pub word: String,
    landed: Landed,
}

impl Expected {
    /// The delivery that it became; `None`: it never arrived.
    pub fn delivery(&self) -> Option<&DeliveryId> {
        self.landed.get()
    }
}

/// Filled by the pipeline, read by the sender.
type Landed = Arc<OnceLock<DeliveryId>>;

/// Replays under way.
#[derive(Debug, Default)]
pub struct Marks(Mutex<HashMap<String, (Mark, Landed)>>);

impl Marks {
    /// Expects a replay.
    pub fn expect(&self, mark: Mark, ids: &dyn Ids) -> Expected {
        let mut word = [0u8; 16];
        getrandom::fill(&mut word).expect("the system's random source answers");
        let expected = Expected { word: format!("{}-{}", ids.ksuid(), hex::encode(word)), landed: Landed::default() };
        let mut marks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if marks.len() >= MOST {
            marks.clear();
        }
        marks.insert(expected.word.clone(), (mark, Arc::clone(&expected.landed)));
        expected
    }

    /// The mark of a request that becomes `delivery`, if it carries a word that is expected. Each is good once.
    pub fn take(&self, headers: &Headers, delivery: &DeliveryId) -> Option<Mark> {
        let word = headers.text(MARK_HEADER)?;
        let (mark, landed) = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(word)?;
        // Nobody else can have set it: the word was just taken out.
        let _ = landed.set(delivery.clone());
        Some(mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RandomIds;

    #[test]
    fn a_word_is_good_once_and_a_made_up_one_never() {
        let marks = Marks::default();
        let mark = Mark { of: None, outside_effects: true, again: true };
        let expected = marks.expect(mark.clone(), &RandomIds);
        let take = |word: &str, id: &str| {
            marks.take(&Headers(vec![(MARK_HEADER.to_owned(), word.to_owned().into())]), &id.into())
        };
        assert_eq!(take("made-up", "dlv_1"), None);
        assert_eq!(expected.delivery(), None);
        assert_eq!(take(&expected.word, "dlv_2"), Some(mark));
        assert_eq!(take(&expected.word, "dlv_3"), None);
        assert_eq!(expected.delivery(), Some(&"dlv_2".into()), "the sender learns which delivery it became");
    }
}
