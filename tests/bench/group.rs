//! Many writers at once: what sharing a commit brings.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use floorjobs_core::repository::{Repository, SqliteRepository};

use crate::Plan;
use crate::place::{BOTH, Place, name, noop};
use crate::table::{Table, factor, rate};
use crate::timing::{Turns, now, per_second};

const WRITERS: [usize; 4] = [1, 8, 32, 128];
const TIME: Duration = Duration::from_millis(600);

pub(crate) fn run(plan: &Plan) {
    let table = Table::new(
        "group: enqueues by several threads at once (goal: FULL with 32 at least 10 x one alone)",
        &["rate", "over one alone"],
    );
    for durability in BOTH {
        let place = Place::new(durability);
        let repository = place.repository();
        let mut works: Vec<Box<dyn FnMut() -> f64>> = WRITERS
            .iter()
            .map(|writers| {
                let repository = Arc::clone(&repository);
                Box::new(move || write(&repository, *writers)) as Box<dyn FnMut() -> f64>
            })
            .collect();
        let mut works: Vec<&mut dyn FnMut() -> f64> =
            works.iter_mut().map(|work| &mut **work as _).collect();
        let turns = Turns::take(plan.rounds, &mut works);
        for (which, writers) in WRITERS.iter().enumerate() {
            let cells = [rate(turns.rate(which)), factor(turns.ratio(which, 0))];
            table.row(
                &format!("{} writers, {}", writers, name(durability)),
                &cells,
            );
        }
    }
}

/// How many jobs per second so many threads store, each one after the other.
fn write(repository: &Arc<SqliteRepository>, writers: usize) -> f64 {
    let stop = AtomicBool::new(false);
    let stored = AtomicUsize::new(0);
    let began = now();
    std::thread::scope(|scope| {
        for _ in 0..writers {
            scope.spawn(|| {
                let mut mine = 0;
                while !stop.load(Ordering::Relaxed) {
                    repository.enqueue(&[noop()]).unwrap();
                    mine += 1;
                }
                stored.fetch_add(mine, Ordering::Relaxed);
            });
        }
        std::thread::sleep(TIME);
        stop.store(true, Ordering::Relaxed);
    });
    per_second(stored.into_inner(), began)
}
