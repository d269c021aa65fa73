//! The line work as seen along one direction of text: lines along it, and what crosses them.
//!
//! Dimensions and scale bars are read along their figures: a line runs beside the figures, and
//! marks on it (ticks, arrows, dots, extension lines, ends) say where each length begins and
//! ends. In a frame turned so that the text runs along `u`, both are searches in sorted lists.

use crate::error::Result;
use crate::ingest::drawing::Drawing;
use crate::plan::{Point, Segment};
use crate::watch::Watch;

/// How far a line may be turned from the text beside it, as a tangent: 1.5 degrees.
const PARALLEL: f64 = 0.026;

/// Longest slanting piece that can be a tick or a side of an arrow, in sizes of the text.
const LONGEST_SLANT: f64 = 4.0;

/// Pieces that are looked at for one search, so that a page of hatching stays cheap.
const MOST_LOOKS: usize = 4_000;

/// A frame of the page: `u` runs along the text, `v` to its foot.
#[derive(Debug)]
pub(super) struct Frame {
    cos: f64,
    sin: f64,
    /// By `v`.
    lines: Vec<Line>,
    /// By `u`.
    posts: Vec<Post>,
    /// By `v`.
    slants: Vec<Slant>,
    /// By `v`.
    dots: Vec<Spot>,
    longest_slant: f64,
}

/// A line along the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub(super) v: f64,
    pub(super) from: f64,
    pub(super) to: f64,
}

/// A line square to the text.
#[derive(Debug, Clone, Copy)]
struct Post {
    u: f64,
    from: f64,
    to: f64,
}

#[derive(Debug, Clone, Copy)]
struct Slant {
    a: Spot,
    b: Spot,
}

/// A place in a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) u: f64,
    pub(super) v: f64,
}

/// A place on a line where a length may begin or end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mark {
    pub(super) u: f64,
    /// How much it looks like the end of a length, in 0..=1.
    pub(super) quality: f64,
}

impl Frame {
    /// The page in the frame of texts at `angle_deg`, whose size is at most `size`.
    pub(super) fn new(
        drawing: &Drawing,
        angle_deg: f64,
        size: f64,
        watch: &dyn Watch,
    ) -> Result<Frame> {
        let (sin, cos) = angle_deg.to_radians().sin_cos();
        let mut frame = Frame {
            cos,
            sin,
            lines: Vec::new(),
            posts: Vec::new(),
            slants: Vec::new(),
            dots: Vec::new(),
            longest_slant: LONGEST_SLANT * size,
        };
        for path in drawing.paths() {
            watch.check()?;
            for subpath in path.subpaths() {
                if subpath.lettering {
                    continue;
                }
                if subpath.curved {
                    frame.add_dot(subpath.points, size);
                } else {
                    subpath.segments().for_each(|piece| frame.add(piece));
                }
            }
        }
        watch.check()?;
        frame
            .lines
            .sort_by(|a, b| a.v.total_cmp(&b.v).then(a.from.total_cmp(&b.from)));
        frame.posts.sort_by(|a, b| a.u.total_cmp(&b.u));
        let middle = |slant: &Slant| slant.a.v + slant.b.v;
        frame.slants.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
        frame.dots.sort_by(|a, b| a.v.total_cmp(&b.v));
        Ok(frame)
    }

    /// A point of the page in this frame.
    pub(super) fn spot(&self, point: Point) -> Spot {
        Spot {
            u: point.x * self.cos + point.y * self.sin,
            v: point.y * self.cos - point.x * self.sin,
        }
    }

    fn add(&mut self, piece: Segment) {
        let (a, b) = (self.spot(piece.a), self.spot(piece.b));
        let (du, dv) = ((b.u - a.u).abs(), (b.v - a.v).abs());
        if du.max(dv) < 1e-6 {
        } else if dv <= PARALLEL * du {
            self.lines.push(Line {
                v: (a.v + b.v) / 2.0,
                from: a.u.min(b.u),
                to: a.u.max(b.u),
            });
        } else if du <= PARALLEL * dv {
            self.posts.push(Post {
                u: (a.u + b.u) / 2.0,
                from: a.v.min(b.v),
                to: a.v.max(b.v),
            });
        } else if du.hypot(dv) <= self.longest_slant {
            self.slants.push(Slant { a, b });
        }
    }

    /// Notes a small round shape by its centre; larger curves are doors and furniture.
    fn add_dot(&mut self, points: &[Point], size: f64) {
        let mut low = Spot {
            u: f64::MAX,
            v: f64::MAX,
        };
        let mut high = Spot {
            u: f64::MIN,
            v: f64::MIN,
        };
        for &point in points {
            let spot = self.spot(point);
            low = Spot {
                u: low.u.min(spot.u),
                v: low.v.min(spot.v),
            };
            high = Spot {
                u: high.u.max(spot.u),
                v: high.v.max(spot.v),
            };
        }
        let (width, height) = (high.u - low.u, high.v - low.v);
        let round = (width - height).abs() <= 0.1 * width.max(height);
        if round && width > 0.0 && width <= size {
            self.dots.push(Spot {
                u: (low.u + high.u) / 2.0,
                v: (low.v + high.v) / 2.0,
            });
        }
    }

    /// Lines along the text between two `v`, each as one although it is drawn in pieces.
    ///
    /// Pieces are one line when they touch, or part only for the text in `gap`.
    pub(super) fn lines_between(&self, low: f64, high: f64, gap: (f64, f64)) -> Vec<Line> {
        let start = self.lines.partition_point(|line| line.v < low);
        let mut near: Vec<Line> = self
            .lines
            .iter()
            .skip(start)
            .take(MOST_LOOKS)
            .take_while(|line| line.v <= high)
            .copied()
            .collect();
        near.sort_by(|a, b| a.from.total_cmp(&b.from));
        let mut joined: Vec<Line> = Vec::new();
        for line in near {
            let goes_on = joined.iter_mut().find(|known| {
                let same = (known.v - line.v).abs() <= 0.15;
                let touches = line.from <= known.to + 0.5;
                let spans_text = known.to >= gap.0 - (gap.1 - gap.0)
                    && known.to <= gap.1
                    && line.from >= gap.0
                    && line.from <= gap.1 + (gap.1 - gap.0);
                same && (touches || spans_text)
            });
            match goes_on {
                Some(known) => known.to = known.to.max(line.to),
                None => joined.push(line),
            }
        }
        joined.retain(|line| line.from <= gap.1 && line.to >= gap.0);
        joined
    }

    /// Marks on the line at `v`, from `from` to `to` with a margin, in order of `u`.
    ///
    /// `size` is that of the text; marks nearer to each other than a tenth of it are one.
    pub(super) fn marks(&self, line: Line, from: f64, to: f64, size: f64) -> Vec<Mark> {
        let (v, near) = (line.v, 0.15 * size);
        let mut marks = Vec::new();
        let mut push = |u: f64, quality: f64| {
            if (from..=to).contains(&u) && (line.from - size..=line.to + size).contains(&u) {
                marks.push(Mark { u, quality });
            }
        };
        let start = self.posts.partition_point(|post| post.u < from);
        let posts = self
            .posts
            .iter()
            .skip(start)
            .take_while(|post| post.u <= to);
        for post in posts.take(MOST_LOOKS) {
            if post.from <= v + near && post.to >= v - near {
                // The short sides of filled arrows are no ends of lengths.
                let long = post.to - post.from >= 0.8 * size;
                push(post.u, if long { 0.9 } else { 0.5 });
            }
        }
        let reach = self.longest_slant;
        let start = self
            .slants
            .partition_point(|slant| slant.a.v + slant.b.v < 2.0 * (v - reach));
        let slants = self.slants.iter().skip(start);
        for slant in slants
            .take_while(|slant| slant.a.v + slant.b.v <= 2.0 * (v + reach))
            .take(MOST_LOOKS)
        {
            let (low, high) = (slant.a.v.min(slant.b.v), slant.a.v.max(slant.b.v));
            if low > v + 0.1 || high < v - 0.1 {
                continue;
            }
            let share = ((v - slant.a.v) / (slant.b.v - slant.a.v)).clamp(0.0, 1.0);
            let u = slant.a.u + (slant.b.u - slant.a.u) * share;
            // A tick is crossed in its middle, an arrow ends on the line.
            push(u, if (share - 0.5).abs() < 0.15 { 1.0 } else { 0.8 });
        }
        let start = self.dots.partition_point(|dot| dot.v < v - near);
        for dot in self
            .dots
            .iter()
            .skip(start)
            .take_while(|dot| dot.v <= v + near)
        {
            push(dot.u, 1.0);
        }
        push(line.from, 0.6);
        push(line.to, 0.6);
        merged(marks, 0.1 * size)
    }

    /// Places along the text where something short stands between two `v`: the edges of a bar.
    pub(super) fn edges_between(&self, low: f64, high: f64, from: f64, to: f64) -> Vec<f64> {
        let start = self.posts.partition_point(|post| post.u < from);
        let posts = self
            .posts
            .iter()
            .skip(start)
            .take_while(|post| post.u <= to);
        let mut edges: Vec<f64> = posts
            .take(MOST_LOOKS)
            .filter(|post| post.from >= low && post.to <= high)
            .map(|post| post.u)
            .collect();
        let start = self.lines.partition_point(|line| line.v < low);
        let lines = self
            .lines
            .iter()
            .skip(start)
            .take_while(|line| line.v <= high);
        for line in lines.take(MOST_LOOKS) {
            edges.extend(
                [line.from, line.to]
                    .into_iter()
                    .filter(|u| (from..=to).contains(u)),
            );
        }
        edges.sort_by(f64::total_cmp);
        edges.dedup_by(|a, b| (*a - *b).abs() < 0.05);
        edges
    }
}

/// Marks of one place as one: the best of them says where it is.
fn merged(mut marks: Vec<Mark>, near: f64) -> Vec<Mark> {
    marks.sort_by(|a, b| a.u.total_cmp(&b.u).then(b.quality.total_cmp(&a.quality)));
    let mut kept: Vec<Mark> = Vec::new();
    for mark in marks {
        match kept.last_mut() {
            Some(last) if mark.u - last.u <= near => {
                // Two marks at one place confirm each other: a tick on an extension line.
                let both = (last.quality.max(mark.quality) + 0.1).min(1.0);
                if mark.quality > last.quality {
                    last.u = mark.u;
                }
                last.quality = both;
            }
            _ => kept.push(mark),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;

    fn frame(lines: &[[f64; 4]], angle: f64) -> Frame {
        let mut drawing = Drawing::default();
        for &[x0, y0, x1, y1] in lines {
            drawing.add_stroke_for_test(&[Point::new(x0, y0), Point::new(x1, y1)]);
        }
        Frame::new(&drawing, angle, 5.0, &Unwatched).unwrap()
    }

    #[test]
    fn ticks_and_extension_lines_are_marks() {
        let frame = frame(
            &[
                [0.0, 50.0, 100.0, 50.0],
                [-2.0, 52.0, 2.0, 48.0],
                [60.0, 30.0, 60.0, 52.0],
                [100.0, 45.0, 100.0, 80.0],
                [30.0, 10.0, 30.0, 20.0],
            ],
            0.0,
        );
        let lines = frame.lines_between(45.0, 55.0, (20.0, 40.0));
        assert_eq!(lines.len(), 1);
        let marks = frame.marks(lines[0], -50.0, 150.0, 5.0);
        let places: Vec<f64> = marks.iter().map(|mark| mark.u).collect();
        assert_eq!(places, [0.0, 60.0, 100.0]);
    }

    #[test]
    fn a_line_broken_for_its_text_is_one_line() {
        let frame = frame(&[[0.0, 50.0, 40.0, 50.0], [60.0, 50.0, 100.0, 50.0]], 0.0);
        let lines = frame.lines_between(48.0, 52.0, (42.0, 58.0));
        assert_eq!(
            lines,
            [Line {
                v: 50.0,
                from: 0.0,
                to: 100.0
            }]
        );
    }

    #[test]
    fn a_turned_frame_sees_turned_lines() {
        let frame = frame(&[[10.0, 0.0, 10.0, 80.0], [5.0, 80.0, 15.0, 80.0]], -90.0);
        // Text that runs up the page: u grows to the top.
        let lines = frame.lines_between(5.0, 15.0, (-50.0, -30.0));
        assert_eq!(lines.len(), 1);
        let marks = frame.marks(lines[0], -100.0, 10.0, 5.0);
        assert!((marks[0].u + 80.0).abs() < 1e-9, "{marks:?}");
    }
}
