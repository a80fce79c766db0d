//! The corpus of `journeys/hostile.test.js` in the real window: another engine, another policy, the same promise. No
//! dialog, no request to elsewhere, no element that the screens did not make.

use creel_tests::{Request, tools, wire};
use serde_json::{Value, json};

use super::desk::{Desk, Window};

const TABS: [&str; 6] = ["overview", "headers", "body", "signature", "runs", "replays"];
/// More than the default takes: the user may raise it.
const MAX_BODY: u32 = 4 * 1024 * 1024;

/// Name and text.
fn corpus() -> Vec<(String, String)> {
    let listed: Value = serde_json::from_str(&tools::fixture("hostile/texts.json")).unwrap();
    let listed =
        listed.as_object().unwrap().iter().map(|(name, text)| (name.clone(), text.as_str().unwrap().to_owned()));
    let made = [
        ("a line of 2 MB", "a".repeat(2_000_000)),
        ("127 deep", "[".repeat(127) + &"]".repeat(127)),
        ("combining marks", "e".to_owned() + &"\u{301}".repeat(10_000)),
    ];
    listed.chain(made.map(|(name, text)| (name.to_owned(), text))).collect()
}

/// The app behind the window, as a script would talk to it.
struct App([String; 3]);

impl App {
    fn rpc(&self, command: &str, input: Value) -> Value {
        let Self([_, control, token]) = self;
        let request = Request::post(&format!("/rpc/{command}"), input.to_string());
        let answer = wire::send(control, &request.header("Authorization", format!("Bearer {token}")));
        assert_eq!(answer.status, 200, "{command}: {}", answer.text());
        answer.json()
    }

    /// A trigger whose task carries the text, and a delivery of every text; their ids.
    fn fill(&self) -> Vec<String> {
        let mut settings = self.rpc("settings_get", json!({}));
        settings["max_body_bytes"] = json!(MAX_BODY);
        self.rpc("settings_set", settings);
        let list = self.rpc("lists_list", json!({}))[0]["id"].clone();
        let task =
            json!({"create_task": {"list_id": list, "title": "{{payload.text}}", "description": "{{payload.text}}"}});
        let made = self.rpc("trigger_create", json!({"name": "Hostile", "scheme": "github", "actions": [task]}));
        for (name, text) in corpus() {
            let key: String = text.chars().take(500).collect();
            let body = json!({"text": text, key: name}).to_string();
            let path = made["row"]["path"].as_str().unwrap();
            let mut request = Request::post(path, body).github(made["secret"].as_str().unwrap(), "push", &name);
            if text.len() < 2000 && text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
                request = request.header("X-Hostile", text);
            }
            let answer = wire::send(&self.0[0], &request);
            assert_eq!(answer.status, 202, "{name}: {}", answer.text());
        }
        let found = self.rpc("deliveries_list", json!({"limit": 200}));
        let items = found["page"]["items"].as_array().unwrap();
        assert_eq!(items.len(), corpus().len());
        items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }
}

/// Notes from now on what the policy refused: a request that was tried is one too many.
const WATCH: &str = "globalThis.refused = [];
    addEventListener('securitypolicyviolation', (event) => refused.push(`${event.effectiveDirective} ${event.blockedURI}`));";

/// Foreign elements, refused requests, and requests that went elsewhere.
fn look() -> String {
    let foreign = tools::fixture("hostile/foreign.mjs").replace("export function", "function");
    format!(
        "{foreign}
        const own = [location.origin, 'ipc:', 'http://ipc.localhost', 'data:', 'blob:'];
        const asked = performance.getEntriesByType('resource').map((entry) => entry.name);
        return [...foreign(), ...refused, ...asked.filter((url) => !own.some((base) => url.startsWith(base)))];"
    )
}

async fn clean(window: &Window, look: &str, place: &str) {
    window.go(place).await;
    assert!(!window.has_dialog().await, "{place}: a dialog is open");
    assert_eq!(window.ask(look).await, json!([]), "{place}");
}

#[test]
fn hostile_text_is_text_in_the_real_window() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let desk = Desk::start();
        let window = desk.open().await;
        window.see_text("127.0.0.1:").await;
        let deliveries = App(desk.running()).fill();
        window.ask(WATCH).await;
        let look = look();
        for id in &deliveries {
            for tab in TABS {
                clean(&window, &look, &format!("#/inbox/{id}/{tab}")).await;
            }
        }
        let builder = format!("#/triggers/new?from={}", deliveries[0]);
        for screen in ["#/inbox", "#/targets", "#/executions", &builder] {
            clean(&window, &look, screen).await;
        }
        window.close().await;
    });
}
