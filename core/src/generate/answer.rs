//! What `generate` answers, as JSON.

use serde::{Deserialize, Serialize};

use crate::layout::{Layout, Violation};

/// The answer to a request that could be understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenerateResult {
    /// How it went.
    pub status: Status,
    /// The best layout; `None` when infeasible.
    pub layout: Option<Layout>,
    /// How the request was understood.
    pub interpretation: Interpretation,
    /// What was given differently from what was asked.
    pub relaxations: Vec<Relaxation>,
    /// What the checker found in the best layout; warnings only, since a layout with an error is
    /// never returned.
    pub violations: Vec<Violation>,
    /// Figures about the best layout; `None` when infeasible.
    pub metrics: Option<Metrics>,
    /// Other layouts, best first; the best itself is not among them.
    pub alternatives: Vec<Alternative>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub infeasibility: Option<Infeasibility>,
    /// How it was made.
    pub provenance: Provenance,
    /// Always the same sentence: what the check is not.
    pub disclaimer: String,
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As asked.
    Ok,
    /// With differences, each in `relaxations`.
    OkWithRelaxations,
    /// Not at all; why is in `infeasibility`.
    Infeasible,
}

/// Another layout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// `native` and its version, or the name of a host's source; empty in answers of versions that
    /// did not tell.
    #[serde(default)]
    pub source: String,
    /// The solver's cost: smaller is better.
    pub cost: i64,
    /// The layout.
    pub layout: Layout,
    /// What was given differently.
    pub relaxations: Vec<Relaxation>,
    /// What the checker found; warnings only.
    pub violations: Vec<Violation>,
    /// Figures about it.
    pub metrics: Metrics,
}

/// How words and gaps in a request were understood.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Interpretation {
    /// Words that became rooms, wishes or limits.
    pub rooms: Vec<Understood>,
    /// Words that were not understood.
    pub unrecognised: Vec<Unrecognised>,
    /// Words that were understood and change nothing, such as furniture.
    pub ignored: Vec<Ignored>,
    /// What was assumed because it was not told.
    pub assumptions: Vec<Assumption>,
    /// What contradicts itself.
    pub conflicts: Vec<Conflict>,
    /// The share of the words' characters that were understood, in 0..=1; `None` without words.
    pub coverage: Option<f64>,
}

/// Words that were understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Understood {
    /// The words.
    pub text: String,
    /// Where they are: bytes from and to, in the prompt.
    pub span: [usize; 2],
    /// Key of the room-type library.
    #[serde(rename = "type")]
    pub room_type: String,
    /// How many.
    pub count: u32,
    /// `exact`, `synonym` or `fuzzy`.
    pub confidence: String,
    /// What was assumed for it, such as `area_m2=4.0`.
    pub assumed: Vec<String>,
}

/// Words that were not understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unrecognised {
    /// The words.
    pub text: String,
    /// Where they are: bytes from and to, in the prompt.
    pub span: [usize; 2],
    /// What may have been meant, the likeliest first.
    pub suggestions: Vec<String>,
}

/// Words that were understood and change nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignored {
    /// The words.
    pub text: String,
    /// Where they are: bytes from and to, in the prompt.
    pub span: [usize; 2],
    /// Why they change nothing, for people.
    pub reason: String,
}

/// Something assumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumption {
    /// A stable code, such as `SCALE_ASSUMED`.
    pub code: String,
    /// For people.
    pub message: String,
    /// The request field it is about, if any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// The request of a room it is about, as the `request` of rooms that were laid out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub room: Option<String>,
}

/// Something that contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// A stable code.
    pub code: String,
    /// For people.
    pub message: String,
    /// Where in the prompt, if it is about words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub span: Option<[usize; 2]>,
}

/// A difference between what was asked and what was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relaxation {
    /// What was relaxed, such as `area_target`, `corridor_width`, `room_dropped`.
    pub rule: String,
    /// The room, if it is about one.
    pub room: Option<String>,
    /// What was asked; its unit follows from the rule.
    pub requested: f64,
    /// What was given.
    pub got: f64,
    /// Why, for people.
    pub why: String,
}

/// Why there is no layout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Infeasibility {
    /// A stable code, such as `INFEASIBLE_AREA`.
    pub code: String,
    /// Whether it is proved, or only that the search found nothing.
    pub proved: bool,
    /// For people, with the numbers.
    pub message: String,
    /// What is needed at least; m² or mm, as `unit` says.
    pub needed: f64,
    /// What there is.
    pub available: f64,
    /// `m2` or `mm`.
    pub unit: String,
    /// The smallest set of requirements that cannot stand together: ids of rooms and names of
    /// rules.
    pub conflicting: Vec<String>,
    /// What would make it possible, for people.
    pub remedies: Vec<String>,
}

/// Figures about a layout; shares in percent, rounded to 0.01.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Errors of the checker by code; empty in whatever is returned.
    pub errors_by_code: std::collections::BTreeMap<String, usize>,
    /// Warnings by code.
    pub warnings_by_code: std::collections::BTreeMap<String, usize>,
    /// Net area against what was asked.
    pub area_error_requested_pct: Spread,
    /// Net area against what was asked times `area_scale`.
    pub area_error_scaled_pct: Spread,
    /// All rooms' area over all requested.
    pub area_scale: f64,
    /// Longest over shortest side of the box around each room.
    pub aspect: Spread,
    /// Share of rooms that are boxes.
    pub rectangular_pct: f64,
    /// Wishes about closeness.
    pub closeness: ClosenessMetrics,
    /// Share of rooms that can be reached from an entrance; 100 in whatever is returned.
    pub reachable_pct: f64,
    /// Longest and mean way from an entrance to a room's door, in mm.
    pub travel_mm: Spread,
    /// Corridors' share of the plate's usable area.
    pub circulation_pct: f64,
    /// Rooms' net area as a share of the usable area.
    pub efficiency_pct: f64,
    /// Least clear width of the corridors, in mm; `None` without corridors.
    pub corridor_clear_mm: Option<i64>,
    /// Share of the rooms that want daylight and have it; `None` when none wants it.
    pub daylight_pct: Option<f64>,
    /// Share of the fixtures wanted that were placed.
    pub fixtures_placed_pct: f64,
    /// Length of interior walls, in mm.
    pub wall_length_mm: i64,
    /// Number of distinct lines on which interior walls lie.
    pub grid_lines: usize,
}

/// How figures spread over rooms.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// Half are at most this.
    pub median: f64,
    /// 95 of 100 are at most this.
    pub p95: f64,
    /// The largest.
    pub max: f64,
}

/// Wishes about closeness, in percent of those there are; 100 when there are none.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosenessMetrics {
    /// Of ratings A and E: how many share a wall.
    pub strong_wall_pct: f64,
    /// Of ratings A and E: how many share a wall, face each other across a corridor, or have
    /// doors within 3 m of each other.
    pub strong_near_pct: f64,
    /// Of all ratings, by weight: how much shares a wall.
    pub weighted_wall_pct: f64,
    /// Pairs to be kept apart that share a wall.
    pub forbidden: usize,
}

/// How a layout was made.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// `native` and its version, or the name of a host's source.
    pub solver: String,
    /// The seed.
    pub seed: u64,
    /// The rule profile.
    pub profile: String,
    /// Moves that were tried.
    pub moves: u64,
    /// Templates that were tried.
    pub templates: usize,
    /// SHA-256 of the best layout's JSON, as hex; empty without one.
    pub hash: String,
}
