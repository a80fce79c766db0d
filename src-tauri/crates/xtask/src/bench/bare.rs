//! What everything is compared with: an axum POST handler that reads the body and answers 202. A process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;

use crate::child::Running;

/// The child's side: serves until it is ended.
pub fn serve() -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let app = Router::new().route("/hooks/bench", post(answer));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        axum::serve(listener, app).await?;
        Ok(())
    })
}

async fn answer(body: Bytes) -> (StatusCode, &'static str) {
    // The length keeps the body from being optimised away; the answer is as long as Creel's.
    match body.len() {
        0 => (StatusCode::BAD_REQUEST, ""),
        _ => (StatusCode::ACCEPTED, r#"{"delivery":"dlv_000000000000000000000000000","duplicate":false}"#),
    }
}

/// Starts it; returns its address, too.
pub fn start() -> Result<(Running, String)> {
    let mut child = Command::new(std::env::current_exe()?).arg("bare-server").stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("stdout")?).read_line(&mut line)?;
    Ok((Running(child), line.trim().to_owned()))
}
