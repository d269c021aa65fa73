//! A Redis or a Valkey.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::sync::OnceLock;

use rustix::process::Signal;

use super::is_here;
use super::server::Server;
use crate::process::environment;

/// The address of a server that several processes share.
const SHARED: &str = "FLOORJOBS_TEST_REDIS_URL";

/// A Redis of the test's own, which it may break. It is killed when this is dropped.
pub(crate) struct Redis {
    server: Server,
}

impl Redis {
    /// Starts one that keeps nothing on disk; `None` if there is none here and the test is to be
    /// skipped.
    pub(crate) fn start() -> Option<Redis> {
        Redis::start_with(&[])
    }

    /// Starts one with settings, such as `("appendonly", "yes")`.
    pub(crate) fn start_with(settings: &[(&str, &str)]) -> Option<Redis> {
        if !is_here(&["redis-server", "valkey-server"]) {
            return None;
        }
        let settings = settings
            .iter()
            .flat_map(|(name, value)| [format!("--{name}"), (*value).to_owned()]);
        let arguments: Vec<_> = settings.collect();
        Some(Redis {
            server: Server::start("redis.sh", &arguments, answers),
        })
    }

    /// Its address by TCP.
    pub(crate) fn url(&self) -> String {
        url_of(self.port())
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.port
    }

    /// Its unix socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.server.folder().join("redis.sock")
    }

    /// Stops it as an administrator does: it saves what it is told to save.
    pub(crate) fn stop(&mut self) {
        self.server.end(Signal::TERM);
    }

    /// Ends it without any preparation.
    pub(crate) fn kill(&mut self) {
        self.server.end(Signal::KILL);
    }

    /// Starts it again after [`stop`](Self::stop) or [`kill`](Self::kill).
    pub(crate) fn start_again(&mut self) {
        self.server.start_again(answers);
    }

    /// Lets it stand still: connections stay open, and nothing is answered.
    pub(crate) fn freeze(&self) {
        self.server.signal_all(Signal::STOP);
    }

    pub(crate) fn thaw(&self) {
        self.server.signal_all(Signal::CONT);
    }

    /// Gives it a command, as one line, and returns the first line of the answer.
    pub(crate) fn order(&self, line: &str) -> String {
        ask(self.port(), line).unwrap()
    }

    /// A number of what it tells of itself, such as `evicted_keys`.
    pub(crate) fn info(&self, field: &str) -> i64 {
        info(self.port(), field).unwrap().unwrap()
    }
}

fn info(port: u16, field: &str) -> std::io::Result<Option<i64>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.write_all(b"INFO all\r\nQUIT\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let mut values = answer
        .lines()
        .filter_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    Ok(values.next().and_then(|value| value.trim().parse().ok()))
}

/// The address of the server that tests share which leave it unharmed; `None` if the test is to be
/// skipped. Tests keep apart by a namespace of their own.
pub(crate) fn shared() -> Option<String> {
    static OWN: OnceLock<Option<Redis>> = OnceLock::new();
    if let Some(url) = environment::<String>(SHARED) {
        return Some(url);
    }
    Some(OWN.get_or_init(Redis::start).as_ref()?.url())
}

fn url_of(port: u16) -> String {
    format!("redis://127.0.0.1:{port}/0")
}

fn ask(port: u16, line: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.write_all(format!("{line}\r\n").as_bytes())?;
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n") && stream.read(&mut byte)? == 1 {
        answer.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&answer).trim_end().to_owned())
}

/// Whether it has loaded what it keeps and takes commands, or wants a password first.
fn answers(port: u16) -> bool {
    ask(port, "PING").is_ok_and(|answer| answer == "+PONG" || answer.starts_with("-NOAUTH"))
}
