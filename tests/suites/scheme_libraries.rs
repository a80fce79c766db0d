//! Schemes proven by libraries that their providers wrote, in both directions: the library signs and Creel takes it; Creel
//! signs a replay and the library takes that; and neither takes it with any one bit of it changed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use creel_tests::creel::Endpoint;
use creel_tests::{Creel, Recorder, tools};
use serde_json::{Value, json};

use crate::deliver::task_trigger;
use crate::flipped_bits::{Flip, Sent, values};

/// `journeys/libraries.js` or `libraries.py`, asked line by line.
pub struct Libraries {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Libraries {
    pub fn start() -> Self {
        Self::of(tools::node("libraries.js"))
    }

    fn in_python() -> Self {
        let mut command = Command::new(tools::python_of("libraries"));
        command.arg("libraries.py").current_dir(tools::here("journeys"));
        Self::of(command)
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (ask, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, ask, answers }
    }

    pub fn ask(&mut self, question: Value) -> Value {
        writeln!(self.ask, "{question}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?} to {question}"))
    }
}

impl Drop for Libraries {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A scheme and what its library can do.
struct Row {
    scheme: &'static str,
    /// It signs too; otherwise Creel's own signature is what is changed bit by bit.
    signs: bool,
    /// Headers of which every bit counts.
    proof: &'static [&'static str],
    hex: bool,
    /// What the library lets pass, and Creel does not.
    lets_pass: fn(&Flip) -> bool,
}

const fn row(scheme: &'static str, signs: bool, proof: &'static [&'static str]) -> Row {
    Row { scheme, signs, proof, hex: false, lets_pass: nothing }
}

/// A library that decodes base64 as Node and Python do: what cannot change a byte at the end, it does not see.
const fn loose(row: Row) -> Row {
    Row { lets_pass: base64_end, ..row }
}

const fn hex(scheme: &'static str, signs: bool, proof: &'static [&'static str]) -> Row {
    Row { hex: true, ..row(scheme, signs, proof) }
}

fn nothing(_: &Flip) -> bool {
    false
}

/// The last digit's unused bits, and the padding.
fn base64_end(flip: &Flip) -> bool {
    flip.header.as_ref().is_some_and(|name| name.contains("signature")) && flip.byte + 3 >= flip.value.len()
}

/// The same at the end of Adyen's item, in front of its closing braces.
fn adyen_end(flip: &Flip) -> bool {
    flip.byte + 10 >= flip.value.len()
}

/// WorkOS's libraries skip over `t=` and ` v1=` without reading them.
fn names_of_items(flip: &Flip) -> bool {
    flip.header.is_some() && (flip.byte < 2 || (16..20).contains(&flip.byte))
}

/// SendGrid's library does not hold the lengths in the DER of a signature against its numbers: they stand at the beginning
/// and in front of the second number, in the middle.
fn der_lengths(flip: &Flip) -> bool {
    let signature = flip.header.as_ref().is_some_and(|name| name.ends_with("signature"));
    base64_end(flip) || signature && (flip.byte < 8 || (44..56).contains(&flip.byte))
}

/// Discord's library reads each pair of digits with JavaScript's `parseInt`: blanks in front are skipped, what is no digit
/// ends the number, and no number is 0. A changed pair that still reads as the same byte changes nothing.
fn read_by_parse_int(flip: &Flip) -> bool {
    let pair = flip.byte & !1;
    let byte = |value: &[u8]| {
        let digits = value[pair..pair + 2].trim_ascii_start().iter().map_while(|digit| char::from(*digit).to_digit(16));
        digits.fold(0, |number, digit| number * 16 + digit)
    };
    flip.header.as_deref() == Some("x-signature-ed25519") && byte(&flip.value) == byte(&flip.flipped())
}

const WEBHOOK: &[&str] = &["webhook-id", "webhook-timestamp", "webhook-signature"];
const SVIX: &[&str] = &["svix-id", "svix-timestamp", "svix-signature"];
const HUBSPOT: &[&str] = &["x-hubspot-signature-v3", "x-hubspot-request-timestamp"];
const SENDGRID: &[&str] = &["x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp"];
const BOX: &[&str] = &["box-signature-primary", "box-delivery-timestamp", "box-signature-version"];
const SLACK: &[&str] = &["x-slack-signature", "x-slack-request-timestamp"];
const DISCORD: &[&str] = &["x-signature-ed25519", "x-signature-timestamp"];

const IN_NODE: &[Row] = &[
    hex("github", true, &["x-hub-signature-256"]),
    hex("stripe", true, &["stripe-signature"]),
    row("standard-webhooks", true, WEBHOOK),
    row("gitlab-signing", true, WEBHOOK),
    row("supabase", true, WEBHOOK),
    loose(row("openai", true, WEBHOOK)),
    row("svix", true, SVIX),
    row("clerk", true, SVIX),
    row("resend", true, SVIX),
    row("twilio", true, &["x-twilio-signature"]),
    row("sanity", true, &["sanity-webhook-signature"]),
    loose(row("adyen-header", true, &["hmacsignature"])),
    Row { lets_pass: adyen_end, ..row("adyen-payments", true, &[]) },
    hex("hubspot-v1", true, &["x-hubspot-signature"]),
    hex("hubspot-v2", true, &["x-hubspot-signature"]),
    row("hubspot-v3", true, HUBSPOT),
    loose(row("box", true, BOX)),
    hex("mux", true, &["mux-signature"]),
    Row { lets_pass: names_of_items, ..hex("workos", true, &["workos-signature"]) },
    hex("notion", true, &["x-notion-signature"]),
    hex("slack", false, SLACK),
    Row { lets_pass: read_by_parse_int, ..hex("discord", false, DISCORD) },
    Row { lets_pass: der_lengths, ..row("sendgrid", false, SENDGRID) },
    loose(row("line", false, &["x-line-signature"])),
    hex("linear", false, &["linear-signature"]),
    hex("paddle", false, &["paddle-signature"]),
    row("square", false, &["x-square-hmacsha256-signature"]),
    row("shopify", false, &["x-shopify-hmac-sha256"]),
];

const IN_PYTHON: &[Row] = &[
    hex("slack", true, SLACK),
    hex("stripe", true, &["stripe-signature"]),
    loose(row("standard-webhooks", true, WEBHOOK)),
    loose(row("svix", true, SVIX)),
    row("twilio", true, &["x-twilio-signature"]),
    hex("paddle", true, &["paddle-signature"]),
    row("adyen-header", true, &["hmacsignature"]),
    row("adyen-payments", false, &[]),
    hex("airtable", false, &["x-airtable-content-mac"]),
    hex("mailgun", false, &[]),
    Row { lets_pass: names_of_items, ..hex("workos", false, &["workos-signature"]) },
];

/// A body as the scheme's senders write it. WorkOS's library writes it anew, so all are compact.
fn body_for(scheme: &str) -> (&'static str, String) {
    const JSON: &str = "application/json";
    let item = r#"{"pspReference":"791","originalReference":"781","merchantAccountCode":"Shop","merchantReference":"o-7","amount":{"value":1130,"currency":"EUR"},"eventCode":"AUTHORISATION","success":"true","additionalData":{"hmacSignature":""}}"#;
    match scheme {
        "twilio" => {
            ("application/x-www-form-urlencoded", "Body=It%27s+fine+%26+x&From=%40491518765&To=%24491511".to_owned())
        }
        "sendgrid" => (JSON, "[{\"event\":\"dropped\",\"sg_event_id\":\"x\"}]\r\n".to_owned()),
        "adyen-payments" => (JSON, format!(r#"{{"notificationItems":[{{"NotificationRequestItem":{item}}}]}}"#)),
        "mailgun" => {
            (JSON, r#"{"signature":{"timestamp":"1","token":"a0b1c2","signature":""},"event-data":{}}"#.to_owned())
        }
        "airtable" => (
            JSON,
            r#"{"base":{"id":"app1"},"webhook":{"id":"ach1"},"timestamp":"2026-11-21T00:00:00.000Z"}"#.to_owned(),
        ),
        _ => (JSON, format!(r#"{{"id":"evt_1","type":"x","webhookTimestamp":1,"text":"é\n{scheme}"}}"#)),
    }
}

/// The parts of the body that are signed.
fn covered(scheme: &str, body: &[u8]) -> Vec<std::ops::Range<usize>> {
    match scheme {
        "mailgun" => values(body, &["timestamp", "token", "signature"]),
        "adyen-payments" => values(
            body,
            &[
                "pspReference",
                "originalReference",
                "merchantAccountCode",
                "merchantReference",
                "value",
                "currency",
                "eventCode",
                "success",
                "hmacSignature",
            ],
        ),
        _ => std::iter::once(0..body.len()).collect(),
    }
}

/// One scheme under test: a trigger, a target for replays, and the library.
struct Bench<'a> {
    creel: &'a Creel,
    upstream: &'a Recorder,
    library: &'a mut Libraries,
    row: &'a Row,
    endpoint: Endpoint,
    kind: &'static str,
}

impl Bench<'_> {
    /// A path that the receiver and the target have both, so that a signed address can be sent to either.
    fn url(&self, base: &str) -> String {
        format!("{base}{}", self.endpoint.path)
    }

    fn library_signs(&mut self) -> Sent {
        let (scheme, secret, url) = (self.row.scheme, &self.endpoint.secret, self.url(&self.creel.receiver));
        let (_, body) = body_for(scheme);
        let question =
            json!({ "do": "sign", "scheme": scheme, "secret": secret, "id": "msg_1", "body": body, "url": url });
        let signed = self.library.ask(question);
        Sent::new(signed["headers"].as_object().unwrap(), signed["body"].as_str().unwrap())
    }

    fn creel_signs(&mut self) -> Sent {
        let (scheme, secret, url) = (self.row.scheme, &self.endpoint.secret, self.url(&self.upstream.base));
        let (kind, body) = body_for(scheme);
        let shopify =
            ["Topic", "Shop-Domain", "API-Version", "Webhook-Id"].map(|name| [format!("X-Shopify-{name}"), "x".into()]);
        let mut headers = vec![["Content-Type".to_owned(), kind.to_owned()]];
        headers.extend(shopify.into_iter().filter(|_| scheme == "shopify"));
        let draft = json!({
            "target": { "url": url }, "body": body, "headers": headers, "outside_effects": true,
            "signing": { "with": { "scheme": scheme, "secret": secret } },
        });
        let replayed = self.creel.rpc("replay_send", draft);
        assert_eq!(replayed["results"][0]["answer"]["status"], 200, "{scheme}: {replayed}");
        let got = self.upstream.seen().into_iter().rfind(|request| request.target == self.endpoint.path).unwrap();
        let of_the_way = ["host", "content-length", "content-type", "connection", "accept", "x-creel-replay"];
        let lines = got.headers.iter().filter(|(name, _)| !of_the_way.contains(&name.to_lowercase().as_str()));
        Sent { headers: lines.map(|(name, value)| (name.clone(), value.clone().into())).collect(), body: got.body }
    }

    fn creel_takes(&self, sent: &Sent, base: &str) -> u16 {
        let host = base.trim_start_matches("http://");
        self.creel.deliver(&sent.request(&self.endpoint.path, self.kind, host)).status
    }

    fn library_takes(&mut self, sent: &Sent, base: &str) -> Value {
        let more = json!({
            "do": "verify", "scheme": self.row.scheme, "secret": self.endpoint.secret, "url": self.url(base),
            "body_base64": sent.body_base64(),
        });
        self.library.ask(sent.question(more))
    }

    /// The same question for `creel verify`.
    fn line(&self, sent: &Sent, base: &str, now: i64) -> String {
        let more = json!({
            "scheme": self.row.scheme, "secret": self.endpoint.secret, "url": self.url(base),
            "body": sent.body_base64(), "body_encoding": "base64", "now": now,
        });
        let mut line = sent.question(more);
        line["headers"]["content-type"] = json!(self.kind);
        line.to_string()
    }

    /// Every bit at the library and at `creel verify`, one bit of every byte at the socket.
    fn no_flipped_bit_is_taken(&mut self, sent: &Sent, base: &str) {
        let scheme = self.row.scheme;
        let flips = sent.flips(self.row.proof, &covered(scheme, &sent.body), self.row.hex);
        assert!(flips.len() > 8 * 40, "{scheme}: {}", flips.len());
        let now = creel_tests::sign::now();
        let mut lines = vec![self.line(sent, base, now)];
        lines.extend(flips.iter().map(|flip| self.line(&sent.with(flip), base, now)));
        let verdicts = crate::verify_cli::verify(&lines);
        assert_eq!(verdicts[0]["valid"], true, "{scheme}: {}", verdicts[0]);
        let mut passed = Vec::new();
        for (flip, verdict) in flips.iter().zip(&verdicts[1..]) {
            let changed = sent.with(flip);
            assert_eq!(verdict["valid"], false, "{scheme}: creel takes {flip:?} {changed:?}");
            let library = self.library_takes(&changed, base)["valid"].as_bool().unwrap();
            if library && !(self.row.lets_pass)(flip) {
                passed.push(flip);
            }
            if flip.bit as usize == flip.byte % 8 {
                let status = self.creel_takes(&changed, base);
                assert!(matches!(status, 400 | 401), "{scheme}: {status} to {flip:?} {changed:?}");
            }
        }
        assert!(passed.is_empty(), "{scheme}: the library takes {passed:?} of {sent:?}");
    }

    fn prove(&mut self) {
        let scheme = self.row.scheme;
        let (own, target) = (self.creel.receiver.clone(), self.upstream.base.clone());
        let by_creel = self.creel_signs();
        let verdict = self.library_takes(&by_creel, &target);
        assert_eq!(verdict["valid"], true, "{scheme}: {verdict} {by_creel:?}");
        assert_eq!(self.creel_takes(&by_creel, &target), 202, "{scheme}: {by_creel:?}");
        let mut genuine = 1;
        if self.row.signs {
            let by_library = self.library_signs();
            assert_eq!(self.creel_takes(&by_library, &own), 202, "{scheme}: {by_library:?}");
            genuine += 1;
            self.no_flipped_bit_is_taken(&by_library, &own);
        } else {
            self.no_flipped_bit_is_taken(&by_creel, &target);
        }
        let runs = self.creel.executions(json!({ "trigger": self.endpoint.id }));
        assert_eq!(runs.len(), genuine, "{scheme}: only what is genuine sets something off");
    }
}

fn prove(rows: &[Row], mut library: Libraries) {
    let (creel, upstream) = (Creel::start(), Recorder::answering(200));
    let kept = json!({ "dedup": { "by_event_id": false, "by_body": false, "window_hours": 1 } });
    for row in rows {
        let endpoint = task_trigger(&creel, row.scheme, row.scheme, kept.clone());
        let (kind, _) = body_for(row.scheme);
        Bench { creel: &creel, upstream: &upstream, library: &mut library, row, endpoint, kind }.prove();
    }
}

#[test]
fn node_libraries_and_creel_understand_each_other_to_the_last_bit() {
    prove(IN_NODE, Libraries::start());
}

#[test]
fn python_libraries_and_creel_understand_each_other_to_the_last_bit() {
    prove(IN_PYTHON, Libraries::in_python());
}
