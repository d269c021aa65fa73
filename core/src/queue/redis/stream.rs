//! Bytes to and from Redis, plain or through TLS, without ever blocking.

use std::io::{self, Read, Write};
use std::os::fd::BorrowedFd;
use std::time::Duration;

use rustls::{ClientConnection, StreamOwned};

use super::fault::Fault;
use super::resolve::Addresses;
use super::socket::{Socket, Wanted};
use super::target::{Address, Target};
use super::tls;

pub(super) enum Stream {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
}

impl Stream {
    /// Begins to connect.
    pub(super) fn begin(
        target: &Target,
        addresses: &mut Addresses,
        now: i64,
    ) -> Result<Stream, Fault> {
        let socket = match &target.address {
            Address::Unix(path) => Socket::to_path(path),
            Address::Tcp { host, port, .. } => {
                Socket::to_address(addresses.choose(host, *port, now)?)
            }
        };
        let socket = socket.map_err(|error| Fault::broken(&error))?;
        match &target.address {
            Address::Tcp {
                host, tls: true, ..
            } => Ok(Stream::Tls(Box::new(StreamOwned::new(
                tls::session(host)?,
                socket,
            )))),
            _ => Ok(Stream::Plain(socket)),
        }
    }

    fn socket(&self) -> &Socket {
        match self {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => &stream.sock,
        }
    }

    pub(super) fn is_connected(&self) -> io::Result<bool> {
        self.socket().is_connected()
    }

    /// Waits until there may be progress with what would have blocked; see [`Socket::wait`].
    pub(super) fn wait(
        &self,
        wanted: Wanted,
        time: Duration,
        other: Option<BorrowedFd<'_>>,
    ) -> io::Result<bool> {
        let wanted = match self {
            Stream::Tls(stream) if self.is_connected()? => match stream.conn.wants_write() {
                true => Wanted::Writing,
                // Writing may have to wait for the server's part of the handshake.
                false => Wanted::Reading,
            },
            _ => wanted,
        };
        self.socket().wait(wanted, time, other)
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.read(into),
            Stream::Tls(stream) => stream.read(into),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.write(bytes),
            Stream::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Plain(socket) => socket.flush(),
            Stream::Tls(stream) => stream.flush(),
        }
    }
}
