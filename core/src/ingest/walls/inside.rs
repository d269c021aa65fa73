//! Telling whether points lie inside a polygon with holes.

use crate::plan::{Point, Rect, Segment};

/// Tells whether points lie inside an area; edges are kept in horizontal bands.
pub(super) struct Inside<'a> {
    edges: &'a [Segment],
    /// The edges in each band, one list after the other, in order.
    passed: Vec<u32>,
    /// Where the list of each band begins in `passed`, and where the last one ends.
    starts: Vec<u32>,
    bounds: Rect,
    even_odd: bool,
}

impl<'a> Inside<'a> {
    pub(super) fn new(edges: &'a [Segment], even_odd: bool) -> Inside<'a> {
        let bounds = Rect::around(edges.iter().flat_map(|edge| [edge.a, edge.b]));
        let count = (edges.len() / 4).clamp(1, 2_000);
        let mut inside = Inside {
            edges,
            passed: Vec::new(),
            // Counted two places on, so that filling the lists moves each start to its place.
            starts: vec![0; count + 2],
            bounds,
            even_odd,
        };
        let mut bands = Vec::with_capacity(edges.len());
        for edge in edges {
            let (low, high) = (edge.a.y.min(edge.b.y), edge.a.y.max(edge.b.y));
            let band = inside.band(low)..=inside.band(high);
            for held in inside
                .starts
                .iter_mut()
                .skip(band.start() + 2)
                .take(band.clone().count())
            {
                *held += 1;
            }
            bands.push(band);
        }
        let mut sum = 0_u32;
        for start in &mut inside.starts {
            sum = start.saturating_add(sum);
            *start = sum;
        }
        inside.passed = vec![0; sum as usize];
        for (band, number) in bands.into_iter().zip(0_u32..) {
            for band in band {
                if let Some(next) = inside.starts.get_mut(band + 1) {
                    if let Some(slot) = inside.passed.get_mut(*next as usize) {
                        *slot = number;
                    }
                    *next += 1;
                }
            }
        }
        inside
    }

    fn bands(&self) -> usize {
        self.starts.len().saturating_sub(2)
    }

    fn list(&self, band: usize) -> &[u32] {
        let ends = self.starts.get(band).zip(self.starts.get(band + 1));
        let list = ends.and_then(|(from, to)| self.passed.get(*from as usize..*to as usize));
        list.unwrap_or_default()
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "clamped to the number of bands"
    )]
    fn band(&self, y: f64) -> usize {
        let share = (y - self.bounds.y0) / self.bounds.height().max(1e-9);
        let band = (share * self.bands() as f64).max(0.0) as usize;
        band.min(self.bands().saturating_sub(1))
    }

    pub(super) fn contains(&self, point: Point) -> bool {
        let mut winding = 0_i32;
        let near = self.list(self.band(point.y)).iter();
        for edge in near.filter_map(|&index| self.edges.get(index as usize)) {
            let up = edge.a.y <= point.y && edge.b.y > point.y;
            let down = edge.b.y <= point.y && edge.a.y > point.y;
            // What lies to the left by more than rounding adds is told without a division.
            let slack = 1e-9 * (edge.a.x.abs() + edge.b.x.abs());
            let is_left = edge.a.x.max(edge.b.x) + slack < point.x;
            if (!up && !down) || is_left {
                continue;
            }
            let share = (point.y - edge.a.y) / (edge.b.y - edge.a.y);
            if edge.a.x + share * (edge.b.x - edge.a.x) > point.x {
                winding += if up { 1 } else { -1 };
            }
        }
        if self.even_odd {
            winding % 2 != 0
        } else {
            winding != 0
        }
    }
}
