//! Layouts in short form, so that a plan fits on a page and can be worked by hand.

use serde::Deserialize;

use crate::layout::{
    Corridor, Door, DoorType, Fixture, Hinge, InteriorWall, Layout, OpenEdge, PerimeterWall, Point,
    Ring, Room, Swing,
};

#[derive(Deserialize, Clone, Debug, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Plan {
    pub(super) ceiling: i64,
    pub(super) rooms: Vec<PlanRoom>,
    pub(super) corridors: Vec<PlanCorridor>,
    pub(super) walls: Vec<PlanWall>,
    pub(super) perimeter: Vec<(String, Point, Point, i64)>,
    pub(super) doors: Vec<PlanDoor>,
    pub(super) fixtures: Vec<PlanFixture>,
    pub(super) open_edges: Vec<PlanEdge>,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanRoom {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) net: Vec<Point>,
    #[serde(default)]
    pub(super) holes: Vec<Vec<Point>>,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanCorridor {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) net: Vec<Point>,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanWall {
    pub(super) id: String,
    pub(super) ends: [Point; 2],
    pub(super) thickness: i64,
    pub(super) height: i64,
    pub(super) material: String,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanDoor {
    pub(super) id: String,
    pub(super) wall: String,
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) connects: [String; 2],
    pub(super) opens_into: String,
    #[serde(rename = "type")]
    pub(super) kind: DoorType,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanFixture {
    pub(super) id: String,
    pub(super) room: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) at: Point,
    pub(super) size: [i64; 2],
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanEdge {
    pub(super) ends: [Point; 2],
    pub(super) between: [String; 2],
}

impl Plan {
    pub(super) fn layout(&self) -> Layout {
        Layout {
            rooms: self.rooms.iter().map(PlanRoom::room).collect(),
            corridors: self.corridors.iter().map(PlanCorridor::corridor).collect(),
            interior_walls: self.walls.iter().map(PlanWall::wall).collect(),
            perimeter_walls: self
                .perimeter
                .iter()
                .map(|(id, a, b, thickness)| PerimeterWall {
                    id: id.clone(),
                    x1: a.x,
                    y1: a.y,
                    x2: b.x,
                    y2: b.y,
                    thickness_mm: *thickness,
                    height_mm: self.ceiling,
                    material: "existing".to_owned(),
                    daylight: false,
                    openings: Vec::new(),
                })
                .collect(),
            doors: self.doors.iter().map(PlanDoor::door).collect(),
            fixtures: self.fixtures.iter().map(PlanFixture::fixture).collect(),
            open_edges: self
                .open_edges
                .iter()
                .map(|edge| OpenEdge {
                    from: edge.ends[0],
                    to: edge.ends[1],
                    between: edge.between.clone(),
                })
                .collect(),
            ceiling_height_mm: self.ceiling,
            ..Layout::default()
        }
    }
}

impl PlanRoom {
    fn room(&self) -> Room {
        let net = Ring::new(self.net.clone());
        let holes: Vec<Ring> = self.holes.iter().cloned().map(Ring::new).collect();
        let area = net.area() - holes.iter().map(Ring::area).sum::<i64>();
        Room {
            id: self.id.clone(),
            name: self.name.clone(),
            room_type: self.kind.clone(),
            request: None,
            boundary: net.clone(),
            net_boundary: net,
            net_holes: holes,
            net_area_mm2: area,
            area_sqm: 0.0,
            requested_m2: None,
            error_pct: None,
            doors: Vec::new(),
            occupants: None,
            daylight_mm: 0,
        }
    }
}

impl PlanCorridor {
    fn corridor(&self) -> Corridor {
        let net = Ring::new(self.net.clone());
        Corridor {
            id: self.id.clone(),
            name: self.name.clone(),
            boundary: net.clone(),
            net_area_mm2: net.area(),
            net_boundary: net,
            clear_width_mm: 0,
        }
    }
}

impl PlanWall {
    fn wall(&self) -> InteriorWall {
        InteriorWall {
            id: self.id.clone(),
            x1: self.ends[0].x,
            y1: self.ends[0].y,
            x2: self.ends[1].x,
            y2: self.ends[1].y,
            thickness_mm: self.thickness,
            height_mm: self.height,
            material: self.material.clone(),
            left_room: None,
            right_room: None,
            openings: Vec::new(),
        }
    }
}

impl PlanDoor {
    fn door(&self) -> Door {
        Door {
            id: self.id.clone(),
            wall_id: self.wall.clone(),
            offset_mm: 0,
            leaf_mm: self.width,
            clear_mm: self.width,
            hinge: Hinge::Start,
            opens_into: self.opens_into.clone(),
            connects: self.connects.clone(),
            door_type: self.kind,
            swing_direction: Swing::Left,
            position_along_wall: 0.5,
            width_mm: self.width,
            height_mm: self.height,
        }
    }
}

impl PlanFixture {
    fn fixture(&self) -> Fixture {
        Fixture {
            id: self.id.clone(),
            room_id: self.room.clone(),
            room_name: String::new(),
            fixture_type: self.kind.clone(),
            center_x: self.at.x,
            center_y: self.at.y,
            width_mm: self.size[0],
            depth_mm: self.size[1],
            rotation_deg: 0,
            clearance_mm: [0; 4],
        }
    }
}
