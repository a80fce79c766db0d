//! A message as a letter: one connection to a mail server, one recipient. What the server refuses is told by the stage at
//! which it did.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use lettre::Message;
use lettre::address::{Address, Envelope};
use lettre::message::header::ContentType;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, MailParameter};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

use super::capped::Capped;
use super::email::{Email, MailTls, mailbox};
use crate::actions::wire::{self, Stopped, innermost, upstream};
use crate::actions::{Forwarder, address_guard};
use crate::authenticate::Secret;
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::execute::Again;

/// Characters of a server's own words in an error.
const WORDS_MOST: usize = 200;

/// One letter.
pub struct Letter<'l> {
    /// By which server, from whom, to whom.
    pub email: &'l Email,
    /// For the login, where there is one.
    pub password: Option<&'l Secret>,
    /// Its name: the same when it is sent again, so that mail servers know it.
    pub id: &'l str,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

impl Letter<'_> {
    /// Hands it to the server. `Ok`: the server answers for it now.
    pub async fn send(&self, forwarder: &Forwarder) -> Result<(), Stopped> {
        let deadline = Instant::now() + forwarder.limits.total;
        let addresses = self.addresses(forwarder, deadline).await?;
        let (envelope, bytes) = self.written(forwarder.clock.now()).map_err(|error| (error, Again::Never))?;
        let handed = self.hand_over(&addresses, forwarder.limits.connect, &envelope, &bytes);
        let late = || (upstream(format!("no whole answer from {} in time", self.server())), Again::OnSchedule);
        timeout_at(deadline, handed).await.unwrap_or_else(|_| Err(late()))
    }

    /// Where the server is; checked as every address that Creel goes to.
    async fn addresses(&self, forwarder: &Forwarder, deadline: Instant) -> Result<Vec<SocketAddr>, Stopped> {
        let never = |error: ApiError| (error, Again::Never);
        let Some(host) = self.email.parsed_host() else {
            return Err(never(ApiError::invalid("kind.email.host", "the server has no name")));
        };
        let (named, name) = (borrowed(&host), host.to_string());
        let addresses = wire::addresses_of(forwarder.resolver.as_ref(), &named, self.email.port, deadline).await?;
        let own = forwarder.listeners.listeners();
        address_guard::check(&name, &addresses, &own, true).map_err(never)?;
        let open = self.email.tls == MailTls::None && self.password.is_some();
        if open && addresses.iter().any(|one| address_guard::check_literal(one.ip(), false).is_ok()) {
            let words = format!("the password for {name} would cross the internet for everybody to read");
            return Err(never(ApiError::new(ErrorCode::Forbidden, words).hint("choose TLS or STARTTLS")));
        }
        Ok(addresses)
    }

    /// The letter as it travels, and who gets it.
    fn written(&self, now: UnixMs) -> Result<(Envelope, Vec<u8>), ApiError> {
        let bad = |words: String| ApiError::invalid("kind.email", words);
        let (from, to) = (mailbox(&self.email.from).map_err(bad)?, mailbox(&self.email.to).map_err(bad)?);
        let id = format!("<{}@{}>", self.id, from.email.domain());
        let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.0).unwrap_or_default());
        let message = Message::builder()
            .from(from)
            .to(to)
            .subject(&self.subject)
            .date(date)
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(self.text.clone())
            .map_err(|error| bad(format!("the message cannot be written as a letter: {error}")))?;
        Ok((message.envelope().clone(), message.formatted()))
    }

    async fn hand_over(
        &self,
        addresses: &[SocketAddr],
        limit: Duration,
        envelope: &Envelope,
        bytes: &[u8],
    ) -> Result<(), Stopped> {
        let mut server = self.connect(addresses, limit).await?;
        if let Some(password) = self.password {
            let credentials = Credentials::new(self.email.user.clone(), password.expose().to_owned());
            let asked = server.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await;
            asked.map_err(|error| self.refused("refuses the login", &error, "look at the user and the password"))?;
        }
        let plain = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        let utf8 = (!envelope.from().is_none_or(plain) || !envelope.to().iter().all(plain))
            .then_some(MailParameter::SmtpUtfEight);
        let from = Mail::new(envelope.from().cloned(), utf8.into_iter().collect());
        let step = server.command(from).await;
        step.map_err(|error| {
            self.refused(&format!("refuses the sender {}", self.email.from), &error, "look at who sends")
        })?;
        for to in envelope.to() {
            let step = server.command(Rcpt::new(to.clone(), Vec::new())).await;
            step.map_err(|error| {
                self.refused(&format!("refuses the recipient {to}"), &error, "look at the address it goes to")
            })?;
        }
        let said = "the server's own words say why";
        server.command(Data).await.map_err(|error| self.refused("takes no message", &error, said))?;
        server.message(bytes).await.map_err(|error| self.refused("refuses the message", &error, said))?;
        // It has the letter; whether it also says goodbye changes nothing.
        let _ = server.quit().await;
        Ok(())
    }

    /// A connection that has been greeted, private as the user chose.
    async fn connect(&self, addresses: &[SocketAddr], limit: Duration) -> Result<AsyncSmtpConnection, Stopped> {
        let hello = ClientId::default();
        let tcp = match timeout(limit, TcpStream::connect(addresses)).await {
            Ok(tcp) => tcp.map_err(|error| self.no_connection(&error.to_string()))?,
            Err(_) => return Err(self.no_connection(&format!("no answer within {} s", limit.as_secs()))),
        };
        let peer = tcp.peer_addr().map_err(|error| self.no_connection(&error.to_string()))?;
        let stream: Box<dyn AsyncTokioStream> = match self.email.tls {
            MailTls::Tls => Box::new(Capped::new(self.private(tcp).await?, peer)),
            MailTls::Starttls | MailTls::None => Box::new(Capped::new(tcp, peer)),
        };
        let connected = AsyncSmtpConnection::connect_with_transport(stream, &hello).await;
        let mut server = connected
            .map_err(|error| self.refused("does not greet as a mail server", &error, "look at the port and TLS"))?;
        if self.email.tls == MailTls::Starttls {
            self.start_tls(&mut server, &hello).await?;
        }
        Ok(server)
    }

    async fn private(&self, tcp: TcpStream) -> Result<TlsStream<TcpStream>, Stopped> {
        let name = ServerName::try_from(self.tls_name()).map_err(|error| self.no_trust(&error.to_string()))?;
        let connector = TlsConnector::from(Arc::new(crate::tls::client_config()));
        connector.connect(name, tcp).await.map_err(|error| self.no_trust(&innermost(&error)))
    }

    async fn start_tls(&self, server: &mut AsyncSmtpConnection, hello: &ClientId) -> Result<(), Stopped> {
        if !server.can_starttls() {
            let error = upstream(format!("{} offers no STARTTLS", self.server()));
            return Err((error.hint("choose TLS, usually with port 465"), Again::Never));
        }
        crate::tls::install();
        let parameters = TlsParameters::new(self.tls_name()).map_err(|error| self.no_trust(&innermost(&error)))?;
        server.starttls(parameters, hello).await.map_err(|error| match error.status() {
            Some(_) => self.refused("refuses STARTTLS", &error, "choose TLS, usually with port 465"),
            None => self.no_trust(&innermost(&error)),
        })
    }

    /// The name that the server's certificate has to be for.
    fn tls_name(&self) -> String {
        self.email.host.trim().trim_matches(['[', ']']).to_owned()
    }

    fn no_connection(&self, cause: &str) -> Stopped {
        let error = upstream(format!("no connection to {}: {cause}", self.server()));
        (error.hint("look at the server and its port"), Again::OnSchedule)
    }

    fn no_trust(&self, cause: &str) -> Stopped {
        let error = upstream(format!("no trusted TLS with {}: {cause}", self.server()));
        (error.hint("look at the server's name, its port and TLS"), Again::OnSchedule)
    }

    /// What the server said against it, at which stage. A 5xx is meant for good; a 4xx passes.
    fn refused(&self, stage: &str, error: &Error, hint: &str) -> Stopped {
        let said = innermost(error);
        // Some servers repeat what they were given.
        let said = self.password.map_or(said.clone(), |password| said.replace(password.expose(), "…"));
        let said: String = said.chars().filter(|c| !c.is_control()).take(WORDS_MOST).collect();
        let code = error.status().map_or_else(String::new, |code| format!("{code} "));
        let again = if error.is_permanent() || error.is_client() { Again::Never } else { Again::OnSchedule };
        (upstream(format!("{} {stage}: {code}{said}", self.server())).hint(hint), again)
    }

    fn server(&self) -> String {
        format!("{}:{}", self.email.host.trim(), self.email.port)
    }
}

fn borrowed(host: &Host<String>) -> Host<&str> {
    match host {
        Host::Domain(name) => Host::Domain(name.as_str()),
        Host::Ipv4(ip) => Host::Ipv4(*ip),
        Host::Ipv6(ip) => Host::Ipv6(*ip),
    }
}

#[cfg(test)]
#[path = "letter_tests.rs"]
mod tests;
