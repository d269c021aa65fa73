//! Common parts and differences of outlines, by the `i_overlay` crate on whole millimetres.

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::Overlay;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::i_float::int::point::IntPoint;

use super::geometry::{Point, Ring};

/// An area: its outline, and the holes in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The outline.
    pub outline: Ring,
    /// What is cut out of it.
    pub holes: Vec<Ring>,
}

impl Shape {
    /// Its area in mm², holes deducted.
    pub fn area(&self) -> i64 {
        self.outline.area() - self.holes.iter().map(Ring::area).sum::<i64>()
    }
}

/// What is in any of `first` and in any of `second`.
pub fn common(first: &[&Ring], second: &[&Ring]) -> Vec<Shape> {
    overlay(first, second, OverlayRule::Intersect)
}

/// What is in any of `first` and in none of `second`.
pub fn difference(first: &[&Ring], second: &[&Ring]) -> Vec<Shape> {
    overlay(first, second, OverlayRule::Difference)
}

/// What is in any of `rings`.
pub fn union(rings: &[&Ring]) -> Vec<Shape> {
    overlay(rings, &[], OverlayRule::Subject)
}

/// The area of all shapes together, in mm².
pub fn area_of(shapes: &[Shape]) -> i64 {
    shapes.iter().map(Shape::area).sum()
}

fn overlay(first: &[&Ring], second: &[&Ring], rule: OverlayRule) -> Vec<Shape> {
    let subject: Vec<_> = first.iter().map(|ring| contour(ring)).collect();
    let clip: Vec<_> = second.iter().map(|ring| contour(ring)).collect();
    let mut overlay = Overlay::<i64>::from_subj_and_clip(&subject, &clip);
    let shapes = overlay.overlay(rule, FillRule::NonZero);
    let mut found: Vec<Shape> = shapes
        .iter()
        .filter_map(|contours| {
            let (outline, holes) = contours.split_first()?;
            Some(Shape {
                outline: ring(outline).tidied(),
                holes: holes.iter().map(|hole| ring(hole).tidied()).collect(),
            })
        })
        .filter(|shape| shape.outline.points().len() >= 3)
        .collect();
    found.sort_by(|a, b| a.outline.cmp(&b.outline));
    found
}

/// Every outline in one turning direction, so that overlapping ones add up and never cancel out.
fn contour(ring: &Ring) -> Vec<IntPoint<i64>> {
    let mut points: Vec<_> = ring
        .points()
        .iter()
        .map(|point| IntPoint::new(point.x, point.y))
        .collect();
    if ring.signed_area_doubled() < 0 {
        points.reverse();
    }
    points
}

fn ring(points: &[IntPoint<i64>]) -> Ring {
    Ring::new(
        points
            .iter()
            .map(|point| Point::new(point.x, point.y))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::geometry::Rect;
    use super::*;

    #[test]
    fn a_box_cut_out_of_a_box_leaves_a_hole_or_two_pieces() {
        let plate = Rect::new(0, 0, 10, 10).ring();
        let core = Rect::new(4, 4, 6, 6).ring();
        let band = Rect::new(-1, 4, 11, 6).ring();
        let with_hole = difference(&[&plate], &[&core]);
        assert_eq!(
            (
                with_hole.len(),
                with_hole[0].holes.len(),
                area_of(&with_hole)
            ),
            (1, 1, 96)
        );
        let pieces = difference(&[&plate], &[&band]);
        assert_eq!((pieces.len(), area_of(&pieces)), (2, 80));
        assert_eq!(area_of(&common(&[&plate], &[&band])), 20);
        // Overlapping outlines, whichever way they turn, cover an area once.
        let reversed = Ring::new(core.points().iter().rev().copied().collect());
        assert_eq!(area_of(&union(&[&plate, &reversed])), 100);
    }
}
