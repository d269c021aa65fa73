//! The URL of a Redis as a setting: checked, and never shown.

use std::fmt;

use crate::error::Result;

/// A Redis URL that can be used by this build. What shows it leaves out all but the place.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisUrl {
    url: String,
}

impl RedisUrl {
    /// The URL, if it is one.
    ///
    /// # Errors
    /// `invalid_input` for the field `redis_url`; `unsupported` when the library was built without
    /// the feature `redis`. Neither shows the URL.
    pub fn new(url: &str) -> Result<RedisUrl> {
        check(url)?;
        Ok(RedisUrl {
            url: url.to_owned(),
        })
    }

    /// The Redis that the URL names.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    #[cfg(feature = "redis")]
    pub fn target(&self) -> Result<super::redis::Target> {
        super::redis::Target::of(&self.url)
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.url.split_once(':').map_or("", |(scheme, _)| scheme);
        write!(f, "RedisUrl({scheme}:…)")
    }
}

#[cfg(feature = "redis")]
fn check(url: &str) -> Result<()> {
    super::redis::Target::of(url).map(drop)
}

#[cfg(not(feature = "redis"))]
fn check(_url: &str) -> Result<()> {
    let message = "the Redis URL needs the feature `redis`, without which this library was built";
    let error = crate::error::Error::new(crate::error::ErrorKind::Unsupported, message);
    Err(error.with_field("redis_url"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "redis")]
    #[test]
    fn a_url_is_not_shown() {
        let url = RedisUrl::new("redis://app:secret@host").unwrap();
        assert_eq!(format!("{url:?}"), "RedisUrl(redis:…)");
    }

    #[cfg(not(feature = "redis"))]
    #[test]
    fn without_the_feature_a_url_is_refused() {
        let error = RedisUrl::new("redis://app:secret@host").unwrap_err();
        assert_eq!(error.kind(), crate::error::ErrorKind::Unsupported);
        assert!(!error.message().contains("secret"));
    }
}
