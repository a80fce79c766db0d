//! The places of a listener: how many connections there may be, and who goes when all are taken.
//!
//! At the limit a newcomer takes the place of the connection that has waited longest for its next request. So senders
//! who open connections and say nothing cannot lock out one who speaks; only when every connection is at work is the
//! newcomer turned away.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

/// All places of one listener.
#[derive(Debug)]
pub struct Places {
    most: usize,
    since: Instant,
    taken: Mutex<Vec<Arc<Place>>>,
}

/// One connection's place.
#[derive(Debug)]
pub struct Place {
    /// When the listener began.
    since: Instant,
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
    /// `most` places, none taken.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, since: Instant::now(), taken: Mutex::new(Vec::new()) })
    }

    /// A place for a new connection; `None`: all are taken and at work.
    pub fn take(self: &Arc<Self>) -> Option<Seat> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.len() >= self.most {
            let idle = |(_, place): &(usize, &Arc<Place>)| place.waiting.load(Ordering::Relaxed) > 0;
            let since = |(_, place): &(usize, &Arc<Place>)| place.waiting.load(Ordering::Relaxed);
            let (longest, _) = taken.iter().enumerate().filter(idle).min_by_key(since)?;
            taken.swap_remove(longest).tell(Order::Leave);
        }
        let place = Arc::new(Place::new(self.since));
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

impl Place {
    fn new(since: Instant) -> Self {
        Self { since, waiting: AtomicU64::new(0), order: AtomicU8::new(0), nudge: Notify::new() }
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
        let places = Places::new(2);
        let (first, second) = (places.take().expect("free"), places.take().expect("free"));
        first.place.waiting.store(1, Ordering::Relaxed);
        second.place.waiting.store(2, Ordering::Relaxed);
        let third = places.take().expect("the first one leaves");
        assert_eq!(first.place.told().await, Order::Leave);
        drop(first);
        second.place.works();
        third.place.works();
        assert!(places.take().is_none(), "both are at work");
        drop(third);
        assert!(places.take().is_some(), "a place came back");
    }

    #[tokio::test]
    async fn a_stop_tells_everyone_to_finish() {
        let places = Places::new(2);
        let seat = places.take().expect("free");
        places.finish_all();
        assert_eq!(seat.place.told().await, Order::Finish);
    }
}
