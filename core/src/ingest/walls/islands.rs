//! Plans beside each other on one sheet: parts with an empty band between them.

use std::collections::BTreeMap;

use super::bars::{Bar, collinear_neighbours, extent};
use super::junctions::linked;
use crate::error::Result;
use crate::plan::Rect;
use crate::watch::Watch;

/// The band between two plans is so wide, as a share of what both cover.
const BAND: f64 = 0.03;

/// The widest opening, as a share of what all cover: a band through the openings of one plan parts
/// its walls as well, but these go on behind it.
const ACROSS: f64 = 0.25;

/// A part with less of the length of all is no plan but a legend, a detail or a table.
const LEAST_SHARE: f64 = 0.15;

/// A part that is smaller along either axis than this share of what all cover is a key plan, a
/// chain of dimensions, or a table.
const LEAST_SIDE: f64 = 0.12;

/// Walls that go on across an opening, on the far side of a band, are those of one building from
/// this share of the smaller side on. Where two plans stand in line, their walls may be alike, and
/// nothing is lost by taking them together.
const GOES_ON: f64 = 0.01;

/// For each of `bars` the part it is in, as numbers. Those in small parts go with the largest one.
pub(super) fn parts(bars: &[Bar], watch: &dyn Watch) -> Result<Vec<usize>> {
    let band = BAND * extent(bars);
    let everything: Vec<usize> = (0..bars.len()).collect();
    let columns = apart(bars, everything, band, |bar| (bar.a.x, bar.b.x));
    watch.check()?;
    let rows = columns
        .into_iter()
        .flat_map(|part| apart(bars, part, band, |bar| (bar.a.y, bar.b.y)));
    let mut labels = vec![0; bars.len()];
    let mut count = 0;
    for (number, part) in rows.enumerate() {
        count = number + 1;
        for index in part {
            if let Some(label) = labels.get_mut(index) {
                *label = number;
            }
        }
    }
    watch.check()?;
    if count < 2 {
        return Ok(labels);
    }
    labels = rejoined(bars, &labels, count);
    let mut sizes = vec![(0.0, Rect::EMPTY); count];
    for (bar, &label) in bars.iter().zip(&labels) {
        if let Some((length, bounds)) = sizes.get_mut(label) {
            *length += bar.length();
            bounds.include(bar.a);
            bounds.include(bar.b);
        }
    }
    let total: f64 = sizes.iter().map(|(length, _)| length).sum();
    let largest = (0..count)
        .reduce(|best, part| {
            let length = |part: usize| sizes.get(part).map_or(0.0, |(length, _)| *length);
            if length(part) > length(best) {
                part
            } else {
                best
            }
        })
        .unwrap_or(0);
    let least = LEAST_SIDE * extent(bars);
    for label in &mut labels {
        let is_plan = |(length, bounds): &(f64, Rect)| {
            *length >= LEAST_SHARE * total && bounds.width().min(bounds.height()) >= least
        };
        if !sizes.get(*label).is_some_and(is_plan) {
            *label = largest;
        }
    }
    Ok(labels)
}

/// The `labels` of `count` parts, the same for those with walls that go on in another one.
fn rejoined(bars: &[Bar], labels: &[usize], count: usize) -> Vec<usize> {
    let mut lengths = vec![0.0; count];
    for (bar, &label) in bars.iter().zip(labels) {
        if let Some(length) = lengths.get_mut(label) {
            *length += bar.length();
        }
    }
    let mut shared: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (one, two) in collinear_neighbours(bars, ACROSS * extent(bars)) {
        let Some((own, other)) = labels.get(one).zip(labels.get(two)) else {
            continue;
        };
        if own != other
            && let Some((one, two)) = bars.get(one).zip(bars.get(two))
        {
            let both = (*own.min(other), *own.max(other));
            *shared.entry(both).or_default() += one.length().min(two.length());
        }
    }
    let length = |part: usize| lengths.get(part).copied().unwrap_or(0.0);
    let pairs: Vec<(usize, usize)> = shared
        .into_iter()
        .filter(|((one, two), shared)| *shared >= GOES_ON * length(*one).min(length(*two)))
        .map(|(pair, _)| pair)
        .collect();
    let joined = linked(count, &pairs);
    labels
        .iter()
        .map(|&label| joined.get(label).copied().unwrap_or(label))
        .collect()
}

/// The bars `members` in parts with at least `band` between them along one axis.
fn apart(
    bars: &[Bar],
    members: Vec<usize>,
    band: f64,
    ends: impl Fn(&Bar) -> (f64, f64),
) -> Vec<Vec<usize>> {
    let spans = members.into_iter().map(|index| {
        let (one, two) = bars.get(index).map_or((0.0, 0.0), &ends);
        (one.min(two), one.max(two), index)
    });
    let mut spans: Vec<(f64, f64, usize)> = spans.collect();
    spans.sort_unstable_by(|one, two| one.0.total_cmp(&two.0).then(one.2.cmp(&two.2)));
    let mut parts: Vec<Vec<usize>> = Vec::new();
    let mut reached = f64::NEG_INFINITY;
    for (from, to, index) in spans {
        match parts.last_mut() {
            Some(part) if from < reached + band => part.push(index),
            _ => parts.push(vec![index]),
        }
        reached = reached.max(to);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Point, WallStyle};
    use crate::watch::Unwatched;

    fn square(x: f64, y: f64, side: f64) -> Vec<Bar> {
        let corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)];
        let ends = corners.iter().zip(corners.iter().cycle().skip(1));
        ends.map(|(a, b)| Bar {
            a: Point::new(a.0, a.1),
            b: Point::new(b.0, b.1),
            thickness: 4.0,
            style: WallStyle::Double,
        })
        .collect()
    }

    #[test]
    fn plans_with_an_empty_band_between_them_are_parts() {
        let two = [square(0.0, 0.0, 100.0), square(130.0, 25.0, 80.0)].concat();
        assert_eq!(parts(&two, &Unwatched).unwrap(), [0, 0, 0, 0, 1, 1, 1, 1]);
        let above = [square(0.0, 0.0, 100.0), square(5.0, 130.0, 80.0)].concat();
        assert_eq!(parts(&above, &Unwatched).unwrap(), [0, 0, 0, 0, 1, 1, 1, 1]);
        // Their walls are alike and in line: nothing tells them apart, and nothing has to.
        let in_line = [square(0.0, 0.0, 100.0), square(130.0, 20.0, 80.0)].concat();
        assert_eq!(parts(&in_line, &Unwatched).unwrap(), [0; 8]);
        // Without a band they are one building, and a legend is no plan.
        let near = [square(0.0, 0.0, 100.0), square(103.0, 25.0, 80.0)].concat();
        assert_eq!(parts(&near, &Unwatched).unwrap(), [0; 8]);
        let legend = [square(0.0, 0.0, 100.0), square(130.0, 25.0, 8.0)].concat();
        assert_eq!(parts(&legend, &Unwatched).unwrap(), [0; 8]);
    }
}
