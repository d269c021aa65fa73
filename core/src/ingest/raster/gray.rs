//! Planes of grey pixels, and making them smaller while they are decoded.

/// Rows of pixels from the top, 0 for black and 255 for white.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gray {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<u8>,
}

impl Gray {
    pub(super) fn filled(width: usize, height: usize, value: u8) -> Gray {
        Gray {
            width,
            height,
            pixels: vec![value; width.saturating_mul(height)],
        }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.pixels.chunks_exact(self.width.max(1))
    }

    pub(super) fn row(&self, y: usize) -> &[u8] {
        let start = y.saturating_mul(self.width);
        let row = start.checked_add(self.width);
        row.and_then(|end| self.pixels.get(start..end))
            .unwrap_or_default()
    }

    /// The same picture with rows and columns exchanged.
    ///
    /// Goes by small blocks, so that both planes stay in the cache.
    pub(super) fn transposed(&self) -> Gray {
        const BLOCK: usize = 32;
        let mut turned = Gray::filled(self.height, self.width, 0);
        for top in (0..self.height).step_by(BLOCK) {
            for left in (0..self.width).step_by(BLOCK) {
                let right = (left + BLOCK).min(self.width);
                for y in top..(top + BLOCK).min(self.height) {
                    let row = self.row(y).get(left..right).unwrap_or_default();
                    for (x, &pixel) in (left..right).zip(row) {
                        if let Some(slot) = turned.pixels.get_mut(x * self.height + y) {
                            *slot = pixel;
                        }
                    }
                }
            }
        }
        turned
    }
}

/// Takes the rows of a picture and keeps the averages of squares of `factor` pixels.
///
/// A scan of 600 dots to the inch is never held as a whole.
pub(super) struct Reducer {
    width: usize,
    factor: usize,
    height: usize,
    sums: Vec<u32>,
    summed: usize,
    pixels: Vec<u8>,
}

impl Reducer {
    /// For rows of `width` pixels; a factor of 1 keeps them as they are.
    pub(super) fn new(width: usize, factor: usize) -> Reducer {
        let factor = factor.clamp(1, 4_096);
        Reducer {
            width,
            factor,
            height: 0,
            sums: vec![0; width.div_ceil(factor)],
            summed: 0,
            pixels: Vec::new(),
        }
    }

    /// Adds a row; what it lacks is white.
    pub(super) fn push(&mut self, row: &[u8]) {
        let row = row.get(..self.width).unwrap_or(row);
        if self.factor == 1 {
            self.pixels.extend_from_slice(row);
            self.height += 1;
            self.pixels.resize(self.height * self.width, 255);
            return;
        }
        let lacking = self.width - row.len();
        for (sum, part) in self.sums.iter_mut().zip(row.chunks(self.factor)) {
            *sum += part.iter().map(|&pixel| u32::from(pixel)).sum::<u32>();
        }
        if lacking > 0 {
            for x in row.len()..self.width {
                if let Some(sum) = self.sums.get_mut(x / self.factor) {
                    *sum += 255;
                }
            }
        }
        self.summed += 1;
        if self.summed == self.factor {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let rows = u32::try_from(self.summed).unwrap_or(u32::MAX).max(1);
        for (index, sum) in self.sums.iter_mut().enumerate() {
            let columns = (self.width - index * self.factor).min(self.factor);
            let count = rows.saturating_mul(u32::try_from(columns).unwrap_or(1).max(1));
            self.pixels
                .push(u8::try_from((*sum + count / 2) / count).unwrap_or(255));
            *sum = 0;
        }
        self.summed = 0;
        self.height += 1;
    }

    /// The reduced picture.
    pub(super) fn finish(mut self) -> Gray {
        if self.summed > 0 {
            self.flush();
        }
        Gray {
            width: self.sums.len(),
            height: self.height,
            pixels: self.pixels,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_averaged_also_at_the_edges() {
        let mut reducer = Reducer::new(3, 2);
        reducer.push(&[0, 100, 50]);
        reducer.push(&[100, 200, 150]);
        reducer.push(&[8, 10]);
        let reduced = reducer.finish();
        assert_eq!((reduced.width, reduced.height), (2, 2));
        assert_eq!(reduced.pixels, [100, 100, 9, 255]);
    }

    #[test]
    fn transposing_twice_changes_nothing() {
        let mut plane = Gray::filled(70, 33, 0);
        for (index, pixel) in plane.pixels.iter_mut().enumerate() {
            *pixel = (index % 251) as u8;
        }
        let turned = plane.transposed();
        assert_eq!((turned.width, turned.height), (33, 70));
        assert_eq!(turned.row(5)[7], plane.row(7)[5]);
        assert_eq!(turned.transposed(), plane);
    }
}
