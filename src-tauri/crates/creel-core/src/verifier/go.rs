//! Go's own library.

use super::plan::{Place, Plan, Proof, SECRETS, Time};
use crate::authenticate::{Encoding, KeyEncoding, Parse, Part, Unit};

/// What the code may need, and how it is named in it.
const PACKAGES: &[(&str, &str)] = &[
    ("crypto/hmac", "hmac."),
    ("crypto/sha1", "sha1."),
    ("crypto/sha256", "sha256."),
    ("crypto/sha512", "sha512."),
    ("crypto/subtle", "subtle."),
    ("encoding/base64", "base64."),
    ("encoding/hex", "hex."),
    ("net/http", "http."),
    ("os", "os."),
    ("strconv", "strconv."),
    ("strings", "strings."),
    ("time", "time."),
];

/// A JSON string is a string of Go.
fn literal(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

pub(super) fn code(plan: &Plan<'_>) -> String {
    let notes = plan
        .notes("body is the raw body, read before it is parsed: io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20)).");
    let address = plan.address(|name| format!("{name} string, "));
    let mut body = vec![
        "// Verify says whether the request is genuine.".to_owned(),
        format!("func Verify({address}header http.Header, body []byte, now time.Time) bool {{"),
    ];
    body.extend(fixed(plan));
    body.extend(candidates(plan));
    body.extend(plan.time.iter().flat_map(time));
    if !plan.ids.is_empty() {
        body.extend(first("id", &plan.ids));
        body.extend(refuse("id == \"\""));
    }
    let [secret, old] = SECRETS;
    body.push(format!("\tfor _, name := range []string{{\"{secret}\", \"{old}\"}} {{"));
    body.push("\t\tsecret := os.Getenv(name)".to_owned());
    body.extend(["\t\tif secret == \"\" {", "\t\t\tcontinue", "\t\t}"].map(str::to_owned));
    body.extend(expected(plan).into_iter().map(|line| format!("\t\t{line}")));
    let given = match plan.digests() && plan.scheme.encoding == Encoding::Hex {
        true => "strings.ToLower(given)",
        false => "given",
    };
    body.extend([
        "\t\tfor _, given := range candidates {".to_owned(),
        format!("\t\t\tif subtle.ConstantTimeCompare([]byte({given}), []byte(expected)) == 1 {{"),
        "\t\t\t\treturn true".to_owned(),
        "\t\t\t}".to_owned(),
        "\t\t}".to_owned(),
        "\t}".to_owned(),
        "\treturn false".to_owned(),
        "}".to_owned(),
    ]);
    let used = |name: &str| {
        body.iter()
            .any(|line| line.split(|c: char| !c.is_alphanumeric() && c != '.').any(|word| word.starts_with(name)))
    };
    let imports = PACKAGES.iter().filter(|(_, name)| used(name)).map(|(path, _)| format!("\t\"{path}\""));
    let mut lines = vec!["package webhook".to_owned(), String::new(), "import (".to_owned()];
    lines.extend(imports);
    lines.extend([")".to_owned(), String::new()]);
    lines.extend(notes.iter().map(|note| format!("// {note}")));
    lines.push(String::new());
    lines.extend(body);
    lines.join("\n") + "\n"
}

fn refuse(condition: &str) -> Vec<String> {
    vec![format!("\tif {condition} {{"), "\t\treturn false".to_owned(), "\t}".to_owned()]
}

/// The first of these headers that is there.
fn first(variable: &str, names: &[&str]) -> Vec<String> {
    let mut lines =
        vec![format!("\t{variable} := header.Get({})", literal(names.first().copied().unwrap_or_default()))];
    // The first stands above.
    for name in names.iter().skip(1) {
        lines.push(format!("\tif {variable} == \"\" {{"));
        lines.push(format!("\t\t{variable} = header.Get({})", literal(name)));
        lines.push("\t}".to_owned());
    }
    lines
}

fn fixed(plan: &Plan<'_>) -> Vec<String> {
    let one = |(name, value): &(String, String)| {
        refuse(&format!("!strings.EqualFold(header.Get({}), {})", literal(name), literal(value)))
    };
    plan.scheme.fixed.iter().flat_map(one).collect()
}

fn candidates(plan: &Plan<'_>) -> Vec<String> {
    let mut lines = vec!["\tvar candidates []string".to_owned()];
    if plan.scheme.every {
        let names: Vec<_> = plan.places.iter().map(|name| literal(name)).collect();
        lines.push(format!("\tfor _, name := range []string{{{}}} {{", names.join(", ")));
        lines.push("\t\tif given := header.Get(name); given != \"\" {".to_owned());
        lines.extend(["\t\t\tcandidates = append(candidates, given)", "\t\t}", "\t}"].map(str::to_owned));
        return lines;
    }
    lines.extend(first("given", &plan.places));
    match (&plan.scheme.parse, plan.prefix()) {
        (Parse::List { split, kv, pick }, _) => {
            // Blanks around an item do not count.
            let pick = pick.trim();
            if let Some(Time { place: Place::Item(..), .. }) = plan.time {
                lines.push("\tts := \"\"".to_owned());
            }
            lines.push(format!("\tfor _, item := range strings.Split(given, {}) {{", literal(&split.to_string())));
            lines.push(format!(
                "\t\tswitch key, value, _ := strings.Cut(strings.TrimSpace(item), {}); key {{",
                literal(&kv.to_string())
            ));
            lines.push(format!("\t\tcase {}:", literal(pick)));
            lines.push("\t\t\tcandidates = append(candidates, value)".to_owned());
            if let Some(Time { place: Place::Item(key, _), .. }) = plan.time {
                lines.push(format!("\t\tcase {}:", literal(key)));
                lines.push("\t\t\tts = value".to_owned());
            }
            lines.extend(["\t\t}", "\t}"].map(str::to_owned));
        }
        (_, ("", _)) => {
            lines.extend(
                ["\tif given != \"\" {", "\t\tcandidates = append(candidates, given)", "\t}"].map(str::to_owned),
            );
        }
        (_, (prefix, any_case)) => {
            let length = prefix.len();
            let there = match any_case {
                true => format!("len(given) >= {length} && strings.EqualFold(given[:{length}], {})", literal(prefix)),
                false => format!("strings.HasPrefix(given, {})", literal(prefix)),
            };
            lines.push(format!("\tif {there} {{"));
            lines.push(format!("\t\tcandidates = append(candidates, given[{length}:])"));
            lines.push("\t}".to_owned());
        }
    }
    lines
}

fn time(time: &Time<'_>) -> Vec<String> {
    let mut lines = match &time.place {
        Place::Headers(names) => first("ts", names),
        Place::Item(..) => Vec::new(),
    };
    if time.unit == Unit::Rfc3339 {
        lines.push("\tat, err := time.Parse(time.RFC3339Nano, ts)".to_owned());
        lines.extend(refuse("err != nil"));
        lines.push("\tage := now.Unix() - at.Unix()".to_owned());
    } else {
        lines.push("\tat, err := strconv.ParseInt(ts, 10, 64)".to_owned());
        lines.extend(refuse("err != nil || at < 0"));
        match time.unit {
            Unit::Milliseconds => lines.push("\tage := now.Unix() - at/1000".to_owned()),
            Unit::AnyOfThree => {
                lines.extend(
                    ["\tif at > 1e12 {", "\t\tat /= 1000", "\t}", "\tage := now.Unix() - at"].map(str::to_owned),
                );
            }
            Unit::Seconds | Unit::Rfc3339 => lines.push("\tage := now.Unix() - at".to_owned()),
        }
    }
    let (past, future) = (time.tolerance.past, time.tolerance.future);
    lines.extend(refuse(&format!("age > {past} || age < -{future}")));
    lines
}

fn expected(plan: &Plan<'_>) -> Vec<String> {
    let start = match plan.proof {
        Proof::Secret => return vec!["expected := secret".to_owned()],
        Proof::Basic => return vec!["expected := base64.StdEncoding.EncodeToString([]byte(secret))".to_owned()],
        Proof::Hmac("sha512") => "hmac.New(sha512.New, key)".to_owned(),
        Proof::Hmac(hash) => format!("hmac.New({hash}.New, key)"),
        Proof::Hash => "sha256.New()".to_owned(),
    };
    let reading = &plan.scheme.key_reading;
    let text = reading
        .strip
        .iter()
        .fold("secret".to_owned(), |text, prefix| format!("strings.TrimPrefix({text}, {})", literal(prefix)));
    let decoded = |call: &str| {
        let lines =
            [format!("key, err := {call}"), "if err != nil {".to_owned(), "\treturn false".to_owned(), "}".to_owned()];
        lines.to_vec()
    };
    let mut lines = match reading.encoding {
        KeyEncoding::Utf8 => vec![format!("key := []byte({text})")],
        KeyEncoding::Base64 => {
            decoded(&format!("base64.RawStdEncoding.DecodeString(strings.TrimRight({text}, \"=\"))"))
        }
        KeyEncoding::Hex => decoded(&format!("hex.DecodeString({text})")),
    };
    lines.push(format!("digest := {start}"));
    let part = |part: &Part| match part {
        Part::Text(text) => format!("[]byte({})", literal(text)),
        Part::Body | Part::Payload => "body".to_owned(),
        Part::Timestamp => "[]byte(ts)".to_owned(),
        Part::Id => "[]byte(id)".to_owned(),
        Part::Method => "[]byte(strings.ToUpper(method))".to_owned(),
        Part::Url => "[]byte(url)".to_owned(),
        Part::Secret => "key".to_owned(),
        Part::FormSorted | Part::Json(_) | Part::Fields(_) | Part::Crc32 | Part::Label => "nil".to_owned(),
    };
    lines.extend(plan.parts().iter().map(|one| format!("digest.Write({})", part(one))));
    let written = match plan.scheme.encoding {
        Encoding::Hex => "hex.EncodeToString",
        Encoding::Base64 => "base64.StdEncoding.EncodeToString",
        Encoding::Base64UrlNoPad => "base64.RawURLEncoding.EncodeToString",
    };
    lines.push(format!("expected := {written}(digest.Sum(nil))"));
    if plan.proof == Proof::Hash && !plan.parts().contains(&Part::Secret) {
        lines.push("_ = key".to_owned());
    }
    lines
}
