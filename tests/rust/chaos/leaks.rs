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

/// The median of the first third of a process's life since it has warmed up, and that of the last.
pub(super) struct Grown {
    pub(super) who: String,
    pub(super) descriptors: (usize, usize),
    pub(super) memory_kib: (usize, usize),
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
        let (few, many) = self.descriptors;
        let (small, large) = self.memory_kib;
        many > few + 4 || large > small + small / 4 + 24 * 1_024
    }
}

fn thirds(values: &[usize]) -> (usize, usize) {
    let third = values.len() / 3;
    (
        median(&values[..third]),
        median(&values[values.len() - third..]),
    )
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
    assert!(!grown((20, 22), (30_000, 40_000)).is_leak());
    assert!(grown((20, 40), (30_000, 30_000)).is_leak());
    assert!(grown((20, 20), (30_000, 90_000)).is_leak());
    let rising: Vec<usize> = (0..90).collect();
    assert_eq!(thirds(&rising), (15, 75));
}
