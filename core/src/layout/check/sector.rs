//! The floor a door's leaf sweeps: a quarter disc with its sides along the axes.

use super::super::geometry::{Point, Rect};

/// A quarter disc: from the hinge along (`dx`, 0) and (0, `dy`), each 1 or -1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sector {
    /// The hinge.
    pub(crate) hinge: Point,
    /// 1 to the right, -1 to the left.
    pub(crate) dx: i64,
    /// 1 downwards, -1 upwards.
    pub(crate) dy: i64,
    /// Width of the leaf.
    pub(crate) radius: i64,
}

impl Sector {
    fn local(&self, point: Point) -> Point {
        Point::new(
            (point.x - self.hinge.x) * self.dx,
            (point.y - self.hinge.y) * self.dy,
        )
    }

    /// The square around it.
    pub(crate) fn bounds(&self) -> Rect {
        let (x, y) = (self.hinge.x, self.hinge.y);
        Rect::new(x, y, x + self.dx * self.radius, y + self.dy * self.radius)
    }

    /// A point well inside.
    pub(crate) fn inner_point(&self) -> Point {
        let third = self.radius / 3;
        self.hinge.shifted(self.dx * third, self.dy * third)
    }

    /// Whether it shares area with a box. Exact: the box's nearest point in the quadrant.
    pub(crate) fn meets_rect(&self, rect: &Rect) -> bool {
        let (a, b) = (
            self.local(Point::new(rect.x0, rect.y0)),
            self.local(Point::new(rect.x1, rect.y1)),
        );
        let (x0, x1) = (a.x.min(b.x), a.x.max(b.x));
        let (y0, y1) = (a.y.min(b.y), a.y.max(b.y));
        if x0 >= x1 || y0 >= y1 || x1 <= 0 || y1 <= 0 {
            return false;
        }
        let (x, y) = (x0.max(0), y0.max(0));
        x * x + y * y < self.radius * self.radius
    }

    /// Whether its inside is cut by a segment. Exact for segments along the axes.
    pub(crate) fn meets_segment(&self, a: Point, b: Point) -> bool {
        let (a, b) = (self.local(a), self.local(b));
        let squared = self.radius * self.radius;
        if a.x == b.x || a.y == b.y {
            let (x0, x1) = (a.x.min(b.x), a.x.max(b.x));
            let (y0, y1) = (a.y.min(b.y), a.y.max(b.y));
            if x1 <= 0 || y1 <= 0 {
                return false;
            }
            let (x, y) = (x0.max(0), y0.max(0));
            return x * x + y * y < squared;
        }
        self.meets_slanting(a, b)
    }

    /// The nearest point to the hinge of the part of the segment that is in the quadrant.
    fn meets_slanting(&self, a: Point, b: Point) -> bool {
        let (ax, ay) = (a.x as f64, a.y as f64);
        let (dx, dy) = ((b.x - a.x) as f64, (b.y - a.y) as f64);
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        for (start, step) in [(ax, dx), (ay, dy)] {
            // Where the coordinate is positive.
            let zero = -start / step;
            if step > 0.0 {
                from = from.max(zero);
            } else {
                to = to.min(zero);
            }
        }
        if from >= to {
            return false;
        }
        let nearest = (-(ax * dx + ay * dy) / (dx * dx + dy * dy)).clamp(from, to);
        let (x, y) = (ax + nearest * dx, ay + nearest * dy);
        // Corners of slanting outlines are rounded to a millimetre.
        x.hypot(y) < self.radius as f64 - 1.0
    }

    /// Whether the two share area.
    ///
    /// Both are convex, so it is enough to look at the point of the common box of their quadrants
    /// where the larger of the two powers is least: nearest to one hinge, nearest to the other, or
    /// on the line of equal power (the radical axis).
    pub(crate) fn meets_sector(&self, other: &Sector) -> bool {
        let Some(common) = self.bounds().intersection(&other.bounds()) else {
            return false;
        };
        let nearest = |hinge: Point| {
            Point::new(
                hinge.x.clamp(common.x0, common.x1),
                hinge.y.clamp(common.y0, common.y1),
            )
        };
        let power = |sector: &Sector, point: Point| {
            point.distance_squared(sector.hinge) - sector.radius * sector.radius
        };
        let candidates = [nearest(self.hinge), nearest(other.hinge)];
        if candidates
            .iter()
            .any(|point| power(self, *point) < 0 && power(other, *point) < 0)
        {
            return true;
        }
        self.meets_on_radical_axis(other, &common)
    }

    fn meets_on_radical_axis(&self, other: &Sector, common: &Rect) -> bool {
        let (a, b) = (self.hinge, other.hinge);
        let (nx, ny) = ((b.x - a.x) as f64, (b.y - a.y) as f64);
        let length = nx * nx + ny * ny;
        if length <= 0.0 {
            return false;
        }
        // Points p with n . (p - a) = offset have equal power.
        let radii = (self.radius * self.radius - other.radius * other.radius) as f64;
        let offset = f64::midpoint(length, radii);
        // The foot of the hinge on the axis, moved along the axis into the box.
        let foot = (
            a.x as f64 + nx * offset / length,
            a.y as f64 + ny * offset / length,
        );
        let (tx, ty) = (-ny, nx);
        let (mut from, mut to) = (f64::NEG_INFINITY, f64::INFINITY);
        for (start, step, low, high) in [
            (foot.0, tx, common.x0, common.x1),
            (foot.1, ty, common.y0, common.y1),
        ] {
            let (low, high) = (low as f64, high as f64);
            if step == 0.0 {
                if start < low || start > high {
                    return false;
                }
                continue;
            }
            let (one, two) = ((low - start) / step, (high - start) / step);
            from = from.max(one.min(two));
            to = to.min(one.max(two));
        }
        if from > to {
            return false;
        }
        let share = 0.0_f64.clamp(from, to);
        let point = (foot.0 + share * tx, foot.1 + share * ty);
        let distance = (point.0 - a.x as f64).hypot(point.1 - a.y as f64);
        // A thousandth of a millimetre is far below what is built and above what floats lose.
        distance + 1e-3 < self.radius as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOOR: Sector = Sector {
        hinge: Point::new(0, 0),
        dx: 1,
        dy: 1,
        radius: 900,
    };

    #[test]
    fn a_box_touches_the_leaf_only_within_its_radius() {
        // The corner (540, 720) lies on the circle of 900 exactly.
        assert!(!DOOR.meets_rect(&Rect::new(540, 720, 2000, 2000)));
        assert!(DOOR.meets_rect(&Rect::new(539, 720, 2000, 2000)));
        assert!(
            !DOOR.meets_rect(&Rect::new(-500, -500, 0, 2000)),
            "behind the hinge"
        );
        assert!(!DOOR.meets_rect(&Rect::new(0, 900, 500, 1000)));
    }

    #[test]
    fn a_wall_at_the_radius_is_clear() {
        assert!(!DOOR.meets_segment(Point::new(-100, 900), Point::new(2000, 900)));
        assert!(DOOR.meets_segment(Point::new(-100, 899), Point::new(2000, 899)));
        assert!(
            !DOOR.meets_segment(Point::new(0, -10), Point::new(0, 5000)),
            "the leaf's own wall"
        );
        assert!(DOOR.meets_segment(Point::new(1000, 100), Point::new(100, 1000)));
        assert!(!DOOR.meets_segment(Point::new(1300, 10), Point::new(10, 1300)));
    }

    #[test]
    fn two_leaves_meet_when_their_discs_do() {
        let facing = |x: i64, y: i64| Sector {
            hinge: Point::new(x, y),
            dx: -1,
            dy: -1,
            radius: 900,
        };
        // Hinges on a diagonal: the discs touch at 1800 along it; 1272.8 in each direction.
        assert!(DOOR.meets_sector(&facing(1272, 1272)));
        assert!(!DOOR.meets_sector(&facing(1273, 1273)));
        let beside = Sector {
            hinge: Point::new(1800, 0),
            dx: -1,
            dy: 1,
            radius: 900,
        };
        assert!(!DOOR.meets_sector(&beside), "two leaves of a double door");
        assert!(DOOR.meets_sector(&Sector {
            hinge: Point::new(1799, 0),
            ..beside
        }));
        assert!(DOOR.meets_sector(&DOOR));
    }
}
