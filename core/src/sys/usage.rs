//! What a thread and its process have used of the machine.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicI64, Ordering};

use rustix::time::{ClockId, clock_gettime};

thread_local! {
    /// What threads that are gone used for this one, in microseconds.
    static USED_BY_HELPERS: Cell<i64> = const { Cell::new(0) };
}

/// Processor time of the calling thread so far, and of those that helped it, in microseconds.
pub fn thread_cpu_micros() -> i64 {
    micros_of(ClockId::ThreadCPUTime) + USED_BY_HELPERS.get()
}

/// Counts processor time of a thread that worked for the calling one, in microseconds.
pub(crate) fn count_for_this_thread(micros: i64) {
    USED_BY_HELPERS.set(USED_BY_HELPERS.get() + micros);
}

fn micros_of(clock: ClockId) -> i64 {
    let time = clock_gettime(clock);
    time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
}

/// The most memory that this process has held so far, in bytes; 0 where the system keeps silent.
///
/// As of now or a millisecond ago: the system adds up all threads of the process to answer.
pub fn peak_memory_bytes() -> i64 {
    static KNOWN: AtomicI64 = AtomicI64::new(0);
    static ASKED_AT: AtomicI64 = AtomicI64::new(i64::MIN);
    const GOOD_FOR_US: i64 = 1_000;
    let now = micros_of(ClockId::Monotonic);
    if now.saturating_sub(ASKED_AT.load(Ordering::Acquire)) < GOOD_FOR_US {
        return KNOWN.load(Ordering::Acquire);
    }
    let peak = ask_for_peak();
    KNOWN.store(peak, Ordering::Release);
    ASKED_AT.store(now, Ordering::Release);
    peak
}

fn ask_for_peak() -> i64 {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: `getrusage` fills the structure that it is given; zeroed is a valid value of it too.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    // Linux counts in KiB, macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1_024 };
    usage.ru_maxrss.saturating_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_costs_processor_time_and_memory_is_held() {
        let before = thread_cpu_micros();
        let mut sum = 0_u64;
        while thread_cpu_micros() < before + 2_000 {
            sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(7));
        }
        assert!(thread_cpu_micros() >= before + 2_000);
        assert!(peak_memory_bytes() > 1 << 20);
    }
}
