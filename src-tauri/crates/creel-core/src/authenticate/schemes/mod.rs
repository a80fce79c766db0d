//! The schemes that Creel ships, one file each: only data. `none` is not among them: it proves nothing.

mod github;
mod gitlab_token;
mod hmac_generic;
mod octipus;
mod opengate;
mod opshift;
mod orloj;
mod plain_secret;
mod promptrails;
mod slack;
mod standard_webhooks;
mod stripe;

use std::sync::LazyLock;

pub use orloj::orloj;

use super::scheme::Scheme;

static SHIPPED: LazyLock<Vec<Scheme>> = LazyLock::new(|| {
    vec![
        github::record(),
        opengate::record(),
        opshift::record(),
        octipus::record(),
        promptrails::record(),
        standard_webhooks::record(),
        stripe::record(),
        slack::record(),
        hmac_generic::record(),
        plain_secret::record(),
        gitlab_token::record(),
        orloj::generic(),
        orloj::github(),
    ]
});

/// All shipped schemes, in the order in which the builder offers them.
pub fn all() -> &'static [Scheme] {
    &SHIPPED
}

/// The scheme with that key; `None`: unknown, or `none`.
pub fn find(key: &str) -> Option<&'static Scheme> {
    all().iter().find(|scheme| scheme.key == key)
}
