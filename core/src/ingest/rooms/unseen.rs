//! Walls that are drawn with one pen, whatever their thickness.
//!
//! Such strokes stand for walls that are thicker than they are drawn, so that rooms measured
//! between the strokes come out too large. Areas printed in the rooms tell by how much: each
//! side of a room lies half of what is missing farther in.

use crate::plan::{Room, Wall, WallStyle};

use super::usual_thickness;

/// Share of the length of all walls that must be strokes of one width.
const ONE_PEN: f64 = 0.9;

/// How far widths of one pen may be apart, relative.
const SAME_WIDTH: f64 = 0.1;

/// Rooms whose areas must agree.
const FEWEST_ROOMS: usize = 3;

/// How near a printed area must then be, relative: it is printed to a tenth of a square metre.
const NEAR: f64 = 0.02;

/// No wall is thicker than this, in millimetres.
const THICKEST_MM: f64 = 800.0;

/// By how many points each side of the rooms lies farther in than the strokes of `walls` show,
/// by the areas printed in `rooms`; `None` where walls show their thickness, or too few areas
/// agree.
pub(in crate::ingest) fn unseen_half(
    walls: &[Wall],
    rooms: &[Room],
    mm_per_pt: f64,
) -> Option<f64> {
    let width = usual_thickness(walls);
    let is_pen = |wall: &&Wall| {
        wall.style == WallStyle::Single && (wall.thickness_pt - width).abs() <= SAME_WIDTH * width
    };
    let length = |walls: &mut dyn Iterator<Item = &Wall>| walls.map(Wall::length_pt).sum::<f64>();
    if length(&mut walls.iter().filter(is_pen)) < ONE_PEN * length(&mut walls.iter()) {
        return None;
    }
    let measured: Vec<Measured> = rooms
        .iter()
        .filter_map(|room| Measured::of(room, mm_per_pt))
        .collect();
    let mut missing: Vec<f64> = measured.iter().map(Measured::missing).collect();
    missing.sort_by(f64::total_cmp);
    let half = *missing.get(missing.len() / 2)?;
    let fit = |half: f64| {
        let fits = |room: &&Measured| (room.without(half) / room.printed - 1.0).abs() <= NEAR;
        measured.iter().filter(fits).count()
    };
    let agreeing = fit(half);
    let plausible = half > 0.0 && (width + 2.0 * half) * mm_per_pt <= THICKEST_MM;
    // Most must agree, and more than without it.
    (plausible
        && agreeing >= FEWEST_ROOMS
        && 10 * agreeing >= 6 * measured.len()
        && agreeing > fit(0.0))
    .then_some(half)
}

/// A room with a printed area, in points and square points.
struct Measured {
    area: f64,
    around: f64,
    printed: f64,
}

impl Measured {
    fn of(room: &Room, mm_per_pt: f64) -> Option<Measured> {
        let printed = room.printed_area_m2? * 1e6 / (mm_per_pt * mm_per_pt);
        let next = room.polygon.iter().cycle().skip(1);
        let around = room.polygon.iter().zip(next).map(|(a, b)| a.distance(*b));
        Some(Measured {
            area: room.area_sq_pt,
            around: around.sum(),
            printed,
        })
        .filter(|one| one.printed > 0.0 && one.around > 0.0 && room.holes.is_empty())
    }

    /// The area when every side lies `half` farther in. Of a shape with right angles each side
    /// loses `half` times its length, less a square at each corner that turns in and not out:
    /// four more of these than of the others, whatever the shape.
    fn without(&self, half: f64) -> f64 {
        self.area - self.around * half + 4.0 * half * half
    }

    /// How much farther in the sides lie for the printed area: the smaller root of
    /// [`without`](Self::without) less that area.
    fn missing(&self) -> f64 {
        let root = self.around * self.around - 16.0 * (self.area - self.printed);
        (self.around - root.max(0.0).sqrt()) / 8.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Point;

    fn wall(thickness_pt: f64, style: WallStyle) -> Wall {
        Wall {
            a: Point::new(0.0, 0.0),
            b: Point::new(100.0, 0.0),
            thickness_pt,
            thickness_mm: None,
            style,
            confidence: 0.9,
        }
    }

    /// A room that measures `width` by `height` points between strokes, and has the area printed
    /// that is left when each side lies `half` farther in, at 10 mm a point.
    fn room(width: f64, height: f64, half: f64) -> Room {
        let corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)];
        let net = (width - 2.0 * half) * (height - 2.0 * half);
        Room {
            polygon: corners.map(|(x, y)| Point::new(x, y)).to_vec(),
            holes: Vec::new(),
            name: "Room".to_owned(),
            name_is_generated: true,
            boundary_walls: Vec::new(),
            area_sq_pt: width * height,
            area_m2: None,
            printed_area_m2: Some((net / 1e4 * 10.0).round() / 10.0),
            confidence: 0.9,
        }
    }

    #[test]
    fn printed_areas_tell_what_strokes_do_not_show() {
        let rooms = [
            (300.0, 400.0),
            (250.0, 500.0),
            (600.0, 420.0),
            (310.0, 290.0),
        ]
        .map(|(width, height)| room(width, height, 8.0));
        let strokes = [wall(4.0, WallStyle::Single)];
        let found = unseen_half(&strokes, &rooms, 10.0).unwrap();
        assert!((found - 8.0).abs() < 0.8, "{found}");
        // Faces show the thickness of walls.
        let faces = [wall(4.0, WallStyle::Double)];
        assert_eq!(unseen_half(&faces, &rooms, 10.0), None);
        // Two rooms are too few.
        assert_eq!(unseen_half(&strokes, &rooms[..2], 10.0), None);
    }

    #[test]
    fn areas_between_strokes_are_left_as_they_are() {
        let rooms = [(300.0, 400.0), (250.0, 500.0), (600.0, 420.0)]
            .map(|(width, height)| room(width, height, 0.0));
        assert_eq!(
            unseen_half(&[wall(4.0, WallStyle::Single)], &rooms, 10.0),
            None
        );
    }
}
