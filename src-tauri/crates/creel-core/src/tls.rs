//! TLS for what Creel sends: rustls with ring, and the roots that the system trusts.

use std::sync::OnceLock;

use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::ConfigVerifierExt;

/// Makes ring the process's cryptography. Call it before the first TLS client is made; calling it again changes nothing.
pub fn install() {
    // An error means that somebody installed a provider before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The one configuration of all clients: reading the system's roots takes longer than a request.
pub fn client_config() -> ClientConfig {
    static CONFIG: OnceLock<ClientConfig> = OnceLock::new();
    CONFIG.get_or_init(system_config).clone()
}

fn system_config() -> ClientConfig {
    install();
    ClientConfig::with_platform_verifier().unwrap_or_else(|error| {
        tracing::warn!(%error, "the system's trusted certificates cannot be read: https targets will not be believed");
        ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth()
    })
}
