//! Shapes that stand in a row along one direction, as the letters of a line do.

use std::collections::BTreeMap;
use std::ops::Range;

use super::grid::Grid;
use super::shapes::{Contour, Extent, Groups, Shape};
use crate::error::Result;
use crate::plan::Point;
use crate::watch::Watch;

/// Widest gap inside a row, in heights of its taller neighbour: a word space is about half, and
/// a whole one in type of one width.
const GAP: f64 = 1.1;

/// Neighbours looked at around one shape: a letter has some fifty. Only heaps of line work have
/// more.
const MOST_NEAR: usize = 256;

/// Tallest row, in points: twice the tallest letter. Line work makes stairs that are taller.
const TALLEST_ROW_PT: f64 = 120.0;

/// Letters in one row; longer ones are hatching or a border of little shapes.
const MOST_IN_ROW: usize = 160;

/// One letter as it stands in its row.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub(super) extent: Extent,
    /// Its parts in the list of all parts of all rows.
    parts: Range<usize>,
}

/// A shape in a letter.
#[derive(Debug, Clone, Copy)]
struct Part {
    shape: usize,
    /// Whether it is the shape before it once more: filled, and then drawn around.
    again: bool,
}

/// Letters in their order along the row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) glyphs: &'a [Glyph],
    rows: &'a Rows<'a>,
}

/// The rows of shapes along one direction, by where their letters stand. What the letters look
/// like is told when a row is read, as most rows of line work never are.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    shapes: &'a [Shape],
    turn: Turn,
    parts: Vec<Part>,
    glyphs: Vec<Glyph>,
    /// The letters of each row.
    spans: Vec<Range<usize>>,
}

impl<'a> Row<'a> {
    /// The shapes that a letter is made of, as positions in the list of shapes.
    pub(super) fn shapes(self, glyph: &Glyph) -> impl Iterator<Item = usize> + use<'a> {
        self.parts(glyph).iter().map(|part| part.shape)
    }

    /// The contours of a letter, in the frame of the row.
    pub(super) fn contours(self, glyph: &Glyph) -> Vec<Contour> {
        let turn = self.rows.turn;
        self.drawn(glyph)
            .flat_map(|shape| &shape.contours)
            .map(|contour| Contour {
                points: contour
                    .points
                    .iter()
                    .map(|&point| turn.apply(point))
                    .collect(),
                is_outline: contour.is_outline,
            })
            .collect()
    }

    /// Whether a letter is a single straight line.
    pub(super) fn is_bar(self, glyph: &Glyph) -> bool {
        let mut contours = self.drawn(glyph).flat_map(|shape| &shape.contours);
        let first = contours.next();
        first.is_some_and(|one| !one.is_outline && one.points.len() == 2)
            && contours.next().is_none()
    }

    fn parts(self, glyph: &Glyph) -> &'a [Part] {
        self.rows.parts.get(glyph.parts.clone()).unwrap_or_default()
    }

    /// The shapes of a letter, each once.
    fn drawn(self, glyph: &Glyph) -> impl Iterator<Item = &'a Shape> + use<'a> {
        let shapes = self.rows.shapes;
        let parts = self.parts(glyph).iter().filter(|part| !part.again);
        parts.filter_map(|part| shapes.get(part.shape))
    }
}

impl Rows<'_> {
    pub(super) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.spans.iter().map(|span| Row {
            glyphs: self.glyphs.get(span.clone()).unwrap_or_default(),
            rows: self,
        })
    }
}

/// The page turned so that the text runs along `u`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    sin: f64,
    cos: f64,
}

impl Turn {
    pub(super) fn new(angle_deg: f64) -> Turn {
        // Exact for the quarter turns that nearly all text has.
        let (sin, cos) = match angle_deg {
            0.0 => (0.0, 1.0),
            90.0 => (1.0, 0.0),
            -90.0 => (-1.0, 0.0),
            180.0 => (0.0, -1.0),
            other => other.to_radians().sin_cos(),
        };
        Turn { sin, cos }
    }

    pub(super) fn apply(self, point: Point) -> Point {
        Point::new(
            point.x * self.cos + point.y * self.sin,
            point.y * self.cos - point.x * self.sin,
        )
    }

    /// The box of a shape, turned.
    fn extent(self, shape: &Shape) -> Extent {
        if self.sin == 0.0 || self.cos == 0.0 {
            // A box that is turned by a quarter is one again.
            let upright = shape.extent;
            let corners = [(upright.u0, upright.v0), (upright.u1, upright.v1)];
            return Extent::around(
                corners
                    .map(|(x, y)| self.apply(Point::new(x, y)))
                    .into_iter(),
            );
        }
        Extent::around(shape.points().map(|point| self.apply(point)))
    }

    pub(super) fn back(self, point: Point) -> Point {
        Point::new(
            point.x * self.cos - point.y * self.sin,
            point.x * self.sin + point.y * self.cos,
        )
    }
}

/// The rows of those of `shapes` that are no larger than `largest`, along the direction of `turn`.
pub(super) fn rows<'a>(
    shapes: &'a [Shape],
    turn: Turn,
    largest: f64,
    watch: &dyn Watch,
) -> Result<Rows<'a>> {
    let mut extents = Vec::with_capacity(shapes.len());
    for chunk in shapes.chunks(256) {
        watch.check()?;
        extents.extend(chunk.iter().map(|shape| {
            if shape.extent.size() <= largest {
                turn.extent(shape)
            } else {
                Extent::NOWHERE
            }
        }));
    }
    let grid = Grid::new(&extents, watch)?;
    watch.check()?;
    let mut groups = Groups::new(shapes.len());
    let order = grid.in_order(extents.len());
    for (place, &index) in order.iter().enumerate() {
        if place % 256 == 0 {
            watch.check()?;
        }
        let Some(extent) = extents.get(index) else {
            continue;
        };
        let reach = GAP * extent.height();
        let around = Extent {
            u0: extent.u0 - reach,
            u1: extent.u1 + reach,
            ..*extent
        };
        for other in grid.near(around).take(MOST_NEAR) {
            if let Some(neighbour) = extents.get(other)
                && other != index
                && stand_in_row(*extent, *neighbour)
            {
                groups.join(index, other);
            }
        }
    }
    watch.check()?;
    bridge(&extents, &grid, &mut groups, watch)?;
    let mut members: Vec<(usize, usize)> = extents
        .iter()
        .enumerate()
        .filter(|(_, extent)| **extent != Extent::NOWHERE)
        .map(|(index, _)| (groups.root(index), index))
        .collect();
    members.sort_unstable();
    let mut rows = Rows {
        shapes,
        turn,
        parts: Vec::with_capacity(shapes.len()),
        glyphs: Vec::with_capacity(shapes.len()),
        spans: Vec::new(),
    };
    let mut parts = Vec::new();
    for (number, members) in members.chunk_by(|one, two| one.0 == two.0).enumerate() {
        if number % 64 == 0 {
            watch.check()?;
        }
        if members.len() <= MOST_IN_ROW {
            parts.clear();
            parts.extend(members.iter().map(|(_, index)| *index));
            rows.add(&mut parts, &extents, &grid);
        }
    }
    Ok(rows)
}

/// Joins across gaps between signs that are lower than their row, as those in `1/4" = 1'`.
///
/// The gap is measured by the height of the row that was found so far.
fn bridge(extents: &[Extent], grid: &Grid, groups: &mut Groups, watch: &dyn Watch) -> Result<()> {
    let mut rows: BTreeMap<usize, Extent> = BTreeMap::new();
    for (index, extent) in extents.iter().enumerate() {
        let row = rows.entry(groups.root(index)).or_insert(*extent);
        *row = row.joined(*extent);
    }
    watch.check()?;
    let found: Vec<Option<Extent>> = (0..extents.len())
        .map(|index| rows.get(&groups.root(index)).copied())
        .collect();
    for (index, (extent, row)) in extents.iter().zip(&found).enumerate() {
        if index % 256 == 0 {
            watch.check()?;
        }
        let Some(row) = row else { continue };
        let reach = GAP * row.height();
        let around = Extent {
            u0: extent.u0 - reach,
            u1: extent.u1 + reach,
            v0: row.v0,
            v1: row.v1,
        };
        if extent.height() >= 0.7 * row.height() || row.height() > TALLEST_ROW_PT {
            continue;
        }
        for other in grid.near(around).take(MOST_NEAR) {
            let (Some(part), Some(Some(others))) = (extents.get(other), found.get(other)) else {
                continue;
            };
            let fits = others.height() <= 1.3 * row.height()
                && part.shared_height(*row) >= 0.9 * part.height()
                && -part.shared_width(*extent) <= reach;
            if fits {
                groups.join(index, other);
            }
        }
    }
    Ok(())
}

/// Whether two shapes may be neighbours in one line of text.
fn stand_in_row(a: Extent, b: Extent) -> bool {
    let (low, high) = (a.height().min(b.height()), a.height().max(b.height()));
    if high <= 0.0 {
        return false;
    }
    // A dash has hardly any height of its own.
    let shared = a.shared_height(b) >= 0.5 * low - 1e-6;
    shared && -a.shared_width(b) <= GAP * high
}

impl Rows<'_> {
    /// Adds a row with the shapes of `parts`, and the dots and accents over them.
    fn add(&mut self, parts: &mut Vec<usize>, extents: &[Extent], grid: &Grid) {
        let extent_of = |index: usize| extents.get(index).copied();
        let tallest = parts
            .iter()
            .filter_map(|&index| extent_of(index))
            .map(Extent::height)
            .fold(0.0, f64::max);
        // Dots and accents stand over their letter and share no height with the row.
        for place in 0..parts.len() {
            let Some(body) = parts.get(place).and_then(|&member| extent_of(member)) else {
                continue;
            };
            if body.height() < 0.4 * tallest {
                continue;
            }
            let above = Extent {
                v0: body.v0 - 0.5 * tallest,
                v1: body.v0,
                ..body
            };
            for other in grid.near(above) {
                let Some(dot) = extent_of(other) else {
                    continue;
                };
                let middle = (dot.u0 + dot.u1) / 2.0;
                if dot.size() <= 0.65 * tallest
                    && dot.v1 <= body.v0 + 0.1 * tallest
                    && dot.v0 >= body.v0 - 0.5 * tallest
                    && (body.u0 - 0.1 * tallest..=body.u1 + 0.1 * tallest).contains(&middle)
                {
                    parts.push(other);
                }
            }
        }
        parts.sort_unstable();
        parts.dedup();
        parts.sort_by(|&a, &b| {
            let left = |index: usize| extent_of(index).map_or(0.0, |extent| extent.u0);
            left(a).total_cmp(&left(b)).then(a.cmp(&b))
        });
        let start = self.glyphs.len();
        // How many contours the last letter has.
        let mut contours = 0;
        for &mut shape in parts {
            let (Some(extent), Some(drawn)) = (extent_of(shape), self.shapes.get(shape)) else {
                continue;
            };
            let added = drawn.contours.len();
            // Parts of one letter stand over each other: the dot and the stem, the bars of `=`.
            let last = self.glyphs.get_mut(start..).and_then(<[Glyph]>::last_mut);
            let over = last.filter(|last| {
                let least = 0.06 * tallest;
                let narrow = last.extent.width().min(extent.width()).max(least);
                last.extent
                    .grown(least / 2.0)
                    .shared_width(extent.grown(least / 2.0))
                    >= 0.55 * narrow
            });
            let part = self.parts.len();
            let again = match over {
                Some(last) => {
                    let again = contours == added && last.extent == extent;
                    contours += if again { 0 } else { added };
                    last.extent = last.extent.joined(extent);
                    last.parts.end = part + 1;
                    again
                }
                None => {
                    contours = added;
                    self.glyphs.push(Glyph {
                        extent,
                        parts: part..part + 1,
                    });
                    false
                }
            };
            self.parts.push(Part { shape, again });
        }
        self.spans.push(start..self.glyphs.len());
    }
}
