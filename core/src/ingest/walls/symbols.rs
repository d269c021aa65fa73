//! What is drawn in the gaps of walls: window panes and the swings of doors.

use std::collections::HashMap;

use super::bars::Gap;
use super::pens::Pen;
use crate::ingest::drawing::Drawing;
use crate::plan::{Page, Point, Segment};

/// Lines and swings shorter than this share of the sheet's diagonal are details of something.
const SHORTEST_SHARE: f64 = 0.006;

/// Longer ones than this share are no window and no door.
const LONGEST_SHARE: f64 = 0.3;

/// Symbols that are kept for one place; where there are more, there is no gap.
const MAX_AT_PLACE: usize = 96;

/// The symbols of a drawing that may fill a gap, by place.
pub(super) struct Symbols {
    cell: f64,
    lines: Vec<Segment>,
    /// Looked up by key only; its order never shows. Lines are kept by the cells they pass.
    line_cells: HashMap<(i64, i64), Vec<usize>>,
    /// Swings by the cell of each of their two ends, with the other end.
    swings: HashMap<(i64, i64), Vec<(Point, Point)>>,
}

impl Symbols {
    /// Collects them from every line of `drawing`, dashed ones as well, and from lines that are
    /// `filled`.
    pub(super) fn new(drawing: &Drawing, filled: &[Pen], page: &Page) -> Symbols {
        let diagonal = page.width_pt.hypot(page.height_pt).max(1.0);
        let lengths = SHORTEST_SHARE * diagonal..=LONGEST_SHARE * diagonal;
        let mut symbols = Symbols {
            cell: 0.02 * diagonal,
            lines: Vec::new(),
            line_cells: HashMap::new(),
            swings: HashMap::new(),
        };
        for path in drawing.paths().filter(|path| path.paint().stroke.is_some()) {
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
        symbols
    }

    fn add_line(&mut self, line: Segment) {
        let index = self.lines.len();
        self.lines.push(line);
        let steps = (2.0 * line.length() / self.cell).ceil().max(1.0);
        let mut step = 0.0;
        while step <= steps {
            let key = self.key(line.a.towards(line.b, step / steps));
            let list = self.line_cells.entry(key).or_default();
            if list.last() != Some(&index) && list.len() < MAX_AT_PLACE {
                list.push(index);
            }
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
            let list = self.swings.entry(self.key(end)).or_default();
            if list.len() < MAX_AT_PLACE {
                list.push((end, other));
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
    fn key(&self, point: Point) -> (i64, i64) {
        let cell = |at: f64| (at / self.cell).floor() as i64;
        (cell(point.x), cell(point.y))
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
        let (x, y) = self.key(gap.from.towards(gap.to, 0.5));
        let mut offsets: Vec<f64> = Vec::new();
        for cell in around(x, y) {
            for line in self.line_cells.get(&cell).into_iter().flatten() {
                let Some(line) = self.lines.get(*line) else {
                    continue;
                };
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
        }
        offsets.len() >= 2
    }

    /// A swing begins at one side of the gap, as wide as the gap or half of it.
    fn has_swing(&self, gap: &Gap) -> bool {
        let length = gap.length();
        [gap.from, gap.to].into_iter().any(|side| {
            let (x, y) = self.key(side);
            around(x, y).any(|cell| {
                let swings = self.swings.get(&cell).into_iter().flatten();
                swings.into_iter().any(|(end, other)| {
                    // A quarter of a circle: its chord is √2 times the leaf.
                    let leaf = end.distance(*other) / std::f64::consts::SQRT_2;
                    let fits = |width: f64| (leaf - width).abs() <= 0.12 * width;
                    end.distance(side) <= gap.thickness + 0.5
                        && (fits(length) || fits(0.5 * length))
                })
            })
        })
    }
}

/// A cell and its eight neighbours.
fn around(x: i64, y: i64) -> impl Iterator<Item = (i64, i64)> {
    (-1..=1).flat_map(move |dx: i64| {
        (-1..=1).map(move |dy: i64| (x.saturating_add(dx), y.saturating_add(dy)))
    })
}
