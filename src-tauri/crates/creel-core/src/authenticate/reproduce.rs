//! A shell line that computes a signature from `$SECRET` and a saved body: what a user compares with, without Creel.

use super::scheme::{Algo, Encoding, KeyEncoding, Parse, Part, Scheme};

/// The file that the line reads the body from.
pub const BODY_FILE: &str = "body.bin";

/// The line. It prints the signature's value as the scheme's header carries it (of a list: the item). `url`, `time` and
/// `id` are put in where they are signed; the secret never is.
pub fn reproduce(scheme: &Scheme, method: &str, url: &str, time: &str, id: &str) -> String {
    if scheme.algo == Algo::Token {
        return "printf '%s\\n' \"$SECRET\"".to_owned();
    }
    // A shell has no line for these.
    let beyond = |part: &Part| {
        matches!(
            part,
            Part::Payload
                | Part::FormSorted
                | Part::Json(_)
                | Part::Secret
                | Part::Fields(_)
                | Part::Crc32
                | Part::Label
        )
    };
    if scheme.has_public_key() || scheme.algo == Algo::Basic || scheme.signed.iter().any(beyond) {
        return String::new();
    }
    let mac = format!("openssl dgst -{} {} -binary", digest(scheme.algo), key(scheme));
    format!("{} | {mac} | {}{}", signed(scheme, [method, url, time, id]), encoded(scheme.encoding), prefix(scheme))
}

fn digest(algo: Algo) -> &'static str {
    match algo {
        Algo::HmacSha1 | Algo::RsaSha1 => "sha1",
        Algo::HmacSha512 => "sha512",
        Algo::HmacSha256
        | Algo::Sha256
        | Algo::Token
        | Algo::Basic
        | Algo::Ed25519
        | Algo::EcdsaP256
        | Algo::RsaSha256 => "sha256",
    }
}

/// Keys go in as hex, which also holds for binary ones and for those that begin with a dash.
fn key(scheme: &Scheme) -> String {
    let mut text = String::from("\"$SECRET\"");
    for (n, prefix) in scheme.key_reading.strip.iter().enumerate() {
        text = match n {
            0 => format!("\"${{SECRET#{prefix}}}\""),
            _ => format!("\"$(s={text}; printf %s \"${{s#{prefix}}}\")\""),
        };
    }
    let hex = "od -An -v -tx1 | tr -d ' \\n'";
    let hex = match scheme.key_reading.encoding {
        KeyEncoding::Utf8 => format!("printf %s {text} | {hex}"),
        KeyEncoding::Base64 => format!("printf %s {text} | openssl base64 -d -A | {hex}"),
        KeyEncoding::Hex => format!("printf %s {text}"),
    };
    format!("-mac HMAC -macopt hexkey:\"$({hex})\"")
}

fn signed(scheme: &Scheme, [method, url, time, id]: [&str; 4]) -> String {
    if scheme.signed == [Part::Body] {
        return format!("cat {BODY_FILE}");
    }
    let mut commands = Vec::new();
    let mut text = String::new();
    for part in &scheme.signed {
        match part {
            Part::Text(more) => text.push_str(more),
            Part::Timestamp => text.push_str(time),
            Part::Id => text.push_str(id),
            Part::Method => text.push_str(method),
            Part::Url => text.push_str(url),
            Part::Payload
            | Part::FormSorted
            | Part::Json(_)
            | Part::Secret
            | Part::Fields(_)
            | Part::Crc32
            | Part::Label => {}
            Part::Body => {
                print(&mut commands, &mut text);
                commands.push(format!("cat {BODY_FILE}"));
            }
        }
    }
    print(&mut commands, &mut text);
    format!("{{ {}; }}", commands.join("; "))
}

fn print(commands: &mut Vec<String>, text: &mut String) {
    if !text.is_empty() {
        // In single quotes nothing is special but the quote itself.
        commands.push(format!("printf %s '{}'", std::mem::take(text).replace('\'', "'\\''")));
    }
}

fn encoded(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Hex => "od -An -v -tx1 | tr -d ' \\n'",
        Encoding::Base64 => "openssl base64 -A",
        Encoding::Base64UrlNoPad => "openssl base64 -A | tr '+/' '-_' | tr -d '='",
    }
}

fn prefix(scheme: &Scheme) -> String {
    let before = match &scheme.parse {
        Parse::Prefix(prefix) | Parse::AnyCasePrefix(prefix) => prefix.clone(),
        Parse::List { kv, pick, .. } => format!("{pick}{kv}"),
    };
    if before.is_empty() { String::new() } else { format!(" | sed 's/^/{before}/'") }
}
