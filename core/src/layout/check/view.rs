//! A layout seen as spaces: rooms and corridors alike, with their positions by id.

use std::collections::BTreeMap;

use super::super::brief::{Brief, RoomBrief};
use super::super::geometry::Ring;
use super::super::model::Layout;
use super::super::plate::Plate;
use super::super::rules::Rules;

/// A room or a corridor.
pub(crate) struct Space<'a> {
    /// Its id.
    pub(crate) id: &'a str,
    /// Gross outline.
    pub(crate) gross: &'a Ring,
    /// Net outline.
    pub(crate) net: &'a Ring,
    /// Columns inside.
    pub(crate) holes: &'a [Ring],
    /// Net area as the layout has it.
    pub(crate) stated_mm2: i64,
    /// What was asked of it; `None` for corridors and space nobody asked for.
    pub(crate) brief: Option<&'a RoomBrief>,
    /// Whether it is a corridor.
    pub(crate) is_corridor: bool,
    /// Whether others may be reached through it.
    pub(crate) public: bool,
}

/// A layout with what it is held against.
pub(crate) struct View<'a> {
    /// The layout.
    pub(crate) layout: &'a Layout,
    /// Where it has to fit.
    pub(crate) plate: &'a Plate,
    /// What was asked.
    pub(crate) brief: &'a Brief,
    /// The rules.
    pub(crate) rules: &'a Rules,
    /// Rooms first, then corridors.
    pub(crate) spaces: Vec<Space<'a>>,
    positions: BTreeMap<&'a str, usize>,
}

impl<'a> View<'a> {
    /// Looks at `layout`.
    pub(crate) fn new(
        layout: &'a Layout,
        plate: &'a Plate,
        brief: &'a Brief,
        rules: &'a Rules,
    ) -> View<'a> {
        let asked: BTreeMap<&str, &RoomBrief> = brief
            .rooms
            .iter()
            .map(|room| (room.id.as_str(), room))
            .collect();
        let rooms = layout.rooms.iter().map(|room| {
            let brief = asked.get(room.id.as_str()).copied();
            let public = brief.map_or_else(
                || super::super::room_type(&room.room_type).is_some_and(|kind| kind.public),
                |brief| brief.public,
            );
            Space {
                id: &room.id,
                gross: &room.boundary,
                net: &room.net_boundary,
                holes: &room.net_holes,
                stated_mm2: room.net_area_mm2,
                brief,
                is_corridor: false,
                public,
            }
        });
        let corridors = layout.corridors.iter().map(|corridor| Space {
            id: &corridor.id,
            gross: &corridor.boundary,
            net: &corridor.net_boundary,
            holes: &[],
            stated_mm2: corridor.net_area_mm2,
            brief: None,
            is_corridor: true,
            public: true,
        });
        let spaces: Vec<Space<'a>> = rooms.chain(corridors).collect();
        let mut positions = BTreeMap::new();
        for (i, space) in spaces.iter().enumerate() {
            positions.entry(space.id).or_insert(i);
        }
        View {
            layout,
            plate,
            brief,
            rules,
            spaces,
            positions,
        }
    }

    /// The position in `spaces` of the space with this id.
    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.positions.get(id).copied()
    }

    /// The space with this id.
    pub(crate) fn space(&self, id: &str) -> Option<&Space<'a>> {
        self.spaces.get(self.position(id)?)
    }

    /// The position in `spaces` of the room that answers this position of the brief.
    pub(crate) fn room_of_brief(&self, position: usize) -> Option<usize> {
        self.position(&self.brief.rooms.get(position)?.id)
    }
}
