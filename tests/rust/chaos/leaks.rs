//! Descriptors and memory of the processes that live through the storm.

use std::collections::BTreeMap;

use crate::process::now;

const EVERY: i64 = 100_000;

/// So many looks until a process has started its threads and opened what they use, on a machine
/// that does much else.
const WARMING_UP: usize = 20;

/// What was seen of each process, in the order of time.
#[derive(Default)]
pub(super) struct Leaks {
    seen: BTreeMap<(&'static str, u32), Seen>,
}

#[derive(Default)]
struct Seen {
    last: i64,
    descriptors: Vec<usize>,
    memory_kib: Vec<usize>,
}

/// The medians of the three thirds of a process's life since it has warmed up.
pub(super) struct Grown {
    pub(super) who: String,
    pub(super) descriptors: [usize; 3],
    pub(super) memory_kib: [usize; 3],
}

impl Leaks {
    pub(super) fn look(&mut self, role: &'static str, pid: u32) {
        let seen = self.seen.entry((role, pid)).or_default();
        if now() - seen.last < EVERY {
            return;
        }
        seen.last = now();
        // It may end at this moment.
        let Ok(open) = std::fs::read_dir(format!("/proc/{pid}/fd")) else {
            return;
        };
        let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status")) else {
            return;
        };
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let Some(resident) = resident.and_then(|rest| rest.split_whitespace().next()) else {
            return;
        };
        seen.descriptors.push(open.count());
        seen.memory_kib.push(resident.parse().unwrap());
    }

    pub(super) fn grown(&self) -> Vec<Grown> {
        self.seen
            .iter()
            .filter(|(_, seen)| seen.descriptors.len() >= WARMING_UP + 9)
            .map(|((role, pid), seen)| Grown {
                who: format!("{role} {pid}"),
                descriptors: thirds(&seen.descriptors[WARMING_UP..]),
                memory_kib: thirds(&seen.memory_kib[WARMING_UP..]),
            })
            .collect()
    }
}

impl Grown {
    /// What a process may take more of once it has warmed up: threads and caches that are filled
    /// as they are needed, up to a bound.
    pub(super) fn is_leak(&self) -> bool {
        let [small, ..] = self.memory_kib;
        goes_on(self.descriptors, 4) || goes_on(self.memory_kib, small / 4 + 24 * 1_024)
    }
}

/// Whether the thirds grow by more than this, and no less in each half: what grows once was held up
/// while it started.
fn goes_on([first, middle, last]: [usize; 3], most: usize) -> bool {
    last > first + most && middle > first + most / 2 && last > middle + most / 2
}

fn thirds(values: &[usize]) -> [usize; 3] {
    let third = values.len() / 3;
    let (first, rest) = values.split_at(third);
    let (middle, last) = rest.split_at(rest.len() - third);
    [first, middle, last].map(median)
}

fn median(values: &[usize]) -> usize {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

#[test]
fn what_goes_on_growing_is_a_leak() {
    let grown = |descriptors, memory_kib| Grown {
        who: String::new(),
        descriptors,
        memory_kib,
    };
    assert!(!grown([20, 21, 22], [30_000, 35_000, 40_000]).is_leak());
    assert!(grown([20, 30, 40], [30_000; 3]).is_leak());
    assert!(grown([20; 3], [30_000, 60_000, 90_000]).is_leak());
    // It was stopped before it had started, and grew no more once it had.
    assert!(!grown([6, 18, 19], [19_000, 90_000, 91_000]).is_leak());
    assert!(!grown([6, 7, 18], [19_000, 20_000, 90_000]).is_leak());
    let rising: Vec<usize> = (0..90).collect();
    assert_eq!(thirds(&rising), [15, 45, 75]);
}
