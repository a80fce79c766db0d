//! What one listener allows. Each bound is here with its reason; the numbers are `trust.md` §5.1.

use std::time::Duration;

/// The bounds of one listener.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the first byte of a head (or the accept, for the first one) to its end.
    pub head_wait: Duration,
    /// How long a connection may rest between two requests.
    pub idle_wait: Duration,
    /// How long a sender may leave a written answer unread.
    pub write_wait: Duration,
    /// Requests answered on one connection before it is closed.
    pub requests: u32,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once of one caller whose address is known.
    pub of_one_caller: usize,
    /// Longest pause between two pieces of a body.
    pub body_idle: Duration,
    /// A whole body, without the second a MiB that is added.
    pub body_total: Duration,
    /// From the whole body to the answer; a configured delay is not counted.
    pub handling: Duration,
    /// How long a stop waits for requests under way.
    pub drain: Duration,
}

impl Limits {
    /// The delivery listener: reachable through a tunnel, so strict.
    pub const RECEIVER: Self = Self {
        head_wait: Duration::from_secs(5),
        idle_wait: Duration::from_secs(30),
        write_wait: Duration::from_secs(30),
        requests: 100,
        connections: 256,
        of_one_caller: 32,
        body_idle: Duration::from_secs(10),
        body_total: Duration::from_secs(30),
        // Slack gives up after 3 s: an honest 503 has to be there before.
        handling: Duration::from_millis(2500),
        drain: Duration::from_secs(4),
    };

    /// The control listener: one person and a few scripts; a replay or an export may take its time.
    pub const CONTROL: Self =
        Self { requests: 1000, connections: 32, handling: Duration::from_secs(30), ..Self::RECEIVER };
}

/// The longest head, request line and all. Real senders stay under 4 KiB.
pub const HEAD_BYTES: usize = 32 * 1024;
/// The most header lines. GitHub sends 12, a chain of proxies 30.
pub const HEADER_LINES: usize = 64;
/// The longest method that is any method's name (`UPDATEREDIRECTREF` has 17).
pub const METHOD_BYTES: usize = 20;
/// The largest body anywhere: GitHub's own cap.
pub const BODY_MOST: usize = 25 * 1024 * 1024;
/// What is kept of the body of a refused request, so that a flood cannot fill the disk.
pub const BODY_KEPT: usize = 64 * 1024;
/// All bodies that are being read or handled, together: what keeps a burst of large ones out of swap.
pub const BODIES_IN_FLIGHT: usize = 64 * 1024 * 1024;
/// hyper's buffer for one connection: a whole head and a good part of a body.
pub const READ_BUFFER: usize = 2 * HEAD_BYTES;
/// After the last answer what is still coming is read and dropped this long. Closing earlier would reset the
/// connection, and the sender might lose the answer.
pub const LINGER: Duration = Duration::from_secs(2);
