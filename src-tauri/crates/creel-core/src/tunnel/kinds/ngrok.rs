//! ngrok by its crate, in this process: no program, no inspection page, no port. Each connection tells who called.
//!
//! Its own reconnecting waits 50^n milliseconds; the connector refuses it, so that every end comes to the supervisor. Of the
//! commands that ngrok's side can send only "stop" is taken: it ends the tunnel until the user starts it again.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use ngrok::config::TunnelBuilder;
use ngrok::conn::ConnInfo;
use ngrok::session::{ConnectError, IoStream, Stop, default_connect};
use ngrok::tunnel::{AcceptError, EndpointInfo, HttpTunnel, TunnelCloser};
use ngrok::{EndpointConn, Session};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::authenticate::Secret;
use crate::error::ApiError;
use crate::receive::{Accept, Deliver, Limits, Listener, serve};
use crate::tls;
use crate::tunnel::address::PublicAddress;
use crate::tunnel::certificate;
use crate::tunnel::choice::NgrokChoice;
use crate::tunnel::ingress::Ingress;
use crate::tunnel::up::{Doing, Down, LOOK_AT_NETWORK, Needs, Tunnel, Up};

/// The session's own questions, which cost no requests: gone is noticed after both, below 15 s (`trust.md` R11).
const HEARTBEAT: Duration = Duration::from_secs(5);
const TOLERANCE: Duration = Duration::from_secs(8);
/// A stream from ngrok may carry the next request of somebody else, and its address is told once: one request a stream.
const LIMITS: Limits = Limits { requests: 1, ..Limits::RECEIVER };
/// The longest certificate text.
const CA_MOST: usize = 64 * 1024;
/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);
/// Connections that wait to be taken.
const WAITING: usize = 64;

/// An ngrok endpoint.
pub struct Ngrok<D> {
    /// As set up.
    pub choice: NgrokChoice,
    /// The account's token.
    pub token: Option<Secret>,
    /// Its door.
    pub ingress: Option<Arc<Ingress<D>>>,
    /// Ends what it serves.
    pub stop: CancellationToken,
}

pub fn needs(has_token: bool) -> Needs {
    if has_token {
        return Needs::met("the authtoken is kept");
    }
    let hint = "copy it from dashboard.ngrok.com/get-started/your-authtoken and paste it here";
    Needs::missing("no ngrok authtoken is kept", hint)
}

pub fn check(choice: &NgrokChoice) -> Result<(), ApiError> {
    let name = |text: &str| (1..=253).contains(&text.len()) && !text.contains(['/', ' ', '@']);
    if let Some(domain) = choice.domain.as_deref().filter(|domain| !name(domain)) {
        return Err(ApiError::invalid("kind.ngrok.domain", format!("\"{domain}\" is no domain"))
            .hint("type the name alone, as hooks.ngrok.app"));
    }
    if let Some(server) = choice.server.as_deref() {
        Session::builder().server_addr(server).map_err(|error| {
            ApiError::invalid("kind.ngrok.server", error.to_string()).hint("type it as connect.example.com:443")
        })?;
    }
    match choice.server_ca.as_deref() {
        Some(pem) if pem.len() > CA_MOST || !pem.contains("-----BEGIN CERTIFICATE-----") => {
            Err(ApiError::invalid("kind.ngrok.server_ca", "this is no certificate in PEM"))
        }
        _ => Ok(()),
    }
}

impl<D: Deliver> Tunnel for Ngrok<D> {
    fn detect(&self) -> Doing<'_, Needs> {
        Box::pin(async { needs(self.token.is_some()) })
    }

    fn start(&self) -> Doing<'_, Result<Box<dyn Up>, Down>> {
        Box::pin(self.open())
    }

    fn notices(&self) -> bool {
        true
    }
}

impl<D: Deliver> Ngrok<D> {
    async fn open(&self) -> Result<Box<dyn Up>, Down> {
        tls::install();
        let Some(token) = &self.token else {
            return Err(Down::for_user("no ngrok authtoken is kept", "paste the account's token"));
        };
        let Some(ingress) = self.ingress.clone() else {
            return Err(Down::again("Creel does not listen", "look at what is wrong with its ports"));
        };
        let (ended, end) = watch::channel(None::<Down>);
        let session = self.session(token, &ended).await?;
        let mut endpoint = session.http_endpoint();
        endpoint.forwards_to("creel");
        if let Some(domain) = &self.choice.domain {
            endpoint.domain(domain.as_str());
        }
        let tunnel = endpoint.listen().await.map_err(|error| refused(&error))?;
        let address = PublicAddress::read(tunnel.url())
            .map_err(|error| Down::again(format!("ngrok gave {error}"), "try again, or another kind of tunnel"))?;
        let (taken, sockets) = mpsc::channel(WAITING);
        let stop = self.stop.child_token();
        tokio::spawn(serve(Streams(sockets), Listener::Tunnel(0), ingress, LIMITS, stop.clone()));
        let pumped = tokio::spawn(pump(tunnel, taken, ended, stop.clone()));
        Ok(Box::new(Endpoint { address, session, end, stop, pumped: Some(pumped) }))
    }

    async fn session(&self, token: &Secret, ended: &watch::Sender<Option<Down>>) -> Result<Session, Down> {
        let mut builder = Session::builder();
        let bad = |error: &dyn std::fmt::Display| Down::for_user(error.to_string(), "change the tunnel's settings");
        if let Some(server) = &self.choice.server {
            builder.server_addr(server.as_str()).map_err(|error| bad(&error))?;
        }
        if let Some(pem) = &self.choice.server_ca {
            builder.ca_cert(Bytes::from(pem.clone()));
        }
        builder.heartbeat_interval(HEARTBEAT).map_err(|error| bad(&error))?;
        builder.heartbeat_tolerance(TOLERANCE).map_err(|error| bad(&error))?;
        let stopped = ended.clone();
        builder.handle_stop_command(move |_: Stop| {
            let hint = "start it again when you need it";
            stopped.send_replace(Some(Down::for_user("the tunnel was stopped in ngrok's dashboard", hint)));
            async { Ok(()) }
        });
        builder.client_info("creel", env!("CARGO_PKG_VERSION"), None::<String>);
        builder.authtoken(token.expose()).connector(once).connect().await.map_err(|error| unconnected(&error))
    }
}

/// Connects once. Reconnecting is the supervisor's.
async fn once(
    host: String,
    port: u16,
    tls: Arc<rustls::ClientConfig>,
    lost: Option<AcceptError>,
) -> Result<Box<dyn IoStream>, ConnectError> {
    match lost {
        Some(_) => Err(ConnectError::Canceled),
        None => default_connect(host, port, tls, None).await,
    }
}

/// Hands the endpoint's connections to the server until either ends.
async fn pump(
    mut tunnel: HttpTunnel,
    taken: mpsc::Sender<EndpointConn>,
    ended: watch::Sender<Option<Down>>,
    stop: CancellationToken,
) {
    let down = loop {
        let next = poll_fn(|cx| Pin::new(&mut tunnel).poll_next(cx));
        match stop.run_until_cancelled(next).await {
            None => break None,
            Some(Some(Ok(connection))) => _ = taken.send(connection).await,
            Some(Some(Err(error))) => break Some(lost(&error)),
            Some(None) => break Some(Down::again("the connection to ngrok is gone", LOOK_AT_NETWORK)),
        }
    };
    // What the dashboard said first stays said.
    ended.send_if_modified(|said| {
        said.is_none() && {
            *said = down;
            said.is_some()
        }
    });
    let _ = tokio::time::timeout(GOODBYE, tunnel.close()).await;
}

/// The connections of an endpoint, as the server takes them.
struct Streams(mpsc::Receiver<EndpointConn>);

impl Accept for Streams {
    type Socket = EndpointConn;

    async fn accept(&mut self) -> io::Result<(EndpointConn, SocketAddr)> {
        match self.0.recv().await {
            Some(connection) => {
                let from = connection.remote_addr();
                Ok((connection, from))
            }
            // The end is told by the stop.
            None => std::future::pending().await,
        }
    }
}

/// An endpoint that stands.
struct Endpoint {
    address: PublicAddress,
    session: Session,
    end: watch::Receiver<Option<Down>>,
    stop: CancellationToken,
    pumped: Option<tokio::task::JoinHandle<()>>,
}

impl Up for Endpoint {
    fn address(&self) -> &PublicAddress {
        &self.address
    }

    fn ended(&mut self) -> Doing<'_, Down> {
        Box::pin(async {
            match self.end.wait_for(Option::is_some).await.ok().and_then(|end| end.clone()) {
                Some(down) => down,
                None => Down::again("the connection to ngrok is gone", LOOK_AT_NETWORK),
            }
        })
    }

    fn stop(mut self: Box<Self>) -> Doing<'static, ()> {
        Box::pin(async move {
            self.stop.cancel();
            if let Some(pumped) = self.pumped.take() {
                let _ = pumped.await;
            }
            let _ = tokio::time::timeout(GOODBYE, self.session.close()).await;
        })
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn unconnected(error: &ConnectError) -> Down {
    match error {
        ConnectError::Tls(cause) => certificate::refused("ngrok's server", &cause.to_string())
            .unwrap_or_else(|| Down::again("ngrok's server breaks the secure connection off", LOOK_AT_NETWORK)),
        ConnectError::Tcp(cause) => Down::again(format!("ngrok's server is not reached: {cause}"), LOOK_AT_NETWORK),
        error => refused(error),
    }
}

/// What ngrok answered, by its code where there is one.
fn refused(error: &(impl ngrok::Error + std::fmt::Display)) -> Down {
    let said = error.msg();
    let said = said.lines().next().unwrap_or_default().trim();
    match error.error_code() {
        Some(code @ ("ERR_NGROK_105" | "ERR_NGROK_106" | "ERR_NGROK_107" | "ERR_NGROK_123" | "ERR_NGROK_4018")) => {
            let hint = "paste the token anew from dashboard.ngrok.com/get-started/your-authtoken";
            Down::for_user(format!("ngrok does not accept the authtoken ({code}): {said}"), hint)
        }
        Some(code @ "ERR_NGROK_108") => {
            let hint = "end the other one, at ngrok's dashboard if need be; Creel keeps trying";
            Down::again(format!("another agent of the account is connected ({code}): {said}"), hint)
        }
        Some(code @ ("ERR_NGROK_334" | "ERR_NGROK_7088")) => {
            let hint = "end the other tunnel on this domain, or choose another domain; Creel keeps trying";
            Down::again(format!("the address is taken ({code}): {said}"), hint)
        }
        Some(code) => {
            let hint = format!("ngrok.com/docs/errors/{} says more", code.to_ascii_lowercase());
            Down::for_user(format!("ngrok refuses ({code}): {said}"), hint)
        }
        None => Down::again(format!("ngrok's server does not take the session: {said}"), LOOK_AT_NETWORK),
    }
}

fn lost(error: &AcceptError) -> Down {
    match error {
        AcceptError::ListenerClosed { message, error_code } => {
            let code = error_code.as_deref().map(|code| format!(" ({code})")).unwrap_or_default();
            Down::for_user(format!("ngrok closed the tunnel{code}: {message}"), "start it again when you need it")
        }
        _ => Down::again("the connection to ngrok is gone", LOOK_AT_NETWORK),
    }
}
