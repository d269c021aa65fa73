//! A plate from walls in points: the space inside the outermost walls.
//!
//! Walls are thickened until the gaps of doors and windows close, the outline is taken, and the
//! thickening is taken back.

use super::super::answer::Assumption;
use super::super::request::{GenerateRequest, Graph, GraphOpening, GraphWall, SourceKind};
use super::direction::main_direction;
use super::outline::{Frame, ceiling, obstacles, place_on, shrunk, sides};
use super::squared::squared;
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{
    Entrance, MAX_COORDINATE_MM, Placement, Plate, Point, Ring, WindowSpan, overlay,
};

/// Most walls of a graph.
const MAX_WALLS: usize = 20_000;

/// By how much walls are thickened, one after the other until the outline closes, in mm: half of
/// the widest gap that is bridged.
const REACHES_MM: [i64; 6] = [60, 200, 500, 800, 1_300, 2_000];

/// The outline counts as closed when it holds this share of what the widest reach gives.
const CLOSED_PERCENT: i64 = 88;

/// Widths of openings that people come in through, in mm.
const ENTRANCE_MM: std::ops::RangeInclusive<i64> = 700..=4_000;

/// Where a plan that was read stands in a request.
const READ: &str = "source.floorplan";

pub(super) fn plate(request: &GenerateRequest, assumptions: &mut Vec<Assumption>) -> Result<Plate> {
    let missing = || Error::invalid_field("source", "the plan is missing");
    let source = request.source.as_ref().ok_or_else(missing)?;
    let (graph, path) = match (source.kind, &source.graph, &source.floorplan) {
        (SourceKind::SpatialGraph, Some(graph), _) => (graph.clone(), "source.graph"),
        (SourceKind::Floorplan, _, Some(plan)) => (graph_of(plan), READ),
        (SourceKind::SpatialGraph, ..) => {
            return Err(Error::invalid_field(
                "source.graph",
                "spatial_graph is required",
            ));
        }
        _ => {
            return Err(Error::invalid_field(
                "source.floorplan",
                "the plan is missing",
            ));
        }
    };
    judge(&graph, path)?;
    let mm = scale(request, &graph, assumptions)?;
    let vectors: Vec<(f64, f64)> = graph
        .walls
        .iter()
        .map(|w| (w.x2 - w.x1, w.y2 - w.y1))
        .collect();
    let angle = main_direction(&vectors);
    let frame = |x: f64, y: f64, placement: &Placement| -> (f64, f64) {
        let (sin, cos) = placement.rotation_deg.to_radians().sin_cos();
        let (x, y) = (x * placement.mm_per_unit, y * placement.mm_per_unit);
        (
            x * cos + y * sin + placement.shift_mm[0] as f64,
            y * cos - x * sin + placement.shift_mm[1] as f64,
        )
    };
    let mut placement = Placement {
        mm_per_unit: mm,
        rotation_deg: angle,
        shift_mm: [0, 0],
    };
    // Everything starts near the origin, whatever the page has around the plan.
    let ends: Vec<(f64, f64)> = graph
        .walls
        .iter()
        .flat_map(|w| [(w.x1, w.y1), (w.x2, w.y2)])
        .map(|(x, y)| frame(x, y, &placement))
        .collect();
    let least = |pick: fn(&(f64, f64)) -> f64| ends.iter().map(pick).fold(f64::INFINITY, f64::min);
    placement.shift_mm = [
        -(least(|p| p.0) / 50.0).floor() as i64 * 50 + 500,
        -(least(|p| p.1) / 50.0).floor() as i64 * 50 + 500,
    ];
    let place = |x: f64, y: f64| -> Point {
        let (x, y) = frame(x, y, &placement);
        Point::new(x.round() as i64, y.round() as i64)
    };
    let walls: Vec<(Point, Point, i64)> = graph
        .walls
        .iter()
        .map(|w| {
            (
                place(w.x1, w.y1),
                place(w.x2, w.y2),
                (w.thickness * mm).round() as i64,
            )
        })
        .filter(|(a, b, _)| a != b)
        .collect();
    if walls.iter().any(|(a, b, _)| {
        [a.x, a.y, b.x, b.y]
            .iter()
            .any(|c| c.abs() > MAX_COORDINATE_MM)
    }) {
        let message = format!("at {mm:.2} mm per point the plan is larger than 1 km");
        return Err(Error::invalid_field("source.scale", message));
    }
    let outer = outer_face(&walls).ok_or_else(|| {
        Error::new(ErrorKind::NoPlanFound, "the walls enclose no space").with_field(path)
    })?;
    let thickness = outer_thickness(&walls, &outer);
    let inner = shrunk(&outer, thickness).ok_or_else(|| {
        Error::new(ErrorKind::NoPlanFound, "the walls leave no space inside").with_field(path)
    })?;
    let (inner, moved) = squared(&without_steps(&inner, thickness));
    let within = inner.area();
    assumptions.push(Assumption {
        code: "PLATE_FROM_WALLS".to_owned(),
        message: format!(
            "the plate is the {:.1} m² inside the outer walls, {thickness} mm thick; walls inside \
             are taken as removed; nearly straight sides moved {moved} mm at most",
            within as f64 / 1e6
        ),
        field: Some(path.to_owned()),
        room: None,
    });
    let site = &request.site;
    let count = inner.points().len();
    let mut plate = Plate {
        inner_outline: inner,
        obstacles: obstacles(
            site,
            &Frame {
                placement: Placement::default(),
            },
        )?,
        entrances: Vec::new(),
        daylight: vec![true; count],
        windows: Vec::new(),
        wet_points: site.wet_points_mm.clone(),
        exterior_wall_mm: thickness,
        ceiling_height_mm: ceiling(site)?,
        placement,
    };
    // What the site says is in the layout's own coordinates, on the edges of its outline.
    let told = plate.inner_outline.clone();
    sides(
        site,
        &told,
        &Frame {
            placement: Placement::default(),
        },
        &mut plate,
    )?;
    let spans = |openings: &[GraphOpening]| -> Vec<(usize, i64, i64)> {
        openings
            .iter()
            .filter_map(|o| {
                let middle = place(o.x, o.y);
                on_outside(
                    &plate.inner_outline,
                    middle,
                    (o.width * mm).round() as i64,
                    thickness,
                )
            })
            .collect()
    };
    let (doors, windows) = (spans(&graph.doors), spans(&graph.windows));
    if site.entrances.is_empty() {
        // The widest door of the outside; of equals the first.
        let usable = doors
            .iter()
            .filter(|(_, _, width)| ENTRANCE_MM.contains(width));
        let widest = usable.fold(None, |best: Option<(usize, i64, i64)>, door| match best {
            Some(best) if best.2 >= door.2 => Some(best),
            _ => Some(*door),
        });
        if let Some((edge, from_mm, width_mm)) = widest {
            plate.entrances = vec![Entrance {
                edge,
                from_mm,
                width_mm,
            }];
            assumptions.push(Assumption {
                code: "ENTRANCE_FROM_PLAN".to_owned(),
                message: format!(
                    "the entrance is the widest outer door of the plan, {width_mm} mm"
                ),
                field: Some("site.entrances".to_owned()),
                room: None,
            });
        }
    }
    if site.windows.is_empty() && site.daylight_edges.is_none() && !windows.is_empty() {
        plate.windows = windows
            .into_iter()
            .map(|(edge, from_mm, width_mm)| WindowSpan {
                edge,
                from_mm,
                width_mm,
                sill_mm: 900,
                height_mm: 1200,
            })
            .collect();
    }
    Ok(plate)
}

fn graph_of(plan: &crate::plan::Floorplan) -> Graph {
    let opening = |o: &crate::plan::Opening| GraphOpening {
        x: o.center.x,
        y: o.center.y,
        width: o.width_pt,
    };
    Graph {
        walls: plan
            .walls
            .iter()
            .map(|wall| GraphWall {
                x1: wall.a.x,
                y1: wall.a.y,
                x2: wall.b.x,
                y2: wall.b.y,
                thickness: wall.thickness_pt,
                length_pts: None,
            })
            .collect(),
        rooms: Vec::new(),
        doors: plan.doors.iter().map(opening).collect(),
        windows: plan.windows.iter().map(opening).collect(),
        scale_factor: plan.scale.as_ref().map(|scale| scale.points_per_foot),
        page_dimensions: vec![plan.page.width_pt, plan.page.height_pt],
    }
}

fn judge(graph: &Graph, path: &str) -> Result<()> {
    if graph.walls.is_empty() && path == READ {
        // Nobody wrote these walls into the request: the drawing shows none.
        let message = "the floor plan has no walls that were read, so nothing can be laid out";
        return Err(Error::new(ErrorKind::NoPlanFound, message).with_field(path));
    }
    if graph.walls.is_empty() {
        let message = "spatial_graph must include at least one wall";
        return Err(Error::invalid_field(format!("{path}.walls"), message));
    }
    if graph.walls.len() > MAX_WALLS {
        let message = format!("{} walls; at most {MAX_WALLS} are read", graph.walls.len());
        return Err(Error::invalid_field(format!("{path}.walls"), message));
    }
    for (i, wall) in graph.walls.iter().enumerate() {
        let values = [wall.x1, wall.y1, wall.x2, wall.y2, wall.thickness];
        if values.iter().any(|v| !v.is_finite() || v.abs() > 1e6) || wall.thickness < 0.0 {
            let message = "coordinates are numbers within a million points";
            return Err(Error::invalid_field(format!("{path}.walls[{i}]"), message));
        }
    }
    for (name, list) in [("doors", &graph.doors), ("windows", &graph.windows)] {
        for (i, o) in list.iter().enumerate() {
            if [o.x, o.y, o.width]
                .iter()
                .any(|v| !v.is_finite() || v.abs() > 1e6)
            {
                let message = "coordinates are numbers within a million points";
                return Err(Error::invalid_field(format!("{path}.{name}[{i}]"), message));
            }
        }
    }
    Ok(())
}

/// Millimetres per point: told, else the plan's own, else assumed and said so.
fn scale(
    request: &GenerateRequest,
    graph: &Graph,
    assumptions: &mut Vec<Assumption>,
) -> Result<f64> {
    if let Some(scale) = request.source.as_ref().and_then(|source| source.scale) {
        if !(scale.mm_per_point.is_finite() && (0.01..=10_000.0).contains(&scale.mm_per_point)) {
            let message = format!(
                "{} mm per point; 0.01 to 10000 make sense",
                scale.mm_per_point
            );
            return Err(Error::invalid_field("source.scale.mm_per_point", message));
        }
        return Ok(scale.mm_per_point);
    }
    match graph.scale_factor {
        Some(feet)
            if feet.is_finite() && feet > 0.0 && (0.01..=10_000.0).contains(&(304.8 / feet)) =>
        {
            Ok(304.8 / feet)
        }
        Some(feet) => {
            let message = format!("{feet} points per foot make no sense");
            Err(Error::invalid_field("source.graph.scale_factor", message))
        }
        None if request.strict => Err(Error::new(
            ErrorKind::ScaleUnknown,
            "the plan has no scale; give source.scale.mm_per_point",
        )
        .with_field("source.scale")),
        None => {
            assumptions.push(Assumption {
                code: "SCALE_ASSUMED".to_owned(),
                message: "the plan has no scale: 1 point is taken as 1 mm".to_owned(),
                field: Some("source.scale".to_owned()),
                room: None,
            });
            Ok(1.0)
        }
    }
}

/// The outline along the outer faces of the outermost walls.
fn outer_face(walls: &[(Point, Point, i64)]) -> Option<Ring> {
    let closed = |reach: i64| -> Option<Ring> {
        let bodies: Vec<Ring> = walls
            .iter()
            .map(|(a, b, t)| body(*a, *b, t / 2 + reach))
            .collect();
        let all: Vec<&Ring> = bodies.iter().collect();
        let largest = overlay::union(&all)
            .into_iter()
            .max_by_key(|shape| shape.outline.area())?;
        shrunk(&largest.outline, reach)
    };
    let widest = REACHES_MM.last().and_then(|reach| closed(*reach))?;
    for reach in REACHES_MM {
        if let Some(ring) =
            closed(reach).filter(|r| r.area() * 100 >= widest.area() * CLOSED_PERCENT)
        {
            return Some(ring.tidied());
        }
    }
    Some(widest.tidied())
}

/// A wall with `reach` around its centre line.
fn body(a: Point, b: Point, reach: i64) -> Ring {
    let (dx, dy) = ((b.x - a.x) as f64, (b.y - a.y) as f64);
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length * reach as f64, dy / length * reach as f64);
    let corner = |point: Point, x: f64, y: f64| point.shifted(x.round() as i64, y.round() as i64);
    Ring::new(vec![
        corner(a, -ux - uy, -uy + ux),
        corner(a, -ux + uy, -uy - ux),
        corner(b, ux + uy, uy - ux),
        corner(b, ux - uy, uy + ux),
    ])
}

/// The thickness of the walls along the outline, weighted by length; even.
fn outer_thickness(walls: &[(Point, Point, i64)], outer: &Ring) -> i64 {
    let mut along: Vec<(i64, i64)> = walls
        .iter()
        .filter(|(a, b, t)| place_on(outer, *a, *b, t / 2 + 60).is_some())
        .map(|(a, b, t)| (*t, a.distance(*b)))
        .collect();
    along.sort_unstable();
    let total: i64 = along.iter().map(|(_, length)| length).sum();
    let mut passed = 0;
    for (thickness, length) in along {
        passed += length;
        if passed * 2 >= total {
            return (thickness.clamp(60, 800) + 1) / 2 * 2;
        }
    }
    super::EXTERIOR_MM
}

/// The outline without steps and jogs smaller than half a wall's thickness: where walls of
/// different thickness meet, and where a gap was bridged.
fn without_steps(ring: &Ring, thickness: i64) -> Ring {
    let least = thickness.clamp(80, 300);
    let mut corners: Vec<Point> = ring.tidied().points().to_vec();
    loop {
        let count = corners.len();
        if count <= 4 {
            break;
        }
        let at = |i: usize| corners.get(i % count).copied().unwrap_or_default();
        // A short edge between two parallel long ones: move the shorter neighbour onto the other.
        let step = (0..count).find(|&i| {
            let (p, a, b, q) = (at(i + count - 1), at(i), at(i + 1), at(i + 2));
            let parallel_x = p.y == a.y && b.y == q.y && a.x == b.x;
            let parallel_y = p.x == a.x && b.x == q.x && a.y == b.y;
            a.distance(b) < least && (parallel_x || parallel_y)
        });
        let Some(i) = step else {
            break;
        };
        let (p, a, b, q) = (at(i + count - 1), at(i), at(i + 1), at(i + 2));
        let horizontal = p.y == a.y;
        let mut moved = corners.clone();
        let mut put = |i: usize, value: i64| {
            if let Some(corner) = moved.get_mut(i % count) {
                if horizontal {
                    corner.y = value;
                } else {
                    corner.x = value;
                }
            }
        };
        if p.distance(a) >= b.distance(q) {
            put(i + 1, if horizontal { a.y } else { a.x });
            put(i + 2, if horizontal { a.y } else { a.x });
        } else {
            put(i + count - 1, if horizontal { b.y } else { b.x });
            put(i, if horizontal { b.y } else { b.x });
        }
        let next = Ring::new(moved).tidied();
        if next.points().len() >= count || !next.is_simple() {
            break;
        }
        corners = next.points().to_vec();
    }
    Ring::new(corners)
}

/// The part of the outline beside an opening.
fn on_outside(
    inner: &Ring,
    middle: Point,
    width: i64,
    thickness: i64,
) -> Option<(usize, i64, i64)> {
    let mut best: Option<(i64, usize, i64, i64)> = None;
    for (i, (a, b)) in inner.edges().enumerate() {
        let length = a.distance(b).max(1);
        let off = a.turn(b, middle).abs() / length;
        let along = ((middle.x - a.x) * (b.x - a.x) + (middle.y - a.y) * (b.y - a.y)) / length;
        let (low, high) = ((along - width / 2).max(0), (along + width / 2).min(length));
        if off <= thickness + 150 && high - low >= width / 2 && width > 0 {
            let better = best.is_none_or(|(least, ..)| off < least);
            if better {
                best = Some((off, i, low, high - low));
            }
        }
    }
    best.map(|(_, edge, from, width)| (edge, from, width))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{ScaleOrigin, ScaleRequest, Source};

    fn graph(walls: &[[f64; 4]], thickness: f64) -> Graph {
        Graph {
            walls: walls
                .iter()
                .map(|w| GraphWall {
                    x1: w[0],
                    y1: w[1],
                    x2: w[2],
                    y2: w[3],
                    thickness,
                    length_pts: None,
                })
                .collect(),
            ..Graph::default()
        }
    }

    fn request(graph: Graph, scale: Option<f64>) -> GenerateRequest {
        GenerateRequest {
            source: Some(Source {
                kind: SourceKind::SpatialGraph,
                graph: Some(graph),
                floorplan: None,
                scale: scale.map(|mm_per_point| ScaleRequest {
                    mm_per_point,
                    provenance: ScaleOrigin::User,
                }),
            }),
            ..GenerateRequest::default()
        }
    }

    #[test]
    fn walls_with_a_door_gap_enclose_the_space_between_their_inner_faces() {
        // 10 x 8 m at 10 mm per point, 20 points thick, a door of 1 m in the first wall.
        let walls = [
            [0.0, 0.0, 400.0, 0.0],
            [500.0, 0.0, 1000.0, 0.0],
            [1000.0, 0.0, 1000.0, 800.0],
            [1000.0, 800.0, 0.0, 800.0],
            [0.0, 800.0, 0.0, 0.0],
            [300.0, 0.0, 300.0, 800.0],
        ];
        let mut graph = graph(&walls, 20.0);
        graph.doors.push(GraphOpening {
            x: 450.0,
            y: 0.0,
            width: 100.0,
        });
        let plate = plate(&request(graph, Some(10.0)), &mut Vec::new()).unwrap();
        assert_eq!(plate.inner_outline.area(), 9_800 * 7_800);
        assert_eq!(plate.exterior_wall_mm, 200);
        assert_eq!(plate.entrances.len(), 1);
        assert_eq!(plate.entrances[0].width_mm, 1000);
    }

    #[test]
    fn a_turned_plan_is_laid_upright() {
        let (sin, cos) = 20.0_f64.to_radians().sin_cos();
        let turn = |x: f64, y: f64| (x * cos - y * sin, x * sin + y * cos);
        let corners = [(0.0, 0.0), (1000.0, 0.0), (1000.0, 800.0), (0.0, 800.0)];
        let walls: Vec<[f64; 4]> = (0..4)
            .map(|i| {
                let (a, b) = (corners[i], corners[(i + 1) % 4]);
                let (a, b) = (turn(a.0, a.1), turn(b.0, b.1));
                [a.0, a.1, b.0, b.1]
            })
            .collect();
        let plate = plate(&request(graph(&walls, 20.0), Some(10.0)), &mut Vec::new()).unwrap();
        assert!(plate.inner_outline.is_rectilinear());
        let off = (plate.inner_outline.area() - 9_800 * 7_800).abs();
        assert!(off < 200_000, "{off} mm2 off");
        assert!((plate.placement.rotation_deg - 20.0).abs() < 0.01);
    }

    #[test]
    fn a_plan_without_walls_is_no_fault_of_the_request() {
        let none = graph(&[], 200.0);
        let error = judge(&none, "source.graph").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.field(), Some("source.graph.walls"));
        let error = judge(&none, READ).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoPlanFound);
        assert!(error.message().starts_with("the floor plan has no walls"));
    }

    #[test]
    fn a_missing_scale_is_said_or_refused() {
        let walls = [
            [0.0, 0.0, 9000.0, 0.0],
            [9000.0, 0.0, 9000.0, 6000.0],
            [9000.0, 6000.0, 0.0, 6000.0],
            [0.0, 6000.0, 0.0, 0.0],
        ];
        let mut assumptions = Vec::new();
        let mut asked = request(graph(&walls, 200.0), None);
        plate(&asked, &mut assumptions).unwrap();
        assert!(assumptions.iter().any(|a| a.code == "SCALE_ASSUMED"));
        asked.strict = true;
        let error = plate(&asked, &mut assumptions).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ScaleUnknown);
        asked.source.as_mut().unwrap().graph.as_mut().unwrap().walls[2].x1 = f64::NAN;
        let error = plate(&asked, &mut assumptions).unwrap_err();
        assert_eq!(error.field(), Some("source.graph.walls[2]"));
    }
}
