//! TLS towards Redis: rustls, and the certificates that the system trusts.

use std::sync::{Arc, OnceLock};

use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore};

use super::fault::Fault;

/// A session with the server of this name, not begun yet.
pub(super) fn session(host: &str) -> Result<ClientConnection, Fault> {
    let broken = |error: &dyn std::fmt::Display| Fault::Broken(format!("TLS: {error}"));
    let name = ServerName::try_from(host.to_owned()).map_err(|error| broken(&error))?;
    ClientConnection::new(config()?, name).map_err(|error| broken(&error))
}

/// Read once: it takes some tens of milliseconds, which a publisher does not have. `SSL_CERT_FILE`
/// and `SSL_CERT_DIR` name other certificates than the system's.
pub(super) fn config() -> Result<Arc<ClientConfig>, Fault> {
    static CONFIG: OnceLock<Result<Arc<ClientConfig>, Fault>> = OnceLock::new();
    CONFIG.get_or_init(read).clone()
}

fn read() -> Result<Arc<ClientConfig>, Fault> {
    let broken = |why: &str| Fault::Broken(format!("TLS: {why}"));
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    // One that cannot be read is no reason to trust none of the others.
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        return Err(broken("this system has no certificates to trust"));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| broken(&error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
