//! `forward`: an HTTP request to a fixed address. An outside effect: queued, at least once, with an idempotency key.

use serde::{Deserialize, Serialize};

use crate::ids::SecretId;

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
