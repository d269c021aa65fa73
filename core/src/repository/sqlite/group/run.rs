//! Running a batch: each operation, then one commit.
//!
//! If an operation is refused that had changed something by then, the batch is rolled back and
//! run again with savepoints, since these are dear and seldom needed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Connection;

use super::super::fault::{Fault, Op};
use super::{Failure, Outcome, Queued, Verdict, Writer};
use crate::error::{Error, ErrorKind};
use crate::sys::crash_point::{Place, Point, reach};

/// Runs `operations` and commits once for all of them.
pub(super) fn run_batch(writer: &mut Writer, operations: &mut [Queued]) -> Verdict {
    match catch_unwind(AssertUnwindSafe(|| try_batch(writer, operations))) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(fault)) => {
            writer.log.note(&fault);
            roll_back(&writer.connection);
            Err(Error::from(fault).into())
        }
        Err(_) => {
            roll_back(&writer.connection);
            Err(panicked())
        }
    }
}

/// What the writers of a batch are told whose run panicked.
pub(super) fn panicked() -> Failure {
    Failure::new(ErrorKind::Panicked, "a write to the job database panicked")
}

fn try_batch(writer: &mut Writer, operations: &mut [Queued]) -> Op<()> {
    let connection = &writer.connection;
    for guard in [Guard::None, Guard::Savepoints] {
        run(connection, "BEGIN IMMEDIATE")?;
        writer.log.settle()?;
        if run_operations(connection, operations, guard)? {
            reach(Point::At(Place::BatchBeforeCommit));
            run(connection, "COMMIT")?;
            reach(Point::At(Place::BatchCommitted));
            break;
        }
        run(connection, "ROLLBACK")?;
        if operations.len() == 1 {
            break;
        }
    }
    Ok(())
}

/// What keeps the operations of a batch apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    None,
    Savepoints,
}

/// Runs each operation; false when one is to be undone and cannot be without the others.
fn run_operations(connection: &Connection, operations: &mut [Queued], guard: Guard) -> Op<bool> {
    let guarded = guard == Guard::Savepoints;
    let alone = operations.len() == 1;
    for queued in operations {
        if guarded {
            run(connection, "SAVEPOINT operation")?;
        }
        let changes = connection.total_changes();
        let outcome = (queued.operation)(connection);
        if !alone {
            reach(Point::At(Place::BatchBetween));
        }
        // A full disk, an I/O error or no memory undoes the whole transaction, the operations
        // before this one with it.
        if connection.is_autocommit() {
            return Err(Fault::Rule(Error::new(
                ErrorKind::Unavailable,
                "the job database undid the transaction; is the disk full?",
            )));
        }
        let undo = matches!(outcome, Outcome::Undo) && connection.total_changes() != changes;
        if undo && !guarded {
            return Ok(false);
        }
        if undo {
            run(connection, "ROLLBACK TO operation")?;
        }
        if guarded {
            run(connection, "RELEASE operation")?;
        }
    }
    Ok(true)
}

pub(super) fn run(connection: &Connection, sql: &str) -> Op<()> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn roll_back(connection: &Connection) {
    if !connection.is_autocommit() {
        // If even this fails, the next BEGIN fails and says so.
        let _ = connection.execute_batch("ROLLBACK");
    }
}
