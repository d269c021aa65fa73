//! A plate as boxes: one box for a plain plate, one for each arm of an L, T, U or H.

mod notched;

use super::area_table::AreaTable;
use crate::layout::{Plate, Rect};

/// Corners closer than this to each other along an axis give one line, in mm: a smaller notch is
/// no arm, it is cut from the rooms beside it.
const MERGE_MM: i64 = 1_300;

/// Share of a box that must be floor for the box to be laid out as one, in percent.
const FULL_PERCENT: i64 = 88;

/// Most boxes a plate is taken apart into.
const MAX_BLOCKS: usize = 7;

/// How close corners may be for that where floor would else belong to no box, in mm.
const FINE_MM: i64 = 450;

/// Floor that the boxes of a way may leave out, in thousandths: what slants cut off.
const LEFT_OUT: i64 = 7;

/// Different ways to take a plate apart, the one with the fewest boxes first.
///
/// The boxes of one way do not overlap and together hold all of the plate's floor, if there is
/// such a way.
pub(super) fn decompositions(plate: &Plate, table: &AreaTable) -> Vec<Vec<Rect>> {
    let bounds = plate.inner_outline.bounds();
    let whole = table.area(&bounds);
    let covers = |way: &Vec<Rect>| {
        let held: i64 = way.iter().map(|rect| table.area(rect)).sum();
        held * 1000 >= whole * (1000 - LEFT_OUT)
    };
    let mut ways = with_lines(plate, table, MERGE_MM);
    if !ways.iter().any(covers) {
        // A step of less than an arm's width: floor on one side of it would be nobody's.
        ways.extend(notched::ways(plate, table, FINE_MM, LEFT_OUT));
        ways.extend(with_lines(plate, table, FINE_MM));
    }
    if ways.iter().any(covers) {
        ways.retain(covers);
    }
    if ways.is_empty() {
        ways.push(vec![bounds]);
    }
    ways.sort_by_key(Vec::len);
    ways
}

/// The ways along the lines of the corners, those nearer than `merge` to each other being one.
fn with_lines(plate: &Plate, table: &AreaTable, merge: i64) -> Vec<Vec<Rect>> {
    let bounds = plate.inner_outline.bounds();
    let (xs, ys) = lines(plate, merge);
    let grid = taken_apart(&xs, &ys, |cell| table.area(cell) * 100 > cell.area() * 50);
    let mut ways: Vec<Vec<Rect>> = Vec::new();
    let mut add = |mut way: Vec<Rect>| {
        way.sort();
        let fits = !way.is_empty() && way.len() <= MAX_BLOCKS;
        if fits && !ways.contains(&way) {
            ways.push(way);
        }
    };
    if table.area(&bounds) * 100 >= bounds.area() * FULL_PERCENT {
        add(vec![bounds]);
    }
    add(rects(&slabs(&grid, false), &xs, &ys));
    add(rects(&slabs(&grid, true), &xs, &ys));
    add(rects(&largest_first(&grid, &xs, &ys), &xs, &ys));
    ways
}

/// Which of the cells between the lines are full, row by row.
fn taken_apart(xs: &[i64], ys: &[i64], mut is_full: impl FnMut(&Rect) -> bool) -> Vec<Vec<bool>> {
    let mut full = |i: usize, j: usize| is_full(&cell_at(xs, ys, i, j));
    (0..ys.len() - 1)
        .map(|j| (0..xs.len() - 1).map(|i| full(i, j)).collect())
        .collect()
}

/// From cell to cell, as boxes.
fn rects(cells: &[(usize, usize, usize, usize)], xs: &[i64], ys: &[i64]) -> Vec<Rect> {
    let boxes = cells.iter().map(|&(i0, j0, i1, j1)| {
        let (a, b) = (cell_at(xs, ys, i0, j0), cell_at(xs, ys, i1, j1));
        Rect {
            x0: a.x0,
            y0: a.y0,
            x1: b.x1,
            y1: b.y1,
        }
    });
    boxes.collect()
}

fn cell_at(xs: &[i64], ys: &[i64], i: usize, j: usize) -> Rect {
    let at = |list: &[i64], k: usize| list.get(k).copied().unwrap_or(0);
    Rect {
        x0: at(xs, i),
        y0: at(ys, j),
        x1: at(xs, i + 1),
        y1: at(ys, j + 1),
    }
}

/// Where the corners are, along x and along y, near ones merged; first and last are the bounds.
fn lines(plate: &Plate, merge: i64) -> (Vec<i64>, Vec<i64>) {
    let bounds = plate.inner_outline.bounds();
    let merged = |mut values: Vec<i64>, from: i64, to: i64| {
        values.sort_unstable();
        let mut kept = vec![from];
        for value in values {
            if value - kept.last().copied().unwrap_or(from) >= merge && to - value >= merge {
                kept.push(value);
            }
        }
        kept.push(to);
        kept
    };
    let points = plate.inner_outline.points();
    (
        merged(points.iter().map(|p| p.x).collect(), bounds.x0, bounds.x1),
        merged(points.iter().map(|p| p.y).collect(), bounds.y0, bounds.y1),
    )
}

type Cells = Vec<(usize, usize, usize, usize)>;

fn get(grid: &[Vec<bool>], i: usize, j: usize) -> bool {
    grid.get(j)
        .and_then(|row| row.get(i))
        .copied()
        .unwrap_or(false)
}

/// Runs along x, those of equal extent in neighbouring rows joined; along y when `turned`.
fn slabs(grid: &[Vec<bool>], turned: bool) -> Cells {
    let (rows, columns) = (grid.len(), grid.first().map_or(0, Vec::len));
    let (outer, inner) = if turned {
        (columns, rows)
    } else {
        (rows, columns)
    };
    let at = |k: usize, l: usize| {
        if turned {
            get(grid, k, l)
        } else {
            get(grid, l, k)
        }
    };
    let mut done: Vec<(usize, usize, usize, usize)> = Vec::new();
    for k in 0..outer {
        let mut l = 0;
        while l < inner {
            if !at(k, l) {
                l += 1;
                continue;
            }
            let start = l;
            while l < inner && at(k, l) {
                l += 1;
            }
            let run = (start, l - 1);
            let above = done
                .iter_mut()
                .find(|slab| (slab.0, slab.2) == run && slab.3 + 1 == k);
            match above {
                Some(slab) => slab.3 = k,
                None => done.push((run.0, k, run.1, k)),
            }
        }
    }
    if turned {
        done.into_iter().map(|(a, b, c, d)| (b, a, d, c)).collect()
    } else {
        done
    }
}

/// The largest box first, then the largest of the rest.
fn largest_first(grid: &[Vec<bool>], xs: &[i64], ys: &[i64]) -> Cells {
    let mut left: Vec<Vec<bool>> = grid.to_vec();
    let (rows, columns) = (grid.len(), grid.first().map_or(0, Vec::len));
    let mut found = Vec::new();
    while found.len() <= MAX_BLOCKS {
        let mut best: Option<(i64, (usize, usize, usize, usize))> = None;
        for j0 in 0..rows {
            for i0 in 0..columns {
                let mut widest = columns;
                for j1 in j0..rows {
                    let mut i1 = i0;
                    while i1 < widest && get(&left, i1, j1) {
                        i1 += 1;
                    }
                    widest = i1;
                    if i1 == i0 {
                        break;
                    }
                    let (a, b) = (cell_at(xs, ys, i0, j0), cell_at(xs, ys, i1 - 1, j1));
                    let area = (b.x1 - a.x0) * (b.y1 - a.y0);
                    if best.is_none_or(|(most, _)| area > most) {
                        best = Some((area, (i0, j0, i1 - 1, j1)));
                    }
                }
            }
        }
        let Some((_, cells)) = best else {
            break;
        };
        for row in left.iter_mut().take(cells.3 + 1).skip(cells.1) {
            for cell in row.iter_mut().take(cells.2 + 1).skip(cells.0) {
                *cell = false;
            }
        }
        found.push(cells);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(corners: &[[i64; 2]]) -> Vec<Vec<Rect>> {
        let plate = Plate::of_corners(corners);
        decompositions(&plate, &AreaTable::of(&plate))
    }

    #[test]
    fn a_box_is_one_box_and_an_l_is_two_in_two_ways() {
        let plain = ways(&[[0, 0], [9000, 0], [9000, 12_000], [0, 12_000]]);
        assert_eq!(plain, vec![vec![Rect::new(0, 0, 9000, 12_000)]]);
        let l = ways(&[
            [0, 0],
            [20_000, 0],
            [20_000, 8000],
            [8000, 8000],
            [8000, 20_000],
            [0, 20_000],
        ]);
        assert!(l.contains(&vec![
            Rect::new(0, 0, 20_000, 8000),
            Rect::new(0, 8000, 8000, 20_000)
        ]));
        assert!(l.contains(&vec![
            Rect::new(0, 0, 8000, 20_000),
            Rect::new(8000, 0, 20_000, 8000)
        ]));
    }

    #[test]
    fn a_step_that_is_no_arm_leaves_no_floor_to_nobody() {
        let z = ways(&[
            [0, 0],
            [9000, 0],
            [9000, 5000],
            [15_000, 5000],
            [15_000, 11_000],
            [6000, 11_000],
            [6000, 6000],
            [0, 6000],
        ]);
        for way in z {
            let held: i64 = way.iter().map(Rect::area).sum();
            assert_eq!(held, 9000 * 5000 + 15_000 * 1000 + 9000 * 5000, "{way:?}");
        }
    }

    #[test]
    fn steps_that_are_no_arms_are_cut_from_few_boxes() {
        // A band with two rooms' depth above its middle, and steps at five of its corners.
        let flat = ways(&[
            [0, 4300],
            [1900, 4300],
            [1900, 1450],
            [6250, 1450],
            [6250, 600],
            [8100, 600],
            [8100, 0],
            [9200, 0],
            [9200, 4300],
            [12_550, 4300],
            [12_550, 6300],
            [11_500, 6300],
            [11_500, 7500],
            [0, 7500],
        ]);
        let two = vec![
            Rect::new(0, 4300, 12_550, 7500),
            Rect::new(1900, 0, 9200, 4300),
        ];
        assert!(flat.contains(&two), "{flat:?}");
        for way in flat.iter().filter(|way| way.len() < 4) {
            let sides = way.iter().map(|rect| rect.width().min(rect.height()));
            assert!(sides.min() >= Some(MERGE_MM), "{way:?}");
        }
    }

    #[test]
    fn a_slanting_side_makes_no_second_box() {
        let skew = ways(&[[0, 0], [20_000, 1000], [20_000, 12_000], [0, 12_000]]);
        assert_eq!(skew.len(), 1);
        assert_eq!(skew[0], vec![Rect::new(0, 0, 20_000, 12_000)]);
    }
}
