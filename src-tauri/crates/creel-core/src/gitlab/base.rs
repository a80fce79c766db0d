//! Where GitLab's API is: GitLab.com, or a server of one's own by its name, also one that stands below a path.

use url::Url;

use crate::error::ApiError;
use crate::forge::address;

/// GitLab.com's name.
const GITLAB_COM: &str = "gitlab.com";
/// What every GitLab's API ends with.
const API: &str = "/api/v4";
/// Which API is meant where nothing is said: for a machine that only ever talks to a server of its own.
const VARIABLE: &str = "CREEL_GITLAB";

/// The address of one GitLab's API, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiBase(String);

impl ApiBase {
    /// Reads `gitlab.com`, `gitlab.example.com`, `https://example.com/gitlab` or the API's own address; nothing: what the
    /// environment variable `CREEL_GITLAB` says, else GitLab.com. A token goes there, so it has to be https, except on
    /// this machine.
    pub fn read(text: &str) -> Result<Self, ApiError> {
        let said = std::env::var(VARIABLE).unwrap_or_default();
        let text = if text.trim().is_empty() { said.trim() } else { text.trim() };
        let text = if text.is_empty() { GITLAB_COM } else { text };
        let wrong = |why: &str| {
            ApiError::invalid("host", format!("\"{text}\" is no address of a GitLab: {why}"))
                .hint("write gitlab.com, or your server's name, such as gitlab.example.com")
        };
        let url = address::read(text, wrong)?;
        let below = url.path().trim_end_matches('/');
        let below = below.strip_suffix(API).unwrap_or(below);
        Ok(Self(format!("{}{below}{API}", &url[..url::Position::AfterPort])))
    }

    /// As it was stored.
    pub fn stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// `https://gitlab.com/api/v4`
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name that people know it by: `gitlab.com`, `example.com/gitlab`.
    pub fn host(&self) -> String {
        let rest = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        rest.strip_suffix(API).unwrap_or(rest).to_owned()
    }

    /// Whether it comes over the internet for certain, and so reaches no private address.
    pub fn is_outside(&self) -> bool {
        Url::parse(&self.0).is_ok_and(|url| url.host_str() == Some(GITLAB_COM))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_gitlab_has_its_api_below_its_own_address() {
        for (typed, api, host) in [
            ("gitlab.com", "https://gitlab.com/api/v4", "gitlab.com"),
            ("https://gitlab.com/", "https://gitlab.com/api/v4", "gitlab.com"),
            ("gitlab.example.com:8443", "https://gitlab.example.com:8443/api/v4", "gitlab.example.com:8443"),
            ("https://example.com/gitlab/", "https://example.com/gitlab/api/v4", "example.com/gitlab"),
            ("https://example.com/gitlab/api/v4", "https://example.com/gitlab/api/v4", "example.com/gitlab"),
            ("http://127.0.0.1:9", "http://127.0.0.1:9/api/v4", "127.0.0.1:9"),
        ] {
            let base = ApiBase::read(typed).unwrap();
            assert_eq!((base.as_str(), base.host().as_str()), (api, host), "{typed}");
        }
    }

    #[test]
    fn a_token_goes_nowhere_in_clear_and_to_nobody_else() {
        for typed in ["http://gitlab.example.com", "ftp://x", "https://user@gitlab.com", "https://x/?a=b", "not a host"]
        {
            let error = ApiBase::read(typed).unwrap_err();
            assert_eq!(error.field.as_deref(), Some("host"), "{typed}");
        }
    }
}
