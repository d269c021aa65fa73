//! Partitions: each wall once, along its centre line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::exact::{Exact, length_mm};
use super::openings::deducted_from_wall;
use super::{Part, Site, metres};
use crate::layout::{InteriorWall, Point};

/// The item that a wall of this material is.
fn item_of(material: &str) -> &'static str {
    let material = material.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| material.contains(word));
    if has(&["glass", "glaz"]) {
        "wall.glass"
    } else if has(&["wet", "moisture", "cement"]) {
        "wall.wet"
    } else if has(&["block", "brick", "masonry"]) {
        "wall.block"
    } else {
        "wall.partition"
    }
}

pub(super) fn take(site: &mut Site<'_>) {
    let walls = &site.layout.interior_walls;
    let mut by_item: BTreeMap<&str, Vec<Part>> = BTreeMap::new();
    for wall in walls {
        let length = net_length_doubled(wall, walls);
        let mut gone = 0;
        let mut working = format!("{} x {}", half_metres(length), metres(wall.height_mm));
        for door in site
            .layout
            .doors
            .iter()
            .filter(|door| door.wall_id == wall.id)
        {
            let area = deducted_from_wall(site.profile, door.leaf_mm, door.height_mm);
            if area > 0 {
                let (width, height) = (metres(door.leaf_mm), metres(door.height_mm));
                // Writing to a String cannot fail.
                let _ = write!(working, " - {width} x {height}");
                gone += area;
            }
        }
        let gross = Exact::ratio(i128::from(length) * i128::from(wall.height_mm), 2);
        by_item
            .entry(item_of(&wall.material))
            .or_default()
            .push(Part {
                element: wall.id.clone(),
                working,
                quantity: gross.plus(Exact::whole(-i128::from(gone))),
            });
    }
    for (item, parts) in by_item {
        site.add("W1", item, None, parts, "");
    }
}

/// Half millimetres, as twice the length is given, in metres.
fn half_metres(doubled: i64) -> String {
    let whole = metres(doubled / 2);
    if doubled % 2 == 0 { whole } else { whole + "5" }
}

/// Twice the length of `wall` along its centre line, less the overlap with walls it abuts.
///
/// Where a wall meets another that goes through, its centre line runs half of that wall's
/// thickness too far. At a corner of two walls nothing is taken: what one has too much the other
/// has too little.
fn net_length_doubled(wall: &InteriorWall, walls: &[InteriorWall]) -> i64 {
    let (a, b) = ends(wall);
    let overlap = |end, other| through_thickness(wall, end, other, walls);
    (2 * length_mm(b.x - a.x, b.y - a.y) - overlap(a, b) - overlap(b, a)).max(0)
}

const fn ends(wall: &InteriorWall) -> (Point, Point) {
    (Point::new(wall.x1, wall.y1), Point::new(wall.x2, wall.y2))
}

/// Thickness of the wall that goes through at `end` of `wall`; 0 when none does, or when `wall`
/// itself goes on there.
fn through_thickness(
    wall: &InteriorWall,
    end: Point,
    other_end: Point,
    walls: &[InteriorWall],
) -> i64 {
    // Directions away from the end, of everything else that ends there.
    let mut away: Vec<(Point, i64)> = Vec::new();
    let mut through = 0;
    for other in walls.iter().filter(|other| other.id != wall.id) {
        let (a, b) = ends(other);
        if a == end {
            away.push((b, other.thickness_mm));
        } else if b == end {
            away.push((a, other.thickness_mm));
        } else if is_inside(end, a, b) && a.turn(b, other_end) != 0 {
            through = through.max(other.thickness_mm);
        }
    }
    let goes_on = away.iter().any(|(to, _)| is_opposite(end, other_end, *to));
    for (n, (to, thickness)) in away.iter().enumerate() {
        let partner = away
            .iter()
            .skip(n + 1)
            .find(|(back, _)| is_opposite(end, *to, *back));
        if let Some((_, partner)) = partner {
            through = through.max((*thickness).max(*partner));
        }
    }
    // Of two walls that cross, the thicker goes through; of equal ones, that along x.
    let is_first =
        through < wall.thickness_mm || (through == wall.thickness_mm && end.y == other_end.y);
    if goes_on && is_first { 0 } else { through }
}

/// Whether `end` lies between `a` and `b`, at neither.
fn is_inside(end: Point, a: Point, b: Point) -> bool {
    let within = end.x >= a.x.min(b.x)
        && end.x <= a.x.max(b.x)
        && end.y >= a.y.min(b.y)
        && end.y <= a.y.max(b.y);
    within && a.turn(b, end) == 0 && end != a && end != b
}

/// Whether the ways from `end` to `one` and to `other` are opposite.
fn is_opposite(end: Point, one: Point, other: Point) -> bool {
    let along = (one.x - end.x) * (other.x - end.x) + (one.y - end.y) * (other.y - end.y);
    end.turn(one, other) == 0 && along < 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(id: &str, from: (i64, i64), to: (i64, i64), thickness: i64) -> InteriorWall {
        InteriorWall {
            id: id.to_owned(),
            x1: from.0,
            y1: from.1,
            x2: to.0,
            y2: to.1,
            thickness_mm: thickness,
            height_mm: 2700,
            material: "drywall".to_owned(),
            left_room: None,
            right_room: None,
            openings: Vec::new(),
        }
    }

    fn total(walls: &[InteriorWall]) -> i64 {
        walls
            .iter()
            .map(|wall| net_length_doubled(wall, walls))
            .sum()
    }

    #[test]
    fn overlaps_are_measured_once() {
        // A tee, with the bar in one piece and in two.
        let bar = wall("a", (0, 0), (6000, 0), 100);
        let stem = wall("b", (3000, 0), (3000, 4000), 100);
        assert_eq!(total(&[bar, stem.clone()]), 2 * 10_000 - 100);
        let left = wall("a", (0, 0), (3000, 0), 100);
        let right = wall("c", (3000, 0), (6000, 0), 100);
        let tee = [left.clone(), right.clone(), stem.clone()];
        assert_eq!(total(&tee), 2 * 10_000 - 100);
        // A corner.
        assert_eq!(total(&[left.clone(), stem.clone()]), 2 * 7_000);
        // A crossing: one of the two goes through, the other loses half of it on both sides.
        let up = wall("d", (3000, 0), (3000, -2000), 100);
        assert_eq!(total(&[left, right, stem, up]), 2 * 12_000 - 200);
    }
}
