//! What a take-off rule asks a catalogue for.
//!
//! An item is a key such as `floor.wet`. Rows of a catalogue name the item they are for; rows of
//! older catalogues do not, and are told by their category and the words of their name.
//!
//! The numbers are MasterFormat section numbers (CSI), given as a reference only.

use super::catalogue::Category;
use super::unit::Quantity;

/// One kind of thing that is taken off.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// The key in catalogues and bills.
    pub key: &'static str,
    /// The category its material is in.
    pub category: Category,
    /// What is measured of it.
    pub quantity: Quantity,
    /// What it is called where no material is found.
    pub title: &'static str,
    /// MasterFormat section.
    pub code: &'static str,
    /// Words one of which the name of an older row has.
    words: &'static [&'static str],
    /// Words that the name must not have.
    not: &'static [&'static str],
}

impl Item {
    /// The item with this key.
    pub fn by_key(key: &str) -> Option<&'static Item> {
        ITEMS.iter().find(|item| item.key == key)
    }

    /// Every item.
    pub fn all() -> &'static [Item] {
        ITEMS
    }

    /// Whether a row of an older catalogue is for this item, by its category and name.
    pub fn suits(&self, category: Category, name: &str) -> bool {
        let name = name.to_lowercase();
        let has = |word: &&str| name.contains(*word);
        category == self.category && self.words.iter().any(has) && !self.not.iter().any(has)
    }
}

const fn item(
    key: &'static str,
    category: Category,
    quantity: Quantity,
    title: &'static str,
    code: &'static str,
    words: &'static [&'static str],
    not: &'static [&'static str],
) -> Item {
    Item {
        key,
        category,
        quantity,
        title,
        code,
        words,
        not,
    }
}

use Category as C;
use Quantity::{Area, Count, Length};

/// Words for floors that are not the usual one.
const SPECIAL_FLOORS: &[&str] = &[
    "anti-skid",
    "anti skid",
    "antiskid",
    "anti-static",
    "anti static",
    "antistatic",
    "esd",
    "raised",
    "carpet",
];
const SPECIAL_WALLS: &[&str] = &[
    "glass",
    "glazed",
    "moisture",
    "cement board",
    "block",
    "brick",
];

const ITEMS: &[Item] = &[
    item(
        "wall.partition",
        C::Wall,
        Area,
        "Partition",
        "09 21 16",
        &["drywall", "gypsum", "partition"],
        SPECIAL_WALLS,
    ),
    item(
        "wall.wet",
        C::Wall,
        Area,
        "Moisture-resistant partition",
        "09 21 16",
        &["moisture", "cement board"],
        &["glass"],
    ),
    item(
        "wall.glass",
        C::Wall,
        Area,
        "Glazed partition",
        "10 22 19",
        &["glass", "glazed"],
        &[],
    ),
    item(
        "wall.block",
        C::Wall,
        Area,
        "Block partition",
        "04 22 00",
        &["block", "brick"],
        &[],
    ),
    item(
        "floor.base",
        C::Flooring,
        Area,
        "Floor finish",
        "09 30 00",
        &[
            "vitrified",
            "tile",
            "vinyl",
            "floor",
            "laminate",
            "granite",
            "marble",
        ],
        SPECIAL_FLOORS,
    ),
    item(
        "floor.wet",
        C::Flooring,
        Area,
        "Anti-skid floor",
        "09 30 00",
        &["anti-skid", "anti skid", "antiskid"],
        &[],
    ),
    item(
        "floor.static",
        C::Flooring,
        Area,
        "Anti-static floor",
        "09 65 36",
        &["anti-static", "anti static", "antistatic", "esd"],
        &[],
    ),
    item(
        "floor.raised",
        C::Flooring,
        Area,
        "Raised access floor",
        "09 69 00",
        &["raised"],
        &[],
    ),
    item(
        "ceiling.base",
        C::Ceiling,
        Area,
        "False ceiling",
        "09 51 13",
        &["mineral", "gypsum", "grid", "ceiling"],
        &["moisture", "pvc", "calcium"],
    ),
    item(
        "ceiling.wet",
        C::Ceiling,
        Area,
        "Moisture-resistant ceiling",
        "09 29 00",
        &["moisture", "pvc", "calcium"],
        &[],
    ),
    item(
        "door.single",
        C::Door,
        Count,
        "Door leaf",
        "08 14 16",
        &["flush", "single", "laminate door", "wooden door"],
        &["double", "sliding", "glass", "pvc", "wpc", "frame", "fire"],
    ),
    item(
        "door.wet",
        C::Door,
        Count,
        "Door leaf for wet rooms",
        "08 15 00",
        &["pvc", "wpc", "frp"],
        &["double", "sliding", "frame"],
    ),
    item(
        "door.double",
        C::Door,
        Count,
        "Double door",
        "08 14 16",
        &["double"],
        &["fire", "frame", "glass"],
    ),
    item(
        "door.sliding",
        C::Door,
        Count,
        "Sliding door",
        "08 32 00",
        &["sliding"],
        &["frame"],
    ),
    item(
        "door.entrance",
        C::Door,
        Count,
        "Entrance door",
        "08 42 00",
        &["entrance", "main door", "glass door"],
        &["frame"],
    ),
    item(
        "door.frame",
        C::Door,
        Length,
        "Door frame",
        "08 12 00",
        &["frame"],
        &[],
    ),
    item(
        "hardware.handle",
        C::DoorHardware,
        Count,
        "Handle set",
        "08 71 00",
        &["handle"],
        &[],
    ),
    item(
        "hardware.lock",
        C::DoorHardware,
        Count,
        "Lock",
        "08 71 00",
        &["lock"],
        &["handle"],
    ),
    item(
        "hardware.indicator",
        C::DoorHardware,
        Count,
        "Indicator bolt",
        "08 71 00",
        &["indicator", "bolt"],
        &[],
    ),
    item(
        "hardware.closer",
        C::DoorHardware,
        Count,
        "Door closer",
        "08 71 00",
        &["closer"],
        &[],
    ),
    item(
        "hardware.hinge",
        C::DoorHardware,
        Count,
        "Hinge",
        "08 71 00",
        &["hinge"],
        &[],
    ),
    item(
        "hardware.stop",
        C::DoorHardware,
        Count,
        "Door stop",
        "08 71 00",
        &["stop"],
        &[],
    ),
    item(
        "hardware.slide",
        C::DoorHardware,
        Count,
        "Sliding gear",
        "08 71 00",
        &["sliding", "track"],
        &[],
    ),
    item(
        "paint.primer",
        C::Paint,
        Area,
        "Primer on walls, per coat",
        "09 91 23",
        &["primer"],
        &["wood", "metal"],
    ),
    item(
        "paint.wall",
        C::Paint,
        Area,
        "Paint on walls, per coat",
        "09 91 23",
        &["emulsion"],
        &["ceiling", "primer"],
    ),
    item(
        "paint.ceiling",
        C::Paint,
        Area,
        "Paint on ceilings, per coat",
        "09 91 23",
        &["ceiling"],
        &["primer"],
    ),
    item(
        "paint.door",
        C::Paint,
        Area,
        "Paint on doors, per coat",
        "09 91 23",
        &["enamel", "polish", "varnish"],
        &[],
    ),
    item(
        "electrical.light",
        C::Electrical,
        Count,
        "Light point with fitting",
        "26 51 00",
        &["led", "light"],
        &[],
    ),
    item(
        "electrical.socket",
        C::Electrical,
        Count,
        "Socket outlet",
        "26 27 26",
        &["socket"],
        &["data"],
    ),
    item(
        "electrical.board",
        C::Electrical,
        Count,
        "Switchboard",
        "26 27 26",
        &["switchboard", "switch board"],
        &[],
    ),
    item(
        "electrical.data",
        C::Electrical,
        Count,
        "Data outlet",
        "27 15 00",
        &["data", "network", "cat"],
        &[],
    ),
    item(
        "electrical.ac",
        C::Electrical,
        Count,
        "Air-conditioner point",
        "26 27 26",
        &["ac point", "a/c", "air-condition", "air condition"],
        &[],
    ),
    item(
        "electrical.exhaust",
        C::Electrical,
        Count,
        "Exhaust fan point",
        "23 34 00",
        &["exhaust"],
        &[],
    ),
    item(
        "electrical.db",
        C::Electrical,
        Count,
        "Distribution board",
        "26 24 16",
        &["distribution"],
        &[],
    ),
    item(
        "skirting.base",
        C::Baseboard,
        Length,
        "Skirting",
        "06 22 00",
        &["skirting", "baseboard"],
        &[],
    ),
    item(
        "waterproofing.base",
        C::Waterproofing,
        Area,
        "Waterproofing",
        "07 14 00",
        &["waterproof", "membrane", "cementitious", "coating"],
        &[],
    ),
    item(
        "tile.dado",
        C::Specialty,
        Area,
        "Wall tiles",
        "09 30 00",
        &["wall tile", "dado"],
        &["backsplash"],
    ),
    item(
        "tile.backsplash",
        C::Specialty,
        Area,
        "Backsplash",
        "09 30 00",
        &["backsplash", "splash back"],
        &[],
    ),
    item(
        "counter.run",
        C::Specialty,
        Length,
        "Counter",
        "12 36 00",
        &["counter"],
        &["reception"],
    ),
    item(
        "sign.room",
        C::Specialty,
        Count,
        "Room sign",
        "10 14 00",
        &["sign"],
        &[],
    ),
];

/// The head of the items that are fixtures: `fixture.` and the type, such as `fixture.wc`.
pub const FIXTURE: &str = "fixture.";

/// What the item with this key measures; `None` for a key that is neither known nor a fixture's.
pub(crate) fn quantity_of(key: &str) -> Option<Quantity> {
    match Item::by_key(key) {
        Some(item) => Some(item.quantity),
        None => is_fixture(key).then_some(Count),
    }
}

/// Whether `key` is that of a fixture.
pub(crate) fn is_fixture(key: &str) -> bool {
    key.strip_prefix(FIXTURE).is_some_and(|kind| {
        !kind.is_empty() && kind.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique() {
        for (n, item) in ITEMS.iter().enumerate() {
            assert_eq!(
                ITEMS.iter().position(|other| other.key == item.key),
                Some(n)
            );
            assert!(!is_fixture(item.key));
        }
        assert!(is_fixture("fixture.dental_chair"));
        assert!(!is_fixture("fixture.") && !is_fixture("fixture.=1"));
    }

    #[test]
    fn rows_of_older_catalogues_are_told_by_their_names() {
        let suits = |key: &str, category, name| Item::by_key(key).unwrap().suits(category, name);
        assert!(suits(
            "wall.partition",
            C::Wall,
            "Gypsum Drywall Partition 12 mm"
        ));
        assert!(suits("floor.base", C::Flooring, "Vitrified tiles 600x600"));
        assert!(!suits("floor.base", C::Flooring, "Anti-skid ceramic tiles"));
        assert!(suits("floor.wet", C::Flooring, "Anti-skid ceramic tiles"));
        assert!(suits("door.single", C::Door, "Flush door 35 mm"));
        assert!(!suits("door.double", C::Door, "Fire-rated double door"));
        assert!(suits("paint.primer", C::Paint, "Wall primer"));
    }
}
