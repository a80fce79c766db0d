//! A display, a message bus and a driver of one's own, and the app in them.
//!
//! Debian packages: `xvfb dbus webkit2gtk-driver`. Two environment variables that people set against blank windows,
//! `WEBKIT_DISABLE_DMABUF_RENDERER` and `WEBKIT_DISABLE_COMPOSITING_MODE`, make screenshots hang here: they are removed.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use creel_tests::creel::isolate;
use creel_tests::wait::until_within;
use creel_tests::{Request, free_port, wire};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// A session is there within two seconds, or never.
const SESSION_LIMIT: Duration = Duration::from_secs(60);

/// WebKit's driver, of Debian's package `webkit2gtk-driver`.
const DRIVER: &str = "WebKitWebDriver";

/// The processes around one window. Dropping it ends them and everything they started.
pub struct Desk {
    display: Child,
    /// The display's name, for programs that act on it.
    pub name: String,
    driver: Child,
    port: u16,
    /// The app's home; gone with the desk.
    home: tempfile::TempDir,
}

impl Desk {
    /// A new display with a driver that waits for a session, and a bus on which nobody is.
    pub fn start() -> Self {
        let mut command = Command::new("dbus-run-session");
        command.args(["--", DRIVER]);
        Self::with(command, &[])
    }

    /// The same, on a bus that is there already: `environment` leads to it.
    pub fn beside(environment: &[(String, String)]) -> Self {
        Self::with(Command::new(DRIVER), environment)
    }

    fn with(mut command: Command, environment: &[(String, String)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (display, name) = start_display();
        let port = free_port();
        isolate(&mut command, folder.path());
        command.envs(environment.iter().cloned());
        let run = folder.path().join("xdg_runtime_dir");
        std::fs::create_dir_all(&run).unwrap();
        command.arg("--host=127.0.0.1").arg(format!("--port={port}"));
        command.env("DISPLAY", &name).env("TAURI_WEBVIEW_AUTOMATION", "true").env("GDK_BACKEND", "x11");
        command.env_remove("WEBKIT_DISABLE_DMABUF_RENDERER").env_remove("WEBKIT_DISABLE_COMPOSITING_MODE");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let driver = command.process_group(0).spawn().expect("dbus-run-session and WebKitWebDriver are installed");
        until_within(SESSION_LIMIT, "the driver to listen", || std::net::TcpStream::connect(("127.0.0.1", port)).ok());
        Self { display, name, driver, port, home: folder }
    }

    /// Where the app of this desk keeps everything; there from the beginning.
    pub fn data_dir(&self) -> PathBuf {
        let folder = self.home.path().join("xdg_data_home/creel");
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// The app behind the window, by its own note: the base address of the receiver, that of the control listener, the
    /// token.
    pub fn running(&self) -> [String; 3] {
        let note = self.data_dir().join("running.json");
        let text = creel_tests::until("the app to note where it runs", || std::fs::read_to_string(&note).ok());
        let note: Value = serde_json::from_str(&text).unwrap();
        let word = |name: &str| note[name].as_str().unwrap().to_owned();
        let token = std::fs::read_to_string(word("token_file")).unwrap();
        [word("receiver"), word("control"), token.trim().to_owned()]
    }

    /// What a person does to windows that are not the page's, by `xdotool`; `None`: it failed.
    pub fn xdotool(&self, arguments: &[&str]) -> Option<String> {
        let output =
            Command::new("xdotool").env("DISPLAY", &self.name).args(arguments).output().expect("it is installed");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts the app and takes its window over.
    pub async fn open(&self) -> Window {
        let options = json!({ "binary": desktop(), "args": [] });
        let capabilities = json!({ "webkitgtk:browserOptions": options }).as_object().unwrap().clone();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let driver = format!("http://127.0.0.1:{}", self.port);
        let session = builder.capabilities(capabilities).connect(&driver);
        let client = tokio::time::timeout(SESSION_LIMIT, session).await.expect("a session in time");
        Window { client: client.expect("the app opens a window") }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // The bus, the driver and the app are one process group; ending only the first leaves the app alive.
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.driver.id())]).status();
        let _ = self.driver.wait();
        let _ = self.display.kill();
        let _ = self.display.wait();
    }
}

/// The app's window.
pub struct Window {
    client: Client,
}

impl Window {
    /// Waits for something on the screen.
    pub async fn see(&self, xpath: &str) -> fantoccini::elements::Element {
        let wait = self.client.wait().at_most(creel_tests::wait::LIMIT).every(Duration::from_millis(20));
        let found = wait.for_element(Locator::XPath(xpath)).await;
        match found {
            Ok(element) => element,
            Err(e) => {
                self.picture("window-failed").await;
                panic!("waited for {xpath}: {e}\n{}", self.client.source().await.unwrap_or_default());
            }
        }
    }

    /// Waits for a text anywhere.
    pub async fn see_text(&self, text: &str) {
        self.see(&format!("//*[contains(normalize-space(.), \"{text}\") and not(self::script)]")).await;
    }

    /// Whether a text is on the screen at this moment.
    pub async fn has_text(&self, text: &str) -> bool {
        let script = format!("return document.body.innerText.includes({});", json!(text));
        self.ask(&script).await == json!(true)
    }

    /// Clicks what a person would click: a button, tab or link with this name.
    pub async fn click(&self, name: &str) {
        let named = format!(
            "normalize-space(.) = \"{name}\" or @aria-label = \"{name}\" or starts-with(normalize-space(.), \"{name}\")"
        );
        let roles = "self::button or self::a or @role='button' or @role='tab' or @role='treeitem' or @role='link'";
        let element = self.see(&format!("//*[({roles}) and ({named}) and not(@disabled)]")).await;
        if element.click().await.is_err() {
            // It moved or was drawn anew between the two calls; once more.
            self.see(&format!("//*[({roles}) and ({named}) and not(@disabled)]")).await.click().await.unwrap();
        }
    }

    /// Brings the element at `xpath` into view and clicks it.
    pub async fn click_at(&self, xpath: &str) {
        let element = self.see(xpath).await;
        let into_view = "arguments[0].scrollIntoView({ block: 'center' });";
        self.client.execute(into_view, vec![serde_json::to_value(&element).unwrap()]).await.unwrap();
        element.click().await.unwrap();
    }

    /// Goes to an address of the UI, and waits until nothing loads and nothing moves.
    pub async fn go(&self, path: &str) {
        self.client.execute("location.hash = arguments[0];", vec![json!(path)]).await.unwrap();
        let settled = "const done = arguments[0];
            const still = () => requestAnimationFrame(() => requestAnimationFrame(look));
            const look = () => (document.querySelector('[aria-busy=true]') ? still() : done(true));
            still();";
        self.client.execute_async(settled, Vec::new()).await.unwrap();
    }

    /// Runs a script in the page and returns what it returns.
    pub async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Waits until a script returns a text with something in it, and returns that.
    pub async fn until(&self, script: &str) -> String {
        let until = std::time::Instant::now() + creel_tests::wait::LIMIT;
        loop {
            match self.ask(script).await.as_str() {
                Some(text) if !text.is_empty() => return text.to_owned(),
                _ => assert!(std::time::Instant::now() < until, "waited for a text from {script}"),
            }
        }
    }

    /// Whether a dialog of the page (`alert`, `confirm`, `prompt`) is open.
    pub async fn has_dialog(&self) -> bool {
        self.client.get_alert_text().await.is_ok()
    }

    /// Keeps a picture in `tests/out`, two frames after the last change.
    pub async fn picture(&self, name: &str) {
        let frames = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
        let _ = self.client.execute_async(frames, Vec::new()).await;
        if let Ok(png) = self.client.screenshot().await {
            std::fs::write(creel_tests::tools::out(&format!("{name}.png")), png).unwrap();
        }
    }

    /// Ends the session and with it the app.
    pub async fn close(self) {
        let _ = self.client.close().await;
    }
}

/// `CREEL_DESKTOP_BIN`, or the `creel-desktop` that cargo built beside this test.
fn desktop() -> PathBuf {
    if let Some(path) = std::env::var_os("CREEL_DESKTOP_BIN") {
        return path.into();
    }
    let test = std::env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap().join("creel-desktop");
    assert!(built.exists(), "{} is missing: run `cargo build -p creel-desktop`", built.display());
    built
}

/// Xvfb on a display number that it chooses.
fn start_display() -> (Child, String) {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("Xvfb is installed");
    let mut number = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut number).unwrap();
    (child, format!(":{}", number.trim()))
}

/// Runs a command of the running app, as its API does.
pub fn rpc([_, control, token]: &[String; 3], command: &str, input: Value) -> Value {
    let request = Request::post(&format!("/rpc/{command}"), input.to_string());
    let answer = wire::send(control, &request.header("Authorization", format!("Bearer {token}")));
    assert_eq!(answer.status, 200, "{command}: {}", answer.text());
    answer.json()
}
