//! What lies between boxes, in parts that hang together.

use std::ops::Range;

use super::super::geometry::Rect;

/// A range cut at some values: its rungs are, in turn, a value and the open interval up to the
/// next value.
pub(super) struct Ladder {
    values: Vec<i64>,
}

impl Ladder {
    pub(super) fn new(from: i64, to: i64, cuts: impl Iterator<Item = i64>) -> Ladder {
        let mut values: Vec<i64> = cuts.filter(|cut| *cut > from && *cut < to).collect();
        values.extend([from, to]);
        values.sort_unstable();
        values.dedup();
        Ladder { values }
    }

    fn rungs(&self) -> usize {
        self.values.len() * 2 - 1
    }

    /// Rungs strictly between two values, which may lie outside the range.
    fn inside(&self, from: i64, to: i64) -> Range<usize> {
        let first = self.values.partition_point(|value| *value <= from);
        let last = self.values.partition_point(|value| *value < to);
        // The interval before the first value inside begins at or after `from`.
        let start = if first == 0 { 0 } else { first * 2 - 1 };
        let end = if last == self.values.len() {
            self.rungs()
        } else {
            last * 2
        };
        if last == 0 || from >= to {
            0..0
        } else {
            start.min(end)..end
        }
    }

    /// Rungs that share a point with the closed range.
    pub(super) fn touching(&self, from: i64, to: i64) -> Range<usize> {
        let first = self.values.partition_point(|value| *value < from);
        let last = self.values.partition_point(|value| *value <= to);
        let start = if first == 0 { 0 } else { first * 2 - 1 };
        let end = if last == self.values.len() {
            self.rungs()
        } else {
            last * 2
        };
        if last == 0 || first == self.values.len() {
            0..0
        } else {
            start.min(end)..end
        }
    }
}

/// The free cells of a grid, as runs in its rows, and which of them hang together.
pub(super) struct Parts {
    /// Columns of each run, row after row, and the part that it belongs to.
    runs: Vec<(Range<usize>, usize)>,
    /// Where the runs of each row are.
    rows: Vec<Range<usize>>,
    count: usize,
}

impl Parts {
    /// The parts between open boxes, on the grid of two ladders.
    pub(super) fn between(forbidden: &[Rect], xs: &Ladder, ys: &Ladder) -> Parts {
        let mut rows: Vec<Range<usize>> = Vec::with_capacity(ys.rungs());
        let mut runs: Vec<(Range<usize>, usize)> = Vec::new();
        let mut same = Same::default();
        for_each_row(forbidden, xs, ys, |free| {
            let above = rows.last().cloned().unwrap_or_default();
            let first = runs.len();
            let mut next = above.start;
            for run in free {
                let part = same.another();
                while let Some((over, number)) = runs.get(next).filter(|_| next < above.end) {
                    if over.start >= run.end {
                        break;
                    }
                    if over.end > run.start {
                        same.join(part, *number);
                    }
                    // One that goes on to the right may lie over the next as well.
                    if over.end > run.end {
                        break;
                    }
                    next += 1;
                }
                runs.push((run, part));
            }
            rows.push(first..runs.len());
        });
        let numbers = same.numbers();
        for (_, part) in &mut runs {
            *part = numbers.get(*part).copied().unwrap_or(*part);
        }
        let count = numbers.iter().max().map_or(0, |most| most + 1);
        Parts { runs, rows, count }
    }

    /// How many parts there are.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// The parts with a cell in these columns and rows; the same one may come several times.
    pub(super) fn within<'a>(
        &'a self,
        columns: &'a Range<usize>,
        rows: Range<usize>,
    ) -> impl Iterator<Item = usize> + 'a {
        let rows = self.rows.get(rows).unwrap_or_default().iter();
        let runs = rows.flat_map(|row| self.runs.get(row.clone()).unwrap_or_default());
        let here = runs.filter(|(run, _)| run.start < columns.end && columns.start < run.end);
        here.map(|(_, part)| *part)
    }
}

/// Hands over the runs of columns in each row that are in none of the boxes. Beside an edge aslant
/// hundreds of boxes overlap, so only where each begins and ends is marked, and then summed up.
fn for_each_row(
    forbidden: &[Rect],
    xs: &Ladder,
    ys: &Ladder,
    mut each: impl FnMut(Vec<Range<usize>>),
) {
    let mut marks: Vec<(usize, usize, i32)> = Vec::with_capacity(forbidden.len() * 4);
    for piece in forbidden {
        let (across, down) = (xs.inside(piece.x0, piece.x1), ys.inside(piece.y0, piece.y1));
        if !across.is_empty() && !down.is_empty() {
            for (row, change) in [(down.start, 1), (down.end, -1)] {
                marks.push((row, across.start, change));
                marks.push((row, across.end, -change));
            }
        }
    }
    marks.sort_unstable();
    let mut marks = marks.into_iter().peekable();
    let mut changes = vec![0_i32; xs.rungs() + 1];
    for row in 0..ys.rungs() {
        while let Some((_, column, change)) = marks.next_if(|(at, ..)| *at == row) {
            if let Some(cell) = changes.get_mut(column) {
                *cell += change;
            }
        }
        let mut runs = Vec::new();
        let (mut over, mut start) = (0, None);
        for (column, change) in changes.iter().enumerate() {
            over += change;
            match start {
                None if over == 0 => start = Some(column),
                Some(from) if over != 0 => {
                    runs.push(from..column);
                    start = None;
                }
                _ => {}
            }
        }
        // What is counted behind the last column is none.
        if let Some(from) = start.filter(|from| *from < xs.rungs()) {
            runs.push(from..xs.rungs());
        }
        each(runs);
    }
}

/// Which of many things are one and the same.
#[derive(Default)]
struct Same {
    parents: Vec<usize>,
}

impl Same {
    fn another(&mut self) -> usize {
        self.parents.push(self.parents.len());
        self.parents.len() - 1
    }

    fn root(&mut self, mut thing: usize) -> usize {
        loop {
            let parent = self.parents.get(thing).copied().unwrap_or(thing);
            if parent == thing {
                return thing;
            }
            let above = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(slot) = self.parents.get_mut(thing) {
                *slot = above;
            }
            thing = parent;
        }
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(slot) = self.parents.get_mut(one.max(other)) {
            *slot = one.min(other);
        }
    }

    /// A number for each thing, from 0 and without gaps; those that are the same have the same.
    fn numbers(mut self) -> Vec<usize> {
        let mut numbers = vec![usize::MAX; self.parents.len()];
        let mut count = 0;
        for thing in 0..numbers.len() {
            // The root of things comes before them.
            let root = self.root(thing);
            let number = numbers.get(root).copied().filter(|number| *number < count);
            if let Some(slot) = numbers.get_mut(thing) {
                *slot = number.unwrap_or(count);
            }
            if number.is_none() {
                count += 1;
            }
        }
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Boxes that overlap, touch, and reach beyond the grid.
    fn boxes() -> Vec<Rect> {
        (0..40)
            .map(|i| {
                let (x, y) = (i * 37 % 90 - 10, i * 53 % 70 - 10);
                Rect::new(x, y, x + 5 + i % 4 * 20, y + 5 + i % 3 * 15)
            })
            .collect()
    }

    fn ladders(forbidden: &[Rect]) -> (Ladder, Ladder) {
        (
            Ladder::new(0, 100, forbidden.iter().flat_map(|r| [r.x0, r.x1])),
            Ladder::new(0, 80, forbidden.iter().flat_map(|r| [r.y0, r.y1])),
        )
    }

    /// For each cell whether it is in none of the boxes, looked up one by one.
    fn free_cells(forbidden: &[Rect], xs: &Ladder, ys: &Ladder) -> Vec<Vec<bool>> {
        let mut cells = vec![vec![true; xs.rungs()]; ys.rungs()];
        for piece in forbidden {
            for row in ys.inside(piece.y0, piece.y1) {
                cells[row][xs.inside(piece.x0, piece.x1)].fill(false);
            }
        }
        cells
    }

    #[test]
    fn boxes_that_overlap_forbid_what_each_does() {
        let forbidden = boxes();
        let (xs, ys) = ladders(&forbidden);
        let parts = Parts::between(&forbidden, &xs, &ys);
        let mut cells = vec![vec![false; xs.rungs()]; ys.rungs()];
        for (row, runs) in cells.iter_mut().zip(&parts.rows) {
            for (run, _) in &parts.runs[runs.clone()] {
                row[run.clone()].fill(true);
            }
        }
        let one_by_one = free_cells(&forbidden, &xs, &ys);
        assert!(one_by_one.iter().flatten().any(|free| *free));
        assert_eq!(cells, one_by_one);
    }

    #[test]
    fn a_part_is_what_one_can_walk_through() {
        for skip in 0..20 {
            let forbidden: Vec<Rect> = boxes().into_iter().skip(skip).collect();
            let (xs, ys) = ladders(&forbidden);
            let parts = Parts::between(&forbidden, &xs, &ys);
            let cells = free_cells(&forbidden, &xs, &ys);
            // Each cell gets the number of the first that it can be walked to from.
            let mut numbers = vec![vec![usize::MAX; xs.rungs()]; ys.rungs()];
            let mut count = 0;
            for start in 0..xs.rungs() * ys.rungs() {
                let mut stack = vec![(start / xs.rungs(), start % xs.rungs())];
                let mut found = false;
                while let Some((row, column)) = stack.pop() {
                    let inside = row < ys.rungs() && column < xs.rungs();
                    if inside && cells[row][column] && numbers[row][column] == usize::MAX {
                        numbers[row][column] = count;
                        found = true;
                        stack.extend([(row + 1, column), (row, column + 1)]);
                        stack
                            .extend([(row.wrapping_sub(1), column), (row, column.wrapping_sub(1))]);
                    }
                }
                count += usize::from(found);
            }
            assert_eq!(parts.count(), count, "without {skip}");
            for (row, numbers) in numbers.iter().enumerate() {
                for (column, number) in numbers.iter().enumerate() {
                    let here: Vec<usize> =
                        parts.within(&(column..column + 1), row..row + 1).collect();
                    assert_eq!(here.first().copied().unwrap_or(usize::MAX), *number);
                }
            }
        }
    }
}
