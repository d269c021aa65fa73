//! Telling whether points lie inside a polygon with holes.

use crate::plan::{Point, Rect, Segment};

/// Tells whether points lie inside an area; edges are kept in horizontal bands.
pub(super) struct Inside<'a> {
    edges: &'a [Segment],
    bands: Vec<Vec<usize>>,
    bounds: Rect,
    even_odd: bool,
}

impl<'a> Inside<'a> {
    pub(super) fn new(edges: &'a [Segment], even_odd: bool) -> Inside<'a> {
        let bounds = Rect::around(edges.iter().flat_map(|edge| [edge.a, edge.b]));
        let count = (edges.len() / 4).clamp(1, 2_000);
        let mut inside = Inside {
            edges,
            bands: vec![Vec::new(); count],
            bounds,
            even_odd,
        };
        for (index, edge) in edges.iter().enumerate() {
            let (low, high) = (edge.a.y.min(edge.b.y), edge.a.y.max(edge.b.y));
            for band in inside.band(low)..=inside.band(high) {
                if let Some(list) = inside.bands.get_mut(band) {
                    list.push(index);
                }
            }
        }
        inside
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "clamped to the number of bands"
    )]
    fn band(&self, y: f64) -> usize {
        let share = (y - self.bounds.y0) / self.bounds.height().max(1e-9);
        let band = (share * self.bands.len() as f64).max(0.0) as usize;
        band.min(self.bands.len().saturating_sub(1))
    }

    pub(super) fn contains(&self, point: Point) -> bool {
        let mut winding = 0_i32;
        let near = self.bands.get(self.band(point.y)).into_iter().flatten();
        for edge in near.filter_map(|&index| self.edges.get(index)) {
            let up = edge.a.y <= point.y && edge.b.y > point.y;
            let down = edge.b.y <= point.y && edge.a.y > point.y;
            if !up && !down {
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
