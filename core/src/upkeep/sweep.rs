//! Removing blobs that nothing has named for a day.

use std::time::Duration;

use crate::blob::{BlobRef, BlobStore};
use crate::error::Result;
use crate::job::Timestamp;
use crate::job::time::duration_micros;
use crate::repository::Repository;
use crate::sys::crash_point::{Place, Point, reach};

/// A blob that nothing names is swept at this age, counted from when it was last stored.
///
/// Far longer than any host takes from storing a blob to committing the job that names it, or a
/// worker from storing a result to ending its attempt: those are safe by their age alone.
pub const SWEEP_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// How many blobs one step asks the repository about.
const SWEPT_AT_ONCE: usize = 256;

/// What a sweep removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Swept {
    /// Blobs that nothing names.
    pub blobs: usize,
    /// What writers left unfinished.
    pub unfinished: usize,
}

/// What one step of a sweep did, and where the next goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SweepStep {
    /// What it removed.
    pub swept: Swept,
    /// The blob after which the next step goes on; `None` when the round is done.
    pub next: Option<BlobRef>,
}

/// Looks at one portion of the old blobs after `after` and removes those that nothing names.
///
/// Asks the repository after the age was seen, and the store looks at the age again as it
/// removes: a blob that somebody stores anew in between becomes young, and stays, although the
/// job that will name it is not committed yet.
///
/// # Errors
/// `unavailable`; what was removed stays removed.
pub fn sweep_step(
    repository: &dyn Repository,
    blobs: &dyn BlobStore,
    now: Timestamp,
    age: Duration,
    after: Option<&BlobRef>,
) -> Result<SweepStep> {
    let before = now.as_micros().saturating_sub(duration_micros(age));
    let mut swept = Swept::default();
    if after.is_none() {
        swept.unfinished = blobs.sweep_unfinished(before, SWEPT_AT_ONCE)?;
    }
    let old = blobs.stored_before(before, after, SWEPT_AT_ONCE)?;
    let names: Vec<String> = old.iter().map(BlobRef::to_string).collect();
    for name in repository.unreferenced(&names)? {
        reach(Point::At(Place::SweepNamed));
        swept.blobs += usize::from(blobs.remove_unused(&name.parse()?, before)?);
        reach(Point::At(Place::SweepRemoved));
    }
    let is_last = old.len() < SWEPT_AT_ONCE;
    let next = old.last().copied().filter(|_| !is_last);
    Ok(SweepStep { swept, next })
}

/// A whole round of [`sweep_step`]; returns what it removed.
///
/// # Errors
/// As [`sweep_step`].
pub fn sweep(
    repository: &dyn Repository,
    blobs: &dyn BlobStore,
    now: Timestamp,
    age: Duration,
) -> Result<Swept> {
    let mut swept = Swept::default();
    let mut after = None;
    loop {
        let step = sweep_step(repository, blobs, now, age, after.as_ref())?;
        swept.blobs += step.swept.blobs;
        swept.unfinished += step.swept.unfinished;
        match step.next {
            Some(next) => after = Some(next),
            None => return Ok(swept),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::DirectoryStore;
    use crate::clock::{Clock, SystemClock};
    use crate::job::{JobId, Kind, NewJob, QueueName};
    use crate::repository::{Enqueue, MemoryRepository, NewFloorplan};
    use std::sync::Arc;

    struct Place {
        folder: tempfile::TempDir,
        repository: MemoryRepository,
        blobs: DirectoryStore,
    }

    impl Place {
        fn new() -> Place {
            let folder = tempfile::tempdir().unwrap();
            Place {
                repository: MemoryRepository::new(Arc::new(SystemClock)),
                blobs: DirectoryStore::open(folder.path()).unwrap(),
                folder,
            }
        }

        /// Commits a job that names the blob.
        fn name(&self, blob: &BlobRef) -> JobId {
            let request = Enqueue {
                id: JobId::generate(SystemClock.now()),
                job: NewJob::of(Kind::ingest()),
                default_queue: QueueName::default_queue(),
                payload_ref: Some(blob.to_string()),
                floorplan: None,
            };
            let id = request.id;
            self.repository.enqueue(&[request]).unwrap();
            id
        }

        /// Sweeps as of a day and a bit after everything that was stored until now.
        fn sweep(&self) -> Swept {
            sweep(&self.repository, &self.blobs, tomorrow(), SWEEP_AGE).unwrap()
        }
    }

    fn tomorrow() -> Timestamp {
        SystemClock.now().after(SWEEP_AGE + Duration::from_secs(60))
    }

    #[test]
    fn only_old_blobs_that_nothing_names_go() {
        let place = Place::new();
        let named = place.blobs.put(b"named").unwrap();
        let lost = place.blobs.put(b"lost").unwrap();
        place.name(&named);
        let now = SystemClock.now();
        let young = sweep(&place.repository, &place.blobs, now, SWEEP_AGE).unwrap();
        assert_eq!(young, Swept::default(), "a job may be about to name it");
        assert_eq!(place.sweep().blobs, 1);
        assert!(place.blobs.exists(&named).unwrap());
        assert!(!place.blobs.exists(&lost).unwrap());
    }

    #[test]
    fn a_floor_plan_keeps_its_blobs_when_its_job_is_pruned() {
        let place = Place::new();
        let pdf = place.blobs.put(b"pdf").unwrap();
        let request = Enqueue {
            id: JobId::generate(SystemClock.now()),
            job: NewJob::of(Kind::ingest()),
            default_queue: QueueName::default_queue(),
            payload_ref: Some(pdf.to_string()),
            floorplan: Some(NewFloorplan {
                project_id: None,
                filename: None,
                pdf_ref: pdf.to_string(),
                pdf_bytes: 3,
            }),
        };
        let id = request.id;
        place.repository.enqueue(&[request]).unwrap();
        let result = place.blobs.put(b"result").unwrap();
        let other = place.name(&result);
        for job in [id, other] {
            place.repository.cancel(job).unwrap();
        }
        let retention = super::super::Retention::default();
        let pruned = super::super::prune(
            &place.repository,
            &retention,
            tomorrow().after(SWEEP_AGE * 7),
            9,
        );
        assert_eq!(pruned.unwrap(), 2);
        assert_eq!(place.sweep().blobs, 1);
        assert!(place.blobs.exists(&pdf).unwrap());
        assert!(!place.blobs.exists(&result).unwrap());
    }

    /// A store in which somebody stores the old blob anew while a sweep thinks about it.
    #[derive(Debug)]
    struct Interfering<'a>(&'a DirectoryStore);

    impl BlobStore for Interfering<'_> {
        fn put(&self, bytes: &[u8]) -> Result<BlobRef> {
            self.0.put(bytes)
        }
        fn get(&self, blob: &BlobRef, limit: u64) -> Result<Vec<u8>> {
            self.0.get(blob, limit)
        }
        fn size(&self, blob: &BlobRef) -> Result<Option<u64>> {
            self.0.size(blob)
        }
        fn stored_before(
            &self,
            before_micros: i64,
            after: Option<&BlobRef>,
            limit: usize,
        ) -> Result<Vec<BlobRef>> {
            self.0.stored_before(before_micros, after, limit)
        }
        fn remove_unused(&self, blob: &BlobRef, before_micros: i64) -> Result<bool> {
            // The repository has said that nothing names it; a host stores it again.
            self.0.put(b"plan")?;
            self.0.remove_unused(blob, before_micros)
        }
        fn sweep_unfinished(&self, before_micros: i64, limit: usize) -> Result<usize> {
            self.0.sweep_unfinished(before_micros, limit)
        }
        fn description(&self) -> String {
            self.0.description()
        }
    }

    #[test]
    fn a_blob_stored_anew_before_its_job_is_committed_survives() {
        let place = Place::new();
        let blob = place.blobs.put(b"plan").unwrap();
        let path = place.folder.path().join(&blob.hex()[..2]).join(blob.hex());
        let day_before = rustix::fs::Timespec {
            tv_sec: SystemClock.now().as_micros() / 1_000_000 - 2 * 86_400,
            tv_nsec: 0,
        };
        let times = rustix::fs::Timestamps {
            last_access: day_before,
            last_modification: day_before,
        };
        rustix::fs::futimens(std::fs::File::open(&path).unwrap(), &times).unwrap();
        let sweep = |blobs: &dyn BlobStore| {
            sweep(&place.repository, blobs, SystemClock.now(), SWEEP_AGE).unwrap()
        };
        assert_eq!(sweep(&Interfering(&place.blobs)), Swept::default());
        assert_eq!(place.blobs.get(&blob, 9).unwrap(), b"plan");
        rustix::fs::futimens(std::fs::File::open(&path).unwrap(), &times).unwrap();
        assert_eq!(sweep(&place.blobs).blobs, 1, "the age was what kept it");
    }

    #[test]
    fn a_round_goes_on_where_a_step_stopped() {
        let place = Place::new();
        let all: Vec<_> = (0..SWEPT_AT_ONCE as u32 + 3)
            .map(|n| place.blobs.put(&n.to_be_bytes()).unwrap())
            .collect();
        place.name(&all[7]);
        let step = |after: Option<&BlobRef>| {
            sweep_step(
                &place.repository,
                &place.blobs,
                tomorrow(),
                SWEEP_AGE,
                after,
            )
            .unwrap()
        };
        let first = step(None);
        let rest = step(first.next.as_ref());
        assert_eq!(first.swept.blobs + rest.swept.blobs, all.len() - 1);
        assert_eq!(rest.next, None);
        assert!(place.blobs.exists(&all[7]).unwrap());
    }
}
