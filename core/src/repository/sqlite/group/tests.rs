use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{JoinHandle, spawn};

use super::super::connection::open;
use super::*;
use crate::error::ErrorKind;

/// A group whose batches are made by hand: nobody leads before `run`.
struct ByHand {
    group: Arc<Group>,
    writer: Arc<Mutex<Writer>>,
    sync: Arc<LogSync>,
    _folder: tempfile::TempDir,
}

impl ByHand {
    fn new() -> ByHand {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.db");
        let connection = open(&path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE notes (text TEXT PRIMARY KEY,
                     about TEXT REFERENCES notes (text) DEFERRABLE INITIALLY DEFERRED)",
            )
            .unwrap();
        let group = Arc::new(Group::default());
        group.pause();
        ByHand {
            group,
            writer: Arc::new(Mutex::new(Writer {
                connection,
                log: LogDoubt::of_database(&path),
            })),
            sync: Arc::new(LogSync::new(LogDoubt::of_database(&path))),
            _folder: folder,
        }
    }

    /// Queues an operation, and returns once it is queued.
    fn queue(
        &self,
        operation: impl FnMut(&Connection) -> Op<()> + Send + 'static,
    ) -> JoinHandle<Result<()>> {
        let before = lock(&self.group.queue).waiting();
        let (group, writer) = (Arc::clone(&self.group), Arc::clone(&self.writer));
        let sync = Arc::clone(&self.sync);
        let thread = spawn(move || {
            let lend = |work: &mut dyn FnMut(&mut Writer)| {
                work(&mut lock(&writer));
                Ok(())
            };
            group.write(Durability::Power, &lend, &sync, operation)
        });
        while lock(&self.group.queue).waiting() == before {
            std::thread::yield_now();
        }
        thread
    }

    /// Runs one operation, now that somebody may lead.
    fn write_now(
        &self,
        operation: impl FnMut(&Connection) -> Op<()> + Send + 'static,
    ) -> Result<()> {
        let lend = |work: &mut dyn FnMut(&mut Writer)| {
            work(&mut lock(&self.writer));
            Ok(())
        };
        self.group
            .write(Durability::Power, &lend, &self.sync, operation)
    }

    /// Runs what is queued as one batch.
    fn run(&self) {
        self.group.resume();
    }

    fn notes(&self) -> Vec<String> {
        let writer = lock(&self.writer);
        let mut notes = writer
            .connection
            .prepare("SELECT text FROM notes ORDER BY text")
            .unwrap();
        let notes = notes.query_map([], |row| row.get(0)).unwrap();
        notes.map(|note| note.unwrap()).collect()
    }
}

fn note(text: &'static str) -> impl FnMut(&Connection) -> Op<()> + Send + 'static {
    move |connection| {
        connection.execute("INSERT INTO notes (text) VALUES (?1)", [text])?;
        Ok(())
    }
}

fn refusal() -> Fault {
    Fault::Rule(Error::new(ErrorKind::Conflict, "refused"))
}

#[test]
fn nobody_is_answered_before_the_commit() {
    let by_hand = ByHand::new();
    let threads = ["a", "b", "c"].map(|text| by_hand.queue(note(text)));
    let batch = lock(&by_hand.group.queue)
        .forming
        .front()
        .map(|forming| Arc::clone(&forming.batch))
        .unwrap();
    let commits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&commits);
    lock(&by_hand.writer)
        .connection
        .commit_hook(Some(move || {
            // A hook that says true undoes the transaction.
            let too_early = matches!(*lock(&batch.state), State::Ended(_));
            counted.fetch_add(1, Ordering::SeqCst);
            too_early
        }))
        .unwrap();
    by_hand.run();
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
    assert_eq!(by_hand.notes(), ["a", "b", "c"]);
    assert_eq!(commits.load(Ordering::SeqCst), 1, "one commit for all");
}

#[test]
fn nobody_is_answered_before_the_sync_and_others_are_run_meanwhile() {
    let by_hand = ByHand::new();
    let threads = ["a", "b", "c"].map(|text| by_hand.queue(note(text)));
    let batch = lock(&by_hand.group.queue)
        .forming
        .front()
        .map(|forming| Arc::clone(&forming.batch))
        .unwrap();
    // The disk takes its time.
    let disk = lock(by_hand.sync.log());
    by_hand.run();
    let syncing = |batches| {
        while lock(&by_hand.group.queue).syncing < batches {
            std::thread::yield_now();
        }
    };
    syncing(1);
    assert_eq!(by_hand.notes(), ["a", "b", "c"]);
    let too_early = || matches!(*lock(&batch.state), State::Ended(_));
    assert!(!too_early());
    std::thread::scope(|scope| {
        let next = scope.spawn(|| by_hand.write_now(note("d")));
        syncing(2);
        assert_eq!(by_hand.notes(), ["a", "b", "c", "d"]);
        assert!(!too_early() && !next.is_finished());
        let forks = scope.spawn(|| by_hand.group.pause());
        while lock(&by_hand.group.queue).forks == 0 {
            std::thread::yield_now();
        }
        assert!(!forks.is_finished(), "a fork waits for those that sync");
        drop(disk);
        forks.join().unwrap();
        next.join().unwrap().unwrap();
    });
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
}

#[test]
fn a_commit_that_fails_is_a_failure_of_the_whole_batch() {
    let by_hand = ByHand::new();
    let good = by_hand.queue(note("good"));
    // What it refers to never comes, which SQLite sees at the commit.
    let bad = by_hand.queue(|connection| {
        connection.execute("INSERT INTO notes VALUES ('bad', 'nothing')", [])?;
        Ok(())
    });
    by_hand.run();
    for thread in [good, bad] {
        assert!(thread.join().unwrap().is_err());
    }
    assert_eq!(by_hand.notes(), [""; 0]);
    by_hand.write_now(note("after")).unwrap();
    assert_eq!(by_hand.notes(), ["after"]);
}

#[test]
fn a_refusal_by_what_a_failed_commit_undid_is_no_refusal() {
    let by_hand = ByHand::new();
    let bad = by_hand.queue(|connection| {
        connection.execute("INSERT INTO notes VALUES ('bad', 'nothing')", [])?;
        Ok(())
    });
    let refused = by_hand.queue(|connection| {
        let notes = connection.query_row("SELECT count(*) FROM notes", [], |row| row.get(0))?;
        match notes {
            0 => Ok(()),
            _ => Err(refusal()),
        }
    });
    by_hand.run();
    assert!(bad.join().unwrap().is_err());
    let error = refused.join().unwrap().unwrap_err();
    assert_ne!(error.kind(), ErrorKind::Conflict, "{error}");
}

#[test]
fn what_a_refused_operation_wrote_is_undone_and_the_rest_of_its_batch_kept() {
    let by_hand = ByHand::new();
    let first = by_hand.queue(note("first"));
    let refused = by_hand.queue(|connection| {
        connection.execute("INSERT INTO notes (text) VALUES ('half')", [])?;
        Err(refusal())
    });
    let last = by_hand.queue(note("last"));
    by_hand.run();
    first.join().unwrap().unwrap();
    last.join().unwrap().unwrap();
    let refused = refused.join().unwrap().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    assert_eq!(by_hand.notes(), ["first", "last"]);
}

#[test]
fn an_operation_that_panics_fails_its_batch_and_no_other() {
    let by_hand = ByHand::new();
    let first = by_hand.queue(note("first"));
    let panics = by_hand.queue(|_| std::panic::resume_unwind(Box::new("quietly")));
    by_hand.run();
    for thread in [first, panics] {
        let error = thread.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Panicked);
    }
    by_hand.write_now(note("after")).unwrap();
    assert_eq!(by_hand.notes(), ["after"]);
}
