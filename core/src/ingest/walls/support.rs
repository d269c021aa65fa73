//! Which thicknesses of bars a drawing itself shows to be those of its walls.

use super::bars::{Bar, collinear_neighbours, extent, same_thickness};
use super::islands::parts;
use super::junctions::linked;
use super::outer::outer_walls;
use crate::error::Result;
use crate::watch::Watch;

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
pub(super) const FARTHEST_RANGE: f64 = 7.2;

/// Partitions of bathrooms are half as thick as others: 70 mm beside 150 mm. Where the outer walls
/// make the usual thickness, these are far from it, but not from the other partitions.
pub(super) const HALVED_RANGE: f64 = 2.3;

/// So much more of all votes makes a thickness usual that is so far apart.
const FARTHEST_MORE: f64 = 0.06;

/// Share of all votes that makes a thickness near the usual one, or of outer walls, one of walls.
const LEAST_SHARE: f64 = 0.05;

/// How much of a plan makes a thickness one of its walls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Support {
    /// Share of all votes that makes a thickness usual itself.
    usual_share: f64,
    /// Whether less of it is enough of outer walls.
    is_outer_enough: bool,
    /// How many times thinner than usual long bars are kept whatever share they make.
    thinnest: f64,
}

pub(super) const OF_PAIRS: Support = Support {
    usual_share: USUAL_SHARE,
    is_outer_enough: true,
    thinnest: THICKNESS_RANGE,
};

/// With two pens furniture that stands at the walls is drawn as well, and hangs together with them.
pub(super) const OF_MIXED_PAIRS: Support = Support {
    is_outer_enough: false,
    ..OF_PAIRS
};

pub(super) const OF_SOLID: Support = Support {
    usual_share: USUAL_SOLID_SHARE,
    is_outer_enough: true,
    thinnest: THINNEST_RANGE,
};

/// Share of all votes that makes a thickness usual itself.
const USUAL_SHARE: f64 = 0.15;

/// The same of what is filled or drawn heavily: furniture is neither, so that the partitions of a
/// plan with few of them are enough.
const USUAL_SOLID_SHARE: f64 = 0.06;

/// For each bar the length of all on its line that are as thick: of a thick wall with many
/// openings only short piers are drawn, one behind the other.
pub(super) fn drawn_on_line(bars: &[Bar]) -> Vec<f64> {
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
pub(super) fn supported_by_part(
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
    let partitions: Vec<f64> = types
        .iter()
        .filter(|(thickness, votes)| {
            in_widest_range(*thickness) && *votes >= support.usual_share * total
        })
        .map(|(thickness, _)| *thickness)
        .collect();
    let is_half_of = |thickness: f64| {
        let mut known = partitions.iter();
        in_farthest_range(thickness)
            && known.any(|known| thickness <= *known && thickness * HALVED_RANGE >= *known)
    };
    types.retain(|(thickness, votes)| {
        ((in_range(*thickness) || is_half_of(*thickness)) && *votes >= LEAST_SHARE * total)
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

    #[test]
    fn a_partition_half_as_thick_as_others_is_one_however_thick_the_outer_walls_are() {
        let bar = |length: f64, thickness: f64| Bar {
            a: Point::new(0.0, 0.0),
            b: Point::new(length, 0.0),
            thickness,
            style: WallStyle::Double,
        };
        let kept = |partition: f64, thin: f64| {
            let bars = vec![bar(1300.0, 12.8), bar(600.0, partition), bar(200.0, thin)];
            let lengths: Vec<f64> = bars.iter().map(Bar::length).collect();
            supported(bars, &lengths, OF_PAIRS, &Unwatched)
                .unwrap()
                .len()
        };
        assert_eq!(kept(4.2, 2.1), 3);
        // Thinner still it is a leaf or a frame, and beside thick partitions it is none.
        assert_eq!(kept(4.2, 1.7), 2);
        assert_eq!(kept(6.0, 2.1), 2);
    }
}
