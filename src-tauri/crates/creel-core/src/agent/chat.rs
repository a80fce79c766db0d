//! The `chat` backend: one streamed chat completion over HTTP. The key goes to the host that the user typed and nowhere
//! else: redirects are not followed.

use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::Response;
use serde_json::json;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::chat_stream::{ChatStream, said};
use super::run::{Agents, Answered, Question};
use super::{ChatBackend, TokenUsage};
use crate::actions::{PlannedSigning, TargetAnswer, address_guard, wire};
use crate::error::{ApiError, ErrorCode};
use crate::execute::{Again, LiveOutput};
use crate::ids::TriggerId;
use wire::Stopped;

/// Bytes of an error's body that are read: it is only for people.
const ERROR_MOST: usize = 16 * 1024;

/// Asks the server.
pub(super) async fn ask(
    agents: &Agents<'_>,
    chat: &ChatBackend,
    question: &Question<'_>,
    live: &mut LiveOutput,
) -> Result<Answered, Stopped> {
    let Question { agent, prompt, .. } = question;
    let model = if question.model.is_empty() { &chat.model } else { question.model };
    let patience = Duration::from_secs(agent.limits.timeout_s.into());
    let deadline = Instant::now() + patience;
    let late = || {
        let words = format!("no whole answer from {} within {} s", chat.base_url, agent.limits.timeout_s);
        (ApiError::new(ErrorCode::Upstream, words), Again::OnSchedule)
    };
    let response = send(agents, chat, model, question, deadline).await?;
    if !response.status().is_success() {
        let refused = timeout_at(deadline, refusal(agents, response)).await;
        return Err(refused.unwrap_or_else(|_| late()));
    }
    let (text, usage, named) = timeout_at(deadline, read(response, live)).await.map_err(|_| late())??;
    let usage = usage.unwrap_or_else(|| TokenUsage::estimated(&prompt.whole(), &text));
    Ok(Answered { text, usage, model: Some(named.unwrap_or_else(|| model.to_owned())) })
}

async fn send(
    agents: &Agents<'_>,
    chat: &ChatBackend,
    model: &str,
    question: &Question<'_>,
    deadline: Instant,
) -> Result<Response, Stopped> {
    let never = |error: ApiError| (error, Again::Never);
    let address = format!("{}/chat/completions", chat.base_url.trim_end_matches('/'));
    let url = Url::parse(&address)
        .map_err(|error| never(ApiError::new(ErrorCode::Invalid, format!("\"{address}\" is no address: {error}"))))?;
    let key = key(agents, chat)?;
    let forwarder = agents.forwarder;
    let (host, addresses) = wire::addresses(forwarder.resolver.as_ref(), &url, deadline).await?;
    address_guard::check(&host, &addresses, &forwarder.listeners.listeners(), true).map_err(never)?;
    let client = wire::client(addresses, forwarder.limits.connect)?;
    let prompt = question.prompt;
    let body = json!({
        "model": model,
        "messages": [{ "role": "system", "content": prompt.system }, { "role": "user", "content": prompt.user }],
        "stream": true,
        "stream_options": { "include_usage": true },
    });
    let mut request = reqwest::Request::new(http::Method::POST, url.clone());
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream, application/json"));
    // A crash asks again; a server that knows the key answers, and bills, once.
    if let Ok(once) = HeaderValue::from_str(&question.key) {
        headers.insert(HeaderName::from_static("idempotency-key"), once);
    }
    if let Some(key) = key {
        headers.insert(AUTHORIZATION, key);
    }
    *request.body_mut() = Some(body.to_string().into());
    let host = wire::host_of(&url);
    match timeout_at(deadline, client.execute(request)).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err((
            wire::broken(&host, forwarder.limits.connect, &error)
                .hint("is the model's server running, and is the agent's address right?"),
            Again::OnSchedule,
        )),
        Err(_) => Err((wire::upstream(format!("no answer from {host} in time")), Again::OnSchedule)),
    }
}

/// The key as a header that no log shows.
fn key(agents: &Agents<'_>, chat: &ChatBackend) -> Result<Option<HeaderValue>, Stopped> {
    let Some(id) = &chat.key else { return Ok(None) };
    let asked =
        PlannedSigning { scheme: String::new(), secret_id: Some(id.clone()), trigger_id: TriggerId(String::new()) };
    let secret = agents.forwarder.secrets.signing_secret(&asked).map_err(|error| match error.code {
        ErrorCode::Unavailable => (error, Again::OnSchedule),
        _ => (error.hint("choose another key in the agent"), Again::Never),
    })?;
    let mut value = HeaderValue::from_str(&format!("Bearer {}", secret.expose())).map_err(|_| {
        let words = format!("the key {id} holds characters that no header can");
        (ApiError::new(ErrorCode::Invalid, words), Again::Never)
    })?;
    value.set_sensitive(true);
    Ok(Some(value))
}

/// Reads the answer as it comes.
async fn read(
    mut response: Response,
    live: &mut LiveOutput,
) -> Result<(String, Option<TokenUsage>, Option<String>), Stopped> {
    let mut stream = ChatStream::default();
    let again = |error: ApiError| (error, Again::OnSchedule);
    while !stream.done() {
        match response.chunk().await {
            // What is wrong with the content is wrong again next time.
            Ok(Some(bytes)) => live.push(&stream.push(&bytes).map_err(|error| (error, Again::Never))?),
            Ok(None) => break,
            Err(error) => {
                return Err(again(wire::upstream(format!("the answer broke off: {}", wire::innermost(&error)))));
            }
        }
    }
    stream.end().map_err(again)
}

/// What an answer without success means, in the server's own words where it has some.
async fn refusal(agents: &Agents<'_>, mut response: Response) -> Stopped {
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let mut body = Vec::new();
    while body.len() < ERROR_MOST
        && let Ok(Some(piece)) = response.chunk().await
    {
        body.extend_from_slice(&piece[..piece.len().min(ERROR_MOST - body.len())]);
    }
    let words = serde_json::from_slice::<serde_json::Value>(&body).ok();
    let words = words.map(|json| said(json.get("error").unwrap_or(&json)));
    let answer = TargetAnswer { status, headers, body, cut: false };
    let Err((error, again)) = answer.verdict(agents.forwarder.clock.now()) else {
        return (wire::upstream(format!("the model's server answered {status}")), Again::Never);
    };
    let said = words.map_or_else(String::new, |words| format!(": {words}"));
    let hint = match status.as_u16() {
        401 | 403 => Some("look at the agent's key"),
        404 => Some("look at the agent's address and model"),
        429 => Some("the model's server has its own limit; it is tried again when that server allows"),
        _ => None,
    };
    let error = ApiError {
        message: format!("{}{said}", error.message.replace("the target", "the model's server")),
        hint: None,
        ..error
    };
    (hint.map_or(error.clone(), |hint| error.hint(hint)), again)
}
