//! Every scheme that ships, at the socket: a genuine delivery is taken, and forty that are not genuine are refused, scheme by
//! scheme, and set nothing off.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use creel_tests::creel::Endpoint;
use creel_tests::{Creel, Request};
use serde_json::{Value, json};

use crate::deliver::{merge, newest, task_trigger};

/// Docker Hub's proof is in the address, which Creel does not make: its own test is below.
pub const IN_THE_ADDRESS: &str = "docker-hub";

/// Amazon's first version signs with SHA-1, which Creel checks and never makes.
pub const NEVER_SIGNED: &str = "aws-sns-v1";

/// A trigger of a scheme. Where a certificate proves, it has a key of its own in its place, by OpenSSL.
pub fn endpoint_of(creel: &Creel, key: &str, by_event_id: bool) -> Endpoint {
    let mut more = json!({ "dedup": { "by_event_id": by_event_id, "by_body": false, "window_hours": 1 } });
    let before = match key {
        "aws-sns" => Some(""),
        "paypal" => Some("8PT597110X687430LKGECATA\n"),
        _ => None,
    };
    if let Some(before) = before {
        let mut openssl = std::process::Command::new("openssl");
        openssl.args(["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]);
        let pem = String::from_utf8(creel_tests::tools::run(&mut openssl).stdout).unwrap();
        more["secret"] = json!(format!("{before}{pem}"));
    }
    task_trigger(creel, &key.replace('.', "-"), key, more)
}

#[test]
fn of_every_scheme_forty_bad_signatures_are_refused_and_the_good_one_is_taken() {
    let creel = Creel::start();
    let schemes = creel.rpc("schemes_list", json!({}));
    let keys: Vec<_> = schemes.as_array().unwrap().iter().map(|scheme| scheme["key"].as_str().unwrap()).collect();
    assert!(keys.len() >= 70, "{} schemes ship", keys.len());
    for key in keys.into_iter().filter(|key| ![IN_THE_ADDRESS, NEVER_SIGNED].contains(key)) {
        let endpoint = endpoint_of(&creel, key, false);
        let test = creel.rpc("send_test", json!({ "trigger_id": endpoint.id }));
        let id = test["delivery"]["id"].as_str().unwrap_or_else(|| panic!("{key}: {test}")).to_owned();
        assert_eq!(test["delivery"]["signature"], "valid", "{key}: {test}");
        let before = (creel.tasks().len(), creel.executions(json!({})).len());
        let genuine = Genuine::of(&creel, &id, &endpoint.path, &endpoint.secret);
        assert_eq!(creel.deliver(&genuine.request(None)).status / 100, 2, "{key}: the same request again");
        let after = (creel.tasks().len(), creel.executions(json!({})).len());
        assert_eq!(after.1, before.1 + 1, "{key}: a genuine one runs");
        let bad = bad_values(&genuine.value);
        assert!(bad.len() >= 40, "{key}: {}", bad.len());
        for value in bad {
            let answer = creel.deliver(&genuine.request(Some(&value)));
            assert!(matches!(answer.status, 400 | 401), "{key} {value:?}: {} {}", answer.status, answer.text());
            assert_eq!(newest(&creel)["outcome"], "rejected", "{key} {value:?}");
        }
        let missing = creel.deliver(&genuine.request(Some("")));
        assert_eq!(missing.status, 401, "{key}: without a signature");
        assert_eq!((creel.tasks().len(), creel.executions(json!({})).len()), after, "{key}: a forged one ran");
    }
    assert_eq!(creel.deliver(&Request::get("/healthz")).status, 200, "still there");
}

/// A delivery that was taken, as it can be sent again.
pub struct Genuine {
    path: String,
    pub headers: Vec<(String, String)>,
    body: Vec<u8>,
    pub place: Place,
    /// The proof's own value.
    pub value: String,
}

/// Where the signature is.
pub enum Place {
    Header(String),
    Body,
}

/// Headers that carry a signature or a token, as schemes have them; the first one of a delivery is its proof.
fn proves(name: &str) -> bool {
    let name = name.to_lowercase();
    let telling =
        ["signature", "hmac", "-mac", "token", "secret", "authorization", "x-trello-webhook", "transmission-sig"];
    let other = ["timestamp", "version", "algorithm", "idempotency"];
    telling.iter().any(|word| name.contains(word)) && !other.iter().any(|word| name.contains(word))
}

impl Genuine {
    pub fn of(creel: &Creel, id: &str, path: &str, secret: &str) -> Self {
        let detail = creel.rpc("delivery_get", json!({ "id": id }));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let lines = detail["headers"].as_array().unwrap();
        let own = ["host", "content-length", "connection", "x-creel-replay"];
        let mut headers: Vec<_> = lines.iter().map(|line| (text(&line["name"]), text(&line["value"]))).collect();
        headers.retain(|(name, _)| !own.contains(&name.to_lowercase().as_str()));
        let mut body = creel.body(id);
        let masked = |value: &str| value.contains('•');
        for (_, value) in headers.iter_mut().filter(|(_, value)| masked(value)) {
            *value = match value.split_once(' ').map(|(kind, _)| kind) {
                Some("Basic") => format!("Basic {}", BASE64_STANDARD.encode(secret)),
                Some(kind) => format!("{kind} {secret}"),
                None => secret.to_owned(),
            };
        }
        let (place, value) = match headers.iter().find(|(name, _)| proves(name)) {
            Some((name, value)) => (Place::Header(name.clone()), value.clone()),
            None => (Place::Body, take_from_body(&mut body)),
        };
        Self { path: path.to_owned(), headers, body, place, value }
    }

    /// With another proof, or with its own.
    pub fn request(&self, value: Option<&str>) -> Request {
        let value = value.unwrap_or(&self.value);
        let mut headers = self.headers.clone();
        let mut body = self.body.clone();
        match &self.place {
            Place::Header(name) => {
                headers.iter_mut().filter(|(own, _)| own == name).for_each(|line| line.1 = value.into())
            }
            Place::Body => {
                let quoted = serde_json::to_string(value).unwrap();
                body = String::from_utf8(body).unwrap().replace(MARK, &quoted).into_bytes();
            }
        }
        let request = Request::new("POST", &self.path).with_body(body);
        // A value that could not stand in a header would be refused as malformed HTTP, not as a signature.
        headers.iter().fold(request, |request, (name, value)| request.header(name, value.as_bytes()))
    }
}

impl Genuine {
    /// The same with another value of a header.
    pub fn with(&self, name: &str, value: &str) -> Request {
        self.lines(|(own, kept)| Some((own, if own == name { value } else { kept })))
    }

    /// The same without a header.
    pub fn without(&self, name: &str) -> Request {
        self.lines(|line| Some(line).filter(|(own, _)| *own != name))
    }

    fn lines<'a>(&'a self, kept: impl Fn((&'a str, &'a str)) -> Option<(&'a str, &'a str)>) -> Request {
        let request = Request::new("POST", &self.path).with_body(self.body.clone());
        let lines = self.headers.iter().filter_map(|(name, value)| kept((name, value)));
        lines.fold(request, |request, (name, value)| request.header(name, value.as_bytes()))
    }
}

const MARK: &str = "\"@the signature@\"";

/// Mailgun, Adyen, Microsoft Graph and Amazon keep theirs in the body.
fn take_from_body(body: &mut Vec<u8>) -> String {
    let text = String::from_utf8(body.clone()).unwrap();
    for name in ["\"signature\"", "\"hmacSignature\"", "\"clientState\"", "\"Signature\""] {
        // Mailgun's `signature` is an object first, and a text inside it.
        for (at, _) in text.match_indices(name) {
            let value = text[at + name.len()..].trim_start_matches([':', ' ']);
            if let Some(inside) = value.strip_prefix('"') {
                let start = text.len() - inside.len();
                let end = start + inside.find('"').unwrap();
                *body = format!("{}{MARK}{}", &text[..start - 1], &text[end + 1..]).into_bytes();
                return text[start..end].to_owned();
            }
        }
    }
    panic!("no signature in {text}")
}

/// What must not pass, made from what does.
fn bad_values(good: &str) -> Vec<String> {
    let digest = good.rsplit([',', ';', ' ']).next().unwrap_or(good);
    let start = digest.find('=').filter(|at| at + 2 < digest.len()).map_or(0, |at| at + 1);
    let digest = digest[start..].to_owned();
    let with = |other: &str| good.replace(&digest, other);
    let flip = |at: usize| {
        let mut bytes = digest.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' || bytes[at] == b'a' { b'b' } else { b'a' };
        String::from_utf8(bytes).unwrap()
    };
    let mut all = vec![
        "sha256=".to_owned(),
        "sha1=".to_owned(),
        "v1,".to_owned(),
        "v1=".to_owned(),
        "null".to_owned(),
        "undefined".to_owned(),
        "t=1,v1=".to_owned(),
        ",".to_owned(),
        "a".repeat(5000),
        vec!["v1=00"; 17].join(","),
        format!("{good},,"),
        format!("sha1={good}"),
        format!("SHA-256={good}"),
        format!("{good};"),
        format!("{good}%00"),
        format!("{good}\u{a0}"),
        with(""),
        with("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        with("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        with(&"0".repeat(digest.len())),
        with(&"f".repeat(digest.len())),
        with(&format!("{digest}{digest}")),
        with(&format!("{digest}0")),
        with(&format!("0x{digest}")),
        with(&format!("\"{digest}\"")),
        with(&digest.chars().rev().collect::<String>()),
        with(&flip(0)),
        with(&flip(digest.len() / 2)),
        with(&digest.replacen(|c: char| c.is_ascii_digit(), "\u{0661}", 1)),
        with(&digest.replacen(|c: char| c.is_ascii_alphabetic(), "\u{ff41}", 1)),
    ];
    all.extend((1..digest.len().min(21)).map(|cut| with(&digest[..digest.len() - cut])));
    all.retain(|value| value != good);
    all
}

#[test]
fn a_secret_in_the_address_is_taken_and_no_other_one() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "images", "docker-hub", json!({ "secret": "a secret of the address" }));
    let send = |query: &str| {
        creel.deliver(&Request::post(&format!("{}{query}", endpoint.path), br#"{"title":"pushed"}"#)).status
    };
    assert_eq!(send("?token=a+secret+of+the%20address"), 202);
    for query in
        ["", "?", "?token", "?token=", "?token=a", "?Token=a+secret+of+the+address", "?x=1&tokens=a", "?token[]=a"]
    {
        assert_eq!(send(query), 401, "{query}");
    }
    assert_eq!(creel.tasks().len(), 1);
}

#[test]
fn a_secret_that_a_scheme_cannot_read_is_refused_when_it_is_typed() {
    let creel = Creel::start();
    for (scheme, secret) in [
        ("discord", "not hex"),
        ("discord", "3d4017c3"),
        ("sendgrid", "AAAA"),
        ("standard-webhooks-v1a", "whpk_AAAA"),
        ("adyen-payments", "xyz"),
        ("airtable", "%%%"),
        ("svix", "whsec_not base64!"),
    ] {
        let mut draft = json!({ "name": "a", "slug": "a", "scheme": scheme });
        merge(&mut draft, json!({ "secret": secret }));
        let answer = creel.try_rpc("trigger_create", draft);
        assert_eq!((answer.status, &answer.json()["field"]), (422, &json!("secret")), "{scheme}: {}", answer.text());
    }
}
