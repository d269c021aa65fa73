//! The straight lines of a drawing, by place.

use super::tags::Tags;
use crate::error::Result;
use crate::ingest::cells::Cells;
use crate::ingest::drawing::{Drawing, Path, Stroke};
use crate::ingest::thin::filled_line;
use crate::plan::{Point, Rect, Segment};
use crate::watch::Watch;

/// Paths between two looks at the watch.
const BETWEEN_CHECKS: usize = 1_024;

/// So many lines, each counted once for each cell it passes, show nothing any more. Before a door
/// there are some hundred, in a hatching a few hundred more.
const CROWD: usize = 4_096;

/// Lines at a smaller angle than this (as its sine) are parallel.
const PARALLEL: f64 = 0.03;

/// The straight solid strokes of a drawing, and the straight sides of its fills.
pub(super) struct Sticks {
    pub(super) lines: Vec<Segment>,
    cells: Cells,
    /// Straight dashed strokes: what is above or below the section, as a door that rolls up.
    dashed: Vec<Segment>,
    dashed_cells: Cells,
}

impl Sticks {
    /// Those of at least `shortest` points.
    pub(super) fn collect(drawing: &Drawing, shortest: f64, watch: &dyn Watch) -> Result<Sticks> {
        let (mut lines, mut dashed) = (Vec::new(), Vec::new());
        let tags = Tags::of(drawing);
        for (count, path) in drawing.paths().enumerate() {
            if count % BETWEEN_CHECKS == 0 {
                watch.check()?;
            }
            let paint = path.paint();
            let is_dashed = |stroke: Stroke| stroke.dashed && !stroke.colour.is_white();
            if paint.stroke.is_some_and(is_dashed) {
                let straight = path.subpaths().filter(|subpath| !subpath.curved);
                let pieces = straight.flat_map(|subpath| subpath.segments());
                dashed.extend(pieces.filter(|piece| piece.length() >= shortest));
            }
            let is_solid = match (paint.stroke, paint.fill) {
                (Some(stroke), _) => !stroke.dashed && !stroke.colour.is_white(),
                (None, Some(colour)) => !colour.is_white() && !is_floor(&path, shortest),
                (None, None) => false,
            };
            // A line that is written as a thin area has no two sides.
            let thin = if is_solid && paint.stroke.is_none() {
                filled_line(&path)
            } else {
                None
            };
            if let Some((line, _)) = thin {
                lines.extend(Some(line).filter(|line| line.length() >= shortest));
            } else if is_solid {
                let straight = path
                    .subpaths()
                    .filter(|subpath| !subpath.curved && !tags.frame(subpath));
                let pieces = straight.flat_map(|subpath| subpath.segments());
                lines.extend(pieces.filter(|piece| piece.length() >= shortest));
            }
        }
        watch.check()?;
        let cells = Cells::watched(&lines, watch)?;
        let dashed_cells = Cells::new(dashed.iter().copied());
        Ok(Sticks {
            lines,
            cells,
            dashed,
            dashed_cells,
        })
    }

    /// Dashed lines near `point`, in order.
    pub(super) fn dashed_near(
        &self,
        point: Point,
        margin: f64,
    ) -> impl Iterator<Item = Segment> + use<'_> {
        let found = self.dashed_cells.near(point, margin);
        found
            .into_iter()
            .filter_map(|index| self.dashed.get(index))
            .copied()
    }

    /// Lines near `point`, in order.
    pub(super) fn near(&self, point: Point, margin: f64) -> impl Iterator<Item = Segment> {
        let found = self.cells.near(point, margin);
        found
            .into_iter()
            .filter_map(|index| self.lines.get(index))
            .copied()
    }

    /// Whether so much is drawn near `point` that no symbol can be made out.
    pub(super) fn is_crowded(&self, point: Point, margin: f64) -> bool {
        self.cells.crowd(point, margin) > CROWD
    }

    /// How far off `axis` the lines along it are that pass its middle within `half` on either
    /// side, in order.
    pub(super) fn across(&self, axis: Segment, half: f64) -> Vec<f64> {
        let (dx, dy) = unit(axis);
        // Not the very middle, where two panes may meet.
        let middle = axis.a.towards(axis.b, 0.46);
        let mut found = Vec::new();
        for line in self.near(middle, half) {
            let (ex, ey) = unit(line);
            if (dx * ey - dy * ex).abs() > PARALLEL {
                continue;
            }
            let along = |point: Point| (point.x - middle.x) * dx + (point.y - middle.y) * dy;
            let off = (line.a.y - middle.y) * dx - (line.a.x - middle.x) * dy;
            if along(line.a).min(along(line.b)) < 0.0
                && along(line.a).max(along(line.b)) > 0.0
                && off.abs() <= half
            {
                found.push(off);
            }
        }
        found.sort_by(f64::total_cmp);
        found
    }

    /// Whether a line as long as a wall is thick crosses it at `point`.
    pub(super) fn has_jamb(&self, point: Point, along: (f64, f64), thickness: f64) -> bool {
        let slack = 0.2 * thickness + 0.3;
        self.near(point, slack).any(|line| {
            let (ex, ey) = unit(line);
            let middle = line.a.towards(line.b, 0.5);
            (along.0 * ex + along.1 * ey).abs() < 0.1
                && (0.7..=1.3).contains(&(line.length() / thickness.max(1e-9)))
                && middle.distance(point) <= slack
        })
    }
}

/// Floors that are filled are at least so much longer and wider than the shortest line that says
/// something of an opening...
const WIDE: f64 = 15.0;

/// ...and fill this share of the box around them, as walls do not.
const FAT: f64 = 0.4;

/// Whether `path` is a filled floor, whose sides are no lines: it may end in the middle of a wall.
fn is_floor(path: &Path<'_>, shortest: f64) -> bool {
    let mut subpaths = path.subpaths();
    let (Some(only), None) = (subpaths.next(), subpaths.next()) else {
        return false;
    };
    let extent = Rect::around(only.points.iter().copied());
    let (width, height) = (extent.width(), extent.height());
    if width.min(height) < WIDE * shortest {
        return false;
    }
    let ends = only.points.iter().zip(only.points.iter().cycle().skip(1));
    let twice: f64 = ends.map(|(a, b)| a.x * b.y - b.x * a.y).sum();
    0.5 * twice.abs() >= FAT * width * height
}

/// The unit vector along `line`.
pub(super) fn unit(line: Segment) -> (f64, f64) {
    let length = line.length().max(1e-9);
    (
        (line.b.x - line.a.x) / length,
        (line.b.y - line.a.y) / length,
    )
}
