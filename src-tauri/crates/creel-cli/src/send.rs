//! `creel send`: a signed webhook, from a file, stdin or a shipped sample, through the socket.

mod body;
mod list;
mod what;

use std::path::PathBuf;

use anyhow::{Context, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use creel_core::api::replays::ReplayResult;
use creel_core::authenticate::{Scheme, schemes};
use creel_core::samples::Sample;
use serde_json::{Value, json};

use self::what::{What, what};
use crate::broken::Broken;
use crate::folder::Asked;
use crate::output::{json as json_line, print};
use crate::replay::{answered, to_the_end};
use crate::talk::Creel;

/// What helps most, behind the options.
const EXAMPLES: &str = "\
Examples:
  creel send                                              a GitHub push to the test address
  creel send --list stripe                                which events of Stripe there are
  creel send --as stripe payment_intent.succeeded         to the trigger that checks Stripe's signature
  creel send --as github pull_request.opened --to deploys --set pull_request.title='My change'
  creel send --as slack slash_command --edit              change the body in your editor first
  creel send --as shopify orders/paid --break secret      signed with a wrong secret: it should be refused
  creel send --to deploys --data @body.json --count 20    a body of your own, twenty times";

/// What `creel send` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Where to: a path, a trigger (id, slug or name) or an http(s) address [default: with --as the trigger that checks
    /// that sender's signature, else /hooks/test].
    #[arg(long, value_name = "TARGET")]
    to: Option<String>,
    /// As this sender or scheme, or this shipped sample [default: as the target checks it].
    #[arg(long = "as", value_name = "SENDER|SCHEME|SAMPLE")]
    as_: Option<String>,
    /// Which of the sender's events: payment_intent.succeeded [default: its first].
    #[arg(value_name = "EVENT", requires = "as_", conflicts_with = "sample")]
    which: Option<String>,
    /// List the shipped samples of a sender, or the senders, and send nothing.
    #[arg(long, value_name = "SENDER", num_args = 0..=1, default_missing_value = "")]
    list: Option<String>,
    /// A shipped sample: github/push [default: one that fits the scheme].
    #[arg(long, value_name = "KEY")]
    sample: Option<String>,
    /// The body: a file, or - for standard input; its bytes are sent as they are.
    #[arg(long, value_name = "FILE", conflicts_with = "data")]
    file: Option<PathBuf>,
    /// The body: text, or @FILE, or @- for standard input.
    #[arg(long, value_name = "TEXT|@FILE")]
    data: Option<String>,
    /// A value in a JSON body; may be repeated: data.object.amount=100. What is no JSON is text.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Change the body in $VISUAL or $EDITOR before it is signed.
    #[arg(long)]
    edit: bool,
    /// The secret [default: the stored one of the target]. Others on this machine may see it in the process list.
    #[arg(long, value_name = "SECRET", conflicts_with = "secret_env")]
    secret: Option<String>,
    /// The environment variable that holds the secret.
    #[arg(long, value_name = "VAR")]
    secret_env: Option<String>,
    /// Send it without a signature.
    #[arg(long, conflicts_with_all = ["secret", "secret_env", "broken"])]
    unsigned: bool,
    /// A header; may be repeated. One that is there already is replaced.
    #[arg(long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// The event's name, in the scheme's header.
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,
    /// The event's id, in the scheme's header [default: a new one].
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// How often, 1 to 100, one after the other, each under an id of its own.
    #[arg(long, value_name = "N", default_value_t = 1)]
    count: u32,
    /// Broken on purpose.
    #[arg(long = "break", alias = "broken", value_name = "WHAT")]
    broken: Option<Broken>,
    /// Plan and show outside effects only. Without this they run, as for any sender's webhook.
    #[arg(long)]
    no_outside: bool,
    #[command(flatten)]
    asked: Asked,
}

/// Sends it and prints what came back, or lists what could be sent.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if let Some(family) = &arguments.list {
        return list::run(Some(family.as_str()).filter(|family| !family.is_empty()), arguments.asked.json);
    }
    let creel = Creel::running_in(&arguments.asked.folder)?;
    let draft = draft(arguments, what(&creel, arguments)?)?;
    let sent = to_the_end(&creel, &draft, arguments.asked.json)?;
    if arguments.asked.json {
        let result = |result: &ReplayResult| serde_json::to_value(result);
        let shown = match &sent.results[..] {
            [only] => result(only)?,
            _ => serde_json::to_value(&sent)?,
        };
        print(&format!("{}\n", json_line(&shown)))?;
    }
    answered(&sent.results)
}

fn draft(arguments: &Arguments, what: What) -> anyhow::Result<Value> {
    let What { to, scheme, sample } = &what;
    let body = body::body(arguments, sample.as_ref())?;
    let own_bytes = arguments.file.is_some() || arguments.data.is_some();
    Ok(json!({
        "sample": sample.as_ref().map(|sample| &sample.info.key),
        "target": to.target,
        "headers": headers(arguments, *scheme, sample.as_ref(), body.as_deref())?,
        "body_base64": body.as_ref().map(|body| BASE64_STANDARD.encode(body)),
        "signing": signing(arguments, &what)?,
        // A file's bytes stay what they are, also where the scheme keeps its id in the body.
        "new_event_id": !own_bytes && arguments.id.is_none(),
        "broken": arguments.broken.map(Broken::word),
        "times": arguments.count,
        "in_background": true,
        "outside_effects": arguments.no_outside.then_some(false),
    }))
}

fn signing(arguments: &Arguments, what: &What) -> anyhow::Result<Value> {
    let secret = match (&arguments.secret, &arguments.secret_env) {
        (Some(secret), _) => Some(secret.clone()),
        (None, Some(name)) => Some(std::env::var(name).with_context(|| format!("the variable {name} holds no text"))?),
        (None, None) => None,
    };
    match (secret, what.scheme) {
        _ if arguments.unsigned => Ok(json!("unsigned")),
        (Some(secret), Some(scheme)) => Ok(json!({"with": {"scheme": scheme.key, "secret": secret}})),
        (Some(_), None) => bail!("with which scheme is it signed? name it with --as"),
        (None, Some(scheme)) if !what.signed_there() => {
            bail!("the stored secret there is not one for {}: give --secret or --secret-env", scheme.key)
        }
        (None, _) => Ok(json!("target")),
    }
}

/// All header lines but those that are made when it is sent.
fn headers(
    arguments: &Arguments,
    scheme: Option<&Scheme>,
    sample: Option<&Sample>,
    body: Option<&[u8]>,
) -> anyhow::Result<Vec<(String, String)>> {
    let mut lines = sample.map_or_else(|| plain(body.unwrap_or_default()), |sample| sample.headers.clone());
    let mut set = |name: &str, value: &str| match lines.iter_mut().find(|(own, _)| own.eq_ignore_ascii_case(name)) {
        Some(line) => line.1 = value.to_owned(),
        None => lines.push((name.to_owned(), value.to_owned())),
    };
    let place = |what: &str, header: Option<&'static str>| {
        let key = scheme.map_or("no scheme", |scheme| &scheme.key);
        header.with_context(|| format!("{key} has no header for the {what}: write it into the body"))
    };
    let scheme_header = |of: fn(&Scheme) -> Option<&str>| {
        let found = scheme.and_then(|scheme| schemes::find(&scheme.key));
        found.and_then(of)
    };
    if let Some(event) = &arguments.event {
        set(place("event", scheme_header(Scheme::event_header))?, event);
    }
    if let Some(id) = &arguments.id {
        set(place("event id", scheme_header(Scheme::id_header))?, id);
    }
    for line in &arguments.headers {
        let (name, value) = line.split_once(':').with_context(|| format!("{line:?} is no header: NAME: VALUE"))?;
        set(name.trim(), value.trim());
    }
    Ok(lines)
}

fn plain(body: &[u8]) -> Vec<(String, String)> {
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
    let kind = if is_json { "application/json" } else { "application/octet-stream" };
    let agent = concat!("Creel/", env!("CARGO_PKG_VERSION"));
    [("User-Agent", agent), ("Accept", "*/*"), ("Content-Type", kind)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}
