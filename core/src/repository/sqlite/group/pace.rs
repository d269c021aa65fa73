//! How large batches should be: as large as they can, or half as large and twice as many.
//!
//! While the disk takes one batch, another can be run. That pays when running takes about as long
//! as the disk does, so on fast disks and with many writers; on slow disks all writers had better
//! share one sync. Both times are measured as they come.

/// No more operations than this wait for one commit, so that the first is not kept long.
const LARGEST_BATCH: usize = 256;

/// With fewer writers there is nothing to overlap.
const FEWEST: usize = 8;

/// What was measured: running means over about the last eight batches, in nanoseconds.
#[derive(Debug, Default)]
pub(super) struct Pace {
    operation: u64,
    sync: u64,
}

impl Pace {
    /// A batch was run and committed.
    pub(super) fn ran(&mut self, operations: usize, micros: i64) {
        let each = nanos(micros) / u64::try_from(operations.max(1)).unwrap_or(1);
        self.operation = mean(self.operation, each);
    }

    /// A commit was synced.
    pub(super) fn synced(&mut self, micros: i64) {
        self.sync = mean(self.sync, nanos(micros));
    }

    /// Whether to run a batch while the one before is synced, with so many writers around.
    pub(super) fn overlaps(&self, writers: usize) -> bool {
        let running = u64::try_from(writers).unwrap_or(u64::MAX);
        let running = running.saturating_mul(self.operation);
        writers >= FEWEST && self.sync > 0 && running >= self.sync
    }

    /// How many operations a batch may have, with so many writers around.
    pub(super) fn largest(&self, writers: usize) -> usize {
        match self.overlaps(writers) {
            true => writers.div_ceil(2).min(LARGEST_BATCH),
            false => LARGEST_BATCH,
        }
    }
}

fn nanos(micros: i64) -> u64 {
    u64::try_from(micros).unwrap_or(0).saturating_mul(1_000)
}

fn mean(before: u64, now: u64) -> u64 {
    match before {
        0 => now,
        before => before - before / 8 + now / 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(operation: i64, sync: i64) -> Pace {
        let mut pace = Pace::default();
        for _ in 0..50 {
            pace.ran(10, 10 * operation);
            pace.synced(sync);
        }
        pace
    }

    #[test]
    fn many_writers_on_a_fast_disk_take_turns_and_others_share_one_sync() {
        let fast = pace(6, 130);
        assert_eq!(fast.largest(32), 16);
        assert_eq!(fast.largest(1_000), LARGEST_BATCH);
        assert_eq!(fast.largest(4), LARGEST_BATCH);
        let slow = pace(6, 2_000);
        assert_eq!(slow.largest(32), LARGEST_BATCH);
        assert_eq!(Pace::default().largest(32), LARGEST_BATCH);
    }
}
