//! The message that `notify` would send, and who would get it.

use serde_json::Value;

use super::{Targets, field};
use crate::actions::{ActionKind, Notify};
use crate::api::preview::{ActionPreview, PreviewPart};
use crate::channels::Channel;
use crate::template::Scope;
use crate::trigger::Trigger;

pub(super) fn preview(config: &Notify, trigger: &Trigger, scope: &Scope<'_>, targets: &Targets) -> ActionPreview {
    let fields = vec![field("message", &config.message, trigger, scope)];
    let planned = config.plan(scope, trigger.missing);
    let (meant, strange) = meant(config, &targets.channels);
    let unverified = meant.iter().find(|channel| channel.verified_at.is_none());
    let refused = planned.as_ref().err().map(|error| error.message.clone());
    let problem = refused
        .or_else(|| config.nobody().map(str::to_owned))
        .or_else(|| strange.map(|name| format!("there is no channel \"{name}\"")))
        .or_else(|| unverified.map(|channel| format!("channel {} is not verified", channel.name)))
        .or_else(|| meant.is_empty().then(|| "no channel is verified".to_owned()));
    let names: Vec<&str> = meant.iter().map(|channel| channel.name.as_str()).collect();
    let words = format!("notifies {}", if names.is_empty() { "nobody".to_owned() } else { names.join(", ") });
    let message = planned.map(|plan| plan.message).unwrap_or_default();
    let parts = meant.iter().map(|channel| PreviewPart::new(&called(channel), &message)).collect();
    ActionPreview { parts, problem, ..ActionPreview::of(ActionKind::Notify, words, fields) }
}

/// The channels that would get it, in the order of sending, and the first name that is none.
fn meant<'a>(config: &'a Notify, all: &'a [Channel]) -> (Vec<&'a Channel>, Option<&'a str>) {
    let (mut meant, mut strange) = (Vec::<&Channel>::new(), None);
    for name in &config.channels {
        match all.iter().find(|one| one.id.as_str() == name || one.name.eq_ignore_ascii_case(name.trim())) {
            Some(channel) => meant.push(channel),
            None => strange = strange.or(Some(name.as_str())),
        }
    }
    for channel in all.iter().filter(|one| config.notify_owner && one.is_owners()) {
        if !meant.iter().any(|one| one.id == channel.id) {
            meant.push(channel);
        }
    }
    (meant, strange)
}

/// `Ops (slack)`; a channel in its quiet hours gets it when they end.
fn called(channel: &Channel) -> String {
    let kind = match serde_json::to_value(&channel.kind) {
        Ok(Value::String(word)) => word,
        Ok(Value::Object(of)) => of.keys().next().cloned().unwrap_or_default(),
        Ok(_) | Err(_) => String::new(),
    };
    let state = if channel.verified_at.is_none() { ", not verified" } else { "" };
    format!("{} ({kind}{state})", channel.name)
}
