//! What the disk can do, and what our single commits make of it.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;

use floorjobs_core::repository::{Durability, Repository};
use rusqlite::Connection;

use crate::Plan;
use crate::place::{Place, noop};
use crate::table::{Table, percent, rate};
use crate::timing::{self, Turns};

const SYNCS: usize = 500;
/// Enqueues that a new log takes before it is copied for the first time.
const YOUNG: usize = 250;
const BLOCK: usize = 4_096;

pub(crate) fn run(plan: &Plan) {
    let place = Place::new(Durability::Power);
    let mut grown = File::create(place.folder.path().join("grown")).unwrap();
    let mut append = || {
        timing::rate(SYNCS, || {
            for _ in 0..SYNCS {
                grown.write_all(&[7; BLOCK]).unwrap();
                grown.sync_data().unwrap();
            }
        })
    };
    let written = File::create(place.folder.path().join("written")).unwrap();
    written.write_all_at(&vec![0; SYNCS * BLOCK], 0).unwrap();
    written.sync_all().unwrap();
    let mut overwrite = || {
        timing::rate(SYNCS, || {
            for block in 0..SYNCS {
                let at = (block * BLOCK) as u64;
                written.write_all_at(&[7; BLOCK], at).unwrap();
                written.sync_data().unwrap();
            }
        })
    };
    let plain = plain(&place);
    let mut insert = || {
        timing::rate(SYNCS, || {
            let mut insert = plain.prepare("INSERT INTO notes VALUES (?1)").unwrap();
            for _ in 0..SYNCS {
                insert
                    .execute(["a hundred bytes, or nearly so; ".repeat(3)])
                    .unwrap();
            }
        })
    };
    let repository = place.repository();
    let mut ours = || {
        timing::rate(SYNCS, || {
            for _ in 0..SYNCS {
                repository.enqueue(&[noop()]).unwrap();
            }
        })
    };
    // Before the log has its length and is overwritten from its beginning.
    let mut young = || {
        let place = Place::new(Durability::Power);
        let repository = place.repository();
        timing::rate(YOUNG, || {
            for _ in 0..YOUNG {
                repository.enqueue(&[noop()]).unwrap();
            }
        })
    };
    let works: &mut [&mut dyn FnMut() -> f64] = &mut [
        &mut append,
        &mut overwrite,
        &mut insert,
        &mut ours,
        &mut young,
    ];
    let turns = Turns::take(plan.rounds, works);

    let table = Table::new(
        "disk: one after the other, each waiting for the disk",
        &["rate", "of append", "of overwrite"],
    );
    let names = [
        "fdatasync after appending 4 KiB",
        "fdatasync after overwriting 4 KiB",
        "bare SQLite, one insert, WAL, FULL, as it comes",
        "ours: one enqueue, FULL",
        "the same, the first of a new file",
    ];
    for (which, name) in names.into_iter().enumerate() {
        let cells = [
            rate(turns.rate(which)),
            percent(turns.ratio(which, 0)),
            percent(turns.ratio(which, 1)),
        ];
        table.row(name, &cells);
    }
}

/// A database of another kind: one table, SQLite's defaults but for the log.
fn plain(place: &Place) -> Connection {
    let connection = Connection::open(place.folder.path().join("plain.db")).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE notes (text)",
        )
        .unwrap();
    connection
}
