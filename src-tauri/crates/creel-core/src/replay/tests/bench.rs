//! A Creel that listens, a sender, and somebody else's server.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::api::commands::call;
use crate::api::status::SecretsStore;
use crate::app::{Addresses, App, CommandsOf, Config};
use crate::authenticate::{Secret, SignedRequest, schemes, sign_whole};
use crate::clock::{Clock, ManualClock, UnixMs};
use crate::control::{Bound, ListenAt, Listeners, Token};
use crate::error::ApiError;
use crate::ids::RandomIds;
use crate::receive::Headers;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Bench {
    pub app: Arc<App>,
    pub clock: Arc<ManualClock>,
    pub addresses: (SocketAddr, SocketAddr),
    _listeners: Listeners,
    _folder: tempfile::TempDir,
}

impl Bench {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(UnixMs(1_763_700_000_000)));
        let config = Config {
            data_dir: folder.path().join("data"),
            clock: clock.clone(),
            ids: Arc::new(RandomIds),
            secrets: Some(SecretsStore::File),
            search: crate::app::Search::Indexed,
        };
        let any = "127.0.0.1:0".parse().unwrap();
        let bound = Bound::at(ListenAt { receiver: any, control: any }).unwrap();
        let app = App::open(config).await.unwrap();
        let addresses = bound.addresses();
        app.listens_at(Addresses { receiver: Some(addresses.0), control: Some(addresses.1) });
        let token = Token::random();
        let listeners =
            bound.serve(app.clone(), Arc::new(CommandsOf(app.clone())), app.events.clone(), token, clock.clone());
        Self { app, clock, addresses, _listeners: listeners, _folder: folder }
    }

    pub async fn call(&self, name: &str, input: Value) -> Value {
        let output = call(&self.app, name, input.to_string().as_bytes()).await;
        serde_json::from_slice(&output.unwrap_or_else(|error| panic!("{name}: {error:?}"))).unwrap()
    }

    pub async fn refused(&self, name: &str, input: Value) -> ApiError {
        call(&self.app, name, input.to_string().as_bytes()).await.expect_err("it was taken")
    }

    /// A trigger that makes a task called `task of <id of the event>`; its id and path.
    pub async fn trigger(&self, mut draft: Value) -> (String, String) {
        let list = self.call("lists_list", json!({})).await[0]["id"].clone();
        if draft["actions"].is_null() {
            draft["actions"] = json!([{"create_task": {"list_id": list, "title": "task {{payload.title}}"}}]);
        }
        let made = self.call("trigger_create", draft).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&made["row"]["trigger"]["id"]), text(&made["row"]["path"]))
    }

    /// Sends as a sender would and gives the id of the delivery.
    pub async fn arrives(&self, path: &str, scheme: &str, secret: &str, extra: &[(&str, &str)], body: &str) -> String {
        let extra = extra.iter().map(|(name, value)| ((*name).to_owned(), Bytes::from((*value).to_owned())));
        let headers = Headers(extra.collect());
        let url = format!("https://hooks.example{path}");
        let request = SignedRequest { method: "POST", url: &url, headers: &headers, body: body.as_bytes() };
        let secret = Secret::new(secret).unwrap();
        let scheme = schemes::find(scheme).unwrap();
        let in_body = scheme.id.as_ref().is_some_and(|rule| rule.required && rule.from[0].header().is_none());
        let id = in_body.then_some("token-1");
        let whole = sign_whole(scheme, &request, &secret, self.clock.now(), id).unwrap();
        let (signed, body) =
            (whole.headers, whole.body.map_or_else(|| body.to_owned(), |body| String::from_utf8(body).unwrap()));
        let mut lines = format!("POST {path} HTTP/1.1\r\nHost: hooks.example\r\n");
        let proof = |name: &str| signed.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
        for (name, value) in headers.0.iter().filter(|(name, _)| !proof(name)) {
            lines.push_str(&format!("{name}: {}\r\n", std::str::from_utf8(value).unwrap()));
        }
        signed.iter().for_each(|(name, value)| lines.push_str(&format!("{name}: {value}\r\n")));
        lines.push_str(&format!("Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()));
        let mut socket = TcpStream::connect(self.addresses.0).await.unwrap();
        socket.write_all(lines.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        tokio::time::timeout(PATIENCE, socket.read_to_end(&mut answer)).await.unwrap().unwrap();
        let found = self.call("deliveries_list", json!({"limit": 1})).await;
        found["page"]["items"][0]["id"].as_str().unwrap().to_owned()
    }

    /// A GitHub push at `path`.
    pub async fn push(&self, path: &str) -> String {
        let extra = [
            ("User-Agent", "GitHub-Hookshot/abc"),
            ("X-GitHub-Event", "push"),
            ("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
            ("content-type", "application/json"),
        ];
        self.arrives(path, "github", SECRET, &extra, PUSH).await
    }

    /// Sends a replay once.
    pub async fn replay(&self, draft: Value) -> Value {
        let mut sent = self.call("replay_send", draft).await;
        sent["results"][0].take()
    }

    pub async fn tasks(&self) -> Vec<String> {
        let found = self.call("tasks_list", json!({})).await;
        found["items"].as_array().unwrap().iter().map(|task| task["title"].as_str().unwrap().to_owned()).collect()
    }
}

pub const SECRET: &str = "It's a Secret to Everybody";
pub const PUSH: &str = r#"{"title": "pushed",  "n": 1.50}"#;

/// Somebody else's server: writes down every request, byte for byte, and answers what it is told.
pub struct Recorder {
    pub address: SocketAddr,
    pub requests: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Recorder {
    pub async fn answering(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, requests) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let request = whole_request(&mut socket).await;
                seen.lock().unwrap().push(request);
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        });
        Self { address, requests }
    }

    pub fn text(&self, at: usize) -> String {
        String::from_utf8(self.requests.lock().unwrap()[at].clone()).unwrap()
    }
}

async fn whole_request(socket: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return bytes;
            }
        }
        let mut piece = [0; 4096];
        match socket.read(&mut piece).await.unwrap() {
            0 => return bytes,
            count => bytes.extend_from_slice(&piece[..count]),
        }
    }
}

/// Somebody else's server that answers 204 to as many requests as its gate has permits for, one after the other.
pub struct Slow {
    pub address: SocketAddr,
    pub gate: Arc<Semaphore>,
    pub asked: Arc<AtomicU32>,
}

impl Slow {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (gate, asked) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicU32::new(0)));
        let (opens, counts) = (Arc::clone(&gate), Arc::clone(&asked));
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                counts.fetch_add(1, Ordering::Relaxed);
                let opens = Arc::clone(&opens);
                tokio::spawn(async move {
                    whole_request(&mut socket).await;
                    opens.acquire().await.unwrap().forget();
                    let _ = socket.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
                });
            }
        });
        Self { address, gate, asked }
    }
}
