//! Bundles of parallel lines of one length, close beside each other: glass, sills, panels.

use crate::error::Result;
use crate::ingest::sorting::sort;
use crate::ingest::squares::Squares;
use crate::parallel::in_pieces;
use crate::plan::{Point, Segment};
use crate::watch::Watch;

use super::sticks::unit;

/// Lines that lie beside each other and begin and end together.
#[derive(Debug, Clone)]
pub(super) struct Bundle {
    /// The line in the middle between the outermost ones.
    pub(super) axis: Segment,
    /// From the first to the last line.
    pub(super) spread: f64,
    /// How many lines lie apart from each other.
    pub(super) lines: usize,
}

/// A straight line that may belong to a bundle.
#[derive(Debug, Clone, Copy)]
struct Stick {
    line: Segment,
    middle: Point,
    length: f64,
}

impl Stick {
    /// How much longer or shorter a line may be that lies beside it.
    fn slack(&self) -> f64 {
        0.5 + 0.01 * self.length
    }
}

/// More than half a length is rounded by on any page, in points.
const ROUNDED_PT: f64 = 0.01;

/// More lines than this in one bundle are a hatch, a stair, or tiles.
const MOST_LINES: usize = 8;

/// Neighbours that are looked at for one line; a hatch has many more and is none the poorer.
const MOST_NEIGHBOURS: usize = 48;

/// Lines between two looks at the watch.
const BETWEEN_CHECKS: usize = 1_024;

/// Finds the bundles that are at most `widest` points wide among `lines` of at least `shortest`
/// points. A single line is a bundle too.
pub(super) fn bundles(
    lines: &[Segment],
    widest: f64,
    shortest: f64,
    watch: &dyn Watch,
) -> Result<Vec<Bundle>> {
    let sticks: Vec<Stick> = lines
        .iter()
        .map(|&line| Stick {
            line,
            middle: line.a.towards(line.b, 0.5),
            length: line.length(),
        })
        .filter(|stick| stick.length >= shortest)
        .collect();
    let mut places = Squares::new(widest.max(1.0), MOST_NEIGHBOURS);
    for (stick, number) in sticks.iter().zip(0_u32..) {
        if number % 65_536 == 0 {
            watch.check()?;
        }
        places.put(places.square(stick.middle), number);
    }
    places.sort();
    // Most neighbours are of another length. Those are in little memory this way, which is what
    // the time goes into.
    #[expect(clippy::cast_possible_truncation, reason = "lengths on a page")]
    let lengths: Vec<f32> = sticks.iter().map(|stick| stick.length as f32).collect();
    let order = places.in_order(sticks.len());
    let pairs = in_pieces(order.len(), watch, |piece| {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (count, &index) in order.get(piece).unwrap_or_default().iter().enumerate() {
            if count % BETWEEN_CHECKS == 0 {
                watch.check()?;
            }
            let Some(stick) = sticks.get(index) else {
                continue;
            };
            let slack = stick.slack() + ROUNDED_PT;
            let as_long = |other: &usize| {
                let length = lengths.get(*other).copied().map(f64::from);
                length.is_some_and(|length| (length - stick.length).abs() <= slack)
            };
            let together = places.around(stick.middle).filter(as_long).filter(|other| {
                let neighbour = sticks.get(*other).filter(|_| *other > index);
                neighbour.is_some_and(|neighbour| lie_together(stick, neighbour, widest))
            });
            pairs.extend(together.map(|other| (index, other)));
        }
        Ok(pairs)
    })?;
    watch.check()?;
    let mut parents: Vec<usize> = (0..sticks.len()).collect();
    for (one, two) in pairs {
        let (one, two) = (root(&mut parents, one), root(&mut parents, two));
        if let Some(parent) = parents.get_mut(one.max(two)) {
            *parent = one.min(two);
        }
    }
    watch.check()?;
    let mut members: Vec<(usize, usize)> = (0..sticks.len())
        .map(|index| (root(&mut parents, index), index))
        .collect();
    sort(&mut members, watch, Ord::cmp)?;
    let bundle_of = |list: &[(usize, usize)]| {
        // Most lines of a page are alone.
        if let [(_, index)] = list {
            return sticks.get(*index).map(|stick| Bundle {
                axis: stick.line,
                spread: 0.0,
                lines: 1,
            });
        }
        let list = list.iter().filter_map(|(_, index)| sticks.get(*index));
        let sticks: Vec<Stick> = list.copied().collect();
        bundle(&sticks, widest)
    };
    let mut bundles = Vec::with_capacity(members.len());
    for (count, list) in members.chunk_by(|one, two| one.0 == two.0).enumerate() {
        if count % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        bundles.extend(bundle_of(list));
    }
    Ok(bundles)
}

/// Whether two lines are parallel, as long as each other, and side by side.
fn lie_together(one: &Stick, two: &Stick, widest: f64) -> bool {
    let slack = one.slack();
    if (one.length - two.length).abs() > slack || one.middle.distance(two.middle) > widest {
        return false;
    }
    let (dx, dy) = unit(one.line);
    let (ex, ey) = unit(two.line);
    let along = (two.middle.x - one.middle.x) * dx + (two.middle.y - one.middle.y) * dy;
    (dx * ey - dy * ex).abs() < 0.02 && along.abs() <= 0.5 * slack
}

fn bundle(sticks: &[Stick], widest: f64) -> Option<Bundle> {
    let first = sticks.first()?;
    let (dx, dy) = unit(first.line);
    let mut offsets: Vec<f64> = sticks
        .iter()
        .map(|stick| {
            (stick.middle.y - first.middle.y) * dx - (stick.middle.x - first.middle.x) * dy
        })
        .collect();
    offsets.sort_by(f64::total_cmp);
    let (low, high) = (*offsets.first()?, *offsets.last()?);
    let spread = high - low;
    // A line that is drawn twice is one line.
    offsets.dedup_by(|one, two| (*one - *two).abs() < 0.1);
    if offsets.len() > MOST_LINES || spread > widest {
        return None;
    }
    let off = 0.5 * (low + high);
    let shift = |point: Point| Point::new(point.x - dy * off, point.y + dx * off);
    Some(Bundle {
        axis: Segment::new(shift(first.line.a), shift(first.line.b)),
        spread,
        lines: offsets.len(),
    })
}

fn root(parents: &mut [usize], of: usize) -> usize {
    let mut at = of;
    while let Some(&parent) = parents.get(at) {
        if parent == at {
            break;
        }
        let grandparent = parents.get(parent).copied().unwrap_or(parent);
        if let Some(slot) = parents.get_mut(at) {
            *slot = grandparent;
        }
        at = grandparent;
    }
    at
}
