//! How wide a space really is: the largest square that passes through it.
//!
//! A square of side `s` is moved over the free floor without turning. Where its corner may lie is
//! the floor shrunk by the square; as closed sets, so that a square of exactly the width of a
//! corridor passes. The side is exact in millimetres.

use super::super::geometry::{Point, Rect, Ring};

/// Free floor: boxes, and what stands in them.
pub(crate) struct FreeSpace {
    bounds: Rect,
    blocked: Vec<Rect>,
}

/// An edge aslant is replaced by steps, all on the blocked side, so small that a width is not
/// told more than that too small.
pub(super) const STEP_MM: i64 = 20;

/// Most steps in which one edge is replaced.
const MAX_STEPS: i64 = 200;

impl FreeSpace {
    /// The floor inside any of `rings` and outside `holes`.
    pub(crate) fn new(rings: &[&Ring], holes: &[Ring]) -> FreeSpace {
        let boxes = rings.iter().map(|ring| ring.bounds());
        let bounds = boxes.reduce(|one, other| Rect {
            x0: one.x0.min(other.x0),
            y0: one.y0.min(other.y0),
            x1: one.x1.max(other.x1),
            y1: one.y1.max(other.y1),
        });
        let bounds = bounds.unwrap_or(Rect {
            x0: 0,
            y0: 0,
            x1: 0,
            y1: 0,
        });
        if let ([ring], []) = (rings, holes)
            && ring.as_rect().is_some()
        {
            return FreeSpace {
                bounds,
                blocked: Vec::new(),
            };
        }
        let (xs, ys) = lines(rings, holes);
        let aslant = !rings.iter().all(|ring| ring.is_rectilinear())
            || !holes.iter().all(Ring::is_rectilinear);
        // Doubled coordinates keep the middle of a box of odd size exact.
        let doubled_rings: Vec<Ring> = rings.iter().map(|ring| doubled(ring)).collect();
        let doubled_holes: Vec<Ring> = holes.iter().map(doubled).collect();
        // The boxes are cut along the sides of all others, so that the middle tells.
        let slanting_holes: Vec<&Ring> =
            holes.iter().filter(|hole| !hole.is_rectilinear()).collect();
        // Each corner belongs to four boxes, and is asked for once.
        let within: Vec<Vec<bool>> = if aslant {
            rings
                .iter()
                .map(|ring| corners_in(ring, &xs, &ys))
                .collect()
        } else {
            Vec::new()
        };
        let free = |i: usize, j: usize, [x0, y0, x1, y1]: [i64; 4]| {
            let middle = Point::new(x0 + x1, y0 + y1);
            if !aslant {
                return doubled_rings.iter().any(|ring| ring.contains(middle))
                    && !doubled_holes.iter().any(|hole| hole.contains(middle));
            }
            let first = j * xs.len() + i;
            let places = [first, first + 1, first + xs.len(), first + xs.len() + 1];
            let corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)].map(|(x, y)| Point::new(x, y));
            within
                .iter()
                .any(|inside| places.iter().all(|at| inside.get(*at) == Some(&true)))
                && !doubled_holes.iter().any(|hole| hole.contains(middle))
                && !slanting_holes
                    .iter()
                    .any(|hole| corners.iter().any(|corner| hole.contains(*corner)))
        };
        let mut blocked = Vec::new();
        for (j, (y0, y1)) in ys.iter().zip(ys.iter().skip(1)).enumerate() {
            let mut open: Option<Rect> = None;
            for (i, (x0, x1)) in xs.iter().zip(xs.iter().skip(1)).enumerate() {
                if free(i, j, [*x0, *y0, *x1, *y1]) {
                    blocked.extend(open.take());
                } else {
                    let piece = open.get_or_insert(Rect {
                        x0: *x0,
                        y0: *y0,
                        x1: *x1,
                        y1: *y1,
                    });
                    piece.x1 = *x1;
                }
            }
            blocked.extend(open);
        }
        FreeSpace { bounds, blocked }
    }

    /// Side of the largest square that fits anywhere, in mm.
    pub(crate) fn largest_square(&self) -> i64 {
        self.widest(&[])
    }

    /// Side of the largest square that reaches every one of `places` without leaving the floor:
    /// the clear width. A place is reached when the square covers it.
    pub(crate) fn widest(&self, places: &[Point]) -> i64 {
        let (mut works, mut fails) = (0, self.bounds.width().min(self.bounds.height()) + 1);
        if self.blocked.is_empty() && places.is_empty() {
            return fails - 1;
        }
        while works + 1 < fails {
            let side = works.midpoint(fails);
            if self.passes(side, places) {
                works = side;
            } else {
                fails = side;
            }
        }
        works
    }

    /// Whether a square of `side` can be moved to cover each of `places`.
    pub(crate) fn passes(&self, side: i64, places: &[Point]) -> bool {
        let (x_end, y_end) = (self.bounds.x1 - side, self.bounds.y1 - side);
        if x_end < self.bounds.x0 || y_end < self.bounds.y0 {
            return false;
        }
        // Where the square's upper left corner must not be: open boxes.
        let forbidden: Vec<Rect> = self
            .blocked
            .iter()
            .map(|piece| Rect {
                x0: piece.x0 - side,
                y0: piece.y0 - side,
                ..*piece
            })
            .collect();
        let xs = Ladder::new(
            self.bounds.x0,
            x_end,
            forbidden.iter().flat_map(|r| [r.x0, r.x1]),
        );
        let ys = Ladder::new(
            self.bounds.y0,
            y_end,
            forbidden.iter().flat_map(|r| [r.y0, r.y1]),
        );
        let (columns, rows) = (xs.rungs(), ys.rungs());
        let mut component = free_cells(&forbidden, &xs, &ys);
        if places.is_empty() {
            return component.contains(&usize::MAX);
        }
        let count = flood(&mut component, columns, rows);
        let mut serves = vec![true; count];
        for place in places {
            let mut here = vec![false; count];
            for row in ys.touching(place.y - side, place.y) {
                for column in xs.touching(place.x - side, place.x) {
                    let number = component.get(row * columns + column).copied();
                    if let Some(flag) = number.and_then(|number| here.get_mut(number)) {
                        *flag = true;
                    }
                }
            }
            for (all, here) in serves.iter_mut().zip(here) {
                *all &= here;
            }
        }
        serves.contains(&true)
    }
}

/// For each cell `usize::MAX` if it is in none of the boxes. Beside an edge aslant hundreds of them
/// overlap, so only where each begins and ends is marked, and then summed up.
fn free_cells(forbidden: &[Rect], xs: &Ladder, ys: &Ladder) -> Vec<usize> {
    let (columns, rows) = (xs.rungs(), ys.rungs());
    let stride = columns + 1;
    let mut depth = vec![0_i32; stride * (rows + 1)];
    let mut mark = |row: usize, column: usize, change: i32| {
        if let Some(cell) = depth.get_mut(row * stride + column) {
            *cell += change;
        }
    };
    for piece in forbidden {
        let (across, down) = (xs.inside(piece.x0, piece.x1), ys.inside(piece.y0, piece.y1));
        if across.is_empty() || down.is_empty() {
            continue;
        }
        mark(down.start, across.start, 1);
        mark(down.start, across.end, -1);
        mark(down.end, across.start, -1);
        mark(down.end, across.end, 1);
    }
    let mut cells = Vec::with_capacity(columns * rows);
    let mut above = vec![0_i32; columns];
    for line in depth.chunks_exact(stride).take(rows) {
        let mut here = 0;
        for (sum, change) in above.iter_mut().zip(line) {
            here += change;
            *sum += here;
            cells.push(if *sum == 0 {
                usize::MAX
            } else {
                usize::MAX - 1
            });
        }
    }
    cells
}

/// Numbers the connected free cells from 0 and returns how many components there are. Free cells
/// are those that hold `usize::MAX`.
fn flood(component: &mut [usize], columns: usize, rows: usize) -> usize {
    let mut count = 0;
    let mut stack = Vec::new();
    for start in 0..component.len() {
        if component.get(start) != Some(&usize::MAX) {
            continue;
        }
        stack.push(start);
        while let Some(cell) = stack.pop() {
            let Some(state) = component
                .get_mut(cell)
                .filter(|state| **state == usize::MAX)
            else {
                continue;
            };
            *state = count;
            let (row, column) = (cell / columns, cell % columns);
            if column > 0 {
                stack.push(cell - 1);
            }
            if column + 1 < columns {
                stack.push(cell + 1);
            }
            if row > 0 {
                stack.push(cell - columns);
            }
            if row + 1 < rows {
                stack.push(cell + columns);
            }
        }
        count += 1;
    }
    count
}

/// A range cut at some values: its rungs are, in turn, a value and the open interval up to the
/// next value.
struct Ladder {
    values: Vec<i64>,
}

impl Ladder {
    fn new(from: i64, to: i64, cuts: impl Iterator<Item = i64>) -> Ladder {
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
    fn inside(&self, from: i64, to: i64) -> std::ops::Range<usize> {
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
    fn touching(&self, from: i64, to: i64) -> std::ops::Range<usize> {
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

/// For each crossing of the lines, row by row, whether it is within the ring or on it.
fn corners_in(ring: &Ring, xs: &[i64], ys: &[i64]) -> Vec<bool> {
    let rows = ys.iter();
    rows.flat_map(|y| xs.iter().map(|x| ring.contains(Point::new(*x, *y))))
        .collect()
}

fn doubled(ring: &Ring) -> Ring {
    Ring::new(
        ring.points()
            .iter()
            .map(|p| Point::new(p.x * 2, p.y * 2))
            .collect(),
    )
}

/// Where the floor is cut into boxes: at every corner, and along edges aslant in small steps.
fn lines(rings: &[&Ring], holes: &[Ring]) -> (Vec<i64>, Vec<i64>) {
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    for ring in rings.iter().copied().chain(holes) {
        for (a, b) in ring.edges() {
            xs.push(a.x);
            ys.push(a.y);
            if a.x != b.x && a.y != b.y {
                let (dx, dy) = (b.x - a.x, b.y - a.y);
                let steps = (dx.abs().min(dy.abs()) / STEP_MM).clamp(1, MAX_STEPS);
                for step in 1..steps {
                    xs.push(a.x + dx * step / steps);
                    ys.push(a.y + dy * step / steps);
                }
            }
        }
    }
    for list in [&mut xs, &mut ys] {
        list.sort_unstable();
        list.dedup();
    }
    (xs, ys)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widest(boxes: &[Rect], places: &[[i64; 2]]) -> i64 {
        let rings: Vec<Ring> = boxes.iter().map(Rect::ring).collect();
        let places: Vec<Point> = places.iter().copied().map(Point::from).collect();
        FreeSpace::new(&rings.iter().collect::<Vec<_>>(), &[]).widest(&places)
    }

    #[test]
    fn a_corridor_is_as_wide_as_it_is() {
        let places = [[100, 0], [7900, 900]];
        assert_eq!(widest(&[Rect::new(0, 0, 8000, 900)], &places), 900);
        assert_eq!(
            widest(&[Rect::new(0, 0, 8000, 899)], &[[100, 0], [7900, 899]]),
            899
        );
    }

    #[test]
    fn a_neck_between_two_halls_is_the_clear_width() {
        let halls = [
            Rect::new(0, 0, 2000, 2000),
            Rect::new(2000, 900, 3000, 1100),
            Rect::new(3000, 0, 5000, 2000),
        ];
        assert_eq!(widest(&halls, &[[0, 500], [5000, 500]]), 200);
        assert_eq!(
            widest(&halls, &[[0, 500], [500, 0]]),
            2000,
            "nobody needs the neck"
        );
    }

    #[test]
    fn a_bend_is_as_wide_as_its_narrower_arm() {
        let bend = [
            Rect::new(0, 0, 5000, 1200),
            Rect::new(4000, 1200, 5000, 6000),
        ];
        assert_eq!(widest(&bend, &[[0, 600], [4500, 6000]]), 1000);
    }

    #[test]
    fn a_column_makes_a_corridor_narrow() {
        let ring = Rect::new(0, 0, 8000, 1500).ring();
        let column = Rect::new(3000, 0, 3400, 400).ring();
        let free = FreeSpace::new(&[&ring], &[column]);
        assert_eq!(
            free.widest(&[Point::new(0, 700), Point::new(8000, 700)]),
            1100
        );
        assert_eq!(free.largest_square(), 1500);
    }

    #[test]
    fn what_stands_beside_a_slanting_side_takes_no_more_than_its_own_floor() {
        let corners = [[0, 0], [4000, 200], [4000, 3000], [0, 3000]];
        let ring = Ring::new(corners.map(Point::from).to_vec());
        let desk = Rect::new(1000, 2000, 2500, 3000).ring();
        let free = FreeSpace::new(&[&ring], &[desk]);
        assert!(free.passes(900, &[Point::new(0, 2500), Point::new(4000, 2500)]));
        assert!(free.passes(900, &[Point::new(1700, 2000), Point::new(500, 3000)]));
    }

    #[test]
    fn boxes_that_overlap_forbid_what_each_does() {
        let forbidden: Vec<Rect> = (0..40)
            .map(|i| {
                let (x, y) = (i * 37 % 90 - 10, i * 53 % 70 - 10);
                Rect::new(x, y, x + 5 + i % 4 * 20, y + 5 + i % 3 * 15)
            })
            .collect();
        let xs = Ladder::new(0, 100, forbidden.iter().flat_map(|r| [r.x0, r.x1]));
        let ys = Ladder::new(0, 80, forbidden.iter().flat_map(|r| [r.y0, r.y1]));
        let (columns, rows) = (xs.rungs(), ys.rungs());
        let mut one_by_one = vec![usize::MAX; columns * rows];
        for piece in &forbidden {
            for row in ys.inside(piece.y0, piece.y1) {
                for column in xs.inside(piece.x0, piece.x1) {
                    one_by_one[row * columns + column] = usize::MAX - 1;
                }
            }
        }
        assert!(one_by_one.contains(&usize::MAX), "something is free");
        assert_eq!(free_cells(&forbidden, &xs, &ys), one_by_one);
    }

    #[test]
    fn a_slanting_side_is_never_told_too_wide() {
        let ring = Ring::new(
            [[0, 0], [6000, 0], [6000, 3000], [0, 2000]]
                .map(Point::from)
                .to_vec(),
        );
        let widest = FreeSpace::new(&[&ring], &[]).largest_square();
        // Against the right side the square's lower left corner lies on the slanting line.
        let exact = 2571;
        assert!(widest <= exact && widest >= exact - 30, "{widest}");
    }
}
