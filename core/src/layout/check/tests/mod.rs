//! Each code on a small layout that is valid until a test breaks it in one place.

mod each_code;
mod older;
mod walls_moved;

use crate::layout::check::check;
use crate::layout::rules::Rules;
use crate::layout::{
    Brief, Corridor, Daylight, Door, DoorType, Entrance, Fixture, Hinge, InteriorWall, Layout,
    PerimeterWall, Placement, Plate, Point, Priority, Rect, Ring, Room, RoomBrief, Severity, Swing,
};

/// A layout and all that it is held against.
#[derive(Clone)]
pub(super) struct Case {
    pub(super) layout: Layout,
    pub(super) plate: Plate,
    pub(super) brief: Brief,
    pub(super) rules: Rules,
}

impl Case {
    /// The codes of one severity, sorted, each once.
    fn codes(&self, severity: Severity) -> Vec<String> {
        let found = check(&self.layout, &self.plate, &self.brief, &self.rules);
        let mut codes: Vec<String> = found
            .into_iter()
            .filter(|v| v.severity == severity)
            .map(|v| v.code)
            .collect();
        codes.sort();
        codes.dedup();
        codes
    }

    pub(super) fn errors(&self) -> Vec<String> {
        self.codes(Severity::Error)
    }

    pub(super) fn warnings(&self) -> Vec<String> {
        self.codes(Severity::Warning)
    }

    /// Breaks the layout in one place and returns the errors.
    pub(super) fn after(&self, change: impl FnOnce(&mut Case)) -> Vec<String> {
        let mut case = self.clone();
        change(&mut case);
        case.errors()
    }

    /// The same, and the warnings.
    pub(super) fn warned(&self, change: impl FnOnce(&mut Case)) -> Vec<String> {
        let mut case = self.clone();
        change(&mut case);
        assert_eq!(
            case.errors(),
            Vec::<String>::new(),
            "only warnings were expected"
        );
        case.warnings()
    }
}

fn room(id: &str, gross: Rect, net: Rect) -> Room {
    Room {
        id: id.into(),
        name: id.to_uppercase(),
        room_type: "private_office".into(),
        request: Some(id.into()),
        boundary: gross.ring(),
        net_boundary: net.ring(),
        net_holes: Vec::new(),
        net_area_mm2: net.area(),
        area_sqm: net.area() as f64 / 1e6,
        requested_m2: None,
        error_pct: None,
        doors: Vec::new(),
        occupants: None,
        daylight_mm: 0,
    }
}

fn wanted(id: &str, mm2: i64) -> RoomBrief {
    RoomBrief {
        id: id.into(),
        request: Some(id.into()),
        name: id.to_uppercase(),
        room_type: "private_office".into(),
        requested_mm2: mm2,
        target_mm2: mm2,
        min_mm2: 9_500_000,
        min_width_mm: 2_400,
        max_aspect_permille: 1_800,
        daylight: Daylight::Required,
        priority: Priority::Required,
        wet: false,
        public: false,
        fixtures: true,
        seats: None,
        via: Vec::new(),
    }
}

fn wall(id: &str, ends: [i64; 4], left: &str, right: &str) -> InteriorWall {
    InteriorWall {
        id: id.into(),
        x1: ends[0],
        y1: ends[1],
        x2: ends[2],
        y2: ends[3],
        thickness_mm: 100,
        height_mm: 2_700,
        material: "drywall".into(),
        left_room: Some(left.into()),
        right_room: Some(right.into()),
        openings: Vec::new(),
    }
}

pub(super) fn door(id: &str, wall: &str, offset: i64, into: &str, connects: [&str; 2]) -> Door {
    Door {
        id: id.into(),
        wall_id: wall.into(),
        offset_mm: offset,
        leaf_mm: 900,
        clear_mm: 850,
        hinge: Hinge::Start,
        opens_into: into.into(),
        connects: connects.map(str::to_owned),
        door_type: DoorType::Single,
        swing_direction: Swing::Left,
        position_along_wall: 0.5,
        width_mm: 900,
        height_mm: 2_100,
    }
}

pub(super) fn desk(id: &str, room: &str, middle: [i64; 2], rotation: i64) -> Fixture {
    Fixture {
        id: id.into(),
        room_id: room.into(),
        room_name: room.into(),
        fixture_type: "desk".into(),
        center_x: middle[0],
        center_y: middle[1],
        width_mm: 1_500,
        depth_mm: 750,
        rotation_deg: rotation,
        clearance_mm: [900, 0, 0, 0],
    }
}

/// Two offices of 2.95 x 3.7 m on a corridor of 1.2 m, in a plate of 6 x 5 m.
pub(super) fn offices() -> Case {
    let perimeter = [
        [-100, -100, 6100, -100],
        [6100, -100, 6100, 5100],
        [6100, 5100, -100, 5100],
        [-100, 5100, -100, -100],
    ];
    let outline = Rect::new(0, 0, 6000, 5000).ring();
    let a = Rect::new(0, 1300, 2950, 5000);
    let b = Rect::new(3050, 1300, 6000, 5000);
    let hall = Rect::new(0, 0, 6000, 1200);
    let layout = Layout {
        rooms: vec![
            room("a", Rect::new(0, 1250, 3000, 5000), a),
            room("b", Rect::new(3000, 1250, 6000, 5000), b),
        ],
        corridors: vec![Corridor {
            id: "hall".into(),
            name: "Hall".into(),
            boundary: Rect::new(0, 0, 6000, 1250).ring(),
            net_boundary: hall.ring(),
            net_area_mm2: hall.area(),
            clear_width_mm: 1200,
        }],
        interior_walls: vec![
            wall("w-1", [0, 1250, 3000, 1250], "hall", "a"),
            wall("w-2", [3000, 1250, 6000, 1250], "hall", "b"),
            wall("w-3", [3000, 1250, 3000, 5000], "b", "a"),
        ],
        perimeter_walls: perimeter
            .iter()
            .enumerate()
            .map(|(i, ends)| PerimeterWall {
                id: format!("p-{}", i + 1),
                x1: ends[0],
                y1: ends[1],
                x2: ends[2],
                y2: ends[3],
                thickness_mm: 200,
                height_mm: 2_700,
                material: "existing".into(),
                daylight: true,
                openings: Vec::new(),
            })
            .collect(),
        doors: vec![
            door("d-1", "w-1", 150, "a", ["a", "hall"]),
            door("d-2", "w-2", 150, "b", ["b", "hall"]),
            door("d-3", "p-4", 4_100, "outside", ["hall", "outside"]),
        ],
        fixtures: vec![desk("f-1", "a", [1500, 4625], 180)],
        open_edges: Vec::new(),
        inner_outline: outline.clone(),
        obstacles: Vec::new(),
        grid_size_mm: 50,
        page_dimensions_mm: [6_200, 5_200],
        ceiling_height_mm: 2_700,
        placement: Placement::default(),
    };
    let plate = Plate {
        entrances: vec![Entrance {
            edge: 3,
            from_mm: 3_900,
            width_mm: 1_100,
        }],
        daylight: vec![true; 4],
        ..Plate::bare(outline)
    };
    Case {
        layout,
        plate,
        brief: Brief {
            rooms: vec![wanted("a", a.area()), wanted("b", b.area())],
            links: Vec::new(),
        },
        rules: Rules::of_profile("generic").unwrap(),
    }
}

/// The room's boxes replaced, its stated area with them.
pub(super) fn resize(case: &mut Case, room: usize, gross: Rect, net: Rect) {
    let room = &mut case.layout.rooms[room];
    room.boundary = gross.ring();
    room.net_boundary = net.ring();
    room.net_area_mm2 = net.area();
}

pub(super) fn ring(corners: &[[i64; 2]]) -> Ring {
    Ring::new(corners.iter().copied().map(Point::from).collect())
}

#[test]
fn the_layout_of_the_tests_is_valid() {
    let case = offices();
    assert_eq!(case.errors(), Vec::<String>::new());
    assert_eq!(case.warnings(), Vec::<String>::new());
}
