//! `forward`: an HTTP request to a fixed address. An outside effect: queued, at least once, with an idempotency key.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::ids::{SecretId, TriggerId};
use crate::template::{Scope, Template};
use crate::trigger::Trigger;

/// Most attempts of one forward: the first and the seven waits of the schedule.
const ATTEMPTS_MOST: u32 = 8;
/// Headers of one forward.
const HEADERS_MOST: usize = 50;
/// Headers that a forward never sets: the connection's own, and Creel's.
const RESERVED: &[&str] = &[
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "idempotency-key",
    "x-creel-delivery",
    "x-creel-hops",
];
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// Settings of `forward`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Forward {
    /// `POST` unless told otherwise.
    #[serde(default = "post")]
    pub method: String,
    /// http or https; the host is fixed (no template in scheme, host or port), path and query may hold templates.
    pub url: String,
    /// Extra headers: name and template. Hop-by-hop and Creel's own names are refused.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// What to send.
    #[serde(default)]
    pub body: ForwardBody,
    /// Sign it anew.
    #[serde(default)]
    pub sign: Option<ForwardSigning>,
    /// Allow an address on this machine or in a private network; own ports stay refused.
    #[serde(default)]
    pub allow_private: bool,
    /// Most attempts, 1 to 8.
    #[serde(default = "eight")]
    pub max_attempts: u32,
}

fn post() -> String {
    "POST".to_owned()
}

fn eight() -> u32 {
    8
}

/// What a forward sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ForwardBody {
    /// The delivery's body, byte for byte, with its Content-Type.
    #[default]
    AsReceived,
    /// A template; `application/json` unless a header says otherwise.
    Template(String),
}

/// How a forward is signed anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ForwardSigning {
    /// Key of the scheme record.
    pub scheme: String,
    /// A named secret; `None`: the trigger's own current secret.
    #[serde(default)]
    pub secret_id: Option<SecretId>,
}

/// A request as it is to be sent: every template resolved. The signature is made when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardPlan {
    /// Upper case.
    pub method: String,
    /// In full.
    pub url: String,
    /// The address's host, which is also the lane in the queue.
    pub host: String,
    /// Extra headers.
    pub headers: Vec<(String, String)>,
    /// What to send.
    pub body: PlannedBody,
    /// Sign it anew.
    pub sign: Option<PlannedSigning>,
    /// Private addresses are allowed.
    pub allow_private: bool,
}

/// The body of a planned forward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannedBody {
    /// The delivery's body, byte for byte, with its Content-Type.
    AsReceived,
    /// This text.
    Text(String),
}

/// How a planned forward is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedSigning {
    /// Key of the scheme record.
    pub scheme: String,
    /// A named secret.
    pub secret_id: Option<SecretId>,
    /// Whose current secret it is otherwise.
    pub trigger_id: TriggerId,
}

impl Forward {
    /// What is wrong with the settings; the error's field is one of theirs. The host is fixed when it is saved.
    pub fn validate(&self) -> Result<(), ApiError> {
        if !METHODS.contains(&self.method.as_str()) {
            return Err(ApiError::invalid(
                "method",
                format!("\"{}\" is not one of {}", self.method, METHODS.join(", ")),
            ));
        }
        fixed_host(&self.url)?;
        if !(1..=ATTEMPTS_MOST).contains(&self.max_attempts) {
            return Err(ApiError::invalid(
                "max_attempts",
                format!("{} is not between 1 and {ATTEMPTS_MOST}", self.max_attempts),
            ));
        }
        if self.headers.len() > HEADERS_MOST {
            return Err(ApiError::invalid(
                "headers",
                format!("{} headers; at most {HEADERS_MOST}", self.headers.len()),
            ));
        }
        for (name, _) in &self.headers {
            if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
                return Err(ApiError::invalid("headers", format!("\"{name}\" is no header name")));
            }
            if RESERVED.iter().any(|own| own.eq_ignore_ascii_case(name)) {
                return Err(ApiError::invalid("headers", format!("{name} is set by Creel or by the connection")));
            }
        }
        match &self.sign {
            Some(sign) if crate::authenticate::schemes::find(&sign.scheme).is_none() => {
                Err(ApiError::invalid("sign.scheme", format!("there is no scheme \"{}\"", sign.scheme)))
            }
            _ => Ok(()),
        }
    }

    /// The request for one delivery.
    pub fn plan(&self, scope: &Scope<'_>, trigger: &Trigger) -> Result<ForwardPlan, ApiError> {
        let render = |text: &str| Template::parse(text).render(scope, trigger.missing).text;
        let host = fixed_host(&self.url)?;
        let url = render(&self.url);
        let whole = url::Url::parse(&url)
            .map_err(|error| ApiError::invalid("url", format!("\"{url}\" is no address: {error}")))?;
        if whole.host_str() != Some(host.as_str()) {
            return Err(ApiError::invalid("url", format!("a value changed the host of \"{url}\"")));
        }
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (name.clone(), render(value))).collect();
        if let Some((name, _)) = headers.iter().find(|(_, value)| http::HeaderValue::from_str(value).is_err()) {
            let words = format!("the value of {name} has a line break or control character");
            return Err(
                ApiError::invalid("headers", words).hint("take the field out of the header, or put it into the body")
            );
        }
        Ok(ForwardPlan {
            method: self.method.clone(),
            url: whole.to_string(),
            host,
            headers,
            body: match &self.body {
                ForwardBody::AsReceived => PlannedBody::AsReceived,
                ForwardBody::Template(text) => PlannedBody::Text(render(text)),
            },
            sign: self.sign.as_ref().map(|sign| PlannedSigning {
                scheme: sign.scheme.clone(),
                secret_id: sign.secret_id.clone(),
                trigger_id: trigger.id.clone(),
            }),
            allow_private: self.allow_private,
        })
    }
}

impl ForwardPlan {
    /// In a few words.
    pub fn summary(&self) -> String {
        format!("{} {}", self.method, self.url)
    }
}

/// The host of an address, which no template may touch: a payload must not choose where something is sent.
fn fixed_host(url: &str) -> Result<String, ApiError> {
    let bad = |words: String| ApiError::invalid("url", words);
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let rest = rest.ok_or_else(|| bad(format!("\"{url}\" does not begin with http:// or https://")))?;
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    if authority.contains("{{") || authority.contains("}}") {
        return Err(bad("the host of the address holds a placeholder".to_owned())
            .hint("placeholders may stand in the path and the query"));
    }
    if authority.contains('@') {
        return Err(bad("the address holds a user name or password".to_owned()).hint("put credentials into a header"));
    }
    let whole = url::Url::parse(&url[..url.len() - rest.len() + authority.len()])
        .map_err(|error| bad(format!("\"{url}\" is no address: {error}")))?;
    whole.host_str().map(str::to_owned).ok_or_else(|| bad(format!("\"{url}\" has no host")))
}
