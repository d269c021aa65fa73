//! An enqueue that happened, though its answer was lost.

use super::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::job::Job;
use crate::repository::{Enqueue, Enqueued, Leader, resolve};

impl Client {
    /// The jobs of an enqueue whose answer was lost, if it did happen; else its error.
    ///
    /// Whoever gets the error asks again, and then another id makes another job. So it is given
    /// out only when the jobs of these ids are not there: of one call all are stored or none.
    pub(super) fn stored_all_the_same(
        &self,
        requests: &[Enqueue],
        error: Error,
    ) -> Result<Vec<Job>> {
        if error.kind() != ErrorKind::Unavailable {
            return Err(error);
        }
        match self.found(requests) {
            Some(jobs) => Ok(jobs),
            None => Err(error),
        }
    }

    /// The jobs of the requests if they were stored, and that for sure.
    fn found(&self, requests: &[Enqueue]) -> Option<Vec<Job>> {
        let mut there = Vec::with_capacity(requests.len());
        for request in requests {
            match self.repository.get(request.id) {
                Ok(job) => there.push(Some(job)),
                Err(error) if error.kind() == ErrorKind::NotFound => there.push(None),
                Err(_) => return None,
            }
        }
        // They can be read, but may owe their being there to a log whose sync failed; a write of our
        // own makes that whole, or fails as well.
        if there.iter().all(Option::is_none) || self.repository.check_health().is_err() {
            return None;
        }
        let mut found = Vec::with_capacity(requests.len());
        let mut earlier = Vec::with_capacity(requests.len());
        for (request, job) in requests.iter().zip(there) {
            // Alone it would name places of a call that it is no longer part of.
            let request = resolve(request, &earlier).ok()?;
            let stored = match job {
                Some(job) => Enqueued {
                    job,
                    existing: false,
                },
                // An existing job answered it, and it stored nothing; which one that was, the
                // same request tells again.
                None => {
                    let again = self.repository.enqueue(std::slice::from_ref(&*request));
                    again.ok()?.pop()?
                }
            };
            earlier.push(Leader::of(&request, &stored));
            found.push(stored.job);
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::testing::Bench;
    use super::*;
    use crate::job::NewJob;
    use crate::repository::faulty::Faulty;
    use crate::repository::{ListJobs, Repository};

    fn work() -> NewJob {
        NewJob::new("work").unwrap()
    }

    fn faulty() -> (Bench, Arc<Faulty>, Client) {
        let bench = Bench::new();
        let inner = bench.client.repository().clone();
        let faulty = Arc::new(Faulty::over(inner, Arc::clone(&bench.clock)));
        let clock = Arc::clone(bench.client.clock());
        let blobs = Arc::clone(bench.client.blobs());
        let settings = bench.client.settings().clone();
        let client = Client::over(faulty.clone(), blobs, clock, settings);
        (bench, faulty, client)
    }

    fn count(bench: &Bench) -> usize {
        bench.repository.list(&ListJobs::default()).unwrap().len()
    }

    #[test]
    fn an_enqueue_whose_answer_was_lost_is_answered_and_made_once() {
        let (bench, faulty, client) = faulty();
        faulty.enqueue.lose_answer(1);
        let job = client.enqueue(work()).unwrap();
        assert_eq!(bench.repository.get(job.id).unwrap(), job);
        assert_eq!(count(&bench), 1);
        faulty.enqueue.lose_answer(1);
        let jobs = client.enqueue_many(vec![work(), work()]).unwrap();
        assert_eq!(jobs.len(), 2);
        assert_eq!(count(&bench), 3);
    }

    #[test]
    fn what_an_existing_job_answers_is_answered_so_again() {
        let (bench, faulty, client) = faulty();
        let existing = client.enqueue(work().unique_key("once")).unwrap();
        faulty.enqueue.lose_answer(1);
        let asked = vec![work().unique_key("once"), work()];
        let jobs = client.enqueue_many(asked).unwrap();
        assert_eq!(jobs[0].id, existing.id);
        assert_eq!(count(&bench), 2);
    }

    #[test]
    fn a_follower_that_an_existing_job_answers_is_answered_so_again() {
        let (bench, faulty, client) = faulty();
        let existing = client.enqueue(work().unique_key("once")).unwrap();
        let keyed = client.enqueue(work().unique_key("leads")).unwrap();
        let follower = work().after([keyed.id]);
        let key = format!("then:{}:1", keyed.id);
        let follower = client.enqueue(follower.unique_key(key)).unwrap();
        faulty.enqueue.lose_answer(1);
        let asked = vec![
            work(),
            work().unique_key("once").after_index([0]),
            work().unique_key("leads"),
            work().after_index([2]),
        ];
        let jobs = client.enqueue_many(asked).unwrap();
        let ids = jobs[1..].iter().map(|job| job.id);
        let stored = [existing.id, keyed.id, follower.id];
        assert_eq!(ids.collect::<Vec<_>>(), stored);
        assert_eq!(count(&bench), 4, "the leader that has no key, once");
    }

    #[test]
    fn what_did_not_happen_is_an_error() {
        let (bench, faulty, client) = faulty();
        faulty.enqueue.fail(1);
        let refused = client.enqueue(work()).unwrap_err();
        assert_eq!((refused.kind(), count(&bench)), (ErrorKind::Unavailable, 0));
        // Nor may it be taken for done when nobody can tell.
        faulty.enqueue.lose_answer(1);
        faulty.get.fail(1);
        let unknown = client.enqueue(work()).unwrap_err();
        assert_eq!(unknown.kind(), ErrorKind::Unavailable);
    }
}
