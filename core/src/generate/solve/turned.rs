//! A plate seen from the side from which it always looks the same: a plate that is mirrored or
//! turned by a quarter is searched like the one it came from, so its layout is the same too.

use super::run::GRID_MM;
use crate::layout::{Entrance, Plate, Point, Rect, Ring, WindowSpan};

/// A mirroring or a turn by quarters that keeps the grid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    /// Whether x and y change places, before anything else.
    swap: bool,
    /// What x is taken from, if it is mirrored.
    flip_x: Option<i64>,
    /// What y is taken from, if it is mirrored.
    flip_y: Option<i64>,
}

/// What two plates are compared by: corners, then obstacles, entrances and windows.
type Key = (Vec<Point>, Vec<Rect>, Vec<(Point, i64)>, Vec<(Point, i64)>);

impl Turn {
    /// The one of the eight ways to see `plate` whose numbers come first, and how it looks then.
    pub(super) fn canonical(plate: &Plate) -> (Turn, Plate) {
        let mut best: Option<(Key, Turn, Plate)> = None;
        for swap in [false, true] {
            for (flip_x, flip_y) in [(false, false), (true, false), (false, true), (true, true)] {
                let turn = Turn::of(plate, swap, flip_x, flip_y);
                let seen = turn.plate(plate);
                let key = key(&seen);
                if best.as_ref().is_none_or(|(least, ..)| key < *least) {
                    best = Some((key, turn, seen));
                }
            }
        }
        let plain = Turn {
            swap: false,
            flip_x: None,
            flip_y: None,
        };
        best.map_or_else(|| (plain, plate.clone()), |(_, turn, seen)| (turn, seen))
    }

    fn of(plate: &Plate, swap: bool, flip_x: bool, flip_y: bool) -> Turn {
        let bounds = plate.inner_outline.bounds();
        let (x, y) = (bounds.x0 + bounds.x1, bounds.y0 + bounds.y1);
        let (x, y) = if swap { (y, x) } else { (x, y) };
        // A multiple of the grid, so that grid lines stay grid lines.
        let on_grid = |sum: i64| sum.div_euclid(GRID_MM) * GRID_MM;
        Turn {
            swap,
            flip_x: flip_x.then(|| on_grid(x)),
            flip_y: flip_y.then(|| on_grid(y)),
        }
    }

    fn point(self, p: Point) -> Point {
        let p = if self.swap { Point::new(p.y, p.x) } else { p };
        Point::new(
            self.flip_x.map_or(p.x, |sum| sum - p.x),
            self.flip_y.map_or(p.y, |sum| sum - p.y),
        )
    }

    /// The box as it lies on the plate that was turned.
    pub(super) fn back(self, rect: &Rect) -> Rect {
        let corner = |x: i64, y: i64| {
            let x = self.flip_x.map_or(x, |sum| sum - x);
            let y = self.flip_y.map_or(y, |sum| sum - y);
            if self.swap { (y, x) } else { (x, y) }
        };
        let ((x0, y0), (x1, y1)) = (corner(rect.x0, rect.y0), corner(rect.x1, rect.y1));
        Rect::new(x0, y0, x1, y1)
    }

    /// The box as it is seen.
    #[cfg(test)]
    fn there(self, rect: &Rect) -> Rect {
        let (a, b) = (
            self.point(Point::new(rect.x0, rect.y0)),
            self.point(Point::new(rect.x1, rect.y1)),
        );
        Rect::new(a.x, a.y, b.x, b.y)
    }

    /// Whether what was clockwise no longer is.
    fn mirrors(self) -> bool {
        self.swap ^ self.flip_x.is_some() ^ self.flip_y.is_some()
    }

    fn ring(self, ring: &Ring) -> Ring {
        let mut points: Vec<Point> = ring.points().iter().map(|p| self.point(*p)).collect();
        if self.mirrors() {
            points.reverse();
        }
        Ring::new(points)
    }

    /// The plate as it is seen; its outline stays clockwise.
    pub(super) fn plate(self, plate: &Plate) -> Plate {
        let edges: Vec<(Point, Point)> = plate.inner_outline.edges().collect();
        let count = edges.len();
        // Of a reversed list of corners the edge before the last comes first.
        let edge_of = |edge: usize| {
            if self.mirrors() {
                (2 * count - 2).saturating_sub(edge) % count.max(1)
            } else {
                edge
            }
        };
        let from_of = |edge: usize, from: i64, width: i64| {
            let length = edges.get(edge).map_or(0, |(a, b)| a.distance(*b));
            if self.mirrors() {
                length - from - width
            } else {
                from
            }
        };
        let mut daylight = vec![false; plate.daylight.len()];
        for (edge, lit) in plate.daylight.iter().enumerate() {
            if let Some(place) = daylight.get_mut(edge_of(edge)) {
                *place = *lit;
            }
        }
        Plate {
            inner_outline: self.ring(&plate.inner_outline),
            obstacles: plate.obstacles.iter().map(|ring| self.ring(ring)).collect(),
            entrances: plate
                .entrances
                .iter()
                .map(|e| Entrance {
                    edge: edge_of(e.edge),
                    from_mm: from_of(e.edge, e.from_mm, e.width_mm),
                    ..*e
                })
                .collect(),
            daylight,
            windows: plate
                .windows
                .iter()
                .map(|w| WindowSpan {
                    edge: edge_of(w.edge),
                    from_mm: from_of(w.edge, w.from_mm, w.width_mm),
                    ..*w
                })
                .collect(),
            wet_points: plate.wet_points.iter().map(|p| self.point(*p)).collect(),
            ..plate.clone()
        }
    }
}

fn key(plate: &Plate) -> Key {
    let bounds = plate.inner_outline.bounds();
    let moved = |p: Point| p.shifted(-bounds.x0, -bounds.y0);
    let mut corners: Vec<Point> = plate
        .inner_outline
        .points()
        .iter()
        .map(|p| moved(*p))
        .collect();
    let first = corners
        .iter()
        .enumerate()
        .min_by_key(|(_, p)| **p)
        .map_or(0, |(i, _)| i);
    corners.rotate_left(first);
    let mut obstacles: Vec<Rect> = plate
        .obstacles
        .iter()
        .map(|ring| {
            let b = ring.bounds();
            let (a, c) = (moved(Point::new(b.x0, b.y0)), moved(Point::new(b.x1, b.y1)));
            Rect::new(a.x, a.y, c.x, c.y)
        })
        .collect();
    obstacles.sort_unstable();
    let start = |edge: usize, from: i64, width: i64| {
        let corner = plate
            .inner_outline
            .edges()
            .nth(edge)
            .map_or(Point::default(), |(a, _)| a);
        (moved(corner).shifted(from, 0), width)
    };
    let mut entrances: Vec<(Point, i64)> = plate
        .entrances
        .iter()
        .map(|e| start(e.edge, e.from_mm, e.width_mm))
        .collect();
    entrances.sort_unstable();
    let mut windows: Vec<(Point, i64)> = plate
        .windows
        .iter()
        .map(|w| start(w.edge, w.from_mm, w.width_mm))
        .collect();
    windows.sort_unstable();
    (corners, obstacles, entrances, windows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plate(corners: &[[i64; 2]]) -> Plate {
        Plate {
            obstacles: vec![Rect::new(1000, 500, 1300, 800).ring()],
            entrances: vec![Entrance {
                edge: 1,
                from_mm: 300,
                width_mm: 900,
            }],
            daylight: vec![true, false, false, true, false, true],
            ..Plate::of_corners(corners)
        }
    }

    fn entrance(plate: &Plate) -> (Point, Point) {
        let e = plate.entrances[0];
        let (a, b) = plate.inner_outline.edges().nth(e.edge).unwrap();
        let at = |d: i64| {
            let length = a.distance(b);
            Point::new(
                a.x + (b.x - a.x) * d / length,
                a.y + (b.y - a.y) * d / length,
            )
        };
        (at(e.from_mm), at(e.from_mm + e.width_mm))
    }

    #[test]
    fn a_turned_plate_is_seen_as_the_one_it_came_from() {
        let l = [
            [0, 0],
            [9000, 0],
            [9000, 4000],
            [4000, 4000],
            [4000, 8000],
            [0, 8000],
        ];
        let first = plate(&l);
        let (_, seen) = Turn::canonical(&first);
        for swap in [false, true] {
            for (x, y) in [(false, false), (true, false), (false, true), (true, true)] {
                let turn = Turn::of(&first, swap, x, y);
                let other = turn.plate(&first);
                assert!(other.inner_outline.signed_area_doubled() > 0);
                // The entrance stays on the same wall of the building.
                let (a, b) = entrance(&first);
                let (c, d) = entrance(&other);
                let mut ends = [turn.point(a), turn.point(b)];
                let mut found = [c, d];
                ends.sort_unstable();
                found.sort_unstable();
                assert_eq!(ends, found);
                let rect = Rect::new(100, 200, 700, 900);
                assert_eq!(turn.back(&turn.there(&rect)), rect);
                let (_, again) = Turn::canonical(&other);
                assert_eq!(key(&again), key(&seen), "{turn:?}");
                let lit = |plate: &Plate| -> i64 {
                    let edges = plate.inner_outline.edges().zip(&plate.daylight);
                    edges
                        .filter(|(_, lit)| **lit)
                        .map(|((a, b), _)| a.distance(b))
                        .sum()
                };
                assert_eq!(lit(&other), lit(&first));
            }
        }
    }
}
