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

/// Gaps between an end of a wall that stands free and what lies straight ahead of it, no wider
/// than `widest` and no narrower than `passage`.
pub(super) fn beyond_ends(
    widest: f64,
    passage: f64,
    usual: f64,
    bodies: &Bodies<'_>,
) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for (index, wall) in bodies.walls().iter().enumerate() {
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
            let farthest = if ahead.goes_on {
                widest
            } else {
                ACROSS * widest
            };
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
                misfit: 0.8,
            });
        }
    }
    found
}

/// The end of a wall and the side of another are less of an opening than two ends that face each
/// other: it may be a nib. So such a gap must be narrower, by this factor.
const ACROSS: f64 = 0.75;

/// Makes doors of those gaps in which a leaf is drawn without its arc.
pub(super) fn with_leaves(
    gaps: &mut [Candidate],
    sticks: &Sticks,
    bodies: &Bodies<'_>,
    watch: &dyn Watch,
) -> Result<()> {
    for (count, gap) in gaps.iter_mut().enumerate() {
        if count % 32 == 0 {
            watch.check()?;
        }
        let Some(wall) = gap.meets[0].as_ref().and_then(|end| bodies.wall(end.wall)) else {
            continue;
        };
        if let Some(leaf) = leaf_of(gap, wall, sticks, bodies) {
            gap.symbol = Symbol::Swing;
            gap.leaves.push(leaf);
            gap.misfit = 0.8;
        } else if folds(gap, wall, sticks, bodies) {
            gap.symbol = Symbol::Panels;
            gap.misfit = 0.9;
        }
    }
    Ok(())
}

/// A line as long as the gap is wide, from one side of it and away from the wall.
fn leaf_of(gap: &Candidate, wall: &Wall, sticks: &Sticks, bodies: &Bodies<'_>) -> Option<Leaf> {
    let width = gap.width();
    let (wx, wy) = direction(wall);
    let slack = 0.6 * wall.thickness_pt + 0.08 * width;
    [gap.axis.a, gap.axis.b].into_iter().find_map(|side| {
        sticks.near(side, slack).find_map(|line| {
            let (dx, dy) = unit(line);
            let fits = LEAF_LENGTH.contains(&(line.length() / width.max(1e-9)))
                && (dx * wy - dy * wx).abs() >= LEAF_STANDS
                && !bodies.has_face(line);
            let hangs = |hinge: Point, tip: Point| {
                (fits && hinge.distance(side) <= slack && tip.distance(side) > 0.7 * width).then(
                    || Leaf {
                        hinge: hinge.rounded(),
                        tip: tip.rounded(),
                    },
                )
            };
            hangs(line.a, line.b).or_else(|| hangs(line.b, line.a))
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
