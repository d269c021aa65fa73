//! The main direction of a plan: the angle that most of its walls follow.

/// Walls within this angle of the main direction follow it, in degrees.
const WITHIN_DEG: f64 = 2.0;

/// The direction in degrees, in -45..45, that the greatest length of `vectors` follows, quarter
/// turns aside. 0 when all are points.
pub(super) fn main_direction(vectors: &[(f64, f64)]) -> f64 {
    // A histogram over a quarter turn in steps of a quarter degree, circular.
    const BINS: usize = 360;
    let mut bins = vec![0.0_f64; BINS];
    let angle = |(x, y): (f64, f64)| y.atan2(x).to_degrees().rem_euclid(90.0);
    for vector in vectors {
        let length = vector.0.hypot(vector.1);
        let bin = (angle(*vector) * 4.0) as usize % BINS;
        if let Some(bin) = bins.get_mut(bin) {
            *bin += length;
        }
    }
    let around = |i: usize| -> f64 {
        (0..5)
            .map(|k| bins.get((i + BINS + k - 2) % BINS).copied().unwrap_or(0.0))
            .sum()
    };
    let mut best = 0;
    for i in 0..BINS {
        // Strictly more: of equals the first, so that an upright plan stays as it is.
        if around(i) > around(best) + 1e-9 {
            best = i;
        }
    }
    let rough = (best as f64 + 0.5) / 4.0;
    let (mut sum, mut weight) = (0.0, 0.0);
    for vector in vectors {
        let off = (angle(*vector) - rough + 45.0).rem_euclid(90.0) - 45.0;
        if off.abs() <= WITHIN_DEG {
            let length = vector.0.hypot(vector.1);
            sum += off * length;
            weight += length;
        }
    }
    if weight <= 0.0 {
        return 0.0;
    }
    let exact = (rough + sum / weight + 45.0).rem_euclid(90.0) - 45.0;
    // A twentieth of a degree is 9 mm in 10 m.
    if exact.abs() < 0.05 { 0.0 } else { exact }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_walls_give_the_direction() {
        assert!(main_direction(&[(10.0, 0.0), (0.0, 5.0), (-10.0, 0.0)]).abs() < 1e-9);
        let (sin, cos) = 12.0_f64.to_radians().sin_cos();
        let turned = [(9.0 * cos, 9.0 * sin), (-4.0 * sin, 4.0 * cos), (1.0, 0.0)];
        assert!((main_direction(&turned) - 12.0).abs() < 1e-6);
        let (sin, cos) = (-3.0_f64).to_radians().sin_cos();
        assert!((main_direction(&[(cos, sin), (-sin, cos)]) + 3.0).abs() < 1e-6);
    }
}
