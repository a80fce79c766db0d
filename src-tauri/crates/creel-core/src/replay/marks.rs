//! How the pipeline knows a replay of our own: a header with a word that only this process knows, good once.
//!
//! Without it anyone could set a header and skip the duplicate check, or claim to be a replay.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

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

/// Replays under way.
#[derive(Debug, Default)]
pub struct Marks(Mutex<HashMap<String, Mark>>);

impl Marks {
    /// Expects a replay; its request must carry the word that comes back, in [`MARK_HEADER`].
    pub fn expect(&self, mark: Mark, ids: &dyn Ids) -> String {
        let mut word = [0u8; 16];
        getrandom::fill(&mut word).expect("the system's random source answers");
        let word = format!("{}-{}", ids.ksuid(), hex::encode(word));
        let mut marks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if marks.len() >= MOST {
            marks.clear();
        }
        marks.insert(word.clone(), mark);
        word
    }

    /// The mark of a request, if it carries a word that is expected. Each is good once.
    pub fn take(&self, headers: &Headers) -> Option<Mark> {
        let word = headers.text(MARK_HEADER)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(word)
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
        let word = marks.expect(mark.clone(), &RandomIds);
        let headers = |word: &str| Headers(vec![(MARK_HEADER.to_owned(), word.to_owned().into())]);
        assert_eq!(marks.take(&headers("made-up")), None);
        assert_eq!(marks.take(&headers(&word)), Some(mark));
        assert_eq!(marks.take(&headers(&word)), None);
    }
}
