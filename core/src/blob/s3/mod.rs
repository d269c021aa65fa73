//! Blobs as objects of a bucket, in Amazon S3 or a store that speaks its protocol.
//!
//! `<prefix>/sha256/<64 digits>` holds a blob; `<prefix>/sweeping/<64 digits>/` has a marker while
//! a sweep is about to remove it. Everything happens inside the call: no thread is started, and a
//! forked child makes connections of its own. Ages are told by the store's clock, never by ours.
//!
//! A blob that is there already is stored again only when it is old, which makes it young. Between
//! such a writer and a sweep stands the marker: the sweep sets it before it looks at the age for
//! the last time, the writer looks for it after it has written. One of the two sees the other, and
//! the removal that the marker announces is signed so that the store refuses it once the marker
//! counts as left behind.

mod bucket;
mod credentials;
mod errors;
mod get;
mod http;
mod list;
mod location;
mod multipart;
mod put;
mod sweep;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod xml;

use std::fmt;

use super::{BlobRef, BlobStore};
use crate::error::Result;
use crate::settings::AwsEnvironment;
use bucket::Bucket;
use location::Location;

/// From this size on, a blob is stored in parts.
const MULTIPART_BYTES: usize = 16 * 1024 * 1024;

/// A [`BlobStore`] in a bucket, which any number of hosts may share.
pub struct ObjectStore {
    bucket: Bucket,
    /// From which size on blobs are stored in parts, and how long a part is.
    multipart_bytes: usize,
    part_bytes: usize,
}

impl ObjectStore {
    /// The store that `url` names, with what it leaves out taken from `environment`.
    ///
    /// Asks nobody yet: whether the bucket is there, and whether it may be used, shows with the
    /// first blob.
    ///
    /// # Errors
    /// `invalid_input` naming the setting.
    pub fn open(url: &str, environment: &AwsEnvironment) -> Result<ObjectStore> {
        let location = Location::of(url, environment)?;
        Ok(ObjectStore {
            bucket: Bucket::open(location, environment)?,
            multipart_bytes: MULTIPART_BYTES,
            part_bytes: multipart::PART_BYTES,
        })
    }

    /// The same store with other sizes, for tests: servers of tests take small parts as well.
    #[doc(hidden)]
    #[must_use]
    pub fn in_parts_of(self, part_bytes: usize) -> ObjectStore {
        ObjectStore {
            multipart_bytes: part_bytes.saturating_add(1),
            part_bytes: part_bytes.max(1),
            ..self
        }
    }
}

impl BlobStore for ObjectStore {
    fn put(&self, bytes: &[u8]) -> Result<BlobRef> {
        put::put(self, bytes)
    }

    fn get(&self, blob: &BlobRef, limit: u64) -> Result<Vec<u8>> {
        get::get(&self.bucket, blob, limit)
    }

    fn size(&self, blob: &BlobRef) -> Result<Option<u64>> {
        Ok(self.bucket.head(blob)?.map(|object| object.size))
    }

    fn stored_before(
        &self,
        before_micros: i64,
        after: Option<&BlobRef>,
        limit: usize,
    ) -> Result<Vec<BlobRef>> {
        list::stored_before(&self.bucket, before_micros, after, limit)
    }

    fn remove_unused(&self, blob: &BlobRef, before_micros: i64) -> Result<bool> {
        sweep::remove_unused(&self.bucket, blob, before_micros)
    }

    fn sweep_unfinished(&self, before_micros: i64, limit: usize) -> Result<usize> {
        sweep::sweep_unfinished(&self.bucket, before_micros, limit)
    }

    fn description(&self) -> String {
        format!("object store, {}", self.bucket.shown())
    }
}

impl fmt::Debug for ObjectStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ObjectStore")
            .field(&self.bucket.shown())
            .finish()
    }
}
