//! The list itself. One line a command: name, input, output, function.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, schema::Schema};

use crate::agent::{Agent, AgentExecution};
use crate::alerts::{Alert, Occurrence};
use crate::answer_as::Fault;
use crate::api::act::*;
use crate::api::agents::*;
use crate::api::alerts::*;
use crate::api::approvals::*;
use crate::api::channels::*;
use crate::api::deliveries::*;
use crate::api::doctor::*;
use crate::api::executions::*;
use crate::api::forge::*;
use crate::api::forwarder::*;
use crate::api::github::*;
use crate::api::github_missed::*;
use crate::api::gitlab::*;
use crate::api::hooks::*;
use crate::api::imports::*;
use crate::api::page::Page;
use crate::api::pipelines::*;
use crate::api::preview::*;
use crate::api::replays::*;
use crate::api::resources::*;
use crate::api::rotation::*;
use crate::api::schemes::*;
use crate::api::search::*;
use crate::api::status::*;
use crate::api::tasks::*;
use crate::api::team::*;
use crate::api::tools::*;
use crate::api::triggers::*;
use crate::api::tunnels::*;
use crate::api::verifiers::*;
use crate::api::{Nothing, StopAnswering, handlers};
use crate::app::App;
use crate::channels::Channel;
use crate::delivery::Delivery;
use crate::error::{ApiError, ErrorCode};
use crate::execution::{Execution, ExecutionDetail};
use crate::github::forwarder::{ForwarderChoice, ForwarderNeeds};
use crate::github::{GithubAccount, GithubEvent};
use crate::gitlab::{GitlabAccount, GitlabEvent};
use crate::pipelines::{Pipeline, PipelineInstance};
use crate::settings::Settings;
use crate::task::{Task, TaskList};
use crate::tunnel::kinds::TunnelCard;
use crate::tunnel::{Exposure, TunnelChoice};

macro_rules! commands {
    ($($(#[doc = $doc:literal])* $name:ident($input:ty) -> $output:ty;)*) => {
        /// The TypeScript side of the list: one property a command, with its input and output.
        pub fn typescript(config: &ts_rs::Config) -> String {
            use ts_rs::TS;
            let mut out = String::new();
            $(out.push_str(&format!(
                "  {}: {{ input: {}; output: {} }};\n",
                stringify!($name),
                <$input as TS>::name(config),
                <$output as TS>::name(config),
            ));)*
            out
        }

        /// Runs one command: JSON in, JSON out.
        pub async fn call(app: &Arc<App>, name: &str, input: &[u8]) -> Result<Vec<u8>, ApiError> {
            match name {
                $(stringify!($name) => {
                    let output: $output = Box::pin(handlers::$name(app, read::<$input>(input)?)).await?;
                    write(&output)
                })*
                _ => Err(ApiError::not_found("command", name)),
            }
        }

        /// The list for the OpenAPI document.
        pub fn described() -> Vec<Described> {
            vec![$(Described::of::<$input, $output>(stringify!($name), concat!($($doc),*).trim())),*]
        }
    };
}

/// No body at all stands for an empty object: most commands need none.
fn read<T: DeserializeOwned>(input: &[u8]) -> Result<T, ApiError> {
    let input = if input.iter().all(u8::is_ascii_whitespace) { b"{}" } else { input };
    // Read again only to find the place: the plain way is the quicker one, and it decides.
    serde_json::from_slice(input).map_err(|error| super::unreadable::unreadable::<T>(input, &error))
}

fn write<T: serde::Serialize>(output: &T) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(output).map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))
}

/// A named schema.
pub type Named = (String, RefOr<Schema>);

/// A command as the OpenAPI document shows it.
pub struct Described {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// What it takes.
    pub input: RefOr<Schema>,
    /// What it gives.
    pub output: RefOr<Schema>,
    /// Every schema that these two name.
    pub named: Vec<Named>,
}

impl Described {
    fn of<I: ToSchema, O: ToSchema>(name: &'static str, about: &'static str) -> Self {
        let mut named = vec![(I::name().into_owned(), I::schema()), (O::name().into_owned(), O::schema())];
        I::schemas(&mut named);
        O::schemas(&mut named);
        Self { name, about, input: I::schema(), output: O::schema(), named }
    }
}

commands! {
    /// The state of the app.
    status(Nothing) -> Status;
    /// Stop answering, or answer again.
    stop_answering(StopAnswering) -> Status;
    /// All settings.
    settings_get(Nothing) -> Settings;
    /// Replace all settings.
    settings_set(Settings) -> Settings;

    /// Deliveries, newest first.
    deliveries_list(DeliveriesQuery) -> DeliveriesFound;
    /// One delivery without its body.
    delivery_get(DeliveryRef) -> DeliveryDetail;
    /// A slice of its body.
    delivery_body(BodyQuery) -> BodySlice;
    /// The nine steps of its signature check.
    delivery_signature(SignatureQuery) -> SignatureReport;
    /// Why the signature of a delivery does not fit, and what can be done.
    delivery_doctor(DoctorQuery) -> Diagnosis;
    /// Pin or unpin it.
    delivery_pin(PinDelivery) -> Delivery;
    /// Delete deliveries for good.
    deliveries_delete(DeleteDeliveries) -> Touched;
    /// A delivery of GitHub's as a file and a line for `act`.
    delivery_act(DeliveryRef) -> ActExport;
    /// A delivery as code.
    delivery_snippet(SnippetQuery) -> Snippet;
    /// Code that verifies a scheme's signatures in another program.
    verifier_code(VerifierQuery) -> VerifierCode;
    /// Deliveries minute by minute.
    activity(ActivityQuery) -> Activity;

    /// What a query means and what could come next.
    search_suggest(SuggestQuery) -> Suggestions;
    /// Saved views, shipped ones first.
    views_list(Nothing) -> Vec<View>;
    /// Save a view.
    view_save(SaveView) -> View;
    /// Delete a saved view.
    view_delete(ViewRef) -> Nothing;

    /// All triggers by name.
    triggers_list(Nothing) -> Vec<TriggerRow>;
    /// One trigger.
    trigger_get(TriggerRef) -> TriggerRow;
    /// Make a trigger.
    trigger_create(TriggerDraft) -> TriggerMade;
    /// A request that a trigger takes, as code.
    trigger_snippet(TriggerSnippetQuery) -> Snippet;
    /// Change a trigger.
    trigger_update(TriggerChange) -> TriggerRow;
    /// Delete a trigger and its secrets; its deliveries stay.
    trigger_delete(TriggerRef) -> Nothing;
    /// Bring a trigger back that was just deleted.
    trigger_restore(TriggerRef) -> TriggerRow;
    /// A new secret; the old one keeps working for a while.
    trigger_rotate_secret(RotateSecret) -> SecretRotated;
    /// Which secret each sender of a trigger still uses.
    trigger_senders(TriggerRef) -> RotationRadar;
    /// Let an old secret work for longer, or end it now.
    trigger_grace(ChangeGrace) -> RotationRadar;
    /// Wait for the request that brings a trigger's key, or wait no longer.
    trigger_learn(LearnKey) -> TriggerRow;
    /// The key that was learnt, once, to be pasted where the webhooks come from.
    trigger_learnt_key(TriggerRef) -> LearntKey;
    /// Let another stored secret verify a trigger's deliveries for a while.
    trigger_accept_secret(AcceptSecret) -> SecretInfo;
    /// A new token, where tokens select triggers; the old one keeps working for a while.
    trigger_rotate_token(RotateToken) -> TokenRotated;
    /// Answer a fault in place of the trigger's work, or work again.
    trigger_answer_as(AnswerAsChange) -> TriggerRow;
    /// The faults that a contract documents.
    faults_list(FaultsQuery) -> Vec<Fault>;
    /// A draft from text: an Octipus hook, an OpenGate trigger, or what Creel exported.
    trigger_import(TriggerText) -> TriggerRead;
    /// A trigger as YAML, without its secrets.
    trigger_export(TriggerRef) -> TriggerText;
    /// A draft from a delivery; the delivery is pinned as its sample.
    trigger_draft(DraftFrom) -> Drafted;
    /// Keep a named secret for signing forwards.
    secret_keep(KeepSecret) -> SecretInfo;
    /// Named secrets, without values.
    secrets_list(Nothing) -> Vec<SecretInfo>;
    /// The schemes, the user's own first.
    schemes_list(Nothing) -> Vec<SchemeInfo>;
    /// One scheme with its record.
    scheme_get(SchemeRef) -> SchemeDetail;
    /// Look at a draft of a scheme, as YAML or as fields; nothing is saved.
    scheme_read(SchemeDraft) -> SchemeRead;
    /// Which scheme a delivery seems to use.
    scheme_suggest(DraftFrom) -> SchemeSuggested;
    /// A draft of a scheme from a delivery that no scheme fits; nothing is saved.
    scheme_draft(DraftFrom) -> SchemeRead;
    /// Try a draft on a delivery that was captured; nothing is saved.
    scheme_try(SchemeTry) -> SchemeTrial;
    /// Make a scheme.
    scheme_create(SchemeDraft) -> SchemeDetail;
    /// Change a scheme of the user's.
    scheme_update(SchemeChange) -> SchemeDetail;
    /// Make a copy of any scheme.
    scheme_duplicate(SchemeRef) -> SchemeDetail;
    /// Delete a scheme of the user's that no trigger uses.
    scheme_delete(SchemeRef) -> SchemeDetail;

    /// The kinds of tunnels, with what each needs and what of it is missing.
    tunnels_list(Nothing) -> Vec<TunnelCard>;
    /// The tunnel as it stands, and who can reach what.
    tunnel_get(Nothing) -> TunnelView;
    /// Who could reach what through a tunnel.
    tunnel_plan(TunnelChoice) -> Exposure;
    /// Start a tunnel in place of the one that runs, and keep the choice.
    tunnel_start(TunnelChoice) -> TunnelView;
    /// Stop it.
    tunnel_stop(Nothing) -> TunnelView;
    /// Ask through the public address now; start again now where it waits.
    tunnel_check(Nothing) -> TunnelView;
    /// Expose exactly these triggers that check no signature.
    tunnel_tick(TunnelTicks) -> TunnelView;
    /// Trust the ssh host's key that was shown, and start again.
    tunnel_trust_key(TrustHostKey) -> TunnelView;
    /// Keep ngrok's authtoken, or delete it.
    tunnel_token(TunnelToken) -> Nothing;

    /// GitHub's program and its extension for forwarding: what is there, what is missing.
    forwarder_needs(Nothing) -> ForwarderNeeds;
    /// How `gh webhook forward` stands.
    forwarder_get(Nothing) -> ForwarderView;
    /// Start forwarding in place of what runs, and keep the choice.
    forwarder_start(ForwarderChoice) -> ForwarderView;
    /// Stop it.
    forwarder_stop(Nothing) -> ForwarderView;

    /// What a draft would do with a delivery.
    preview(PreviewQuery) -> Preview;
    /// What a draft would have let through.
    backtest(BacktestQuery) -> Backtest;
    /// The fields of a delivery.
    fields(FieldsQuery) -> Fields;

    /// Executions, newest first.
    executions_list(ExecutionsQuery) -> Page<Execution>;
    /// One execution with its log.
    execution_get(ExecutionRef) -> ExecutionDetail;
    /// Run it again: a fresh set of attempts.
    execution_retry(ExecutionRef) -> Execution;
    /// Stop it, or take it out of the queue.
    execution_cancel(ExecutionRef) -> Execution;

    /// Commands that wanted to run, those that wait for approval first.
    approvals_list(Nothing) -> Vec<Approval>;
    /// Approve a command for a trigger, letter by letter.
    approval_give(ApprovalRef) -> Nothing;
    /// Take an approval back.
    approval_take_back(ApprovalRef) -> Nothing;

    /// The tools that an action can run, with their parameters.
    tools_list(Nothing) -> Vec<ToolInfo>;

    /// Channels by name, without their addresses.
    channels_list(Nothing) -> Vec<Channel>;
    /// Link a channel; a code is sent there.
    channel_link(ChannelDraft) -> Channel;
    /// Change a channel; another end is verified anew.
    channel_update(ChannelChange) -> Channel;
    /// Send another code there.
    channel_send_code(ChannelRef) -> Nothing;
    /// Type back the code: from now on it gets messages.
    channel_verify(ChannelCode) -> Channel;
    /// Send a message that says that it is a test.
    channel_test(ChannelRef) -> Nothing;
    /// Unlink a channel with its address.
    channel_unlink(ChannelRef) -> Nothing;

    /// All pipelines, oldest first.
    pipelines_list(Nothing) -> Vec<Pipeline>;
    /// Make a pipeline.
    pipeline_create(PipelineDraft) -> Pipeline;
    /// Change a pipeline; its instances keep what they were made with.
    pipeline_update(PipelineChange) -> Pipeline;
    /// Delete a pipeline; its instances stay.
    pipeline_delete(PipelineRef) -> Nothing;
    /// Instances of pipelines, newest first.
    pipeline_instances_list(PipelineInstancesQuery) -> Page<PipelineInstance>;
    /// One instance of a pipeline.
    pipeline_instance_get(PipelineInstanceRef) -> PipelineInstance;
    /// Stop an instance that waits or runs.
    pipeline_instance_cancel(PipelineInstanceRef) -> PipelineInstance;
    /// Go on with an instance from the step that failed.
    pipeline_instance_resume(PipelineInstanceRef) -> PipelineInstance;

    /// Agents, newest first.
    agents_list(AgentsQuery) -> Agents;
    /// One agent.
    agent_get(AgentRef) -> Agent;
    /// Make an agent.
    agent_create(AgentDraft) -> Agent;
    /// Change an agent.
    agent_update(AgentChange) -> Agent;
    /// Delete an agent; its executions stay.
    agent_delete(AgentRef) -> Nothing;
    /// Executions of agents, newest first.
    agent_executions_list(AgentExecutionsQuery) -> AgentExecutions;
    /// One execution of an agent.
    agent_execution_get(AgentExecutionRef) -> AgentExecution;

    /// Runs of Octipus hooks that ended, newest first.
    hook_runs(HookRunsQuery) -> HookRuns;

    /// How it stands with GitLab: who is signed in, and the hooks that Creel made.
    gitlab_get(Nothing) -> GitlabView;
    /// Sign in with a token.
    gitlab_sign_in(GitlabSignIn) -> GitlabAccount;
    /// Forget a token.
    gitlab_sign_out(GitlabRef) -> Nothing;
    /// Projects of the user, and groups that the user owns.
    gitlab_places(GitlabPlacesQuery) -> Vec<GitlabPlaceFound>;
    /// The events that a hook can be for.
    gitlab_events(Nothing) -> Vec<GitlabEvent>;
    /// What connecting would do: the exact call.
    gitlab_plan(GitlabDraft) -> HookPlan;
    /// Make the trigger, its secret and the hook.
    gitlab_connect(GitlabDraft) -> GitlabHook;
    /// Switch a hook off or on, or remove it.
    gitlab_hook_set(GitlabHookChange) -> GitlabView;
    /// Have GitLab send a test; a hook that it stopped sends again then.
    gitlab_hook_test(GitlabHookRef) -> Nothing;
    /// Remove a hook that an earlier Creel left.
    gitlab_left_remove(GitlabLeftRef) -> Nothing;
    /// What GitLab says it sent by a hook, beside what arrived here.
    gitlab_record(GitlabRecordQuery) -> GitlabRecord;
    /// Have GitLab send one again.
    gitlab_send_again(GitlabAgain) -> Nothing;

    /// How it stands with GitHub: who is signed in, and the hooks that Creel made.
    github_get(Nothing) -> GithubView;
    /// Sign in with a token, or with the one of `gh`.
    github_sign_in(GithubSignIn) -> GithubAccount;
    /// Forget a token.
    github_sign_out(GithubRef) -> Nothing;
    /// The public address that hooks send to.
    github_address(GithubAddress) -> GithubView;
    /// Repositories and organisations of the user.
    github_places(GithubPlacesQuery) -> Vec<GithubPlaceFound>;
    /// The events that a hook can be for.
    github_events(Nothing) -> Vec<GithubEvent>;
    /// What connecting would do: the exact call.
    github_plan(GithubDraft) -> HookPlan;
    /// Make a trigger, its secret and the hook.
    github_connect(GithubDraft) -> GithubHook;
    /// Switch a hook off, on again, or remove it.
    github_hook_set(GithubHookChange) -> GithubView;
    /// Give the hook the trigger's current secret.
    github_hook_secret(GithubHookRef) -> GithubView;
    /// Have a hook send its ping again.
    github_hook_ping(GithubHookRef) -> Nothing;
    /// What GitHub says a hook sent, beside what arrived here.
    github_record(GithubRecordQuery) -> GithubRecord;
    /// Have GitHub send a delivery again.
    github_send_again(GithubAgain) -> Nothing;
    /// Takes the payload of one of GitHub's attempts as a delivery here, marked as imported.
    github_import(GithubAgain) -> Delivery;
    /// What a hook missed, oldest first, as it was last found.
    github_missed(GithubHookRef) -> Vec<GithubMissedItem>;
    /// Reads GitHub's record of a hook now, for what was missed.
    github_missed_look(GithubHookRef) -> GithubHook;
    /// Begins to bring in what a hook missed, or to have it sent again.
    github_missed_work(GithubMissedWork) -> Nothing;
    /// Brings in no more of what a hook missed.
    github_missed_stop(GithubHookRef) -> Nothing;
    /// What a hook missed until now is not wanted.
    github_missed_leave(GithubHookRef) -> GithubHook;
    /// What is done without asking: what was missed is brought in; GitHub is asked every so often.
    github_missed_rule(GithubMissedRule) -> GithubHook;
    /// Remove a hook that an earlier Creel left behind.
    github_left_remove(GithubLeftRef) -> Nothing;
    /// What happens to hooks when Creel ends.
    github_on_quit(GithubOnQuit) -> GithubView;

    /// What a replay would send and set off.
    replay_plan(ReplayDraft) -> ReplayPlan;
    /// Send it.
    replay_send(ReplayDraft) -> ReplaySent;
    /// How a replay goes on.
    replay_progress(ReplayProgress) -> ReplaySent;
    /// Send no more of it.
    replay_stop(ReplayRef) -> ReplaySent;
    /// The shipped samples.
    samples_list(Nothing) -> Vec<SampleInfo>;
    /// What a shipped sample sends.
    sample_get(SampleRef) -> SampleContents;
    /// Send a signed sample through the socket.
    send_test(SendTest) -> ReplayResult;

    /// The lists with their counts.
    lists_list(Nothing) -> Vec<TaskList>;
    /// Make a list.
    list_create(ListDraft) -> TaskList;
    /// Rename a list.
    list_rename(ListChange) -> TaskList;
    /// Delete a list with its tasks.
    list_delete(ListRef) -> Nothing;
    /// Tasks, newest first.
    tasks_list(TasksQuery) -> Page<Task>;
    /// One task.
    task_get(TaskRef) -> Task;
    /// Make a task by hand.
    task_create(TaskDraft) -> Task;
    /// Change a task.
    task_update(TaskChange) -> Task;
    /// Delete a task.
    task_delete(TaskRef) -> Nothing;

    /// Alerts, the ones raised last first.
    alerts_list(AlertsQuery) -> Page<Alert>;
    /// One alert.
    alert_get(AlertRef) -> Alert;
    /// Its occurrences, the latest first.
    alert_occurrences(OccurrencesQuery) -> Page<Occurrence>;
    /// Somebody is at it.
    alert_acknowledge(AlertRef) -> Alert;
    /// It is over.
    alert_resolve(AlertRef) -> Alert;
    /// It is open again: the way back from both.
    alert_reopen(AlertRef) -> Alert;
    /// Apply Orloj manifests: all or none, or say what would change.
    resources_apply(ApplyResources) -> Vec<Applied>;
    /// Orloj resources of a kind.
    resources_list(ResourcesQuery) -> Page<ResourceRow>;
    /// One Orloj resource.
    resource_get(ResourceRef) -> ResourceRow;
    /// Delete an Orloj resource.
    resource_delete(ResourceRef) -> Nothing;
    /// The team: whether it has a secret, and its quota.
    team_get(Nothing) -> Team;
    /// Change the quota.
    team_update(TeamChange) -> Team;
    /// Make the team's secret and show it, once.
    team_secret(Nothing) -> TeamSecret;
    /// A new secret for the team; the old one keeps working for a while.
    team_rotate_secret(RotateTeam) -> SecretRotated;
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Writes `ui/src/generated`: every type behind the commands and the list itself. CI fails when that changed a file.
    #[test]
    fn the_typescript_side_is_written() {
        let config = ts_rs::Config::from_env();
        let list = typescript(&config);
        let names = ts_names(&list);
        let imports: String = names.iter().map(|name| format!("import type {{ {name} }} from './{name}';\n")).collect();
        let text = format!(
            "// Written by `cargo test -p creel-core`; do not edit.\n{imports}\n/** The one command list: name, input, output. */\nexport interface Commands {{\n{list}}}\n"
        );
        let folder = config.out_dir();
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("commands.ts"), text).unwrap();
    }

    /// The type names in the list: every word that begins with a capital and is not TypeScript's own.
    fn ts_names(list: &str) -> std::collections::BTreeSet<String> {
        list.split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|w| w.starts_with(|c: char| c.is_ascii_uppercase()) && !["Array", "Record"].contains(w))
            .map(str::to_owned)
            .collect()
    }
}
