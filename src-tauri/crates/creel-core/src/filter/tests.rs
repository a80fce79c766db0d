//! Tests of filters as a whole, on one delivery.

use bytes::Bytes;

use super::*;
use crate::receive::Headers;
use crate::template::{Scope, ScopeOf};

const BODY: &str = r#"{"env":"staging","n":10,"f":1.0,"big":9007199254740993,"s":"12","none":null,"empty":"",
"tags":["a","b",3],"o":{"x":"y"},"ok":true}"#;

fn with<T>(test: impl FnOnce(&Scope<'_>) -> T) -> T {
    let headers = Headers(vec![("X-GitHub-Event".into(), Bytes::from_static(b"push"))]);
    let body = Bytes::from_static(BODY.as_bytes());
    test(&Scope::new(ScopeOf::of_a_push(&headers, &body)))
}

fn row(field: &str, operator: Operator, value: &str) -> Condition {
    Condition { field: field.into(), operator, value: value.into() }
}

fn verdict(mode: Combine, rows: Vec<Condition>) -> FilterVerdict {
    let filter = Filter { mode, rows };
    with(|scope| {
        let verdict = evaluate(&filter, scope);
        assert_eq!(passes(&filter, scope), verdict.passed, "both ways say the same");
        verdict
    })
}

#[test]
fn every_operator_holds_when_it_should() {
    use Operator::*;
    for (field, operator, value, expected) in [
        ("payload.env", Is, "staging", true),
        ("payload.env", Is, "Staging", false),
        ("payload.n", Is, "10", true),
        ("payload.n", Is, "10.0", true),
        ("payload.f", Is, "1", true),
        ("payload.big", Is, "9007199254740992", false),
        ("payload.ok", Is, "true", true),
        ("payload.none", Is, "null", true),
        ("payload.none", Is, "", true),
        ("payload.none", Is, "x", false),
        ("payload.gone", Is, "", false),
        ("payload.gone", IsNot, "x", true),
        ("payload.env", IsNot, "staging", false),
        ("payload.env", Contains, "agi", true),
        ("payload.tags", Contains, "b", true),
        ("payload.tags", Contains, "3.0", true),
        ("payload.tags", Contains, "c", false),
        ("payload.o", Contains, "\"y\"", true),
        ("payload.gone", NotContains, "x", true),
        ("payload.tags", NotContains, "a", false),
        ("payload.env", StartsWith, "stag", true),
        ("payload.env", EndsWith, "ing", true),
        ("payload.env", EndsWith, "stag", false),
        ("payload.env", Like, "st*g", true),
        ("payload.gone", Like, "*", false),
        ("payload.n", Gt, "9", true),
        ("payload.n", Gt, "10", false),
        ("payload.s", Gte, "12", true),
        ("payload.n", Lt, "9", false),
        ("payload.n", Lte, "1e1", true),
        ("payload.env", Gt, "0", false),
        ("payload.ok", Gt, "0", false),
        ("payload.gone", Lt, "1", false),
        ("payload.env", In, "production, staging", true),
        ("payload.n", In, "1,10.0", true),
        ("payload.env", In, "production", false),
        ("payload.none", Exists, "", true),
        ("payload.gone", Exists, "", false),
        ("payload.none", Missing, "", false),
        ("payload.gone", Missing, "", true),
        ("headers.x-github-event", Is, "push", true),
        ("event", Is, "push", true),
        ("webhook.body.env", Is, "staging", true),
    ] {
        let verdict = verdict(Combine::All, vec![row(field, operator, value)]);
        assert_eq!(verdict.passed, expected, "{field} {operator:?} {value:?}: {}", verdict.reason);
        assert_eq!(verdict.reason, verdict.rows[0].words, "one row: its words are the reason");
    }
}

#[test]
fn rows_combine_as_the_filter_says() {
    let yes = || row("payload.env", Operator::Is, "staging");
    let no = || row("payload.env", Operator::Is, "production");
    for (mode, rows, expected) in [
        (Combine::All, vec![], true),
        (Combine::Any, vec![], true),
        (Combine::None, vec![], true),
        (Combine::All, vec![yes(), no()], false),
        (Combine::Any, vec![no(), yes()], true),
        (Combine::Any, vec![no(), no()], false),
        (Combine::None, vec![no(), no()], true),
        (Combine::None, vec![no(), yes()], false),
    ] {
        assert_eq!(verdict(mode, rows.clone()).passed, expected, "{mode:?} {rows:?}");
    }
}

#[test]
fn the_verdict_says_why() {
    let yes = || row("payload.env", Operator::Is, "staging");
    let no = || row("payload.env", Operator::Is, "production");
    let gone = || row("payload.gone", Operator::Gt, "5");
    let few = || row("payload.n", Operator::Gt, "50");
    for (mode, rows, reason) in [
        (Combine::All, vec![], "no conditions: every delivery passes"),
        (Combine::All, vec![no()], r#"payload.env is "staging", not "production""#),
        (Combine::All, vec![yes(), few()], r#"payload.n is "10"; the rule wants that it is more than 50"#),
        (Combine::All, vec![yes(), yes()], "all 2 conditions hold"),
        (Combine::All, vec![gone()], "payload.gone is missing; the rule wants that it is more than 5"),
        (
            Combine::Any,
            vec![no(), gone()],
            r#"none of the 2 conditions holds: payload.env is "staging", not "production"; payload.gone is missing; the rule wants that it is more than 5"#,
        ),
        (Combine::Any, vec![no(), yes()], r#"payload.env is "staging""#),
        (Combine::Any, vec![no()], r#"payload.env is "staging", not "production""#),
        (Combine::None, vec![yes()], r#"no condition may hold, and one does: payload.env is "staging""#),
        (Combine::None, vec![no()], r#"no condition holds: payload.env is "staging", not "production""#),
    ] {
        assert_eq!(verdict(mode, rows).reason, reason);
    }
}

#[test]
fn a_filter_that_cannot_mean_what_it_says_is_refused_by_name() {
    let refused = |rows: Vec<Condition>| {
        let error = validate(&Filter { mode: Combine::All, rows }, "filter").expect_err("refused");
        (error.field.expect("a field"), error.message)
    };
    let good = || row("payload.a", Operator::Gt, "1.5");
    assert!(validate(&Filter { mode: Combine::All, rows: vec![good()] }, "filter").is_ok());
    assert_eq!(refused(vec![good(); 51]).0, "filter.rows");
    assert_eq!(
        refused(vec![good(), row(" ", Operator::Is, "")]),
        ("filter.rows.1.field".into(), "the row names no field".into())
    );
    assert_eq!(
        refused(vec![row("payload.a", Operator::Lte, "many")]),
        ("filter.rows.0.value".into(), "\"many\" is not a number".into())
    );
    assert_eq!(refused(vec![row("environment", Operator::Is, "x")]).1, "\"environment\" is no field");
}
