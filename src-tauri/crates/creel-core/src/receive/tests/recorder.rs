//! A running door with a recorder behind it, and a client that writes raw bytes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock::SystemClock;
use crate::receive::deliver::{Answered, Deliver, Endpoint, Refusal};
use crate::receive::{Door, Incoming, Limits, Listener, listen, serve};

/// Longer than anything a test waits for; what takes longer has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Writes down what comes through the door.
pub struct Recorder {
    pub delivered: Mutex<Vec<(Endpoint, Incoming)>>,
    pub refused: Mutex<Vec<(Incoming, Refusal)>>,
    pub answer: Mutex<Answered>,
    pub most: usize,
    /// A delivery needs one permit to be answered; plenty unless a test takes them away.
    pub gate: Semaphore,
    pub trouble: Mutex<Option<String>>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            delivered: Mutex::default(),
            refused: Mutex::default(),
            answer: Mutex::new(Answered::json(202, "{}")),
            most: 1024 * 1024,
            gate: Semaphore::new(1_000_000),
            trouble: Mutex::default(),
        }
    }
}

impl Deliver for Recorder {
    async fn deliver(&self, endpoint: Endpoint, incoming: Incoming) -> Answered {
        self.delivered.lock().unwrap().push((endpoint, incoming));
        self.gate.acquire().await.unwrap().forget();
        self.answer.lock().unwrap().clone()
    }

    async fn refuse(&self, incoming: Incoming, refusal: Refusal) -> Answered {
        let answered = Answered::json(refusal.status, "{}");
        self.refused.lock().unwrap().push((incoming, refusal));
        answered
    }

    fn ready(&self) -> Result<(), String> {
        self.trouble.lock().unwrap().clone().map_or(Ok(()), Err)
    }

    fn max_body_bytes(&self, _: &Endpoint) -> usize {
        self.most
    }
}

/// A door that listens.
pub struct Running {
    pub address: SocketAddr,
    pub recorder: Arc<Recorder>,
    pub stop: CancellationToken,
    pub ended: JoinHandle<()>,
}

impl Running {
    pub async fn new() -> Self {
        Self::with(Recorder::default(), Limits::RECEIVER).await
    }

    pub async fn with(recorder: Recorder, limits: Limits) -> Self {
        let recorder = Arc::new(recorder);
        let listener = listen::listen("127.0.0.1:0".parse().unwrap(), "--receiver").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let door = Arc::new(Door::new(recorder.clone(), Arc::new(SystemClock)));
        let ended = tokio::spawn(serve(listener, Listener::Receiver, door, limits, stop.clone()));
        Self { address, recorder, stop, ended }
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Writes `bytes` on a new connection and reads until the door closes it.
    pub async fn send(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut socket = self.connect().await;
        // A door that refuses early may close while the rest is written: what it answered counts.
        let _ = socket.write_all(bytes.as_ref()).await;
        rest(&mut socket).await
    }

    /// The same, and says that nothing more will come.
    pub async fn send_all(&self, bytes: &[u8]) -> String {
        let mut socket = self.connect().await;
        let _ = socket.write_all(bytes).await;
        let _ = socket.shutdown().await;
        rest(&mut socket).await
    }

    pub fn delivered(&self) -> Vec<(Endpoint, Incoming)> {
        self.recorder.delivered.lock().unwrap().clone()
    }

    pub fn refused(&self) -> Vec<(Incoming, Refusal)> {
        self.recorder.refused.lock().unwrap().clone()
    }
}

/// Everything that still comes until the other side closes.
pub async fn rest(socket: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut all)).await.expect("the connection is closed");
    String::from_utf8(all).unwrap()
}

/// Reads one answer with a Content-Length; the connection stays.
pub async fn one_answer(socket: &mut TcpStream) -> String {
    let mut all = Vec::new();
    tokio::time::timeout(PATIENCE, async {
        loop {
            let text = String::from_utf8_lossy(&all).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    return text;
                }
            }
            let mut piece = [0; 1024];
            let count = socket.read(&mut piece).await.unwrap();
            assert!(count > 0, "closed in the middle of {text:?}");
            all.extend_from_slice(&piece[..count]);
        }
    })
    .await
    .expect("an answer comes")
}

/// Waits until `done` says so.
pub async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let wait = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// The status of an answer; 0: there is none.
pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).map_or(0, |status| status.parse().unwrap())
}
