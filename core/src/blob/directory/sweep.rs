//! Finds old blobs and leftovers, in bounded portions.

use std::fs::{self, File, Metadata, TryLockError};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::{DirectoryStore, failed, is_at};
use crate::blob::BlobRef;
use crate::error::Result;

/// When a file was last written or renewed, in microseconds of UTC.
pub(super) fn modified_micros(metadata: &Metadata) -> i64 {
    metadata
        .mtime()
        .saturating_mul(1_000_000)
        .saturating_add(metadata.mtime_nsec() / 1_000)
}

/// See [`BlobStore::stored_before`](crate::blob::BlobStore::stored_before).
pub(super) fn stored_before(
    store: &DirectoryStore,
    before_micros: i64,
    after: Option<&BlobRef>,
    limit: usize,
) -> Result<Vec<BlobRef>> {
    let mut found = Vec::new();
    for shard in after.map_or(0, BlobRef::shard)..=u8::MAX {
        if found.len() >= limit {
            break;
        }
        let path = store.shard_path(shard);
        let old = old_entries(&path, before_micros).map_err(|e| failed("list", &path, e))?;
        let mut blobs: Vec<_> = old
            .iter()
            .filter_map(|name| BlobRef::from_hex(name.as_bytes()))
            .filter(|blob| after.is_none_or(|after| blob > after))
            .collect();
        blobs.sort_unstable();
        blobs.truncate(limit - found.len());
        found.append(&mut blobs);
    }
    Ok(found)
}

/// Removes a blob's file that was found at `path`, if it is old and still there.
///
/// The lock keeps writers away: one that renews the file or puts another in its place holds it as
/// well. What is left is a writer that found nothing at `path`, or another file, before this one
/// came there, and puts its own here between the last look and the removal. For that its write
/// would have to be older than `before_micros`, by which this file is still to be spared. A program
/// that is none of ours and takes no lock can also lose the file that it puts here then.
pub(super) fn remove_found(file: &File, path: &Path, before_micros: i64) -> Result<bool> {
    match file.try_lock() {
        Ok(()) => {}
        // Somebody stores these bytes at this moment.
        Err(TryLockError::WouldBlock) => return Ok(false),
        Err(TryLockError::Error(e)) => return Err(failed("lock", path, e)),
    }
    let metadata = file.metadata().map_err(|e| failed("stat", path, e))?;
    let is_there = is_at(&metadata, path).map_err(|e| failed("stat", path, e))?;
    if !is_there || modified_micros(&metadata) >= before_micros {
        return Ok(false);
    }
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(failed("remove", path, e)),
    }
}

/// See [`BlobStore::sweep_unfinished`](crate::blob::BlobStore::sweep_unfinished).
pub(super) fn sweep_unfinished(incoming: &Path, before_micros: i64, limit: usize) -> Result<usize> {
    let old = old_entries(incoming, before_micros).map_err(|e| failed("list", incoming, e))?;
    let mut removed = 0;
    for name in old.iter().take(limit) {
        let path = incoming.join(name);
        match fs::remove_file(&path) {
            Ok(()) => removed += 1,
            // Another sweep, or a very slow writer that has just finished after all.
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(failed("remove", &path, e)),
        }
    }
    Ok(removed)
}

/// Names of the regular files in `directory` last modified before `before_micros`.
fn old_entries(directory: &Path, before_micros: i64) -> io::Result<Vec<std::ffi::OsString>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let mut old = Vec::new();
    for entry in entries {
        let entry = entry?;
        match entry.metadata() {
            Ok(data) if data.is_file() && modified_micros(&data) < before_micros => {
                old.push(entry.file_name());
            }
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
    }
    Ok(old)
}
