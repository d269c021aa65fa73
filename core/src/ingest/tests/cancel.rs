//! How soon a reading notices that it should stop.

use std::fmt::Write as _;
use std::sync::Mutex;

use rustix::time::{ClockId, clock_gettime};

use super::TestPdf;
use crate::ingest::{IngestOptions, read_pdf};
use crate::watch::Watch;

/// The longest that anyone waits for a reading to notice, in milliseconds. Without optimisation the
/// same work takes some thirty times as long.
const LONGEST_MS: f64 = if cfg!(debug_assertions) {
    3_000.0
} else {
    100.0
};

/// Processor time of this thread, which other programs do not disturb.
fn thread_ms() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// The longest time between two questions whether to stop, and in which stage.
struct Longest(Mutex<(f64, &'static str, f64, &'static str)>);

impl Watch for Longest {
    fn progress(&self, _: f64, stage: &'static str) {
        self.0.lock().unwrap().1 = stage;
    }

    fn is_cancelled(&self) -> bool {
        let now = thread_ms();
        let mut state = self.0.lock().unwrap();
        let gap = now - state.0;
        if gap > state.2 {
            (state.2, state.3) = (gap, state.1);
        }
        state.0 = now;
        false
    }
}

/// Lines all over a page of 2,384 by 1,684 points, in a fixed disorder: upright ones, or in any
/// direction.
fn scribble(count: usize, is_upright: bool) -> String {
    let mut state = 1_u32;
    let mut next = |most: f64| {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345) % (1 << 31);
        f64::from(state) / f64::from(1_u32 << 31) * most
    };
    let mut content = String::from("0.1 w\n");
    for _ in 0..count {
        let (x, y) = (next(2_384.0), next(1_684.0));
        let (mut u, mut v) = (next(2_384.0), next(1_684.0));
        if is_upright {
            (u, v) = if next(2.0) < 1.0 { (u, y) } else { (x, v) };
        }
        writeln!(content, "{x:.2} {y:.2} m {u:.2} {v:.2} l S").unwrap();
    }
    content
}

/// The longest time without a question in one reading, and in which stage.
fn longest_gap(bytes: &[u8], is_upright: bool) -> (f64, &'static str) {
    let longest = Longest(Mutex::new((thread_ms(), "", 0.0, "")));
    let reading = read_pdf(bytes, &IngestOptions::default(), &longest).unwrap();
    let findings = &reading.floorplan.findings;
    // Two thousand lines in all directions cross each other a hundred thousand times.
    let is_told = findings
        .iter()
        .any(|one| one.code == "rooms_not_looked_for");
    assert_eq!(is_told, !is_upright);
    longest.is_cancelled();
    let (_, _, gap, stage) = longest.0.into_inner().unwrap();
    (gap, stage)
}

#[test]
fn a_page_full_of_lines_asks_often_whether_to_stop() {
    for is_upright in [true, false] {
        let pdf = TestPdf::new().with("MediaBox", super::numbers(&[0.0, 0.0, 2384.0, 1684.0]));
        let bytes = pdf.bytes(scribble(6_000, is_upright));
        // The same work takes several times as long now and then where others want the processor
        // too, but not each time.
        let mut gaps = (0..4).map(|_| longest_gap(&bytes, is_upright));
        let mut told = Vec::new();
        let is_soon = gaps.any(|(gap, stage)| {
            told.push(format!("{gap:.0} ms in `{stage}`"));
            gap <= LONGEST_MS
        });
        assert!(is_soon, "{told:?}");
    }
}
