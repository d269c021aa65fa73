//! One database file: a connection that writes, one that reads, and what a fork does to them.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};

use rusqlite::Connection;

use super::connection::{Durability, open};
use super::fault::Op;
use super::group::{Group, Queue, Writer, lock};
use super::migrate::migrate;
use crate::error::Result;
use crate::sys::fork::{self, ForkAware};
use crate::sys::lock::{OwnedGuard, lock_owned};

/// An open database. Connections are made on first use and again after a fork.
#[derive(Debug)]
pub(super) struct Database {
    path: PathBuf,
    group: Group,
    writer: Arc<Mutex<Option<Writer>>>,
    reader: Arc<Mutex<Option<Connection>>>,
}

impl Database {
    /// Opens the file and brings its schema up to date.
    pub(super) fn open(path: &Path) -> Result<Arc<Database>> {
        let database = Arc::new(Database {
            // A later change of the working directory must not lead to another file.
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()),
            group: Group::default(),
            writer: Arc::default(),
            reader: Arc::default(),
        });
        let mut connection = open(&database.path)?;
        migrate(&mut connection)?;
        *lock(&database.writer) = Some(Writer {
            connection,
            durability: Durability::Power,
        });
        let weak: Weak<Database> = Arc::downgrade(&database);
        fork::register(weak)?;
        Ok(database)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `operation` in a transaction of its own or with others, and waits for the commit.
    pub(super) fn write<T: Send + 'static>(
        &self,
        durability: Durability,
        operation: impl FnOnce(&Connection) -> Op<T> + Send + 'static,
    ) -> Result<T> {
        let with_writer = |work: &mut dyn FnMut(&mut Writer)| {
            let mut slot = lock(&self.writer);
            let writer = match slot.as_mut() {
                Some(writer) => writer,
                None => slot.insert(Writer {
                    connection: open(&self.path)?,
                    durability: Durability::Power,
                }),
            };
            work(writer);
            Ok(())
        };
        self.group.write(durability, &with_writer, operation)
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
}

/// What the forking thread holds from before the fork until after it: every lock of a database,
/// so that the child cannot inherit one that another thread had.
struct HeldOverFork {
    database: *const Database,
    queue: OwnedGuard<Queue>,
    writer: OwnedGuard<Option<Writer>>,
    reader: OwnedGuard<Option<Connection>>,
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
            reader: closed(lock_owned(&self.reader)),
        };
        HELD.with_borrow_mut(|all| all.push(held));
    }

    fn after_fork_parent(&self) {
        drop(self.take_held());
        self.group.resume();
    }

    fn after_fork_child(&self) {
        if let Some(mut held) = self.take_held() {
            Group::reset(&mut held.queue);
            drop((held.queue, held.writer, held.reader));
        }
    }
}

fn closed<T>(mut slot: OwnedGuard<Option<T>>) -> OwnedGuard<Option<T>> {
    *slot = None;
    slot
}
