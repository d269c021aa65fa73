//! A disk that fails once, and loses what it could not write: an error, and no more than that.
//!
//! One process works on the disk and breaks it itself; then the power is cut everywhere.

use std::path::Path;
use std::time::Duration;

use floorjobs_core::client::IngestRequest;
use floorjobs_core::job::{Fence, OwnerId};
use floorjobs_core::repository::{Claim, Ending, Finish, ListJobs, Owner};
use floorjobs_core::sys::ProcessIdentity;
use floorjobs_core::{Client, ErrorKind, Job, Kind, NewJob};
use serde_json::json;

use super::party::{DATABASE, Notes};
use super::{cut_often, violations_of};
use crate::disk::{Fault, Shimmed};
use crate::process::{WorkerProcess, again, connect, environment};

const ROLE: &str = "FLOORJOBS_TEST_POISONED";
const EIO: i32 = 5;
const ENOSPC: i32 = 28;

/// Lets `test` run in a process on a disk of its own, and cuts the power at each of its effects.
fn on_a_disk(test: &str, part: fn(&Scene)) {
    if let Some(folder) = environment::<String>(ROLE) {
        part(&Scene::on(Path::new(&folder)));
        std::process::exit(0);
    }
    let folder = tempfile::tempdir().unwrap();
    let disk = Shimmed::journaling(folder.path());
    let mut command = again(&format!("power_cut::poisoned::{test}"));
    command.env(ROLE, folder.path());
    disk.put_on(&mut command);
    assert_eq!(WorkerProcess::start(&mut command).wait().code(), Some(0));
    let effects = disk.effects();
    let mut acknowledged = 0;
    cut_often(&disk, &effects, 3, |client, told, _, place| {
        let all: Vec<_> = told.acknowledged().collect();
        let violations = violations_of(client, told, &all);
        assert!(violations.is_empty(), "{place}: {violations:#?}");
        acknowledged = all.len();
    });
    assert!(acknowledged > 0);
}

struct Scene {
    client: Client,
    notes: Notes,
    fault: Fault,
    owner: Owner,
}

impl Scene {
    fn on(folder: &Path) -> Scene {
        let disk = Shimmed::existing(folder);
        Scene {
            client: connect(&disk.root().join(DATABASE)),
            notes: Notes::open(&disk.notes()),
            fault: disk.fault(),
            owner: Owner {
                id: OwnerId::generate(),
                process: ProcessIdentity::current(),
            },
        }
    }

    fn enqueue(&self) -> floorjobs_core::Result<Job> {
        let job = self.client.enqueue(NewJob::new("work").unwrap())?;
        self.notes.note(&format!("enqueued 0 {}", job.id));
        Ok(job)
    }

    /// Claims without a sync.
    fn claim(&self) -> Fence {
        let claim = Claim {
            owner: self.owner.clone(),
            queues: vec![floorjobs_core::job::QueueName::default_queue()],
            kinds: vec![Kind::new("work").unwrap()],
            limit: 1,
            lease: Duration::from_secs(600),
        };
        let job = self.client.repository().claim(&claim).unwrap().remove(0);
        Fence {
            job: job.id,
            attempt: job.attempt,
            owner: self.owner.id,
        }
    }

    fn finish(&self, fence: Fence) -> floorjobs_core::Result<Job> {
        let ending = Ending::Succeeded {
            result: Some(json!({"attempt": fence.attempt})),
            result_ref: None,
            product: None,
        };
        let job = self
            .client
            .repository()
            .finish(&Finish::of(fence, ending))?;
        self.notes.note(&format!("succeeded {}", job.id));
        Ok(job)
    }

    /// Fails the next such call on such a path.
    fn poison(&self, call: &str, ending: &str) {
        self.fault.set(call, ending, EIO, true);
    }

    /// The answer to what met the poison.
    fn unavailable<T: std::fmt::Debug>(&self, answer: floorjobs_core::Result<T>) {
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::Unavailable);
        assert!(!self.fault.is_set(), "the disk was not asked");
    }

    fn jobs(&self) -> usize {
        let all = ListJobs {
            limit: 100,
            ..ListJobs::default()
        };
        self.client.list(&all).unwrap().len()
    }
}

#[test]
fn a_log_that_cannot_be_synced_acknowledges_nothing_and_loses_nothing_later() {
    on_a_disk(
        "a_log_that_cannot_be_synced_acknowledges_nothing_and_loses_nothing_later",
        |scene| {
            scene.enqueue().unwrap();
            // Not synced yet: the system loses it together with what it could not write.
            let fence = scene.claim();
            // The commit can be read by then, so it is answered once the log is whole again.
            scene.poison("sync", "-wal");
            scene.enqueue().unwrap();
            assert!(!scene.fault.is_set(), "the disk was not asked");
            assert_eq!(scene.jobs(), 2);
            scene.poison("sync", "-wal");
            scene.unavailable(scene.finish(fence));
            scene.finish(fence).unwrap();
            // As long as the disk refuses, nothing is acknowledged, though it can be read.
            scene.fault.set("sync", "-wal", EIO, false);
            for _ in 0..2 {
                let refused = scene.client.enqueue(NewJob::new("work").unwrap());
                assert_eq!(refused.unwrap_err().kind(), ErrorKind::Unavailable);
            }
            scene.fault.clear();
            scene.enqueue().unwrap();
            assert_eq!(scene.jobs(), 4);
        },
    );
}

#[test]
fn a_log_that_cannot_be_synced_before_it_is_copied_loses_nothing_later() {
    on_a_disk(
        "a_log_that_cannot_be_synced_before_it_is_copied_loses_nothing_later",
        |scene| {
            // So large that the log is due to be copied after a few of them.
            let large = || {
                let job = NewJob::new("work").unwrap();
                let job = job.payload(json!({"padding": "x".repeat(900_000)}));
                let id = scene.client.enqueue(job).unwrap().id;
                scene.notes.note(&format!("enqueued 0 {id}"));
            };
            (0..10).for_each(|_| large());
            // Begins the log anew, and syncs its beginning. No other claim syncs, but one of them
            // finds that it is time to copy; and the next one again.
            let first = scene.claim();
            scene.poison("sync", "-wal");
            for _ in 0..5 {
                scene.claim();
            }
            assert!(!scene.fault.is_set(), "the log was not copied");
            scene.enqueue().unwrap();
            scene.finish(first).unwrap();
        },
    );
}

#[test]
fn a_log_that_cannot_be_written_is_an_error_and_no_torn_state() {
    on_a_disk(
        "a_log_that_cannot_be_written_is_an_error_and_no_torn_state",
        |scene| {
            scene.enqueue().unwrap();
            let fence = scene.claim();
            scene.poison("write", "-wal");
            scene.unavailable(scene.enqueue());
            scene.enqueue().unwrap();
            scene.poison("write", "-wal");
            scene.unavailable(scene.finish(fence));
            scene.finish(fence).unwrap();
            assert_eq!(scene.jobs(), 2);
        },
    );
}

#[test]
fn a_blob_that_cannot_be_stored_is_an_error_and_has_no_name() {
    on_a_disk(
        "a_blob_that_cannot_be_stored_is_an_error_and_has_no_name",
        |scene| {
            let pdf = b"%PDF-1.4\n%%EOF\n";
            let name = floorjobs_core::blob::BlobRef::of(pdf);
            let ingest = || scene.client.ingest(pdf, IngestRequest::default());
            for (call, ending) in [
                ("open", "-0"),
                ("write", "-1"),
                ("sync", "-2"),
                ("name", "*"),
            ] {
                scene.poison(call, ending);
                scene.unavailable(ingest());
                assert!(!scene.client.blobs().exists(&name).unwrap(), "{call}");
            }
            // The name is there, and not known to last.
            scene.poison("sync", &format!("/{}", &name.hex()[..2]));
            scene.unavailable(ingest());
            assert_eq!(scene.jobs(), 0);
            let job = ingest().unwrap();
            scene.notes.note(&format!("enqueued 0 {}", job.id));
            assert_eq!(scene.client.blobs().get(&name, 100).unwrap(), pdf);
        },
    );
}

#[test]
fn a_full_disk_is_an_error_each_time_and_no_more_once_there_is_room() {
    on_a_disk(
        "a_full_disk_is_an_error_each_time_and_no_more_once_there_is_room",
        |scene| {
            scene.enqueue().unwrap();
            let fence = scene.claim();
            scene.fault.set("*", "*", ENOSPC, false);
            for _ in 0..3 {
                let refused = [
                    scene.enqueue().unwrap_err(),
                    scene.finish(fence).unwrap_err(),
                    scene.client.blobs().put(b"no room").unwrap_err(),
                    scene.client.check_health().unwrap_err(),
                ];
                for error in refused {
                    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
                }
                // Nothing has to be written to answer.
                assert_eq!(scene.jobs(), 1);
            }
            scene.fault.clear();
            scene.finish(fence).unwrap();
            scene.enqueue().unwrap();
            assert_eq!(scene.jobs(), 2);
        },
    );
}
