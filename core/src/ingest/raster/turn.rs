//! Turning a plane so that a direction runs along its rows.

use super::gray::Gray;
use crate::error::Result;
use crate::ingest::limits::Budget;
use crate::plan::Point;

/// A plane turned about the middle of another one.
pub(super) struct Turned {
    pub(super) plane: Gray,
    frame: Frame,
}

/// From places on the turned plane to places on the plane that was turned.
#[derive(Debug, Clone, Copy)]
struct Frame {
    sin: f64,
    cos: f64,
    own_middle: Point,
    other_middle: Point,
}

impl Frame {
    fn back(&self, x: f64, y: f64) -> Point {
        let (x, y) = (x - self.own_middle.x, y - self.own_middle.y);
        Point::new(
            self.other_middle.x + x * self.cos - y * self.sin,
            self.other_middle.y + x * self.sin + y * self.cos,
        )
    }
}

impl Turned {
    /// Where a place of the turned plane was before.
    pub(super) fn back(&self, x: f64, y: f64) -> Point {
        self.frame.back(x, y)
    }
}

/// The ink of `plane` with the direction `angle` along its rows; none outside of it.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sides of planes are bounded, and places are checked before they are used"
)]
pub(super) fn turned(plane: &Gray, angle: f64, budget: &mut Budget<'_>) -> Result<Turned> {
    let (sin, cos) = angle.sin_cos();
    let (width, height) = (plane.width as f64, plane.height as f64);
    let own_width = (width * cos.abs() + height * sin.abs()).ceil() as usize;
    let own_height = (width * sin.abs() + height * cos.abs()).ceil() as usize;
    let frame = Frame {
        sin,
        cos,
        own_middle: Point::new(own_width as f64 / 2.0, own_height as f64 / 2.0),
        other_middle: Point::new(width / 2.0, height / 2.0),
    };
    let mut out = Gray::filled(own_width, own_height, 0);
    for (y, row) in out.pixels.chunks_exact_mut(own_width.max(1)).enumerate() {
        budget.spend_steps(1 + (own_width / 64) as u64)?;
        let start = frame.back(0.5, y as f64 + 0.5);
        for (x, pixel) in row.iter_mut().enumerate() {
            let from_x = start.x + x as f64 * cos - 0.5;
            let from_y = start.y + x as f64 * sin - 0.5;
            if from_x < 0.0 || from_y < 0.0 || from_x > width - 1.0 || from_y > height - 1.0 {
                continue;
            }
            let (left, top) = (from_x as usize, from_y as usize);
            let right_share = ((from_x - left as f64) * 256.0) as u32;
            let low_share = ((from_y - top as f64) * 256.0) as u32;
            let at = top * plane.width + left;
            let pair = |at: usize| {
                let one = u32::from(plane.pixels.get(at).copied().unwrap_or(0));
                let two = u32::from(plane.pixels.get(at + 1).copied().unwrap_or(0));
                one * (256 - right_share) + two * right_share
            };
            let mixed = pair(at) * (256 - low_share) + pair(at + plane.width) * low_share;
            *pixel = u8::try_from((mixed + 32_768) >> 16).unwrap_or(255);
        }
    }
    Ok(Turned { plane: out, frame })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Limits;
    use crate::watch::Unwatched;

    #[test]
    fn a_slanted_line_lies_along_a_row_after_turning() {
        let angle = 10.0_f64.to_radians();
        let mut plane = Gray::filled(300, 200, 0);
        for x in 0..300 {
            let y = 60.0 + f64::from(x) * angle.tan();
            plane.pixels[y as usize * 300 + x as usize] = 255;
        }
        let mut budget = Budget::new(Limits::default(), &Unwatched);
        let turned = turned(&plane, angle, &mut budget).unwrap();
        let sums: Vec<u64> = turned
            .plane
            .rows()
            .map(|row| row.iter().map(|&ink| u64::from(ink)).sum())
            .collect();
        let (row, _) = sums
            .iter()
            .enumerate()
            .max_by_key(|(_, sum)| **sum)
            .unwrap();
        let near: u64 = sums[row - 1..=row + 1].iter().sum();
        assert!(near * 10 > sums.iter().sum::<u64>() * 9);
        // And the row leads back to the line.
        let back = turned.back(150.0, row as f64 + 0.5);
        let expected = 60.5 + back.x * angle.tan();
        assert!((back.y - expected).abs() < 1.0, "{back:?}");
    }
}
