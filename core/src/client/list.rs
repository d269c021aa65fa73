//! Lists of jobs, a page at a time.

use serde::Serialize;

use super::Client;
use crate::error::{Error, Result};
use crate::job::{Job, JobId};
use crate::repository::ListJobs;

/// The most jobs that one call lists.
pub const MAX_LISTED: usize = 1_000;

/// A page of a list, and where the next begins.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobPage {
    /// The jobs, newest first.
    pub jobs: Vec<Job>,
    /// What [`ListJobs::before`] is for the next page; `None` when this is the last.
    pub next: Option<JobId>,
}

impl Client {
    /// The jobs that fit the filters, newest first.
    ///
    /// A list by floor plan or key reads what fits. One by state, kind or queue looks through the
    /// 2,000 newest jobs, and if they do not fill the page, through the index entries of the wanted
    /// states and kind: milliseconds for the few that failed or run, some tenths of a second for a
    /// million that lie behind thousands of newer jobs of another sort. One by the time of storing
    /// alone reads all that are younger.
    ///
    /// A job that this version cannot read is passed over; [`check_integrity`](Self::check_integrity)
    /// tells of it.
    ///
    /// # Errors
    /// `invalid_input` when the limit is not 1 to [`MAX_LISTED`].
    pub fn list(&self, filter: &ListJobs) -> Result<Vec<Job>> {
        if !(1..=MAX_LISTED).contains(&filter.limit) {
            return Err(Error::invalid_field(
                "limit",
                format!("`limit` must be 1 to {MAX_LISTED}, not {}", filter.limit),
            ));
        }
        self.repository.list(filter)
    }

    /// As [`list`](Self::list), with where the next page begins.
    ///
    /// Going on from page to page gives each job once that fits the filters all the while,
    /// however many are added and ended in between.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn page(&self, filter: &ListJobs) -> Result<JobPage> {
        let jobs = self.list(filter)?;
        let is_full = jobs.len() == filter.limit;
        let next = jobs.last().map(|job| job.id).filter(|_| is_full);
        let Some(last) = next else {
            return Ok(JobPage { jobs, next: None });
        };
        // Whether another one follows, so that the last page says that it is the last.
        let rest = ListJobs {
            before: Some(last),
            limit: 1,
            ..filter.clone()
        };
        let more = !self.repository.list(&rest)?.is_empty();
        Ok(JobPage {
            jobs,
            next: next.filter(|_| more),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Bench, job};
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn pages_end_with_the_last_job() {
        let bench = Bench::new();
        let mut all: Vec<_> = (0..6).map(|_| bench.add(job("work")).id).collect();
        all.reverse();
        let mut filter = ListJobs {
            limit: 3,
            ..ListJobs::default()
        };
        let first = bench.client.page(&filter).unwrap();
        filter.before = first.next;
        let second = bench.client.page(&filter).unwrap();
        assert_eq!((first.next, second.next), (Some(all[2]), None));
        let jobs = first.jobs.iter().chain(&second.jobs).map(|job| job.id);
        assert_eq!(jobs.collect::<Vec<_>>(), all);
    }

    #[test]
    fn the_limit_is_checked() {
        let bench = Bench::new();
        for limit in [0, MAX_LISTED + 1] {
            let filter = ListJobs {
                limit,
                ..ListJobs::default()
            };
            let refused = bench.client.page(&filter).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidInput);
            assert_eq!(refused.field(), Some("limit"));
        }
    }
}
