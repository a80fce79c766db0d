//! JavaScript for Node.

use super::plan::{Place, Plan, Proof, SECRETS, Time};
use crate::authenticate::{Encoding, KeyEncoding, Parse, Part, Unit};

/// A JSON string is a string of JavaScript.
fn literal(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

pub(super) fn code(plan: &Plan<'_>) -> String {
    let notes = plan.notes(
        "`body` is the raw body as a Buffer, before any JSON parser: in Express `express.raw({ type: \"*/*\" })`.",
    );
    let mut lines: Vec<String> = notes.iter().map(|note| format!("// {note}")).collect();
    let make = match plan.proof {
        Proof::Hmac(_) => "createHmac, ",
        Proof::Hash => "createHash, ",
        Proof::Secret | Proof::Basic => "",
    };
    let address = plan.address(|name| format!("{name}, "));
    let [secret, old] = SECRETS;
    lines.extend([
        format!("import {{ {make}timingSafeEqual }} from \"node:crypto\";"),
        String::new(),
        "function same(a, b) {".to_owned(),
        "  const [x, y] = [Buffer.from(a), Buffer.from(b)];".to_owned(),
        "  return x.length === y.length && timingSafeEqual(x, y);".to_owned(),
        "}".to_owned(),
        String::new(),
        WITHOUT.to_owned(),
        "/** Whether the request is genuine. Names in `headers` are in lower case, as Node has them. */".to_owned(),
        format!("export function verify({{ {address}headers, body }}, now = Date.now()) {{"),
    ]);
    lines.extend(fixed(plan));
    lines.extend(candidates(plan));
    lines.extend(plan.time.iter().flat_map(time));
    if !plan.ids.is_empty() {
        lines.push(format!("  const id = {};", first(&plan.ids)));
        lines.push("  if (!id) return false;".to_owned());
    }
    lines.push(format!("  const secrets = [process.env.{secret}, process.env.{old}].filter(Boolean);"));
    lines.push("  return secrets.some((secret) => {".to_owned());
    lines.extend(expected(plan).into_iter().map(|line| format!("    {line}")));
    let given = if plan.digests() && plan.scheme.encoding == Encoding::Hex { "given.toLowerCase()" } else { "given" };
    lines.push(format!("    return candidates.some((given) => same({given}, expected));"));
    lines.extend(["  });", "}"].map(str::to_owned));
    let strips = !plan.scheme.key_reading.strip.is_empty();
    lines.retain(|line| strips || line != WITHOUT);
    lines.join("\n") + "\n"
}

/// Takes a prefix off where it is there.
const WITHOUT: &str =
    "const without = (text, prefix) => (text.startsWith(prefix) ? text.slice(prefix.length) : text);\n";

fn header(name: &str) -> String {
    format!("headers[{}]", literal(&name.to_ascii_lowercase()))
}

fn first(names: &[&str]) -> String {
    let all: Vec<_> = names.iter().map(|name| header(name)).collect();
    format!("{} ?? \"\"", all.join(" ?? "))
}

fn fixed(plan: &Plan<'_>) -> Vec<String> {
    let one = |(name, value): &(String, String)| {
        format!("  if ({}?.toLowerCase() !== {}) return false;", header(name), literal(&value.to_lowercase()))
    };
    plan.scheme.fixed.iter().map(one).collect()
}

fn candidates(plan: &Plan<'_>) -> Vec<String> {
    if plan.scheme.every {
        let all: Vec<_> = plan.places.iter().map(|name| header(name)).collect();
        return vec![format!("  const candidates = [{}].filter(Boolean);", all.join(", "))];
    }
    let mut lines = vec![format!("  const header = {};", first(&plan.places))];
    match (&plan.scheme.parse, plan.prefix()) {
        (Parse::List { split, kv, pick }, _) => {
            // Blanks around an item do not count.
            let pick = pick.trim();
            let start = literal(&format!("{pick}{kv}"));
            let length = pick.chars().count() + 1;
            lines.push(format!(
                "  const items = header.split({}).map((item) => item.trim());",
                literal(&split.to_string())
            ));
            lines.push(format!(
                "  const candidates = items.filter((item) => item.startsWith({start})).map((item) => item.slice({length}));"
            ));
        }
        (_, ("", _)) => lines.push("  const candidates = header ? [header] : [];".to_owned()),
        (_, (prefix, any_case)) => {
            let (there, start) = match any_case {
                true => ("header.toLowerCase()", prefix.to_lowercase()),
                false => ("header", prefix.to_owned()),
            };
            let start = literal(&start);
            lines.push(format!(
                "  const candidates = {there}.startsWith({start}) ? [header.slice({})] : [];",
                prefix.chars().count()
            ));
        }
    }
    lines
}

fn time(time: &Time<'_>) -> Vec<String> {
    let read = match &time.place {
        Place::Headers(names) => first(names),
        Place::Item(key, kv) => {
            let (start, length) = (literal(&format!("{key}{kv}")), key.chars().count() + 1);
            format!("items.find((item) => item.startsWith({start}))?.slice({length}) ?? \"\"")
        }
    };
    let seconds = match time.unit {
        Unit::Seconds => "Number(ts)",
        Unit::Milliseconds => "Number(ts) / 1000",
        Unit::Rfc3339 => "Date.parse(ts) / 1000",
        Unit::AnyOfThree => "Number(ts) > 1e12 ? Number(ts) / 1000 : Number(ts)",
    };
    let mut lines = vec![format!("  const ts = {read};")];
    if time.unit != Unit::Rfc3339 {
        lines.push("  if (!/^[0-9]{1,16}$/.test(ts)) return false;".to_owned());
    }
    let (past, future) = (time.tolerance.past, time.tolerance.future);
    lines.push(format!("  const age = Math.floor(now / 1000) - ({seconds});"));
    lines.push(format!("  if (!(age <= {past} && age >= -{future})) return false;"));
    lines
}

fn expected(plan: &Plan<'_>) -> Vec<String> {
    let start = match plan.proof {
        Proof::Secret => return vec!["const expected = secret;".to_owned()],
        Proof::Basic => return vec!["const expected = Buffer.from(secret).toString(\"base64\");".to_owned()],
        Proof::Hmac(hash) => format!("createHmac(\"{hash}\", key)"),
        Proof::Hash => "createHash(\"sha256\")".to_owned(),
    };
    let reading = &plan.scheme.key_reading;
    let mut text = "secret".to_owned();
    for prefix in &reading.strip {
        text = format!("without({text}, {})", literal(prefix));
    }
    let key = match reading.encoding {
        KeyEncoding::Utf8 => text,
        KeyEncoding::Base64 => format!("Buffer.from({text}, \"base64\")"),
        KeyEncoding::Hex => format!("Buffer.from({text}, \"hex\")"),
    };
    let update = |part: &Part| match part {
        Part::Text(text) => format!(".update({})", literal(text)),
        Part::Body | Part::Payload => ".update(body)".to_owned(),
        Part::Timestamp => ".update(ts)".to_owned(),
        Part::Id => ".update(id)".to_owned(),
        Part::Method => ".update(method.toUpperCase())".to_owned(),
        Part::Url => ".update(url)".to_owned(),
        Part::Secret => ".update(key)".to_owned(),
        Part::FormSorted | Part::Json(_) | Part::Fields(_) | Part::Crc32 | Part::Label => String::new(),
    };
    let updates: String = plan.parts().iter().map(update).collect();
    let encoding = match plan.scheme.encoding {
        Encoding::Hex => "hex",
        Encoding::Base64 => "base64",
        Encoding::Base64UrlNoPad => "base64url",
    };
    vec![format!("const key = {key};"), format!("const expected = {start}{updates}.digest(\"{encoding}\");")]
}
