//! What a call through the C interface costs over the same call in Rust: `make bench-c`.

// A measurement reads the clock, and tells people.
#![allow(clippy::disallowed_methods, clippy::print_stdout)]

use std::hint::black_box;
use std::mem::MaybeUninit;
use std::time::Instant;

use floorjobs_core::settings::Overrides;
use floorjobs_core::{Client, JobId, NewJob, Settings};

use crate::client::ask::fj_client_get;
use crate::client::fj_client;
use crate::client::follow::fj_client_wait;
use crate::status::{fj_status, fj_status_code};
use crate::text::{Terminated, fj_string, fj_string_free};

const CALLS: usize = 20_000;
const ROUNDS: usize = 9;

/// Nanoseconds per call of two ways, each the best of several rounds that take turns.
fn compare(mut one: impl FnMut(), mut other: impl FnMut()) -> (f64, f64) {
    let mut best = [f64::INFINITY; 2];
    for _ in 0..ROUNDS {
        let ways: [&mut dyn FnMut(); 2] = [&mut one, &mut other];
        for (best, way) in best.iter_mut().zip(ways) {
            let start = Instant::now();
            for _ in 0..CALLS {
                way();
            }
            *best = best.min(start.elapsed().as_nanos() as f64 / CALLS as f64);
        }
    }
    (best[0], best[1])
}

fn asked(call: impl FnOnce(&mut MaybeUninit<fj_string>) -> fj_status) {
    let mut out = MaybeUninit::uninit();
    let status = call(&mut out);
    // SAFETY: every call writes it, whatever comes of it.
    let mut out = unsafe { out.assume_init() };
    fj_string_free(Some(&mut out));
    black_box(status);
}

#[test]
#[ignore = "a measurement: make bench-c"]
fn cost_of_a_call() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::load(&Overrides {
        database_url: Some(format!("sqlite:///{}/jobs.db", folder.path().display())),
        ..Overrides::default()
    });
    let client = Client::connect(&settings.unwrap()).unwrap();
    let job = client.enqueue(NewJob::new("k").unwrap()).unwrap();
    let handle = fj_client { client };
    let client = &handle.client;
    let id = Terminated::new(&job.id.to_string());
    let text = id.borrow().required("id").unwrap();
    // The same work in Rust: the id is text, and so is the answer.
    let json = || {
        let id: JobId = text.parse().unwrap();
        let job = client.get(black_box(id)).unwrap();
        black_box(serde_json::to_string(&job).unwrap());
    };
    let get = |out: &mut MaybeUninit<fj_string>| {
        fj_client_get(Some(&handle), id.borrow(), Some(out), None)
    };
    println!("nanoseconds per call, the best of {ROUNDS} rounds of {CALLS}:");
    let (rust, c) = compare(json, || asked(get));
    println!(
        "  get of a job as JSON        Rust {rust:8.0}   C {c:8.0}   over {:6.0}",
        c - rust
    );
    let (plain, _) = compare(|| drop(black_box(client.get(job.id).unwrap())), || ());
    println!("  get of a job as a structure Rust {plain:8.0}");
    let refuse = |out: &mut MaybeUninit<fj_string>| {
        fj_client_wait(Some(&handle), id.borrow(), -1.0, Some(out), None)
    };
    let parse = || {
        black_box(text.parse::<JobId>().unwrap());
    };
    let (rust, c) = compare(parse, || asked(refuse));
    println!(
        "  a refused argument          Rust {rust:8.0}   C {c:8.0}   over {:6.0}",
        c - rust
    );
    let code = || {
        black_box(fj_status_code(black_box(7)));
    };
    let (_, c) = compare(|| (), code);
    println!("  the least there is          Rust        0   C {c:8.0}   over {c:6.0}");
}
