//! What the probe makes of everything that may answer in Creel's place: nothing but its own answer counts, and it waits for
//! none of them longer than its patience.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::ids::RandomIds;
use crate::tunnel::PublicAddress;
use crate::tunnel::heartbeat::Heartbeat;
use crate::tunnel::probe::{HttpProbe, PATIENCE, Probe};

/// What the other side does with a question.
#[derive(Clone, Copy, Debug)]
enum Edge {
    /// It takes the connection and says nothing: half open.
    Silent,
    /// It closes at once.
    Closes,
    /// It never ends its answer, one byte at a time.
    Drips,
    /// It answers this at once.
    Says(&'static str),
    /// It answers with a megabyte and more.
    Floods,
    /// It answers with the path that was asked for: whoever repeats a question has not answered it.
    Echoes,
}

/// What the probe says of it, and how long it took.
async fn asked(edge: Edge) -> (String, String, Duration) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = PublicAddress::read(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let serving = tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(answer(socket, edge));
        }
    });
    let probe = HttpProbe::new(Arc::<Heartbeat>::default(), Arc::new(RandomIds));
    let begun = Instant::now();
    let down = probe.ask(&address).await.expect_err("it is not Creel that answers");
    serving.abort();
    (down.why.replace(address.host(), "HOST"), down.hint, begun.elapsed())
}

async fn answer(mut socket: TcpStream, edge: Edge) -> Option<()> {
    let mut head = vec![0; 4096];
    let read = socket.read(&mut head).await.ok()?;
    match edge {
        Edge::Closes => return None,
        Edge::Silent => {}
        Edge::Says(text) => socket.write_all(text.as_bytes()).await.ok()?,
        Edge::Floods => {
            socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
            while socket.write_all(&[b'x'; 64 * 1024]).await.is_ok() {}
        }
        Edge::Echoes => {
            let path = String::from_utf8_lossy(&head[..read]).split(' ').nth(1).unwrap_or_default().to_owned();
            let text = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{path}", path.len());
            socket.write_all(text.as_bytes()).await.ok()?;
        }
        Edge::Drips => {
            socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
            while socket.write_all(b"x").await.is_ok() {
                // The edge itself is slow: a byte now and then, for as long as somebody reads.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    // Held open until the other side goes.
    while socket.read(&mut head).await.ok()? > 0 {}
    None
}

#[tokio::test]
async fn nobody_else_is_taken_for_this_creel() {
    let page =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 31\r\n\r\n<html>Endpoint is offline</html>";
    let portal = "HTTP/1.1 302 Found\r\nLocation: http://portal.example/login\r\nContent-Length: 0\r\n\r\n";
    let sign_in = "HTTP/1.1 511 Network Authentication Required\r\nContent-Length: 0\r\n\r\n";
    let quota = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n";
    let lost = "HTTP/1.1 530 <none>\r\nContent-Length: 0\r\n\r\n";
    for (edge, why, hint) in [
        (Edge::Says(page), "HOST answers 200, and it is not this Creel that answers", "look where the address leads"),
        (Edge::Echoes, "HOST answers 200, and it is not this Creel that answers", "look where the address leads"),
        (Edge::Floods, "HOST answers 200, and it is not this Creel that answers", "look where the address leads"),
        (Edge::Says(portal), "HOST answers 302: something that stands in between answers", "asks for a sign-in"),
        (Edge::Says(sign_in), "HOST answers 511: something that stands in between answers", "asks for a sign-in"),
        (Edge::Says(quota), "HOST answers 429: the provider takes no more requests", "quota of a free plan"),
        (Edge::Says(lost), "HOST answers 530: the provider does not reach this machine", "starts the tunnel anew"),
        (Edge::Says("SSH-2.0-OpenSSH_9.2\r\n"), "HOST is not reached", "online"),
        (Edge::Closes, "HOST is not reached", "online"),
    ] {
        let (said, next, took) = asked(edge).await;
        assert!(said.starts_with(why) && next.contains(hint), "{edge:?}: {said}: {next}");
        assert!(took < PATIENCE, "{edge:?} took {took:?}");
    }
}

#[tokio::test]
async fn who_says_nothing_or_never_ends_is_waited_for_no_longer_than_patience() {
    let (silent, drips) = tokio::join!(asked(Edge::Silent), asked(Edge::Drips));
    for (why, hint, took) in [silent, drips] {
        assert_eq!(why, "no answer through HOST in 4 s");
        assert!(hint.contains("online"), "{hint}");
        assert!(took >= PATIENCE && took < PATIENCE + Duration::from_secs(1), "{took:?}");
    }
}
