//! Mail servers that misbehave, on a real socket. What servers do that behave is tested with somebody else's server.

#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::actions::{Forwarder, Limits, Listeners, PlannedSigning, SecretSource, SystemResolver};
use crate::clock::ManualClock;
use crate::store::Store;

struct Nobody;

impl Listeners for Nobody {
    fn listeners(&self) -> Vec<SocketAddr> {
        Vec::new()
    }
}

impl SecretSource for Nobody {
    fn signing_secret(&self, _: &PlannedSigning) -> Result<Secret, ApiError> {
        Err(ApiError::new(ErrorCode::NotFound, "no secret"))
    }
}

/// Waits half a second for a whole letter.
fn hasty(folder: &tempfile::TempDir) -> Forwarder {
    let clock = Arc::new(ManualClock::at(UnixMs(1_763_700_000_000)));
    Forwarder {
        store: Arc::new(Store::open(folder.path(), clock.clone()).unwrap()),
        clock,
        resolver: Arc::new(SystemResolver),
        secrets: Arc::new(Nobody),
        listeners: Arc::new(Nobody),
        limits: Limits { total: Duration::from_millis(500), ..Limits::default() },
    }
}

/// Answers what begins with a word as the table says; the greeting is the answer to nothing. What is not in the table is
/// never answered.
async fn server(table: &'static [(&'static str, &'static str)]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut line = String::new();
        loop {
            let known = table.iter().find(|(word, _)| line.starts_with(word) && word.is_empty() == line.is_empty());
            match known {
                Some((_, "…")) => while write.write_all(&[b'2'; 8192]).await.is_ok() {},
                Some((_, answer)) => write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap(),
                None => {}
            }
            match lines.next_line().await {
                Ok(Some(next)) => line = next,
                _ => return,
            }
        }
    });
    port
}

async fn sent(port: u16, tls: MailTls) -> Stopped {
    let folder = tempfile::tempdir().unwrap();
    let email = Email {
        host: "127.0.0.1".to_owned(),
        port,
        tls,
        user: "me".to_owned(),
        from: "a@example.com".to_owned(),
        to: "b@example.com".to_owned(),
    };
    let password = Secret::new("canary-password").unwrap();
    let (subject, text) = ("Hello".to_owned(), "Hello".to_owned());
    let letter = Letter { email: &email, password: Some(&password), id: "exe_1", subject, text };
    letter.send(&hasty(&folder)).await.unwrap_err()
}

/// What the server says behind which command; behind none: as its greeting.
type Talk<'a> = &'a [(&'a str, &'a str)];

const GREETED: (&str, &str) = ("", "220 here");
const LOGIN: (&str, &str) = ("EHLO", "250 AUTH PLAIN");
const LOGGED_IN: (&str, &str) = ("AUTH", "235 ok");

#[tokio::test]
async fn a_server_that_hangs_at_any_stage_is_given_up_and_asked_again_later() {
    let stages: [Talk<'_>; 6] = [
        &[],
        &[GREETED],
        &[GREETED, LOGIN],
        &[GREETED, LOGIN, LOGGED_IN],
        &[GREETED, LOGIN, LOGGED_IN, ("MAIL", "250 ok"), ("RCPT", "250 ok")],
        &[GREETED, LOGIN, LOGGED_IN, ("MAIL", "250 ok"), ("RCPT", "250 ok"), ("DATA", "354 go on")],
    ];
    for table in stages {
        let port = server(table).await;
        let (error, again) = sent(port, MailTls::None).await;
        assert_eq!(error.message, format!("no whole answer from 127.0.0.1:{port} in time"), "{table:?}");
        assert_eq!(again, Again::OnSchedule);
    }
}

#[tokio::test]
async fn each_refusal_says_at_which_stage_and_whether_it_is_meant_for_good() {
    let table: [(Talk<'_>, &str, Again); 7] = [
        (&[("", "554 go away")], "does not greet as a mail server: 554 go away", Again::Never),
        (&[("", "421 too busy")], "does not greet as a mail server: 421 too busy", Again::OnSchedule),
        (&[("", "HTTP/1.1 400 Bad Request")], "does not greet as a mail server", Again::OnSchedule),
        (&[GREETED, ("EHLO", "250 no login")], "refuses the login: No compatible authentication", Again::Never),
        (&[GREETED, LOGIN, ("AUTH", "535 wrong canary-password")], "refuses the login: 535 wrong …", Again::Never),
        (
            &[GREETED, LOGIN, LOGGED_IN, ("MAIL", "250 ok"), ("RCPT", "550 nobody")],
            "refuses the recipient b@example.com: 550 nobody",
            Again::Never,
        ),
        (
            &[GREETED, LOGIN, LOGGED_IN, ("MAIL", "250 ok"), ("RCPT", "451 later")],
            "refuses the recipient b@example.com: 451 later",
            Again::OnSchedule,
        ),
    ];
    for (says, words, meant) in table {
        let port = server(says).await;
        let (error, again) = sent(port, MailTls::None).await;
        assert!(error.message.starts_with(&format!("127.0.0.1:{port} {words}")), "{error:?}");
        assert_eq!((again, error.hint.is_some()), (meant, true), "{error:?}");
    }
    let (error, again) = sent(server(&[GREETED, LOGIN]).await, MailTls::Starttls).await;
    assert!(error.message.ends_with("offers no STARTTLS") && again == Again::Never, "{error:?}");
}

#[tokio::test]
async fn a_server_that_never_stops_talking_is_cut_off() {
    let port = server(&[("", "…")]).await;
    let (error, _) = sent(port, MailTls::None).await;
    assert!(error.message.ends_with("does not greet as a mail server: it says more than 262144 bytes"), "{error:?}");
}
