//! A claim beside a small queue and beside a very long one.

use std::time::Duration;

use floorjobs_core::Kind;
use floorjobs_core::job::{OwnerId, QueueName};
use floorjobs_core::repository::{Claim, Durability, Owner, Repository, SqliteRepository};
use floorjobs_core::sys::ProcessIdentity;

use crate::Plan;
use crate::place::Place;
use crate::table::{Table, factor, micros};
use crate::timing::{self, Turns};

/// What is in the table before the claims.
#[derive(Clone, Copy)]
struct Depth {
    queued: usize,
    finished: usize,
    delayed: usize,
    /// Jobs of kinds that nobody claims, before the others.
    foreign: usize,
}

const SMALL: Depth = Depth {
    queued: 1_000,
    finished: 0,
    delayed: 0,
    foreign: 0,
};

const LARGE: Depth = Depth {
    queued: 1_000_000,
    finished: 1_000_000,
    delayed: 100_000,
    foreign: 0,
};

const FOREIGN: Depth = Depth {
    queued: 1_000,
    finished: 0,
    delayed: 0,
    foreign: 1_000_000,
};

/// Claims per round; all rounds together leave jobs in the small queue.
const CLAIMS: usize = 20;

pub(crate) fn run(plan: &Plan) {
    let depths = [SMALL, LARGE, FOREIGN].map(filled);
    let table = Table::new(
        "depth: a claim, NORMAL (goal: among 2,100,000 jobs at most 2 x among 1,000)",
        &["each", "over 1,000"],
    );
    let many: Vec<_> = (0..50).map(|n| format!("queue-{n}")).collect();
    let mut with_default: Vec<&str> = many.iter().map(String::as_str).collect();
    with_default.push("default");
    let cases: [(&str, usize, &[&str], usize); 6] = [
        ("of 1 job, 1,000 queued", 0, &["default"], 1),
        (
            "of 1 job, 1,000,000 queued and as many ended",
            1,
            &["default"],
            1,
        ),
        (
            "of 1 job, behind 1,000,000 of other kinds",
            2,
            &["default"],
            1,
        ),
        ("of 1 job, the 51st of 51 queues", 0, &with_default, 1),
        ("of 4 jobs, 1,000 queued", 0, &["default"], 4),
        (
            "of 4 jobs, 1,000,000 queued and as many ended",
            1,
            &["default"],
            4,
        ),
    ];
    let mut works: Vec<_> = cases
        .iter()
        .map(|(_, depth, queues, limit)| {
            let (_, repository) = &depths[*depth];
            let claim = claim(queues, &["noop"], *limit);
            move || claims(repository, &claim)
        })
        .collect();
    let mut works: Vec<&mut dyn FnMut() -> f64> =
        works.iter_mut().map(|work| work as &mut _).collect();
    let turns = Turns::take(plan.rounds.min(7), &mut works);
    for (which, (name, _, _, limit)) in cases.iter().enumerate() {
        let base = if *limit == 1 { 0 } else { 4 };
        let cells = [
            micros(1e6 / turns.rate(which)),
            factor(turns.ratio(base, which)),
        ];
        table.row(name, &cells);
    }
    in_vain(plan, &depths[0].1, &depths[2].1);
}

/// Claims that find nothing, in the small queue and in one full of other kinds.
fn in_vain(plan: &Plan, small: &SqliteRepository, foreign: &SqliteRepository) {
    let claim = claim(&["default"], &["unheard-of"], 1);
    let ask = |repository: &SqliteRepository| {
        timing::rate(CLAIMS, || {
            for _ in 0..CLAIMS {
                assert!(repository.claim(&claim).unwrap().is_empty());
            }
        })
    };
    let works: &mut [&mut dyn FnMut() -> f64] = &mut [&mut || ask(small), &mut || ask(foreign)];
    let turns = Turns::take(plan.rounds, works);
    let table = Table::new(
        "depth: a claim that finds nothing for its kinds",
        &["each", "over 1,000"],
    );
    for (which, name) in ["1,000 queued", "1,001,000 queued"].into_iter().enumerate() {
        let cells = [
            micros(1e6 / turns.rate(which)),
            factor(turns.ratio(0, which)),
        ];
        table.row(name, &cells);
    }
}

fn claim(queues: &[&str], kinds: &[&str], limit: usize) -> Claim {
    Claim {
        owner: Owner {
            id: OwnerId::generate(),
            process: ProcessIdentity::current(),
        },
        queues: queues
            .iter()
            .map(|name| QueueName::new(*name).unwrap())
            .collect(),
        kinds: kinds.iter().map(|name| Kind::new(*name).unwrap()).collect(),
        limit,
        lease: Duration::from_secs(60),
    }
}

fn claims(repository: &SqliteRepository, claim: &Claim) -> f64 {
    timing::rate(CLAIMS, || {
        for _ in 0..CLAIMS {
            assert_eq!(repository.claim(claim).unwrap().len(), claim.limit);
        }
    })
}

/// A database of some depth, made by SQL.
fn filled(depth: Depth) -> (Place, SqliteRepository) {
    let place = Place::new(Durability::Process);
    let connection = place.bare();
    connection
        .execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; BEGIN")
        .unwrap();
    let insert = |first: usize, count: usize, columns: &str, values: &str| {
        // Ids that grow with time, as ours do.
        let sql = format!(
            "INSERT INTO jobs (id, kind, queue, priority, run_at, payload, created_at, \
                 updated_at, status, ready{columns})
             SELECT unhex(printf('%032x', value)), {values} FROM generate_series"
        );
        let series = format!(
            "WITH RECURSIVE generate_series (value) AS (SELECT {first} UNION ALL \
                 SELECT value + 1 FROM generate_series WHERE value < {}) {sql}",
            first + count - 1
        );
        if count > 0 {
            connection.execute_batch(&series).unwrap();
        }
    };
    let common = "'default', 0, 1700000000000000 + value, '{\"page\":1}', \
                  1700000000000000, 1700000000000000";
    let ended = format!("'noop', {common}, 'succeeded', 0, value, '{{}}'");
    insert(1, depth.finished, ", finished_at, result", &ended);
    let foreign = format!("'other-' || value % 10, {common}, 'queued', 1");
    insert(2_000_000, depth.foreign, "", &foreign);
    let queued = format!("'noop', {common}, 'queued', 1");
    insert(4_000_000, depth.queued, "", &queued);
    let far = common.replace("1700000000000000 + value", "4000000000000000 + value");
    let delayed = format!("'noop', {far}, 'queued', 0");
    insert(6_000_000, depth.delayed, "", &delayed);
    connection
        .execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    drop(connection);
    let repository = std::sync::Arc::into_inner(place.repository()).unwrap();
    (place, repository)
}
