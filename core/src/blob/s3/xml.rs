//! The answers of a store that rusty-s3 has no type for.

use instant_xml::FromXml;

use crate::error::{Error, ErrorKind, Result};

const S3: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// Why a request was refused. Its elements are in no namespace.
#[derive(Debug, FromXml)]
#[xml(rename = "Error")]
pub(super) struct Refusal {
    #[xml(rename = "Code")]
    pub(super) code: Option<String>,
    #[xml(rename = "Message")]
    pub(super) message: Option<String>,
    #[xml(rename = "Region")]
    pub(super) region: Option<String>,
}

/// The uploads in parts that are not complete, of one page.
#[derive(Debug, FromXml)]
#[xml(rename = "ListMultipartUploadsResult", ns(S3))]
pub(super) struct Uploads {
    pub(super) uploads: Vec<Upload>,
    #[xml(rename = "IsTruncated")]
    is_truncated: Option<bool>,
    #[xml(rename = "NextKeyMarker")]
    next_key: Option<String>,
    #[xml(rename = "NextUploadIdMarker")]
    next_id: Option<String>,
}

impl Uploads {
    /// After which key and upload the next page begins.
    pub(super) fn next(self) -> Option<(String, String)> {
        if self.is_truncated != Some(true) {
            return None;
        }
        Some((self.next_key?, self.next_id.unwrap_or_default()))
    }
}

/// An upload in parts that is not complete.
#[derive(Debug, FromXml)]
#[xml(rename = "Upload", ns(S3))]
pub(super) struct Upload {
    #[xml(rename = "Key")]
    pub(super) key: String,
    #[xml(rename = "UploadId")]
    pub(super) id: String,
    #[xml(rename = "Initiated")]
    pub(super) initiated: String,
}

/// Reads an answer of the store.
pub(super) fn parse<'a, T: FromXml<'a>>(text: &'a str) -> Result<T> {
    instant_xml::from_str(text).map_err(unreadable)
}

/// An answer that is none of the protocol.
pub(super) fn unreadable(cause: instant_xml::Error) -> Error {
    let message = "the object store's answer cannot be read";
    Error::new(ErrorKind::Unavailable, message).with_source(cause)
}
