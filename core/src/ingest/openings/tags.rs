//! Boxes around texts, as around the number of a room: two lines of one length close beside each
//! other, and no glass.

use crate::ingest::drawing::{Drawing, Subpath};
use crate::ingest::squares::Squares;
use crate::plan::{Point, TextRun};

/// A box is at most so much longer than its text, and so high, in heights of the type.
const LONGER: f64 = 3.0;
const HIGH: f64 = 2.6;

/// The text stands in the middle of its box but for this share of the height of the type.
const OFF_MIDDLE: f64 = 0.6;

/// Texts in one square; where there are more there is a table.
const MOST_IN_SQUARE: usize = 64;

/// The texts of a drawing by their middles.
pub(super) struct Tags<'a> {
    texts: Vec<(&'a TextRun, Point)>,
    places: Squares,
}

impl<'a> Tags<'a> {
    pub(super) fn of(drawing: &'a Drawing) -> Tags<'a> {
        let set = drawing.texts().iter().filter(|run| run.height_pt > 0.0);
        let texts: Vec<(&TextRun, Point)> = set.map(|run| (run, middle_of(run))).collect();
        let tallest = texts
            .iter()
            .fold(1.0, |most, (run, _)| f64::max(most, run.height_pt));
        let mut places = Squares::new(OFF_MIDDLE * tallest, MOST_IN_SQUARE);
        for ((_, middle), number) in texts.iter().zip(0_u32..) {
            places.put(places.square(*middle), number);
        }
        places.sort();
        Tags { texts, places }
    }

    /// Whether `subpath` is a box around a text.
    pub(super) fn frame(&self, subpath: &Subpath<'_>) -> bool {
        let (&[a, b, c, d] | &[a, b, c, d, _]) = subpath.points else {
            return false;
        };
        let is_box = subpath
            .points
            .get(4)
            .map_or(subpath.closed, |end| *end == a)
            && a.towards(c, 0.5).distance(b.towards(d, 0.5)) < 0.1;
        let middle = a.towards(c, 0.5);
        is_box
            && self.places.around(middle).any(|number| {
                let Some((run, own)) = self.texts.get(number) else {
                    return false;
                };
                let (sin, cos) = run.angle_deg.to_radians().sin_cos();
                // The box in the direction of its text.
                let spans = |along: &dyn Fn(Point) -> f64| {
                    let places = [a, b, c, d].map(along);
                    let most = places.iter().copied().fold(f64::MIN, f64::max);
                    most - places.iter().copied().fold(f64::MAX, f64::min)
                };
                let long = spans(&|point| point.x * cos + point.y * sin);
                let high = spans(&|point| point.y * cos - point.x * sin);
                own.distance(middle) <= OFF_MIDDLE * run.height_pt
                    && (0.9 * run.width_pt..=run.width_pt + LONGER * run.height_pt).contains(&long)
                    && (0.7 * run.height_pt..=HIGH * run.height_pt).contains(&high)
            })
    }
}

/// Capitals are about seven tenths of the size of the type high.
fn middle_of(run: &TextRun) -> Point {
    let (sin, cos) = run.angle_deg.to_radians().sin_cos();
    let (half, up) = (0.5 * run.width_pt, 0.35 * run.height_pt);
    Point::new(run.x + half * cos + up * sin, run.y + half * sin - up * cos)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::drawing::{Colour, Paint, Stroke};

    /// A number of 12 by 5 points around 50, 50 that is set at `angle_deg`, and a box of 16 by 8.
    fn tagged(angle_deg: f64, off: f64) -> Drawing {
        let (sin, cos) = angle_deg.to_radians().sin_cos();
        let at = |x: f64, y: f64| Point::new(50.0 + x * cos - y * sin, 50.0 + x * sin + y * cos);
        let start = at(-6.0, 1.75);
        let mut drawing = Drawing::default();
        drawing.push_text(TextRun {
            text: "101".to_owned(),
            x: start.x,
            y: start.y,
            width_pt: 12.0,
            height_pt: 5.0,
            angle_deg,
            recognised: false,
        });
        let path = drawing.begin_path();
        let corners = [(-8.0, -4.0), (8.0, -4.0), (8.0, 4.0), (-8.0, 4.0)];
        drawing.push_subpath(&corners.map(|(x, y)| at(x + off, y)), true, false);
        let stroke = Stroke {
            width_pt: 0.2,
            colour: Colour::BLACK,
            dashed: false,
        };
        let paint = Paint {
            stroke: Some(stroke),
            fill: None,
            even_odd: false,
        };
        drawing.end_path(path, paint);
        drawing
    }

    #[test]
    fn a_box_around_a_text_is_told_from_one_beside_it() {
        let frames = |drawing: &Drawing| {
            let tags = Tags::of(drawing);
            drawing
                .paths()
                .flat_map(|path| path.subpaths())
                .any(|subpath| tags.frame(&subpath))
        };
        assert!(frames(&tagged(0.0, 0.0)) && frames(&tagged(-70.0, 0.0)));
        assert!(!frames(&tagged(0.0, 10.0)));
    }
}
