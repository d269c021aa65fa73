//! Walls between spaces: where their boxes touch, inside the plate and off its columns.

use super::MATERIAL;
use crate::layout::rules::Rules;
use crate::layout::{InteriorWall, OpenEdge, PerimeterWall, Plate, Point, Rect, Ring};

/// Pieces shorter than this are where lines only touch, in mm.
const SHORTEST_MM: i64 = 20;

/// A space before it has an outline, or a part of one.
#[derive(Clone, Copy)]
pub(super) struct Box_<'a> {
    /// Its id.
    pub(super) id: &'a str,
    /// Gross box.
    pub(super) rect: Rect,
    /// Whether it is a corridor.
    pub(super) corridor: bool,
}

/// Walls and open edges between boxes.
pub(super) fn between(
    plate: &Plate,
    rules: &Rules,
    boxes: &[Box_<'_>],
) -> (Vec<InteriorWall>, Vec<OpenEdge>) {
    let mut walls: Vec<InteriorWall> = Vec::new();
    let mut open: Vec<(Point, Point, [String; 2])> = Vec::new();
    let mut segments: Vec<Segment<'_>> = Vec::new();
    for (i, one) in boxes.iter().enumerate() {
        // Parts of one space have nothing between them.
        for other in boxes.iter().skip(i + 1).filter(|other| other.id != one.id) {
            if let Some((a, b, left, right)) = touching(one, other) {
                let is_open = one.corridor && other.corridor;
                let between = [one.id, other.id];
                let pieces = inside(plate, a, b).into_iter();
                segments.extend(pieces.map(|(a, b)| Segment {
                    a,
                    b,
                    left,
                    right,
                    between,
                    is_open,
                }));
            }
        }
    }
    join(&mut segments);
    for segment in segments {
        let (a, b) = (segment.a, segment.b);
        // So short a piece lies within the ends of the walls that meet there.
        let hidden = a.distance(b) <= rules.wall_thickness_mm;
        if segment.is_open {
            open.push((a, b, segment.between.map(str::to_owned)));
        } else if !hidden {
            walls.push(InteriorWall {
                id: String::new(),
                x1: a.x,
                y1: a.y,
                x2: b.x,
                y2: b.y,
                thickness_mm: rules.wall_thickness_mm,
                height_mm: plate.ceiling_height_mm,
                material: MATERIAL.to_owned(),
                left_room: Some(segment.left.to_owned()),
                right_room: Some(segment.right.to_owned()),
                openings: Vec::new(),
            });
        }
    }
    walls.sort_by_key(|wall| (wall.y1, wall.x1, wall.y2, wall.x2));
    for (i, wall) in walls.iter_mut().enumerate() {
        wall.id = format!("w-{}", i + 1);
    }
    let bodies: Vec<Rect> = walls.iter().map(body).collect();
    let edges = open
        .into_iter()
        .flat_map(|(a, b, between)| {
            let pieces = clear_of(a, b, &bodies);
            pieces.into_iter().map(move |(from, to)| OpenEdge {
                from,
                to,
                between: between.clone(),
            })
        })
        .collect();
    (walls, edges)
}

/// A segment between two spaces.
struct Segment<'a> {
    a: Point,
    b: Point,
    left: &'a str,
    right: &'a str,
    between: [&'a str; 2],
    is_open: bool,
}

/// Makes one of segments that go on from each other between the same spaces, as they do along the
/// parts of a space.
fn join(segments: &mut Vec<Segment<'_>>) {
    let mut k = 0;
    while k < segments.len() {
        let next = segments.get(k).and_then(|one| {
            segments.iter().position(|other| {
                other.a == one.b
                    && (other.left, other.right, other.is_open)
                        == (one.left, one.right, one.is_open)
                    && (one.a.x == other.b.x || one.a.y == other.b.y)
            })
        });
        match next {
            Some(next) => {
                let end = segments.remove(next).b;
                let here = if next < k { k - 1 } else { k };
                if let Some(one) = segments.get_mut(here) {
                    one.b = end;
                }
                k = here;
            }
            None => k += 1,
        }
    }
}

/// The floor a wall covers, the corners at its ends included.
pub(super) fn body(wall: &InteriorWall) -> Rect {
    Rect::new(wall.x1, wall.y1, wall.x2, wall.y2).grown(wall.thickness_mm / 2)
}

/// The segment along which two boxes touch, with the ids to its left and right.
fn touching<'a>(one: &Box_<'a>, other: &Box_<'a>) -> Option<(Point, Point, &'a str, &'a str)> {
    let (a, b) = (one.rect, other.rect);
    let (y0, y1) = (a.y0.max(b.y0), a.y1.min(b.y1));
    let (x0, x1) = (a.x0.max(b.x0), a.x1.min(b.x1));
    if y1 - y0 >= SHORTEST_MM && (a.x1 == b.x0 || b.x1 == a.x0) {
        // Downwards on the page, what is to the right on the page is to the left of the way.
        let (x, west, east) = if a.x1 == b.x0 {
            (a.x1, one, other)
        } else {
            (b.x1, other, one)
        };
        return Some((Point::new(x, y0), Point::new(x, y1), east.id, west.id));
    }
    if x1 - x0 >= SHORTEST_MM && (a.y1 == b.y0 || b.y1 == a.y0) {
        let (y, north, south) = if a.y1 == b.y0 {
            (a.y1, one, other)
        } else {
            (b.y1, other, one)
        };
        return Some((Point::new(x0, y), Point::new(x1, y), north.id, south.id));
    }
    None
}

/// The parts of a segment along an axis that have floor on both sides.
fn inside(plate: &Plate, a: Point, b: Point) -> Vec<(Point, Point)> {
    let vertical = a.x == b.x;
    let (line, from, to) = if vertical {
        (a.x, a.y, b.y)
    } else {
        (a.y, a.x, b.x)
    };
    let split = |p: Point| if vertical { (p.x, p.y) } else { (p.y, p.x) };
    let mut cuts = vec![from, to];
    let rings = || {
        plate
            .obstacles
            .iter()
            .chain(std::iter::once(&plate.inner_outline))
    };
    for ring in rings() {
        for (p, q) in ring.edges() {
            let ((p0, p1), (q0, q1)) = (split(p), split(q));
            if p0 == q0 {
                if p0 == line {
                    cuts.extend([p1, q1]);
                }
            } else if (p0.min(q0)..=p0.max(q0)).contains(&line) {
                cuts.push(p1 + (q1 - p1) * (line - p0) / (q0 - p0));
            }
        }
    }
    cuts.retain(|cut| (from..=to).contains(cut));
    cuts.sort_unstable();
    cuts.dedup();
    let at = |along: i64, off: i64| {
        if vertical {
            Point::new(line + off, along)
        } else {
            Point::new(along, line + off)
        }
    };
    let floor = |point: Point| {
        plate.inner_outline.contains(point)
            && !plate
                .obstacles
                .iter()
                .any(|ring: &Ring| ring.contains(point))
    };
    let mut pieces: Vec<(i64, i64)> = Vec::new();
    for pair in cuts.windows(2) {
        let (Some(&low), Some(&high)) = (pair.first(), pair.last()) else {
            continue;
        };
        let middle = low.midpoint(high);
        if high - low < 2 || !floor(at(middle, 1)) || !floor(at(middle, -1)) {
            continue;
        }
        match pieces.last_mut() {
            Some(last) if last.1 == low => last.1 = high,
            _ => pieces.push((low, high)),
        }
    }
    pieces
        .into_iter()
        .filter(|(low, high)| high - low >= SHORTEST_MM)
        .map(|(low, high)| (at(low, 0), at(high, 0)))
        .collect()
}

/// The parts of a segment that no wall covers.
fn clear_of(a: Point, b: Point, bodies: &[Rect]) -> Vec<(Point, Point)> {
    let vertical = a.x == b.x;
    let (line, from, to) = if vertical {
        (a.x, a.y, b.y)
    } else {
        (a.y, a.x, b.x)
    };
    let mut covered: Vec<(i64, i64)> = bodies
        .iter()
        .filter_map(|body| {
            let (low, high, start, end) = if vertical {
                (body.x0, body.x1, body.y0, body.y1)
            } else {
                (body.y0, body.y1, body.x0, body.x1)
            };
            (low < line && line < high).then_some((start, end))
        })
        .collect();
    covered.sort_unstable();
    let at = |along: i64| {
        if vertical {
            Point::new(line, along)
        } else {
            Point::new(along, line)
        }
    };
    let mut pieces = Vec::new();
    let mut reached = from;
    for (start, end) in covered {
        if start > reached && reached < to {
            pieces.push((at(reached), at(start.min(to))));
        }
        reached = reached.max(end);
    }
    if reached < to {
        pieces.push((at(reached), at(to)));
    }
    pieces
}

/// The walls of the building, outside its inner outline, one for each edge.
pub(super) fn perimeter(plate: &Plate) -> Vec<PerimeterWall> {
    let half = plate.exterior_wall_mm / 2;
    let outline = &plate.inner_outline;
    let edges: Vec<(Point, Point)> = outline.edges().collect();
    let lit = |edge: usize| {
        if plate.windows.is_empty() {
            plate.daylight.get(edge).copied().unwrap_or(false)
        } else {
            plate.windows.iter().any(|window| window.edge == edge)
        }
    };
    // The outline is clockwise on the page, so outside is to the left of the way.
    let shift = |(a, b): (Point, Point)| -> (i64, i64) {
        let length = a.distance(b).max(1);
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        (
            (dy * half).div_euclid(length),
            (-dx * half).div_euclid(length),
        )
    };
    let count = edges.len();
    let corner = |i: usize| -> Point {
        // Where the centre lines of the edge before and of this one meet.
        let before = edges.get((i + count - 1) % count).copied();
        let here = edges.get(i % count).copied();
        let (Some(before), Some(here)) = (before, here) else {
            return Point::default();
        };
        let ((bx, by), (hx, hy)) = (shift(before), shift(here));
        let crossing = meet(
            (before.0.shifted(bx, by), before.1.shifted(bx, by)),
            (here.0.shifted(hx, hy), here.1.shifted(hx, hy)),
        );
        crossing.unwrap_or_else(|| here.0.shifted(hx, hy))
    };
    (0..count)
        .map(|i| {
            let (a, b) = (corner(i), corner(i + 1));
            PerimeterWall {
                id: format!("p-{}", i + 1),
                x1: a.x,
                y1: a.y,
                x2: b.x,
                y2: b.y,
                thickness_mm: plate.exterior_wall_mm,
                height_mm: plate.ceiling_height_mm,
                material: "existing".to_owned(),
                daylight: lit(i),
                openings: Vec::new(),
            }
        })
        .collect()
}

/// Where two lines meet, rounded; `None` for parallel ones.
fn meet(one: (Point, Point), other: (Point, Point)) -> Option<Point> {
    let (d1x, d1y) = (one.1.x - one.0.x, one.1.y - one.0.y);
    let (d2x, d2y) = (other.1.x - other.0.x, other.1.y - other.0.y);
    let cross = i128::from(d1x) * i128::from(d2y) - i128::from(d1y) * i128::from(d2x);
    if cross == 0 {
        return None;
    }
    let (ox, oy) = (other.0.x - one.0.x, other.0.y - one.0.y);
    let along = i128::from(ox) * i128::from(d2y) - i128::from(oy) * i128::from(d2x);
    let part = |d: i64| i64::try_from((i128::from(d) * along + cross / 2).div_euclid(cross)).ok();
    let mut point = one.0.shifted(part(d1x)?, part(d1y)?);
    // A line along an axis is not moved by what rounding does to the other.
    for (line, dx, dy) in [(one, d1x, d1y), (other, d2x, d2y)] {
        if dx == 0 {
            point.x = line.0.x;
        }
        if dy == 0 {
            point.y = line.0.y;
        }
    }
    Some(point)
}
