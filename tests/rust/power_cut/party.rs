//! Two producers and a worker on one disk, each a process, which note what they were told.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use floorjobs_core::client::IngestRequest;
use floorjobs_core::job::JobId;
use floorjobs_core::pipeline::worker_of;
use floorjobs_core::worker::{AttemptContext, Completion, Verdict, WorkerEvent};
use floorjobs_core::{Client, Kind, NewJob, Result, WorkerOptions};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::disk::Shimmed;
use crate::process::{LONG, WorkerProcess, again, connect_as, environment};

pub(super) const DATABASE: &str = "jobs.db";
const PRODUCERS: usize = 2;
const ROLE: &str = "FLOORJOBS_TEST_PARTY";

/// Who takes part.
pub(super) struct Party {
    durability: &'static str,
    jobs: usize,
}

impl Party {
    /// Producers that ask for so many things each.
    pub(super) fn of(durability: &'static str, jobs: usize) -> Party {
        Party { durability, jobs }
    }

    /// Lets them work on the disk until all jobs have ended.
    pub(super) fn run(&self, disk: &Shimmed) {
        let start = |role: &str| {
            let mut command = again("power_cut::party::takes_part");
            let (database, notes) = (disk.root().join(DATABASE), disk.notes());
            let paths = format!("{} {}", database.display(), notes.display());
            command.env(
                ROLE,
                format!("{role} {} {} {paths}", self.jobs, self.durability),
            );
            disk.put_on(&mut command);
            WorkerProcess::start(&mut command)
        };
        let mut producers: Vec<_> = (0..PRODUCERS).map(|n| start(&n.to_string())).collect();
        let mut worker = start("worker");
        for producer in &mut producers {
            assert_eq!(producer.wait().code(), Some(0));
        }
        worker.signal(Signal::TERM);
        assert_eq!(worker.wait().code(), Some(0));
    }
}

/// Not a test of anything: the processes of the party run this, and others do nothing here.
#[test]
fn takes_part() {
    let Some(words) = environment::<String>(ROLE) else {
        return;
    };
    let words: Vec<&str> = words.split(' ').collect();
    let [role, jobs, durability, database, notes] = words[..] else {
        panic!("{words:?}");
    };
    let client = connect_as(Path::new(database), durability);
    let notes = Notes::open(Path::new(notes));
    match role.parse() {
        Ok(number) => produce(&client, &notes, number, jobs.parse().unwrap()),
        Err(_) => work(&client, notes),
    }
    std::process::exit(0);
}

/// Each note is one write, which the shim puts into the journal where it happened.
pub(super) struct Notes(std::fs::File);

impl Notes {
    pub(super) fn open(path: &Path) -> Notes {
        let options = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path);
        Notes(options.unwrap())
    }

    pub(super) fn note(&self, text: &str) {
        (&self.0).write_all(format!("{text}\n").as_bytes()).unwrap();
    }
}

fn produce(client: &Client, notes: &Notes, number: usize, count: usize) {
    let mut dice = Dice::new(number as u64);
    let mut waited_for = Vec::new();
    let told = |id: JobId| notes.note(&format!("enqueued {number} {id}"));
    for n in 0..count {
        match dice.below(10) {
            0 => {
                let kinds = ["small", "small", "blob"];
                let jobs = kinds.map(|kind| job(kind, number, n)).to_vec();
                for job in client.enqueue_many(jobs).unwrap() {
                    told(job.id);
                    waited_for.push(job.id);
                }
            }
            1 => {
                let later = job("small", number, n).delay(Duration::from_secs(3_600));
                let id = client.enqueue(later).unwrap().id;
                told(id);
                client.cancel(id).unwrap();
                notes.note(&format!("cancelled {id}"));
            }
            2 => {
                let pdf = plan(number, n);
                let id = client.ingest(&pdf, IngestRequest::default()).unwrap().id;
                told(id);
                waited_for.push(id);
            }
            other => {
                let kind = ["large", "blob", "blob", "small"][other.min(6) - 3];
                let id = client.enqueue(job(kind, number, n)).unwrap().id;
                told(id);
                waited_for.push(id);
            }
        }
    }
    for id in waited_for {
        client.wait(id, LONG).unwrap();
    }
}

/// Large enough for the log to be copied into the database now and then, and to begin anew.
const PADDING: usize = 30_000;

fn job(kind: &str, number: usize, n: usize) -> NewJob {
    let padding = if kind == "small" { PADDING } else { 0 };
    let payload = json!({"by": number, "n": n, "padding": "x".repeat(padding)});
    NewJob::new(kind).unwrap().payload(payload)
}

/// A plan that no other is the same as.
fn plan(number: usize, n: usize) -> Vec<u8> {
    let name = "../tests/data/plans/d53_procthor_009_double_heavy_raw_plain_unc_rot90.pdf";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let mut bytes = std::fs::read(path).unwrap();
    bytes.extend(format!("\n% {number} {n}\n").bytes());
    bytes
}

fn work(client: &Client, notes: Notes) {
    let mut options = WorkerOptions::default();
    options.handle_signals = true;
    options.concurrency = 3;
    let worker = worker_of(client, options)
        .unwrap()
        .handle(Kind::new("small").unwrap(), small)
        .handle(Kind::new("blob").unwrap(), blob)
        .handle(Kind::new("large").unwrap(), large)
        .listen(move |event: &WorkerEvent| {
            if let WorkerEvent::Succeeded { job, .. } = event {
                notes.note(&format!("succeeded {}", job.job_id));
            }
        });
    worker.run().unwrap();
}

fn small(attempt: &AttemptContext) -> Result<Verdict> {
    Ok(Verdict::complete(json!({"attempt": attempt.attempt()})))
}

/// Leaves its result as a file of its own.
fn blob(attempt: &AttemptContext) -> Result<Verdict> {
    let blob = attempt
        .blobs()
        .put(attempt.payload().to_string().as_bytes())?;
    Ok(Verdict::Complete(Completion {
        result_ref: Some(json!({"blob": blob.to_string()})),
        ..Completion::default()
    }))
}

/// Too large a result to be stored with its job.
fn large(attempt: &AttemptContext) -> Result<Verdict> {
    let text = attempt.payload().to_string().repeat((1 << 20) / 16);
    Ok(Verdict::complete(Value::String(text)))
}
