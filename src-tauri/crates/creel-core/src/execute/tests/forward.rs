//! Forwards to a real target: what it gets, how it is signed, what is written down.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Mutex;

use super::target::{Does, Target};
use super::*;
use crate::actions::{ForwardPlan, Forwarder, Limits, Listeners, PlannedBody, PlannedSigning, Resolver, SecretSource};
use crate::authenticate::{Key, Secret, SignedRequest, schemes, verify};
use crate::execute::Actions;
use crate::ids::{RandomIds, SecretId};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Knows the names that a test gives it, and counts how often it was asked.
#[derive(Default)]
pub struct Names(pub HashMap<String, Vec<SocketAddr>>, pub Mutex<usize>);

impl Resolver for Names {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        _: u16,
    ) -> Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        *self.1.lock().unwrap() += 1;
        let found = self.0.get(host).cloned().ok_or_else(|| std::io::Error::other("no such name"));
        Box::pin(std::future::ready(found))
    }
}

/// One secret, or an error.
pub struct OneSecret(pub Result<&'static str, ErrorCode>);

impl SecretSource for OneSecret {
    fn signing_secret(&self, _: &PlannedSigning) -> Result<Secret, ApiError> {
        self.0.map(|text| Secret::new(text).unwrap()).map_err(|code| ApiError::new(code, "no secret"))
    }
}

pub struct Own(pub Vec<SocketAddr>);

impl Listeners for Own {
    fn listeners(&self) -> Vec<SocketAddr> {
        self.0.clone()
    }
}

impl Bench {
    /// A forwarder with short limits that knows no names.
    pub fn forwarder(&self) -> Forwarder {
        Forwarder {
            store: Arc::clone(&self.store),
            clock: self.clock.clone(),
            resolver: Arc::new(Names::default()),
            secrets: Arc::new(OneSecret(Ok(SECRET))),
            listeners: Arc::new(Own(Vec::new())),
            limits: Limits { total: Duration::from_secs(20), ..Limits::default() },
        }
    }

    pub async fn start_forwarder(&self, forwarder: Forwarder) -> Executor {
        let live = crate::execute::Live::new(self.events.clone());
        self.start(Arc::new(Actions { forwarder, ids: Arc::new(RandomIds), live, bounds: Arc::new(Bounds::default()) }))
            .await
    }

    /// Queues one forward as `exe_1`.
    pub async fn forward(&self, plan: &ForwardPlan, attempts: u32) {
        self.queue_plan(serde_json::to_string(plan).unwrap(), 1, 1, attempts).await;
    }
}

/// A forward of the delivery as received.
pub fn plan_to(address: SocketAddr) -> ForwardPlan {
    ForwardPlan {
        method: "POST".to_owned(),
        url: format!("http://{address}/in?q=1"),
        host: address.ip().to_string(),
        headers: Vec::new(),
        body: PlannedBody::AsReceived,
        sign: None,
        allow_private: true,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_target_gets_the_body_byte_for_byte_with_the_senders_headers_and_without_credentials() {
    let bench = Bench::new().await;
    let target = Target::start(vec![Does::answers("200 OK", "x-trace: 7\r\n", b"thanks")]).await;
    bench.forward(&plan_to(target.address), 8).await;
    let executor = bench.start_forwarder(bench.forwarder()).await;
    bench.until(1, ExecutionStatus::Succeeded).await;
    let seen = target.seen().remove(0);
    assert!(seen.head.starts_with("POST /in?q=1 HTTP/1.1\r\n"), "{}", seen.head);
    assert_eq!(seen.body, BODY);
    for (name, value) in [
        ("content-type", "application/json; charset=utf-8"),
        ("x-github-event", "push"),
        ("x-github-delivery", "72d3162e"),
        ("x-hub-signature-256", "sha256=00ff"),
        ("idempotency-key", "exe_1"),
        ("x-creel-delivery", "dlv_1"),
        ("x-creel-hops", "2"),
        ("user-agent", concat!("Creel/", env!("CARGO_PKG_VERSION"))),
        ("host", &target.address.to_string()),
    ] {
        assert_eq!(seen.header(name), value);
    }
    for name in ["authorization", "cookie", "x-gitlab-token", "x-forwarded-for", "x-hop", "connection"] {
        assert!(seen.all(name).is_empty(), "{name} was passed on: {}", seen.head);
    }
    assert!(!seen.head.contains("for-creel"), "{}", seen.head);
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_tells_what_was_sent_and_what_came_back() {
    let bench = Bench::new().await;
    let target = Target::start(vec![Does::answers("201 Created", "set-cookie: a=secret\r\n", b"{\"id\":7}")]).await;
    let mut plan = plan_to(target.address);
    plan.headers = vec![("Authorization".to_owned(), "Bearer very-secret".to_owned())];
    bench.forward(&plan, 8).await;
    let executor = bench.start_forwarder(bench.forwarder()).await;
    bench.until(1, ExecutionStatus::Succeeded).await;
    let log = bench.log(1).await;
    let names: Vec<_> = log.iter().map(|step| (step.name.as_str(), step.ok, step.attempt)).collect();
    assert_eq!(names, [("render", true, 1), ("resolve", true, 1), ("request", true, 1), ("response", true, 1)]);
    assert_eq!(log[1].words, "127.0.0.1 is 127.0.0.1.");
    let sent = log[2].detail.as_deref().unwrap();
    assert!(sent.starts_with(&format!("POST /in?q=1 HTTP/1.1\nhost: {}\n", target.address)), "{sent}");
    assert!(
        sent.contains("authorization: Bearer ••••") && sent.ends_with(std::str::from_utf8(BODY).unwrap()),
        "{sent}"
    );
    assert_eq!(log[3].words, "201 Created with 8 bytes.");
    let came = log[3].detail.as_deref().unwrap();
    assert!(came.contains("set-cookie: ••••") && came.ends_with("{\"id\":7}"), "{came}");
    assert!(!log.iter().any(|step| format!("{step:?}").contains("very-secret")), "a credential is in the log");
    assert_eq!(target.seen()[0].header("authorization"), "Bearer very-secret");
    let (_, result) = bench.store.read(|db| executions::plan_and_result(db, &exe(1))).await.unwrap().unwrap();
    assert_eq!(result.as_deref(), Some("{\"status\":201,\"bytes\":8}"));
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_ones_own_is_json_unless_a_header_says_otherwise_and_carries_none_of_the_senders_headers() {
    let bench = Bench::new().await;
    let target = Target::start(vec![Does::answers("200 OK", "", b"")]).await;
    let mut plan = ForwardPlan { body: PlannedBody::Text("{\"ä\":1}".to_owned()), ..plan_to(target.address) };
    bench.forward(&plan, 8).await;
    plan.headers = vec![("Content-Type".to_owned(), "text/plain".to_owned())];
    bench.queue_plan(serde_json::to_string(&plan).unwrap(), 2, 1, 8).await;
    let executor = bench.start_forwarder(bench.forwarder()).await;
    bench.until_count(ExecutionStatus::Succeeded, 2).await;
    let mut seen = target.seen();
    seen.sort_by_key(|seen| seen.header("idempotency-key").to_owned());
    assert_eq!((seen[0].header("content-type"), seen[1].header("content-type")), ("application/json", "text/plain"));
    assert_eq!(seen[0].body, "{\"ä\":1}".as_bytes());
    assert!(seen[0].all("x-github-event").is_empty());
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attempt_is_signed_anew_and_has_the_same_id() {
    let bench = Bench::new().await;
    let target =
        Target::start(vec![Does::answers("500 Internal Server Error", "", b""), Does::answers("200 OK", "", b"")])
            .await;
    let sign = PlannedSigning {
        scheme: "standard-webhooks".to_owned(),
        secret_id: None,
        trigger_id: TriggerId::from("trg_1"),
    };
    bench.forward(&ForwardPlan { sign: Some(sign), ..plan_to(target.address) }, 8).await;
    let executor = bench.start_forwarder(bench.forwarder()).await;
    bench.until_attempts(1, 1).await;
    let row = bench.until(1, ExecutionStatus::Queued).await;
    assert_eq!(row.error.unwrap().message, "the target answered 500 Internal Server Error");
    bench.clock.shift_ms(3_600_000);
    executor.wake();
    let row = bench.until(1, ExecutionStatus::Succeeded).await;
    assert_eq!((row.attempts, row.error), (2, None));
    let key = Key { id: SecretId::from("sec_1"), value: Secret::new(SECRET).unwrap(), expires_at: None };
    for (seen, at) in target.seen().iter().zip([NOW, NOW.plus_ms(3_600_000)]) {
        assert_eq!(seen.header("webhook-id"), "exe_1");
        assert_eq!(seen.header("idempotency-key"), "exe_1");
        assert_eq!(seen.header("webhook-timestamp"), at.seconds().to_string());
        let lines = seen.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let headers = Headers(lines.map(|(n, v)| (n.to_owned(), Bytes::copy_from_slice(v.as_bytes()))).collect());
        let request = SignedRequest { method: "POST", url: "", headers: &headers, body: &seen.body };
        let scheme = schemes::find("standard-webhooks").unwrap();
        verify(scheme, &request, std::slice::from_ref(&key), at).unwrap();
    }
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_signature_takes_the_place_of_the_senders() {
    let bench = Bench::new().await;
    let target = Target::start(vec![Does::answers("200 OK", "", b"")]).await;
    let sign = PlannedSigning { scheme: "github".to_owned(), secret_id: None, trigger_id: TriggerId::from("trg_1") };
    bench.forward(&ForwardPlan { sign: Some(sign), ..plan_to(target.address) }, 8).await;
    let executor = bench.start_forwarder(bench.forwarder()).await;
    bench.until(1, ExecutionStatus::Succeeded).await;
    let seen = target.seen().remove(0);
    assert_ne!(seen.header("x-hub-signature-256"), "sha256=00ff");
    assert_eq!(seen.header("x-github-delivery"), "exe_1");
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_connection_goes_to_the_address_that_was_checked_and_the_name_is_asked_once() {
    let bench = Bench::new().await;
    let target = Target::start(vec![Does::answers("200 OK", "", b"")]).await;
    let names: Vec<String> = ["target.example", "target.example."].map(str::to_owned).into();
    let book =
        Arc::new(Names(names.iter().map(|name| (name.clone(), vec![target.address])).collect(), Mutex::default()));
    for (name, n) in names.iter().zip(1..) {
        let url = format!("http://{name}:{}/in", target.address.port());
        let plan = ForwardPlan { url, host: name.clone(), ..plan_to(target.address) };
        bench.queue_plan(serde_json::to_string(&plan).unwrap(), n, 1, 8).await;
    }
    let executor = bench.start_forwarder(Forwarder { resolver: book.clone(), ..bench.forwarder() }).await;
    bench.until_count(ExecutionStatus::Succeeded, 2).await;
    assert_eq!(*book.1.lock().unwrap(), 2);
    let seen = target.seen();
    assert!(seen.iter().all(|seen| seen.header("host").starts_with("target.example")), "{seen:?}");
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_whose_list_was_missing_is_made_once_when_it_runs_again() {
    let bench = Bench::new().await;
    let plan = r#"{"list_id":"lst_1","title":"Fix","description":"","assignees":[],"priority":"high","tags":[]}"#;
    bench.queue_task(plan).await;
    let executor = bench.start_forwarder(bench.forwarder()).await;
    let row = bench.until(1, ExecutionStatus::Failed).await;
    assert_eq!(row.error.unwrap().message, "list lst_1 does not exist any more");
    bench.store.write(|turn| crate::store::lists::insert(turn.db, &"lst_1".into(), "Inbox", turn.now)).await.unwrap();
    executor.retry(&exe(1)).await.unwrap();
    bench.until(1, ExecutionStatus::Succeeded).await;
    let tasks = bench.store.read(|db| crate::store::tasks::page(db, None, None, i64::MAX, 10)).await.unwrap();
    assert_eq!(tasks.len(), 1);
    assert_eq!((tasks[0].title.as_str(), tasks[0].source_delivery.as_ref()), ("Fix", Some(&DeliveryId::from("dlv_1"))));
    executor.stop().await;
}
