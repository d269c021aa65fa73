//! Opening a connection: names to addresses, the socket, and what the server must be.

use std::error::Error as StdError;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, sockopt};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, TargetSessionAttrs};

use super::fault::{Fault, Op};
use super::session::Session;
use super::socket::{Deadline, Socket, Wire, drive};
use super::tls::{SslMode, Tls};
use super::url::PostgresUrl;
use crate::error::{Error, ErrorKind};

/// How long one address may take to answer, unless the URL says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Data that was sent and is not acknowledged for so long means that the other side is gone, unless
/// the URL says otherwise.
const USER_TIMEOUT: Duration = Duration::from_secs(20);

/// A silent connection is asked for a sign of life after so long; the default of two hours would
/// keep connections to a host that is gone. The URL may say otherwise.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(30);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
const KEEPALIVE_RETRIES: u32 = 3;

/// Connects to the first host of the URL that answers and is what it asks for.
pub(super) fn connect(url: &PostgresUrl) -> Op<Session> {
    let mut last = None;
    for target in targets(&url.config) {
        match target.and_then(|target| open(url, &target)) {
            Ok(session) => return Ok(session),
            Err(fault) => last = Some(fault),
        }
    }
    Err(last.unwrap_or_else(|| Fault::Away(io::ErrorKind::AddrNotAvailable.into())))
}

/// One address to try.
struct Target {
    /// The name that its certificate must have.
    name: String,
    address: Address,
}

enum Address {
    Tcp(SocketAddr),
    Unix(String),
}

/// The addresses of all hosts. Names are looked up here, on the calling thread: the driver's own
/// look-up would start one.
fn targets(config: &Config) -> Vec<Op<Target>> {
    let (hosts, addresses, ports) = (
        config.get_hosts(),
        config.get_hostaddrs(),
        config.get_ports(),
    );
    let mut targets = Vec::new();
    for place in 0..hosts.len().max(addresses.len()) {
        let port = ports.get(place).or(ports.first()).copied().unwrap_or(5432);
        let tcp = |name: &str, ip: IpAddr| Target {
            name: name.to_owned(),
            address: Address::Tcp((ip, port).into()),
        };
        match (hosts.get(place), addresses.get(place)) {
            (Some(Host::Unix(folder)), _) => targets.push(Ok(Target {
                name: String::new(),
                address: Address::Unix(socket_path(folder, port)),
            })),
            (Some(Host::Tcp(name)), Some(ip)) => targets.push(Ok(tcp(name, *ip))),
            (None, Some(ip)) => targets.push(Ok(tcp(&ip.to_string(), *ip))),
            (Some(Host::Tcp(name)), None) => match (name.as_str(), port).to_socket_addrs() {
                Ok(found) => targets.extend(found.map(|found| Ok(tcp(name, found.ip())))),
                Err(error) => targets.push(Err(Fault::Away(error))),
            },
            (None, None) => {}
        }
    }
    targets
}

fn socket_path(folder: &Path, port: u16) -> String {
    folder
        .join(format!(".s.PGSQL.{port}"))
        .to_string_lossy()
        .into_owned()
}

fn open(url: &PostgresUrl, target: &Target) -> Op<Session> {
    match open_with(url, target, url.ssl_mode) {
        // As the word says: rather with, but if that does not work, without.
        Err(Fault::Rule(_)) if url.ssl_mode == SslMode::Prefer => {
            open_with(url, target, SslMode::Disable)
        }
        opened => opened,
    }
}

fn open_with(url: &PostgresUrl, target: &Target, mode: SslMode) -> Op<Session> {
    let timeout = url.config.get_connect_timeout().copied();
    let timeout = timeout
        .filter(|time| !time.is_zero())
        .unwrap_or(CONNECT_TIMEOUT);
    let until = Deadline::after(timeout);
    let (wire, mode) = match &target.address {
        Address::Tcp(address) => {
            let stream = TcpStream::connect_timeout(address, timeout).map_err(Fault::Away)?;
            tune(&stream, &url.config).map_err(Fault::Away)?;
            stream.set_nonblocking(true).map_err(Fault::Away)?;
            (Wire::Tcp(stream), mode)
        }
        // Nobody listens in between.
        Address::Unix(path) => (
            Wire::Unix(connect_unix(path).map_err(Fault::Away)?),
            SslMode::Disable,
        ),
    };
    let socket = Socket::new(wire);
    let tls = Tls::new(mode, url.root_cert.as_deref(), &target.name).map_err(not_trusted)?;
    let mut config = Config::clone(&url.config);
    config.ssl_mode(mode.of_driver());
    let connected = drive(
        &socket,
        until,
        |_| (),
        config.connect_raw(socket.clone(), tls),
    );
    let (client, connection) = connected.map_err(Fault::Away)?.map_err(refused)?;
    let mut session = Session::new(client, connection, socket);
    if config.get_target_session_attrs() != TargetSessionAttrs::Any {
        check_role(&mut session, config.get_target_session_attrs())?;
    }
    Ok(session)
}

/// A server whose encryption is not what the URL asks for; asking again changes nothing.
fn not_trusted(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Fault {
    let message = "the connection to the job database cannot be encrypted as its URL asks";
    Fault::Rule(Error::new(ErrorKind::Unavailable, message).with_source(error))
}

/// An error of the driver, which may have the encryption as its cause.
fn refused(error: tokio_postgres::Error) -> Fault {
    let is_about_tls = error.to_string().contains("TLS");
    match is_about_tls {
        true => not_trusted(error),
        false => Fault::Sql(error),
    }
}

/// Without waiting: a full queue of those who want to be let in is an error like a closed door.
fn connect_unix(path: &str) -> io::Result<UnixStream> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)?;
    Ok(UnixStream::from(socket))
}

fn tune(stream: &TcpStream, config: &Config) -> io::Result<()> {
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    {
        let timeout = config
            .get_tcp_user_timeout()
            .copied()
            .unwrap_or(USER_TIMEOUT);
        let millis = u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX);
        sockopt::set_tcp_user_timeout(stream, millis)?;
    }
    if !config.get_keepalives() {
        return Ok(());
    }
    // The driver's own default, which says nothing of what the URL asked for.
    let idle = match config.get_keepalives_idle() {
        idle if idle == Config::new().get_keepalives_idle() => KEEPALIVE_IDLE,
        idle => idle,
    };
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, idle)?;
    let interval = config
        .get_keepalives_interval()
        .unwrap_or(KEEPALIVE_INTERVAL);
    sockopt::set_tcp_keepintvl(stream, interval)?;
    let retries = config.get_keepalives_retries().unwrap_or(KEEPALIVE_RETRIES);
    Ok(sockopt::set_tcp_keepcnt(stream, retries)?)
}

/// Refuses a standby where a primary is asked for, and the other way round.
fn check_role(session: &mut Session, wanted: TargetSessionAttrs) -> Op<()> {
    let rows = session.ask("SHOW transaction_read_only")?;
    let is_read_only = rows.first().is_some_and(|value| value == "on");
    let fits = match wanted {
        TargetSessionAttrs::ReadWrite => !is_read_only,
        TargetSessionAttrs::ReadOnly => is_read_only,
        _ => true,
    };
    match fits {
        true => Ok(()),
        false => Err(Fault::Away(io::Error::other(
            "the server is not what `target_session_attrs` asks for",
        ))),
    }
}
