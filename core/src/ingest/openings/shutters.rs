//! What shuts a gap without a leaf on hinges: panels that slide or fold, and doors that roll up.

use crate::plan::{Point, Segment, Wall};

use super::bodies::{Bodies, direction};
use super::candidate::Candidate;
use super::gaps::LEAF_STANDS;
use super::sticks::{Sticks, unit};

/// A panel covers at least this share of its gap: those of a pocket stand in the wall otherwise.
const SHORTEST_PANEL: f64 = 0.25;

/// A panel is at most so thick, as a share of the width of the gap.
const THICKEST_PANEL: f64 = 0.09;

/// A panel in front of the wall is no farther from its face than this share of the gap.
const BEFORE_WALL: f64 = 0.12;

/// A panel in front of the wall may be drawn half open: it covers at least this share of its gap.
const PUSHED_ASIDE: f64 = 0.3;

/// Panels from side to side leave no more than this share of the gap free.
const LEFT_FREE: f64 = 0.08;

/// Whether `panels` reach from one side of `gap` to the other.
pub(super) fn covered(gap: &Candidate, panels: &[(f64, f64)]) -> bool {
    let width = gap.width();
    let mut panels = panels.to_vec();
    panels.sort_by(|one, two| one.0.total_cmp(&two.0));
    let (mut at, mut free) = (0.0_f64, 0.0);
    for (from, to) in panels {
        free += (from - at).max(0.0);
        at = at.max(to);
    }
    free + (width - at).max(0.0) <= LEFT_FREE * width
}

/// Where along `gap` panels that slide begin and end: two lines along the wall, close together and
/// of one length, in the middle of it, or in front of it over most of the gap.
pub(super) fn panels(gap: &Candidate, wall: &Wall, sticks: &Sticks) -> Vec<(f64, f64)> {
    let width = gap.width().max(1e-9);
    let (dx, dy) = unit(gap.axis);
    let half = 0.5 * wall.thickness_pt;
    let at = |point: Point| {
        let (x, y) = (point.x - gap.axis.a.x, point.y - gap.axis.a.y);
        (x * dx + y * dy, y * dx - x * dy)
    };
    let middle = gap.axis.a.towards(gap.axis.b, 0.5);
    // Of a pocket the panel is often dashed, as it stands in the wall.
    let lines: Vec<(f64, f64, f64)> = sticks
        .near(middle, 0.5 * width + half)
        .chain(sticks.dashed_near(middle, 0.5 * width + half))
        .filter_map(|line| {
            let ((one, off), (two, other)) = (at(line.a), at(line.b));
            let (from, to) = (one.min(two), one.max(two));
            let covers = to.min(width) - from.max(0.0);
            let in_wall = off.abs() <= 0.35 * wall.thickness_pt;
            let before = off.abs() > 1.02 * half && off.abs() <= half + BEFORE_WALL * width;
            // Two lines from side to side are the glass of a window as a rule.
            let whole = from <= 0.05 * width && to >= 0.95 * width;
            let partly = covers >= SHORTEST_PANEL * width && to - from <= 1.2 * width && !whole;
            let fits = (off - other).abs() <= 0.02 * width
                && ((in_wall && partly)
                    || (before && covers >= PUSHED_ASIDE * width && to - from <= 1.3 * width));
            fits.then_some((off, from, to))
        })
        .collect();
    let has_mate = |index: usize, one: &(f64, f64, f64)| {
        lines.iter().skip(index + 1).any(|two| {
            let apart = (one.0 - two.0).abs();
            apart > 0.1
                && apart <= THICKEST_PANEL * width
                && (one.1 - two.1).abs() <= 0.03 * width
                && (one.2 - two.2).abs() <= 0.03 * width
        })
    };
    let sides = lines.iter().enumerate();
    sides
        .filter(|(index, one)| has_mate(*index, one))
        .map(|(_, (_, from, to))| (*from, *to))
        .collect()
}

/// A door that rolls or tilts up lies open in front of its opening by this share of its width.
const ROLLED_UP: std::ops::RangeInclusive<f64> = 0.3..=1.5;

/// Whether a door that rolls or tilts up is drawn, as of a garage: open under the ceiling, so that
/// its outline is dashed. From both sides of the gap a line runs out at a right angle to the wall,
/// and a third one joins their ends.
pub(super) fn rolls_up(gap: &Candidate, wall: &Wall, sticks: &Sticks) -> bool {
    let width = gap.width().max(1e-9);
    let slack = 0.6 * wall.thickness_pt + 0.05 * width;
    let (dx, dy) = unit(gap.axis);
    let tips = |side: Point| -> Vec<Point> {
        let near = sticks.dashed_near(side, slack);
        let rails = near.filter(|line| {
            let (ex, ey) = unit(*line);
            (dx * ex + dy * ey).abs() < 0.05 && ROLLED_UP.contains(&(line.length() / width))
        });
        rails
            .map(|line| {
                if line.a.distance(side) < line.b.distance(side) {
                    line.b
                } else {
                    line.a
                }
            })
            .collect()
    };
    let (ones, others) = (tips(gap.axis.a), tips(gap.axis.b));
    let near = 0.05 * width;
    ones.iter().any(|one| {
        others.iter().any(|other| {
            (one.distance(*other) - width).abs() <= 2.0 * near
                && sticks
                    .dashed_near(one.towards(*other, 0.5), near)
                    .any(|line| {
                        let ends = |p: Point, q: Point| one.distance(p).max(other.distance(q));
                        ends(line.a, line.b).min(ends(line.b, line.a)) <= near
                    })
        })
    })
}

/// Panels that fold meet at their hinge but for this share of their length, as they are thick.
const HINGED: f64 = 0.12;

/// Whether panels that fold up are drawn: two lines that meet at an angle, away from the wall and
/// back to it.
pub(super) fn folds(gap: &Candidate, wall: &Wall, sticks: &Sticks, bodies: &Bodies<'_>) -> bool {
    let width = gap.width();
    let (wx, wy) = direction(wall);
    let middle = gap.axis.a.towards(gap.axis.b, 0.5);
    let at = |point: Point| {
        let (x, y) = (point.x - middle.x, point.y - middle.y);
        (x * wx + y * wy, (y * wx - x * wy).abs())
    };
    let half = 0.5 * wall.thickness_pt;
    let panels: Vec<Segment> = sticks
        .near(middle, 0.5 * width)
        .filter(|line| {
            let (dx, dy) = unit(*line);
            let slant = (dx * wy - dy * wx).abs();
            let (one, two) = (at(line.a), at(line.b));
            let inside =
                |(along, off): (f64, f64)| along.abs() <= 0.55 * width && off <= half + 0.6 * width;
            (0.15..=0.6).contains(&(line.length() / width.max(1e-9)))
                && (LEAF_STANDS..0.99).contains(&slant)
                && inside(one)
                && inside(two)
                && one.1.min(two.1) <= 1.2 * half + 0.5
                && !bodies.has_face(*line)
        })
        .collect();
    panels.iter().enumerate().any(|(index, one)| {
        panels.iter().skip(index + 1).any(|two| {
            let near = (HINGED * one.length().min(two.length())).max(0.1);
            let touch = [one.a, one.b]
                .iter()
                .any(|p| [two.a, two.b].iter().any(|q| p.distance(*q) < near));
            let ((ox, oy), (tx, ty)) = (unit(*one), unit(*two));
            touch
                && (ox * ty - oy * tx).abs() > 0.3
                && (one.length() - two.length()).abs() < 0.3 * one.length()
        })
    })
}
