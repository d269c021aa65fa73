//! One database file: a connection that writes, one that reads, and what a fork does to them.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};

use rusqlite::Connection;

use super::aside::Aside;
use super::connection::{Durability, open};
use super::doubt::LogDoubt;
use super::fault::Op;
use super::group::{Group, Queue, Writer, lock};
use super::log_sync::{LogSync, OpenLog};
use super::migrate::migrate;
use crate::error::Result;
use crate::sys::fork::{self, ForkAware};
use crate::sys::lock::{OwnedGuard, lock_owned};
use crate::sys::sqlite::survive_forks;

/// An open database. Connections are made on first use and again after a fork.
#[derive(Debug)]
pub(super) struct Database {
    path: PathBuf,
    log: LogDoubt,
    sync: LogSync,
    group: Group,
    writer: Arc<Mutex<Option<Writer>>>,
    reader: Arc<Mutex<Option<Connection>>>,
    aside: Aside,
    counting: Aside,
}

impl Database {
    /// Opens the file and brings its schema up to date.
    pub(super) fn open(path: &Path) -> Result<Arc<Database>> {
        // A later change of the working directory must not lead to another file.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let log = LogDoubt::of_database(&path);
        let database = Arc::new(Database {
            sync: LogSync::new(log.clone()),
            log,
            path,
            group: Group::default(),
            writer: Arc::default(),
            reader: Arc::default(),
            aside: Aside::default(),
            counting: Aside::default(),
        });
        // Before the file is open, so that no fork by another thread can come in between.
        survive_forks();
        let weak: Weak<Database> = Arc::downgrade(&database);
        fork::register(weak)?;
        {
            let mut writer = lock(&database.writer);
            let mut connection = database.open_to_write()?;
            migrate(&mut connection)?;
            *writer = Some(Writer {
                connection,
                log: database.log.clone(),
            });
        }
        Ok(database)
    }

    fn open_to_write(&self) -> Op<Connection> {
        let mut connection = open(&self.path)?;
        self.log.watch(&mut connection)?;
        Ok(connection)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `operation` in a transaction of its own or with others, and waits for the commit.
    pub(super) fn write<T: Send + 'static>(
        &self,
        durability: Durability,
        operation: impl FnMut(&Connection) -> Op<T> + Send + 'static,
    ) -> Result<T> {
        let with_writer = |work: &mut dyn FnMut(&mut Writer)| {
            let mut slot = lock(&self.writer);
            let writer = match slot.as_mut() {
                Some(writer) => writer,
                None => slot.insert(Writer {
                    connection: self.open_to_write()?,
                    log: self.log.clone(),
                }),
            };
            work(writer);
            Ok(())
        };
        self.group
            .write(durability, &with_writer, &self.sync, operation)
    }

    /// Runs `question` on what is committed now.
    pub(super) fn read<T>(&self, question: impl FnOnce(&Connection) -> Op<T>) -> Result<T> {
        let mut slot = lock(&self.reader);
        let connection = match slot.as_mut() {
            Some(connection) => connection,
            None => slot.insert(open(&self.path)?),
        };
        Ok(question(connection)?)
    }

    /// Answers a `question` that counts many rows, on a connection of its own: nobody who asks for
    /// one job waits for it, and it does not wait for a backup.
    pub(super) fn count<T>(&self, question: impl FnMut(&Connection) -> Op<T>) -> Result<T> {
        self.counting.read(&self.path, question)
    }

    /// Answers a long `question` on a connection of its own; see [`Aside::read`].
    pub(super) fn read_aside<T>(
        &self,
        mut question: impl FnMut(&Connection, &Aside) -> Op<T>,
    ) -> Result<T> {
        self.aside
            .read(&self.path, |connection| question(connection, &self.aside))
    }
}

impl Drop for Database {
    /// Nobody prepares this for a fork any more, so none may come while the files are closed.
    fn drop(&mut self) {
        fork::without_forks(|| {
            *lock(&self.writer) = None;
            *lock(&self.reader) = None;
        });
    }
}

/// What the forking thread holds from before the fork until after it: every lock of a database,
/// so that the child cannot inherit one that another thread had.
struct HeldOverFork {
    database: *const Database,
    queue: OwnedGuard<Queue>,
    writer: OwnedGuard<Option<Writer>>,
    log: OwnedGuard<OpenLog>,
    reader: OwnedGuard<Option<Connection>>,
    aside: OwnedGuard<()>,
    counting: OwnedGuard<()>,
}

thread_local! {
    static HELD: RefCell<Vec<HeldOverFork>> = const { RefCell::new(Vec::new()) };
}

impl Database {
    fn take_held(&self) -> Option<HeldOverFork> {
        HELD.with_borrow_mut(|held| {
            let at = held
                .iter()
                .position(|one| std::ptr::eq(one.database, self))?;
            Some(held.swap_remove(at))
        })
    }
}

impl ForkAware for Database {
    /// Waits for the transaction in hand and closes the connections.
    ///
    /// A child that inherits an open database file holds no locks on it, and closing its copy
    /// would drop the parent's; so neither side has one open across the fork.
    fn before_fork(&self) {
        self.group.pause();
        let held = HeldOverFork {
            database: self,
            queue: lock_owned(&self.group.queue),
            writer: closed(lock_owned(&self.writer)),
            log: closed_log(lock_owned(self.sync.log())),
            reader: closed(lock_owned(&self.reader)),
            aside: self.aside.give_way(),
            counting: self.counting.give_way(),
        };
        HELD.with_borrow_mut(|all| all.push(held));
    }

    fn after_fork_parent(&self) {
        drop(self.take_held());
        self.aside.go_on();
        self.counting.go_on();
        self.group.resume();
    }

    fn after_fork_child(&self) {
        if let Some(mut held) = self.take_held() {
            Group::reset(&mut held.queue);
            self.aside.reset();
            self.counting.reset();
            drop((
                held.queue,
                held.writer,
                held.log,
                held.reader,
                held.aside,
                held.counting,
            ));
        }
    }
}

fn closed<T>(mut slot: OwnedGuard<Option<T>>) -> OwnedGuard<Option<T>> {
    *slot = None;
    slot
}

fn closed_log(mut log: OwnedGuard<OpenLog>) -> OwnedGuard<OpenLog> {
    log.close();
    log
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::fork::fork_and_wait;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    fn note(database: &Database, text: &'static str) -> Result<()> {
        database.write(Durability::Process, move |connection| {
            connection.execute("INSERT INTO notes VALUES (?1)", [text])?;
            Ok(())
        })
    }

    fn count(database: &Database) -> Result<i64> {
        database.read(|connection| {
            Ok(connection.query_row("SELECT count(*) FROM notes", [], |row| row.get(0))?)
        })
    }

    fn with_notes(path: &Path) -> Arc<Database> {
        let database = Database::open(path).unwrap();
        database
            .write(Durability::Process, |connection| {
                connection.execute_batch("CREATE TABLE notes (text TEXT)")?;
                Ok(())
            })
            .unwrap();
        database
    }

    #[test]
    fn parent_and_child_both_go_on_after_a_fork() {
        let folder = tempfile::tempdir().unwrap();
        let database = with_notes(&folder.path().join("jobs.db"));
        assert_eq!(count(&database).unwrap(), 0);
        let code = fork_and_wait(|| {
            let wrote = note(&database, "child").is_ok();
            i32::from(wrote && count(&database).is_ok_and(|notes| notes == 1))
        });
        assert_eq!(code, 1);
        note(&database, "parent").unwrap();
        assert_eq!(count(&database).unwrap(), 2);
    }

    /// Whether this process has a file of this folder open.
    #[cfg(target_os = "linux")]
    fn has_open(path: &Path) -> bool {
        let links = std::fs::read_dir("/proc/self/fd").unwrap();
        let mut links = links.filter_map(|link| std::fs::read_link(link.ok()?.path()).ok());
        links.any(|target| target.starts_with(path))
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_child_inherits_no_open_database() {
        let folder = tempfile::tempdir().unwrap();
        let folder_path = folder.path().canonicalize().unwrap();
        let database = with_notes(&folder_path.join("jobs.db"));
        assert_eq!(count(&database).unwrap(), 0);
        assert!(has_open(&folder_path), "both connections are open here");
        assert_eq!(fork_and_wait(|| i32::from(has_open(&folder_path))), 0);
        note(&database, "parent").unwrap();
    }

    #[test]
    fn forks_under_load_tear_nothing_and_hang_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let database = with_notes(&folder.path().join("jobs.db"));
        let stop = AtomicBool::new(false);
        let written = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let mut written = 0;
                        while !stop.load(Ordering::Relaxed) {
                            note(&database, "thread").unwrap();
                            assert!(count(&database).unwrap() > 0);
                            written += 1;
                        }
                        written
                    })
                })
                .collect();
            for _ in 0..20 {
                let code = fork_and_wait(|| i32::from(note(&database, "child").is_ok()));
                assert_eq!(code, 1);
            }
            stop.store(true, Ordering::Relaxed);
            writers
                .into_iter()
                .map(|writer| writer.join().unwrap())
                .sum::<i64>()
        });
        assert_eq!(count(&database).unwrap(), written + 20);
    }

    #[test]
    fn a_fork_stops_a_long_reading_which_then_begins_again() {
        let folder = tempfile::tempdir().unwrap();
        let database = with_notes(&folder.path().join("jobs.db"));
        let (begun, heard) = std::sync::mpsc::channel();
        let may_end = AtomicBool::new(false);
        let count_to = |connection: &Connection, last: i64| -> Op<i64> {
            Ok(connection.query_row(
                "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ?1)
                 SELECT max(n) FROM n",
                [last],
                |row| row.get(0),
            )?)
        };
        std::thread::scope(|scope| {
            let reading = scope.spawn(|| {
                let mut tries = 0;
                database.read_aside(|connection, aside| {
                    tries += 1;
                    // Nobody listens any more when it may end.
                    let _ = begun.send(tries);
                    if may_end.load(Ordering::SeqCst) {
                        return count_to(connection, 10);
                    }
                    if tries % 2 == 0 {
                        // A step of a backup, which is no statement.
                        while aside.stop().is_ok() {
                            std::thread::yield_now();
                        }
                        aside.stop()?;
                    }
                    count_to(connection, i64::MAX)
                })
            });
            // Other tests fork, too, and stop it as well.
            let mut seen = 0;
            while seen < 2 {
                seen = heard.recv().unwrap();
                note(&database, "others go on").unwrap();
                may_end.store(seen >= 2, Ordering::SeqCst);
                let code = fork_and_wait(|| {
                    let read = database.read_aside(|connection, _| {
                        Ok(connection
                            .query_row("SELECT count(*) FROM notes", [], |row| row.get(0))?)
                    });
                    i32::from(read.is_ok_and(|count: i64| count > 0))
                });
                assert_eq!(code, 1);
            }
            assert_eq!(reading.join().unwrap().unwrap(), 10);
        });
    }

    #[test]
    fn a_panicking_operation_fails_alone_and_leaves_the_database_usable() {
        let folder = tempfile::tempdir().unwrap();
        let database = with_notes(&folder.path().join("jobs.db"));
        let panicked = database.write(Durability::Process, |connection| {
            connection.execute("INSERT INTO notes VALUES ('lost')", [])?;
            assert!(
                connection.is_autocommit(),
                "as if there were no transaction"
            );
            Ok(())
        });
        assert_eq!(panicked.unwrap_err().kind(), crate::ErrorKind::Panicked);
        note(&database, "kept").unwrap();
        assert_eq!(count(&database).unwrap(), 1);
    }

    #[test]
    fn a_transaction_that_is_undone_under_an_operation_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let database = with_notes(&folder.path().join("jobs.db"));
        // What a full disk does to a transaction, done by hand.
        let undone = database.write(Durability::Process, |connection| {
            connection.execute_batch("INSERT INTO notes VALUES ('lost'); ROLLBACK")?;
            Ok(())
        });
        assert_eq!(undone.unwrap_err().kind(), crate::ErrorKind::Unavailable);
        assert_eq!(count(&database).unwrap(), 0);
    }

    #[test]
    fn a_lock_that_another_process_holds_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs.db");
        let database = with_notes(&path);
        let mut other = open(&path).unwrap();
        let transaction = other
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .unwrap();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| note(&database, "waited"));
            // The writer is at the lock, or about to be; either way it must come through.
            std::thread::park_timeout(Duration::from_millis(30));
            transaction.commit().unwrap();
            writer.join().unwrap().unwrap();
        });
        assert_eq!(count(&database).unwrap(), 1);
    }
}
