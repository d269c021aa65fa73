//! Clipping paths: boxes always, and the real outline where it is cheap.
//!
//! Lines are cut at the real outline, whatever its shape, as hatchings are drawn far beyond the
//! wall that they are clipped to. Filled areas are cut at a convex outline, and at the box of any
//! other. An outline of very many corners counts as its box for both.

use std::sync::Arc;

use crate::plan::{Point, Rect, Segment};

/// Edges of an outline that is followed; a wall's hatching is clipped to a few dozen.
const MAX_EDGES: usize = 128;

/// Outlines inside each other that are followed.
const MAX_DEPTH: usize = 4;

/// What lies on the outline itself is still seen, half of it.
const ON_EDGE_PT: f64 = 0.01;

/// Where painting shows, on the displayed page.
#[derive(Debug, Clone)]
pub(super) struct Clip {
    area: Rect,
    outline: Option<Arc<Outline>>,
}

#[derive(Debug)]
struct Outline {
    edges: Vec<Segment>,
    even_odd: bool,
    /// Its corners in an order that has the inside on the left, if it is convex.
    convex: Option<Vec<Point>>,
    depth: usize,
    within: Option<Arc<Outline>>,
}

impl Clip {
    pub(super) fn new(area: Rect) -> Clip {
        Clip {
            area,
            outline: None,
        }
    }

    /// The box around what shows.
    pub(super) fn area(&self) -> &Rect {
        &self.area
    }

    /// Whether what shows is the whole of its box.
    pub(super) fn is_box(&self) -> bool {
        self.outline.is_none()
    }

    /// Edges that each line is compared with, as a measure of the work.
    pub(super) fn edges(&self) -> usize {
        self.outlines().map(|outline| outline.edges.len()).sum()
    }

    fn outlines(&self) -> impl Iterator<Item = &Outline> {
        std::iter::successors(self.outline.as_deref(), |outline| outline.within.as_deref())
    }

    /// Clips to the inside of closed `rings` as well.
    pub(super) fn cut(&mut self, rings: &[&[Point]], even_odd: bool) {
        let corners = rings.iter().flat_map(|ring| ring.iter().copied());
        self.area = self.area.intersection(&Rect::around(corners));
        let count: usize = rings.iter().map(|ring| ring.len()).sum();
        let depth = self.outline.as_ref().map_or(0, |outline| outline.depth);
        if count > MAX_EDGES || depth >= MAX_DEPTH {
            return;
        }
        if let [ring] = rings
            && is_upright_box(ring)
        {
            return;
        }
        let edges: Vec<Segment> = rings.iter().flat_map(|ring| edges(ring)).collect();
        let convex = match rings {
            [ring] => convex(ring),
            _ => None,
        };
        self.outline = Some(Arc::new(Outline {
            edges,
            even_odd,
            convex,
            depth: depth + 1,
            within: self.outline.take(),
        }));
    }

    /// The pieces of `line` that show, in order from its start, added to `pieces`.
    pub(super) fn pieces(&self, line: Segment, pieces: &mut Vec<Segment>) {
        let Some(inside) = line.clipped_to(&self.area) else {
            return;
        };
        let first = pieces.len();
        pieces.push(inside);
        for outline in self.outlines() {
            let before: Vec<Segment> = pieces.drain(first..).collect();
            for piece in before {
                outline.pieces(piece, pieces);
            }
        }
    }

    /// The polygon as far as it shows, by the boxes of outlines that are not convex.
    pub(super) fn polygon(&self, points: &[Point]) -> Vec<Point> {
        let Rect { x0, y0, x1, y1 } = self.area;
        let mut polygon = points.to_vec();
        polygon = halved(&polygon, |p| p.x - x0);
        polygon = halved(&polygon, |p| x1 - p.x);
        polygon = halved(&polygon, |p| p.y - y0);
        polygon = halved(&polygon, |p| y1 - p.y);
        for corners in self
            .outlines()
            .filter_map(|outline| outline.convex.as_ref())
        {
            for edge in edges(corners) {
                polygon = halved(&polygon, |p| turn(edge.a, edge.b, p));
            }
        }
        polygon
    }
}

impl Outline {
    fn pieces(&self, line: Segment, pieces: &mut Vec<Segment>) {
        let mut cuts: Vec<f64> = self
            .edges
            .iter()
            .filter_map(|edge| crossing(line, *edge))
            .collect();
        cuts.sort_by(f64::total_cmp);
        cuts.push(1.0);
        let (mut from, mut shown): (f64, Option<f64>) = (0.0, None);
        let mut end_at = |shown: &mut Option<f64>, at: f64| {
            if let Some(start) = shown.take()
                && at > start
            {
                let point = |share: f64| match share {
                    // The ends stay exactly what they were, so that pieces join.
                    0.0 => line.a,
                    1.0 => line.b,
                    share => line.a.towards(line.b, share),
                };
                pieces.push(Segment::new(point(start), point(at)));
            }
        };
        for cut in cuts {
            if cut <= from {
                continue;
            }
            if self.contains(line.a.towards(line.b, 0.5 * (from + cut))) {
                shown.get_or_insert(from);
            } else {
                end_at(&mut shown, from);
            }
            from = cut;
        }
        end_at(&mut shown, 1.0);
    }

    fn contains(&self, point: Point) -> bool {
        let (mut winding, mut crossings) = (0_i64, 0_u64);
        for edge in &self.edges {
            if edge.distance_to(point) <= ON_EDGE_PT {
                return true;
            }
            let upwards = edge.a.y <= point.y && edge.b.y > point.y;
            let downwards = edge.b.y <= point.y && edge.a.y > point.y;
            let side = turn(edge.a, edge.b, point);
            if upwards && side > 0.0 {
                winding += 1;
                crossings += 1;
            } else if downwards && side < 0.0 {
                winding -= 1;
                crossings += 1;
            }
        }
        match self.even_odd {
            true => crossings % 2 == 1,
            false => winding != 0,
        }
    }
}

/// Twice the area of the triangle; positive where `point` lies on the left of `a` to `b`.
fn turn(a: Point, b: Point, point: Point) -> f64 {
    (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)
}

fn edges(ring: &[Point]) -> impl Iterator<Item = Segment> + '_ {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(&a, &b)| Segment::new(a, b))
}

/// Where along `line`, as a share of it, `edge` crosses it.
fn crossing(line: Segment, edge: Segment) -> Option<f64> {
    let (from, to) = (turn(edge.a, edge.b, line.a), turn(edge.a, edge.b, line.b));
    let (low, high) = (turn(line.a, line.b, edge.a), turn(line.a, line.b, edge.b));
    let crosses = (from < 0.0) != (to < 0.0)
        && ((low <= 0.0) != (high <= 0.0) || (low < 0.0) != (high < 0.0));
    let share = from / (from - to);
    (crosses && share > 0.0 && share < 1.0).then_some(share)
}

/// Sutherland and Hodgman's step: the polygon as far as `room` is not negative.
fn halved(polygon: &[Point], room: impl Fn(Point) -> f64) -> Vec<Point> {
    let Some(&last) = polygon.last() else {
        return Vec::new();
    };
    let mut kept = Vec::with_capacity(polygon.len() + 4);
    let (mut previous, mut before) = (last, room(last));
    for &point in polygon {
        let now = room(point);
        if (before < 0.0) != (now < 0.0) {
            kept.push(previous.towards(point, before / (before - now)));
        }
        if now >= 0.0 {
            kept.push(point);
        }
        (previous, before) = (point, now);
    }
    kept
}

fn is_upright_box(ring: &[Point]) -> bool {
    let ring = without_repeats(ring);
    ring.len() == 4
        && edges(&ring).all(|edge| {
            let (dx, dy) = ((edge.a.x - edge.b.x).abs(), (edge.a.y - edge.b.y).abs());
            dx.min(dy) < 1e-6
        })
}

fn without_repeats(ring: &[Point]) -> Vec<Point> {
    let mut corners: Vec<Point> = Vec::with_capacity(ring.len());
    for &point in ring {
        if corners.last() != Some(&point) {
            corners.push(point);
        }
    }
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    corners
}

/// The corners with the inside on the left, if the ring turns the same way once around.
fn convex(ring: &[Point]) -> Option<Vec<Point>> {
    let mut corners = without_repeats(ring);
    if corners.len() < 3 {
        return None;
    }
    let turns: Vec<f64> = (0..corners.len())
        .filter_map(|at| {
            let corner = |ahead: usize| corners.get((at + ahead) % corners.len()).copied();
            Some(turn(corner(0)?, corner(1)?, corner(2)?))
        })
        .collect();
    let left = turns.iter().all(|turn| *turn >= 0.0);
    let right = turns.iter().all(|turn| *turn <= 0.0);
    // A star turns one way as well, but several times around: then an edge changes between going
    // up and down more than twice.
    let ups: Vec<bool> = edges(&corners)
        .filter(|edge| edge.a.y != edge.b.y)
        .map(|edge| edge.b.y > edge.a.y)
        .collect();
    let next = ups.iter().cycle().skip(1);
    let changes = ups.iter().zip(next).filter(|(one, two)| one != two).count();
    if left == right || changes > 2 {
        return None;
    }
    if right {
        corners.reverse();
    }
    Some(corners)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(corners: &[(f64, f64)]) -> Vec<Point> {
        corners.iter().map(|&(x, y)| Point::new(x, y)).collect()
    }

    fn page() -> Clip {
        Clip::new(Rect::between(Point::default(), Point::new(100.0, 100.0)))
    }

    fn shown(clip: &Clip, a: (f64, f64), b: (f64, f64)) -> Vec<(f64, f64)> {
        let mut pieces = Vec::new();
        let line = Segment::new(Point::new(a.0, a.1), Point::new(b.0, b.1));
        clip.pieces(line, &mut pieces);
        pieces.iter().map(|piece| (piece.a.x, piece.b.x)).collect()
    }

    #[test]
    fn lines_are_cut_at_an_outline_of_any_shape() {
        // A U, open at the top of the page.
        let u = points(&[
            (10.0, 10.0),
            (30.0, 10.0),
            (30.0, 60.0),
            (70.0, 60.0),
            (70.0, 10.0),
            (90.0, 10.0),
            (90.0, 90.0),
            (10.0, 90.0),
        ]);
        let mut clip = page();
        clip.cut(&[&u], false);
        assert_eq!(
            shown(&clip, (0.0, 30.0), (100.0, 30.0)),
            [(10.0, 30.0), (70.0, 90.0)]
        );
        assert_eq!(shown(&clip, (0.0, 70.0), (100.0, 70.0)), [(10.0, 90.0)]);
        assert_eq!(shown(&clip, (35.0, 30.0), (65.0, 30.0)), []);
        // Along an edge, and through a corner.
        assert_eq!(shown(&clip, (30.0, 60.0), (70.0, 60.0)), [(30.0, 70.0)]);
        assert_eq!(shown(&clip, (0.0, 0.0), (20.0, 20.0)), [(10.0, 20.0)]);
        // A hole by the even-odd rule.
        let hole = points(&[(20.0, 65.0), (80.0, 65.0), (80.0, 75.0), (20.0, 75.0)]);
        let mut clip = page();
        clip.cut(&[&u, &hole], true);
        assert_eq!(
            shown(&clip, (0.0, 70.0), (100.0, 70.0)),
            [(10.0, 20.0), (80.0, 90.0)]
        );
    }

    #[test]
    fn outlines_inside_each_other_all_count() {
        let mut clip = page();
        clip.cut(
            &[&points(&[
                (0.0, 50.0),
                (50.0, 0.0),
                (100.0, 50.0),
                (50.0, 100.0),
            ])],
            false,
        );
        clip.cut(&[&points(&[(0.0, 0.0), (100.0, 0.0), (0.0, 100.0)])], false);
        assert_eq!(shown(&clip, (0.0, 30.0), (100.0, 30.0)), [(20.0, 70.0)]);
        clip.cut(
            &[&points(&[
                (40.0, 0.0),
                (60.0, 0.0),
                (60.0, 99.0),
                (40.0, 99.0),
            ])],
            false,
        );
        assert_eq!(shown(&clip, (0.0, 30.0), (100.0, 30.0)), [(40.0, 60.0)]);
    }

    #[test]
    fn fills_are_cut_at_convex_outlines() {
        let square = points(&[(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)]);
        for mut diamond in [
            points(&[(0.0, 50.0), (50.0, 0.0), (100.0, 50.0), (50.0, 100.0)]),
            points(&[(50.0, 100.0), (100.0, 50.0), (50.0, 0.0), (0.0, 50.0)]),
        ] {
            // As producers close it: the first corner once more.
            diamond.push(diamond[0]);
            let mut clip = page();
            clip.cut(&[&diamond], false);
            let cut = clip.polygon(&square);
            let area: f64 = edges(&cut)
                .map(|edge| 0.5 * (edge.a.x * edge.b.y - edge.b.x * edge.a.y))
                .sum();
            assert!((area.abs() - 5_000.0).abs() < 1e-6, "{area}");
        }
        let star = points(&[
            (50.0, 0.0),
            (79.0, 90.0),
            (2.0, 35.0),
            (98.0, 35.0),
            (21.0, 90.0),
        ]);
        assert!(convex(&star).is_none());
    }
}
