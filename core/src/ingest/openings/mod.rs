//! Finding doors, windows and plain openings, and what closes the gaps beside walls.
//!
//! Evidence comes from what is drawn, not from the gaps alone: arcs of leaves, bundles of lines
//! across the thickness of a wall, panels. Each must stand between wall bodies, on the line of a
//! wall or from side to side. Where the walls do not run through an opening, a *closing* goes on
//! with their centre line, so that rooms are closed across it.

mod arcs;
mod bodies;
mod candidate;
mod chords;
mod clouds;
mod doors;
mod gaps;
mod glazing;
mod linking;
mod panels;
mod pieces;
mod placed;
mod shutters;
mod sticks;
mod tags;
#[cfg(test)]
mod tests;
mod windows;

use self::bodies::Bodies;
use self::candidate::{Candidate, Symbol};
use self::sticks::Sticks;
use self::windows::Thickness;
use super::drawing::Drawing;
use super::rooms::Line;
use crate::error::Result;
use crate::plan::{Opening, OpeningKind, Wall, WallStyle};
use crate::watch::Watch;

/// Partitions are the walls up to the thickness that this share of the length does not pass.
const SLIM_SHARE: f64 = 0.2;

/// A panel of a sliding door is at least this many partitions long.
const SHORTEST_PANEL: f64 = 2.5;

/// The narrower leaf of two may be narrower where outer walls are thick: this many partitions.
const NARROWEST_HALF: f64 = 3.0;

/// Leaves are at least this many usual walls wide...
const NARROWEST_LEAF: f64 = 1.5;

/// ...and at most this share of the longer side of what the walls cover.
const WIDEST_LEAF: f64 = 0.35;

/// What was found in the walls.
#[derive(Debug, Default)]
pub(super) struct FoundOpenings {
    pub(super) doors: Vec<Opening>,
    pub(super) windows: Vec<Opening>,
    pub(super) openings: Vec<Opening>,
    /// Centre lines across gaps that no wall runs through.
    pub(super) closings: Vec<Line>,
    /// Gaps narrower than this, in points, let nobody through: walls meet there.
    pub(super) passage: f64,
}

/// Finds the openings of `walls` in `drawing`; `drawn` tells for each wall where its body is.
pub(super) fn find_openings(
    drawing: &Drawing,
    walls: &[Wall],
    drawn: &[Vec<(f64, f64)>],
    watch: &dyn Watch,
) -> Result<FoundOpenings> {
    if walls.is_empty() {
        return Ok(FoundOpenings::default());
    }
    let bodies = Bodies::new(walls, drawn);
    let usual = super::rooms::usual_thickness(walls);
    let slim = super::rooms::thickness_at(walls, SLIM_SHARE);
    let extent = crate::plan::Rect::around(walls.iter().flat_map(|wall| [wall.a, wall.b]));
    let longest = WIDEST_LEAF * extent.width().max(extent.height());
    let narrowest_leaf = NARROWEST_LEAF * usual;
    let smallest = narrowest_leaf.min(NARROWEST_HALF * slim);
    let arcs = arcs::find(drawing, smallest, longest, watch)?;
    let sticks = Sticks::collect(drawing, 0.6 * usual.min(2.0 * slim), watch)?;
    let mut found: Vec<Candidate> = Vec::new();
    for (count, arc) in arcs.iter().enumerate() {
        if count % 64 == 0 {
            watch.check()?;
        }
        found.extend(doors::door(arc, &bodies, &sticks).filter(|_| !bodies.has_bow(arc)));
    }
    let closed = found.iter().filter(|door| door.is_closed()).count();
    let chords =
        chords::doors_by_chords(closed, (narrowest_leaf, longest), &sticks, &bodies, watch)?;
    found.extend(chords);
    let mut found = linking::double_doors(found, watch)?;
    // Smaller arcs alone are basins and rounded corners.
    found.retain(|door| door.leaves.len() > 1 || door.width() >= narrowest_leaf);
    doors::close_unbroken(&mut found, &bodies);
    let mut thickness = Thickness {
        usual,
        most: walls
            .iter()
            .fold(0.0, |most, wall| f64::max(most, wall.thickness_pt)),
        shown: None,
        is_nominal: is_single(walls),
        widest_panels: WIDEST_PANELS * usual_leaf(usual, &found),
    };
    let widest = widest_symbol(thickness, &found);
    // Panels of a sliding door in a partition are short against thick outer walls.
    let shortest = (1.2 * usual).min(SHORTEST_PANEL * slim).max(2.0);
    let whole = [
        sticks.lines.as_slice(),
        &pieces::joined(&sticks.lines, longest, watch)?,
    ]
    .concat();
    watch.check()?;
    let bundles = glazing::bundles(&whole, widest, shortest, watch)?;
    let mut others = windows::in_gaps(&bundles, thickness, &sticks, &bodies, watch)?;
    if thickness.is_nominal {
        thickness.shown = windows::shown_thickness(&others, usual);
        thickness.is_nominal = thickness.shown.is_some();
        others = windows::in_gaps(&bundles, thickness, &sticks, &bodies, watch)?;
    }
    let in_wall = |bundle: &_| windows::in_wall(bundle, &sticks, &bodies);
    let inside: Vec<Candidate> = windows::of_bundles(&bundles, watch, in_wall)?;
    // Lines inside most of what is drawn are layers of the walls.
    let whole: f64 = drawn.iter().flatten().map(|(from, to)| to - from).sum();
    if inside.iter().map(Candidate::width).sum::<f64>() <= 0.4 * whole {
        others.extend(inside);
    }
    let mut others = linking::sliding_pairs(&others, usual, watch)?;
    windows::with_casements(&mut found, &others, usual, &sticks, watch)?;
    windows::glass_walls(&mut others, WIDEST_DOOR * usual_leaf(usual, &found));
    windows::over_thresholds(&mut others, usual, &sticks, &bodies, watch)?;
    panels::that_slide(&mut others, usual, &sticks, &bodies, watch)?;
    let room = DEEPEST_ROOM * usual_leaf(usual, &found);
    let thick = (thickness.most, usual);
    placed::settle(&mut others, room, thick, &sticks, &bodies, watch)?;
    // What is far narrower than a leaf is a part of a frame.
    let thick = thickness.shown.unwrap_or(usual).max(usual);
    let narrowest = single_leaf(&found).map_or(1.2 * usual, |leaf| NARROWEST_OPENING * leaf);
    others.retain(|other| other.width() >= narrowest);
    linking::add_without_overlap(&mut found, others, usual, watch)?;
    // What stays loose fills no gap, and must not hide the one it lies in.
    let links = linking::link_loose_ends(&mut found, usual, watch)?;
    let passage = narrowest_passage(thick, &found);
    let mut empty: Vec<Candidate> = Vec::new();
    for index in 0..walls.len() {
        if index % 64 == 0 {
            watch.check()?;
        }
        empty.extend(gaps::of_wall(index, &bodies));
    }
    let leaf = usual_leaf(thick, &found);
    let reach = (WIDEST_DOOR * leaf, WIDEST_PANES * leaf);
    let ends = gaps::beyond_ends(reach, passage, usual, &bodies, watch)?;
    let mut beyond = Vec::new();
    linking::add_without_overlap(&mut beyond, ends, usual, watch)?;
    empty.append(&mut beyond);
    linking::without_overlap(&found, &mut empty, usual, watch)?;
    gaps::with_leaves(&mut empty, WIDEST_DOOR * leaf, &sticks, &bodies, watch)?;
    let is_window = |other: &&Candidate| other.symbol == Symbol::Glazing;
    let windows = found.iter().filter(is_window).count();
    panels::that_pass(&mut empty, windows, usual, &sticks, &bodies, watch)?;
    gaps::keep_narrow(&mut empty, WIDEST_GAP * leaf);
    found.append(&mut empty);
    Ok(FoundOpenings {
        passage,
        ..settled(&found, links, usual, &bodies, watch)?
    })
}

/// Whether most of the walls are single strokes, whose width need not be that of the walls.
fn is_single(walls: &[Wall]) -> bool {
    let single = walls
        .iter()
        .filter(|wall| wall.style == WallStyle::Single)
        .count();
    2 * single > walls.len()
}

/// A wall is at most this share of the leaves in it: 500 mm of old masonry beside a door of 850 mm.
const THICK_TO_LEAF: f64 = 0.6;

/// The narrowest slit of a window, in leaves.
const NARROWEST_OPENING: f64 = 0.25;

/// The widest door without an arc, in leaves: two leaves, or panels that fold or slide.
const WIDEST_DOOR: f64 = 3.0;

/// The widest one between two ends of walls that face each other: four panels of glass before a
/// terrace.
const WIDEST_PANES: f64 = 5.0;

/// The walls of a room are at most so many leaves apart, as a rule.
const DEEPEST_ROOM: f64 = 9.0;

/// Panels between the sides of two walls are at most so many leaves wide, as before a niche.
const WIDEST_PANELS: f64 = 1.5;

/// Gaps of up to this many leaves are closed when nothing is drawn in them; wider ones join two
/// parts of one room.
const WIDEST_GAP: f64 = 1.5;

/// The usual width of a door with one leaf, if arcs show any.
fn single_leaf(found: &[Candidate]) -> Option<f64> {
    // Both ends at walls: the rounded corner of a roof is an arc beside a wall as well.
    let is_single = |door: &&Candidate| {
        door.symbol == Symbol::Swing && door.leaves.len() == 1 && door.is_closed()
    };
    let leaves: Vec<Candidate> = found.iter().filter(is_single).cloned().collect();
    usual_width(&leaves)
}

/// The usual width of a leaf. Where no arc shows it, the walls do: doors are some eight times as
/// wide as walls of usual thickness.
fn usual_leaf(thick: f64, found: &[Candidate]) -> f64 {
    single_leaf(found).unwrap_or(8.0 * thick)
}

/// The width of a gap that is too narrow for a person: half of a leaf is, and a quarter of what
/// the walls lead to expect, which may be much too wide.
fn narrowest_passage(thick: f64, found: &[Candidate]) -> f64 {
    single_leaf(found).map_or(2.0 * thick, |leaf| 0.5 * leaf)
}

/// How far apart the outermost lines of a symbol may be. Where walls are single strokes these
/// may be thinner than the walls they stand for, and only the symbols show how thick those are.
fn widest_symbol(thickness: Thickness, doors: &[Candidate]) -> f64 {
    let drawn = 1.2 * thickness.most + 0.5;
    if !thickness.is_nominal {
        return drawn;
    }
    let shown = usual_width(doors).map_or(8.0 * thickness.usual, |leaf| THICK_TO_LEAF * leaf);
    drawn.max(shown)
}

/// The width that half of `openings` do not pass.
fn usual_width(openings: &[Candidate]) -> Option<f64> {
    let mut widths: Vec<f64> = openings.iter().map(Candidate::width).collect();
    widths.sort_by(f64::total_cmp);
    widths.get(widths.len() / 2).copied()
}

/// The candidates as openings, and what closes them.
fn settled(
    found: &[Candidate],
    links: Vec<Line>,
    usual: f64,
    bodies: &Bodies<'_>,
    watch: &dyn Watch,
) -> Result<FoundOpenings> {
    let mut all = FoundOpenings {
        closings: links,
        ..FoundOpenings::default()
    };
    for (count, candidate) in found.iter().enumerate() {
        if count % 64 == 0 {
            watch.check()?;
        }
        let wall = candidate
            .meets
            .iter()
            .flatten()
            .find(|end| end.goes_on)
            .map(|end| end.wall);
        let wall = wall.or_else(|| {
            let middle = candidate.axis.a.towards(candidate.axis.b, 0.5);
            bodies.along_at(middle, sticks::unit(candidate.axis))
        });
        let kind = match candidate.symbol {
            Symbol::Swing | Symbol::Panels => OpeningKind::Door,
            Symbol::Glazing => OpeningKind::Window,
            Symbol::Gap => OpeningKind::Opening,
        };
        let mut opening = Opening::between(kind, candidate.axis.a, candidate.axis.b);
        opening.wall = wall;
        opening.leaves.clone_from(&candidate.leaves);
        opening.is_sliding = candidate.symbol == Symbol::Panels;
        // Each end that fits badly takes from what an arc or glass in a gap is worth.
        opening.confidence = crate::plan::round3((0.95 - 0.3 * candidate.misfit).clamp(0.3, 0.95));
        let same_wall = |one: usize, two: usize| one == two;
        let (one, two) = (&candidate.meets[0], &candidate.meets[1]);
        let runs_through = matches!((one, two), (Some(one), Some(two)) if same_wall(one.wall, two.wall) && one.goes_on && two.goes_on);
        if !runs_through && (one.is_some() || two.is_some()) {
            let thickness = candidate
                .thickness
                .or_else(|| {
                    wall.and_then(|wall| bodies.wall(wall))
                        .map(|wall| wall.thickness_pt)
                })
                .unwrap_or(usual);
            all.closings.push(Line {
                a: one.as_ref().map_or(candidate.axis.a, |end| end.at),
                b: two.as_ref().map_or(candidate.axis.b, |end| end.at),
                half: 0.5 * thickness,
                wall: None,
            });
        }
        match kind {
            OpeningKind::Door => all.doors.push(opening),
            OpeningKind::Window => all.windows.push(opening),
            OpeningKind::Opening => all.openings.push(opening),
        }
    }
    for list in [&mut all.doors, &mut all.windows, &mut all.openings] {
        list.sort_by(|one, two| {
            let (one, two) = (one.center, two.center);
            one.y.total_cmp(&two.y).then(one.x.total_cmp(&two.x))
        });
    }
    Ok(all)
}
