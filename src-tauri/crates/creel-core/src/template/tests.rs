//! Tests of templates as a whole, on one delivery.

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::api::preview::SpanKind;
use crate::receive::Headers;
use crate::trigger::MissingPolicy::{self, Empty, Keep};

const BODY: &str = r#"{"title":"Deploy failed","environment":"production","author":"jane","n":1.50,"big":12345678901234567890123,
"e":1E5,"neg":-0,"ok":true,"none":null,"list":["a",{"b":[1,{"c":"deep"}]}],"o":{"x":1,"y":[true,null]},"0":"zero",
"labels":{"app.kubernetes.io/name":"web","a.b":{"c.d":"dots"}},"evil":"{{payload.title}} }} {{"}"#;

fn with<T>(body: &str, test: impl FnOnce(&Scope<'_>) -> T) -> T {
    let lines = [("Content-Type", "application/json"), ("X-GitHub-Event", "push"), ("X-Twice", "1"), ("x-twice", "2")];
    let headers = Headers(lines.iter().map(|(n, v)| ((*n).to_owned(), Bytes::from_static(v.as_bytes()))).collect());
    let body = Bytes::copy_from_slice(body.as_bytes());
    test(&Scope::new(ScopeOf::of_a_push(&headers, &body)))
}

fn render(template: &str, missing: MissingPolicy) -> String {
    with(BODY, |scope| Template::parse(template).render(scope, missing).text)
}

#[test]
fn the_opengate_document_s_examples_come_out() {
    assert_eq!(render("[{{payload.environment}}] {{payload.title}}", Empty), "[production] Deploy failed");
    assert_eq!(render("by {{payload.author}} ({{payload.nobody}})", Empty), "by jane ()");
}

#[test]
fn every_place_can_be_named() {
    for (template, expected) in [
        ("{{ payload.title }}", "Deploy failed"),
        ("{{payload.list.0}}{{payload.list.1.b.1.c}}", "adeep"),
        ("{{payload.0}}", "zero"),
        ("{{payload.labels.app.kubernetes.io/name}} {{payload.labels.a.b.c.d}}", "web dots"),
        ("{{payload.n}} {{payload.big}} {{payload.neg}} {{payload.ok}}", "1.50 12345678901234567890123 -0 true"),
        ("{{payload.e}}", "1e+5"),
        ("<{{payload.none}}>", "<>"),
        ("{{payload.o}}", r#"{"x":1,"y":[true,null]}"#),
        ("{{headers.x-github-event}} {{headers.X-GITHUB-EVENT}} {{headers.x-twice}}", "push push 1, 2"),
        ("{{webhook.body.title}} {{webhook.method}} {{webhook.path}}", "Deploy failed POST /hooks/a"),
        ("{{webhook.headers.X-GitHub-Event}}", "push"),
        ("{{event}} {{delivery.id}} {{delivery.source}} {{delivery.event_id}}", "push dlv_1 github "),
        ("{{delivery.received_at}} {{trigger.name}} {{trigger.id}}", "2026-11-20T00:00:00Z Deploys trg_1"),
        ("{{trigger}}", r#"{"id":"trg_1","name":"Deploys"}"#),
    ] {
        assert_eq!(render(template, Empty), expected, "{template}");
    }
}

#[test]
fn what_leads_nowhere_is_empty_or_stays() {
    for template in
        ["{{payload.x}}", "{{ payload.list.9 }}", "{{payload.list.x}}", "{{payload.title.x}}", "{{foo}}", "{{event.x}}"]
    {
        assert_eq!(render(template, Empty), "", "{template}");
        assert_eq!(render(template, Keep), template);
    }
}

#[test]
fn odd_braces_are_text() {
    for (template, expected) in [
        ("a {{payload.title", "a {{payload.title"),
        ("{{{payload.author}}}", "{jane}"),
        ("{{ x {{payload.author}}", "{{ x jane"),
        ("{{{{payload.author}}}}", "{{jane}}"),
        ("{{}} {{  }} }} {", "{{}} {{  }} }} {"),
        ("", ""),
    ] {
        assert_eq!(render(template, Empty), expected, "{template}");
    }
}

#[test]
fn a_value_is_never_read_again() {
    assert_eq!(render("{{payload.evil}}", Empty), "{{payload.title}} }} {{");
    assert_eq!(render("{{payload.evil}}{{payload.author}}", Empty), "{{payload.title}} }} {{jane");
}

#[test]
fn output_is_bounded_between_characters() {
    let body = format!(r#"{{"a":"{}"}}"#, "é".repeat(MAX_OUTPUT_BYTES));
    let rendered = with(&body, |scope| Template::parse("x{{payload.a}}{{payload.a}}").render(scope, Empty));
    assert!(rendered.cut);
    assert_eq!(rendered.text.len(), MAX_OUTPUT_BYTES - 1);
    assert!(rendered.text.ends_with('é'));
}

#[test]
fn a_preview_shows_every_part_with_its_origin() {
    let shown = with(BODY, |scope| {
        preview(
            "title",
            &Template::parse("é𝒳 {{payload.autor}}{{payload.none}} {{payload.title}} {{oops"),
            scope,
            Empty,
        )
    });
    assert_eq!(shown.text, "é𝒳  Deploy failed {{oops");
    let spans: Vec<_> = shown.spans.iter().map(|s| (s.kind, s.from, s.to, s.text.as_str())).collect();
    assert_eq!(
        spans,
        [
            (SpanKind::Literal, 0, 4, "é𝒳 "),
            (SpanKind::Missing, 4, 21, ""),
            (SpanKind::Null, 21, 37, ""),
            (SpanKind::Literal, 37, 38, " "),
            (SpanKind::Value, 38, 55, "Deploy failed"),
            (SpanKind::Literal, 55, 56, " "),
            (SpanKind::Unclosed, 56, 62, "{{oops"),
        ]
    );
    assert_eq!(shown.spans[1].note.as_deref(), Some("payload.autor is missing → empty"));
    assert_eq!(shown.spans[1].did_you_mean.as_deref(), Some("payload.author"));
    assert_eq!(shown.spans[6].note.as_deref(), Some("unclosed {{ is kept as text"));
}

#[test]
fn a_mistyped_path_finds_what_was_meant() {
    let meant = |path: &str| {
        with(BODY, |scope| {
            preview("x", &Template::parse(format!("{{{{{path}}}}}")), scope, Keep).spans[0].did_you_mean.clone()
        })
    };
    for (path, expected) in [
        ("payload.Title", Some("payload.title")),
        ("paylod.title", Some("payload.title")),
        ("title", Some("payload.title")),
        ("x-github-event", Some("headers.x-github-event")),
        ("payload.lst.1.b.1.c", Some("payload.list.1.b.1.c")),
        ("payload.list.1.b.1.cc", Some("payload.list.1.b.1.c")),
        ("payload.authr.name", Some("payload.author")),
        ("delivery.recieved_at", Some("delivery.received_at")),
        ("payload.zzzzzz", None),
        ("payload.list.7", None),
    ] {
        assert_eq!(meant(path).as_deref(), expected, "{path}");
    }
}

#[test]
fn the_fields_stand_in_the_document_s_order_and_each_path_leads_to_its_value() {
    with(BODY, |scope| {
        let fields = fields(scope);
        let paths: Vec<&str> = fields.items.iter().map(|field| field.path.as_str()).collect();
        assert_eq!(paths[..3], ["payload", "payload.title", "payload.environment"]);
        assert!(paths.contains(&"payload.list.1.b.1.c") && paths.contains(&"headers.x-github-event"));
        assert!(!fields.cut);
        for field in &fields.items {
            assert!(scope.look(&field.path).is_some(), "{} is offered and leads nowhere", field.path);
        }
        let list = fields.items.iter().find(|field| field.path == "payload.list").expect("it is there");
        assert_eq!((list.sample.as_str(), list.depth), ("2 entries", 1));
    });
    with(&format!("[{}0]", "0,".repeat(3000)), |scope| {
        let fields = fields(scope);
        assert!(fields.cut && fields.items.len() == 2_000);
    });
}

proptest! {
    #[test]
    fn parsing_covers_every_byte_and_never_panics(template in ".{0,80}|([{} a.]|pay){0,40}") {
        let parsed = Template::parse(template.clone());
        let mut end = 0;
        for span in parsed.spans() {
            prop_assert_eq!(span.at().start, end);
            end = span.at().end;
        }
        prop_assert_eq!(end, template.len());
        with("{}", |scope| {
            prop_assert_eq!(parsed.render(scope, Keep).text, template);
            Ok(())
        })?;
    }

    #[test]
    fn a_value_comes_out_as_it_is(value in ".{0,60}|[{}a ]{0,30}") {
        let body = serde_json::json!({ "v": value }).to_string();
        with(&body, |scope| {
            prop_assert_eq!(Template::parse("{{payload.v}}").render(scope, Empty).text, value);
            Ok(())
        })?;
    }
}
