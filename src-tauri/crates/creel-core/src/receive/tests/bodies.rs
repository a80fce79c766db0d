//! Bodies: too large, too slow, broken off, too many at once.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::recorder::{Recorder, Running, rest, status, until};
use crate::delivery::ReasonCode;
use crate::receive::Limits;
use crate::receive::limits::BODY_KEPT;

fn small(most: usize) -> Recorder {
    Recorder { most, ..Recorder::default() }
}

#[tokio::test]
async fn a_body_of_the_limit_is_taken_and_one_byte_more_is_not() {
    let door = Running::with(small(200_000), Limits::RECEIVER).await;
    for (bytes, expected) in [(200_000, 202), (200_001, 413)] {
        let head = format!("POST /hooks/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {bytes}\r\n\r\n");
        assert_eq!(status(&door.send(head + &"x".repeat(bytes)).await), expected, "{bytes} bytes");
        let chunked = format!("POST /hooks/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{bytes:x}\r\n");
        assert_eq!(
            status(&door.send(chunked + &"x".repeat(bytes) + "\r\n0\r\n\r\n").await),
            expected,
            "{bytes} in chunks"
        );
    }
    for (incoming, refusal) in door.refused() {
        assert_eq!(refusal.reason, ReasonCode::BodyTooLarge);
        assert_eq!(incoming.body.len(), BODY_KEPT, "the first 64 KiB are kept");
    }
    assert_eq!((door.delivered().len(), door.refused().len()), (2, 2));
}

#[tokio::test]
async fn the_answer_to_a_body_far_too_large_is_not_lost() {
    let door = Running::with(small(1024 * 1024), Limits::RECEIVER).await;
    let bytes = 8 * 1024 * 1024;
    let head = format!("POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Length: {bytes}\r\n\r\n");
    let mut socket = door.connect().await;
    let sent = socket.write_all((head + &"x".repeat(bytes)).as_bytes()).await;
    assert!(sent.is_ok(), "a sender that writes to the end before it reads is not reset: {sent:?}");
    assert_eq!(status(&rest(&mut socket).await), 413);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_asked_for() {
    let door = Running::with(small(10), Limits::RECEIVER).await;
    let head = "POST /hooks/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n";
    let answer = door.send(head).await;
    assert_eq!(status(&answer), 413, "{answer}");
}

#[tokio::test]
async fn a_slow_body_is_answered_408_and_recorded() {
    let limits = Limits { body_idle: Duration::from_millis(80), ..Limits::RECEIVER };
    let door = Running::with(Recorder::default(), limits).await;
    let answer = door.send("POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf").await;
    assert_eq!(status(&answer), 408, "{answer}");
    let (incoming, refusal) = door.refused().remove(0);
    assert_eq!((refusal.reason, &incoming.body[..]), (ReasonCode::BodyTooSlow, &b"half"[..]));
    assert!(refusal.words.starts_with("4 of 10 bytes of the body came in "), "{}", refusal.words);
}

#[tokio::test]
async fn a_body_that_drips_is_held_to_the_whole_time() {
    let total = Duration::from_millis(150);
    let limits = Limits { body_idle: Duration::from_secs(10), body_total: total, ..Limits::RECEIVER };
    let door = Running::with(Recorder::default(), limits).await;
    let mut socket = door.connect().await;
    socket.write_all(b"POST /hooks/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").await.unwrap();
    let mut drops = 0;
    until("the door gives up", || {
        drops += 1;
        let _ = socket.try_write(b"1\r\nx\r\n");
        !door.refused().is_empty()
    })
    .await;
    assert_eq!(door.refused()[0].1.status, 408);
    assert!(drops > 3, "it dripped {drops} times");
    drop(socket);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_recorded_and_not_delivered() {
    let door = Running::new().await;
    let mut socket = door.connect().await;
    socket.write_all(b"POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf").await.unwrap();
    socket.shutdown().await.unwrap();
    rest(&mut socket).await;
    until("it is recorded", || !door.refused().is_empty()).await;
    assert_eq!(door.refused()[0].1.reason, ReasonCode::MalformedHttp);
    assert!(door.delivered().is_empty());
}

#[tokio::test]
async fn broken_chunks_are_recorded_and_answered_400() {
    let door = Running::new().await;
    let answer = door.send("POST /hooks/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc").await;
    assert_eq!(status(&answer), 400, "{answer}");
    assert_eq!(door.refused()[0].1.reason, ReasonCode::MalformedHttp);
}

#[tokio::test]
async fn more_memory_than_all_bodies_may_take_is_refused_with_retry_after() {
    let mut recorder = small(25 * 1024 * 1024);
    recorder.gate = tokio::sync::Semaphore::new(0);
    let door = Running::with(recorder, Limits { handling: Duration::from_secs(20), ..Limits::RECEIVER }).await;
    let bytes = 24 * 1024 * 1024;
    let head = format!("POST /hooks/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {bytes}\r\n\r\n");
    let request = std::sync::Arc::new(head + &"x".repeat(bytes));
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut socket = door.connect().await;
        socket.write_all(request.as_bytes()).await.unwrap();
        held.push(socket);
    }
    until("two are in hand", || door.delivered().len() == 2).await;
    let answer = door.send(request.as_bytes()).await;
    assert_eq!(status(&answer), 503, "{answer}");
    assert!(answer.contains("retry-after: "), "{answer}");
    assert_eq!(door.refused()[0].1.reason, ReasonCode::Overloaded);
    door.recorder.gate.add_permits(3);
    for socket in &mut held {
        assert_eq!(status(&rest(socket).await), 202);
    }
    assert_eq!(status(&door.send(request.as_bytes()).await), 202, "the memory came back");
}
