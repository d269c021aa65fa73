//! Small shapes of a drawing that may be parts of letters.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::ingest::drawing::{Colour, Drawing, Paint};
use crate::plan::{Point, Segment};
use crate::watch::Watch;

/// Largest part of a letter, in points: two centimetres, the size of titles.
const LARGEST_PT: f64 = 60.0;

/// Smallest part, in points: the dot of small type.
const SMALLEST_PT: f64 = 0.15;

/// Corners of one part; letters have a few dozen, filled line work may have thousands.
const MOST_CORNERS: usize = 600;

/// Parts that are looked at; a sheet full of outlined notes has some ten thousand.
pub(super) const MOST_SHAPES: usize = 60_000;

/// Parts of one paint that are looked at, so that a hatching of any size leaves room for letters
/// that are drawn after it.
const MOST_OF_PAINT: usize = 30_000;

/// How near an end of a line is to a line that it touches, in points: what rounding does.
const TOUCHING_PT: f64 = 0.03;

/// Side of the squares in which lines are looked up, in points.
const CELL_PT: f64 = 8.0;

/// Lines looked at in one square, so that a heap of them stays cheap.
const MOST_IN_CELL: usize = 24;

/// Paints that are told apart; a drawing has some twenty.
const MOST_PAINTS: usize = 48;

/// Lines in one letter; more are a piece of furniture.
const MOST_STROKES: usize = 24;

/// One contour: the outline of a filled shape, or a line drawn with a pen.
#[derive(Debug, Clone)]
pub(super) struct Contour {
    pub(super) points: Vec<Point>,
    pub(super) is_outline: bool,
}

/// A box in the frame of a text: `u` along the line, `v` to its foot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extent {
    pub(super) u0: f64,
    pub(super) v0: f64,
    pub(super) u1: f64,
    pub(super) v1: f64,
}

impl Extent {
    /// The box around nothing, near nothing.
    pub(super) const NOWHERE: Extent = Extent {
        u0: f64::INFINITY,
        v0: f64::INFINITY,
        u1: f64::NEG_INFINITY,
        v1: f64::NEG_INFINITY,
    };

    pub(super) fn around(points: impl Iterator<Item = Point>) -> Extent {
        let mut extent = Extent::NOWHERE;
        for point in points {
            extent.u0 = extent.u0.min(point.x);
            extent.v0 = extent.v0.min(point.y);
            extent.u1 = extent.u1.max(point.x);
            extent.v1 = extent.v1.max(point.y);
        }
        extent
    }

    pub(super) fn width(self) -> f64 {
        (self.u1 - self.u0).max(0.0)
    }

    pub(super) fn height(self) -> f64 {
        (self.v1 - self.v0).max(0.0)
    }

    pub(super) fn size(self) -> f64 {
        self.width().max(self.height())
    }

    pub(super) fn joined(self, other: Extent) -> Extent {
        Extent {
            u0: self.u0.min(other.u0),
            v0: self.v0.min(other.v0),
            u1: self.u1.max(other.u1),
            v1: self.v1.max(other.v1),
        }
    }

    pub(super) fn grown(self, by: f64) -> Extent {
        Extent {
            u0: self.u0 - by,
            v0: self.v0 - by,
            u1: self.u1 + by,
            v1: self.v1 + by,
        }
    }

    fn contains(self, point: Point) -> bool {
        (self.u0..=self.u1).contains(&point.x) && (self.v0..=self.v1).contains(&point.y)
    }

    pub(super) fn holds(self, other: Extent) -> bool {
        self.u0 <= other.u0 && self.v0 <= other.v0 && self.u1 >= other.u1 && self.v1 >= other.v1
    }

    /// How much of `v` both cover.
    pub(super) fn shared_height(self, other: Extent) -> f64 {
        self.v1.min(other.v1) - self.v0.max(other.v0)
    }

    /// How much of `u` both cover; negative for a gap.
    pub(super) fn shared_width(self, other: Extent) -> f64 {
        self.u1.min(other.u1) - self.u0.max(other.u0)
    }
}

/// A contour with the holes in it, or lines that touch: a letter or a part of one.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// On the page.
    pub(super) contours: Vec<Contour>,
    /// Subpaths of the drawing that it is made of.
    pub(super) subpaths: Vec<usize>,
    /// How it is painted: letters of a text are painted alike.
    pub(super) paint: Paint,
    /// The box around its contours.
    pub(super) extent: Extent,
}

impl Shape {
    pub(super) fn points(&self) -> impl Iterator<Item = Point> {
        self.contours
            .iter()
            .flat_map(|one| one.points.iter().copied())
    }
}

/// Every small shape of the drawing, in drawing order.
pub(super) fn collect(drawing: &Drawing, watch: &dyn Watch) -> Result<Vec<Shape>> {
    let mut shapes: Vec<Shape> = Vec::new();
    let mut held: BTreeMap<PaintKey, usize> = BTreeMap::new();
    let mut index = 0;
    for path in drawing.paths() {
        watch.check()?;
        let paint = path.paint();
        let first = shapes.len();
        for subpath in path.subpaths() {
            let number = index;
            index += 1;
            let points = subpath.points;
            if points.len() < 2 || points.len() > MOST_CORNERS {
                continue;
            }
            let extent = Extent::around(points.iter().copied());
            let size = extent.size();
            if !(SMALLEST_PT..=LARGEST_PT).contains(&size) || shapes.len() >= MOST_SHAPES {
                continue;
            }
            let of_paint = held.entry(paint_key(paint)).or_default();
            *of_paint += 1;
            if *of_paint > MOST_OF_PAINT {
                continue;
            }
            // A pen that comes back to where it began has not outlined anything: so are the O and
            // the 0 of a stroke font drawn. An outline is filled, or closed by its operator.
            let is_outline = points.len() > 2 && (paint.fill.is_some() || subpath.closed);
            shapes.push(Shape {
                contours: vec![Contour {
                    points: points.to_vec(),
                    is_outline,
                }],
                subpaths: vec![number],
                paint,
                extent,
            });
        }
        nest(&mut shapes, first);
    }
    Ok(shapes)
}

/// Puts the holes of letters into the letters: contours of one path inside each other.
fn nest(shapes: &mut Vec<Shape>, first: usize) {
    let mut these = shapes.split_off(first);
    // A hole follows its letter, or comes right before it, in all fonts; a window keeps it cheap.
    const WINDOW: usize = 8;
    let mut owner: Vec<Option<usize>> = vec![None; these.len()];
    for inner in 0..these.len() {
        let Some(hole) = these.get(inner).filter(|one| one.is_outline()) else {
            continue;
        };
        let from = inner.saturating_sub(WINDOW);
        let smallest = (from..(inner + WINDOW + 1).min(these.len()))
            .filter(|&outer| outer != inner)
            .filter_map(|outer| Some((outer, these.get(outer)?)))
            .filter(|(_, outer)| outer.is_outline() && outer.extent.holds(hole.extent))
            .filter(|(_, outer)| outer.extent != hole.extent && outer.surrounds(hole))
            .min_by(|a, b| a.1.extent.size().total_cmp(&b.1.extent.size()));
        if let (Some((outer, _)), Some(slot)) = (smallest, owner.get_mut(inner)) {
            *slot = Some(outer);
        }
    }
    for inner in 0..these.len() {
        let Some(mut outer) = owner.get(inner).copied().flatten() else {
            continue;
        };
        // An island in a hole, as in `@`, belongs to the outermost.
        for _ in 0..4 {
            match owner.get(outer).copied().flatten() {
                Some(next) => outer = next,
                None => break,
            }
        }
        let hole = these.get_mut(inner).map(|hole| {
            (
                std::mem::take(&mut hole.contours),
                std::mem::take(&mut hole.subpaths),
            )
        });
        if let (Some((contours, subpaths)), Some(outer)) = (hole, these.get_mut(outer)) {
            outer.contours.extend(contours);
            outer.subpaths.extend(subpaths);
        }
    }
    these.retain(|shape| !shape.contours.is_empty());
    shapes.extend(these);
}

impl Shape {
    fn is_outline(&self) -> bool {
        self.contours.first().is_some_and(|one| one.is_outline)
    }

    /// Whether a point lies on its lines.
    fn touches(&self, at: Point) -> bool {
        self.contours.iter().any(|one| {
            one.points
                .windows(2)
                .any(|pair| matches!(pair, [a, b] if Segment::new(*a, *b).distance_to(at) <= TOUCHING_PT))
        })
    }

    /// Whether the first corner of `inner` lies inside the first contour (ray casting).
    fn surrounds(&self, inner: &Shape) -> bool {
        let (Some(outer), Some(at)) = (self.contours.first(), inner.points().next()) else {
            return false;
        };
        let points = &outer.points;
        let crossings = points
            .iter()
            .zip(points.iter().cycle().skip(1))
            .filter(|(a, b)| {
                (a.y <= at.y) != (b.y <= at.y)
                    && a.x + (at.y - a.y) / (b.y - a.y) * (b.x - a.x) > at.x
            })
            .count();
        crossings % 2 == 1
    }
}

/// What tells paints apart: the fill, and the pen by its width in thousandths of a point.
type PaintKey = (Option<Colour>, Option<(i64, Colour)>);

fn paint_key(paint: Paint) -> PaintKey {
    let stroke = paint.stroke.map(|stroke| {
        // A thousandth of a point is no other pen.
        ((stroke.width_pt * 1_000.0).round() as i64, stroke.colour)
    });
    (paint.fill, stroke)
}

/// The shapes of each paint, those of one pen and colour together, in the order of the drawing.
///
/// Letters are painted alike, and mostly otherwise than the furniture that they stand on.
pub(super) fn by_paint(shapes: Vec<Shape>) -> Vec<Vec<Shape>> {
    let key = |shape: &Shape| (paint_key(shape.paint), shape.is_outline());
    let mut groups: BTreeMap<_, Vec<Shape>> = BTreeMap::new();
    let mut rest = Vec::new();
    for shape in shapes {
        let key = key(&shape);
        if groups.contains_key(&key) || groups.len() < MOST_PAINTS {
            groups.entry(key).or_default().push(shape);
        } else {
            rest.push(shape);
        }
    }
    groups.into_values().chain([rest]).collect()
}

/// Lines that touch with their ends become one shape, as the strokes of a letter do.
///
/// What grows larger than a letter that way is line work, and is dropped.
pub(super) fn join_touching(shapes: Vec<Shape>, watch: &dyn Watch) -> Result<Vec<Shape>> {
    let cell = |value: f64| (value / CELL_PT).floor() as i32;
    let strokes = |shape: &&Shape| !shape.is_outline();
    // Sorted by square and then by number.
    let mut cells: Vec<((i32, i32), u32)> = Vec::with_capacity(2 * shapes.len());
    for (shape, index) in shapes
        .iter()
        .zip(0_u32..)
        .filter(|(shape, _)| strokes(shape))
    {
        let box_of = shape.extent;
        for x in cell(box_of.u0)..=cell(box_of.u1) {
            for y in cell(box_of.v0)..=cell(box_of.v1) {
                cells.push(((x, y), index));
            }
        }
    }
    cells.sort_unstable();
    let mut groups = Groups::new(shapes.len());
    for (index, shape) in shapes
        .iter()
        .enumerate()
        .filter(|(_, shape)| strokes(shape))
    {
        if index % 256 == 0 {
            watch.check()?;
        }
        let points = shape.contours.first().map_or(&[][..], |one| &one.points);
        for end in [points.first(), points.last()].into_iter().flatten() {
            let square = (cell(end.x), cell(end.y));
            let start = cells.partition_point(|(known, _)| *known < square);
            let near = cells.get(start..).unwrap_or_default().iter();
            let near = near.take_while(|(known, _)| *known == square);
            for &(_, other) in near.take(MOST_IN_CELL) {
                let other = other as usize;
                if other != index
                    && let Some(line) = shapes.get(other)
                    && line.paint == shape.paint
                    && line.extent.grown(TOUCHING_PT).contains(*end)
                    && line.touches(*end)
                {
                    groups.join(index, other);
                }
            }
        }
    }
    // The smallest of a group is its root, so that it comes before the others.
    let mut places: Vec<usize> = vec![0; shapes.len()];
    let mut joined: Vec<Shape> = Vec::with_capacity(shapes.len());
    for (index, shape) in shapes.into_iter().enumerate() {
        let root = groups.root(index);
        if root == index {
            if let Some(place) = places.get_mut(index) {
                *place = joined.len();
            }
            joined.push(shape);
        } else if let Some(known) = places.get(root).and_then(|&place| joined.get_mut(place)) {
            known.extent = known.extent.joined(shape.extent);
            known.contours.extend(shape.contours);
            known.subpaths.extend(shape.subpaths);
        }
    }
    joined
        .retain(|shape| shape.extent.size() <= LARGEST_PT && shape.contours.len() <= MOST_STROKES);
    Ok(joined)
}

/// Sets of numbers that are joined step by step (union-find with path halving).
pub(super) struct Groups(Vec<usize>);

impl Groups {
    pub(super) fn new(count: usize) -> Groups {
        Groups((0..count).collect())
    }

    pub(super) fn root(&mut self, mut index: usize) -> usize {
        while let Some(&parent) = self.0.get(index) {
            if parent == index {
                break;
            }
            let grandparent = self.0.get(parent).copied().unwrap_or(parent);
            if let Some(slot) = self.0.get_mut(index) {
                *slot = grandparent;
            }
            index = grandparent;
        }
        index
    }

    /// The smaller root stays, so that the result does not depend on the order of joins.
    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(slot) = self.0.get_mut(a.max(b)) {
            *slot = a.min(b);
        }
    }
}
