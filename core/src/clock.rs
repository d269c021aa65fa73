//! The one place that reads the machine's clocks.
//!
//! Two clocks, because they answer two questions. *Wall* time says when something happened and
//! when a job is due; an administrator may step it. *Boot* time only ever goes forward, also
//! while the machine sleeps, so leases are measured by it and a stepped wall clock reaps nobody.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::job::Timestamp;

/// Where the time comes from.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Wall time, UTC.
    fn now(&self) -> Timestamp;

    /// Microseconds since the machine booted, counting sleep; never goes back.
    fn boot_micros(&self) -> i64;
}

/// The clocks of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(read(ClockId::Realtime))
    }

    fn boot_micros(&self) -> i64 {
        // Elsewhere than on Linux the monotonic clock is the nearest there is.
        #[cfg(target_os = "linux")]
        let clock = ClockId::Boottime;
        #[cfg(not(target_os = "linux"))]
        let clock = ClockId::Monotonic;
        read(clock)
    }
}

fn read(clock: ClockId) -> i64 {
    let time = clock_gettime(clock);
    time.tv_sec
        .saturating_mul(1_000_000)
        .saturating_add(time.tv_nsec / 1_000)
}

/// A clock that stands still until it is moved, for tests of anything that depends on time.
#[derive(Debug)]
pub struct ManualClock {
    wall: AtomicI64,
    boot: AtomicI64,
}

impl ManualClock {
    /// A clock whose wall time is `wall`, one hour after boot.
    pub fn starting_at(wall: Timestamp) -> ManualClock {
        ManualClock {
            wall: AtomicI64::new(wall.as_micros()),
            boot: AtomicI64::new(3_600_000_000),
        }
    }

    /// Moves both clocks forward.
    pub fn advance(&self, by: Duration) {
        let by = crate::job::time::duration_micros(by);
        self.wall.fetch_add(by, Ordering::SeqCst);
        self.boot.fetch_add(by, Ordering::SeqCst);
    }

    /// Starts the machine anew: the boot clock begins again, the wall clock goes on.
    pub fn reboot(&self) {
        self.boot.store(0, Ordering::SeqCst);
    }

    /// Steps the wall clock alone, as an administrator or NTP would; negative steps go back.
    pub fn step_wall(&self, by_micros: i64) {
        self.wall.fetch_add(by_micros, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.wall.load(Ordering::SeqCst))
    }

    fn boot_micros(&self) -> i64 {
        self.boot.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boot_time_goes_forward_and_wall_time_is_of_this_century() {
        let (first, second) = (SystemClock.boot_micros(), SystemClock.boot_micros());
        assert!(0 < first && first <= second);
        assert!(SystemClock.now().as_micros() > 1_700_000_000_000_000);
    }

    #[test]
    fn a_stepped_wall_clock_leaves_boot_time_alone() {
        let clock = ManualClock::starting_at(Timestamp::from_micros(5_000_000));
        clock.advance(Duration::from_secs(1));
        let boot = clock.boot_micros();
        clock.step_wall(-6_000_000);
        assert_eq!(clock.now(), Timestamp::from_micros(0));
        assert_eq!(clock.boot_micros(), boot);
    }
}
