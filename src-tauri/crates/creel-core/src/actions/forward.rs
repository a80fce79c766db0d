//! `forward`: an HTTP request to a fixed address. An outside effect: queued, at least once, with an idempotency key.

use serde::{Deserialize, Serialize};

use crate::actions::forward_address;
use crate::error::ApiError;
use crate::headers::is_of_the_connection;
use crate::ids::{SecretId, TriggerId};
use crate::template::{MAX_OUTPUT_BYTES, Scope, Template};
use crate::trigger::Trigger;

/// Most attempts of one forward: the first and the seven waits of the schedule.
const ATTEMPTS_MOST: u32 = 8;
/// Headers of one forward.
const HEADERS_MOST: usize = 50;
/// Set by Creel on every forward.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// What all headers of Creel's own begin with.
const OWN_PREFIX: &str = "x-creel-";
/// What a request can be.
pub(crate) const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// Settings of `forward`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Forward {
    /// `POST` unless told otherwise.
    #[serde(default = "post")]
    pub method: String,
    /// http or https; the host is fixed (no template in scheme, host or port), path and query may hold templates, whose
    /// values are percent-encoded.
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
    /// The delivery's body, byte for byte, with the sender's headers; credentials and the connection's own stay out.
    #[default]
    AsReceived,
    /// A template; `application/json` unless a header says otherwise.
    Template(String),
    /// Path, method, headers and body as one JSON object, `{"webhook": {…}}`; credentials stay out (Octipus's default).
    Context,
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
    /// The delivery's body, byte for byte, with the sender's headers.
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
        forward_address::validate(&self.url, self.allow_private)?;
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
        for (index, (name, _)) in self.headers.iter().enumerate() {
            if self.headers[..index].iter().any(|(before, _)| before.eq_ignore_ascii_case(name)) {
                return Err(ApiError::invalid("headers", format!("{name} is there twice")));
            }
            if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
                return Err(ApiError::invalid("headers", format!("\"{name}\" is no header name")));
            }
            let lower = name.to_ascii_lowercase();
            if is_of_the_connection(&lower) || lower == IDEMPOTENCY_KEY || lower.starts_with(OWN_PREFIX) {
                return Err(ApiError::invalid("headers", format!("{name} is set by Creel or by the connection")));
            }
        }
        Ok(())
    }

    /// The request for one delivery.
    pub fn plan(&self, scope: &Scope<'_>, trigger: &Trigger) -> Result<ForwardPlan, ApiError> {
        let render = |field: &str, text: &str| {
            let rendered = Template::parse(text).render(scope, trigger.missing);
            let too_long = || ApiError::invalid(field, format!("it becomes longer than {MAX_OUTPUT_BYTES} bytes"));
            if rendered.cut { Err(too_long()) } else { Ok(rendered.text) }
        };
        let url = forward_address::render(&self.url, scope, trigger.missing)?;
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| Ok((name.clone(), render("headers", value)?)))
            .collect::<Result<_, ApiError>>()?;
        if let Some((name, _)) = headers.iter().find(|(_, value)| http::HeaderValue::from_str(value).is_err()) {
            let words = format!("the value of {name} has a line break or control character");
            return Err(
                ApiError::invalid("headers", words).hint("take the field out of the header, or put it into the body")
            );
        }
        Ok(ForwardPlan {
            method: self.method.clone(),
            host: url.host_str().unwrap_or_default().to_owned(),
            url: url.into(),
            headers,
            body: match &self.body {
                ForwardBody::AsReceived => PlannedBody::AsReceived,
                ForwardBody::Template(text) => PlannedBody::Text(render("body", text)?),
                ForwardBody::Context => PlannedBody::Text(scope.context().to_string()),
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn forward() -> Forward {
        serde_json::from_str(r#"{"url": "https://example.com/in"}"#).unwrap()
    }

    fn with_headers(names: &[&str]) -> Forward {
        let headers = names.iter().map(|name| ((*name).to_owned(), "v".to_owned())).collect();
        Forward { headers, ..forward() }
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let forward = forward();
        assert_eq!((forward.method.as_str(), forward.max_attempts, forward.allow_private), ("POST", 8, false));
        assert_eq!(forward.body, ForwardBody::AsReceived);
        forward.validate().unwrap();
    }

    #[test]
    fn each_wrong_setting_is_named() {
        for (forward, field, words) in [
            (Forward { method: "post".to_owned(), ..forward() }, "method", "\"post\" is not one of"),
            (Forward { method: "CONNECT".to_owned(), ..forward() }, "method", "is not one of"),
            (Forward { url: "example.com".to_owned(), ..forward() }, "url", "does not begin with"),
            (Forward { max_attempts: 0, ..forward() }, "max_attempts", "0 is not between 1 and 8"),
            (Forward { max_attempts: 9, ..forward() }, "max_attempts", "9 is not between 1 and 8"),
            (with_headers(&["X-A", "x-a"]), "headers", "x-a is there twice"),
            (with_headers(&["X A"]), "headers", "\"X A\" is no header name"),
            (with_headers(&["X-A: b\r\nX-B"]), "headers", "is no header name"),
            (with_headers(&[""]), "headers", "is no header name"),
            (with_headers(&["Host"]), "headers", "Host is set by Creel or by the connection"),
            (with_headers(&["Content-Length"]), "headers", "is set by Creel"),
            (with_headers(&["Transfer-Encoding"]), "headers", "is set by Creel"),
            (with_headers(&["Idempotency-Key"]), "headers", "is set by Creel"),
            (with_headers(&["X-Creel-Hops"]), "headers", "is set by Creel"),
        ] {
            let error = forward.validate().expect_err(words);
            assert_eq!(error.field.as_deref(), Some(field), "{words}");
            assert!(error.message.contains(words), "{}", error.message);
        }
        with_headers(&["Authorization", "Content-Type", "X-Own"]).validate().unwrap();
    }
}
