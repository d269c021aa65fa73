//! The categories of materials, those of the older catalogue.

use serde::{Deserialize, Serialize};

/// What kind of material it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Partitions and what they are made of.
    Wall,
    /// Floor finishes.
    Flooring,
    /// False ceilings.
    Ceiling,
    /// Door leaves and frames.
    Door,
    /// Handles, locks, closers.
    DoorHardware,
    /// Primer, putty, paint.
    Paint,
    /// Points, boards and fittings.
    Electrical,
    /// Skirting.
    Baseboard,
    /// Membranes and coatings against water.
    Waterproofing,
    /// Fixtures, counters, tiles on walls and everything else.
    Specialty,
}

impl Category {
    /// Every category, in the order in which a bill lists them.
    pub const ALL: [Category; 10] = [
        Category::Wall,
        Category::Flooring,
        Category::Ceiling,
        Category::Door,
        Category::DoorHardware,
        Category::Paint,
        Category::Electrical,
        Category::Baseboard,
        Category::Waterproofing,
        Category::Specialty,
    ];

    /// The name in JSON and CSV.
    pub const fn name(self) -> &'static str {
        match self {
            Category::Wall => "wall",
            Category::Flooring => "flooring",
            Category::Ceiling => "ceiling",
            Category::Door => "door",
            Category::DoorHardware => "door_hardware",
            Category::Paint => "paint",
            Category::Electrical => "electrical",
            Category::Baseboard => "baseboard",
            Category::Waterproofing => "waterproofing",
            Category::Specialty => "specialty",
        }
    }

    /// The name for people, as the heading of its part of a bill.
    pub const fn title(self) -> &'static str {
        match self {
            Category::Wall => "Partitions",
            Category::Flooring => "Flooring",
            Category::Ceiling => "Ceilings",
            Category::Door => "Doors and frames",
            Category::DoorHardware => "Door hardware",
            Category::Paint => "Painting",
            Category::Electrical => "Electrical and data",
            Category::Baseboard => "Skirting",
            Category::Waterproofing => "Waterproofing",
            Category::Specialty => "Fixtures and special work",
        }
    }

    /// The category called `name`, if there is one.
    pub fn from_name(name: &str) -> Option<Category> {
        Category::ALL
            .into_iter()
            .find(|category| category.name() == name)
    }
}
