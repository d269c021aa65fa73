//! Taking the time.

use std::time::Duration;

use floorjobs_core::clock::{Clock, SystemClock};

/// Microseconds of a clock that all processes of the machine share.
pub(crate) fn now() -> i64 {
    SystemClock.boot_micros()
}

/// How many per second, when `work` does `count`.
pub(crate) fn rate(count: usize, work: impl FnOnce()) -> f64 {
    let began = now();
    work();
    per_second(count, began)
}

pub(crate) fn per_second(count: usize, began: i64) -> f64 {
    count as f64 * 1e6 / (now() - began).max(1) as f64
}

/// The middle of some figures.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// The rates of several kinds of work that take turns, each with the middle of its rounds.
pub(crate) struct Turns {
    rates: Vec<Vec<f64>>,
}

impl Turns {
    /// Lets all kinds of work have `rounds` turns, after one that does not count.
    pub(crate) fn take(rounds: usize, works: &mut [&mut dyn FnMut() -> f64]) -> Turns {
        let mut rates = vec![Vec::new(); works.len()];
        for round in 0..=rounds {
            for (work, rates) in works.iter_mut().zip(&mut rates) {
                let rate = work();
                if round > 0 {
                    rates.push(rate);
                }
            }
        }
        Turns { rates }
    }

    /// The rate of one kind of work.
    pub(crate) fn rate(&self, which: usize) -> f64 {
        median(self.rates[which].clone())
    }

    /// The rate of one kind of work over that of another, of the same rounds.
    pub(crate) fn ratio(&self, which: usize, to: usize) -> f64 {
        let pairs = self.rates[which].iter().zip(&self.rates[to]);
        median(pairs.map(|(one, other)| one / other).collect())
    }
}

/// The value below which a share of the sorted times lies.
pub(crate) fn share(sorted: &[Duration], share: f64) -> Duration {
    let last = sorted.len() - 1;
    sorted[((last as f64 * share).round() as usize).min(last)]
}
