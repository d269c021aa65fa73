//! Reads `file:` URLs (RFC 8089) as directory paths.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use crate::error::{Error, Result};

/// The directory that a `file:` URL names. A path without a leading `/` is relative to the
/// working directory, an extension of the RFC for settings.
pub(super) fn directory_path(url: &str) -> Result<PathBuf> {
    let Some(rest) = url.strip_prefix("file:") else {
        return Err(refused(url, "does not start with file: or s3:"));
    };
    let path = match rest.strip_prefix("//") {
        // With an authority the path is absolute; only this host's files can be reached.
        Some(authority_and_path) => match authority_and_path.find('/') {
            Some(end) => {
                let (authority, path) = authority_and_path.split_at(end);
                if !authority.is_empty() && authority != "localhost" {
                    return Err(refused(url, "names another host"));
                }
                path
            }
            None => return Err(refused(url, "has two slashes; a path takes one or three")),
        },
        None => rest,
    };
    let bytes = decode_percent(path).ok_or_else(|| refused(url, "has a broken % escape"))?;
    if bytes.is_empty() || bytes.contains(&0) {
        return Err(refused(url, "names no directory"));
    }
    Ok(PathBuf::from(OsString::from_vec(bytes)))
}

fn refused(url: &str, reason: &str) -> Error {
    Error::invalid_field("blobs_url", format!("blobs URL `{url}` {reason}"))
}

/// The bytes of a text with percent escapes, unless one of them is broken.
pub(super) fn decode_percent(text: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            decoded.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use std::path::Path;

    #[test]
    fn the_forms_of_a_directory() {
        for (url, path) in [
            ("file:blobs", "blobs"),
            ("file:./a/b", "./a/b"),
            ("file:/var/blobs", "/var/blobs"),
            ("file:///var/blobs", "/var/blobs"),
            ("file://localhost/var/blobs", "/var/blobs"),
            ("file:///with%20space/100%25", "/with space/100%"),
        ] {
            assert_eq!(directory_path(url).unwrap(), Path::new(path), "{url}");
        }
    }

    #[test]
    fn what_is_refused_names_the_setting() {
        for url in [
            "",
            "/var/blobs",
            "http://host/x",
            "file:",
            "file://",
            "file://blobs",
            "file://elsewhere/blobs",
            "file:/a%2",
            "file:/a%zz",
            "file:/a%00",
        ] {
            let error = directory_path(url).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{url}");
            assert_eq!(error.field(), Some("blobs_url"));
        }
    }
}
