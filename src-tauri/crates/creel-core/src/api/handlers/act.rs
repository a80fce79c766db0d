//! A delivery for `act`.

use std::sync::Arc;

use super::inspect::{Stored, stored};
use crate::act::export;
use crate::api::act::ActExport;
use crate::api::deliveries::DeliveryRef;
use crate::app::App;
use crate::error::ApiError;

/// The payload as a file, and the line that runs workflows with it.
pub async fn delivery_act(app: &Arc<App>, input: DeliveryRef) -> Result<ActExport, ApiError> {
    let Stored { delivery, contents, body } = stored(app, &input.id).await?;
    let lost = delivery.bytes - i64::try_from(body.len()).unwrap_or(i64::MAX);
    export(&contents.headers, &body, lost)
}
