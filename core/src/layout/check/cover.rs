//! Whether a straight edge is covered by others that lie on it.

use super::super::geometry::Point;

/// How far an edge that runs aslant may be off the line it should lie on: its corners are whole
/// millimetres.
const ROUNDING_MM: i64 = 2;

/// An edge that is to be covered, piece by piece.
pub(crate) struct Cover {
    a: Point,
    b: Point,
    pieces: Vec<(i64, i64)>,
}

impl Cover {
    /// An edge of which nothing is covered yet.
    pub(crate) fn of(a: Point, b: Point) -> Cover {
        Cover {
            a,
            b,
            pieces: Vec::new(),
        }
    }

    fn length(&self) -> i64 {
        self.a.distance(self.b).max(1)
    }

    /// How far along the edge the foot of `point` lies, in mm.
    fn along(&self, point: Point) -> i64 {
        let (dx, dy) = (self.b.x - self.a.x, self.b.y - self.a.y);
        let dot = (point.x - self.a.x) * dx + (point.y - self.a.y) * dy;
        dot.div_euclid(self.length())
    }

    /// Covers what lies beside the segment `c`-`d`, if that lies on the edge's line.
    pub(crate) fn add(&mut self, c: Point, d: Point) {
        let straight = self.a.x == self.b.x || self.a.y == self.b.y;
        let off = |point: Point| self.a.turn(self.b, point).abs();
        let allowed = if straight {
            0
        } else {
            ROUNDING_MM * self.length()
        };
        // Short edges give long ones a large angle, so the longer of the two is the measure.
        let on_line = off(c) <= allowed && off(d) <= allowed || {
            let length = c.distance(d).max(1);
            let slack = if c.x == d.x || c.y == d.y {
                0
            } else {
                ROUNDING_MM * length
            };
            c.turn(d, self.a).abs() <= slack && c.turn(d, self.b).abs() <= slack
        };
        if on_line {
            let (from, to) = (self.along(c), self.along(d));
            self.pieces.push((from.min(to), from.max(to)));
        }
    }

    /// How many millimetres of the edge are not covered.
    pub(crate) fn missing(mut self) -> i64 {
        let length = self.length();
        let straight = self.a.x == self.b.x || self.a.y == self.b.y;
        let slack = if straight { 0 } else { ROUNDING_MM };
        self.pieces.sort_unstable();
        let (mut reached, mut missing) = (0, 0);
        for (from, to) in self.pieces {
            if from > reached + slack {
                missing += from.min(length) - reached.min(length);
            }
            reached = reached.max(to);
        }
        if reached + slack < length {
            missing += length - reached;
        }
        missing
    }

    /// How many millimetres of the edge are covered.
    pub(crate) fn covered(self) -> i64 {
        let length = self.length();
        length - self.missing()
    }
}
