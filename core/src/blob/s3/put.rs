//! Storing a blob: not again if it is there and young, and never under a sweep.

use std::time::Duration;

use rusty_s3::Method;

use super::bucket::{Bucket, Call};
use super::{ObjectStore, multipart, sweep};
use crate::blob::BlobRef;
use crate::error::{Error, ErrorKind, Result};
use crate::sys::crash_point::{Place, Point, reach};

/// A blob of this age is written again, which makes it young: far younger than any that a sweep
/// removes.
const RENEWED_AT: Duration = Duration::from_secs(6 * 60 * 60);

/// A blob that was written so recently may still be removed by a sweep that saw it before.
const SETTLED_AT: Duration = Duration::from_secs(10 * 60);

/// How often a writer that meets sweeps begins anew.
const ROUNDS: u32 = 5;

/// See [`BlobStore::put`](crate::blob::BlobStore::put).
pub(super) fn put(store: &ObjectStore, bytes: &[u8]) -> Result<BlobRef> {
    let blob = BlobRef::of(bytes);
    let bucket = &store.bucket;
    for _ in 0..ROUNDS {
        let there = bucket.head(&blob)?;
        // One of another length is damaged, and is mended.
        let there = there.filter(|object| u64::try_from(bytes.len()) == Ok(object.size));
        match there.map(|object| object.age()) {
            Some(age) if (SETTLED_AT..RENEWED_AT).contains(&age) => return Ok(blob),
            Some(age) if age < SETTLED_AT => reach(Point::At(Place::BlobRenewed)),
            _ => write(store, &blob, bytes)?,
        }
        if !sweep::is_announced(bucket, &blob)? {
            reach(Point::At(Place::BlobStored));
            return Ok(blob);
        }
        sweep::wait(bucket, &blob)?;
    }
    let message = format!("blob `{blob}` is removed again and again");
    Err(Error::new(ErrorKind::Unavailable, message))
}

fn write(store: &ObjectStore, blob: &BlobRef, bytes: &[u8]) -> Result<()> {
    reach(Point::At(Place::BlobBegun));
    let key = store.bucket.key_of(blob);
    if bytes.len() < store.multipart_bytes {
        write_whole(&store.bucket, &key, bytes)?;
    } else {
        multipart::write(&store.bucket, &key, bytes, store.part_bytes)?;
    }
    reach(Point::At(Place::BlobWritten));
    Ok(())
}

fn write_whole(bucket: &Bucket, key: &str, bytes: &[u8]) -> Result<()> {
    let headers = [
        ("content-md5", multipart::digest_of(bytes)),
        ("content-type", "application/octet-stream".to_owned()),
    ];
    let call = Call {
        headers: &headers,
        body: bytes,
        ..Call::new(Method::Put, key)
    };
    match bucket.send(&call)? {
        Ok(_) => Ok(()),
        Err(refused) => Err(refused.explain(bucket, "store blobs in")),
    }
}
