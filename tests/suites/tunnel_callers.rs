//! Who called, as each tunnel tells it (`trust` T09): its documented word counts in its plain forms, and nothing else does.

use creel_tests::creel::Endpoint;
use creel_tests::{Connection, Creel, Request, wire};
use serde_json::json;

use crate::tunnel_ways::{STRANGER, Way, by_own_address, by_program, tell_stand_in};

/// On the allowlist of every trigger here.
const FRIEND: &str = "203.0.113.7";
/// Headers in which somebody somewhere is told who calls; the well-known ones first.
const CLAIMS: [&str; 16] = [
    "X-Forwarded-For",
    "X-Real-IP",
    "Forwarded",
    "CF-Connecting-IP",
    "True-Client-IP",
    "X-Client-IP",
    "Client-IP",
    "X-Cluster-Client-IP",
    "X-Original-Forwarded-For",
    "X-Envoy-External-Address",
    "X-Appengine-User-IP",
    "Fastly-Client-IP",
    "CF-Connecting-IPv6",
    "Tailscale-Ingress-Src",
    "X_Forwarded_For",
    "Via",
];
/// Those that a listener may be set up to believe, with the words for it.
const BELIEVED: [(&str, &str); 4] = [
    ("x_forwarded_for", "X-Forwarded-For"),
    ("x_real_ip", "X-Real-IP"),
    ("cf_connecting_ip", "CF-Connecting-IP"),
    ("true_client_ip", "True-Client-IP"),
];

/// The friend's address in one form.
struct Form {
    text: String,
    /// Whether it names the friend in a header that holds one address, and in `X-Forwarded-For`, whose last entry counts.
    names: (bool, bool),
}

fn forms() -> Vec<Form> {
    let form = |text: &str, one, last| Form { text: text.to_owned(), names: (one, last) };
    let long = format!("{}{FRIEND}", format!("{STRANGER}, ").repeat(1_500));
    vec![
        form(FRIEND, true, true),
        form(&format!("  {FRIEND}\t"), true, true),
        form(&format!("::ffff:{FRIEND}"), true, true),
        form("::FFFF:CB00:7107", true, true),
        form(&format!("[::ffff:{FRIEND}]"), true, true),
        form(&format!("{STRANGER}, {FRIEND}"), false, true),
        form(&format!("{STRANGER},{FRIEND}"), false, true),
        form(&long, false, true),
        form(&format!("{FRIEND}, {STRANGER}"), false, false),
        form(&format!("{FRIEND},"), false, false),
        form(&format!("{FRIEND} {STRANGER}"), false, false),
        form(&format!("{FRIEND}:443"), false, false),
        form(&format!("[::ffff:{FRIEND}]:443"), false, false),
        form(&format!("[{FRIEND}"), false, false),
        form(&format!("for={FRIEND}"), false, false),
        form(&format!("\"{FRIEND}\""), false, false),
        form(&format!("{FRIEND}%lo"), false, false),
        form(&format!("{FRIEND}/32"), false, false),
        form("::cb00:7107", false, false),
        form("203.0.113.007", false, false),
        form("0xcb.0x0.0x71.0x7", false, false),
        form("3405803783", false, false),
        form("203.0.28935", false, false),
        form("\u{ff12}\u{ff10}\u{ff13}.0.113.7", false, false),
        form("unknown", false, false),
        form("", false, false),
        form("0.0.0.0", false, false),
    ]
}

fn listed(creel: &Creel) -> Endpoint {
    creel.trigger(json!({
        "name": "listed", "slug": "listed", "scheme": "github", "ip_allowlist": [FRIEND],
        "rate": { "per_minute": 6_000, "burst": 6_000 }
    }))
}

/// A push that is like no other.
fn push(endpoint: &Endpoint, id: &str) -> Request {
    Request::post(&endpoint.path, format!("{{\"id\":{}}}", json!(id))).github(&endpoint.secret, "push", &digest(id))
}

/// An id that any header takes.
fn digest(id: &str) -> String {
    hex::encode(id.as_bytes()).chars().rev().take(60).collect()
}

/// One of them in every form, all of them in every form, and one said twice.
fn strangers_requests(endpoint: &Endpoint) -> Vec<(String, Request)> {
    let mut all = Vec::new();
    for Form { text, .. } in forms() {
        let what = |header: &str| format!("{header}: {}", text.chars().take(60).collect::<String>());
        // The well-known ones in every form, the others in the one that everybody reads.
        for name in CLAIMS.iter().take(if text == FRIEND { CLAIMS.len() } else { 5 }) {
            all.push((what(name), push(endpoint, &what(name)).header(name, text.as_bytes())));
        }
        // As much as a head may hold.
        if text.len() < 1_000 {
            let together =
                CLAIMS.iter().fold(push(endpoint, &what("all")), |it, name| it.header(name, text.as_bytes()));
            all.push((what("all"), together));
        }
    }
    for name in CLAIMS {
        let what = format!("{name} twice");
        all.push((what.clone(), push(endpoint, &what).header(name, STRANGER).header(name, FRIEND)));
    }
    all
}

#[test]
fn no_header_of_a_strangers_changes_an_allowlists_verdict_through_any_tunnel() {
    let (by_ngrok, edge) = crate::tunnel_ngrok::way();
    for (kind, way) in Way::all().chain([("ngrok", by_ngrok)]) {
        let endpoint = listed(&way.creel);
        for (what, request) in strangers_requests(&endpoint) {
            let answer = way.send(&request);
            assert_eq!(answer.status, 403, "{kind}: a stranger's {what} is {}", answer.text());
        }
        let rows = way.creel.deliveries("");
        assert!(rows.len() > forms().len() * 5, "{kind}: every one of them is in the inbox: {}", rows.len());
        let (told, code) = match kind {
            "cloudflared" | "tailscale" | "ngrok" => (json!(STRANGER), "address_not_allowed"),
            _ => (json!(null), "address_unknown"),
        };
        for row in &rows {
            assert_eq!((&row["peer"], &row["reason_code"]), (&told, &json!(code)), "{kind}: {row}");
        }
        if told.is_null() {
            says_why(kind, &way, &rows[0]["reason"]);
            continue;
        }
        tell_stand_in(&way.creel, &json!({ "caller": FRIEND }));
        if kind == "ngrok" {
            edge.caller(&format!("{FRIEND}:40000"));
        }
        assert_eq!(way.send(&push(&endpoint, "friend")).status, 202, "{kind}: the friend is let in");
        assert_eq!(way.creel.deliveries("")[0]["peer"], FRIEND, "{kind}");
    }
}

/// A tunnel that tells no address refuses everybody, and says so before it happens and afterwards.
fn says_why(kind: &str, way: &Way, reason: &serde_json::Value) {
    assert_eq!(reason, "there is an allowlist, and the tunnel does not tell the caller's address", "{kind}");
    let exposure = way.creel.rpc("tunnel_get", json!({}))["exposure"].clone();
    let refuses = exposure["reached"][0]["refuses"].as_str().unwrap_or_default().to_owned();
    assert!(refuses.contains("does not tell who calls"), "{kind}: {exposure}");
    assert!(exposure["sentence"].as_str().unwrap().contains("does not tell who calls"), "{kind}: {exposure}");
}

#[test]
fn each_request_of_one_connection_is_its_own_callers() {
    for kind in [json!("cloudflared"), json!({ "tailscale": {} })] {
        let way = by_program(&kind);
        let endpoint = listed(&way.creel);
        let mut connection = Connection::open(&way.public).unwrap();
        for (n, caller, right) in [(1, FRIEND, 202), (2, STRANGER, 403), (3, FRIEND, 202)] {
            tell_stand_in(&way.creel, &json!({ "caller": caller }));
            let request = push(&endpoint, &format!("request {n}"));
            let claims = ["CF-Connecting-IP", "X-Forwarded-For"].map(|name| (name, FRIEND));
            let request = claims.into_iter().fold(request, |it, (name, says)| it.header(name, says));
            let answer = connection.send(&request).unwrap();
            assert_eq!(answer.status, right, "{kind}: request {n} of {caller}: {}", answer.text());
            assert_eq!(way.creel.deliveries("")[0]["peer"], caller, "{kind}: request {n}");
        }
    }
}

/// One listener, asked as only its own program should be able to.
struct Bench<'a> {
    name: &'a str,
    listener: String,
    believed: &'a str,
    endpoint: Endpoint,
}

impl Bench<'_> {
    fn is(&self, what: &str, request: &Request, right: u16) {
        let answer = wire::send(&self.listener, request);
        assert_eq!(answer.status, right, "{} believes {}: {what}: {}", self.name, self.believed, answer.text());
    }

    fn every_form(&self) {
        for Form { text, names } in forms() {
            let named = if self.believed == "X-Forwarded-For" { names.1 } else { names.0 };
            let right = if named { 202 } else { 403 };
            self.is(
                &text,
                &push(&self.endpoint, &format!("form {text}")).header(self.believed, text.as_bytes()),
                right,
            );
        }
    }

    fn every_other_header(&self) {
        let others = || CLAIMS.iter().filter(|name| **name != self.believed);
        for name in others() {
            self.is(name, &push(&self.endpoint, name).header(name, FRIEND), 403);
        }
        let all = |id: &str, says: &str| others().fold(push(&self.endpoint, id), |it, name| it.header(name, says));
        self.is("the others for it", &all("for", FRIEND).header(self.believed, STRANGER), 403);
        self.is("the others against it", &all("against", STRANGER).header(self.believed, FRIEND), 202);
    }

    fn said_twice(&self) {
        let lower = self.believed.to_lowercase();
        self.is("in small letters", &push(&self.endpoint, "small").header(&lower, FRIEND), 202);
        for (what, second) in [("twice", self.believed), ("twice, once in small letters", lower.as_str())] {
            self.is(what, &push(&self.endpoint, what).header(self.believed, FRIEND).header(second, FRIEND), 403);
        }
        // A line that goes on in the next one is no HTTP/1.1 any more.
        let mut connection = Connection::open(&self.listener).unwrap();
        let folded = push(&self.endpoint, "folded").header(self.believed, format!("{STRANGER}\r\n {FRIEND}"));
        assert_eq!(connection.send(&folded).unwrap().status, 400, "{}: a folded line", self.name);
    }
}

#[test]
fn each_tunnels_listener_believes_exactly_its_one_header_and_only_in_plain_forms() {
    let mut ways: Vec<_> =
        BELIEVED.into_iter().map(|(word, name)| ("own address", name, by_own_address(Some(word)))).collect();
    ways.push(("cloudflared", "CF-Connecting-IP", by_program(&json!("cloudflared"))));
    ways.push(("tailscale", "X-Forwarded-For", by_program(&json!({ "tailscale": {} }))));
    for (name, believed, way) in ways {
        let bench = Bench { name, listener: way.listener(), believed, endpoint: listed(&way.creel) };
        bench.every_form();
        bench.every_other_header();
        bench.said_twice();
        // At the receiver itself no header means anything.
        let plain = push(&bench.endpoint, "plain").header(believed, FRIEND);
        assert_eq!(way.creel.deliver(&plain).status, 403, "{name} believes {believed}: at the receiver itself");
    }
}
