//! A message as a request: to Slack, Discord, Telegram, or any webhook.

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::ChannelKind;
use super::message::Post;
use crate::actions::wire::{self, Stopped};
use crate::actions::{Forwarder, TargetAnswer, address_guard};
use crate::error::ApiError;
use crate::execute::Again;

/// Bytes of an answer that are read: it is only for people.
const ANSWER_MOST: usize = 4 * 1024;

/// Sends it once. `message` goes along as the idempotency key.
pub async fn send(forwarder: &Forwarder, kind: &ChannelKind, message: &str, post: Post) -> Result<(), Stopped> {
    let Post { url, body } = post;
    let deadline = Instant::now() + forwarder.limits.total;
    let (host, addresses) = wire::addresses(forwarder.resolver.as_ref(), &url, deadline).await?;
    address_guard::check(&host, &addresses, &forwarder.listeners.listeners(), true)
        .map_err(|error| (error, Again::Never))?;
    let client = wire::client(addresses, forwarder.limits.connect)?;
    let host = wire::host_of(&url);
    let mut request = reqwest::Request::new(http::Method::POST, url);
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(key) = HeaderValue::from_str(message) {
        request.headers_mut().insert(HeaderName::from_static("idempotency-key"), key);
    }
    *request.body_mut() = Some(body.to_string().into());
    let again = |error: ApiError| (error, Again::OnSchedule);
    match timeout_at(deadline, client.execute(request)).await {
        Err(_) => Err(again(wire::upstream(format!("no answer from {host} in time")))),
        // The address holds a secret, and so may the error's own words.
        Ok(Err(error)) => Err(again(wire::broken(&host, forwarder.limits.connect, &error.without_url()))),
        Ok(Ok(response)) => {
            let answered = timeout_at(deadline, judge(forwarder, kind, &host, response)).await;
            answered.unwrap_or_else(|_| Err(again(wire::upstream(format!("no whole answer from {host} in time")))))
        }
    }
}

async fn judge(
    forwarder: &Forwarder,
    kind: &ChannelKind,
    host: &str,
    mut response: reqwest::Response,
) -> Result<(), Stopped> {
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let mut body = Vec::new();
    while body.len() < ANSWER_MOST
        && let Ok(Some(piece)) = response.chunk().await
    {
        body.extend_from_slice(&piece[..piece.len().min(ANSWER_MOST - body.len())]);
    }
    let said = words(&body);
    let answer = TargetAnswer { status, headers, body, cut: false };
    let Err((error, again)) = answer.verdict(forwarder.clock.now()) else { return Ok(()) };
    let said = said.map_or_else(String::new, |said| format!(": {said}"));
    let message = format!("{host} answered {status}{said}");
    let hint = match (kind, status.as_u16()) {
        (ChannelKind::Telegram(_), 401 | 404) => "look at the bot's token",
        (ChannelKind::Telegram(_), 400 | 403) => "look at the chat's id, and whether the bot may write there",
        (_, 401 | 403 | 404 | 410) => "look at the channel's address; it may have been taken back",
        _ => return Err((ApiError { message, hint: None, ..error }, again)),
    };
    Err((ApiError { message, ..error }.hint(hint), again))
}

/// The service's own words: JSON's `description` or `message`, or a short text.
fn words(body: &[u8]) -> Option<String> {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let named = json.as_ref().and_then(|json| json["description"].as_str().or_else(|| json["message"].as_str()));
    let text =
        named.map(str::to_owned).or_else(|| json.is_none().then(|| String::from_utf8_lossy(body).into_owned()))?;
    let line: String = text.trim().lines().next()?.chars().filter(|c| !c.is_control()).take(200).collect();
    (!line.is_empty()).then_some(line)
}
