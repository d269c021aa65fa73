//! Which Redis, as a URL says it.

use std::fmt;
use std::path::PathBuf;

use redis::{ConnectionAddr, IntoConnectionInfo};

use crate::error::{Error, ErrorKind, Result};

/// Where Redis is, and as whom we come. Never shows its password.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    pub(super) address: Address,
    pub(super) database: i64,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Address {
    Tcp { host: String, port: u16, tls: bool },
    Unix(PathBuf),
}

impl Target {
    /// The target of `redis://[user][:password@]host[:port][/database]`, the same with `rediss://`
    /// for TLS, or `unix:///path?db=1&user=u&pass=p`.
    ///
    /// # Errors
    /// `invalid_input` for the field `redis_url`; `unsupported` where it asks not to check
    /// certificates. Neither shows the URL.
    pub fn of(url: &str) -> Result<Target> {
        let refused = |kind, why: String| {
            let message = format!("the Redis URL {why}");
            Err(Error::new(kind, message).with_field("redis_url"))
        };
        let url = url.trim();
        let (tls, plain) = match (
            url.strip_prefix("rediss://"),
            url.strip_prefix("valkeys://"),
        ) {
            (Some(rest), _) | (_, Some(rest)) => (true, format!("redis://{rest}")),
            _ => (false, url.to_owned()),
        };
        if tls && plain.contains('#') {
            let why = "asks not to check certificates, which is not offered".to_owned();
            return refused(ErrorKind::Unsupported, why);
        }
        let info = match plain.as_str().into_connection_info() {
            Ok(info) => info,
            Err(error) => {
                // The crate's words name what is wrong and quote nothing of the URL.
                let why = format!(
                    "must be `redis://`, `rediss://` or `unix://` with a host or a path: {}",
                    error.category()
                );
                return refused(ErrorKind::InvalidInput, why);
            }
        };
        let settings = info.redis_settings();
        let address = match info.addr() {
            ConnectionAddr::Tcp(host, port) => Address::Tcp {
                host: host.clone(),
                port: *port,
                tls,
            },
            ConnectionAddr::Unix(path) => Address::Unix(path.clone()),
            _ => return refused(ErrorKind::Unsupported, "is of an unknown kind".to_owned()),
        };
        Ok(Target {
            address,
            database: settings.db(),
            user: settings.username().map(str::to_owned),
            password: settings.password().map(str::to_owned),
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            Address::Tcp { host, port, tls } => {
                let scheme = if *tls { "rediss" } else { "redis" };
                let host = match host.contains(':') {
                    true => format!("[{host}]"),
                    false => host.clone(),
                };
                write!(f, "{scheme}://{host}:{port}/{}", self.database)
            }
            Address::Unix(path) => write!(f, "unix://{}?db={}", path.display(), self.database),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_understood() {
        for (url, shown) in [
            ("redis://localhost", "redis://localhost:6379/0"),
            ("redis://10.0.0.1:7000/3", "redis://10.0.0.1:7000/3"),
            ("redis://[::1]:7000", "redis://[::1]:7000/0"),
            ("valkey://cache", "redis://cache:6379/0"),
            (
                "rediss://cache.example:6380/1",
                "rediss://cache.example:6380/1",
            ),
            ("unix:///run/redis.sock", "unix:///run/redis.sock?db=0"),
            (
                "redis+unix:///run/redis.sock?db=2",
                "unix:///run/redis.sock?db=2",
            ),
        ] {
            assert_eq!(Target::of(url).unwrap().to_string(), shown, "{url}");
        }
    }

    #[test]
    fn user_and_password_are_decoded_and_never_shown() {
        let target = Target::of("redis://app:s%20cret@host/1").unwrap();
        assert_eq!(target.user.as_deref(), Some("app"));
        assert_eq!(target.password.as_deref(), Some("s cret"));
        assert!(!format!("{target} {target:?}").contains("cret"));
        let unix = Target::of("unix:///run/redis.sock?user=app&pass=secret").unwrap();
        assert_eq!(unix.password.as_deref(), Some("secret"));
        assert!(!format!("{unix} {unix:?}").contains("secret"));
    }

    #[test]
    fn what_is_wrong_is_named_without_the_url() {
        for (url, kind) in [
            ("http://:secret@host", ErrorKind::InvalidInput),
            ("redis://:secret@", ErrorKind::InvalidInput),
            ("redis://:secret@host/secret", ErrorKind::InvalidInput),
            ("rediss://:secret@host/#insecure", ErrorKind::Unsupported),
            ("localhost:6379", ErrorKind::InvalidInput),
        ] {
            let error = Target::of(url).unwrap_err();
            assert_eq!(error.kind(), kind, "{url}");
            assert_eq!(error.field(), Some("redis_url"));
            assert!(!error.chain().contains("secret"), "{}", error.chain());
        }
    }
}
