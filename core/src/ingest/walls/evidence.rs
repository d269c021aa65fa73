//! Weighing what could be walls: how it is drawn, and how much of it hangs together.

use std::cmp::Ordering;

use super::bars::{Bar, Gap, extent, join_collinear, usual_thickness};
use super::building::main_structure;
use super::crossings::Crossings;
use super::junctions::meet;
use super::support::{
    OF_MIXED_PAIRS, OF_PAIRS, OF_SOLID, Support, THICKNESS_RANGE, drawn_on_line, supported_by_part,
};
use super::symbols::Symbols;
use crate::error::Result;
use crate::watch::Watch;

/// Most bars that are worked on, the longest first. No plan has so many walls on one page.
const MAX_BARS: usize = 12_000;

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
        let joined = join_collinear(&self.bars, watch, |gap| {
            opening.spans(gap, symbols) && (!crossings.make_passage(gap) || symbols.fill(gap))
        })?;
        watch.check()?;
        let met = meet(&joined, watch)?;
        watch.check()?;
        let joined = join_collinear(&met, watch, |gap| gap.length() <= gap.thickness)?;
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

    /// How wide an opening is in which nothing is drawn.
    pub(super) fn width(&self) -> f64 {
        self.usual
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Point, WallStyle};

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
}
