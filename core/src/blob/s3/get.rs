//! Reading a blob, going on where a broken connection stopped.

use std::io::Read;

use rusty_s3::Method;

use super::bucket::{Bucket, Call};
use super::errors::{incomprehensible, unreachable};
use super::http::Answer;
use crate::blob::{BlobRef, room_for};
use crate::error::{Error, ErrorKind, Result};

/// How often reading goes on after the connection broke.
const RESUMPTIONS: u32 = 4;

/// See [`BlobStore::get`](crate::blob::BlobStore::get).
pub(super) fn get(bucket: &Bucket, blob: &BlobRef, limit: u64) -> Result<Vec<u8>> {
    let key = bucket.key_of(blob);
    let answer = ask(bucket, blob, &Call::new(Method::Get, &key))?;
    let size = answer
        .header("content-length")
        .and_then(|length| length.parse::<u64>().ok())
        .ok_or_else(|| incomprehensible("a GET request"))?;
    let mut bytes = room_for(blob, size, limit)?;
    let etag = answer.header("etag").map(str::to_owned);
    let mut trouble = read_on(answer, size, &mut bytes);
    for _ in 0..RESUMPTIONS {
        if bytes.len() as u64 >= size {
            break;
        }
        // If the object was written anew in between, its bytes are the same or it is not this blob.
        let mut headers = vec![("range", format!("bytes={}-", bytes.len()))];
        if let Some(etag) = &etag {
            headers.insert(0, ("if-match", etag.clone()));
        }
        let answer = ask(
            bucket,
            blob,
            &Call {
                headers: &headers,
                ..Call::new(Method::Get, &key)
            },
        )?;
        if answer.status != 206 {
            // A store that knows no ranges begins anew.
            bytes.clear();
        }
        trouble = read_on(answer, size, &mut bytes);
    }
    if let Err(trouble) = trouble
        && (bytes.len() as u64) < size
    {
        return Err(unreachable(bucket, trouble));
    }
    if BlobRef::of(&bytes) != *blob {
        let message = format!("blob `{blob}` does not match its hash");
        return Err(Error::new(ErrorKind::Corrupt, message));
    }
    Ok(bytes)
}

fn ask(bucket: &Bucket, blob: &BlobRef, call: &Call<'_>) -> Result<Answer> {
    bucket.send(call)?.map_err(|refused| {
        if refused.status == 404 && !refused.is_about_bucket() {
            return Error::new(ErrorKind::NotFound, format!("no blob `{blob}`"));
        }
        refused.explain(bucket, "read blobs in")
    })
}

/// Reads what is missing to `size` bytes; what came before an error is kept.
fn read_on(answer: Answer, size: u64, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    let missing = size.saturating_sub(bytes.len() as u64);
    let mut body = answer.reader(missing.saturating_add(1)).take(missing);
    body.read_to_end(bytes)?;
    if (bytes.len() as u64) < size {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}
