//! Schemes proven by libraries that their providers wrote, in both directions: the library signs and Creel takes it;
//! Creel signs a replay and the library takes that.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use creel_tests::{Creel, Recorder, Request, tools};
use serde_json::{Map, Value, json};

use crate::deliver::newest;

/// `journeys/libraries.js`, asked line by line.
pub struct Libraries {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Libraries {
    pub fn start() -> Self {
        let mut child = tools::node("libraries.js").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (ask, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, ask, answers }
    }

    pub fn ask(&mut self, question: Value) -> Value {
        writeln!(self.ask, "{question}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?}"))
    }
}

impl Drop for Libraries {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn each_providers_library_and_creel_understand_each_other() {
    let (creel, upstream, mut libraries) = (Creel::start(), Recorder::answering(200), Libraries::start());
    for scheme in ["github", "stripe", "standard-webhooks"] {
        let endpoint = creel.trigger(json!({ "name": scheme, "slug": scheme, "scheme": scheme }));
        let body = format!(r#"{{"id":"evt_1","object":"event","type":"x","text":"é\n{scheme}"}}"#);
        let question =
            json!({ "do": "sign", "scheme": scheme, "secret": endpoint.secret, "id": "msg_1", "body": body });
        let signed = libraries.ask(question);
        let headers = signed["headers"].as_object().unwrap();
        let request = headers.iter().fold(Request::post(&endpoint.path, body.as_bytes()), |r, (name, value)| {
            r.header(name, value.as_str().unwrap())
        });
        let answer = creel.deliver(&request);
        assert_eq!(answer.status, 202, "{scheme}: {}", answer.text());

        let target = json!({ "url": format!("{}/{scheme}", upstream.base) });
        let draft = json!({ "delivery_id": newest(&creel)["id"], "target": target, "outside_effects": true });
        let replayed = creel.rpc("replay_send", draft);
        assert_eq!(replayed["results"][0]["answer"]["status"], 200, "{scheme}: {replayed}");
        let got = upstream.seen().into_iter().rfind(|request| request.target.ends_with(scheme)).unwrap();
        let headers: Map<String, Value> =
            got.headers.iter().map(|(name, value)| (name.to_lowercase(), json!(value))).collect();
        let text = String::from_utf8(got.body.clone()).unwrap();
        let question = |body: &str| json!({ "do": "verify", "scheme": scheme, "secret": endpoint.secret, "headers": headers, "body": body });
        assert_eq!(libraries.ask(question(&text))["valid"], true, "{scheme}: {got:?}");
        assert_eq!(
            libraries.ask(question(&text.replace('x', "y")))["valid"],
            false,
            "{scheme}: the library does check"
        );
    }
}

/// Form for Twilio, an array for SendGrid, JSON for the others; each says its scheme.
fn body_for(scheme: &str) -> (&'static str, String) {
    match scheme {
        "twilio" => (
            "application/x-www-form-urlencoded",
            "Body=It%27s+fine+%26+x&From=%2B4915187654321&To=%2B491511".to_owned(),
        ),
        "sendgrid" => ("application/json", "[{\"event\":\"dropped\",\"sg_event_id\":\"x\"}]\r\n".to_owned()),
        _ => ("application/json", format!(r#"{{"id":"evt_1","type":"x","webhookTimestamp":1,"text":"é\n{scheme}"}}"#)),
    }
}

#[test]
fn what_providers_libraries_sign_is_taken() {
    let (creel, mut libraries) = (Creel::start(), Libraries::start());
    for scheme in ["svix", "twilio", "sanity"] {
        let endpoint = creel.trigger(json!({ "name": scheme, "slug": scheme, "scheme": scheme }));
        let (kind, body) = body_for(scheme);
        let url = format!("{}{}", creel.receiver, endpoint.path);
        let question = json!({ "do": "sign", "scheme": scheme, "secret": endpoint.secret, "id": "msg_1", "body": body, "url": url });
        let signed = libraries.ask(question);
        let send = |body: &str| {
            let request = Request::new("POST", &endpoint.path).header("Content-Type", kind).with_body(body);
            let headers = signed["headers"].as_object().unwrap().iter();
            creel.deliver(&headers.fold(request, |r, (name, value)| r.header(name, value.as_str().unwrap())))
        };
        assert_eq!(send(&body.replacen('x', "y", 1)).status, 401, "{scheme}: a changed body");
        let answer = send(&body);
        assert_eq!(answer.status, 202, "{scheme}: {}", answer.text());
    }
}

#[test]
fn what_creel_signs_is_taken_by_providers_libraries() {
    let (creel, upstream, mut libraries) = (Creel::start(), Recorder::answering(200), Libraries::start());
    for scheme in ["svix", "twilio", "sanity", "discord", "sendgrid", "line", "linear", "paddle"] {
        let endpoint = creel.trigger(json!({ "name": scheme, "slug": scheme, "scheme": scheme }));
        let (kind, body) = body_for(scheme);
        let url = format!("{}/{scheme}", upstream.base);
        let draft = json!({
            "target": { "url": url }, "body": body, "headers": [["Content-Type", kind]], "outside_effects": true,
            "signing": { "with": { "scheme": scheme, "secret": endpoint.secret } },
        });
        let replayed = creel.rpc("replay_send", draft);
        assert_eq!(replayed["results"][0]["answer"]["status"], 200, "{scheme}: {replayed}");
        let got = upstream.seen().into_iter().rfind(|request| request.target.ends_with(scheme)).unwrap();
        let headers: Map<String, Value> =
            got.headers.iter().map(|(name, value)| (name.to_lowercase(), json!(value))).collect();
        let text = String::from_utf8(got.body.clone()).unwrap();
        let mut verified = |body: &str| {
            let secret = &endpoint.secret;
            libraries.ask(json!({ "do": "verify", "scheme": scheme, "secret": secret, "headers": headers, "body": body, "url": url }))
        };
        assert_eq!(verified(&text)["valid"], true, "{scheme}: {got:?} {}", verified(&text));
        assert_eq!(verified(&text.replacen('x', "y", 1))["valid"], false, "{scheme}: the library does check");
    }
}
