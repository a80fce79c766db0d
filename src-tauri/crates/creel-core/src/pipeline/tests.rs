//! The way as a whole, from a request to rows and an answer, without a socket.

mod kept;
mod runs;

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::api::commands::call;
use crate::app::{App, Config};
use crate::authenticate::{Secret, SignedRequest, schemes, sign};
use crate::clock::{Clock, ManualClock, UnixMs};
use crate::ids::RandomIds;
use crate::receive::{Deliver, Endpoint, Headers, Incoming, Listener, Peer};

struct Bench {
    app: Arc<App>,
    clock: Arc<ManualClock>,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(UnixMs(1_763_700_000_000)));
        Self { app: Self::open(&folder, &clock).await, clock, folder }
    }

    async fn open(folder: &tempfile::TempDir, clock: &Arc<ManualClock>) -> Arc<App> {
        let config = Config {
            data_dir: folder.path().join("data"),
            clock: clock.clone(),
            ids: Arc::new(RandomIds),
            secrets: Some(crate::api::status::SecretsStore::File),
            search: crate::app::Search::Indexed,
        };
        App::open(config).await.unwrap()
    }

    /// Closed and opened again on the same folder, once every task of the first run let go of it.
    async fn again(self) -> Self {
        let Self { app, clock, folder } = self;
        app.close().await;
        while Arc::strong_count(&app) > 1 {
            tokio::task::yield_now().await;
        }
        drop(app);
        Self { app: Self::open(&folder, &clock).await, clock, folder }
    }

    async fn call(&self, name: &str, input: Value) -> Value {
        let output = call(&self.app, name, input.to_string().as_bytes()).await;
        serde_json::from_slice(&output.unwrap_or_else(|error| panic!("{name}: {error:?}"))).unwrap()
    }

    async fn refused(&self, name: &str, input: Value) -> crate::error::ApiError {
        call(&self.app, name, input.to_string().as_bytes()).await.expect_err("it was taken")
    }

    /// Sends `body`, signed by `scheme`, as its sender would.
    async fn send(&self, path: &str, scheme: &str, secret: &str, body: &str, extra: &[(&str, &str)]) -> (u16, Value) {
        let mut headers: Vec<(String, Bytes)> =
            extra.iter().map(|(name, value)| ((*name).to_owned(), Bytes::copy_from_slice(value.as_bytes()))).collect();
        let given = Headers(headers.clone());
        let request = SignedRequest { method: "POST", url: path, headers: &given, body: body.as_bytes() };
        let secret = Secret::new(secret).unwrap();
        let signed = sign(schemes::find(scheme).unwrap(), &request, &secret, self.clock.now(), None).unwrap();
        headers.retain(|(name, _)| !signed.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)));
        headers.extend(signed.into_iter().map(|(name, value)| (name, Bytes::from(value))));
        self.send_raw(path, headers, body).await
    }

    async fn send_raw(&self, path: &str, headers: Vec<(String, Bytes)>, body: &str) -> (u16, Value) {
        let incoming = Incoming {
            received_at: self.clock.now(),
            started: std::time::Instant::now(),
            peer: Peer { address: Some("127.0.0.1".parse().unwrap()), listener: Listener::Receiver },
            method: "POST".to_owned(),
            target: path.to_owned(),
            headers: Headers(headers),
            body: Bytes::copy_from_slice(body.as_bytes()),
        };
        let answered = self.app.deliver(Endpoint::of(path), incoming).await;
        (answered.status, serde_json::from_slice(&answered.body).unwrap_or(Value::Null))
    }

    async fn newest(&self) -> Value {
        self.call("deliveries_list", json!({"limit": 1})).await["page"]["items"][0].clone()
    }
}

const DEPLOY: &str = r#"{"title": "Deploy failed", "environment": "production", "commit": "a1b2c3d"}"#;

fn opengate() -> Value {
    json!({"name": "Deploys", "contract": "opengate", "secret": "whsec_your_trigger_secret"})
}

async fn with_task(bench: &Bench, mut draft: Value) -> Value {
    let list = bench.call("lists_list", json!({})).await[0]["id"].clone();
    draft["actions"] = json!([{"create_task": {
        "list_id": list, "title": "[{{payload.environment}}] {{payload.title}}", "description": "Commit {{payload.commit}} by {{payload.author}}",
    }}]);
    bench.call("trigger_create", draft).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opengate_delivery_makes_the_documented_task() {
    let bench = Bench::new().await;
    let made = with_task(&bench, opengate()).await;
    let path = made["row"]["path"].as_str().unwrap();
    let (status, answer) = bench.send(path, "opengate", "whsec_your_trigger_secret", DEPLOY, &[]).await;
    assert_eq!((status, &answer["task_title"]), (200, &json!("[production] Deploy failed")), "{answer}");
    let task = bench.call("task_get", json!({"id": answer["task_id"]})).await;
    assert_eq!(task["description"], "Commit a1b2c3d by ");
    let delivery = bench.newest().await;
    assert_eq!((&delivery["outcome"], &delivery["signature"]), (&json!("accepted"), &json!("valid")));
    let detail = bench.call("delivery_get", json!({"id": delivery["id"]})).await;
    assert_eq!(detail["executions"][0]["status"], "succeeded");
    assert_eq!(detail["verdict"], "Accepted. Signature valid. Taken by \"Deploys\".");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_body_twice_makes_two_opengate_tasks_and_is_marked() {
    let bench = Bench::new().await;
    let made = with_task(&bench, opengate()).await;
    let path = made["row"]["path"].as_str().unwrap();
    for expected in [false, true] {
        assert_eq!(bench.send(path, "opengate", "whsec_your_trigger_secret", DEPLOY, &[]).await.0, 200);
        assert_eq!(bench.newest().await["identical_body"], expected);
    }
    assert_eq!(bench.call("tasks_list", json!({})).await["items"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn opengate_refuses_in_its_order_and_its_words() {
    let bench = Bench::new().await;
    let made = with_task(&bench, opengate()).await;
    let (id, path) = (made["row"]["trigger"]["id"].clone(), made["row"]["path"].as_str().unwrap());
    let secret = "whsec_your_trigger_secret";
    let send = |secret, body| bench.send(path, "opengate", secret, body, &[]);
    assert_eq!(send("whsec_wrong", DEPLOY).await, (401, json!({"error": "Invalid or missing signature"})));
    assert_eq!(bench.newest().await["reason_code"], "signature_mismatch");
    assert_eq!(bench.send_raw(path, vec![], DEPLOY).await.0, 401);
    let (status, answer) = send(secret, "{\"a\":\n nope}").await;
    assert_eq!(status, 400);
    assert!(
        answer["error"].as_str().unwrap().starts_with("Invalid JSON: ")
            && answer["error"].as_str().unwrap().contains("line 2 column"),
        "{answer}"
    );
    bench.call("trigger_update", json!({"id": id, "change": {"ip_allowlist": ["203.0.113.0/24"]}})).await;
    assert_eq!(send(secret, DEPLOY).await, (403, json!({"error": "IP address not allowed"})));
    bench.call("trigger_update", json!({"id": id, "change": {"enabled": false}})).await;
    assert_eq!(send(secret, DEPLOY).await, (403, json!({"error": "Trigger is disabled"})));
    let unknown = bench.send("/api/webhooks/trigger/trg_unknown", "opengate", secret, DEPLOY, &[]).await;
    assert_eq!(unknown, (404, json!({"error": "Trigger not found"})));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_secret_has_24_hours_of_grace() {
    let bench = Bench::new().await;
    let made = with_task(&bench, opengate()).await;
    let (id, path) = (made["row"]["trigger"]["id"].clone(), made["row"]["path"].as_str().unwrap());
    let rotated = bench.call("trigger_rotate_secret", json!({"id": id})).await;
    assert_eq!(rotated["grace_period_hours"], 24);
    let to = &bench;
    let send = |secret: String| async move { to.send(path, "opengate", &secret, DEPLOY, &[]).await.0 };
    let (old, new) = ("whsec_your_trigger_secret".to_owned(), rotated["secret"].as_str().unwrap().to_owned());
    assert_eq!((send(new.clone()).await, send(old.clone()).await), (200, 200));
    assert_eq!(bench.newest().await["signature"], "previous");
    bench.clock.shift_ms(24 * 3_600_000 - 1_000);
    assert_eq!(send(old.clone()).await, 200, "one second before the end");
    bench.clock.shift_ms(2_000);
    assert_eq!((send(old).await, send(new).await), (401, 200), "one second after the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_github_delivery_is_taken_once_whatever_id_it_carries() {
    let bench = Bench::new().await;
    let made =
        with_task(&bench, json!({"name": "Pushes", "scheme": "github", "secret": "It's a Secret to Everybody"})).await;
    let path = made["row"]["path"].as_str().unwrap();
    let send = |id: &'static str, body: &'static str| {
        let headers = [("X-GitHub-Event", "push"), ("X-GitHub-Delivery", id), ("content-type", "application/json")];
        let (bench, path) = (&bench, path);
        async move { bench.send(path, "github", "It's a Secret to Everybody", body, &headers).await }
    };
    assert_eq!(send("a", DEPLOY).await.1["duplicate"], false);
    assert_eq!(send("a", DEPLOY).await.1["duplicate"], true);
    assert_eq!(bench.newest().await["reason_code"], "duplicate_id");
    assert_eq!(send("b", DEPLOY).await.1["duplicate"], true, "the same body under another id");
    assert_eq!(bench.newest().await["reason_code"], "duplicate_body");
    assert_eq!(send("a", r#"{"title":"other"}"#).await.1["duplicate"], false);
    assert_eq!(bench.newest().await["conflict"], true, "the same id with another body is kept and marked");
    assert_eq!(bench.call("tasks_list", json!({})).await["items"].as_array().unwrap().len(), 2);
    bench.clock.shift_ms(73 * 3_600_000);
    assert_eq!(send("a", DEPLOY).await.1["duplicate"], false, "after the window");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_filter_stops_has_a_row_with_the_reason() {
    let bench = Bench::new().await;
    let filter =
        json!({"match": "all", "rows": [{"field": "payload.environment", "operator": "is", "value": "staging"}]});
    let made = with_task(
        &bench,
        json!({"name": "Staging", "scheme": "github", "secret": "0123456789abcdef", "filter": filter}),
    )
    .await;
    let path = made["row"]["path"].as_str().unwrap();
    assert_eq!(bench.send(path, "github", "0123456789abcdef", DEPLOY, &[("X-GitHub-Delivery", "1")]).await.0, 202);
    let delivery = bench.newest().await;
    assert_eq!(delivery["outcome"], "filtered");
    assert!(delivery["reason"].as_str().unwrap().contains("production"), "{delivery}");
    let detail = bench.call("delivery_get", json!({"id": delivery["id"]})).await;
    let verdict = "Filtered. Signature valid. payload.environment is \"production\", not \"staging\".";
    assert_eq!(detail["verdict"], verdict, "a field keeps its name at the beginning of a sentence");
    assert!(bench.call("tasks_list", json!({})).await["items"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_is_recorded_as_unmatched() {
    let bench = Bench::new().await;
    assert_eq!(bench.send_raw("/hooks/nobody", vec![], "hello").await.0, 404);
    assert_eq!(bench.send_raw("/elsewhere/../x", vec![], "hello").await.0, 404);
    assert_eq!(bench.newest().await["outcome"], "unmatched");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_waterfall_ends_with_the_stage_that_refused() {
    let bench = Bench::new().await;
    let elsewhere = json!({"name": "Elsewhere", "scheme": "none", "ip_allowlist": ["203.0.113.0/24"]});
    bench.call("trigger_create", elsewhere).await;
    let made = bench.call("trigger_create", opengate()).await;
    let path = made["row"]["path"].as_str().unwrap();
    let last_of = async |verdict: &str| {
        let detail = bench.call("delivery_get", json!({"id": bench.newest().await["id"]})).await;
        assert_eq!(detail["verdict"], verdict);
        detail["timings"].as_array().unwrap().iter().find(|stage| stage["ok"] == false).unwrap()["name"].clone()
    };
    bench.send_raw("/hooks/nobody", vec![], "hello").await;
    assert_eq!(last_of("Unmatched. No trigger listens at this address.").await, "routed");
    bench.send_raw("/hooks/elsewhere", vec![], "hello").await;
    assert_eq!(last_of("Rejected. 127.0.0.1 is not on the allowlist.").await, "admitted");
    bench.send(path, "opengate", "another secret", DEPLOY, &[]).await;
    let unfit = "Rejected. The signature does not fit the body under the secret.";
    assert_eq!(last_of(unfit).await, "verified");
    bench.send(path, "opengate", "whsec_your_trigger_secret", "{\"title\": \"D", &[]).await;
    let no_json = "Rejected. Signature valid. The body is not JSON: EOF while parsing a string at line 1 column 12.";
    assert_eq!(last_of(no_json).await, "parsed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_minute_and_an_unmatched_delivery_are_no_rejections() {
    let bench = Bench::new().await;
    let made = bench.call("trigger_create", opengate()).await;
    bench.send_raw("/hooks/nobody", vec![], "hello").await;
    bench.send(made["row"]["path"].as_str().unwrap(), "opengate", "another secret", DEPLOY, &[]).await;
    let found = loop {
        let found = bench.call("activity", json!({"minutes": 5})).await;
        // The counts reach their table when the writer has nothing else to do.
        if found["total"] == 2 {
            break found;
        }
        tokio::task::yield_now().await;
    };
    let buckets: Vec<_> = found["buckets"].as_array().unwrap().iter().map(|one| one["rejected"].clone()).collect();
    assert_eq!(
        (found["rejected"].clone(), buckets),
        (json!(1), vec![json!(0), json!(0), json!(0), json!(0), json!(1)])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_test_endpoint_takes_a_signed_push_and_a_draft_from_it_takes_its_place() {
    let bench = Bench::new().await;
    let secret = bench.app.registry.now().get(&"trg_test".into()).unwrap().current().unwrap().expose().to_owned();
    let headers = [("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "1"), ("User-Agent", "GitHub-Hookshot/1")];
    assert_eq!(bench.send("/hooks/test", "github", &secret, DEPLOY, &headers).await.0, 202);
    let delivery = bench.newest().await;
    let detail = bench.call("delivery_get", json!({"id": delivery["id"]})).await;
    assert_eq!(detail["verdict"], "Accepted. Signature valid. No trigger matched.");
    let drafted = bench.call("trigger_draft", json!({"delivery_id": delivery["id"]})).await;
    let made = with_task(&bench, drafted["draft"].clone()).await;
    assert_eq!(made["row"]["path"], "/hooks/test");
    let headers = [("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "2")];
    assert_eq!(bench.send("/hooks/test", "github", &secret, DEPLOY, &headers).await.0, 202);
    assert_eq!(bench.call("tasks_list", json!({})).await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_saved_of_a_trigger_with_a_mistake_and_the_field_is_named() {
    let bench = Bench::new().await;
    for (draft, field) in [
        (json!({}), "name"),
        (json!({"name": "a", "slug": "Not A Slug"}), "slug"),
        (json!({"name": "a", "scheme": "nope"}), "scheme"),
        (json!({"name": "a", "secret": "  "}), "secret"),
        (json!({"name": "a", "ip_allowlist": ["10.0.0.0/99"]}), "ip_allowlist"),
        (
            json!({"name": "a", "actions": [{"create_task": {"list_id": "lst_none", "title": "x"}}]}),
            "actions.0.list_id",
        ),
        (json!({"name": "a", "actions": [{"forward": {"url": "http://{{payload.host}}/"}}]}), "actions.0.url"),
        (json!({"name": "a", "reply": {"status": 99, "headers": [], "body": null, "delay_ms": 0}}), "reply.status"),
    ] {
        assert_eq!(bench.refused("trigger_create", draft.clone()).await.field.as_deref(), Some(field), "{draft}");
    }
    assert_eq!(bench.call("triggers_list", json!({})).await, json!([]));
}
