//! Listing a bucket page by page.

use rusty_s3::actions::ListObjectsV2;
use rusty_s3::actions::list_objects_v2::ListObjectsContent;

use super::bucket::{Bucket, Call};
use super::errors::unreachable;
use super::xml::unreadable;
use crate::blob::BlobRef;
use crate::error::Result;
use crate::job::Timestamp;
use crate::job::time::duration_micros;

/// How much the store's clock and what we know of it may be apart: both tell whole seconds.
const CLOCK_GRAIN: std::time::Duration = std::time::Duration::from_secs(2);

/// The most that a store lists at once.
const PAGE: usize = 1000;

/// A page of a listing, and where the next begins.
pub(super) struct Page {
    pub(super) objects: Vec<ListObjectsContent>,
    pub(super) next: Option<String>,
}

/// See [`BlobStore::stored_before`](crate::blob::BlobStore::stored_before).
pub(super) fn stored_before(
    bucket: &Bucket,
    before_micros: i64,
    after: Option<&BlobRef>,
    limit: usize,
) -> Result<Vec<BlobRef>> {
    let folder = bucket.key("sha256/");
    let after = after.map(|blob| bucket.key_of(blob));
    let mut found = Vec::new();
    let mut next = None;
    while found.len() < limit {
        let page = list(bucket, &folder, after.as_deref(), next.as_deref(), PAGE)?;
        let old = page
            .objects
            .iter()
            .filter(|object| is_older(bucket, object.last_modified.as_deref(), before_micros))
            .filter_map(|object| object.key.strip_prefix(&folder))
            .filter_map(|name| BlobRef::from_hex(name.as_bytes()));
        found.extend(old.take(limit - found.len()));
        match page.next {
            Some(token) => next = Some(token),
            None => break,
        }
    }
    Ok(found)
}

/// A page of the objects below `folder`, in the order of their keys.
pub(super) fn list(
    bucket: &Bucket,
    folder: &str,
    after: Option<&str>,
    next: Option<&str>,
    most: usize,
) -> Result<Page> {
    let most = most.to_string();
    let mut query = vec![
        ("encoding-type", "url"),
        ("list-type", "2"),
        ("max-keys", most.as_str()),
        ("prefix", folder),
    ];
    match (next, after) {
        (Some(token), _) => query.insert(0, ("continuation-token", token)),
        (None, Some(after)) => query.push(("start-after", after)),
        (None, None) => {}
    }
    let text = text_of(bucket, &query)?;
    let page = ListObjectsV2::parse_response(&text).map_err(unreadable)?;
    Ok(Page {
        objects: page.contents,
        next: page.next_continuation_token,
    })
}

/// The answer to a question about the bucket.
pub(super) fn text_of(bucket: &Bucket, query: &[(&str, &str)]) -> Result<String> {
    let answer = bucket.send(&Call::of_bucket(query))?;
    let answer = answer.map_err(|refused| refused.explain(bucket, "list blobs in"))?;
    answer.text().map_err(|e| unreachable(bucket, e))
}

/// Whether something of the store was written before a moment of our clock; in doubt, not.
pub(super) fn is_older(bucket: &Bucket, modified: Option<&str>, before_micros: i64) -> bool {
    let modified = modified.and_then(|text| Timestamp::parse(text).ok());
    modified.is_some_and(|modified| was_before(bucket, modified, before_micros))
}

/// As [`is_older`].
pub(super) fn was_before(bucket: &Bucket, modified: Timestamp, before_micros: i64) -> bool {
    let before = bucket.to_store_time(before_micros).as_micros();
    modified
        .as_micros()
        .saturating_add(duration_micros(CLOCK_GRAIN))
        < before
}
