//! A plate from an outline that was told.

use super::super::answer::Assumption;
use super::super::request::Site;
use super::direction::main_direction;
use super::squared::squared;
use super::{CEILING_MM, EXTERIOR_MM};
use crate::error::{Error, Result};
use crate::layout::{
    Entrance, MAX_COORDINATE_MM, Placement, Plate, Point, Rect, Ring, WindowSpan, overlay,
};

/// Most corners of an outline.
const MAX_CORNERS: usize = 200;

/// Most columns and cores.
const MAX_OBSTACLES: usize = 200;

pub(super) fn plate(site: &Site, assumptions: &mut Vec<Assumption>) -> Result<Plate> {
    if site.perimeter_mm.is_empty() {
        let message = "nothing says where: it takes a floor plan, walls, or an outline";
        return Err(Error::invalid_field("site.perimeter_mm", message));
    }
    let told = read_ring(&site.perimeter_mm, "site.perimeter_mm")?;
    if told.area() < super::SMALLEST_MM2 {
        let message = format!(
            "{:.1} m²; at least 4 are laid out",
            told.area() as f64 / 1e6
        );
        return Err(Error::invalid_field("site.perimeter_mm", message));
    }
    let vectors: Vec<(f64, f64)> = told
        .edges()
        .map(|(a, b)| ((b.x - a.x) as f64, (b.y - a.y) as f64))
        .collect();
    let frame = Frame::turned_by(main_direction(&vectors), &told);
    let (turned, moved) = squared(&frame.ring(&told));
    if moved > 0 {
        assumptions.push(Assumption {
            code: "OUTLINE_STRAIGHTENED".to_owned(),
            message: format!(
                "nearly straight sides were straightened; corners moved {moved} mm at most"
            ),
            field: Some("site.perimeter_mm".to_owned()),
            room: None,
        });
    }
    let exterior = sane_thickness(site)?;
    let inner = match site.exterior_wall_mm {
        Some(thickness) if thickness > 0 => shrunk(&turned, thickness).ok_or_else(|| {
            Error::invalid_field("site.exterior_wall_mm", "the walls leave no space inside")
        })?,
        _ => turned.clone(),
    };
    let mut plate = Plate {
        inner_outline: inner.tidied(),
        obstacles: obstacles(site, &frame)?,
        entrances: Vec::new(),
        daylight: Vec::new(),
        windows: Vec::new(),
        wet_points: site
            .wet_points_mm
            .iter()
            .map(|point| frame.point(*point))
            .collect(),
        exterior_wall_mm: exterior,
        ceiling_height_mm: ceiling(site)?,
        placement: frame.placement,
    };
    sides(site, &told, &frame, &mut plate)?;
    Ok(plate)
}

/// What a site says beside the outline of its plate: columns, height, entrances on `told`.
pub(super) fn sides(site: &Site, told: &Ring, frame: &Frame, plate: &mut Plate) -> Result<()> {
    let edges = told.points().len();
    let reach = plate.exterior_wall_mm.max(100) + 150;
    let on_edge = |edge: usize, from: i64, width: i64, path: String| -> Result<(usize, i64, i64)> {
        let Some((a, b)) = told.edges().nth(edge) else {
            return Err(Error::invalid_field(
                format!("{path}.edge"),
                format!("there is no edge {edge}; the outline has {edges}"),
            ));
        };
        let length = a.distance(b);
        if from < 0 || width <= 0 || from + width > length + 1 {
            return Err(Error::invalid_field(
                format!("{path}.from_mm"),
                format!("{from} + {width} mm on an edge of {length}"),
            ));
        }
        let at = |distance: i64| {
            frame.point(Point::new(
                a.x + (b.x - a.x) * distance / length.max(1),
                a.y + (b.y - a.y) * distance / length.max(1),
            ))
        };
        place_on(&plate.inner_outline, at(from), at(from + width), reach).ok_or_else(|| {
            Error::invalid_field(format!("{path}.edge"), "not on the outside of the plate")
        })
    };
    let mut entrances = Vec::new();
    for (i, entrance) in site.entrances.iter().enumerate() {
        let path = format!("site.entrances[{i}]");
        let (edge, from_mm, width_mm) = on_edge(
            entrance.edge,
            entrance.from_mm,
            entrance.width_mm,
            path.clone(),
        )?;
        if width_mm < 700 {
            let message = format!("{width_mm} mm; an entrance is at least 700 wide");
            return Err(Error::invalid_field(format!("{path}.width_mm"), message));
        }
        entrances.push(Entrance {
            edge,
            from_mm,
            width_mm,
        });
    }
    let mut windows = Vec::new();
    for (i, window) in site.windows.iter().enumerate() {
        let (edge, from_mm, width_mm) = on_edge(
            window.edge,
            window.from_mm,
            window.width_mm,
            format!("site.windows[{i}]"),
        )?;
        windows.push(WindowSpan {
            edge,
            from_mm,
            width_mm,
            ..*window
        });
    }
    let count = plate.inner_outline.points().len();
    let mut daylight = vec![site.daylight_edges.is_none(); count];
    for (i, edge) in site.daylight_edges.iter().flatten().enumerate() {
        let length = told.edges().nth(*edge).map_or(0, |(a, b)| a.distance(b));
        let (inner, ..) = on_edge(*edge, 0, length.max(1), format!("site.daylight_edges[{i}]"))?;
        if let Some(lit) = daylight.get_mut(inner) {
            *lit = true;
        }
    }
    plate.entrances = entrances;
    plate.windows = windows;
    plate.daylight = daylight;
    Ok(())
}

/// The edge of `ring` beside the segment, and the part of it that the segment covers.
pub(super) fn place_on(
    ring: &Ring,
    from: Point,
    to: Point,
    reach: i64,
) -> Option<(usize, i64, i64)> {
    let mut best: Option<(i64, usize, i64, i64)> = None;
    for (i, (a, b)) in ring.edges().enumerate() {
        let length = a.distance(b).max(1);
        let along = |p: Point| ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / length;
        let off = (a.turn(b, from).abs() / length).max(a.turn(b, to).abs() / length);
        let (low, high) = (
            along(from).min(along(to)).max(0),
            along(from).max(along(to)).min(length),
        );
        let covered = high - low;
        if off <= reach && covered > 0 && best.is_none_or(|(most, ..)| covered > most) {
            best = Some((covered, i, low, covered));
        }
    }
    best.map(|(_, edge, from, width)| (edge, from, width))
}

pub(super) fn ceiling(site: &Site) -> Result<i64> {
    match site.ceiling_height_mm {
        Some(height) if !(1_800..=20_000).contains(&height) => Err(Error::invalid_field(
            "site.ceiling_height_mm",
            format!("{height} mm; ceilings are 1800 to 20000 high"),
        )),
        other => Ok(other.unwrap_or(CEILING_MM)),
    }
}

fn sane_thickness(site: &Site) -> Result<i64> {
    match site.exterior_wall_mm {
        Some(thickness) if !(0..=2_000).contains(&thickness) => Err(Error::invalid_field(
            "site.exterior_wall_mm",
            format!("{thickness} mm; walls are up to 2000 thick"),
        )),
        // Even, so that the centre line is on whole millimetres.
        other => Ok((other.unwrap_or(EXTERIOR_MM).max(2) + 1) / 2 * 2),
    }
}

pub(super) fn obstacles(site: &Site, frame: &Frame) -> Result<Vec<Ring>> {
    if site.holes_mm.len() + site.columns_mm.len() > MAX_OBSTACLES {
        let message = format!("more than {MAX_OBSTACLES} columns and cores");
        return Err(Error::invalid_field("site.columns_mm", message));
    }
    let mut rings = Vec::new();
    for (i, hole) in site.holes_mm.iter().enumerate() {
        rings.push(frame.ring(&read_ring(hole, &format!("site.holes_mm[{i}]"))?));
    }
    for (i, column) in site.columns_mm.iter().enumerate() {
        let rect = Rect::from(*column);
        let ends = [Point::new(rect.x0, rect.y0), Point::new(rect.x1, rect.y1)];
        let far =
            |point: &Point| point.x.abs() > MAX_COORDINATE_MM || point.y.abs() > MAX_COORDINATE_MM;
        if ends.iter().any(far) || rect.area() <= 0 {
            let message = "a column is a box [x0, y0, x1, y1] with an area";
            return Err(Error::invalid_field(
                format!("site.columns_mm[{i}]"),
                message,
            ));
        }
        rings.push(frame.ring(&rect.ring()));
    }
    // Overlapping ones become one, so that no area is deducted twice.
    let all: Vec<&Ring> = rings.iter().collect();
    Ok(overlay::union(&all)
        .into_iter()
        .map(|shape| shape.outline)
        .collect())
}

/// An outline from corners, judged.
fn read_ring(corners: &[Point], path: &str) -> Result<Ring> {
    if corners.len() < 3 || corners.len() > MAX_CORNERS {
        let message = format!(
            "{} corners; an outline has 3 to {MAX_CORNERS}",
            corners.len()
        );
        return Err(Error::invalid_field(path, message));
    }
    for (i, corner) in corners.iter().enumerate() {
        if corner.x.abs() > MAX_COORDINATE_MM || corner.y.abs() > MAX_COORDINATE_MM {
            let message = format!("({}, {}) is more than 1 km away", corner.x, corner.y);
            return Err(Error::invalid_field(format!("{path}[{i}]"), message));
        }
    }
    let ring = Ring::new(corners.to_vec());
    if !ring.is_simple() {
        return Err(Error::invalid_field(
            path,
            "the outline crosses or touches itself",
        ));
    }
    Ok(ring)
}

/// The outline moved inwards by `distance`; the largest piece if it falls apart.
pub(super) fn shrunk(ring: &Ring, distance: i64) -> Option<Ring> {
    let mut bands: Vec<Ring> = Vec::new();
    for (a, b) in ring.edges() {
        let (dx, dy) = ((b.x - a.x) as f64, (b.y - a.y) as f64);
        let length = dx.hypot(dy).max(1.0);
        let (nx, ny) = (
            (-dy / length * distance as f64).round() as i64,
            (dx / length * distance as f64).round() as i64,
        );
        bands.push(Ring::new(vec![
            a.shifted(nx, ny),
            b.shifted(nx, ny),
            b.shifted(-nx, -ny),
            a.shifted(-nx, -ny),
        ]));
        bands.push(Rect::around(a, 2 * distance, 2 * distance).ring());
    }
    let bands: Vec<&Ring> = bands.iter().collect();
    let left = overlay::difference(&[ring], &bands);
    let largest = left.into_iter().max_by_key(overlay::Shape::area)?;
    Some(largest.outline)
}

/// A turn around the origin and a shift that leaves no negative coordinate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) placement: Placement,
}

impl Frame {
    /// The frame in which `direction` degrees become 0, and `ring` has no negative coordinate.
    pub(super) fn turned_by(direction: f64, ring: &Ring) -> Frame {
        let mut frame = Frame {
            placement: Placement {
                rotation_deg: direction,
                ..Placement::default()
            },
        };
        let bounds = frame.ring(ring).bounds();
        // An upright outline keeps its coordinates, so that whoever gave them finds them again.
        let shift = |least: i64| {
            if least < 0 && direction != 0.0 {
                -least
            } else {
                0
            }
        };
        frame.placement.shift_mm = [shift(bounds.x0), shift(bounds.y0)];
        frame
    }

    pub(super) fn point(&self, point: Point) -> Point {
        let [dx, dy] = self.placement.shift_mm;
        if self.placement.rotation_deg == 0.0 {
            return point.shifted(dx, dy);
        }
        let (x, y) = self.turn(point.x as f64, point.y as f64);
        Point::new(x.round() as i64 + dx, y.round() as i64 + dy)
    }

    fn turn(&self, x: f64, y: f64) -> (f64, f64) {
        let (sin, cos) = self.placement.rotation_deg.to_radians().sin_cos();
        (x * cos + y * sin, y * cos - x * sin)
    }

    pub(super) fn ring(&self, ring: &Ring) -> Ring {
        Ring::new(
            ring.points()
                .iter()
                .map(|corner| self.point(*corner))
                .collect(),
        )
    }
}
