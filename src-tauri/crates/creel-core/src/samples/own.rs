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
const FORM: Headers = &[
    ("User-Agent", "TwilioProxy/1.1"),
    ("Accept", "*/*"),
    ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),
];
const GITLAB: Headers = &[
    ("Content-Type", "application/json"),
    ("User-Agent", "GitLab/18.4.0"),
    ("X-Gitlab-Event", "Push Hook"),
    ("X-Gitlab-Instance", "https://gitlab.example.com"),
];
const SHOPIFY: Headers = &[
    ("Content-Type", "application/json"),
    ("X-Shopify-Topic", "orders/create"),
    ("X-Shopify-Shop-Domain", "quickstart.myshopify.com"),
    ("X-Shopify-API-Version", "2026-07"),
];
const LINEAR: Headers = &[
    ("Accept-Charset", "utf-8"),
    ("Content-Type", "application/json; charset=utf-8"),
    ("User-Agent", "Linear-Webhook"),
    ("Linear-Event", "Issue"),
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
        "gitlab/push",
        "gitlab-token",
        "Push Hook",
        "Two commits were pushed",
        GITLAB,
        include_str!("payloads/gitlab-push.json"),
    ),
    (
        "shopify/orders_create",
        "shopify",
        "orders/create",
        "An order was placed",
        SHOPIFY,
        include_str!("payloads/shopify-orders_create.json"),
    ),
    (
        "twilio/message",
        "twilio",
        "message",
        "A text message came in",
        FORM,
        include_str!("payloads/twilio-message.txt"),
    ),
    (
        "linear/issue.create",
        "linear",
        "Issue.create",
        "An issue was made",
        LINEAR,
        include_str!("payloads/linear-issue.create.json"),
    ),
    (
        "discord/command",
        "discord",
        "greet",
        "Somebody used a slash command",
        PLAIN,
        include_str!("payloads/discord-command.json"),
    ),
    (
        "discord/ping",
        "discord",
        "1",
        "Discord asks whether the address is yours",
        PLAIN,
        include_str!("payloads/discord-ping.json"),
    ),
    (
        "mailgun/delivered",
        "mailgun",
        "delivered",
        "A message was delivered",
        PLAIN,
        include_str!("payloads/mailgun-delivered.json"),
    ),
    (
        "adyen/authorisation",
        "adyen-payments",
        "AUTHORISATION",
        "A payment was authorised",
        PLAIN,
        include_str!("payloads/adyen-authorisation.json"),
    ),
    (
        "graph/message_created",
        "microsoft-graph",
        "created",
        "A message came into a mailbox",
        PLAIN,
        include_str!("payloads/graph-message_created.json"),
    ),
    (
        "zoom/meeting.started",
        "zoom",
        "meeting.started",
        "A meeting began",
        PLAIN,
        include_str!("payloads/zoom-meeting.started.json"),
    ),
    (
        "zoom/url_validation",
        "zoom",
        "endpoint.url_validation",
        "Zoom asks whether the address is yours",
        PLAIN,
        include_str!("payloads/zoom-url_validation.json"),
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
