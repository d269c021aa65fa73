//! Deleting jobs that ended long ago, by how they ended.

use std::time::Duration;

use crate::error::Result;
use crate::job::Timestamp;
use crate::job::time::duration_micros;
use crate::repository::{Prune, Repository};
use crate::sys::crash_point::{Place, Point, reach};

/// How many jobs one transaction deletes.
pub const PRUNED_AT_ONCE: usize = 500;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// For how long ended jobs are kept, by how they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// For jobs that succeeded; `None` keeps them for ever.
    pub succeeded: Option<Duration>,
    /// For jobs that failed; `None` keeps them for ever.
    pub failed: Option<Duration>,
    /// For jobs that were cancelled; `None` keeps them for ever.
    pub cancelled: Option<Duration>,
}

impl Default for Retention {
    /// Long enough to look a failure up, and for a poller to come back after a holiday.
    fn default() -> Retention {
        Retention {
            succeeded: Some(7 * DAY),
            failed: Some(30 * DAY),
            cancelled: Some(7 * DAY),
        }
    }
}

impl Retention {
    /// What is too old at `now`, at most `limit` jobs of it.
    pub fn at(&self, now: Timestamp, limit: usize) -> Prune {
        let before = |age: Option<Duration>| {
            age.map(|age| {
                Timestamp::from_micros(now.as_micros().saturating_sub(duration_micros(age)))
            })
        };
        Prune {
            succeeded_before: before(self.succeeded),
            failed_before: before(self.failed),
            cancelled_before: before(self.cancelled),
            limit,
        }
    }
}

/// Deletes what is too old, oldest first, at most `most` jobs; returns how many.
///
/// In transactions of [`PRUNED_AT_ONCE`] jobs, between which writers get their turn. A job that
/// still holds its unique key stays, and so do floor plans.
///
/// # Errors
/// `unavailable`; what was deleted before stays deleted.
pub fn prune(
    repository: &dyn Repository,
    retention: &Retention,
    now: Timestamp,
    most: usize,
) -> Result<usize> {
    let mut pruned = 0;
    while pruned < most {
        let limit = PRUNED_AT_ONCE.min(most - pruned);
        let deleted = repository.prune(&retention.at(now, limit))?;
        pruned += deleted;
        if deleted < limit {
            break;
        }
    }
    reach(Point::At(Place::Pruned));
    Ok(pruned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, ManualClock};
    use crate::job::{JobId, NewJob, QueueName};
    use crate::repository::{Enqueue, ListJobs, MemoryRepository};
    use std::sync::Arc;

    fn cancelled(repository: &MemoryRepository, clock: &ManualClock, count: usize) {
        for _ in 0..count {
            let request = Enqueue {
                id: JobId::generate(clock.now()),
                job: NewJob::new("work").unwrap(),
                default_queue: QueueName::default_queue(),
                payload_ref: None,
                floorplan: None,
            };
            let id = request.id;
            repository.enqueue(&[request]).unwrap();
            repository.cancel(id).unwrap();
        }
    }

    #[test]
    fn each_outcome_has_an_age_of_its_own() {
        let now = Timestamp::from_micros(0).after(100 * DAY);
        let prune = Retention {
            failed: None,
            ..Retention::default()
        };
        let prune = prune.at(now, 9);
        let before = Timestamp::from_micros(0).after(93 * DAY);
        assert_eq!(
            (prune.succeeded_before, prune.failed_before, prune.limit),
            (Some(before), None, 9)
        );
    }

    #[test]
    fn an_age_beyond_all_time_deletes_nothing() {
        let prune = Retention {
            succeeded: Some(Duration::MAX),
            ..Retention::default()
        };
        let before = prune.at(Timestamp::from_micros(5), 1).succeeded_before;
        assert!(before.unwrap() < Timestamp::from_micros(0));
    }

    #[test]
    fn several_portions_are_deleted_but_no_more_than_asked_for() {
        let clock = Arc::new(ManualClock::starting_at(Timestamp::from_micros(1 << 50)));
        let repository = MemoryRepository::new(clock.clone());
        cancelled(&repository, &clock, PRUNED_AT_ONCE + 20);
        clock.advance(8 * DAY);
        cancelled(&repository, &clock, 1);
        let prune = |most| prune(&repository, &Retention::default(), clock.now(), most).unwrap();
        assert_eq!(prune(7), 7);
        assert_eq!(prune(usize::MAX), PRUNED_AT_ONCE + 13);
        assert_eq!(repository.list(&ListJobs::default()).unwrap().len(), 1);
    }
}
