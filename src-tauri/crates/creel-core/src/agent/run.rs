//! One run of an agent: who runs, whether it may, what it said.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use super::prompt::Prompt;
use super::{Agent, Backend, CommandBackend, TokenUsage, budget, chat, choose, command};
use crate::actions::{Forwarder, NotifyPlan, RunAgentPlan, SpawnAgentPlan, wire};
use crate::commit::follow_up;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::execute::{Again, Effect, Effected, Live, Ran, StepLog};
use crate::ids::{ExecutionId, Ids};
use crate::store::executions::{self, NewExecution};
use crate::store::queue::{self, Job};
use crate::store::{StoreError, agent_executions, agents, approvals, channels};
use wire::Stopped;

/// Longest answer in bytes: a report, not a book.
pub const ANSWER_MOST: usize = 128 * 1024;

/// What a backend gave.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The answer.
    pub text: String,
    /// What it used.
    pub usage: TokenUsage,
    /// The model that answered, where there is one.
    pub model: Option<String>,
}

/// What one agent is asked.
pub(super) struct Question<'a> {
    /// Who.
    pub agent: &'a Agent,
    /// Another model than the agent's own, where it is not empty.
    pub model: &'a str,
    /// What.
    pub prompt: &'a Prompt,
    /// The idempotency key: the same for every attempt.
    pub key: String,
}

impl<'a> Question<'a> {
    fn of(job: &Job, agent: &'a Agent, model: &'a str, prompt: &'a Prompt) -> Self {
        Self { agent, model, prompt, key: job.id.to_string() }
    }
}

impl TokenUsage {
    /// As servers count: `{"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}`.
    pub(super) fn read(usage: &Value) -> Option<Self> {
        let number = |name: &str| usage[name].as_u64().map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        let (prompt, answer) = (number("prompt_tokens")?, number("completion_tokens").unwrap_or(0));
        let total = number("total_tokens").unwrap_or(prompt.saturating_add(answer));
        Some(Self { prompt_tokens: prompt, completion_tokens: answer, total_tokens: total, estimated: false })
    }

    /// A quarter of the characters, for backends that do not count.
    pub(super) fn estimated(prompt: &str, answer: &str) -> Self {
        let about = |text: &str| u32::try_from(text.chars().count().div_ceil(4)).unwrap_or(u32::MAX);
        let (prompt, answer) = (about(prompt), about(answer));
        Self {
            prompt_tokens: prompt,
            completion_tokens: answer,
            total_tokens: prompt.saturating_add(answer),
            estimated: true,
        }
    }
}

/// Runs agents.
pub struct Agents<'a> {
    /// Store, clock, names, secrets and bounds, as forwards have them.
    pub forwarder: &'a Forwarder,
    /// Who hears partial output.
    pub live: &'a Arc<Live>,
    /// Ids of what is made.
    pub ids: &'a dyn Ids,
}

impl Agents<'_> {
    /// `run_agent`: the agent that the trigger is bound to gets the input.
    pub async fn run_bound(&self, job: &Job, log: &mut StepLog) -> Ran {
        let Ok(plan) = serde_json::from_str::<RunAgentPlan>(&job.plan) else { return no_plan() };
        self.ended(self.bound(job, plan, log).await)
    }

    /// `spawn_agent`: the agent for the topic, or the one that the orchestrator picks, gets the prompt.
    pub async fn run_spawned(&self, job: &Job, log: &mut StepLog) -> Ran {
        let Ok(plan) = serde_json::from_str::<SpawnAgentPlan>(&job.plan) else { return no_plan() };
        let tells_owner = plan.notify_owner;
        match self.spawned(job, plan, log).await {
            Ok(result) if tells_owner => self.told(job, result, log).await,
            ended => self.ended(ended),
        }
    }

    fn ended(&self, ended: Result<Value, Stopped>) -> Ran {
        match ended {
            Ok(result) => Ran::Done(result.to_string()),
            Err((error, again)) => Ran::Failed(error, again),
        }
    }

    /// What the agent said goes to the owner. Where no channel is the owner's, the log says that nobody was told.
    async fn told(&self, job: &Job, result: Value, log: &mut StepLog) -> Ran {
        let started = log.begin();
        // Whether there is one is asked again in the commit: an answer that was paid for is not lost to a busy store.
        let Ok(all) = self.forwarder.store.read(channels::all).await else {
            return Ran::Commit(tell_owner(job, result, self.ids));
        };
        let owners: Vec<&str> = all.iter().filter(|one| one.is_owners()).map(|one| one.name.as_str()).collect();
        if owners.is_empty() {
            let words = "Skipped: no verified channel is the owner's, so nobody is told. Link one under Channels.";
            log.went_well("notify", started, words, None);
            return Ran::Done(result.to_string());
        }
        log.went_well("notify", started, format!("The answer goes to {}.", owners.join(", ")), None);
        Ran::Commit(tell_owner(job, result, self.ids))
    }

    async fn bound(&self, job: &Job, plan: RunAgentPlan, log: &mut StepLog) -> Result<Value, Stopped> {
        let wanted = plan.agent_id.clone();
        let found = self.forwarder.store.read(move |db| agents::get(db, &wanted)).await.map_err(unwritten)?;
        let gone = || {
            let words = format!("agent {} does not exist any more", plan.agent_id);
            (ApiError::new(ErrorCode::NotFound, words).hint("choose another agent in the trigger"), Again::Never)
        };
        let agent = found.ok_or_else(gone)?;
        let run = plan.execution_id.clone();
        let run = self.forwarder.store.read(move |db| agent_executions::get(db, &run)).await.map_err(unwritten)?;
        let input = run.map(|run| run.input).unwrap_or_default();
        let started = Instant::now();
        let prompt = Prompt::input(&agent, &input.value());
        let answered = self.ask(job, Question::of(job, &agent, "", &prompt), log).await?;
        Ok(result(&agent, &answered, started, &plan.execution_id.0))
    }

    async fn spawned(&self, job: &Job, plan: SpawnAgentPlan, log: &mut StepLog) -> Result<Value, Stopped> {
        let all = self.forwarder.store.read(agents::all).await.map_err(unwritten)?;
        let started = Instant::now();
        let agent = self.pick(job, &plan, &all, log).await?;
        let prompt = Prompt::spawned(agent, &plan.prompt);
        let answered = self.ask(job, Question::of(job, agent, &plan.model, &prompt), log).await?;
        Ok(result(agent, &answered, started, job.id.as_str()))
    }

    /// Who runs. The orchestrator is asked where the trigger wants that and there is one.
    async fn pick<'a>(
        &self,
        job: &Job,
        plan: &SpawnAgentPlan,
        all: &'a [Agent],
        log: &mut StepLog,
    ) -> Result<&'a Agent, Stopped> {
        let direct = || {
            choose::by_topic(all, &plan.topic).ok_or_else(|| {
                let words = match plan.topic.trim() {
                    "" => "there is no agent".to_owned(),
                    topic => format!("there is no agent for the topic \"{topic}\""),
                };
                let hint = "make one under Agents, with this topic, then run this again";
                (ApiError::new(ErrorCode::NotFound, words).hint(hint), Again::Never)
            })
        };
        if !plan.orchestrated {
            return direct();
        }
        let started = log.begin();
        let Some(orchestrator) = choose::orchestrator(all) else {
            let agent = direct()?;
            let words = format!("No agent has the topic \"orchestrator\"; {} is taken by its topic.", agent.name);
            log.went_well("role", started, words, None);
            return Ok(agent);
        };
        let prompt = Prompt::classify(orchestrator, &choose::roles(all), &plan.prompt);
        // A question of its own: under the run's key a server would take the one that follows for the same.
        let question = Question { key: format!("{}.role", job.id), ..Question::of(job, orchestrator, "", &prompt) };
        let answered = self.ask(job, question, log).await?;
        let started = log.begin();
        match choose::named(all, &answered.text) {
            Some(agent) => {
                let words = format!("{} hands over to {} ({}).", orchestrator.name, agent.name, choose::role(agent));
                log.went_well("role", started, words, None);
                Ok(agent)
            }
            None => {
                let agent = direct()?;
                let words = format!("{} named no role; {} is taken by its topic.", orchestrator.name, agent.name);
                log.went_wrong("role", started, words, Some(answered.text));
                Ok(agent)
            }
        }
    }

    /// One question to one agent, with its line in the log.
    async fn ask(&self, job: &Job, question: Question<'_>, log: &mut StepLog) -> Result<Answered, Stopped> {
        let Question { agent, prompt, .. } = question;
        let started = log.begin();
        let asked = format!("{} ({})", agent.name, agent.backend.name());
        if let Err((error, again)) = self.admit(job, agent).await {
            log.went_wrong("agent", started, format!("{asked}: {}", error.message), None);
            return Err((error, again));
        }
        let mut live = self.live.open(&job.id);
        let answered = match &agent.backend {
            Backend::Echo => Ok(echo(prompt, &mut live)),
            Backend::Command(program) => {
                command::ask(agent, program, prompt, &mut live).await.map_err(|error| (error, Again::Never))
            }
            Backend::Chat(server) => chat::ask(self, server, &question, &mut live).await,
        };
        drop(live);
        let given = Some(prompt.whole());
        match answered {
            Ok(answered) => {
                let (tokens, about) =
                    (answered.usage.total_tokens, if answered.usage.estimated { "about " } else { "" });
                log.went_well("agent", started, format!("{asked} answered with {about}{tokens} tokens."), given);
                let started = log.begin();
                let words = format!("{} bytes.", answered.text.len());
                log.went_well("answer", started, words, Some(answered.text.clone()));
                self.spend(agent, answered.usage).await;
                Ok(answered)
            }
            Err((error, again)) => {
                log.went_wrong("agent", started, format!("{asked}: {}", error.message), given);
                Err((error, again))
            }
        }
    }

    /// Counts the run, and asks whether it may be: the day's budget, and for a program the user's approval. What must not
    /// start twice is marked in the same commit.
    async fn admit(&self, job: &Job, agent: &Agent) -> Result<(), Stopped> {
        let (job, agent) = (job.clone(), agent.clone());
        let admitted = self.forwarder.store.write(move |turn| {
            if let Backend::Command(program) = &agent.backend {
                let shown = program.shown();
                if !approvals::is_given(turn.db, &job.trigger_id, &shown)? {
                    approvals::ask(turn.db, &job.trigger_id, &shown, turn.now)?;
                    return Ok(Err(not_approved(program)));
                }
            }
            if let Err(refused) = budget::take(turn, &agent) {
                return match refused {
                    StoreError::Refused(error) => Ok(Err(error)),
                    other => Err(other),
                };
            }
            if matches!(agent.backend, Backend::Command(_)) && !queue::mark_once(turn, &job)? {
                return Ok(Err(ApiError::new(ErrorCode::Conflict, "it was cancelled")));
            }
            Ok(Ok(()))
        });
        admitted.await.map_err(unwritten)?.map_err(|error| (error, Again::Never))
    }

    async fn spend(&self, agent: &Agent, usage: TokenUsage) {
        let (agent, name) = (agent.clone(), agent.name.clone());
        if let Err(error) = self.forwarder.store.write(move |turn| budget::spend(turn, &agent, usage)).await {
            tracing::warn!(%error, agent = name, "what an agent used was not written down");
        }
    }
}

fn not_approved(program: &CommandBackend) -> ApiError {
    let words = format!("the command {} is not approved for this trigger", program.shown());
    ApiError { field: Some("approval".to_owned()), ..ApiError::new(ErrorCode::Forbidden, words) }
        .hint("read the command, approve it, then run this again")
}

fn echo(prompt: &Prompt, live: &mut crate::execute::LiveOutput) -> Answered {
    let cut = prompt.user.floor_char_boundary(ANSWER_MOST);
    let text = prompt.user[..cut].to_owned();
    live.push(&text);
    Answered { usage: TokenUsage::default(), text, model: None }
}

/// What a run gave. A JSON object is kept as one, so that what follows can name its fields; other text stands as `text`.
fn result(agent: &Agent, answered: &Answered, started: Instant, run: &str) -> Value {
    let object = serde_json::from_str::<Value>(&answered.text).ok().filter(Value::is_object);
    json!({
        "execution_id": run,
        "agent_id": agent.id,
        "agent": agent.name,
        "model": answered.model,
        "output": object.unwrap_or_else(|| json!({ "text": answered.text })),
        "usage": answered.usage,
        "duration_ms": u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

/// The answer goes to every channel of the owner: a message of its own, queued in the commit that ends the run.
fn tell_owner(job: &Job, result: Value, ids: &dyn Ids) -> Effect {
    let said = &result["output"];
    let text = said["text"].as_str().map_or_else(|| said.to_string(), str::to_owned);
    let plan = NotifyPlan::to_owner(format!("{}: {text}", result["agent"].as_str().unwrap_or("agent")));
    // A step of a pipeline is `exe_….3`.
    let from = ExecutionId::from(job.id.0.split('.').next().unwrap_or_default());
    let (id, seq) = (ExecutionId::new(ids), job.delivery_seq);
    Arc::new(move |turn| {
        let result = result.to_string();
        let any = channels::all(turn.db)?.iter().any(|channel| channel.is_owners());
        let Some(row) = executions::get(turn.db, &from)?.filter(|_| any) else {
            return Ok(Effected { result, events: Vec::new() });
        };
        let told = follow_up(turn, &row, id.clone(), &plan);
        let new = NewExecution { delivery_seq: seq, ..told };
        executions::insert(turn.db, &new)?;
        Ok(Effected { result, events: vec![Event::Execution(new.execution)] })
    })
}

fn no_plan() -> Ran {
    let error =
        ApiError::new(ErrorCode::Invalid, "there is no plan that could be run").hint("replay the delivery instead");
    Ran::Failed(error, Again::Never)
}

fn unwritten(error: StoreError) -> Stopped {
    (ApiError { code: ErrorCode::Unavailable, ..error.into() }, Again::OnSchedule)
}
