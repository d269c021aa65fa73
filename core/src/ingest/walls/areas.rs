//! Filled areas as bars: rectangles by their long axis, other polygons by their facing edges.

use std::collections::BTreeMap;

use super::bars::Bar;
use super::families::families;
use super::pairs::{exclusive, facing_lines, merged_lines};
use crate::error::Result;
use crate::ingest::drawing::{Colour, Drawing, Path};
use crate::plan::{Point, Rect, Segment, WallStyle};
use crate::watch::Watch;

/// Thickest wall, as a share of the diagonal of everything filled with its colour.
const THICKEST_SHARE: f64 = 0.06;

/// Polygons with more corners than this are pictures or terrain, not walls.
const MAX_CORNERS: usize = 20_000;

/// A rectangle with sides as equal as this has no long axis.
const SQUARE: f64 = 1.2;

/// The bars inside the filled areas of each colour, in a fixed order.
pub(super) fn by_colour(drawing: &Drawing, watch: &dyn Watch) -> Result<Vec<Vec<Bar>>> {
    let mut groups: BTreeMap<Colour, Vec<Area>> = BTreeMap::new();
    for path in drawing.paths() {
        if let Some(colour) = path.paint().fill.filter(|colour| !colour.is_white())
            && let Some(area) = Area::of(&path)
        {
            groups.entry(colour).or_default().push(area);
        }
    }
    let mut found = Vec::new();
    for areas in groups.values() {
        watch.check()?;
        let bounds = Rect::around(
            areas
                .iter()
                .flat_map(|area| area.rings.iter().flatten().copied()),
        );
        let thickest = (THICKEST_SHARE * bounds.diagonal()).max(4.0);
        let mut bars = Vec::new();
        for area in areas {
            match area.rectangle() {
                Some(bar) => bars.extend(bar.filter(|bar| bar.thickness <= thickest)),
                None => area.facing_edges(thickest, &mut bars),
            }
        }
        found.push(bars);
    }
    Ok(found)
}

/// The rings of one filled path, without repeated corners.
struct Area {
    rings: Vec<Vec<Point>>,
    even_odd: bool,
}

impl Area {
    fn of(path: &Path<'_>) -> Option<Area> {
        let mut rings = Vec::new();
        let mut corners = 0;
        for subpath in path.subpaths() {
            // Curves are letters, arrows and furniture.
            if subpath.curved {
                return None;
            }
            let mut ring: Vec<Point> = Vec::with_capacity(subpath.points.len());
            for &point in subpath.points {
                if ring.last().is_none_or(|last| last.distance(point) > 0.01) {
                    ring.push(point);
                }
            }
            while ring.len() > 1
                && ring
                    .first()
                    .zip(ring.last())
                    .is_some_and(|(a, b)| a.distance(*b) <= 0.01)
            {
                ring.pop();
            }
            corners += ring.len();
            if ring.len() >= 3 {
                rings.push(ring);
            }
        }
        (!rings.is_empty() && corners <= MAX_CORNERS).then(|| Area {
            rings,
            even_odd: path.paint().even_odd,
        })
    }

    /// `None` when it is no rectangle; `Some(None)` when it is one without a long axis.
    fn rectangle(&self) -> Option<Option<Bar>> {
        let [ring] = self.rings.as_slice() else {
            return None;
        };
        let &[a, b, c, d] = ring.as_slice() else {
            return None;
        };
        let (width, height) = (a.distance(b), b.distance(c));
        // A parallelogram with equal diagonals.
        let skew = Point::new(a.x + c.x, a.y + c.y).distance(Point::new(b.x + d.x, b.y + d.y));
        let tolerance = 0.02 * width.max(height) + 0.1;
        if skew > tolerance || (a.distance(c) - b.distance(d)).abs() > tolerance {
            return None;
        }
        let (from, to, thickness, length) = if width >= height {
            (a.towards(d, 0.5), b.towards(c, 0.5), height, width)
        } else {
            (a.towards(b, 0.5), d.towards(c, 0.5), width, height)
        };
        Some(
            (length >= SQUARE * thickness && thickness > 0.0).then_some(Bar {
                a: from,
                b: to,
                thickness,
                style: WallStyle::Filled,
            }),
        )
    }

    fn edges(&self) -> Vec<Segment> {
        self.rings
            .iter()
            .flat_map(|ring| {
                let next = ring.iter().cycle().skip(1);
                ring.iter().zip(next).map(|(&a, &b)| Segment::new(a, b))
            })
            .collect()
    }

    /// Bars between edges that face each other across the inside.
    fn facing_edges(&self, thickest: f64, bars: &mut Vec<Bar>) {
        let edges = self.edges();
        let inside = Inside::new(&edges, self.even_odd);
        for family in families(&edges) {
            let members = family.members.iter().filter_map(|&index| edges.get(index));
            let lines = merged_lines(family.axis, members);
            let facing: Vec<_> = facing_lines(&lines, 0.5, thickest)
                .into_iter()
                .filter(|pair| {
                    let bar = pair.bar(family.axis, &lines, WallStyle::Filled);
                    bar.is_some_and(|bar| inside.contains(bar.a.towards(bar.b, 0.5)))
                })
                .collect();
            for pair in exclusive(&facing, lines.len()) {
                bars.extend(pair.bar(family.axis, &lines, WallStyle::Filled));
            }
        }
    }
}

/// Tells whether points lie inside an area; edges are kept in horizontal bands.
struct Inside<'a> {
    edges: &'a [Segment],
    bands: Vec<Vec<usize>>,
    bounds: Rect,
    even_odd: bool,
}

impl<'a> Inside<'a> {
    fn new(edges: &'a [Segment], even_odd: bool) -> Inside<'a> {
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

    fn contains(&self, point: Point) -> bool {
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
