//! What actions act on: channels, pipelines, agents, hooks' runs.

use crate::agent::{Agent, AgentExecution};
use crate::api::Nothing;
use crate::api::agents::*;
use crate::api::channels::*;
use crate::api::hooks::*;
use crate::api::page::*;
use crate::api::pipelines::*;
use crate::channels::Channel;
use crate::pipelines::{Pipeline, PipelineInstance};

commands! {
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
}
