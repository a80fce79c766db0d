//! Python's own library.

use super::plan::{Place, Plan, Proof, SECRETS, Time};
use crate::authenticate::{Encoding, KeyEncoding, Parse, Part, Unit};

/// A JSON string is a string of Python.
fn literal(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

pub(super) fn code(plan: &Plan<'_>) -> String {
    let notes = plan.notes("`body` is the raw body as bytes, before it is parsed: in Flask `request.get_data()`, in Django `request.body`.");
    let mut lines: Vec<String> = notes.iter().map(|note| format!("# {note}")).collect();
    let address = plan.address(|name| format!("{name}, "));
    let mut body = vec![
        String::new(),
        String::new(),
        format!("def verify({address}headers, body, now=None):"),
        "    \"\"\"Whether the request is genuine. `headers` finds a name in any case, as Flask's and Django's do.\"\"\"".to_owned(),
    ];
    body.extend(fixed(plan));
    body.extend(candidates(plan));
    body.extend(plan.time.iter().flat_map(time));
    if !plan.ids.is_empty() {
        body.push(format!("    sent_id = {}", first(&plan.ids)));
        body.push("    if not sent_id:".to_owned());
        body.push("        return False".to_owned());
    }
    let [secret, old] = SECRETS;
    body.push(format!("    for name in (\"{secret}\", \"{old}\"):"));
    body.push("        secret = os.environ.get(name)".to_owned());
    body.push("        if not secret:".to_owned());
    body.push("            continue".to_owned());
    body.extend(expected(plan).into_iter().map(|line| format!("        {line}")));
    let given = if plan.digests() && plan.scheme.encoding == Encoding::Hex { "given.lower()" } else { "given" };
    body.push(format!(
        "        if any(hmac.compare_digest({given}.encode(), expected.encode()) for given in candidates):"
    ));
    body.push("            return True".to_owned());
    body.push("    return False".to_owned());
    let used = |name: &&&str| body.iter().any(|line| line.contains(&format!("{name}.")));
    let modules = ["base64", "hashlib", "hmac", "os", "re", "time"];
    lines.extend(modules.iter().filter(used).map(|name| format!("import {name}")));
    if body.iter().any(|line| line.contains("datetime.")) {
        lines.push("from datetime import datetime".to_owned());
    }
    lines.extend(body);
    lines.join("\n") + "\n"
}

fn header(name: &str) -> String {
    format!("headers.get({})", literal(name))
}

fn first(names: &[&str]) -> String {
    let all: Vec<_> = names.iter().map(|name| header(name)).collect();
    format!("{} or \"\"", all.join(" or "))
}

fn fixed(plan: &Plan<'_>) -> Vec<String> {
    let one = |(name, value): &(String, String)| {
        let differs = format!("({} or \"\").lower() != {}", header(name), literal(&value.to_lowercase()));
        [format!("    if {differs}:"), "        return False".to_owned()]
    };
    plan.scheme.fixed.iter().flat_map(one).collect()
}

fn candidates(plan: &Plan<'_>) -> Vec<String> {
    if plan.scheme.every {
        let all: Vec<_> = plan.places.iter().map(|name| literal(name)).collect();
        return vec![
            format!("    names = ({},)", all.join(", ")),
            "    candidates = [headers.get(name) for name in names if headers.get(name)]".to_owned(),
        ];
    }
    let mut lines = vec![format!("    header = {}", first(&plan.places))];
    match (&plan.scheme.parse, plan.prefix()) {
        (Parse::List { split, kv, pick }, _) => {
            // Blanks around an item do not count.
            let pick = pick.trim();
            let (start, length) = (literal(&format!("{pick}{kv}")), pick.chars().count() + 1);
            lines.push(format!("    items = [item.strip() for item in header.split({})]", literal(&split.to_string())));
            lines.push(format!("    candidates = [item[{length}:] for item in items if item.startswith({start})]"));
        }
        (_, ("", _)) => lines.push("    candidates = [header] if header else []".to_owned()),
        (_, (prefix, any_case)) => {
            let (there, start) = match any_case {
                true => ("header.lower()", prefix.to_lowercase()),
                false => ("header", prefix.to_owned()),
            };
            let (start, length) = (literal(&start), prefix.chars().count());
            lines.push(format!("    candidates = [header[{length}:]] if {there}.startswith({start}) else []"));
        }
    }
    lines
}

fn time(time: &Time<'_>) -> Vec<String> {
    let read = match &time.place {
        Place::Headers(names) => first(names),
        Place::Item(key, kv) => {
            let (start, length) = (literal(&format!("{key}{kv}")), key.chars().count() + 1);
            format!("next((item[{length}:] for item in items if item.startswith({start})), \"\")")
        }
    };
    let mut lines = vec![format!("    ts = {read}")];
    let digits = ["    if not re.fullmatch(r\"[0-9]{1,16}\", ts):".to_owned(), "        return False".to_owned()];
    match time.unit {
        Unit::Seconds => lines.extend(digits.into_iter().chain(["    at = int(ts)".to_owned()])),
        Unit::Milliseconds => lines.extend(digits.into_iter().chain(["    at = int(ts) / 1000".to_owned()])),
        Unit::AnyOfThree => {
            let at = "    at = int(ts) / 1000 if int(ts) > 10**12 else int(ts)";
            lines.extend(digits.into_iter().chain([at.to_owned()]));
        }
        Unit::Rfc3339 => {
            let at = "        at = datetime.fromisoformat(re.sub(r\"\\.[0-9]+\", \"\", ts).replace(\"Z\", \"+00:00\")).timestamp()";
            lines.extend(["    try:", at, "    except ValueError:", "        return False"].map(str::to_owned));
        }
    }
    let (past, future) = (time.tolerance.past, time.tolerance.future);
    lines.push("    age = int(time.time() if now is None else now) - at".to_owned());
    lines.push(format!("    if not -{future} <= age <= {past}:"));
    lines.push("        return False".to_owned());
    lines
}

fn expected(plan: &Plan<'_>) -> Vec<String> {
    let start = match plan.proof {
        Proof::Secret => return vec!["expected = secret".to_owned()],
        Proof::Basic => return vec!["expected = base64.b64encode(secret.encode()).decode()".to_owned()],
        Proof::Hmac(hash) => format!("hmac.new(key, digestmod=hashlib.{hash})"),
        Proof::Hash => "hashlib.sha256()".to_owned(),
    };
    let reading = &plan.scheme.key_reading;
    let mut text = "secret".to_owned();
    for prefix in &reading.strip {
        text.push_str(&format!(".removeprefix({})", literal(prefix)));
    }
    let key = match reading.encoding {
        KeyEncoding::Utf8 => format!("{text}.encode()"),
        KeyEncoding::Base64 => format!("base64.b64decode({text} + \"==\")"),
        KeyEncoding::Hex => format!("bytes.fromhex({text})"),
    };
    let part = |part: &Part| match part {
        Part::Text(text) => format!("{}.encode()", literal(text)),
        Part::Body | Part::Payload => "body".to_owned(),
        Part::Timestamp => "ts.encode()".to_owned(),
        Part::Id => "sent_id.encode()".to_owned(),
        Part::Method => "method.upper().encode()".to_owned(),
        Part::Url => "url.encode()".to_owned(),
        Part::Secret => "key".to_owned(),
        Part::FormSorted | Part::Json(_) | Part::Fields(_) | Part::Crc32 | Part::Label => "b\"\"".to_owned(),
    };
    let parts: Vec<_> = plan.parts().iter().map(part).collect();
    let written = match plan.scheme.encoding {
        Encoding::Hex => "digest.hexdigest()",
        Encoding::Base64 => "base64.b64encode(digest.digest()).decode()",
        Encoding::Base64UrlNoPad => "base64.urlsafe_b64encode(digest.digest()).decode().rstrip(\"=\")",
    };
    vec![
        format!("key = {key}"),
        format!("digest = {start}"),
        format!("digest.update({})", parts.join(" + ")),
        format!("expected = {written}"),
    ]
}
