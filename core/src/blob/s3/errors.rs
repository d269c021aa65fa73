//! What a store's refusal means here.

use std::fmt;

use super::bucket::Bucket;
use super::http::{Answer, Broken};
use super::xml::{self, Refusal};
use crate::error::{Error, ErrorKind};

/// The longest part of a store's own words that is repeated.
const MOST_QUOTED: usize = 200;

/// A request that the store answered, but not with what was asked for.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) status: u16,
    code: Option<String>,
    message: Option<String>,
    /// Where the bucket really is, if that is the trouble.
    region: Option<String>,
}

impl Refused {
    /// Reads what the store says of its refusal.
    pub(super) fn of(answer: Answer) -> Result<Refused, Broken> {
        let status = answer.status;
        let region = answer.header("x-amz-bucket-region").map(str::to_owned);
        let text = answer.text()?;
        Ok(Refused::read(status, region, &text))
    }

    /// A refusal in an answer that began well, as the end of an upload in parts can be.
    pub(super) fn read(status: u16, region: Option<String>, text: &str) -> Refused {
        let refusal = xml::parse::<Refusal>(text).ok();
        let said = refusal.map(|refusal| (refusal.code, refusal.message, refusal.region));
        let (code, message, said_region) = said.unwrap_or_default();
        Refused {
            status,
            code,
            message: message.map(|text| text.chars().take(MOST_QUOTED).collect()),
            region: region.or(said_region),
        }
    }

    fn code(&self) -> &str {
        self.code.as_deref().unwrap_or_default()
    }

    /// Whether the same request may be taken a moment later.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self.status, 408 | 429 | 500 | 502 | 503 | 504)
            || matches!(
                self.code(),
                "InternalError"
                    | "OperationAborted"
                    | "RequestTimeout"
                    | "SlowDown"
                    | "ServiceUnavailable"
                    | "Throttling"
                    | "ThrottlingException"
                    // Damaged on its way.
                    | "BadDigest"
            )
    }

    /// Whether it is the bucket that does not exist, not the object.
    pub(super) fn is_about_bucket(&self) -> bool {
        self.code() == "NoSuchBucket"
    }

    /// Whether an upload in parts has ended, one way or the other.
    pub(super) fn is_about_upload(&self) -> bool {
        self.code() == "NoSuchUpload"
    }

    /// The refusal as an error; `verb` is what could not be done, such as `store blobs in`.
    pub(super) fn explain(self, bucket: &Bucket, verb: &str) -> Error {
        let shown = bucket.shown();
        let (field, why) = match (self.status, self.code()) {
            (_, "NoSuchBucket") => ("blobs_url", format!("bucket of `{shown}` does not exist")),
            (
                _,
                "InvalidAccessKeyId"
                | "SignatureDoesNotMatch"
                | "InvalidToken"
                | "ExpiredToken"
                | "TokenRefreshRequired"
                | "InvalidClientTokenId"
                | "UnrecognizedClientException",
            ) => (
                "AWS_ACCESS_KEY_ID",
                format!("the keys for `{shown}` are not accepted by the object store"),
            ),
            (_, "RequestTimeTooSkewed") => (
                "blobs_url",
                format!("this host's clock is too far off to {verb} `{shown}`"),
            ),
            (301 | 307 | 308, _) | (_, "AuthorizationHeaderMalformed" | "PermanentRedirect") => {
                let why = match &self.region {
                    Some(region) if region != bucket.region() => {
                        format!("bucket of `{shown}` is in region `{region}`; set `AWS_REGION`")
                    }
                    _ => format!("bucket of `{shown}` has another endpoint or region"),
                };
                ("blobs_url", why)
            }
            (401 | 403, _) => (
                "blobs_url",
                format!("the object store does not let these keys {verb} `{shown}`"),
            ),
            _ => {
                let message = format!("cannot {verb} `{shown}`");
                return Error::new(ErrorKind::Unavailable, message).with_source(self);
            }
        };
        Error::invalid_field(field, why).with_source(self)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the object store answered {}", self.status)?;
        for said in [&self.code, &self.message].into_iter().flatten() {
            write!(f, ", {said}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}

/// The store did not answer, or said each time that it cannot.
pub(super) fn unreachable(
    bucket: &Bucket,
    cause: impl std::error::Error + Send + Sync + 'static,
) -> Error {
    let message = format!(
        "object store of `{}` cannot be used at the moment",
        bucket.shown()
    );
    Error::new(ErrorKind::Unavailable, message).with_source(cause)
}

/// The store answered something that is not of its protocol.
pub(super) fn incomprehensible(what: &str) -> Error {
    let message = format!("the object store's answer to {what} lacks what it must have");
    Error::new(ErrorKind::Unavailable, message)
}
