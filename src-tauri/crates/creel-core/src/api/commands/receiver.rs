//! The receiver: how it stands, the settings, deliveries and how they are found.

use crate::api::act::*;
use crate::api::deliveries::*;
use crate::api::doctor::*;
use crate::api::search::*;
use crate::api::status::*;
use crate::api::verifiers::*;
use crate::api::{Nothing, StopAnswering};
use crate::delivery::Delivery;
use crate::settings::Settings;

commands! {
    /// The state of the app.
    status(Nothing) -> Status;
    /// Stop answering, or answer again.
    stop_answering(StopAnswering) -> Status;
    /// All settings.
    settings_get(Nothing) -> Settings;
    /// Replace all settings.
    settings_set(Settings) -> Settings;

    /// Deliveries, newest first.
    deliveries_list(DeliveriesQuery) -> DeliveriesFound;
    /// One delivery without its body.
    delivery_get(DeliveryRef) -> DeliveryDetail;
    /// A slice of its body.
    delivery_body(BodyQuery) -> BodySlice;
    /// The nine steps of its signature check.
    delivery_signature(SignatureQuery) -> SignatureReport;
    /// Why the signature of a delivery does not fit, and what can be done.
    delivery_doctor(DoctorQuery) -> Diagnosis;
    /// Pin or unpin it.
    delivery_pin(PinDelivery) -> Delivery;
    /// Delete deliveries for good.
    deliveries_delete(DeleteDeliveries) -> Touched;
    /// A delivery of GitHub's as a file and a line for `act`.
    delivery_act(DeliveryRef) -> ActExport;
    /// A delivery as code.
    delivery_snippet(SnippetQuery) -> Snippet;
    /// Code that verifies a scheme's signatures in another program.
    verifier_code(VerifierQuery) -> VerifierCode;
    /// Deliveries minute by minute.
    activity(ActivityQuery) -> Activity;

    /// What a query means and what could come next.
    search_suggest(SuggestQuery) -> Suggestions;
    /// Saved views, shipped ones first.
    views_list(Nothing) -> Vec<View>;
    /// Save a view.
    view_save(SaveView) -> View;
    /// Delete a saved view.
    view_delete(ViewRef) -> Nothing;
}
