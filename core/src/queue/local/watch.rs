//! A watch on the side file, as a descriptor that becomes readable.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::path::PathBuf;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;

use super::failed;
use crate::error::Result;

/// Sees every touch of the side file, also when the file is deleted and made anew.
///
/// Register its descriptor with an event loop, or use [`wait`](Self::wait); after each wake-up
/// call [`drain`](Self::drain) and ask the repository.
#[derive(Debug)]
pub struct WakeWatch {
    path: PathBuf,
    inotify: OwnedFd,
    /// Which file is watched, as (device, inode).
    watched: Option<(u64, u64)>,
}

impl WakeWatch {
    pub(super) fn new(path: PathBuf) -> Result<WakeWatch> {
        let inotify = platform::open().map_err(|e| failed("watch", &path, e))?;
        let mut watch = WakeWatch {
            path,
            inotify,
            watched: None,
        };
        watch.arm()?;
        Ok(watch)
    }

    /// Takes back everything that was notified, so that the descriptor is quiet again.
    ///
    /// Returns whether there was anything. A side file that was deleted or replaced is made again
    /// and watched, which counts as a wake-up, since one may have been missed. On an error the
    /// worker should open a new [`Waiter`](super::Waiter).
    pub fn drain(&mut self) -> Result<bool> {
        let seen =
            platform::take_events(&self.inotify).map_err(|e| failed("watch", &self.path, e))?;
        // A new file may have the old one's inode number, so the identity alone is no proof.
        if seen.is_file_lost || (seen.any && self.watched != platform::file_id(&self.path)) {
            self.arm()?;
        }
        Ok(seen.any)
    }

    /// Waits until something is notified or `timeout` has passed; returns whether it was.
    pub fn wait(&mut self, timeout: Duration) -> Result<bool> {
        let ready = poll_readable(&self.inotify, timeout);
        ready.map_err(|e| failed("watch", &self.path, e))?;
        self.drain()
    }

    /// Watches the file that has the name now. Another process may replace it at any moment, so
    /// the identity is compared again after arming.
    fn arm(&mut self) -> Result<()> {
        const TRIES: usize = 8;
        let mut result = Ok(());
        for _ in 0..TRIES {
            result = super::create(&self.path)
                .and_then(|()| {
                    let before = platform::file_id(&self.path);
                    platform::add_watch(&self.inotify, &self.path)?;
                    Ok(before)
                })
                .map(|before| self.watched = before);
            if result.is_ok() && self.watched == platform::file_id(&self.path) {
                return Ok(());
            }
        }
        let replaced = || io::Error::other("another process replaces it without end");
        Err(failed(
            "watch",
            &self.path,
            result.err().unwrap_or_else(replaced),
        ))
    }
}

impl AsFd for WakeWatch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}

impl AsRawFd for WakeWatch {
    fn as_raw_fd(&self) -> RawFd {
        self.inotify.as_raw_fd()
    }
}

/// What a reading of the descriptor told.
#[derive(Debug, Default)]
struct Seen {
    any: bool,
    /// The file that was watched is deleted or has another name now.
    is_file_lost: bool,
}

fn poll_readable(fd: &OwnedFd, timeout: Duration) -> io::Result<()> {
    let timeout = Timespec::try_from(timeout).ok();
    match poll(&mut [PollFd::new(fd, PollFlags::IN)], timeout.as_ref()) {
        // A signal ends the wait early, which the caller cannot tell from a time-out.
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(e) => Err(e.into()),
    }
}

#[cfg(target_os = "linux")]
mod platform {
    use std::io;
    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
    use rustix::io::Errno;

    use super::Seen;

    pub(super) fn open() -> io::Result<OwnedFd> {
        Ok(inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?)
    }

    /// A touch shows as `ATTRIB`; so does the deletion of a file that somebody still holds open.
    pub(super) fn add_watch(inotify: &OwnedFd, path: &Path) -> io::Result<()> {
        let events = WatchFlags::ATTRIB
            | WatchFlags::MODIFY
            | WatchFlags::DELETE_SELF
            | WatchFlags::MOVE_SELF;
        inotify::add_watch(inotify, path, events)?;
        Ok(())
    }

    /// The kernel merges equal events that nobody has read, so a few reads always suffice.
    pub(super) fn take_events(inotify: &OwnedFd) -> io::Result<Seen> {
        let gone = ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF | ReadFlags::IGNORED;
        let mut buffer = [MaybeUninit::uninit(); 512];
        let mut events = Reader::new(inotify, &mut buffer);
        let mut seen = Seen::default();
        loop {
            match events.next() {
                Ok(event) => {
                    seen.any = true;
                    seen.is_file_lost |= event.events().intersects(gone);
                }
                Err(Errno::AGAIN) => return Ok(seen),
                Err(Errno::INTR) => {}
                Err(e) => return Err(e.into()),
            }
        }
    }

    pub(super) fn file_id(path: &Path) -> Option<(u64, u64)> {
        std::fs::metadata(path)
            .ok()
            .map(|data| (data.dev(), data.ino()))
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    //! Elsewhere there is no watch, and workers poll.

    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use super::Seen;

    pub(super) fn open() -> io::Result<OwnedFd> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn add_watch(_inotify: &OwnedFd, _path: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn take_events(_inotify: &OwnedFd) -> io::Result<Seen> {
        Ok(Seen::default())
    }

    pub(super) fn file_id(_path: &Path) -> Option<(u64, u64)> {
        None
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::super::{Notifier, Waiter, wake_path};
    use super::*;
    use std::path::Path;

    const LONG: Duration = Duration::from_secs(10);
    const NOW: Duration = Duration::ZERO;

    fn pair(folder: &Path) -> (Notifier, WakeWatch) {
        let database = folder.join("jobs.db");
        let Waiter::Watching(watch) = Waiter::of_database(&database) else {
            panic!("Linux has inotify");
        };
        (Notifier::of_database(&database), watch)
    }

    #[test]
    fn a_touch_wakes_once() {
        let folder = tempfile::tempdir().unwrap();
        let (notifier, mut watch) = pair(folder.path());
        assert!(!watch.wait(NOW).unwrap());
        for _ in 0..1000 {
            notifier.notify().unwrap();
        }
        assert!(watch.wait(LONG).unwrap());
        assert!(!watch.wait(NOW).unwrap());
    }

    #[test]
    fn a_touch_by_another_process_wakes() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut watch) = pair(folder.path());
        let path = wake_path(&folder.path().join("jobs.db"));
        assert!(
            std::process::Command::new("touch")
                .arg(path)
                .status()
                .unwrap()
                .success()
        );
        assert!(watch.wait(LONG).unwrap());
    }

    #[test]
    fn every_watcher_wakes() {
        let folder = tempfile::tempdir().unwrap();
        let (notifier, mut first) = pair(folder.path());
        let (_, mut second) = pair(folder.path());
        first.drain().unwrap();
        notifier.notify().unwrap();
        assert!(first.wait(LONG).unwrap() && second.wait(LONG).unwrap());
    }

    #[test]
    fn a_deleted_or_replaced_side_file_is_watched_again() {
        let folder = tempfile::tempdir().unwrap();
        let (notifier, mut watch) = pair(folder.path());
        let path = wake_path(&folder.path().join("jobs.db"));

        std::fs::remove_file(&path).unwrap();
        assert!(watch.wait(LONG).unwrap(), "a wake-up may have been missed");
        watch.drain().unwrap();
        notifier.notify().unwrap();
        assert!(watch.wait(LONG).unwrap());

        let other = folder.path().join("other");
        std::fs::write(&other, b"").unwrap();
        std::fs::rename(&other, &path).unwrap();
        assert!(watch.wait(LONG).unwrap());
        watch.drain().unwrap();
        notifier.notify().unwrap();
        assert!(watch.wait(LONG).unwrap());

        std::fs::rename(&path, &other).unwrap();
        assert!(watch.wait(LONG).unwrap());
        watch.drain().unwrap();
        notifier.notify().unwrap();
        assert!(watch.wait(LONG).unwrap());
    }

    #[test]
    fn a_side_file_made_anew_before_anyone_looked_is_watched_again() {
        let folder = tempfile::tempdir().unwrap();
        let (notifier, mut watch) = pair(folder.path());
        let path = wake_path(&folder.path().join("jobs.db"));
        for _ in 0..20 {
            std::fs::remove_file(&path).unwrap();
            notifier.notify().unwrap();
            assert!(watch.wait(LONG).unwrap());
            watch.drain().unwrap();
            notifier.notify().unwrap();
            assert!(watch.wait(LONG).unwrap());
        }
    }

    #[test]
    fn a_folder_that_is_gone_is_an_error_not_a_busy_loop() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut watch) = pair(folder.path());
        std::fs::remove_dir_all(folder.path()).unwrap();
        assert!(watch.wait(LONG).is_err());
    }
}
