//! How dark each pixel is against the paper around it.

use super::gray::Gray;

/// Side of the squares in which the brightness of the paper is looked up.
const TILE: usize = 64;

/// Paper whose brightness varies by less than this is lit evenly.
const UNEVEN: u8 = 12;

/// Tones further than this share from paper and ink are between them.
const BETWEEN: f64 = 0.1;

/// Ink on paper: 0 for bare paper, 255 for the darkest line of the page.
pub(super) struct Ink {
    pub(super) plane: Gray,
    /// Spread of the paper's pixels (one standard deviation), in the same unit.
    pub(super) noise: f64,
    /// Whether the scan is black and white without anything between.
    pub(super) two_tone: bool,
}

/// The ink on a scan; `None` when nothing on it is darker than its paper.
pub(super) fn ink(scan: &Gray) -> Option<Ink> {
    let histogram = histogram(&scan.pixels);
    let total = scan.pixels.len();
    let median = quantile(&histogram, total, 0.5);
    // The paper is the commonest of the brighter tones.
    let paper = (median..=255)
        .max_by_key(|&tone| (histogram.get(usize::from(tone)).copied(), tone))
        .unwrap_or(255);
    let spread = paper_spread(&histogram, paper);
    let contrast = f64::from(paper) * 0.25;
    let darker = |tone: u8| f64::from(paper) - f64::from(tone) > contrast.max(4.0 * spread);
    let dark: Vec<usize> = histogram
        .iter()
        .zip(0_u8..=255)
        .map(|(&count, tone)| if darker(tone) { count } else { 0 })
        .collect();
    let dark_total: usize = dark.iter().sum();
    if dark_total == 0 {
        return None;
    }
    let darkest = quantile(&dark, dark_total, 0.1);
    let range = f64::from(paper.saturating_sub(darkest).max(1));
    let between: usize = histogram
        .iter()
        .zip(0_u8..=255)
        .filter(|(_, tone)| {
            let ink = f64::from(paper.saturating_sub(*tone)) / range;
            (BETWEEN..1.0 - BETWEEN).contains(&ink)
        })
        .map(|(count, _)| count)
        .sum();
    let mut plane = Gray::filled(scan.width, scan.height, 0);
    match uneven_paper(scan, paper) {
        None => {
            let table: Vec<u8> = (0..=255_u8)
                .map(|tone| share(paper.saturating_sub(tone), range))
                .collect();
            for (slot, &pixel) in plane.pixels.iter_mut().zip(&scan.pixels) {
                *slot = table.get(usize::from(pixel)).copied().unwrap_or(0);
            }
        }
        Some(tiles) => {
            let width = scan.width.max(1);
            let rows = plane.pixels.chunks_exact_mut(width).zip(scan.rows());
            for (y, (out, row)) in rows.enumerate() {
                for (x, (slot, &pixel)) in out.iter_mut().zip(row).enumerate() {
                    let local = tiles.paper_at(x, y);
                    // Shadows darken the ink as they darken the paper.
                    let scale = f64::from(paper) / f64::from(local.max(1));
                    *slot = share(local.saturating_sub(pixel), range / scale);
                }
            }
        }
    }
    Some(Ink {
        plane,
        noise: spread * 255.0 / range,
        two_tone: between * 50 < dark_total,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a byte"
)]
fn share(difference: u8, range: f64) -> u8 {
    (f64::from(difference) * 255.0 / range).round().min(255.0) as u8
}

fn histogram(pixels: &[u8]) -> Vec<usize> {
    let mut counts = vec![0; 256];
    for &pixel in pixels {
        if let Some(count) = counts.get_mut(usize::from(pixel)) {
            *count += 1;
        }
    }
    counts
}

/// The tone below which `share` of the pixels lie.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of a count"
)]
fn quantile(histogram: &[usize], total: usize, share: f64) -> u8 {
    let wanted = (total as f64 * share) as usize;
    let mut passed = 0;
    for (&count, tone) in histogram.iter().zip(0_u8..=255) {
        passed += count;
        if passed > wanted {
            return tone;
        }
    }
    255
}

/// One standard deviation of the paper's tone, told from its darker side: the brighter one may
/// be cut off at white.
#[expect(clippy::cast_precision_loss, reason = "counts of pixels")]
fn paper_spread(histogram: &[usize], paper: u8) -> f64 {
    let below = histogram.get(..=usize::from(paper)).unwrap_or_default();
    let total: usize = below.iter().sum();
    let mut passed = 0;
    for (distance, &count) in below.iter().rev().enumerate() {
        passed += count;
        // Ink is a small part of a page; what is left of it makes the spread a little larger.
        if passed as f64 >= 0.68 * total as f64 {
            return distance as f64;
        }
    }
    0.0
}

struct Tiles {
    across: usize,
    down: usize,
    tones: Vec<u8>,
}

impl Tiles {
    fn at(&self, x: usize, y: usize) -> u8 {
        let (x, y) = (x.min(self.across - 1), y.min(self.down - 1));
        self.tones.get(y * self.across + x).copied().unwrap_or(255)
    }

    /// The paper's tone at a pixel, between the middles of the four tiles around it.
    fn paper_at(&self, x: usize, y: usize) -> u8 {
        let place = |at: usize| {
            let at = at.saturating_sub(TILE / 2);
            (at / TILE, at % TILE)
        };
        let ((left, right_share), (top, low_share)) = (place(x), place(y));
        let row = |y: usize| {
            usize::from(self.at(left, y)) * (TILE - right_share)
                + usize::from(self.at(left + 1, y)) * right_share
        };
        let mixed = row(top) * (TILE - low_share) + row(top + 1) * low_share;
        u8::try_from(mixed / (TILE * TILE)).unwrap_or(255)
    }
}

/// The paper's brightness by tiles, if it varies over the page.
fn uneven_paper(scan: &Gray, paper: u8) -> Option<Tiles> {
    let (across, down) = (
        scan.width.div_ceil(TILE).max(1),
        scan.height.div_ceil(TILE).max(1),
    );
    let mut counts = vec![vec![0_usize; 256]; across];
    let mut tones = Vec::with_capacity(across * down);
    for top in (0..down).map(|tile| tile * TILE) {
        counts.iter_mut().for_each(|tile| tile.fill(0));
        for y in top..(top + TILE).min(scan.height) {
            for (tile, pixels) in counts.iter_mut().zip(scan.row(y).chunks(TILE)) {
                for &pixel in pixels {
                    if let Some(count) = tile.get_mut(usize::from(pixel)) {
                        *count += 1;
                    }
                }
            }
        }
        tones.extend(
            counts
                .iter()
                .map(|tile| quantile(tile, tile.iter().sum(), 0.7)),
        );
    }
    // A tile full of ink says nothing of the paper: the brightest neighbour does.
    let raw = Tiles {
        across,
        down,
        tones,
    };
    let near = |x: usize, y: usize, pick: fn(&[u8]) -> u8| {
        let around: Vec<u8> = (y.saturating_sub(1)..=y + 1)
            .flat_map(|y| (x.saturating_sub(1)..=x + 1).map(move |x| (x, y)))
            .filter(|&(x, y)| x < across && y < down)
            .map(|(x, y)| raw.at(x, y))
            .collect();
        pick(&around)
    };
    let brightest = |tones: &[u8]| tones.iter().copied().max().unwrap_or(255);
    let smooth: Vec<u8> = (0..down)
        .flat_map(|y| (0..across).map(move |x| (x, y)))
        .map(|(x, y)| near(x, y, brightest))
        .collect();
    let mut sorted = smooth.clone();
    sorted.sort_unstable();
    let low = sorted.get(sorted.len() / 20).copied().unwrap_or(paper);
    let high = sorted.get(sorted.len() * 19 / 20).copied().unwrap_or(paper);
    (high.saturating_sub(low) > UNEVEN).then_some(Tiles {
        across,
        down,
        tones: smooth,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shaded_paper_is_still_paper() {
        let mut scan = Gray::filled(640, 320, 0);
        for y in 0..320 {
            for x in 0..640 {
                let paper = 250 - x / 8;
                let line = (150..153).contains(&y);
                scan.pixels[y * 640 + x] = if line { 20 } else { paper as u8 };
            }
        }
        let ink = ink(&scan).unwrap();
        let at = |x: usize, y: usize| ink.plane.row(y)[x];
        for x in [20, 300, 620] {
            assert!(at(x, 20) < 25, "paper at {x}: {}", at(x, 20));
            assert!(at(x, 151) > 200, "line at {x}: {}", at(x, 151));
        }
    }

    #[test]
    fn bare_paper_has_no_ink() {
        assert!(ink(&Gray::filled(100, 100, 240)).is_none());
    }
}
