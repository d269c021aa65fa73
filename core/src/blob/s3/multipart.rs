//! Storing a large blob in parts, each of which is tried again by itself.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use rusty_s3::Method;
use rusty_s3::actions::{
    CompleteMultipartUpload, CompleteMultipartUploadResponse, CreateMultipartUpload,
};

use super::bucket::{Bucket, Call};
use super::errors::{Refused, incomprehensible, unreachable};
use super::xml::unreadable;
use crate::error::{Error, Result};

/// How long a part is. At least 5 MiB, by the protocol.
pub(super) const PART_BYTES: usize = 8 * 1024 * 1024;

/// An upload has at most this many parts, by the protocol.
const MOST_PARTS: usize = 10_000;

/// Writes an object in parts. Nothing of it is visible before all of it is there.
pub(super) fn write(bucket: &Bucket, key: &str, bytes: &[u8], part_bytes: usize) -> Result<()> {
    let upload = begin(bucket, key)?;
    let written = write_parts(bucket, key, &upload, bytes, part_bytes)
        .and_then(|etags| complete(bucket, key, &upload, &etags));
    if written.is_err() {
        // What cannot be ended now is swept later.
        let query = [("uploadId", upload.as_str())];
        let _ = bucket.send(&Call {
            query: &query,
            ..Call::new(Method::Delete, key)
        });
    }
    written
}

/// What guards a body on its way: the store refuses one that does not match it.
pub(super) fn digest_of(bytes: &[u8]) -> String {
    STANDARD.encode(Md5::digest(bytes))
}

fn begin(bucket: &Bucket, key: &str) -> Result<String> {
    let headers = [("content-type", "application/octet-stream".to_owned())];
    let text = ask(
        bucket,
        &Call {
            query: &[("uploads", "")],
            headers: &headers,
            ..Call::new(Method::Post, key)
        },
    )?;
    let begun = CreateMultipartUpload::parse_response(&text).map_err(unreadable)?;
    Ok(begun.upload_id().to_owned())
}

fn write_parts(
    bucket: &Bucket,
    key: &str,
    upload: &str,
    bytes: &[u8],
    part_bytes: usize,
) -> Result<Vec<String>> {
    let part_bytes = part_bytes.max(bytes.len().div_ceil(MOST_PARTS));
    let mut etags = Vec::new();
    for (place, part) in bytes.chunks(part_bytes).enumerate() {
        let number = (place + 1).to_string();
        let query = [("partNumber", number.as_str()), ("uploadId", upload)];
        let headers = [("content-md5", digest_of(part))];
        let call = Call {
            query: &query,
            headers: &headers,
            body: part,
            ..Call::new(Method::Put, key)
        };
        let answer = bucket.send(&call)?.map_err(|r| refused(bucket, r))?;
        let etag = answer.header("etag");
        etags.push(etag.ok_or_else(|| incomprehensible("a part"))?.to_owned());
    }
    Ok(etags)
}

fn complete(bucket: &Bucket, key: &str, upload: &str, etags: &[String]) -> Result<()> {
    let parts = etags.iter().map(String::as_str);
    let body = CompleteMultipartUpload::new(bucket.bare(), None, key, upload, parts).body();
    let query = [("uploadId", upload)];
    let call = Call {
        query: &query,
        body: body.as_bytes(),
        ..Call::new(Method::Post, key)
    };
    let answer = match bucket.send(&call)? {
        Ok(answer) => answer,
        // An earlier try that seemed to fail did it.
        Err(refused) if refused.is_about_upload() && is_there(bucket, key)? => return Ok(()),
        Err(refusal) => return Err(refused(bucket, refusal)),
    };
    let text = answer.text().map_err(|e| unreachable(bucket, e))?;
    // The store may find out that it cannot only after it has begun to answer.
    match CompleteMultipartUploadResponse::parse(&text) {
        Ok(_) => Ok(()),
        Err(_) => Err(unreachable(bucket, Refused::read(200, None, &text))),
    }
}

fn is_there(bucket: &Bucket, key: &str) -> Result<bool> {
    match bucket.send(&Call::new(Method::Head, key))? {
        Ok(_) => Ok(true),
        Err(refusal) if refusal.status == 404 => Ok(false),
        Err(refusal) => Err(refused(bucket, refusal)),
    }
}

fn ask(bucket: &Bucket, call: &Call<'_>) -> Result<String> {
    let answer = bucket.send(call)?.map_err(|r| refused(bucket, r))?;
    answer.text().map_err(|e| unreachable(bucket, e))
}

fn refused(bucket: &Bucket, refused: Refused) -> Error {
    refused.explain(bucket, "store blobs in")
}
