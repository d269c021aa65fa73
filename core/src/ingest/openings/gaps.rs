//! Gaps in walls in which neither an arc nor glass is drawn: plain openings, and leaves alone.

use crate::error::Result;
use crate::plan::{Leaf, Point, Segment, Wall};
use crate::watch::Watch;

use super::bodies::{Abutment, Bodies, direction};
use super::candidate::{Candidate, Symbol};
use super::shutters::{covered, folds, panels, rolls_up};
use super::sticks::{Sticks, unit};

/// A leaf is about as long as its gap is wide.
const LEAF_LENGTH: std::ops::RangeInclusive<f64> = 0.75..=1.12;

/// A leaf stands away from the wall by at least this angle, as a sine.
pub(super) const LEAF_STANDS: f64 = 0.2;

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
/// than `widest` and no narrower than `passage`; than `facing` where that is the end of a wall that
/// goes on.
pub(super) fn beyond_ends(
    (widest, facing): (f64, f64),
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
            let Some(ahead) = bodies.abutment_but(Some(index), end, (dx, dy), facing, 0.1 * usual)
            else {
                continue;
            };
            let farthest = if ahead.goes_on { facing } else { widest };
            if ahead.distance < passage || ahead.distance > farthest {
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

/// Makes doors of those gaps in which leaves or panels are drawn without an arc. In gaps wider than
/// `widest` panels must reach from side to side or roll up: there is room for much else.
pub(super) fn with_leaves(
    gaps: &mut [Candidate],
    widest: f64,
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
        if gap.width() > widest {
            if covered(gap, &panels(gap, wall, sticks)) || rolls_up(gap, wall, sticks) {
                gap.symbol = Symbol::Panels;
                gap.misfit = 0.9;
            }
            continue;
        }
        let leaves = leaves_in(gap, wall, sticks, bodies);
        if !leaves.is_empty() {
            gap.symbol = Symbol::Swing;
            gap.leaves = leaves;
            gap.misfit = 0.8;
        } else if folds(gap, wall, sticks, bodies)
            || !panels(gap, wall, sticks).is_empty()
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
