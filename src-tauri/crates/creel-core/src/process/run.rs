//! One program from its start to its end.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep_until};

use super::Kept;
use super::group::Group;

/// Between TERM and KILL (`trust.md` R13).
const KILL_AFTER: Duration = Duration::from_secs(5);
/// How long output is read after the program's end: a child that it left behind may hold the pipe.
const READ_ON: Duration = Duration::from_secs(2);
/// What a program sees of Creel's environment. Nothing else: credentials live in environments.
const PASSED_ON: [&str; 7] = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SystemRoot", "USERPROFILE"];
/// Bytes read at once.
const PIECE: usize = 16 * 1024;

/// What is to run.
#[derive(Clone, Debug)]
pub struct Work {
    /// A path, or a name that is looked up in `PATH`.
    pub program: String,
    /// Passed on one by one, as they are.
    pub arguments: Vec<String>,
    /// Added to the few variables that are passed on.
    pub environment: Vec<(String, String)>,
    /// What it reads.
    pub input: Bytes,
    /// Where it runs; `None`: in the home folder.
    pub folder: Option<PathBuf>,
    /// Until TERM.
    pub timeout: Duration,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// With this code.
    Exited(i32),
    /// By this signal, which Creel did not send.
    Signalled(i32),
    /// It was told to end after its time, and did or was killed.
    TimedOut,
}

/// What a program left.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub how: How,
    /// What it wrote to standard output.
    pub out: Kept,
    /// What it wrote to standard error.
    pub err: Kept,
}

/// Why a program did not run.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// There is none of this name.
    #[error("there is no program {0}")]
    NotFound(String),
    /// An argument or variable holds what none can hold.
    #[error("{0} holds a NUL byte, which no argument or variable can")]
    Nul(String),
    /// The system's word.
    #[error("{0} cannot be started: {1}")]
    NotStarted(String, std::io::Error),
    /// The system's word.
    #[error("{0} cannot be waited for: {1}")]
    Lost(String, std::io::Error),
}

/// Runs it to its end, and everything it started with it. `heard`: every piece of output as it comes. Dropping the future
/// kills the whole group.
pub async fn run(work: Work, mut heard: impl FnMut(&[u8]) + Send) -> Result<Ended, ProcessError> {
    let group = Group::open().map_err(|error| ProcessError::NotStarted("/bin/sh".to_owned(), error))?;
    let mut child = start(&work, &group)?;
    let lost = |error| ProcessError::Lost(work.program.clone(), error);
    let (mut out_pipe, mut err_pipe) = (child.stdout.take(), child.stderr.take());
    let feed = feed(child.stdin.take(), work.input.clone());
    tokio::pin!(feed);
    let (mut out, mut err) = (Kept::default(), Kept::default());
    let (mut out_piece, mut err_piece) = (vec![0; PIECE], vec![0; PIECE]);
    let mut deadline = Instant::now() + work.timeout;
    let (mut stage, mut fed, mut status) = (Stage::Runs, false, None::<ExitStatus>);
    while status.is_none() || out_pipe.is_some() || err_pipe.is_some() {
        tokio::select! {
            () = &mut feed, if !fed => fed = true,
            read = read(&mut out_pipe, &mut out_piece), if out_pipe.is_some() => {
                take(read, &out_piece, &mut out_pipe, &mut out, &mut heard);
            }
            read = read(&mut err_pipe, &mut err_piece), if err_pipe.is_some() => {
                take(read, &err_piece, &mut err_pipe, &mut err, &mut heard);
            }
            ended = child.wait(), if status.is_none() => {
                status = Some(ended.map_err(lost)?);
                deadline = Instant::now() + READ_ON;
            }
            () = sleep_until(deadline) => match (status, stage) {
                (Some(_), _) => break,
                (None, Stage::Runs) => {
                    group.terminate();
                    (stage, deadline) = (Stage::Told, Instant::now() + KILL_AFTER);
                }
                (None, Stage::Told) => {
                    group.kill();
                    deadline = Instant::now() + KILL_AFTER;
                }
            },
        }
    }
    drop(group);
    Ok(Ended { how: how(stage, status), out, err })
}

/// Whether it was told to end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Runs,
    Told,
}

fn how(stage: Stage, status: Option<ExitStatus>) -> How {
    match (stage, status) {
        (Stage::Told, _) | (_, None) => How::TimedOut,
        (Stage::Runs, Some(status)) => How::of(status),
    }
}

impl How {
    /// By itself, as the system says.
    pub(super) fn of(status: ExitStatus) -> Self {
        match status.code() {
            Some(code) => Self::Exited(code),
            None => Self::Signalled(signal(status)),
        }
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> i32 {
    std::os::unix::process::ExitStatusExt::signal(&status).unwrap_or_default()
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> i32 {
    0
}

fn start(work: &Work, group: &Group) -> Result<Child, ProcessError> {
    let mut command = command(work)?;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    group.take_in(&mut command);
    spawned(work, &mut command)
}

/// The program with its arguments, folder and environment.
pub(super) fn command(work: &Work) -> Result<Command, ProcessError> {
    let nul = |text: &str| text.contains('\0');
    if let Some(index) = work.arguments.iter().position(|argument| nul(argument)) {
        return Err(ProcessError::Nul(format!("argument {}", index + 1)));
    }
    if let Some((name, _)) = work.environment.iter().find(|(_, value)| nul(value)) {
        return Err(ProcessError::Nul(name.clone()));
    }
    let mut command = Command::new(&work.program);
    command.args(&work.arguments).env_clear();
    command.envs(PASSED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.envs(work.environment.iter().map(|(name, value)| (name, value)));
    if let Some(folder) = work.folder.clone().or_else(home) {
        command.current_dir(folder);
    }
    Ok(command)
}

pub(super) fn spawned(work: &Work, command: &mut Command) -> Result<Child, ProcessError> {
    command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ProcessError::NotFound(work.program.clone()),
        _ => ProcessError::NotStarted(work.program.clone(), error),
    })
}

fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from).filter(|path| path.is_dir())
}

/// A program that reads nothing is fine.
async fn feed(pipe: Option<tokio::process::ChildStdin>, input: Bytes) {
    if let Some(mut pipe) = pipe {
        let _ = pipe.write_all(&input).await;
    }
}

async fn read<P: AsyncRead + Unpin>(pipe: &mut Option<P>, piece: &mut [u8]) -> usize {
    match pipe {
        Some(pipe) => pipe.read(piece).await.unwrap_or(0),
        None => 0,
    }
}

fn take<P>(read: usize, piece: &[u8], pipe: &mut Option<P>, kept: &mut Kept, heard: &mut impl FnMut(&[u8])) {
    if read == 0 {
        *pipe = None;
    } else {
        kept.push(&piece[..read]);
        heard(&piece[..read]);
    }
}
