//! A program that hands something over to the user's desktop. What it starts is the user's and outlives both.

use std::process::Stdio;
use std::time::Duration;

use super::run::{ProcessError, Work, command, spawned};
use super::{Ended, How, Kept};

/// Starts it and waits until it ended, at most `patience`: an opener that became the browser goes on, and that is well.
pub async fn hand_over(work: &Work, patience: Duration) -> Result<Ended, ProcessError> {
    let mut command = command(work)?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // The terminal's Ctrl-C is meant for Creel.
    #[cfg(unix)]
    command.process_group(0);
    let mut child = spawned(work, &mut command)?;
    let how = match tokio::time::timeout(patience, child.wait()).await {
        Ok(Ok(status)) => How::of(status),
        Ok(Err(error)) => return Err(ProcessError::Lost(work.program.clone(), error)),
        Err(_) => How::Exited(0),
    };
    Ok(Ended { how, out: Kept::default(), err: Kept::default() })
}
