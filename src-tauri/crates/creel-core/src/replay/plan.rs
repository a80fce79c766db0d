//! What a replay would send and set off, before it does.

use super::aim::{Aim, aim};
use super::compose::{Composed, compose};
use super::effects::effects;
use super::marks::MARK_HEADER;
use super::send::{mark, times};
use super::shown::shown;
use super::signer::proof;
use super::source::{Source, source};
use crate::api::deliveries::HeaderLine;
use crate::api::replays::{Broken, ReplayDraft, ReplayPlan, Signing};
use crate::app::App;
use crate::error::ApiError;

/// The plan of a draft. Nothing is sent, and no name is looked up.
pub async fn plan(app: &App, draft: &ReplayDraft) -> Result<ReplayPlan, ApiError> {
    times(draft)?;
    let source = source(app, draft).await?;
    let aim = aim(app, draft, &source)?;
    let composed = compose(draft, &source, &aim, &proof(app, draft, &aim, &source)?, app.ids.as_ref())?;
    let mut warnings = composed.warnings.clone();
    let effects = match &aim {
        Aim::Here(here) => {
            let (effects, more) = effects(app, here, &composed, mark(draft, &source)).await?;
            warnings.extend(more);
            effects
        }
        Aim::Elsewhere(_) => {
            warnings.extend(leaving(app, draft, &source, &aim));
            Vec::new()
        }
    };
    warnings.extend(blind(draft, &composed));
    Ok(ReplayPlan {
        method: composed.method.clone(),
        url: aim.url(),
        headers: lines(&composed, &source, &aim),
        recomputed: composed.recomputed,
        body_bytes: i64::try_from(composed.body.len()).unwrap_or(i64::MAX),
        scheme: composed.scheme.map(|scheme| scheme.key.clone()),
        effects,
        warnings,
    })
}

fn lines(composed: &Composed, source: &Source, aim: &Aim) -> Vec<HeaderLine> {
    let mut lines = shown(&composed.headers, composed.scheme.or(source.scheme));
    let here = matches!(aim, Aim::Here(_));
    let mut mark = crate::headers::line(MARK_HEADER, if here { "••••".as_bytes() } else { b"1" });
    mark.masked = here;
    lines.push(mark);
    lines
}

/// What to know when a delivery leaves.
fn leaving(app: &App, draft: &ReplayDraft, source: &Source, aim: &Aim) -> Vec<String> {
    let mut words = vec![format!("the delivery goes to {}, outside this Creel", aim.host())];
    let trigger = source.endpoint.as_ref().and_then(|id| app.registry.now().get(id));
    if let (Signing::Target, Some(from)) = (&draft.signing, trigger) {
        words.push(format!("it is signed with the secret of \"{}\"", from.trigger.name));
    }
    words
}

/// A change that this scheme cannot see.
fn blind(draft: &ReplayDraft, composed: &Composed) -> Option<String> {
    let blind = composed.scheme.is_some_and(|scheme| !scheme.signs_body());
    (blind && draft.broken == Some(Broken::AlteredByte))
        .then(|| "this scheme does not cover the body: the altered byte goes unnoticed".to_owned())
}
