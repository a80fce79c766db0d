//! Requests as code to copy.

use std::sync::Arc;

use bytes::Bytes;

use super::inspect::stored;
use crate::api::deliveries::{Snippet, SnippetQuery, TriggerSnippetQuery};
use crate::app::App;
use crate::authenticate::Selector;
use crate::error::ApiError;
use crate::receive::Headers;
use crate::receive::listen::RECEIVER;
use crate::registry::require;
use crate::samples;
use crate::snippet::{Sending, snippet};
use crate::trigger::Contract;

/// What is sent to try a trigger: small enough to read.
const HELLO: &[u8] = br#"{"title":"Hello"}"#;

/// A request that a trigger takes, as code that sends it.
pub async fn trigger_snippet(app: &Arc<App>, input: TriggerSnippetQuery) -> Result<Snippet, ApiError> {
    let at = require(&app.registry.now(), &input.id)?;
    let receiver = app.addresses().receiver.map_or_else(|| RECEIVER.to_string(), |address| address.to_string());
    let scheme = at.scheme.filter(|_| at.locked || !at.keys.is_empty());
    let mut headers = vec![("Content-Type".to_owned(), Bytes::from_static(b"application/json"))];
    let event = scheme.and_then(|scheme| Some((scheme, scheme.event.from.iter().find_map(Selector::header)?)));
    if let Some((scheme, name)) = event {
        let event = samples::default_for(&scheme.key).map_or_else(|| "hello".to_owned(), |sample| sample.info.event);
        headers.push((name.to_owned(), event.into()));
    }
    let sending = Sending {
        method: at.trigger.methods.first().map_or("POST", String::as_str),
        url: &format!("http://{receiver}{}", at.path()),
        headers: &Headers(headers),
        body: HELLO,
        scheme,
        token: at.trigger.contract == Contract::Promptrails,
    };
    Ok(Snippet { text: snippet(input.language, &sending) })
}

/// A delivery as code that sends it again.
pub async fn delivery_snippet(app: &Arc<App>, input: SnippetQuery) -> Result<Snippet, ApiError> {
    let stored = stored(app, &input.id).await?;
    let listening = stored.delivery.endpoint.as_ref().and_then(|id| app.registry.now().get(id));
    let receiver = app.addresses().receiver.map_or_else(|| RECEIVER.to_string(), |address| address.to_string());
    let url = format!("http://{receiver}{}", stored.contents.target);
    let text = snippet(
        input.language,
        &Sending {
            method: &stored.delivery.method,
            url: &url,
            headers: &stored.contents.headers,
            body: &stored.body,
            scheme: listening.as_ref().and_then(|at| at.scheme),
            token: listening.as_ref().is_some_and(|at| at.trigger.contract == Contract::Promptrails),
        },
    );
    Ok(Snippet { text })
}
