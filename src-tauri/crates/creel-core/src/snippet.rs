//! A request as code that sends it: a delivery again, or one that a trigger takes. What proves it is computed from
//! `$SECRET`, and a token is read from `$TOKEN`: neither is ever written into the text.

use crate::api::deliveries::SnippetLanguage;
use crate::authenticate::{Algo, Encoding, KeyEncoding, Parse, Part, Scheme, Selector, TimestampRule, Unit};
use crate::headers::{is_credential, text};
use crate::receive::Headers;

/// What is sent.
pub struct Sending<'a> {
    /// Upper case.
    pub method: &'a str,
    /// In full.
    pub url: &'a str,
    /// As received.
    pub headers: &'a Headers,
    /// As received.
    pub body: &'a [u8],
    /// How it is signed.
    pub scheme: Option<&'a Scheme>,
    /// It carries a bearer token.
    pub token: bool,
}

/// Headers that the sending program writes itself, or that would be wrong.
const LEFT_OUT: &[&str] =
    &["host", "content-length", "connection", "transfer-encoding", "accept-encoding", "x-creel-replay"];

/// The code.
pub fn snippet(language: SnippetLanguage, sending: &Sending<'_>) -> String {
    let text = match language {
        SnippetLanguage::Curl => shell(sending, &curl(sending)),
        SnippetLanguage::Httpie => shell(sending, &httpie(sending)),
        SnippetLanguage::Fetch => fetch(sending),
        SnippetLanguage::Python => python(sending),
    };
    let Some(scheme) = sending.scheme.filter(|scheme| !is_written(scheme)) else { return text };
    let mark = if language == SnippetLanguage::Fetch { "//" } else { "#" };
    format!("{mark} the signature of {} is not computed here: replay the delivery to sign it\n{text}", scheme.name)
}

/// Whether the text computes the proof.
fn is_written(scheme: &Scheme) -> bool {
    scheme.algo == Algo::Token && header_of(&scheme.signature).is_some() || recipe(Some(scheme)).is_some()
}

/// The header lines that are written into the code: neither the signature's own nor credentials.
fn kept(sending: &Sending<'_>) -> Vec<(String, String)> {
    let own: Vec<_> = sending.scheme.map(Scheme::headers).unwrap_or_default();
    let plain = |name: &str| {
        !LEFT_OUT.iter().chain(own.iter()).any(|other| other.eq_ignore_ascii_case(name)) && !is_credential(name)
    };
    sending.headers.0.iter().filter(|(name, _)| plain(name)).map(|(name, value)| (name.clone(), text(value))).collect()
}

/// How the scheme is written down in a script, or `None` where it takes more than one HMAC over known parts.
struct Recipe<'a> {
    hash: &'static str,
    parts: &'a [Part],
    header: &'a str,
    prefix: String,
    encoding: Encoding,
    id_header: Option<&'a str>,
    time_header: Option<&'a str>,
    strip: bool,
}

fn recipe<'a>(scheme: Option<&'a Scheme>) -> Option<Recipe<'a>> {
    let scheme = scheme?;
    let hash = match scheme.algo {
        Algo::HmacSha1 => "sha1",
        Algo::HmacSha256 => "sha256",
        Algo::HmacSha512 => "sha512",
        Algo::Token
        | Algo::Basic
        | Algo::Sha256
        | Algo::Ed25519
        | Algo::EcdsaP256
        | Algo::RsaSha256
        | Algo::RsaSha1 => return None,
    };
    if !is_plain(scheme) {
        return None;
    }
    let prefix = match &scheme.parse {
        Parse::Prefix(prefix) | Parse::AnyCasePrefix(prefix) => prefix.clone(),
        Parse::List { split, kv, pick } => match scheme.timestamp.as_ref().and_then(|rule| rule.from.first()) {
            Some(Selector::Sig(name)) => format!("{name}{kv}$TS{split}{pick}{kv}"),
            _ => format!("{pick}{kv}"),
        },
    };
    Some(Recipe {
        hash,
        parts: &scheme.signed,
        header: header_of(&scheme.signature)?,
        prefix,
        encoding: scheme.encoding,
        id_header: scheme.id.as_ref().and_then(|rule| header_of(&rule.from)),
        time_header: scheme.timestamp.as_ref().and_then(|rule| header_of(&rule.from)),
        strip: scheme.key_reading.encoding == KeyEncoding::Base64,
    })
}

/// Whether seconds, an id and the body in one HMAC are all that it takes.
fn is_plain(scheme: &Scheme) -> bool {
    let part = |part: &Part| matches!(part, Part::Text(_) | Part::Body | Part::Timestamp | Part::Id);
    let seconds = |rule: &TimestampRule| {
        let there = matches!(rule.from.first(), Some(Selector::Header(_) | Selector::Sig(_)));
        there && matches!(rule.unit, Unit::Seconds | Unit::AnyOfThree)
    };
    let reading = &scheme.key_reading;
    let key = match reading.encoding {
        KeyEncoding::Utf8 => true,
        KeyEncoding::Base64 => reading.strip.is_empty() || reading.strip.iter().any(|prefix| prefix == "whsec_"),
        KeyEncoding::Hex => false,
    };
    scheme.signed.iter().all(part)
        && scheme.timestamp.as_ref().is_none_or(seconds)
        && key
        && scheme.fixed.is_empty()
        && scheme.encoding != Encoding::Base64UrlNoPad
}

fn header_of(from: &[Selector]) -> Option<&str> {
    from.iter().find_map(Selector::header)
}

impl Recipe<'_> {
    fn join(&self, body: &str, time: &str, id: &str, literal: impl Fn(&str) -> String, glue: &str) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(text) => literal(text),
            Part::Body => body.to_owned(),
            Part::Timestamp => time.to_owned(),
            Part::Id => id.to_owned(),
            Part::Method
            | Part::Url
            | Part::Payload
            | Part::FormSorted
            | Part::Secret
            | Part::Json(_)
            | Part::Fields(_)
            | Part::Crc32
            | Part::Label => literal(""),
        });
        parts.collect::<Vec<_>>().join(glue)
    }
}

/// Text inside single quotes of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The lines before the request: body, time, id, signature.
fn shell(sending: &Sending<'_>, request: &str) -> String {
    let body = String::from_utf8_lossy(sending.body);
    let mut lines: Vec<_> = needs(sending).map(|needs| format!("# needs: {needs}")).into_iter().collect();
    lines.push(format!("BODY={}", quoted(&body)));
    if let Some(recipe) = recipe(sending.scheme) {
        lines.push("TS=\"$(date +%s)\"".to_owned());
        lines.push("ID=\"$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen)\"".to_owned());
        let signed = recipe.join("${BODY}", "${TS}", "${ID}", |text| text.replace('$', "\\$"), "");
        let key = if recipe.strip {
            "-mac HMAC -macopt hexkey:\"$(printf '%s' \"${SECRET#whsec_}\" | base64 -d | od -An -v -tx1 | tr -d ' \\n')\"".to_owned()
        } else {
            "-hmac \"$SECRET\"".to_owned()
        };
        let write = match recipe.encoding {
            Encoding::Hex => format!("openssl dgst -{} {key} | awk '{{print $NF}}'", recipe.hash),
            Encoding::Base64 | Encoding::Base64UrlNoPad => {
                format!("openssl dgst -{} {key} -binary | base64 -w0", recipe.hash)
            }
        };
        lines.push(format!("SIG=\"$(printf '%s' \"{signed}\" | {write})\""));
    }
    lines.push(request.to_owned());
    lines.join("\n")
}

/// What the shell has to have, in words.
fn needs(sending: &Sending<'_>) -> Option<String> {
    let read = [("TOKEN", sending.token), ("SECRET", sending.scheme.is_some_and(is_written))];
    let names = read.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect::<Vec<_>>().join(" and ");
    let openssl = if recipe(sending.scheme).is_some() { ", openssl" } else { "" };
    (!names.is_empty()).then(|| format!("{names} in the environment{openssl}"))
}

/// The headers that are computed: name and the text with variables of a shell.
fn computed(sending: &Sending<'_>) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    if sending.token {
        headers.push(("Authorization".to_owned(), "Bearer $TOKEN".to_owned()));
    }
    let token = sending.scheme.filter(|scheme| scheme.algo == Algo::Token).and_then(|s| header_of(&s.signature));
    let prefix = |scheme: &Scheme| match &scheme.parse {
        Parse::Prefix(prefix) | Parse::AnyCasePrefix(prefix) => prefix.clone(),
        Parse::List { .. } => String::new(),
    };
    headers.extend(
        token.map(|name| (name.to_owned(), format!("{}$SECRET", sending.scheme.map(prefix).unwrap_or_default()))),
    );
    if let Some(recipe) = recipe(sending.scheme) {
        headers.push((recipe.header.to_owned(), format!("{}$SIG", recipe.prefix)));
        headers.extend(recipe.id_header.map(|name| (name.to_owned(), "$ID".to_owned())));
        headers.extend(recipe.time_header.map(|name| (name.to_owned(), "$TS".to_owned())));
    }
    headers
}

/// A header's text as an expression of JavaScript or Python, its variables being theirs; `environment` reads one.
fn expression(value: &str, environment: impl Fn(&str) -> String) -> String {
    let variables = [
        ("$SIG", "sig".to_owned()),
        ("$TS", "ts".to_owned()),
        ("$ID", "id".to_owned()),
        ("$SECRET", environment("SECRET")),
        ("$TOKEN", environment("TOKEN")),
    ];
    let mut text = literal(value);
    for (name, variable) in variables {
        text = text.replace(name, &format!("\" + {variable} + \""));
    }
    text.replace("\"\" + ", "").replace(" + \"\"", "")
}

fn curl(sending: &Sending<'_>) -> String {
    let mut lines = vec![format!("curl -i -X {} {}", sending.method, quoted(sending.url))];
    lines.extend(kept(sending).iter().map(|(name, value)| format!("  -H {}", quoted(&format!("{name}: {value}")))));
    lines.extend(computed(sending).iter().map(|(name, value)| format!("  -H \"{name}: {value}\"")));
    lines.push("  --data-binary \"$BODY\"".to_owned());
    lines.join(" \\\n")
}

fn httpie(sending: &Sending<'_>) -> String {
    let mut lines = vec![format!("printf '%s' \"$BODY\" | http {} {}", sending.method, quoted(sending.url))];
    lines.extend(kept(sending).iter().map(|(name, value)| format!("  {}", quoted(&format!("{name}:{value}")))));
    lines.extend(computed(sending).iter().map(|(name, value)| format!("  \"{name}:{value}\"")));
    lines.join(" \\\n")
}

/// A JSON string is a string of JavaScript and of Python.
fn literal(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn fetch(sending: &Sending<'_>) -> String {
    let mut lines = vec![
        "import crypto from \"node:crypto\";".to_owned(),
        format!("const body = {};", literal(&String::from_utf8_lossy(sending.body))),
        format!("const headers = {};", object(&kept(sending))),
    ];
    if let Some(recipe) = recipe(sending.scheme) {
        let key = if recipe.strip {
            "Buffer.from(process.env.SECRET.replace(/^whsec_/, \"\"), \"base64\")"
        } else {
            "process.env.SECRET"
        };
        let encoding = if matches!(recipe.encoding, Encoding::Hex) { "hex" } else { "base64" };
        let signed = recipe.join("body", "ts", "id", literal, " + ");
        lines.push("const ts = String(Math.floor(Date.now() / 1000));".to_owned());
        lines.push("const id = crypto.randomUUID();".to_owned());
        lines.push(format!(
            "const sig = crypto.createHmac(\"{}\", {key}).update({signed}).digest(\"{encoding}\");",
            recipe.hash
        ));
    }
    for (name, value) in computed(sending) {
        let value = expression(&value, |name| format!("process.env.{name}"));
        lines.push(format!("headers[{}] = {value};", literal(&name)));
    }
    lines.push(format!(
        "const answer = await fetch({}, {{ method: {}, headers, body }});\nconsole.log(answer.status, await answer.text());",
        literal(sending.url),
        literal(sending.method)
    ));
    lines.join("\n")
}

fn python(sending: &Sending<'_>) -> String {
    let mut lines = vec![
        "import base64, hashlib, hmac, os, time, urllib.error, urllib.request, uuid".to_owned(),
        format!("body = {}.encode()", literal(&String::from_utf8_lossy(sending.body))),
        format!("headers = {}", object(&kept(sending))),
    ];
    if let Some(recipe) = recipe(sending.scheme) {
        let key = if recipe.strip {
            "base64.b64decode(os.environ[\"SECRET\"].removeprefix(\"whsec_\"))"
        } else {
            "os.environ[\"SECRET\"].encode()"
        };
        let signed =
            recipe.join("body", "ts.encode()", "id.encode()", |text| format!("{}.encode()", literal(text)), " + ");
        let write =
            if matches!(recipe.encoding, Encoding::Hex) { "digest.hex()" } else { "base64.b64encode(digest).decode()" };
        lines.push("ts, id = str(int(time.time())), str(uuid.uuid4())".to_owned());
        lines.push(format!("digest = hmac.new({key}, {signed}, hashlib.{}).digest()", recipe.hash));
        lines.push(format!("sig = {write}"));
    }
    for (name, value) in computed(sending) {
        let value = expression(&value, |name| format!("os.environ[{}]", literal(name)));
        lines.push(format!("headers[{}] = {value}", literal(&name)));
    }
    lines.push(format!(
        "request = urllib.request.Request({}, data=body, headers=headers, method={})\ntry:\n    answer = urllib.request.urlopen(request)\nexcept urllib.error.HTTPError as error:\n    answer = error\nprint(answer.status, answer.read().decode())",
        literal(sending.url),
        literal(sending.method)
    ));
    lines.join("\n")
}

fn object(headers: &[(String, String)]) -> String {
    let fields: Vec<_> = headers.iter().map(|(name, value)| format!("{}: {}", literal(name), literal(value))).collect();
    format!("{{{}}}", fields.join(", "))
}
