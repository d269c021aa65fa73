//! What is drawn in the gaps of walls: window panes and the swings of doors.

use super::bars::Gap;
use super::pens::Pen;
use crate::error::Result;
use crate::ingest::drawing::Drawing;
use crate::ingest::squares::Squares;
use crate::plan::{Page, Point, Segment};
use crate::watch::Watch;

/// Lines and swings shorter than this share of the sheet's diagonal are details of something.
const SHORTEST_SHARE: f64 = 0.006;

/// Longer ones than this share are no window and no door.
const LONGEST_SHARE: f64 = 0.3;

/// Symbols that are kept for one place; where there are more, there is no gap.
const MAX_AT_PLACE: usize = 96;

/// Paths between two looks at the watch.
const BETWEEN_CHECKS: usize = 4_096;

/// The symbols of a drawing that may fill a gap, by place.
pub(super) struct Symbols {
    cell: f64,
    lines: Vec<Segment>,
    /// Lines by the squares they pass.
    line_places: Squares,
    /// The two ends of each swing, once from each.
    swings: Vec<(Point, Point)>,
    /// Swings by the square of their first end.
    swing_places: Squares,
}

impl Symbols {
    /// Collects them from every line of `drawing`, dashed ones as well, and from lines that are
    /// `filled`.
    pub(super) fn new(
        drawing: &Drawing,
        filled: &[Pen],
        page: &Page,
        watch: &dyn Watch,
    ) -> Result<Symbols> {
        let diagonal = page.width_pt.hypot(page.height_pt).max(1.0);
        let lengths = SHORTEST_SHARE * diagonal..=LONGEST_SHARE * diagonal;
        let cell = 0.02 * diagonal;
        let mut symbols = Symbols {
            cell,
            lines: Vec::new(),
            line_places: Squares::new(cell, MAX_AT_PLACE),
            swings: Vec::new(),
            swing_places: Squares::new(cell, MAX_AT_PLACE),
        };
        let stroked = drawing.paths().filter(|path| path.paint().stroke.is_some());
        for (number, path) in stroked.enumerate() {
            if number % BETWEEN_CHECKS == 0 {
                watch.check()?;
            }
            for subpath in path.subpaths() {
                if subpath.curved {
                    symbols.add_swing(subpath.points, &lengths);
                } else {
                    for line in subpath.segments() {
                        if lengths.contains(&line.length()) {
                            symbols.add_line(line);
                        }
                    }
                }
            }
        }
        for line in filled.iter().flat_map(|pen| &pen.segments) {
            if lengths.contains(&line.length()) {
                symbols.add_line(*line);
            }
        }
        symbols.line_places.sort();
        symbols.swing_places.sort();
        Ok(symbols)
    }

    fn add_line(&mut self, line: Segment) {
        let number = number(self.lines.len());
        self.lines.push(line);
        let steps = (2.0 * line.length() / self.cell).ceil().max(1.0);
        let mut step = 0.0;
        while step <= steps {
            let place = line.a.towards(line.b, step / steps);
            self.line_places.put(self.line_places.square(place), number);
            step += 1.0;
        }
    }

    fn add_swing(&mut self, points: &[Point], lengths: &std::ops::RangeInclusive<f64>) {
        let (Some(&first), Some(&last)) = (points.first(), points.last()) else {
            return;
        };
        if !lengths.contains(&first.distance(last)) {
            return;
        }
        for (end, other) in [(first, last), (last, first)] {
            let number = number(self.swings.len());
            self.swings.push((end, other));
            self.swing_places.put(self.swing_places.square(end), number);
        }
    }

    /// Whether a window or a door is drawn in `gap`.
    pub(super) fn fill(&self, gap: &Gap) -> bool {
        self.has_panes(gap) || self.has_swing(gap)
    }

    /// At least two lines run from one side of the gap to the other within the wall.
    fn has_panes(&self, gap: &Gap) -> bool {
        let length = gap.length();
        let (dx, dy) = (
            (gap.to.x - gap.from.x) / length,
            (gap.to.y - gap.from.y) / length,
        );
        let mut offsets: Vec<f64> = Vec::new();
        let near = self.line_places.around(gap.from.towards(gap.to, 0.5));
        for line in near.filter_map(|line| self.lines.get(line)) {
            let along = |p: Point| (p.x - gap.from.x) * dx + (p.y - gap.from.y) * dy;
            let across = |p: Point| (p.y - gap.from.y) * dx - (p.x - gap.from.x) * dy;
            let (one, two) = (along(line.a), along(line.b));
            let shared = one.max(two).min(length) - one.min(two).max(0.0);
            let off = 0.5 * (across(line.a) + across(line.b));
            let tilt = (across(line.a) - across(line.b)).abs();
            if shared >= 0.8 * length
                && line.length() <= 1.5 * length
                && off.abs() <= 0.6 * gap.thickness + 0.5
                && tilt <= 0.05 * length
                && offsets.iter().all(|other| (other - off).abs() > 0.05)
            {
                offsets.push(off);
            }
        }
        offsets.len() >= 2
    }

    /// A swing begins at one side of the gap, as wide as the gap or half of it.
    fn has_swing(&self, gap: &Gap) -> bool {
        let length = gap.length();
        [gap.from, gap.to].into_iter().any(|side| {
            let swings = self.swing_places.around(side);
            let mut swings = swings.filter_map(|swing| self.swings.get(swing));
            swings.any(|(end, other)| {
                // A quarter of a circle: its chord is √2 times the leaf.
                let leaf = end.distance(*other) / std::f64::consts::SQRT_2;
                let fits = |width: f64| (leaf - width).abs() <= 0.12 * width;
                end.distance(side) <= gap.thickness + 0.5 && (fits(length) || fits(0.5 * length))
            })
        })
    }
}

/// A position in one of the lists, none of which gets longer than a number holds.
fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
