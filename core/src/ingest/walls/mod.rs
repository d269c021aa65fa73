//! Finding walls in the line work of a page.
//!
//! Each way of drawing walls gives its own *evidence*: thick strokes, pairs of parallel lines,
//! filled areas. Evidence is collected per pen or fill, cleaned by the same rules, weighed by
//! how much connected structure it makes, and the strongest gives the walls. All thresholds
//! are relative to what the drawing itself shows; nothing depends on a scale.

mod arcs;
mod areas;
mod bars;
mod building;
mod candidates;
mod crossings;
mod drawn;
mod evidence;
mod families;
mod freehand;
mod fusion;
mod hatching;
mod inside;
mod insulation;
mod islands;
mod junctions;
mod kinds;
mod lanes;
mod leaves;
mod lines;
mod measures;
mod outer;
mod pairs;
mod pens;
mod rims;
mod sheet;
mod slices;
mod stubs;
mod support;
mod symbols;
mod widening;
mod wipeouts;

use self::areas::Filled;
use self::bars::Bar;
use self::evidence::{Evidence, ranked};
use self::pens::Pen;
use self::rims::Rims;
use self::symbols::Symbols;
use crate::error::Result;
use crate::parallel::{both, threads_for};
use crate::plan::{Finding, Page, Rect, Segment, Wall, round3};
use crate::watch::Watch;

use super::drawing::Drawing;
use super::scale::rulers;

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

/// Most walls of a page. The floor of a hospital has some two thousand; where there are many more,
/// they are lines all over each other, and what they enclose grows with the square of them.
const MOST_WALLS: usize = 4_000;

/// Finds the walls of `drawing`, which `is_traced` from a picture or not.
pub(super) fn find_walls(
    drawing: &Drawing,
    page: &Page,
    is_traced: bool,
    watch: &dyn Watch,
) -> Result<FoundWalls> {
    let mut filled = areas::collect(drawing, watch)?;
    watch.check()?;
    let thin = std::mem::take(&mut filled.lines);
    let (symbols, all) = both(
        threads_for(drawing.paths().count()),
        || Symbols::new(drawing, &thin, page, watch),
        || evidence(drawing, filled, &thin, page, watch),
    )?;
    watch.check()?;
    let mut ranked = ranked(all, &symbols, watch)?.into_iter();
    let Some(mut best) = ranked.next() else {
        return Ok(FoundWalls {
            findings: vec![Finding::new(
                "no_walls",
                "no walls were found in the drawing",
            )],
            ..FoundWalls::default()
        });
    };
    let others: Vec<Evidence> = ranked.collect();
    fusion::fuse(&mut best, &others, &symbols, watch)?;
    // Of a scan the short lines are lost.
    if !is_traced {
        stubs::remove_open(&mut best.bars, drawing, &thin, watch)?;
    }
    let diagonal = page.width_pt.hypot(page.height_pt).max(1.0);
    let plan_likeness = best.believable() / diagonal;
    let left_out = best.keep_longest(MOST_WALLS);
    watch.check()?;
    let bars = ordered(&best.bars);
    let mut drawn = drawn::stretches(&bars, &best.pieces, watch)?;
    wipeouts::erase(&bars, &mut drawn, drawing, watch)?;
    let walls: Vec<Wall> = bars.iter().map(|bar| wall(bar, best.confidence)).collect();
    let mut findings = Vec::new();
    if left_out > 0 {
        let message = format!(
            "{left_out} more lines look like walls than the {MOST_WALLS} longest, which were read"
        );
        findings.push(Finding::new("walls_left_out", message));
    }
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

/// Everything that may be walls in what is stroked, in what is `filled`, and in the lines that are
/// drawn as `thin` areas.
fn evidence(
    drawing: &Drawing,
    mut filled: Filled,
    thin: &[Pen],
    page: &Page,
    watch: &dyn Watch,
) -> Result<Vec<Evidence>> {
    let mut pens = pens::collect(drawing, watch)?;
    pens.extend_from_slice(thin);
    measures::remove(&mut pens, drawing.texts(), watch)?;
    watch.check()?;
    remove_sheet(&mut pens, &mut filled, page, watch)?;
    watch.check()?;
    remove_rulers(&mut pens, &mut filled, &rulers(drawing.texts()));
    watch.check()?;
    let mut all = candidates::all(&pens, filled, drawing.texts(), watch)?;
    watch.check()?;
    let rims = Rims::of(drawing);
    for evidence in &mut all {
        watch.check()?;
        evidence.bars.retain(|bar| !rims.hold(bar));
    }
    Ok(all)
}

/// Takes the frame and the title block away.
fn remove_sheet(
    pens: &mut [Pen],
    filled: &mut Filled,
    page: &Page,
    watch: &dyn Watch,
) -> Result<()> {
    let mut lists = std::mem::take(&mut filled.by_colour);
    lists.push(std::mem::take(&mut filled.together));
    let lines: Vec<Segment> = pens
        .iter()
        .flat_map(|pen| pen.segments.iter().copied())
        .chain(lists.iter().flatten().map(Bar::segment))
        .collect();
    let mut flags = sheet::sheet_furniture(&lines, page, watch)?.into_iter();
    for pen in pens {
        pen.segments.retain(|_| flags.next() != Some(true));
    }
    for list in &mut lists {
        list.retain(|_| flags.next() != Some(true));
    }
    filled.together = lists.pop().unwrap_or_default();
    filled.by_colour = lists;
    Ok(())
}

/// Most scale bars of a sheet.
const MOST_RULERS: usize = 8;

/// Takes away what lies within one of `rulers`: the boxes of a scale bar are as long as walls.
fn remove_rulers(pens: &mut [Pen], filled: &mut Filled, rulers: &[Rect]) {
    let rulers = rulers.get(..MOST_RULERS).unwrap_or(rulers);
    let in_ruler = |line: &Segment| {
        rulers
            .iter()
            .any(|ruler| ruler.contains(line.a) && ruler.contains(line.b))
    };
    if rulers.is_empty() {
        return;
    }
    for pen in pens {
        pen.segments.retain(|line| !in_ruler(line));
    }
    for bars in filled.by_colour.iter_mut().chain([&mut filled.together]) {
        bars.retain(|bar| !in_ruler(&bar.segment()));
    }
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
