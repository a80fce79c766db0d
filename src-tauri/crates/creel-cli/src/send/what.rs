//! What `creel send` sends, and where: from what the user named.

use anyhow::bail;
use creel_core::api::triggers::TriggerRow;
use creel_core::authenticate::{Scheme, schemes};
use creel_core::registry::test_endpoint;
use creel_core::samples::{self, Sample};
use serde_json::json;

use super::{Arguments, list};
use crate::talk::Creel;
use crate::to::{self, To};

/// What is sent to an endpoint that checks no signature when nobody chose a sample.
const UNSIGNED_SAMPLE: &str = "generic/order.created";

/// What is sent and where.
pub struct What {
    /// Where it goes.
    pub to: To,
    /// What signs it; `None`: nothing does.
    pub scheme: Option<&'static Scheme>,
    /// What it is made of; `None`: a body of the user's.
    pub sample: Option<Sample>,
}

impl What {
    /// Whether the target's own secret is one for the scheme.
    pub fn signed_there(&self) -> bool {
        self.scheme.is_none_or(|scheme| self.to.scheme.as_deref() == Some(&scheme.key))
    }
}

/// Finds it.
pub fn what(creel: &Creel, arguments: &Arguments) -> anyhow::Result<What> {
    let (named_scheme, named_sample) = named(arguments)?;
    let fitting = fitting(named_scheme, named_sample.as_ref());
    let to = match &arguments.to {
        Some(to) => to::find(creel, to)?,
        None if arguments.as_.is_none() => to::find(creel, &test_endpoint().path())?,
        None => checking(creel, arguments, &fitting)?,
    };
    let there = to.scheme.as_deref().and_then(schemes::find);
    // A sender may sign in more than one way: then the target says how.
    let by_target = there.filter(|there| fitting.contains(&there.key.as_str()));
    let of_sample = || named_sample.as_ref().and_then(|sample| schemes::find(&sample.info.scheme));
    let scheme = by_target.or(named_scheme).or(there).or_else(of_sample);
    let own_body = arguments.file.is_some() || arguments.data.is_some();
    let fallback = || {
        let fitting = scheme.and_then(|scheme| samples::default_for(&scheme.key));
        fitting.or_else(|| samples::get(UNSIGNED_SAMPLE))
    };
    let sample = named_sample.or_else(|| if own_body { None } else { fallback() });
    Ok(What { to, scheme, sample })
}

/// What `--as`, the event behind it and `--sample` name.
fn named(arguments: &Arguments) -> anyhow::Result<(Option<&'static Scheme>, Option<Sample>)> {
    let Some(name) = arguments.as_.as_deref() else {
        return Ok((None, arguments.sample.as_deref().map(sample).transpose()?));
    };
    let scheme = schemes::find(name);
    if let Some(key) = &arguments.sample {
        let Some(scheme) = scheme else { bail!("{}", list::unknown(name, None)) };
        return Ok((Some(scheme), Some(sample(key)?)));
    }
    let default = scheme.and_then(|scheme| samples::default_for(&scheme.key));
    let family = default.as_ref().map_or(name, Sample::family);
    if let Some(event) = &arguments.which {
        let sample = samples::get(&format!("{name}/{event}")).or_else(|| samples::get(&format!("{family}/{event}")));
        let Some(sample) = sample else { bail!("{}", list::unknown(family, Some(event))) };
        return Ok((scheme, Some(sample)));
    }
    match scheme {
        // With a body of the user's own there is no sample.
        Some(scheme) => Ok((Some(scheme), None)),
        None => Ok((None, Some(sample(name)?))),
    }
}

/// A sample by its key, or the first one of a sender.
fn sample(key: &str) -> anyhow::Result<Sample> {
    let first = || samples::list().into_iter().find(|info| info.key.split('/').next() == Some(key));
    match samples::get(key).or_else(|| samples::get(&first()?.key)) {
        Some(sample) => Ok(sample),
        None => match key.split_once('/') {
            Some((family, event)) => bail!("{}", list::unknown(family, Some(event))),
            None => bail!("{}", list::unknown(key, None)),
        },
    }
}

/// Keys of the schemes that it may be signed with.
fn fitting<'s>(scheme: Option<&'static Scheme>, sample: Option<&'s Sample>) -> Vec<&'s str> {
    match (scheme, sample) {
        (Some(scheme), _) => vec![scheme.key.as_str()],
        (None, Some(sample)) => {
            std::iter::once(&sample.info.scheme).chain(&sample.info.also).map(String::as_str).collect()
        }
        (None, None) => Vec::new(),
    }
}

/// The one trigger that checks such a signature; the test address where it does, or where a secret is given.
fn checking(creel: &Creel, arguments: &Arguments, fitting: &[&str]) -> anyhow::Result<To> {
    let test = test_endpoint();
    let rows: Vec<TriggerRow> = serde_json::from_value(creel.call("triggers_list", &json!({}))?)?;
    let own = |row: &&TriggerRow| fitting.contains(&row.trigger.scheme.as_str()) && row.trigger.enabled;
    let given = arguments.secret.is_some() || arguments.secret_env.is_some() || arguments.unsigned;
    match rows.iter().filter(own).collect::<Vec<_>>()[..] {
        _ if given || fitting.contains(&test.scheme.as_str()) => to::find(creel, &test.path()),
        [only] => to::find(creel, only.trigger.id.as_str()),
        [] => bail!(
            "no trigger checks {}: make one in the window, or name where to with --to and give --secret",
            fitting.join(" or ")
        ),
        [first, second, ..] => bail!(
            "more than one trigger checks {}: name one with --to, such as {} or {}",
            fitting.join(" or "),
            first.trigger.id,
            second.trigger.id
        ),
    }
}
