//! An address that the user has made lead to a port of this tunnel's own: nothing is started, only asked.

use crate::error::ApiError;
use crate::tunnel::address::PublicAddress;
use crate::tunnel::choice::OwnAddress;
use crate::tunnel::up::{Doing, Down, Needs, Tunnel, Up};

/// The user's own address.
pub struct Own {
    /// As set up.
    pub choice: OwnAddress,
}

/// It stands as long as the user's proxy does.
struct Typed(PublicAddress);

pub fn needs() -> Needs {
    Needs::met("nothing has to be installed")
}

pub fn check(choice: &OwnAddress) -> Result<(), ApiError> {
    PublicAddress::read(&choice.address)
        .map_err(|error| ApiError::invalid("kind.own.address", error.to_string()).hint("type it as https://name"))?;
    if choice.port == 0 {
        return Err(ApiError::invalid("kind.own.port", "the port that your proxy sends to is missing")
            .hint("choose a free port, and let the proxy forward to 127.0.0.1 at this port"));
    }
    Ok(())
}

impl Tunnel for Own {
    fn detect(&self) -> Doing<'_, Needs> {
        Box::pin(async { needs() })
    }

    fn start(&self) -> Doing<'_, Result<Box<dyn Up>, Down>> {
        let read = PublicAddress::read(&self.choice.address);
        Box::pin(async move {
            let address = read.map_err(|error| Down::for_user(error.to_string(), "type it as https://name"))?;
            Ok(Box::new(Typed(address)) as Box<dyn Up>)
        })
    }
}

impl Up for Typed {
    fn address(&self) -> &PublicAddress {
        &self.0
    }

    fn ended(&mut self) -> Doing<'_, Down> {
        Box::pin(std::future::pending())
    }

    fn stop(self: Box<Self>) -> Doing<'static, ()> {
        Box::pin(async {})
    }
}
