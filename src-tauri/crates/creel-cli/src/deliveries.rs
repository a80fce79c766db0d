//! `creel deliveries`: what arrived, newest first.

use creel_core::api::deliveries::DeliveriesFound;
use creel_core::api::search::Suggestions;
use creel_core::delivery::Delivery;
use serde_json::{Value, json};

use crate::folder::Asked;
use crate::output::{cell, json as json_line, print, safe, table};
use crate::talk::Creel;
use crate::words::word;

/// What `creel deliveries` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// A search as in the window: sig:bad source:github event:push "disk full" after:1h
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// How many, at most 500.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: u32,
    #[command(flatten)]
    asked: Asked,
}

/// Prints a page.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let creel = Creel::running_in(&arguments.asked.folder)?;
    let query = arguments.query.join(" ");
    let found = search(&creel, &query, arguments.limit);
    let found = found.map_err(|error| pointed_out(&creel, &query).unwrap_or(error))?;
    if arguments.asked.json {
        return print(&format!("{}\n", json_line(&serde_json::to_value(&found)?)));
    }
    if found.page.items.is_empty() {
        return print(&format!("none: {}\n", safe(&found.meaning)));
    }
    print(&listed(&found.page.items))
}

/// The newest `limit` that fit. A search answers quickly with what it has; it is asked on until that is enough.
fn search(creel: &Creel, query: &str, limit: u32) -> anyhow::Result<DeliveriesFound> {
    let mut asked = json!({"q": query, "limit": limit});
    let mut found: DeliveriesFound = serde_json::from_value(creel.call("deliveries_list", &asked)?)?;
    while let (Some(next), Some(_)) = (found.page.next, found.searched_to) {
        let missing = usize::try_from(limit)?.saturating_sub(found.page.items.len());
        if missing == 0 {
            break;
        }
        (asked["limit"], asked["after"]) = (json!(missing), json!(next));
        let more: DeliveriesFound = serde_json::from_value(creel.call("deliveries_list", &asked)?)?;
        found.page.items.extend(more.page.items);
        (found.page.next, found.searched_to) = (more.page.next, more.searched_to);
    }
    Ok(found)
}

/// Deliveries as a table.
pub fn listed(deliveries: &[Delivery]) -> String {
    let rows: Vec<_> = deliveries.iter().map(row).collect();
    table(&["RECEIVED", "ID", "SOURCE", "EVENT", "PATH", "ANSWER", "OUTCOME", "BYTES"], &rows)
}

fn row(delivery: &Delivery) -> Vec<String> {
    vec![
        delivery.received_at.rfc3339(),
        delivery.id.to_string(),
        cell(&delivery.source, 20),
        cell(delivery.event.as_deref().unwrap_or("-"), 30),
        cell(&delivery.path, 60),
        delivery.answer_status.to_string(),
        word(&delivery.outcome),
        delivery.bytes.to_string(),
    ]
}

/// The query with a caret under what is wrong with it; `None`: the query is not what was wrong.
fn pointed_out(creel: &Creel, query: &str) -> Option<anyhow::Error> {
    let units = query.encode_utf16().count();
    let asked: Value = creel.call("search_suggest", &json!({"q": query, "caret": units})).ok()?;
    let error = serde_json::from_value::<Suggestions>(asked).ok()?.error?;
    let hint = error.hint.map_or_else(String::new, |hint| format!(": {hint}"));
    let caret = caret(query, error.from, error.to);
    Some(anyhow::anyhow!("{}{hint}\n  {}\n  {caret}", error.message, safe(query)))
}

/// Carets under the UTF-16 units `from` to `to`, at least one.
fn caret(query: &str, from: u32, to: u32) -> String {
    let mut unit = 0;
    let mut line = String::new();
    for c in query.chars() {
        let mark = if (from..to.max(from + 1)).contains(&unit) { "^" } else { " " };
        line.push_str(&mark.repeat(safe(&c.to_string()).chars().count()));
        unit += u32::try_from(c.len_utf16()).unwrap_or(1);
    }
    match line.trim_end() {
        "" => format!("{}^", " ".repeat(safe(query).chars().count())),
        line => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::caret;

    #[test]
    fn the_caret_stands_under_the_mistake() {
        for (query, from, to, expected) in [
            ("sgi:bad", 0, 3, "^^^"),
            ("a sgi:bad", 2, 5, "  ^^^"),
            ("😀 sgi:bad", 3, 6, "  ^^^"),
            ("\x1b sgi", 2, 5, &format!("{}^^^", " ".repeat(7))),
            ("a:", 2, 2, "  ^"),
        ] {
            assert_eq!(caret(query, from, to), expected, "{query:?}");
        }
    }
}
