//! The `command` backend: a program that reads the prompt and writes the answer.

use std::time::Duration;

use bytes::Bytes;

use super::prompt::Prompt;
use super::run::{ANSWER_MOST, Answered};
use super::{Agent, CommandBackend, TokenUsage};
use crate::error::{ApiError, ErrorCode};
use crate::execute::LiveOutput;
use crate::process::{self, Ended, How, Work};

/// Bytes of standard error that are shown of a program that failed: its last words.
const LAST_WORDS: usize = 2_000;

/// Runs it. An attempt that failed is not made again: what the program did is not known.
pub async fn ask(
    agent: &Agent,
    command: &CommandBackend,
    prompt: &Prompt,
    live: &mut LiveOutput,
) -> Result<Answered, ApiError> {
    let given = prompt.whole();
    let work = Work {
        program: command.program.clone(),
        arguments: command.arguments.clone(),
        environment: vec![
            ("CREEL_AGENT".to_owned(), agent.name.replace('\0', "")),
            ("CREEL_TOPIC".to_owned(), agent.topic.replace('\0', "")),
        ],
        input: Bytes::from(given.clone().into_bytes()),
        folder: None,
        timeout: Duration::from_secs(agent.limits.timeout_s.into()),
    };
    let heard = |piece: &[u8]| live.push(&String::from_utf8_lossy(piece));
    let ended = process::run(work, heard).await.map_err(|error| {
        ApiError::new(ErrorCode::Upstream, error.to_string()).hint("look at the agent's program and its arguments")
    })?;
    let text = answer(agent, command, &ended)?;
    let usage = TokenUsage::estimated(&given, &text);
    Ok(Answered { text, usage, model: None })
}

fn answer(agent: &Agent, command: &CommandBackend, ended: &Ended) -> Result<String, ApiError> {
    let failed = |words: String| Err(ApiError::new(ErrorCode::Upstream, words));
    let program = &command.program;
    match ended.how {
        How::Exited(0) if ended.out.written() > ANSWER_MOST as u64 || !ended.out.whole() => {
            failed(format!("{program} answered {} bytes; at most {ANSWER_MOST}", ended.out.written()))
        }
        How::Exited(0) => Ok(ended.out.text().trim_end().to_owned()),
        How::Exited(code) => failed(format!("{program} ended with {code}{}", last_words(ended))),
        How::Signalled(signal) => failed(format!("{program} was ended by signal {signal}{}", last_words(ended))),
        How::TimedOut => failed(format!("{program} did not end within {} s and was stopped", agent.limits.timeout_s)),
    }
}

/// What it said last.
fn last_words(ended: &Ended) -> String {
    let text = ended.err.text();
    let text = text.trim();
    let from = text.ceil_char_boundary(text.len().saturating_sub(LAST_WORDS));
    if text.is_empty() { String::new() } else { format!(": {}", &text[from..]) }
}
