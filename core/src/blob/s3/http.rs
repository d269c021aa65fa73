//! One HTTP exchange at a time, on the calling thread, with a limit on every wait.

use std::io::Read;
use std::net::ToSocketAddrs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::crypto::ring;
use ureq::config::Config;
use ureq::http::{HeaderMap, Request as HttpRequest, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Proxy, ProxyProtocol};

use crate::error::{Error, Result};
use crate::settings::AwsEnvironment;
use crate::sys::current_pid;

/// How long a connection may take to stand, and how long either side may keep silent on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) connect: Duration,
    pub(super) silence: Duration,
}

/// A connection to a store may cross the world, and a store may think before it answers.
pub(super) const OF_STORES: Limits = Limits {
    connect: Duration::from_secs(10),
    silence: Duration::from_secs(60),
};

/// What gives credentials is on this host or next to it, or it is not there at all.
pub(super) const OF_NEIGHBOURS: Limits = Limits {
    connect: Duration::from_secs(1),
    silence: Duration::from_secs(2),
};

/// The most of an answer that is read for other things than a blob's bytes.
const MOST_TEXT: u64 = 8 * 1024 * 1024;

/// One question.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) method: &'static str,
    pub(super) url: &'a str,
    pub(super) headers: &'a [(&'a str, String)],
    pub(super) body: &'a [u8],
}

/// An answer of which the body is still to be read.
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    body: ureq::Body,
}

/// The exchange itself failed: nothing is known about what became of the request.
#[derive(Debug)]
pub(super) struct Broken(ureq::Error);

/// Makes connections and keeps them for the next exchange of this process.
pub(super) struct Http {
    config: Config,
    pooled: Mutex<Pooled>,
}

struct Pooled {
    pid: u32,
    agent: Agent,
}

impl Http {
    /// `url` is where it will mostly go, and decides whether certificates are loaded.
    pub(super) fn new(limits: Limits, url: &str, environment: &AwsEnvironment) -> Result<Http> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(limits.connect))
            .timeout_per_read(Some(limits.silence))
            .timeout_per_write(Some(limits.silence))
            .user_agent(concat!("floorjobs/", env!("CARGO_PKG_VERSION")))
            .proxy(None);
        if url.starts_with("https:") {
            config = config
                .tls_config(tls(environment)?)
                .proxy(proxy(environment)?);
        }
        let config = config.build();
        let pooled = Pooled {
            pid: current_pid(),
            agent: agent(&config),
        };
        Ok(Http {
            config,
            pooled: Mutex::new(pooled),
        })
    }

    /// Sends a request and reads the head of the answer.
    pub(super) fn send(&self, request: &Request<'_>) -> Result<Answer, Broken> {
        let mut builder = HttpRequest::builder()
            .method(request.method)
            .uri(request.url);
        for (name, value) in request.headers {
            builder = builder.header(*name, value);
        }
        let agent = self.agent();
        let sent = if matches!(request.method, "GET" | "HEAD" | "DELETE") {
            agent.run(builder.body(()).map_err(broken)?)
        } else {
            agent.run(builder.body(request.body).map_err(broken)?)
        };
        let (head, body) = sent.map_err(Broken)?.into_parts();
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
        })
    }

    /// The connections of this process. Never waits: a thread that forked may have left the lock
    /// to a child in which nobody can open it, and connections of one's own serve as well.
    fn agent(&self) -> Agent {
        let Ok(mut pooled) = self.pooled.try_lock() else {
            return agent(&self.config);
        };
        let pid = current_pid();
        if pooled.pid != pid {
            // The parent's connections are closed here, which it does not notice.
            *pooled = Pooled {
                pid,
                agent: agent(&self.config),
            };
        }
        pooled.agent.clone()
    }
}

impl Answer {
    /// A header as text, if there is one that is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The whole body, of at most a few MiB.
    pub(super) fn text(self) -> Result<String, Broken> {
        let body = self.body.into_with_config().limit(MOST_TEXT);
        let bytes = body.read_to_vec().map_err(Broken)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The body as it comes, up to `limit` bytes.
    pub(super) fn reader(self, limit: u64) -> impl Read {
        self.body.into_with_config().limit(limit).reader()
    }
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").finish_non_exhaustive()
    }
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            // Its text has the URL, and the URL a signature.
            ureq::Error::BadUri(_) => f.write_str("the URL is not one"),
            other => other.fmt(f),
        }
    }
}

impl std::error::Error for Broken {}

fn broken(error: ureq::http::Error) -> Broken {
    Broken(ureq::Error::Http(error))
}

fn agent(config: &Config) -> Agent {
    Agent::with_parts(config.clone(), DefaultConnector::default(), NameLookup)
}

/// Looks names up on the calling thread. The resolver that ureq brings starts a thread for it as
/// soon as the lookup or the whole call has a limit; this one never does, and leaves the limit to
/// the system's `resolv.conf`.
#[derive(Debug)]
struct NameLookup;

impl Resolver for NameLookup {
    fn resolve(
        &self,
        uri: &Uri,
        _config: &Config,
        _timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let (scheme, authority) = uri
            .scheme()
            .zip(uri.authority())
            .ok_or(ureq::Error::HostNotFound)?;
        let name =
            DefaultResolver::host_and_port(scheme, authority).ok_or(ureq::Error::HostNotFound)?;
        let mut found = self.empty();
        for address in name.to_socket_addrs()?.take(8) {
            found.push(address);
        }
        if found.is_empty() {
            return Err(ureq::Error::HostNotFound);
        }
        Ok(found)
    }
}

/// TLS that trusts whom this host trusts, or the certificates of `AWS_CA_BUNDLE` alone.
fn tls(environment: &AwsEnvironment) -> Result<TlsConfig> {
    let bundle = environment.get("AWS_CA_BUNDLE");
    let loaded = match bundle {
        Some(bundle) => rustls_native_certs::load_certs_from_paths(Some(bundle.as_ref()), None),
        None => rustls_native_certs::load_native_certs(),
    };
    if loaded.certs.is_empty() {
        let why = match bundle {
            Some(bundle) => format!("`AWS_CA_BUNDLE` names `{bundle}`, which has no certificates"),
            None => "this host has no certificates to trust; set `AWS_CA_BUNDLE`".to_owned(),
        };
        let refused = Error::invalid_field("AWS_CA_BUNDLE", why);
        return Err(match loaded.errors.into_iter().next() {
            Some(cause) => refused.with_source(cause),
            None => refused,
        });
    }
    let roots = loaded
        .certs
        .iter()
        .map(|root| Certificate::from_der(root.as_ref()).to_owned())
        .collect();
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build())
}

/// The proxy of `HTTPS_PROXY`, which `NO_PROXY` makes exceptions from.
fn proxy(environment: &AwsEnvironment) -> Result<Option<Proxy>> {
    let Some(url) = environment.first(&["HTTPS_PROXY", "https_proxy"]) else {
        return Ok(None);
    };
    let refused = || Error::invalid_field("HTTPS_PROXY", "`HTTPS_PROXY` is not the URL of a proxy");
    let given = Proxy::new(url).map_err(|_| refused())?;
    let protocol = match given.protocol() {
        protocol @ (ProxyProtocol::Http | ProxyProtocol::Https) => protocol,
        _ => return Err(refused()),
    };
    let mut proxy = Proxy::builder(protocol)
        .host(given.host())
        .port(given.port());
    if let Some(username) = given.username() {
        proxy = proxy.username(username);
    }
    if let Some(password) = given.password() {
        proxy = proxy.password(password);
    }
    for exception in environment.get("NO_PROXY").unwrap_or_default().split(',') {
        proxy = proxy.no_proxy(exception.trim());
    }
    proxy.build().map(Some).map_err(|_| refused())
}
