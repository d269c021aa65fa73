//! Reads one PDF several times and prints how much processor time each reading took, as JSON.
//!
//! `cargo run --release --example time_ingest -- [--drawing] [--repeat N] PLAN.pdf`
//!
//! `--drawing` only extracts what is drawn, before letters and walls are looked for. `checks` says how long
//! the longest stretch was in which nobody asked whether to stop, in processor time as well. What the file is has no say in
//! the exit code: a refusal is a result, named under `error`.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;
use std::sync::Mutex;

use floorjobs_core::error::Error;
use floorjobs_core::ingest::{IngestOptions, read_drawing, read_pdf};
use floorjobs_core::watch::{Unwatched, Watch};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<Value, String> {
    let (mut drawing, mut repeat, mut plan) = (false, 1_usize, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--drawing" => drawing = true,
            "--repeat" => {
                let times = arguments.next().unwrap_or_default();
                repeat = times.parse().map_err(|_| "--repeat needs a number")?;
            }
            _ => plan = Some(argument),
        }
    }
    let plan = plan.ok_or("give a PDF file")?;
    let options = IngestOptions::default();
    let mut times = Vec::new();
    let mut found = Value::Null;
    for _ in 0..repeat {
        let start = processor_ms();
        // The file is read each time, as the programs do that this is compared with.
        let bytes = std::fs::read(&plan).map_err(|error| format!("{plan}: {error}"))?;
        found = outcome(&bytes, &options, drawing, &Unwatched);
        times.push(processor_ms() - start);
    }
    let gaps = Gaps::start();
    let bytes = std::fs::read(&plan).map_err(|error| format!("{plan}: {error}"))?;
    outcome(&bytes, &options, drawing, &gaps);
    let (longest, stage) = gaps.longest();
    Ok(json!({
        "file": plan,
        "ms": times,
        "found": found,
        "checks": { "longest_gap_ms": longest, "stage": stage },
        "peak_kib": peak_kib(),
    }))
}

fn outcome(bytes: &[u8], options: &IngestOptions, drawing: bool, watch: &dyn Watch) -> Value {
    let named = |error: Error| json!({ "error": error.kind().code(), "message": error.chain() });
    if drawing {
        read_drawing(bytes, options, watch).map_or_else(named, |(page, drawing)| {
            json!({
                "page": page.index,
                "segments": drawing.segment_count(),
                "texts": drawing.texts().len(),
            })
        })
    } else {
        read_pdf(bytes, options, watch).map_or_else(named, |reading| {
            json!({
                "page": reading.floorplan.page.index,
                "segments": reading.drawing.segment_count(),
                "walls": reading.floorplan.walls.len(),
                "rooms": reading.floorplan.rooms.len(),
            })
        })
    }
}

/// Processor time of this process so far, which tells more than a clock does where other
/// programs run as well.
fn processor_ms() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// Most memory that this process ever held, where the system tells.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Measures the time between two questions whether to stop.
struct Gaps {
    state: Mutex<State>,
}

struct State {
    last: f64,
    stage: &'static str,
    longest: (f64, &'static str),
}

impl Gaps {
    fn start() -> Gaps {
        Gaps {
            state: Mutex::new(State {
                last: processor_ms(),
                stage: "start",
                longest: (0.0, "start"),
            }),
        }
    }

    fn note(&self) {
        let now = processor_ms();
        if let Ok(mut state) = self.state.lock() {
            let gap = now - state.last;
            if gap > state.longest.0 {
                state.longest = (gap, state.stage);
            }
            state.last = now;
        }
    }

    fn longest(&self) -> (f64, &'static str) {
        self.note();
        self.state
            .lock()
            .map_or((0.0, "unknown"), |state| state.longest)
    }
}

impl Watch for Gaps {
    fn progress(&self, _: f64, stage: &'static str) {
        if let Ok(mut state) = self.state.lock() {
            state.stage = stage;
        }
    }

    fn is_cancelled(&self) -> bool {
        self.note();
        false
    }
}
