//! Progress of a part as progress of the whole.

use crate::watch::Watch;

/// A watch for one stage of longer work: its 0..=1 becomes `from..=to` of the whole.
pub(super) struct Stage<'a> {
    whole: &'a dyn Watch,
    from: f64,
    to: f64,
}

impl<'a> Stage<'a> {
    pub(super) fn new(whole: &'a dyn Watch, from: f64, to: f64) -> Stage<'a> {
        Stage { whole, from, to }
    }
}

impl Watch for Stage<'_> {
    fn progress(&self, fraction: f64, stage: &'static str) {
        let fraction = self.from + (self.to - self.from) * fraction.clamp(0.0, 1.0);
        self.whole.progress(fraction, stage);
    }

    fn is_cancelled(&self) -> bool {
        self.whole.is_cancelled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    struct Told(Mutex<Vec<f64>>);

    impl Watch for Told {
        fn progress(&self, fraction: f64, _stage: &'static str) {
            self.0.lock().unwrap().push(fraction);
        }

        fn is_cancelled(&self) -> bool {
            true
        }
    }

    #[test]
    fn a_stage_fills_its_share_of_the_whole() {
        let told = Told(Mutex::default());
        let stage = Stage::new(&told, 0.25, 0.75);
        for fraction in [0.0, 0.5, 1.0, 7.0] {
            stage.progress(fraction, "reading");
        }
        assert_eq!(*told.0.lock().unwrap(), [0.25, 0.5, 0.75, 0.75]);
        assert!(stage.is_cancelled());
    }
}
