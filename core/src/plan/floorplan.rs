//! What is read from a page: walls, openings, rooms, scale, texts and findings.

use serde::{Deserialize, Serialize};

use super::geometry::{Matrix, Point, Segment, round3};
use super::opening::Opening;
use super::room::Room;

/// A floor plan as it was read from one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Floorplan {
    /// What kind of page it was read from.
    pub source: Source,
    /// The page itself.
    pub page: Page,
    /// Walls by their centre lines, in a fixed order.
    pub walls: Vec<Wall>,
    /// Rooms; empty when none were looked for.
    pub rooms: Vec<Room>,
    /// Doors; empty when none were looked for.
    pub doors: Vec<Opening>,
    /// Windows; empty when none were looked for.
    pub windows: Vec<Opening>,
    /// Gaps in walls in which nothing is drawn; empty when none were looked for.
    #[serde(default)]
    pub openings: Vec<Opening>,
    /// The drawing's scale, when it could be told.
    pub scale: Option<Scale>,
    /// Texts of the page, joined into runs.
    pub texts: Vec<TextRun>,
    /// What a person should know about this reading.
    pub findings: Vec<Finding>,
}

impl Floorplan {
    /// Takes `scale` as the plan's, and gives all that is measured in points its size in the
    /// building beside it: thicknesses, clear widths and areas.
    pub fn set_scale(&mut self, scale: Option<Scale>) {
        let millimetres = scale.as_ref().map(|scale| scale.mm_per_pt);
        let length = |points: f64| millimetres.map(|mm| round3(points * mm));
        for wall in &mut self.walls {
            wall.thickness_mm = length(wall.thickness_pt);
        }
        let openings = self.doors.iter_mut().chain(&mut self.windows);
        for opening in openings.chain(&mut self.openings) {
            opening.width_mm = length(opening.width_pt);
        }
        for room in &mut self.rooms {
            room.area_m2 = millimetres.map(|mm| round3(room.area_sq_pt * mm * mm / 1e6));
        }
        self.scale = scale;
    }
}

/// What a plan was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Lines and fills of the page.
    Vector,
    /// A picture of a plan.
    Raster,
}

impl Source {
    /// `vector` or `raster`, as stored and answered.
    pub const fn name(self) -> &'static str {
        match self {
            Source::Vector => "vector",
            Source::Raster => "raster",
        }
    }
}

/// The page that a plan was read from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Position in the file, from 0.
    pub index: usize,
    /// Width as displayed, in points.
    pub width_pt: f64,
    /// Height as displayed, in points.
    pub height_pt: f64,
    /// From the page's own user space to the displayed page.
    pub user_to_display: Matrix,
}

/// One straight wall.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Wall {
    /// One end of the centre line.
    pub a: Point,
    /// The other end.
    pub b: Point,
    /// Thickness as drawn, in points.
    pub thickness_pt: f64,
    /// The same in millimetres of the building; `None` without a scale.
    #[serde(default)]
    pub thickness_mm: Option<f64>,
    /// How it is drawn.
    pub style: WallStyle,
    /// How sure the reading is, in 0..=1.
    pub confidence: f64,
}

impl Wall {
    /// Its centre line.
    pub fn segment(&self) -> Segment {
        Segment::new(self.a, self.b)
    }

    /// Length of its centre line, in points.
    pub fn length_pt(&self) -> f64 {
        self.a.distance(self.b)
    }
}

/// How a wall is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WallStyle {
    /// One thick stroke along the centre line.
    Single,
    /// Two parallel lines, one for each face.
    Double,
    /// A filled area.
    Filled,
}

/// How large the drawing is against the building.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// The N of 1:N.
    pub ratio: f64,
    /// Millimetres of the building in one point of the page.
    pub mm_per_pt: f64,
    /// Points of the page in one foot of the building.
    pub points_per_foot: f64,
    /// Where it was read.
    pub provenance: ScaleProvenance,
    /// The words it was read from, if any.
    pub text: Option<String>,
    /// What each source says that the page has, the one that won included.
    #[serde(default)]
    pub agreement: Vec<ScaleEvidence>,
    /// How sure the reading is, in 0..=1.
    pub confidence: f64,
}

/// What one source says about the scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScaleEvidence {
    /// The source.
    pub provenance: ScaleProvenance,
    /// The N of 1:N, by this source alone.
    pub ratio: f64,
    /// How many texts or openings say so.
    pub count: usize,
    /// Whether it is within 1 % of the scale that was chosen.
    pub agrees: bool,
}

impl Scale {
    /// The scale 1:`ratio`. A point is 25.4/72 mm on paper, a foot 304.8 mm in the building.
    pub fn from_ratio(ratio: f64, provenance: ScaleProvenance) -> Scale {
        let mm_per_pt = ratio * 25.4 / 72.0;
        Scale {
            ratio,
            mm_per_pt,
            points_per_foot: 304.8 / mm_per_pt,
            provenance,
            text: None,
            agreement: Vec::new(),
            confidence: 0.5,
        }
    }
}

/// Where a scale was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScaleProvenance {
    /// A printed scale such as `1:100`; wrong if the sheet was printed at another size.
    PrintedText,
    /// A drawn scale bar.
    ScaleBar,
    /// Dimension figures against the lengths they measure.
    Dimensions,
    /// Areas printed in rooms against the areas of their outlines.
    RoomAreas,
    /// The widths of doors, as most leaves are about as wide; a guess.
    DoorWidths,
    /// Given by the caller.
    Given,
}

/// A piece of text on one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextRun {
    /// The words.
    pub text: String,
    /// Where its base line starts, from the left.
    pub x: f64,
    /// Where its base line starts, from the top.
    pub y: f64,
    /// Length along the base line, in points.
    pub width_pt: f64,
    /// Size of the type, in points.
    pub height_pt: f64,
    /// Direction of the base line in degrees, clockwise as seen on the page, in -180..=180.
    pub angle_deg: f64,
    /// Whether it was recognised from the shapes of its letters, which the page draws as curves.
    #[serde(default)]
    pub recognised: bool,
}

/// Something a person should know about a reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// A stable code, such as `scale_unknown`.
    pub code: String,
    /// The same for people, lower case and without a full stop.
    pub message: String,
}

impl Finding {
    /// A finding with a stable code and a sentence.
    pub fn new(code: &str, message: impl Into<String>) -> Finding {
        Finding {
            code: code.to_owned(),
            message: message.into(),
        }
    }
}
