//! How much there is of each thickness.

use super::bars::{Bar, same_thickness};

/// Lengths by thickness, to sum those of about one thickness quickly.
pub(super) struct Kinds {
    /// By thickness, with the length of all up to and with each.
    sums: Vec<(f64, f64)>,
}

impl Kinds {
    pub(super) fn of<'a>(bars: impl Iterator<Item = &'a Bar>) -> Kinds {
        let mut sums: Vec<(f64, f64)> = bars.map(|bar| (bar.thickness, bar.length())).collect();
        sums.sort_by(|one, two| one.0.total_cmp(&two.0));
        let mut passed = 0.0;
        for (_, length) in &mut sums {
            passed += *length;
            *length = passed;
        }
        Kinds { sums }
    }

    /// Length of everything.
    pub(super) fn total(&self) -> f64 {
        self.sums.last().map_or(0.0, |last| last.1)
    }

    /// Length of what is about as thick as `thickness`.
    pub(super) fn like(&self, thickness: f64) -> f64 {
        let before = |index: usize| -> f64 {
            let last = index.checked_sub(1).and_then(|last| self.sums.get(last));
            last.map_or(0.0, |last| last.1)
        };
        let start = self
            .sums
            .partition_point(|kind| kind.0 < thickness && !same_thickness(kind.0, thickness));
        let end = self
            .sums
            .partition_point(|kind| kind.0 <= thickness || same_thickness(kind.0, thickness));
        before(end) - before(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Point, WallStyle};

    #[test]
    fn about_the_same_thickness_is_one_kind() {
        let bars =
            [(10.0, 6.0), (20.0, 6.2), (40.0, 7.0), (80.0, 3.0)].map(|(to, thickness)| Bar {
                a: Point::new(0.0, 0.0),
                b: Point::new(to, 0.0),
                thickness,
                style: WallStyle::Single,
            });
        let kinds = Kinds::of(bars.iter());
        assert!((kinds.total() - 150.0).abs() < 1e-9);
        assert!((kinds.like(6.1) - 30.0).abs() < 1e-9);
        assert!((kinds.like(7.0) - 40.0).abs() < 1e-9);
        assert!(kinds.like(1.0).abs() < 1e-9);
    }
}
