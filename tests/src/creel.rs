//! One running `creel serve` with a data folder of its own.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::Value;

use crate::clock::ShiftedClock;
use crate::wire::{self, Request, Response};

/// Marks every process that belongs to one Creel, so that one which stays behind is found.
const MARK: &str = "CREEL_TEST_RUN";

/// How a Creel is started.
#[derive(Clone, Default)]
pub struct Setup {
    /// Its wall clock; the machine's unless given.
    pub clock: Option<Arc<ShiftedClock>>,
    /// More arguments of `creel serve`.
    pub arguments: Vec<String>,
    /// More environment.
    pub environment: Vec<(String, String)>,
    /// No address is given but those in the arguments: it listens where its folder says.
    pub bare: bool,
}

/// A running Creel. Dropping it kills it and fails the test when it leaves a process behind.
pub struct Creel {
    child: Child,
    setup: Setup,
    folder: Arc<tempfile::TempDir>,
    mark: String,
    /// `http://127.0.0.1:port` of the delivery listener.
    pub receiver: String,
    /// `http://127.0.0.1:port` of the control listener.
    pub control: String,
    /// The control listener's token.
    pub token: String,
    /// Where the token is kept.
    pub token_file: PathBuf,
    /// A browser session's cookie: what a test asks again and again is not counted as a script's requests are.
    session: OnceLock<String>,
}

impl Creel {
    /// Starts with a new data folder and free ports.
    pub fn start() -> Self {
        Self::start_with(Setup::default())
    }

    /// Starts with a new data folder and free ports, as `setup` says.
    pub fn start_with(setup: Setup) -> Self {
        Self::start_in(Arc::new(tempfile::tempdir().expect("a temp folder")), setup)
    }

    /// Starts in `folder`, whose `data` may hold what an earlier run left.
    pub fn start_in(folder: Arc<tempfile::TempDir>, setup: Setup) -> Self {
        let mark = format!("{}-{}", std::process::id(), folder.path().display());
        let mut child = serve_command(folder.path(), &setup, &mark).spawn().expect("creel starts");
        let line = ready_line(&mut child, folder.path());
        let text = |name: &str| line[name].as_str().unwrap_or_else(|| panic!("no {name} in {line}")).to_owned();
        let token_file = PathBuf::from(text("token_file"));
        let token = std::fs::read_to_string(&token_file).expect("the token file is readable").trim().to_owned();
        assert_eq!(line["pid"].as_u64(), Some(u64::from(child.id())), "the ready line names the process: {line}");
        let (receiver, control) = (text("receiver"), text("control"));
        Self { child, setup, folder, mark, receiver, control, token, token_file, session: OnceLock::new() }
    }

    /// Where this Creel keeps everything.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder that lives as long as the test, for its own files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The same folder, for a Creel after this one.
    pub fn shared_folder(&self) -> Arc<tempfile::TempDir> {
        Arc::clone(&self.folder)
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a request to the delivery listener.
    pub fn deliver(&self, request: &Request) -> Response {
        wire::send(&self.receiver, request)
    }

    /// Sends a request to the control listener as the user's own browser does.
    pub fn manage(&self, request: Request) -> Response {
        wire::send(&self.control, &request.header("Cookie", self.cookie()))
    }

    /// The browser session's cookie, as a request shows it.
    pub fn cookie(&self) -> &str {
        self.session.get_or_init(|| self.open_session())
    }

    /// Sends a request with the token to the control listener, as a script does.
    pub fn manage_with_token(&self, request: Request) -> Response {
        wire::send(&self.control, &request.header("Authorization", format!("Bearer {}", self.token)))
    }

    fn open_session(&self) -> String {
        let opened = wire::send(&self.control, &Request::post("/session", format!(r#"{{"token":"{}"}}"#, self.token)));
        let cookie = opened.header("Set-Cookie").unwrap_or_else(|| panic!("no session: {}", opened.text()));
        cookie.split(';').next().unwrap_or_default().to_owned()
    }

    /// Calls a command; panics when it fails.
    pub fn rpc(&self, command: &str, input: Value) -> Value {
        let response = self.try_rpc(command, input);
        assert_eq!(response.status, 200, "{command}: {}", response.text());
        response.json()
    }

    /// Calls a command and returns whatever it answers.
    pub fn try_rpc(&self, command: &str, input: Value) -> Response {
        self.manage(Request::post(&format!("/rpc/{command}"), input.to_string()))
    }

    /// Makes a trigger and returns its id, path and secret.
    pub fn trigger(&self, draft: Value) -> Endpoint {
        let made = self.rpc("trigger_create", draft);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Endpoint {
            id: text(&made["row"]["trigger"]["id"]),
            path: text(&made["row"]["path"]),
            secret: text(&made["secret"]),
        }
    }

    /// The list that is there from the start.
    pub fn inbox_list(&self) -> String {
        self.rpc("lists_list", Value::Object(Default::default()))[0]["id"].as_str().expect("a list is there").to_owned()
    }

    /// Deliveries that match a query, newest first, all pages.
    pub fn deliveries(&self, q: &str) -> Vec<Value> {
        self.pages("deliveries_list", &["page"], serde_json::json!({ "q": q, "limit": 500 }))
    }

    /// Executions, newest first, all pages.
    pub fn executions(&self, query: Value) -> Vec<Value> {
        self.pages("executions_list", &[], query)
    }

    /// Tasks, newest first, all pages.
    pub fn tasks(&self) -> Vec<Value> {
        self.pages("tasks_list", &[], serde_json::json!({ "limit": 500 }))
    }

    fn pages(&self, command: &str, inside: &[&str], mut query: Value) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let found = self.rpc(command, query.clone());
            let page = inside.iter().fold(&found, |value, key| &value[*key]);
            all.extend(page["items"].as_array().expect("a page has items").iter().cloned());
            if page["next"].is_null() {
                return all;
            }
            query["after"] = page["next"].clone();
        }
    }

    /// The stored bytes of a delivery.
    pub fn body(&self, id: &str) -> Vec<u8> {
        let response = self.manage(Request::get(&format!("/api/deliveries/{id}/body")));
        assert_eq!(response.status, 200, "the body of {id}: {}", response.text());
        response.body
    }

    /// Everything it wrote to standard error, of all runs in this folder.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default()
    }

    /// Runs `creel <arguments>` against this Creel.
    pub fn cli(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(binary());
        isolate(&mut command, self.folder.path());
        command.args(arguments).arg("--data-dir").arg(self.data_dir()).stdin(Stdio::null());
        command.output().expect("creel runs")
    }

    /// `kill -9`, and waits for the end.
    pub fn kill(&mut self) {
        self.child.kill().expect("the process is ours");
        self.child.wait().expect("the process ends");
    }

    /// `kill -TERM`; returns the exit code and how long it took.
    pub fn terminate(&mut self) -> (Option<i32>, Duration) {
        let start = std::time::Instant::now();
        crate::tools::run(Command::new("kill").args(["-TERM", &self.pid().to_string()]));
        let status = crate::until("the end of creel after SIGTERM", || self.child.try_wait().expect("it is ours"));
        (status.code().or(status.signal().map(|signal| -signal)), start.elapsed())
    }

    /// Starts again in the same folder after an end. The ports are kept: senders do not hear of a restart.
    pub fn start_again(&mut self) {
        let mut setup = self.setup.clone();
        setup.arguments.extend([
            "--receiver".into(),
            address(&self.receiver),
            "--control".into(),
            address(&self.control),
        ]);
        let next = Self::start_in(Arc::clone(&self.folder), setup);
        let mut old = std::mem::replace(self, next);
        std::mem::swap(&mut self.setup, &mut old.setup);
        old.mark.clear();
    }
}

impl Drop for Creel {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- creel's standard error\n{}", self.log());
        } else if !self.mark.is_empty() {
            // The system ends them with Creel, and takes its time for it.
            crate::until(&format!("the processes that creel left behind to end: {}", self.mark), || {
                marked_processes(&self.mark).is_empty().then_some(())
            });
        }
    }
}

/// A trigger's address and secret.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// `trg_…`
    pub id: String,
    /// Its path.
    pub path: String,
    /// The secret in clear.
    pub secret: String,
}

/// The binary under test: `CREEL_BIN`, or the `creel` that cargo built beside this test.
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("CREEL_BIN") {
        return path.into();
    }
    let test = std::env::current_exe().expect("the test has a path");
    let built = test.parent().and_then(Path::parent).expect("target/debug/deps").join("creel");
    assert!(built.exists(), "{} is missing: run `cargo build -p creel-cli`", built.display());
    built
}

/// Keeps a child away from the user's own keychain, settings and data.
pub fn isolate(command: &mut Command, folder: &Path) {
    command.env_remove("DBUS_SESSION_BUS_ADDRESS").env("HOME", folder);
    for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"] {
        command.env(name, folder.join(name.to_lowercase()));
    }
}

/// `creel serve` in `folder`, not started yet. Ports are free ones unless the arguments name some.
pub fn serve_command(folder: &Path, setup: &Setup, mark: &str) -> Command {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("stderr")).expect("a log file");
    let mut command = Command::new(binary());
    isolate(&mut command, folder);
    command.arg("serve").arg("--data-dir").arg(folder.join("data"));
    for listener in ["--receiver", "--control"] {
        if !setup.bare && !setup.arguments.iter().any(|argument| argument == listener) {
            command.args([listener, &format!("127.0.0.1:{}", free_port())]);
        }
    }
    command.args(&setup.arguments).env(MARK, mark);
    command.envs(setup.clock.iter().flat_map(|clock| clock.environment()));
    command.envs(setup.environment.iter().cloned());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    command
}

/// A free port that nobody gets by chance: the system gives out those from 32768 on, to listeners and to callers. What was
/// stopped or killed has it again, and where nobody listens nobody begins to.
pub fn free_port() -> u16 {
    const PORTS: std::ops::Range<u16> = 10_000..32_000;
    static TRIED: OnceLock<AtomicU16> = OnceLock::new();
    let tried = TRIED.get_or_init(|| AtomicU16::new(RandomState::new().hash_one(()) as u16));
    loop {
        let port = PORTS.start + tried.fetch_add(1, Ordering::Relaxed) % (PORTS.end - PORTS.start);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Reads the one JSON line that says where it listens.
fn ready_line(child: &mut Child, folder: &Path) -> Value {
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
    stdout.read_line(&mut line).expect("stdout is readable");
    let log = || std::fs::read_to_string(folder.join("stderr")).unwrap_or_default();
    serde_json::from_str(&line).unwrap_or_else(|e| panic!("no ready line ({e}): {line:?}\n{}", log()))
}

fn address(base: &str) -> String {
    let address: SocketAddr = base.trim_start_matches("http://").parse().expect("an address with a port");
    address.to_string()
}

/// Processes that carry `mark` in their environment.
fn marked_processes(mark: &str) -> Vec<String> {
    let wanted = format!("{MARK}={mark}").into_bytes();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let marked = processes.filter(|process| {
        let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|entry| entry == wanted)
    });
    marked.map(|process| process.file_name().to_string_lossy().into_owned()).collect()
}
