//! Triggers: what becomes of one, its secrets and its text.

use crate::answer_as::Fault;
use crate::api::Nothing;
use crate::api::deliveries::*;
use crate::api::doctor::*;
use crate::api::imports::*;
use crate::api::rotation::*;
use crate::api::triggers::*;

commands! {
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
}
