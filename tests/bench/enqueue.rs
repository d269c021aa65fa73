//! Storing jobs, one at a time and many at once.

use floorjobs_core::NewJob;
use floorjobs_core::repository::Durability;

use crate::place::{BOTH, Place, name, noop, payload};
use crate::table::{Table, factor, rate};
use crate::timing::{self, Turns};
use crate::{Plan, bare};

const MANY: usize = 1_000;

pub(crate) fn run(plan: &Plan) {
    let table = Table::new(
        "enqueue (goal: one at a time within 1.5 x the time of bare SQLite)",
        &["bare", "ours", "time over bare"],
    );
    for durability in BOTH {
        let (alone, together) = (Place::new(durability), Place::new(durability));
        let (bare, client) = (alone.bare(), together.client());
        let count = match durability {
            Durability::Process => 5_000,
            Durability::Power => 800,
        };
        let mut by_hand = || {
            timing::rate(count, || {
                for _ in 0..count {
                    bare::transaction(&bare, || bare::insert(&bare));
                }
            })
        };
        let mut by_repository = || {
            timing::rate(count, || {
                for _ in 0..count {
                    client.repository().enqueue(&[noop()]).unwrap();
                }
            })
        };
        let mut by_client = || {
            timing::rate(count, || {
                for _ in 0..count {
                    client.enqueue(job()).unwrap();
                }
            })
        };
        let works: &mut [&mut dyn FnMut() -> f64] =
            &mut [&mut by_hand, &mut by_repository, &mut by_client];
        let turns = Turns::take(plan.rounds, works);
        for (which, what) in [(1, "repository"), (2, "client")] {
            let cells = [
                rate(turns.rate(0)),
                rate(turns.rate(which)),
                factor(turns.ratio(0, which)),
            ];
            table.row(
                &format!("one at a time, {what}, {}", name(durability)),
                &cells,
            );
        }

        let mut by_hand = || {
            timing::rate(MANY, || {
                bare::transaction(&bare, || (0..MANY).for_each(|_| bare::insert(&bare)));
            })
        };
        let mut at_once = || {
            let jobs: Vec<_> = (0..MANY).map(|_| job()).collect();
            timing::rate(MANY, || drop(client.enqueue_many(jobs).unwrap()))
        };
        let turns = Turns::take(plan.rounds, &mut [&mut by_hand, &mut at_once]);
        let cells = [
            rate(turns.rate(0)),
            rate(turns.rate(1)),
            factor(turns.ratio(0, 1)),
        ];
        table.row(
            &format!("{MANY} at once, client, {}", name(durability)),
            &cells,
        );
    }
}

fn job() -> NewJob {
    NewJob::new("noop").unwrap().payload(payload())
}
