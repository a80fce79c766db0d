//! A mail server that somebody else wrote (PyPI `aiosmtpd`). It keeps the letters that it took.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::tools::{here, python_of, run};

/// How a mail server talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Private {
    /// In clear.
    No,
    /// TLS from the first byte.
    Tls,
    /// TLS after the offer; a login before it is refused.
    Starttls,
}

/// A running server on a free port; ends when it is dropped.
pub struct Smtp {
    child: Child,
    letters: Arc<Mutex<Vec<Letter>>>,
    /// Where it listens.
    pub port: u16,
    /// The certificate of who vouches for it.
    pub authority: PathBuf,
    _folder: tempfile::TempDir,
}

/// A letter as it took it.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Whom it goes to.
    pub to: Vec<String>,
    /// Headers and text, decoded: `subject`, `from`, `message_id`, `date`, `text`.
    pub read: Value,
    /// Who had logged in.
    pub user: Option<String>,
}

impl Smtp {
    /// One that takes a login of `me` with the password `sesame` and letters for everybody but `nobody@example.com`, and
    /// for `later@example.com` only when asked again.
    pub fn start(private: Private) -> Self {
        let folder = tempfile::tempdir().expect("a temp folder");
        let authority = certificates(folder.path());
        let mut command = Command::new(python_of("aiosmtpd"));
        command.arg(here("fixtures/smtp/server.py")).arg(format!("{private:?}").to_lowercase()).arg(folder.path());
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("python starts");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let first = lines.next().expect("it says where it listens").expect("it is text");
        let letters: Arc<Mutex<Vec<Letter>>> = Arc::default();
        let kept = Arc::clone(&letters);
        std::thread::spawn(move || {
            let lines = lines.map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok());
            lines.for_each(|line: Value| kept.lock().expect("nobody panics here").push(letter(line)));
        });
        Self { child, letters, port: first.trim().parse().expect("a port"), authority, _folder: folder }
    }

    /// What it took so far.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().expect("nobody panics here").clone()
    }

    /// Waits for the `nth` letter, from 0.
    pub fn wait_for(&self, nth: usize) -> Letter {
        crate::until("a letter", || self.letters().get(nth).cloned())
    }
}

fn letter(line: Value) -> Letter {
    let to = line["to"].as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect();
    Letter { to, user: line["user"].as_str().map(str::to_owned), read: line }
}

/// A certificate for `localhost`, and that of who vouches for it, in `folder`.
fn certificates(folder: &Path) -> PathBuf {
    let script = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test \
         -keyout ca.key -out ca.pem && \
         openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost \
         -keyout server.key -out server.csr && \
         printf 'subjectAltName=DNS:localhost' > names && \
         openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem";
    run(Command::new("sh").arg("-c").arg(script).current_dir(folder));
    folder.join("ca.pem")
}

impl Drop for Smtp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
