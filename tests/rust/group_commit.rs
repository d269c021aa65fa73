//! What group commit must not get wrong, seen from outside.

use std::sync::Arc;

use floorjobs_core::job::{JobId, NewJob, QueueName, Timestamp};
use floorjobs_core::repository::{Enqueue, ListJobs, Repository, SqliteOptions, SqliteRepository};
use floorjobs_core::{ErrorKind, Status};

fn open(path: &std::path::Path) -> SqliteRepository {
    SqliteRepository::open(path, SqliteOptions::default()).unwrap()
}

fn request(n: i64, floorplan: Option<i64>) -> Enqueue {
    let mut job = NewJob::new("work").unwrap();
    job.floorplan_id = floorplan;
    Enqueue {
        id: JobId::generate(Timestamp::from_micros(1_700_000_000_000_000 + n)),
        job,
        default_queue: QueueName::default_queue(),
        payload_ref: None,
        floorplan: None,
    }
}

#[test]
fn a_refused_write_leaves_the_others_of_its_batch_alone() {
    let folder = tempfile::tempdir().unwrap();
    let repository = Arc::new(open(&folder.path().join("jobs.db")));
    let stored: usize = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..16)
            .map(|writer| {
                let repository = Arc::clone(&repository);
                scope.spawn(move || {
                    let mut stored = 0;
                    for n in 0..50 {
                        // Every third request names a floor plan that is not there.
                        let bad = (n % 3 == 0).then_some(404);
                        let result = repository.enqueue(&[request(writer * 1_000 + n, bad)]);
                        match result {
                            Ok(_) => stored += 1,
                            Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound),
                        }
                        assert_eq!(bad.is_none(), n % 3 != 0);
                    }
                    stored
                })
            })
            .collect();
        writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .sum()
    });
    assert_eq!(stored, 16 * 33);
    let all = ListJobs {
        limit: 10_000,
        ..ListJobs::default()
    };
    assert_eq!(repository.list(&all).unwrap().len(), stored);
}

#[test]
fn two_repositories_on_one_file_see_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let (one, other) = (open(&path), open(&path));
    let before = other.change_counter().unwrap();
    let job = one.enqueue(&[request(1, None)]).unwrap().remove(0).job;
    assert_ne!(other.change_counter().unwrap(), before);
    assert_eq!(other.get(job.id).unwrap(), job);
    assert_eq!(other.cancel(job.id).unwrap().status, Status::Cancelled);
    assert_eq!(one.get(job.id).unwrap().status, Status::Cancelled);
}

#[test]
fn a_lease_of_an_earlier_boot_has_run_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let with_boot = |boot: &str| {
        let options = SqliteOptions {
            boot_id: boot.to_owned(),
            ..SqliteOptions::default()
        };
        SqliteRepository::open(&path, options).unwrap()
    };
    let before = with_boot("first boot");
    let job = before.enqueue(&[request(1, None)]).unwrap().remove(0).job;
    let owner = floorjobs_core::repository::Owner {
        id: floorjobs_core::job::OwnerId::generate(),
        process: floorjobs_core::sys::ProcessIdentity::current(),
    };
    before
        .claim_one(job.id, &owner, std::time::Duration::from_secs(600))
        .unwrap();
    let reap = floorjobs_core::repository::Reap {
        gone: Vec::new(),
        limit: 10,
        policy: floorjobs_core::job::RetryPolicy::default(),
        jitter: 0.5,
    };
    assert_eq!(before.reap(&reap).unwrap(), []);
    assert_eq!(with_boot("second boot").reap(&reap).unwrap().len(), 1);
}
