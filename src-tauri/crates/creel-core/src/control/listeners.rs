//! Both listeners of one Creel, from binding to the last answer. `creel serve` and the window start them alike.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::app::{Addresses, App, CommandsOf};
use crate::clock::Clock;
use crate::control::access::Access;
use crate::control::commands::Commands;
use crate::control::listener::Control;
use crate::control::site::Site;
use crate::control::token::Token;
use crate::error::{ApiError, ErrorCode};
use crate::events::Events;
use crate::receive::listen::{self, listen};
use crate::receive::{Deliver, Door, Limits, Listener, serve};
use crate::tunnel;

/// Where to listen; port 0 takes a free one.
#[derive(Clone, Copy, Debug)]
pub struct ListenAt {
    /// The receiver.
    pub receiver: SocketAddr,
    /// The control listener.
    pub control: SocketAddr,
}

impl Default for ListenAt {
    fn default() -> Self {
        Self { receiver: listen::RECEIVER, control: listen::CONTROL }
    }
}

/// Both sockets, bound and not served yet: senders wait in line, and a taken port is known before anything is opened.
#[derive(Debug)]
pub struct Bound {
    receiver: (TcpListener, SocketAddr),
    control: (TcpListener, SocketAddr),
}

/// Both listeners, being served.
#[derive(Debug)]
pub struct Listeners {
    /// Where the receiver listens.
    pub receiver: SocketAddr,
    /// Where the control listener listens.
    pub control: SocketAddr,
    access: Arc<Access>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Bound {
    /// Binds both, or says which port is taken and with which option to choose another.
    pub fn at(at: ListenAt) -> Result<Self, ApiError> {
        let (receiver, control) = (listen(at.receiver, "--receiver")?, listen(at.control, "--control")?);
        Ok(Self { receiver: named(receiver)?, control: named(control)? })
    }

    /// Where they listen: the receiver, the control listener.
    pub fn addresses(&self) -> (SocketAddr, SocketAddr) {
        (self.receiver.1, self.control.1)
    }

    /// Answers what comes, for `app`.
    pub fn serve_app(self, app: &Arc<App>, token: Token) -> Listeners {
        app.listens_at(Addresses { receiver: Some(self.receiver.1), control: Some(self.control.1) });
        let commands = Arc::new(CommandsOf(app.clone()));
        let door = Arc::new(Door::new(app.clone(), app.clock.clone()));
        app.tunnel.leads_to(&door);
        tokio::spawn(tunnel::start_as_kept(app.clone()));
        self.serve_door(door, commands, app.events.clone(), token, app.clock.clone())
    }

    /// Answers what comes. `deliver` takes deliveries, `commands` runs what the control listener is told.
    pub fn serve<D: Deliver>(
        self,
        deliver: Arc<D>,
        commands: Arc<dyn Commands>,
        events: Events,
        token: Token,
        clock: Arc<dyn Clock>,
    ) -> Listeners {
        self.serve_door(Arc::new(Door::new(deliver, clock.clone())), commands, events, token, clock)
    }

    fn serve_door<D: Deliver>(
        self,
        door: Arc<Door<D>>,
        commands: Arc<dyn Commands>,
        events: Events,
        token: Token,
        clock: Arc<dyn Clock>,
    ) -> Listeners {
        let stop = CancellationToken::new();
        let (receiver, control) = (self.receiver.1, self.control.1);
        let access = Arc::new(Access::new(token, control.port(), clock));
        let site = Site { commands, access: access.clone(), events, stop: stop.clone() };
        let managed = Arc::new(Control::new(door.clone(), control.port(), site));
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(self.receiver.0, Listener::Receiver, door, Limits::RECEIVER, stop.clone()));
        tasks.spawn(serve(self.control.0, Listener::Control, managed, Limits::CONTROL, stop.clone()));
        Listeners { receiver, control, access, stop, tasks }
    }
}

impl Listeners {
    /// A one-time code for a browser; it works for a minute.
    pub fn code(&self) -> String {
        self.access.code()
    }

    /// Takes nothing new, answers what is under way, and closes. Within [`Limits::drain`].
    pub async fn close(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

fn named(listener: TcpListener) -> Result<(TcpListener, SocketAddr), ApiError> {
    let address = listener.local_addr().map_err(|error| {
        ApiError::new(ErrorCode::Unavailable, format!("a socket does not tell its own address: {error}"))
    })?;
    Ok((listener, address))
}
