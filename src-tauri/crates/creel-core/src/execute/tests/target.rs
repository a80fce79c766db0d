//! A target that behaves as the test says, on a real socket.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One request as the target saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// First line and headers.
    pub head: String,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Seen {
    /// The values of a header, in order.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }

    /// The value of a header that is there once.
    pub fn header(&self, name: &str) -> &str {
        let all = self.all(name);
        assert_eq!(all.len(), 1, "{name} in {}", self.head);
        all[0]
    }
}

/// What the target does with a connection once it has read the request.
#[derive(Clone, Debug)]
pub enum Does {
    /// Writes these bytes and closes.
    Says(Vec<u8>),
    /// Writes these bytes, then holds the line.
    SaysThenHangs(Vec<u8>),
    /// Writes these bytes, then more of them for as long as somebody reads.
    SaysForever(Vec<u8>),
}

impl Does {
    /// An answer with a status, headers and a body.
    pub fn answers(status: &str, headers: &str, body: &[u8]) -> Self {
        let mut bytes = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", body.len()).into_bytes();
        bytes.extend_from_slice(body);
        Self::Says(bytes)
    }
}

/// The target.
pub struct Target {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    closed: Arc<Mutex<usize>>,
}

impl Target {
    /// Does the first thing with the first connection, the second with the second, and the last with all that follow.
    pub async fn start(script: Vec<Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, closed) = (Arc::<Mutex<Vec<Seen>>>::default(), Arc::<Mutex<usize>>::default());
        let (record, ends) = (Arc::clone(&seen), Arc::clone(&closed));
        tokio::spawn(async move {
            let mut nth = 0;
            while let Ok((stream, _)) = listener.accept().await {
                let does = script[nth.min(script.len() - 1)].clone();
                nth += 1;
                let (record, ends) = (Arc::clone(&record), Arc::clone(&ends));
                tokio::spawn(async move {
                    serve(stream, does, &record).await;
                    *ends.lock().unwrap() += 1;
                });
            }
        });
        Self { address, seen, closed }
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Connections that have ended.
    pub fn closed(&self) -> usize {
        *self.closed.lock().unwrap()
    }

    /// An address at which nobody listens.
    pub async fn nobody() -> SocketAddr {
        TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
    }
}

async fn serve(mut stream: TcpStream, does: Does, seen: &Mutex<Vec<Seen>>) {
    let Some(request) = read(&mut stream).await else { return };
    seen.lock().unwrap().push(request);
    match does {
        Does::Says(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Does::SaysThenHangs(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
        }
        Does::SaysForever(bytes) => {
            let _ = stream.write_all(&bytes).await;
            while stream.write_all(&[b'x'; 65_536]).await.is_ok() {}
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut seen = Seen { head, body: bytes[end + 4..].to_vec() };
    let length: usize = seen.all("content-length").first().map_or(0, |value| value.parse().unwrap());
    while seen.body.len() < length {
        if stream.read_buf(&mut seen.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(seen)
}
