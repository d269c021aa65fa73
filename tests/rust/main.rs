//! Everything that is tested from outside of the crate, in one binary.

// A test says what it expects by failing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod blobs;
mod chaos;
mod conformance;
mod crash_points;
mod dice;
mod disk;
mod failures_of_others;
mod group_commit;
mod invariants;
mod model;
mod on_postgres;
mod operate;
mod postgres_away;
mod postgres_tls;
mod power_cut;

mod process;
mod redis;
mod robust;
mod scenarios;
mod servers;
mod start_stop;
mod wake_up;
mod whole_path;
mod worker_process;
mod zombie;
