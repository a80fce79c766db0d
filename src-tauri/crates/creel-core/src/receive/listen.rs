//! Binding: the address that was asked for, or a clear error. Never another port, never a wider address.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

use crate::error::{ApiError, ErrorCode};

/// The receiver's address unless told otherwise.
pub const RECEIVER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 4419);
/// The control listener's address unless told otherwise.
pub const CONTROL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 4420);

/// Listens on `address`, which must be this machine's own; port 0 takes a free one. `option` is the command-line
/// option that sets it, for the error's hint.
pub fn listen(address: SocketAddr, option: &str) -> Result<TcpListener, ApiError> {
    if !address.ip().is_loopback() {
        let words = format!("cannot listen on {address}: it is not an address of this machine alone");
        return Err(ApiError::invalid(option, words).hint(format!("use {option} 127.0.0.1:{}", address.port())));
    }
    bind(address).map_err(|error| taken(address, option, &error))
}

/// Connections that wait to be taken. A burst of senders queues here instead of being sent away to try again later.
const BACKLOG: u32 = 1024;

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A restart takes its port back while old connections still fade. Elsewhere it would let two programs share one.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn taken(address: SocketAddr, option: &str, error: &io::Error) -> ApiError {
    match error.kind() {
        io::ErrorKind::AddrInUse => ApiError::new(ErrorCode::Conflict, format!("port {} is taken", address.port()))
            .hint(format!(
                "another program, or another Creel, listens on {address}: stop it, or choose a port with {option}"
            )),
        io::ErrorKind::PermissionDenied => {
            ApiError::new(ErrorCode::Forbidden, format!("port {} may not be used", address.port()))
                .hint(format!("ports below 1024 need rights that Creel should not have: choose one with {option}"))
        }
        _ => ApiError::new(ErrorCode::Unavailable, format!("cannot listen on {address}: {error}"))
            .hint(format!("choose another address with {option}")),
    }
}
