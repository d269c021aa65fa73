//! Everything that may be walls, by the way it is drawn.

use std::collections::BTreeMap;

use super::areas::Filled;
use super::bars::Bar;
use super::evidence::Evidence;
use super::measures::without_lettered;
use super::pairs::Ruled;
use super::pens::{Pen, usual_width};
use crate::error::Result;
use crate::ingest::drawing::Colour;
use crate::plan::{Segment, TextRun};
use crate::watch::Watch;

/// How many times the usual line width makes a heavy pen.
const HEAVY: f64 = 1.8;

/// Thinner pens, in points, draw no walls as single strokes: a quarter of a millimetre is the
/// usual line of a plan, and walls are drawn heavier than usual.
const THINNEST_STROKE_PT: f64 = 0.7;

/// From this width on the application before this one took every stroke for a wall; kept for
/// drawings that offer nothing better.
const OLD_RULE_PT: f64 = 1.5;

/// Pens that may draw one face of a wall each, the busiest first.
const MIXED_PENS: usize = 5;

/// More lines than this are not paired across pens, to spare the time.
const MIXED_LINES: usize = 60_000;

/// Share of a pen's length that must face lines of another one for it to draw faces.
const FACES_SHARE: f64 = 0.4;

/// The pens of the two faces of a wall are at most so many times as heavy as each other...
const FACES_ALIKE: f64 = 6.0;

/// ...where finer ones, in points, count as the finest that is used: an eighth of a millimetre.
const FINEST_PT: f64 = 0.35;

/// A pen whose lines are hatching for more than this share may draw walls by nothing else.
const HATCHING_SHARE: f64 = 0.5;

/// Collects the evidence of `pens` and of what is `filled`.
pub(super) fn all(
    pens: &[Pen],
    filled: Filled,
    texts: &[TextRun],
    watch: &dyn Watch,
) -> Result<Vec<Evidence>> {
    let mut all = vec![Evidence::from_all_fills(filled.together, watch)?];
    for bars in filled.by_colour {
        all.push(Evidence::from_fill(bars, watch)?);
    }
    let mut pens: Vec<Drawn<'_>> = pens
        .iter()
        .filter(|pen| !pen.segments.is_empty() || !pen.arcs.is_empty())
        .map(|pen| Drawn {
            pen,
            length: pen.total_length(),
            paired: 0.0,
            draws_faces: false,
            is_hatching: false,
        })
        .collect();
    for drawn in &mut pens {
        let pen = drawn.pen;
        let ruled = Ruled::new(&pen.segments, watch)?;
        let mut found = ruled.paired(&pen.arcs, pen.width, 0.0, watch)?;
        watch.check()?;
        without_lettered(&mut found.bars, texts);
        watch.check()?;
        if ruled.hatched > HATCHING_SHARE * drawn.length {
            let outlined = Ruled::new(&ruled.outline(), watch)?;
            let outlined = outlined.paired(&[], 0.0, 0.0, watch)?;
            all.push(Evidence::from_hatching(outlined.bars, watch)?);
            drawn.is_hatching = true;
        }
        // A hatching draws neither faces nor walls.
        drawn.length = (drawn.length - ruled.hatched).max(0.0);
        let pairs = Evidence::from_pairs(found.bars, watch)?;
        let pairs = pairs.among_hatching(drawn.is_hatching);
        watch.check()?;
        // A second look, now that the drawing has shown how thick its walls are.
        let thinnest = pairs.thinnest_plausible();
        watch.check()?;
        match thinnest {
            Some(cavity) if cavity > found.closest => {
                let mut again = ruled.paired(&pen.arcs, pen.width, cavity, watch)?;
                without_lettered(&mut again.bars, texts);
                let again = Evidence::from_pairs(again.bars, watch)?;
                all.push(again.among_hatching(drawn.is_hatching));
            }
            Some(_) => all.push(pairs.clone()),
            None => {}
        }
        watch.check()?;
        drawn.paired = pairs.total_length();
        // Each pair uses two lines; a pen that mostly draws pairs draws faces, not walls.
        drawn.draws_faces = 2.0 * drawn.paired > 0.5 * drawn.length;
        all.push(pairs);
    }
    all.extend(of_mixed_pens(&mut pens, texts, watch)?);
    all.extend(of_strokes(&pens, watch)?);
    Ok(all)
}

/// A pen, and what is known of its lines.
struct Drawn<'a> {
    pen: &'a Pen,
    /// Length of its lines, without those of a hatching once they are known.
    length: f64,
    /// Length of the pairs of its own lines.
    paired: f64,
    draws_faces: bool,
    /// Whether most of it is hatching, treads or tiles.
    is_hatching: bool,
}

/// Single strokes of pens that draw no faces.
fn of_strokes(pens: &[Drawn<'_>], watch: &dyn Watch) -> Result<Vec<Evidence>> {
    let usual_width = usual_width(pens.iter().map(|drawn| (drawn.pen.width, drawn.length)));
    let mut heavy: BTreeMap<Colour, Vec<Bar>> = BTreeMap::new();
    let mut light: Vec<Bar> = Vec::new();
    for pen in pens
        .iter()
        .filter(|drawn| !drawn.draws_faces)
        .map(|drawn| drawn.pen)
    {
        if pen.width >= HEAVY * usual_width && pen.width >= THINNEST_STROKE_PT {
            // Walls of each thickness have a pen of their own, but one colour.
            heavy.entry(pen.colour).or_default().extend(pen.bars());
        } else if pen.width >= OLD_RULE_PT {
            light.extend(pen.bars());
        }
    }
    let mut all = Vec::with_capacity(heavy.len() + 1);
    for bars in heavy.into_values() {
        all.push(Evidence::from_heavy_strokes(bars, watch)?);
    }
    all.push(Evidence::from_light_strokes(light, watch)?);
    Ok(all)
}

/// Double lines of two pens together: a heavy outer face and a light inner one. Marks the pens
/// that draw such faces.
fn of_mixed_pens(
    pens: &mut [Drawn<'_>],
    texts: &[TextRun],
    watch: &dyn Watch,
) -> Result<Vec<Evidence>> {
    // Between the tiles of two floors, or between tiles and a line of dimensions, there is about
    // the thickness of a wall as often as not.
    let is_hatching = |index: &usize| pens.get(*index).is_some_and(|drawn| drawn.is_hatching);
    let mut busiest: Vec<usize> = (0..pens.len()).filter(|at| !is_hatching(at)).collect();
    busiest.sort_by(|&one, &two| {
        let length = |index: usize| pens.get(index).map_or(0.0, |drawn| drawn.length);
        length(two).total_cmp(&length(one))
    });
    busiest.truncate(MIXED_PENS);
    let mut found = Vec::new();
    for (place, &first) in busiest.iter().enumerate() {
        for &second in busiest.iter().skip(place + 1) {
            let Some((one, two)) = pens.get(first).zip(pens.get(second)) else {
                continue;
            };
            if one.pen.segments.len() + two.pen.segments.len() > MIXED_LINES {
                continue;
            }
            watch.check()?;
            let both = one.pen.segments.iter().chain(&two.pen.segments);
            let segments: Vec<Segment> = both.copied().collect();
            let arcs = [one.pen.arcs.as_slice(), two.pen.arcs.as_slice()].concat();
            let width = one.pen.width.min(two.pen.width);
            let ruled = Ruled::new(&segments, watch)?;
            let mut both = ruled.paired(&arcs, width, 0.0, watch)?;
            without_lettered(&mut both.bars, texts);
            let pairs = Evidence::from_mixed_pairs(both.bars, watch)?;
            let mixed = pairs.total_length() - one.paired - two.paired;
            let heavier = if one.pen.width > two.pen.width {
                first
            } else {
                second
            };
            // Furniture stands along walls that are strokes, and is drawn much lighter.
            let alike = one.pen.width.max(two.pen.width) <= FACES_ALIKE * width.max(FINEST_PT);
            if let Some(drawn) = pens.get_mut(heavier).filter(|_| alike) {
                drawn.draws_faces |= mixed > FACES_SHARE * drawn.length;
            }
            found.push(pairs);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Point;
    use crate::watch::Unwatched;

    #[test]
    fn hatched_ground_makes_no_heavy_pen_of_the_usual_one() {
        let line =
            |x: f64, y: f64, length: f64| Segment::new(Point::new(x, y), Point::new(x + length, y));
        let pen = |width: f64, segments: Vec<Segment>| Pen {
            colour: Colour::BLACK,
            width,
            segments,
            arcs: Vec::new(),
        };
        // A few lines of the usual pen, far from each other; a field of fine lines beside them.
        let usual = pen(
            0.8,
            (0..9)
                .map(|n| line(0.0, 90.0 * f64::from(n), 200.0))
                .collect(),
        );
        let ground = (0..200).map(|n| line(300.0, 3.0 * f64::from(n), 200.0));
        let pens = [pen(0.2, ground.collect()), usual];
        let heavy = |pens: &[Pen]| {
            let found = all(pens, Filled::default(), &[], &Unwatched).unwrap();
            let bars = found.iter().flat_map(|evidence| &evidence.bars);
            bars.filter(|bar| bar.style == crate::plan::WallStyle::Single)
                .count()
        };
        assert_eq!(heavy(&pens), 0);
        // What is no hatching tells how heavy the usual pen is.
        let details = (0..30).map(|n| line(300.0, f64::from(n * n), 200.0));
        let pens = [pen(0.2, details.collect()), pens[1].clone()];
        assert!(heavy(&pens) > 0);
    }
}
