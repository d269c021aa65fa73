//! Progress of a reading that has parts: each part tells its own 0 to 1, the whole never goes back.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::watch::Watch;

/// A watch whose fraction never goes back, whatever the parts under it tell.
pub(super) struct Forward<'a> {
    watch: &'a dyn Watch,
    /// The highest fraction so far, as the bits of a number in 0..=1, which sort as it does.
    highest: AtomicU64,
}

impl<'a> Forward<'a> {
    pub(super) fn new(watch: &'a dyn Watch) -> Forward<'a> {
        Forward {
            watch,
            highest: AtomicU64::new(0),
        }
    }
}

impl Watch for Forward<'_> {
    fn progress(&self, fraction: f64, stage: &'static str) {
        let share = if fraction.is_nan() { 0.0 } else { fraction };
        // Turns -0.0 into 0.0, whose bits sort first.
        let bits = (share.clamp(0.0, 1.0) + 0.0).to_bits();
        let before = self.highest.fetch_max(bits, Ordering::Relaxed);
        self.watch.progress(f64::from_bits(before.max(bits)), stage);
    }

    fn is_cancelled(&self) -> bool {
        self.watch.is_cancelled()
    }
}

/// The share from `from` to `to` of another watch.
pub(super) struct Share<'a> {
    watch: &'a dyn Watch,
    from: f64,
    to: f64,
}

impl<'a> Share<'a> {
    pub(super) fn new(watch: &'a dyn Watch, from: f64, to: f64) -> Share<'a> {
        Share { watch, from, to }
    }

    /// Part `index` of `count` equal parts of `from` to `to`.
    pub(super) fn part(
        watch: &'a dyn Watch,
        (from, to): (f64, f64),
        index: usize,
        count: usize,
    ) -> Share<'a> {
        #[expect(clippy::cast_precision_loss, reason = "a file has few pages")]
        let at = |index: usize| from + (to - from) * index as f64 / count.max(1) as f64;
        Share::new(watch, at(index), at(index + 1))
    }
}

impl Watch for Share<'_> {
    fn progress(&self, fraction: f64, stage: &'static str) {
        let within = self.from + (self.to - self.from) * fraction;
        self.watch.progress(within, stage);
    }

    fn is_cancelled(&self) -> bool {
        self.watch.is_cancelled()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Heard(Mutex<Vec<f64>>);

    impl Watch for Heard {
        fn progress(&self, fraction: f64, _: &'static str) {
            self.0.lock().unwrap().push(fraction);
        }

        fn is_cancelled(&self) -> bool {
            false
        }
    }

    #[test]
    fn parts_add_up_and_never_go_back() {
        let heard = Heard::default();
        let forward = Forward::new(&heard);
        for index in 0..2 {
            let part = Share::part(&forward, (0.0, 0.5), index, 2);
            part.progress(0.0, "");
            part.progress(1.0, "");
        }
        forward.progress(0.1, "");
        forward.progress(f64::NAN, "");
        forward.progress(2.0, "");
        let heard = heard.0.into_inner().unwrap();
        assert_eq!(heard, [0.0, 0.25, 0.25, 0.5, 0.5, 0.5, 1.0]);
    }
}
