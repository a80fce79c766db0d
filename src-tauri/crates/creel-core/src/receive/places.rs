//! The places of a listener: how many connections there may be, and who goes when all are taken.
//!
//! At the limit a newcomer takes the place of the connection that has waited longest for its next request. So senders
//! who open connections and say nothing cannot lock out one who speaks; only when every connection is at work is the
//! newcomer turned away. The same among the connections of one caller, where it is known who calls.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

/// All places of one listener.
#[derive(Debug)]
pub struct Places {
    most: usize,
    of_one_caller: usize,
    since: Instant,
    taken: Mutex<Vec<Arc<Place>>>,
}

/// One connection's place.
#[derive(Debug)]
pub struct Place {
    /// When the listener began.
    since: Instant,
    caller: Option<IpAddr>,
    /// Since when it waits for a request, in milliseconds of the listener's age, plus one; 0: it is at work.
    waiting: AtomicU64,
    order: AtomicU8,
    nudge: Notify,
}

/// What a connection is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Finish the request under way, then close.
    Finish,
    /// Close now: another takes the place.
    Leave,
}

/// Gives the place back when the connection's task ends.
#[derive(Debug)]
pub struct Seat {
    places: Arc<Places>,
    /// The place.
    pub place: Arc<Place>,
}

impl Places {
    /// `most` places, `of_one_caller` of them for any one, none taken.
    pub fn new(most: usize, of_one_caller: usize) -> Arc<Self> {
        Arc::new(Self { most, of_one_caller, since: Instant::now(), taken: Mutex::new(Vec::new()) })
    }

    /// A place for a new connection of `caller`; `None`: all that it could have are taken and at work.
    pub fn take(self: &Arc<Self>, caller: Option<IpAddr>) -> Option<Seat> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |place: &Place| caller.is_some() && place.caller == caller;
        if taken.iter().filter(|place| same(place)).count() >= self.of_one_caller {
            free(&mut taken, same)?;
        } else if taken.len() >= self.most {
            free(&mut taken, |_| true)?;
        }
        let place = Arc::new(Place::new(self.since, caller));
        place.waits();
        taken.push(place.clone());
        Some(Seat { places: self.clone(), place })
    }

    /// Tells every connection to finish and close.
    pub fn finish_all(&self) {
        for place in self.taken.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            place.tell(Order::Finish);
        }
    }
}

/// Sends away whoever waits longest among `which`; `None`: they are all at work.
fn free(taken: &mut Vec<Arc<Place>>, which: impl Fn(&Place) -> bool) -> Option<()> {
    let idle = |(_, place): &(usize, &Arc<Place>)| which(place) && place.waiting.load(Ordering::Relaxed) > 0;
    let since = |(_, place): &(usize, &Arc<Place>)| place.waiting.load(Ordering::Relaxed);
    let (longest, _) = taken.iter().enumerate().filter(idle).min_by_key(since)?;
    taken.swap_remove(longest).tell(Order::Leave);
    Some(())
}

impl Place {
    fn new(since: Instant, caller: Option<IpAddr>) -> Self {
        Self { since, caller, waiting: AtomicU64::new(0), order: AtomicU8::new(0), nudge: Notify::new() }
    }

    fn tell(&self, order: Order) {
        self.order.store(order as u8 + 1, Ordering::Release);
        self.nudge.notify_one();
    }

    /// Waits until the connection is told something.
    pub async fn told(&self) -> Order {
        loop {
            self.nudge.notified().await;
            match self.order.load(Ordering::Acquire) {
                0 => continue,
                1 => return Order::Finish,
                _ => return Order::Leave,
            }
        }
    }

    /// Whether it waits for a request.
    pub fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// It waits for a request from now on.
    pub fn waits(&self) {
        let age = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
        self.waiting.store(age + 1, Ordering::Relaxed);
    }

    /// It is at work from now on.
    pub fn works(&self) {
        self.waiting.store(0, Ordering::Relaxed);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = taken.iter().position(|place| Arc::ptr_eq(place, &self.place)) {
            taken.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_newcomer_takes_the_place_of_whoever_waits_longest() {
        let places = Places::new(2, 2);
        let (first, second) = (places.take(None).expect("free"), places.take(None).expect("free"));
        first.place.waiting.store(1, Ordering::Relaxed);
        second.place.waiting.store(2, Ordering::Relaxed);
        let third = places.take(None).expect("the first one leaves");
        assert_eq!(first.place.told().await, Order::Leave);
        drop(first);
        second.place.works();
        third.place.works();
        assert!(places.take(None).is_none(), "both are at work");
        drop(third);
        assert!(places.take(None).is_some(), "a place came back");
    }

    #[tokio::test]
    async fn one_caller_takes_only_its_own_places() {
        let places = Places::new(5, 2);
        let one = Some(IpAddr::from([203, 0, 113, 1]));
        let (other, unknown) = (places.take(Some(IpAddr::from([203, 0, 113, 2]))), places.take(None));
        let (first, second) = (places.take(one).expect("free"), places.take(one).expect("free"));
        second.place.works();
        let third = places.take(one).expect("its own first one leaves");
        assert_eq!(first.place.told().await, Order::Leave);
        third.place.works();
        assert!(places.take(one).is_none(), "both of its own are at work");
        assert!(places.take(None).is_some(), "others are not concerned");
        drop((other, unknown));
    }

    #[tokio::test]
    async fn a_stop_tells_everyone_to_finish() {
        let places = Places::new(2, 2);
        let seat = places.take(None).expect("free");
        places.finish_all();
        assert_eq!(seat.place.told().await, Order::Finish);
    }
}
