//! What is asked of the search, one thing after another, until it finds something: corridors of
//! several widths, a hall, fewer rooms; and how large rooms are then.

use super::brief::{hall, unassigned};
use super::selection::without;
use super::solve::{self, Closeness};
use crate::layout::rules::Rules;
use crate::layout::{Brief, Plate, Priority, RoomBrief};

/// Rooms are made larger than asked by up to this much before space stays unassigned, in
/// thousandths.
const LARGEST_SCALE: i64 = 1_200;

/// The same where neighbours come first: a piece of floor that nobody asked for mostly lies between
/// rooms that were to be beside each other.
const NEIGHBOURS_SCALE: i64 = 1_300;

/// The same where rooms alone did not fill the plate in any valid way: a room that nobody asked
/// for may have any size, which helps where the arms of a plate hold few rooms each.
const LEAST_SCALE_WITH_SPARE: i64 = 1_080;

/// What unassigned space leaves to the rooms: they are made this much larger, in thousandths.
const SCALE_WITH_SPARE: i64 = 1_060;

/// Share of a plate that is neither corridor nor wall, before anything is known, in thousandths.
const ROOMS_SHARE: i64 = 800;

/// Least unassigned space that makes a room, in mm².
const LEAST_SPARE_MM2: i64 = 6_000_000;

/// Ways to search, one after the other until one finds something. Most programmes need the first
/// alone. The others are for plates with corners and little in them: what is left over there is
/// seldom one rectangle, and a single one keeps the rooms from the entrance or from each other.
const WITH_SPARE: [Way; 4] = [
    Way::new(LARGEST_SCALE, 1, 0, 1),
    Way::new(LARGEST_SCALE, 2, 1, 1),
    Way::new(LARGEST_SCALE, 3, 2, 1),
    Way::new(LARGEST_SCALE, 2, 3, 3),
];

/// The same where there is no space to spare, or where there are many rooms.
const USUAL: [Way; 3] = [
    Way::new(LARGEST_SCALE, 1, 0, 1),
    Way::new(LEAST_SCALE_WITH_SPARE, 2, 1, 2),
    Way::new(LARGEST_SCALE, 1, 2, 2),
];

/// With more rooms than this, few ways to search have to do.
const FEW_ROOMS: usize = 12;

/// One way to search.
pub(super) struct Way {
    /// The scale from which on space stays unassigned, in thousandths.
    largest: i64,
    /// Into how many parts that space is divided.
    spares: i64,
    /// Added to the seed of the request.
    pub(super) seed: u64,
    /// So many times the usual moves.
    pub(super) times: u64,
    /// How much wishes for neighbours weigh.
    pub(super) closeness: Closeness,
    /// Work of all searches before, from which on this way is not gone any more.
    pub(super) work: u64,
}

/// Work from which on a refusal that nothing proves is given up waiting for: some seconds of two
/// cores. Whatever is found is found earlier, most of it by the first search.
const MOST_WORK: u64 = 48_000_000;

/// The same for every way but the first. Small programmes go all ways within that.
const MOST_WORK_LATER: u64 = 24_000_000;

/// What a move costs beside what it costs for each room, in rooms.
const WORK_BESIDE_ROOMS: u64 = 6;

/// Work of one move with these rooms. Floor beside slanting sides takes longer to measure.
pub(super) fn work_of_move(plate: &Plate, brief: &Brief) -> u64 {
    let measured = if plate.inner_outline.is_rectilinear() {
        1
    } else {
        2
    };
    (brief.rooms.len() as u64 + WORK_BESIDE_ROOMS) * measured
}

impl Way {
    const fn new(largest: i64, spares: i64, seed: u64, times: u64) -> Way {
        Way {
            largest,
            spares,
            seed,
            times,
            closeness: Closeness::Second,
            work: if seed == 0 {
                MOST_WORK
            } else {
                MOST_WORK_LATER
            },
        }
    }
}

/// The way before all others: neighbours first, with corridors as wide as they should be. Where it
/// comes to nothing, the others have no worse a chance than without it.
const NEIGHBOURS_FIRST: Way = Way {
    closeness: Closeness::First,
    ..Way::new(NEIGHBOURS_SCALE, 1, 0, 1)
};

/// Share of a plate that rooms around a hall have at most, in thousandths: walls and ways take the
/// rest.
const HALL_ROOMS_SHARE: i64 = 780;

/// Least share of a plate for a hall and walls, in thousandths, if rooms are at their least.
const LEAST_HALL_SHARE: i64 = 150;

/// One rung of the ladder: what is asked of the search.
#[derive(Debug, Clone)]
pub(super) struct Rung {
    /// Clear width of corridors, in mm.
    pub(super) corridor: i64,
    /// The rooms.
    pub(super) brief: Brief,
    /// Ids of the rooms that are left out.
    pub(super) dropped: Vec<String>,
    /// Whether what is left over is a hall that all rooms lie around, instead of corridors.
    pub(super) hall: bool,
    /// Whether no narrower corridor is tried for these rooms.
    pub(super) narrowest: bool,
}

/// What the rungs follow from, beside the rooms.
pub(super) struct Ladder<'a> {
    /// The plate.
    pub(super) plate: &'a Plate,
    /// The rules.
    pub(super) rules: &'a Rules,
    /// Whether the request says how wide corridors should be.
    pub(super) corridor_told: bool,
}

impl Ladder<'_> {
    /// Every search, in their order, by its way and its rung.
    pub(super) fn searches<'r>(
        &self,
        brief: &Brief,
        rungs: &'r [Rung],
    ) -> impl Iterator<Item = (&'static Way, &'r Rung)> {
        let ways = self.ways(brief).iter();
        let all = ways.flat_map(|way| rungs.iter().map(move |rung| (way, rung)));
        let first = rungs.first().map(|rung| (&NEIGHBOURS_FIRST, rung));
        first.into_iter().chain(all)
    }

    /// The ways to search for these rooms.
    fn ways(&self, brief: &Brief) -> &'static [Way] {
        if self.expected_scale(brief) > LARGEST_SCALE && brief.rooms.len() <= FEW_ROOMS {
            &WITH_SPARE
        } else {
            &USUAL
        }
    }

    /// From what was asked down to what can be given.
    pub(super) fn rungs(&self, brief: &Brief) -> Vec<Rung> {
        let on_grid = |width: i64| (width + solve::GRID_MM - 1) / solve::GRID_MM * solve::GRID_MM;
        let told = self.corridor_told;
        let preferred = on_grid(self.rules.corridor_preferred_mm);
        let least = on_grid(self.rules.corridor_min_mm);
        // On a small plate a wide corridor takes what rooms need.
        let small = self.plate.usable_mm2() < 160_000_000;
        let usual = if small && !told {
            preferred.min(1_200).max(least)
        } else {
            preferred
        };
        let mut widths = vec![usual, preferred.min(1_200).max(least), least];
        widths.dedup();
        let mut rungs: Vec<Rung> = widths
            .iter()
            .map(|corridor| Rung {
                corridor: *corridor,
                brief: brief.clone(),
                dropped: Vec::new(),
                hall: false,
                narrowest: Some(corridor) == widths.last(),
            })
            .collect();
        // Corridors and rows of rooms are what most plates want. Where they come to nothing, a
        // hall may do.
        rungs.push(Rung {
            corridor: usual,
            brief: brief.clone(),
            dropped: Vec::new(),
            hall: true,
            narrowest: true,
        });
        // Then without what may be left out, the largest first.
        let mut optional: Vec<(i64, String)> = brief
            .rooms
            .iter()
            .filter(|room| room.priority == Priority::Optional)
            .map(|room| (-room.requested_mm2, room.id.clone()))
            .collect();
        optional.sort();
        let mut dropped = Vec::new();
        for (_, id) in optional {
            dropped.push(id);
            if dropped.len() == brief.rooms.len() {
                break;
            }
            for hall in [false, true] {
                rungs.push(Rung {
                    corridor: usual,
                    brief: without(brief, &dropped),
                    dropped: dropped.clone(),
                    hall,
                    narrowest: true,
                });
            }
        }
        rungs
    }

    /// The scale at which the rooms fill the plate, if corridors and walls take their usual share.
    pub(super) fn expected_scale(&self, brief: &Brief) -> i64 {
        let asked: i64 = brief.rooms.iter().map(|room| room.requested_mm2).sum();
        self.plate.usable_mm2() / 1000 * ROOMS_SHARE / (asked / 1000).max(1)
    }

    /// The brief with targets as the search is to weigh them, at a scale in thousandths: rooms
    /// that would fall below their least area get it, space that is too much becomes unassigned,
    /// in so many parts if they are not too small.
    pub(super) fn sized(&self, brief: &Brief, scale: i64, way: &Way) -> Brief {
        let mut sized = brief.clone();
        if scale > way.largest {
            let asked: i64 = brief.rooms.iter().map(|room| room.requested_mm2).sum();
            let spare = asked / 1000 * (scale - SCALE_WITH_SPARE) * 1000 / SCALE_WITH_SPARE;
            let parts = way.spares.min(spare / LEAST_SPARE_MM2);
            for number in 1..=parts {
                sized.rooms.push(unassigned(number, spare / parts));
            }
            return sized;
        }
        at_least(brief, scale)
    }

    /// The brief for rooms around a hall: they at the scale that leaves it its least share of the
    /// plate, but none larger than with spare space or smaller than its least. `None` when the
    /// plate is too full for one.
    pub(super) fn with_hall(&self, brief: &Brief) -> Option<Brief> {
        let usable = self.plate.usable_mm2();
        let asked: i64 = brief.rooms.iter().map(|room| room.requested_mm2).sum();
        let scale =
            (usable / 1000 * HALL_ROOMS_SHARE / (asked / 1000).max(1)).min(SCALE_WITH_SPARE);
        let mut sized = brief.clone();
        for room in &mut sized.rooms {
            let least = room.min_mm2 + room.min_mm2 / 40;
            room.target_mm2 = (room.target_mm2 / 1000 * scale).max(least);
        }
        let rooms: i64 = sized.rooms.iter().map(|room| room.target_mm2).sum();
        let left = usable - rooms;
        if left < LEAST_SPARE_MM2 || left * 1000 < usable * LEAST_HALL_SHARE {
            return None;
        }
        sized.rooms.push(hall(left));
        Some(sized)
    }
}

/// The brief with targets for a scale in thousandths that all rooms together have, so that
/// each that would fall below its least has that, at the cost of the others.
pub(super) fn at_least(brief: &Brief, scale: i64) -> Brief {
    let mut sized = brief.clone();
    let least = |room: &RoomBrief| room.min_mm2 + room.min_mm2 / 80;
    let all: i64 = brief.rooms.iter().map(|room| room.requested_mm2).sum();
    let floor = all / 1000 * scale;
    // What those at their least take makes the scale of the others smaller, by which more may
    // fall below theirs.
    let mut others = scale.max(1);
    for _ in 0..brief.rooms.len() {
        let short = |room: &&RoomBrief| room.requested_mm2 / 1000 * others < least(room);
        let taken: i64 = brief.rooms.iter().filter(short).map(least).sum();
        let free = brief.rooms.iter().filter(|room| !short(room));
        let asked: i64 = free.map(|room| room.requested_mm2).sum();
        let next = ((floor - taken) / (asked / 1000).max(1)).clamp(1, others);
        if next == others || asked == 0 {
            break;
        }
        others = next;
    }
    for room in &mut sized.rooms {
        if room.requested_mm2 / 1000 * others < least(room) {
            room.target_mm2 = least(room) / others.max(1) * 1000;
        }
    }
    sized
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_at_their_least_have_it_at_the_cost_of_the_others() {
        let room = |asked: i64, least: i64| RoomBrief {
            min_mm2: least,
            ..unassigned(1, asked)
        };
        let brief = Brief {
            rooms: vec![
                room(10_000_000, 9_500_000),
                room(10_000_000, 9_500_000),
                room(40_000_000, 20_000_000),
                room(12_000_000, 10_500_000),
            ],
            links: Vec::new(),
        };
        for scale in [1_000, 930, 900, 870, 800] {
            let sized = at_least(&brief, scale);
            let all: i64 = sized.rooms.iter().map(|room| room.target_mm2).sum();
            let floor = 72_000 * scale;
            for room in &sized.rooms {
                let got = i128::from(floor) * i128::from(room.target_mm2) / i128::from(all);
                assert!(got >= i128::from(room.min_mm2), "{scale}: {got} {room:?}");
            }
        }
        // Where all have enough, nothing changes.
        assert_eq!(at_least(&brief, 1_000), brief);
    }
}
