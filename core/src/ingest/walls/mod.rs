//! Finding walls in the line work of a page.
//!
//! Each way of drawing walls gives its own *evidence*: thick strokes, pairs of parallel lines,
//! filled areas. Evidence is collected per pen or fill, cleaned by the same rules, weighed by
//! how much connected structure it makes, and the strongest gives the walls. All thresholds
//! are relative to what the drawing itself shows; nothing depends on a scale.

mod areas;
mod bars;
mod drawn;
mod evidence;
mod families;
mod junctions;
mod pairs;
mod pens;
mod sheet;

use std::collections::BTreeMap;

use self::bars::Bar;
use self::evidence::{Evidence, strongest};
use crate::error::Result;
use crate::plan::{Finding, Page, Wall, round3};
use crate::watch::Watch;

use super::drawing::{Colour, Drawing};

/// How many times the usual line width makes a heavy pen.
const HEAVY: f64 = 1.8;

/// From this width on the application before this one took every stroke for a wall; kept for
/// drawings that offer nothing better.
const OLD_RULE_PT: f64 = 1.5;

/// Walls and what was noticed while they were found.
#[derive(Debug, Default)]
pub(super) struct FoundWalls {
    pub(super) walls: Vec<Wall>,
    /// For each wall the stretches along it, in points from its end `a`, where it is drawn.
    /// Between them it was bridged, as a rule across a door or a window.
    pub(super) drawn: Vec<Vec<(f64, f64)>>,
    pub(super) findings: Vec<Finding>,
    /// How much the page looks like a plan: believable walls in page diagonals.
    pub(super) plan_likeness: f64,
}

/// Finds the walls of `drawing`.
pub(super) fn find_walls(drawing: &Drawing, page: &Page, watch: &dyn Watch) -> Result<FoundWalls> {
    let fills = areas::by_colour(drawing, watch)?;
    let filled = fills.iter().flatten().map(|bar| 2.0 * bar.length()).sum();
    let pens = sheet::without_sheet_furniture(pens::collect(drawing), page, filled);
    watch.check()?;
    let mut all: Vec<Evidence> = Vec::new();
    for fill in fills {
        all.push(Evidence::from_fill(fill));
        watch.check()?;
    }
    let usual_width = pens::usual_width(&pens);
    let mut heavy: BTreeMap<Colour, Vec<Bar>> = BTreeMap::new();
    let mut light: Vec<Bar> = Vec::new();
    for pen in &pens {
        let pairs = Evidence::from_pairs(pairs::paired_bars(pen, 0.0, watch)?);
        if let Some(cavity) = pairs.thinnest_plausible() {
            // A second look, now that the drawing has shown how thick its walls are.
            all.push(Evidence::from_pairs(pairs::paired_bars(
                pen, cavity, watch,
            )?));
        }
        watch.check()?;
        // Each pair uses two lines; a pen that mostly draws pairs draws faces, not walls.
        let draws_faces = 2.0 * pairs.total_length() > 0.5 * pen.total_length();
        all.push(pairs);
        if draws_faces {
            continue;
        }
        if pen.width >= HEAVY * usual_width && pen.width > 0.0 {
            // Walls of each thickness have a pen of their own, but one colour.
            heavy.entry(pen.colour).or_default().extend(pen.bars());
        } else if pen.width >= OLD_RULE_PT {
            light.extend(pen.bars());
        }
    }
    all.extend(heavy.into_values().map(Evidence::from_heavy_strokes));
    all.push(Evidence::from_light_strokes(light));
    let Some(best) = strongest(all, watch)? else {
        return Ok(FoundWalls {
            findings: vec![Finding::new(
                "no_walls",
                "no walls were found in the drawing",
            )],
            ..FoundWalls::default()
        });
    };
    let diagonal = page.width_pt.hypot(page.height_pt).max(1.0);
    let plan_likeness = best.score() / diagonal;
    let bars = ordered(&best.bars);
    let drawn = drawn::stretches(&bars, &best.pieces);
    let walls: Vec<Wall> = bars.iter().map(|bar| wall(bar, best.confidence)).collect();
    let mut findings = Vec::new();
    if walls.is_empty() {
        findings.push(Finding::new(
            "no_walls",
            "no walls were found in the drawing",
        ));
    }
    Ok(FoundWalls {
        walls,
        drawn,
        findings,
        plan_likeness,
    })
}

/// The bars from top to bottom and then from left to right, their ends from left to right, so
/// that neither the direction nor the order of drawing shows.
fn ordered(bars: &[Bar]) -> Vec<Bar> {
    let mut bars: Vec<Bar> = bars
        .iter()
        .map(|bar| {
            let (a, b) = (bar.a.rounded(), bar.b.rounded());
            let turned = (b.x, b.y) < (a.x, a.y);
            Bar {
                a: if turned { b } else { a },
                b: if turned { a } else { b },
                thickness: round3(bar.thickness),
                ..*bar
            }
        })
        .collect();
    bars.sort_by(|one, two| {
        let key = |bar: &Bar| [bar.a.y, bar.a.x, bar.b.y, bar.b.x, bar.thickness];
        let (one, two) = (key(one), key(two));
        let orders = one.iter().zip(&two).map(|(a, b)| a.total_cmp(b));
        orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    bars
}

fn wall(bar: &Bar, confidence: f64) -> Wall {
    Wall {
        a: bar.a,
        b: bar.b,
        thickness_pt: bar.thickness,
        thickness_mm: None,
        style: bar.style,
        confidence,
    }
}
