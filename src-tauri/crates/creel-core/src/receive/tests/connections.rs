//! Connections: half-open ones, idle ones, how many, and the end.

use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::recorder::{PATIENCE, Recorder, Running, one_answer, rest, status, until};
use crate::receive::{Limits, listen};

const GOOD: &str = "POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn half_a_head_is_closed_without_an_answer() {
    let limits = Limits { head_wait: Duration::from_millis(80), ..Limits::RECEIVER };
    let door = Running::with(Recorder::default(), limits).await;
    for half in ["", "POST /hooks/a HTTP/1.1\r\nHo"] {
        assert_eq!(door.send(half).await, "", "after {half:?}");
    }
    let mut socket = door.connect().await;
    socket.write_all(GOOD.as_bytes()).await.unwrap();
    assert_eq!(status(&one_answer(&mut socket).await), 202);
    socket.write_all(b"POST /hooks/b HTTP/1.1\r\n").await.unwrap();
    assert_eq!(rest(&mut socket).await, "", "also the second head of a connection");
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_time() {
    let limits = Limits { idle_wait: Duration::from_millis(120), ..Limits::RECEIVER };
    let door = Running::with(Recorder::default(), limits).await;
    let mut socket = door.connect().await;
    let begun = Instant::now();
    for _ in 0..3 {
        socket.write_all(GOOD.as_bytes()).await.unwrap();
        assert_eq!(status(&one_answer(&mut socket).await), 202);
    }
    assert_eq!(rest(&mut socket).await, "");
    assert!(begun.elapsed() >= limits.idle_wait, "not before");
}

#[tokio::test]
async fn a_connection_is_closed_after_its_hundredth_answer() {
    let door = Running::new().await;
    let mut socket = door.connect().await;
    for n in 1..=100 {
        socket.write_all(GOOD.as_bytes()).await.unwrap();
        let answer = one_answer(&mut socket).await;
        assert_eq!(answer.contains("connection: close"), n == 100, "answer {n}: {answer}");
    }
    assert_eq!(rest(&mut socket).await, "");
}

#[tokio::test]
async fn three_hundred_silent_connections_do_not_keep_out_a_good_request() {
    let door = Running::new().await;
    let mut silent = Vec::new();
    for n in 0..300 {
        let mut socket = door.connect().await;
        if n % 2 == 0 {
            socket.write_all(b"POST /hooks/a HTTP/1.1\r\nHost:").await.unwrap();
        }
        silent.push(socket);
    }
    let begun = Instant::now();
    assert_eq!(status(&door.send(GOOD.replace("Host", "Connection: close\r\nHost")).await), 202);
    assert!(begun.elapsed() < Duration::from_secs(2), "it took {:?}", begun.elapsed());
    drop(silent);
}

#[tokio::test]
async fn when_every_connection_is_at_work_a_newcomer_is_turned_away() {
    let recorder = Recorder { gate: tokio::sync::Semaphore::new(0), ..Recorder::default() };
    let limits = Limits { connections: 4, handling: PATIENCE, ..Limits::RECEIVER };
    let door = Running::with(recorder, limits).await;
    let mut busy: Vec<TcpStream> = Vec::new();
    for _ in 0..4 {
        let mut socket = door.connect().await;
        socket.write_all(GOOD.as_bytes()).await.unwrap();
        busy.push(socket);
    }
    until("all are at work", || door.delivered().len() == 4).await;
    assert_eq!(door.send(GOOD).await, "");
    door.recorder.gate.add_permits(4);
    for socket in &mut busy {
        assert_eq!(status(&one_answer(socket).await), 202);
    }
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_answered_503() {
    let recorder = Recorder { gate: tokio::sync::Semaphore::new(0), ..Recorder::default() };
    let door = Running::with(recorder, Limits { handling: Duration::from_millis(50), ..Limits::RECEIVER }).await;
    let mut socket = door.connect().await;
    socket.write_all(GOOD.as_bytes()).await.unwrap();
    let answer = one_answer(&mut socket).await;
    assert_eq!(status(&answer), 503);
    assert!(answer.contains("retry-after: "), "{answer}");
}

#[tokio::test]
async fn a_stop_answers_what_is_under_way_and_closes_the_rest() {
    let recorder = Recorder { gate: tokio::sync::Semaphore::new(1), ..Recorder::default() };
    let door = Running::with(recorder, Limits { handling: PATIENCE, ..Limits::RECEIVER }).await;
    let (mut idle, mut fresh, mut busy) = (door.connect().await, door.connect().await, door.connect().await);
    idle.write_all(GOOD.as_bytes()).await.unwrap();
    assert_eq!(status(&one_answer(&mut idle).await), 202);
    busy.write_all(GOOD.as_bytes()).await.unwrap();
    until("it is under way", || door.delivered().len() == 2).await;

    door.stop.cancel();
    assert_eq!((rest(&mut idle).await, rest(&mut fresh).await), (String::new(), String::new()));
    assert!(!door.ended.is_finished(), "one is under way");
    assert!(TcpStream::connect(door.address).await.is_err(), "nothing new is taken");
    door.recorder.gate.add_permits(1);
    assert_eq!(status(&rest(&mut busy).await), 202);
    tokio::time::timeout(PATIENCE, door.ended).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let recorder = Recorder { gate: tokio::sync::Semaphore::new(0), ..Recorder::default() };
    let limits = Limits { handling: PATIENCE, drain: Duration::from_millis(60), ..Limits::RECEIVER };
    let door = Running::with(recorder, limits).await;
    let mut busy = door.connect().await;
    busy.write_all(GOOD.as_bytes()).await.unwrap();
    until("it is under way", || door.delivered().len() == 1).await;
    door.stop.cancel();
    tokio::time::timeout(Duration::from_secs(5), door.ended).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_taken_port_is_named_with_what_to_do() {
    let door = Running::new().await;
    let error = listen::listen(door.address, "--receiver").unwrap_err();
    assert_eq!(error.message, format!("port {} is taken", door.address.port()));
    assert!(error.hint.unwrap().contains("--receiver"));
    let wide = listen::listen("0.0.0.0:0".parse().unwrap(), "--receiver").unwrap_err();
    assert!(wide.message.contains("0.0.0.0"), "{}", wide.message);
}
