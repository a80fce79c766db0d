//! Whether the time of a refusal tells anything (`trust.md` T07): how much of a signature is right, whether a trigger
//! that answers "not found" is there.
//!
//! Two kinds of requests, sent in turn at random over one connection; Welch's t of their times says whether the means
//! differ. Above 4.5 they do, by the custom of leakage tests: by chance that happens once in more than 100,000 runs. The
//! slowest tenth of all is looked at with and without, because it hides small differences. Every refusal is committed,
//! which hides what is shorter than some ten microseconds, from a sender too; so the check is asked by itself as well,
//! through `creel verify`, which is the same code. It is never a test in CI: a machine with other work tells two equal
//! things apart now and then.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::child::Running;
use crate::creel::{self, Creel, Setup};
use crate::table::{Goal, Table};
use crate::{Scale, push};

/// Two means differ above this.
const DIFFERENT: f64 = 4.5;
/// The part that counts where the slowest are left out.
const KEPT: f64 = 0.9;
/// Requests before the first one that counts.
const WARM_UP: usize = 200;

/// The questions.
pub fn measure(table: &mut Table, scale: Scale) -> Result<()> {
    let creel = Creel::start(Setup::default())?;
    let secret = creel.trigger()?;
    creel.rpc(
        "trigger_create",
        &json!({ "name": "off", "slug": "switched-off", "scheme": "github", "enabled": false }),
    )?;
    let body = push::body(1);
    let right = push::hmac(&secret, body.as_bytes());
    let signed = |path: &str, signature: &str| {
        push::post(path, &[("X-GitHub-Event", "push".into()), ("X-Hub-Signature-256", signature.into())], &body)
    };
    let (first, last) = (format!("sha256={}", wrong_at(&right, 0)), format!("sha256={}", wrong_at(&right, 63)));
    let kinds = [signed("/hooks/bench", &first), signed("/hooks/bench", &last)];
    let mut line = Line { creel: &creel, status: 401, stream: None };
    compare(table, scale, "a signature wrong in its first or its last digit", |kind| line.exchange(&kinds[kind]))?;
    // Two addresses of one length: the answer is the same, and so is all that is sent.
    let kinds = [signed("/hooks/nobody-here1", &first), signed("/hooks/switched-off", &first)];
    let mut line = Line { creel: &creel, status: 404, stream: None };
    compare(table, scale, "nobody listens, or a trigger that is off", |kind| line.exchange(&kinds[kind]))?;
    let mut check = Check::start()?;
    let right = push::hmac("0123456789abcdef", b"{}");
    let kinds = [Check::line(&wrong_at(&right, 0)), Check::line(&wrong_at(&right, 63))];
    compare(table, scale, "the check alone, wrong in its first or its last digit", |kind| check.ask(&kinds[kind]))
}

/// The signature with one hex digit changed.
fn wrong_at(signature: &str, at: usize) -> String {
    let other = if &signature[at..=at] == "0" { "1" } else { "0" };
    format!("{}{other}{}", &signature[..at], &signature[at + 1..])
}

/// `ask` sends a request of the first or of the second kind and says how many seconds the answer took.
fn compare(table: &mut Table, scale: Scale, what: &str, mut ask: impl FnMut(usize) -> Result<f64>) -> Result<()> {
    let mut times = [Vec::with_capacity(scale.samples), Vec::with_capacity(scale.samples)];
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for n in 0..WARM_UP + 2 * scale.samples {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let kind = (random >> 63) as usize;
        let took = ask(kind)?;
        if n >= WARM_UP {
            times[kind].push(took);
        }
    }
    let [a, b] = &times;
    let count = a.len().min(b.len());
    table.add(&format!("time tells: {what}, |t| of {count}"), welch(a, b).abs(), "", Goal::Most(DIFFERENT));
    let mut all = times.concat();
    all.sort_unstable_by(f64::total_cmp);
    let cut = all[(all.len() as f64 * KEPT) as usize];
    let quick = |times: &[f64]| times.iter().copied().filter(|time| *time < cut).collect::<Vec<_>>();
    let (a, b) = (quick(a), quick(b));
    table.add("  without the slowest tenth, |t|", welch(&a, &b).abs(), "", Goal::Most(DIFFERENT));
    table.add("  difference of the means", (mean(&a) - mean(&b)).abs() * 1e6, "µs", Goal::None);
    Ok(())
}

/// One connection, opened anew when Creel closed it.
struct Line<'c> {
    creel: &'c Creel,
    /// What every answer is.
    status: u16,
    stream: Option<TcpStream>,
}

impl Line<'_> {
    /// Seconds from the first byte sent to the last one received.
    fn exchange(&mut self, request: &[u8]) -> Result<f64> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(&self.creel.receiver)?;
                stream.set_nodelay(true)?;
                stream
            }
        };
        let mut answer = [0; 4096];
        let mut have = 0;
        let start = Instant::now();
        stream.write_all(request)?;
        let took = loop {
            let read = stream.read(&mut answer[have..])?;
            ensure!(read > 0, "the connection ended before the answer");
            have += read;
            let text = std::str::from_utf8(&answer[..have])?;
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let head = head.to_ascii_lowercase();
                let length = head.split("\r\n").find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = length.context("an answer with a length")?.trim().parse()?;
                if body.len() >= length {
                    ensure!(head.starts_with(&format!("http/1.1 {}", self.status)), "not {}: {text}", self.status);
                    if !head.contains("connection: close") {
                        self.stream = Some(stream);
                    }
                    break start.elapsed();
                }
            }
        };
        Ok(took.as_secs_f64())
    }
}

/// `creel verify`, asked line by line.
struct Check {
    child: Running,
    answers: BufReader<ChildStdout>,
}

impl Check {
    fn start() -> Result<Self> {
        let mut command = Command::new(creel::binary());
        let mut child = command.arg("verify").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let answers = BufReader::new(child.stdout.take().context("stdout")?);
        Ok(Self { child: Running(child), answers })
    }

    /// A request with this signature.
    fn line(signature: &str) -> Vec<u8> {
        let line = json!({
            "id": "1", "scheme": "github", "secret": "0123456789abcdef", "method": "POST", "url": "http://127.0.0.1/",
            "headers": { "X-Hub-Signature-256": format!("sha256={signature}") }, "body": "{}", "body_encoding": "utf8",
            "now": null,
        });
        format!("{line}\n").into_bytes()
    }

    /// Seconds until its answer.
    fn ask(&mut self, line: &[u8]) -> Result<f64> {
        let mut answer = String::new();
        let start = Instant::now();
        self.child.0.stdin.as_mut().context("stdin")?.write_all(line)?;
        self.answers.read_line(&mut answer)?;
        let took = start.elapsed();
        ensure!(answer.contains(r#""valid":false"#), "not refused: {answer}");
        Ok(took.as_secs_f64())
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Welch's t of two samples.
fn welch(a: &[f64], b: &[f64]) -> f64 {
    let error = |values: &[f64]| {
        let mean = mean(values);
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        squares / (values.len() as f64 - 1.0) / values.len() as f64
    };
    (mean(a) - mean(b)) / (error(a) + error(b)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::{welch, wrong_at};

    #[test]
    fn welch_s_t_is_the_one_of_the_textbook() {
        // Worked by hand: means 3 and 6, variances 2.5 and 10, five and five values.
        let t = welch(&[1.0, 2.0, 3.0, 4.0, 5.0], &[2.0, 4.0, 6.0, 8.0, 10.0]);
        assert!((t + 1.897_366_596).abs() < 1e-6, "{t}");
    }

    #[test]
    fn one_digit_is_wrong() {
        assert_eq!(wrong_at("0a0", 0), "1a0");
        assert_eq!(wrong_at("0a0", 1), "000");
    }
}
