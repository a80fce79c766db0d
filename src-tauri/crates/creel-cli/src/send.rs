//! `creel send`: a signed webhook, from a file, stdin or a shipped sample, through the socket.

use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use creel_core::api::replays::{ReplayResult, ReplaySent};
use creel_core::authenticate::{Scheme, schemes};
use creel_core::samples::{self, Sample};
use serde_json::{Value, json};

use crate::folder::Asked;
use crate::output::{json as json_line, print};
use crate::replay::{answered, broken, came_back};
use crate::talk::Creel;
use crate::to::{self, To};

/// The largest body that the control listener takes as base64, with room for the rest.
const BODY_MOST: u64 = 1_500_000;
/// What is sent to an endpoint that checks no signature when nobody chose a sample.
const UNSIGNED_SAMPLE: &str = "generic/order.created";

/// What `creel send` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where to: a path, a trigger (id, slug or name) or an http(s) address.
    #[arg(long, value_name = "TARGET", default_value = "/hooks/test")]
    to: String,
    /// Signed by this scheme, or this shipped sample [default: as the target checks it].
    #[arg(long = "as", value_name = "SCHEME|SAMPLE")]
    as_: Option<String>,
    /// A shipped sample: github/push [default: one that fits the scheme].
    #[arg(long, value_name = "KEY")]
    sample: Option<String>,
    /// The body: a file, or - for standard input; its bytes are sent as they are.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
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
    /// Broken on purpose.
    #[arg(long, value_name = "HOW", value_parser = ["wrong-secret", "stale-time", "altered-byte"])]
    broken: Option<String>,
    /// Plan and show outside effects only. Without this they run, as for any sender's webhook.
    #[arg(long)]
    no_outside: bool,
    #[command(flatten)]
    asked: Asked,
}

/// Sends it once and prints what came back.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let creel = Creel::running_in(&arguments.asked.folder)?;
    let to = to::find(&creel, &arguments.to)?;
    let mut sent = creel.call("replay_send", &draft(arguments, &to)?)?;
    if arguments.asked.json {
        print(&format!("{}\n", json_line(&sent["results"][0])))?;
        let result: ReplayResult = serde_json::from_value(sent["results"][0].take())?;
        return answered(&[result]);
    }
    let sent: ReplaySent = serde_json::from_value(sent)?;
    sent.results.iter().try_for_each(|result| print(&came_back(result)))?;
    answered(&sent.results)
}

fn draft(arguments: &Arguments, to: &To) -> anyhow::Result<Value> {
    let (named_scheme, named_sample) = named(arguments)?;
    let scheme = named_scheme
        .or_else(|| to.scheme.as_deref().and_then(schemes::find))
        .or_else(|| named_sample.as_ref().and_then(|sample| schemes::find(&sample.info.scheme)));
    let body = arguments.file.as_ref().map(read_body).transpose()?;
    let sample = match (&body, named_sample) {
        (_, Some(sample)) => Some(sample),
        (Some(_), None) => None,
        (None, None) => {
            scheme.and_then(|scheme| samples::default_for(&scheme.key)).or_else(|| samples::get(UNSIGNED_SAMPLE))
        }
    };
    Ok(json!({
        "sample": sample.as_ref().map(|sample| &sample.info.key),
        "target": to.target,
        "headers": headers(arguments, scheme, sample.as_ref(), body.as_deref())?,
        "body_base64": body.as_ref().map(|body| BASE64_STANDARD.encode(body)),
        "signing": signing(arguments, scheme, named_scheme.is_some(), to)?,
        // A file's bytes stay what they are, also where the scheme keeps its id in the body.
        "new_event_id": body.is_none() && arguments.id.is_none(),
        "broken": broken(arguments.broken.as_deref()),
        "outside_effects": arguments.no_outside.then_some(false),
    }))
}

/// What `--as` and `--sample` name.
fn named(arguments: &Arguments) -> anyhow::Result<(Option<&'static Scheme>, Option<Sample>)> {
    let scheme = arguments.as_.as_deref().and_then(schemes::find);
    let key = arguments.sample.as_deref().or(arguments.as_.as_deref().filter(|_| scheme.is_none()));
    let Some(key) = key else { return Ok((scheme, None)) };
    match samples::get(key) {
        Some(sample) => Ok((scheme, Some(sample))),
        None => {
            let schemes: Vec<_> = schemes::all().iter().map(|scheme| scheme.key.as_str()).collect();
            let keys: Vec<_> = samples::list().into_iter().map(|info| info.key).collect();
            bail!("no scheme or sample \"{key}\": schemes are {}; samples are {}", schemes.join(", "), keys.join(", "))
        }
    }
}

fn signing(arguments: &Arguments, scheme: Option<&Scheme>, chosen: bool, to: &To) -> anyhow::Result<Value> {
    let secret = match (&arguments.secret, &arguments.secret_env) {
        (Some(secret), _) => Some(secret.clone()),
        (None, Some(name)) => Some(std::env::var(name).with_context(|| format!("the variable {name} holds no text"))?),
        (None, None) => None,
    };
    match (secret, scheme) {
        _ if arguments.unsigned => Ok(json!("unsigned")),
        (Some(secret), Some(scheme)) => Ok(json!({"with": {"scheme": scheme.key, "secret": secret}})),
        (Some(_), None) => bail!("with which scheme is it signed? name it with --as"),
        (None, Some(scheme)) if chosen && to.scheme.as_deref() != Some(&scheme.key) => {
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

fn read_body(file: &PathBuf) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let named = file.display();
    if file.as_os_str() == "-" {
        std::io::stdin().lock().take(BODY_MOST + 1).read_to_end(&mut bytes).context("standard input")?;
    } else {
        let open = std::fs::File::open(file).with_context(|| format!("cannot read {named}"))?;
        open.take(BODY_MOST + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {named}"))?;
    }
    if bytes.len() as u64 > BODY_MOST {
        bail!("{named} is longer than {BODY_MOST} bytes");
    }
    Ok(bytes)
}
