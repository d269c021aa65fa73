//! Keys as JSON, the way containers and machines are given them.

use serde::Deserialize;

use super::{Issued, issued};
use crate::error::{Error, ErrorKind, Result};
use crate::job::Timestamp;

/// Keys as they are issued; deliberately without `Debug`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
    expiration: Option<String>,
}

/// Reads the keys that `giver` answered with.
pub(super) fn read(giver: &str, text: &str) -> Result<Issued> {
    // The parser's error would quote what it stumbled over.
    let document: Document = serde_json::from_str(text).map_err(|_| no_keys(giver))?;
    let until = document.expiration.as_deref().map(Timestamp::parse);
    Ok(issued(
        &document.access_key_id,
        &document.secret_access_key,
        document.token.as_deref(),
        until.transpose()?,
    ))
}

/// `giver` answered, but not with keys.
pub(super) fn no_keys(giver: &str) -> Error {
    let message = format!("{giver} answered without keys for the object store");
    Error::new(ErrorKind::Unavailable, message)
}

/// `giver` did not answer as it should.
pub(super) fn refused(giver: &str, status: u16) -> Error {
    let message = format!("{giver} answered {status} when asked for keys for the object store");
    Error::new(ErrorKind::Unavailable, message)
}

/// `giver` did not answer.
pub(super) fn silent(giver: &str, cause: super::super::http::Broken) -> Error {
    let message = format!("{giver} does not answer when asked for keys for the object store");
    Error::new(ErrorKind::Unavailable, message).with_source(cause)
}
