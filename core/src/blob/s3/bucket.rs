//! Signed requests to one bucket, tried again where that may help.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff_of_s3::Timestamp as SigningTime;
use rusty_s3::Method;
use rusty_s3::signing::sign;

use super::credentials::Credentials;
use super::errors::{Refused, unreachable};
use super::http::{Answer, Broken, Http, OF_STORES, Request};
use super::location::Location;
use crate::blob::BlobRef;
use crate::clock::{Clock, SystemClock};
use crate::error::Result;
use crate::job::time::duration_micros;
use crate::job::{Timestamp, random_unit};
use crate::settings::AwsEnvironment;

/// How often a request is sent before its failure is told.
const TRIES: u32 = 5;

/// The pause after the first failure is at most this long, and twice that after each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// No further try begins so long after the first: somebody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the store takes a request after it was signed; its clock and the way count.
const SIGNED_FOR: Duration = Duration::from_secs(300);

/// A clock that is off by more than this is why a request was refused.
const SKEW: Duration = Duration::from_secs(60);

/// A bucket, and who we are to it.
#[derive(Debug)]
pub(super) struct Bucket {
    location: Location,
    http: Http,
    credentials: Credentials,
    clock: Arc<dyn Clock>,
    /// How many microseconds the store's clock is ahead of ours.
    ahead_micros: AtomicI64,
    first_pause: Duration,
}

/// One request to the bucket or to an object in it.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) method: Method,
    /// The object; `None` is the bucket itself.
    pub(super) key: Option<&'a str>,
    /// Sorted by name.
    pub(super) query: &'a [(&'a str, &'a str)],
    /// Sorted by name, in lower case.
    pub(super) headers: &'a [(&'a str, String)],
    pub(super) body: &'a [u8],
    /// When it was decided on, and for how long that stands; `None` signs each try anew.
    pub(super) signed: Option<(Timestamp, Duration)>,
}

/// An object as a HEAD request tells of it.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) size: u64,
    /// When it was last written, by the store's clock, in whole seconds.
    pub(super) modified: Timestamp,
    /// When the store said so, by its clock.
    pub(super) seen: Timestamp,
}

impl<'a> Call<'a> {
    pub(super) fn new(method: Method, key: &'a str) -> Call<'a> {
        Call {
            method,
            key: Some(key),
            query: &[],
            headers: &[],
            body: b"",
            signed: None,
        }
    }

    /// A question about the bucket. `query` is sorted by name.
    pub(super) fn of_bucket(query: &'a [(&'a str, &'a str)]) -> Call<'a> {
        Call {
            key: None,
            query,
            ..Call::new(Method::Get, "")
        }
    }
}

impl Bucket {
    pub(super) fn open(location: Location, environment: &AwsEnvironment) -> Result<Bucket> {
        let http = Http::new(OF_STORES, location.bucket.base_url().as_str(), environment)?;
        let credentials = Credentials::find(location.profile.as_deref(), environment)?;
        Ok(Bucket {
            location,
            http,
            credentials,
            clock: Arc::new(SystemClock),
            ahead_micros: AtomicI64::new(0),
            first_pause: FIRST_PAUSE,
        })
    }

    /// The place as it may be shown to people.
    pub(super) fn shown(&self) -> &str {
        &self.location.shown
    }

    /// The bucket without keys, for what rusty-s3 writes into bodies.
    pub(super) fn bare(&self) -> &rusty_s3::Bucket {
        &self.location.bucket
    }

    /// The region that requests are signed for.
    pub(super) fn region(&self) -> &str {
        self.location.bucket.region()
    }

    /// A key below the prefix of this store.
    pub(super) fn key(&self, rest: &str) -> String {
        format!("{}{rest}", self.location.prefix)
    }

    /// Where a blob lies.
    pub(super) fn key_of(&self, blob: &BlobRef) -> String {
        format!("{}sha256/{}", self.location.prefix, blob.hex())
    }

    /// The time by the store's clock, as far as it is known.
    pub(super) fn store_now(&self) -> Timestamp {
        self.to_store_time(self.clock.now().as_micros())
    }

    /// A moment of our clock by the store's clock.
    pub(super) fn to_store_time(&self, micros: i64) -> Timestamp {
        let ahead = self.ahead_micros.load(Ordering::Relaxed);
        Timestamp::from_micros(micros.saturating_add(ahead))
    }

    /// Microseconds that only go forward, for measuring how long something took.
    pub(super) fn boot_micros(&self) -> i64 {
        self.clock.boot_micros()
    }

    /// What is known of a blob's object, if there is one.
    pub(super) fn head(&self, blob: &BlobRef) -> Result<Option<Object>> {
        let key = self.key_of(blob);
        match self.send(&Call::new(Method::Head, &key))? {
            Ok(answer) => Ok(Some(Object::of(&answer, self.store_now())?)),
            Err(refused) if refused.status == 404 && !refused.is_about_bucket() => Ok(None),
            Err(refused) => Err(refused.explain(self, "look at blobs in")),
        }
    }

    /// Sends a request until it is answered for good, and gives up after a while.
    ///
    /// # Errors
    /// `unavailable` when the store does not answer, or answers each time that it cannot;
    /// `invalid_input` when there are no keys. That a request is refused is the inner error.
    pub(super) fn send(&self, call: &Call<'_>) -> Result<Result<Answer, Refused>> {
        let begun = self.clock.boot_micros();
        let mut is_second_chance = false;
        let mut tries = 1;
        loop {
            let ahead = self.ahead_micros.load(Ordering::Relaxed);
            let trouble = match self.send_once(call)? {
                Ok(Ok(answer)) => return Ok(Ok(answer)),
                Ok(Err(refused)) if refused.may_pass() => unreachable(self, refused),
                Ok(Err(refused)) => {
                    let learned = self.ahead_micros.load(Ordering::Relaxed);
                    let is_skewed = learned.abs_diff(ahead) > SKEW.as_micros() as u64;
                    let is_about_us = matches!(refused.status, 400 | 401 | 403);
                    // With the store's time, or with keys that have not expired.
                    if !is_second_chance
                        && is_about_us
                        && call.signed.is_none()
                        && (is_skewed || self.credentials.forget())
                    {
                        is_second_chance = true;
                        continue;
                    }
                    return Ok(Err(refused));
                }
                Err(broken) => unreachable(self, broken),
            };
            let waited = self.clock.boot_micros().saturating_sub(begun);
            if tries >= TRIES || waited >= duration_micros(PATIENCE) {
                return Err(trouble);
            }
            // Half of it is fixed, and half spread over those who were refused together.
            let pause = self.first_pause.saturating_mul(1 << (tries - 1));
            std::thread::sleep(pause.mul_f64(0.5 + 0.5 * random_unit()));
            tries += 1;
        }
    }

    fn send_once(&self, call: &Call<'_>) -> Result<Result<Result<Answer, Refused>, Broken>> {
        let url = self.sign(call)?;
        let request = Request {
            method: call.method.to_str(),
            url: &url,
            headers: call.headers,
            body: call.body,
        };
        let answer = match self.http.send(&request) {
            Ok(answer) => answer,
            Err(broken) => return Ok(Err(broken)),
        };
        if let Some(date) = date_of(&answer) {
            // The header has whole seconds: on average it is half a second later.
            let ahead = date.as_micros().saturating_add(500_000);
            let ahead = ahead.saturating_sub(self.clock.now().as_micros());
            self.ahead_micros.store(ahead, Ordering::Relaxed);
        }
        if answer.status < 300 {
            return Ok(Ok(Ok(answer)));
        }
        Ok(Refused::of(answer).map(Err))
    }

    /// The URL with which the store takes this request as ours. Holds a signature: never shown.
    fn sign(&self, call: &Call<'_>) -> Result<String> {
        let keys = self.credentials.keys()?;
        let (at, expiry) = call.signed.unwrap_or((self.store_now(), SIGNED_FOR));
        let bucket = &self.location.bucket;
        let url = match call.key {
            Some(key) => bucket.object_url(key),
            None => bucket.base_url().clone(),
        };
        let at = SigningTime::from_microsecond(at.as_micros()).unwrap_or_default();
        let signed = sign(
            &at,
            call.method,
            url,
            keys.key(),
            keys.secret(),
            keys.token(),
            bucket.region(),
            expiry.as_secs(),
            call.query.iter().copied(),
            call.headers
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        );
        Ok(signed.into())
    }

    /// The same bucket with hardly a pause between tries, for tests.
    #[cfg(test)]
    pub(super) fn hasty(self) -> Bucket {
        Bucket {
            first_pause: Duration::from_millis(1),
            ..self
        }
    }

    /// The same bucket by another clock, for tests.
    #[cfg(test)]
    pub(super) fn by(self, clock: Arc<dyn Clock>) -> Bucket {
        Bucket { clock, ..self }
    }
}

impl Object {
    fn of(answer: &Answer, now: Timestamp) -> Result<Object> {
        let size = answer.header("content-length").and_then(|n| n.parse().ok());
        let modified = answer.header("last-modified").and_then(http_date);
        let (Some(size), Some(modified)) = (size, modified) else {
            return Err(super::errors::incomprehensible("a HEAD request"));
        };
        Ok(Object {
            size,
            modified,
            seen: date_of(answer).unwrap_or(now),
        })
    }

    /// How long ago it was written, as the store sees it.
    pub(super) fn age(&self) -> Duration {
        self.seen.since(self.modified)
    }
}

/// The moment of an answer, by the store's clock.
pub(super) fn date_of(answer: &Answer) -> Option<Timestamp> {
    http_date(answer.header("date")?)
}

/// Reads a date such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
fn http_date(text: &str) -> Option<Timestamp> {
    let moment = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Timestamp::from_micros(moment.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_headers_are_read() {
        let read = http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(read, Timestamp::parse("1994-11-06T08:49:37Z").unwrap());
        assert_eq!(http_date("yesterday"), None);
    }

    /// The example of "Authenticating Requests: Using Query Parameters" in Amazon's documentation.
    #[test]
    fn a_request_is_signed_as_in_the_documentation() {
        let environment = AwsEnvironment::with(&[
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            (
                "AWS_SECRET_ACCESS_KEY",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            ),
        ]);
        let url = "s3://examplebucket?endpoint=https://s3.amazonaws.com&path_style=false";
        let location = Location::of(url, &environment).unwrap();
        let bucket = Bucket::open(location, &environment).unwrap();
        let at = Timestamp::parse("2013-05-24T00:00:00Z").unwrap();
        let call = Call {
            signed: Some((at, Duration::from_secs(86_400))),
            ..Call::new(Method::Get, "test.txt")
        };
        let signed = bucket.sign(&call).unwrap();
        assert_eq!(
            signed,
            "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
             &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        );
    }
}
