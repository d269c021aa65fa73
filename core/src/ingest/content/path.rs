//! Building paths: points are put on the displayed page as they come, curves are flattened.

use super::clip::Clip;
use crate::ingest::drawing::{Drawing, Paint};
use crate::plan::{Matrix, Point, Rect, Segment};

/// How far a flattened curve may lie from the true one, in points.
const FLATNESS_PT: f64 = 0.1;

/// Most pieces that one curve is flattened to.
const MAX_PIECES: f64 = 64.0;

/// Coordinates beyond this are mistakes of the file, and would spoil every box around them.
const FARTHEST_PT: f64 = 10_000_000.0;

/// The path under construction, on the displayed page.
#[derive(Default)]
pub(super) struct PathBuilder {
    points: Vec<Point>,
    subpaths: Vec<Open>,
    /// Where the pen is, in user space.
    pen: Option<Point>,
    /// Where the subpath started, in user space.
    start: Option<Point>,
}

struct Open {
    first: usize,
    closed: bool,
    curved: bool,
}

impl PathBuilder {
    /// How many points there are, to be counted against the limit.
    pub(super) fn len(&self) -> usize {
        self.points.len()
    }

    fn push(&mut self, ctm: Matrix, point: Point) -> bool {
        let shown = ctm.apply(point);
        let near = shown.x.abs() <= FARTHEST_PT && shown.y.abs() <= FARTHEST_PT;
        if near {
            self.points.push(shown);
        }
        near
    }

    pub(super) fn move_to(&mut self, ctm: Matrix, point: Point) {
        // A subpath of a single point draws nothing; the new one takes its place.
        if let Some(last) = self.subpaths.last()
            && self.points.len() <= last.first + 1
            && !last.closed
        {
            self.points.truncate(last.first);
            self.subpaths.pop();
        }
        let first = self.points.len();
        if self.push(ctm, point) {
            self.subpaths.push(Open {
                first,
                closed: false,
                curved: false,
            });
            self.pen = Some(point);
            self.start = Some(point);
        } else {
            self.pen = None;
            self.start = None;
        }
    }

    /// Begins a new subpath where the last one was closed, as drawing on after `h` does.
    fn reopen(&mut self, ctm: Matrix) {
        if self.subpaths.last().is_some_and(|last| last.closed)
            && let Some(start) = self.start
        {
            self.move_to(ctm, start);
        }
    }

    pub(super) fn line_to(&mut self, ctm: Matrix, point: Point) {
        if self.pen.is_none() {
            return self.move_to(ctm, point);
        }
        self.reopen(ctm);
        if self.push(ctm, point) {
            self.pen = Some(point);
        }
    }

    pub(super) fn curve_to(
        &mut self,
        ctm: Matrix,
        first: Option<Point>,
        second: Point,
        end: Point,
    ) {
        let Some(pen) = self.pen else {
            return self.move_to(ctm, end);
        };
        self.reopen(ctm);
        let (p0, p1) = (ctm.apply(pen), ctm.apply(first.unwrap_or(pen)));
        let (p2, p3) = (ctm.apply(second), ctm.apply(end));
        let farthest = [p0, p1, p2, p3]
            .iter()
            .fold(0.0_f64, |most, p| most.max(p.x.abs()).max(p.y.abs()));
        if !farthest.is_finite() || farthest > FARTHEST_PT {
            return;
        }
        let pieces = curve_pieces(p0, p1, p2, p3);
        let mut step = 1.0;
        while step < pieces {
            self.points.push(bezier(p0, p1, p2, p3, step / pieces));
            step += 1.0;
        }
        self.points.push(p3);
        self.pen = Some(end);
        if let Some(last) = self.subpaths.last_mut() {
            last.curved = true;
        }
    }

    pub(super) fn close(&mut self) {
        if let Some(last) = self.subpaths.last_mut() {
            last.closed = true;
            self.pen = self.start;
        }
    }

    pub(super) fn rectangle(&mut self, ctm: Matrix, corner: Point, width: f64, height: f64) {
        let (x, y) = (corner.x, corner.y);
        self.move_to(ctm, corner);
        self.line_to(ctm, Point::new(x + width, y));
        self.line_to(ctm, Point::new(x + width, y + height));
        self.line_to(ctm, Point::new(x, y + height));
        self.close();
    }

    /// Where the pen is, in user space.
    pub(super) fn pen(&self) -> Option<Point> {
        self.pen
    }

    /// The box around the path.
    pub(super) fn bounds(&self) -> Rect {
        Rect::around(self.points.iter().copied())
    }

    pub(super) fn clear(&mut self) {
        self.points.clear();
        self.subpaths.clear();
        self.pen = None;
        self.start = None;
    }

    fn subpaths(&self) -> impl Iterator<Item = (&Open, &[Point])> {
        self.subpaths.iter().enumerate().map(|(index, open)| {
            let end = self
                .subpaths
                .get(index + 1)
                .map_or(self.points.len(), |next| next.first);
            (open, self.points.get(open.first..end).unwrap_or_default())
        })
    }

    /// Narrows `clip` to the inside of the path.
    pub(super) fn clip(&self, clip: &mut Clip, even_odd: bool) {
        let rings: Vec<&[Point]> = self.subpaths().map(|(_, points)| points).collect();
        clip.cut(&rings, even_odd);
    }

    /// Adds the path to the drawing, as far as it lies inside `clip`.
    pub(super) fn paint(&self, drawing: &mut Drawing, clip: &Clip, paint: Paint) {
        if clip.area().is_empty() {
            return;
        }
        let inside = clip.is_box() && clip.area().contains_rect(&self.bounds());
        let path = drawing.begin_path();
        for (open, points) in self.subpaths() {
            if points.len() < 2 {
                continue;
            }
            if inside {
                drawing.push_subpath(points, open.closed, open.curved);
            } else if paint.fill.is_some() {
                let clipped = clip.polygon(points);
                if clipped.len() > 1 {
                    drawing.push_subpath(&clipped, open.closed, open.curved);
                }
            } else {
                clip_line(points, open, clip, drawing);
            }
        }
        drawing.end_path(path, paint);
    }
}

fn bezier(p0: Point, p1: Point, p2: Point, p3: Point, t: f64) -> Point {
    let u = 1.0 - t;
    let (w0, w1, w2, w3) = (u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t);
    Point::new(
        w0 * p0.x + w1 * p1.x + w2 * p2.x + w3 * p3.x,
        w0 * p0.y + w1 * p1.y + w2 * p2.y + w3 * p3.y,
    )
}

/// How many pieces keep within [`FLATNESS_PT`]: the second differences bound the deviation
/// (Wang's formula for cubics, with 3·2/8 = 3/4).
fn curve_pieces(p0: Point, p1: Point, p2: Point, p3: Point) -> f64 {
    let second =
        |a: Point, b: Point, c: Point| (a.x - 2.0 * b.x + c.x).hypot(a.y - 2.0 * b.y + c.y);
    let bend = second(p0, p1, p2).max(second(p1, p2, p3));
    (0.75 * bend / FLATNESS_PT)
        .sqrt()
        .ceil()
        .clamp(1.0, MAX_PIECES)
}

/// Keeps the pieces of a stroked line inside `clip`.
fn clip_line(points: &[Point], open: &Open, clip: &Clip, drawing: &mut Drawing) {
    let closing = points.last().zip(points.first()).filter(|_| open.closed);
    let pairs = points.iter().zip(points.iter().skip(1)).chain(closing);
    let (mut run, mut pieces): (Vec<Point>, Vec<Segment>) = (Vec::new(), Vec::new());
    let mut whole = true;
    for (&a, &b) in pairs.clone() {
        pieces.clear();
        clip.pieces(Segment::new(a, b), &mut pieces);
        whole &= matches!(pieces.as_slice(), [one] if one.a == a && one.b == b);
        if !whole {
            break;
        }
    }
    if whole {
        return drawing.push_subpath(points, open.closed, open.curved);
    }
    for (&a, &b) in pairs {
        pieces.clear();
        clip.pieces(Segment::new(a, b), &mut pieces);
        if pieces.is_empty() && run.len() > 1 {
            drawing.push_subpath(&run, false, open.curved);
            run.clear();
        }
        for piece in &pieces {
            if run.last() != Some(&piece.a) {
                if run.len() > 1 {
                    drawing.push_subpath(&run, false, open.curved);
                }
                run.clear();
                run.push(piece.a);
            }
            run.push(piece.b);
        }
    }
    if run.len() > 1 {
        drawing.push_subpath(&run, false, open.curved);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::drawing::{Colour, Stroke};

    const STROKE: Paint = Paint {
        stroke: Some(Stroke {
            width_pt: 1.0,
            colour: Colour::BLACK,
            dashed: false,
        }),
        fill: None,
        even_odd: false,
    };

    #[test]
    fn a_quarter_circle_is_flattened_within_the_tolerance() {
        let mut path = PathBuilder::default();
        let (r, k) = (100.0, 100.0 * 0.552_284_75);
        path.move_to(Matrix::IDENTITY, Point::new(r, 0.0));
        path.curve_to(
            Matrix::IDENTITY,
            Some(Point::new(r, k)),
            Point::new(k, r),
            Point::new(0.0, r),
        );
        assert!(path.points.len() > 8);
        for pair in path.points.windows(2) {
            let middle = pair[0].towards(pair[1], 0.5);
            let off = (middle.x.hypot(middle.y) - r).abs();
            assert!(off < 2.0 * FLATNESS_PT, "{off}");
        }
    }

    #[test]
    fn a_line_is_cut_at_the_clip() {
        let mut path = PathBuilder::default();
        path.move_to(Matrix::IDENTITY, Point::new(-10.0, 5.0));
        path.line_to(Matrix::IDENTITY, Point::new(20.0, 5.0));
        path.line_to(Matrix::IDENTITY, Point::new(20.0, 50.0));
        let clip = Clip::new(Rect::between(Point::default(), Point::new(10.0, 10.0)));
        let mut drawing = Drawing::default();
        path.paint(&mut drawing, &clip, STROKE);
        let subpaths: Vec<_> = drawing.paths().flat_map(|path| path.subpaths()).collect();
        assert_eq!(subpaths.len(), 1);
        assert_eq!(
            subpaths[0].points,
            [Point::new(0.0, 5.0), Point::new(10.0, 5.0)]
        );
    }

    #[test]
    fn drawing_on_after_a_close_starts_where_it_closed() {
        let mut path = PathBuilder::default();
        path.rectangle(Matrix::IDENTITY, Point::new(1.0, 1.0), 5.0, 5.0);
        path.line_to(Matrix::IDENTITY, Point::new(9.0, 9.0));
        let clip = Clip::new(Rect::between(Point::default(), Point::new(10.0, 10.0)));
        let mut drawing = Drawing::default();
        path.paint(&mut drawing, &clip, STROKE);
        let subpaths: Vec<_> = drawing.paths().flat_map(|path| path.subpaths()).collect();
        assert_eq!(
            subpaths[1].points,
            [Point::new(1.0, 1.0), Point::new(9.0, 9.0)]
        );
        assert_eq!(subpaths[0].segments().count(), 4);
    }
}
