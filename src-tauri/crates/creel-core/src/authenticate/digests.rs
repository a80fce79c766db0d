//! Digests of many byte strings under one key, of which one is often the beginning of the next: the doctor tries a body with
//! and without a line end, alone and with an address behind it. What they share is read once.

use std::borrow::Cow;

use super::mac::State;
use super::scheme::Algo;

/// One key, and how far the last string's digest was behind each of its pieces.
pub struct Digests<'a> {
    start: Option<State>,
    steps: Vec<(&'a [u8], State)>,
}

impl<'a> Digests<'a> {
    /// For strings under `key`.
    pub fn under(algo: Algo, key: &[u8]) -> Self {
        Self { start: State::start(algo, key), steps: Vec::new() }
    }

    /// The digest of `pieces` in their order; empty where the algorithm has none. A piece counts as known when it is the
    /// same memory as in the last string, or begins with it: borrowed, so it cannot have changed.
    pub fn of(&mut self, pieces: &[Cow<'a, [u8]>]) -> Vec<u8> {
        let Some(mut state) = self.start.clone() else { return Vec::new() };
        for (n, piece) in pieces.iter().enumerate() {
            let Cow::Borrowed(bytes) = piece else {
                return pieces[n..].iter().fold(state, |state, piece| state.then(piece)).finish();
            };
            state = self.step(n, bytes, state);
        }
        state.finish()
    }

    /// Behind piece `n`, where `before` stands before it.
    fn step(&mut self, n: usize, bytes: &'a [u8], before: State) -> State {
        let known = self.steps.get(n).filter(|(last, _)| begins_with(bytes, last));
        let (state, same) = match known {
            Some((last, behind)) => (behind.clone().then(&bytes[last.len()..]), last.len() == bytes.len()),
            None => (before.then(bytes), false),
        };
        if !same {
            self.steps.truncate(n);
            self.steps.push((bytes, state.clone()));
        }
        state
    }
}

fn begins_with(longer: &[u8], shorter: &[u8]) -> bool {
    std::ptr::eq(longer.as_ptr(), shorter.as_ptr()) && longer.len() >= shorter.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authenticate::mac;

    #[test]
    fn what_is_shared_changes_no_digest() {
        let (body, url) = (b"{\"n\":1}\n".as_slice(), b"https://a.example/b".as_slice());
        let (bare, owned) = (&body[..body.len() - 1], || Cow::Owned(b"owned".to_vec()));
        let (body, bare, url) = (Cow::Borrowed(body), Cow::Borrowed(bare), Cow::Borrowed(url));
        let strings = [
            vec![bare.clone()],
            vec![body.clone()],
            vec![body.clone(), url.clone()],
            vec![body.clone(), owned(), url.clone()],
            vec![body.clone(), url.clone(), url.clone()],
            vec![url.clone(), body.clone()],
            vec![body.clone(), body.clone()],
            vec![bare.clone(), url.clone()],
            vec![body, url],
            vec![bare],
            vec![],
        ];
        for algo in [Algo::HmacSha1, Algo::HmacSha256, Algo::HmacSha512, Algo::Sha256] {
            let mut digests = Digests::under(algo, b"key");
            for pieces in &strings {
                let alone = mac::digest(algo, b"key", pieces.iter().map(AsRef::as_ref));
                assert_eq!(digests.of(pieces), alone, "{algo:?}: {pieces:?}");
            }
        }
    }

    #[test]
    fn an_algorithm_without_a_digest_has_none() {
        assert!(Digests::under(Algo::Token, b"key").of(&[Cow::Borrowed(b"body")]).is_empty());
    }
}
