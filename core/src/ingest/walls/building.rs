//! Which of what could be walls is one building: the largest network, and what belongs to it.

use super::bars::{Bar, collinear_neighbours, extent, usual_thickness};
use super::junctions::{Places, corners, groups};
use super::kinds::Kinds;
use crate::error::Result;
use crate::plan::Rect;
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
/// within its bounds. Legends, scale bars and details lie outside.
pub(super) fn main_structure(
    bars: Vec<Bar>,
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
    let kept = without_leaves(kept, watch)?;
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
    let Placed {
        bars,
        places,
        across,
    } = placed;
    let labels = groups(bars, places, across, open_corner(bars), watch)?;
    let mut sizes: Vec<(f64, Rect)> = vec![(0.0, Rect::EMPTY); bars.len()];
    for ((bar, weight), label) in bars.iter().zip(weights).zip(labels) {
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

/// Leaves out groups that stand apart from the largest one and are of other thicknesses: tables,
/// beds and sinks in a pen that draws walls as well. A wall that stands apart is as thick as
/// others are. The walls of another floor beside the plan may be of other thicknesses.
fn without_islands(placed: Placed, watch: &dyn Watch) -> Result<Placed> {
    let Placed {
        bars,
        places,
        across,
    } = &placed;
    let labels = groups(bars, places, across, open_corner(bars), watch)?;
    let mut lengths = vec![0.0; bars.len()];
    let mut bounds = vec![Rect::EMPTY; bars.len()];
    for (bar, &label) in bars.iter().zip(&labels) {
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
    let own = bars.iter().zip(&labels);
    let kinds = Kinds::of(own.filter(|(_, label)| **label == main).map(|(bar, _)| bar));
    let is_known = |thickness: f64| kinds.like(thickness) >= KNOWN_SHARE * kinds.total();
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
        .zip(&labels)
        .filter(|(bar, label)| **label == main || is_known(bar.thickness) || is_plan(**label))
        .map(|(bar, _)| *bar)
        .collect();
    Ok(placed.keep(kept))
}

/// Leaves out the leaves of doors, which are drawn like thin walls: all as thick, much thinner
/// than the walls, few, and each with one end in the room. A partition goes on beyond its doors.
fn without_leaves(placed: Placed, watch: &dyn Watch) -> Result<Placed> {
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

/// Bars, and what is asked of them again and again while some are left out.
struct Placed {
    bars: Vec<Bar>,
    places: Places,
    /// Those on one line, also on the far side of a wide opening.
    across: Vec<(usize, usize)>,
}

impl Placed {
    fn new(bars: Vec<Bar>) -> Placed {
        Placed {
            places: Places::new(&bars),
            across: collinear_neighbours(&bars, 0.25 * extent(&bars)),
            bars,
        }
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
