//! The URL of a PostgreSQL database.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, LoadBalanceHosts};

use super::tls::{SslMode, root_cert};
use crate::error::{Error, ErrorKind, Result};

/// A database, and how to connect to it. Shows itself without its password.
#[derive(Clone, PartialEq)]
pub struct PostgresUrl {
    pub(super) config: Arc<Config>,
    pub(super) ssl_mode: SslMode,
    pub(super) root_cert: Option<PathBuf>,
    shown: String,
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresUrl").field(&self.shown).finish()
    }
}

impl PostgresUrl {
    /// Reads `postgresql://user:password@host:port/database?option=value`.
    ///
    /// Characters with a meaning of their own are percent-encoded. There may be several hosts, with
    /// commas between them; the first that answers is used. A host may be the folder of a Unix
    /// socket: `?host=/var/run/postgresql`. The options are those of libpq that matter here:
    /// `sslmode` (`disable`, `prefer`, `require`, `verify-ca`, `verify-full`), `sslrootcert`,
    /// `connect_timeout`, `tcp_user_timeout`, the `keepalives`, `target_session_attrs`,
    /// `application_name`, `options`, `host`, `hostaddr` and `port`.
    ///
    /// # Errors
    /// `invalid_input` or `unsupported`; the message does not tell the password.
    pub fn parse(url: &str) -> Result<PostgresUrl> {
        let shown = without_password(url);
        let refused = |kind, why: &str| {
            Error::new(kind, format!("database URL `{shown}` {why}")).with_field("database_url")
        };
        let invalid = |why: &str| refused(ErrorKind::InvalidInput, why);
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut ssl_mode = SslMode::Prefer;
        let mut authorities = None;
        let mut rest = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", mode)) => {
                    ssl_mode = SslMode::from_text(mode).ok_or_else(|| {
                        invalid(
                            "has an `sslmode` that is none of `disable`, `prefer`, `require`, \
                             `verify-ca` and `verify-full`",
                        )
                    })?;
                }
                Some(("sslrootcert", path)) => {
                    let path = percent_decoded(path)
                        .ok_or_else(|| invalid("has a broken % escape in `sslrootcert`"))?;
                    authorities = root_cert(&path);
                }
                _ => rest.push(pair),
            }
        }
        let plain = format!("{base}?{}", rest.join("&"));
        // The driver's own words may repeat a part of the password that it took for something else.
        let mut config: Config = plain.parse().map_err(|_| {
            invalid(
                "must be `postgresql://user:password@host:port/database?option=value` with options \
                 that are known; `@`, `:`, `/`, `?`, `#` and `%` in a password are percent-encoded",
            )
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(invalid(
                "names no host; for a socket, `?host=/folder/of/the/socket`",
            ));
        }
        if config.get_channel_binding() == ChannelBinding::Require
            || config.get_load_balance_hosts() != LoadBalanceHosts::Disable
        {
            let why = "asks for `channel_binding` or `load_balance_hosts`, which are not supported";
            return Err(refused(ErrorKind::Unsupported, why));
        }
        if config.get_application_name().is_none() {
            config.application_name("floorjobs");
        }
        config.ssl_mode(ssl_mode.of_driver());
        Ok(PostgresUrl {
            config: Arc::new(config),
            ssl_mode,
            root_cert: authorities,
            shown,
        })
    }
}

/// A URL as it may be shown: without what stands before an `@`, and without its options.
fn without_password(url: &str) -> String {
    let (head, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
    // An `@` behind a `?`: who knows which of the two belongs to the password.
    if options.contains('@') {
        return format!("{head}…");
    }
    match place.rsplit_once('@') {
        Some((_, place)) => format!("{head}…@{place}"),
        None => format!("{head}{place}"),
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_postgres::config::Host;

    #[test]
    fn hosts_sockets_passwords_and_options_are_read() {
        let url = PostgresUrl::parse(
            "postgresql://me:p%40ss%2F@one:6432,two/jobs?sslmode=verify-full&sslrootcert=%2Fca.pem\
             &connect_timeout=3",
        )
        .unwrap();
        assert_eq!(url.config.get_password(), Some(&b"p@ss/"[..]));
        assert_eq!(url.config.get_hosts().len(), 2);
        assert_eq!(url.config.get_ports(), [6432, 5432]);
        assert_eq!(url.ssl_mode, SslMode::VerifyFull);
        assert_eq!(url.root_cert, Some(PathBuf::from("/ca.pem")));
        let socket = PostgresUrl::parse("postgres:///jobs?host=/run/postgresql").unwrap();
        let folder = Host::Unix(PathBuf::from("/run/postgresql"));
        assert_eq!(socket.config.get_hosts(), [folder]);
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "postgresql://me:secret@host/jobs",
            "postgresql://me:secret@host/jobs?password=secret",
            "postgresql://me:se?secret@host/jobs",
            "postgresql://me:secret/@host/jobs?nonsense=1",
            "postgresql://me:%zzsecret@host/jobs",
            "postgresql://me:secret@host:port/jobs",
            "postgresql://me:secret@host/jobs?sslmode=always",
            "postgresql://host/jobs?password=secret&sslmode=always",
            "postgresql://host/jobs?password=a@secret",
            "postgresql://me:a@se?secret@host/jobs",
        ] {
            let shown = match PostgresUrl::parse(url) {
                Ok(parsed) => format!("{parsed} {parsed:?}"),
                Err(error) => format!("{} {error:?}", error.chain()),
            };
            assert!(!shown.contains("secret"), "{shown}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_the_settings_name() {
        for (url, kind) in [
            ("postgresql:///jobs", ErrorKind::InvalidInput),
            (
                "postgresql://host/jobs?sslmode=allow",
                ErrorKind::InvalidInput,
            ),
            (
                "postgresql://host/jobs?colour=blue",
                ErrorKind::InvalidInput,
            ),
            (
                "postgresql://host/jobs?channel_binding=require",
                ErrorKind::Unsupported,
            ),
        ] {
            let error = PostgresUrl::parse(url).unwrap_err();
            assert_eq!(
                (error.kind(), error.field()),
                (kind, Some("database_url")),
                "{url}"
            );
        }
    }
}
