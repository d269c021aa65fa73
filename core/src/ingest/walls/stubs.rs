//! Short pieces of wall that end in a room, and what only looks like one: the gap between two pillows.
//!
//! Two faces that end in a room are joined by a line across the end of the wall. Where boxes stand
//! beside each other, about as far apart as a partition is thick, each line turns away at its end
//! instead, and nothing is drawn across the gap.

use crate::error::Result;
use crate::ingest::cells::Cells;
use crate::ingest::drawing::Drawing;
use crate::plan::{Point, Segment, WallStyle};
use crate::watch::Watch;

use super::bars::{Bar, collinear_neighbours, usual_thickness};
use super::evidence::Opening;
use super::junctions::{Near, Places, crossing, reach};
use super::pens::Pen;

/// A stub is no longer than so many times its thickness; pillows are that long between partitions.
const LONGEST: f64 = 6.5;

/// Boxes stand no farther apart than this share of the usual thickness; thicker stubs are piers.
const THIN: f64 = 0.8;

/// A wall that steps aside goes on in one beside it, within so many times the distance at which two
/// walls meet.
const STEPS_ASIDE: f64 = 1.5;

/// The line across the end covers this share of the thickness...
const ACROSS: f64 = 0.75;

/// ...and is drawn so far from where the faces end, as a share of the thickness and in points.
const NEAR_END: (f64, f64) = (0.4, 0.5);

/// Lines across the end are up to so many times as long as the wall is thick: a sill, or the frame
/// of an opening beside it.
const LONGEST_CAP: f64 = 4.0;

/// How straight across they run: the share of their length that goes along the wall at most.
const SLANT: f64 = 0.5;

/// Most stubs that are looked at. Of walls that all end in the open nothing can be told.
const MOST: usize = 4_000;

/// Most pieces of lines across one end.
const MOST_PIECES: usize = 64;

/// Paths between two looks at the watch.
const BETWEEN_CHECKS: usize = 4_096;

/// The loose end of a stub, seen along it.
struct End {
    bar: usize,
    at: Point,
    along: (f64, f64),
    thickness: f64,
}

impl End {
    /// What `line` covers across the end, from one face at -0.5 to the other at 0.5.
    fn covered_by(&self, line: Segment) -> Option<(f64, f64)> {
        let (dx, dy) = self.along;
        let place = |point: Point| {
            let (x, y) = (point.x - self.at.x, point.y - self.at.y);
            (x * dx + y * dy, (y * dx - x * dy) / self.thickness)
        };
        let ((one, from), (two, to)) = (place(line.a), place(line.b));
        let within = NEAR_END.0 * self.thickness + NEAR_END.1;
        let (from, to) = (from.min(to).max(-0.5), from.max(to).min(0.5));
        let is_across =
            (one - two).abs() <= SLANT * line.length() && (0.5 * (one + two)).abs() <= within;
        (is_across && to > from).then_some((from, to))
    }
}

/// Whether the stretches `covered` are [`ACROSS`] together; programs write one line in many pieces.
fn is_across(mut covered: Vec<(f64, f64)>) -> bool {
    covered.sort_by(|one, two| one.0.total_cmp(&two.0));
    let (mut sum, mut reached) = (0.0, -0.5);
    for (from, to) in covered {
        sum += f64::max(0.0, to - f64::max(from, reached));
        reached = f64::max(reached, to);
    }
    sum >= ACROSS
}

/// Leaves out those of `bars` that end in a room with nothing drawn across their end in `drawing` or,
/// as areas, by the pens `thin`.
pub(super) fn remove_open(
    bars: &mut Vec<Bar>,
    drawing: &Drawing,
    thin: &[Pen],
    watch: &dyn Watch,
) -> Result<()> {
    let ends = loose_ends(bars, watch)?;
    if ends.is_empty() || ends.len() > MOST {
        return Ok(());
    }
    let thicknesses = ends.iter().map(|end| end.thickness);
    let thickest = thicknesses.fold(0.0, f64::max);
    let places = Cells::new(ends.iter().map(|end| Segment::new(end.at, end.at)));
    let mut covered = vec![Vec::new(); ends.len()];
    let mut look = |line: Segment| {
        let length = line.length();
        if length <= LONGEST_CAP * thickest {
            let middle = line.a.towards(line.b, 0.5);
            places.each_near(middle, 0.5 * length + thickest, |index| {
                if let Some((end, covered)) = ends.get(index).zip(covered.get_mut(index))
                    && covered.len() < MOST_PIECES
                {
                    covered.extend(end.covered_by(line));
                }
            });
        }
    };
    for (number, path) in drawing.paths().enumerate() {
        if number % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        path.subpaths()
            .flat_map(|subpath| subpath.segments())
            .for_each(&mut look);
    }
    let thin = thin.iter().flat_map(|pen| &pen.segments);
    thin.copied().for_each(&mut look);
    let mut open = vec![false; bars.len()];
    for (end, covered) in ends.iter().zip(covered) {
        if let Some(open) = open.get_mut(end.bar) {
            *open = *open || !is_across(covered);
        }
    }
    let mut open = open.into_iter();
    bars.retain(|_| open.next() != Some(true));
    Ok(())
}

/// The ends in a room of short bars between two lines whose other end is at a wall.
fn loose_ends(bars: &[Bar], watch: &dyn Watch) -> Result<Vec<End>> {
    let usual = usual_thickness(bars);
    let is_stub = |bar: &Bar| {
        bar.style == WallStyle::Double && bar.aspect() <= LONGEST && bar.thickness <= THIN * usual
    };
    let mut ends = Vec::new();
    if !bars.iter().any(is_stub) {
        return Ok(ends);
    }
    // Where the wall goes on behind an opening, its jambs may be left out.
    let mut goes_on = vec![false; bars.len()];
    for (one, two) in collinear_neighbours(bars, Opening::usual(bars).width()) {
        for index in [one, two] {
            if let Some(flag) = goes_on.get_mut(index) {
                *flag = true;
            }
        }
    }
    let places = Places::new(bars);
    let mut near = Near::new(bars);
    let stubs = bars.iter().zip(goes_on).enumerate();
    for (index, (bar, _)) in stubs.filter(|(_, (bar, goes_on))| is_stub(bar) && !goes_on) {
        if index % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        let mut meets = |end: Point| {
            places.near(end, &mut near).iter().any(|&other| {
                let other = bars.get(other).filter(|_| other != index);
                other.is_some_and(|other| {
                    let aside = if crossing(bar, other).is_none() {
                        STEPS_ASIDE
                    } else {
                        1.0
                    };
                    other.segment().distance_to(end) <= aside * reach(bar, other)
                })
            })
        };
        let at = match (meets(bar.a), meets(bar.b)) {
            (true, false) => bar.b,
            (false, true) => bar.a,
            _ => continue,
        };
        let length = bar.length().max(1e-9);
        ends.push(End {
            bar: index,
            at,
            along: ((bar.b.x - bar.a.x) / length, (bar.b.y - bar.a.y) / length),
            thickness: bar.thickness,
        });
    }
    Ok(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;

    fn bar(a: [f64; 2], b: [f64; 2], thickness: f64) -> Bar {
        Bar {
            a: a.into(),
            b: b.into(),
            thickness,
            style: WallStyle::Double,
        }
    }

    /// How many of the bars stay: a wall of 200 points, and one 4 thick from it into the room.
    fn kept(others: &[Bar], lines: &[[[f64; 2]; 2]]) -> usize {
        let mut bars = vec![bar([0.0, 0.0], [200.0, 0.0], 8.0)];
        bars.extend(others);
        let mut drawing = Drawing::default();
        for ends in lines {
            drawing.add_stroke_for_test(&ends.map(Point::from));
        }
        remove_open(&mut bars, &drawing, &[], &Unwatched).unwrap();
        bars.len()
    }

    #[test]
    fn nothing_is_drawn_across_the_gap_between_two_pillows() {
        let stub = [bar([50.0, 0.0], [50.0, 24.0], 4.0)];
        // The pillows turn away at their corners.
        let pillows = [[[30.0, 24.0], [48.0, 24.0]], [[52.0, 24.0], [70.0, 24.0]]];
        assert_eq!(kept(&stub, &pillows), 1);
        let cap = [[[48.0, 24.0], [52.0, 24.0]]];
        assert_eq!(kept(&stub, &cap), 2);
        let pieces = [[[48.0, 24.1], [49.5, 24.0]], [[49.5, 24.0], [52.0, 24.2]]];
        assert_eq!((kept(&stub, &pieces), kept(&stub, &pieces[..1])), (2, 1));
        // A line along it, or across it farther on, is none across its end.
        let others = [[[48.0, 4.0], [48.0, 24.0]], [[40.0, 34.0], [60.0, 34.0]]];
        assert_eq!(kept(&stub, &others), 1);
    }

    #[test]
    fn long_walls_and_those_that_go_on_need_no_line_across_their_end() {
        assert_eq!(kept(&[bar([50.0, 0.0], [50.0, 60.0], 4.0)], &[]), 2);
        let pieces = [
            bar([50.0, 0.0], [50.0, 20.0], 4.0),
            bar([50.0, 30.0], [50.0, 90.0], 4.0),
        ];
        assert_eq!(kept(&pieces, &[]), 3);
    }
}
