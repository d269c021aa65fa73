//! Leaves that lie between the faces of a thicker wall, which another pen draws.

use super::bars::{Bar, same_thickness, usual_thickness};
use super::junctions::{Near, Places};
use super::kinds::Kinds;
use super::lanes::Lanes;
use super::support::WIDEST_RANGE;
use crate::error::Result;
use crate::plan::Point;
use crate::watch::Watch;

/// A wall is so many times as thick as one of its leaves; what is hardly thicker is plaster.
const WIDENED: f64 = 1.3;

/// Share of a leaf that must lie between the faces of its wall.
const ENCLOSED: f64 = 0.7;

/// Share of the walls of one thickness that must enclose leaves for all to be such walls.
const LEAVED: f64 = 0.5;

/// Share of the walls of one thickness that must lie within such faces to be leaves. Tiles and
/// dimension lines run on both sides of a wall here and there, the faces of a leaf all along it.
const MOSTLY_LEAVES: f64 = 0.6;

/// Walls within faces that are looked at; each is held against the others.
const MOST_ENCLOSED: usize = 2_000;

/// Replaces those of `walls` that are leaves of thicker ones among `faces`; tells whether there
/// were any.
///
/// The outer faces of a wall of several leaves may have a heavier pen than the lines between the
/// leaves. The lighter pen then shows a leaf only.
pub(super) fn widen(walls: &mut [Bar], faces: &[Bar], watch: &dyn Watch) -> Result<bool> {
    let usual = usual_thickness(walls);
    let thicknesses = walls.iter().map(|wall| wall.thickness);
    let thinnest = thicknesses.fold(f64::INFINITY, f64::min);
    let may_enclose =
        |face: &Bar| face.thickness >= WIDENED * thinnest && face.thickness <= WIDEST_RANGE * usual;
    if !faces.iter().any(may_enclose) {
        return Ok(false);
    }
    let places = Places::new(faces);
    let lanes = Lanes {
        places: &places,
        walls: faces,
    };
    let mut near = Near::new(faces);
    let mut enclosed: Vec<(usize, usize)> = Vec::new();
    for (index, wall) in walls.iter().enumerate() {
        if index % 64 == 0 {
            watch.check()?;
        }
        let fits = |other: usize| {
            faces.get(other).is_some_and(|face| {
                face.thickness >= WIDENED * wall.thickness
                    && face.thickness <= WIDEST_RANGE * usual
                    && encloses(face, wall)
            })
        };
        enclosed.extend(
            lanes
                .beside(wall, &mut near)
                .into_iter()
                .filter(|&other| fits(other))
                .map(|other| (index, other)),
        );
    }
    // Two pieces of furniture may well stand on both sides of a wall: the drawing must do so
    // with most of what is as thick.
    let mut leaved: Vec<usize> = enclosed.iter().map(|(_, face)| *face).collect();
    leaved.sort_unstable();
    leaved.dedup();
    let all = Kinds::of(faces.iter());
    let own = Kinds::of(leaved.iter().filter_map(|&face| faces.get(face)));
    let kinds = Kinds::of(walls.iter());
    enclosed.truncate(MOST_ENCLOSED);
    let of_pair = |&(wall, face): &(usize, usize)| walls.get(wall).zip(faces.get(face));
    let pairs: Vec<(Bar, f64)> = enclosed
        .iter()
        .filter_map(|pair| of_pair(pair).map(|(wall, face)| (*wall, face.thickness)))
        .collect();
    let leaves: Vec<bool> = pairs
        .iter()
        .map(|(wall, face)| {
            let alike = pairs.iter().filter(|(other, their)| {
                same_thickness(other.thickness, wall.thickness) && same_thickness(*their, *face)
            });
            let within: f64 = alike.map(|(other, _)| other.length()).sum();
            within >= MOSTLY_LEAVES * kinds.like(wall.thickness)
        })
        .collect();
    let mut changed = false;
    for ((index, face), are_leaves) in enclosed.into_iter().zip(leaves) {
        if !are_leaves {
            continue;
        }
        if let Some(wall) = walls.get_mut(index)
            && let Some(face) = faces.get(face)
            && face.thickness > wall.thickness
            && own.like(face.thickness) >= LEAVED * all.like(face.thickness)
        {
            let line = |point: Point| {
                let (dx, dy) = (face.b.x - face.a.x, face.b.y - face.a.y);
                let along = (point.x - face.a.x) * dx + (point.y - face.a.y) * dy;
                face.a
                    .towards(face.b, along / face.length().powi(2).max(1e-9))
            };
            (wall.a, wall.b) = (line(wall.a), line(wall.b));
            wall.thickness = face.thickness;
            changed = true;
        }
    }
    Ok(changed)
}

/// Whether most of `leaf` lies between the faces of `wall`.
fn encloses(wall: &Bar, leaf: &Bar) -> bool {
    let length = wall.length().max(1e-9);
    let (dx, dy) = (
        (wall.b.x - wall.a.x) / length,
        (wall.b.y - wall.a.y) / length,
    );
    let along = |point: Point| (point.x - wall.a.x) * dx + (point.y - wall.a.y) * dy;
    let across = |point: Point| ((point.y - wall.a.y) * dx - (point.x - wall.a.x) * dy).abs();
    let room = 0.5 * (wall.thickness - leaf.thickness) + 0.3;
    let (one, two) = (along(leaf.a), along(leaf.b));
    let shared = one.max(two).min(length) - one.min(two).max(0.0);
    across(leaf.a) <= room && across(leaf.b) <= room && shared >= ENCLOSED * leaf.length()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::WallStyle;
    use crate::watch::Unwatched;

    fn bar(y: f64, (from, to): (f64, f64), thickness: f64) -> Bar {
        Bar {
            a: Point::new(from, y),
            b: Point::new(to, y),
            thickness,
            style: WallStyle::Double,
        }
    }

    #[test]
    fn leaves_between_heavier_faces_are_one_wall() {
        let mut walls = [
            bar(10.0, (0.0, 200.0), 4.0),
            bar(90.0, (0.0, 200.0), 4.0),
            bar(50.0, (0.0, 200.0), 5.0),
        ];
        let faces = [
            bar(13.0, (-5.0, 205.0), 12.0),
            bar(87.0, (-5.0, 205.0), 12.0),
        ];
        assert!(widen(&mut walls, &faces, &Unwatched).unwrap());
        let found = walls.map(|wall| (wall.a.y, wall.thickness));
        assert_eq!(found, [(13.0, 12.0), (87.0, 12.0), (50.0, 5.0)]);
        // A cupboard on both sides of one wall is no face: its pen draws more than that.
        let mut walls = [bar(50.0, (0.0, 100.0), 5.0)];
        let cupboards = [
            bar(50.0, (0.0, 100.0), 15.0),
            bar(200.0, (0.0, 100.0), 15.0),
            bar(300.0, (0.0, 100.0), 15.0),
        ];
        assert!(!widen(&mut walls, &cupboards, &Unwatched).unwrap());
        // Tiles run on both sides of one of three walls that are alike.
        let mut walls = [
            bar(10.0, (0.0, 200.0), 4.0),
            bar(90.0, (0.0, 200.0), 4.0),
            bar(170.0, (0.0, 200.0), 4.0),
        ];
        let tiles = [bar(11.0, (0.0, 200.0), 12.0)];
        assert!(!widen(&mut walls, &tiles, &Unwatched).unwrap());
    }
}
