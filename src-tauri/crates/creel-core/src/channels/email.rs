//! An e-mail address and the server that takes messages for it.

use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};
use url::Host;

use crate::actions::address_guard;
use crate::error::ApiError;

/// Longest name of a host, as DNS has it.
const HOST_MOST: usize = 253;
/// Longest name at a server; longer ones are a pasted file.
const USER_MOST: usize = 320;

/// Where messages go by SMTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Email {
    /// The server that takes them: `smtp.example.com`.
    pub host: String,
    /// Its port: 465 with `tls`, 587 with `starttls`, unless the server says otherwise.
    pub port: u16,
    /// How the connection is kept private.
    pub tls: MailTls,
    /// The name to log in with; empty: no login.
    #[serde(default)]
    pub user: String,
    /// Who sends: `creel@example.com` or `Creel <creel@example.com>`.
    pub from: String,
    /// Who gets them, in the same form.
    pub to: String,
}

/// How a connection to a mail server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MailTls {
    /// TLS from the first byte.
    Tls,
    /// TLS after the server offered it; without the offer nothing is sent.
    Starttls,
    /// Not at all. A login goes only to servers in this machine's own networks.
    None,
}

impl Email {
    /// What is wrong with it.
    pub fn validate(&self) -> Result<(), ApiError> {
        let field = |name: &str| format!("kind.email.{name}");
        match self.parsed_host() {
            Some(Host::Ipv4(ip)) => address_guard::check_literal(ip.into(), true),
            Some(Host::Ipv6(ip)) => address_guard::check_literal(ip.into(), true),
            Some(Host::Domain(_)) => Ok(()),
            None => Err(ApiError::invalid("host", "this is no name or address of a server")
                .hint("a name alone, such as smtp.example.com; the port has its own field")),
        }
        .map_err(|error| ApiError { field: Some(field("host")), ..error })?;
        if self.port == 0 {
            return Err(ApiError::invalid(&field("port"), "port 0 is none"));
        }
        if self.user.len() > USER_MOST {
            return Err(ApiError::invalid(&field("user"), format!("the user has more than {USER_MOST} bytes")));
        }
        mailbox(&self.from).map_err(|words| ApiError::invalid(&field("from"), words))?;
        mailbox(&self.to).map_err(|words| ApiError::invalid(&field("to"), words))?;
        Ok(())
    }

    /// The server as it was typed: a name, or an address with or without brackets.
    pub(super) fn parsed_host(&self) -> Option<Host<String>> {
        let host = self.host.trim();
        if host.is_empty() || host.len() > HOST_MOST {
            return None;
        }
        match host.parse() {
            Ok(ip) => Some(Host::Ipv6(ip)),
            Err(_) => Host::parse(host).ok(),
        }
    }

    /// Where a password for it goes, and how.
    pub(super) fn login_place(&self) -> (&str, u16, MailTls) {
        (self.host.trim(), self.port, self.tls)
    }
}

/// An address, with or without a name.
pub(super) fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.trim().parse().map_err(|_| format!("\"{}\" is no address of a person", text.trim()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn email() -> Email {
        Email {
            host: "smtp.example.com".to_owned(),
            port: 587,
            tls: MailTls::Starttls,
            user: "creel".to_owned(),
            from: "Creel <creel@example.com>".to_owned(),
            to: "me@example.com".to_owned(),
        }
    }

    #[test]
    fn each_field_that_cannot_be_is_named() {
        email().validate().unwrap();
        let table: [(&str, Email); 8] = [
            ("host", Email { host: String::new(), ..email() }),
            ("host", Email { host: "smtp.example.com:25".to_owned(), ..email() }),
            ("host", Email { host: "smtp example".to_owned(), ..email() }),
            ("host", Email { host: "169.254.169.254".to_owned(), ..email() }),
            ("port", Email { port: 0, ..email() }),
            ("from", Email { from: "creel".to_owned(), ..email() }),
            ("to", Email { to: "me@example.com\r\nBcc: you@example.com".to_owned(), ..email() }),
            ("to", Email { to: "a@example.com, b@example.com".to_owned(), ..email() }),
        ];
        for (name, email) in table {
            let error = email.validate().unwrap_err();
            assert_eq!(error.field.as_deref(), Some(format!("kind.email.{name}").as_str()), "{email:?}");
        }
        for host in ["127.0.0.1", "::1", "[::1]", "mail"] {
            Email { host: host.to_owned(), ..email() }.validate().unwrap();
        }
    }
}
