//! Real worker processes for tests: this test binary, started again.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use floorjobs_core::clock::{Clock, SystemClock};
use floorjobs_core::pipeline::worker_of;
use floorjobs_core::settings::Overrides;
use floorjobs_core::worker::{AttemptContext, Verdict};
use floorjobs_core::{Client, Job, Kind, NewJob, Settings, WorkerOptions};
use serde_json::json;

/// How long a test waits for what should happen soon.
pub(crate) const LONG: Duration = Duration::from_secs(60);

const ROLE: &str = "FLOORJOBS_TEST_WORKER";

/// How a worker process works, as one word of its environment.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    /// With the usual times.
    Plain,
    /// Until nothing is due.
    Drain,
    /// With a lease of 900 ms.
    ShortLease,
    /// Asking for jobs by itself once an hour.
    OnlyWhenTold,
}

/// A folder with a database, and a client on it.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) client: Client,
}

impl Place {
    pub(crate) fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let client = connect(&folder.path().join("jobs.db"));
        Place { folder, client }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn enqueue(&self, kind: &str, payload: serde_json::Value) -> Job {
        let job = NewJob::new(kind).unwrap().payload(payload);
        self.client.enqueue(job).unwrap()
    }

    /// Starts a worker process and waits until it serves.
    pub(crate) fn worker(&self, role: Role) -> WorkerProcess {
        let worker = self.start(role);
        let pid = worker.child.id();
        until("the worker registers", || {
            let workers = self.client.repository().workers().unwrap();
            workers.iter().any(|row| row.owner.process.pid == pid)
        });
        worker
    }

    /// Starts a worker process.
    pub(crate) fn start(&self, role: Role) -> WorkerProcess {
        start_on(&self.path("jobs.db"), role)
    }
}

/// Starts a worker process on a database, made if it is not there.
pub(crate) fn start_on(database: &Path, role: Role) -> WorkerProcess {
    let word = match role {
        Role::Plain => "plain",
        Role::Drain => "drain",
        Role::ShortLease => "short-lease",
        Role::OnlyWhenTold => "only-when-told",
    };
    let mut command = again("process::worker_process");
    command.env(ROLE, format!("{word} {}", database.display()));
    WorkerProcess::start(&mut command)
}

/// A client of a database by its address, with its blobs in a folder.
pub(crate) fn connect_to(url: &str, blobs: &Path) -> Client {
    let overrides = Overrides {
        database_url: Some(url.to_owned()),
        blobs_url: Some(format!("file:{}", blobs.display())),
        ..Overrides::default()
    };
    Client::connect(&Settings::resolve(&overrides, |_| None).unwrap()).unwrap()
}

pub(crate) fn connect(database: &Path) -> Client {
    connect_as(database, "power")
}

/// A client whose enqueues are as durable as `durability` says.
pub(crate) fn connect_as(database: &Path, durability: &str) -> Client {
    let overrides = Overrides {
        database_url: Some(format!("sqlite:///{}", database.display())),
        durability: Some(durability.to_owned()),
        ..Overrides::default()
    };
    Client::connect(&Settings::resolve(&overrides, |_| None).unwrap()).unwrap()
}

/// This test binary, to be started again for one test that plays a part.
pub(crate) fn again(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--test-threads", "1", "--nocapture"])
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

/// What the environment says, if it does.
pub(crate) fn environment<T: std::str::FromStr>(name: &str) -> Option<T> {
    #[allow(clippy::disallowed_methods)]
    let text = std::env::var(name).ok()?;
    match text.parse() {
        Ok(value) => Some(value),
        Err(_) => panic!("`{name}` is `{text}`"),
    }
}

/// A worker process, killed when it is dropped.
pub(crate) struct WorkerProcess {
    pub(crate) child: Child,
}

impl WorkerProcess {
    pub(crate) fn start(command: &mut Command) -> WorkerProcess {
        WorkerProcess {
            child: command.spawn().unwrap(),
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Stops the process at a moment when it does not write to the database.
    ///
    /// One that is stopped within a transaction keeps the write lock, and everybody else waits
    /// for it: SQLite has no way around that.
    pub(crate) fn freeze(&self) {
        until("the worker is stopped outside of a transaction", || {
            self.signal(rustix::process::Signal::STOP);
            until("the worker is stopped", || self.is_stopped());
            let writes = self.holds_write_lock();
            if writes {
                self.signal(rustix::process::Signal::CONT);
            }
            !writes
        });
    }

    pub(crate) fn is_stopped(&self) -> bool {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap();
        tasks.into_iter().all(|task| {
            let stat = std::fs::read_to_string(task.unwrap().path().join("stat")).unwrap();
            stat.rsplit(')')
                .next()
                .unwrap()
                .trim_start()
                .starts_with('T')
        })
    }

    fn holds_write_lock(&self) -> bool {
        let locks = std::fs::read_to_string("/proc/locks").unwrap();
        let pid = self.pid().to_string();
        locks.lines().any(|line| {
            let mut words = line.split_whitespace();
            words.any(|word| word == "WRITE") && words.next() == Some(pid.as_str())
        })
    }

    /// Waits until the process has ended by itself.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let mut ended = None;
        until("the worker ends", || {
            ended = self.child.try_wait().unwrap();
            ended.is_some()
        });
        ended.unwrap()
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks again and again until `done`.
pub(crate) fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = now() + i64::try_from(LONG.as_micros()).unwrap();
    while !done() {
        assert!(now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Microseconds since boot.
pub(crate) fn now() -> i64 {
    SystemClock.boot_micros()
}

/// Not a test of anything: the worker processes run this, and others do nothing here.
#[test]
fn worker_process() {
    #[allow(clippy::disallowed_methods)]
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let (word, database) = role.split_once(' ').unwrap();
    let mut options = WorkerOptions::default();
    options.handle_signals = true;
    options.concurrency = 2;
    match word {
        "drain" => options.drain = true,
        "short-lease" => {
            options.lease = Duration::from_millis(900);
            options.beat = Duration::from_millis(200);
            options.tick = Duration::from_millis(50);
            options.reap_leases_every = Duration::from_millis(200);
        }
        "only-when-told" => options.poll = Duration::from_secs(3_600),
        _ => {}
    }
    let worker = worker_of(&connect(Path::new(database)), options)
        .unwrap()
        .handle(Kind::new("quick").unwrap(), quick)
        .handle(Kind::new("hang_once").unwrap(), hang_once)
        .handle(Kind::new("until_told").unwrap(), until_told)
        .handle(Kind::new("burn").unwrap(), burn);
    let report = worker.run().unwrap();
    std::process::exit(report.exit_code().into());
}

fn done(attempt: &AttemptContext) -> Verdict {
    Verdict::complete(json!({"attempt": attempt.attempt(), "pid": std::process::id()}))
}

fn quick(attempt: &AttemptContext) -> floorjobs_core::Result<Verdict> {
    Ok(done(attempt))
}

/// The first attempt goes on until it is told to stop, the next one is quick.
fn hang_once(attempt: &AttemptContext) -> floorjobs_core::Result<Verdict> {
    if attempt.attempt() == 1 {
        assert!(attempt.cancel_token().wait(LONG), "nobody stopped it");
        return Ok(Verdict::Cancelled);
    }
    Ok(done(attempt))
}

/// Goes on until the file in its payload is there, whatever it is told.
fn until_told(attempt: &AttemptContext) -> floorjobs_core::Result<Verdict> {
    let path = PathBuf::from(attempt.payload()["path"].as_str().unwrap());
    until("the file is there", || path.exists());
    Ok(done(attempt))
}

/// Uses a processor for so many milliseconds without a pause.
fn burn(attempt: &AttemptContext) -> floorjobs_core::Result<Verdict> {
    let end = now() + attempt.payload()["ms"].as_i64().unwrap() * 1_000;
    let mut sum = 0_u64;
    while now() < end {
        sum = (0..10_000).fold(sum, |sum, n| std::hint::black_box(sum.wrapping_mul(31) ^ n));
    }
    Ok(done(attempt))
}
