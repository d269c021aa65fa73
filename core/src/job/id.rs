//! Ids: of jobs, ordered by time, and of owners, random.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use uuid::{Builder, Uuid};

use super::Timestamp;
use crate::error::{Error, ErrorKind, Result};

/// The id of a job: a UUID of version 7, in text form everywhere outside the database.
///
/// Ids made at different microseconds sort by that time (RFC 9562, section 6.2, method 3), so
/// the newest job has the greatest id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(Uuid);

impl JobId {
    /// A new id for the moment `now`.
    pub fn generate(now: Timestamp) -> JobId {
        JobId::with_random(now, random_bytes())
    }

    /// So many new ids for the moment `now`, in order: the system is asked for randomness once.
    pub fn generate_many(now: Timestamp, count: usize) -> Vec<JobId> {
        let mut random = vec![[0; 16]; count];
        if getrandom::fill(random.as_flattened_mut()).is_err() {
            random.fill_with(random_bytes);
        }
        let random = random.into_iter();
        let mut ids: Vec<_> = random.map(|bytes| JobId::with_random(now, bytes)).collect();
        ids.sort_unstable();
        ids
    }

    fn with_random(now: Timestamp, random: [u8; 16]) -> JobId {
        // Not `Uuid::now_v7`: it keeps a lock of its own, which a fork could leave locked.
        let micros = u64::try_from(now.as_micros()).unwrap_or(0);
        // The twelve bits after the version hold the fraction of the millisecond.
        let fraction = (micros % 1_000) * 4_096 / 1_000;
        let [_, _, _, _, _, _, tail @ ..] = random;
        let [high, low] = u16::try_from(fraction).unwrap_or(0).to_be_bytes();
        let mut bytes = [0; 10];
        for (to, from) in bytes.iter_mut().zip([high, low].iter().chain(&tail)) {
            *to = *from;
        }
        JobId(Builder::from_unix_timestamp_millis(micros / 1_000, &bytes).into_uuid())
    }

    /// The id with these 16 bytes, as a database stores them.
    pub fn from_bytes(bytes: [u8; 16]) -> JobId {
        JobId(Uuid::from_bytes(bytes))
    }

    /// The 16 bytes of the id; they sort as the id does.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl FromStr for JobId {
    type Err = Error;

    /// Reads the hyphenated text form.
    ///
    /// # Errors
    /// `not_found`: a text that is no id cannot be the id of a job.
    fn from_str(text: &str) -> Result<JobId> {
        // Only the hyphenated form: two texts must not name the same job.
        let id = match text.len() {
            36 => Uuid::parse_str(text).ok(),
            _ => None,
        };
        id.map(JobId)
            .ok_or_else(|| Error::new(ErrorKind::NotFound, not_found_text(text)))
    }
}

fn not_found_text(text: &str) -> String {
    let shown: String = text.chars().take(64).collect();
    format!("job `{shown}` not found")
}

impl JobId {
    /// The error for a job that does not exist.
    pub(crate) fn not_found(&self) -> Error {
        Error::new(ErrorKind::NotFound, not_found_text(&self.to_string()))
    }
}

/// The random id of one process incarnation that runs jobs; never a configured name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnerId(Uuid);

impl OwnerId {
    /// A new random id.
    #[allow(clippy::disallowed_methods)]
    pub fn generate() -> OwnerId {
        OwnerId(Uuid::new_v4())
    }

    /// The id with these 16 bytes, as a database stores them.
    pub fn from_bytes(bytes: [u8; 16]) -> OwnerId {
        OwnerId(Uuid::from_bytes(bytes))
    }

    /// The 16 bytes of the id.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

/// Sixteen random bytes from the system; six of their bits are fixed.
#[allow(clippy::disallowed_methods)]
fn random_bytes() -> [u8; 16] {
    Uuid::new_v4().into_bytes()
}

/// A number in 0..1 from the system's randomness, for jitter.
pub fn random_unit() -> f64 {
    let [.., a, b, c, d] = random_bytes();
    f64::from(u32::from_be_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0)
}

macro_rules! text_form {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(
                &self,
                serializer: S,
            ) -> std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

text_form!(JobId);
text_form!(OwnerId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_their_microsecond() {
        let start = 1_700_000_000_000_000;
        let ids: Vec<_> = (0..5_000)
            .map(|n| JobId::generate(Timestamp::from_micros(start + n)))
            .collect();
        assert!(ids.is_sorted());
        assert_eq!(ids[0].0.get_version_num(), 7);
        assert_eq!(
            ids.iter().collect::<std::collections::HashSet<_>>().len(),
            ids.len()
        );
    }

    #[test]
    fn many_ids_of_one_moment_are_in_order_and_distinct() {
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let ids = JobId::generate_many(now, 5_000);
        assert_eq!(ids.len(), 5_000);
        assert!(ids.is_sorted_by(|one, other| one < other));
        let (one, all) = (JobId::generate(now), ids.iter());
        assert!(all.clone().all(|id| id.0.get_version_num() == 7));
        assert!(
            all.clone()
                .all(|id| id.as_bytes()[..8] == one.as_bytes()[..8])
        );
        assert!(JobId::generate_many(now, 0).is_empty());
    }

    #[test]
    fn the_text_form_is_read_back_and_no_other_form_is() {
        let id = JobId::generate(Timestamp::from_micros(0));
        let text = id.to_string();
        assert_eq!(text.parse::<JobId>().unwrap(), id);
        for bad in [
            "",
            "7",
            "not-an-id",
            &text.replace('-', ""),
            &format!("{{{text}}}"),
        ] {
            assert_eq!(
                bad.parse::<JobId>().unwrap_err().kind(),
                ErrorKind::NotFound
            );
        }
    }

    #[test]
    fn random_numbers_stay_in_their_interval() {
        assert!((0..1_000).all(|_| (0.0..1.0).contains(&random_unit())));
    }
}
