//! A program that stays until it is told to end, and is heard line by line.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, ChildStdin};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::group::Group;
use super::run::{ProcessError, Work, command, spawned};

/// Lines that wait to be heard; then the program waits.
const LINES: usize = 256;
/// Bytes of a line; the rest of a longer one is left out.
const LINE_MOST: usize = 4 * 1024;
/// Between TERM and KILL: long enough to say goodbye to a server, short enough for a person who waits.
const KILL_AFTER: Duration = Duration::from_secs(2);

/// A program that runs. Dropping it kills everything that it started.
pub struct Staying {
    child: Child,
    group: Group,
    lines: mpsc::Receiver<String>,
    /// Held open: an end of input is a word to some programs.
    _input: Option<ChildStdin>,
}

/// Starts it. `work.timeout` and `work.input` do not count.
pub fn stay(work: &Work) -> Result<Staying, ProcessError> {
    let group = Group::open().map_err(|error| ProcessError::NotStarted("/bin/sh".to_owned(), error))?;
    let mut command = command(work)?;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    group.take_in(&mut command);
    let mut child = spawned(work, &mut command)?;
    let (told, lines) = mpsc::channel(LINES);
    if let Some(out) = child.stdout.take() {
        tokio::spawn(hear(out, told.clone()));
    }
    if let Some(err) = child.stderr.take() {
        tokio::spawn(hear(err, told));
    }
    Ok(Staying { _input: child.stdin.take(), child, group, lines })
}

impl Staying {
    /// The next line of either output, without colours; `None`: both are closed.
    pub async fn line(&mut self) -> Option<String> {
        self.lines.recv().await
    }

    /// Waits for its end.
    pub async fn ended(&mut self) {
        let _ = self.child.wait().await;
    }

    /// Tells it to end; what does not is killed.
    pub async fn stop(mut self) {
        self.group.terminate();
        let _ = timeout(KILL_AFTER, self.child.wait()).await;
        self.group.kill();
        let _ = self.child.wait().await;
    }
}

async fn hear(mut pipe: impl AsyncRead + Unpin, told: mpsc::Sender<String>) {
    let (mut piece, mut line) = (vec![0; 8 * 1024], Vec::new());
    loop {
        let read = pipe.read(&mut piece).await.unwrap_or(0);
        let mut pieces = piece[..read].split(|byte| matches!(byte, b'\n' | b'\r')).peekable();
        while let Some(part) = pieces.next() {
            let room = LINE_MOST.saturating_sub(line.len()).min(part.len());
            line.extend_from_slice(&part[..room]);
            if pieces.peek().is_some() && told.send(plain(&std::mem::take(&mut line))).await.is_err() {
                return;
            }
        }
        if read == 0 {
            if !line.is_empty() {
                let _ = told.send(plain(&line)).await;
            }
            return;
        }
    }
}

/// Text without what colours it.
fn plain(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text.chars());
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => {
                // ESC [ parameters letter, or ESC and one character.
                if rest.next() == Some('[') {
                    rest.by_ref().find(|c| c.is_ascii_alphabetic());
                }
            }
            c if c.is_control() => plain.push(' '),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_left_out() {
        assert_eq!(plain(b"\x1b[32mINF\x1b[0m |  https://a.b\tc"), "INF |  https://a.b c");
    }
}
