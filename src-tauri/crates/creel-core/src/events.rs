//! What the UI hears while it is open: rows as they change. Sent after the commit, never before.

use serde::{Deserialize, Serialize};

use crate::alerts::AlertId;
use crate::api::Nothing;
use crate::delivery::Delivery;
use crate::execution::Execution;
use crate::ids::{AgentId, ChannelId, DeliveryId, ExecutionId, ListId, PipelineId, TaskId, TriggerId};
use crate::orloj::ResourceKind;
use crate::tunnel::TunnelState;

/// One change. A listener that fell behind gets `Lagged` and loads its lists again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Event {
    /// New deliveries, oldest first, at most 100 an event; more are left out and counted by `Lagged`.
    Deliveries(Vec<Delivery>),
    /// A delivery changed: pinned, answered.
    DeliveryChanged(Delivery),
    /// Deliveries are gone for good, by the user or by retention; at most 500 an event.
    DeliveriesDeleted(Vec<DeliveryId>),
    /// An execution is new or changed.
    Execution(Execution),
    /// A running execution said more.
    Output(Output),
    /// A trigger is new, changed or gone.
    Trigger(TriggerId),
    /// A task is new, changed or gone.
    Task(TaskId),
    /// A list is new, changed or gone.
    List(ListId),
    /// An alert is new or changed.
    Alert(AlertId),
    /// A pipeline is new, changed or gone.
    Pipeline(PipelineId),
    /// An agent is new, changed or gone.
    Agent(AgentId),
    /// A channel is new, changed, verified or gone.
    Channel(ChannelId),
    /// A scheme of the user's is new, changed or gone: its key.
    Scheme(String),
    /// Orloj resources of a kind are new, changed or gone.
    Resources(ResourceKind),
    /// The tunnel stands differently: load `tunnel_get` again.
    Tunnel(TunnelState),
    /// `gh webhook forward` stands differently: load `forwarder_get` again.
    Forwarder(TunnelState),
    /// A hook at GitHub or GitLab or who is signed in there changed: load `github_get` and `gitlab_get` again.
    Github(Nothing),
    /// The state of the app changed: load `status` again.
    Status,
    /// The listener fell behind by so many events: load the lists again.
    Lagged(u32),
}

/// A piece of what an execution says while it runs, at most 8 KiB, at most ten a second. Pieces come in order; of a flood
/// some are left out, which shows in `from`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Output {
    /// Whose output it is.
    pub execution_id: ExecutionId,
    /// How many bytes of output came before this piece.
    #[ts(type = "number")]
    pub from: u64,
    /// The piece.
    pub text: String,
}

/// How many events may wait for one listener before it is told `Lagged`.
pub const BACKLOG: usize = 1024;

/// The sending end; clones share it.
#[derive(Clone, Debug)]
pub struct Events {
    all: tokio::sync::broadcast::Sender<Event>,
    settings: tokio::sync::broadcast::Sender<Event>,
}

impl Default for Events {
    fn default() -> Self {
        let channel = || tokio::sync::broadcast::Sender::new(BACKLOG);
        Self { all: channel(), settings: channel() }
    }
}

impl Events {
    /// Tells everyone who listens. Nobody listening is fine.
    pub fn send(&self, event: Event) {
        if matches!(event, Event::Trigger(_) | Event::Tunnel(_) | Event::Github(_)) {
            let _ = self.settings.send(event.clone());
        }
        let _ = self.all.send(event);
    }

    /// A new listener of triggers, the tunnel and GitHub's hooks alone, for what listens as long as Creel runs: whoever listens to
    /// everything is woken by every delivery, and that is time of the delivery's.
    pub fn subscribe_to_settings(&self) -> tokio::sync::broadcast::Receiver<Event> {
        self.settings.subscribe()
    }

    /// A new listener, from now on.
    pub fn subscribe(&self) -> tokio::sync::broadcast::Receiver<Event> {
        self.all.subscribe()
    }
}
