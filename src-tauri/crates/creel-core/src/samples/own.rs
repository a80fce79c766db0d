//! Creel's own payloads, small and readable, after the shapes that the providers document.

use super::Sample;
use crate::api::replays::SampleInfo;

type Headers = &'static [(&'static str, &'static str)];

const STRIPE: Headers = &[
    ("Cache-Control", "no-cache"),
    ("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"),
    ("Content-Type", "application/json; charset=utf-8"),
    ("Accept", "*/*; q=0.5, application/xml"),
];
const SLACK: Headers = &[
    ("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)"),
    ("Accept-Encoding", "gzip,deflate"),
    ("Accept", "*/*"),
    ("Content-Type", "application/json"),
];
const PLAIN: Headers = &[("Accept", "*/*"), ("Content-Type", "application/json")];

/// Key (`scheme family/event`), scheme, event, what it is, headers, body.
type Row = (&'static str, &'static str, &'static str, &'static str, Headers, &'static str);

const ROWS: &[Row] = &[
    (
        "opengate/deploy_failed",
        "opengate",
        "deploy_failed",
        "A deployment failed, as in OpenGate's document",
        PLAIN,
        include_str!("payloads/opengate-deploy_failed.json"),
    ),
    (
        "octipus/deploy",
        "octipus",
        "deploy",
        "A deployment went well, as in Octipus's document",
        PLAIN,
        include_str!("payloads/octipus-deploy.json"),
    ),
    (
        "promptrails/review",
        "promptrails",
        "review",
        "A pull request to review, as in PromptRails' document",
        PLAIN,
        include_str!("payloads/promptrails-review.json"),
    ),
    (
        "orloj/report.trigger",
        "orloj-generic",
        "report.trigger",
        "A report is asked for, as in Orloj's document",
        PLAIN,
        include_str!("payloads/orloj-report.trigger.json"),
    ),
    (
        "opshift/deploy_failed",
        "opshift",
        "deploy_failed",
        "A deployment failed, as in OpShift's document",
        PLAIN,
        include_str!("payloads/opshift-deploy_failed.json"),
    ),
    (
        "stripe/payment_intent.succeeded",
        "stripe",
        "payment_intent.succeeded",
        "A payment went through",
        STRIPE,
        include_str!("payloads/stripe-payment_intent.succeeded.json"),
    ),
    (
        "stripe/charge.failed",
        "stripe",
        "charge.failed",
        "A card was declined",
        STRIPE,
        include_str!("payloads/stripe-charge.failed.json"),
    ),
    (
        "slack/app_mention",
        "slack",
        "app_mention",
        "Somebody mentioned the app in a channel",
        SLACK,
        include_str!("payloads/slack-app_mention.json"),
    ),
    (
        "slack/url_verification",
        "slack",
        "url_verification",
        "Slack asks whether the address is yours",
        SLACK,
        include_str!("payloads/slack-url_verification.json"),
    ),
    (
        "standard-webhooks/user.created",
        "standard-webhooks",
        "user.created",
        "A user signed up",
        PLAIN,
        include_str!("payloads/standard-webhooks-user.created.json"),
    ),
    (
        "generic/order.created",
        "hmac-generic",
        "order.created",
        "An order of a shop of your own",
        PLAIN,
        include_str!("payloads/generic-order.created.json"),
    ),
];

/// The payloads of the table. The newline that ends a text file is not part of the body.
pub(super) fn samples() -> impl Iterator<Item = Sample> {
    ROWS.iter().map(|&(key, scheme, event, about, headers, body)| Sample {
        info: SampleInfo {
            key: key.to_owned(),
            scheme: scheme.to_owned(),
            event: event.to_owned(),
            about: about.to_owned(),
        },
        body: body.strip_suffix('\n').unwrap_or(body).as_bytes().to_vec(),
        headers: headers.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
    })
}
