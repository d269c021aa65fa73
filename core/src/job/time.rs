//! Moments in time: integer microseconds inside, RFC 3339 outside.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::error::{Error, Result};

/// A moment, UTC, as microseconds since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `micros` microseconds after the epoch.
    pub const fn from_micros(micros: i64) -> Timestamp {
        Timestamp(micros)
    }

    /// Microseconds since the epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The moment `delay` later; the far end of time if that is beyond it.
    #[must_use]
    pub fn after(self, delay: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(duration_micros(delay)))
    }

    /// How long after `earlier` this is; zero if it is not after it.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The moment that an RFC 3339 text names.
    ///
    /// # Errors
    /// `invalid_input` when the text is not RFC 3339.
    pub fn parse(text: &str) -> Result<Timestamp> {
        text.parse::<jiff::Timestamp>()
            .map(|moment| Timestamp(moment.as_microsecond()))
            .map_err(|error| {
                crate::error::Error::new(
                    crate::error::ErrorKind::InvalidInput,
                    format!("`{text}` is not an RFC 3339 time"),
                )
                .with_source(error)
            })
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(moment) => write!(f, "{moment:.*}", f.precision().unwrap_or(6)),
            // Beyond the years -9999..=9999, which RFC 3339 cannot write.
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// `duration` in whole microseconds; the largest there is if it does not fit.
pub(crate) fn duration_micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// A duration from seconds given by a caller, for the field `field`.
///
/// # Errors
/// `invalid_input` when the number is negative, not finite, or over ten years.
pub fn duration_from_seconds(field: &str, seconds: f64) -> Result<Duration> {
    const TEN_YEARS: f64 = 10.0 * 366.0 * 86_400.0;
    if !(0.0..=TEN_YEARS).contains(&seconds) {
        return Err(Error::invalid_field(
            field,
            format!("`{field}` must be between 0 and {TEN_YEARS} seconds, not {seconds}"),
        ));
    }
    Ok(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_with_six_digits_and_read_back() {
        let moment = Timestamp::from_micros(1_700_000_000_000_120);
        assert_eq!(moment.to_string(), "2023-11-14T22:13:20.000120Z");
        assert_eq!(Timestamp::parse(&moment.to_string()).unwrap(), moment);
        assert_eq!(
            serde_json::to_string(&moment).unwrap(),
            "\"2023-11-14T22:13:20.000120Z\""
        );
        assert!(Timestamp::parse("yesterday").is_err());
    }

    #[test]
    fn adding_never_overflows() {
        let end = Timestamp::from_micros(i64::MAX);
        assert_eq!(end.after(Duration::MAX), end);
        assert_eq!(Timestamp::from_micros(5).since(end), Duration::ZERO);
    }

    #[test]
    fn seconds_of_a_caller_are_checked() {
        assert!(duration_from_seconds("delay", 1.5).is_ok());
        for bad in [-1.0, f64::NAN, f64::INFINITY, 1e12] {
            let error = duration_from_seconds("delay", bad).unwrap_err();
            assert_eq!(error.field(), Some("delay"));
        }
    }
}
