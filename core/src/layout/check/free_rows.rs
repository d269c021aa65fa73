//! Which boxes between lines across a floor are free, row by row.
//!
//! The lines run along every side that runs with the axes. Such a box is free where its middle is; one
//! at a side aslant only where it is wholly on the free side of that.

use std::ops::Range;

use super::super::geometry::{Point, Ring};

/// The boxes between two lines at a time.
pub(super) struct Rows<'a> {
    /// The lines across, and the middles between them, doubled so that they are exact.
    xs: &'a [i64],
    middles: Vec<i64>,
    rings: Vec<Outline<'a>>,
    holes: Vec<Outline<'a>>,
    aslant: bool,
    /// The corners on the line that the row before ended at, for each ring.
    above: Vec<Vec<bool>>,
    free: Vec<bool>,
}

/// A ring in both measures.
struct Outline<'a> {
    ring: &'a Ring,
    doubled: Ring,
    aslant: bool,
}

impl Outline<'_> {
    fn of(ring: &Ring) -> Outline<'_> {
        let doubled = ring.points().iter();
        Outline {
            ring,
            doubled: Ring::new(doubled.map(|p| Point::new(p.x * 2, p.y * 2)).collect()),
            aslant: !ring.is_rectilinear(),
        }
    }
}

impl<'a> Rows<'a> {
    /// Of the floor inside any of `rings` and outside `holes`, between the lines at `xs`.
    pub(super) fn new(rings: &[&'a Ring], holes: &'a [Ring], xs: &'a [i64]) -> Rows<'a> {
        let rings: Vec<Outline<'a>> = rings.iter().map(|ring| Outline::of(ring)).collect();
        let holes: Vec<Outline<'a>> = holes.iter().map(Outline::of).collect();
        Rows {
            xs,
            middles: xs
                .iter()
                .zip(xs.iter().skip(1))
                .map(|(a, b)| a + b)
                .collect(),
            aslant: rings.iter().chain(&holes).any(|outline| outline.aslant),
            above: vec![Vec::new(); rings.len()],
            free: Vec::new(),
            rings,
            holes,
        }
    }

    /// Whether each box from `y0` to `y1` is free. Rows are asked for one below the other.
    pub(super) fn row(&mut self, y0: i64, y1: i64) -> &[bool] {
        let middle = y0 + y1;
        self.free.clear();
        self.free.resize(self.middles.len(), false);
        for (outline, above) in self.rings.iter().zip(&mut self.above) {
            if !self.aslant {
                for span in spans(&outline.doubled, middle, &self.middles) {
                    set(&mut self.free, span, true);
                }
                continue;
            }
            // Wholly inside is where all corners are.
            if above.is_empty() {
                *above = on_line(outline.ring, y0, self.xs);
            }
            let below = on_line(outline.ring, y1, self.xs);
            let corners = above.windows(2).zip(below.windows(2));
            for (free, (upper, lower)) in self.free.iter_mut().zip(corners) {
                *free |= upper.iter().chain(lower).all(|inside| *inside);
            }
            *above = below;
        }
        for outline in &self.holes {
            for span in spans(&outline.doubled, middle, &self.middles) {
                set(&mut self.free, span, false);
            }
            if outline.aslant {
                for y in [y0, y1] {
                    for span in spans(outline.ring, y, self.xs) {
                        // A corner belongs to the boxes on both sides of it.
                        set(
                            &mut self.free,
                            span.start.saturating_sub(1)..span.end,
                            false,
                        );
                    }
                }
            }
        }
        &self.free
    }
}

fn set(flags: &mut [bool], span: Range<usize>, value: bool) {
    let end = span.end.min(flags.len());
    if let Some(flags) = flags.get_mut(span.start..end) {
        flags.fill(value);
    }
}

/// For each of `xs` whether it is within the ring or on it at the height `y`.
fn on_line(ring: &Ring, y: i64, xs: &[i64]) -> Vec<bool> {
    let mut inside = vec![false; xs.len()];
    for span in spans(ring, y, xs) {
        set(&mut inside, span, true);
    }
    inside
}

/// Where in `xs`, which ascend, those are that lie within the ring or on it at the height `y`; the
/// same as [`Ring::contains`] tells of each. Spans may overlap.
fn spans(ring: &Ring, y: i64, xs: &[i64]) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut crossings = Vec::new();
    for (a, b) in ring.edges() {
        let (upper, lower) = if a.y <= b.y { (a, b) } else { (b, a) };
        if y < upper.y || y > lower.y {
            continue;
        }
        if upper.y == lower.y {
            let (left, right) = (a.x.min(b.x), a.x.max(b.x));
            spans.push(xs.partition_point(|x| *x < left)..xs.partition_point(|x| *x <= right));
            continue;
        }
        // On the way down what lies on the left turns right as seen on a page.
        let side = |x: i64| upper.turn(lower, Point::new(x, y));
        let first = xs.partition_point(|x| side(*x) > 0);
        let on = xs.get(first..).unwrap_or_default();
        let past = first + on.partition_point(|x| side(*x) == 0);
        spans.push(first..past);
        // Each edge owns its upper end, so that a corner is crossed once.
        if y < lower.y {
            crossings.push(past);
        }
    }
    crossings.sort_unstable();
    let (pairs, _) = crossings.as_chunks();
    spans.extend(pairs.iter().map(|[from, to]| *from..*to));
    spans.retain(|span| !span.is_empty());
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_what_each_point_tells() {
        let ring =
            |corners: &[[i64; 2]]| Ring::new(corners.iter().copied().map(Point::from).collect());
        let rings = [
            ring(&[[0, 0], [9, 0], [9, 9], [0, 9]]),
            ring(&[[0, 0], [9, 0], [9, 4], [5, 4], [5, 9], [0, 9]]),
            ring(&[[2, 0], [9, 3], [6, 9], [5, 4], [0, 7]]),
            ring(&[[4, 0], [8, 4], [4, 8], [0, 4]]),
            // The other way round, and with a notch.
            ring(&[[0, 9], [4, 4], [9, 9], [9, 0], [4, 3], [0, 0]]),
        ];
        let xs: Vec<i64> = (-1..=10).collect();
        for ring in &rings {
            for y in -1..=10 {
                let told: Vec<bool> = xs
                    .iter()
                    .map(|x| ring.contains(Point::new(*x, y)))
                    .collect();
                assert_eq!(on_line(ring, y, &xs), told, "{ring:?} at {y}");
            }
        }
    }
}
