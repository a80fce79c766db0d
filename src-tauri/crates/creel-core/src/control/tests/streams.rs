//! The stream of events.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::running::Running;
use crate::events::{BACKLOG, Event};
use crate::ids::{TaskId, TriggerId};
use crate::receive::tests::recorder::PATIENCE;

async fn read_until(socket: &mut TcpStream, so_far: &mut String, wanted: &str) {
    let mut piece = [0; 4096];
    let all = async {
        while !so_far.contains(wanted) {
            let count = socket.read(&mut piece).await.unwrap();
            assert!(count > 0, "closed before {wanted:?}: {so_far}");
            so_far.push_str(std::str::from_utf8(&piece[..count]).unwrap());
        }
    };
    timeout(PATIENCE, all).await.unwrap_or_else(|_| panic!("{wanted:?} never comes"));
}

async fn listen(site: &Running) -> (TcpStream, String) {
    let mut socket = site.connect().await;
    let ask =
        format!("GET /events HTTP/1.1\r\nHost: localhost:{}\r\nX-API-Key: {}\r\n\r\n", site.port, site.token.expose());
    socket.write_all(ask.as_bytes()).await.unwrap();
    let mut text = String::new();
    read_until(&mut socket, &mut text, ": still here\n\n").await;
    (socket, text)
}

#[tokio::test]
async fn an_event_is_one_message_of_json() {
    let site = Running::new().await;
    let (mut socket, mut text) = listen(&site).await;
    assert!(text.contains("content-type: text/event-stream"), "{text}");
    site.events.send(Event::Status);
    site.events.send(Event::Trigger(TriggerId::from("trg_1")));
    read_until(&mut socket, &mut text, "data: {\"trigger\":\"trg_1\"}\n\n").await;
    assert!(text.contains("data: \"status\"\n\n"), "{text}");
}

#[tokio::test]
async fn a_listener_that_fell_behind_is_told_how_far() {
    let site = Running::new().await;
    let (mut socket, mut text) = listen(&site).await;
    // Nothing else runs between two sends on this one thread, so all but the backlog are lost.
    for n in 0..BACKLOG + 10 {
        site.events.send(Event::Task(TaskId(format!("tsk_{n}"))));
    }
    read_until(&mut socket, &mut text, "data: {\"lagged\":10}\n\n").await;
    read_until(&mut socket, &mut text, &format!("tsk_{}", BACKLOG + 9)).await;
}

#[tokio::test]
async fn a_stop_ends_the_streams() {
    let site = Running::new().await;
    let (mut socket, _) = listen(&site).await;
    site.stop.cancel();
    let mut rest = Vec::new();
    timeout(PATIENCE, socket.read_to_end(&mut rest)).await.expect("the stream ends").unwrap();
    timeout(Duration::from_secs(2), site.ended).await.expect("nothing holds the listener").unwrap();
}

#[tokio::test]
async fn when_all_thirty_two_connections_are_streams_the_next_one_is_turned_away() {
    let site = Running::new().await;
    let mut streams = Vec::new();
    for _ in 0..32 {
        streams.push(listen(&site).await);
    }
    let mut late = site.connect().await;
    let mut nothing = Vec::new();
    let _ = timeout(PATIENCE, late.read_to_end(&mut nothing)).await.expect("it is closed");
    assert_eq!(nothing, b"");
    drop(streams.pop());
    let freed = async {
        // That nobody reads shows when something is written.
        while !is_answered(&site).await {
            site.events.send(Event::Status);
        }
    };
    timeout(PATIENCE, freed).await.expect("a place is free again");
}

async fn is_answered(site: &Running) -> bool {
    let mut socket = site.connect().await;
    let ask = format!("GET /healthz HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", site.port);
    let mut answer = String::new();
    socket.write_all(ask.as_bytes()).await.is_ok()
        && socket.read_to_string(&mut answer).await.is_ok()
        && answer.starts_with("HTTP/1.1 200")
}
