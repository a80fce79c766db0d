//! The queue: 10,000 forwards that wait drain at the rate of the target that takes them, and the inbox answers meanwhile.
//!
//! The same requests to the same target show both: one that takes its time bounds the rate, and one that answers at once
//! leaves what the queue itself costs.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::creel::{Caller, Creel, Setup};
use crate::numbers::percentile_ms;
use crate::table::{Goal, Table};
use crate::{Scale, load, push};

/// Forwards that each delivery sets off.
const EACH: usize = 10;
/// Requests to the target at once.
const AT_ONCE: u32 = 16;
/// What the slow target takes for an answer.
const SLOW: Duration = Duration::from_millis(50);
/// Between two looks at the inbox: as quickly as a person's window asks.
const LOOK: Duration = Duration::from_millis(50);

/// What draining showed.
struct Drained {
    seconds: f64,
    inbox_p99_ms: f64,
}

/// The rate with a slow target as a part of what that target allows, and the cost of one execution with a quick one.
pub fn measure(table: &mut Table, scale: Scale) -> Result<()> {
    let executions = scale.queued;
    let slow = drain(executions, SLOW)?;
    let allowed = f64::from(AT_ONCE) / SLOW.as_secs_f64();
    let share = executions as f64 / slow.seconds / allowed;
    table.add(
        &format!("{executions} queued forwards: rate, as a part of what the target allows"),
        share,
        "",
        Goal::Least(0.8),
    );
    table.add("  a page of the inbox meanwhile, p99", slow.inbox_p99_ms, "ms", Goal::Most(100.0));
    let quick = drain(executions, Duration::ZERO)?;
    table.add(
        "  one execution, the target answering at once",
        quick.seconds / executions as f64 * 1e6,
        "µs",
        Goal::None,
    );
    table.add("  a page of the inbox meanwhile, p99", quick.inbox_p99_ms, "ms", Goal::Most(100.0));
    Ok(())
}

/// Queues forwards while all is paused, lets them run, and looks at the inbox until none is left.
fn drain(executions: usize, answer_after: Duration) -> Result<Drained> {
    let target = target(answer_after)?;
    let creel = Creel::start(Setup::default())?;
    let mut caller = Caller::open(&creel)?;
    let mut settings = caller.call("settings_get", &json!({}))?;
    settings["paused"] = json!(true);
    settings["at_once"] = json!({ "all": AT_ONCE, "host": AT_ONCE });
    caller.call("settings_set", &settings)?;
    let forward = json!({ "forward": { "url": format!("http://{target}/in"), "allow_private": true } });
    let draft = json!({ "name": "drain", "slug": "bench", "scheme": "github", "actions": vec![forward; EACH] });
    let made = caller.call("trigger_create", &draft)?;
    let secret = made["secret"].as_str().context("the trigger's secret")?.to_owned();
    load::run(&creel.receiver, push::requests(&secret, &mut 1, executions / EACH), 64)?;
    creel.wait_for_search()?;
    let queued = caller.call("status", &json!({}))?["queue_depth"].as_u64();
    ensure!(queued == Some(executions as u64), "{queued:?} are queued, not {executions}");
    settings["paused"] = json!(false);
    let start = Instant::now();
    caller.call("settings_set", &settings)?;
    let mut looks = Vec::new();
    while caller.call("status", &json!({}))?["queue_depth"].as_u64() != Some(0) {
        let asked = Instant::now();
        caller.call("deliveries_list", &json!({ "limit": 100 }))?;
        looks.push(asked.elapsed());
        // The pace of a person's window; without it the looks would be the load.
        std::thread::sleep(LOOK);
    }
    let seconds = start.elapsed().as_secs_f64();
    let ended = caller.call("executions_list", &json!({ "status": ["failed", "queued"], "limit": 1 }))?;
    ensure!(ended["items"].as_array().is_some_and(Vec::is_empty), "not every forward arrived: {ended}");
    Ok(Drained { seconds, inbox_p99_ms: percentile_ms(&mut looks, 99.0) })
}

/// A server that answers everything with 204 after a while. It ends with this process.
fn target(answer_after: Duration) -> Result<SocketAddr> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(async move { answer(stream, answer_after).await.unwrap_or_default() });
            }
        });
    });
    Ok(address)
}

/// Reads one request to its end and answers.
async fn answer(mut stream: TcpStream, after: Duration) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !is_whole(&request) {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    // What makes the target slow.
    tokio::time::sleep(after).await;
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.to_ascii_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}
