//! Files by content hash: the inputs of jobs and the results that they refer to.
//!
//! A blob is named by the SHA-256 of its bytes, so it never changes, storing it twice stores it
//! once, and a reader can tell whether it got what was stored. What a blob means is known to the
//! jobs that refer to it, never here.

mod directory;
mod reference;
#[cfg(feature = "s3")]
mod s3;
mod url;

use std::fmt;
use std::sync::Arc;

pub use directory::DirectoryStore;
pub use reference::BlobRef;
#[cfg(feature = "s3")]
pub use s3::ObjectStore;

use crate::error::{Error, ErrorKind, Result};
use crate::settings::AwsEnvironment;

/// A store of immutable byte strings, shared by every client and worker.
///
/// Each method may be called from any thread, and from a forked child.
pub trait BlobStore: Send + Sync + fmt::Debug {
    /// Stores `bytes` and returns the name under which they can be read.
    ///
    /// When this returns, the bytes survive a power cut, so a reference committed afterwards never
    /// dangles. Bytes that are already there are not written again, but become as young as new
    /// ones, so that [`remove_unused`](Self::remove_unused) lets them be. Racing writers of the
    /// same bytes all succeed. [`ErrorKind::Unavailable`] when the
    /// disk is full or fails; nothing is visible under the name then.
    fn put(&self, bytes: &[u8]) -> Result<BlobRef>;

    /// Reads a whole blob of at most `limit` bytes.
    ///
    /// [`ErrorKind::NotFound`] if there is none,
    /// [`ErrorKind::LimitExceeded`] if it is larger (decided
    /// before reading), [`ErrorKind::Corrupt`] if the bytes do not
    /// match the name.
    fn get(&self, blob: &BlobRef, limit: u64) -> Result<Vec<u8>>;

    /// The size of a blob in bytes, or `None` if there is none. Its content is not checked.
    fn size(&self, blob: &BlobRef) -> Result<Option<u64>>;

    /// Whether a blob is stored. Its content is not checked.
    fn exists(&self, blob: &BlobRef) -> Result<bool> {
        Ok(self.size(blob)?.is_some())
    }

    /// Names at most `limit` blobs that nobody has stored since `before_micros` (UTC).
    ///
    /// Continues after `after` in ascending order, so that a sweep can go on where it stopped;
    /// fewer than `limit` names mean the end.
    fn stored_before(
        &self,
        before_micros: i64,
        after: Option<&BlobRef>,
        limit: usize,
    ) -> Result<Vec<BlobRef>>;

    /// Removes a blob that nothing refers to, unless it was stored at or after `before_micros`.
    ///
    /// Returns whether it was removed. A [`put`](Self::put) that races with this either keeps the
    /// blob or writes it anew; it never returns a name whose bytes are gone.
    fn remove_unused(&self, blob: &BlobRef, before_micros: i64) -> Result<bool>;

    /// Removes what writers left unfinished before `before_micros`, at most `limit` pieces.
    ///
    /// Returns how many were removed. Choose an age beyond any write's duration; an hour is ample.
    fn sweep_unfinished(&self, before_micros: i64, limit: usize) -> Result<usize>;

    /// What kind of store this is and where, in words for people; holds no secret.
    fn description(&self) -> String;
}

/// Opens the store that `url` names, creating its directory if need be.
///
/// `file:relative/path`, `file:/absolute/path` and `file:///absolute/path` are directories;
/// percent escapes are decoded. `s3://bucket/prefix` is an object store, for which `environment`
/// says what the URL leaves out. [`ErrorKind::InvalidInput`] for
/// anything else, [`ErrorKind::Unsupported`] for `s3:` in a program
/// that was built without the feature `s3`.
pub fn open(url: &str, environment: &AwsEnvironment) -> Result<Arc<dyn BlobStore>> {
    if url.starts_with("s3:") {
        return open_object_store(url, environment);
    }
    let path = url::directory_path(url)?;
    Ok(Arc::new(DirectoryStore::open(path)?))
}

#[cfg(feature = "s3")]
fn open_object_store(url: &str, environment: &AwsEnvironment) -> Result<Arc<dyn BlobStore>> {
    Ok(Arc::new(ObjectStore::open(url, environment)?))
}

#[cfg(not(feature = "s3"))]
fn open_object_store(_url: &str, _environment: &AwsEnvironment) -> Result<Arc<dyn BlobStore>> {
    let message = "blobs in an object store need the feature `s3`, which this program was built \
                   without";
    Err(
        crate::error::Error::new(crate::error::ErrorKind::Unsupported, message)
            .with_field("blobs_url"),
    )
}

/// Memory for a blob of `size` bytes, of which a reader takes at most `limit`.
fn room_for(blob: &BlobRef, size: u64, limit: u64) -> Result<Vec<u8>> {
    if size > limit {
        let message = format!("blob `{blob}` has {size} bytes, more than the limit of {limit}");
        return Err(Error::new(ErrorKind::LimitExceeded, message));
    }
    let mut bytes = Vec::new();
    let capacity = usize::try_from(size).unwrap_or(usize::MAX);
    bytes.try_reserve_exact(capacity).map_err(|e| {
        let message = format!("no memory for the {size} bytes of blob `{blob}`");
        Error::new(ErrorKind::Unavailable, message).with_source(e)
    })?;
    Ok(bytes)
}
