//! Many writers at once: what sharing a commit brings.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use floorjobs_core::repository::{Repository, SqliteRepository};
use rusqlite::Connection;

use crate::place::{BOTH, Place, name, noop};
use crate::table::{Table, factor, rate};
use crate::timing::{Turns, now, per_second};
use crate::{Plan, bare};

const WRITERS: [usize; 4] = [1, 8, 32, 128];
const TIME: Duration = Duration::from_millis(600);

/// A writer that shares no commit waits for its turn as long as it takes.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn run(plan: &Plan) {
    let table = Table::new(
        "group: enqueues by several threads at once (goal: FULL with 32 at least 10 x unshared)",
        &["unshared", "shared", "over unshared", "over one alone"],
    );
    for durability in BOTH {
        let (alone, together) = (Place::new(durability), Place::new(durability));
        let repository = together.repository();
        let mut works: Vec<Box<dyn FnMut() -> f64>> = Vec::new();
        for writers in WRITERS {
            let repository = Arc::clone(&repository);
            works.push(Box::new(move || share(&repository, writers)));
        }
        for writers in WRITERS {
            let mut connections: Vec<_> = (0..writers).map(|_| patient(&alone)).collect();
            works.push(Box::new(move || each(&mut connections)));
        }
        let mut works: Vec<&mut dyn FnMut() -> f64> =
            works.iter_mut().map(|work| &mut **work as _).collect();
        let turns = Turns::take(plan.rounds, &mut works);
        for (which, writers) in WRITERS.iter().enumerate() {
            let unshared = which + WRITERS.len();
            let cells = [
                rate(turns.rate(unshared)),
                rate(turns.rate(which)),
                factor(turns.ratio(which, unshared)),
                factor(turns.ratio(which, 0)),
            ];
            table.row(
                &format!("{} writers, {}", writers, name(durability)),
                &cells,
            );
        }
    }
}

fn patient(place: &Place) -> Connection {
    let connection = place.bare();
    connection.busy_timeout(PATIENCE).unwrap();
    connection
}

/// How many jobs per second so many threads store, each one after the other, in commits that they
/// share.
fn share(repository: &Arc<SqliteRepository>, writers: usize) -> f64 {
    let stores = (0..writers).map(|_| {
        let repository = Arc::clone(repository);
        move || drop(repository.enqueue(&[noop()]).unwrap())
    });
    at_once(stores.collect())
}

/// The same without us: each thread with a bare connection and commits of its own.
fn each(connections: &mut [Connection]) -> f64 {
    let stores = connections.iter_mut().map(|connection| {
        move || {
            let connection = &*connection;
            bare::transaction(connection, || bare::insert(connection));
        }
    });
    at_once(stores.collect())
}

/// How often per second the threads together do their work, each one time after the other.
fn at_once<Work: FnMut() + Send>(works: Vec<Work>) -> f64 {
    let stop = AtomicBool::new(false);
    let done = AtomicUsize::new(0);
    let began = now();
    std::thread::scope(|scope| {
        for mut work in works {
            let (stop, done) = (&stop, &done);
            scope.spawn(move || {
                let mut mine = 0;
                while !stop.load(Ordering::Relaxed) {
                    work();
                    mine += 1;
                }
                done.fetch_add(mine, Ordering::Relaxed);
            });
        }
        std::thread::sleep(TIME);
        stop.store(true, Ordering::Relaxed);
    });
    per_second(done.into_inner(), began)
}
