//! Points, segments, boxes and affine matrices, as small values.

use serde::{Deserialize, Serialize};

/// A position in points of the displayed page; in JSON the array `[x, y]`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(from = "[f64; 2]", into = "[f64; 2]")]
pub struct Point {
    /// Distance from the left edge.
    pub x: f64,
    /// Distance from the top edge.
    pub y: f64,
}

impl From<[f64; 2]> for Point {
    fn from([x, y]: [f64; 2]) -> Point {
        Point { x, y }
    }
}

impl From<Point> for [f64; 2] {
    fn from(point: Point) -> [f64; 2] {
        [point.x, point.y]
    }
}

impl Point {
    /// The point at (`x`, `y`).
    pub const fn new(x: f64, y: f64) -> Point {
        Point { x, y }
    }

    /// Distance to `other`.
    pub fn distance(self, other: Point) -> f64 {
        // Not `hypot`: pages are far from where squares overflow, and a square root is the same on
        // every machine and several times as fast.
        let (dx, dy) = (self.x - other.x, self.y - other.y);
        (dx * dx + dy * dy).sqrt()
    }

    /// The point between this one and `other`, at `share` of the way.
    pub fn towards(self, other: Point, share: f64) -> Point {
        Point::new(
            self.x + (other.x - self.x) * share,
            self.y + (other.y - self.y) * share,
        )
    }

    /// Whether both coordinates are numbers.
    pub fn is_finite(self) -> bool {
        self.x.is_finite() && self.y.is_finite()
    }

    /// The same point rounded to a thousandth of a point, which is finer than any printer.
    #[must_use]
    pub fn rounded(self) -> Point {
        Point::new(round3(self.x), round3(self.y))
    }
}

/// `value` rounded to three decimals, never as negative zero.
pub(crate) fn round3(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0 + 0.0
}

/// A straight piece from `a` to `b`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// One end.
    pub a: Point,
    /// The other end.
    pub b: Point,
}

impl Segment {
    /// The segment between two points.
    pub const fn new(a: Point, b: Point) -> Segment {
        Segment { a, b }
    }

    /// Its length in points.
    pub fn length(self) -> f64 {
        self.a.distance(self.b)
    }

    /// Its direction in radians in `0..π`, the same for both orders of the ends.
    pub fn direction(self) -> f64 {
        let angle = (self.b.y - self.a.y)
            .atan2(self.b.x - self.a.x)
            .rem_euclid(std::f64::consts::PI);
        // Rounding can give exactly π for a tiny negative angle.
        if angle >= std::f64::consts::PI {
            0.0
        } else {
            angle
        }
    }

    /// Distance from `point` to the nearest place on the segment.
    pub fn distance_to(self, point: Point) -> f64 {
        let (dx, dy) = (self.b.x - self.a.x, self.b.y - self.a.y);
        let squared = dx * dx + dy * dy;
        if squared <= 0.0 {
            return self.a.distance(point);
        }
        let share = ((point.x - self.a.x) * dx + (point.y - self.a.y) * dy) / squared;
        self.a
            .towards(self.b, share.clamp(0.0, 1.0))
            .distance(point)
    }

    /// The part inside `rect`, or `None` when nothing is (Liang and Barsky's clipping).
    pub fn clipped_to(self, rect: &Rect) -> Option<Segment> {
        let (dx, dy) = (self.b.x - self.a.x, self.b.y - self.a.y);
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        let sides = [
            (-dx, self.a.x - rect.x0),
            (dx, rect.x1 - self.a.x),
            (-dy, self.a.y - rect.y0),
            (dy, rect.y1 - self.a.y),
        ];
        for (step, room) in sides {
            if step == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if step < 0.0 {
                from = from.max(room / step);
            } else {
                to = to.min(room / step);
            }
        }
        (from <= to).then(|| Segment::new(self.a.towards(self.b, from), self.a.towards(self.b, to)))
    }
}

/// A box with sides along the axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left.
    pub x0: f64,
    /// Top.
    pub y0: f64,
    /// Right.
    pub x1: f64,
    /// Bottom.
    pub y1: f64,
}

impl Rect {
    /// A box that holds nothing; [`include`](Self::include) makes it grow.
    pub const EMPTY: Rect = Rect {
        x0: f64::INFINITY,
        y0: f64::INFINITY,
        x1: f64::NEG_INFINITY,
        y1: f64::NEG_INFINITY,
    };

    /// The box between two opposite corners, in any order.
    pub fn between(a: Point, b: Point) -> Rect {
        Rect {
            x0: a.x.min(b.x),
            y0: a.y.min(b.y),
            x1: a.x.max(b.x),
            y1: a.y.max(b.y),
        }
    }

    /// The smallest box around `points`; [`Rect::EMPTY`] for none.
    pub fn around(points: impl IntoIterator<Item = Point>) -> Rect {
        let mut rect = Rect::EMPTY;
        for point in points {
            rect.include(point);
        }
        rect
    }

    /// Grows to hold `point`.
    pub fn include(&mut self, point: Point) {
        self.x0 = self.x0.min(point.x);
        self.y0 = self.y0.min(point.y);
        self.x1 = self.x1.max(point.x);
        self.y1 = self.y1.max(point.y);
    }

    /// Width, 0 for an empty box.
    pub fn width(&self) -> f64 {
        (self.x1 - self.x0).max(0.0)
    }

    /// Height, 0 for an empty box.
    pub fn height(&self) -> f64 {
        (self.y1 - self.y0).max(0.0)
    }

    /// Length from corner to corner.
    pub fn diagonal(&self) -> f64 {
        self.width().hypot(self.height())
    }

    /// Whether it holds no point at all.
    pub fn is_empty(&self) -> bool {
        !(self.x0 <= self.x1 && self.y0 <= self.y1)
    }

    /// The common part; may be empty.
    #[must_use]
    pub fn intersection(&self, other: &Rect) -> Rect {
        Rect {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        }
    }

    /// The smallest box around both.
    #[must_use]
    pub fn union(&self, other: &Rect) -> Rect {
        Rect {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// The same box with `margin` more on each side.
    #[must_use]
    pub fn grown(&self, margin: f64) -> Rect {
        Rect {
            x0: self.x0 - margin,
            y0: self.y0 - margin,
            x1: self.x1 + margin,
            y1: self.y1 + margin,
        }
    }

    /// Whether `point` is inside or on the edge.
    pub fn contains(&self, point: Point) -> bool {
        point.x >= self.x0 && point.x <= self.x1 && point.y >= self.y0 && point.y <= self.y1
    }

    /// Whether `other` is wholly inside.
    pub fn contains_rect(&self, other: &Rect) -> bool {
        other.x0 >= self.x0 && other.x1 <= self.x1 && other.y0 >= self.y0 && other.y1 <= self.y1
    }
}

/// An affine map in PDF's order: `X = a x + c y + e`, `Y = b x + d y + f`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f64; 6]", into = "[f64; 6]")]
pub struct Matrix {
    /// x to X.
    pub a: f64,
    /// x to Y.
    pub b: f64,
    /// y to X.
    pub c: f64,
    /// y to Y.
    pub d: f64,
    /// Shift of X.
    pub e: f64,
    /// Shift of Y.
    pub f: f64,
}

impl From<[f64; 6]> for Matrix {
    fn from([a, b, c, d, e, f]: [f64; 6]) -> Matrix {
        Matrix { a, b, c, d, e, f }
    }
}

impl From<Matrix> for [f64; 6] {
    fn from(m: Matrix) -> [f64; 6] {
        [m.a, m.b, m.c, m.d, m.e, m.f]
    }
}

impl Matrix {
    /// The map that changes nothing.
    pub const IDENTITY: Matrix = Matrix {
        a: 1.0,
        b: 0.0,
        c: 0.0,
        d: 1.0,
        e: 0.0,
        f: 0.0,
    };

    /// A shift.
    pub const fn translation(x: f64, y: f64) -> Matrix {
        Matrix {
            e: x,
            f: y,
            ..Matrix::IDENTITY
        }
    }

    /// The map that applies `self` first and `next` after it.
    #[must_use]
    pub fn then(self, next: Matrix) -> Matrix {
        Matrix {
            a: self.a * next.a + self.b * next.c,
            b: self.a * next.b + self.b * next.d,
            c: self.c * next.a + self.d * next.c,
            d: self.c * next.b + self.d * next.d,
            e: self.e * next.a + self.f * next.c + next.e,
            f: self.e * next.b + self.f * next.d + next.f,
        }
    }

    /// Where `point` goes.
    pub fn apply(self, point: Point) -> Point {
        Point::new(
            self.a * point.x + self.c * point.y + self.e,
            self.b * point.x + self.d * point.y + self.f,
        )
    }

    /// By how much lengths grow on average: the root of the change of area.
    pub fn mean_scale(self) -> f64 {
        (self.a * self.d - self.b * self.c).abs().sqrt()
    }

    /// Whether all six numbers are finite.
    pub fn is_finite(self) -> bool {
        <[f64; 6]>::from(self).iter().all(|n| n.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_of_matrices_applies_the_first_first() {
        let double = Matrix::from([2.0, 0.0, 0.0, 2.0, 0.0, 0.0]);
        let shifted = double.then(Matrix::translation(5.0, 7.0));
        assert_eq!(shifted.apply(Point::new(1.0, 1.0)), Point::new(7.0, 9.0));
        assert!((double.mean_scale() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_segment_is_clipped_to_the_part_inside() {
        let rect = Rect::between(Point::new(0.0, 0.0), Point::new(10.0, 10.0));
        let across = Segment::new(Point::new(-5.0, 5.0), Point::new(15.0, 5.0));
        assert_eq!(
            across.clipped_to(&rect),
            Some(Segment::new(Point::new(0.0, 5.0), Point::new(10.0, 5.0)))
        );
        let beside = Segment::new(Point::new(-5.0, 11.0), Point::new(15.0, 11.0));
        assert_eq!(beside.clipped_to(&rect), None);
    }

    #[test]
    fn a_direction_does_not_depend_on_the_order_of_the_ends() {
        let (a, b) = (Point::new(1.0, 2.0), Point::new(4.0, -3.0));
        let (one, two) = (Segment::new(a, b), Segment::new(b, a));
        assert!((one.direction() - two.direction()).abs() < 1e-12);
    }
}
