//! The verifiers that the window offers to copy: run in their own languages, one process a language over all schemes.

use std::path::Path;
use std::process::Command;

use creel_tests::recorder::Recorded;
use creel_tests::{Creel, Recorder, tools};
use serde_json::{Value, json};

/// Schemes that are not written down in a few lines, and say so.
const BEYOND: [&str; 11] = [
    "aws-sns",
    "aws-sns-v1",
    "paypal",
    "docker-hub",
    "standard-webhooks-v1a",
    "twilio",
    "sendgrid",
    "mailgun",
    "adyen-payments",
    "discord",
    "microsoft-graph",
];

/// A request and what a verifier has to say of it.
struct Case {
    scheme: String,
    what: &'static str,
    genuine: bool,
    request: Recorded,
    secrets: [String; 2],
    /// The secret and the sample that it was signed with, where it is too old before a compiler is done.
    soon_old: Option<(String, String)>,
}

/// Its window is five seconds.
const SHORT: &str = "paddle";

impl Case {
    /// The request as it is, or signed now.
    fn fresh(&self, creel: &Creel, end: &Recorder) -> Recorded {
        match &self.soon_old {
            Some((secret, sample)) => caught(creel, end, sample, &self.scheme, secret, None),
            None => self.request.clone(),
        }
    }
}

/// A sample of the scheme, signed by Creel and caught on its way.
fn caught(creel: &Creel, end: &Recorder, sample: &str, scheme: &str, secret: &str, at: Option<i64>) -> Recorded {
    let before = end.seen().len();
    let signing = json!({ "with": { "scheme": scheme, "secret": secret } });
    let draft = json!({ "sample": sample, "target": { "url": format!("{}/in?a=b", end.base) }, "signing": signing,
        "new_event_id": true, "at": at });
    creel.rpc("replay_send", draft);
    end.wait_for(before + 1).pop().unwrap()
}

fn cases(creel: &Creel, end: &Recorder) -> Vec<Case> {
    let samples = creel.rpc("samples_list", json!({}));
    let fits = |sample: &Value, scheme: &str| {
        sample["scheme"] == scheme || sample["also"].as_array().unwrap().iter().any(|also| also == scheme)
    };
    let mut cases = Vec::new();
    for scheme in creel.rpc("schemes_list", json!({})).as_array().unwrap() {
        let key = scheme["key"].as_str().unwrap();
        let code = creel.rpc("verifier_code", json!({ "scheme": key, "language": "node" }));
        assert_eq!(code["text"].is_null(), BEYOND.contains(&key), "{key}: {code}");
        if code["text"].is_null() {
            assert!(code["why"].as_str().is_some_and(|why| why.len() > 20), "{key}: {code}");
            continue;
        }
        let sample = samples.as_array().unwrap().iter().find(|one| one["asks"] == false && fits(one, key)).unwrap();
        let sample = sample["key"].as_str().unwrap();
        let slug = format!("v-{}", key.replace('.', "-"));
        let made = |n: u8| creel.trigger(json!({ "name": key, "slug": format!("{slug}-{n}"), "scheme": key })).secret;
        let (secret, other) = (made(1), made(2));
        let good = caught(creel, end, sample, key, &secret, None);
        let mut add = |what, genuine, request: Recorded, secrets: [&str; 2]| {
            let soon_old = (genuine && key == SHORT).then(|| (secret.clone(), sample.to_owned()));
            let secrets = secrets.map(str::to_owned);
            cases.push(Case { scheme: key.to_owned(), what, genuine, request, secrets, soon_old });
        };
        add("good", true, good.clone(), [&secret, ""]);
        add("signed with the old secret", true, good.clone(), [&other, &secret]);
        add("signed with another secret", false, good.clone(), [&other, ""]);
        add("without any secret", false, good.clone(), ["", ""]);
        add("without its headers", false, Recorded { headers: Vec::new(), ..good.clone() }, [&secret, ""]);
        let kind = creel.rpc("verifier_code", json!({ "scheme": key, "language": "shell" }));
        let digests = kind["text"].as_str().unwrap().contains("openssl dgst -sha256 -binary")
            || kind["text"].as_str().unwrap().contains("-mac HMAC");
        if digests {
            let mut body = good.body.clone();
            let middle = body.len() / 2;
            body[middle] ^= 1;
            add("with another body", false, Recorded { body, ..good.clone() }, [&secret, ""]);
        }
        add("with another signature", false, resigned(&good), [&secret, ""]);
        // Linear's and Mailgun's time is in the body, which the few lines do not read.
        if scheme["has_timestamp"] == true && key != "linear" {
            let now = creel_tests::sign::now();
            for (what, at) in [("too old", now - 3_600), ("of the future", now + 3_600)] {
                add(what, false, caught(creel, end, sample, key, &secret, Some(at)), [&secret, ""]);
            }
        }
    }
    cases
}

/// With the last letter or digit of every header that carries a proof changed; so are the names of lists left alone.
fn resigned(good: &Recorded) -> Recorded {
    let mut changed = good.clone();
    let proves = |name: &str| {
        let name = name.to_lowercase();
        let telling = ["signature", "hmac", "-mac", "token", "secret", "authorization", "x-trello-webhook"];
        let other = ["timestamp", "version", "algorithm", "idempotency"];
        telling.iter().any(|word| name.contains(word)) && !other.iter().any(|word| name.contains(word))
    };
    for (_, value) in changed.headers.iter_mut().filter(|(name, _)| proves(name)) {
        let at = value.len() - 8;
        let was = value.as_bytes()[at];
        value.replace_range(at..=at, if was == b'a' { "b" } else { "a" });
    }
    changed
}

fn code(creel: &Creel, scheme: &str, language: &str) -> String {
    let code = creel.rpc("verifier_code", json!({ "scheme": scheme, "language": language }));
    let text = code["text"].as_str().unwrap_or_else(|| panic!("{scheme}, {language}: {code}")).to_owned();
    assert!(!text.contains("whsec_M") && text.contains("WEBHOOK_SECRET_OLD"), "{text}");
    text
}

/// A name for a module of any language.
fn module(scheme: &str) -> String {
    format!("s_{}", scheme.replace(['-', '.'], "_"))
}

/// The cases as JSON: what the small programs of each language read.
fn as_json(cases: &[Case], creel: &Creel, end: &Recorder) -> String {
    let one = |case: &Case| {
        let request = case.fresh(creel, end);
        let headers: serde_json::Map<_, _> =
            request.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({ "module": module(&case.scheme), "headers": headers, "body": hex::encode(&request.body),
            "method": request.method, "url": format!("{}{}", end.base, request.target), "secrets": case.secrets })
    };
    Value::from_iter(cases.iter().map(one)).to_string()
}

/// A program prints one letter a case: `y` or `n`.
fn judge(language: &str, cases: &[Case], printed: &[u8]) {
    let said: Vec<_> = String::from_utf8_lossy(printed).trim().chars().collect();
    assert_eq!(said.len(), cases.len(), "{language}");
    let wrong: Vec<_> = cases.iter().zip(said).filter(|(case, said)| case.genuine != (*said == 'y')).collect();
    let wrong: Vec<_> = wrong.iter().map(|(case, said)| format!("{} {}: {said}", case.scheme, case.what)).collect();
    assert!(wrong.is_empty(), "{language}: {wrong:#?}");
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn schemes(cases: &[Case]) -> Vec<&str> {
    let mut all: Vec<_> = cases.iter().map(|case| case.scheme.as_str()).collect();
    all.dedup();
    all
}

fn node(creel: &Creel, end: &Recorder, cases: &[Case], folder: &Path) {
    for scheme in schemes(cases) {
        write(folder, &format!("{}.mjs", module(scheme)), &code(creel, scheme, "node"));
    }
    let program = r#"
import { readFileSync } from "node:fs";
let said = "";
for (const one of JSON.parse(readFileSync("cases.json"))) {
  const { verify } = await import(`./${one.module}.mjs`);
  [process.env.WEBHOOK_SECRET, process.env.WEBHOOK_SECRET_OLD] = one.secrets;
  const headers = Object.fromEntries(Object.entries(one.headers).map(([name, value]) => [name.toLowerCase(), value]));
  said += verify({ method: one.method, url: one.url, headers, body: Buffer.from(one.body, "hex") }) ? "y" : "n";
}
console.log(said);
"#;
    write(folder, "run.mjs", program);
    write(folder, "cases.json", &as_json(cases, creel, end));
    judge("node", cases, &tools::run(Command::new("node").arg("run.mjs").current_dir(folder)).stdout);
}

fn python(creel: &Creel, end: &Recorder, cases: &[Case], folder: &Path) {
    for scheme in schemes(cases) {
        write(folder, &format!("{}.py", module(scheme)), &code(creel, scheme, "python"));
    }
    let program = r#"
import importlib, inspect, json, os

class AnyCase(dict):
    def get(self, name, default=None):
        return next((value for own, value in self.items() if own.lower() == name.lower()), default)

said = ""
for one in json.load(open("cases.json")):
    verify = importlib.import_module(one["module"]).verify
    os.environ["WEBHOOK_SECRET"], os.environ["WEBHOOK_SECRET_OLD"] = one["secrets"]
    given = {"headers": AnyCase(one["headers"]), "body": bytes.fromhex(one["body"]), "method": one["method"], "url": one["url"]}
    wanted = inspect.signature(verify).parameters
    said += "y" if verify(**{name: value for name, value in given.items() if name in wanted}) else "n"
print(said)
"#;
    write(folder, "run.py", program);
    write(folder, "cases.json", &as_json(cases, creel, end));
    judge("python", cases, &tools::run(Command::new("python3").arg("run.py").current_dir(folder)).stdout);
}

fn go(creel: &Creel, end: &Recorder, cases: &[Case], folder: &Path) {
    let (mut imports, mut calls) = (String::new(), String::new());
    for scheme in schemes(cases) {
        let (name, text) = (module(scheme), code(creel, scheme, "go"));
        let takes = |name: &str, given| if text.contains(&format!("{name} string, ")) { given } else { "" };
        let address = [takes("method", "one.Method, "), takes("url", "one.Url, ")].concat();
        imports.push_str(&format!("\t{name} \"creel.test/{name}\"\n"));
        calls.push_str(&format!(
            "\t\tcase \"{name}\":\n\t\t\tgenuine = {name}.Verify({address}header, body, time.Now())\n"
        ));
        write(folder, &format!("{name}/verify.go"), &text);
    }
    let program = format!(
        r#"package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

{imports})

func main() {{
	var cases []struct {{
		Module, Body, Method, Url string
		Headers map[string]string
		Secrets []string
	}}
	text, _ := os.ReadFile("cases.json")
	if err := json.Unmarshal(text, &cases); err != nil {{
		panic(err)
	}}
	for _, one := range cases {{
		os.Setenv("WEBHOOK_SECRET", one.Secrets[0])
		os.Setenv("WEBHOOK_SECRET_OLD", one.Secrets[1])
		body, _ := hex.DecodeString(one.Body)
		header := http.Header{{}}
		for name, value := range one.Headers {{
			header.Set(name, value)
		}}
		genuine := false
		switch one.Module {{
{calls}		}}
		if genuine {{
			fmt.Print("y")
		}} else {{
			fmt.Print("n")
		}}
	}}
}}
"#
    );
    write(folder, "main.go", &program);
    write(folder, "go.mod", "module creel.test\n\ngo 1.19\n");
    let go = |arguments: &[&str]| {
        let mut run = Command::new("go");
        run.args(arguments).current_dir(folder).env("GOPROXY", "off").env("GOTOOLCHAIN", "local");
        tools::run(&mut run);
    };
    go(&["build", "-o", "verifiers", "."]);
    go(&["vet", "./..."]);
    write(folder, "cases.json", &as_json(cases, creel, end));
    judge("go", cases, &tools::run(Command::new(folder.join("verifiers")).current_dir(folder)).stdout);
}

fn rust(creel: &Creel, end: &Recorder, cases: &[Case], folder: &Path) {
    let (mut modules, mut calls) = (String::new(), String::new());
    for scheme in schemes(cases) {
        let (name, text) = (module(scheme), code(creel, scheme, "rust"));
        let takes = |name: &str, given| if text.contains(&format!("{name}: &str, ")) { given } else { "" };
        let address = [takes("method", "method, "), takes("url", "url, ")].concat();
        let now = if text.contains("now: i64") { ", now" } else { "" };
        modules.push_str(&format!("mod {name};\n"));
        calls.push_str(&format!("            \"{name}\" => {name}::verify({address}header, &body{now}),\n"));
        write(folder, &format!("src/{name}.rs"), &text);
    }
    let program = format!(
        r#"{modules}
fn main() {{
    let cases: serde_json::Value = serde_json::from_str(&std::fs::read_to_string("cases.json").unwrap()).unwrap();
    for one in cases.as_array().unwrap() {{
        std::env::set_var("WEBHOOK_SECRET", one["secrets"][0].as_str().unwrap());
        std::env::set_var("WEBHOOK_SECRET_OLD", one["secrets"][1].as_str().unwrap());
        let headers = one["headers"].as_object().unwrap();
        let header = |wanted: &str| {{
            headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).and_then(|(_, value)| value.as_str())
        }};
        let body = hex::decode(one["body"].as_str().unwrap()).unwrap();
        let (method, url) = (one["method"].as_str().unwrap(), one["url"].as_str().unwrap());
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
        let genuine = match one["module"].as_str().unwrap() {{
{calls}            _ => false,
        }};
        print!("{{}}", if genuine {{ 'y' }} else {{ 'n' }});
    }}
}}
"#
    );
    write(folder, "src/main.rs", &program);
    let manifest = "[package]\nname = \"verifiers\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[workspace]\n[dependencies]\n\
        base64 = \"0.23\"\nhex = \"0.4\"\nhmac = \"0.13\"\njiff = \"0.2\"\nserde_json = \"1\"\nsha1 = \"0.11\"\n\
        sha2 = \"0.11\"\nsubtle = \"2\"\n";
    write(folder, "Cargo.toml", manifest);
    // The workspace's own lock names the versions that are on this machine.
    std::fs::copy(tools::here("../Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let mut run = Command::new(env!("CARGO"));
    run.args(["build", "--quiet", "--offline"]).current_dir(folder).env_remove("CARGO_TARGET_DIR");
    let built = tools::run(&mut run);
    assert!(built.stderr.is_empty(), "warnings: {}", String::from_utf8_lossy(&built.stderr));
    write(folder, "cases.json", &as_json(cases, creel, end));
    let program = folder.join("target/debug/verifiers");
    judge("rust", cases, &tools::run(Command::new(program).current_dir(folder)).stdout);
}

fn shell(creel: &Creel, end: &Recorder, cases: &[Case], folder: &Path) {
    for scheme in schemes(cases) {
        write(folder, &format!("{}.sh", module(scheme)), &code(creel, scheme, "shell"));
    }
    let mut printed = String::new();
    for case in cases {
        let request = case.fresh(creel, end);
        std::fs::write(folder.join("body.bin"), &request.body).unwrap();
        let mut run = Command::new("sh");
        run.arg(format!("{}.sh", module(&case.scheme))).arg("body.bin").current_dir(folder).env_clear();
        run.env("PATH", std::env::var("PATH").unwrap()).env("REQUEST_METHOD", &request.method);
        run.env("WEBHOOK_SECRET", &case.secrets[0]).env("WEBHOOK_SECRET_OLD", &case.secrets[1]);
        let host = request.header("host").unwrap_or_default();
        run.env("URL", format!("http://{host}{}", request.target));
        for (name, value) in &request.headers {
            run.env(format!("HTTP_{}", name.to_uppercase().replace('-', "_")), value);
        }
        let ended = run.output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(said.is_empty(), "{} {}: {said}", case.scheme, case.what);
        printed.push(if ended.status.success() { 'y' } else { 'n' });
    }
    judge("shell", cases, printed.as_bytes());
}

#[test]
fn in_every_language_a_good_delivery_is_genuine_and_a_broken_one_is_not() {
    let creel = Creel::start();
    let end = Recorder::answering(200);
    let cases = cases(&creel, &end);
    assert!(schemes(&cases).len() >= 64 && cases.len() > 440, "{} and {}", schemes(&cases).len(), cases.len());
    for (language, run) in [
        ("node", node as fn(&Creel, &Recorder, &[Case], &Path)),
        ("python", python),
        ("go", go),
        ("rust", rust),
        ("shell", shell),
    ] {
        let folder = creel.folder().join(language);
        run(&creel, &end, &cases, &folder);
    }
}
