//! The load: kept-alive connections that send one request after the other.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::numbers::percentile_ms;

/// What one round showed.
#[derive(Debug)]
pub struct Round {
    /// Requests a second.
    pub rate: f64,
    /// Half of the answers came within this.
    pub p50_ms: f64,
    /// All but one in a hundred came within this.
    pub p99_ms: f64,
    /// How many there were.
    pub count: usize,
}

/// Where the requests come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum From {
    /// One address, as everything behind a tunnel does.
    #[default]
    OneAddress,
    /// Another loopback address for every so many requests: for a receiver that counts by address.
    ManyAddresses(usize),
}

/// Sends all `requests` over `connections`; every answer must be a 2xx.
pub fn run(address: &str, requests: Vec<Vec<u8>>, connections: usize) -> Result<Round> {
    run_from(address, requests, connections, From::OneAddress)
}

/// [`run`], from where `from` says.
pub fn run_from(address: &str, requests: Vec<Vec<u8>>, connections: usize, from: From) -> Result<Round> {
    // One thread: the machine's other core is the server's.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let count = requests.len();
    let queue = Arc::new(Mutex::new(VecDeque::from(requests)));
    runtime.block_on(async {
        let mut open = Vec::new();
        for _ in 0..connections {
            open.push(Client::open(address, from).await?);
        }
        let start = Instant::now();
        let clients: Vec<_> = open.into_iter().map(|client| tokio::spawn(client.drain(Arc::clone(&queue)))).collect();
        let mut times = Vec::with_capacity(count);
        for client in clients {
            times.extend(client.await??);
        }
        let took = start.elapsed();
        ensure!(times.len() == count, "{} of {count} answers", times.len());
        let (p50_ms, p99_ms) = (percentile_ms(&mut times, 50.0), percentile_ms(&mut times, 99.0));
        Ok(Round { rate: count as f64 / took.as_secs_f64(), p50_ms, p99_ms, count })
    })
}

/// A loopback address that was not used yet in this run.
fn fresh_address() -> Ipv4Addr {
    static USED: AtomicU32 = AtomicU32::new(0);
    Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 1, 0, 0)) + USED.fetch_add(1, Ordering::Relaxed))
}

struct Client {
    address: String,
    from: From,
    sent: usize,
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    async fn open(address: &str, from: From) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if from != From::OneAddress {
            socket.bind(SocketAddr::from((fresh_address(), 0)))?;
        }
        let stream = socket.connect(address.parse()?).await.with_context(|| address.to_owned())?;
        stream.set_nodelay(true)?;
        Ok(Self { address: address.to_owned(), from, sent: 0, stream, buffer: Vec::with_capacity(4096) })
    }

    /// Whether the next request has to come from another address.
    fn is_used_up(&self) -> bool {
        matches!(self.from, From::ManyAddresses(most) if self.sent >= most)
    }

    async fn drain(mut self, queue: Arc<Mutex<VecDeque<Vec<u8>>>>) -> Result<Vec<Duration>> {
        let mut times = Vec::new();
        loop {
            let next = queue.lock().expect("no client panics").pop_front();
            let Some(request) = next else { return Ok(times) };
            let start = Instant::now();
            let closes = self.exchange(&request).await?;
            times.push(start.elapsed());
            self.sent += 1;
            if closes || self.is_used_up() {
                // Creel answers 100 requests on a connection, as a tunnel's far end must not hold one forever.
                self = Self::open(&self.address, self.from).await?;
            }
        }
    }

    /// One request; whether the server closes the connection behind the answer.
    async fn exchange(&mut self, request: &[u8]) -> Result<bool> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the connection ended before the answer");
            if let Some(closes) = whole(&self.buffer)? {
                return Ok(closes);
            }
        }
    }
}

/// Whether the buffer holds a whole answer, and then whether it is the connection's last.
fn whole(buffer: &[u8]) -> Result<Option<bool>> {
    let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&buffer[..end])?.to_ascii_lowercase();
    ensure!(head.starts_with("http/1.1 20"), "not accepted: {}", String::from_utf8_lossy(buffer));
    let length = head.split("\r\n").find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.context("an answer with a length")?.trim().parse()?;
    Ok((buffer.len() >= end + 4 + length).then(|| head.contains("connection: close")))
}
