//! A socket that never blocks: who has to wait says for how long.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;
use socket2::{Domain, SockAddr, Type};

/// A stream socket, perhaps still on its way to being connected.
#[derive(Debug)]
pub(super) struct Socket {
    inner: socket2::Socket,
}

/// What to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Reading,
    Writing,
}

impl Socket {
    pub(super) fn to_address(address: SocketAddr) -> io::Result<Socket> {
        let inner = socket2::Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        // Hints are small, and must not wait for one another.
        inner.set_tcp_nodelay(true)?;
        // Notices a peer that is gone for good without a word.
        inner.set_keepalive(true)?;
        Socket { inner }.begin(&address.into())
    }

    pub(super) fn to_path(path: &Path) -> io::Result<Socket> {
        let inner = socket2::Socket::new(Domain::UNIX, Type::STREAM, None)?;
        Socket { inner }.begin(&SockAddr::unix(path)?)
    }

    fn begin(self, address: &SockAddr) -> io::Result<Socket> {
        self.inner.set_nonblocking(true)?;
        match self.inner.connect(address) {
            Ok(()) => Ok(self),
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(self),
            Err(error) => Err(error),
        }
    }

    /// Whether the connection stands; an error if it will not.
    pub(super) fn is_connected(&self) -> io::Result<bool> {
        if let Some(error) = self.inner.take_error()? {
            return Err(error);
        }
        match self.inner.peer_addr() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Waits until what is wanted can be done, `other` is readable, or the time is over; whether
    /// it was the first.
    pub(super) fn wait(
        &self,
        wanted: Wanted,
        time: Duration,
        other: Option<BorrowedFd<'_>>,
    ) -> io::Result<bool> {
        let flags = match wanted {
            Wanted::Reading => PollFlags::IN,
            Wanted::Writing => PollFlags::OUT,
        };
        let mut fds = vec![PollFd::new(&self.inner, flags)];
        if let Some(other) = &other {
            fds.push(PollFd::new(other, PollFlags::IN));
        }
        let time = Timespec::try_from(time).ok();
        match poll(&mut fds, time.as_ref()) {
            Ok(_) => Ok(fds.first().is_some_and(|own| !own.revents().is_empty())),
            // A signal came; the caller looks at its watch and waits again.
            Err(rustix::io::Errno::INTR) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner.as_fd()
    }
}

impl Read for Socket {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.inner.read(into)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A peer that is gone must not send this process a signal: it may be a C program's.
        #[cfg(target_os = "linux")]
        let flags = libc::MSG_NOSIGNAL;
        #[cfg(not(target_os = "linux"))]
        let flags = 0;
        self.inner.send_with_flags(bytes, flags)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
