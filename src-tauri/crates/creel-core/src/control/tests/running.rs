//! A running control listener and a client that writes whole requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::clock::SystemClock;
use crate::control::{Access, Called, Commands, Control, Site, Token};
use crate::error::ApiError;
use crate::events::Events;
use crate::receive::tests::recorder::{Recorder, rest};
use crate::receive::{Door, Limits, Listener, listen, serve};

/// Gives each command a fixed output and writes down the inputs.
#[derive(Default)]
pub struct Script {
    pub outputs: Mutex<HashMap<&'static str, Result<Value, ApiError>>>,
    pub calls: Mutex<Vec<(String, Value)>>,
}

impl Script {
    pub fn says(&self, command: &'static str, output: Value) {
        self.outputs.lock().unwrap().insert(command, Ok(output));
    }

    pub fn fails(&self, command: &'static str, error: ApiError) {
        self.outputs.lock().unwrap().insert(command, Err(error));
    }

    pub fn last(&self) -> (String, Value) {
        self.calls.lock().unwrap().last().cloned().unwrap()
    }
}

impl Commands for Script {
    fn call<'a>(&'a self, command: &'a str, input: &'a [u8]) -> Called<'a> {
        let input = serde_json::from_slice(input).unwrap();
        self.calls.lock().unwrap().push((command.to_owned(), input));
        let output = self.outputs.lock().unwrap().get(command).cloned();
        let output = output.unwrap_or_else(|| Err(ApiError::not_found("command", command)));
        Box::pin(async move { output.map(|value| value.to_string().into_bytes()) })
    }
}

/// A control listener with its door.
pub struct Running {
    pub port: u16,
    pub token: Token,
    pub script: Arc<Script>,
    pub recorder: Arc<Recorder>,
    pub events: Events,
    pub stop: CancellationToken,
    pub ended: tokio::task::JoinHandle<()>,
}

impl Running {
    pub async fn new() -> Self {
        let listener = listen::listen("127.0.0.1:0".parse().unwrap(), "--control").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (token, clock) = (Token::random(), Arc::new(SystemClock));
        let (script, recorder) = (Arc::new(Script::default()), Arc::new(Recorder::default()));
        let (events, stop) = (Events::default(), CancellationToken::new());
        let access = Arc::new(Access::new(token.clone(), port, clock.clone()));
        let site = Site { commands: script.clone(), access, events: events.clone(), stop: stop.clone() };
        let door = Arc::new(Door::new(recorder.clone(), clock));
        let control = Arc::new(Control::new(door, port, site));
        let ended = tokio::spawn(serve(listener, Listener::Control, control, Limits::CONTROL, stop.clone()));
        Self { port, token, script, recorder, events, stop, ended }
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).await.unwrap()
    }

    /// One request with these header lines beside Host; the whole answer.
    pub async fn ask(&self, line: &str, headers: &str, body: &str) -> Answer {
        let host = if headers.to_lowercase().contains("host:") {
            String::new()
        } else {
            format!("Host: 127.0.0.1:{}\r\n", self.port)
        };
        let text = format!(
            "{line} HTTP/1.1\r\n{host}{headers}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut socket = self.connect().await;
        socket.write_all(text.as_bytes()).await.unwrap();
        Answer::read(&rest(&mut socket).await)
    }

    /// The same with the token.
    pub async fn authorised(&self, line: &str, body: &str) -> Answer {
        self.ask(line, &format!("Authorization: Bearer {}\r\n", self.token.expose()), body).await
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        Self { status: crate::receive::tests::recorder::status(head), head: head.to_owned(), body: body.to_owned() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|line| line.split_once(": ")).find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {:?}", self.body))
    }
}
