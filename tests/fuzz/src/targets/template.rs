//! Any template over any body: bounded, and what it names is found as the fields say.

use bytes::Bytes;
use creel_core::receive::Headers;
use creel_core::template::{MAX_OUTPUT_BYTES, Scope, ScopeOf, Template, fields, preview};
use creel_core::trigger::MissingPolicy;

use super::signature::NOW;
use super::{parts, text};

/// The template, a header's value, the body.
pub fn run(data: &[u8]) {
    let [template, header, body] = parts(data);
    let body = Bytes::copy_from_slice(body);
    let kind = if header.first() == Some(&b'f') { "application/x-www-form-urlencoded" } else { "application/json" };
    let lines = [("Content-Type", Bytes::from(kind)), ("X-Any", Bytes::copy_from_slice(header))];
    let headers = Headers(lines.map(|(name, value)| (name.to_owned(), value)).into());
    let source = text(template);
    let template = Template::parse(source.as_ref());
    spans(&template);
    let (kept, empty) = (scope(&headers, &body), scope(&headers, &body));
    let rendered = template.render(&kept, MissingPolicy::Keep);
    assert!(rendered.text.len() <= MAX_OUTPUT_BYTES);
    assert!(template.render(&empty, MissingPolicy::Empty).text.len() <= MAX_OUTPUT_BYTES);
    if template.is_plain() && !rendered.cut {
        assert_eq!(rendered.text, source, "a text without fields stands for itself");
    }
    let shown = preview("title", &template, &kept, MissingPolicy::Keep);
    assert_eq!(shown.text, rendered.text, "the preview is what happens");
    for field in fields(&kept).items {
        let _ = kept.look(&field.path);
    }
}

/// The spans follow one another without gaps, on borders of characters.
fn spans(template: &Template) {
    let end = template.spans().iter().fold(0, |end, span| {
        assert_eq!(span.at().start, end);
        let _ = &template.source()[span.at()];
        span.at().end
    });
    assert_eq!(end, template.source().len());
}

fn scope<'a>(headers: &'a Headers, body: &'a Bytes) -> Scope<'a> {
    Scope::new(ScopeOf {
        delivery_id: "dlv_1",
        received_at: NOW,
        method: "POST",
        path: "/hooks/a",
        source: "github",
        event: Some("push"),
        event_id: None,
        headers,
        body,
        trigger_id: "trg_1",
        trigger_name: "a",
    })
}
