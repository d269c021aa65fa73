//! A layout: rooms, walls, doors, fixtures and corridors inside a plate.
//!
//! The keys of the older application (`boundary`, `area_sqm`, `room_type`,
//! `position_along_wall`, `swing_direction`, `room_name`, ...) are kept beside the exact ones.

use serde::{Deserialize, Serialize};

use super::geometry::{Point, Rect, Ring};

/// An interior layout, in millimetres.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// The rooms asked for, and those the solver had to add, in the order of the programme.
    pub rooms: Vec<Room>,
    /// The corridors, as simple pieces that adjoin without a wall.
    pub corridors: Vec<Corridor>,
    /// New walls, each between exactly two spaces.
    pub interior_walls: Vec<InteriorWall>,
    /// The walls that were there before, by their centre lines.
    pub perimeter_walls: Vec<PerimeterWall>,
    /// Every door, the entrances included.
    pub doors: Vec<Door>,
    /// Fixtures, each in one room.
    pub fixtures: Vec<Fixture>,
    /// Boundaries between two spaces where there is no wall on purpose.
    pub open_edges: Vec<OpenEdge>,
    /// The outline of the building along its inner faces.
    pub inner_outline: Ring,
    /// Columns, shafts and cores inside the outline, which nothing may cover.
    pub obstacles: Vec<Ring>,
    /// The grid that new walls keep to, unless exact areas need a finer place.
    pub grid_size_mm: i64,
    /// Width and height of the smallest sheet, from the origin, that shows everything.
    pub page_dimensions_mm: [i64; 2],
    /// Height from floor to ceiling.
    pub ceiling_height_mm: i64,
    /// How the source's coordinates became those of the layout.
    pub placement: Placement,
}

/// A room. Its area is the net one, between the faces of its walls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// Unique in the layout, such as `operatory-2`.
    pub id: String,
    /// For people, such as `Operatory 2`.
    pub name: String,
    /// Key of the room-type library.
    pub room_type: String,
    /// The id of the request it answers; `None` for space that nobody asked for.
    pub request: Option<String>,
    /// The gross outline: along the centre lines of interior walls and the inner faces of
    /// perimeter walls.
    pub boundary: Ring,
    /// The net outline, along the faces of all its walls.
    pub net_boundary: Ring,
    /// Columns standing inside the net outline.
    #[serde(default)]
    pub net_holes: Vec<Ring>,
    /// Net area, columns deducted.
    pub net_area_mm2: i64,
    /// The same in square metres, rounded to 0.01.
    pub area_sqm: f64,
    /// The area asked for (or the type's usual one); `None` where none was.
    pub requested_m2: Option<f64>,
    /// How far the area is from the requested one, in percent, rounded to 0.01.
    pub error_pct: Option<f64>,
    /// Ids of its doors.
    pub doors: Vec<String>,
    /// How many persons it is for, where its type says.
    pub occupants: Option<u32>,
    /// Length of its net outline that lies on a side of the building with daylight.
    pub daylight_mm: i64,
}

/// A piece of corridor; pieces adjoin along [`OpenEdge`]s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corridor {
    /// Unique among rooms and corridors, such as `corridor-1`.
    pub id: String,
    /// For people.
    pub name: String,
    /// The gross outline, as a room's.
    pub boundary: Ring,
    /// The net outline, along the faces of its walls and along its open edges.
    pub net_boundary: Ring,
    /// Net area.
    pub net_area_mm2: i64,
    /// The clear width it was laid out for.
    pub clear_width_mm: i64,
}

/// A straight wall between two spaces, by its centre line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InteriorWall {
    /// Unique among walls, such as `w-7`.
    pub id: String,
    /// Start of the centre line.
    pub x1: i64,
    /// Start of the centre line.
    pub y1: i64,
    /// End of the centre line.
    pub x2: i64,
    /// End of the centre line.
    pub y2: i64,
    /// From face to face.
    pub thickness_mm: i64,
    /// From floor to ceiling.
    pub height_mm: i64,
    /// What it is built of, such as `drywall`.
    pub material: String,
    /// Id of the room or corridor to the left of the way from start to end.
    pub left_room: Option<String>,
    /// Id of the room or corridor to the right.
    pub right_room: Option<String>,
    /// Ids of the doors in it.
    pub openings: Vec<String>,
}

/// A wall of the building itself, by its centre line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerimeterWall {
    /// Unique among walls, such as `p-3`.
    pub id: String,
    /// Start of the centre line.
    pub x1: i64,
    /// Start of the centre line.
    pub y1: i64,
    /// End of the centre line.
    pub x2: i64,
    /// End of the centre line.
    pub y2: i64,
    /// From face to face.
    pub thickness_mm: i64,
    /// From floor to ceiling.
    pub height_mm: i64,
    /// `existing`.
    pub material: String,
    /// Whether daylight comes through this side.
    pub daylight: bool,
    /// Ids of the doors in it.
    pub openings: Vec<String>,
}

/// A door. `offset_mm` and `leaf_mm` give its opening along the wall, from the wall's start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Door {
    /// Unique among doors, such as `d-4`.
    pub id: String,
    /// The wall it is in.
    pub wall_id: String,
    /// From the start of the wall's centre line to the near side of the opening.
    pub offset_mm: i64,
    /// Width of the opening between its jambs: of both leaves together for a double door.
    pub leaf_mm: i64,
    /// Width that is free when the door stands open at 90°.
    pub clear_mm: i64,
    /// Where the hinge is, seen along the wall. Of a double door: the leaf that is fixed.
    pub hinge: Hinge,
    /// Id of the room or corridor into which it opens.
    pub opens_into: String,
    /// The two spaces it joins; `outside` for an entrance.
    pub connects: [String; 2],
    /// One leaf, two leaves, or sliding.
    pub door_type: DoorType,
    /// The hinge's hand for who stands in the space the door opens into, facing it.
    pub swing_direction: Swing,
    /// Middle of the opening as a share of the wall's length, in 0..=1.
    pub position_along_wall: f64,
    /// The same as `leaf_mm`, by its older name.
    pub width_mm: i64,
    /// Height of the opening.
    pub height_mm: i64,
}

/// Which end of the opening, seen along the wall from its start, has the hinge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hinge {
    /// The near end.
    Start,
    /// The far end.
    End,
}

/// How many leaves a door has and how they move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DoorType {
    /// One leaf on hinges.
    Single,
    /// Two leaves on hinges, half the opening each.
    Double,
    /// A leaf that slides along the wall.
    Sliding,
}

/// The hand of a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Swing {
    /// Hinged on the left.
    Left,
    /// Hinged on the right.
    Right,
    /// Not hinged.
    Sliding,
}

/// A fixture: a box of `width_mm` by `depth_mm`, turned by quarter turns around its middle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// Unique among fixtures, such as `f-12`.
    pub id: String,
    /// The room or corridor it stands in.
    pub room_id: String,
    /// Name of that room, by its older key.
    pub room_name: String,
    /// What it is, such as `dental_chair`.
    pub fixture_type: String,
    /// Its middle.
    pub center_x: i64,
    /// Its middle.
    pub center_y: i64,
    /// Across its front, before it is turned.
    pub width_mm: i64,
    /// From front to back, before it is turned.
    pub depth_mm: i64,
    /// 0, 90, 180 or 270: clockwise on the page. At 0 its back is up and its front is down.
    pub rotation_deg: i64,
    /// Free space it needs in front, to its right, behind and to its left, as seen when standing
    /// in it facing its front.
    pub clearance_mm: [i64; 4],
}

impl Fixture {
    /// The floor it covers.
    pub fn footprint(&self) -> Rect {
        let turned = self.rotation_deg.rem_euclid(180) == 90;
        let (width, depth) = if turned {
            (self.depth_mm, self.width_mm)
        } else {
            (self.width_mm, self.depth_mm)
        };
        Rect::around(Point::new(self.center_x, self.center_y), width, depth)
    }

    /// The floor it covers together with the space it needs around.
    pub fn with_clearance(&self) -> Rect {
        let body = self.footprint();
        let [front, right, back, left] = self.clearance_mm;
        // Facing down the page, the right hand points to the left of the page.
        let (up, east, down, west) = match self.rotation_deg.rem_euclid(360) {
            90 => (right, back, left, front),
            180 => (front, right, back, left),
            270 => (left, front, right, back),
            _ => (back, left, front, right),
        };
        Rect {
            x0: body.x0 - west,
            y0: body.y0 - up,
            x1: body.x1 + east,
            y1: body.y1 + down,
        }
    }
}

/// A boundary between two spaces without a wall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenEdge {
    /// One end.
    pub from: Point,
    /// The other end.
    pub to: Point,
    /// The ids of the two spaces.
    pub between: [String; 2],
}

/// From the source's coordinates to those of the layout.
///
/// A point of the source (times `mm_per_unit`) is turned by `-rotation_deg` around the origin,
/// then shifted by `shift_mm`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// Millimetres in one unit of the source.
    pub mm_per_unit: f64,
    /// Direction of the plate's main axis in the source, in degrees, clockwise on the page.
    pub rotation_deg: f64,
    /// Added after the turn.
    pub shift_mm: [i64; 2],
}

impl Default for Placement {
    fn default() -> Placement {
        Placement {
            mm_per_unit: 1.0,
            rotation_deg: 0.0,
            shift_mm: [0, 0],
        }
    }
}

impl Layout {
    /// The room with this id.
    pub fn room(&self, id: &str) -> Option<&Room> {
        self.rooms.iter().find(|room| room.id == id)
    }

    /// The door with this id.
    pub fn door(&self, id: &str) -> Option<&Door> {
        self.doors.iter().find(|door| door.id == id)
    }

    /// Net area of all corridors, in mm².
    pub fn corridor_area_mm2(&self) -> i64 {
        self.corridors
            .iter()
            .map(|corridor| corridor.net_area_mm2)
            .sum()
    }

    /// Net area of all rooms, in mm².
    pub fn room_area_mm2(&self) -> i64 {
        self.rooms.iter().map(|room| room.net_area_mm2).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clearance_turns_with_its_fixture() {
        let mut desk = Fixture {
            id: "f-1".into(),
            room_id: "r".into(),
            room_name: "R".into(),
            fixture_type: "desk".into(),
            center_x: 0,
            center_y: 0,
            width_mm: 1400,
            depth_mm: 700,
            rotation_deg: 0,
            clearance_mm: [900, 100, 0, 200],
        };
        // Front down the page; its right hand is towards smaller x.
        assert_eq!(desk.with_clearance(), Rect::new(-800, -350, 900, 1250));
        desk.rotation_deg = 90;
        // Turned clockwise: the front is now to the left, its right hand up.
        assert_eq!(desk.footprint(), Rect::new(-350, -700, 350, 700));
        assert_eq!(desk.with_clearance(), Rect::new(-1250, -800, 350, 900));
    }
}
