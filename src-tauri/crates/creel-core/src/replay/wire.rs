//! An HTTP/1.1 request written as it was composed, and its answer. Header order, case and repeats survive: no client
//! library keeps them.
//!
//! One connection a request, no redirects, nothing unpacked, everything bounded (`trust.md` T26).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, split};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use super::answer;
use crate::api::deliveries::Answer;
use crate::receive::Headers;
use crate::tls;

/// Until there is a connection (`trust.md` 5.1, outgoing).
const CONNECT: Duration = Duration::from_secs(5);

/// A request ready to be written.
pub(super) struct Letter<'a> {
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    pub headers: &'a Headers,
    pub body: &'a [u8],
}

/// Where the connection goes.
pub(super) struct Line {
    /// Checked addresses; the first that answers.
    pub addresses: Vec<SocketAddr>,
    /// The name in the other side's certificate; `None`: no TLS.
    pub tls: Option<ServerName<'static>>,
}

/// Sends it and reads the answer. The error says what went wrong, in one sentence.
pub(super) async fn exchange(line: &Line, letter: &Letter<'_>, deadline: Instant) -> Result<Answer, String> {
    let bytes = written(letter);
    let within = async {
        let stream = connect(&line.addresses, deadline).await?;
        match &line.tls {
            None => talk(stream, &bytes, letter.method).await,
            Some(name) => {
                let connector = TlsConnector::from(Arc::new(tls::client_config()));
                let secured = connector.connect(name.clone(), stream).await;
                talk(secured.map_err(|error| format!("no TLS connection: {error}"))?, &bytes, letter.method).await
            }
        }
    };
    timeout_at(deadline, within).await.unwrap_or_else(|_| Err("no answer in time".to_owned()))
}

fn written(letter: &Letter<'_>) -> Vec<u8> {
    let mut bytes = format!("{} {} HTTP/1.1\r\n", letter.method, letter.target).into_bytes();
    for (name, value) in &letter.headers.0 {
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"Connection: close\r\n\r\n");
    bytes.extend_from_slice(letter.body);
    bytes
}

async fn connect(addresses: &[SocketAddr], deadline: Instant) -> Result<TcpStream, String> {
    let until = deadline.min(Instant::now() + CONNECT);
    let named = addresses.iter().map(SocketAddr::to_string).collect::<Vec<_>>().join(", ");
    match timeout_at(until, TcpStream::connect(addresses)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(format!("no connection to {named}: {error}")),
        Err(_) => Err(format!("no connection to {named} within {} seconds", CONNECT.as_secs())),
    }
}

/// Writes and reads at once: a server may answer, and close, before it has read everything.
async fn talk<S: AsyncRead + AsyncWrite>(stream: S, request: &[u8], method: &str) -> Result<Answer, String> {
    let (reader, mut writer) = split(stream);
    let write = async {
        writer.write_all(request).await?;
        writer.flush().await
    };
    let mut reader = BufReader::new(reader);
    let read = answer::read(&mut reader, method);
    tokio::pin!(write, read);
    tokio::select! {
        answer = &mut read => answer,
        written = &mut write => match (written, read.await) {
            (_, Ok(answer)) => Ok(answer),
            (Err(error), Err(_)) => Err(format!("the request could not be written: {error}")),
            (Ok(()), Err(error)) => Err(error),
        },
    }
}
