//! A desktop that shows notifications: the few lines of the desktop's own interface that a notification needs, on a
//! private bus. It keeps what it was given.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::blocking::{Connection, connection};
use zbus::zvariant::OwnedValue;

use crate::bus::Bus;

/// A running desktop.
pub struct Notifications {
    bus: Bus,
    shown: Arc<Mutex<Vec<Shown>>>,
    connection: Option<Connection>,
}

/// One notification as it was asked for.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Who asked.
    pub app: String,
    /// What it says, as the desktop gets it: markup where it said that it reads some.
    pub body: String,
}

struct Desktop {
    shown: Arc<Mutex<Vec<Shown>>>,
    refuses: bool,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Desktop {
    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned(), "body-markup".to_owned()]
    }

    #[allow(clippy::too_many_arguments)]
    fn notify(
        &self,
        app: String,
        _replaces: u32,
        _icon: String,
        _summary: String,
        body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire: i32,
    ) -> zbus::fdo::Result<u32> {
        if self.refuses {
            return Err(zbus::fdo::Error::Failed("do not disturb".to_owned()));
        }
        let mut shown = self.shown.lock().expect("nobody panics here");
        shown.push(Shown { app, body });
        Ok(u32::try_from(shown.len()).unwrap_or(u32::MAX))
    }
}

impl Notifications {
    /// A desktop that shows everything.
    pub fn start() -> Self {
        let mut desktop = Self { bus: Bus::start(), shown: Arc::default(), connection: None };
        desktop.turn(false);
        desktop
    }

    /// A bus on which nobody shows notifications.
    pub fn nobody() -> Self {
        Self { bus: Bus::start(), shown: Arc::default(), connection: None }
    }

    /// From now on it shows everything, or refuses everything.
    pub fn turn(&mut self, refuses: bool) {
        self.connection = None;
        let desktop = Desktop { shown: Arc::clone(&self.shown), refuses };
        let served = connection::Builder::address(self.bus.address.as_str())
            .and_then(|builder| builder.serve_at("/org/freedesktop/Notifications", desktop));
        // The name of the one before may take a moment to be free.
        let served = served.expect("the interface can be served");
        let connected = served.build().expect("the bus is there");
        crate::until("the desktop to have its name", || connected.request_name("org.freedesktop.Notifications").ok());
        self.connection = Some(connected);
    }

    /// What a program needs in its environment to find it.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.bus.environment()
    }

    /// What was shown so far, oldest first.
    pub fn shown(&self) -> Vec<Shown> {
        self.shown.lock().expect("nobody panics here").clone()
    }

    /// Waits for the `nth` notification, from 0.
    pub fn wait_for(&self, nth: usize) -> Shown {
        crate::until("a notification", || self.shown().get(nth).cloned())
    }
}
