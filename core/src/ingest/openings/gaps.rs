//! Gaps in walls in which neither an arc nor glass is drawn: plain openings, and leaves alone.

use crate::ingest::cells::Cells;
use crate::plan::{Leaf, Point, Segment};

use super::bodies::{Abutment, Bodies, direction};
use super::candidate::{Candidate, Symbol};
use super::glazing::{Stick, unit};

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

/// Makes doors of those gaps in which a leaf is drawn without its arc: a line as long as the gap
/// is wide, from one side of it and away from the wall.
pub(super) fn with_leaves(gaps: &mut [Candidate], sticks: &[Stick], bodies: &Bodies<'_>) {
    if gaps.is_empty() {
        return;
    }
    let cells = Cells::new(sticks.iter().map(|stick| stick.line));
    for gap in gaps {
        let width = gap.width();
        let Some(wall) = gap.meets[0].as_ref().and_then(|end| bodies.wall(end.wall)) else {
            continue;
        };
        let (wx, wy) = direction(wall);
        let slack = 0.6 * wall.thickness_pt + 0.08 * width;
        let leaf = [gap.axis.a, gap.axis.b].into_iter().find_map(|side| {
            cells.near(side, slack).into_iter().find_map(|index| {
                let line = sticks.get(index)?.line;
                let (dx, dy) = unit(line);
                let fits = LEAF_LENGTH.contains(&(line.length() / width.max(1e-9)))
                    && (dx * wy - dy * wx).abs() >= LEAF_STANDS;
                let hangs = |hinge: Point, tip: Point| {
                    (fits && hinge.distance(side) <= slack && tip.distance(side) > 0.7 * width)
                        .then(|| Leaf {
                            hinge: hinge.rounded(),
                            tip: tip.rounded(),
                        })
                };
                hangs(line.a, line.b).or_else(|| hangs(line.b, line.a))
            })
        });
        if let Some(leaf) = leaf {
            gap.symbol = Symbol::Swing;
            gap.leaves.push(leaf);
            gap.misfit = 0.8;
        }
    }
}
