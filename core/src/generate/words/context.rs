//! What a word means depends on what the whole is: a chair is an operatory at a dentist's.

use super::lexicon::{Meaning, Seat, lexicon};

/// What is usual in a kind of place; said, never added to what was asked for.
pub(super) struct Usual {
    pub(super) facility: &'static str,
    /// For people, with its article.
    pub(super) name: &'static str,
    /// Rooms that such a place has, with how many; the programme when nothing else is asked for.
    pub(super) rooms: &'static [(&'static str, u32)],
}

/// Common practice in planning such places; none of it is a rule.
const USUAL: &[Usual] = &[
    Usual {
        facility: "dental_clinic",
        name: "a dental clinic",
        rooms: &[
            ("reception", 1),
            ("waiting", 1),
            ("operatory", 2),
            ("sterilisation", 1),
            ("toilet", 1),
        ],
    },
    Usual {
        facility: "clinic",
        name: "a clinic",
        rooms: &[
            ("reception", 1),
            ("waiting", 1),
            ("consultation", 2),
            ("exam_room", 1),
            ("toilet", 1),
        ],
    },
    Usual {
        facility: "office",
        name: "an office",
        rooms: &[
            ("reception", 1),
            ("open_office", 1),
            ("meeting_room", 1),
            ("private_office", 1),
            ("pantry", 1),
            ("toilet", 2),
        ],
    },
    Usual {
        facility: "coworking",
        name: "a coworking space",
        rooms: &[
            ("reception", 1),
            ("open_office", 1),
            ("team_room", 2),
            ("meeting_room", 2),
            ("phone_booth", 2),
            ("pantry", 1),
            ("toilet", 2),
        ],
    },
    Usual {
        facility: "salon",
        name: "a salon",
        rooms: &[
            ("reception", 1),
            ("salon_floor", 1),
            ("shampoo", 1),
            ("treatment_room", 1),
            ("toilet", 1),
        ],
    },
    Usual {
        facility: "retail",
        name: "a shop",
        rooms: &[("sales_floor", 1), ("stockroom", 1), ("toilet", 1)],
    },
    Usual {
        facility: "pharmacy",
        name: "a pharmacy",
        rooms: &[("sales_floor", 1), ("stockroom", 1), ("toilet", 1)],
    },
    Usual {
        facility: "bank",
        name: "a bank branch",
        rooms: &[
            ("banking_hall", 1),
            ("teller_area", 1),
            ("private_office", 1),
            ("strong_room", 1),
            ("toilet", 1),
        ],
    },
    Usual {
        facility: "school",
        name: "a school",
        rooms: &[
            ("reception", 1),
            ("classroom", 4),
            ("staff_room", 1),
            ("executive_office", 1),
            ("toilet", 2),
        ],
    },
    Usual {
        facility: "preschool",
        name: "a preschool",
        rooms: &[
            ("reception", 1),
            ("classroom", 2),
            ("play_area", 1),
            ("toilet", 2),
        ],
    },
    Usual {
        facility: "cafe",
        name: "a cafe",
        rooms: &[
            ("dining_area", 1),
            ("bar_counter", 1),
            ("commercial_kitchen", 1),
            ("store", 1),
            ("toilet", 1),
        ],
    },
    Usual {
        facility: "restaurant",
        name: "a restaurant",
        rooms: &[
            ("dining_area", 1),
            ("commercial_kitchen", 1),
            ("store", 1),
            ("toilet", 2),
        ],
    },
    Usual {
        facility: "home",
        name: "a home",
        rooms: &[
            ("living_room", 1),
            ("kitchen", 1),
            ("bedroom", 1),
            ("bathroom", 1),
        ],
    },
    Usual {
        facility: "hotel",
        name: "a hotel",
        rooms: &[
            ("reception", 1),
            ("guest_room", 4),
            ("store", 1),
            ("toilet", 1),
        ],
    },
    Usual {
        facility: "gym",
        name: "a gym",
        rooms: &[
            ("reception", 1),
            ("gym", 1),
            ("changing_room", 2),
            ("shower", 2),
            ("toilet", 2),
        ],
    },
];

pub(super) fn usual(facility: &str) -> Option<&'static Usual> {
    USUAL.iter().find(|usual| usual.facility == facility)
}

/// The type of room that a phrase means in this kind of place, if it is another than elsewhere.
pub(super) fn room_in(facility: Option<&'static str>, key: &str, room: &'static str) -> Meaning {
    if let Some(own) = facility.and_then(|facility| lexicon().in_place(facility, key)) {
        return Meaning::Room(own);
    }
    let medical = matches!(facility, Some("clinic"));
    let eating = matches!(facility, Some("cafe" | "restaurant" | "hotel"));
    match (key, facility) {
        (_, Some("dental_clinic")) if key.starts_with("treatment") => Meaning::Room("operatory"),
        ("chair" | "dentalchair", Some("dental_clinic")) => Meaning::Room("operatory"),
        ("surgery", _) if medical => Meaning::Room("procedure_room"),
        // A workshop is a course where people work at desks, and a room with benches elsewhere.
        ("workshop", Some("office" | "coworking" | "school" | "training")) => {
            Meaning::Room("training_room")
        }
        (_, Some("school" | "laboratory")) if key.starts_with("prep") => Meaning::Room("prep_room"),
        (_, Some("clinic")) if key.starts_with("prep") && room != "recovery" => {
            Meaning::Room("treatment_room")
        }
        ("groomingroom" | "groomingarea" | "groomingstation", Some("salon")) => {
            Meaning::Room("salon_floor")
        }
        ("theatre" | "theater", Some("clinic")) => Meaning::Room("operating_theatre"),
        ("instrumentroom", Some("laboratory")) => Meaning::Room("laboratory"),
        ("sleepingroom" | "sleepingarea", Some("school" | "preschool")) => {
            Meaning::Room("nap_room")
        }
        // Where wounds are dressed.
        ("dressingroom", Some("clinic" | "dental_clinic")) => Meaning::Room("treatment_room"),
        ("privateroom" | "deluxeroom" | "singleroom" | "specialroom", Some("clinic")) => {
            Meaning::Room("patient_room")
        }
        // Consultants of an office are no doctors.
        (key, Some("office" | "coworking"))
            if room == "consultation" && key.starts_with("consultant") =>
        {
            Meaning::Room("private_office")
        }
        ("doubleroom" | "twinroom" | "singleroom", Some("office" | "coworking")) => {
            Meaning::Room("private_office")
        }
        ("privateroom" | "singleroom", Some("hotel")) => Meaning::Room("guest_room"),
        ("privateroom", Some("restaurant" | "cafe")) => Meaning::Room("dining_area"),
        ("sharedkitchen" | "commonkitchen" | "communalkitchen", Some("home" | "hotel")) => {
            Meaning::Room("kitchen")
        }
        ("dressing" | "dressingroom" | "dressingarea", Some("home")) => {
            Meaning::Room("walk_in_closet")
        }
        (
            _,
            Some(
                "office" | "coworking" | "clinic" | "dental_clinic" | "bank" | "salon" | "retail"
                | "pharmacy",
            ),
        ) if room == "dining_area" && key.ends_with("seating") => Meaning::Room("waiting"),
        ("servicecounter" | "enquirycounter", _) if room == "bar_counter" && !eating => {
            Meaning::Furnishing
        }
        // `sales 50 m2` of a shop; elsewhere those who sell.
        ("sale", facility)
            if !matches!(facility, Some("retail" | "pharmacy" | "gallery" | "cafe")) =>
        {
            Meaning::Style
        }
        // Who operates an office needs no theatre.
        (key, Some("office" | "coworking" | "bank" | "retail" | "warehouse"))
            if room == "operating_theatre" && key.starts_with("operation") =>
        {
            Meaning::Room("open_office")
        }
        // Nobody telephones in the quiet room of those who are treated or taught; a dentist for
        // children treats there whoever cries.
        ("quietroom", Some("dental_clinic")) => Meaning::Room("operatory"),
        ("quietroom", Some("clinic" | "school" | "preschool" | "salon")) => Meaning::Room("room"),
        ("customerarea" | "publicarea", Some("bank")) => Meaning::Room("banking_hall"),
        ("coffeebar" | "coffeecounter" | "teabar", _) if eating => Meaning::Room("bar_counter"),
        ("nurseroom" | "nurseoffice", Some("school" | "preschool" | "office")) => {
            Meaning::Room("sick_bay")
        }
        ("workspace" | "workarea", Some("home")) => Meaning::Room("study"),
        ("screeningroom" | "treadmillroom", Some("clinic")) => Meaning::Room("exam_room"),
        ("sampleroom" | "samplearea", Some("office" | "coworking" | "retail" | "workshop")) => {
            Meaning::Room("store")
        }
        ("itroom" | "it" | "itlab" | "itsuite", Some("school" | "preschool")) => {
            Meaning::Room("science_lab")
        }
        // `drawing storage` of an office; a drawing room is one for guests.
        ("drawingroom", Some("salon" | "studio" | "workshop" | "school")) => {
            Meaning::Room("workshop")
        }
        ("drawing", Some("office" | "coworking" | "school" | "workshop")) => Meaning::Style,
        ("tastingroom" | "tastingarea", _) if eating => Meaning::Room("dining_area"),
        ("ceramicroom" | "ceramiclab", Some("dental_clinic")) => Meaning::Room("laboratory"),
        ("familyroom" | "familysuite", Some("hotel")) => Meaning::Room("guest_room"),
        ("communitykitchen", Some("office" | "coworking" | "hotel")) => Meaning::Room("break_room"),
        ("tablearea", Some("office" | "coworking")) => Meaning::Furnishing,
        ("staffquarter", Some("home")) => Meaning::Room("servant_room"),
        ("commonroom", Some("hotel" | "home")) => Meaning::Room("lounge"),
        ("grouproom", Some("school" | "preschool")) => Meaning::Room("classroom"),
        (key, Some("library" | "school" | "preschool"))
            if room == "sales_floor" && key.starts_with("kid") =>
        {
            Meaning::Room("play_area")
        }
        ("controlroom" | "controlarea", Some("clinic" | "dental_clinic")) => Meaning::Room("room"),
        (key, facility) if facility != Some("clinic") && key.contains("sharingroom") => {
            Meaning::Room("guest_room")
        }
        ("nurseoffice" | "nurseroom", Some("clinic") | None) => Meaning::Room("nurse_station"),
        ("washingarea" | "washarea", Some("home" | "hotel")) => Meaning::Room("utility"),
        ("closet", Some("home")) => Meaning::Room("walk_in_closet"),
        ("workroom", facility) if !matches!(facility, Some("school" | "preschool")) => {
            Meaning::Room("workshop")
        }
        ("op" | "oproom", Some("clinic")) => Meaning::Room("operating_theatre"),
        ("cuttingroom" | "cuttingfloor" | "cuttingarea", facility) if facility != Some("salon") => {
            Meaning::Room("workshop")
        }
        ("machine", facility) if facility != Some("gym") => Meaning::Furnishing,
        ("openplan", Some("home" | "hotel")) => Meaning::Style,
        ("studio", Some("home" | "hotel")) => Meaning::Room("studio_room"),
        ("openbay", Some("dental_clinic" | "clinic")) => Meaning::Style,
        ("washarea" | "washingarea" | "washroomarea", _) if eating => Meaning::Room("dishwashing"),
        ("cookingarea" | "cooking", _) if eating => Meaning::Room("commercial_kitchen"),
        ("cashcounter" | "cashdesk" | "counter" | "cashiercounter", Some("bank")) => {
            Meaning::Station("teller_area")
        }
        ("pedicure" | "manicure", Some("salon")) => Meaning::Station("nail_bar"),
        ("babyroom", Some("school" | "preschool")) => Meaning::Room("play_area"),
        // The main room of a place is what the place is for.
        ("mainroom", Some("gym")) => Meaning::Room("gym"),
        ("studio", Some("studio")) => Meaning::Room("recording_studio"),
        ("studio", Some("office" | "coworking")) => Meaning::Room("team_room"),
        ("hall" | "bighall", Some("home")) => Meaning::Room("living_room"),
        ("dining", Some("home")) => Meaning::Room("dining_room"),
        ("lab" | "laboratory", Some("school" | "training")) => Meaning::Room("science_lab"),
        ("washarea" | "washroomarea", Some("salon")) => Meaning::Room("shampoo"),
        // A counter is a room where food is served, and furniture elsewhere.
        ("counter" | "displaycounter" | "frontcounter", _) if !eating => Meaning::Furnishing,
        _ => Meaning::Room(room),
    }
}

/// What a number of persons or chairs stands for when it is said of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// So many rooms of the type.
    Rooms(&'static str),
    /// One room of the type for so many.
    Seats(&'static str),
    /// Nothing that rooms follow from.
    Nothing,
}

pub(super) fn of_whole(facility: Option<&str>, seat: Seat) -> Stands {
    match (facility, seat) {
        // Only dentists count their practice in chairs.
        (Some("clinic"), Seat::Chair) => Stands::Rooms("operatory"),
        (Some("dental_clinic"), Seat::Chair | Seat::Doctor) => Stands::Rooms("operatory"),
        (None | Some("clinic"), Seat::Doctor) => Stands::Rooms("consultation"),
        (Some("clinic"), Seat::Bed) => Stands::Seats("ward"),
        (Some("salon"), Seat::Chair | Seat::Staff) => Stands::Seats("salon_floor"),
        (
            None | Some("office" | "coworking" | "warehouse" | "workshop" | "bank"),
            Seat::Manager,
        ) => Stands::Rooms("private_office"),
        (
            None | Some("office" | "coworking" | "warehouse" | "workshop" | "bank"),
            Seat::Director,
        ) => Stands::Rooms("executive_office"),
        (Some("warehouse" | "workshop"), Seat::Staff) => Stands::Seats("open_office"),
        // People who work need desks, unless the place is of another kind.
        (None, Seat::Staff) => Stands::Seats("open_office"),
        (Some("cafe" | "restaurant"), Seat::Chair | Seat::Person) => Stands::Seats("dining_area"),
        (Some("gym"), Seat::Person) => Stands::Seats("gym"),
        (Some("hall"), Seat::Person | Seat::Chair) => Stands::Seats("multipurpose_hall"),
        (Some("canteen"), _) => Stands::Seats("dining_area"),
        (Some("library"), Seat::Person | Seat::Chair) => Stands::Seats("library"),
        (Some("office" | "coworking"), Seat::Person | Seat::Staff | Seat::Chair) => {
            Stands::Seats("open_office")
        }
        (Some("home") | None, Seat::Bed) => Stands::Rooms("bedroom"),
        _ => Stands::Nothing,
    }
}

/// The room that a kind of place is inside another: a cafe in an office.
pub(super) fn inside(facility: &str) -> Option<&'static str> {
    Some(match facility {
        "cafe" | "restaurant" => "dining_area",
        "salon" => "salon_floor",
        "gym" => "gym",
        "clinic" => "sick_bay",
        "preschool" => "play_area",
        "school" => "classroom",
        "retail" => "sales_floor",
        "hall" => "multipurpose_hall",
        "coworking" => "open_office",
        "office" => "private_office",
        "pharmacy" => "pharmacy",
        "laboratory" => "laboratory",
        "library" => "library",
        "canteen" => "dining_area",
        "gallery" => "sales_floor",
        "workshop" => "workshop",
        _ => return None,
    })
}
