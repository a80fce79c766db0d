//! The request that `forward` would send, as text.

use super::field;
use crate::actions::forward_request::{Outgoing, Purpose, Received};
use crate::actions::{ActionKind, Forward, ForwardBody, ForwardPlan};
use crate::api::preview::{ActionPreview, PreviewPart};
use crate::error::ApiError;
use crate::ids::{DeliveryId, ExecutionId};
use crate::template::Scope;
use crate::trigger::Trigger;

/// Stands where the id of an execution will: there is none yet.
const NO_ID: &str = "(its execution)";

pub(super) fn preview(config: &Forward, trigger: &Trigger, scope: &Scope<'_>) -> ActionPreview {
    let mut fields = vec![field("url", &config.url, trigger, scope)];
    fields.extend(config.headers.iter().map(|(name, value)| field(&format!("headers.{name}"), value, trigger, scope)));
    if let ForwardBody::Template(body) = &config.body {
        fields.push(field("body", body, trigger, scope));
    }
    let url = fields.first().map_or_else(String::new, |url| url.text.clone());
    let planned = config.validate().and_then(|()| config.plan(scope, trigger));
    let words = planned
        .as_ref()
        .map_or_else(|_| format!("sends {} {url}", config.method), |plan| format!("sends {}", plan.summary()));
    let text = planned.and_then(|plan| request_text(&plan, scope));
    let (parts, problem) = match text {
        Ok(text) => (parts(config, &text), None),
        Err(error) => (Vec::new(), Some(error.message)),
    };
    ActionPreview { parts, problem, ..ActionPreview::of(ActionKind::Forward, words, fields) }
}

fn parts(config: &Forward, text: &str) -> Vec<PreviewPart> {
    let request = PreviewPart::new("request", text);
    let signed = config.sign.as_ref().map(|sign| {
        let secret = if sign.secret_id.is_some() { "the kept secret" } else { "this trigger's own secret" };
        PreviewPart::new(
            "signature",
            &format!("made over this request when it is sent: {}, with {secret}", sign.scheme),
        )
    });
    std::iter::once(request).chain(signed).collect()
}

/// A planned request as it would be sent for this delivery, credentials masked, without its signature.
pub(crate) fn request_text(plan: &ForwardPlan, scope: &Scope<'_>) -> Result<String, ApiError> {
    let received = Received { headers: scope.headers().clone(), body: scope.body().clone() };
    let purpose = Purpose {
        execution: &ExecutionId::from(NO_ID),
        delivery: &DeliveryId::from(scope.delivery_id()),
        now: scope.received_at(),
    };
    Ok(Outgoing::build(plan, &received, None, &purpose)?.to_text())
}
