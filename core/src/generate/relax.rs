//! What a layout gives differently from what was asked, each difference with its numbers.

use super::answer::Relaxation;
use super::brief::HALL;
use super::build::Built;
use crate::layout::rules::Rules;
use crate::layout::{Brief, Severity, Violation};

/// What was asked of a layout beside its rooms.
pub(super) struct Asked<'a> {
    /// The rules.
    pub(super) rules: &'a Rules,
    /// The corridor width that the request prefers, if it says so.
    pub(super) corridor_preferred_mm: Option<i64>,
    /// The one that was used.
    pub(super) corridor: i64,
    /// Optional rooms that were left out.
    pub(super) dropped: &'a [String],
}

/// What a layout gives differently from what was asked.
pub(super) fn relaxations(
    asked: &Asked<'_>,
    built: &Built,
    brief: &Brief,
    violations: &[Violation],
) -> Vec<Relaxation> {
    let mut list = Vec::new();
    for id in asked.dropped {
        list.push(Relaxation {
            rule: "room_dropped".to_owned(),
            room: Some(id.clone()),
            requested: 1.0,
            got: 0.0,
            why: "an optional room for which there is no space".to_owned(),
        });
    }
    let told = asked.corridor_preferred_mm;
    if let Some(wanted) = told.filter(|wanted| *wanted > asked.corridor) {
        list.push(Relaxation {
            rule: "corridor_width".to_owned(),
            room: None,
            requested: wanted as f64,
            got: asked.corridor as f64,
            why: "with corridors of the preferred width the rooms do not fit".to_owned(),
        });
    }
    let share = Share::of(built, brief);
    let tolerance = asked.rules.area_tolerance_permille;
    for (room, brief) in built.layout.rooms.iter().zip(&brief.rooms) {
        let asked = brief.requested_mm2;
        let off = (room.net_area_mm2 - asked).abs() * 1000 / asked.max(1);
        if brief.request.is_none() {
            list.push(Relaxation {
                rule: "space_left_over".to_owned(),
                room: Some(room.id.clone()),
                requested: 0.0,
                got: room.area_sqm,
                why: if brief.name == HALL {
                    "the floor between the rooms, through which they are reached"
                } else {
                    "the plate is larger than the programme"
                }
                .to_owned(),
            });
        } else if off > tolerance {
            list.push(Relaxation {
                rule: "area_target".to_owned(),
                room: Some(room.id.clone()),
                requested: asked as f64 / 1e6,
                got: room.area_sqm,
                why: share.why(room.net_area_mm2 < asked).to_owned(),
            });
        }
    }
    for (room, kind) in &built.left_out {
        list.push(Relaxation {
            rule: "fixture_dropped".to_owned(),
            room: Some(room.clone()),
            requested: 1.0,
            got: 0.0,
            why: format!("no place for a {kind} with the space it needs"),
        });
    }
    for violation in violations
        .iter()
        .filter(|v| v.severity == Severity::Warning)
    {
        let rule = match violation.code.as_str() {
            "ADJACENCY_UNMET" | "ADJACENCY_FORBIDDEN" => "adjacency",
            "DAYLIGHT_MISSING" => "daylight",
            "ACCESS_NOT_AS_ASKED" => "access",
            _ => continue,
        };
        list.push(Relaxation {
            rule: rule.to_owned(),
            room: violation.elements.first().cloned(),
            requested: violation.limit.unwrap_or(1) as f64,
            got: violation.measured.unwrap_or(0) as f64,
            why: violation.message.clone(),
        });
    }
    list
}

/// How the rooms together come off, so that no two of them blame opposite things.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Share {
    /// There is less floor than was asked for, and none is left over.
    Short,
    /// The rooms together have as much as was asked for, or more.
    Ample,
    /// The rooms together have less, and floor is left over between them.
    Uneven,
}

impl Share {
    fn of(built: &Built, brief: &Brief) -> Share {
        let rooms = || built.layout.rooms.iter().zip(&brief.rooms);
        let wanted = || rooms().filter(|(_, brief)| brief.request.is_some());
        let given: i64 = wanted().map(|(room, _)| room.net_area_mm2).sum();
        let asked: i64 = wanted().map(|(_, brief)| brief.requested_mm2).sum();
        if given >= asked {
            Share::Ample
        } else if rooms().all(|(_, brief)| brief.request.is_some()) {
            Share::Short
        } else {
            Share::Uneven
        }
    }

    fn why(self, is_smaller: bool) -> &'static str {
        match (self, is_smaller) {
            (Share::Short, true) => {
                "the programme is larger than the plate: all rooms share what there is"
            }
            (Share::Ample, false) => {
                "the plate is larger than the programme: all rooms share what there is"
            }
            (_, true) => "its place between the others leaves it less",
            (_, false) => "its place between the others leaves it more",
        }
    }
}
