//! HTTP/1.1 by hand: a test must be able to send what no library would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// No answer of Creel takes longer than its slowest documented limit (30 s of body time) and some.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// A request to send. `Host` and `Content-Length` are added unless they are set (also to nonsense).
#[derive(Clone, Debug)]
pub struct Request {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: &str, target: &str) -> Self {
        Self { method: method.into(), target: target.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// A `GET`.
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// A `POST` of JSON.
    pub fn post(target: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::new("POST", target) }.header("Content-Type", "application/json")
    }

    /// One more header line, in this place of the order.
    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same request with this body.
    pub fn with_body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// A GitHub delivery: the signature over the body as it stands, the event and the delivery id.
    pub fn github(self, secret: &str, event: &str, id: &str) -> Self {
        let signature = crate::sign::github(secret, &self.body);
        self.header("X-GitHub-Event", event)
            .header("X-GitHub-Delivery", id)
            .header("X-Hub-Signature-256", signature)
            .header("User-Agent", "GitHub-Hookshot/044aadd")
    }

    /// Signs the body as OpenGate asks.
    pub fn opengate(self, secret: &str) -> Self {
        let signature = crate::sign::hex(secret, &self.body);
        self.header("X-OpenGate-Secret", signature)
    }

    /// The bytes for the socket.
    pub fn bytes(&self, host: &str) -> Vec<u8> {
        let has = |name: &str| self.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
        let mut out = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        if !has("host") {
            out.extend(format!("Host: {host}\r\n").bytes());
        }
        for (name, value) in &self.headers {
            out.extend(name.bytes());
            out.extend(b": ");
            out.extend(value);
            out.extend(b"\r\n");
        }
        if !has("content-length") && !has("transfer-encoding") && (!self.body.is_empty() || self.method != "GET") {
            out.extend(format!("Content-Length: {}\r\n", self.body.len()).bytes());
        }
        out.extend(b"\r\n");
        out.extend(&self.body);
        out
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The header lines in their order.
    pub headers: Vec<(String, String)>,
    /// The body, transfer coding removed.
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; panics when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text()))
    }
}

/// A kept-alive connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Connection {
    /// Connects to `http://host:port`.
    pub fn open(base: &str) -> std::io::Result<Self> {
        let host = base.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self::over(TcpStream::connect(&host)?, host)
    }

    /// Takes over a stream that is connected to `host`.
    pub fn over(stream: TcpStream, host: String) -> std::io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(READ_TIMEOUT))?;
        Ok(Self { stream: BufReader::new(stream), host })
    }

    /// Sends a request and reads its answer.
    pub fn send(&mut self, request: &Request) -> std::io::Result<Response> {
        let bytes = request.bytes(&self.host);
        // A server may answer and close before it has read everything (413): the answer counts, not the broken pipe.
        let sent = self.write(&bytes);
        self.read().or_else(|e| sent.and(Err(e)))
    }

    /// Sends bytes as they are.
    pub fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Says that nothing more will be sent.
    pub fn finish_writing(&mut self) -> std::io::Result<()> {
        self.stream.get_mut().shutdown(std::net::Shutdown::Write)
    }

    /// Reads one answer.
    pub fn read(&mut self) -> std::io::Result<Response> {
        let (first, headers) = read_head(&mut self.stream)?;
        let status = first.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(|| broken("a status line"))?;
        // These never have a body, and so no length (RFC 9110 §15.3.5, §15.4.5).
        let body = read_body(&mut self.stream, &headers, !matches!(status, 204 | 304))?;
        Ok(Response { status, headers, body })
    }

    /// Reads lines of a stream that does not end until one holds `wanted`; `None` when it ended.
    pub fn read_line_with(&mut self, wanted: &str) -> Option<String> {
        loop {
            let line = read_line(&mut self.stream).ok()?;
            if line.contains(wanted) {
                return Some(line);
            }
        }
    }

    /// Whether the other side has closed the connection (waits for it up to the read timeout).
    pub fn is_closed(&mut self) -> bool {
        let mut byte = [0];
        match self.stream.read(&mut byte) {
            Ok(read) => read == 0,
            Err(e) => e.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}

/// One request on a connection of its own.
pub fn send(base: &str, request: &Request) -> Response {
    let mut connection = Connection::open(base).unwrap_or_else(|e| panic!("{base}: {e}"));
    connection.send(request).unwrap_or_else(|e| panic!("{base} {}: {e}", request.target))
}

/// Reads the first line and the header lines.
pub(crate) fn read_head(stream: &mut impl BufRead) -> std::io::Result<(String, Vec<(String, String)>)> {
    let first = read_line(stream)?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(stream)?;
        if line.is_empty() {
            return Ok((first, headers));
        }
        let (name, value) = line.split_once(':').ok_or_else(|| broken("a header line"))?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

/// Reads a body by its length or its chunks; without either up to the end when `to_end`.
pub(crate) fn read_body(
    stream: &mut impl BufRead,
    headers: &[(String, String)],
    to_end: bool,
) -> std::io::Result<Vec<u8>> {
    let value = |name: &str| headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str());
    let mut body = Vec::new();
    if let Some(length) = value("content-length").and_then(|v| v.parse().ok()) {
        body.resize(length, 0);
        stream.read_exact(&mut body)?;
    } else if value("transfer-encoding").is_some() {
        read_chunks(stream, &mut body)?;
    } else if to_end {
        stream.read_to_end(&mut body)?;
    }
    Ok(body)
}

fn read_chunks(stream: &mut impl BufRead, body: &mut Vec<u8>) -> std::io::Result<()> {
    loop {
        let size = usize::from_str_radix(read_line(stream)?.trim(), 16).map_err(|_| broken("a chunk size"))?;
        let start = body.len();
        body.resize(start + size, 0);
        stream.read_exact(&mut body[start..])?;
        read_line(stream)?;
        if size == 0 {
            return Ok(());
        }
    }
}

fn read_line(stream: &mut impl BufRead) -> std::io::Result<String> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
}

fn broken(wanted: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, format!("expected {wanted}"))
}
