//! Refused deliveries are bounded where they are written, so that a flood fills neither the disk nor the list.
//!
//! The writer remembers the positions of what each endpoint refused. When there are too many, the oldest go in the same
//! transaction, a step at a time: the work is that of the step, however large the store is.

use std::collections::{BTreeSet, HashMap};

use rusqlite::Connection;

use crate::delivery::{Delivery, Outcome, ReasonCode};
use crate::ids::TriggerId;

/// Refused deliveries kept for one trigger (`trust.md`, "Where two rules meet").
pub const AT_ONE_TRIGGER: usize = 1_000;
/// Refused ones kept that reached no trigger, in all (`trust.md`).
pub const UNMATCHED: usize = 5_000;
/// How many more there may be before the oldest go: one deletion then costs a few milliseconds, and seldom.
pub const STEP: usize = 100;
/// Deleted in one transaction at the most. More than a group of changes can add, so the bound is always reached again.
const DELETED_MOST: usize = 400;

/// Where they were refused: at a trigger, or where there was none.
type Place = Option<TriggerId>;

/// What the writer remembers. Pinned and imported deliveries are not in it: they stay, and do not count.
#[derive(Debug, Default)]
pub struct Refused {
    at: HashMap<Place, BTreeSet<i64>>,
    /// Changed since the last settling: a rollback makes it doubtful.
    touched: bool,
    /// A rollback undid something: it is read anew before it is used.
    doubtful: bool,
}

impl Refused {
    /// Reads what is there. Costs as much as there are refused deliveries, which is bounded.
    pub fn load(db: &Connection) -> rusqlite::Result<Self> {
        let mut refused = Self::default();
        let mut rows = db.prepare_cached(
            "SELECT seq, endpoint FROM deliveries WHERE outcome <> 'accepted' AND pinned = 0 AND imported = 0
               AND outcome IN ('rejected', 'limited', 'disabled', 'unmatched')",
        )?;
        for row in rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
            let (seq, place) = row?;
            refused.at.entry(place).or_default().insert(seq);
        }
        Ok(refused)
    }

    /// A delivery was written, or is no longer pinned.
    pub fn note(&mut self, delivery: &Delivery) {
        // A challenge is answered without a signature, so a flood of them is as cheap as one of forgeries.
        let unproved = is_refused(delivery.outcome) || delivery.reason_code == Some(ReasonCode::Handshake);
        // What the user fetched is no flood.
        if unproved && !delivery.pinned && !delivery.imported {
            self.touched = true;
            self.at.entry(delivery.endpoint.clone()).or_default().insert(delivery.seq);
        }
    }

    /// A delivery is gone, or is pinned now.
    pub fn forget(&mut self, place: &Place, seq: i64) {
        if let Some(seqs) = self.at.get_mut(place) {
            self.touched |= seqs.remove(&seq);
        }
    }

    /// The oldest ones that have to go now, at most [`DELETED_MOST`]. The caller deletes them in the same transaction.
    pub fn too_many(&mut self, db: &Connection) -> rusqlite::Result<Vec<i64>> {
        if !self.touched && !self.doubtful {
            return Ok(Vec::new());
        }
        if self.doubtful {
            *self = Self { touched: true, ..Self::load(db)? };
        }
        let over = self.at.iter().filter(|(place, seqs)| seqs.len() > keep(place) + STEP);
        let oldest = over.flat_map(|(place, seqs)| seqs.iter().take(seqs.len() - keep(place)));
        Ok(oldest.take(DELETED_MOST).copied().collect())
    }

    /// The transaction is on the disk.
    pub fn settle(&mut self) {
        self.touched = false;
    }

    /// Something was rolled back.
    pub fn rolled_back(&mut self) {
        self.doubtful |= self.touched;
    }
}

fn keep(place: &Place) -> usize {
    if place.is_some() { AT_ONE_TRIGGER } else { UNMATCHED }
}

fn is_refused(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Rejected | Outcome::Limited | Outcome::Disabled | Outcome::Unmatched => true,
        Outcome::Accepted | Outcome::Filtered | Outcome::Duplicate => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::SystemClock;
    use crate::delivery::SignatureState;
    use crate::error::{ApiError, ErrorCode};
    use crate::ids::DeliveryId;
    use crate::receive::Headers;
    use crate::store::{Store, StoreError, Turn, deliveries, meta};

    fn refusal(seq: i64, place: Place) -> Delivery {
        Delivery {
            id: DeliveryId::from(format!("dlv_{seq}").as_str()),
            seq,
            received_at: crate::clock::UnixMs(seq),
            method: "POST".to_owned(),
            path: "/hooks/a".to_owned(),
            contract: None,
            trigger_ids: Vec::new(),
            outcome: if place.is_some() { Outcome::Rejected } else { Outcome::Unmatched },
            endpoint: place,
            source: "curl".to_owned(),
            event: None,
            event_id: None,
            peer: None,
            answer_status: 401,
            signature: SignatureState::Bad,
            reason_code: None,
            reason: None,
            cause: None,
            key_id: None,
            bytes: 0,
            duration_us: 0,
            identical_body: false,
            conflict: false,
            pinned: false,
            replay_of: None,
            imported: false,
        }
    }

    fn write(turn: &mut Turn<'_>, place: &Place) -> Result<(), StoreError> {
        let delivery = refusal(turn.next.take_delivery(), place.clone());
        deliveries::insert(turn.db, &delivery)?;
        turn.tally.delivery(&delivery, &Headers::default(), 0);
        turn.refused.note(&delivery);
        Ok(())
    }

    async fn refuse(store: &Store, times: usize, place: &Place) {
        let place = place.clone();
        store.write(move |turn| (0..times).try_for_each(|_| write(turn, &place))).await.unwrap();
    }

    async fn kept(store: &Store, place: &Place) -> (i64, i64) {
        let place = place.clone();
        let sql = "SELECT COUNT(*), MIN(seq) FROM deliveries WHERE endpoint IS ?1";
        store.read(move |db| Ok(db.query_row(sql, [place], |row| Ok((row.get(0)?, row.get(1)?)))?)).await.unwrap()
    }

    fn open(folder: &tempfile::TempDir) -> Store {
        Store::open(folder.path(), Arc::new(SystemClock)).unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_oldest_go_a_step_at_a_time_and_each_trigger_has_its_own_bound() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder);
        let (one, other) = (Some(TriggerId::from("trg_1")), Some(TriggerId::from("trg_2")));
        refuse(&store, 10, &other).await;
        refuse(&store, AT_ONE_TRIGGER + STEP, &one).await;
        assert_eq!(kept(&store, &one).await, (1_100, 11));
        refuse(&store, 1, &one).await;
        assert_eq!(kept(&store, &one).await, (1_000, 112), "the oldest 101 are gone");
        assert_eq!(kept(&store, &other).await, (10, 1));
        let mut told = Vec::new();
        let mut deletions = store.deletions().unwrap();
        while let Ok(gone) = deletions.try_recv() {
            told.extend(gone.into_iter().map(|gone| (gone.seq, gone.id.0)));
        }
        assert_eq!((told.len(), told[0].clone()), (101, (11, "dlv_11".to_owned())));
        let total =
            |turn: &mut Turn<'_>| Ok(meta::number(turn.db, "deliveries")?.unwrap_or(0) + turn.tally.pending().0);
        assert_eq!(store.write(total).await.unwrap(), 1_010, "the count is that of the rows");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_bound_holds_across_a_start_and_a_change_that_was_undone() {
        let folder = tempfile::tempdir().unwrap();
        let place = None;
        refuse(&open(&folder), UNMATCHED + STEP, &place).await;
        let store = open(&folder);
        let undone = place.clone();
        let refused = store.write(move |turn| -> Result<(), StoreError> {
            (0..50).try_for_each(|_| write(turn, &undone))?;
            Err(ApiError::new(ErrorCode::Conflict, "no").into())
        });
        assert!(refused.await.is_err());
        assert_eq!(kept(&store, &place).await, (5_100, 1), "what was undone does not count");
        refuse(&store, 1, &place).await;
        assert_eq!(kept(&store, &place).await.0, 5_000);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn pinned_ones_stay_and_do_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder);
        let place = Some(TriggerId::from("trg_1"));
        refuse(&store, AT_ONE_TRIGGER, &place).await;
        let pin = |pinned| store.write(move |turn| deliveries::pin(turn, &DeliveryId::from("dlv_1"), pinned));
        pin(true).await.unwrap();
        refuse(&store, STEP + 1, &place).await;
        assert_eq!(kept(&store, &place).await, (1_101, 1), "1,100 beside the pinned one");
        refuse(&store, 1, &place).await;
        assert_eq!(kept(&store, &place).await, (1_001, 1));
        pin(false).await.unwrap();
        refuse(&store, STEP, &place).await;
        assert_eq!(kept(&store, &place).await.0, 1_000, "let go, it is the oldest");
    }
}
