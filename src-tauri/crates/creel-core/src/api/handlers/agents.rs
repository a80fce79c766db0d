//! Agents and their executions.

use std::sync::Arc;

use super::name;
use crate::agent::{Agent, AgentExecution, AgentLimits, Backend};
use crate::api::Nothing;
use crate::api::agents::*;
use crate::app::App;
use crate::error::ApiError;
use crate::events::Event;
use crate::ids::AgentId;
use crate::input_schema::InputSchema;
use crate::store::{StoreError, agent_executions, agents};

const NAME_MOST: usize = 200;
const KIND_MOST: usize = 50;
/// Characters of an agent's instructions: many pages.
const INSTRUCTIONS_MOST: usize = 32_000;
/// Nobody waits longer for an answer.
const TIMEOUT_MOST_S: u32 = 3_600;
const ROWS: u32 = 20;
const ROWS_MOST: u32 = 100;
/// Further back nobody pages; it bounds the rows that are passed over.
const PAGE_MOST: u32 = 10_000;

/// The page and its size as asked, and how many rows lie before it.
fn paged(page: Option<u32>, limit: Option<u32>) -> (u32, u32, u32) {
    let (page, limit) = (page.unwrap_or(1).clamp(1, PAGE_MOST), limit.unwrap_or(ROWS).clamp(1, ROWS_MOST));
    (page, limit, (page - 1) * limit)
}

/// Agents, newest first.
pub async fn agents_list(app: &Arc<App>, input: AgentsQuery) -> Result<Agents, ApiError> {
    let (page, limit, offset) = paged(input.page, input.limit);
    let found =
        app.store.read(move |db| agents::page(db, input.kind.as_deref(), input.name.as_deref(), limit, offset)).await?;
    Ok(Agents { items: found.0, total: found.1, page, limit })
}

/// One agent.
pub async fn agent_get(app: &Arc<App>, input: AgentRef) -> Result<Agent, ApiError> {
    let id = input.id.clone();
    app.store.read(move |db| agents::get(db, &id)).await?.ok_or_else(|| ApiError::not_found("agent", &input.id))
}

/// Makes an agent.
pub async fn agent_create(app: &Arc<App>, input: AgentDraft) -> Result<Agent, ApiError> {
    if input.name.is_none() {
        return Err(ApiError::invalid("name", "name is missing"));
    }
    let now = app.clock.now();
    let blank = Agent {
        id: AgentId::new(app.ids.as_ref()),
        name: String::new(),
        kind: "simple".to_owned(),
        description: String::new(),
        input_schema: None,
        topic: String::new(),
        instructions: String::new(),
        backend: Backend::Echo,
        limits: AgentLimits::default(),
        created_at: now,
        updated_at: now,
    };
    keep(app, apply(blank, input)?).await
}

/// Changes an agent.
pub async fn agent_update(app: &Arc<App>, input: AgentChange) -> Result<Agent, ApiError> {
    let before = agent_get(app, AgentRef { id: input.id }).await?;
    keep(app, Agent { updated_at: app.clock.now(), ..apply(before, input.change)? }).await
}

/// Deletes an agent; its executions stay.
pub async fn agent_delete(app: &Arc<App>, input: AgentRef) -> Result<Nothing, ApiError> {
    let id = input.id.clone();
    let gone = input.id.clone();
    let missing = move || StoreError::from(ApiError::not_found("agent", &input.id));
    app.store.write(move |turn| if agents::delete(turn.db, &id)? { Ok(()) } else { Err(missing()) }).await?;
    app.reload().await?;
    app.events.send(Event::Agent(gone));
    Ok(Nothing {})
}

fn apply(before: Agent, change: AgentDraft) -> Result<Agent, ApiError> {
    let input_schema = change.input_schema.or(before.input_schema);
    if let Some(schema) = &input_schema {
        InputSchema::read(schema)?;
    }
    let backend = change.backend.unwrap_or(before.backend);
    backend.validate()?;
    let limits = change.limits.unwrap_or(before.limits);
    if !(1..=TIMEOUT_MOST_S).contains(&limits.timeout_s) {
        let words = format!("{} seconds are not between 1 and {TIMEOUT_MOST_S}", limits.timeout_s);
        return Err(ApiError::invalid("limits.timeout_s", words));
    }
    Ok(Agent {
        topic: at_most("topic", change.topic.unwrap_or(before.topic), KIND_MOST)?,
        instructions: at_most("instructions", change.instructions.unwrap_or(before.instructions), INSTRUCTIONS_MOST)?,
        backend,
        limits,
        name: change.name.map_or(Ok(before.name), |text| name("name", &text, NAME_MOST))?,
        kind: change.kind.map_or(Ok(before.kind), |text| name("type", &text, KIND_MOST))?,
        description: change.description.unwrap_or(before.description),
        input_schema,
        ..before
    })
}

fn at_most(field: &str, text: String, most: usize) -> Result<String, ApiError> {
    match text.chars().count() {
        n if n > most => Err(ApiError::invalid(field, format!("{field} has {n} characters; at most {most}"))),
        _ => Ok(text.trim().to_owned()),
    }
}

/// Writes it; its schema counts from the next delivery on.
async fn keep(app: &Arc<App>, agent: Agent) -> Result<Agent, ApiError> {
    let row = agent.clone();
    app.store.write(move |turn| agents::put(turn.db, &row)).await?;
    app.reload().await?;
    app.events.send(Event::Agent(agent.id.clone()));
    Ok(agent)
}

/// Executions of agents, newest first.
pub async fn agent_executions_list(app: &Arc<App>, input: AgentExecutionsQuery) -> Result<AgentExecutions, ApiError> {
    let (page, limit, offset) = paged(input.page, input.limit);
    let found = app
        .store
        .read(move |db| {
            let older = input.after.unwrap_or(i64::MAX);
            agent_executions::page(db, input.agent_id.as_ref(), input.status, older, limit, offset)
        })
        .await?;
    Ok(AgentExecutions { items: found.0, total: found.1, page, limit })
}

/// One execution of an agent.
pub async fn agent_execution_get(app: &Arc<App>, input: AgentExecutionRef) -> Result<AgentExecution, ApiError> {
    let id = input.id.clone();
    let found = app.store.read(move |db| agent_executions::get(db, &id)).await?;
    found.ok_or_else(|| ApiError::not_found("execution", &input.id))
}
