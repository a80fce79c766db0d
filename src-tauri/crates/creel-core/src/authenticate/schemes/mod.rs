//! The schemes that Creel ships, one record each (`records/`): only data. `none` is not among them: it proves nothing.

mod orloj;

use std::sync::LazyLock;

pub use orloj::orloj;

use super::record;
use super::scheme::Scheme;

macro_rules! records {
    ($($key:literal),* $(,)?) => {
        &[$(($key, include_str!(concat!("records/", $key, ".yaml")))),*]
    };
}

/// In the order in which the builder offers them; a record may name an earlier one in `like`.
const RECORDS: &[(&str, &str)] = records![
    "github",
    "opengate",
    "opshift",
    "octipus",
    "promptrails",
    "standard-webhooks",
    "stripe",
    "slack",
    "hmac-generic",
    "plain-secret",
    "gitlab-token",
    "orloj-generic",
    "orloj-github",
    "gitlab-signing",
    "bitbucket",
    "gitea",
    "forgejo",
    "circleci",
    "azure-devops",
    "vercel",
    "docker-hub",
    "npm",
    "sentry",
    "launchdarkly",
    "linear",
    "grafana",
    "grafana-timed",
    "alertmanager",
    "datadog",
    "standard-webhooks-v1a",
    "svix",
    "clerk",
    "resend",
    "supabase",
    "openai",
    "shopify",
    "twilio",
    "sendgrid",
    "mailgun",
    "square",
    "paddle",
    "adyen-header",
    "adyen-payments",
    "hubspot-v3",
    "hubspot-v2",
    "hubspot-v1",
    "zoom",
    "zendesk",
    "intercom",
    "typeform",
    "calendly",
    "cal.com",
    "notion",
    "airtable",
    "asana",
    "trello",
    "jira",
    "discord",
    "pagerduty",
    "dropbox",
    "box",
    "docusign",
    "xero",
    "quickbooks",
    "twitch",
    "meta",
    "telegram",
    "microsoft-graph",
    "okta",
    "mux",
    "workos",
    "sanity",
    "line",
    "aws-sns",
    "aws-sns-v1",
    "paypal",
];

static SHIPPED: LazyLock<Vec<Scheme>> = LazyLock::new(|| {
    RECORDS.iter().fold(Vec::with_capacity(RECORDS.len()), |mut all, (key, text)| {
        let record = record::from_yaml(text).and_then(|record| record::scheme_of(key, record, &all));
        all.push(record.unwrap_or_else(|error| panic!("the shipped record {key}: {}: {error}", error.field)));
        all
    })
});

/// All shipped schemes, in the order in which the builder offers them.
pub fn all() -> &'static [Scheme] {
    &SHIPPED
}

/// The scheme with that key; `None`: unknown, or `none`.
pub fn find(key: &str) -> Option<&'static Scheme> {
    all().iter().find(|scheme| scheme.key == key)
}

/// What a shipped record's file says in its first lines, as comments; empty where it says nothing.
pub fn notes(key: &str) -> String {
    let text = RECORDS.iter().find(|(shipped, _)| *shipped == key).map_or("", |(_, text)| text);
    text.lines().take_while(|line| line.starts_with('#')).map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::triggers::{SchemeCertainty, SchemeGroup};

    #[test]
    fn every_record_says_where_it_is_from_and_how_sure_it_is() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/authenticate/schemes/records");
        let files = std::fs::read_dir(folder).expect("the records").count();
        assert_eq!(files, RECORDS.len(), "a record that is not in the list is not shipped");
        for scheme in all() {
            assert!(!scheme.source.is_empty() && !scheme.words.is_empty(), "{}", scheme.key);
            assert!(scheme.checked.parse::<jiff::civil::Date>().is_ok(), "{}: {}", scheme.key, scheme.checked);
            assert!(!scheme.signature.is_empty(), "{}", scheme.key);
            assert_ne!(scheme.group, SchemeGroup::Own, "{} is not the user's", scheme.key);
            assert_ne!(scheme.certainty, SchemeCertainty::Own, "{} is not the user's", scheme.key);
        }
    }
}
