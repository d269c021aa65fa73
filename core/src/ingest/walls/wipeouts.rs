//! White patches over solid walls, which stand for gaps in them.
//!
//! Some programs draw walls in one piece and cover them with white where doors and windows are.

use super::bars::Bar;
use super::junctions::{Near, Places};
use crate::error::Result;
use crate::ingest::drawing::{Colour, Drawing, Path};
use crate::plan::{Point, Segment, WallStyle};
use crate::watch::Watch;

/// A patch covers this share of the thickness of its wall...
const COVERED: f64 = 0.9;

/// ...and reaches no farther than this many thicknesses across it: larger ones are paper behind
/// a text or a picture.
const WIDEST: f64 = 2.5;

/// Patches that are looked at; a plan has some for each opening.
const MAX_PATCHES: usize = 2_000;

/// Corners of paths that are looked at for all patches together, to bound the time.
const MAX_CORNERS: usize = 50_000_000;

/// A white quadrangle, and its place in the order of drawing.
struct Patch {
    order: usize,
    corners: [Point; 4],
    middle: Point,
}

/// Takes from the stretches where `walls` are `drawn` what is covered with white in `drawing`.
pub(super) fn erase(
    walls: &[Bar],
    drawn: &mut [Vec<(f64, f64)>],
    drawing: &Drawing,
    watch: &dyn Watch,
) -> Result<()> {
    let is_solid = |bar: &Bar| matches!(bar.style, WallStyle::Filled | WallStyle::Single);
    if !walls.iter().any(is_solid) {
        return Ok(());
    }
    let patches = patches(drawing);
    if patches.is_empty() {
        return Ok(());
    }
    let places = Places::new(walls);
    let mut near = Near::new(walls);
    let mut looks_left = MAX_CORNERS / drawing.point_count().max(1);
    for patch in &patches {
        watch.check()?;
        for &index in places.near(patch.middle, &mut near) {
            let (Some(wall), Some(stretches)) = (walls.get(index), drawn.get_mut(index)) else {
                continue;
            };
            let Some((from, to)) = patch.on(wall).filter(|_| is_solid(wall)) else {
                continue;
            };
            if looks_left == 0 {
                return Ok(());
            }
            looks_left -= 1;
            if patch.shows(wall, drawing) {
                *stretches = stretches
                    .iter()
                    .flat_map(|&(start, end)| [(start, end.min(from)), (start.max(to), end)])
                    .filter(|(start, end)| end > start)
                    .collect();
            }
        }
    }
    Ok(())
}

fn patches(drawing: &Drawing) -> Vec<Patch> {
    let white = drawing.paths().enumerate().filter(|(_, path)| {
        let fill = path.paint().fill;
        fill.is_some_and(Colour::is_white)
    });
    let patches = white.filter_map(|(order, path)| {
        let mut subpaths = path.subpaths();
        let (only, None) = (subpaths.next()?, subpaths.next()) else {
            return None;
        };
        let corners: [Point; 4] = match *only.points {
            [a, b, c, d] => [a, b, c, d],
            [a, b, c, d, e] if a == e => [a, b, c, d],
            _ => return None,
        };
        let middle = corners[0].towards(corners[2], 0.5);
        Some(Patch {
            order,
            corners,
            middle,
        })
    });
    patches.take(MAX_PATCHES).collect()
}

impl Patch {
    /// The stretch along `wall` that it covers from face to face.
    fn on(&self, wall: &Bar) -> Option<(f64, f64)> {
        let length = wall.length().max(1e-9);
        let (dx, dy) = (
            (wall.b.x - wall.a.x) / length,
            (wall.b.y - wall.a.y) / length,
        );
        let along = self
            .corners
            .map(|corner| (corner.x - wall.a.x) * dx + (corner.y - wall.a.y) * dy);
        let across = self
            .corners
            .map(|corner| (corner.y - wall.a.y) * dx - (corner.x - wall.a.x) * dy);
        let range = |of: [f64; 4]| {
            let least = of.into_iter().fold(f64::INFINITY, f64::min);
            (least, of.into_iter().fold(f64::NEG_INFINITY, f64::max))
        };
        let ((from, to), (low, high)) = (range(along), range(across));
        let half = 0.5 * COVERED * wall.thickness;
        let fits = low <= -half && high >= half && high - low <= WIDEST * wall.thickness;
        (fits && to > 0.0 && from < length && to > from).then_some((from, to))
    }

    /// Whether the wall was drawn before it, and not again after it.
    fn shows(&self, wall: &Bar, drawing: &Drawing) -> bool {
        let covers = |path: &Path<'_>| covers(path, self.middle, 0.5 * wall.thickness);
        let mut before = drawing.paths().take(self.order);
        let mut after = drawing.paths().skip(self.order + 1);
        before.any(|path| covers(&path)) && !after.any(|path| covers(&path))
    }
}

/// Whether `path` paints `point` in a colour: by its fill, or by a line of at least `width`.
fn covers(path: &Path<'_>, point: Point, width: f64) -> bool {
    let paint = path.paint();
    if let Some(stroke) = paint.stroke
        && !stroke.colour.is_white()
        && stroke.width_pt >= width
    {
        let mut lines = path.subpaths().flat_map(|subpath| subpath.segments());
        if lines.any(|line| line.distance_to(point) <= 0.5 * stroke.width_pt) {
            return true;
        }
    }
    if paint.fill.is_none_or(Colour::is_white) {
        return false;
    }
    let mut winding = 0_i32;
    for subpath in path.subpaths() {
        let ends = subpath.points.first().zip(subpath.points.last());
        let closing = ends.map(|(&first, &last)| Segment::new(last, first));
        let sides = subpath.points.iter().zip(subpath.points.iter().skip(1));
        for side in sides.map(|(&a, &b)| Segment::new(a, b)).chain(closing) {
            let (up, down) = (
                side.a.y <= point.y && side.b.y > point.y,
                side.b.y <= point.y && side.a.y > point.y,
            );
            if !up && !down {
                continue;
            }
            let share = (point.y - side.a.y) / (side.b.y - side.a.y);
            if side.a.x + share * (side.b.x - side.a.x) > point.x {
                winding += if up { 1 } else { -1 };
            }
        }
    }
    if paint.even_odd {
        winding % 2 != 0
    } else {
        winding != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::drawing::Paint;
    use crate::watch::Unwatched;

    fn fill(drawing: &mut Drawing, (x0, y0, x1, y1): (f64, f64, f64, f64), colour: Colour) {
        let corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)].map(|(x, y)| Point::new(x, y));
        let path = drawing.begin_path();
        drawing.push_subpath(&corners, true, false);
        let paint = Paint {
            stroke: None,
            fill: Some(colour),
            even_odd: false,
        };
        drawing.end_path(path, paint);
    }

    #[test]
    fn white_over_a_wall_is_a_gap_and_white_below_is_none() {
        let white = Colour::Rgb(255, 255, 255);
        let mut drawing = Drawing::default();
        fill(&mut drawing, (10.0, 7.0, 30.0, 13.0), white);
        fill(&mut drawing, (0.0, 7.0, 200.0, 13.0), Colour::BLACK);
        fill(&mut drawing, (80.0, 6.9, 100.0, 13.1), white);
        fill(&mut drawing, (120.0, 0.0, 180.0, 40.0), white);
        let wall = Bar {
            a: Point::new(0.0, 10.0),
            b: Point::new(200.0, 10.0),
            thickness: 6.0,
            style: WallStyle::Filled,
        };
        let mut drawn = vec![vec![(0.0, 200.0)]];
        erase(&[wall], &mut drawn, &drawing, &Unwatched).unwrap();
        assert_eq!(drawn[0], [(0.0, 80.0), (100.0, 200.0)]);
    }
}
