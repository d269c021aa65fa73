//! Taking away what is small and no bar: letters, figures, arrows, dirt.
//!
//! A connected spot of ink is judged by its moments alone: a bar, a dash or a dot fills the
//! rectangle that has its moments, and a letter does not.

use super::gray::Gray;
use crate::error::Result;
use crate::ingest::limits::Budget;

/// What counts as small, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Small {
    /// From this darkness on a pixel is ink.
    pub(super) threshold: u8,
    /// Longest side of a letter.
    pub(super) side: usize,
}

/// A spot fills this share of the rectangle with its moments, or it is no bar. A letter E fills
/// three quarters of its own.
const SOLID: f64 = 0.82;

/// A stretch of ink in a row.
#[derive(Clone, Copy)]
struct Run {
    row: u32,
    from: u32,
    to: u32,
}

/// Sums over the pixels of a spot.
#[derive(Clone, Copy, Default)]
struct Moments {
    area: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
    left: u32,
    right: u32,
    top: u32,
    bottom: u32,
}

/// Blanks the small spots of `plane` that are no bars.
pub(super) fn without_specks(
    plane: &mut Gray,
    small: &Small,
    budget: &mut Budget<'_>,
) -> Result<()> {
    let runs = runs(plane, small.threshold, budget)?;
    let mut spots = Spots::of(&runs, budget)?;
    let mut sums = vec![Moments::default(); runs.len()];
    for (index, run) in runs.iter().enumerate() {
        let root = spots.root(index);
        if let Some(sum) = sums.get_mut(root) {
            sum.add(run);
        }
    }
    budget.spend_steps((runs.len() / 16) as u64 + 1)?;
    for (index, run) in runs.iter().enumerate() {
        let root = spots.root(index);
        if sums.get(root).is_some_and(|sum| sum.is_speck(small.side)) {
            blank(plane, run);
        }
    }
    Ok(())
}

/// Blanks a run with the pixels around it, where its ink fades.
fn blank(plane: &mut Gray, run: &Run) {
    let (row, from, to) = (run.row as usize, run.from as usize, run.to as usize);
    for y in row.saturating_sub(1)..(row + 2).min(plane.height) {
        let start = y * plane.width;
        let part = start + from.saturating_sub(1)..start + (to + 1).min(plane.width);
        if let Some(part) = plane.pixels.get_mut(part) {
            part.fill(0);
        }
    }
}

fn runs(plane: &Gray, threshold: u8, budget: &mut Budget<'_>) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    for (row, line) in (0_u32..).zip(plane.rows()) {
        budget.spend_steps(1 + (line.len() / 64) as u64)?;
        let mut from = None;
        for (x, &ink) in (0_u32..).zip(line.iter().chain([&0])) {
            match (ink >= threshold, from) {
                (true, None) => from = Some(x),
                (false, Some(start)) => {
                    runs.push(Run {
                        row,
                        from: start,
                        to: x,
                    });
                    from = None;
                }
                _ => {}
            }
        }
    }
    Ok(runs)
}

impl Moments {
    fn add(&mut self, run: &Run) {
        let (from, to, y) = (f64::from(run.from), f64::from(run.to), f64::from(run.row));
        let count = to - from;
        let middle = (from + to - 1.0) / 2.0;
        if self.area == 0.0 {
            (self.left, self.right, self.top) = (run.from, run.to, run.row);
        }
        self.left = self.left.min(run.from);
        self.right = self.right.max(run.to);
        self.bottom = run.row + 1;
        self.area += count;
        self.x += count * middle;
        self.y += count * y;
        // The squares of a row of numbers: those about its middle, and the middle's.
        self.xx += count * (middle * middle + (count * count - 1.0) / 12.0);
        self.yy += count * y * y;
        self.xy += count * middle * y;
    }

    fn is_speck(&self, side: usize) -> bool {
        let longest = (self.right - self.left).max(self.bottom - self.top) as usize;
        if longest > side {
            return false;
        }
        let (x, y) = (self.x / self.area, self.y / self.area);
        // Each pixel is itself a square with a spread of a twelfth.
        let xx = self.xx / self.area - x * x + 1.0 / 12.0;
        let yy = self.yy / self.area - y * y + 1.0 / 12.0;
        let xy = self.xy / self.area - x * y;
        // A solid rectangle has the area of twelve times the root of this.
        let rectangle = 12.0 * (xx * yy - xy * xy).max(0.0).sqrt();
        self.area < SOLID * rectangle
    }
}

/// Which runs belong together: the nearest known relative of each.
struct Spots {
    parents: Vec<u32>,
}

impl Spots {
    fn of(runs: &[Run], budget: &mut Budget<'_>) -> Result<Spots> {
        let count = u32::try_from(runs.len()).unwrap_or(u32::MAX);
        let mut spots = Spots {
            parents: (0..count).collect(),
        };
        // Runs of the row above are passed once, as both rows go from left to right.
        let mut above = 0;
        for (index, run) in runs.iter().enumerate() {
            if index % 4_096 == 0 {
                budget.spend_steps(256)?;
            }
            while let Some(other) = runs.get(above)
                && (other.row + 1 < run.row || (other.row + 1 == run.row && other.to < run.from))
            {
                above += 1;
            }
            let near = runs.iter().enumerate().skip(above);
            for (other, upper) in
                near.take_while(|(_, upper)| upper.row + 1 == run.row && upper.from <= run.to)
            {
                let _ = upper;
                spots.join(index, other);
            }
        }
        Ok(spots)
    }

    fn root(&mut self, mut index: usize) -> usize {
        loop {
            let parent = self.parent(index);
            if parent == index {
                return index;
            }
            let above = self.parent(parent);
            if let (Some(slot), Ok(above)) = (self.parents.get_mut(index), u32::try_from(above)) {
                *slot = above;
            }
            index = above;
        }
    }

    fn parent(&self, index: usize) -> usize {
        self.parents.get(index).map_or(index, |&up| up as usize)
    }

    fn join(&mut self, one: usize, two: usize) {
        let (one, two) = (self.root(one), self.root(two));
        let (low, high) = (one.min(two), one.max(two));
        if let (Some(slot), Ok(low)) = (self.parents.get_mut(high), u32::try_from(low)) {
            *slot = low;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Limits;
    use crate::watch::Unwatched;

    #[test]
    fn letters_go_and_bars_dashes_and_long_lines_stay() {
        let mut plane = Gray::filled(200, 100, 0);
        let mut fill = |x0: usize, y0: usize, x1: usize, y1: usize| {
            for y in y0..y1 {
                plane.pixels[y * 200 + x0..y * 200 + x1].fill(255);
            }
        };
        // A letter E, a bar, a dash, and an angle that is longer than letters.
        fill(10, 10, 12, 24);
        for y in [10, 16, 22] {
            fill(10, y, 20, y + 2);
        }
        fill(40, 10, 60, 18);
        fill(80, 12, 86, 13);
        fill(100, 50, 190, 52);
        fill(100, 50, 102, 95);
        let small = Small {
            threshold: 100,
            side: 30,
        };
        let mut budget = Budget::new(Limits::default(), &Unwatched);
        without_specks(&mut plane, &small, &mut budget).unwrap();
        let ink = |x: usize, y: usize| plane.row(y)[x] > 0;
        assert!(!ink(11, 20) && !ink(18, 16));
        assert!(ink(50, 14) && ink(83, 12) && ink(150, 51) && ink(101, 90));
    }
}
