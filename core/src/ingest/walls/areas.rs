//! Filled areas: thin ones are lines, the rest is cut into bars between its facing edges.

use std::collections::BTreeMap;

use super::arcs::{Arc, in_curve, paired};
use super::bars::Bar;
use super::families::{Axis, families};
use super::inside::Inside;
use super::pens::Pen;
use super::slices::{ThinLine, by_width, slices};
use crate::error::Result;
use crate::ingest::cells::Cells;
use crate::ingest::drawing::{Colour, Drawing, Path};
use crate::ingest::thin::thin_quadrangle;
use crate::plan::{Point, Rect, Segment, WallStyle};
use crate::watch::Watch;

/// Thickest wall, as a share of the diagonal of everything filled with its colour.
const THICKEST_SHARE: f64 = 0.06;

/// Polygons with more corners than this are pictures or terrain, not walls.
const MAX_CORNERS: usize = 20_000;

/// Curved areas smaller than this share of all are letters and arrows.
const SMALL_SHARE: f64 = 0.03;

/// Areas without curves smaller than this share of all, or than this in points, are the dots of a
/// hatching: of walls no thinner than that only scraps are so small.
const DOT_SHARE: f64 = 0.002;
const DOT_PT: f64 = 0.75;

/// Colours that fill bars of less than this share of what the first colour fills are of no
/// kind of wall: north arrows, scale bars, symbols.
const COLOUR_SHARE: f64 = 0.1;

/// How far outside an area its surroundings are looked at, in points: more than rounding.
const BESIDE_PT: f64 = 0.1;

/// Ends of edges nearer than this along them meet, in points: corners are rounded.
const JOINT_PT: f64 = 0.01;

/// Arcs of one area that are looked at; a wall has a few.
const MAX_ARCS: usize = 64;

/// Edges that are looked at for one edge; tilings of triangles have many.
const MAX_FACING: usize = 64;

/// What is filled on a page.
#[derive(Debug, Default)]
pub(super) struct Filled {
    /// The bars inside the areas of each colour, in a fixed order.
    pub(super) by_colour: Vec<Vec<Bar>>,
    /// The bars inside the areas of all colours that fill a good deal, when there are several:
    /// kinds of walls, or leaves of one.
    pub(super) together: Vec<Bar>,
    /// Lines that are drawn as thin areas.
    pub(super) lines: Vec<Pen>,
}

/// Collects the filled areas of `drawing`.
pub(super) fn collect(drawing: &Drawing, watch: &dyn Watch) -> Result<Filled> {
    let mut groups: BTreeMap<Colour, Vec<Area>> = BTreeMap::new();
    let mut lines: BTreeMap<Colour, Vec<ThinLine>> = BTreeMap::new();
    for path in drawing.paths() {
        let Some(colour) = path.paint().fill.filter(|colour| !colour.is_white()) else {
            continue;
        };
        let Some(area) = Area::of(&path) else {
            continue;
        };
        match area.thin_line() {
            Some((line, width)) => {
                let list = lines.entry(colour).or_default();
                list.push(ThinLine { line, width, area });
            }
            None => groups.entry(colour).or_default().push(area),
        }
    }
    let mut pens = Vec::new();
    for (colour, list) in lines {
        let areas = groups.entry(colour).or_default();
        let (slices, list) = slices(list, areas);
        areas.extend(slices);
        pens.extend(by_width(colour, list));
    }
    let mut by_colour = Vec::new();
    for areas in groups.values() {
        watch.check()?;
        let areas: Vec<&Area> = areas.iter().collect();
        by_colour.push(bars_between_edges(&areas, watch)?);
    }
    without_glass(&mut by_colour);
    let total = |bars: &[Bar]| bars.iter().map(Bar::length).sum::<f64>();
    let most = by_colour.iter().map(|bars| total(bars)).fold(0.0, f64::max);
    let strong: Vec<&Vec<Area>> = groups
        .values()
        .zip(&by_colour)
        .filter(|(_, bars)| !bars.is_empty() && total(bars) >= COLOUR_SHARE * most)
        .map(|(areas, _)| areas)
        .collect();
    let together = if strong.len() > 1 {
        let areas: Vec<&Area> = strong.into_iter().flatten().collect();
        bars_between_edges(&areas, watch)?
    } else {
        Vec::new()
    };
    Ok(Filled {
        by_colour,
        together,
        lines: pens,
    })
}

/// Share of what one colour fills that must lie between walls of other colours, on their lines, to be
/// the glass in them: what draws walls makes corners as well.
const GLASS_SHARE: f64 = 0.75;

/// Panes of a colour, at least.
const PANES: usize = 3;

/// Glass may leave such a joint to the wall, in points, and be so much thicker than that.
const GLASS_JOINT_PT: f64 = 0.5;
const GLASS_THICKER: f64 = 1.1;

/// Colours and bars that are looked at for glass.
const MOST_COLOURS: usize = 24;
const MOST_PANES: usize = 4_000;

/// Takes the glass of windows that is filled with a colour of its own out of `by_colour`.
fn without_glass(by_colour: &mut [Vec<Bar>]) {
    let all: Vec<(usize, Bar)> = by_colour
        .iter()
        .enumerate()
        .flat_map(|(colour, bars)| bars.iter().map(move |bar| (colour, *bar)))
        .collect();
    if !(2..=MOST_COLOURS).contains(&by_colour.len()) || all.len() > MOST_PANES {
        return;
    }
    let cells = Cells::new(all.iter().map(|(_, bar)| bar.segment()));
    for (colour, bars) in by_colour.iter_mut().enumerate() {
        let is_met = |pane: &Bar, end: Point| {
            let length = pane.length().max(1e-9);
            let (dx, dy) = (
                (pane.b.x - pane.a.x) / length,
                (pane.b.y - pane.a.y) / length,
            );
            cells.near(end, GLASS_JOINT_PT).into_iter().any(|index| {
                all.get(index).is_some_and(|(other, wall)| {
                    let (ex, ey) = (wall.b.x - wall.a.x, wall.b.y - wall.a.y);
                    *other != colour
                        && pane.thickness <= GLASS_THICKER * wall.thickness
                        && (dx * ey - dy * ex).abs() <= 0.02 * wall.length()
                        && wall.a.distance(end).min(wall.b.distance(end))
                            <= GLASS_JOINT_PT + 0.2 * wall.thickness
                })
            })
        };
        let long = |bar: &&Bar| bar.aspect() >= 1.0;
        let whole: f64 = bars.iter().filter(long).map(Bar::length).sum();
        let panes = bars.iter().filter(long);
        let panes: Vec<&Bar> = panes
            .filter(|pane| is_met(pane, pane.a) && is_met(pane, pane.b))
            .collect();
        let glass: f64 = panes.iter().map(|pane| pane.length()).sum();
        if panes.len() >= PANES && glass >= GLASS_SHARE * whole {
            bars.clear();
        }
    }
}

/// The rings of one filled path, without repeated corners.
pub(super) struct Area {
    rings: Vec<Vec<Point>>,
    even_odd: bool,
    curved: bool,
    /// The arcs in its curves.
    arcs: Vec<Arc>,
}

impl Area {
    /// The area of `path` without its letters: their stems are as long and as wide as short walls.
    fn of(path: &Path<'_>) -> Option<Area> {
        let mut rings = Vec::new();
        let mut corners = 0;
        let mut curved = false;
        let mut arcs = Vec::new();
        for subpath in path.subpaths().filter(|subpath| !subpath.lettering) {
            if subpath.curved {
                curved = true;
                arcs.extend(in_curve(subpath.points));
            }
            let mut ring: Vec<Point> = Vec::with_capacity(subpath.points.len());
            for &point in subpath.points {
                if ring.last().is_none_or(|last| last.distance(point) > 0.01) {
                    ring.push(point);
                }
            }
            while ring.len() > 1
                && ring
                    .first()
                    .zip(ring.last())
                    .is_some_and(|(a, b)| a.distance(*b) <= 0.01)
            {
                ring.pop();
            }
            corners += ring.len();
            if ring.len() >= 3 {
                rings.push(ring);
            }
        }
        (!rings.is_empty() && corners <= MAX_CORNERS).then(|| Area {
            rings,
            even_odd: path.paint().even_odd,
            curved,
            arcs,
        })
    }

    fn bounds(&self) -> Rect {
        Rect::around(self.rings.iter().flatten().copied())
    }

    /// The line and its width, when this is a long thin quadrangle.
    fn thin_line(&self) -> Option<(Segment, f64)> {
        let [ring] = self.rings.as_slice() else {
            return None;
        };
        thin_quadrangle(ring)
    }

    /// Whether it has one outline and no holes.
    pub(super) fn is_simple(&self) -> bool {
        self.rings.len() == 1
    }

    /// The sides of its rings.
    pub(super) fn sides(&self) -> impl Iterator<Item = Segment> {
        self.rings.iter().flat_map(|ring| {
            let next = ring.iter().cycle().skip(1);
            ring.iter().zip(next).map(|(&a, &b)| Segment::new(a, b))
        })
    }

    /// Its edges, each with the inside on its left as seen with y upwards.
    fn edges(&self, edges: &mut Vec<Segment>) {
        let start = edges.len();
        edges.extend(self.sides());
        if self.rings.len() == 1 {
            let own = edges.get_mut(start..).unwrap_or_default();
            let doubled: f64 = own
                .iter()
                .map(|edge| edge.a.x * edge.b.y - edge.b.x * edge.a.y)
                .sum();
            if doubled < 0.0 {
                for edge in own {
                    std::mem::swap(&mut edge.a, &mut edge.b);
                }
            }
            return;
        }
        let own = edges.split_off(start);
        let inside = Inside::new(&own, self.even_odd);
        for edge in &own {
            let (dx, dy) = (edge.b.x - edge.a.x, edge.b.y - edge.a.y);
            let step = 0.02 / edge.length().max(1e-9);
            let middle = edge.a.towards(edge.b, 0.5);
            let left = inside.contains(Point::new(middle.x - dy * step, middle.y + dx * step));
            let right = inside.contains(Point::new(middle.x + dy * step, middle.y - dx * step));
            match (left, right) {
                (true, false) => edges.push(*edge),
                (false, true) => edges.push(Segment::new(edge.b, edge.a)),
                _ => {}
            }
        }
    }
}

/// A stretch of an edge in the coordinates of its family.
#[derive(Debug, Clone, Copy)]
struct Edge {
    across: f64,
    from: f64,
    to: f64,
    /// How many more areas lie above (in `across`) than below.
    step: i32,
}

/// Bars between edges that face each other across the inside of areas of one colour.
///
/// Areas are often tiled: into triangles, trapezoids or the pieces between openings. Where two
/// of them share an edge, the edge has an area on both sides and is none; where they overlap,
/// the number of areas is counted across.
fn bars_between_edges(areas: &[&Area], watch: &dyn Watch) -> Result<Vec<Bar>> {
    let bounds = areas
        .iter()
        .fold(Rect::EMPTY, |all, area| all.union(&area.bounds()));
    let thickest = (THICKEST_SHARE * bounds.diagonal()).max(4.0);
    let mut edges = Vec::new();
    let (mut bars, mut curved) = (Vec::new(), Vec::new());
    // Pieces of arcs make no straight bars.
    let mut in_arcs: Vec<bool> = Vec::new();
    for area in areas {
        let size = area.bounds().diagonal();
        let is_dot = size < DOT_PT.max(DOT_SHARE * bounds.diagonal());
        if is_dot || (area.curved && size < SMALL_SHARE * bounds.diagonal()) {
            continue;
        }
        area.edges(&mut edges);
        let own = edges.get(in_arcs.len()..).unwrap_or_default();
        let arcs = area.arcs.iter().take(MAX_ARCS);
        in_arcs.extend(
            own.iter()
                .map(|edge| arcs.clone().any(|arc| arc.holds(edge))),
        );
        curved.extend(paired(&area.arcs, 0.5, thickest, WallStyle::Filled));
    }
    for family in families(&edges) {
        watch.check()?;
        let members = family
            .members
            .iter()
            .filter(|&&index| in_arcs.get(index) == Some(&false))
            .filter_map(|&index| edges.get(index));
        let lines = net_edges(family.axis, members);
        across_inside(family.axis, &lines, thickest, &mut bars);
    }
    // An edge may lie inside another area, as the end of a wall in the wall it runs into.
    let inside = Inside::new(&edges, false);
    bars.retain(|bar| {
        let (dx, dy) = (bar.b.x - bar.a.x, bar.b.y - bar.a.y);
        let step = (0.5 * bar.thickness + BESIDE_PT) / bar.length().max(1e-9);
        let middle = bar.a.towards(bar.b, 0.5);
        let beside =
            |side: f64| Point::new(middle.x - side * dy * step, middle.y + side * dx * step);
        !inside.contains(beside(1.0)) && !inside.contains(beside(-1.0))
    });
    // Beside the middle of a chord the faces of a curved wall bulge, so these are not asked.
    bars.append(&mut curved);
    Ok(bars)
}

/// The edges of a family by offset, without the stretches that have as many areas on one side
/// as on the other.
fn net_edges<'a>(axis: Axis, edges: impl Iterator<Item = &'a Segment>) -> Vec<Edge> {
    let mut placed: Vec<Edge> = edges
        .map(|edge| {
            let (one, two) = (axis.along(edge.a), axis.along(edge.b));
            Edge {
                across: 0.5 * (axis.across(edge.a) + axis.across(edge.b)),
                from: one.min(two),
                to: one.max(two),
                // With the inside on the left, it is above an edge that runs forwards.
                step: if two >= one { 1 } else { -1 },
            }
        })
        .collect();
    placed.sort_by(|one, two| one.across.total_cmp(&two.across));
    let mut net = Vec::with_capacity(placed.len());
    let mut rest = placed.as_slice();
    while let Some(first) = rest.first() {
        let limit = first.across + 0.15;
        let count = rest.partition_point(|edge| edge.across <= limit).max(1);
        let (line, after) = rest.split_at(count);
        rest = after;
        let across = line.iter().map(|edge| edge.across).sum::<f64>()
            / f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let mut events: Vec<(f64, i32)> = line
            .iter()
            .flat_map(|edge| [(edge.from, edge.step), (edge.to, -edge.step)])
            .collect();
        events.sort_by(|one, two| one.0.total_cmp(&two.0));
        let mut step = 0;
        let mut open: Option<Edge> = None;
        // Where one edge ends and the next begins nothing changes: pieces of one face are one edge.
        let place = |one: &(f64, i32), two: &(f64, i32)| two.0 - one.0 <= JOINT_PT;
        for events in events.chunk_by(place) {
            let at = events.first().map_or(0.0, |event| event.0);
            let next = events.iter().fold(step, |sum, (_, change)| sum + change);
            if let Some(edge) = open.as_mut().filter(|_| next != step) {
                if at > edge.from + JOINT_PT {
                    net.push(Edge { to: at, ..*edge });
                }
                edge.from = at;
                edge.step = next;
            } else if open.is_none() {
                open = Some(Edge {
                    across,
                    from: at,
                    to: at,
                    step: next,
                });
            }
            step = next;
        }
    }
    net.retain(|edge| edge.step != 0);
    net
}

/// From each edge with the inside above, goes up until no area is left.
fn across_inside(axis: Axis, lines: &[Edge], thickest: f64, bars: &mut Vec<Bar>) {
    let mut open: Vec<(f64, f64, i32)> = Vec::new();
    let mut left: Vec<(f64, f64, i32)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if line.step <= 0 {
            continue;
        }
        open.clear();
        open.push((line.from, line.to, line.step));
        for other in lines.iter().skip(index + 1).take(MAX_FACING) {
            let distance = other.across - line.across;
            if distance > thickest || open.is_empty() {
                break;
            }
            if other.to <= line.from || other.from >= line.to {
                continue;
            }
            left.clear();
            for &(from, to, depth) in &open {
                let (start, end) = (from.max(other.from), to.min(other.to));
                if start >= end {
                    left.push((from, to, depth));
                    continue;
                }
                let deeper = depth.saturating_add(other.step);
                if deeper > 0 {
                    left.push((start, end, deeper));
                } else {
                    let across = 0.5 * (line.across + other.across);
                    bars.push(Bar {
                        a: axis.point(start, across),
                        b: axis.point(end, across),
                        thickness: distance,
                        style: WallStyle::Filled,
                    });
                }
                for (from, to) in [(from, start), (end, to)] {
                    if to - from > 0.01 {
                        left.push((from, to, depth));
                    }
                }
            }
            std::mem::swap(&mut open, &mut left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::drawing::Paint;
    use crate::watch::Unwatched;

    #[test]
    fn the_stem_of_a_letter_is_no_wall() {
        let bars = |lettering: &[usize]| {
            let mut drawing = Drawing::default();
            for [x, length] in [[10.0, 200.0], [30.0, 60.0]] {
                let path = drawing.begin_path();
                let bar = [
                    (x, 10.0),
                    (x + 4.0, 10.0),
                    (x + 4.0, 10.0 + length),
                    (x, 10.0 + length),
                ];
                drawing.push_subpath(&bar.map(|(x, y)| Point::new(x, y)), true, false);
                let paint = Paint {
                    stroke: None,
                    fill: Some(Colour::BLACK),
                    even_odd: false,
                };
                drawing.end_path(path, paint);
            }
            drawing.mark_lettering(lettering);
            let found = collect(&drawing, &Unwatched).unwrap();
            found.by_colour.iter().flatten().count()
        };
        assert_eq!((bars(&[]), bars(&[1])), (2, 1));
    }
}
