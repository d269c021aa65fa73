//! What lines across an opening mean by where the opening is: in an outer wall or in a partition.

use crate::error::Result;
use crate::plan::Segment;
use crate::watch::Watch;

use super::bodies::Bodies;
use super::candidate::{Candidate, Symbol};
use super::sticks::{Sticks, unit};

/// A partition is at most so thick, as a share of the thickest wall. Walls around a court have
/// windows and rooms on both sides, but are as thick as outer walls are.
const PARTITION: f64 = 0.7;

/// A line from side to side of an opening is at least as long as this share of it.
const WHOLE: f64 = 0.93;

/// Lines at a smaller angle than this (as its sine) are parallel.
const PARALLEL: f64 = 0.03;

/// Two lines in outer walls are windows if there are so many times as many of them as windows of
/// another symbol: a building has more windows than doors, and a large one may have glass.
const MANY_PANES: usize = 2;

/// Makes doors of glass in partitions, where two rooms meet: panels that slide. Where a plan would
/// have no or hardly a window otherwise, makes windows of two lines from side to side in its outer
/// walls; beside windows of another symbol they are doors.
///
/// The far wall of a room is within `reach`; beyond it another plan may stand on the sheet. Walls
/// are at `most` so thick, and have the `usual` thickness.
pub(super) fn settle(
    others: &mut [Candidate],
    reach: f64,
    (most, usual): (f64, f64),
    sticks: &Sticks,
    bodies: &Bodies<'_>,
    watch: &dyn Watch,
) -> Result<()> {
    let mut windows = 0;
    let mut panes = Vec::new();
    for (count, other) in others.iter_mut().enumerate() {
        if count % 64 == 0 {
            watch.check()?;
        }
        let goes_on = other.meets.iter().flatten().find(|end| end.goes_on);
        let wall = goes_on.and_then(|end| bodies.wall(end.wall));
        match (other.symbol, wall) {
            (Symbol::Glazing, Some(wall))
                if wall.thickness_pt <= PARTITION * most
                    && !bodies.are_outside(other.axis, reach) =>
            {
                other.symbol = Symbol::Panels;
            }
            (Symbol::Glazing, _) if is_window(other) => windows += 1,
            (Symbol::Panels, Some(wall))
                if other.is_closed()
                    && wall.thickness_pt > PARTITION * most
                    && whole_lines(other.axis, wall.thickness_pt.max(usual), sticks) >= 2
                    && bodies.are_outside(other.axis, reach)
                    && !super::gaps::has_rails(other, sticks, bodies) =>
            {
                panes.push(count);
            }
            _ => {}
        }
    }
    // One alone may well be the door.
    if panes.len() > (MANY_PANES * windows).max(1) {
        for index in panes {
            if let Some(other) = others.get_mut(index) {
                other.symbol = Symbol::Glazing;
            }
        }
    }
    Ok(())
}

/// Whether glass lies between walls or in one. With one end free it is a piece of furniture as a
/// rule.
fn is_window(glass: &Candidate) -> bool {
    glass.is_closed() || glass.meets.iter().all(Option::is_none)
}

/// How many lines run along `axis` from side to side within a wall of `thickness`.
fn whole_lines(axis: Segment, thickness: f64, sticks: &Sticks) -> usize {
    let (dx, dy) = unit(axis);
    let middle = axis.a.towards(axis.b, 0.5);
    let near = sticks.near(middle, 0.6 * thickness);
    near.filter(|line| {
        let (ex, ey) = unit(*line);
        let off = (line.a.y - middle.y) * dx - (line.a.x - middle.x) * dy;
        (dx * ey - dy * ex).abs() < PARALLEL
            && off.abs() <= 0.6 * thickness
            && (WHOLE..=1.0 / WHOLE).contains(&(line.length() / axis.length().max(1e-9)))
    })
    .count()
}
