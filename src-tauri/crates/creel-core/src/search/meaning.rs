//! A query in words, so that a person sees what was understood.

use std::ops::RangeInclusive;

use super::query::{Ask, Column, Compare, Is, Pattern, Query, SignatureAsk, Term, Test};
use super::when;
use crate::delivery::{Outcome, SignatureState};

impl Query {
    /// One sentence without a full stop: `deliveries with a bad signature from github in the last hour`.
    pub fn meaning(&self) -> String {
        if self.terms.is_empty() {
            return "all deliveries".to_owned();
        }
        let words: Vec<String> = self.terms.iter().map(term).collect();
        format!("deliveries {}", words.join(" "))
    }
}

fn term(Term { negated, ask }: &Term) -> String {
    let not = |positive: String| if *negated { format!("not {positive}") } else { positive };
    match ask {
        Ask::Text(text) if *negated => format!("without {text:?} in the body"),
        Ask::Text(text) => format!("with {text:?} in the body"),
        Ask::Signature(asked) => not(signature(*asked).to_owned()),
        Ask::Outcome(outcomes) => not(format!("that were {}", any(outcomes.iter().map(|o| outcome(*o).to_owned())))),
        Ask::Status(ranges) => not(format!("answered {}", any(ranges.iter().map(status)))),
        Ask::Column(column, patterns) => not(format!("{} {}", place(*column), any(patterns_shown(*column, patterns)))),
        Ask::Is(is) => not(property(*is).to_owned()),
        Ask::After { typed, .. } => match when::last(typed) {
            Some(last) => not(format!("in the last {last}")),
            None => not(format!("since {typed}")),
        },
        Ask::Before { typed, .. } => match when::last(typed) {
            Some(last) => not(format!("older than {}", if last.contains(' ') { last } else { format!("one {last}") })),
            None => not(format!("before {typed}")),
        },
        Ask::Body { path, test } => not(format!("with body.{path} {}", compared(test))),
        Ask::Header { name, test } => not(format!("with the header {name} {}", compared(test))),
    }
}

fn any(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" or ")
}

fn signature(asked: SignatureAsk) -> &'static str {
    match asked {
        SignatureAsk::Good => "with a good signature",
        SignatureAsk::State(SignatureState::Valid) => "with a valid signature",
        SignatureAsk::State(SignatureState::Previous) => "signed with the previous secret",
        SignatureAsk::State(SignatureState::Bad) => "with a bad signature",
        SignatureAsk::State(SignatureState::Missing) => "with a missing signature",
        SignatureAsk::State(SignatureState::Unsigned) => "to endpoints that check no signature",
        SignatureAsk::State(SignatureState::Unchecked) => "refused before the signature check",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Filtered => "filtered",
        Outcome::Duplicate => "duplicates",
        Outcome::Rejected => "rejected",
        Outcome::Unmatched => "unmatched",
        Outcome::Limited => "limited",
        Outcome::Disabled => "sent to a disabled trigger",
    }
}

fn status(range: &RangeInclusive<u16>) -> String {
    match (*range.start(), *range.end()) {
        (one, same) if one == same => one.to_string(),
        (from, to) if from % 100 == 0 && to == from + 99 => format!("{}xx", from / 100),
        (from, 599) => format!("{from} or more"),
        (100, to) => format!("{to} or less"),
        (from, to) => format!("{from} to {to}"),
    }
}

fn place(column: Column) -> &'static str {
    match column {
        Column::Source => "from",
        Column::Event => "of the event",
        Column::Path => "to a path",
        Column::Method => "sent by",
        Column::Trigger => "for the trigger",
        Column::Id => "with the id",
        Column::EventId => "with the event id",
        Column::Ip => "from the address",
    }
}

fn patterns_shown(column: Column, patterns: &[Pattern]) -> impl Iterator<Item = String> {
    patterns.iter().filter_map(move |pattern| match (column, pattern) {
        (_, Pattern::Equals(text)) => Some(text.clone()),
        (Column::Event, Pattern::Like(text)) if text.ends_with(".*") && patterns.len() > 1 => None,
        (Column::Path, Pattern::Like(text)) => Some(format!("like {text}")),
        (_, Pattern::Like(text)) => Some(text.clone()),
    })
}

fn property(is: Is) -> &'static str {
    match is {
        Is::Replay => "that are replays",
        Is::Imported => "that were imported",
        Is::Pinned => "that are pinned",
        Is::Duplicate => "that are duplicates",
        Is::Conflict => "whose event id came before with another body",
        Is::Identical => "whose body came before",
    }
}

fn compared(Test { compare, value }: &Test) -> String {
    match compare {
        Compare::Equal if value == "*" => "there".to_owned(),
        Compare::Equal => format!("{value:?}"),
        Compare::Greater => format!("over {value}"),
        Compare::GreaterOrEqual => format!("{value} or more"),
        Compare::Less => format!("under {value}"),
        Compare::LessOrEqual => format!("{value} or less"),
    }
}
