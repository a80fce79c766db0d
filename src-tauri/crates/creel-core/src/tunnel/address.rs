//! The public address of a tunnel: scheme, name, port, nothing behind them.

use url::Url;

/// `https://x.ngrok.app`, without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicAddress(String);

/// Text that is no base address.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is no public address: {why}")]
pub struct NoAddress {
    text: String,
    why: &'static str,
}

impl PublicAddress {
    /// Reads an address as it was typed or printed: `http` or `https`, a name, perhaps a port.
    pub fn read(text: &str) -> Result<Self, NoAddress> {
        let no = |why| NoAddress { text: text.to_owned(), why };
        let url = Url::parse(text.trim()).map_err(|_| no("it is written as https://name"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(no("it begins with https:// or http://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(no("a name and a password have no place in it"));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(no("nothing stands behind the name: senders' paths are added to it"));
        }
        let host = url.host_str().ok_or_else(|| no("it has no name"))?;
        // A URL may hold more; what a program printed around a name does not belong to it.
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._[]:".contains(&b);
        if !host.bytes().all(fits) {
            return Err(no("its name holds characters that no name has"));
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self(format!("{}://{host}{port}", url.scheme())))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without scheme, as words show it.
    pub fn host(&self) -> &str {
        self.0.split_once("://").map_or(self.0.as_str(), |(_, host)| host)
    }

    /// This address and a path behind it.
    pub fn with(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_scheme_name_and_port() {
        for (text, read) in [
            ("https://x.ngrok.app", Some("https://x.ngrok.app")),
            (" https://X.example/ ", Some("https://x.example")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("https://x.example:443", Some("https://x.example")),
            ("x.example", None),
            ("ftp://x.example", None),
            ("https://x.example/hooks", None),
            ("https://x.example/?a=1", None),
            ("https://a:b@x.example", None),
            ("https://'x.example'", None),
            ("http://[::1]:80", Some("http://[::1]")),
            ("", None),
        ] {
            assert_eq!(PublicAddress::read(text).ok().as_ref().map(PublicAddress::as_str), read, "{text}");
        }
    }
}
