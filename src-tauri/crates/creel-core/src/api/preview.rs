//! Commands of the builder's preview: the same functions as the pipeline, on a stored delivery.

use serde::{Deserialize, Serialize};

use crate::actions::ActionKind;
use crate::api::triggers::TriggerDraft;
use crate::clock::UnixMs;
use crate::filter::FilterVerdict;
use crate::ids::{DeliveryId, TriggerId};
use crate::template::MAX_OUTPUT_BYTES;

/// A draft and the delivery to try it on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct PreviewQuery {
    /// The trigger that the draft changes; missing: a new one.
    #[serde(default)]
    pub trigger_id: Option<TriggerId>,
    /// The draft as it stands in the builder.
    pub draft: TriggerDraft,
    /// The delivery.
    pub delivery_id: DeliveryId,
}

/// What would happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Preview {
    /// What the filter says, and behind it the contract's own conditions or rules.
    pub filter: FilterVerdict,
    /// The contract's own conditions (`octipus`) or rules (`opshift`), one by one in their order.
    pub gates: Vec<GateVerdict>,
    /// Per action.
    pub actions: Vec<ActionPreview>,
    /// What the contract does by itself: an alert, a run task.
    pub own: Option<ActionPreview>,
}

/// What one condition or rule of the contract's own says of one delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GateVerdict {
    /// A condition holds; a rule applies.
    pub held: bool,
    /// With the values: `webhook.body.action equals "opened"; it is "closed"`.
    pub words: String,
}

/// What one action would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ActionPreview {
    /// Which action.
    pub action: ActionKind,
    /// In one sentence: `creates the task "[production] Deploy failed" in Inbox`.
    pub words: String,
    /// Its templates, resolved.
    pub fields: Vec<FieldPreview>,
    /// What exactly is sent, given or run, piece by piece; empty where the templates say it all.
    pub parts: Vec<PreviewPart>,
    /// The command that it would run, which the user approves.
    pub approval: Option<PreviewApproval>,
    /// Why it is planned and not run, whatever it would do: nothing leaves this machine from here.
    pub held: Option<String>,
    /// What would stop it: an unknown list, an address that is refused.
    pub problem: Option<String>,
}

/// A piece of what would happen: the request, the prompt, the environment of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct PreviewPart {
    /// What it is: `request`, `standard input`.
    pub name: String,
    /// As it would be, credentials masked; cut to 64 KiB, which it says.
    pub text: String,
}

/// A command as it is approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct PreviewApproval {
    /// Letter by letter.
    pub command: String,
    /// The user approved it for this trigger.
    pub given: bool,
}

/// One template, resolved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct FieldPreview {
    /// `title`, `headers.X-Env`, `tags.0`.
    pub field: String,
    /// The result, cut to 64 KiB.
    pub text: String,
    /// The result in parts, in order.
    pub spans: Vec<SpanPreview>,
}

/// A part of a resolved template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SpanPreview {
    /// What it is.
    pub kind: SpanKind,
    /// What it becomes.
    pub text: String,
    /// Its source in the template, from this UTF-16 unit …
    pub from: u32,
    /// … to this one.
    pub to: u32,
    /// The path of a placeholder: `payload.autor`.
    pub path: Option<String>,
    /// What to know: `payload.autor is missing → empty`, `unclosed {{ is kept as text`.
    pub note: Option<String>,
    /// A path that is there and looks alike: `payload.author`.
    pub did_you_mean: Option<String>,
}

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SpanKind {
    /// Text of the template.
    Literal,
    /// A placeholder with a value.
    Value,
    /// A placeholder whose field is null.
    Null,
    /// A placeholder whose field is missing.
    Missing,
    /// A `{{` without `}}`, kept as text.
    Unclosed,
}

impl ActionPreview {
    /// An action in words, with its templates.
    pub fn of(action: ActionKind, words: String, fields: Vec<FieldPreview>) -> Self {
        Self { action, words, fields, parts: Vec::new(), approval: None, held: None, problem: None }
    }
}

impl PreviewPart {
    /// A piece of this text.
    pub fn new(name: &str, text: &str) -> Self {
        let end = text.floor_char_boundary(MAX_OUTPUT_BYTES);
        let rest = text.len() - end;
        let cut = if rest > 0 { format!("\n… and {rest} bytes more") } else { String::new() };
        Self { name: name.to_owned(), text: format!("{}{cut}", &text[..end]) }
    }
}

/// Try a draft on the last deliveries at its address (new: at the sample's address).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct BacktestQuery {
    /// As in the preview.
    #[serde(default)]
    pub trigger_id: Option<TriggerId>,
    /// As in the preview.
    pub draft: TriggerDraft,
    /// The sample, whose path is used when there is no trigger yet.
    pub delivery_id: DeliveryId,
    /// How many, at most 100; 20 unless told otherwise.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// What the draft would have made of the last deliveries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Backtest {
    /// How many would match.
    pub matched: u32,
    /// How many would not.
    pub filtered: u32,
    /// One by one, newest first.
    pub rows: Vec<BacktestRow>,
}

/// What the draft would have made of one delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct BacktestRow {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// When it came.
    pub received_at: UnixMs,
    /// What it was.
    pub event: Option<String>,
    /// Whether it would match.
    pub passed: bool,
    /// Why.
    pub reason: String,
}

/// Whose fields to list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct FieldsQuery {
    /// The delivery.
    pub delivery_id: DeliveryId,
}

/// The fields of a delivery that a template can name, for the tree and autocomplete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Fields {
    /// In the document's order, parents before children, at most 2,000.
    pub items: Vec<Field>,
    /// There were more.
    pub cut: bool,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Field {
    /// `payload.repository.name`
    pub path: String,
    /// The last segment: `name`.
    pub name: String,
    /// 0 for a root.
    pub depth: u32,
    /// `object`, `array`, `string`, `number`, `bool`, `null`.
    pub kind: FieldKind,
    /// The value as a template would print it, cut to 120 characters; for objects and arrays how many entries.
    pub sample: String,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum FieldKind {
    /// Named fields.
    Object,
    /// Numbered fields.
    Array,
    /// Text.
    String,
    /// A number.
    Number,
    /// true or false.
    Bool,
    /// null.
    Null,
}
