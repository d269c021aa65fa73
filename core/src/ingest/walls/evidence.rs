//! Weighing what could be walls: support by thickness, connection, and how it is drawn.

use super::bars::{Bar, collinear_neighbours, join_collinear, same_thickness};
use super::junctions::{corners, groups, meet};
use crate::error::Result;
use crate::plan::Rect;
use crate::watch::Watch;

/// Most bars that are worked on, the longest first. No plan has so many walls on one page.
const MAX_BARS: usize = 20_000;

/// Walls of one plan lie within this factor of its usual thickness: a partition of 100 mm
/// stands beside outer walls of 300 mm and more.
const THICKNESS_RANGE: f64 = 3.6;

/// What may be walls, and how far that is to be believed.
#[derive(Debug)]
pub(super) struct Evidence {
    pub(super) bars: Vec<Bar>,
    /// What `bars` were joined from, as drawn; filled when they are.
    pub(super) pieces: Vec<Bar>,
    /// How surely things drawn like this are walls, before their structure is looked at.
    reliability: f64,
    /// Length of the walls that meet others, once it is known.
    pub(super) structure: f64,
    pub(super) confidence: f64,
}

impl Evidence {
    fn new(bars: Vec<Bar>, reliability: f64) -> Evidence {
        Evidence {
            bars: supported(bars),
            pieces: Vec::new(),
            reliability,
            structure: 0.0,
            confidence: reliability.min(0.9),
        }
    }

    /// Fills of one colour. Little else on a plan is filled in long bars.
    pub(super) fn from_fill(bars: Vec<Bar>) -> Evidence {
        Evidence::new(bars, 1.0)
    }

    /// Double lines of one pen. Furniture and dimensions pair up as well.
    pub(super) fn from_pairs(bars: Vec<Bar>) -> Evidence {
        Evidence::new(bars, 0.8)
    }

    /// Strokes of one colour that are much heavier than the usual line.
    pub(super) fn from_heavy_strokes(bars: Vec<Bar>) -> Evidence {
        Evidence::new(bars, 0.7)
    }

    /// Strokes that are only as heavy as most of the drawing.
    pub(super) fn from_light_strokes(bars: Vec<Bar>) -> Evidence {
        Evidence::new(bars, 0.1)
    }

    pub(super) fn total_length(&self) -> f64 {
        self.bars.iter().map(Bar::length).sum()
    }

    /// The thickness below which nothing drawn like this is a wall; `None` without any bars.
    pub(super) fn thinnest_plausible(&self) -> Option<f64> {
        (!self.bars.is_empty()).then(|| usual_thickness(&self.bars) / THICKNESS_RANGE)
    }

    /// How much believable structure there is, in points.
    pub(super) fn score(&self) -> f64 {
        self.structure * self.reliability
    }

    /// Joins, connects and cleans the bars, and measures their structure.
    fn settle(&mut self, watch: &dyn Watch) -> Result<()> {
        self.bars.sort_by(|one, two| {
            let key = |bar: &Bar| [-bar.length(), bar.a.y, bar.a.x, bar.b.y, bar.b.x];
            let (one, two) = (key(one), key(two));
            let orders = one.iter().zip(&two).map(|(a, b)| a.total_cmp(b));
            orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        self.bars.truncate(MAX_BARS);
        let usual = usual_thickness(&self.bars);
        let extent = extent(&self.bars);
        // A wall goes on across a door or a window. Openings measure about a twentieth of a
        // house, or a few times the thickness of the wall they are in.
        let opening = (0.05 * extent).clamp(4.0 * usual, 12.0 * usual.max(3.0));
        let joined = join_collinear(&self.bars, |_| opening);
        watch.check()?;
        let met = meet(&joined);
        watch.check()?;
        let joined = join_collinear(&met, |thickness| thickness);
        let (bars, structure) = main_structure(joined);
        self.pieces = std::mem::replace(&mut self.bars, bars);
        self.structure = structure;
        Ok(())
    }
}

/// The evidence with the largest believable structure, settled; `None` when there is none.
pub(super) fn strongest(all: Vec<Evidence>, watch: &dyn Watch) -> Result<Option<Evidence>> {
    let mut best: Option<Evidence> = None;
    for mut evidence in all {
        if evidence.reliability <= 0.0 || evidence.bars.is_empty() {
            continue;
        }
        watch.check()?;
        evidence.settle(watch)?;
        if evidence.structure > 0.0
            && best
                .as_ref()
                .is_none_or(|best| evidence.score() > best.score())
        {
            best = Some(evidence);
        }
    }
    Ok(best)
}

/// Diagonal of the box around `bars`.
fn extent(bars: &[Bar]) -> f64 {
    Rect::around(bars.iter().flat_map(|bar| [bar.a, bar.b])).diagonal()
}

/// The thickness at which half of the length lies below.
fn usual_thickness(bars: &[Bar]) -> f64 {
    let mut sorted: Vec<(f64, f64)> = bars
        .iter()
        .map(|bar| (bar.thickness, bar.length()))
        .collect();
    sorted.sort_by(|one, two| one.0.total_cmp(&two.0));
    let half = 0.5 * sorted.iter().map(|(_, length)| length).sum::<f64>();
    let mut passed = 0.0;
    for (thickness, length) in sorted {
        passed += length;
        if passed >= half {
            return thickness;
        }
    }
    0.0
}

/// Keeps bars whose thickness the drawing itself supports.
///
/// Long bars vote for their thickness. A plan has a few wall types, each used for a good part
/// of its length; what is short must be of one of them, as the jambs of an opening also face
/// each other.
fn supported(bars: Vec<Bar>) -> Vec<Bar> {
    let mut voters: Vec<(f64, f64)> = bars
        .iter()
        .filter(|bar| bar.aspect() >= 2.5)
        .map(|bar| (bar.thickness, bar.length()))
        .collect();
    if voters.is_empty() {
        return bars;
    }
    voters.sort_by(|one, two| one.0.total_cmp(&two.0));
    let total: f64 = voters.iter().map(|(_, length)| length).sum();
    let mut types: Vec<(f64, f64)> = Vec::new();
    for (thickness, length) in voters {
        match types.last_mut() {
            Some((mean, votes)) if same_thickness(*mean, thickness) => {
                *mean += (thickness - *mean) * length / (*votes + length);
                *votes += length;
            }
            _ => types.push((thickness, length)),
        }
    }
    let usual = types
        .iter()
        .fold(
            (0.0, 0.0),
            |best, &kind| if kind.1 > best.1 { kind } else { best },
        )
        .0;
    let in_range = |thickness: f64| {
        thickness <= THICKNESS_RANGE * usual && thickness * THICKNESS_RANGE >= usual
    };
    types.retain(|(thickness, votes)| in_range(*thickness) && *votes >= 0.05 * total);
    bars.into_iter()
        .filter(|bar| {
            let is_type = types
                .iter()
                .any(|(mean, _)| same_thickness(*mean, bar.thickness));
            (is_type && bar.aspect() >= 0.2) || (in_range(bar.thickness) && bar.aspect() >= 3.0)
        })
        .collect()
}

/// Length of the bars, counting those that meet another at an angle in full and the rest a
/// little: walls enclose rooms, while dimension lines and the like run alone.
fn cornered_length(bars: &[Bar]) -> f64 {
    let cornered = corners(bars, 0.012 * extent(bars));
    bars.iter()
        .zip(cornered)
        .map(|(bar, ends)| bar.length() * [0.1, 0.6, 1.0].get(ends).copied().unwrap_or(1.0))
        .sum()
}

/// The largest connected group, and what belongs to it: other large groups, and what stands
/// within its bounds. Legends, scale bars and details lie outside.
fn main_structure(bars: Vec<Bar>) -> (Vec<Bar>, f64) {
    // A wall on the far side of a wide opening still belongs to the same building.
    let extent = extent(&bars);
    let labels = groups(&bars, &collinear_neighbours(&bars, 0.25 * extent));
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
        return (bars, 0.0);
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
    let structure = cornered_length(&kept);
    (kept, structure)
}
