//! Removing blobs, so that a writer of the same bytes at the same moment notices.
//!
//! The order is what makes it safe, in a store that shows each write to all reads after it. The
//! sweep writes a marker, and then looks at the age for the last time; a writer writes the object,
//! and then looks for markers. So the sweep sees a young object, or the writer a marker, and a
//! writer that sees one waits for its end and begins anew. A removal is signed as of the moment of
//! its marker: however late it comes, after a stop of this process or on a slow way, the store
//! refuses it once no writer waits for the marker any more.

use std::time::Duration;

use rusty_s3::Method;

use super::bucket::{Bucket, Call, date_of};
use super::list::{is_older, list, text_of, was_before};
use super::xml::{Uploads, parse};
use crate::blob::BlobRef;
use crate::error::{Error, ErrorKind, Result};
use crate::job::time::duration_micros;
use crate::job::{Timestamp, random_unit};

/// How long a store takes a removal, counted from its marker.
const REMOVED_WITHIN: Duration = Duration::from_secs(30);

/// A marker of this age was left behind by a sweep that died.
const VOID_AT: Duration = Duration::from_secs(60);

/// How long a writer waits for a sweep, and how long between two looks.
const WAIT: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(100);

/// See [`BlobStore::remove_unused`](crate::blob::BlobStore::remove_unused).
pub(super) fn remove_unused(bucket: &Bucket, blob: &BlobRef, before_micros: i64) -> Result<bool> {
    let is_old = || {
        let object = bucket.head(blob)?;
        Ok::<_, Error>(object.is_some_and(|o| was_before(bucket, o.modified, before_micros)))
    };
    // Most that are asked about are old; a young one costs no marker.
    if !is_old()? {
        return Ok(false);
    }
    let begun = bucket.boot_micros();
    let (marker, announced) = announce(bucket, blob)?;
    let is_late = || {
        let passed = bucket.boot_micros().saturating_sub(begun);
        passed > duration_micros(REMOVED_WITHIN)
    };
    let removed = match is_old() {
        Ok(true) if !is_late() => remove(bucket, blob, announced),
        Ok(_) => Ok(Some(false)),
        Err(error) => {
            withdraw(bucket, &marker);
            return Err(error);
        }
    };
    match removed {
        Ok(Some(removed)) => {
            withdraw(bucket, &marker);
            Ok(removed)
        }
        // The store refused it, which it does with one that comes too late.
        Ok(None) if is_late() => Ok(false),
        Ok(None) => unreachable_removal(bucket, blob),
        // It may still arrive: the marker stays until it cannot.
        Err(error) => Err(error),
    }
}

/// Whether a sweep may be about to remove the blob.
pub(super) fn is_announced(bucket: &Bucket, blob: &BlobRef) -> Result<bool> {
    let page = list(bucket, &folder_of(bucket, blob), None, None, 100)?;
    let now = bucket.store_now();
    Ok(page.objects.iter().any(|marker| {
        let set = marker.last_modified.as_deref().map(Timestamp::parse);
        // One that does not tell its age counts.
        !matches!(set, Some(Ok(set)) if now.since(set) >= VOID_AT)
    }))
}

/// Waits until no sweep is about to remove the blob.
///
/// # Errors
/// `unavailable` when that takes too long: the sweep died, and nobody knows what comes of it.
pub(super) fn wait(bucket: &Bucket, blob: &BlobRef) -> Result<()> {
    let begun = bucket.boot_micros();
    loop {
        std::thread::sleep(LOOK);
        if !is_announced(bucket, blob)? {
            return Ok(());
        }
        if bucket.boot_micros().saturating_sub(begun) > duration_micros(WAIT) {
            let message = format!("blob `{blob}` is about to be removed; try again in a minute");
            return Err(Error::new(ErrorKind::Unavailable, message));
        }
    }
}

/// See [`BlobStore::sweep_unfinished`](crate::blob::BlobStore::sweep_unfinished).
pub(super) fn sweep_unfinished(bucket: &Bucket, before_micros: i64, limit: usize) -> Result<usize> {
    let uploads = abort_uploads(bucket, before_micros, limit)?;
    let markers = remove_markers(bucket, before_micros, limit - uploads)?;
    Ok(uploads + markers)
}

fn folder_of(bucket: &Bucket, blob: &BlobRef) -> String {
    bucket.key(&format!("sweeping/{}/", blob.hex()))
}

/// Sets a marker of our own; returns its key and when it was set, by the store's clock.
fn announce(bucket: &Bucket, blob: &BlobRef) -> Result<(String, Timestamp)> {
    let (high, low) = (random_unit().to_bits(), random_unit().to_bits());
    let marker = format!("{}{high:016x}{low:016x}", folder_of(bucket, blob));
    match bucket.send(&Call::new(Method::Put, &marker))? {
        Ok(answer) => {
            let set = date_of(&answer).unwrap_or_else(|| bucket.store_now());
            Ok((marker, set))
        }
        Err(refused) => Err(refused.explain(bucket, "remove blobs from")),
    }
}

/// Takes a marker away. One that stays is void soon, and swept later.
fn withdraw(bucket: &Bucket, marker: &str) {
    let _ = bucket.send(&Call::new(Method::Delete, marker));
}

/// Removes the object; `None` when the store refused that.
fn remove(bucket: &Bucket, blob: &BlobRef, announced: Timestamp) -> Result<Option<bool>> {
    let key = bucket.key_of(blob);
    let call = Call {
        signed: Some((announced, REMOVED_WITHIN)),
        ..Call::new(Method::Delete, &key)
    };
    match bucket.send(&call)? {
        Ok(_) => Ok(Some(true)),
        Err(refused) if refused.status == 404 => Ok(Some(false)),
        Err(refused) if matches!(refused.status, 400 | 403) => Ok(None),
        Err(refused) => Err(refused.explain(bucket, "remove blobs from")),
    }
}

fn unreachable_removal(bucket: &Bucket, blob: &BlobRef) -> Result<bool> {
    let shown = bucket.shown();
    let message =
        format!("the object store does not let these keys remove `{blob}` from `{shown}`");
    Err(Error::invalid_field("blobs_url", message))
}

fn abort_uploads(bucket: &Bucket, before_micros: i64, limit: usize) -> Result<usize> {
    let folder = bucket.key("sha256/");
    let mut aborted = 0;
    let mut next: Option<(String, String)> = None;
    while aborted < limit {
        let mut query = vec![("prefix", folder.as_str()), ("uploads", "")];
        if let Some((key, id)) = &next {
            query.insert(0, ("key-marker", key));
            query.insert(2, ("upload-id-marker", id));
        }
        let text = text_of(bucket, &query)?;
        let page: Uploads = parse(&text)?;
        let old = page.uploads.iter().filter(|upload| {
            upload.key.starts_with(&folder)
                && is_older(bucket, Some(&upload.initiated), before_micros)
        });
        for upload in old.take(limit - aborted) {
            let query = [("uploadId", upload.id.as_str())];
            let call = Call {
                query: &query,
                ..Call::new(Method::Delete, &upload.key)
            };
            match bucket.send(&call)? {
                Ok(_) => aborted += 1,
                // Another sweep, or a very slow writer that has just finished after all.
                Err(refused) if refused.status == 404 => {}
                Err(refused) => return Err(refused.explain(bucket, "end uploads in")),
            }
        }
        match page.next() {
            Some(more) => next = Some(more),
            None => break,
        }
    }
    Ok(aborted)
}

fn remove_markers(bucket: &Bucket, before_micros: i64, limit: usize) -> Result<usize> {
    let folder = bucket.key("sweeping/");
    let page = list(bucket, &folder, None, None, 1000)?;
    let old = page
        .objects
        .iter()
        .filter(|marker| is_older(bucket, marker.last_modified.as_deref(), before_micros));
    let mut removed = 0;
    for marker in old.take(limit) {
        withdraw(bucket, &marker.key);
        removed += 1;
    }
    Ok(removed)
}
