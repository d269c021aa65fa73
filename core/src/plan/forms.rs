//! A floor plan in the shapes that older clients and measuring tools read.

use serde::{Deserialize, Serialize};

use super::floorplan::Floorplan;
use super::geometry::{Point, round3};
use super::opening::Opening;

/// A wall in the shape of the older synchronous answer, in points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WallSegment {
    /// Start of the centre line, from the left.
    pub x1: f64,
    /// Start of the centre line, from the top.
    pub y1: f64,
    /// End of the centre line, from the left.
    pub x2: f64,
    /// End of the centre line, from the top.
    pub y2: f64,
    /// Length of the centre line.
    pub length_pts: f64,
    /// Thickness as drawn.
    pub thickness: f64,
}

/// A room in the older spatial graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpatialRoom {
    /// Its name.
    pub name: String,
    /// Positions in the graph's walls.
    pub boundary_walls: Vec<usize>,
    /// Area in square points.
    pub area_sq_pts: f64,
    /// Area in square feet; `None` without a scale.
    pub area_sq_ft: Option<f64>,
}

/// The older spatial graph, which `generate` takes as its input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpatialGraph {
    /// Every wall.
    pub walls: Vec<WallSegment>,
    /// Every room.
    pub rooms: Vec<SpatialRoom>,
    /// Points of the page per foot of the building; `None` when the scale is unknown.
    pub scale_factor: Option<f64>,
    /// Width and height of the page in points.
    pub page_dimensions: [f64; 2],
}

/// The scale in [`Floorplan::detections`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PlanScale {
    /// The N of 1:N.
    pub ratio: f64,
    /// Millimetres of the building in one point of the page.
    pub mm_per_pt: f64,
}

#[derive(Serialize)]
struct Detections {
    coord_space: &'static str,
    page_index: usize,
    walls: Vec<WallSegment>,
    rooms: Vec<DetectedRoom>,
    doors: Vec<DetectedOpening>,
    windows: Vec<DetectedOpening>,
    scale: Option<PlanScale>,
}

#[derive(Serialize)]
struct DetectedRoom {
    polygon: Vec<Point>,
    holes: Vec<Vec<Point>>,
    label: Option<String>,
    area_m2: Option<f64>,
    printed_area_m2: Option<f64>,
}

#[derive(Serialize)]
struct DetectedOpening {
    x: f64,
    y: f64,
    width: f64,
    a: Point,
    b: Point,
}

impl DetectedOpening {
    fn from_opening(opening: &Opening) -> DetectedOpening {
        DetectedOpening {
            x: opening.center.x,
            y: opening.center.y,
            width: opening.width_pt,
            a: opening.a,
            b: opening.b,
        }
    }
}

impl Floorplan {
    /// How many walls there are.
    pub fn total_wall_count(&self) -> usize {
        self.walls.len()
    }

    /// Length of all centre lines together, in points.
    pub fn total_linear_pts(&self) -> f64 {
        round3(self.walls.iter().map(super::Wall::length_pt).sum())
    }

    /// The walls in the shape of the older synchronous answer.
    pub fn wall_segments(&self) -> Vec<WallSegment> {
        self.walls
            .iter()
            .map(|wall| WallSegment {
                x1: wall.a.x,
                y1: wall.a.y,
                x2: wall.b.x,
                y2: wall.b.y,
                length_pts: round3(wall.length_pt()),
                thickness: wall.thickness_pt,
            })
            .collect()
    }

    /// The plan as the older spatial graph.
    pub fn spatial_graph(&self) -> SpatialGraph {
        let points_per_foot = self.scale.as_ref().map(|scale| scale.points_per_foot);
        SpatialGraph {
            walls: self.wall_segments(),
            rooms: self
                .rooms
                .iter()
                .map(|room| SpatialRoom {
                    name: room.name.clone(),
                    boundary_walls: room.boundary_walls.clone(),
                    area_sq_pts: room.area_sq_pt,
                    area_sq_ft: points_per_foot.map(|foot| room.area_sq_pt / (foot * foot)),
                })
                .collect(),
            scale_factor: points_per_foot,
            page_dimensions: [self.page.width_pt, self.page.height_pt],
        }
    }

    /// What was found, as one JSON object per page for tools that measure readings.
    ///
    /// `coord_space` is `display_tl`: points of the displayed page, origin top left.
    pub fn detections(&self) -> serde_json::Value {
        let detections = Detections {
            coord_space: "display_tl",
            page_index: self.page.index,
            walls: self.wall_segments(),
            rooms: self
                .rooms
                .iter()
                .map(|room| DetectedRoom {
                    polygon: room.polygon.clone(),
                    holes: room.holes.clone(),
                    // A generated name is no reading.
                    label: (!room.name_is_generated).then(|| room.name.clone()),
                    area_m2: room.area_m2,
                    printed_area_m2: room.printed_area_m2,
                })
                .collect(),
            doors: self
                .doors
                .iter()
                .map(DetectedOpening::from_opening)
                .collect(),
            windows: self
                .windows
                .iter()
                .map(DetectedOpening::from_opening)
                .collect(),
            scale: self.scale.as_ref().map(|scale| PlanScale {
                ratio: scale.ratio,
                mm_per_pt: scale.mm_per_pt,
            }),
        };
        // Plain structs of numbers and texts always have a JSON form.
        serde_json::to_value(detections).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Matrix, OpeningKind, Page, Room, Scale, ScaleProvenance, Source, Wall, WallStyle,
    };
    use super::*;

    fn plan() -> Floorplan {
        Floorplan {
            source: Source::Vector,
            page: Page {
                index: 2,
                width_pt: 842.0,
                height_pt: 595.0,
                user_to_display: Matrix::IDENTITY,
            },
            walls: vec![Wall {
                a: Point::new(10.0, 20.0),
                b: Point::new(13.0, 24.0),
                thickness_pt: 4.0,
                thickness_mm: None,
                style: WallStyle::Double,
                confidence: 0.9,
            }],
            rooms: Vec::new(),
            doors: Vec::new(),
            windows: Vec::new(),
            openings: Vec::new(),
            scale: None,
            texts: Vec::new(),
            findings: Vec::new(),
        }
    }

    #[test]
    fn the_older_shapes_keep_their_field_names() {
        let mut plan = plan();
        let graph = serde_json::to_value(plan.spatial_graph()).unwrap();
        assert_eq!(
            graph,
            serde_json::json!({
                "walls": [{"x1": 10.0, "y1": 20.0, "x2": 13.0, "y2": 24.0,
                           "length_pts": 5.0, "thickness": 4.0}],
                "rooms": [], "scale_factor": null, "page_dimensions": [842.0, 595.0],
            })
        );
        plan.scale = Some(Scale::from_ratio(96.0, ScaleProvenance::PrintedText));
        let feet = plan.spatial_graph().scale_factor.unwrap();
        assert!(
            (feet - 9.0).abs() < 1e-9,
            "1/8 inch per foot is 9 points, not {feet}"
        );
        assert_eq!(plan.total_wall_count(), 1);
        assert!((plan.total_linear_pts() - 5.0).abs() < 1e-9);
    }

    #[test]
    fn a_plan_survives_its_json_form() {
        let plan = plan();
        let text = serde_json::to_string(&plan).unwrap();
        assert!(text.contains(r#""source":"vector""#), "{text}");
        assert_eq!(serde_json::from_str::<Floorplan>(&text).unwrap(), plan);
    }

    #[test]
    fn sizes_in_the_building_stand_beside_those_on_the_page() {
        let mut plan = plan();
        let square = [[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0]];
        plan.rooms.push(Room {
            polygon: square.map(Point::from).to_vec(),
            holes: Vec::new(),
            name: "Room 1".to_owned(),
            name_is_generated: true,
            boundary_walls: vec![0],
            area_sq_pt: 10_000.0,
            area_m2: None,
            printed_area_m2: Some(12.5),
            confidence: 0.8,
        });
        plan.doors.push(Opening::between(
            OpeningKind::Door,
            Point::new(10.0, 20.0),
            Point::new(13.0, 24.0),
        ));
        // 1:72 makes a point an inch.
        plan.set_scale(Some(Scale::from_ratio(72.0, ScaleProvenance::Given)));
        assert_eq!(plan.walls[0].thickness_mm, Some(101.6));
        assert_eq!(plan.doors[0].width_mm, Some(127.0));
        let value = plan.detections();
        assert_eq!(value["rooms"][0]["area_m2"], 6.452);
        assert_eq!(value["rooms"][0]["printed_area_m2"], 12.5);
        assert_eq!(value["rooms"][0]["label"], serde_json::Value::Null);
        assert_eq!(value["doors"][0]["x"], 11.5);
        plan.set_scale(None);
        assert_eq!(plan.rooms[0].area_m2, None);
    }

    #[test]
    fn a_plan_stored_before_rooms_were_read_is_still_a_plan() {
        let mut value = serde_json::to_value(plan()).unwrap();
        value.as_object_mut().unwrap().remove("openings");
        let wall = value["walls"][0].as_object_mut().unwrap();
        wall.remove("thickness_mm");
        assert_eq!(serde_json::from_value::<Floorplan>(value).unwrap(), plan());
    }

    #[test]
    fn detections_name_their_page_and_their_origin() {
        let value = plan().detections();
        assert_eq!(value["coord_space"], "display_tl");
        assert_eq!(value["page_index"], 2);
        assert_eq!(value["scale"], serde_json::Value::Null);
    }
}
