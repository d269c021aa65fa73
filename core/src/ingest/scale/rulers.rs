//! Where scale bars stand, by their figures alone: before there are walls, and as no wall.

use super::bars::tick;
use super::dimensions::middle_of;
use crate::plan::{Point, Rect, TextRun};

/// Figures of a bar, at least; fewer may be numbers of rooms.
const FEWEST: usize = 3;

/// How near the bar is to its figures, in sizes of the text.
const WITHIN: f64 = 3.0;

/// How far a figure may stand from its even place, as a share of the bar.
const UNEVEN: f64 = 0.12;

/// Figures that are looked at; a sheet with more is a table.
const MOST_FIGURES: usize = 3_000;

/// A figure, and where it stands along its direction and across.
struct Figure<'a> {
    run: &'a TextRun,
    value: f64,
    has_unit: bool,
    along: f64,
    across: f64,
}

/// The boxes around scale bars and their figures, which grow evenly from zero and have a unit.
pub(in crate::ingest) fn rulers(texts: &[TextRun]) -> Vec<Rect> {
    let figures = texts.iter().filter_map(|run| {
        let (value, unit) = tick(&run.text)?;
        let (sin, cos) = run.angle_deg.to_radians().sin_cos();
        let middle = middle_of(run);
        Some(Figure {
            run,
            value,
            has_unit: unit.is_some(),
            along: middle.x * cos + middle.y * sin,
            across: middle.y * cos - middle.x * sin,
        })
    });
    let mut figures: Vec<Figure<'_>> = figures.take(MOST_FIGURES).collect();
    let angle = |figure: &Figure<'_>| figure.run.angle_deg.round();
    figures.sort_by(|one, two| {
        let angles = angle(one).total_cmp(&angle(two));
        angles.then(one.across.total_cmp(&two.across))
    });
    let mut found = Vec::new();
    for row in figures.chunk_by_mut(|one, two| {
        angle(one) == angle(two) && two.across - one.across <= 0.4 * one.run.height_pt
    }) {
        row.sort_by(|one, two| one.along.total_cmp(&two.along));
        for (start, _) in row.iter().enumerate().filter(|(_, one)| one.value == 0.0) {
            let rest = row.get(start..).unwrap_or_default();
            let grows = rest
                .windows(2)
                .take_while(|pair| matches!(pair, [one, two] if two.value > one.value));
            let bar = rest.get(..=grows.count()).unwrap_or_default();
            found.extend(around(bar));
        }
    }
    found
}

/// The box around a bar with these figures, if they are those of one.
fn around(bar: &[Figure<'_>]) -> Option<Rect> {
    let (first, last) = (bar.first()?, bar.last()?);
    let size = first.run.height_pt;
    let length = last.along - first.along;
    let per_value = length / last.value;
    let is_even = bar
        .iter()
        .all(|one| (one.along - first.along - per_value * one.value).abs() <= UNEVEN * length);
    let has_unit = bar.iter().any(|one| one.has_unit);
    if bar.len() < FEWEST || !is_even || !has_unit || length < 2.0 * size {
        return None;
    }
    let (sin, cos) = first.run.angle_deg.to_radians().sin_cos();
    let end = 0.5 * last.run.width_pt + size;
    let corner = |along: f64, across: f64| {
        let (along, across) = (along, first.across + across);
        Point::new(along * cos - across * sin, along * sin + across * cos)
    };
    let (from, to, within) = (first.along - 2.0 * size, last.along + end, WITHIN * size);
    Some(Rect::around(
        [(from, -within), (from, within), (to, -within), (to, within)]
            .map(|(along, across)| corner(along, across)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Boxes around figures at each 40 points along a line that is turned by `angle_deg`.
    fn found(figures: &[&str], angle_deg: f64) -> Vec<Rect> {
        let (sin, cos) = angle_deg.to_radians().sin_cos();
        let at = |(number, text): (usize, &&str)| {
            let along = 40.0 * f64::from(u32::try_from(number).unwrap());
            TextRun {
                text: (*text).to_owned(),
                x: 300.0 + along * cos,
                y: 300.0 + along * sin,
                width_pt: 3.0 * f64::from(u32::try_from(text.len()).unwrap()),
                height_pt: 6.0,
                angle_deg,
                recognised: false,
            }
        };
        let runs: Vec<TextRun> = figures.iter().enumerate().map(at).collect();
        rulers(&runs)
    }

    #[test]
    fn figures_that_grow_evenly_from_zero_to_a_unit_are_those_of_a_bar() {
        let level = found(&["0", "1", "2", "3 m"], 0.0);
        assert_eq!(level.len(), 1);
        assert!(level[0].contains(Point::new(422.0, 306.0)));
        let upright = found(&["0", "1", "2", "3 m"], -90.0);
        assert!(upright[0].contains(Point::new(306.0, 180.0)));
        // Numbers of rooms, treads, and dimensions.
        assert!(found(&["0", "1", "2", "3"], 0.0).is_empty());
        assert!(found(&["1", "2", "3 m"], 0.0).is_empty());
        assert!(found(&["0", "1", "7", "8 m"], 0.0).is_empty());
        assert!(found(&["0", "3 m"], 0.0).is_empty());
    }
}
