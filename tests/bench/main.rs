//! How fast the job engine is, beside what the disk and bare SQLite do in the same run.
//!
//! `make bench` runs everything; `cargo bench -p floorjobs-core -- group pickup` runs the parts
//! named. Every figure of ours stands beside the same work without us, and the two take turns, so
//! that what else the machine does weighs on both. `--rounds N` takes more turns.

// A benchmark is a program for people; it says what is wrong by stopping.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::indexing_slicing
)]

mod bare;
mod depth;
mod disk;
mod drain;
mod enqueue;
mod generate;
mod group;
mod machine;
mod pickup;
mod place;
mod postgres;
mod redis;
mod table;
mod timing;

/// What every part is told.
pub(crate) struct Plan {
    /// How often the two sides of a comparison take turns.
    pub(crate) rounds: usize,
}

type Part = (&'static str, fn(&Plan));

const PARTS: [Part; 9] = [
    ("disk", disk::run),
    ("group", group::run),
    ("enqueue", enqueue::run),
    ("drain", drain::run),
    ("depth", depth::run),
    ("pickup", pickup::run),
    ("redis", redis::run),
    ("postgres", postgres::run),
    ("generate", generate::run),
];

fn main() {
    // Cargo adds `--bench`.
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    let mut plan = Plan { rounds: 5 };
    let mut wanted = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            // A worker process of the part `pickup`: this program, started again.
            "worker" => return pickup::worker_process(words),
            "--rounds" => {
                let rounds = words.next().and_then(|number| number.parse().ok());
                plan.rounds = rounds.expect("--rounds needs a number");
            }
            _ => wanted.push(word),
        }
    }
    for word in &wanted {
        assert!(
            PARTS.iter().any(|(name, _)| name == word),
            "there is no part `{word}`; there are {}",
            PARTS.map(|(name, _)| name).join(", ")
        );
    }
    machine::tell();
    for (name, run) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            run(&plan);
        }
    }
}
