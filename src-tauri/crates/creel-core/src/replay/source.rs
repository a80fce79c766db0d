//! What is fired: a stored delivery, a shipped sample, or a request that the draft itself spells out.

use bytes::Bytes;

use crate::api::handlers::{Stored, stored};
use crate::api::replays::ReplayDraft;
use crate::app::App;
use crate::authenticate::{Scheme, schemes};
use crate::delivery::Delivery;
use crate::error::ApiError;
use crate::ids::TriggerId;
use crate::receive::Headers;
use crate::registry::{TEST_TRIGGER, test_endpoint};
use crate::samples;

/// What there is before the draft changes it.
pub(super) struct Source {
    /// The delivery that is fired again.
    pub original: Option<Delivery>,
    pub method: String,
    /// Path and query as sent; the test endpoint's for what never came.
    pub target: String,
    pub headers: Headers,
    pub body: Bytes,
    /// The query of a sample's address, with what stands for the target's id and the body's hash.
    pub query: Option<String>,
    /// A sample that its sender does not sign.
    pub unsigned: bool,
    /// How much longer the body was than what is kept of it.
    pub lost: i64,
    /// The scheme whose proof is in the headers.
    pub scheme: Option<&'static Scheme>,
    /// The endpoint that it came to.
    pub endpoint: Option<TriggerId>,
}

/// Finds it.
pub(super) async fn source(app: &App, draft: &ReplayDraft) -> Result<Source, ApiError> {
    match (&draft.delivery_id, &draft.sample) {
        (Some(_), Some(_)) => Err(ApiError::invalid("sample", "either a delivery or a sample, not both")),
        (Some(id), None) => Ok(received(app, stored(app, id).await?)),
        (None, Some(key)) => shipped(key),
        (None, None) if draft.body.is_some() || draft.body_base64.is_some() => Ok(made_up()),
        (None, None) => Err(ApiError::invalid("delivery_id", "there is nothing to send")
            .hint("name a delivery or a sample, or give a body")),
    }
}

fn received(app: &App, stored: Stored) -> Source {
    let Stored { delivery, contents, body } = stored;
    let routes = app.registry.now();
    let listening = delivery.endpoint.as_ref().and_then(|id| routes.get(id));
    let looks_like = || routes.schemes().suggest(&contents.headers).map(|(scheme, _)| scheme);
    Source {
        method: delivery.method.clone(),
        scheme: listening.and_then(|at| at.scheme).or_else(looks_like),
        target: contents.target,
        headers: contents.headers,
        body,
        query: None,
        unsigned: false,
        lost: contents.body_bytes - contents.body_kept,
        endpoint: delivery.endpoint.clone(),
        original: Some(delivery),
    }
}

fn shipped(key: &str) -> Result<Source, ApiError> {
    let sample = samples::get(key).ok_or_else(|| {
        ApiError::invalid("sample", format!("no sample \"{key}\"")).hint("samples_list names those that ship")
    })?;
    let headers = sample.headers.into_iter().map(|(name, value)| (name, Bytes::from(value))).collect();
    let scheme = schemes::find(&sample.info.scheme);
    Ok(Source {
        method: sample.method,
        query: sample.query,
        unsigned: sample.unsigned,
        headers: Headers(headers),
        body: sample.body.into(),
        scheme,
        ..made_up()
    })
}

fn made_up() -> Source {
    let agent = concat!("Creel/", env!("CARGO_PKG_VERSION"));
    let headers = [("User-Agent", agent), ("Accept", "*/*"), ("Content-Type", "application/json")];
    Source {
        original: None,
        method: "POST".to_owned(),
        target: test_endpoint().path(),
        headers: Headers(headers.map(|(name, value)| (name.to_owned(), Bytes::from_static(value.as_bytes()))).into()),
        body: Bytes::new(),
        query: None,
        unsigned: false,
        lost: 0,
        scheme: None,
        endpoint: Some(TEST_TRIGGER.into()),
    }
}
