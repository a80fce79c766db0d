//! Talks to the running Creel, over its control listener.

use std::time::Duration;

use anyhow::{Context, bail};
use creel_core::control::Running;
use creel_core::error::ApiError;
use creel_core::tls;
use serde_json::Value;

use crate::folder::Folder;
use crate::said::said;

/// How often a request is made again when Creel says that there were too many.
const ASKED_AGAIN: usize = 5;
/// The longest wait before that, in seconds. Longer ones are for guessed tokens, and are said.
const WAIT_MOST: u64 = 5;

/// A running Creel and the token to it.
pub struct Creel {
    /// Where it is reached.
    pub running: Running,
    token: String,
    client: reqwest::Client,
}

impl Creel {
    /// The Creel that runs in the folder.
    pub fn running_in(folder: &Folder) -> anyhow::Result<Self> {
        let running = Running::read(&folder.path()?).map_err(said)?;
        let token = running.token().map_err(said)?;
        tls::install();
        Ok(Self { running, token, client: reqwest::Client::builder().no_proxy().build()? })
    }

    /// `POST` to a path of the control listener; `/rpc/<command>` runs a command of the list.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let address = format!("{}{path}", self.running.control);
        let nobody = || format!("nobody answers at {}: start the app, or run creel serve", self.running.control);
        let sent = self.client.post(address).bearer_auth(&self.token).json(body);
        let answer = unhurried(sent).await.with_context(nobody)?;
        let status = answer.status();
        let body: Value = answer.json().await.with_context(|| format!("{path} answered {status} without JSON"))?;
        if status.is_success() {
            return Ok(body);
        }
        let error = body.get("error").unwrap_or(&body).clone();
        match serde_json::from_value::<ApiError>(error) {
            Ok(error) => Err(said(error)),
            Err(_) => bail!("{path} answered {status}: {body}"),
        }
    }

    /// Runs a command of the list and waits for its output.
    pub fn call(&self, command: &str, input: &Value) -> anyhow::Result<Value> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.post(&format!("/rpc/{command}"), input))
    }
}

/// Sends it, and again after the time that the answer names when a script asks faster than Creel allows.
async fn unhurried(request: reqwest::RequestBuilder) -> reqwest::Result<reqwest::Response> {
    let mut left = ASKED_AGAIN;
    loop {
        let Some(copy) = request.try_clone() else { return request.send().await };
        let answer = copy.send().await?;
        let wait =
            answer.headers().get(reqwest::header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        match wait.filter(|seconds| *seconds <= WAIT_MOST) {
            Some(seconds) if answer.status() == reqwest::StatusCode::TOO_MANY_REQUESTS && left > 0 => {
                left -= 1;
                // As long as Creel asks for; without it the next request would be refused as well.
                tokio::time::sleep(Duration::from_secs(seconds)).await;
            }
            Some(_) | None => return Ok(answer),
        }
    }
}
