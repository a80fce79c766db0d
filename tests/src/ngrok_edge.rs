//! An ngrok edge on loopback: TLS with a certificate authority of its own, a session of typed streams, and a public port whose
//! connections it hands to whoever signed on. Written from what the crate on the other side expects.

use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use muxado::SessionBuilder;
use muxado::heartbeat::{Heartbeat, HeartbeatConfig};
use muxado::typed::{StreamType, Typed, TypedAccept, TypedOpenClose, TypedSession, TypedStream};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

use crate::tools;

/// Kinds of streams.
const AUTH: u32 = 0;
const BIND: u32 = 1;
const PROXY: u32 = 3;
const RESTART: u32 = 4;
const STOP: u32 = 5;
const UPDATE: u32 = 6;
const STOP_ENDPOINT: u32 = 9;
/// The one endpoint's id.
const ENDPOINT: &str = "ep_1";

/// What the edge does next to the session that is on.
enum Order {
    /// Somebody connected to the public port.
    Proxy(TcpStream),
    /// A button was pressed in the dashboard: the kind of stream, what is said on it, and where the agent's answer goes.
    Command(u32, Value, std::sync::mpsc::Sender<Value>),
    /// The line breaks.
    Break,
}

/// What is told to the edge, and what it saw.
#[derive(Default)]
struct Shared {
    /// How signing on is answered, unless well: the text of an error.
    refuses: Option<String>,
    /// Who calls, as it tells the agent.
    caller: String,
    /// The public address, one more each time when it moves.
    urls: Vec<String>,
    /// The tokens that were shown to it.
    tokens: Vec<String>,
    session: Option<mpsc::UnboundedSender<Order>>,
}

/// A running edge. Dropping it ends it.
pub struct NgrokEdge {
    /// `127.0.0.1:port`, for the agent.
    pub server: String,
    /// What its certificate is trusted by, in PEM.
    pub ca: String,
    shared: Arc<Mutex<Shared>>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl NgrokEdge {
    /// Starts one. Callers come from `caller` until told otherwise.
    pub fn start(caller: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temp folder");
        make_certificates(folder.path());
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("openssl wrote it");
        let chain: Vec<_> = CertificateDer::pem_slice_iter(read("server.crt").as_bytes()).flatten().collect();
        let key = PrivateKeyDer::from_pem_slice(read("server.key").as_bytes()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.expect("TLS 1.2 and 1.3").with_no_client_auth().with_single_cert(chain, key);
        let acceptor = TlsAcceptor::from(Arc::new(config.expect("they belong together")));
        let shared = Arc::new(Mutex::new(Shared { caller: caller.to_owned(), ..Shared::default() }));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let server = listener.local_addr().expect("its address").to_string();
        runtime.spawn(sign_on(listener, acceptor, Arc::clone(&shared)));
        let edge = Self { server, ca: read("ca.crt"), shared, runtime: Some(runtime) };
        edge.moves();
        edge
    }

    /// From now on whoever binds gets another public address.
    pub fn moves(&self) {
        let runtime = self.runtime.as_ref().expect("it runs");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        self.shared().urls.push(format!("http://{}", listener.local_addr().expect("its address")));
        runtime.spawn(take_public(listener, Arc::clone(&self.shared)));
    }

    /// From now on signing on ends with this error; `None`: well.
    pub fn refuses(&self, error: Option<&str>) {
        self.shared().refuses = error.map(str::to_owned);
    }

    /// Who calls from now on.
    pub fn caller(&self, address: &str) {
        self.shared().caller = address.to_owned();
    }

    /// The public address of now.
    pub fn url(&self) -> String {
        self.shared().urls.last().expect("there is one").clone()
    }

    /// The tokens that agents showed, the latest last.
    pub fn tokens(&self) -> Vec<String> {
        self.shared().tokens.clone()
    }

    /// The line to the agent breaks.
    pub fn breaks(&self) {
        self.order(Order::Break);
    }

    /// Somebody presses "stop" in the dashboard; what the agent says to that.
    pub fn stops_agent(&self) -> Value {
        self.command(STOP, json!({}))
    }

    /// Somebody presses "restart"; what the agent says to that.
    pub fn restarts_agent(&self) -> Value {
        self.command(RESTART, json!({}))
    }

    /// Somebody presses "update"; what the agent says to that.
    pub fn updates_agent(&self) -> Value {
        self.command(UPDATE, json!({ "Version": "99.0.0", "PermitMajorVersion": true }))
    }

    /// The edge ends the one endpoint, as it does when a plan or a policy changes. Nothing is answered to that.
    pub fn ends_endpoint(&self, message: &str, code: &str) {
        let said = json!({ "Id": ENDPOINT, "Message": message, "ErrorCode": code });
        self.order(Order::Command(STOP_ENDPOINT, said, std::sync::mpsc::channel().0));
    }

    fn command(&self, kind: u32, said: Value) -> Value {
        let (told, answer) = std::sync::mpsc::channel();
        self.order(Order::Command(kind, said, told));
        answer.recv_timeout(crate::wait::LIMIT).expect("the agent answers")
    }

    fn order(&self, order: Order) {
        let session = self.shared().session.clone().expect("an agent is on");
        assert!(session.send(order).is_ok(), "the agent is still on");
    }

    fn shared(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().expect("no test panics while it holds this")
    }
}

impl Drop for NgrokEdge {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// An authority, and a certificate of it for this machine.
fn make_certificates(folder: &Path) {
    let openssl = |arguments: &str| {
        tools::run(Command::new("openssl").args(arguments.split(' ')).current_dir(folder));
    };
    std::fs::write(folder.join("names"), "subjectAltName=IP:127.0.0.1\n").expect("a temp folder");
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!("req -x509 {key} -keyout ca.key -out ca.crt -days 2 -subj /CN=test-authority"));
    openssl(&format!("req {key} -keyout server.key -out server.csr -subj /CN=127.0.0.1"));
    openssl("x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.crt");
}

async fn take_public(listener: TcpListener, shared: Arc<Mutex<Shared>>) {
    while let Ok((socket, _)) = listener.accept().await {
        let session = shared.lock().expect("not poisoned").session.clone();
        if let Some(session) = session {
            let _ = session.send(Order::Proxy(socket));
        }
    }
}

async fn sign_on(listener: TcpListener, acceptor: TlsAcceptor, shared: Arc<Mutex<Shared>>) {
    while let Ok((socket, _)) = listener.accept().await {
        let (acceptor, shared) = (acceptor.clone(), Arc::clone(&shared));
        tokio::spawn(async move {
            // An agent that does not trust the authority goes away.
            if let Ok(tls) = acceptor.accept(socket).await {
                let _ = session(tls, shared).await;
            }
        });
    }
}

async fn session(tls: tokio_rustls::server::TlsStream<TcpStream>, shared: Arc<Mutex<Shared>>) -> io::Result<()> {
    let typed = Typed::new(SessionBuilder::new(tls).server().start());
    let (beating, _alive) = Heartbeat::start(typed, HeartbeatConfig::default()).await?;
    let (mut open, mut accept) = beating.split_typed();
    let (orders, mut ordered) = mpsc::unbounded_channel();
    loop {
        tokio::select! {
            stream = accept.accept_typed() => {
                let Ok(stream) = stream else { return Ok(()) };
                answer(stream, &shared, &orders).await?;
            }
            order = ordered.recv() => match order {
                Some(Order::Proxy(socket)) => {
                    let caller = shared.lock().expect("not poisoned").caller.clone();
                    if let Ok(stream) = open.open_typed(StreamType::clamp(PROXY)).await {
                        tokio::spawn(proxy(stream, socket, caller));
                    }
                }
                Some(Order::Command(kind, said, told)) => {
                    if let Ok(stream) = open.open_typed(StreamType::clamp(kind)).await {
                        tokio::spawn(command(stream, said, told));
                    }
                }
                // Everything is dropped, and with it the socket.
                Some(Order::Break) | None => return Ok(()),
            },
        }
    }
}

/// One question of the agent's, and its answer.
async fn answer(
    mut stream: TypedStream,
    shared: &Mutex<Shared>,
    orders: &mpsc::UnboundedSender<Order>,
) -> io::Result<()> {
    let asked = read_json(&mut stream).await?;
    let said = {
        let mut shared = shared.lock().expect("not poisoned");
        match *stream.typ() {
            AUTH => {
                shared.tokens.push(asked["Extra"]["AuthToken"].as_str().unwrap_or_default().to_owned());
                match &shared.refuses {
                    Some(error) => json!({ "Error": error }),
                    None => json!({ "Version": "3", "ClientId": "cl_1", "Extra": {} }),
                }
            }
            BIND => {
                shared.session = Some(orders.clone());
                let url = shared.urls.last().cloned();
                let extra = json!({ "Token": "" });
                json!({ "Id": ENDPOINT, "URL": url, "Proto": "https", "Opts": asked["Opts"], "Extra": extra })
            }
            _ => json!({}),
        }
    };
    stream.write_all(said.to_string().as_bytes()).await?;
    stream.shutdown().await
}

/// The agent keeps its side open: the question ends where its JSON does.
async fn read_json(stream: &mut TypedStream) -> io::Result<Value> {
    let mut all = Vec::new();
    loop {
        let mut piece = [0; 1024];
        let read = stream.read(&mut piece).await?;
        all.extend_from_slice(&piece[..read]);
        match serde_json::from_slice(&all) {
            Ok(value) => return Ok(value),
            Err(error) if read == 0 => return Err(io::Error::other(error)),
            Err(_) => {}
        }
    }
}

async fn proxy(mut stream: TypedStream, mut socket: TcpStream, caller: String) -> io::Result<()> {
    let header = json!({
        "Id": ENDPOINT, "ClientAddr": caller, "Proto": "https", "EdgeType": "0", "PassthroughTLS": false
    });
    let header = header.to_string();
    stream.write_all(&(header.len() as i64).to_le_bytes()).await?;
    stream.write_all(header.as_bytes()).await?;
    copy_bidirectional(&mut *stream, &mut socket).await.map(drop)
}

async fn command(mut stream: TypedStream, said: Value, told: std::sync::mpsc::Sender<Value>) -> io::Result<()> {
    stream.write_all(said.to_string().as_bytes()).await?;
    let answer = read_json(&mut stream).await?;
    let _ = told.send(answer);
    Ok(())
}
