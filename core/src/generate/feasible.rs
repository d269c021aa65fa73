//! What cannot be, proved with numbers before anything is searched for.

use super::answer::Infeasibility;
use super::conflict::conflict;
use crate::layout::check::FreeSpace;
use crate::layout::rules::Rules;
use crate::layout::{Brief, Plate, Priority, RoomBrief};

/// Areas of a proof, in mm².
pub(super) struct Bound {
    rooms: i64,
    walls: i64,
    corridors: i64,
}

impl Bound {
    pub(super) const fn sum(&self) -> i64 {
        self.rooms + self.walls + self.corridors
    }
}

/// What of a proof counts beside the rooms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    /// The walls between rooms.
    pub(super) walls: bool,
    /// Corridors for the doors that find no place on public rooms.
    pub(super) corridors: bool,
}

impl Counted {
    /// Everything.
    pub(super) const ALL: Counted = Counted {
        walls: true,
        corridors: true,
    };
}

/// Why the required rooms of `brief` cannot stand on `plate`, if that can be proved.
///
/// The bound is what any layout needs: the rooms' least areas; the walls between them, since an
/// outline around an area is at least four times its root for boxes and the plate's own walls
/// serve at most its perimeter; corridors, as far as doors find no place on public rooms.
pub(super) fn proof(plate: &Plate, brief: &Brief, rules: &Rules) -> Option<Infeasibility> {
    let rooms: Vec<&RoomBrief> = brief
        .rooms
        .iter()
        .filter(|room| room.priority == Priority::Required)
        .collect();
    if rooms.is_empty() {
        // One of the others has to stand.
        let alone = brief
            .rooms
            .iter()
            .map(|room| refuted(plate, &[room], rules));
        return alone.collect::<Option<Vec<_>>>()?.into_iter().next();
    }
    refuted(plate, &rooms, rules)
}

/// Why these rooms cannot stand on `plate`, if that can be proved.
fn refuted(plate: &Plate, rooms: &[&RoomBrief], rules: &Rules) -> Option<Infeasibility> {
    too_large(plate, rooms).or_else(|| too_much(plate, rooms, rules))
}

/// One room alone does not fit.
fn too_large(plate: &Plate, rooms: &[&RoomBrief]) -> Option<Infeasibility> {
    let widest = FreeSpace::new(&[&plate.inner_outline], &plate.obstacles).largest_square();
    let room = rooms.iter().find(|room| room.min_width_mm > widest)?;
    Some(Infeasibility {
        code: "INFEASIBLE_WIDTH".to_owned(),
        proved: true,
        message: format!(
            "{} needs a square of {} mm; the largest in the plate is {widest} mm",
            room.name, room.min_width_mm
        ),
        needed: room.min_width_mm as f64,
        available: widest as f64,
        unit: "mm".to_owned(),
        conflicting: vec![room.id.clone(), "site.perimeter_mm".to_owned()],
        remedies: vec![format!(
            "let {} be {widest} mm wide, or leave it out",
            room.name
        )],
    })
}

/// All together do not.
fn too_much(plate: &Plate, rooms: &[&RoomBrief], rules: &Rules) -> Option<Infeasibility> {
    let usable = plate.usable_mm2();
    let whole = bound(plate, rooms, rules, Counted::ALL);
    if whole.sum() <= usable {
        return None;
    }
    let conflict = conflict(plate, rooms, rules, usable);
    let excess = whole.sum() - usable;
    let mut remedies = vec![format!("{:.*} m² more", decimals(excess, 0, 1), m2(excess))];
    // The fewest rooms whose going makes it fit: the largest.
    let mut by_size: Vec<&RoomBrief> = rooms.to_vec();
    by_size.sort_by_key(|room| (std::cmp::Reverse(room.min_mm2), room.id.clone()));
    let enough = (1..by_size.len()).find(|n| {
        by_size
            .get(*n..)
            .is_some_and(|rest| bound(plate, rest, rules, Counted::ALL).sum() <= usable)
    });
    if let Some(count) = enough {
        let names: Vec<&str> = by_size
            .iter()
            .take(count)
            .map(|room| room.name.as_str())
            .collect();
        remedies.push(format!("leave out {}", names.join(", ")));
    }
    let (said, given) = (
        decimals(whole.sum(), usable, 1),
        decimals(whole.sum(), usable, 2),
    );
    Some(Infeasibility {
        code: "INFEASIBLE_AREA".to_owned(),
        proved: true,
        message: format!(
            "the rooms need at least {:.said$} m² ({:.1} of rooms at their least, {:.1} of walls, \
             {:.1} of corridors); the plate has {:.said$} m²; {}",
            m2(whole.sum()),
            m2(whole.rooms),
            m2(whole.walls),
            m2(whole.corridors),
            m2(usable),
            conflict.sentence()
        ),
        needed: rounded(m2(whole.sum()), given),
        available: rounded(m2(usable), given),
        unit: "m2".to_owned(),
        conflicting: conflict.ids(),
        remedies,
    })
}

/// What any layout of these rooms needs, as far as it counts.
pub(super) fn bound(plate: &Plate, rooms: &[&RoomBrief], rules: &Rules, counted: Counted) -> Bound {
    let total: i64 = rooms.iter().map(|room| room.min_mm2).sum();
    let around: i64 = rooms.iter().map(|room| 4 * room.min_mm2.isqrt()).sum();
    let walls = (around - plate.inner_outline.perimeter()).max(0) / 2 * rules.wall_thickness_mm;
    // A box of proportion 4 has a perimeter of five roots of its area: more than public rooms
    // usually offer for doors.
    let public: i64 = rooms
        .iter()
        .filter(|room| room.public)
        .map(|room| 5 * room.requested_mm2.isqrt())
        .sum();
    let doors: i64 = rooms
        .iter()
        .filter(|room| !room.public && room.via.is_empty())
        .map(|room| super::build::leaf_of(&room.room_type, rules) + 2 * rules.door_jamb_mm)
        .sum();
    let width = rules.corridor_min_mm;
    // Doors stand on both sides of a corridor and at its ends.
    let length = ((doors - public) / 2 - width).max(0);
    Bound {
        rooms: total,
        walls: if counted.walls { walls } else { 0 },
        corridors: if counted.corridors { length * width } else { 0 },
    }
}

fn m2(mm2: i64) -> f64 {
    mm2 as f64 / 1e6
}

/// Decimals of a square metre that tell `more` mm² from `less`, and no fewer than `least`.
fn decimals(more: i64, less: i64, least: usize) -> usize {
    /// A square millimetre.
    const ALL: usize = 6;
    let differ = |decimals: &usize| rounded(m2(more), *decimals) > rounded(m2(less), *decimals);
    (least..ALL).find(differ).unwrap_or(ALL)
}

fn rounded(value: f64, decimals: usize) -> f64 {
    let unit = (0..decimals).fold(1.0, |unit, _| unit * 10.0);
    (value * unit).round() / unit
}
