//! The signature doctor on broken deliveries through the socket: the cause is known because it was made here, by the
//! providers' own libraries where there is one and by plain HMAC otherwise. Nothing of this is Creel's code.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use creel_tests::creel::Endpoint;
use creel_tests::{Creel, Request, sign};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};

use crate::deliver::newest;
use crate::scheme_libraries::Libraries;

/// The trigger's own secret, which every scheme here can read, and another trigger's.
pub const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfgh4PxVdM=";
pub const OTHER: &str = "whsec_QW5vdGhlciB0cmlnZ2VyJ3Mgc2VjcmV0LCAzMiBiLg==";

pub const BODY: &str =
    r#"{"type":"order.paid","id":"evt_1","url":"https://x/y","text":"é <b>","n":1.5,"a":{"z":1,"b":[1,2]}}"#;
const PRETTY: &str = "{\n  \"type\": \"order.paid\",\n  \"id\": \"evt_1\",\n  \"url\": \"https://x/y\",\n  \"text\": \"é <b>\",\n  \"n\": 1.5,\n  \"a\": {\n    \"z\": 1,\n    \"b\": [\n      1,\n      2\n    ]\n  }\n}";
const SPACED: &str = r#"{"type": "order.paid", "id": "evt_1", "url": "https://x/y", "text": "\u00e9 <b>", "n": 1.5, "a": {"z": 1, "b": [1, 2]}}"#;
const PHP: &str =
    r#"{"type":"order.paid","id":"evt_1","url":"https:\/\/x\/y","text":"\u00e9 <b>","n":1.5,"a":{"z":1,"b":[1,2]}}"#;
const SORTED: &str =
    r#"{"a":{"b":[1,2],"z":1},"id":"evt_1","n":1.5,"text":"é <b>","type":"order.paid","url":"https://x/y"}"#;
const GO: &str =
    r#"{"type":"order.paid","id":"evt_1","url":"https://x/y","text":"é \u003cb\u003e","n":1.5,"a":{"z":1,"b":[1,2]}}"#;
const FORM: &str = "payload=%7B%22id%22%3A%22evt_1%22%2C%22type%22%3A%22order.paid%22%7D";
const FORM_JSON: &str = r#"{"id":"evt_1","type":"order.paid"}"#;

/// One way in which senders sign.
pub struct Sender {
    pub scheme: &'static str,
    header: &'static str,
    before: &'static str,
    /// What is signed: `{t}` the time, `{u}` the address, `{b}` the body.
    template: &'static str,
    hash: Hash,
    base64: bool,
    time: Time,
    library: bool,
}

/// Where a sender says when it signed.
#[derive(Clone, Copy, PartialEq)]
pub enum Time {
    Nowhere,
    /// In the signature's header, in seconds: what stands before the time, and between it and the signature.
    Inside(&'static str, &'static str),
    /// In a header of its own, in seconds.
    Seconds(&'static str),
    /// In a header of its own, as a date.
    Date(&'static str),
}

const fn sender(scheme: &'static str, header: &'static str, before: &'static str) -> Sender {
    let (template, hash, time) = ("{b}", Hash::Sha256, Time::Nowhere);
    Sender { scheme, header, before, template, hash, base64: false, time, library: false }
}

pub const SENDERS: [Sender; 14] = [
    Sender { library: true, ..sender("github", "X-Hub-Signature-256", "sha256=") },
    Sender {
        library: true,
        template: "{t}.{b}",
        time: Time::Inside("t=", ","),
        ..sender("stripe", "Stripe-Signature", "v1=")
    },
    Sender {
        library: true,
        template: "msg_1.{t}.{b}",
        time: Time::Seconds("webhook-timestamp"),
        base64: true,
        ..sender("standard-webhooks", "webhook-signature", "v1,")
    },
    Sender {
        template: "v0:{t}:{b}",
        time: Time::Seconds("X-Slack-Request-Timestamp"),
        ..sender("slack", "X-Slack-Signature", "v0=")
    },
    Sender { base64: true, ..sender("shopify", "X-Shopify-Hmac-Sha256", "") },
    sender("hmac-generic", "X-Signature", ""),
    sender("pagerduty", "X-PagerDuty-Signature", "v1="),
    Sender { template: "{u}{b}", base64: true, ..sender("square", "x-square-hmacsha256-signature", "") },
    Sender { template: "{t}:{b}", time: Time::Inside("ts=", ";"), ..sender("paddle", "Paddle-Signature", "h1=") },
    Sender {
        template: "msg_1{t}{b}",
        time: Time::Date("Twitch-Eventsub-Message-Timestamp"),
        ..sender("twitch", "Twitch-Eventsub-Message-Signature", "sha256=")
    },
    Sender {
        template: "v0:{t}:{b}",
        time: Time::Seconds("x-zm-request-timestamp"),
        ..sender("zoom", "x-zm-signature", "v0=")
    },
    Sender { base64: true, ..sender("typeform", "Typeform-Signature", "sha256=") },
    Sender { template: "{b}{u}", hash: Hash::Sha1, base64: true, ..sender("trello", "x-trello-webhook", "") },
    Sender { hash: Hash::Sha1, ..sender("vercel", "x-vercel-signature", "") },
];

#[derive(Clone, Copy, PartialEq)]
pub enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

/// A delivery that is to be made. As it stands it is genuine.
pub struct Making<'m> {
    key: Vec<u8>,
    signed: &'m str,
    sent: Vec<u8>,
    hash: Hash,
    /// Seconds that the sender's clock is off.
    skew: i64,
    milliseconds: bool,
    /// In place of what the scheme signs.
    template: Option<&'static str>,
    address: Option<String>,
    /// By the provider's library, with this secret.
    by_library: Option<&'m str>,
}

impl Sender {
    pub fn genuine(&self) -> Making<'static> {
        Making {
            key: self.key(SECRET),
            signed: BODY,
            sent: BODY.as_bytes().to_vec(),
            hash: self.hash,
            skew: 0,
            milliseconds: false,
            template: None,
            address: None,
            by_library: self.library.then_some(SECRET),
        }
    }

    /// Genuine, but signed with another secret.
    pub fn signed_with(&self, secret: &'static str) -> Making<'static> {
        Making { key: self.key(secret), by_library: self.library.then_some(secret), ..self.genuine() }
    }

    fn key(&self, secret: &str) -> Vec<u8> {
        match self.scheme {
            "standard-webhooks" => BASE64_STANDARD.decode(&secret[6..]).unwrap(),
            _ => secret.as_bytes().to_vec(),
        }
    }

    /// The header lines of a delivery.
    fn lines(&self, making: &Making<'_>, url: &str, libraries: &mut Libraries) -> Vec<(String, String)> {
        if let Some(secret) = making.by_library {
            let question =
                json!({ "do": "sign", "scheme": self.scheme, "secret": secret, "id": "msg_1", "body": making.signed });
            let signed = libraries.ask(question);
            let headers = signed["headers"].as_object().unwrap();
            return headers.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
        }
        let seconds = sign::now() + making.skew;
        let time = match self.time {
            Time::Date(_) => date(seconds),
            _ if making.milliseconds => format!("{seconds}000"),
            _ => seconds.to_string(),
        };
        let template = making.template.unwrap_or(self.template);
        let url = making.address.as_deref().unwrap_or(url);
        let message = template.replace("{t}", &time).replace("{u}", url).replace("{b}", making.signed);
        let digest = mac(making.hash, &making.key, message.as_bytes());
        let text = if self.base64 { BASE64_STANDARD.encode(&digest) } else { hex::encode(&digest) };
        let signature = format!("{}{text}", self.before);
        let mut lines = match self.time {
            Time::Inside(before, between) => vec![(self.header, format!("{before}{time}{between}{signature}"))],
            Time::Seconds(name) | Time::Date(name) => vec![(self.header, signature), (name, time)],
            Time::Nowhere if template.contains("{t}") => vec![(self.header, signature), ("X-Timestamp", time)],
            Time::Nowhere => vec![(self.header, signature)],
        };
        match self.scheme {
            "standard-webhooks" => lines.push(("webhook-id", "msg_1".to_owned())),
            "twitch" => lines.push(("Twitch-Eventsub-Message-Id", "msg_1".to_owned())),
            _ => {}
        }
        lines.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn timed(&self) -> bool {
        self.time != Time::Nowhere
    }
}

/// Seconds since 1970 as RFC 3339, by the system's own program.
fn date(seconds: i64) -> String {
    let mut program = std::process::Command::new("date");
    let said = creel_tests::tools::run(program.args(["-u", "-d", &format!("@{seconds}"), "+%Y-%m-%dT%H:%M:%SZ"]));
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

pub fn mac(hash: Hash, key: &[u8], message: &[u8]) -> Vec<u8> {
    match hash {
        Hash::Sha1 => {
            Hmac::<sha1::Sha1>::new_from_slice(key).unwrap().chain_update(message).finalize().into_bytes().to_vec()
        }
        Hash::Sha256 => {
            Hmac::<sha2::Sha256>::new_from_slice(key).unwrap().chain_update(message).finalize().into_bytes().to_vec()
        }
        Hash::Sha512 => {
            Hmac::<sha2::Sha512>::new_from_slice(key).unwrap().chain_update(message).finalize().into_bytes().to_vec()
        }
    }
}

pub type Lines = Vec<(String, String)>;
/// Something done to header lines that are right.
pub type Change = Box<dyn Fn(&Sender, &mut Lines)>;
/// What it is called, how it is made, what is done to its header lines, and the mistakes that are to be named.
type Broken = (&'static str, Making<'static>, Change, &'static [&'static str]);

pub fn untouched() -> Change {
    Box::new(|_, _| {})
}

/// Changes the signature's digest, whatever stands before it.
fn digest(change: impl Fn(&str, &str) -> String + 'static) -> Change {
    Box::new(move |sender, lines| {
        let line = lines.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(sender.header)).unwrap();
        let at = if sender.before.is_empty() { 0 } else { line.1.find(sender.before).unwrap() };
        let (head, tail) = line.1.split_at(at);
        line.1 = format!("{head}{}", change(sender.before, &tail[sender.before.len()..]));
    })
}

/// The secret's mistakes.
fn of_secrets(sender: &Sender) -> Vec<Broken> {
    let own = |key: Vec<u8>| Making { key, by_library: None, ..sender.genuine() };
    let mut all: Vec<Broken> =
        vec![("another trigger's secret", sender.signed_with(OTHER), untouched(), &["other_secret"])];
    if sender.scheme == "standard-webhooks" {
        all.push(("the secret is not decoded", own(SECRET.into()), untouched(), &["secret_not_decoded"]));
        return all;
    }
    let raw = BASE64_STANDARD.decode(&SECRET[6..]).unwrap();
    let keys: [(&str, Vec<u8>, &[&str]); 8] = [
        ("a newline behind the secret", format!("{SECRET}\n").into(), &["secret_with_newline"]),
        ("a space behind the secret", format!("{SECRET} ").into(), &["secret_with_space"]),
        ("the secret without its prefix", SECRET[6..].into(), &["secret_without_prefix"]),
        ("the secret decoded", raw, &["secret_decoded"]),
        ("the secret in quotes", format!("\"{SECRET}\"").into(), &["secret_in_quotes"]),
        ("the secret in upper case", SECRET.to_uppercase().into(), &["secret_case"]),
        ("the secret as hex", hex::encode(SECRET).into(), &["secret_encoded"]),
        ("an empty secret", Vec::new(), &["secret_empty"]),
    ];
    all.extend(keys.into_iter().map(|(what, key, expected)| (what, own(key), untouched(), expected)));
    all
}

/// The body's mistakes: what was signed, and what came.
fn of_bodies(sender: &Sender) -> Vec<Broken> {
    let end: &'static str = Box::leak(format!("{BODY}\n").into_boxed_str());
    let bom: &'static str = Box::leak(format!("\u{feff}{BODY}").into_boxed_str());
    let crlf: &'static str = Box::leak(PRETTY.replace('\n', "\r\n").into_boxed_str());
    let table: [(&str, &'static str, &str, &'static [&'static str]); 14] = [
        ("pretty-printed on the way", BODY, PRETTY, &["body_rewritten"]),
        ("made compact on the way", PRETTY, BODY, &["body_rewritten"]),
        ("Python's spaces were lost", SPACED, BODY, &["body_rewritten"]),
        ("Python's spaces were added", BODY, SPACED, &["body_rewritten"]),
        ("PHP's escapes were lost", PHP, BODY, &["body_rewritten"]),
        ("PHP's escapes were added", BODY, PHP, &["body_rewritten"]),
        ("signed sorted", SORTED, BODY, &["body_rewritten"]),
        ("signed with Go's escapes", GO, BODY, &["body_rewritten"]),
        ("a newline was added", BODY, end, &["line_end_added"]),
        ("a newline was lost", end, BODY, &["line_end_removed"]),
        ("CRLF became LF", crlf, PRETTY, &["line_ends"]),
        ("LF became CRLF", PRETTY, crlf, &["line_ends"]),
        ("a byte order mark was added", BODY, bom, &["byte_order_mark"]),
        ("the JSON of a form was signed", FORM_JSON, FORM, &["form_decoded"]),
    ];
    let made = table.into_iter().map(|(what, signed, sent, expected)| {
        (what, Making { signed, sent: sent.into(), ..sender.genuine() }, untouched(), expected)
    });
    let nothing = Making { signed: "", by_library: None, ..sender.genuine() };
    let cut = Making { sent: BODY.as_bytes()[..60].to_vec(), ..sender.genuine() };
    let packed = Making { sent: gzip(BODY), ..sender.genuine() };
    let more: [Broken; 3] = [
        ("an empty body was signed", nothing, untouched(), &["body_not_signed"]),
        ("the body was cut", cut, untouched(), &["body_truncated"]),
        ("the body was packed", packed, untouched(), &["body_packed"]),
    ];
    made.chain(more).collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("body");
    std::fs::write(&path, text).unwrap();
    creel_tests::tools::run(std::process::Command::new("gzip").arg("-nc").arg(&path)).stdout
}

/// The header's mistakes.
fn of_headers(sender: &Sender) -> Vec<Broken> {
    let own = || Making { by_library: None, ..sender.genuine() };
    let encoded: Change = if sender.base64 {
        digest(|before, text| format!("{before}{}", hex::encode(BASE64_STANDARD.decode(text).unwrap())))
    } else {
        digest(|before, text| format!("{before}{}", BASE64_STANDARD.encode(hex::decode(text).unwrap())))
    };
    let mut all: Vec<Broken> = vec![
        ("another encoding", sender.genuine(), encoded, &["encoding"]),
        ("in quotes", sender.genuine(), digest(|before, text| format!("{before}\"{text}\"")), &["quoted"]),
        (
            "cut",
            sender.genuine(),
            digest(|before, text| format!("{before}{}", &text[..text.len() - 4])),
            &["signature_truncated"],
        ),
        (
            "no header",
            sender.genuine(),
            Box::new(|s, lines| lines.retain(|(name, _)| !name.eq_ignore_ascii_case(s.header))),
            &["signature_missing"],
        ),
        (
            "another header",
            sender.genuine(),
            Box::new(|s, lines| {
                lines
                    .iter_mut()
                    .filter(|(name, _)| name.eq_ignore_ascii_case(s.header))
                    .for_each(|line| line.0 = "X-My-Signature".into());
            }),
            &["other_header"],
        ),
        (
            "the secret itself",
            sender.genuine(),
            Box::new(|s, lines| {
                lines
                    .iter_mut()
                    .filter(|(name, _)| name.eq_ignore_ascii_case(s.header))
                    .for_each(|line| line.1 = SECRET.into());
            }),
            &["plain_secret"],
        ),
        (
            "twice",
            sender.genuine(),
            Box::new(|s, lines| {
                let line = lines.iter().find(|(name, _)| name.eq_ignore_ascii_case(s.header)).unwrap().clone();
                lines.push(line);
            }),
            &["header_repeated"],
        ),
    ];
    for hash in [Hash::Sha1, Hash::Sha256, Hash::Sha512].into_iter().filter(|hash| *hash != sender.hash) {
        all.push(("another hash", Making { hash, ..own() }, untouched(), &["algorithm"]));
    }
    if sender.before.is_empty() {
        all.push(("a prefix", sender.genuine(), digest(|_, text| format!("sha256={text}")), &["prefix_wrong"]));
    } else {
        all.push(("no prefix", sender.genuine(), digest(|_, text| text.to_owned()), &["prefix_missing"]));
        let other = digest(|before, text| format!("{}{text}", if before.ends_with(',') { "v9," } else { "v9=" }));
        all.push(("another prefix", sender.genuine(), other, &["prefix_wrong"]));
    }
    all
}

/// The mistakes of time and of what is signed.
fn of_rules(sender: &Sender) -> Vec<Broken> {
    let own = || Making { by_library: None, ..sender.genuine() };
    let mut all: Vec<Broken> = Vec::new();
    let templates: &[&'static str] = match (sender.timed(), sender.template) {
        (_, "{u}{b}") => &["{b}", "{b}{u}"],
        (_, "{b}{u}") => &["{b}", "{u}{b}"],
        (true, _) => &["{b}", "{t}:{b}", "{t}{b}"],
        (false, _) => &["{t}.{b}", "v0:{t}:{b}"],
    };
    for template in templates.iter().filter(|template| **template != sender.template) {
        all.push(("another string", Making { template: Some(template), ..own() }, untouched(), &["signed_string"]));
    }
    if sender.timed() {
        all.push(("twenty minutes late", Making { skew: -1200, ..own() }, untouched(), &["clock_skew"]));
        all.push(("an hour early", Making { skew: 3600, ..own() }, untouched(), &["clock_skew"]));
    }
    if matches!(sender.time, Time::Inside(..) | Time::Seconds(_)) {
        all.push(("in milliseconds", Making { milliseconds: true, ..own() }, untouched(), &["timestamp_unit"]));
    }
    if sender.template.contains("{u}") {
        let elsewhere = |address: &str| Making { address: Some(address.to_owned()), ..own() };
        all.push(("with a slash more", elsewhere("{slash}"), untouched(), &["address"]));
        all.push(("only the path", elsewhere("{path}"), untouched(), &["address"]));
    }
    let both = Making { key: sender.key(OTHER), sent: PRETTY.into(), by_library: None, ..sender.genuine() };
    all.push(("another secret, and pretty-printed", both, untouched(), &["other_secret", "body_rewritten"]));
    all
}

#[test]
fn the_cause_of_a_broken_delivery_is_named() {
    let (creel, mut libraries) = (Creel::start(), Libraries::start());
    creel.trigger(json!({ "name": "the other one", "slug": "other", "scheme": "hmac-generic", "secret": OTHER }));
    let (mut made, mut wrong, mut certain) = (0, Vec::new(), Vec::new());
    for sender in &SENDERS {
        let draft = json!({ "name": sender.scheme, "slug": sender.scheme, "scheme": sender.scheme, "secret": SECRET });
        let endpoint = creel.trigger(draft);
        let valid = told(&creel, &mut libraries, &endpoint, sender, &sender.genuine(), &untouched());
        assert_eq!((&valid["needed"], &valid["causes"]), (&json!(false), &json!([])), "{}: {valid}", sender.scheme);
        let broken =
            of_secrets(sender).into_iter().chain(of_bodies(sender)).chain(of_headers(sender)).chain(of_rules(sender));
        for (what, making, change, expected) in broken {
            let found = told(&creel, &mut libraries, &endpoint, sender, &making, &change);
            made += 1;
            let cause = &found["causes"][0];
            let text = found.to_string();
            assert!(!text.contains(&SECRET[6..30]) && !text.contains(&OTHER[6..30]), "a secret is told: {text}");
            if cause["mistakes"] != json!(expected) {
                let line = format!("{} {what}: {found}", sender.scheme);
                if cause["certain"] == true {
                    certain.push(line.clone());
                }
                wrong.push(line);
            }
        }
        let old = creel.rpc("trigger_rotate_secret", json!({ "id": endpoint.id, "grace_hours": 0 }));
        assert!(old["secret"].is_string());
        let found = told(&creel, &mut libraries, &endpoint, sender, &sender.genuine(), &untouched());
        made += 1;
        if found["causes"][0]["mistakes"] != json!(["old_secret"]) {
            wrong.push(format!("{} the old secret: {found}", sender.scheme));
        }
    }
    println!("{made} broken deliveries, {} without the exact cause\n{}", wrong.len(), wrong.join("\n"));
    assert!(certain.is_empty(), "wrong and told as certain:\n{}", certain.join("\n"));
    assert!(made >= 120, "{made} broken deliveries");
    assert!(wrong.len() * 20 <= made, "{} of {made}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Sends it and asks the doctor.
pub fn told(
    creel: &Creel,
    libraries: &mut Libraries,
    endpoint: &Endpoint,
    sender: &Sender,
    making: &Making<'_>,
    change: &dyn Fn(&Sender, &mut Lines),
) -> Value {
    let url = format!("{}{}", creel.receiver, endpoint.path);
    let address = making
        .address
        .as_ref()
        .map(|near| near.replace("{slash}", &format!("{url}/")).replace("{path}", &endpoint.path));
    let making = Making {
        key: making.key.clone(),
        sent: making.sent.clone(),
        address,
        signed: making.signed,
        hash: making.hash,
        skew: making.skew,
        milliseconds: making.milliseconds,
        template: making.template,
        by_library: making.by_library,
    };
    let mut lines = sender.lines(&making, &url, libraries);
    change(sender, &mut lines);
    let request =
        Request::new("POST", &endpoint.path).header("Content-Type", "application/json").with_body(making.sent);
    creel.deliver(&lines.iter().fold(request, |request, (name, value)| request.header(name, value.as_bytes())));
    creel.rpc("delivery_doctor", json!({ "id": newest(creel)["id"] }))
}
