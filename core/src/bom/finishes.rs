//! What a type of room is finished and fitted with. Common practice of interior fit-out.

/// How a room is finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Finishes {
    /// Key of the floor's item.
    pub(crate) floor: &'static str,
    /// Key of the ceiling's item.
    pub(crate) ceiling: &'static str,
    /// Height of tiles on the walls; 0 for none.
    pub(crate) dado_mm: i64,
    /// How far waterproofing goes up the walls; `None` for no waterproofing.
    pub(crate) upturn_mm: Option<i64>,
    /// Whether counters have a backsplash.
    pub(crate) has_backsplash: bool,
    /// Whether it is a toilet, bathroom or shower.
    pub(crate) is_sanitary: bool,
    /// Whether it has an exhaust fan.
    pub(crate) has_exhaust: bool,
    /// Whether it is cooled.
    pub(crate) is_cooled: bool,
    /// Illuminance to reach, in lux.
    pub(crate) lux: i64,
}

const DRY: Finishes = Finishes {
    floor: "floor.base",
    ceiling: "ceiling.base",
    dado_mm: 0,
    upturn_mm: None,
    has_backsplash: false,
    is_sanitary: false,
    has_exhaust: false,
    is_cooled: true,
    lux: 300,
};

const SANITARY: Finishes = Finishes {
    floor: "floor.wet",
    ceiling: "ceiling.wet",
    dado_mm: 2100,
    upturn_mm: Some(300),
    is_sanitary: true,
    has_exhaust: true,
    is_cooled: false,
    lux: 150,
    ..DRY
};

const SERVICE: Finishes = Finishes {
    is_cooled: false,
    lux: 150,
    ..DRY
};

/// The finishes of corridors.
pub(crate) const CORRIDOR: Finishes = Finishes {
    is_cooled: false,
    lux: 100,
    ..DRY
};

pub(crate) fn finishes(room_type: &str) -> Finishes {
    match room_type {
        "toilet" | "toilet_group" | "accessible_toilet" => SANITARY,
        "bathroom" | "shower" | "steam_room" => Finishes {
            upturn_mm: Some(1800),
            ..SANITARY
        },
        "kitchen" | "pantry" => Finishes {
            floor: "floor.wet",
            has_backsplash: true,
            has_exhaust: true,
            is_cooled: false,
            ..DRY
        },
        "commercial_kitchen" | "dishwashing" => Finishes {
            floor: "floor.wet",
            ceiling: "ceiling.wet",
            dado_mm: 2100,
            upturn_mm: Some(300),
            has_exhaust: true,
            is_cooled: false,
            lux: 500,
            ..DRY
        },
        "janitor" | "utility" | "waste_room" | "cold_store" | "clean_utility" | "kennel"
        | "garage" => Finishes {
            floor: "floor.wet",
            upturn_mm: Some(300),
            ..SERVICE
        },
        "balcony" => Finishes {
            floor: "floor.wet",
            upturn_mm: Some(300),
            lux: 100,
            ..SERVICE
        },
        "laboratory" | "science_lab" => Finishes {
            floor: "floor.static",
            lux: 500,
            ..DRY
        },
        "server_room" => Finishes {
            floor: "floor.raised",
            ..DRY
        },
        "operatory" | "exam_room" | "procedure_room" | "sterilisation" | "treatment_room"
        | "operating_theatre" | "icu" | "labour_room" => Finishes { lux: 500, ..DRY },
        "private_office" | "executive_office" | "open_office" | "team_room" | "classroom"
        | "training_room" | "library" | "study" => Finishes { lux: 400, ..DRY },
        "store" | "stockroom" | "archive" | "compressor_room" | "locker_room" | "print_room"
        | "walk_in_closet" => SERVICE,
        "bedroom" | "master_bedroom" | "living_room" | "living_dining" | "dining_room"
        | "guest_room" | "lounge" | "waiting" | "lobby" => Finishes { lux: 200, ..DRY },
        _ => DRY,
    }
}

/// Fixtures that are measured by their length.
pub(crate) const COUNTERS: [&str; 8] = [
    "counter",
    "sterilisation_counter",
    "operatory_cabinet",
    "lab_bench",
    "worktop",
    "bar",
    "back_bar",
    "checkout",
];

/// Fixtures that are built in, and part of a fit-out whether or not a price is known.
pub(crate) const BUILT_IN: [&str; 5] = ["wc", "wash_basin", "shower", "sink", "reception_counter"];

/// Fixtures at which two data outlets are needed.
pub(crate) const DATA_POINTS: [&str; 3] = ["workstation", "desk", "reception_counter"];
