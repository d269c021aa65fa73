//! Which of what could be walls is one building: the largest network, and what belongs to it.

use std::cell::OnceCell;

use super::bars::{Bar, collinear_neighbours, extent, usual_thickness};
use super::junctions::{Near, Places, corners, groups};
use super::kinds::Kinds;
use crate::error::Result;
use crate::plan::{Point, Rect, WallStyle};
use crate::watch::Watch;

/// The widest door in a partition, as a share of the extent of the plan.
const WIDEST_DOOR: f64 = 0.15;

/// Share of the walls of a building that make a thickness one of its own.
const KNOWN_SHARE: f64 = 0.04;

/// What of the bars is one building.
pub(super) struct Structure {
    pub(super) bars: Vec<Bar>,
    /// Length of the walls that meet others.
    pub(super) structure: f64,
    /// Length times extent of the largest connected group.
    pub(super) network: f64,
}

/// The largest connected group, and what belongs to it: other large groups, and what stands
/// within its bounds. Legends, scale bars and details lie outside. The bars were joined from those
/// that are `drawn`.
pub(super) fn main_structure(
    bars: Vec<Bar>,
    drawn: &[Bar],
    is_paired: bool,
    watch: &dyn Watch,
) -> Result<Structure> {
    // A wall on the far side of a wide opening still belongs to the same building.
    let placed = Placed::new(bars);
    let bars = &placed.bars;
    let labels = groups(bars, &placed.places, &placed.across, 0.0, watch)?;
    let mut sizes: Vec<(f64, Rect)> = vec![(0.0, Rect::EMPTY); bars.len()];
    for (bar, &label) in bars.iter().zip(&labels) {
        if let Some((length, bounds)) = sizes.get_mut(label) {
            *length += bar.length();
            bounds.include(bar.a);
            bounds.include(bar.b);
        }
    }
    let Some(main) = sizes
        .iter()
        .copied()
        .reduce(|best, group| if group.0 > best.0 { group } else { best })
    else {
        return Ok(Structure {
            bars: placed.bars,
            structure: 0.0,
            network: 0.0,
        });
    };
    let mut belongs: Vec<bool> = sizes
        .iter()
        .map(|(length, _)| *length >= 0.12 * main.0)
        .collect();
    let mut bounds = sizes
        .iter()
        .zip(&belongs)
        .filter(|(_, belongs)| **belongs)
        .fold(Rect::EMPTY, |all, ((_, group), _)| all.union(group));
    // A group taken in may bring the next one within reach; a few rounds settle it.
    for _ in 0..8 {
        let reach = bounds.grown(0.03 * bounds.diagonal());
        let mut changed = false;
        for ((length, group), flag) in sizes.iter().zip(belongs.iter_mut()) {
            let near = !reach.intersection(group).is_empty();
            if !*flag && near && *length >= 0.01 * main.0 {
                *flag = true;
                changed = true;
                bounds = bounds.union(group);
            }
        }
        if !changed {
            break;
        }
    }
    let kept: Vec<Bar> = bars
        .iter()
        .zip(&labels)
        .filter(|(bar, label)| {
            belongs.get(**label) == Some(&true) && bar.length() > 0.3 * bar.thickness
        })
        .map(|(bar, _)| *bar)
        .collect();
    watch.check()?;
    let mut kept = placed.keep(kept);
    if is_paired {
        kept = without_islands(kept, watch)?;
    }
    watch.check()?;
    let kept = without_leaves(kept, drawn, watch)?;
    watch.check()?;
    let weights = cornered_lengths(&kept.bars, &kept.places, watch)?;
    watch.check()?;
    Ok(Structure {
        structure: weights.iter().sum(),
        network: network(&kept, &weights, watch)?,
        bars: kept.bars,
    })
}

/// Length of each bar, of those that meet another at an angle in full and of the rest a little:
/// walls enclose rooms, while dimension lines and the like run alone.
fn cornered_lengths(bars: &[Bar], places: &Places, watch: &dyn Watch) -> Result<Vec<f64>> {
    Ok(bars
        .iter()
        .zip(corners(bars, places, open_corner(bars), watch)?)
        .map(|(bar, ends)| bar.length() * [0.1, 0.6, 1.0].get(ends).copied().unwrap_or(1.0))
        .collect())
}

/// How far a corner may be left open: some draughtsmen end walls half a wall short of it.
fn open_corner(bars: &[Bar]) -> f64 {
    0.012 * extent(bars)
}

/// Length times extent of the largest group of bars that hang together.
fn network(placed: &Placed, weights: &[f64], watch: &dyn Watch) -> Result<f64> {
    let bars = &placed.bars;
    let labels = placed.hanging_together(watch)?;
    let mut sizes: Vec<(f64, Rect)> = vec![(0.0, Rect::EMPTY); bars.len()];
    for ((bar, weight), &label) in bars.iter().zip(weights).zip(labels) {
        if let Some((length, bounds)) = sizes.get_mut(label) {
            *length += weight;
            bounds.include(bar.a);
            bounds.include(bar.b);
        }
    }
    Ok(sizes
        .iter()
        .map(|(length, bounds)| length * bounds.diagonal())
        .fold(0.0, f64::max))
}

/// A group of walls beside the largest one is a plan of its own, as of another floor, from this
/// share of its length on.
const OTHER_PLAN: f64 = 0.1;

/// What stands apart and makes this share of the walls may be of a thickness of its own between those of
/// the rest: the walls around stairs and lifts.
const CORE: f64 = 0.1;

/// Leaves out groups that stand apart from the largest one and are of other thicknesses: tables,
/// beds and sinks in a pen that draws walls as well. A wall that stands apart is as thick as
/// others are. The walls of another floor beside the plan may be of other thicknesses.
fn without_islands(placed: Placed, watch: &dyn Watch) -> Result<Placed> {
    let bars = &placed.bars;
    let labels = placed.hanging_together(watch)?;
    let mut lengths = vec![0.0; bars.len()];
    let mut bounds = vec![Rect::EMPTY; bars.len()];
    for (bar, &label) in bars.iter().zip(labels) {
        if let Some((length, bounds)) = lengths.get_mut(label).zip(bounds.get_mut(label)) {
            *length += bar.length();
            bounds.include(bar.a);
            bounds.include(bar.b);
        }
    }
    let main = (0..bars.len()).reduce(|best, label| {
        if lengths.get(label) > lengths.get(best) {
            label
        } else {
            best
        }
    });
    let Some(main) = main else {
        return Ok(placed);
    };
    let own = bars.iter().zip(labels);
    let kinds = Kinds::of(own.filter(|(_, label)| **label == main).map(|(bar, _)| bar));
    let is_known = |thickness: f64| kinds.like(thickness) >= KNOWN_SHARE * kinds.total();
    let own = bars.iter().zip(labels);
    let known = own.filter(|(bar, label)| **label == main && is_known(bar.thickness));
    let (thinnest, thickest) =
        known.fold((f64::INFINITY, 0.0), |(thinnest, thickest), (bar, _)| {
            (
                f64::min(thinnest, bar.thickness),
                f64::max(thickest, bar.thickness),
            )
        });
    let is_core = |label: usize, thickness: f64| {
        let length = lengths.get(label).copied().unwrap_or(0.0);
        length >= CORE * kinds.total() && (thinnest..=thickest).contains(&thickness)
    };
    let main_bounds = bounds.get(main).copied().unwrap_or(Rect::EMPTY);
    let is_plan = |label: usize| {
        lengths
            .get(label)
            .zip(bounds.get(label))
            .is_some_and(|(length, own)| {
                *length >= OTHER_PLAN * kinds.total() && own.intersection(&main_bounds).is_empty()
            })
    };
    let kept: Vec<Bar> = bars
        .iter()
        .zip(labels)
        .filter(|(bar, label)| {
            **label == main
                || is_known(bar.thickness)
                || is_plan(**label)
                || is_core(**label, bar.thickness)
        })
        .map(|(bar, _)| *bar)
        .collect();
    Ok(placed.keep(kept))
}

/// Leaves out the leaves of doors, which are drawn like thin walls: all as thick, much thinner
/// than the walls, few, and each with one end in the room. A partition goes on beyond its doors,
/// and where it ends in the room, its other end stands on a wall that is drawn on both sides of it.
fn without_leaves(placed: Placed, drawn: &[Bar], watch: &dyn Watch) -> Result<Placed> {
    let Placed { bars, places, .. } = &placed;
    let thin = 0.6 * usual_thickness(bars);
    let is_thin = |bar: &Bar| bar.thickness < thin;
    if !bars.iter().any(is_thin) {
        return Ok(placed);
    }
    let mut ends = corners(bars, places, 0.0, watch)?;
    for (one, two) in collinear_neighbours(bars, WIDEST_DOOR * extent(bars)) {
        for index in [one, two] {
            if let Some(ends) = ends.get_mut(index) {
                *ends += 1;
            }
        }
    }
    let total = Kinds::of(bars.iter()).total();
    let all = Kinds::of(bars.iter().filter(|bar| is_thin(bar)));
    let supports = Places::new(drawn);
    let mut near = Near::new(drawn);
    for (bar, ends) in bars.iter().zip(&mut ends) {
        let is_filled = bar.style == WallStyle::Filled;
        if is_filled
            && is_thin(bar)
            && *ends == 1
            && stands_on_wall(bar, drawn, &supports, &mut near)
        {
            *ends = 2;
        }
    }
    let loose = bars.iter().zip(&ends).filter(|(_, ends)| **ends < 2);
    let loose = Kinds::of(loose.map(|(bar, _)| bar).filter(|bar| is_thin(bar)));
    let kept: Vec<Bar> = bars
        .iter()
        .zip(ends)
        .filter(|(bar, ends)| {
            !is_thin(bar)
                || *ends >= 2
                || loose.like(bar.thickness) < 0.6 * all.like(bar.thickness)
                || all.like(bar.thickness) > 0.15 * total
        })
        .map(|(bar, _)| *bar)
        .collect();
    Ok(placed.keep(kept))
}

/// Beside the hinge of a leaf nothing is drawn at these shares of its length...
const IN_OPENING: [f64; 3] = [0.3, 0.55, 0.8];

/// ...and the wall goes on at some of these, where the leaf or two of them shut.
const BEYOND_OPENING: [f64; 7] = [1.0, 1.1, 1.2, 1.3, 2.0, 2.15, 2.3];

/// Whether an end of `bar` stands on a wall that is `drawn`, and there is no opening beside it that
/// it would shut.
fn stands_on_wall(bar: &Bar, drawn: &[Bar], places: &Places, near: &mut Near) -> bool {
    let (dx, dy) = (bar.b.x - bar.a.x, bar.b.y - bar.a.y);
    let mut is_drawn = |at: Point, slack: f64| {
        places.near(at, near).iter().any(|&index| {
            drawn.get(index).is_some_and(|wall| {
                let (ex, ey) = (wall.b.x - wall.a.x, wall.b.y - wall.a.y);
                let turn = (dx * ey - dy * ex).abs() / (bar.length() * wall.length()).max(1e-9);
                turn > 0.5 && wall.segment().distance_to(at) <= 0.5 * wall.thickness + slack
            })
        })
    };
    [bar.a, bar.b].into_iter().any(|end| {
        let mut at = |share: f64| {
            let at = Point::new(end.x - share * dy, end.y + share * dx);
            is_drawn(at, 0.0)
        };
        let is_opening = [-1.0, 1.0].into_iter().any(|side| {
            !IN_OPENING.into_iter().any(|share| at(side * share))
                && BEYOND_OPENING.into_iter().any(|share| at(side * share))
        });
        !is_opening && is_drawn(end, bar.thickness)
    })
}

/// Bars, and what is asked of them again and again while some are left out.
struct Placed {
    bars: Vec<Bar>,
    places: Places,
    /// Those on one line, also on the far side of a wide opening.
    across: Vec<(usize, usize)>,
    /// For each the number of its group, once it was asked for.
    together: OnceCell<Vec<usize>>,
}

impl Placed {
    fn new(bars: Vec<Bar>) -> Placed {
        Placed {
            places: Places::new(&bars),
            across: collinear_neighbours(&bars, 0.25 * extent(&bars)),
            together: OnceCell::new(),
            bars,
        }
    }

    /// For each the number of the group that it hangs together with, also where a corner was left
    /// open.
    fn hanging_together(&self, watch: &dyn Watch) -> Result<&[usize]> {
        if let Some(known) = self.together.get() {
            return Ok(known);
        }
        let slack = open_corner(&self.bars);
        let found = groups(&self.bars, &self.places, &self.across, slack, watch)?;
        Ok(self.together.get_or_init(|| found))
    }

    /// With none but the bars `kept`: as a rule all of them.
    fn keep(self, kept: Vec<Bar>) -> Placed {
        if kept.len() == self.bars.len() {
            self
        } else {
            Placed::new(kept)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;

    fn bar(a: (f64, f64), b: (f64, f64), thickness: f64) -> Bar {
        Bar {
            a: Point::new(a.0, a.1),
            b: Point::new(b.0, b.1),
            thickness,
            style: WallStyle::Filled,
        }
    }

    /// Whether a thin bar upright at `x` is kept in a house whose lower wall is open from 60 to 90.
    fn keeps(x: f64, length: f64) -> bool {
        let rest = [
            bar((0.0, 0.0), (200.0, 0.0), 8.0),
            bar((0.0, 0.0), (0.0, 150.0), 8.0),
            bar((200.0, 0.0), (200.0, 150.0), 8.0),
        ];
        let thin = bar((x, 150.0), (x, 150.0 - length), 2.0);
        let lower = bar((0.0, 150.0), (200.0, 150.0), 8.0);
        let bars = [&rest[..], &[lower, thin]].concat();
        let parts = [
            bar((0.0, 150.0), (60.0, 150.0), 8.0),
            bar((90.0, 150.0), (200.0, 150.0), 8.0),
        ];
        let drawn = [&rest[..], &parts, &[thin]].concat();
        let kept = without_leaves(Placed::new(bars), &drawn, &Unwatched).unwrap();
        kept.bars.len() == 5
    }

    #[test]
    fn a_thin_wall_that_ends_in_a_room_is_no_leaf_unless_it_would_shut_an_opening() {
        assert!(!keeps(61.0, 28.0));
        assert!(keeps(150.0, 28.0));
        // Longer than the opening is wide.
        assert!(keeps(61.0, 90.0));
    }

    #[test]
    fn the_walls_around_lifts_are_no_furniture() {
        let square = |from: f64, to: f64, thickness: f64| {
            [
                bar((from, from), (to, from), thickness),
                bar((to, from), (to, to), thickness),
                bar((to, to), (from, to), thickness),
                bar((from, to), (from, from), thickness),
            ]
        };
        let partitions = [60.0, 240.0].map(|y| bar((0.0, y), (300.0, y), 2.0));
        let kept = |to: f64, thickness: f64| {
            let inner = square(110.0, to, thickness);
            let bars = [&square(0.0, 300.0, 8.0)[..], &partitions, &inner].concat();
            let found = without_islands(Placed::new(bars), &Unwatched).unwrap();
            found.bars.len() == 10
        };
        assert!(kept(190.0, 4.0));
        // A table is smaller, or thicker than the outer walls.
        assert!(!kept(130.0, 4.0) && !kept(190.0, 14.0));
    }
}
