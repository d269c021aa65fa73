//! The processes that are stopped, and those that take over from them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use floorjobs_core::job::{Failure, Fence, OwnerId, Progress, QueueName, Timestamp};
use floorjobs_core::pipeline::worker_of;
use floorjobs_core::repository::{Beat, Claim, Ending, Finish, Heartbeat, Held, Owner};
use floorjobs_core::sys::ProcessIdentity;
use floorjobs_core::worker::{AttemptContext, Completion, Verdict, WorkerEvent};
use floorjobs_core::{Client, ErrorKind, Kind, Result, WorkerOptions};
use serde_json::json;

use crate::process::{connect, environment, until};

/// How long a process may be silent here.
pub(super) const LEASE: Duration = Duration::from_millis(900);

/// What a zombie stores although nobody will name it.
pub(super) const LATE_BLOB: &[u8] = b"written by a zombie";

/// Each write that the repository takes from an attempt.
pub(super) const WRITES: [&str; 10] = [
    "renew",
    "progress",
    "checkpoint",
    "succeed",
    "succeed-blob",
    "retry",
    "fail",
    "snooze",
    "release",
    "cancel",
];

/// Each way in which a handler ends.
pub(super) const ENDINGS: [&str; 7] = [
    "complete",
    "large",
    "retry",
    "error",
    "fail",
    "snooze",
    "cancelled",
];

/// A worker that could not start says so by this (`EX_TEMPFAIL`).
const NOT_STARTED: i32 = 75;

const ROLE: &str = "FLOORJOBS_TEST_UNDEAD";

/// Who a process is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// Claims through the repository, is stopped, and then tries every write.
    Writer,
    /// Is stopped within a transaction.
    Locker,
    /// A worker whose handlers answer when `zombie-go` is there.
    Worker,
    /// A worker that holds what it gets until `go` is there.
    Holder,
}

impl Part {
    pub(super) fn is_told(self, command: &mut Command, database: &Path, folder: &Path) {
        command.env(
            ROLE,
            format!("{self:?} {} {}", database.display(), folder.display()),
        );
    }
}

/// Not a test of anything: the processes of these tests run this, and others do nothing here.
#[test]
fn comes_back() {
    let Some(words) = environment::<String>(ROLE) else {
        return;
    };
    let words: Vec<&str> = words.split(' ').collect();
    let (database, folder) = (Path::new(words[1]), Path::new(words[2]));
    match words[0] {
        "Writer" => writes_late(&connect(database), folder),
        "Locker" => stops_within_a_transaction(database, folder),
        "Worker" => work(&connect(database), folder, "zombie-go"),
        _ => work(&connect(database), folder, "go"),
    }
    std::process::exit(0);
}

/// Says that this is the moment, and goes on when it is over.
fn be_stopped(folder: &Path) {
    std::fs::write(folder.join("ready"), b"").unwrap();
    until("it may go on", || folder.join("resume").exists());
}

fn stops_within_a_transaction(database: &Path, folder: &Path) {
    let connection = rusqlite::Connection::open(database).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    be_stopped(folder);
}

fn writes_late(client: &Client, folder: &Path) {
    let repository = client.repository();
    let owner = Owner {
        id: OwnerId::generate(),
        process: ProcessIdentity::current(),
    };
    let claim = Claim {
        owner: owner.clone(),
        queues: vec![QueueName::default_queue()],
        kinds: vec![Kind::new("held").unwrap()],
        limit: WRITES.len(),
        lease: LEASE / 3,
    };
    let jobs = repository.claim(&claim).unwrap();
    assert_eq!(jobs.len(), WRITES.len());
    be_stopped(folder);
    let mut answers = String::new();
    for (write, job) in WRITES.iter().zip(&jobs) {
        let fence = Fence {
            job: job.id,
            attempt: job.attempt,
            owner: owner.id,
        };
        let answer = match write_as(client, write, fence) {
            Ok(()) => "accepted",
            Err(error) => error.kind().code(),
        };
        answers.push_str(&format!("{write} {answer}\n"));
    }
    std::fs::write(folder.join("answers"), answers).unwrap();
}

fn write_as(client: &Client, write: &str, fence: Fence) -> Result<()> {
    let repository = client.repository();
    let finish = |ending| repository.finish(&Finish::of(fence, ending)).map(drop);
    let error = Failure::new(ErrorKind::Internal, "too late");
    let run_at = Timestamp::from_micros(i64::MAX / 2);
    match write {
        "renew" => beat(client, fence, None),
        "progress" => {
            let progress = Progress {
                fraction: 0.5,
                stage: "late".to_owned(),
                message: None,
            };
            beat(client, fence, Some(progress))
        }
        "checkpoint" => repository.checkpoint(&fence, &json!({"late": true})),
        "succeed" => finish(success(Some(json!("late")), None)),
        "succeed-blob" => {
            let blob = client.blobs().put(LATE_BLOB)?;
            finish(success(None, Some(json!({"blob": blob.to_string()}))))
        }
        "retry" => finish(Ending::Retried { error, run_at }),
        "fail" => finish(Ending::Failed { error }),
        "snooze" => finish(Ending::Snoozed { run_at }),
        "release" => finish(Ending::Released),
        "cancel" => finish(Ending::Cancelled),
        other => panic!("the unknown write `{other}`"),
    }
}

fn success(result: Option<serde_json::Value>, result_ref: Option<serde_json::Value>) -> Ending {
    Ending::Succeeded {
        result,
        result_ref,
        product: None,
    }
}

fn beat(client: &Client, fence: Fence, progress: Option<Progress>) -> Result<()> {
    let lease = progress.is_none().then_some(LEASE);
    let heartbeat = Heartbeat {
        owner: fence.owner,
        beats: vec![Beat {
            fence,
            progress,
            stalled_since: None,
        }],
        lease,
    };
    match client.repository().heartbeat(&heartbeat)?[..] {
        [Held::Lost] => Err(floorjobs_core::Error::new(ErrorKind::LeaseLost, "lost")),
        _ => Ok(()),
    }
}

/// A worker whose jobs end when the file `go` is there.
fn work(client: &Client, folder: &Path, go: &str) {
    let mut options = WorkerOptions::default();
    options.handle_signals = true;
    options.concurrency = WRITES.len();
    options.lease = LEASE;
    options.beat = LEASE / 5;
    options.tick = Duration::from_millis(50);
    options.reap_leases_every = LEASE / 4;
    let place = Arc::new(Waiting {
        go: folder.join(go),
        folder: folder.to_owned(),
        is_zombie: go != "go",
    });
    let events = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(folder.join("events"));
    let mut events = events.unwrap();
    let mut worker = worker_of(client, options).unwrap();
    for kind in ["held", "ends", "commits", "quick"] {
        let place = Arc::clone(&place);
        let handler = move |attempt: &AttemptContext| place.handle(kind, attempt);
        worker = worker.handle(Kind::new(kind).unwrap(), handler);
    }
    let tells = place.is_zombie;
    let worker = worker.listen(move |event: &WorkerEvent| {
        let told = match event {
            WorkerEvent::Succeeded { job, .. } => format!("succeeded {}\n", job.job_id),
            WorkerEvent::LeaseLost { job } => format!("lease_lost {}\n", job.job_id),
            _ => return,
        };
        if tells {
            events.write_all(told.as_bytes()).unwrap();
        }
    });
    if let Err(error) = worker.run() {
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        std::process::exit(NOT_STARTED);
    }
}

struct Waiting {
    go: PathBuf,
    folder: PathBuf,
    is_zombie: bool,
}

impl Waiting {
    fn handle(&self, kind: &str, attempt: &AttemptContext) -> Result<Verdict> {
        match kind {
            "quick" => Ok(done(attempt)),
            "commits" => {
                // The next commit of this process, which should be the one of this success.
                let half = self.folder.join("fault-half");
                std::fs::write(&half, "committed -shm 0 once").unwrap();
                std::fs::rename(half, self.folder.join("fault")).unwrap();
                Ok(done(attempt))
            }
            "ends" if self.is_zombie => {
                self.tell("began", attempt);
                until("it may go on", || self.go.exists());
                self.end(attempt)
            }
            _ => {
                until("it may go on", || self.go.exists());
                Ok(done(attempt))
            }
        }
    }

    /// Tries to leave something behind, and ends as the payload says.
    fn end(&self, attempt: &AttemptContext) -> Result<Verdict> {
        attempt.progress_message(0.5, "late", None);
        let kept = attempt.checkpoint(&json!({"late": true})).unwrap_err();
        assert_eq!(kept.kind(), ErrorKind::LeaseLost);
        let ending = attempt.payload()["as"].as_str().unwrap();
        let late = || floorjobs_core::Error::new(ErrorKind::Unavailable, "late");
        let verdict = match ending {
            "complete" => Ok(done(attempt)),
            "large" => Ok(Verdict::Complete(Completion {
                result: Some(json!("late".repeat(1 << 19))),
                ..Completion::default()
            })),
            "retry" => Ok(Verdict::Retry {
                error: Failure::new(ErrorKind::Internal, "late"),
                after: None,
            }),
            "error" => Err(late()),
            "fail" => Ok(Verdict::Fail {
                error: Failure::new(ErrorKind::Internal, "late"),
            }),
            "snooze" => Ok(Verdict::Snooze {
                until: Timestamp::from_micros(i64::MAX / 2),
            }),
            "cancelled" => Ok(Verdict::Cancelled),
            other => panic!("the unknown ending `{other}`"),
        };
        self.tell("answered", attempt);
        verdict
    }

    fn tell(&self, what: &str, attempt: &AttemptContext) {
        let ending = attempt.payload()["as"].as_str().unwrap();
        std::fs::write(self.folder.join(format!("{what}-{ending}")), b"").unwrap();
    }
}

fn done(attempt: &AttemptContext) -> Verdict {
    Verdict::complete(json!({"attempt": attempt.attempt(), "pid": std::process::id()}))
}
