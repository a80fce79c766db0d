//! `creel send --list`: the shipped samples.

use std::collections::BTreeMap;

use anyhow::bail;
use creel_core::api::replays::SampleInfo;
use creel_core::samples;

use crate::output::{cell, json as json_line, print, table};

/// Prints the samples of one sender, or who there is.
pub fn run(family: Option<&str>, as_json: bool) -> anyhow::Result<()> {
    let all: Vec<(String, SampleInfo)> = samples::list().into_iter().map(|info| (family_of(&info), info)).collect();
    let Some(wanted) = family else { return families(&all, as_json) };
    let own: Vec<_> = all.into_iter().filter(|(family, _)| family == wanted).map(|(_, info)| info).collect();
    if own.is_empty() {
        bail!("{}", unknown(wanted, None));
    }
    if as_json {
        return print(&format!("{}\n", json_line(&serde_json::to_value(own)?)));
    }
    let row = |info: &SampleInfo| vec![name_of(info), cell(&info.event, 60), cell(&info.about, 100)];
    print(&table(&["NAME", "EVENT", "WHAT IT IS"], &own.iter().map(row).collect::<Vec<_>>()))
}

/// "No sample", with the names that may have been meant.
pub fn unknown(family: &str, event: Option<&str>) -> String {
    let near = samples::nearest(family, event);
    let meant = if near.is_empty() { String::new() } else { format!(": did you mean {}?", near.join(", ")) };
    match event {
        Some(event) => format!("{family} has no sample \"{event}\"{meant}; creel send --list {family} shows all"),
        None => format!("no scheme or sample \"{family}\"{meant}; creel send --list shows all senders"),
    }
}

fn families(all: &[(String, SampleInfo)], as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let all: Vec<_> = all.iter().map(|(_, info)| info).collect();
        return print(&format!("{}\n", json_line(&serde_json::to_value(all)?)));
    }
    let mut counts: BTreeMap<&str, (usize, &SampleInfo)> = BTreeMap::new();
    for (family, info) in all {
        counts.entry(family).or_insert((0, info)).0 += 1;
    }
    let rows: Vec<_> = counts
        .into_iter()
        .map(|(family, (count, first))| {
            vec![family.to_owned(), count.to_string(), cell(&first.sender, 40), name_of(first)]
        })
        .collect();
    print(&table(&["SENDER", "SAMPLES", "NAME", "FIRST"], &rows))?;
    print("creel send --list SENDER shows its samples; creel send --as SENDER EVENT sends one\n")
}

fn family_of(info: &SampleInfo) -> String {
    info.key.split('/').next().unwrap_or_default().to_owned()
}

fn name_of(info: &SampleInfo) -> String {
    info.key.split_once('/').map_or_else(String::new, |(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_nobody_knows_is_answered_with_near_ones() {
        assert!(unknown("strpe", None).contains("did you mean stripe?"));
        let said = unknown("stripe", Some("invoice.payd"));
        assert!(said.contains("did you mean invoice.paid?") && said.contains("--list stripe"), "{said}");
        assert!(!unknown("qqqqqqqqq", None).contains("did you mean"));
    }
}
