//! Creel's own payloads, small and readable, after the shapes that the senders document: one file a sender (`senders/`).

use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;

use super::Sample;
use crate::api::replays::SampleInfo;

macro_rules! senders {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("senders/", $name, ".yaml")))),*]
    };
}

/// The first word of the keys of its samples, and the file; in the order in which they are offered.
const FILES: &[(&str, &str)] = senders![
    "stripe",
    "slack",
    "gitlab",
    "shopify",
    "twilio",
    "linear",
    "discord",
    "standard-webhooks",
    "opengate",
    "octipus",
    "promptrails",
    "orloj",
    "opshift",
    "adyen",
    "airtable",
    "alertmanager",
    "asana",
    "aws-sns",
    "azure-devops",
    "bitbucket",
    "box",
    "cal.com",
    "calendly",
    "circleci",
    "clerk",
    "datadog",
    "docker-hub",
    "docusign",
    "dropbox",
    "forgejo",
    "gitea",
    "grafana",
    "hubspot",
    "intercom",
    "jira",
    "launchdarkly",
    "line",
    "mailgun",
    "meta",
    "microsoft-graph",
    "mux",
    "notion",
    "npm",
    "okta",
    "openai",
    "paddle",
    "paypal",
    "pagerduty",
    "quickbooks",
    "resend",
    "sanity",
    "sendgrid",
    "sentry",
    "square",
    "supabase",
    "telegram",
    "trello",
    "twitch",
    "typeform",
    "vercel",
    "workos",
    "xero",
    "zendesk",
    "zoom",
    "generic",
];

/// One sender's file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SenderFile {
    /// Its name.
    sender: String,
    /// Key of the scheme that it signs with.
    scheme: String,
    /// Schemes that it, or somebody who sends the same, may sign with instead.
    #[serde(default)]
    also: Vec<String>,
    /// It indents its JSON; the others write it without a blank.
    #[serde(default)]
    indented: bool,
    /// It writes what is not ASCII as `\uXXXX`.
    #[serde(default)]
    ascii: bool,
    /// What stands behind every body.
    #[serde(default)]
    ending: Ending,
    /// Header lines of every request.
    #[serde(default)]
    headers: Vec<(String, String)>,
    samples: Vec<Row>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Ending {
    #[default]
    None,
    Crlf,
}

/// One request of a sender.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// As the delivery will show it; where the scheme names no event, what the sender calls it.
    event: String,
    about: String,
    /// Of several with the same event; else the event.
    #[serde(default)]
    key: Option<String>,
    /// It asks whether the address is yours.
    #[serde(default)]
    asks: bool,
    /// It comes before anything is signed.
    #[serde(default)]
    unsigned: bool,
    #[serde(default)]
    scheme: Option<String>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    query: Option<String>,
    /// Further header lines; one of the file with the same name gives way.
    #[serde(default)]
    headers: Vec<(String, String)>,
    /// JSON, spelled for people.
    #[serde(default)]
    body: Option<String>,
    /// The fields of a form.
    #[serde(default)]
    form: Option<Vec<(String, String)>>,
}

/// The payloads of all files.
pub(super) fn samples() -> Vec<Sample> {
    FILES.iter().flat_map(|(name, text)| of_file(name, text)).collect()
}

fn of_file(name: &str, text: &str) -> Vec<Sample> {
    let file: SenderFile =
        serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("the shipped samples of {name}: {error}"));
    file.samples.iter().map(|row| of_row(name, &file, row)).collect()
}

fn of_row(name: &str, file: &SenderFile, row: &Row) -> Sample {
    let key = format!("{name}/{}", row.key.as_ref().unwrap_or(&row.event));
    let body = body(file, row).unwrap_or_else(|error| panic!("the shipped sample {key}: {error}"));
    let also = if row.scheme.is_some() { Vec::new() } else { file.also.clone() };
    Sample {
        info: SampleInfo {
            key,
            sender: file.sender.clone(),
            scheme: row.scheme.as_ref().unwrap_or(&file.scheme).clone(),
            also,
            event: row.event.clone(),
            about: row.about.clone(),
            asks: row.asks,
        },
        method: row.method.clone().unwrap_or_else(|| "POST".to_owned()),
        query: row.query.clone(),
        unsigned: row.unsigned,
        body,
        headers: headers(file, row),
    }
}

fn headers(file: &SenderFile, row: &Row) -> Vec<(String, String)> {
    let replaced = |name: &str| row.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    let typed = |name: &str| name.eq_ignore_ascii_case("content-type");
    let any_type = file.headers.iter().chain(&row.headers).any(|(name, _)| typed(name));
    let mut headers: Vec<_> = file.headers.iter().filter(|(name, _)| !replaced(name)).cloned().collect();
    headers.extend(row.headers.iter().cloned());
    if !any_type {
        let kind = if row.form.is_some() { "application/x-www-form-urlencoded" } else { "application/json" };
        headers.push(("Content-Type".to_owned(), kind.to_owned()));
    }
    // A question in the address comes without a body.
    headers.retain(|(name, _)| row.body.is_some() || row.form.is_some() || row.query.is_some() || !typed(name));
    headers
}

/// The bytes as the sender spells them.
fn body(file: &SenderFile, row: &Row) -> Result<Vec<u8>, serde_json::Error> {
    if let Some(fields) = &row.form {
        return Ok(form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes());
    }
    let Some(text) = &row.body else { return Ok(Vec::new()) };
    let value: Value = serde_json::from_str(text)?;
    let mut body = if file.indented { serde_json::to_string_pretty(&value)? } else { value.to_string() };
    if file.ascii {
        body = in_ascii(&body);
    }
    if matches!(file.ending, Ending::Crlf) {
        body.push_str("\r\n");
    }
    Ok(body.into_bytes())
}

/// JSON whose texts are spelled in ASCII: in JSON nothing else than texts holds other characters.
fn in_ascii(json: &str) -> String {
    let mut units = [0; 2];
    json.chars().fold(String::with_capacity(json.len()), |mut written, letter| {
        if letter.is_ascii() {
            written.push(letter);
        } else {
            letter.encode_utf16(&mut units).iter().for_each(|unit| written.push_str(&format!("\\u{unit:04x}")));
        }
        written
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_in_the_list() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/samples/senders");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), FILES.len());
    }

    #[test]
    fn bodies_are_spelled_as_their_senders_spell_them() {
        let body = |key: &str| String::from_utf8(super::super::get(key).unwrap().body).unwrap();
        assert!(body("stripe/charge.failed").starts_with("{\n  \"id\": \"evt_"), "Stripe indents");
        assert!(body("shopify/orders/create").starts_with("{\"id\":820982911946154508,"), "others do not");
        assert!(body("sendgrid/delivered").ends_with("}]\r\n"), "the line end is signed too");
        assert!(body("box/FILE.UPLOADED").contains(r"Angeln f\u00fcr Anf\u00e4nger.pdf"), "Box writes ASCII");
        assert!(body("twilio/message").contains("&Body=It%27s+fine%2C+see+you+at+5+%26+thanks&"));
        assert!(body("slack/block_actions").starts_with("payload=%7B%22type%22%3A%22block_actions%22"));
        assert_eq!(in_ascii("\"🎣\""), "\"\\ud83c\\udfa3\"");
    }
}
