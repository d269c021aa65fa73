//! Blobs as files of a local directory.
//!
//! `<root>/<2 digits>/<64 digits>` holds a blob, `<root>/incoming/` what is being written. Both
//! are on one file system, so a finished file appears under its name by one rename. Names are
//! built from hexadecimal digits only, never from what a caller wrote.

mod durable;
mod sweep;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rustix::fs::{Timespec, Timestamps, UTIME_NOW, futimens};

use super::{BlobRef, BlobStore, room_for};
use crate::error::{Error, ErrorKind, Result};
use crate::sys::crash_point::{Place, Point, reach};
use crate::sys::current_pid;
use durable::{create_directories, sync_directory};

/// A [`BlobStore`] in a directory, which any number of processes of one host may share.
#[derive(Debug)]
pub struct DirectoryStore {
    root: PathBuf,
    incoming: PathBuf,
    /// Which of the 256 directories this process knows to survive a power cut.
    durable: [AtomicBool; 256],
    next_name: AtomicU64,
    /// What happens right before a new file gets its name.
    #[cfg(test)]
    before_rename: std::sync::OnceLock<fn(&DirectoryStore, &BlobRef)>,
}

/// What came of making a blob young that is already there.
#[derive(Debug)]
enum Renewal {
    /// It is durable and young.
    Done,
    /// Its bytes must be written anew. While what was found in its place, if anything, is open, it
    /// is locked against a sweep.
    Impossible(Option<File>),
}

impl DirectoryStore {
    /// Opens the store at `root`, creating it and the directories above it durably if need be.
    pub fn open(root: impl Into<PathBuf>) -> Result<DirectoryStore> {
        let root = root.into();
        // A later change of the working directory must not move the store.
        let root = std::path::absolute(&root).map_err(|e| failed("find", &root, e))?;
        let incoming = root.join("incoming");
        create_directories(&incoming).map_err(|e| failed("create", &root, e))?;
        Ok(DirectoryStore {
            root,
            incoming,
            durable: [const { AtomicBool::new(false) }; 256],
            next_name: AtomicU64::new(0),
            #[cfg(test)]
            before_rename: std::sync::OnceLock::new(),
        })
    }

    /// The directory in which the blobs lie.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn shard_path(&self, shard: u8) -> PathBuf {
        self.root.join(format!("{shard:02x}"))
    }

    fn path(&self, blob: &BlobRef) -> PathBuf {
        self.shard_path(blob.shard()).join(blob.hex())
    }

    fn open_blob(&self, blob: &BlobRef) -> Result<Option<(File, fs::Metadata)>> {
        let path = self.path(blob);
        let mut options = OpenOptions::new();
        options
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
        let file = match options.open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(failed("open", &path, e)),
        };
        let metadata = file.metadata().map_err(|e| failed("stat", &path, e))?;
        if !metadata.is_file() {
            return Err(corrupt(blob, "is not a regular file"));
        }
        Ok(Some((file, metadata)))
    }

    /// Makes a blob that is already there durable and young, unless a sweep has just removed it or
    /// it is damaged.
    fn renew(&self, blob: &BlobRef, length: usize) -> Result<Renewal> {
        let Some((file, _)) = self.open_blob(blob)? else {
            return Ok(Renewal::Impossible(None));
        };
        let path = self.path(blob);
        match renew_file(&file, &path, length) {
            Ok(true) => Ok(Renewal::Done),
            Ok(false) => Ok(Renewal::Impossible(Some(file))),
            // Another user's file: a copy of our own in its place is as good.
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => {
                Ok(Renewal::Impossible(Some(file)))
            }
            Err(e) => Err(failed("renew", &path, e)),
        }
    }

    fn write(&self, blob: &BlobRef, bytes: &[u8]) -> Result<()> {
        reach(Point::At(Place::BlobBegun));
        let (mut file, temporary) = self.create_incoming()?;
        reach(Point::At(Place::BlobOpened));
        let path = self.path(blob);
        let stored = file
            .write_all(bytes)
            .inspect(|()| reach(Point::At(Place::BlobWritten)))
            .and_then(|()| file.sync_all())
            .inspect(|()| reach(Point::At(Place::BlobSynced)))
            .and_then(|()| fs::create_dir_all(self.shard_path(blob.shard())))
            .inspect(|()| self.about_to_rename(blob))
            .and_then(|()| fs::rename(&temporary, &path))
            .inspect(|()| reach(Point::At(Place::BlobRenamed)));
        stored.map_err(|e| {
            // What cannot be removed now is swept later.
            let _ = fs::remove_file(&temporary);
            failed("write", &path, e)
        })
    }

    fn about_to_rename(&self, _blob: &BlobRef) {
        #[cfg(test)]
        if let Some(happens) = self.before_rename.get() {
            happens(self, _blob);
        }
    }

    /// A new file of a name that no other writer has, even one with our pid in another namespace.
    fn create_incoming(&self) -> Result<(File, PathBuf)> {
        loop {
            let number = self.next_name.fetch_add(1, Ordering::Relaxed);
            let path = self.incoming.join(format!("{}-{number}", current_pid()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((file, path)),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(failed("create", &path, e)),
            }
        }
    }

    /// Makes the directory entry of a blob durable, and once per process that of its directory.
    fn sync_entry(&self, blob: &BlobRef) -> Result<()> {
        let shard = self.shard_path(blob.shard());
        sync_directory(&shard).map_err(|e| failed("sync", &shard, e))?;
        reach(Point::At(Place::BlobFolderSynced));
        // INVARIANT: there is one flag for each value of a byte.
        let known = &self.durable[usize::from(blob.shard())];
        if !known.load(Ordering::Acquire) {
            // Even if it was there before: who made it may have died before syncing it.
            sync_directory(&self.root).map_err(|e| failed("sync", &self.root, e))?;
            known.store(true, Ordering::Release);
        }
        Ok(())
    }
}

impl BlobStore for DirectoryStore {
    fn put(&self, bytes: &[u8]) -> Result<BlobRef> {
        let blob = BlobRef::of(bytes);
        match self.renew(&blob, bytes.len())? {
            Renewal::Done => reach(Point::At(Place::BlobRenewed)),
            Renewal::Impossible(replaced) => {
                let written = self.write(&blob, bytes);
                // Not before: a sweep that is about to remove it would remove the new one.
                drop(replaced);
                written?;
            }
        }
        self.sync_entry(&blob)?;
        reach(Point::At(Place::BlobStored));
        Ok(blob)
    }

    fn get(&self, blob: &BlobRef, limit: u64) -> Result<Vec<u8>> {
        let Some((file, metadata)) = self.open_blob(blob)? else {
            return Err(Error::new(ErrorKind::NotFound, format!("no blob `{blob}`")));
        };
        let size = metadata.size();
        let mut bytes = room_for(blob, size, limit)?;
        file.take(size.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|e| failed("read", &self.path(blob), e))?;
        if BlobRef::of(&bytes) != *blob {
            return Err(corrupt(blob, "does not match its hash"));
        }
        Ok(bytes)
    }

    fn size(&self, blob: &BlobRef) -> Result<Option<u64>> {
        Ok(self.open_blob(blob)?.map(|(_, metadata)| metadata.size()))
    }

    fn stored_before(
        &self,
        before_micros: i64,
        after: Option<&BlobRef>,
        limit: usize,
    ) -> Result<Vec<BlobRef>> {
        sweep::stored_before(self, before_micros, after, limit)
    }

    fn remove_unused(&self, blob: &BlobRef, before_micros: i64) -> Result<bool> {
        match self.open_blob(blob)? {
            Some((file, _)) => sweep::remove_found(&file, &self.path(blob), before_micros),
            None => Ok(false),
        }
    }

    fn sweep_unfinished(&self, before_micros: i64, limit: usize) -> Result<usize> {
        sweep::sweep_unfinished(&self.incoming, before_micros, limit)
    }

    fn description(&self) -> String {
        format!("directory `{}`", self.root.display())
    }
}

/// Makes an open file durable and young; false if it is no longer in its place, or damaged.
fn renew_file(file: &File, path: &Path, length: usize) -> io::Result<bool> {
    // A sweep holds this lock while it decides; after it, the place tells its answer.
    file.lock_shared()?;
    let metadata = file.metadata()?;
    if u64::try_from(length) != Ok(metadata.size()) || !is_at(&metadata, path)? {
        return Ok(false);
    }
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: UTIME_NOW,
    };
    let times = Timestamps {
        last_access: now,
        last_modification: now,
    };
    futimens(file, &times)?;
    file.sync_all()?;
    Ok(true)
}

/// Whether a file is the one at `path`. Its link count does not tell: a backup may hold a link.
fn is_at(file: &fs::Metadata, path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (file.dev(), file.ino())),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

fn failed(verb: &str, path: &Path, cause: io::Error) -> Error {
    let message = format!("cannot {verb} `{}` in the blob store", path.display());
    Error::new(ErrorKind::Unavailable, message).with_source(cause)
}

fn corrupt(blob: &BlobRef, what: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("blob `{blob}` {what}"))
}

#[cfg(test)]
mod tests;
