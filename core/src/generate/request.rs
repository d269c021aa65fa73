//! What `generate` is asked, as JSON. Unknown fields are refused with their path.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::job::read_json;
use crate::layout::{Access, Adjacency, Point, RoomRequest, WindowSpan};
use crate::plan::Floorplan;

/// Most single rooms in one programme.
pub const MAX_ROOMS: usize = 200;

/// A request: where, what, by which rules, how hard to try.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GenerateRequest {
    /// Version of this form: `1`, or empty for the newest.
    pub schema_version: String,
    /// `mm`, or empty for the same.
    pub units: String,
    /// A plan that gives the plate; without it `site.perimeter_mm` does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The plate, or what is known beside the source.
    pub site: Site,
    /// What is wanted.
    pub program: ProgramRequest,
    /// The rules.
    pub rules: RuleOptions,
    /// How to search.
    pub solver: SolverOptions,
    /// How to price; read by the bill of materials and not here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bom: Option<serde_json::Map<String, serde_json::Value>>,
    /// Whether an assumption about the input (a missing scale, an unknown word) is an error.
    pub strict: bool,
}

/// A plan to take the plate from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Which of the fields below holds it.
    pub kind: SourceKind,
    /// For `spatial_graph`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graph: Option<Graph>,
    /// For `floorplan`: what was read from a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floorplan: Option<Box<Floorplan>>,
    /// Millimetres per point; goes before the plan's own scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<ScaleRequest>,
}

/// What kind of plan a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Walls in points.
    SpatialGraph,
    /// A floor plan as `ingest` gives it.
    Floorplan,
    /// None: the outline is in `site.perimeter_mm`.
    Outline,
}

/// The older spatial graph: walls in points of a page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Graph {
    /// Walls by their centre lines.
    pub walls: Vec<GraphWall>,
    /// Rooms that were read; not used.
    pub rooms: Vec<serde_json::Value>,
    /// Doors that were read: those in the outer wall become entrances.
    pub doors: Vec<GraphOpening>,
    /// Windows that were read: the sides they are in have daylight.
    pub windows: Vec<GraphOpening>,
    /// Points of the page in one foot of the building.
    pub scale_factor: Option<f64>,
    /// Width and height of the page in points.
    pub page_dimensions: Vec<f64>,
}

/// A wall in points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphWall {
    /// Start, from the left.
    pub x1: f64,
    /// Start, from the top.
    pub y1: f64,
    /// End, from the left.
    pub x2: f64,
    /// End, from the top.
    pub y2: f64,
    /// As drawn; 0 when unknown.
    #[serde(default)]
    pub thickness: f64,
    /// Not used: it follows from the ends.
    #[serde(default)]
    pub length_pts: Option<f64>,
}

/// A door or window in points, by its middle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphOpening {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Along the wall.
    pub width: f64,
}

/// A scale given with the request.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleRequest {
    /// Millimetres of the building in one point.
    pub mm_per_point: f64,
    /// Where it comes from.
    #[serde(default)]
    pub provenance: ScaleOrigin,
}

/// Where a scale comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleOrigin {
    /// Read from the drawing.
    Detected,
    /// Told by a person.
    #[default]
    User,
    /// Nobody knows; reported in the answer.
    Assumed,
}

/// The plate, as far as it is told.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// The outline along the outer faces of the perimeter walls when `exterior_wall_mm` is
    /// given, along the inner faces otherwise.
    pub perimeter_mm: Vec<Point>,
    /// Cores and shafts.
    pub holes_mm: Vec<Vec<Point>>,
    /// Columns as boxes `[x0, y0, x1, y1]`.
    pub columns_mm: Vec<[i64; 4]>,
    /// Thickness of the perimeter walls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exterior_wall_mm: Option<i64>,
    /// Where people come in; the layout chooses when there is none.
    pub entrances: Vec<EntranceRequest>,
    /// Edges of the outline, from 0, through which daylight comes; all when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daylight_edges: Option<Vec<usize>>,
    /// Windows; with any given, only they bring daylight.
    pub windows: Vec<WindowSpan>,
    /// Where pipes rise.
    pub wet_points_mm: Vec<Point>,
    /// Direction of north in degrees, clockwise from up; for drawings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub north_deg: Option<f64>,
    /// Height from floor to ceiling; 2700 when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ceiling_height_mm: Option<i64>,
}

/// An entrance on an edge of the outline, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntranceRequest {
    /// The edge from corner `edge` to the next one.
    pub edge: usize,
    /// From the start of that edge.
    pub from_mm: i64,
    /// Width of the opening; 1000 when not given.
    #[serde(default = "entrance_width")]
    pub width_mm: i64,
}

const fn entrance_width() -> i64 {
    1000
}

/// What is wanted: words, or a structured programme, or both.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProgramRequest {
    /// In words. With `rooms` given too, the words are only kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Language and country of the words, such as `en-IN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// How the words are read.
    pub mode: ReadingMode,
    /// Structured.
    pub rooms: Vec<RoomRequest>,
    /// Which belong together.
    pub adjacency: Vec<Adjacency>,
    /// Which are reached through another.
    pub access: Vec<Access>,
}

/// How words are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadingMode {
    /// Words that were not understood are reported.
    #[default]
    Normal,
    /// Words that were not understood are an error.
    Strict,
    /// Misspellings are taken for what they are nearest to, and reported.
    Lenient,
}

/// Rules that differ from the profile.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleOptions {
    /// A profile's name; `generic` when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Clear width that no corridor may fall below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corridor_min_mm: Option<i64>,
    /// Clear width that corridors get where there is space.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corridor_preferred_mm: Option<i64>,
    /// Width of an ordinary door's leaf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub door_leaf_mm: Option<i64>,
    /// Whether doors and corridors must suit wheelchairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accessible: Option<bool>,
    /// Thickness of new walls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wall_thickness_mm: Option<i64>,
    /// How far a net area may be from its target without being reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_tolerance_pct: Option<f64>,
}

/// How to search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SolverOptions {
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// How many moves are tried.
    pub effort: Effort,
    /// How many distinct layouts to return at most, the best included.
    pub alternatives: u32,
    /// How many threads may be used; changes nothing but the time. As many as there are
    /// processors when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads: Option<u32>,
}

impl Default for SolverOptions {
    fn default() -> SolverOptions {
        SolverOptions {
            seed: 1,
            effort: Effort::Normal,
            alternatives: 2,
            threads: None,
        }
    }
}

/// How many moves are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// A third of the usual.
    Fast,
    /// The usual.
    #[default]
    Normal,
    /// Four times the usual.
    Thorough,
}

impl GenerateRequest {
    /// Reads a request from JSON; its values are judged by `generate`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) with the path of the field.
    pub fn from_json(text: &str) -> Result<GenerateRequest> {
        read_json(text, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_round_trips_and_names_the_path_of_what_is_wrong() {
        let text = r#"{"site":{"perimeter_mm":[[0,0],[9000,0],[9000,12000],[0,12000]]},
            "program":{"rooms":[{"id":"op","type":"operatory","count":6,"area_m2":10.5}]},
            "solver":{"seed":7,"alternatives":3}}"#;
        let request = GenerateRequest::from_json(text).unwrap();
        assert_eq!(request.program.rooms[0].count, 6);
        assert_eq!(request.solver.seed, 7);
        let again = serde_json::to_string(&request).unwrap();
        assert_eq!(GenerateRequest::from_json(&again).unwrap(), request);

        for (text, path) in [
            (
                r#"{"program":{"rooms":[{"id":"a","type":"b","cuont":3}]}}"#,
                "program.rooms[0].cuont",
            ),
            (
                r#"{"program":{"rooms":[{"id":"a","type":"b","count":-3}]}}"#,
                "program.rooms[0].count",
            ),
            (
                r#"{"site":{"perimeter_mm":[[0,0],[1.5,0]]}}"#,
                "site.perimeter_mm[1][0]",
            ),
            (
                r#"{"solver":{"seed":1,"effort":"heroic"}}"#,
                "solver.effort",
            ),
            (
                r#"{"program":{"rooms":[{"id":"a","type":"b","area_m2":NaN}]}}"#,
                "program.rooms[0].area_m2",
            ),
        ] {
            let error = GenerateRequest::from_json(text).unwrap_err();
            assert_eq!(error.field(), Some(path), "{error}");
        }
    }
}
