//! What is no floor within the box around a plate: columns, cores, what an outline leaves out.

use super::area_table::AreaTable;
use super::fill::rounded;
use super::problem::Span;
use crate::layout::{Plate, Point, Rect, Ring};

/// Most corners of an outline that are looked at for boxes outside of it.
const MOST_LINES: usize = 60;

/// Overlaps thinner than this are rounding, in mm.
const THIN_MM: i64 = 15;

/// Boxes without floor, and sides of the outline that slant.
#[derive(Debug, Default)]
pub(super) struct Blocked {
    boxes: Vec<Rect>,
    slants: Vec<Span>,
    /// Whether `boxes` and `slants` tell all: no round columns, not too many of them.
    whole: bool,
    /// The sides of an outline of which some slant, but for those straight along y; empty when
    /// a table is faster.
    sides: Vec<Span>,
    /// How many of `boxes`, from the first on, are columns and cores.
    obstacles: usize,
}

/// From so many boxes on a table is faster than looking at each.
const MOST_BOXES: usize = 24;

/// The same for the sides of an outline.
const MOST_SIDES: usize = 16;

impl Blocked {
    /// Looks at a plate.
    pub(super) fn of(plate: &Plate) -> Blocked {
        let outline = &plate.inner_outline;
        let mut boxes: Vec<Rect> = plate.obstacles.iter().map(Ring::bounds).collect();
        let obstacles = boxes.len();
        let slants: Vec<Span> = outline
            .edges()
            .filter(|(a, b)| a.x != b.x && a.y != b.y)
            .map(|(a, b)| Span { a, b })
            .collect();
        let sorted = |mut list: Vec<i64>| {
            list.sort_unstable();
            list.dedup();
            list.truncate(MOST_LINES);
            list
        };
        let xs = sorted(outline.points().iter().map(|p| p.x).collect());
        let ys = sorted(outline.points().iter().map(|p| p.y).collect());
        let mut outside: Vec<Rect> = Vec::new();
        for (y0, y1) in ys.iter().zip(ys.iter().skip(1)) {
            let mut run: Option<Rect> = None;
            let mut row: Vec<Rect> = Vec::new();
            for (x0, x1) in xs.iter().zip(xs.iter().skip(1)) {
                let cell = Rect {
                    x0: *x0,
                    y0: *y0,
                    x1: *x1,
                    y1: *y1,
                };
                let middle = Point::new((x0 + x1) / 2, (y0 + y1) / 2);
                let cut = slants.iter().any(|s: &Span| s.bounds().overlaps(&cell));
                if !cut && !outline.contains(middle) {
                    run = Some(run.map_or(cell, |run| Rect { x1: *x1, ..run }));
                } else {
                    row.extend(run.take());
                }
            }
            row.extend(run);
            // What goes on from the row above is one box with it.
            for cell in row {
                let above = outside
                    .iter_mut()
                    .find(|b| b.x0 == cell.x0 && b.x1 == cell.x1 && b.y1 == cell.y0);
                match above {
                    Some(above) => above.y1 = cell.y1,
                    None => outside.push(cell),
                }
            }
        }
        boxes.extend(outside);
        let whole = boxes.len() <= MOST_BOXES
            && outline.points().len() <= MOST_LINES
            && plate.obstacles.iter().all(|ring| ring.as_rect().is_some());
        let sides = outline.edges().filter(|(a, b)| a.x != b.x);
        let mut sides: Vec<Span> = sides.map(|(a, b)| Span { a, b }).collect();
        if slants.is_empty() || !whole || sides.len() > MOST_SIDES {
            sides.clear();
        }
        Blocked {
            boxes,
            slants,
            whole,
            sides,
            obstacles,
        }
    }

    /// Floor in a box, in mm²: exact unless a round column cuts it, or one of many sides that
    /// slant.
    pub(super) fn floor(&self, table: &AreaTable, rect: &Rect) -> i64 {
        let slanting = || {
            self.slants
                .iter()
                .any(|span| span.bounds().grown(1).overlaps(rect))
        };
        let taken = |boxes: &[Rect]| -> i64 {
            let taken = boxes.iter().map(|b| {
                let x = b.x1.min(rect.x1) - b.x0.max(rect.x0);
                let y = b.y1.min(rect.y1) - b.y0.max(rect.y0);
                x.max(0) * y.max(0)
            });
            taken.sum()
        };
        if self.whole && !slanting() {
            return rect.area() - taken(&self.boxes);
        }
        if self.sides.is_empty() {
            return table.area(rect);
        }
        let obstacles = self.boxes.get(..self.obstacles).unwrap_or_default();
        self.within_sides(rect) - taken(obstacles)
    }

    /// What of a box is within the outline: below each of its sides lies a part of the box, which
    /// counts as the side runs (Green's theorem).
    fn within_sides(&self, rect: &Rect) -> i64 {
        if rect.width() <= 0 || rect.height() <= 0 {
            // The walls take more than there is of a row.
            return rect.area().min(0);
        }
        let height = rect.height() as f64;
        // The part of a column of the box, up to p from its top, summed up over p.
        let up_to = |p: f64| {
            if p <= 0.0 {
                0.0
            } else if p <= height {
                p * p / 2.0
            } else {
                height * (p - height / 2.0)
            }
        };
        let mut sum = 0.0;
        for side in &self.sides {
            let (left, right, sign) = if side.a.x < side.b.x {
                (side.a, side.b, 1.0)
            } else {
                (side.b, side.a, -1.0)
            };
            let (from, to) = (left.x.max(rect.x0), right.x.min(rect.x1));
            if from >= to {
                continue;
            }
            let wide = (to - from) as f64;
            let top = (left.y - rect.y0) as f64;
            let part = if left.y == right.y {
                top.clamp(0.0, height) * wide
            } else {
                let slope = (right.y - left.y) as f64 / (right.x - left.x) as f64;
                let p = top + slope * (from - left.x) as f64;
                let q = p + slope * wide;
                (up_to(q) - up_to(p)) / slope
            };
            sum += sign * part;
        }
        rounded(sum.abs())
    }

    fn within<'a>(&'a self, rect: &'a Rect) -> impl Iterator<Item = &'a Rect> + 'a {
        self.boxes.iter().filter(|b| {
            b.x1.min(rect.x1) - b.x0.max(rect.x0) > THIN_MM
                && b.y1.min(rect.y1) - b.y0.max(rect.y0) > THIN_MM
        })
    }

    /// How far a corridor would have to give way, in mm; 0 when it is clear.
    pub(super) fn in_the_way(&self, lane: &Rect) -> i64 {
        let boxes = self.within(lane).map(|b| {
            let x = b.x1.min(lane.x1) - b.x0.max(lane.x0);
            let y = b.y1.min(lane.y1) - b.y0.max(lane.y0);
            x.min(y)
        });
        boxes.sum::<i64>()
            + self
                .slant(lane)
                .map_or(0, |cut| self.lost_width(lane, &cut))
    }

    /// What a slant takes of a corridor's width; what it takes of its end does no harm.
    fn lost_width(&self, lane: &Rect, cut: &Rect) -> i64 {
        if lane.width() > lane.height() {
            lane.height() - cut.height()
        } else {
            lane.width() - cut.width()
        }
    }

    /// The box less what slanting sides cut off it: along whichever axis they lie.
    fn slant(&self, rect: &Rect) -> Option<Rect> {
        let mut cut = *rect;
        for span in &self.slants {
            let flat = (span.b.x - span.a.x).abs() >= (span.b.y - span.a.y).abs();
            let bounds = span.bounds();
            if !bounds.grown(1).overlaps(&cut) {
                continue;
            }
            // Where the side is at both ends of the box.
            let at = |v: i64| -> i64 {
                let (a, b) = if flat {
                    ((span.a.x, span.a.y), (span.b.x, span.b.y))
                } else {
                    ((span.a.y, span.a.x), (span.b.y, span.b.x))
                };
                a.1 + (b.1 - a.1) * (v - a.0) / (b.0 - a.0)
            };
            let (from, to, low, high) = if flat {
                (cut.x0.max(bounds.x0), cut.x1.min(bounds.x1), cut.y0, cut.y1)
            } else {
                (cut.y0.max(bounds.y0), cut.y1.min(bounds.y1), cut.x0, cut.x1)
            };
            if from >= to {
                continue;
            }
            let (p, q) = (at(from), at(to));
            let (least, most) = (p.min(q), p.max(q));
            if most <= low || least >= high {
                continue;
            }
            // The side is nearer to one of the two; the floor is on the other.
            let near_low = most - low < high - least;
            match (flat, near_low) {
                (true, true) => cut.y0 = cut.y0.max(most.min(cut.y1)),
                (true, false) => cut.y1 = cut.y1.min(least.max(cut.y0)),
                (false, true) => cut.x0 = cut.x0.max(most.min(cut.x1)),
                (false, false) => cut.x1 = cut.x1.min(least.max(cut.x0)),
            }
        }
        (cut != *rect).then_some(cut)
    }

    /// Side of the largest square that is sure to fit in a room's box.
    pub(super) fn free_square(&self, rect: &Rect) -> i64 {
        let cut = self.slant(rect).unwrap_or(*rect);
        self.square(&cut, 3)
    }

    fn square(&self, rect: &Rect, depth: u32) -> i64 {
        let side = rect.width().min(rect.height());
        let Some(b) = self.within(rect).next() else {
            return side;
        };
        if depth == 0 || side <= 0 {
            return 0;
        }
        let parts = [
            Rect { x1: b.x0, ..*rect },
            Rect { x0: b.x1, ..*rect },
            Rect { y1: b.y0, ..*rect },
            Rect { y0: b.y1, ..*rect },
        ];
        let mut best = 0;
        for part in parts {
            if part.width().min(part.height()) > best {
                best = best.max(self.square(&part, depth - 1));
            }
        }
        best
    }

    /// Whether something runs through a box from side to side.
    pub(super) fn parts(&self, rect: &Rect) -> bool {
        self.within(rect).any(|b| {
            let wide = b.x0 <= rect.x0 && b.x1 >= rect.x1 && b.y0 > rect.y0 && b.y1 < rect.y1;
            let tall = b.y0 <= rect.y0 && b.y1 >= rect.y1 && b.x0 > rect.x0 && b.x1 < rect.x1;
            wide || tall
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floor_beside_slanting_sides_is_that_of_the_table() {
        let corners = [
            [0, 0],
            [10_000, 1_000],
            [9_500, 7_000],
            [6_000, 7_000],
            [6_000, 5_000],
            [500, 6_000],
        ];
        let mut back = corners;
        back.reverse();
        for corners in [corners, back] {
            let plate = Plate {
                obstacles: vec![Rect::new(2_000, 2_000, 2_400, 2_400).ring()],
                ..Plate::of_corners(&corners)
            };
            let (table, blocked) = (AreaTable::of(&plate), Blocked::of(&plate));
            assert!(!blocked.sides.is_empty());
            let whole = blocked.within_sides(&plate.inner_outline.bounds());
            assert_eq!(whole, plate.inner_outline.area());
            // A row that the walls leave nothing of, and less.
            for height in [0, -49] {
                let none = Rect {
                    x0: 600,
                    y0: 5_600,
                    x1: 9_400,
                    y1: 5_600 + height,
                };
                assert_eq!(blocked.floor(&table, &none), none.area());
            }
            for x in (0..10_000).step_by(700) {
                for y in (0..7_000).step_by(900) {
                    for size in [300, 2_000, 6_500] {
                        let window = Rect::new(x, y, x + size, y + size * 3 / 4);
                        let inside = window.intersection(&plate.inner_outline.bounds());
                        let Some(inside) = inside.filter(|inside| inside.area() > 0) else {
                            continue;
                        };
                        let (exact, near) = (blocked.floor(&table, &inside), table.area(&inside));
                        // Between its lines the table takes floor as even.
                        let off = 50 * (inside.width() + inside.height());
                        assert!((exact - near).abs() <= off, "{inside:?}: {exact} {near}");
                    }
                }
            }
        }
    }
}
