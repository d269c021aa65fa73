//! The directions that the lines of a scan run in, and by how much it was laid on skew.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

use super::gray::{Gray, Reducer};
use super::ink::Ink;
use crate::error::Result;
use crate::watch::Watch;

/// Largest skew of a sheet on a scanner, in degrees; what is turned further was drawn so.
const MAX_SKEW_DEG: f64 = 6.0;

/// Pixels are averaged by squares of this side before slopes are taken: a line one pixel wide
/// otherwise has the slope of its steps.
const COARSE: usize = 3;

/// Bins of the quarter turn.
const BINS: usize = 180;

/// A direction needs this share of all edges. A bay of slanted walls has a few hundredths.
const LEAST_SHARE: f64 = 0.025;

/// Most pairs of directions that are followed.
const MAX_DIRECTIONS: usize = 6;

/// Directions are told apart from so many degrees on.
const APART_DEG: f64 = 4.0;

/// Turns that move the end of the longest line by less than so many pixels are none.
const UNMOVED_PX: f64 = 1.2;

/// Most points that a direction is fitted to.
const MAX_POINTS: usize = 120_000;

/// A direction and the one across it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Direction {
    /// Radians in -π/4..π/4, turning from the right towards the lower edge.
    pub(super) angle: f64,
    /// Share of the page's edges that run this way.
    pub(super) share: f64,
}

/// The directions, the strongest first; the upright one is always among them.
pub(super) fn directions(ink: &Ink, watch: &dyn Watch) -> Result<Vec<Direction>> {
    let coarse = coarser(&ink.plane);
    let slopes = slopes(&coarse, ink.noise, watch)?;
    let mut weights = vec![0.0; BINS];
    for slope in &slopes {
        if let Some(bin) = weights.get_mut(bin(slope.angle)) {
            *bin += f64::from(slope.weight);
        }
    }
    let total: f64 = weights.iter().sum::<f64>().max(1e-9);
    let near = |centre: usize, reach: usize| -> f64 {
        (0..=2 * reach)
            .filter_map(|step| weights.get((centre + BINS + step - reach) % BINS))
            .sum()
    };
    let mut peaks: Vec<(usize, f64)> = (0..BINS)
        .map(|centre| (centre, near(centre, 2) / total))
        .collect();
    peaks.sort_by(|one, two| two.1.total_cmp(&one.1).then(one.0.cmp(&two.0)));
    let mut found: Vec<Direction> = Vec::new();
    let mut taken: Vec<usize> = Vec::new();
    for (centre, share) in peaks {
        let apart = |other: &usize| {
            let distance = centre.abs_diff(*other);
            distance.min(BINS - distance) > 10
        };
        if found.len() >= MAX_DIRECTIONS || share < LEAST_SHARE {
            break;
        }
        if !taken.iter().all(apart) {
            continue;
        }
        taken.push(centre);
        // Slopes that run evenly in all directions are curves and lettering.
        let level = near(centre, 12) / total * 5.0 / 25.0;
        if share < 1.5 * level {
            continue;
        }
        watch.check()?;
        let angle = fitted(&slopes, angle_of(centre), watch)?;
        // A turn that moves no line by a pixel would only blur them.
        let longest = ink.plane.width.max(ink.plane.height);
        #[expect(clippy::cast_precision_loss, reason = "sides are bounded")]
        let angle = if angle.abs() * (longest as f64) < UNMOVED_PX {
            0.0
        } else {
            angle
        };
        if found
            .iter()
            .all(|other| (other.angle - angle).abs() > APART_DEG.to_radians())
        {
            found.push(Direction { angle, share });
        }
    }
    if found
        .iter()
        .all(|direction| direction.angle.abs() > MAX_SKEW_DEG.to_radians())
    {
        found.push(Direction {
            angle: 0.0,
            share: 0.0,
        });
    }
    Ok(found)
}

/// The skew of the sheet in radians: that of its lines that are nearly upright.
pub(super) fn skew(directions: &[Direction]) -> f64 {
    directions
        .iter()
        .filter(|direction| direction.angle.abs() <= MAX_SKEW_DEG.to_radians())
        .reduce(|best, other| {
            if other.share > best.share {
                other
            } else {
                best
            }
        })
        .map_or(0.0, |direction| direction.angle)
}

/// Where ink begins or ends, and the direction of that edge.
struct Slope {
    x: f32,
    y: f32,
    /// Radians in -π/4..π/4, of the edge or of the one across it.
    angle: f32,
    weight: f32,
    /// Whether the edge itself runs down rather than across.
    down: bool,
}

fn coarser(plane: &Gray) -> Gray {
    let mut reducer = Reducer::new(plane.width, COARSE);
    for row in plane.rows() {
        reducer.push(row);
    }
    reducer.finish()
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "places and slopes of pixels"
)]
fn slopes(coarse: &Gray, noise: f64, watch: &dyn Watch) -> Result<Vec<Slope>> {
    // Averaging calms the noise, and Sobel's weights add eight pixels up.
    let least = (4.0 * noise * 3.5 / COARSE as f64).max(60.0);
    let mut found = Vec::new();
    for y in 1..coarse.height.saturating_sub(1) {
        if y % 64 == 0 {
            watch.check()?;
        }
        let rows = [coarse.row(y - 1), coarse.row(y), coarse.row(y + 1)];
        for x in 1..coarse.width.saturating_sub(1) {
            let at = |row: usize, column: usize| {
                let row = rows.get(row).and_then(|row| row.get(x + column - 1));
                f64::from(row.copied().unwrap_or(0))
            };
            let across =
                at(0, 2) + 2.0 * at(1, 2) + at(2, 2) - at(0, 0) - 2.0 * at(1, 0) - at(2, 0);
            let down = at(2, 0) + 2.0 * at(2, 1) + at(2, 2) - at(0, 0) - 2.0 * at(0, 1) - at(0, 2);
            let weight = across.hypot(down);
            if weight < least {
                continue;
            }
            // The edge runs across the slope.
            let edge = across.atan2(-down);
            let quarter = (edge / FRAC_PI_2).round();
            found.push(Slope {
                x: ((x as f64 + 0.5) * COARSE as f64) as f32,
                y: ((y as f64 + 0.5) * COARSE as f64) as f32,
                angle: (edge - quarter * FRAC_PI_2) as f32,
                weight: weight as f32,
                down: (quarter as i64).rem_euclid(2) == 1,
            });
        }
    }
    Ok(found)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "taken modulo the number of bins"
)]
fn bin(angle: f32) -> usize {
    let share = (f64::from(angle) + FRAC_PI_4) / FRAC_PI_2;
    ((share * BINS as f64).max(0.0) as usize) % BINS
}

#[expect(clippy::cast_precision_loss, reason = "a small whole number")]
fn angle_of(bin: usize) -> f64 {
    (bin as f64 + 0.5) / BINS as f64 * FRAC_PI_2 - FRAC_PI_4
}

/// The angle near `about` at which the edges lie on as few lines as can be: the sharpest
/// projection.
fn fitted(slopes: &[Slope], about: f64, watch: &dyn Watch) -> Result<f64> {
    let near: Vec<&Slope> = slopes
        .iter()
        .filter(|slope| {
            let difference = (f64::from(slope.angle) - about).abs();
            difference.min(FRAC_PI_2 - difference) < 4.0_f64.to_radians()
        })
        .collect();
    let step = near.len().div_ceil(MAX_POINTS).max(1);
    let points: Vec<&Slope> = near.into_iter().step_by(step).collect();
    let mut best = about;
    for (reach_deg, steps, width) in [(2.0, 16, 4.0), (0.25, 10, 3.0), (0.05, 8, 3.0)] {
        let centre = best;
        let mut best_score = f64::NEG_INFINITY;
        for offset in -steps..=steps {
            watch.check()?;
            let angle = centre + f64::from(offset) * f64::to_radians(reach_deg) / f64::from(steps);
            let score = sharpness(&points, angle, width);
            if score > best_score {
                best_score = score;
                best = angle;
            }
        }
    }
    for _ in 0..5 {
        watch.check()?;
        best += remaining_turn(&points, best);
    }
    // Back into the quarter turn, if the peak lay at its end.
    let quarter = (best / FRAC_PI_2).round();
    Ok(best - quarter * FRAC_PI_2)
}

/// Edges this near belong to one line, in pixels.
const LINE_REACH: f64 = 6.0;

/// A line counts if it has this share of the edges of the longest one.
const LONG_LINE: f64 = 0.15;

/// By how much the lines that are nearly along `angle` still turn from it, in radians: the common
/// slope of all of them, each fitted about a middle of its own.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "stripes are counted from the lowest offset"
)]
fn remaining_turn(points: &[&Slope], angle: f64) -> f64 {
    let (sin, cos) = angle.sin_cos();
    let (mut along_along, mut along_across) = (0.0, 0.0);
    for down in [false, true] {
        // Along and across the lines; those that run down turn the other way.
        let placed: Vec<(f64, f64, f64)> = points
            .iter()
            .filter(|point| point.down == down)
            .map(|point| {
                let (x, y) = (f64::from(point.x), f64::from(point.y));
                let (one, two) = (x * cos + y * sin, y * cos - x * sin);
                let (along, across) = if down { (two, -one) } else { (one, two) };
                (along, across, f64::from(point.weight))
            })
            .collect();
        let low = placed.iter().map(|at| at.1).fold(f64::INFINITY, f64::min);
        let stripe = |across: f64| ((across - low) / LINE_REACH).max(0.0) as usize;
        let count = placed.iter().map(|at| stripe(at.1) + 1).max().unwrap_or(0);
        let mut weights = vec![0.0; count];
        for at in &placed {
            if let Some(weight) = weights.get_mut(stripe(at.1)) {
                *weight += at.2;
            }
        }
        // Each stripe that outweighs its neighbours is the middle of a line.
        let most = weights.iter().copied().fold(0.0, f64::max);
        let weight = |at: usize| weights.get(at).copied().unwrap_or(0.0);
        let is_line = |at: usize| {
            weight(at) >= LONG_LINE * most
                && weight(at) >= weight(at + 1)
                && at
                    .checked_sub(1)
                    .is_none_or(|before| weight(at) > weight(before))
        };
        let lines: Vec<bool> = (0..count).map(is_line).collect();
        let line_of = |at: usize| {
            let near = [Some(at), at.checked_sub(1), Some(at + 1)];
            near.into_iter()
                .flatten()
                .find(|&near| lines.get(near) == Some(&true))
        };
        let mut sums = vec![[0.0; 5]; count];
        for &(along, across, weight) in &placed {
            if let Some(sum) = line_of(stripe(across)).and_then(|line| sums.get_mut(line)) {
                let own = [1.0, along, across, along * along, along * across];
                for (slot, value) in sum.iter_mut().zip(own) {
                    *slot += weight * value;
                }
            }
        }
        for [weight, along, across, square, product] in sums {
            if weight > 0.0 {
                along_along += square - along * along / weight;
                along_across += product - along * across / weight;
            }
        }
    }
    if along_along > 0.0 {
        (along_across / along_along).clamp(-0.01, 0.01)
    } else {
        0.0
    }
}

/// Sum of the squares of how many edges fall into each stripe of `width` pixels along `angle`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "stripes are counted from the lowest offset"
)]
fn sharpness(points: &[&Slope], angle: f64, width: f64) -> f64 {
    let (sin, cos) = angle.sin_cos();
    let mut total = 0.0;
    for down in [false, true] {
        let offset = |point: &Slope| {
            let (x, y) = (f64::from(point.x), f64::from(point.y));
            if down {
                x * cos + y * sin
            } else {
                y * cos - x * sin
            }
        };
        let members = || points.iter().filter(|point| point.down == down);
        let low = members()
            .map(|point| offset(point))
            .fold(f64::INFINITY, f64::min);
        let high = members()
            .map(|point| offset(point))
            .fold(f64::NEG_INFINITY, f64::max);
        if !(low.is_finite() && high.is_finite()) {
            continue;
        }
        let mut stripes = vec![0.0; ((high - low) / width) as usize + 2];
        for point in members() {
            let place = (offset(point) - low) / width;
            let index = place as usize;
            let share = place - place.floor();
            if let Some(stripe) = stripes.get_mut(index) {
                *stripe += f64::from(point.weight) * (1.0 - share);
            }
            if let Some(stripe) = stripes.get_mut(index + 1) {
                *stripe += f64::from(point.weight) * share;
            }
        }
        total += stripes.iter().map(|stripe| stripe * stripe).sum::<f64>();
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;

    /// Lines of two pixels every sixty, turned by `degrees`, in both directions.
    fn lattice(degrees: f64) -> Ink {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let mut plane = Gray::filled(900, 700, 0);
        for y in 0..700 {
            for x in 0..900 {
                let (fx, fy) = (f64::from(x), f64::from(y));
                let near = |at: f64| (1.5 - (at.rem_euclid(60.0) - 30.0).abs()).clamp(0.0, 1.0);
                let dark = near(fx * cos + fy * sin).max(near(fy * cos - fx * sin));
                plane.pixels[(y * 900 + x) as usize] = (dark * 255.0) as u8;
            }
        }
        Ink {
            plane,
            noise: 0.0,
            two_tone: false,
        }
    }

    #[test]
    fn the_angle_is_found_to_a_fiftieth_of_a_degree() {
        for degrees in [0.0, 0.4, -1.3, 4.8, 30.6] {
            let found = directions(&lattice(degrees), &Unwatched).unwrap();
            let first = found[0].angle.to_degrees();
            assert!((first - degrees).abs() < 0.02, "{degrees}: {found:?}");
            let skew = skew(&found).to_degrees();
            let expected = if degrees < 10.0 { degrees } else { 0.0 };
            assert!((skew - expected).abs() < 0.02, "{degrees}: {skew}");
        }
    }
}
