//! What a search needs to know, in the form in which it is fast to use.

use super::area_table::AreaTable;
use super::blocked::Blocked;
use crate::layout::rules::Rules;
use crate::layout::{Brief, Daylight, Plate, Point, Rating, Rect};

/// A room as the search sees it; areas in mm², lengths in mm.
#[derive(Debug, Clone)]
pub(super) struct Want {
    /// Net area aimed at, before scaling to the plate.
    pub(super) area: i64,
    /// Net area that is too small.
    pub(super) least: i64,
    /// Side of the square that must fit.
    pub(super) width: i64,
    /// Longest over shortest side from which it costs, in thousandths.
    pub(super) aspect: i64,
    /// Length of wall that its door needs.
    pub(super) frontage: i64,
    /// Its wish for daylight.
    pub(super) daylight: Daylight,
    /// Whether it has plumbing.
    pub(super) wet: bool,
    /// Whether others may be reached through it.
    pub(super) public: bool,
    /// Whether visitors look for it first.
    pub(super) front: bool,
    /// Whether it is space nobody asked for.
    pub(super) spare: bool,
    /// The rooms it may be reached through; empty for corridors and public rooms.
    pub(super) via: Vec<u8>,
}

/// A wish about closeness.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) from: Vec<u8>,
    pub(super) to: Vec<u8>,
    pub(super) rating: Rating,
}

/// A segment of the perimeter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) a: Point,
    pub(super) b: Point,
}

impl Span {
    /// The box around it.
    pub(super) fn bounds(&self) -> Rect {
        Rect::new(self.a.x, self.a.y, self.b.x, self.b.y)
    }
}

/// Everything a search looks at and never changes.
/// How much wishes for neighbours weigh beside sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::generate) enum Closeness {
    /// Rows are filled for them; where a plate leaves little choice, rooms fall below their least
    /// sizes for it, and nothing valid is found.
    First,
    /// Sizes come first.
    Second,
}

impl Closeness {
    /// What a wish costs that is missed by far, half of it for rooms opposite each other. An area
    /// that is off by a third costs as much as the strongest wish of the first kind.
    pub(super) fn missed(self, rating: Rating) -> i64 {
        match (self, rating) {
            (Closeness::First, Rating::A) => 40_000,
            // Whoever counts the strong ones counts these as much.
            (Closeness::First, Rating::E) => 32_000,
            (Closeness::Second, Rating::A | Rating::E) => rating.weight() * 1_800,
            (_, other) => other.weight() * 150,
        }
    }

    /// What a room below its least area or width costs, with which no layout is valid: about as
    /// much as a wish that is missed by far, twice one that is missed by half.
    pub(super) fn invalid(self) -> i64 {
        match self {
            Closeness::First => 30_000,
            Closeness::Second => 3_000,
        }
    }
}

pub(super) struct Problem<'a> {
    pub(super) plate: &'a Plate,
    pub(super) table: AreaTable,
    pub(super) wants: Vec<Want>,
    pub(super) wishes: Vec<Wish>,
    /// Where people come in; empty when the layout may choose.
    pub(super) entrances: Vec<Span>,
    /// Perimeter through which daylight comes.
    pub(super) lit: Vec<Span>,
    /// All of the perimeter.
    pub(super) perimeter: Vec<Span>,
    /// Thickness of new walls.
    pub(super) wall: i64,
    /// Clear width of corridors.
    pub(super) corridor: i64,
    /// Clear width of the passages within clusters.
    pub(super) passage: i64,
    /// Length of wall that a usual door needs: a room with a wider one of its own may still have
    /// such a door to a corridor behind it.
    pub(super) frontage: i64,
    /// Length of common wall that counts as beside each other.
    pub(super) shared: i64,
    /// Whether the plate is a plain box, so that areas need no table.
    pub(super) plain: bool,
    /// What no corridor may run over and what cuts into rooms.
    pub(super) blocked: Blocked,
    /// How much wishes for neighbours weigh.
    pub(super) closeness: Closeness,
    /// Pairs that are strongly wanted beside each other: a room, and those of which one is to be.
    pub(super) strong: Vec<(u8, Vec<u8>)>,
}

/// Types that visitors look for first.
const FRONT: [&str; 9] = [
    "reception",
    "waiting",
    "lobby",
    "sales_floor",
    "dining_area",
    "salon_floor",
    "living_room",
    "living_dining",
    "nurse_station",
];

impl<'a> Problem<'a> {
    /// Puts a plate and a brief into that form. `corridor` is the clear width to be used.
    pub(super) fn new(
        plate: &'a Plate,
        brief: &Brief,
        rules: &Rules,
        corridor: i64,
        closeness: Closeness,
    ) -> Problem<'a> {
        let rooms = brief.rooms.iter().map(|room| {
            let leaf = super::super::build::leaf_of(&room.room_type, rules);
            Want {
                area: room.target_mm2.max(1),
                least: room.min_mm2,
                width: room.min_width_mm,
                aspect: room.max_aspect_permille.min(2_000),
                frontage: leaf + 2 * rules.door_jamb_mm,
                daylight: room.daylight,
                wet: room.wet,
                public: room.public,
                front: FRONT.contains(&room.room_type.as_str()),
                spare: room.request.is_none(),
                via: room
                    .via
                    .iter()
                    .filter_map(|v| u8::try_from(*v).ok())
                    .collect(),
            }
        });
        let number = |list: &[usize]| -> Vec<u8> {
            list.iter().filter_map(|i| u8::try_from(*i).ok()).collect()
        };
        let wishes = brief
            .links
            .iter()
            .filter(|link| link.rating != Rating::U)
            .map(|link| Wish {
                from: number(&link.from),
                to: number(&link.to),
                rating: link.rating,
            });
        let edges: Vec<Span> = plate
            .inner_outline
            .edges()
            .map(|(a, b)| Span { a, b })
            .collect();
        let part = |edge: usize, from: i64, width: i64| -> Option<Span> {
            let Span { a, b } = *edges.get(edge)?;
            let length = a.distance(b).max(1);
            let at = |d: i64| {
                Point::new(
                    a.x + (b.x - a.x) * d / length,
                    a.y + (b.y - a.y) * d / length,
                )
            };
            Some(Span {
                a: at(from),
                b: at(from + width),
            })
        };
        let entrances = plate
            .entrances
            .iter()
            .filter_map(|e| part(e.edge, e.from_mm, e.width_mm))
            .collect();
        let lit = if plate.windows.is_empty() {
            let lit = edges.iter().zip(&plate.daylight).filter(|(_, lit)| **lit);
            lit.map(|(edge, _)| *edge).collect()
        } else {
            plate
                .windows
                .iter()
                .filter_map(|w| part(w.edge, w.from_mm, w.width_mm))
                .collect()
        };
        let wishes: Vec<Wish> = wishes.collect();
        let rooms: Vec<Want> = rooms.collect();
        // What is reached through others has to be beside one of them.
        let through = rooms.iter().enumerate().filter_map(|(i, want)| {
            let room = u8::try_from(i).ok()?;
            (!want.via.is_empty()).then(|| (room, want.via.clone()))
        });
        let strong = wishes
            .iter()
            .filter(|wish| matches!(wish.rating, Rating::A | Rating::E))
            .flat_map(|wish| wish.from.iter().map(|from| (*from, wish.to.clone())))
            .chain(through)
            .collect();
        Problem {
            closeness,
            plate,
            blocked: Blocked::of(plate),
            strong,
            table: AreaTable::of(plate),
            wants: rooms,
            wishes,
            entrances,
            lit,
            perimeter: edges,
            wall: rules.wall_thickness_mm,
            corridor,
            passage: passage_of(rules, corridor),
            frontage: rules.door_leaf_mm + 2 * rules.door_jamb_mm,
            shared: rules.shared_wall_min_mm,
            plain: plate.inner_outline.as_rect().is_some() && plate.obstacles.is_empty(),
        }
    }
}

impl Problem<'_> {
    /// Takes the targets of the same rooms from another brief; whether any is different.
    pub(super) fn aim_at(&mut self, brief: &Brief) -> bool {
        if brief.rooms.len() != self.wants.len() {
            return false;
        }
        let mut any = false;
        for (want, room) in self.wants.iter_mut().zip(&brief.rooms) {
            any |= want.area != room.target_mm2.max(1);
            want.area = room.target_mm2.max(1);
        }
        any
    }

    /// Floor in a box, in mm².
    pub(super) fn floor(&self, rect: &Rect) -> i64 {
        if self.plain {
            rect.area()
        } else {
            self.blocked.floor(&self.table, rect)
        }
    }
}

/// Clear width of the passage in a cluster of small rooms: enough for a door at its end.
fn passage_of(rules: &Rules, corridor: i64) -> i64 {
    let wanted = (rules.door_leaf_mm + 2 * rules.door_jamb_mm).max(rules.corridor_min_mm);
    // On the grid, and no wider than the corridor it leads to.
    ((wanted + 49) / 50 * 50).min(corridor.max(rules.corridor_min_mm))
}
