//! Tests of the language as a whole.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::api::search::QueryError;
use crate::clock::UnixMs;
use crate::delivery::{Outcome, SignatureState};
use crate::receive::Headers;

/// 2026-11-20T12:00:00Z.
const NOW: UnixMs = UnixMs(1_795_176_000_000);

fn asked(query: &str) -> Result<Query, QueryError> {
    parse_in(query, NOW, &TimeZone::UTC)
}

fn one(query: &str) -> Ask {
    let mut terms = asked(query).unwrap_or_else(|error| panic!("{query}: {error:?}")).terms;
    assert_eq!(terms.len(), 1, "{query}");
    terms.remove(0).ask
}

fn refused(query: &str) -> (String, String, u32, u32) {
    let error = asked(query).expect_err(query);
    (error.message, error.hint.unwrap_or_default(), error.from, error.to)
}

#[test]
fn every_key_is_understood() {
    let equals = |text: &str| vec![Pattern::Equals(text.into())];
    let like = |text: &str| vec![Pattern::Like(text.into())];
    let test = |compare, value: &str| Test { compare, value: value.into() };
    let at = |text: &str, ms| Ask::After { at: UnixMs(ms), typed: text.into() };
    for (query, expected) in [
        ("sig:bad", Ask::Signature(SignatureAsk::State(SignatureState::Bad))),
        ("sig:GOOD", Ask::Signature(SignatureAsk::Good)),
        ("source:github", Ask::Column(Column::Source, equals("github"))),
        ("source:git*", Ask::Column(Column::Source, like("git*"))),
        ("event:push", Ask::Column(Column::Event, [equals("push"), like("push.*")].concat())),
        ("path:/hooks/a", Ask::Column(Column::Path, like("/hooks/a*"))),
        ("path:deploy", Ask::Column(Column::Path, like("*deploy*"))),
        ("method:post", Ask::Column(Column::Method, equals("POST"))),
        ("trigger:\"Deploy, failed\"", Ask::Column(Column::Trigger, equals("Deploy, failed"))),
        ("id:dlv_1,dlv_2", Ask::Column(Column::Id, [equals("dlv_1"), equals("dlv_2")].concat())),
        ("event_id:e:1", Ask::Column(Column::EventId, equals("e:1"))),
        ("ip:203.0.113.*", Ask::Column(Column::Ip, like("203.0.113.*"))),
        ("outcome:rejected,limited", Ask::Outcome(vec![Outcome::Rejected, Outcome::Limited])),
        ("status:401", Ask::Status(vec![401..=401])),
        ("status:>=400", Ask::Status(vec![400..=599])),
        ("status:>400,<=199", Ask::Status(vec![401..=599, 100..=199])),
        ("status:<300,5xx", Ask::Status(vec![100..=299, 500..=599])),
        ("is:replay", Ask::Is(Is::Replay)),
        ("after:1h", at("1h", NOW.0 - 3_600_000)),
        ("after:2026-11-20", at("2026-11-20", 1_795_132_800_000)),
        ("after:today", at("today", 1_795_132_800_000)),
        ("after:yesterday", at("yesterday", 1_795_132_800_000 - 86_400_000)),
        ("after:2026-11-20T00:01", at("2026-11-20T00:01", 1_795_132_860_000)),
        ("after:2026-11-20T01:00:00+01:00", at("2026-11-20T01:00:00+01:00", 1_795_132_800_000)),
        ("before:2d", Ask::Before { at: UnixMs(NOW.0 - 172_800_000), typed: "2d".into() }),
        (
            "body.repository.name:hello",
            Ask::Body { path: "repository.name".into(), test: test(Compare::Equal, "hello") },
        ),
        ("body.n:>=5", Ask::Body { path: "n".into(), test: test(Compare::GreaterOrEqual, "5") }),
        ("body.n:\">5\"", Ask::Body { path: "n".into(), test: test(Compare::Equal, ">5") }),
        ("header.User-Agent:curl*", Ask::Header { name: "user-agent".into(), test: test(Compare::Equal, "curl*") }),
        ("word", Ask::Text("word".into())),
        ("\"disk \\\"full\\\" sig:bad\"", Ask::Text("disk \"full\" sig:bad".into())),
    ] {
        assert_eq!(one(query), expected, "{query}");
    }
    assert_eq!(asked("  ").expect("empty").terms, []);
}

#[test]
fn a_day_is_a_day_of_the_reader_s_zone() {
    let zone = TimeZone::fixed(jiff::tz::offset(-5));
    let query = parse_in("after:2026-11-20", NOW, &zone).expect("understood");
    let Ask::After { at, .. } = query.terms[0].ask else { panic!("a time") };
    assert_eq!(at.0, 1_795_132_800_000 + 5 * 3_600_000);
}

#[test]
fn a_sign_before_a_term_negates_it() {
    let query = asked("!sig:bad -word -\"two words\" x-y").expect("understood");
    let negated: Vec<bool> = query.terms.iter().map(|term| term.negated).collect();
    assert_eq!(negated, [true, true, true, false]);
}

#[test]
fn what_is_not_understood_is_pointed_at() {
    for (query, message, hint, from, to) in [
        ("é𝒳 sgi:bad", "unknown key \"sgi\"", "did you mean sig?", 4, 7),
        ("sig:bad !sorce:x", "unknown key \"sorce\"", "did you mean source?", 9, 14),
        ("http://x", "unknown key \"http\"", "to search bodies for it, put it in quotes: \"http://x\"", 0, 4),
        ("sig:bda", "sig: does not know \"bda\"", "did you mean bad?", 0, 7),
        (
            "is:nice",
            "is: does not know \"nice\"",
            "one of replay, imported, pinned, duplicate, conflict, identical",
            0,
            7,
        ),
        ("status:40", "\"40\" is no status", "write 401, 4xx or >=400", 0, 9),
        ("status:>600", "\">600\" is no status", "write 401, 4xx or >=400", 0, 11),
        ("after:soon", "\"soon\" is no time", "write 30m, 1h, 2d, today, 2026-11-20 or 2026-11-20T14:05", 0, 10),
        ("source:", "source: needs a value", "source: where it came from", 0, 7),
        ("a \"b c", "a quote is not closed", "put a \" at the end", 2, 6),
        ("a !", "there is nothing to negate", "write !source:github or -word", 2, 3),
        ("body.n:>x", "\"x\" is not a number", "> and < compare numbers", 0, 9),
        ("body.:1", "body.: needs a name", "a value in the JSON body: body.repository.name:hello", 0, 7),
    ] {
        assert_eq!(refused(query), (message.to_owned(), hint.to_owned(), from, to), "{query}");
    }
    assert_eq!(refused(&"a ".repeat(33)).0, "the query has more than 32 terms");
    assert_eq!(refused(&"a".repeat(2049)).0, "the query is longer than 2048 bytes");
}

#[test]
fn the_meaning_reads_as_a_sentence() {
    for (query, meaning) in [
        ("", "all deliveries"),
        ("sig:bad source:github after:1h", "deliveries with a bad signature from github in the last hour"),
        ("event:push status:>=400", "deliveries of the event push answered 400 or more"),
        ("!source:github,stripe before:2d", "deliveries not from github or stripe older than 2 days"),
        ("\"disk full\" -retry", "deliveries with \"disk full\" in the body without \"retry\" in the body"),
        ("body.repository.name:hello is:replay", "deliveries with body.repository.name \"hello\" that are replays"),
        ("status:4xx,500 path:/hooks/a", "deliveries answered 4xx or 500 to a path like /hooks/a*"),
        ("header.user-agent:* outcome:rejected", "deliveries with the header user-agent there that were rejected"),
        ("after:2026-11-20 sig:good", "deliveries since 2026-11-20 with a good signature"),
    ] {
        assert_eq!(asked(query).expect(query).meaning(), meaning, "{query}");
    }
}

#[test]
fn values_of_bodies_and_headers_are_checked_exactly() {
    let payload = json!({"repository": {"name": "hello-world"}, "n": 10, "tags": ["a", "b"], "none": null});
    for (query, expected) in [
        ("body.repository.name:hello-world", true),
        ("body.repository.name:hello", false),
        ("body.repository.name:hello*", true),
        ("body.n:10.0", true),
        ("body.n:>9", true),
        ("body.n:<=9", false),
        ("body.tags:b", true),
        ("body.tags.0:a", true),
        ("body.none:null", true),
        ("body.gone:*", false),
    ] {
        let Ask::Body { path, test } = one(query) else { panic!("{query}") };
        assert_eq!(test.holds(&payload, &path), expected, "{query}");
    }
    let headers = Headers(vec![("X-A".into(), "one".into()), ("x-a".into(), "two".into())]);
    let Ask::Header { name, test } = one("header.X-A:tw*") else { panic!("a header") };
    assert!(test.holds_header(&headers, &name));
}

#[test]
fn a_needle_is_only_what_the_body_must_hold() {
    let needle = |query: &str| match one(query) {
        Ask::Body { test, .. } => test.needle().map(str::to_owned),
        other => panic!("{other:?}"),
    };
    assert_eq!(needle("body.a:hello").as_deref(), Some("hello"));
    for without in ["body.a:he*", "body.a:10", "body.a:>1", "body.a:null", "body.a:café", "body.a:a&b"] {
        assert_eq!(needle(without), None, "{without}");
    }
}

struct Captured;

impl Facts for Captured {
    fn known(&self, fact: Fact<'_>, begin: &str, most: usize) -> Vec<(String, i64)> {
        let known: &[(&str, i64)] = match fact {
            Fact::Value(Key::Source) => &[("github", 1204), ("stripe", 1)],
            Fact::Value(Key::Sig) => &[("bad", 3)],
            Fact::Value(Key::Trigger) => &[("deploy failed", 2)],
            Fact::BodyPath => &[("repository.name", 9)],
            Fact::BodyValue("repository.name") => &[("hello", 5)],
            Fact::HeaderName => &[("user-agent", 9)],
            _ => &[],
        };
        let fitting = known.iter().filter(|(value, _)| value.starts_with(begin));
        fitting.take(most).map(|(value, count)| ((*value).to_owned(), *count)).collect()
    }
}

fn offered(query: &str) -> (Vec<String>, u32, u32) {
    let caret = u32::try_from(query.find('|').map_or(query, |at| &query[..at]).encode_utf16().count()).expect("short");
    let found = suggest(&query.replace('|', ""), caret, NOW, &Captured);
    (found.items.into_iter().map(|item| format!("{} — {}", item.text, item.about)).collect(), found.from, found.to)
}

#[test]
fn suggestions_come_from_the_language_and_from_what_was_captured() {
    assert_eq!(offered("sig:bad sou|").0[0], "source: — where it came from");
    assert_eq!(offered("é𝒳 source:gi|").0, ["source:github — 1,204 deliveries"]);
    assert_eq!((offered("é𝒳 source:gi|").1, offered("é𝒳 source:gi|").2), (4, 13));
    assert_eq!(offered("!source:s|").0, ["!source:stripe — 1 delivery"]);
    assert_eq!(offered("sig:b|").0, ["sig:bad — does not fit, or is stale (3)"]);
    assert_eq!(offered("trigger:|").0, ["trigger:\"deploy failed\" — 2 deliveries"]);
    assert_eq!(offered("body.rep|").0[0], "body.repository.name: — 9 deliveries");
    assert_eq!(offered("body.repository.name:h|").0, ["body.repository.name:hello — 5 deliveries"]);
    assert_eq!(offered("header.u|").0[0], "header.user-agent: — 9 deliveries");
    assert_eq!(offered("disk|").0, ["\"disk\" — search bodies for these words"]);
    assert_eq!(offered("sig:bad |").0.len(), 12, "all keys that fit, at the empty place");
    assert_eq!(offered("zzz:|").0.len(), 0);
}

#[test]
fn every_suggestion_can_be_parsed_once_it_is_complete() {
    for query in ["sig:|", "outcome:|", "is:|", "after:|", "source:|", "trigger:|", "body.repository.name:|"] {
        for item in offered(query).0 {
            let text = item.split(" — ").next().expect("a text");
            assert!(asked(text).is_ok(), "{text}");
        }
    }
}

proptest! {
    #[test]
    fn no_query_panics_and_errors_point_inside(query in ".{0,60}|([a-z:!\"\\\\*,<>=. é𝒳-]|sig:|body\\.|status:|after:){0,20}", caret in 0u32..70) {
        let units = u32::try_from(query.encode_utf16().count()).expect("short");
        if let Err(error) = asked(&query) {
            prop_assert!(error.from <= error.to && error.to <= units, "{:?}", error);
        }
        let found = suggest(&query, caret, NOW, &Captured);
        prop_assert!(found.from <= found.to && found.to <= units);
    }
}
