//! The accept loop of both listeners: HTTP/1 only, bounded, drained on a stop.
//!
//! Not `axum::serve`: that has no header timeout that works, and waits for connections without end. One task a
//! connection; none a request.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming as Frames;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::receive::answer::HangUp;
use crate::receive::framing::Framing;
use crate::receive::head::Head;
use crate::receive::limits::{Limits, READ_BUFFER};
use crate::receive::places::{Order, Places, Seat};
use crate::receive::tap::{HeadTap, Heads};
use crate::receive::{Listener, Peer};

/// A request as the server hands it on.
#[derive(Debug)]
pub struct Arrived {
    /// Its head as sent, judged.
    pub head: Head,
    /// The same request as hyper reads it; its body is not read yet.
    pub request: Request<Frames>,
    /// Who sent it.
    pub peer: Peer,
}

/// What answers the requests of a listener.
pub trait Serve: Send + Sync + 'static {
    /// The body of its answers.
    type Body: http_body::Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static;

    /// Answers one request. `limits` are the listener's.
    fn serve(&self, arrived: Arrived, limits: &Limits) -> impl Future<Output = Response<Self::Body>> + Send;
}

/// Where connections come from.
pub trait Accept: Send + 'static {
    /// One of them.
    type Socket: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// The next one, with the address at its other end. Dropping the future loses none.
    fn accept(&mut self) -> impl Future<Output = io::Result<(Self::Socket, SocketAddr)>> + Send;
}

impl Accept for TcpListener {
    type Socket = TcpStream;

    async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        let (socket, from) = TcpListener::accept(self).await?;
        // Answers are small and complete: there is nothing to wait for.
        let _ = socket.set_nodelay(true);
        Ok((socket, from))
    }
}

/// Pauses after an accept that failed for want of descriptors: first, and at most.
const ACCEPT_PAUSE: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// Answers what comes to `listener` until `stop`; then requests under way get their answer, within `limits.drain`.
pub async fn serve<S: Serve>(
    mut listener: impl Accept,
    kind: Listener,
    service: Arc<S>,
    limits: Limits,
    stop: CancellationToken,
) {
    let places = Places::new(limits.connections, limits.of_one_caller);
    let tasks = TaskTracker::new();
    let mut pause = ACCEPT_PAUSE.0;
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((socket, from)) => {
                pause = ACCEPT_PAUSE.0;
                // No place: dropped here, which closes it.
                if let Some(seat) = places.take(caller(from)) {
                    let connection = Connection { service: service.clone(), limits, seat, peer: peer(from, kind) };
                    tasks.spawn(connection.run(socket));
                }
            }
            Err(error) if gone_before_accept(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                sleep(pause).await;
                pause = (pause * 2).min(ACCEPT_PAUSE.1);
            }
        }
    }
    drop(listener);
    tasks.close();
    places.finish_all();
    let _ = timeout(limits.drain, tasks.wait()).await;
}

fn gone_before_accept(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Who is at the other end, where that is known. Everything on this machine is one address: behind a loopback peer may
/// be a tunnel with all of GitHub in it, so loopback says nothing about who it is, and is bounded only in all.
fn caller(from: SocketAddr) -> Option<IpAddr> {
    Some(from.ip().to_canonical()).filter(|address| !address.is_loopback())
}

/// The caller as the socket knows it: never from a header.
fn peer(from: SocketAddr, listener: Listener) -> Peer {
    Peer { address: Some(from.ip().to_canonical()), listener }
}

/// The connection is closed without an answer, as somebody asked for.
#[derive(Debug, thiserror::Error)]
#[error("closed without an answer, as the trigger's \"answer as\" says")]
struct HungUp;

struct Connection<S> {
    service: Arc<S>,
    limits: Limits,
    seat: Seat,
    peer: Peer,
}

impl<S: Serve> Connection<S> {
    async fn run(self, socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let place = self.seat.place.clone();
        let tap = HeadTap::new(socket, self.limits, place.clone());
        let heads = tap.heads();
        let answered = AtomicU32::new(0);
        let each = service_fn(|request| self.one(&heads, &answered, request));
        let mut http = pin!(builder().serve_connection(TokioIo::new(tap), each));
        tokio::select! {
            biased;
            ended = http.as_mut() => note_end(ended),
            order = place.told() => {
                if order == Order::Finish && !place.is_waiting() {
                    http.as_mut().graceful_shutdown();
                    note_end(http.await);
                }
            }
        }
    }

    async fn one(
        &self,
        heads: &Heads,
        answered: &AtomicU32,
        request: Request<Frames>,
    ) -> Result<Response<S::Body>, HungUp> {
        let Some(head) = heads.take() else { unreachable!("hyper gets no head that the tap has not put down") };
        let last = answered.fetch_add(1, Ordering::Relaxed) + 1 >= self.limits.requests
            || head.refusal.is_some()
            || head.framing == Framing::Chunked;
        let arrived = Arrived { head, request, peer: self.peer };
        let mut response = self.service.serve(arrived, &self.limits).await;
        if response.extensions().get::<HangUp>().is_some() {
            return Err(HungUp);
        }
        if last || response.status() == StatusCode::REQUEST_TIMEOUT {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    }
}

fn builder() -> http1::Builder {
    let mut builder = http1::Builder::new();
    // A sender that hangs up after its last byte still gets its delivery handled to the end.
    builder.half_close(true).max_buf_size(READ_BUFFER);
    builder
}

fn note_end(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_in_any_form_says_nothing_about_who_calls() {
        for (from, known) in [
            ("127.0.0.1:9", false),
            ("127.9.9.9:9", false),
            ("[::1]:9", false),
            ("[::ffff:127.0.0.1]:9", false),
            ("203.0.113.7:9", true),
            ("[::ffff:203.0.113.7]:9", true),
            ("[2001:db8::7]:9", true),
        ] {
            assert_eq!(caller(from.parse().expect("an address")).is_some(), known, "{from}");
        }
        let mapped = caller("[::ffff:203.0.113.7]:9".parse().expect("an address"));
        assert_eq!(mapped, caller("203.0.113.7:9".parse().expect("an address")), "one caller, two spellings");
    }
}
