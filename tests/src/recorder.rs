//! A server that records what it gets and answers as told: the other end of forwards and replays.

use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::wire::{read_body, read_head};

/// One recorded request.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// `POST`
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Header lines in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Recorded {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }
}

/// What the server does with a request once it has recorded it.
pub type Answer = dyn Fn(&Recorded, &mut TcpStream) -> std::io::Result<()> + Send + Sync;

/// A recording server on a free port. It ends with the test process.
pub struct Recorder {
    /// `http://127.0.0.1:port`
    pub base: String,
    /// The port.
    pub port: u16,
    seen: Arc<Mutex<Vec<Recorded>>>,
}

impl Recorder {
    /// Answers every request with a status and no body.
    pub fn answering(status: u16) -> Self {
        Self::start(move |_, stream| plain(stream, status, &[], b""))
    }

    /// Answers as `answer` writes. The connection is closed after each answer.
    pub fn start(answer: impl Fn(&Recorded, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("the listener's address").port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (Arc::clone(&seen), Arc::new(answer) as Arc<Answer>);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream, &seen, &*answer));
            }
        });
        Self { base: format!("http://127.0.0.1:{port}"), port, seen }
    }

    /// Everything recorded so far.
    pub fn seen(&self) -> Vec<Recorded> {
        self.seen.lock().expect("no recording thread panics").clone()
    }

    /// Waits for at least `count` requests and returns all.
    pub fn wait_for(&self, count: usize) -> Vec<Recorded> {
        crate::until(&format!("{count} requests at the recording server, {} came", self.seen().len()), || {
            Some(self.seen()).filter(|seen| seen.len() >= count)
        })
    }
}

/// Writes a whole answer.
pub fn plain(stream: &mut TcpStream, status: u16, headers: &[(&str, &str)], body: &[u8]) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {status} Told\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    stream.write_all(body)
}

fn serve(stream: TcpStream, seen: &Mutex<Vec<Recorded>>, answer: &Answer) {
    // A sender that gives up in the middle is a case under test, not a fault of the recorder.
    let _ = record(stream, seen, answer);
}

fn record(mut stream: TcpStream, seen: &Mutex<Vec<Recorded>>, answer: &Answer) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (first, headers) = read_head(&mut reader)?;
    let body = read_body(&mut reader, &headers, false)?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let request = Recorded { method, target, headers, body };
    seen.lock().expect("no recording thread panics").push(request.clone());
    answer(&request, &mut stream)
}
