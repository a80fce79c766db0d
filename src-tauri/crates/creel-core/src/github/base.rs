//! Where GitHub's API is: GitHub.com, or an Enterprise Server by its name.

use url::Url;

use crate::error::ApiError;
use crate::forge::address;

/// GitHub.com's API.
const GITHUB_COM: &str = "https://api.github.com";
/// Which API is meant where nothing is said: for a machine that only ever talks to its own Enterprise Server.
const VARIABLE: &str = "CREEL_GITHUB";

/// The address of one GitHub's API, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiBase(String);

impl ApiBase {
    /// Reads `github.com`, `ghe.example.com`, `https://ghe.example.com` or the API's own address; nothing: what the
    /// environment variable `CREEL_GITHUB` says, else GitHub.com. A token goes there, so it has to be https, except on
    /// this machine.
    pub fn read(text: &str) -> Result<Self, ApiError> {
        let said = std::env::var(VARIABLE).unwrap_or_default();
        let text = if text.trim().is_empty() { said.trim() } else { text.trim() };
        if text.is_empty() {
            return Ok(Self(GITHUB_COM.to_owned()));
        }
        let wrong = |why: &str| {
            ApiError::invalid("api", format!("\"{text}\" is no address of a GitHub: {why}"))
                .hint("write github.com, or your server's name, such as ghe.example.com")
        };
        let url = address::read(text, wrong)?;
        let named = url.host_str().unwrap_or_default();
        if ["github.com", "www.github.com", "api.github.com"].contains(&named) {
            return Ok(Self(GITHUB_COM.to_owned()));
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let path = match url.path().trim_end_matches('/') {
            // A tenant of GHE.com has its API at a name of its own.
            "" if named.ends_with(".ghe.com") && !named.starts_with("api.") => {
                return Ok(Self(format!("https://api.{named}")));
            }
            "" if named.ends_with(".ghe.com") => "",
            "" => "/api/v3",
            path => path,
        };
        Ok(Self(format!("{}://{named}{port}{path}", url.scheme())))
    }

    /// As it was stored.
    pub fn stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// `https://api.github.com`
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name that people and `gh` know it by: `github.com`, `ghe.example.com`.
    pub fn host(&self) -> String {
        let rest = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        // Only GitHub's own APIs stand at a name of theirs; a server's stands below the server's, whatever that is.
        let host = rest.split_once('/').map_or(rest.strip_prefix("api.").unwrap_or(rest), |(host, _)| host);
        host.to_owned()
    }

    /// Whether it runs on this machine: then it reaches addresses that the internet does not.
    pub fn is_here(&self) -> bool {
        Url::parse(&self.0).ok().and_then(|url| url.host().map(|host| address::is_here(&host))).unwrap_or_default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_github_has_its_api_at_its_own_place() {
        for (typed, api, host) in [
            ("github.com", "https://api.github.com", "github.com"),
            ("https://github.com/", "https://api.github.com", "github.com"),
            ("api.github.com", "https://api.github.com", "github.com"),
            ("ghe.example.com", "https://ghe.example.com/api/v3", "ghe.example.com"),
            ("https://ghe.example.com:8443/", "https://ghe.example.com:8443/api/v3", "ghe.example.com:8443"),
            ("https://ghe.example.com/api/v3/", "https://ghe.example.com/api/v3", "ghe.example.com"),
            ("octo.ghe.com", "https://api.octo.ghe.com", "octo.ghe.com"),
            ("api.example.com", "https://api.example.com/api/v3", "api.example.com"),
            ("http://127.0.0.1:9", "http://127.0.0.1:9/api/v3", "127.0.0.1:9"),
        ] {
            let base = ApiBase::read(typed).unwrap();
            assert_eq!((base.as_str(), base.host().as_str()), (api, host), "{typed}");
        }
    }

    #[test]
    fn a_token_goes_nowhere_in_clear_and_to_nobody_else() {
        for typed in
            ["http://ghe.example.com", "ftp://x", "https://user@github.com", "https://x/?a=b", "https://", "not a host"]
        {
            let error = ApiBase::read(typed).unwrap_err();
            assert_eq!(error.field.as_deref(), Some("api"), "{typed}");
        }
    }
}
