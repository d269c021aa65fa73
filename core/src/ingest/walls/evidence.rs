//! Weighing what could be walls: support by thickness, connection, and how it is drawn.

use std::cmp::Ordering;

use super::bars::{
    Bar, Gap, collinear_neighbours, extent, join_collinear, same_thickness, usual_thickness,
};
use super::building::main_structure;
use super::crossings::Crossings;
use super::islands::parts;
use super::junctions::{linked, meet};
use super::outer::outer_walls;
use super::symbols::Symbols;
use crate::error::Result;
use crate::watch::Watch;

/// Most bars that are worked on, the longest first. No plan has so many walls on one page.
const MAX_BARS: usize = 12_000;

/// Walls of one plan lie within this factor of its usual thickness: a partition of 100 mm
/// stands beside outer walls of 300 mm and more.
pub(super) const THICKNESS_RANGE: f64 = 3.6;

/// Outer walls of old houses are thicker still against their partitions. That far a thickness
/// must be usual itself, or hang together with walls at both ends.
pub(super) const WIDEST_RANGE: f64 = 4.95;

/// Partitions are thinner still against the outer walls of such houses: 80 mm beside 440 mm.
/// What is thicker to that degree is furniture: 600 mm beside partitions of 100 mm.
pub(super) const THINNEST_RANGE: f64 = 5.6;

/// Partitions of 70 mm stand beside outer walls of 490 mm. So far apart no furniture is in the way of
/// what makes a good part of all walls, as outer walls do.
const FARTHEST_RANGE: f64 = 7.2;

/// So much more of all votes makes a thickness usual that is so far apart.
const FARTHEST_MORE: f64 = 0.06;

/// Share of all votes that makes a thickness near the usual one, or of outer walls, one of walls.
const LEAST_SHARE: f64 = 0.05;

/// How much of a plan makes a thickness one of its walls.
#[derive(Debug, Clone, Copy)]
struct Support {
    /// Share of all votes that makes a thickness usual itself.
    usual_share: f64,
    /// Whether less of it is enough of outer walls.
    is_outer_enough: bool,
    /// How many times thinner than usual long bars are kept whatever share they make.
    thinnest: f64,
}

const OF_PAIRS: Support = Support {
    usual_share: USUAL_SHARE,
    is_outer_enough: true,
    thinnest: THICKNESS_RANGE,
};

/// With two pens furniture that stands at the walls is drawn as well, and hangs together with them.
const OF_MIXED_PAIRS: Support = Support {
    is_outer_enough: false,
    ..OF_PAIRS
};

const OF_SOLID: Support = Support {
    usual_share: USUAL_SOLID_SHARE,
    is_outer_enough: true,
    thinnest: THINNEST_RANGE,
};

/// Share of all votes that makes a thickness usual itself.
const USUAL_SHARE: f64 = 0.15;

/// The same of what is filled or drawn heavily: furniture is neither, so that the partitions of a
/// plan with few of them are enough.
const USUAL_SOLID_SHARE: f64 = 0.06;

/// Share of the length that must meet other walls: where next to nothing does, as with a pair
/// of dimension lines, there is no plan.
const LEAST_CORNERED: f64 = 0.15;

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
    /// Whether most of what the pen draws is hatching or tiles, which are no faces of a wall.
    is_hatching: bool,
    /// Whether it adds nothing to walls that are drawn another way.
    pub(super) stands_alone: bool,
    /// Length of the walls that meet others, once it is known.
    pub(super) structure: f64,
    /// Length times extent of the largest connected group, once it is known.
    network: f64,
    pub(super) confidence: f64,
}

impl Evidence {
    fn new(bars: Vec<Bar>, reliability: f64, watch: &dyn Watch) -> Result<Evidence> {
        let on_line = drawn_on_line(&bars);
        watch.check()?;
        let bars = supported_by_part(bars, &on_line, OF_SOLID, watch)?;
        Ok(Evidence::of(bars, reliability))
    }

    /// Of two lines, short ones may face each other by chance, as those of a hatching do all
    /// along a wall: each must be long itself.
    fn of_pairs(
        bars: Vec<Bar>,
        reliability: f64,
        support: Support,
        watch: &dyn Watch,
    ) -> Result<Evidence> {
        let lengths: Vec<f64> = bars.iter().map(Bar::length).collect();
        let bars = supported_by_part(bars, &lengths, support, watch)?;
        Ok(Evidence {
            is_paired: true,
            ..Evidence::of(bars, reliability)
        })
    }

    fn of(bars: Vec<Bar>, reliability: f64) -> Evidence {
        Evidence {
            bars,
            pieces: Vec::new(),
            reliability,
            is_paired: false,
            is_mixed: false,
            is_hatching: false,
            stands_alone: false,
            structure: 0.0,
            network: 0.0,
            confidence: reliability.min(0.9),
        }
    }

    /// Fills of one colour. Little else on a plan is filled in long bars.
    pub(super) fn from_fill(bars: Vec<Bar>, watch: &dyn Watch) -> Result<Evidence> {
        Evidence::new(bars, 0.95, watch)
    }

    /// Fills of all colours that draw bars: kinds of walls, or leaves of one.
    pub(super) fn from_all_fills(bars: Vec<Bar>, watch: &dyn Watch) -> Result<Evidence> {
        Evidence::new(bars, 1.0, watch)
    }

    /// Double lines of one pen. Furniture and dimensions pair up as well.
    pub(super) fn from_pairs(bars: Vec<Bar>, watch: &dyn Watch) -> Result<Evidence> {
        Evidence::of_pairs(bars, 0.8, OF_PAIRS, watch)
    }

    /// The same of a pen that draws hatching or tiles for the most part.
    pub(super) fn among_hatching(self, is_hatching: bool) -> Evidence {
        Evidence {
            is_hatching,
            ..self
        }
    }

    /// Double lines whose faces have different pens. Two pens pair up by chance much more often,
    /// so that these rather add to another evidence than stand alone.
    pub(super) fn from_mixed_pairs(bars: Vec<Bar>, watch: &dyn Watch) -> Result<Evidence> {
        Ok(Evidence {
            is_mixed: true,
            ..Evidence::of_pairs(bars, 0.3, OF_MIXED_PAIRS, watch)?
        })
    }

    /// What a hatching outlines where no faces are drawn. Treads, tiles and baths outline
    /// something as well, so that this stands for walls alone or not at all.
    pub(super) fn from_hatching(bars: Vec<Bar>, watch: &dyn Watch) -> Result<Evidence> {
        Ok(Evidence {
            stands_alone: true,
            ..Evidence::of_pairs(bars, 0.35, OF_PAIRS, watch)?
        })
    }

    /// Strokes of one colour that are much heavier than the usual line.
    pub(super) fn from_heavy_strokes(bars: Vec<Bar>, watch: &dyn Watch) -> Result<Evidence> {
        Evidence::new(bars, 0.7, watch)
    }

    /// Strokes that are only as heavy as most of the drawing.
    pub(super) fn from_light_strokes(bars: Vec<Bar>, watch: &dyn Watch) -> Result<Evidence> {
        Evidence::new(bars, 0.1, watch)
    }

    /// Keeps the `most` longest bars, and tells how many were left out.
    pub(super) fn keep_longest(&mut self, most: usize) -> usize {
        let left_out = self.bars.len().saturating_sub(most);
        if left_out > 0 {
            self.bars = longest(&self.bars, most);
        }
        left_out
    }

    pub(super) fn total_length(&self) -> f64 {
        self.bars.iter().map(Bar::length).sum()
    }

    /// Whether its bars lie between lines of one pen, which may be the faces of walls.
    pub(super) fn shows_faces(&self) -> bool {
        self.is_paired && !self.is_mixed && !self.is_hatching && !self.stands_alone
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
        watch.check()?;
        let opening = Opening::usual(&self.bars);
        let crossings = Crossings::new(&self.bars);
        watch.check()?;
        let joined = join_collinear(&self.bars, |gap| {
            opening.spans(gap, symbols) && (!crossings.make_passage(gap) || symbols.fill(gap))
        });
        watch.check()?;
        let met = meet(&joined, watch)?;
        watch.check()?;
        let joined = join_collinear(&met, |gap| gap.length() <= gap.thickness);
        watch.check()?;
        let found = main_structure(joined, &self.bars, self.is_paired, watch)?;
        self.pieces = std::mem::replace(&mut self.bars, found.bars);
        self.structure = found.structure;
        self.network = found.network;
        Ok(())
    }
}

impl Evidence {
    /// Puts the longest bars first, and leaves out what is too much.
    fn order(&mut self) {
        self.bars = longest(&self.bars, MAX_BARS);
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

/// The `most` longest of `bars`, the longest first, and then in a fixed order.
fn longest(bars: &[Bar], most: usize) -> Vec<Bar> {
    let mut measured: Vec<(f64, usize)> = bars
        .iter()
        .enumerate()
        .map(|(number, bar)| (bar.length(), number))
        .collect();
    let ends = |number: usize| {
        let bar = bars.get(number);
        bar.map_or([0.0; 4], |bar| [bar.a.y, bar.a.x, bar.b.y, bar.b.x])
    };
    let by_ends = |one: usize, two: usize| {
        let (one, two) = (ends(one), ends(two));
        let mut orders = one.iter().zip(&two).map(|(a, b)| a.total_cmp(b));
        orders
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    };
    let order = |&(one_length, one): &(f64, usize), &(two_length, two): &(f64, usize)| {
        two_length
            .total_cmp(&one_length)
            .then_with(|| by_ends(one, two))
            .then(one.cmp(&two))
    };
    // Of a page full of lines few are kept, which is no reason to sort all.
    if most < measured.len() {
        measured.select_nth_unstable_by(most, order);
        measured.truncate(most);
    }
    measured.sort_unstable_by(order);
    let kept = measured.into_iter();
    kept.filter_map(|(_, number)| bars.get(number).copied())
        .collect()
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
    /// is drawn in it. Between two short pieces something must be drawn: chairs stand in rows.
    pub(super) fn spans(&self, gap: &Gap, symbols: &Symbols) -> bool {
        let length = gap.length();
        let is_usual = length <= self.usual && (!gap.between_stumps || length <= gap.thickness);
        is_usual || (length <= self.widest && symbols.fill(gap))
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

/// [`supported`] for each plan of a sheet on its own: another floor, or another house, may have
/// other walls.
fn supported_by_part(
    bars: Vec<Bar>,
    lengths: &[f64],
    support: Support,
    watch: &dyn Watch,
) -> Result<Vec<Bar>> {
    let parts = parts(&bars, watch)?;
    watch.check()?;
    let Some(first) = parts.first().copied() else {
        return Ok(bars);
    };
    if parts.iter().all(|part| *part == first) {
        return supported(bars, lengths, support, watch);
    }
    let mut numbers = parts.clone();
    numbers.sort_unstable();
    numbers.dedup();
    let mut kept = Vec::with_capacity(bars.len());
    for number in numbers {
        let own = || parts.iter().map(|part| *part == number);
        let members = bars.iter().zip(own()).filter(|(_, own)| *own);
        let members: Vec<Bar> = members.map(|(bar, _)| *bar).collect();
        let counts = lengths.iter().zip(own()).filter(|(_, own)| *own);
        let counts: Vec<f64> = counts.map(|(length, _)| *length).collect();
        kept.extend(supported(members, &counts, support, watch)?);
    }
    Ok(kept)
}

/// Keeps bars whose thickness the drawing itself supports; `lengths` are those that count.
///
/// Long bars vote for their thickness. A plan has a few wall types, each used for a good part
/// of its length; what is short must be of one of them, as the jambs of an opening also face
/// each other.
fn supported(
    bars: Vec<Bar>,
    lengths: &[f64],
    support: Support,
    watch: &dyn Watch,
) -> Result<Vec<Bar>> {
    let mut voters: Vec<(f64, f64)> = bars
        .iter()
        .zip(lengths)
        .filter(|(bar, length)| **length >= 2.5 * bar.thickness)
        .map(|(bar, _)| (bar.thickness, bar.length()))
        .collect();
    if voters.is_empty() {
        return Ok(bars);
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
    let in_farthest_range =
        |thickness: f64| thickness <= FARTHEST_RANGE * usual && thickness * FARTHEST_RANGE >= usual;
    types.retain(|(thickness, votes)| {
        (in_range(*thickness) && *votes >= LEAST_SHARE * total)
            || (in_widest_range(*thickness) && *votes >= support.usual_share * total)
            || (in_farthest_range(*thickness)
                && *votes >= (support.usual_share + FARTHEST_MORE) * total)
    });
    if support.is_outer_enough {
        let range = [THICKNESS_RANGE * usual, FARTHEST_RANGE * usual];
        let outer = outer_walls(&bars, usual, range, watch)?.into_iter();
        types.extend(outer.filter(|(_, length)| *length >= LEAST_SHARE * total));
    }
    let kept = bars.into_iter().filter(|bar| {
        let is_type = types
            .iter()
            .any(|(mean, _)| same_thickness(*mean, bar.thickness));
        let is_in_range =
            bar.thickness <= THICKNESS_RANGE * usual && bar.thickness * support.thinnest >= usual;
        (is_type && bar.aspect() >= 0.2) || (is_in_range && bar.aspect() >= 3.0)
    });
    Ok(kept.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Point, WallStyle};
    use crate::watch::Unwatched;

    /// Whether bars `times` as thick as the usual ones are kept if they are `share` of all.
    fn keeps(times: f64, share: f64, support: Support) -> bool {
        let bar = |length: f64, thickness: f64| Bar {
            a: Point::new(0.0, 0.0),
            b: Point::new(length, 0.0),
            thickness,
            style: WallStyle::Double,
        };
        // Too short to stand for themselves, though on a line that is long.
        let (odd, pieces) = (bar(2.0 * times * 4.0, times * 4.0), 10.0);
        let others = pieces * odd.length() * (1.0 - share) / share;
        let mut bars = vec![bar(others, 4.0)];
        bars.extend((0..10).map(|_| odd));
        let lengths: Vec<f64> = bars.iter().map(|_| 1e6).collect();
        supported(bars, &lengths, support, &Unwatched)
            .unwrap()
            .len()
            > 1
    }

    #[test]
    fn few_of_many_are_the_same_as_the_first_of_all() {
        let bar = |number: u32| Bar {
            a: Point::new(f64::from(number % 7), f64::from(number % 5)),
            b: Point::new(f64::from(number % 7), f64::from(number % 5 + number % 11)),
            thickness: f64::from(number),
            style: WallStyle::Double,
        };
        // Many are as long as each other, and some lie in one place.
        let bars: Vec<Bar> = (0..500).map(|number| bar(number * 37 % 499)).collect();
        let all = longest(&bars, bars.len());
        let falls = |pair: &[Bar]| pair[0].length() >= pair[1].length();
        assert!(all.windows(2).all(falls) && all.len() == bars.len());
        for most in [0, 1, 60, 250, 499, 900] {
            assert_eq!(longest(&bars, most), all[..most.min(all.len())]);
        }
        let twins = [
            bar(3),
            Bar {
                thickness: 9.0,
                ..bar(3)
            },
        ];
        assert_eq!(longest(&twins, 1), [bar(3)]);
    }

    #[test]
    fn the_farther_a_thickness_is_the_more_of_it_makes_it_one_of_walls() {
        assert!(keeps(3.0, 0.06, OF_PAIRS) && !keeps(3.0, 0.04, OF_PAIRS));
        assert!(keeps(4.8, 0.16, OF_PAIRS) && !keeps(4.8, 0.14, OF_PAIRS));
        assert!(keeps(6.5, 0.22, OF_PAIRS) && !keeps(6.5, 0.2, OF_PAIRS));
        assert!(!keeps(8.0, 0.4, OF_PAIRS));
        // Partitions, as thin against the outer walls as these are thick against them.
        assert!(keeps(0.19, 0.16, OF_PAIRS) && !keeps(0.19, 0.14, OF_PAIRS));
    }

    #[test]
    fn few_solid_partitions_are_enough_where_few_double_lines_are_not() {
        assert!(keeps(0.19, 0.07, OF_SOLID) && !keeps(0.19, 0.07, OF_PAIRS));
        assert!(!keeps(0.19, 0.05, OF_SOLID));
    }

    #[test]
    fn one_long_thin_partition_is_enough_where_it_is_solid() {
        let bar = |length: f64, thickness: f64| Bar {
            a: Point::new(0.0, 0.0),
            b: Point::new(length, 0.0),
            thickness,
            style: WallStyle::Filled,
        };
        let kept = |thin: Bar, support: Support| {
            let bars = vec![bar(1e3, 9.0), thin];
            let lengths: Vec<f64> = bars.iter().map(Bar::length).collect();
            supported(bars, &lengths, support, &Unwatched)
                .unwrap()
                .len()
                == 2
        };
        assert!(kept(bar(20.0, 2.0), OF_SOLID) && !kept(bar(20.0, 2.0), OF_PAIRS));
        assert!(!kept(bar(5.0, 2.0), OF_SOLID) && !kept(bar(20.0, 1.5), OF_SOLID));
    }
}
