//! Every scheme there is at one moment: those that ship and the user's.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::authenticate::record::{RecordError, from_yaml};
use crate::authenticate::scheme::Scheme;
use crate::authenticate::suggest::suggest_of;
use crate::authenticate::{own, schemes};
use crate::receive::Headers;

/// The shipped schemes and the user's own.
#[derive(Clone, Debug)]
pub struct Catalogue {
    own: Vec<&'static Scheme>,
    /// The user's, then the shipped ones whose key none of theirs has: an unmatched delivery is weighed against all.
    all: Vec<&'static Scheme>,
}

impl Default for Catalogue {
    /// The shipped ones alone.
    fn default() -> Self {
        Self::with(Vec::new())
    }
}

impl Catalogue {
    /// With these of the user's.
    pub fn with(own: Vec<&'static Scheme>) -> Self {
        let shipped = schemes::all().iter().filter(|scheme| !own.iter().any(|mine| mine.key == scheme.key));
        let all = own.iter().copied().chain(shipped).collect();
        Self { own, all }
    }

    /// The scheme with that key; `None`: unknown, or `none`. The user's own come first: should a later Creel ship one
    /// under the same key, their triggers keep what they were made with.
    pub fn find(&self, key: &str) -> Option<&'static Scheme> {
        self.own.iter().find(|scheme| scheme.key == key).copied().or_else(|| schemes::find(key))
    }

    /// All of them, the user's first.
    pub fn all(&self) -> impl Iterator<Item = &'static Scheme> + '_ {
        self.all.iter().copied()
    }

    /// Which of them a request seems to use, and why.
    pub fn suggest(&self, headers: &Headers) -> Option<(&'static Scheme, String)> {
        suggest_of(self.all(), headers)
    }
}

/// Records of users, by key and text. They live as long as the process, as those that manifests ask for do: whoever
/// listens holds a record without counting who else does, and a user saves a handful of them, of some kilobytes each.
static SAVED: LazyLock<Mutex<HashMap<(String, String), &'static Scheme>>> = LazyLock::new(Mutex::default);

/// The scheme of a stored record. The same text is the same scheme.
pub fn leaked(key: &str, text: &str) -> Result<&'static Scheme, RecordError> {
    let at = (key.to_owned(), text.to_owned());
    let mut saved = SAVED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = saved.get(&at) {
        return Ok(found);
    }
    let own::Checked { scheme, problems, .. } = own::check(&from_yaml(text)?);
    if let Some(problem) = problems.into_iter().next() {
        return Err(problem);
    }
    let unread = || RecordError::new("text", "the record means nothing", "write it anew");
    let scheme = Scheme { key: key.to_owned(), ..scheme.ok_or_else(unread)? };
    Ok(saved.entry(at).or_insert_with(|| Box::leak(Box::new(scheme))))
}
