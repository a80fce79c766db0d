//! The signature doctor: how long it looks at a refused delivery of 25 KB when 50 secrets are stored.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::creel::{Caller, Creel, Setup};
use crate::numbers::percentile_ms;
use crate::push;
use crate::table::{Goal, Table};

/// Stored secrets, one a trigger.
const SECRETS: usize = 50;
/// Times that each delivery is looked at.
const LOOKS: usize = 40;
/// What the doctor may take for all that is likely.
const MOST_MS: f64 = 50.0;

/// A cause that is found early, one that is found late, and none.
pub fn measure(table: &mut Table) -> Result<()> {
    let creel = Creel::start(Setup::default())?;
    let mut caller = Caller::open(&creel)?;
    let mut secrets = Vec::new();
    for n in 0..SECRETS {
        let draft = json!({ "name": format!("bench {n}"), "slug": format!("bench{n}"), "scheme": "github" });
        let made = caller.call("trigger_create", &draft)?;
        secrets.push(made["secret"].as_str().context("the trigger's secret")?.to_owned());
    }
    let body = format!("[{}]", [1, 2, 3, 4].map(push::body).join(","));
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&body)?)?;
    for (what, signature, certain) in [
        ("another trigger's secret", push::hmac(&secrets[SECRETS - 1], body.as_bytes()), true),
        ("the body written anew", push::hmac(&secrets[0], pretty.as_bytes()), true),
        ("a secret that nobody knows", push::hmac("nobody knows it", body.as_bytes()), false),
    ] {
        let refused = [("X-GitHub-Event", "push".to_owned()), ("X-Hub-Signature-256", format!("sha256={signature}"))];
        refuse(&creel.receiver, &push::post("/hooks/bench0", &refused, &body))?;
        let newest = caller.call("deliveries_list", &json!({ "limit": 1 }))?;
        let asked = json!({ "id": newest["page"]["items"][0]["id"] });
        let mut times = Vec::with_capacity(LOOKS);
        for _ in 0..LOOKS {
            let found = caller.call("delivery_doctor", &asked)?;
            let named = found["causes"].as_array().is_some_and(|causes| !causes.is_empty());
            ensure!(named == certain && found["complete"] == true, "{what}: {found}");
            times.push(Duration::from_micros(found["took_us"].as_u64().context("how long it took")?));
        }
        let line = format!("doctor, {} bytes and {SECRETS} secrets: {what}, p99", body.len());
        table.add(&line, percentile_ms(&mut times, 99.0), "ms", Goal::Most(MOST_MS));
    }
    Ok(())
}

/// Sends a request that is answered 401.
fn refuse(receiver: &str, request: &[u8]) -> Result<()> {
    let mut stream = TcpStream::connect(receiver)?;
    stream.write_all(request)?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    ensure!(&head == b"HTTP/1.1 401", "not refused: {}", String::from_utf8_lossy(&head));
    Ok(())
}
