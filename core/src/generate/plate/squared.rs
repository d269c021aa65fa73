//! Almost straight outlines made straight, within what a wall's finish hides.

use crate::layout::Point;
use crate::layout::Ring;

/// An edge that is off its axis by no more than this is drawn, not built, aslant, in mm.
const MOVE_MM: i64 = 40;

/// The outline with nearly straight edges straightened, and by how much a corner moved at most.
pub(super) fn squared(ring: &Ring) -> (Ring, i64) {
    let ring = ring.tidied();
    let mut corners: Vec<Point> = ring.points().to_vec();
    let count = corners.len();
    for i in 0..count {
        let next = (i + 1) % count;
        let (Some(a), Some(b)) = (corners.get(i).copied(), corners.get(next).copied()) else {
            continue;
        };
        let (dx, dy) = ((b.x - a.x).abs(), (b.y - a.y).abs());
        // The middle of the edge stays where it is; its ends move onto the axis.
        if dy > 0 && dy <= 2 * MOVE_MM && dx > 10 * dy {
            let y = (a.y + b.y).div_euclid(2);
            set(&mut corners, i, |corner| corner.y = y);
            set(&mut corners, next, |corner| corner.y = y);
        } else if dx > 0 && dx <= 2 * MOVE_MM && dy > 10 * dx {
            let x = (a.x + b.x).div_euclid(2);
            set(&mut corners, i, |corner| corner.x = x);
            set(&mut corners, next, |corner| corner.x = x);
        }
    }
    let moved = Ring::new(corners);
    let most = ring
        .points()
        .iter()
        .zip(moved.points())
        .map(|(a, b)| (a.x - b.x).abs().max((a.y - b.y).abs()))
        .max();
    if moved.is_simple() {
        (moved.tidied(), most.unwrap_or(0))
    } else {
        (ring, 0)
    }
}

fn set(corners: &mut [Point], i: usize, change: impl FnOnce(&mut Point)) {
    if let Some(corner) = corners.get_mut(i) {
        change(corner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_drawn_box_becomes_one_and_a_slanting_side_stays() {
        let drawn = Ring::new(
            [[0, 0], [9000, 30], [8990, 6010], [10, 6000]]
                .map(Point::from)
                .to_vec(),
        );
        let (straight, most) = squared(&drawn);
        assert!(
            straight.is_rectilinear() && most <= 20,
            "{straight:?} moved {most}"
        );
        let skew = Ring::new(
            [[0, 0], [9000, 500], [9000, 6000], [0, 6000]]
                .map(Point::from)
                .to_vec(),
        );
        assert_eq!(squared(&skew), (skew.tidied(), 0));
    }
}
