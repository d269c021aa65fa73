//! Layouts that others propose: a host's callback, say to a language model.
//!
//! Of a proposal only the boxes of rooms and corridors count. They are snapped to the grid and
//! built like the search's own: walls between them, doors, fixtures. So whatever a source says,
//! what comes of it is a layout that the checker can judge.

use super::solve::{Arrangement, GRID_MM};
use crate::error::Result;
use crate::layout::rules::Rules;
use crate::layout::{Brief, Layout, Plate, Rect, Ring, Severity, Violation};

/// How often a source is asked.
pub(super) const MOST_ROUNDS: u32 = 3;

/// How many of its layouts are looked at each time.
pub(super) const MOST_CANDIDATES: usize = 16;

/// Most corridors of a proposed layout.
const MOST_CORRIDORS: usize = 200;

/// Sides this close to the perimeter are meant to be on it, in mm.
const ON_PERIMETER_MM: i64 = 150;

/// Someone who proposes layouts.
pub trait CandidateSource: Sync {
    /// What `provenance.solver` says when a layout of this source is the best.
    fn name(&self) -> &str;

    /// Proposes layouts for `proposal`, in its coordinates. `round` counts from 0; `feedback` is
    /// what was wrong with the layouts of the round before.
    ///
    /// Rooms go by the ids of the brief, with their `boundary`; corridors by any id. Everything
    /// else of a layout may be left empty.
    ///
    /// # Errors
    /// Whatever the source likes: it is then asked no more, and the job goes on without it.
    fn propose(
        &self,
        proposal: &Proposal<'_>,
        round: u32,
        feedback: &[Violation],
    ) -> Result<Vec<Layout>>;
}

/// What a source is to propose layouts for.
pub struct Proposal<'a> {
    /// Where they have to fit.
    pub plate: &'a Plate,
    /// Every single room, with the areas to aim at.
    pub brief: &'a Brief,
    /// The rules.
    pub rules: &'a Rules,
    /// Clear width of corridors.
    pub corridor_mm: i64,
    /// The words of the request, if there were any.
    pub prompt: Option<&'a str>,
}

/// The boxes of a proposed layout on the grid; `None`, with the reasons in `feedback`, when a room
/// is missing or is no box.
pub(super) fn arrangement_of(
    proposal: &Proposal<'_>,
    layout: &Layout,
    feedback: &mut Vec<Violation>,
) -> Option<Arrangement> {
    let before = feedback.len();
    let mut wrong = |code: &str, id: &str, message: String| {
        feedback.push(Violation {
            code: code.to_owned(),
            severity: Severity::Error,
            message,
            elements: vec![id.to_owned()],
            measured: None,
            limit: None,
            rule_ref: None,
        });
    };
    let mut rooms = Vec::new();
    for room in &proposal.brief.rooms {
        let Some(found) = layout.room(&room.id) else {
            let message = format!("{} (`{}`) is not in the layout", room.name, room.id);
            wrong("ROOM_MISSING", &room.id, message);
            continue;
        };
        match box_of(proposal.plate, &found.boundary) {
            Some(rect) => rooms.push(rect),
            None => {
                let message = format!("`{}` is no box along the axes", room.id);
                wrong("ROOM_NOT_ENCLOSED", &room.id, message);
            }
        }
    }
    let mut corridors = Vec::new();
    for corridor in layout.corridors.iter().take(MOST_CORRIDORS) {
        match box_of(proposal.plate, &corridor.boundary) {
            Some(rect) => corridors.push(rect),
            None => {
                let message = format!("`{}` is no box along the axes", corridor.id);
                wrong("ROOM_NOT_ENCLOSED", &corridor.id, message);
            }
        }
    }
    (feedback.len() == before).then(|| Arrangement {
        cost: 0,
        rooms,
        corridors,
        further: Vec::new(),
        skeleton: "proposed".to_owned(),
        faults: 0,
    })
}

/// The box of an outline on the grid; sides near the perimeter go onto it.
fn box_of(plate: &Plate, ring: &Ring) -> Option<Rect> {
    let limit = crate::layout::MAX_COORDINATE_MM;
    let far = |p: &crate::layout::Point| p.x.abs() > limit || p.y.abs() > limit;
    if ring.points().len() > 100 || ring.points().iter().any(far) {
        return None;
    }
    let rect = ring.tidied().as_rect()?;
    let corners = plate.inner_outline.points();
    let snap = |value: i64, sides: &mut dyn Iterator<Item = i64>| {
        let near = sides.min_by_key(|side| ((side - value).abs(), *side));
        match near.filter(|side| (side - value).abs() <= ON_PERIMETER_MM) {
            Some(side) => side,
            None => (value + GRID_MM / 2).div_euclid(GRID_MM) * GRID_MM,
        }
    };
    let x = |value: i64| snap(value, &mut corners.iter().map(|p| p.x));
    let y = |value: i64| snap(value, &mut corners.iter().map(|p| p.y));
    let snapped = Rect {
        x0: x(rect.x0),
        y0: y(rect.y0),
        x1: x(rect.x1),
        y1: y(rect.y1),
    };
    (snapped.x0 < snapped.x1 && snapped.y0 < snapped.y1).then_some(snapped)
}

/// What is said of boxes that cannot be built.
pub(super) fn unbuildable(why: String) -> Violation {
    Violation {
        code: "ROOM_UNREACHABLE".to_owned(),
        severity: Severity::Error,
        message: why,
        elements: Vec::new(),
        measured: None,
        limit: None,
        rule_ref: None,
    }
}
