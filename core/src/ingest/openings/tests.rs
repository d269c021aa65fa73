//! What lines and arcs are beside walls that are given.

use super::arcs::Arc;
use super::bodies::Bodies;
use super::doors::door;
use super::glazing::Bundle;
use super::sticks::Sticks;
use super::windows::{Thickness, in_gaps};
use crate::ingest::drawing::Drawing;
use crate::plan::{Point, Segment, Wall, WallStyle};
use crate::watch::Unwatched;

/// A wall of 10 points.
fn wall((x0, y0): (f64, f64), (x1, y1): (f64, f64)) -> Wall {
    Wall {
        a: Point::new(x0, y0),
        b: Point::new(x1, y1),
        thickness_pt: 10.0,
        thickness_mm: None,
        style: WallStyle::Double,
        confidence: 1.0,
    }
}

/// Three walls of 10 points end to end, as the chords of a bow are, and two lines along the one in
/// the middle, `off` its centre line.
fn found_beside_chords(off: f64) -> usize {
    let walls = [(0.0, 100.0), (100.0, 140.0), (140.0, 240.0)];
    let walls = walls.map(|(from, to)| wall((from, 0.0), (to, 0.0)));
    let drawn = [vec![(0.0, 100.0)], vec![(0.0, 40.0)], vec![(0.0, 100.0)]];
    let bodies = Bodies::new(&walls, &drawn);
    let sticks = Sticks::collect(&Drawing::default(), 1.0, &Unwatched).unwrap();
    let thickness = Thickness {
        usual: 10.0,
        most: 10.0,
        shown: None,
        is_nominal: false,
        widest_panels: 100.0,
    };
    let bundle = Bundle {
        axis: Segment::new(Point::new(100.0, off), Point::new(140.0, off)),
        spread: 0.5,
        lines: 2,
    };
    let found = in_gaps(&[bundle], thickness, &sticks, &bodies, &Unwatched);
    found.unwrap().len()
}

#[test]
fn plaster_along_the_chord_of_a_bow_fills_no_gap() {
    assert_eq!(found_beside_chords(5.4), 0);
}

#[test]
fn a_door_may_be_parted_from_a_wall_by_a_nib() {
    // A partition that ends 45 points before the face of an outer wall, and a leaf at its end.
    let walls = [
        wall((0.0, 50.0), (0.0, 150.0)),
        wall((-200.0, 0.0), (200.0, 0.0)),
    ];
    let drawn = [vec![(0.0, 100.0)], vec![(0.0, 400.0)]];
    let bodies = Bodies::new(&walls, &drawn);
    let sticks = Sticks::collect(&Drawing::default(), 1.0, &Unwatched).unwrap();
    let closed = |radius: f64| {
        let arc = Arc {
            centre: Point::new(0.0, 50.0),
            radius,
            from: Point::new(radius, 50.0),
            to: Point::new(0.0, 50.0 - radius),
            sweep: std::f64::consts::FRAC_PI_2,
        };
        door(&arc, &bodies, &sticks).is_some_and(|door| door.is_closed())
    };
    // A nib of 13 points, and a gap that is wider than the leaf.
    assert_eq!((closed(32.0), closed(20.0)), (true, false));
}
