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

/// Sends all `requests` over `connections` from one address, as everything behind a tunnel comes; every answer must be a
/// 2xx.
pub fn run(address: &str, requests: Vec<Vec<u8>>, connections: usize) -> Result<Round> {
    send(address, requests, connections, vec![Caller::default(); connections])
}

/// The same, `at_once` of them at a time, from so many callers that none sends more than `most`: every caller has a
/// loopback address of its own, and its connection is open before the clock starts.
pub fn run_from_callers(address: &str, requests: Vec<Vec<u8>>, at_once: usize, most: usize) -> Result<Round> {
    // Some callers get more turns than others: on average each sends four fifths of what it may.
    let callers = requests.len().div_ceil(most * 4 / 5);
    let callers = (0..callers).map(|_| Caller { from: Some(fresh_address()), most: Some(most) });
    send(address, requests, at_once, callers.collect())
}

/// Who sends.
#[derive(Clone, Copy, Debug, Default)]
struct Caller {
    /// From this address; `None`: the machine's usual one.
    from: Option<Ipv4Addr>,
    /// So many requests at the most.
    most: Option<usize>,
}

fn send(address: &str, requests: Vec<Vec<u8>>, at_once: usize, callers: Vec<Caller>) -> Result<Round> {
    // One thread: the machine's other core is the server's.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let count = requests.len();
    runtime.block_on(async {
        let mut idle = VecDeque::with_capacity(callers.len());
        for caller in callers {
            idle.push_back(Client::open(address, caller).await?);
        }
        let turns = Arc::new(Mutex::new(Turns { requests: VecDeque::from(requests), idle }));
        let start = Instant::now();
        let senders: Vec<_> = (0..at_once).map(|_| tokio::spawn(drain(Arc::clone(&turns)))).collect();
        let mut times = Vec::with_capacity(count);
        for sender in senders {
            times.extend(sender.await??);
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

/// What is still to be sent, and who can send it: the caller that has waited longest is the next.
struct Turns {
    requests: VecDeque<Vec<u8>>,
    idle: VecDeque<Client>,
}

/// Takes a request and a caller, again and again, until nothing is left to send.
async fn drain(turns: Arc<Mutex<Turns>>) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    loop {
        let (request, mut client) = {
            let mut turns = turns.lock().expect("no sender panics");
            // Towards the end there may be nobody left who may send more: the other senders finish it.
            let Some(client) = turns.idle.pop_front() else { return Ok(times) };
            let Some(request) = turns.requests.pop_front() else { return Ok(times) };
            (request, client)
        };
        let start = Instant::now();
        let closes = client.exchange(&request).await?;
        times.push(start.elapsed());
        client.sent += 1;
        if closes {
            // Creel answers 100 requests on a connection, as a tunnel's far end must not hold one forever.
            client = Client { sent: client.sent, ..Client::open(&client.address, client.caller).await? };
        }
        if client.caller.most.is_none_or(|most| client.sent < most) {
            turns.lock().expect("no sender panics").idle.push_back(client);
        }
    }
}

struct Client {
    address: String,
    caller: Caller,
    sent: usize,
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    async fn open(address: &str, caller: Caller) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if let Some(from) = caller.from {
            socket.bind(SocketAddr::from((from, 0)))?;
        }
        let stream = socket.connect(address.parse()?).await.with_context(|| address.to_owned())?;
        stream.set_nodelay(true)?;
        Ok(Self { address: address.to_owned(), caller, sent: 0, stream, buffer: Vec::with_capacity(4096) })
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
