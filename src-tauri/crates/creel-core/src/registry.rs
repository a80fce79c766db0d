//! Who listens where: every trigger with its scheme and open secrets, in memory, swapped whole when one changes.
//!
//! The receiver asks nothing else: a delivery costs no query before its commit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use serde_json::Value;

use crate::admit::{Allowlist, RateLimit};
use crate::agent::Agent;
use crate::answer_as::{Standing, Stored};
use crate::authenticate::{Catalogue, Key, Scheme, Secret, own};
use crate::clock::UnixMs;
use crate::contracts::Found;
use crate::error::ApiError;
use crate::ids::{AgentId, SecretId, TriggerId};
use crate::input_schema::InputSchema;
use crate::learning::Learning;
use crate::receive::Endpoint;
use crate::secrets::Vault;
use crate::store::own_schemes::OwnScheme;
use crate::store::secrets::{SealedSecret, Slot};
use crate::store::{Store, StoreError, agents, answer_as, learning, own_schemes, secrets, triggers};
use crate::trigger::{Contract, ContractSettings, Dedup, MissingPolicy, Rate, Reply, Trigger};

/// Id of the built-in test endpoint.
pub const TEST_TRIGGER: &str = "trg_test";
/// Its slug. A trigger of the user's with this slug takes its place.
pub const TEST_SLUG: &str = "test";

/// One endpoint that listens.
pub struct Listening {
    /// The trigger, or the built-in test endpoint.
    pub trigger: Trigger,
    /// Its scheme; `None`: it checks none.
    pub scheme: Option<&'static Scheme>,
    /// Its secrets, current first.
    pub keys: Vec<Key>,
    /// Its bearer token, where tokens select triggers: what Creel's own replays and tests carry.
    pub token: Option<Secret>,
    /// Its secrets could not be opened: Creel's own trouble.
    pub locked: bool,
    /// Who may call.
    pub allowlist: Allowlist,
    /// How often.
    pub limit: Arc<RateLimit>,
    /// A fault that it answers in place of its work.
    pub answer_as: Option<Arc<Standing>>,
    /// Whether it waits for the request that brings its key.
    pub learning: Option<Learning>,
}

impl Listening {
    /// Whether it is the built-in test endpoint, which is no trigger of the user's.
    pub fn is_test(&self) -> bool {
        self.trigger.id.as_str() == TEST_TRIGGER
    }

    /// Its sender takes no body in an answer, and its user chose none.
    pub fn answers_bare(&self) -> bool {
        let bare = self.scheme.is_some_and(|scheme| scheme.bare) && self.trigger.contract == Contract::Creel;
        bare && self.trigger.reply == Reply::default()
    }

    /// The path it listens at.
    pub fn path(&self) -> String {
        self.trigger.path()
    }

    /// The secret that signs and is shown as current.
    pub fn current(&self) -> Option<&Secret> {
        self.keys.first().map(|key| &key.value)
    }
}

/// Everyone who listens, at one moment.
#[derive(Default)]
pub struct Routes {
    by_endpoint: HashMap<Endpoint, Found>,
    by_id: HashMap<TriggerId, Arc<Listening>>,
    named: HashMap<SecretId, Secret>,
    names: HashMap<SecretId, String>,
    agents: HashMap<AgentId, Option<InputSchema>>,
    schemes: Catalogue,
}

impl Routes {
    /// Who listens at `endpoint`, highest priority first.
    pub fn find(&self, endpoint: &Endpoint) -> Found {
        self.by_endpoint.get(endpoint).cloned().unwrap_or_default()
    }

    /// The largest body that `endpoint` takes, in bytes: the largest of its triggers' own bounds, of which those that
    /// have none are bound by `general`.
    pub fn most_body(&self, endpoint: &Endpoint, general: u32) -> u32 {
        let own = |at: &Arc<Listening>| match at.trigger.max_body_bytes {
            0 => general,
            own => own,
        };
        self.by_endpoint.get(endpoint).and_then(|found| found.iter().map(own).max()).unwrap_or(general)
    }

    /// The endpoint with this trigger id.
    pub fn get(&self, id: &TriggerId) -> Option<Arc<Listening>> {
        self.by_id.get(id).cloned()
    }

    /// What of `input` does not fit the agent that is to get it; nothing is built for an agent without a schema. An agent
    /// that is gone takes anything: the action fails with that reason.
    pub fn misfit(&self, agent: &AgentId, input: impl FnOnce() -> Value) -> Option<String> {
        self.agents.get(agent)?.as_ref()?.misfit(&input())
    }

    /// Everyone, in no order.
    pub fn all(&self) -> impl Iterator<Item = Arc<Listening>> + '_ {
        self.by_id.values().cloned()
    }

    /// How many answer a fault in place of their work.
    pub fn answering_faults(&self) -> u32 {
        let on = |at: &&Arc<Listening>| at.answer_as.as_ref().is_some_and(|standing| standing.is_on());
        u32::try_from(self.by_id.values().filter(on).count()).unwrap_or(u32::MAX)
    }

    /// Every secret that can be opened with what people call it: the triggers', and the named ones.
    pub fn secrets(&self) -> Vec<(String, Key)> {
        let of_triggers = self.by_id.values().flat_map(|at| {
            let old = |key: &Key| if key.expires_at.is_some() { ", previous" } else { "" };
            at.keys.iter().map(move |key| (format!("{}{}", at.trigger.name, old(key)), key.clone()))
        });
        let named = self.named.iter().map(|(id, value)| {
            let key = Key { id: id.clone(), value: value.clone(), expires_at: None };
            (self.names.get(id).cloned().unwrap_or_default(), key)
        });
        let mut all: Vec<_> = of_triggers.chain(named).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// How many executions of each trigger may run at once, where its user set that.
    pub fn at_once(&self) -> HashMap<TriggerId, usize> {
        let set = self.by_id.iter().filter(|(_, at)| at.trigger.at_once > 0);
        set.map(|(id, at)| (id.clone(), usize::try_from(at.trigger.at_once).unwrap_or(usize::MAX))).collect()
    }

    /// Every scheme, the user's own too.
    pub fn schemes(&self) -> &Catalogue {
        &self.schemes
    }

    /// A named secret.
    pub fn named(&self, id: &SecretId) -> Option<&Secret> {
        self.named.get(id)
    }
}

/// The routes of now.
#[derive(Default)]
pub struct Registry {
    routes: ArcSwap<Routes>,
    reloading: Mutex<()>,
    lent: Mutex<Option<(TriggerId, Key)>>,
}

impl Registry {
    /// The routes at this moment.
    pub fn now(&self) -> arc_swap::Guard<Arc<Routes>> {
        self.routes.load()
    }

    /// Reads everything anew. Limits whose setting did not change keep their state.
    pub async fn reload(&self, store: &Store, vault: Option<&Vault>) -> Result<(), StoreError> {
        let kept = store
            .read(|db| {
                Ok(Kept {
                    triggers: triggers::all(db)?,
                    sealed: secrets::all(db)?,
                    answer_as: answer_as::all(db)?,
                    agents: agents::all(db)?,
                    learning: learning::all(db)?,
                    own_schemes: own_schemes::all(db)?,
                })
            })
            .await?;
        let _one_at_a_time = self.reloading.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.routes.load_full();
        let lent = self.lent.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.routes.store(Arc::new(build(kept, vault, lent.as_ref(), &before)));
        Ok(())
    }

    /// From the next reload on a trigger takes this key too, in place of the one that was lent before. It never signs, and
    /// is written down nowhere: it ends with this process.
    pub fn lend(&self, key: Option<(TriggerId, Key)>) {
        *self.lent.lock().unwrap_or_else(PoisonError::into_inner) = key;
    }
}

/// What the store has of everyone who listens.
struct Kept {
    triggers: Vec<Trigger>,
    sealed: Vec<SealedSecret>,
    answer_as: Vec<Stored>,
    agents: Vec<Agent>,
    learning: Vec<(TriggerId, Learning)>,
    own_schemes: Vec<OwnScheme>,
}

fn build(kept: Kept, vault: Option<&Vault>, lent: Option<&(TriggerId, Key)>, before: &Routes) -> Routes {
    let Kept { mut triggers, sealed, answer_as, agents, learning, own_schemes } = kept;
    let schemes = catalogue(&own_schemes);
    let mut learning: HashMap<_, _> = learning.into_iter().collect();
    let mut answer_as: HashMap<_, _> = answer_as.into_iter().map(|one| (one.trigger, one.standing)).collect();
    if !triggers.iter().any(|t| t.contract == Contract::Creel && t.slug == TEST_SLUG) {
        triggers.push(test_endpoint());
    }
    let mut routes = Routes { agents: agents.into_iter().map(read_schema).collect(), ..Routes::default() };
    let mut found: HashMap<Endpoint, Vec<Arc<Listening>>> = HashMap::new();
    for trigger in triggers {
        let endpoint = trigger.endpoint();
        let standing = answer_as.remove(&trigger.id).map(|new| same_or_new(new, before.get(&trigger.id)));
        let learning = learning.remove(&trigger.id);
        let mut listening =
            Listening { answer_as: standing, learning, ..listen(trigger, &sealed, vault, before, &schemes) };
        let lent = lent.filter(|(to, _)| *to == listening.trigger.id && !listening.keys.is_empty());
        listening.keys.extend(lent.map(|(_, key)| key.clone()));
        let listening = Arc::new(listening);
        routes.by_id.insert(listening.trigger.id.clone(), Arc::clone(&listening));
        found.entry(endpoint).or_default().push(listening);
    }
    routes.schemes = schemes;
    let first = |at: &Arc<Listening>| std::cmp::Reverse(at.trigger.contract.face().priority(&at.trigger));
    for (endpoint, mut listening) in found {
        listening.sort_by_key(first);
        routes.by_endpoint.insert(endpoint, listening.into());
    }
    for secret in sealed.iter().filter(|secret| secret.slot == Slot::Named) {
        if let Some(open) = vault.and_then(|vault| vault.open(&secret.id, &secret.sealed).ok()) {
            routes.names.insert(secret.id.clone(), secret.name.clone());
            routes.named.insert(secret.id.clone(), open);
        }
    }
    routes
}

/// The user's schemes beside those that ship. One that this Creel cannot read is left out, and its triggers answer 503.
fn catalogue(own_schemes: &[OwnScheme]) -> Catalogue {
    let read = |kept: &OwnScheme| {
        let read = own::leaked(&kept.key, &kept.record);
        read.inspect_err(|error| tracing::error!(%error, scheme = kept.key, "a stored scheme is unreadable")).ok()
    };
    Catalogue::with(own_schemes.iter().filter_map(read).collect())
}

fn read_schema(agent: Agent) -> (AgentId, Option<InputSchema>) {
    let schema = agent.input_schema.as_ref().and_then(|schema| {
        let read = InputSchema::read(schema);
        read.inspect_err(|error| tracing::error!(%error, agent = %agent.id, "a stored input schema is unreadable")).ok()
    });
    (agent.id, schema)
}

/// A setting that did not change keeps its count: requests under way have taken from it.
fn same_or_new(new: Standing, before: Option<Arc<Listening>>) -> Arc<Standing> {
    let old = before.and_then(|at| at.answer_as.clone()).filter(|old| old.since == new.since && old.asked == new.asked);
    old.unwrap_or_else(|| Arc::new(new))
}

fn listen(
    trigger: Trigger,
    sealed: &[SealedSecret],
    vault: Option<&Vault>,
    before: &Routes,
    schemes: &Catalogue,
) -> Listening {
    let owner = trigger.contract.face().secret_owner(&trigger);
    let mine: Vec<_> = sealed.iter().filter(|secret| secret.owner == owner).collect();
    let keys: Vec<_> = mine.iter().filter_map(|secret| open(secret, vault)).collect();
    let tokens = secrets::token_owner(&trigger.id);
    let token = sealed.iter().find(|secret| secret.owner == tokens && secret.slot == Slot::Current);
    let limit = before
        .get(&trigger.id)
        .filter(|old| old.limit.rate() == trigger.rate)
        .map_or_else(|| Arc::new(RateLimit::new(trigger.rate)), |old| Arc::clone(&old.limit));
    let allowlist = Allowlist::read(&trigger.ip_allowlist).unwrap_or_else(|error| {
        tracing::error!(%error, trigger = %trigger.id, "a stored allowlist is unreadable; nobody may call");
        Allowlist::nobody()
    });
    Listening {
        scheme: trigger.contract.face().record(&trigger, schemes),
        locked: keys.len() < mine.len(),
        token: token.and_then(|secret| open(secret, vault)).map(|key| key.value),
        keys,
        allowlist,
        limit,
        answer_as: None,
        learning: None,
        trigger,
    }
}

fn open(secret: &SealedSecret, vault: Option<&Vault>) -> Option<Key> {
    let value = vault?.open(&secret.id, &secret.sealed).inspect_err(|error| tracing::error!(%error, "secret")).ok()?;
    Some(Key { id: secret.id.clone(), value, expires_at: secret.expires_at })
}

/// The endpoint that is there before the user made any: it takes signed GitHub samples and does nothing.
pub fn test_endpoint() -> Trigger {
    Trigger {
        id: TriggerId::from(TEST_TRIGGER),
        project_id: crate::trigger::PROJECT.to_owned(),
        name: "Test endpoint".to_owned(),
        contract: Contract::Creel,
        settings: ContractSettings::None,
        slug: TEST_SLUG.to_owned(),
        scheme: "github".to_owned(),
        enabled: true,
        methods: vec!["POST".to_owned()],
        ip_allowlist: Vec::new(),
        rate: Rate::default(),
        dedup: Dedup { by_event_id: true, by_body: false, ..Dedup::default() },
        max_body_bytes: 0,
        filter: crate::filter::Filter::default(),
        actions: Vec::new(),
        missing: MissingPolicy::default(),
        reply: Reply::default(),
        capture_only: false,
        at_once: 0,
        created_at: UnixMs::default(),
        updated_at: UnixMs::default(),
    }
}

/// The trigger `id`, or the error that says there is none.
pub fn require(routes: &Routes, id: &TriggerId) -> Result<Arc<Listening>, ApiError> {
    routes.get(id).ok_or_else(|| ApiError::not_found("trigger", id))
}
