//! A page as it is drawn: paths with their paint, texts and pictures, in display points.

use super::picture::{MAX_PICTURES, Picture};
use crate::plan::{Matrix, Point, Rect, Segment, TextRun};

/// Everything drawn on a page, in drawing order. Curves are flattened. What a clipping path hides
/// is left out: lines are cut at its outline, fills at its outline if it is convex and at its box
/// otherwise.
///
/// A plain line takes some fifty bytes, as a page may have millions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drawing {
    points: Vec<Point>,
    subpaths: Vec<SubpathSpan>,
    paths: Vec<PathSpan>,
    /// Paints that differ from the one before.
    paints: Vec<Paint>,
    texts: Vec<TextRun>,
    images: Vec<Rect>,
    pictures: Vec<Picture>,
}

/// Its points reach from `first` to the first one of the next.
#[derive(Debug, Clone, Copy, PartialEq)]
struct SubpathSpan {
    first: u32,
    closed: bool,
    curved: bool,
    lettering: bool,
}

/// Its subpaths reach from `first` to the first one of the next.
#[derive(Debug, Clone, Copy, PartialEq)]
struct PathSpan {
    first: u32,
    paint: u32,
}

/// A position in one of the lists. None of them gets so long: that many points would take
/// 64 GiB.
fn position(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// How a path is painted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paint {
    /// The line along the path, if it is stroked.
    pub stroke: Option<Stroke>,
    /// The colour inside the path, if it is filled.
    pub fill: Option<Colour>,
    /// Whether the inside is told by the even-odd rule instead of the winding number.
    pub even_odd: bool,
}

/// The line along a stroked path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Width in points; 0 is the thinnest line the device can draw.
    pub width_pt: f64,
    /// Colour.
    pub colour: Colour,
    /// Whether it is broken into dashes.
    pub dashed: bool,
}

/// A colour as it looks on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Colour {
    /// Red, green and blue.
    Rgb(u8, u8, u8),
    /// A pattern or a shading, which has no single colour.
    Pattern,
}

impl Colour {
    /// Black, the colour at the start of every page.
    pub const BLACK: Colour = Colour::Rgb(0, 0, 0);

    /// Whether it can hardly be told from white paper.
    pub fn is_white(self) -> bool {
        matches!(self, Colour::Rgb(r, g, b) if r.min(g).min(b) >= 250)
    }
}

/// One connected part of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Subpath<'a> {
    /// Its corners in order.
    pub points: &'a [Point],
    /// Whether the last corner is joined to the first.
    pub closed: bool,
    /// Whether it held curves before it was flattened.
    pub curved: bool,
    /// Whether it is part of a letter that was recognised by its shape.
    pub lettering: bool,
}

impl<'a> Subpath<'a> {
    /// Its straight pieces as stroked: with the closing one if it is closed.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + use<'a> {
        let points = self.points;
        let closing = match (self.closed, points.first(), points.last()) {
            (true, Some(&first), Some(&last)) if points.len() > 1 && first != last => {
                Some(Segment::new(last, first))
            }
            _ => None,
        };
        let pairs = points.iter().zip(points.iter().skip(1));
        pairs.map(|(&a, &b)| Segment::new(a, b)).chain(closing)
    }
}

/// One painted path.
#[derive(Debug, Clone, Copy)]
pub struct Path<'a> {
    drawing: &'a Drawing,
    paint: Paint,
    first: usize,
    end: usize,
}

impl<'a> Path<'a> {
    /// How it is painted.
    pub fn paint(&self) -> Paint {
        self.paint
    }

    /// Its parts.
    pub fn subpaths(&self) -> impl Iterator<Item = Subpath<'a>> + use<'a> {
        let drawing = self.drawing;
        (self.first..self.end).filter_map(move |index| drawing.subpath(index))
    }
}

impl Drawing {
    /// Every painted path, in drawing order.
    pub fn paths(&self) -> impl Iterator<Item = Path<'_>> {
        let ends = self.paths.iter().skip(1).map(|next| next.first as usize);
        let ends = ends.chain(std::iter::once(self.subpaths.len()));
        self.paths.iter().zip(ends).filter_map(|(span, end)| {
            Some(Path {
                drawing: self,
                paint: *self.paints.get(span.paint as usize)?,
                first: span.first as usize,
                end,
            })
        })
    }

    fn subpath(&self, index: usize) -> Option<Subpath<'_>> {
        let span = self.subpaths.get(index)?;
        let end = match self.subpaths.get(index + 1) {
            Some(next) => next.first as usize,
            None => self.points.len(),
        };
        Some(Subpath {
            points: self.points.get(span.first as usize..end)?,
            closed: span.closed,
            curved: span.curved,
            lettering: span.lettering,
        })
    }

    /// Texts as they were shown, joined into words and lines.
    pub fn texts(&self) -> &[TextRun] {
        &self.texts
    }

    /// Boxes of the pictures.
    pub fn images(&self) -> &[Rect] {
        &self.images
    }

    /// How many straight pieces there are.
    pub fn segment_count(&self) -> usize {
        self.points.len().saturating_sub(self.subpaths.len())
    }

    /// How many corners the paths have together.
    pub fn point_count(&self) -> usize {
        self.points.len()
    }

    /// Whether nothing is drawn by lines or fills.
    pub fn is_blank(&self) -> bool {
        self.paths.is_empty()
    }

    pub(super) fn set_texts(&mut self, texts: Vec<TextRun>) {
        self.texts = texts;
    }

    /// Marks subpaths, by their positions among all, as parts of letters.
    pub(super) fn mark_lettering(&mut self, subpaths: &[usize]) {
        for &index in subpaths {
            if let Some(span) = self.subpaths.get_mut(index) {
                span.lettering = true;
            }
        }
    }

    pub(super) fn push_text(&mut self, text: TextRun) {
        self.texts.push(text);
    }

    /// Adds a picture that shows inside `area`.
    pub(super) fn push_image(&mut self, area: Rect, picture: Picture) {
        self.images.push(area);
        if self.pictures.len() < MAX_PICTURES {
            self.pictures.push(picture);
        }
    }

    /// The pictures themselves, in drawing order; at most as many as are kept of a page.
    pub(super) fn pictures(&self) -> &[Picture] {
        &self.pictures
    }

    /// Applies `matrix` to everything that is drawn, without texts and pictures.
    pub(super) fn turn(&mut self, matrix: Matrix) {
        for point in &mut self.points {
            *point = matrix.apply(*point);
        }
    }

    /// How its paths are painted, in no order.
    pub(super) fn paints_mut(&mut self) -> &mut [Paint] {
        &mut self.paints
    }

    /// Begins a path; subpaths follow, then [`end_path`](Self::end_path).
    pub(super) fn begin_path(&self) -> usize {
        self.subpaths.len()
    }

    pub(super) fn push_subpath(&mut self, points: &[Point], closed: bool, curved: bool) {
        self.subpaths.push(SubpathSpan {
            first: position(self.points.len()),
            closed,
            curved,
            lettering: false,
        });
        self.points.extend_from_slice(points);
    }

    pub(super) fn end_path(&mut self, first: usize, paint: Paint) {
        if self.subpaths.len() > first {
            if self.paints.last() != Some(&paint) {
                self.paints.push(paint);
            }
            self.paths.push(PathSpan {
                first: position(first),
                paint: position(self.paints.len() - 1),
            });
        }
    }

    /// Adds a line through `points`, for tests of other modules.
    #[cfg(test)]
    pub(crate) fn add_stroke_for_test(&mut self, points: &[Point]) {
        let path = self.begin_path();
        self.push_subpath(points, false, false);
        let stroke = Stroke {
            width_pt: 1.0,
            colour: Colour::BLACK,
            dashed: false,
        };
        self.end_path(
            path,
            Paint {
                stroke: Some(stroke),
                fill: None,
                even_odd: false,
            },
        );
    }
}
