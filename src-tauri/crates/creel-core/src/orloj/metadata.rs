//! What every resource has: a name in a namespace, labels. And how one resource names another.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Where a resource is that says nothing.
pub const DEFAULT_NAMESPACE: &str = "default";
/// Characters of a name or namespace: Kubernetes' bound for names, from where the form comes.
const NAME_MOST: usize = 253;
/// Words that stand behind a resource's name in addresses.
const RESERVED: [&str; 6] = ["status", "logs", "exec", "scale", "proxy", "binding"];

/// Name, namespace and labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ResourceMetadata {
    /// Unique among the resources of its kind in its namespace.
    pub name: String,
    /// `default` unless told otherwise.
    pub namespace: String,
    /// Words for people and scripts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

impl ResourceMetadata {
    /// `namespace/name`
    pub fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }
}

/// What is wrong with a name, in words that follow the field's name; `None`: nothing.
pub(super) fn name_trouble(name: &str) -> Option<String> {
    let broken = |c: char| c == '/' || c.is_whitespace() || c.is_control();
    match name {
        "" => Some("is empty".to_owned()),
        dotted if dotted.starts_with('.') => Some(format!("\"{dotted}\" begins with a dot")),
        long if long.chars().count() > NAME_MOST => Some(format!("has more than {NAME_MOST} characters")),
        odd if odd.contains(broken) => Some(format!("\"{odd}\" has a slash, a space or a control character")),
        word if RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word)) => {
            Some(format!("\"{word}\" is a reserved word"))
        }
        _ => None,
    }
}

/// Another resource, as a manifest names it: `name`, or `namespace/name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference(pub String);

/// A resource's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Reference {
    /// The place it means, seen from `namespace`.
    pub fn from(&self, namespace: &str) -> Named {
        match self.0.split_once('/') {
            Some((namespace, name)) => Named { namespace: namespace.trim().to_owned(), name: name.trim().to_owned() },
            None => Named { namespace: namespace.to_owned(), name: self.0.trim().to_owned() },
        }
    }
}

impl Named {
    /// The place of a resource.
    pub fn of(metadata: &ResourceMetadata) -> Self {
        Self { namespace: metadata.namespace.clone(), name: metadata.name.clone() }
    }

    /// `namespace/name`
    pub fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }
}
