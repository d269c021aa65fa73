//! Points, boxes and closed outlines in whole millimetres.

use serde::{Deserialize, Serialize};

/// The largest coordinate that is accepted: 1 km. Products of two stay far inside 64 bits.
pub const MAX_COORDINATE_MM: i64 = 1_000_000;

/// A position in millimetres; in JSON the array `[x, y]`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(from = "[i64; 2]", into = "[i64; 2]")]
pub struct Point {
    /// Distance from the left edge.
    pub x: i64,
    /// Distance from the top edge.
    pub y: i64,
}

impl From<[i64; 2]> for Point {
    fn from([x, y]: [i64; 2]) -> Point {
        Point { x, y }
    }
}

impl From<Point> for [i64; 2] {
    fn from(point: Point) -> [i64; 2] {
        [point.x, point.y]
    }
}

impl Point {
    /// The point at (`x`, `y`).
    pub const fn new(x: i64, y: i64) -> Point {
        Point { x, y }
    }

    /// The square of the distance to `other`, in mm².
    pub const fn distance_squared(self, other: Point) -> i64 {
        let (dx, dy) = (self.x - other.x, self.y - other.y);
        dx * dx + dy * dy
    }

    /// Distance to `other`, rounded down to a whole millimetre.
    pub const fn distance(self, other: Point) -> i64 {
        self.distance_squared(other).isqrt()
    }

    /// Twice the signed area of the triangle `self`, `b`, `c`: positive when `c` lies to the
    /// right of the way from `self` to `b` as seen on a page (y grows downwards).
    pub const fn turn(self, b: Point, c: Point) -> i64 {
        (b.x - self.x) * (c.y - self.y) - (b.y - self.y) * (c.x - self.x)
    }

    /// The point shifted by (`dx`, `dy`).
    #[must_use]
    pub const fn shifted(self, dx: i64, dy: i64) -> Point {
        Point::new(self.x + dx, self.y + dy)
    }
}

/// A box with sides along the axes; in JSON the array `[x0, y0, x1, y1]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "[i64; 4]", into = "[i64; 4]")]
pub struct Rect {
    /// Left.
    pub x0: i64,
    /// Top.
    pub y0: i64,
    /// Right.
    pub x1: i64,
    /// Bottom.
    pub y1: i64,
}

impl From<[i64; 4]> for Rect {
    fn from([x0, y0, x1, y1]: [i64; 4]) -> Rect {
        Rect::new(x0, y0, x1, y1)
    }
}

impl From<Rect> for [i64; 4] {
    fn from(rect: Rect) -> [i64; 4] {
        [rect.x0, rect.y0, rect.x1, rect.y1]
    }
}

impl Rect {
    /// The box between two opposite corners, in any order.
    pub const fn new(xa: i64, ya: i64, xb: i64, yb: i64) -> Rect {
        let (x0, x1) = if xa <= xb { (xa, xb) } else { (xb, xa) };
        let (y0, y1) = if ya <= yb { (ya, yb) } else { (yb, ya) };
        Rect { x0, y0, x1, y1 }
    }

    /// The box of `width` by `height` around a middle; odd sizes lose half a millimetre.
    pub const fn around(middle: Point, width: i64, height: i64) -> Rect {
        let (x0, y0) = (middle.x - width / 2, middle.y - height / 2);
        Rect {
            x0,
            y0,
            x1: x0 + width,
            y1: y0 + height,
        }
    }

    /// Extent along x.
    pub const fn width(&self) -> i64 {
        self.x1 - self.x0
    }

    /// Extent along y.
    pub const fn height(&self) -> i64 {
        self.y1 - self.y0
    }

    /// Area in mm².
    pub const fn area(&self) -> i64 {
        self.width() * self.height()
    }

    /// The middle, rounded to whole millimetres.
    pub const fn middle(&self) -> Point {
        Point::new(
            (self.x0 + self.x1).div_euclid(2),
            (self.y0 + self.y1).div_euclid(2),
        )
    }

    /// The common part, or `None` when the boxes share no area.
    pub fn intersection(&self, other: &Rect) -> Option<Rect> {
        let common = Rect {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        };
        (common.x0 < common.x1 && common.y0 < common.y1).then_some(common)
    }

    /// Whether the two share area; touching edges do not.
    pub const fn overlaps(&self, other: &Rect) -> bool {
        self.x0 < other.x1 && other.x0 < self.x1 && self.y0 < other.y1 && other.y0 < self.y1
    }

    /// Whether `other` is wholly inside or on the edge.
    pub const fn contains_rect(&self, other: &Rect) -> bool {
        other.x0 >= self.x0 && other.x1 <= self.x1 && other.y0 >= self.y0 && other.y1 <= self.y1
    }

    /// Whether `point` is inside or on the edge.
    pub const fn contains(&self, point: Point) -> bool {
        point.x >= self.x0 && point.x <= self.x1 && point.y >= self.y0 && point.y <= self.y1
    }

    /// The box with `margin` more on every side; a negative margin shrinks it.
    #[must_use]
    pub const fn grown(&self, margin: i64) -> Rect {
        Rect {
            x0: self.x0 - margin,
            y0: self.y0 - margin,
            x1: self.x1 + margin,
            y1: self.y1 + margin,
        }
    }

    /// Its four corners as an outline.
    pub fn ring(&self) -> Ring {
        Ring::new(vec![
            Point::new(self.x0, self.y0),
            Point::new(self.x1, self.y0),
            Point::new(self.x1, self.y1),
            Point::new(self.x0, self.y1),
        ])
    }
}

/// A closed outline; in JSON the corners with the first repeated at the end.
///
/// Inside, the first corner is not repeated. Either form is read from JSON.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Point>", into = "Vec<Point>")]
pub struct Ring(Vec<Point>);

impl From<Vec<Point>> for Ring {
    fn from(corners: Vec<Point>) -> Ring {
        Ring::new(corners)
    }
}

impl From<Ring> for Vec<Point> {
    fn from(ring: Ring) -> Vec<Point> {
        let mut corners = ring.0;
        corners.extend(corners.first().copied());
        corners
    }
}

impl Ring {
    /// The outline through `corners`; a last corner equal to the first is dropped.
    pub fn new(mut corners: Vec<Point>) -> Ring {
        if corners.len() > 1 && corners.first() == corners.last() {
            corners.pop();
        }
        Ring(corners)
    }

    /// The corners, each once.
    pub fn points(&self) -> &[Point] {
        &self.0
    }

    /// Whether there is no corner at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The edges in order, from each corner to the next and from the last to the first.
    pub fn edges(&self) -> impl Iterator<Item = (Point, Point)> + Clone + '_ {
        let next = self.0.iter().cycle().skip(1);
        self.0.iter().zip(next).map(|(a, b)| (*a, *b))
    }

    /// Twice the signed area in mm²: positive when the corners go clockwise on the page.
    pub fn signed_area_doubled(&self) -> i64 {
        let Some(&origin) = self.0.first() else {
            return 0;
        };
        self.edges().map(|(a, b)| origin.turn(a, b)).sum()
    }

    /// The area in mm², half a square millimetre rounded down.
    pub fn area(&self) -> i64 {
        self.signed_area_doubled().abs() / 2
    }

    /// The sum of the lengths of its edges, each rounded down.
    pub fn perimeter(&self) -> i64 {
        self.edges().map(|(a, b)| a.distance(b)).sum()
    }

    /// The smallest box around it; a box without extent for no corners.
    pub fn bounds(&self) -> Rect {
        let Some(&first) = self.0.first() else {
            return Rect::new(0, 0, 0, 0);
        };
        self.0.iter().fold(
            Rect::new(first.x, first.y, first.x, first.y),
            |rect, corner| Rect {
                x0: rect.x0.min(corner.x),
                y0: rect.y0.min(corner.y),
                x1: rect.x1.max(corner.x),
                y1: rect.y1.max(corner.y),
            },
        )
    }

    /// Whether every edge is along an axis.
    pub fn is_rectilinear(&self) -> bool {
        self.edges().all(|(a, b)| a.x == b.x || a.y == b.y)
    }

    /// The box this outline is, if it is one.
    pub fn as_rect(&self) -> Option<Rect> {
        let bounds = self.bounds();
        (self.0.len() == 4 && self.is_rectilinear() && self.area() == bounds.area())
            .then_some(bounds)
    }

    /// Whether `point` is inside or on the outline.
    pub fn contains(&self, point: Point) -> bool {
        let mut inside = false;
        for (a, b) in self.edges() {
            let turn = a.turn(b, point);
            let within = point.x >= a.x.min(b.x)
                && point.x <= a.x.max(b.x)
                && point.y >= a.y.min(b.y)
                && point.y <= a.y.max(b.y);
            if turn == 0 && within {
                return true;
            }
            // Each edge owns its upper end, so that a corner is crossed once.
            if (a.y <= point.y) != (b.y <= point.y) && (turn > 0) == (b.y > a.y) {
                inside = !inside;
            }
        }
        inside
    }

    /// Whether no two edges touch but neighbours at their common corner, and no edge is a point.
    pub fn is_simple(&self) -> bool {
        let edges: Vec<_> = self.edges().collect();
        if edges.len() < 3 || edges.iter().any(|(a, b)| a == b) {
            return false;
        }
        for (i, first) in edges.iter().enumerate() {
            for (j, second) in edges.iter().enumerate().skip(i + 1) {
                let follows = j == i + 1;
                let closes = i == 0 && j == edges.len() - 1;
                let clash = if follows {
                    folds_back(*first, *second)
                } else if closes {
                    folds_back(*second, *first)
                } else {
                    segments_touch(*first, *second)
                };
                if clash {
                    return false;
                }
            }
        }
        true
    }

    /// The same outline without repeated corners and corners on a straight line, clockwise on the
    /// page, starting at its smallest corner: equal areas have equal outlines.
    #[must_use]
    pub fn tidied(&self) -> Ring {
        let mut corners = self.0.clone();
        loop {
            let count = corners.len();
            if count < 3 {
                break;
            }
            let needless = (0..count).find(|&i| {
                let around = |k: usize| corners.get(k % count).copied().unwrap_or_default();
                let (before, here, after) = (around(i + count - 1), around(i), around(i + 1));
                here == after || before.turn(here, after) == 0
            });
            match needless {
                Some(i) => {
                    corners.remove(i);
                }
                None => break,
            }
        }
        let mut ring = Ring(corners);
        if ring.signed_area_doubled() < 0 {
            ring.0.reverse();
        }
        let smallest = ring.0.iter().enumerate().min_by_key(|(_, corner)| **corner);
        if let Some((start, _)) = smallest {
            ring.0.rotate_left(start);
        }
        ring
    }

    /// The outline shifted by (`dx`, `dy`).
    #[must_use]
    pub fn shifted(&self, dx: i64, dy: i64) -> Ring {
        Ring(self.0.iter().map(|corner| corner.shifted(dx, dy)).collect())
    }
}

/// Whether `second`, which starts where `first` ends, runs back over it.
fn folds_back(first: (Point, Point), second: (Point, Point)) -> bool {
    let (a, b, c) = (first.0, first.1, second.1);
    let ahead = (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y);
    a.turn(b, c) == 0 && ahead < 0
}

/// Whether two segments have a point in common.
fn segments_touch(first: (Point, Point), second: (Point, Point)) -> bool {
    let ((a, b), (c, d)) = (first, second);
    if Rect::new(a.x, a.y, b.x, b.y).intersection_or_edge(&Rect::new(c.x, c.y, d.x, d.y)) {
        let sides = (a.turn(b, c).signum(), a.turn(b, d).signum());
        let others = (c.turn(d, a).signum(), c.turn(d, b).signum());
        return sides.0 * sides.1 <= 0 && others.0 * others.1 <= 0;
    }
    false
}

impl Rect {
    /// Whether the two boxes, edges included, have a point in common.
    const fn intersection_or_edge(&self, other: &Rect) -> bool {
        self.x0 <= other.x1 && other.x0 <= self.x1 && self.y0 <= other.y1 && other.y0 <= self.y1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(corners: &[[i64; 2]]) -> Ring {
        Ring::new(corners.iter().copied().map(Point::from).collect())
    }

    #[test]
    fn an_l_shape_has_its_own_area_and_not_that_of_its_box() {
        let l = ring(&[
            [0, 0],
            [8000, 0],
            [8000, 3000],
            [3000, 3000],
            [3000, 8000],
            [0, 8000],
        ]);
        assert_eq!(l.area(), 39_000_000);
        assert_eq!(l.perimeter(), 32_000);
        assert!(l.contains(Point::new(3000, 3000)) && l.contains(Point::new(1, 7999)));
        assert!(!l.contains(Point::new(3001, 3001)));
        assert!(l.is_simple() && l.is_rectilinear() && l.as_rect().is_none());
    }

    #[test]
    fn a_crossing_outline_is_not_simple() {
        assert!(!ring(&[[0, 0], [10, 10], [10, 0], [0, 10]]).is_simple());
        assert!(
            !ring(&[[0, 0], [10, 0], [5, 0], [5, 5]]).is_simple(),
            "folds back"
        );
        assert!(
            !ring(&[[0, 0], [10, 0], [10, 10], [5, 0], [0, 10]]).is_simple(),
            "touches"
        );
        assert!(ring(&[[0, 0], [10, 0], [10, 10]]).is_simple());
    }

    #[test]
    fn json_repeats_the_first_corner_and_reads_either_form() {
        let square = Rect::new(0, 0, 5, 5).ring();
        let text = serde_json::to_string(&square).unwrap();
        assert_eq!(text, "[[0,0],[5,0],[5,5],[0,5],[0,0]]");
        assert_eq!(serde_json::from_str::<Ring>(&text).unwrap(), square);
        assert_eq!(
            serde_json::from_str::<Ring>("[[0,0],[5,0],[5,5],[0,5]]").unwrap(),
            square
        );
    }

    #[test]
    fn tidied_outlines_of_one_area_are_equal() {
        let one = ring(&[[5, 5], [0, 5], [0, 0], [3, 0], [5, 0], [5, 0]]).tidied();
        assert_eq!(one, Rect::new(0, 0, 5, 5).ring());
    }
}
