//! How wide a space really is: the largest square that passes through it.
//!
//! A square of side `s` is moved over the free floor without turning. Where its corner may lie is
//! the floor shrunk by the square; as closed sets, so that a square of exactly the width of a
//! corridor passes. The side is exact in millimetres.

use super::super::geometry::{Point, Rect, Ring};
use super::free_parts::{Ladder, Parts};
use super::free_rows::Rows;

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
        let mut blocked = Vec::new();
        let mut rows = Rows::new(rings, holes, &xs);
        for (y0, y1) in ys.iter().copied().zip(ys.iter().copied().skip(1)) {
            let free = rows.row(y0, y1);
            let mut open: Option<Rect> = None;
            for ((x0, x1), free) in xs.iter().zip(xs.iter().skip(1)).zip(free) {
                if *free {
                    blocked.extend(open.take());
                } else {
                    let piece = open.get_or_insert(Rect {
                        x0: *x0,
                        y0,
                        x1: *x1,
                        y1,
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
        let parts = Parts::between(&forbidden, &xs, &ys);
        let mut serves = vec![true; parts.count()];
        for place in places {
            let mut here = vec![false; serves.len()];
            let (columns, rows) = (
                xs.touching(place.x - side, place.x),
                ys.touching(place.y - side, place.y),
            );
            for part in parts.within(&columns, rows) {
                if let Some(flag) = here.get_mut(part) {
                    *flag = true;
                }
            }
            for (all, here) in serves.iter_mut().zip(here) {
                *all &= here;
            }
        }
        serves.contains(&true)
    }
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
