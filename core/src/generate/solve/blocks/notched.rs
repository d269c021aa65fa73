//! Few boxes with notches in them, for plates whose steps are no arms.

use super::{MAX_BLOCKS, MERGE_MM, largest_first, lines, slabs, taken_apart};
use crate::generate::solve::area_table::AreaTable;
use crate::layout::{Plate, Rect};

/// Share of a box that must be floor, in percent: rooms of a row go around what is cut from it.
const LEAST_PERCENT: i64 = 65;

/// Lines inside the bounds, along each axis: four boxes in a row are an H with a step.
const MOST_LINES: usize = 3;

/// Corners along an axis from which on nothing is tried: round shapes have that many.
const MOST_CORNERS: usize = 14;

/// What one more box costs against what is missing from the boxes, in percent of the floor. Each
/// has at least a row of its own, and rooms that fill it.
const BOX_PERCENT: i64 = 6;

/// Ways that are kept.
const MOST_WAYS: usize = 4;

/// Ways to take the plate apart along a few of the lines of its corners that are at least `fine`
/// from each other. Such a line may pass a step on either side, so that it is cut from a box, and
/// no box of its own in which no room would stand.
pub(super) fn ways(plate: &Plate, table: &AreaTable, fine: i64, left_out: i64) -> Vec<Vec<Rect>> {
    let whole = table.area(&plate.inner_outline.bounds());
    let (xs, ys) = lines(plate, fine);
    if xs.len().max(ys.len()) > MOST_CORNERS {
        return Vec::new();
    }
    let mut found: Vec<(i64, Vec<Rect>)> = Vec::new();
    for xs in some_of(&xs) {
        for ys in some_of(&ys) {
            let mut outside = 0;
            let grid = taken_apart(&xs, &ys, |cell| {
                let floor = table.area(cell);
                let is_full = floor * 100 >= cell.area() * LEAST_PERCENT;
                outside += if is_full { 0 } else { floor };
                is_full
            });
            if outside * 1000 > whole * left_out {
                continue;
            }
            for cells in [
                slabs(&grid, false),
                slabs(&grid, true),
                largest_first(&grid, &xs, &ys),
            ] {
                let mut way = super::rects(&cells, &xs, &ys);
                way.sort();
                let is_wide = |rect: &Rect| rect.width().min(rect.height()) >= MERGE_MM;
                if way.len() <= MAX_BLOCKS && way.iter().all(is_wide) {
                    let held: i64 = way.iter().map(Rect::area).sum();
                    let missing = 100 * (held - whole) / whole.max(1);
                    found.push((missing + BOX_PERCENT * way.len() as i64, way));
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found.truncate(MOST_WAYS);
    found.into_iter().map(|(_, way)| way).collect()
}

/// The first and the last of `lines` with up to [`MOST_LINES`] of those between them.
fn some_of(lines: &[i64]) -> Vec<Vec<i64>> {
    let [first, between @ .., last] = lines else {
        return Vec::new();
    };
    let mut found = vec![vec![*first]];
    for line in between {
        let longer = found.iter().filter(|some| some.len() <= MOST_LINES);
        let longer: Vec<Vec<i64>> = longer
            .map(|some| some.iter().chain([line]).copied().collect())
            .collect();
        found.extend(longer);
    }
    for some in &mut found {
        some.push(*last);
    }
    found
}
