//! What tools that start a program share: approval, output as it comes, how it ended.

use std::time::Duration;

use serde_json::{Value, json};

use super::run::{ToolRunner, with_output};
use crate::actions::wire::Stopped;
use crate::error::{ApiError, ErrorCode};
use crate::execute::{Again, Started, StepLog};
use crate::process::{self, Ended, How, ProcessError, Work};
use crate::store::queue::Job;

/// Bytes of output that a result carries for the steps that follow; the log has more.
const OUTPUT_MOST: usize = 64 * 1024;

/// Starts `work` and waits for its end. `command`: as the user approves it; `None`: it needs no approval.
pub async fn start(
    at: &ToolRunner<'_>,
    job: &Job,
    work: Work,
    command: Option<&str>,
    log: &mut StepLog,
) -> Result<Value, Stopped> {
    at.once(job, command, log).await?;
    let started = log.begin();
    let (program, timeout) = (work.program.clone(), work.timeout);
    let mut live = at.live.open(&job.id);
    let ended = process::run(work, |piece| live.push(&String::from_utf8_lossy(piece))).await;
    drop(live);
    finish(&program, timeout, ended, started, log)
}

/// Starts what hands something over to the user's desktop and needs no approval.
pub async fn hand_over(at: &ToolRunner<'_>, job: &Job, work: Work, log: &mut StepLog) -> Result<Value, Stopped> {
    at.once(job, None, log).await?;
    let started = log.begin();
    let ended = process::hand_over(&work, work.timeout).await;
    finish(&work.program, work.timeout, ended, started, log)
}

fn finish(
    program: &str,
    timeout: Duration,
    ended: Result<Ended, ProcessError>,
    started: Started,
    log: &mut StepLog,
) -> Result<Value, Stopped> {
    match ended {
        Ok(ended) => {
            let (result, words) = (result(&ended), words(program, &ended, timeout));
            if ended.how == How::Exited(0) {
                log.went_well("run", started, words, Some(output(&ended)));
                return Ok(result);
            }
            log.went_wrong("run", started, words.clone(), Some(output(&ended)));
            let error = ApiError::new(ErrorCode::Upstream, words.trim_end_matches('.'));
            Err((error.hint(what_to_do(ended.how)), Again::Never))
        }
        Err(error) => {
            log.went_wrong("run", started, error.to_string(), None);
            let error = ApiError::new(ErrorCode::Upstream, error.to_string());
            Err((error.hint("install the program, or look at PATH as Creel was started with it"), Again::Never))
        }
    }
}

/// Codes as POSIX gives them to a shell's own failures.
fn what_to_do(how: How) -> &'static str {
    match how {
        How::Exited(127) => "the shell found no such command: look at its name, or write its whole path",
        How::Exited(126) => "the file is there and may not be run: look at its permissions",
        How::Exited(_) | How::Signalled(_) => "the log has what it wrote",
        How::TimedOut => {
            "give it more seconds in the trigger, or find out what it waited for: the log has what it wrote"
        }
    }
}

fn words(program: &str, ended: &Ended, timeout: Duration) -> String {
    let wrote = ended.out.written() + ended.err.written();
    match ended.how {
        How::Exited(code) => format!("{program} ended with {code} after {wrote} bytes of output."),
        How::Signalled(signal) => format!("{program} was ended by signal {signal}."),
        How::TimedOut => format!("{program} did not end within {} s and was stopped.", timeout.as_secs()),
    }
}

fn result(ended: &Ended) -> Value {
    let code = match ended.how {
        How::Exited(code) => Some(code),
        How::Signalled(_) | How::TimedOut => None,
    };
    let text = ended.out.text();
    let text = text.trim_end_matches(['\r', '\n']);
    with_output(json!({ "exit_code": code }), &text[..text.floor_char_boundary(OUTPUT_MOST)])
}

/// Both outputs for the log.
fn output(ended: &Ended) -> String {
    match (ended.out.text(), ended.err.text()) {
        (out, err) if err.is_empty() => out,
        (out, err) if out.is_empty() => err,
        (out, err) => format!("{out}\n--- standard error\n{err}"),
    }
}
