//! The search: which secret, read how, over which bytes gives a digest that came. The likely mistakes first; it ends with
//! the first tier that finds something, or when the time is up.

use std::time::Instant;

use super::bodies::{self, Variant};
use super::case::{Case, Known, Owner};
use super::found::Found;
use super::keys::{self, Reading};
use super::rules::{self, Rule};
use crate::authenticate::{Algo, Digests};

/// Cores that a search takes at most: deliveries come first.
const MOST_CORES: usize = 4;

/// A digest that came out.
pub(super) struct Hit<'s> {
    pub known: &'s Known,
    pub reading: &'s Reading,
    pub algo: Algo,
    pub found: &'s Found,
    pub rule: &'s Rule,
    /// `None`: the body as it came.
    pub body: Option<&'s Variant>,
}

/// Everything that can be tried.
pub(super) struct Space<'c> {
    case: &'c Case<'c>,
    found: Vec<Found>,
    own: Keys<'c>,
    others: Keys<'c>,
    pub rules: Vec<Rule>,
    pub bodies: Vec<Variant>,
}

struct Keys<'c> {
    right: Vec<(&'c Known, Reading)>,
    wrong: Vec<(&'c Known, Reading)>,
}

impl<'c> Space<'c> {
    pub fn of(case: &'c Case<'c>, found: Vec<Found>) -> Self {
        let (own, others): (Vec<_>, Vec<_>) = case.secrets.iter().partition(|known| known.owner == Owner::Own);
        Self {
            case,
            found,
            own: Keys::of(case, &own),
            others: Keys::of(case, &others),
            rules: rules::all(case),
            bodies: bodies::variants(case.request.body),
        }
    }

    /// Ways to read secrets that are tried, in all.
    pub fn readings(&self) -> usize {
        [&self.own, &self.others].iter().map(|keys| keys.right.len() + keys.wrong.len()).sum()
    }

    /// The hits of the first tier that has some, and whether everything was tried that comes before them.
    pub fn run(&self, until: Instant) -> (Vec<Hit<'_>>, bool) {
        let own_rules = self.rules.iter().take_while(|rule| rule.own).count();
        let (own_rule, rules) = (&self.rules[..own_rules], &self.rules[..]);
        let (as_it_is, variants): (Vec<_>, Vec<_>) = (vec![None], self.bodies.iter().map(Some).collect());
        let Keys { right: own, wrong: own_wrong } = &self.own;
        let Keys { right: others, wrong: others_wrong } = &self.others;
        let tiers = [
            (own, own_rule, &as_it_is),
            (others, own_rule, &as_it_is),
            (own_wrong, own_rule, &as_it_is),
            (own, rules, &as_it_is),
            (own, own_rule, &variants),
            (others, rules, &as_it_is),
            (others_wrong, own_rule, &as_it_is),
            (own_wrong, rules, &as_it_is),
            (own, rules, &variants),
            (others, own_rule, &variants),
            (own_wrong, own_rule, &variants),
        ];
        for (keys, rules, bodies) in tiers {
            let (hits, complete) = self.tier(keys, rules, bodies, until);
            if !hits.is_empty() || !complete {
                return (hits, complete);
            }
        }
        (Vec::new(), true)
    }

    /// The keys are shared out among the cores: each is tried alone.
    fn tier<'s>(
        &'s self,
        keys: &'s [(&'c Known, Reading)],
        rules: &'s [Rule],
        bodies: &[Option<&'s Variant>],
        until: Instant,
    ) -> (Vec<Hit<'s>>, bool) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_CORES);
        let share = keys.len().div_ceil(cores).max(1);
        let some = |keys| self.some(keys, rules, bodies, until);
        std::thread::scope(|scope| {
            let mut shares = keys.chunks(share);
            let first = shares.next();
            let beside: Vec<_> = shares.map(|keys| scope.spawn(move || some(keys))).collect();
            let mut all = first.map_or((Vec::new(), true), some);
            for worker in beside {
                let (hits, complete) = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                all.0.extend(hits);
                all.1 &= complete;
            }
            all
        })
    }

    fn some<'s>(
        &'s self,
        keys: &'s [(&'c Known, Reading)],
        rules: &'s [Rule],
        bodies: &[Option<&'s Variant>],
        until: Instant,
    ) -> (Vec<Hit<'s>>, bool) {
        let mut hits = Vec::new();
        for (known, reading) in keys {
            for algo in self.algos() {
                let mut digests = Digests::under(algo, &reading.bytes);
                for body in bodies {
                    if Instant::now() > until {
                        return (hits, false);
                    }
                    let bytes = body.map_or(self.case.request.body, |variant| &variant.bytes);
                    for rule in rules {
                        let digest = digests.of(&rule.message(self.case, bytes, &reading.bytes));
                        let same = self.found.iter().filter(|found| found.digest == digest);
                        hits.extend(same.map(|found| Hit { known, reading, algo, found, rule, body: *body }));
                    }
                }
            }
        }
        (hits, true)
    }

    /// Only hashes whose length came.
    fn algos(&self) -> impl Iterator<Item = Algo> {
        let plain = self.case.scheme.algo == Algo::Sha256;
        let all = [(Algo::HmacSha256, 32), (Algo::HmacSha1, 20), (Algo::HmacSha512, 64), (Algo::Sha256, 32)];
        let there = all.into_iter().filter(move |(algo, _)| *algo != Algo::Sha256 || plain);
        there.filter(|(_, bytes)| self.found.iter().any(|found| found.digest.len() == *bytes)).map(|(algo, _)| algo)
    }
}

impl<'c> Keys<'c> {
    fn of(case: &Case<'_>, known: &[&'c Known]) -> Self {
        let right = known.iter().filter_map(|known| Some((*known, keys::right(case.scheme, &known.key.value)?)));
        let wrong = known.iter().flat_map(|known| {
            keys::wrong(case.scheme, &known.key.value).into_iter().map(move |reading| (*known, reading))
        });
        Self { right: right.collect(), wrong: wrong.collect() }
    }
}
