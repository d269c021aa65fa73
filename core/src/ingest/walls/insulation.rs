//! Insulation in a wall: a line that goes to and fro between its faces.

use crate::plan::Point;

/// Such a line turns back at least so often.
const TURNS: usize = 6;

/// At each turn it comes back: it turns by more than a right angle, by this as a cosine.
const TURNS_BACK: f64 = -0.1;

/// The way to and that fro are about as long as each other, but for this share.
const ALIKE: f64 = 0.25;

/// Whether the line through `points` goes to and fro all along. Its pieces lie side by side like
/// pairs of faces, and are none.
pub(super) fn is_zigzag(points: &[Point]) -> bool {
    if points.len() < TURNS + 2 {
        return false;
    }
    let mut sides = points.windows(3).map(|corner| match corner {
        &[one, two, three] => turn(one, two, three),
        _ => None,
    });
    let first = sides.next().flatten();
    let mut previous = first;
    first.is_some()
        && sides.all(|side| {
            let alternates = side.is_some() && side != previous;
            previous = side;
            alternates
        })
}

/// To which side a line turns back at `two`, if it does and both ways are alike.
fn turn(one: Point, two: Point, three: Point) -> Option<bool> {
    let (ux, uy) = (two.x - one.x, two.y - one.y);
    let (vx, vy) = (three.x - two.x, three.y - two.y);
    let (to, fro) = (ux.hypot(uy), vx.hypot(vy));
    let turns_back = ux * vx + uy * vy < TURNS_BACK * to * fro;
    let is_alike = (to - fro).abs() <= ALIKE * to.max(fro);
    (turns_back && is_alike).then_some(ux * vy - uy * vx > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insulation_goes_to_and_fro_and_steps_do_not() {
        let line = |step: f64, rise: f64, back: f64| {
            let at = |n: u32| {
                Point::new(
                    f64::from(n) * step,
                    if n.is_multiple_of(2) { back } else { rise },
                )
            };
            (0..12).map(at).collect::<Vec<Point>>()
        };
        let zigzag = line(2.0, 4.0, 0.0);
        assert!(is_zigzag(&zigzag));
        assert!(!is_zigzag(zigzag.get(..6).unwrap()));
        assert!(!is_zigzag(&line(4.0, 2.0, 0.0)));
        // Steps turn to and fro as well, but by a right angle.
        let step = |n: u32| Point::new(f64::from(n.div_ceil(2)), f64::from(n / 2));
        assert!(!is_zigzag(&(0..12).map(step).collect::<Vec<Point>>()));
        // A spiral turns back all the time, to one side.
        let round = (0..12).map(|n| {
            let (sin, cos) = (f64::from(n) * 2.2).sin_cos();
            Point::new(cos, sin)
        });
        assert!(!is_zigzag(&round.collect::<Vec<Point>>()));
    }
}
