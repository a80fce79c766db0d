//! A shell script with openssl, called as CGI programs are: headers in the environment.

use super::plan::{Place, Plan, Proof, SECRETS, Time};
use crate::authenticate::{Encoding, KeyEncoding, Parse, Part, Unit};

const HEX: &str = "od -An -v -tx1 | tr -d ' \\n'";

/// Text inside single quotes of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

pub(super) fn code(plan: &Plan<'_>) -> String {
    let raw = "Usage: verify.sh BODY_FILE, with the headers in the environment as CGI has them; ends with 0 when it is genuine.";
    let mut lines = vec!["#!/bin/sh".to_owned()];
    lines.extend(plan.notes(raw).iter().map(|note| format!("# {note}")));
    if plan.needs_address() {
        lines.push("# The address is in $URL, the method in $REQUEST_METHOD.".to_owned());
    }
    lines.push("# Needs openssl, od and tr. While it runs, other users of the machine may see the key among openssl's arguments.".to_owned());
    lines.push("set -f".to_owned());
    lines.push("same() { [ \"$(printf %s \"$1\" | openssl dgst -sha256 -r)\" = \"$(printf %s \"$2\" | openssl dgst -sha256 -r)\" ]; }".to_owned());
    lines.push("lower() { printf %s \"$1\" | tr 'A-Z' 'a-z'; }".to_owned());
    lines.extend(fixed(plan));
    lines.extend(candidates(plan));
    lines.extend(plan.time.iter().flat_map(time));
    if !plan.ids.is_empty() {
        lines.push(format!("id={}", first(&plan.ids)));
        lines.push("[ -n \"$id\" ] || exit 1".to_owned());
    }
    let [secret, old] = SECRETS;
    lines.push(format!("for secret in \"${secret}\" \"${old}\"; do"));
    lines.push("  [ -n \"$secret\" ] || continue".to_owned());
    lines.extend(expected(plan).into_iter().map(|line| format!("  {line}")));
    let given = match plan.digests() && plan.scheme.encoding == Encoding::Hex {
        true => "$(lower \"$given\")",
        false => "$given",
    };
    lines.push("  while IFS= read -r given; do".to_owned());
    lines.push(format!("    [ -n \"$given\" ] && same \"{given}\" \"$expected\" && exit 0"));
    lines.extend(["  done <<END", "$candidates", "END", "done", "exit 1"].map(str::to_owned));
    lines.join("\n") + "\n"
}

/// A line of sed that prints what stands behind `start`, in lines that begin with it.
fn pattern(start: &str) -> String {
    let special = |c: char| matches!(c, '.' | '*' | '[' | ']' | '^' | '$' | '/' | '\\');
    let escaped: String = start.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect();
    quoted(&format!("s/^{escaped}//p"))
}

/// The variable in which CGI has a header.
fn variable(name: &str) -> String {
    format!("HTTP_{}", name.to_ascii_uppercase().replace('-', "_"))
}

fn first(names: &[&str]) -> String {
    let nested = names.iter().rev().fold(String::new(), |rest, name| format!("${{{}:-{rest}}}", variable(name)));
    format!("\"{nested}\"")
}

fn fixed(plan: &Plan<'_>) -> Vec<String> {
    let one = |(name, value): &(String, String)| {
        format!("[ \"$(lower \"${}\")\" = {} ] || exit 1", variable(name), quoted(&value.to_lowercase()))
    };
    plan.scheme.fixed.iter().map(one).collect()
}

fn candidates(plan: &Plan<'_>) -> Vec<String> {
    if plan.scheme.every {
        let all: Vec<_> = plan.places.iter().map(|name| format!("\"${}\"", variable(name))).collect();
        return vec![format!("candidates=$(printf '%s\\n' {})", all.join(" "))];
    }
    let mut lines = vec![format!("header={}", first(&plan.places))];
    match (&plan.scheme.parse, plan.prefix()) {
        (Parse::List { split, kv, pick }, _) => {
            // Blanks around an item do not count.
            let pick = pick.trim();
            let split = quoted(&split.to_string());
            lines.push(format!("items=$(printf '%s\\n' \"$header\" | tr {split} '\\n' | sed 's/^ *//; s/ *$//')"));
            lines.push(format!("candidates=$(printf '%s\\n' \"$items\" | sed -n {})", pattern(&format!("{pick}{kv}"))));
        }
        (_, ("", _)) => lines.push("candidates=$header".to_owned()),
        (_, (prefix, any_case)) => {
            let (there, start) = match any_case {
                true => ("$(lower \"$header\")", prefix.to_lowercase()),
                false => ("$header", prefix.to_owned()),
            };
            lines.push(format!("case \"{there}\" in {}*) ;; *) exit 1 ;; esac", quoted(&start)));
            lines.push(format!("candidates=$(printf %s \"$header\" | cut -c{}-)", prefix.chars().count() + 1));
        }
    }
    lines
}

fn time(time: &Time<'_>) -> Vec<String> {
    let read = match &time.place {
        Place::Headers(names) => first(names),
        Place::Item(key, kv) => {
            let start = pattern(&format!("{key}{kv}"));
            format!("$(printf '%s\\n' \"$items\" | sed -n {start} | head -n 1)")
        }
    };
    let mut lines = vec![format!("ts={read}")];
    if time.unit == Unit::Rfc3339 {
        lines.push("at=$(date -u -d \"$ts\" +%s 2>/dev/null) || exit 1 # GNU date".to_owned());
    } else {
        lines.push("case \"$ts\" in ''|0*|*[!0-9]*|?????????????????*) exit 1 ;; esac".to_owned());
        lines.push(match time.unit {
            Unit::Milliseconds => "at=$((ts / 1000))".to_owned(),
            Unit::AnyOfThree => "at=$ts; [ ${#ts} -lt 13 ] || at=$((ts / 1000))".to_owned(),
            Unit::Seconds | Unit::Rfc3339 => "at=$ts".to_owned(),
        });
    }
    let (past, future) = (time.tolerance.past, time.tolerance.future);
    lines.push("age=$(($(date +%s) - at))".to_owned());
    lines.push(format!("[ \"$age\" -le {past} ] && [ \"$age\" -ge -{future} ] || exit 1"));
    lines
}

fn expected(plan: &Plan<'_>) -> Vec<String> {
    match plan.proof {
        Proof::Secret => return vec!["expected=$secret".to_owned()],
        Proof::Basic => return vec!["expected=$(printf %s \"$secret\" | openssl base64 -A)".to_owned()],
        Proof::Hmac(_) | Proof::Hash => {}
    }
    let reading = &plan.scheme.key_reading;
    let mut lines = vec!["key=$secret".to_owned()];
    lines.extend(reading.strip.iter().map(|prefix| format!("key=${{key#{}}}", quoted(prefix))));
    let hex = match reading.encoding {
        KeyEncoding::Utf8 => format!("$(printf %s \"$key\" | {HEX})"),
        KeyEncoding::Base64 => format!("$(printf %s \"$key\" | openssl base64 -d -A | {HEX})"),
        KeyEncoding::Hex => "$key".to_owned(),
    };
    let part = |part: &Part| match part {
        Part::Text(text) => format!("printf %s {}", quoted(text)),
        Part::Body | Part::Payload => "cat \"$1\"".to_owned(),
        Part::Timestamp => "printf %s \"$ts\"".to_owned(),
        Part::Id => "printf %s \"$id\"".to_owned(),
        Part::Method => "printf %s \"$REQUEST_METHOD\"".to_owned(),
        Part::Url => "printf %s \"$URL\"".to_owned(),
        Part::Secret => "printf %s \"$key\"".to_owned(),
        Part::FormSorted | Part::Json(_) | Part::Fields(_) | Part::Crc32 | Part::Label => ":".to_owned(),
    };
    let parts: Vec<_> = plan.parts().iter().map(part).collect();
    let digest = match plan.proof {
        Proof::Hmac(hash) => format!("openssl dgst -{hash} -mac HMAC -macopt hexkey:\"{hex}\" -binary"),
        _ => "openssl dgst -sha256 -binary".to_owned(),
    };
    let written = match plan.scheme.encoding {
        Encoding::Hex => HEX.to_owned(),
        Encoding::Base64 => "openssl base64 -A".to_owned(),
        Encoding::Base64UrlNoPad => "openssl base64 -A | tr '+/' '-_' | tr -d '='".to_owned(),
    };
    lines.push(format!("expected=$({{ {}; }} | {digest} | {written})", parts.join("; ")));
    lines
}
