//! An agent's daily budget: runs are counted before they start, so that a flood cannot pass it.

use super::{Agent, TokenUsage};
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::store::agent_days::{self, Used};
use crate::store::{StoreError, Turn};

/// Counts a run, or refuses it.
pub fn take(turn: &Turn<'_>, agent: &Agent) -> Result<(), StoreError> {
    let day = day(turn.now);
    let used = agent_days::of(turn.db, &agent.id, &day)?;
    let limits = &agent.limits;
    let over = |what: &str, used: u32, most: u32| {
        let words = format!("agent {} used {used} of {most} {what} today ({day}, UTC)", agent.name);
        ApiError::new(ErrorCode::RateLimited, words).hint("run it again tomorrow, or raise its daily budget")
    };
    if limits.runs_a_day > 0 && used.runs >= limits.runs_a_day {
        return Err(over("runs", used.runs, limits.runs_a_day).into());
    }
    if limits.tokens_a_day > 0 && used.tokens >= limits.tokens_a_day {
        return Err(over("tokens", used.tokens, limits.tokens_a_day).into());
    }
    agent_days::add(turn.db, &agent.id, &day, Used { runs: 1, tokens: 0 })
}

/// Adds what a run used.
pub fn spend(turn: &Turn<'_>, agent: &Agent, usage: TokenUsage) -> Result<(), StoreError> {
    agent_days::add(turn.db, &agent.id, &day(turn.now), Used { runs: 0, tokens: usage.total_tokens })
}

/// `2026-11-21`, UTC.
fn day(now: UnixMs) -> String {
    now.rfc3339().chars().take(10).collect()
}
