//! The socket under a connection, and waiting for it.
//!
//! The driver is written for an asynchronous runtime. Here it gets none: [`drive`] polls it on the
//! calling thread, and where it would have to wait, the thread waits in `poll(2)` for the socket.
//! So a call starts no thread, works on a thread that drives a runtime of its own, and a fork
//! shares nothing but the descriptor, which the child closes without a word to the server.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::clock::{Clock, SystemClock};

/// A moment until which to wait, on the boot clock in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Deadline(i64);

impl Deadline {
    /// So long from now.
    pub(super) fn after(time: std::time::Duration) -> Deadline {
        let time = crate::job::time::duration_micros(time);
        Deadline(SystemClock.boot_micros().saturating_add(time))
    }

    /// How long that is from now; nothing when it is over.
    pub(super) fn left(self) -> Option<std::time::Duration> {
        let left = self.0.saturating_sub(SystemClock.boot_micros());
        let left = u64::try_from(left).ok().filter(|left| *left > 0)?;
        Some(std::time::Duration::from_micros(left))
    }
}

/// What carries the bytes; it must not block.
#[derive(Debug)]
pub(super) enum Wire {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Wire {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Wire::Tcp(stream) => (&mut &*stream).read(buffer),
            Wire::Unix(stream) => (&mut &*stream).read(buffer),
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Wire::Tcp(stream) => (&mut &*stream).write(bytes),
            Wire::Unix(stream) => (&mut &*stream).write(bytes),
        }
    }
}

impl AsFd for Wire {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Wire::Tcp(stream) => stream.as_fd(),
            Wire::Unix(stream) => stream.as_fd(),
        }
    }
}

/// A wire as the driver takes it. Only [`drive`] may poll it: it wakes nobody by itself.
#[derive(Debug, Clone)]
pub(super) struct Socket {
    wire: Arc<Wire>,
    /// Whether the last write found no room.
    is_full: Arc<AtomicBool>,
}

impl Socket {
    pub(super) fn new(wire: Wire) -> Socket {
        Socket {
            wire: Arc::new(wire),
            is_full: Arc::default(),
        }
    }

    /// The port of this side, if it has one.
    pub(super) fn local_port(&self) -> Option<u16> {
        match &*self.wire {
            Wire::Tcp(stream) => stream.local_addr().ok().map(|address| address.port()),
            Wire::Unix(_) => None,
        }
    }

    /// Waits until there is something to read, or room to write if that was missing.
    fn wait(&self, until: Deadline) -> io::Result<()> {
        let mut flags = PollFlags::IN;
        if self.is_full.load(Ordering::Relaxed) {
            flags |= PollFlags::OUT;
        }
        loop {
            let left = until.left().ok_or(io::ErrorKind::TimedOut)?;
            // Both are small enough by far.
            let left = Timespec {
                tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: left.subsec_nanos().into(),
            };
            match poll(&mut [PollFd::new(&*self.wire, flags)], Some(&left)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Without an answer yet: nothing, when the call would have blocked.
fn now_or_later<T>(mut call: impl FnMut() -> io::Result<T>) -> Poll<io::Result<T>> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
            done => return Poll::Ready(done),
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = now_or_later(|| self.wire.read(buffer.initialize_unfilled()));
        read.map_ok(|bytes| buffer.advance(bytes))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = now_or_later(|| self.wire.write(bytes));
        self.is_full.store(written.is_pending(), Ordering::Relaxed);
        written
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Whether anything that is polled asked to be polled again.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

/// Polls `work`, and `background` beside it, on this thread until `work` is done.
///
/// # Errors
/// When the time is over.
pub(super) fn drive<T>(
    socket: &Socket,
    until: Deadline,
    mut background: impl FnMut(&mut Context<'_>),
    work: impl Future<Output = T>,
) -> io::Result<T> {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let context = &mut Context::from_waker(&waker);
    let mut work = pin!(work);
    loop {
        woken.0.store(false, Ordering::Release);
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Ok(done);
        }
        background(context);
        if !woken.0.load(Ordering::Acquire) {
            socket.wait(until)?;
        }
    }
}
