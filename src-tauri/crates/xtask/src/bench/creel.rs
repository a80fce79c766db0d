//! `creel serve`, the release build, with a data folder of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::child::Running;
use crate::flushes::Flushes;

/// A running Creel.
pub struct Creel {
    /// The process.
    pub process: Running,
    /// `127.0.0.1:port` of the delivery listener.
    pub receiver: String,
    /// `127.0.0.1:port` of the control listener.
    pub control: String,
    /// The data folder's parent; gone when the last one who holds it is.
    pub folder: Arc<tempfile::TempDir>,
    token: String,
}

/// What a Creel is started with.
#[derive(Default)]
pub struct Setup<'a> {
    /// Count and slow down its flushes.
    pub flushes: Option<&'a Flushes>,
    /// More arguments of `serve`.
    pub arguments: Vec<&'a str>,
    /// An existing folder.
    pub folder: Option<Arc<tempfile::TempDir>>,
}

impl Creel {
    /// Starts it and waits for its ready line.
    pub fn start(setup: Setup<'_>) -> Result<Self> {
        let folder = match setup.folder {
            Some(folder) => folder,
            None => Arc::new(tempfile::tempdir()?),
        };
        let mut command = serve(folder.path());
        command.args(setup.arguments);
        if let Some(flushes) = setup.flushes {
            flushes.preload(&mut command);
        }
        let mut child = command.spawn().with_context(|| binary().display().to_string())?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("stdout")?).read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line).with_context(|| format!("no ready line: {line:?}"))?;
        let text = |name: &str| ready[name].as_str().map(str::to_owned).with_context(|| format!("no {name} in {line}"));
        let address = |name: &str| text(name).map(|base| base.trim_start_matches("http://").to_owned());
        let token = std::fs::read_to_string(text("token_file")?)?.trim().to_owned();
        let (receiver, control) = (address("receiver")?, address("control")?);
        Ok(Self { process: Running(child), receiver, control, folder, token })
    }

    /// Makes the trigger `/hooks/bench` with everything on and one task a delivery when `task`; returns its secret.
    pub fn trigger(&self) -> Result<String> {
        let rows = json!([{ "field": "payload.ref", "operator": "is", "value": "refs/heads/main" }]);
        let draft =
            json!({ "name": "bench", "slug": "bench", "scheme": "github", "filter": { "match": "all", "rows": rows } });
        let made = self.rpc("trigger_create", &draft)?;
        Ok(made["secret"].as_str().context("the trigger's secret")?.to_owned())
    }

    /// Calls a command.
    pub fn rpc(&self, command: &str, input: &Value) -> Result<Value> {
        Caller::open(self)?.call(command, input)
    }

    /// Posts to a management route of a contract.
    pub fn manage(&self, route: &str, body: &Value) -> Result<Value> {
        let (status, answer) = Caller::open(self)?.post(route, &body.to_string())?;
        ensure!((200..300).contains(&status), "{route}: {status} {answer}");
        Ok(serde_json::from_str(&answer)?)
    }

    /// Waits until nothing is left of what came before: neither in the queue nor for full-text search.
    pub fn wait_until_idle(&self) -> Result<()> {
        self.wait_until_none("queue_depth")?;
        self.wait_for_search()
    }

    /// Waits until full-text search knows every delivery.
    pub fn wait_for_search(&self) -> Result<()> {
        self.wait_until_none("search_lag")
    }

    /// Waits until a count of the status is 0.
    fn wait_until_none(&self, count: &str) -> Result<()> {
        let mut caller = Caller::open(self)?;
        while caller.call("status", &json!({}))?[count].as_i64() != Some(0) {
            // Seldom: asking is work for the Creel under measurement.
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        Ok(())
    }
}

/// A kept-alive connection for commands, opened again when Creel has answered as many on it as it does. It shows a
/// session as the user's browser does: a script's requests would be counted.
pub struct Caller {
    stream: BufReader<TcpStream>,
    control: String,
    cookie: String,
    closed: bool,
}

impl Caller {
    /// Connects and opens a session.
    pub fn open(creel: &Creel) -> Result<Self> {
        let control = creel.control.clone();
        let mut caller = Self { stream: connect(&control)?, control, cookie: String::new(), closed: false };
        let (status, answer) = caller.post("/session", &format!(r#"{{"token":"{}"}}"#, creel.token))?;
        ensure!(status == 204, "no session: {status} {answer}");
        Ok(caller)
    }

    /// One command.
    pub fn call(&mut self, command: &str, input: &Value) -> Result<Value> {
        let (status, answer) = self.post(&format!("/rpc/{command}"), &input.to_string())?;
        ensure!(status == 200, "{command}: {status} {answer}");
        Ok(serde_json::from_str(&answer)?)
    }

    fn post(&mut self, path: &str, body: &str) -> Result<(u16, String)> {
        if std::mem::take(&mut self.closed) {
            self.stream = connect(&self.control)?;
        }
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.control,
            self.cookie,
            body.len()
        );
        self.stream.get_mut().write_all(format!("{head}{body}").as_bytes())?;
        self.read()
    }

    fn read(&mut self) -> Result<(u16, String)> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).context("a status line")?.parse()?;
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            let (name, value) = line.trim().split_once(": ").context("a header line")?;
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse()?,
                "set-cookie" => self.cookie = value.split(';').next().unwrap_or_default().to_owned(),
                "connection" => self.closed |= value.eq_ignore_ascii_case("close"),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((status, String::from_utf8(body)?))
    }
}

fn connect(control: &str) -> Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(control)?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

/// `creel serve` in a folder, away from the user's own keychain and settings.
pub fn serve(folder: &Path) -> Command {
    let mut command = Command::new(binary());
    command.args(["serve", "--receiver", "127.0.0.1:0", "--control", "127.0.0.1:0", "--data-dir"]);
    command.arg(folder.join("data")).env_remove("DBUS_SESSION_BUS_ADDRESS").env("HOME", folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// The binary beside this one: `cargo xtask bench` builds both in release.
pub fn binary() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    std::env::var_os("CREEL_BIN").map_or_else(|| own.with_file_name("creel"), PathBuf::from)
}
