//! Weighing what could be walls: support by thickness, connection, and how it is drawn.

use super::bars::{Bar, Gap, collinear_neighbours, join_collinear, same_thickness};
use super::junctions::{Places, corners, groups, linked, meet};
use super::kinds::Kinds;
use super::symbols::Symbols;
use crate::error::Result;
use crate::plan::Rect;
use crate::watch::Watch;

/// Most bars that are worked on, the longest first. No plan has so many walls on one page.
const MAX_BARS: usize = 12_000;

/// Walls of one plan lie within this factor of its usual thickness: a partition of 100 mm
/// stands beside outer walls of 300 mm and more.
pub(super) const THICKNESS_RANGE: f64 = 3.6;

/// Outer walls of old houses are thicker still against their partitions. That far a thickness
/// must be usual itself, or hang together with walls at both ends.
pub(super) const WIDEST_RANGE: f64 = 4.6;

/// Partitions are thinner still against the outer walls of such houses: 80 mm beside 440 mm.
/// What is thicker to that degree is furniture: 600 mm beside partitions of 100 mm.
pub(super) const THINNEST_RANGE: f64 = 5.6;

/// Share of all votes that makes a thickness usual itself.
const USUAL_SHARE: f64 = 0.15;

/// Share of the length that must meet other walls: where next to nothing does, as with a pair
/// of dimension lines, there is no plan.
const LEAST_CORNERED: f64 = 0.15;

/// The widest door in a partition, as a share of the extent of the plan.
const WIDEST_DOOR: f64 = 0.15;

/// Share of the walls of a building that make a thickness one of its own.
const KNOWN_SHARE: f64 = 0.04;

/// What may be walls, and how far that is to be believed.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    pub(super) bars: Vec<Bar>,
    /// What `bars` were joined from, as drawn; filled when they are.
    pub(super) pieces: Vec<Bar>,
    /// How surely things drawn like this are walls, before their structure is looked at.
    reliability: f64,
    /// Whether walls are told from two lines, which furniture has as well.
    is_paired: bool,
    /// Whether these two lines may have different pens.
    pub(super) is_mixed: bool,
    /// Whether it adds nothing to walls that are drawn another way.
    pub(super) stands_alone: bool,
    /// Length of the walls that meet others, once it is known.
    pub(super) structure: f64,
    /// Length times extent of the largest connected group, once it is known.
    network: f64,
    pub(super) confidence: f64,
}

impl Evidence {
    fn new(bars: Vec<Bar>, reliability: f64) -> Evidence {
        let on_line = drawn_on_line(&bars);
        Evidence::of(supported(bars, &on_line), reliability)
    }

    /// Of two lines, short ones may face each other by chance, as those of a hatching do all
    /// along a wall: each must be long itself.
    fn of_pairs(bars: Vec<Bar>, reliability: f64) -> Evidence {
        let lengths: Vec<f64> = bars.iter().map(Bar::length).collect();
        Evidence {
            is_paired: true,
            ..Evidence::of(supported(bars, &lengths), reliability)
        }
    }

    fn of(bars: Vec<Bar>, reliability: f64) -> Evidence {
        Evidence {
            bars,
            pieces: Vec::new(),
            reliability,
            is_paired: false,
            is_mixed: false,
            stands_alone: false,
            structure: 0.0,
            network: 0.0,
            confidence: reliability.min(0.9),
        }
    }

    /// Fills of one colour. Little else on a plan is filled in long bars.
    pub(super) fn from_fill(bars: Vec<Bar>) -> Evidence {
        Evidence::new(bars, 0.95)
    }

    /// Fills of all colours that draw bars: kinds of walls, or leaves of one.
    pub(super) fn from_all_fills(bars: Vec<Bar>) -> Evidence {
        Evidence::new(bars, 1.0)
    }

    /// Double lines of one pen. Furniture and dimensions pair up as well.
    pub(super) fn from_pairs(bars: Vec<Bar>) -> Evidence {
        Evidence::of_pairs(bars, 0.8)
    }

    /// Double lines whose faces have different pens. Two pens pair up by chance much more often,
    /// so that these rather add to another evidence than stand alone.
    pub(super) fn from_mixed_pairs(bars: Vec<Bar>) -> Evidence {
        Evidence {
            is_mixed: true,
            ..Evidence::of_pairs(bars, 0.3)
        }
    }

    /// What a hatching outlines where no faces are drawn. Treads, tiles and baths outline
    /// something as well, so that this stands for walls alone or not at all.
    pub(super) fn from_hatching(bars: Vec<Bar>) -> Evidence {
        Evidence {
            stands_alone: true,
            ..Evidence::of_pairs(bars, 0.5)
        }
    }

    /// Strokes of one colour that are much heavier than the usual line.
    pub(super) fn from_heavy_strokes(bars: Vec<Bar>) -> Evidence {
        Evidence::new(bars, 0.7)
    }

    /// Strokes that are only as heavy as most of the drawing.
    pub(super) fn from_light_strokes(bars: Vec<Bar>) -> Evidence {
        Evidence::new(bars, 0.1)
    }

    /// Keeps the `most` longest bars, and tells how many were left out.
    pub(super) fn keep_longest(&mut self, most: usize) -> usize {
        let left_out = self.bars.len().saturating_sub(most);
        if left_out > 0 {
            sort_by_length(&mut self.bars);
            self.bars.truncate(most);
        }
        left_out
    }

    pub(super) fn total_length(&self) -> f64 {
        self.bars.iter().map(Bar::length).sum()
    }

    /// Whether its bars lie between lines of one pen, which may be the faces of walls.
    pub(super) fn shows_faces(&self) -> bool {
        self.is_paired && !self.is_mixed && !self.stands_alone
    }

    /// The thickness below which nothing drawn like this is a wall; `None` without any bars.
    pub(super) fn thinnest_plausible(&self) -> Option<f64> {
        (!self.bars.is_empty()).then(|| usual_thickness(&self.bars) / THICKNESS_RANGE)
    }

    /// How much believable structure there is, in points.
    pub(super) fn believable(&self) -> f64 {
        self.structure * self.reliability
    }

    /// What the evidence is ranked by. Walls are one network that reaches over the whole plan;
    /// furniture and letters may be as much, but in many places, and stairs and key plans in
    /// one.
    fn score(&self) -> f64 {
        self.network * self.reliability
    }

    /// Joins, connects and cleans the bars, and measures their structure.
    pub(super) fn settle(&mut self, symbols: &Symbols, watch: &dyn Watch) -> Result<()> {
        self.order();
        let opening = Opening::usual(&self.bars);
        let joined = join_collinear(&self.bars, |gap| opening.spans(gap, symbols));
        watch.check()?;
        let met = meet(&joined);
        watch.check()?;
        let joined = join_collinear(&met, |gap| gap.length() <= gap.thickness);
        watch.check()?;
        let found = main_structure(joined, self.is_paired, watch)?;
        self.pieces = std::mem::replace(&mut self.bars, found.bars);
        self.structure = found.structure;
        self.network = found.network;
        Ok(())
    }
}

impl Evidence {
    /// Puts the longest bars first, and leaves out what is too much.
    fn order(&mut self) {
        sort_by_length(&mut self.bars);
        self.bars.truncate(MAX_BARS);
    }

    /// Takes over what `settled` came to, if it began with the same bars as this one, in order.
    fn settle_like(&mut self, settled: &Evidence) -> bool {
        let is_same = self.is_paired == settled.is_paired && self.bars == settled.pieces;
        if is_same {
            self.bars.clone_from(&settled.bars);
            self.pieces.clone_from(&settled.pieces);
            (self.structure, self.network) = (settled.structure, settled.network);
        }
        is_same
    }
}

/// The longest first, and then in a fixed order.
fn sort_by_length(bars: &mut [Bar]) {
    bars.sort_by(|one, two| {
        let key = |bar: &Bar| [-bar.length(), bar.a.y, bar.a.x, bar.b.y, bar.b.x];
        let (one, two) = (key(one), key(two));
        let orders = one.iter().zip(&two).map(|(a, b)| a.total_cmp(b));
        orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
}

/// How wide the openings of a plan are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening {
    usual: f64,
    widest: f64,
}

impl Opening {
    /// A wall goes on across a door or a window. Openings measure about a twentieth of a house,
    /// or a few times the thickness of the wall they are in.
    pub(super) fn usual(bars: &[Bar]) -> Opening {
        let usual = usual_thickness(bars);
        let extent = extent(bars);
        Opening {
            usual: (0.05 * extent).clamp(4.0 * usual, 12.0 * usual.max(3.0)),
            widest: 0.4 * extent,
        }
    }

    /// Whether the wall goes on across `gap`: it is no wider than usual, or a window or a door
    /// is drawn in it.
    pub(super) fn spans(&self, gap: &Gap, symbols: &Symbols) -> bool {
        let length = gap.length();
        length <= self.usual || (length <= self.widest && symbols.fill(gap))
    }
}

/// The evidence with the largest believable structure first, all settled; without those that
/// make no structure at all.
pub(super) fn ranked(
    all: Vec<Evidence>,
    symbols: &Symbols,
    watch: &dyn Watch,
) -> Result<Vec<Evidence>> {
    let mut ranked: Vec<Evidence> = Vec::with_capacity(all.len());
    for mut evidence in all {
        if evidence.reliability <= 0.0 || evidence.bars.is_empty() {
            continue;
        }
        watch.check()?;
        // A second look often shows what the first one did, and two pens what one of them did.
        evidence.order();
        if !ranked.iter().any(|known| evidence.settle_like(known)) {
            evidence.settle(symbols, watch)?;
        }
        ranked.push(evidence);
    }
    ranked.retain(|evidence| evidence.structure > LEAST_CORNERED * evidence.total_length());
    // A stable sort: of equals, what was collected first.
    ranked.sort_by(|one, two| two.score().total_cmp(&one.score()));
    Ok(ranked)
}

/// Diagonal of the box around `bars`.
pub(super) fn extent(bars: &[Bar]) -> f64 {
    Rect::around(bars.iter().flat_map(|bar| [bar.a, bar.b])).diagonal()
}

/// The thickness at which half of the length lies below.
pub(super) fn usual_thickness(bars: &[Bar]) -> f64 {
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

/// For each bar the length of all on its line that are as thick: of a thick wall with many
/// openings only short piers are drawn, one behind the other.
fn drawn_on_line(bars: &[Bar]) -> Vec<f64> {
    let labels = linked(bars.len(), &collinear_neighbours(bars, 0.4 * extent(bars)));
    let mut lengths = vec![0.0; bars.len()];
    for (bar, &label) in bars.iter().zip(&labels) {
        if let Some(length) = lengths.get_mut(label) {
            *length += bar.length();
        }
    }
    labels
        .iter()
        .filter_map(|&label| lengths.get(label).copied())
        .collect()
}

/// Keeps bars whose thickness the drawing itself supports; `lengths` are those that count.
///
/// Long bars vote for their thickness. A plan has a few wall types, each used for a good part
/// of its length; what is short must be of one of them, as the jambs of an opening also face
/// each other.
fn supported(bars: Vec<Bar>, lengths: &[f64]) -> Vec<Bar> {
    let mut voters: Vec<(f64, f64)> = bars
        .iter()
        .zip(lengths)
        .filter(|(bar, length)| **length >= 2.5 * bar.thickness)
        .map(|(bar, _)| (bar.thickness, bar.length()))
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
    let in_widest_range =
        |thickness: f64| thickness <= WIDEST_RANGE * usual && thickness * THINNEST_RANGE >= usual;
    types.retain(|(thickness, votes)| {
        (in_range(*thickness) && *votes >= 0.05 * total)
            || (in_widest_range(*thickness) && *votes >= USUAL_SHARE * total)
    });
    bars.into_iter()
        .filter(|bar| {
            let is_type = types
                .iter()
                .any(|(mean, _)| same_thickness(*mean, bar.thickness));
            (is_type && bar.aspect() >= 0.2) || (in_range(bar.thickness) && bar.aspect() >= 3.0)
        })
        .collect()
}

/// Length of each bar, of those that meet another at an angle in full and of the rest a little:
/// walls enclose rooms, while dimension lines and the like run alone.
fn cornered_lengths(bars: &[Bar], places: &Places) -> Vec<f64> {
    bars.iter()
        .zip(corners(bars, places, open_corner(bars)))
        .map(|(bar, ends)| bar.length() * [0.1, 0.6, 1.0].get(ends).copied().unwrap_or(1.0))
        .collect()
}

/// How far a corner may be left open: some draughtsmen end walls half a wall short of it.
fn open_corner(bars: &[Bar]) -> f64 {
    0.012 * extent(bars)
}

/// Length times extent of the largest group of bars that hang together.
fn network(bars: &[Bar], places: &Places, weights: &[f64]) -> f64 {
    let across = collinear_neighbours(bars, 0.25 * extent(bars));
    let labels = groups(bars, places, &across, open_corner(bars));
    let mut sizes: Vec<(f64, Rect)> = vec![(0.0, Rect::EMPTY); bars.len()];
    for ((bar, weight), label) in bars.iter().zip(weights).zip(labels) {
        if let Some((length, bounds)) = sizes.get_mut(label) {
            *length += weight;
            bounds.include(bar.a);
            bounds.include(bar.b);
        }
    }
    sizes
        .iter()
        .map(|(length, bounds)| length * bounds.diagonal())
        .fold(0.0, f64::max)
}

/// Leaves out groups that stand apart from the largest one and are of other thicknesses: tables,
/// beds and sinks in a pen that draws walls as well. A wall that stands apart is as thick as
/// others are.
fn without_islands(bars: Vec<Bar>) -> Vec<Bar> {
    let extent = extent(&bars);
    let across = collinear_neighbours(&bars, 0.25 * extent);
    let labels = groups(&bars, &Places::new(&bars), &across, open_corner(&bars));
    let mut lengths = vec![0.0; bars.len()];
    for (bar, &label) in bars.iter().zip(&labels) {
        if let Some(length) = lengths.get_mut(label) {
            *length += bar.length();
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
        return bars;
    };
    let own = bars.iter().zip(&labels);
    let kinds = Kinds::of(own.filter(|(_, label)| **label == main).map(|(bar, _)| bar));
    let is_known = |thickness: f64| kinds.like(thickness) >= KNOWN_SHARE * kinds.total();
    bars.iter()
        .zip(&labels)
        .filter(|(bar, label)| **label == main || is_known(bar.thickness))
        .map(|(bar, _)| *bar)
        .collect()
}

/// Leaves out the leaves of doors, which are drawn like thin walls: all as thick, much thinner
/// than the walls, few, and each with one end in the room. A partition goes on beyond its doors.
fn without_leaves(bars: Vec<Bar>) -> Vec<Bar> {
    let thin = 0.6 * usual_thickness(&bars);
    let mut ends = corners(&bars, &Places::new(&bars), 0.0);
    for (one, two) in collinear_neighbours(&bars, WIDEST_DOOR * extent(&bars)) {
        for index in [one, two] {
            if let Some(ends) = ends.get_mut(index) {
                *ends += 1;
            }
        }
    }
    let total = Kinds::of(bars.iter()).total();
    let is_thin = |bar: &Bar| bar.thickness < thin;
    let all = Kinds::of(bars.iter().filter(|bar| is_thin(bar)));
    let loose = bars.iter().zip(&ends).filter(|(_, ends)| **ends < 2);
    let loose = Kinds::of(loose.map(|(bar, _)| bar).filter(|bar| is_thin(bar)));
    bars.into_iter()
        .zip(ends)
        .filter(|(bar, ends)| {
            !is_thin(bar)
                || *ends >= 2
                || loose.like(bar.thickness) < 0.6 * all.like(bar.thickness)
                || all.like(bar.thickness) > 0.15 * total
        })
        .map(|(bar, _)| bar)
        .collect()
}

/// What of the bars is one building.
struct Structure {
    bars: Vec<Bar>,
    /// Length of the walls that meet others.
    structure: f64,
    /// Length times extent of the largest connected group.
    network: f64,
}

/// The largest connected group, and what belongs to it: other large groups, and what stands
/// within its bounds. Legends, scale bars and details lie outside.
fn main_structure(bars: Vec<Bar>, is_paired: bool, watch: &dyn Watch) -> Result<Structure> {
    // A wall on the far side of a wide opening still belongs to the same building.
    let extent = extent(&bars);
    let across = collinear_neighbours(&bars, 0.25 * extent);
    let labels = groups(&bars, &Places::new(&bars), &across, 0.0);
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
            bars,
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
    let kept = if is_paired {
        without_islands(kept)
    } else {
        kept
    };
    watch.check()?;
    let kept = without_leaves(kept);
    watch.check()?;
    let places = Places::new(&kept);
    let weights = cornered_lengths(&kept, &places);
    watch.check()?;
    Ok(Structure {
        structure: weights.iter().sum(),
        network: network(&kept, &places, &weights),
        bars: kept,
    })
}
