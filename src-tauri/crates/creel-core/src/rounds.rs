//! The doctor's rounds: a delivery whose proof was refused is looked at once, after its answer, and what is found stands in
//! its row. Nothing waits for it, and while deliveries pour in it does not begin: whoever opens one later asks anew.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::api::handlers::{look_at, stored};
use crate::app::App;
use crate::delivery::{Delivery, ReasonCode};
use crate::error::ApiError;
use crate::events::Event;
use crate::ids::DeliveryId;
use crate::store::deliveries;

/// Deliveries that wait to be looked at; beyond that the oldest go, because the newest is what somebody waits for.
const MOST_WAITING: usize = 32;
/// How long the rest of the way is watched before one is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// More changes than this between two looks: a program is sending, and the doctor waits.
const BUSY: u64 = 10;

/// Refused deliveries that nobody has looked at.
#[derive(Default)]
pub struct Patients {
    waiting: Mutex<VecDeque<DeliveryId>>,
    came: tokio::sync::Notify,
}

impl Patients {
    /// Notes a delivery if its proof was refused at an endpoint that has one.
    pub fn admit(&self, delivery: &Delivery) {
        if delivery.endpoint.is_none() || !delivery.reason_code.is_some_and(concerns_the_proof) {
            return;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.truncate(MOST_WAITING - 1);
        waiting.push_front(delivery.id.clone());
        self.came.notify_one();
    }

    /// The newest one.
    fn next(&self) -> Option<DeliveryId> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

fn concerns_the_proof(code: ReasonCode) -> bool {
    matches!(
        code,
        ReasonCode::SignatureMissing
            | ReasonCode::SignatureMalformed
            | ReasonCode::SignatureMismatch
            | ReasonCode::TimestampInvalid
            | ReasonCode::TimestampOutsideWindow
            | ReasonCode::RepeatedHeader
    )
}

/// Starts them; they end when the app closes.
pub fn start(app: &Arc<App>) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        while app.stopping.run_until_cancelled(app.patients.came.notified()).await.is_some() {
            if app.stopping.run_until_cancelled(round(&app)).await.is_none() {
                return;
            }
        }
    });
}

/// Looks at all that wait, one after the other.
async fn round(app: &App) {
    loop {
        let before = app.store.counters().changes.load(Ordering::Relaxed);
        // Between two counts: deliveries come first.
        tokio::time::sleep(LOOK_EVERY).await;
        if app.store.counters().changes.load(Ordering::Relaxed).saturating_sub(before) > BUSY {
            continue;
        }
        let Some(id) = app.patients.next() else { return };
        if let Err(error) = visit(app, id).await {
            tracing::warn!(%error, "the doctor could not look at a delivery");
        }
    }
}

async fn visit(app: &App, id: DeliveryId) -> Result<(), ApiError> {
    let (stored, routes) = (stored(app, &id).await?, app.registry.now().clone());
    let looked = tokio::task::spawn_blocking(move || look_at(&stored, &routes)).await;
    let found = looked.map_err(|error| ApiError::new(crate::error::ErrorCode::Internal, error.to_string()))?;
    if !found.causes.is_empty() {
        let noted = app.store.write(move |turn| deliveries::note_cause(turn, &id, &found.sentence)).await?;
        noted.into_iter().for_each(|delivery| app.events.send(Event::DeliveryChanged(delivery)));
    }
    Ok(())
}
