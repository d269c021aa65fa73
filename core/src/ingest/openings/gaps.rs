//! Gaps in walls in which neither an arc nor glass is drawn: plain openings, and leaves alone.

use crate::error::Result;
use crate::plan::{Leaf, Point, Segment, Wall};
use crate::watch::Watch;

use super::bodies::{Abutment, Bodies, direction};
use super::candidate::{Candidate, Symbol};
use super::sticks::{Sticks, unit};

/// A leaf is about as long as its gap is wide.
const LEAF_LENGTH: std::ops::RangeInclusive<f64> = 0.75..=1.12;

/// A leaf stands away from the wall by at least this angle, as a sine.
const LEAF_STANDS: f64 = 0.2;

/// The gaps of wall `index`: what is not drawn between stretches that are.
pub(super) fn of_wall(index: usize, bodies: &Bodies<'_>) -> Vec<Candidate> {
    let Some(wall) = bodies.wall(index) else {
        return Vec::new();
    };
    let at = |s: f64| wall.a.towards(wall.b, s / wall.length_pt().max(1e-9));
    let stretches = bodies.stretches(index);
    stretches
        .iter()
        .zip(stretches.iter().skip(1))
        .filter(|((_, from), (to, _))| to - from >= wall.thickness_pt.max(2.0))
        .map(|(&(_, from), &(to, _))| {
            let meets = |s: f64| {
                Some(Abutment {
                    wall: index,
                    at: at(s),
                    distance: 0.0,
                    goes_on: true,
                })
            };
            Candidate {
                axis: Segment::new(at(from), at(to)),
                meets: [meets(from), meets(to)],
                thickness: None,
                symbol: Symbol::Gap,
                leaves: Vec::new(),
                misfit: 0.5,
            }
        })
        .collect()
}

/// How badly a gap beyond the end of a wall fits: it may be no opening at all.
const BEYOND_END: f64 = 0.8;

/// Gaps between an end of a wall that stands free and what lies straight ahead of it, no wider
/// than `widest` and no narrower than `passage`.
pub(super) fn beyond_ends(
    widest: f64,
    passage: f64,
    usual: f64,
    bodies: &Bodies<'_>,
    watch: &dyn Watch,
) -> Result<Vec<Candidate>> {
    let mut found: Vec<Candidate> = Vec::new();
    for (index, wall) in bodies.walls().iter().enumerate() {
        if index % 16 == 0 {
            watch.check()?;
        }
        let (wx, wy) = direction(wall);
        for (end, (dx, dy)) in [(wall.a, (-wx, -wy)), (wall.b, (wx, wy))] {
            if bodies.meets_other(index, end) {
                continue;
            }
            // From just outside, so that the wall itself is not what is met.
            let Some(ahead) = bodies.abutment_but(Some(index), end, (dx, dy), widest, 0.1 * usual)
            else {
                continue;
            };
            if ahead.distance < passage || ahead.distance > widest {
                continue;
            }
            let far = Point::new(end.x + dx * ahead.distance, end.y + dy * ahead.distance);
            let own = Abutment {
                wall: index,
                at: end,
                distance: 0.0,
                goes_on: true,
            };
            found.push(Candidate {
                axis: Segment::new(end, far),
                meets: [
                    Some(own),
                    Some(Abutment {
                        distance: 0.0,
                        ..ahead
                    }),
                ],
                thickness: None,
                symbol: Symbol::Gap,
                leaves: Vec::new(),
                misfit: BEYOND_END,
            });
        }
    }
    Ok(found)
}

/// The end of a wall and the side of another are less of an opening than two ends that face each
/// other: it may be a nib. So such a gap must be narrower, by this factor.
const ACROSS: f64 = 0.75;

/// Leaves out gaps beyond the ends of walls in which nothing is drawn, if they are wider than
/// `widest`.
pub(super) fn keep_narrow(gaps: &mut Vec<Candidate>, widest: f64) {
    gaps.retain(|gap| {
        let faces = gap.meets.iter().flatten().all(|end| end.goes_on);
        let farthest = if faces { widest } else { ACROSS * widest };
        gap.symbol != Symbol::Gap || gap.misfit < BEYOND_END || gap.width() <= farthest
    });
}

/// Makes doors of those gaps in which leaves or panels are drawn without an arc.
pub(super) fn with_leaves(
    gaps: &mut [Candidate],
    sticks: &Sticks,
    bodies: &Bodies<'_>,
    watch: &dyn Watch,
) -> Result<()> {
    for (count, gap) in gaps.iter_mut().enumerate() {
        if count % 4 == 0 {
            watch.check()?;
        }
        let Some(wall) = gap.meets[0].as_ref().and_then(|end| bodies.wall(end.wall)) else {
            continue;
        };
        if is_crowded(gap, sticks) {
            continue;
        }
        let leaves = leaves_in(gap, wall, sticks, bodies);
        if !leaves.is_empty() {
            gap.symbol = Symbol::Swing;
            gap.leaves = leaves;
            gap.misfit = 0.8;
        } else if folds(gap, wall, sticks, bodies)
            || slides(gap, wall, sticks)
            || rolls_up(gap, wall, sticks)
        {
            gap.symbol = Symbol::Panels;
            gap.misfit = 0.9;
        }
    }
    Ok(())
}

/// Makes a door of `opening` if leaves stand or fold in it.
pub(super) fn with_leaf(opening: &mut Candidate, sticks: &Sticks, bodies: &Bodies<'_>) {
    let Some(wall) = opening.meets[0].and_then(|end| bodies.wall(end.wall)) else {
        return;
    };
    if is_crowded(opening, sticks) {
        return;
    }
    let leaves = leaves_in(opening, wall, sticks, bodies);
    if !leaves.is_empty() {
        opening.symbol = Symbol::Swing;
        opening.leaves = leaves;
    } else if folds(opening, wall, sticks, bodies) {
        opening.symbol = Symbol::Panels;
    }
}

/// Whether a door that rolls up is drawn before `opening`.
pub(super) fn has_rails(opening: &Candidate, sticks: &Sticks, bodies: &Bodies<'_>) -> bool {
    let wall = opening.meets[0].and_then(|end| bodies.wall(end.wall));
    wall.is_some_and(|wall| !is_crowded(opening, sticks) && rolls_up(opening, wall, sticks))
}

/// Whether a scribble covers it, of which each line would be looked at for each gap.
fn is_crowded(gap: &Candidate, sticks: &Sticks) -> bool {
    let middle = gap.axis.a.towards(gap.axis.b, 0.5);
    sticks.is_crowded(middle, 0.5 * gap.width())
}

/// The leaf over the whole width of `gap`, or the two over half of it, that are drawn without an
/// arc.
fn leaves_in(gap: &Candidate, wall: &Wall, sticks: &Sticks, bodies: &Bodies<'_>) -> Vec<Leaf> {
    let sides = [gap.axis.a, gap.axis.b];
    let length = |leaf: &Leaf| leaf.hinge.distance(leaf.tip);
    let hung = |side: Point, share: f64| leaf_at(side, share, gap, wall, sticks, bodies);
    let mut leaves: Vec<Leaf> = sides
        .into_iter()
        .filter_map(|side| hung(side, 1.0))
        .collect();
    leaves.truncate(1);
    if leaves.is_empty() {
        leaves = sides
            .into_iter()
            .filter_map(|side| hung(side, 0.5))
            .collect();
    }
    // One half of a door does not close it.
    if leaves.len() == 1 && leaves.iter().all(|leaf| length(leaf) < 0.7 * gap.width()) {
        leaves.clear();
    }
    leaves
}

/// A line as long as `share` of the width of the gap, from `side` of it and away from the wall.
fn leaf_at(
    side: Point,
    share: f64,
    gap: &Candidate,
    wall: &Wall,
    sticks: &Sticks,
    bodies: &Bodies<'_>,
) -> Option<Leaf> {
    let width = share * gap.width();
    let (wx, wy) = direction(wall);
    let slack = 0.6 * wall.thickness_pt + 0.08 * width;
    sticks.near(side, slack).find_map(|line| {
        let (dx, dy) = unit(line);
        let fits = LEAF_LENGTH.contains(&(line.length() / width.max(1e-9)))
            && (dx * wy - dy * wx).abs() >= LEAF_STANDS;
        let hangs = |hinge: Point, tip: Point| {
            let fits = fits
                && hinge.distance(side) <= slack
                && tip.distance(side) > 0.7 * width
                && !bodies.has_face(line)
                // A line of a hatching lies in the wall.
                && !bodies.hold(line.a.towards(line.b, 0.5))
                && is_free(tip, line, sticks);
            fits.then(|| Leaf {
                hinge: hinge.rounded(),
                tip: tip.rounded(),
            })
        };
        hangs(line.a, line.b).or_else(|| hangs(line.b, line.a))
    })
}

/// The end of a leaf, as a share of its length: the side of a cupboard goes on in another side.
const LEAF_END: f64 = 0.22;

/// Whether no line but the end of a leaf goes on from the `tip` of `leaf`.
fn is_free(tip: Point, leaf: Segment, sticks: &Sticks) -> bool {
    let length = leaf.length();
    let near = 0.02 * length + 0.1;
    let (dx, dy) = unit(leaf);
    !sticks.near(tip, near).any(|line| {
        let (ex, ey) = unit(line);
        line.length() > LEAF_END * length
            && (dx * ey - dy * ex).abs() > 0.5
            && line.a.distance(tip).min(line.b.distance(tip)) <= near
    })
}

/// A panel covers at least this share of its gap: those of a pocket stand in the wall otherwise.
const SHORTEST_PANEL: f64 = 0.25;

/// A panel is at most so thick, as a share of the width of the gap.
const THICKEST_PANEL: f64 = 0.09;

/// A panel in front of the wall is no farther from its face than this share of the gap.
const BEFORE_WALL: f64 = 0.12;

/// A panel in front of the wall may be drawn half open: it covers at least this share of its gap.
const PUSHED_ASIDE: f64 = 0.3;

/// Whether a panel that slides is drawn: two lines along the wall, close together and of one
/// length, in the middle of it, or in front of it over most of the gap.
fn slides(gap: &Candidate, wall: &Wall, sticks: &Sticks) -> bool {
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
    lines.iter().enumerate().any(|(index, one)| {
        lines.iter().skip(index + 1).any(|two| {
            let apart = (one.0 - two.0).abs();
            apart > 0.1
                && apart <= THICKEST_PANEL * width
                && (one.1 - two.1).abs() <= 0.03 * width
                && (one.2 - two.2).abs() <= 0.03 * width
        })
    })
}

/// A door that rolls or tilts up lies open in front of its opening by this share of its width.
const ROLLED_UP: std::ops::RangeInclusive<f64> = 0.3..=1.5;

/// Whether a door that rolls or tilts up is drawn, as of a garage: open under the ceiling, so that
/// its outline is dashed. From both sides of the gap a line runs out at a right angle to the wall,
/// and a third one joins their ends.
fn rolls_up(gap: &Candidate, wall: &Wall, sticks: &Sticks) -> bool {
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

/// Whether panels that fold up are drawn: two lines that meet at an angle, away from the wall and
/// back to it.
fn folds(gap: &Candidate, wall: &Wall, sticks: &Sticks, bodies: &Bodies<'_>) -> bool {
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
            let touch = [one.a, one.b]
                .iter()
                .any(|p| [two.a, two.b].iter().any(|q| p.distance(*q) < 0.1));
            let ((ox, oy), (tx, ty)) = (unit(*one), unit(*two));
            touch
                && (ox * ty - oy * tx).abs() > 0.3
                && (one.length() - two.length()).abs() < 0.3 * one.length()
        })
    })
}
