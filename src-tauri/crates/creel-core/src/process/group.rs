//! Everything that one program starts, held together: it ends with its time, with its execution, and with Creel, however
//! Creel ends.

use std::io;

use tokio::process::Command;

pub use system::Group;

/// A group of processes whose leader is a watcher: a shell that reads from a pipe which only Creel can write to. When
/// Creel is killed the system closes the pipe, and the watcher kills the group. It also keeps the group's number from
/// being given to others as long as the group may be signalled.
///
/// What leaves its group (`setsid`) is not found again; the system has no name for it.
#[cfg(unix)]
mod system {
    use std::process::Stdio;

    use rustix::process::{Pid, Signal, kill_process_group};
    use tokio::process::Child;

    use super::*;

    /// Told to end with the others it stays, so that it can still kill those that do not.
    const WATCH: &str = "trap '' TERM; read -r _; kill -s KILL 0";

    /// The group. Dropping it kills what is left in it.
    pub struct Group {
        leader: Pid,
        /// Reaped after the last signal was sent; its standard input is the pipe.
        _watcher: Child,
    }

    impl Group {
        /// A group with nothing in it but its watcher.
        pub fn open() -> io::Result<Self> {
            let mut watcher = Command::new("/bin/sh");
            watcher.args(["-c", WATCH]).env_clear().current_dir("/").process_group(0).kill_on_drop(true);
            let watcher = watcher.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
            let leader = watcher.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
            let leader = leader.ok_or_else(|| io::Error::other("the watcher has no number"))?;
            Ok(Self { leader, _watcher: watcher })
        }

        /// `command` will start in this group.
        pub fn take_in(&self, command: &mut Command) {
            command.process_group(self.leader.as_raw_nonzero().get());
        }

        /// Tells everything to end.
        pub fn terminate(&self) {
            self.send(Signal::TERM);
        }

        /// Ends everything.
        pub fn kill(&self) {
            self.send(Signal::KILL);
        }

        fn send(&self, signal: Signal) {
            // Nobody left is what is wanted.
            let _ = kill_process_group(self.leader, signal);
        }
    }

    impl Drop for Group {
        fn drop(&mut self) {
            self.kill();
        }
    }
}

/// Without groups the program itself is killed, by its handle, when its execution is dropped.
#[cfg(not(unix))]
mod system {
    use super::*;

    /// Nothing holds together here.
    pub struct Group;

    impl Group {
        /// A group with nothing in it.
        pub fn open() -> io::Result<Self> {
            Ok(Self)
        }

        /// Nothing to do.
        pub fn take_in(&self, _: &mut Command) {}

        /// Nothing to do.
        pub fn terminate(&self) {}

        /// Nothing to do.
        pub fn kill(&self) {}
    }
}
