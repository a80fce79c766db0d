//! Rust, with the crates that everybody uses for this.

use super::plan::{Place, Plan, Proof, SECRETS, Time};
use crate::authenticate::{Encoding, KeyEncoding, Parse, Part, Unit};

fn literal(text: &str) -> String {
    format!("{text:?}")
}

pub(super) fn code(plan: &Plan<'_>) -> String {
    let notes = plan.notes("`body` is the raw body, before any extractor parses it: in axum take `Bytes`, not `Json`.");
    let mut lines: Vec<String> = notes.iter().map(|note| format!("// {note}")).collect();
    let address = plan.address(|name| format!("{name}: &str, "));
    let now = if plan.time.is_some() { ", now: i64" } else { "" };
    let mut body = vec![
        String::new(),
        match plan.time {
            Some(_) => "/// Whether the request is genuine. `header` finds a value by name in any case; `now`: seconds since 1970.",
            None => "/// Whether the request is genuine. `header` finds a value by name in any case.",
        }
        .to_owned(),
        format!("pub fn verify<'r>({address}header: impl Fn(&str) -> Option<&'r str>, body: &[u8]{now}) -> bool {{"),
    ];
    body.extend(fixed(plan));
    body.extend(candidates(plan));
    body.extend(plan.time.iter().flat_map(time));
    if !plan.ids.is_empty() {
        body.push(format!("    let Some(id) = {} else {{ return false }};", first(&plan.ids)));
    }
    let [secret, old] = SECRETS;
    body.push(format!(
        "    let secrets = [\"{secret}\", \"{old}\"].into_iter().filter_map(|name| std::env::var(name).ok());"
    ));
    body.push("    secrets.filter(|secret| !secret.is_empty()).any(|secret| {".to_owned());
    body.extend(expected(plan).into_iter().map(|line| format!("        {line}")));
    let given = match plan.digests() && plan.scheme.encoding == Encoding::Hex {
        true => "given.to_ascii_lowercase()",
        false => "given",
    };
    body.push(format!(
        "        candidates.iter().any(|given| bool::from({given}.as_bytes().ct_eq(expected.as_bytes())))"
    ));
    body.extend(["    })", "}"].map(str::to_owned));
    lines.extend(uses(plan, &body));
    if !plan.digests() {
        body.insert(1, "#[allow(unused_variables)] // A token says nothing of the body.".to_owned());
    }
    lines.extend(body);
    lines.join("\n") + "\n"
}

fn uses(plan: &Plan<'_>, body: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    if body.iter().any(|line| line.contains("BASE64")) {
        lines.push("use base64::Engine as _;".to_owned());
    }
    lines.extend(match plan.proof {
        Proof::Hmac(hash) => vec!["use hmac::{Hmac, KeyInit, Mac};".to_owned(), format!("use {}", hash_use(hash))],
        Proof::Hash => vec!["use sha2::{Digest, Sha256};".to_owned()],
        Proof::Secret | Proof::Basic => Vec::new(),
    });
    lines.push("use subtle::ConstantTimeEq;".to_owned());
    lines
}

fn hash_use(hash: &str) -> &'static str {
    match hash {
        "sha1" => "sha1::Sha1;",
        "sha512" => "sha2::Sha512;",
        _ => "sha2::Sha256;",
    }
}

fn first(names: &[&str]) -> String {
    let mut all = names.iter();
    let start = format!("header({})", literal(all.next().copied().unwrap_or_default()));
    all.fold(start, |found, name| format!("{found}.or_else(|| header({}))", literal(name)))
}

fn fixed(plan: &Plan<'_>) -> Vec<String> {
    let one = |(name, value): &(String, String)| {
        format!(
            "    if !header({}).is_some_and(|value| value.eq_ignore_ascii_case({})) {{ return false; }}",
            literal(name),
            literal(value)
        )
    };
    plan.scheme.fixed.iter().map(one).collect()
}

fn candidates(plan: &Plan<'_>) -> Vec<String> {
    if plan.scheme.every {
        let names: Vec<_> = plan.places.iter().map(|name| literal(name)).collect();
        let names = names.join(", ");
        return vec![format!(
            "    let candidates: Vec<&str> = [{names}].into_iter().filter_map(|name| header(name)).collect();"
        )];
    }
    let mut lines = vec![format!("    let given = {}.unwrap_or_default();", first(&plan.places))];
    match (&plan.scheme.parse, plan.prefix()) {
        (Parse::List { split, kv, pick }, _) => {
            // Blanks around an item do not count.
            let pick = pick.trim();
            lines.push(format!(
                "    let items = || given.split({split:?}).filter_map(|item| item.trim().split_once({kv:?}));"
            ));
            let pick = literal(pick);
            lines.push(format!(
                "    let candidates: Vec<&str> = items().filter(|item| item.0 == {pick}).map(|item| item.1).collect();"
            ));
        }
        (_, ("", _)) => {
            lines.push(
                "    let candidates: Vec<&str> = Some(given).filter(|given| !given.is_empty()).into_iter().collect();"
                    .to_owned(),
            );
        }
        (_, (prefix, any_case)) => {
            let length = prefix.len();
            let there = match any_case {
                true => format!(
                    "given.get(..{length}).filter(|start| start.eq_ignore_ascii_case({})).map(|_| &given[{length}..])",
                    literal(prefix)
                ),
                false => format!("given.strip_prefix({})", literal(prefix)),
            };
            lines.push(format!("    let candidates: Vec<&str> = {there}.into_iter().collect();"));
        }
    }
    lines
}

fn time(time: &Time<'_>) -> Vec<String> {
    let read = match &time.place {
        Place::Headers(names) => format!("{}.unwrap_or_default()", first(names)),
        Place::Item(key, _) => format!("items().find(|item| item.0 == {}).map_or(\"\", |item| item.1)", literal(key)),
    };
    let mut lines = vec![format!("    let ts = {read};")];
    if time.unit == Unit::Rfc3339 {
        lines.push(
            "    let Ok(at) = ts.parse::<jiff::Timestamp>().map(|at| at.as_second()) else { return false };".to_owned(),
        );
    } else {
        lines.push("    let Ok(at) = ts.parse::<u64>().map(|at| at as i64) else { return false };".to_owned());
        match time.unit {
            Unit::Milliseconds => lines.push("    let at = at / 1000;".to_owned()),
            Unit::AnyOfThree => {
                lines.push("    let at = if at > 1_000_000_000_000 { at / 1000 } else { at };".to_owned())
            }
            Unit::Seconds | Unit::Rfc3339 => {}
        }
    }
    let (past, future) = (time.tolerance.past, time.tolerance.future);
    lines.push(format!("    if !(-{future}..={past}).contains(&now.saturating_sub(at)) {{ return false; }}"));
    lines
}

fn expected(plan: &Plan<'_>) -> Vec<String> {
    const ENGINE: &str = "base64::prelude::BASE64_STANDARD";
    let hash = match plan.proof {
        Proof::Secret => return vec!["let expected = secret;".to_owned()],
        Proof::Basic => return vec![format!("let expected = {ENGINE}.encode(secret);")],
        Proof::Hmac("sha1") => "Sha1",
        Proof::Hmac("sha512") => "Sha512",
        Proof::Hmac(_) | Proof::Hash => "Sha256",
    };
    let reading = &plan.scheme.key_reading;
    let mut lines: Vec<_> = vec!["let key = secret.as_str();".to_owned()];
    lines.extend(
        reading.strip.iter().map(|prefix| format!("let key = key.strip_prefix({}).unwrap_or(key);", literal(prefix))),
    );
    match reading.encoding {
        KeyEncoding::Utf8 => lines.push("let key = key.as_bytes();".to_owned()),
        KeyEncoding::Base64 => lines.push(
            "let Ok(key) = base64::prelude::BASE64_STANDARD_NO_PAD.decode(key.trim_end_matches('=')) else { return false };".to_owned(),
        ),
        KeyEncoding::Hex => lines.push("let Ok(key) = hex::decode(key) else { return false };".to_owned()),
    }
    lines.push(match plan.proof {
        Proof::Hash => "let mut digest = Sha256::new();".to_owned(),
        _ => format!("let Ok(mut digest) = Hmac::<{hash}>::new_from_slice(key.as_ref()) else {{ return false }};"),
    });
    let part = |part: &Part| match part {
        Part::Text(text) => format!("{}.as_bytes()", literal(text)),
        Part::Body | Part::Payload => "body".to_owned(),
        Part::Timestamp => "ts.as_bytes()".to_owned(),
        Part::Id => "id.as_bytes()".to_owned(),
        Part::Method => "method.to_ascii_uppercase().as_bytes()".to_owned(),
        Part::Url => "url.as_bytes()".to_owned(),
        Part::Secret => "key".to_owned(),
        Part::FormSorted | Part::Json(_) | Part::Fields(_) | Part::Crc32 | Part::Label => "b\"\"".to_owned(),
    };
    lines.extend(plan.parts().iter().map(|one| format!("digest.update({});", part(one))));
    let bytes = if plan.proof == Proof::Hash { "digest.finalize()" } else { "digest.finalize().into_bytes()" };
    lines.push(match plan.scheme.encoding {
        Encoding::Hex => format!("let expected = hex::encode({bytes});"),
        Encoding::Base64 => format!("let expected = {ENGINE}.encode({bytes});"),
        Encoding::Base64UrlNoPad => format!("let expected = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode({bytes});"),
    });
    lines
}
