//! `GET /events`: what changes, as server-sent events, one JSON object a message.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http_body::Frame;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{MissedTickBehavior, interval};

use crate::control::site::Site;
use crate::events::Event;

/// A comment this often: nobody in between takes the stream for dead, and one whose listener is gone gives its place
/// back. That shows at the second write, so a page that is loaded again and again must not fill all places before.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// Messages that wait for one socket. Behind it the broadcast's own backlog fills, and then the listener is `Lagged`.
const QUEUE: usize = 16;

/// The stream. It ends when the listener goes or Creel stops.
pub async fn stream(State(site): State<Site>) -> Response {
    let (to, from) = mpsc::channel(QUEUE);
    let heard = site.events.subscribe();
    let stop = site.stop.clone();
    tokio::spawn(async move { stop.run_until_cancelled(pass_on(heard, to)).await });
    ([(CONTENT_TYPE, "text/event-stream")], Body::new(Feed(from))).into_response()
}

async fn pass_on(mut heard: broadcast::Receiver<Event>, to: mpsc::Sender<Bytes>) {
    let mut alive = interval(KEEP_ALIVE);
    alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // The first tick is at once: the listener sees that it is connected.
        let message = tokio::select! {
            event = heard.recv() => match event {
                Ok(event) => message(&event),
                Err(broadcast::error::RecvError::Lagged(missed)) => {
                    message(&Event::Lagged(u32::try_from(missed).unwrap_or(u32::MAX)))
                }
                Err(broadcast::error::RecvError::Closed) => return,
            },
            _ = alive.tick() => Bytes::from_static(b": still here\n\n"),
        };
        if to.send(message).await.is_err() {
            return;
        }
    }
}

fn message(event: &Event) -> Bytes {
    let json = serde_json::to_string(event).expect("an event is plain data");
    format!("data: {json}\n\n").into()
}

/// A response body of the messages that come.
struct Feed(mpsc::Receiver<Bytes>);

impl http_body::Body for Feed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|message| message.map(|bytes| Ok(Frame::data(bytes))))
    }
}
