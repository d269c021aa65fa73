//! One drawing, several ways of drawing walls: what the strongest evidence leaves out.
//!
//! Outer walls may be filled and partitions double lines; the leaves of a wall may have a pen or
//! a colour each. The strongest evidence is believed as it is. The others may add to it what it
//! does not cover, if that hangs on it as walls do.

use super::bars::{Bar, extent, join_collinear, same_thickness, usual_thickness};
use super::drawn::stretches;
use super::evidence::{Evidence, Opening};
use super::junctions::{Near, Places, corners, groups, meet, reach};
use super::kinds::Kinds;
use super::lanes::{Lanes, is_parallel};
use super::outer::outer_walls;
use super::support::{FARTHEST_RANGE, HALVED_RANGE, THINNEST_RANGE, WIDEST_RANGE};
use super::symbols::Symbols;
use super::widening::widen;
use crate::error::Result;
use crate::plan::{Point, Rect, WallStyle};
use crate::watch::Watch;

/// Share of the length already found that walls of one more thickness must have together:
/// a single bath tub or shelf has less.
const LEAST_SHARE: f64 = 0.08;

/// The same where two pens pair up: cupboards and dimension lines do so as well.
const LEAST_MIXED_SHARE: f64 = 0.25;

/// Walls of a new thickness are so much longer than thick; tables and cupboards are not.
const NEW_ASPECT: f64 = 3.0;

/// Share of the walls of a new thickness that must be drawn in pieces so much longer than thick.
const LEAST_LONG: f64 = 0.2;

/// Share of what an evidence adds that must hang together with walls at both ends; of furniture
/// and dimension lines it is little.
const LEAST_ANCHORED: f64 = 0.4;

/// Share of the walls of a new thickness that must meet those already found: partitions run into
/// outer walls everywhere, while dimension lines around a plan hang on each other.
const LEAST_TOUCHING: f64 = 0.5;

/// Share of the walls of one thickness that must hang at both ends for the rest to be walls.
const MOSTLY: f64 = 0.6;

/// Gaps that may lie in a wall that is looked at, as a share of the extent of the plan.
const WIDE_SHARE: f64 = 0.15;

/// Share of an added wall that must be drawn and not bridged.
const LEAST_DRAWN: f64 = 0.4;

/// A group that hangs on no other wall is a core of stairs and lifts if it has this share of the length
/// already found, and stands in the building. Furniture that hangs together is much less.
const CORE: f64 = 0.1;

/// Adds to the `best` evidence what the `others`, strongest first, know better.
pub(super) fn fuse(
    best: &mut Evidence,
    others: &[Evidence],
    symbols: &Symbols,
    watch: &dyn Watch,
) -> Result<()> {
    // The face of insulation and that of the wall behind it have pens of their own.
    let may_enclose = |other: &&Evidence| other.shows_faces() || other.is_mixed;
    for other in others.iter().filter(may_enclose) {
        watch.check()?;
        if widen(&mut best.bars, &other.bars, watch)? {
            let pieces = std::mem::take(&mut best.pieces);
            best.settle(symbols, watch)?;
            best.pieces = pieces;
        }
    }
    let mut places = Places::new(&best.bars);
    // A pen that draws partitions by itself is asked as a whole, before two pens together take the half
    // of it that hangs best, and leave what nothing speaks for any more.
    let (mixed, own): (Vec<&Evidence>, Vec<&Evidence>) = others
        .iter()
        .filter(|other| !other.stands_alone)
        .partition(|other| other.is_mixed);
    for other in own.into_iter().chain(mixed) {
        watch.check()?;
        let lanes = Lanes {
            places: &places,
            walls: &best.bars,
        };
        let pieces = uncovered(&lanes, &other.pieces, watch)?;
        watch.check()?;
        let added = anchored(&best.bars, &pieces, other.is_mixed, symbols, watch)?;
        if added.is_empty() {
            continue;
        }
        best.pieces.extend(parts_of(&pieces, &added, watch)?);
        best.bars.extend(added);
        let pieces = std::mem::take(&mut best.pieces);
        best.settle(symbols, watch)?;
        best.pieces = pieces;
        places = Places::new(&best.bars);
    }
    Ok(())
}

/// The parts of `pieces` that do not lie in or along one of the walls of `lanes`.
fn uncovered(lanes: &Lanes<'_>, pieces: &[Bar], watch: &dyn Watch) -> Result<Vec<Bar>> {
    let walls = lanes.walls;
    let bounds = Rect::around(walls.iter().flat_map(|bar| [bar.a, bar.b]));
    let reach = bounds.grown(0.05 * bounds.diagonal());
    let mut near = Near::new(walls);
    let mut found = Vec::new();
    for (count, piece) in pieces.iter().enumerate() {
        if count % 64 == 0 {
            watch.check()?;
        }
        if !reach.contains(piece.a) || !reach.contains(piece.b) {
            continue;
        }
        if lanes.hold(piece, &mut near) {
            continue;
        }
        let length = piece.length();
        let mut free = vec![(0.0_f64, length)];
        for index in lanes.beside(piece, &mut near) {
            let Some(wall) = walls.get(index) else {
                continue;
            };
            if let Some((from, to)) = shadow(wall, piece) {
                free = free
                    .into_iter()
                    .flat_map(|(start, end)| [(start, end.min(from)), (start.max(to), end)])
                    .filter(|(start, end)| end - start > 0.01)
                    .collect();
            }
        }
        for (from, to) in free {
            if to - from >= (0.3 * piece.thickness).min(length) {
                let at = |along: f64| piece.a.towards(piece.b, along / length.max(1e-9));
                found.push(Bar {
                    a: at(from),
                    b: at(to),
                    ..*piece
                });
            }
        }
    }
    Ok(found)
}

/// The stretch of `piece` that lies inside `wall` or right beside it: a leaf of it, its plaster,
/// or what stands against it.
fn shadow(wall: &Bar, piece: &Bar) -> Option<(f64, f64)> {
    let length = piece.length().max(1e-9);
    let (dx, dy) = (
        (piece.b.x - piece.a.x) / length,
        (piece.b.y - piece.a.y) / length,
    );
    let along = |point: Point| (point.x - piece.a.x) * dx + (point.y - piece.a.y) * dy;
    let across = |point: Point| (point.y - piece.a.y) * dx - (point.x - piece.a.x) * dy;
    let off = (0.5 * (across(wall.a) + across(wall.b))).abs();
    let thinner = wall.thickness.min(piece.thickness);
    if off > 0.5 * (wall.thickness + piece.thickness) + 0.6 * thinner {
        return None;
    }
    let (one, two) = (along(wall.a), along(wall.b));
    Some((one.min(two), one.max(two)))
}

/// The bars that `pieces` show for a good part of their length; a row of scraps is hatching.
fn mostly_drawn(bars: Vec<Bar>, pieces: &[Bar], watch: &dyn Watch) -> Result<Vec<Bar>> {
    let drawn = stretches(&bars, pieces, watch)?;
    let kept = bars
        .into_iter()
        .zip(drawn)
        .filter(|(bar, drawn)| {
            let shown: f64 = drawn.iter().map(|(from, to)| to - from).sum();
            shown >= LEAST_DRAWN * bar.length()
        })
        .map(|(bar, _)| bar);
    Ok(kept.collect())
}

/// Those of the joined `pieces` that hang on `walls` and on each other as walls do.
fn anchored(
    walls: &[Bar],
    pieces: &[Bar],
    is_mixed: bool,
    symbols: &Symbols,
    watch: &dyn Watch,
) -> Result<Vec<Bar>> {
    let usual = usual_thickness(walls);
    // One pen may draw outer walls, and another one partitions of which the thinnest are far from
    // these, but not from the others.
    let own = usual_thickness(pieces);
    let is_own_near = !is_mixed && own <= usual && own * THINNEST_RANGE >= usual;
    let thinnest = if is_own_near {
        (own / HALVED_RANGE).max(usual / FARTHEST_RANGE)
    } else {
        f64::INFINITY
    };
    let thinnest = thinnest.min(usual / THINNEST_RANGE);
    // The other way round one pen draws the partitions, and another one what encloses them.
    let enclosing = if is_mixed || own <= WIDEST_RANGE * usual {
        Vec::new()
    } else {
        let range = [WIDEST_RANGE * usual, FARTHEST_RANGE * usual];
        outer_walls(&[walls, pieces].concat(), usual, range, watch)?
    };
    let is_enclosing = |thickness: f64| {
        let mut kinds = enclosing.iter();
        kinds.any(|(kind, _)| same_thickness(*kind, thickness))
    };
    let in_range: Vec<Bar> = pieces
        .iter()
        .filter(|bar| {
            // A stroke stands for a partition, however thin the pen is.
            let is_stroke = bar.style == WallStyle::Single;
            (bar.thickness <= WIDEST_RANGE * usual || is_enclosing(bar.thickness))
                && (is_stroke || bar.thickness >= thinnest)
        })
        .copied()
        .collect();
    if in_range.is_empty() {
        return Ok(Vec::new());
    }
    let extent = extent(walls);
    // Openings that are too wide to be bridged do not unhinge a wall.
    let wide = WIDE_SHARE * extent;
    let joined = join_collinear(&in_range, watch, |gap| {
        gap.length() <= wide && (!gap.between_stumps || symbols.fill(gap))
    })?;
    let added = mostly_drawn(joined, &in_range, watch)?;
    watch.check()?;
    let mut all = walls.to_vec();
    all.extend_from_slice(&added);
    let all = meet(&all, watch)?;
    watch.check()?;
    let places = Places::new(&all);
    let ends = corners(&all, &places, 0.006 * extent, watch)?;
    let labels = groups(&all, &places, &[], 0.0, watch)?;
    watch.check()?;
    let mut main = labels.get(..walls.len()).unwrap_or_default().to_vec();
    main.sort_unstable();
    main.dedup();
    let known = Kinds::of(walls.iter());
    let mut lengths = vec![0.0; all.len()];
    for (bar, &label) in all.iter().zip(&labels) {
        if let Some(length) = lengths.get_mut(label) {
            *length += bar.length();
        }
    }
    let thickest = walls.iter().map(|wall| wall.thickness);
    let thickest = thickest.fold(0.0, f64::max);
    let connected = |label: &usize| main.binary_search(label).is_ok();
    let is_core = |bar: &Bar, label: usize| {
        let length = lengths.get(label).copied().unwrap_or(0.0);
        !is_mixed
            && !connected(&label)
            && bar.style == WallStyle::Double
            && bar.thickness <= thickest
            && length >= CORE * known.total()
    };
    let added: Vec<(Bar, usize)> = all
        .iter()
        .zip(ends.iter().zip(&labels))
        .skip(walls.len())
        .map(|(bar, (ends, label))| {
            let hangs = connected(label) || is_core(bar, *label);
            (*bar, if hangs { *ends } else { 0 })
        })
        .collect();
    let offered = Kinds::of(added.iter().map(|(bar, _)| bar));
    let firm = added.iter().filter(|(_, ends)| *ends >= 2);
    let firm = Kinds::of(firm.map(|(bar, _)| bar));
    if firm.total() < LEAST_ANCHORED * offered.total() {
        return Ok(Vec::new());
    }
    let long = in_range.iter().filter(|piece| piece.aspect() >= NEW_ASPECT);
    let long = Kinds::of(long);
    let share = if is_mixed {
        LEAST_MIXED_SHARE
    } else {
        LEAST_SHARE
    };
    let least = share * known.total();
    let touching = touching(&all, &places, walls.len(), watch)?;
    let own = labels.iter().skip(walls.len()).zip(&touching);
    let beside = added.iter().zip(own);
    let beside = beside.filter(|((bar, _), (label, touches))| **touches || is_core(bar, **label));
    let beside = Kinds::of(beside.map(|((bar, _), _)| bar));
    let hung: Vec<Bar> = added
        .iter()
        .filter(|(bar, ends)| {
            let firm = firm.like(bar.thickness);
            let touches =
                beside.like(bar.thickness) >= LEAST_TOUCHING * offered.like(bar.thickness);
            // Desks in a row are as long as a wall together.
            let is_long = long.like(bar.thickness) >= LEAST_LONG * offered.like(bar.thickness);
            let usual = known.like(bar.thickness) > 0.0
                || (firm >= least && bar.aspect() >= NEW_ASPECT && touches && is_long);
            // One end may be loose among many that are not: not all openings are bridged.
            let mostly_hangs = firm >= MOSTLY * offered.like(bar.thickness);
            usual && (*ends >= 2 || (*ends == 1 && mostly_hangs && !is_mixed))
        })
        .map(|(bar, _)| *bar)
        .collect();
    let opening = Opening::usual(walls);
    let parts = parts_of(&in_range, &hung, watch)?;
    join_collinear(&parts, watch, |gap| opening.spans(gap, symbols))
}

/// Those of `pieces` that lie within one of `bars`.
fn parts_of(pieces: &[Bar], bars: &[Bar], watch: &dyn Watch) -> Result<Vec<Bar>> {
    let mut parts = Vec::new();
    for (count, piece) in pieces.iter().enumerate() {
        if count % 64 == 0 {
            watch.check()?;
        }
        if bars.iter().any(|bar| is_part(piece, bar)) {
            parts.push(*piece);
        }
    }
    Ok(parts)
}

/// For each bar after the first `walls`, whether it meets one of these.
fn touching(bars: &[Bar], places: &Places, walls: usize, watch: &dyn Watch) -> Result<Vec<bool>> {
    let mut near = Near::new(bars);
    let mut flags = vec![false; bars.len()];
    for (index, bar) in bars.iter().enumerate() {
        if index % 64 == 0 {
            watch.check()?;
        }
        for end in [bar.a, bar.b] {
            for &other in places.near(end, &mut near) {
                if (index < walls) != (other < walls)
                    && let Some(neighbour) = bars.get(other)
                    && neighbour.segment().distance_to(end) <= reach(bar, neighbour)
                    && let Some(flag) = flags.get_mut(index.max(other))
                {
                    *flag = true;
                }
            }
        }
    }
    Ok(flags.split_off(walls.min(flags.len())))
}

/// Whether `piece` lies within `bar`.
fn is_part(piece: &Bar, bar: &Bar) -> bool {
    let middle = piece.a.towards(piece.b, 0.5);
    is_parallel(piece, bar) && bar.segment().distance_to(middle) <= 0.5 * bar.thickness
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::drawing::Drawing;
    use crate::plan::{Matrix, Page};
    use crate::watch::Unwatched;

    fn bar(y: f64, (from, to): (f64, f64), thickness: f64) -> Bar {
        Bar {
            a: Point::new(from, y),
            b: Point::new(to, y),
            thickness,
            style: WallStyle::Double,
        }
    }

    #[test]
    fn walls_of_a_new_thickness_meet_those_already_found() {
        let upright = |x: f64| Bar {
            a: Point::new(x, 0.0),
            b: Point::new(x, 100.0),
            ..bar(0.0, (0.0, 1.0), 4.0)
        };
        let mut bars = vec![upright(50.0), upright(120.0)];
        bars.push(bar(0.0, (0.0, 200.0), 10.0));
        bars.push(bar(-40.0, (0.0, 200.0), 10.0));
        assert_eq!(
            touching(&bars, &Places::new(&bars), 2, &Unwatched).unwrap(),
            [true, false]
        );
    }

    #[test]
    fn a_stroke_between_thick_walls_is_a_partition_however_thin_its_pen_is() {
        let upright = |x: f64, thickness: f64| Bar {
            a: Point::new(x, 0.0),
            b: Point::new(x, 200.0),
            ..bar(0.0, (0.0, 1.0), thickness)
        };
        let walls = [
            bar(0.0, (0.0, 300.0), 12.0),
            bar(200.0, (0.0, 300.0), 12.0),
            upright(0.0, 12.0),
            upright(300.0, 12.0),
        ];
        let page = Page {
            index: 0,
            width_pt: 300.0,
            height_pt: 200.0,
            user_to_display: Matrix::IDENTITY,
        };
        let symbols = Symbols::new(&Drawing::default(), &[], &page, &Unwatched).unwrap();
        let added = |style: WallStyle| {
            let piece = Bar {
                style,
                ..bar(80.0, (6.0, 294.0), 1.2)
            };
            anchored(&walls, &[piece], false, &symbols, &Unwatched)
                .unwrap()
                .len()
        };
        // Two lines that are so near to each other are none.
        assert_eq!((added(WallStyle::Single), added(WallStyle::Double)), (1, 0));
    }

    fn ring(to: (f64, f64), thickness: f64) -> Vec<Bar> {
        let upright = |x: f64| Bar {
            a: Point::new(x, 0.0),
            b: Point::new(x, to.1),
            ..bar(0.0, (0.0, 1.0), thickness)
        };
        let across = |y: f64| bar(y, (0.0, to.0), thickness);
        vec![across(0.0), across(to.1), upright(0.0), upright(to.0)]
    }

    fn no_symbols() -> Symbols {
        let page = Page {
            index: 0,
            width_pt: 300.0,
            height_pt: 200.0,
            user_to_display: Matrix::IDENTITY,
        };
        Symbols::new(&Drawing::default(), &[], &page, &Unwatched).unwrap()
    }

    #[test]
    fn a_pen_of_partitions_draws_thin_ones_as_well() {
        let walls = ring((300.0, 200.0), 12.6);
        let added = |partition: f64| {
            let pieces = [
                bar(60.0, (6.0, 294.0), partition),
                bar(140.0, (6.0, 294.0), partition),
                bar(100.0, (6.0, 294.0), 2.0),
            ];
            let found = anchored(&walls, &pieces, false, &no_symbols(), &Unwatched).unwrap();
            found.len()
        };
        // The thin one is far from the outer walls, and near the other partitions or not.
        assert_eq!((added(4.0), added(6.0)), (3, 2));
    }

    #[test]
    fn a_pen_may_draw_nothing_but_thick_walls_around_partitions() {
        let spokes = |at: f64| Bar {
            a: Point::new(at, 6.0),
            b: Point::new(at, 194.0),
            ..bar(0.0, (0.0, 1.0), 2.0)
        };
        let walls = [spokes(100.0), spokes(200.0), bar(100.0, (6.0, 294.0), 2.0)];
        let added = |thickness: f64| {
            let pieces = ring((300.0, 200.0), thickness);
            let found = anchored(&walls, &pieces, false, &no_symbols(), &Unwatched).unwrap();
            found.len()
        };
        assert_eq!((added(9.0), added(12.0), added(16.0)), (4, 4, 0));
        // Of a table in a corner nothing is known.
        let table = ring((40.0, 30.0), 12.0);
        let found = anchored(&walls, &table, false, &no_symbols(), &Unwatched).unwrap();
        assert_eq!(found, []);
    }

    #[test]
    fn a_pen_is_asked_before_two_pens_together() {
        let pen = |bars: Vec<Bar>, is_mixed: bool| {
            let mut evidence = if is_mixed {
                Evidence::from_mixed_pairs(bars, &Unwatched).unwrap()
            } else {
                Evidence::from_pairs(bars, &Unwatched).unwrap()
            };
            evidence.settle(&no_symbols(), &Unwatched).unwrap();
            evidence
        };
        let upright = |x: f64, (from, to): (f64, f64)| Bar {
            a: Point::new(x, from),
            b: Point::new(x, to),
            ..bar(0.0, (0.0, 1.0), 4.0)
        };
        let hung = [bar(100.0, (0.0, 300.0), 4.0), bar(150.0, (0.0, 300.0), 4.0)];
        // Each has one loose end, beside an opening that nothing spans.
        let loose = [100.0, 200.0].map(|x| upright(x, (0.0, 60.0)));
        let mut best = pen(ring((300.0, 200.0), 9.0), false);
        let own = pen([&hung[..], &loose].concat(), false);
        let mixed = pen(hung.to_vec(), true);
        fuse(&mut best, &[mixed, own], &no_symbols(), &Unwatched).unwrap();
        let found = |bar: &Bar| best.bars.iter().any(|other| is_part(bar, other));
        assert!(hung.iter().chain(&loose).all(found));
    }
}
