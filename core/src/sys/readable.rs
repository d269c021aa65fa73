//! Waiting on a runtime until a descriptor can be read.

use std::io;
use std::os::fd::OwnedFd;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Registers a descriptor with the runtime that the caller runs in.
///
/// Panics outside a runtime, as [`AsyncFd`] does.
pub(crate) fn watch_readable(fd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: the `AsyncFd` owns the descriptor, which stays open and the same until it is
    // dropped; `OwnedFd` hands out no other one, and nobody gets it mutably to exchange it.
    unsafe { AsyncFd::register_with_interest(fd, Interest::READABLE) }.map_err(io::Error::from)
}
