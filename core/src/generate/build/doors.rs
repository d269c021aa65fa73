//! Doors: each room gets one to a corridor, to a public room, or to the room it is reached through.

use std::collections::BTreeSet;

use crate::layout::check::{Cover, Sector};
use crate::layout::rules::Rules;
use crate::layout::{
    Brief, Door, DoorType, Hinge, InteriorWall, Layout, Plate, Point, Ring, Swing, room_type,
};

/// Step between places for a door, in mm.
const STEP_MM: i64 = 50;

/// From this width on a door has two leaves, in mm.
const DOUBLE_MM: i64 = 1_300;

/// Least width of the leaf of a toilet or store, in mm: `door_clear_min_mm` and the loss.
const NARROW_MM: i64 = 750;

/// The leaf a room's type has, by the rules where the type says nothing.
pub(in super::super) fn leaf_of(kind: &str, rules: &Rules) -> i64 {
    let own = room_type(kind).and_then(|kind| kind.door_leaf_mm);
    let least = rules.door_clear_min_mm + rules.door_clear_loss_mm;
    own.unwrap_or(rules.door_leaf_mm).max(least)
}

/// Places entrances and doors. The error names what cannot be reached.
pub(super) fn place(
    plate: &Plate,
    brief: &Brief,
    rules: &Rules,
    layout: &mut Layout,
) -> Result<(), String> {
    let mut placer = Placer {
        brief,
        rules,
        reached: BTreeSet::new(),
        sectors: Vec::new(),
    };
    placer
        .entrances(plate, layout)
        .ok_or_else(|| "no public room or corridor lies at an entrance".to_owned())?;
    loop {
        placer.through_open_edges(layout);
        let Some(door) = placer.next_door(layout) else {
            break;
        };
        placer.reached.extend(
            door.0
                .connects
                .iter()
                .filter(|id| *id != "outside")
                .cloned(),
        );
        placer.sectors.extend(
            door.1
                .iter()
                .map(|sector| (door.0.opens_into.clone(), *sector)),
        );
        layout.doors.push(door.0);
    }
    let mut all = layout
        .rooms
        .iter()
        .map(|room| &room.id)
        .chain(layout.corridors.iter().map(|c| &c.id));
    let missing = all.find(|id| !placer.reached.contains(*id));
    if let Some(id) = missing {
        return Err(format!("no wall of `{id}` has place for a door"));
    }
    for (i, door) in layout.doors.iter_mut().enumerate() {
        door.id = format!("d-{}", i + 1);
    }
    Ok(())
}

struct Placer<'a> {
    brief: &'a Brief,
    rules: &'a Rules,
    reached: BTreeSet<String>,
    /// What leaves sweep, with the space they sweep in.
    sectors: Vec<(String, Sector)>,
}

/// A place for a door while it is weighed.
struct Option_ {
    penalty: i64,
    door: Door,
    sectors: Vec<Sector>,
}

impl Placer<'_> {
    fn position(&self, id: &str) -> Option<usize> {
        self.brief.rooms.iter().position(|room| room.id == id)
    }

    /// Whether `room` may be reached through `other`.
    fn leads(&self, room: &str, other: &str) -> bool {
        let wanted = self.position(room).and_then(|i| self.brief.rooms.get(i));
        let through = self.position(other);
        match (wanted, through.and_then(|i| self.brief.rooms.get(i))) {
            // A corridor, or a room reached through certain others only.
            (Some(room), None) => room.via.is_empty(),
            (Some(room), Some(other)) => {
                if room.via.is_empty() {
                    other.public && other.via.is_empty()
                } else {
                    through.is_some_and(|i| room.via.contains(&i))
                }
            }
            (None, Some(other)) => other.public && other.via.is_empty(),
            (None, None) => true,
        }
    }

    fn through_open_edges(&mut self, layout: &Layout) {
        loop {
            let next = layout.open_edges.iter().find_map(|edge| {
                let [a, b] = &edge.between;
                let wide = edge.from.distance(edge.to) >= 800;
                match (self.reached.contains(a), self.reached.contains(b)) {
                    (true, false) if wide => Some(b.clone()),
                    (false, true) if wide => Some(a.clone()),
                    _ => None,
                }
            });
            match next {
                Some(id) => self.reached.insert(id),
                None => return,
            };
        }
    }

    /// The best door that reaches something new: corridors first, then public rooms, then others.
    fn next_door(&self, layout: &Layout) -> Option<(Door, Vec<Sector>)> {
        let rank = |id: &str| match self.position(id).and_then(|i| self.brief.rooms.get(i)) {
            None => 0,
            Some(room) if room.public => 1,
            Some(_) => 2,
        };
        let mut best: Option<(i64, usize, Option_)> = None;
        for (i, wall) in layout.interior_walls.iter().enumerate() {
            let (Some(left), Some(right)) = (&wall.left_room, &wall.right_room) else {
                continue;
            };
            let (new, from) = match (self.reached.contains(left), self.reached.contains(right)) {
                (true, false) => (right, left),
                (false, true) => (left, right),
                _ => continue,
            };
            if !self.leads(new, from) {
                continue;
            }
            let Some(option) = self.in_wall(layout, wall, new, from) else {
                continue;
            };
            // A corridor rather than somebody's room, however public.
            let through_room = if self.position(from).is_some() {
                3_000
            } else {
                0
            };
            let price = rank(new) * 1_000_000 + option.penalty + through_room;
            if best
                .as_ref()
                .is_none_or(|(least, k, _)| (price, i) < (*least, *k))
            {
                best = Some((price, i, option));
            }
        }
        best.map(|(_, _, option)| (option.door, option.sectors))
    }

    /// The best place for a door to `new` in a wall that it shares with `from`.
    fn in_wall(
        &self,
        layout: &Layout,
        wall: &InteriorWall,
        new: &str,
        from: &str,
    ) -> Option<Option_> {
        let kind = layout.room(new).map_or("", |room| room.room_type.as_str());
        let other_kind = layout.room(from).map_or("", |room| room.room_type.as_str());
        let usual = if kind.is_empty() {
            leaf_of(other_kind, self.rules)
        } else {
            leaf_of(kind, self.rules)
        };
        let leaves = [usual, self.rules.door_leaf_mm, 800, NARROW_MM];
        let mut tried = Vec::new();
        for leaf in leaves {
            let allowed = leaf <= usual
                && leaf >= self.rules.door_clear_min_mm + self.rules.door_clear_loss_mm
                && !tried.contains(&leaf);
            if !allowed {
                continue;
            }
            tried.push(leaf);
            // Doors to public rooms open either way; an accessible toilet opens outwards.
            let outwards_first = kind == "accessible_toilet" || kind.is_empty();
            let order = if outwards_first {
                [from, new]
            } else {
                [new, from]
            };
            let mut best: Option<Option_> = None;
            for (turn, into) in order.iter().enumerate() {
                let option = self.swinging(layout, wall, leaf, (new, from), into);
                let option = option.map(|mut option| {
                    option.penalty += turn as i64 * 2_000;
                    option
                });
                best = pick(best, option);
            }
            if best.is_none() {
                best = self.sliding(layout, wall, leaf, (new, from));
            }
            if best.is_some() {
                return best;
            }
        }
        None
    }

    fn swinging(
        &self,
        layout: &Layout,
        wall: &InteriorWall,
        leaf: i64,
        (new, from): (&str, &str),
        into: &str,
    ) -> Option<Option_> {
        let mut best = None;
        let double = leaf >= DOUBLE_MM;
        let net = net_of(layout, into)?;
        for offset in self.offsets(layout, wall, leaf, new, from) {
            for hinge in [Hinge::Start, Hinge::End] {
                let sectors = sectors(wall, offset, leaf, hinge, double, into);
                if !sectors
                    .iter()
                    .all(|sector| self.is_free(layout, into, net, sector))
                {
                    continue;
                }
                let penalty = if double {
                    centred(wall, offset, leaf)
                } else {
                    against_wall(net, sectors.first()?)
                };
                let door = self.door(
                    wall,
                    offset,
                    leaf,
                    hinge,
                    [new, from],
                    into,
                    if double {
                        DoorType::Double
                    } else {
                        DoorType::Single
                    },
                );
                best = pick(
                    best,
                    Some(Option_ {
                        penalty,
                        door,
                        sectors,
                    }),
                );
                if double {
                    break;
                }
            }
        }
        best
    }

    fn sliding(
        &self,
        layout: &Layout,
        wall: &InteriorWall,
        leaf: i64,
        (new, from): (&str, &str),
    ) -> Option<Option_> {
        let offset = self
            .offsets(layout, wall, leaf, new, from)
            .into_iter()
            .next()?;
        let door = self.door(
            wall,
            offset,
            leaf,
            Hinge::Start,
            [new, from],
            new,
            DoorType::Sliding,
        );
        Some(Option_ {
            penalty: 6_000,
            door,
            sectors: Vec::new(),
        })
    }

    /// Where the opening may begin: off the corners, and on the edges of both spaces.
    fn offsets(
        &self,
        layout: &Layout,
        wall: &InteriorWall,
        leaf: i64,
        a: &str,
        b: &str,
    ) -> Vec<i64> {
        let (Some(one), Some(other)) = (net_of(layout, a), net_of(layout, b)) else {
            return Vec::new();
        };
        let half = wall.thickness_mm / 2;
        let length = (wall.x2 - wall.x1).abs() + (wall.y2 - wall.y1).abs();
        let jamb = self.rules.door_jamb_mm;
        let (first, last) = (half + jamb, length - half - jamb - leaf);
        let mut found = Vec::new();
        let mut offset = first;
        let vertical = wall.x1 == wall.x2;
        let at = |along: i64, across: i64| {
            if vertical {
                Point::new(wall.x1 + across, wall.y1 + along)
            } else {
                Point::new(wall.x1 + along, wall.y1 + across)
            }
        };
        while offset <= last {
            let on_both = [-half, half].iter().all(|across| {
                let (from, to) = (
                    at(offset - jamb, *across),
                    at(offset + leaf + jamb, *across),
                );
                [one, other].iter().any(|net| covered(net, from, to))
            });
            let taken = layout.doors.iter().any(|door| {
                door.wall_id == wall.id
                    && door.offset_mm < offset + leaf + jamb
                    && offset < door.offset_mm + door.leaf_mm + jamb
            });
            if on_both && !taken {
                found.push(offset);
            }
            // The last place touches the far corner, whatever the step.
            offset = if offset < last && offset + STEP_MM > last {
                last
            } else {
                offset + STEP_MM
            };
        }
        found
    }

    /// Whether a leaf can sweep there.
    fn is_free(&self, layout: &Layout, into: &str, net: &Ring, sector: &Sector) -> bool {
        let open = |a: Point, b: Point| {
            layout.open_edges.iter().any(|edge| {
                edge.between.iter().any(|id| id == into) && {
                    let mut cover = Cover::of(a, b);
                    cover.add(edge.from, edge.to);
                    cover.covered() > 0
                }
            })
        };
        net.contains(sector.inner_point())
            && !net
                .edges()
                .any(|(a, b)| sector.meets_segment(a, b) && !open(a, b))
            && !layout
                .obstacles
                .iter()
                .any(|ring| sector.meets_rect(&ring.bounds()))
            && !self
                .sectors
                .iter()
                .any(|(_, other)| other.meets_sector(sector))
    }

    #[expect(clippy::too_many_arguments, reason = "a door has that many sides")]
    fn door(
        &self,
        wall: &InteriorWall,
        offset: i64,
        leaf: i64,
        hinge: Hinge,
        connects: [&str; 2],
        into: &str,
        door_type: DoorType,
    ) -> Door {
        let length = (wall.x2 - wall.x1).abs() + (wall.y2 - wall.y1).abs();
        let to_left = wall.left_room.as_deref() == Some(into);
        make(
            self.rules,
            &wall.id,
            length,
            (offset, leaf),
            hinge,
            connects,
            into,
            door_type,
            to_left,
        )
    }

    fn entrances(&mut self, plate: &Plate, layout: &mut Layout) -> Option<()> {
        let spans: Vec<(usize, i64, i64)> = plate
            .entrances
            .iter()
            .map(|e| (e.edge, e.from_mm, e.width_mm))
            .collect();
        if spans.is_empty() {
            return self.choose_entrance(plate, layout);
        }
        for (edge, from, width) in spans {
            let door = self.entrance_in(plate, layout, edge, (from, from + width), width)?;
            self.reached
                .extend(door.connects.iter().filter(|id| *id != "outside").cloned());
            layout.doors.push(door);
        }
        Some(())
    }

    /// Spaces through which people may come in, the ones made for it first.
    fn gateways(&self, layout: &Layout) -> Vec<String> {
        let front = [
            "reception",
            "lobby",
            "sales_floor",
            "salon_floor",
            "dining_area",
            "waiting",
            "living_room",
            "living_dining",
        ];
        let public = |id: &str| {
            self.position(id)
                .and_then(|i| self.brief.rooms.get(i))
                .is_some_and(|room| room.public && room.via.is_empty())
        };
        let mut list: Vec<(usize, String)> = Vec::new();
        for room in layout.rooms.iter().filter(|room| public(&room.id)) {
            let rank = front.iter().position(|kind| *kind == room.room_type);
            let spare = if room.request.is_none() { 100 } else { 50 };
            list.push((rank.unwrap_or(spare), room.id.clone()));
        }
        list.extend(
            layout
                .corridors
                .iter()
                .map(|corridor| (40, corridor.id.clone())),
        );
        list.sort_by_key(|(rank, _)| *rank);
        list.into_iter().map(|(_, id)| id).collect()
    }

    /// An entrance within a part of an edge of the outline.
    fn entrance_in(
        &self,
        plate: &Plate,
        layout: &Layout,
        edge: usize,
        (from, to): (i64, i64),
        wanted: i64,
    ) -> Option<Door> {
        let (a, b) = plate.inner_outline.edges().nth(edge)?;
        let length = a.distance(b).max(1);
        let wall = layout.perimeter_walls.get(edge)?;
        let at = |d: i64| {
            Point::new(
                a.x + (b.x - a.x) * d / length,
                a.y + (b.y - a.y) * d / length,
            )
        };
        let jamb = self.rules.door_jamb_mm;
        let widest = (wanted.min(to - from)).min(1_800);
        for leaf in [widest, 1_500, 1_200, 1_000, 900, 800] {
            if leaf > widest || leaf < self.rules.door_clear_min_mm + self.rules.door_clear_loss_mm
            {
                continue;
            }
            for space in self.gateways(layout) {
                let net = net_of(layout, &space)?;
                // From the middle outwards, so that a door stands in the middle where it can.
                let (low, high) = (from, to - leaf);
                let middle = low.midpoint(high);
                let mut places: Vec<i64> = (0..=(high - low) / STEP_MM)
                    .map(|k| low + k * STEP_MM)
                    .collect();
                places.push(middle);
                places.sort_by_key(|place| ((place - middle).abs(), *place));
                for place in places {
                    if place < jamb || place + leaf + jamb > length {
                        continue;
                    }
                    if covered(net, at(place), at(place + leaf)) {
                        return Some(self.entrance_door(
                            wall,
                            (a, at(place)),
                            length,
                            leaf,
                            &space,
                        ));
                    }
                }
            }
        }
        None
    }

    fn entrance_door(
        &self,
        wall: &crate::layout::PerimeterWall,
        (_, start): (Point, Point),
        _length: i64,
        leaf: i64,
        space: &str,
    ) -> Door {
        // Along the centre line, from its own start.
        let (dx, dy) = (wall.x2 - wall.x1, wall.y2 - wall.y1);
        let length = Point::new(wall.x1, wall.y1)
            .distance(Point::new(wall.x2, wall.y2))
            .max(1);
        let offset = ((start.x - wall.x1) * dx + (start.y - wall.y1) * dy).div_euclid(length);
        let double = leaf >= DOUBLE_MM;
        make(
            self.rules,
            &wall.id,
            length,
            (offset, leaf),
            Hinge::Start,
            [space, "outside"],
            "outside",
            if double {
                DoorType::Double
            } else {
                DoorType::Single
            },
            true,
        )
    }

    fn choose_entrance(&mut self, plate: &Plate, layout: &mut Layout) -> Option<()> {
        for space in self.gateways(layout) {
            let net = net_of(layout, &space)?;
            // The longest piece of the perimeter that the space lies on.
            let mut best: Option<(i64, usize, i64, i64)> = None;
            for (i, (a, b)) in plate.inner_outline.edges().enumerate() {
                let length = a.distance(b).max(1);
                for (c, d) in net.edges() {
                    let along =
                        |p: Point| ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / length;
                    let off = (a.turn(b, c).abs() / length).max(a.turn(b, d).abs() / length);
                    let (low, high) = (
                        along(c).min(along(d)).max(0),
                        along(c).max(along(d)).min(length),
                    );
                    if off <= 2 && best.is_none_or(|(most, ..)| high - low > most) {
                        best = Some((high - low, i, low, high));
                    }
                }
            }
            let Some((_, edge, low, high)) = best.filter(|(width, ..)| *width >= 1_000) else {
                continue;
            };
            let is_large = layout
                .room(&space)
                .is_some_and(|room| room.net_area_mm2 > 25_000_000);
            let wanted = if is_large { 1_500 } else { 1_000 };
            if let Some(door) = self.entrance_in(plate, layout, edge, (low, high), wanted) {
                self.reached
                    .extend(door.connects.iter().filter(|id| *id != "outside").cloned());
                layout.doors.push(door);
                return Some(());
            }
        }
        None
    }
}

fn pick(best: Option<Option_>, other: Option<Option_>) -> Option<Option_> {
    match (best, other) {
        (Some(best), Some(other)) if other.penalty < best.penalty => Some(other),
        (Some(best), _) => Some(best),
        (None, other) => other,
    }
}

fn net_of<'a>(layout: &'a Layout, id: &str) -> Option<&'a Ring> {
    let room = layout.room(id).map(|room| &room.net_boundary);
    room.or_else(|| {
        layout
            .corridors
            .iter()
            .find(|corridor| corridor.id == id)
            .map(|corridor| &corridor.net_boundary)
    })
}

/// Whether a segment lies wholly on an outline.
fn covered(net: &Ring, from: Point, to: Point) -> bool {
    let mut cover = Cover::of(from, to);
    for (a, b) in net.edges() {
        cover.add(a, b);
    }
    cover.missing() == 0
}

/// What the leaves of a door in a wall along an axis sweep.
fn sectors(
    wall: &InteriorWall,
    offset: i64,
    leaf: i64,
    hinge: Hinge,
    double: bool,
    into: &str,
) -> Vec<Sector> {
    let vertical = wall.x1 == wall.x2;
    let half = wall.thickness_mm / 2;
    // Walls run right or down; to the left is up or right.
    let left = wall.left_room.as_deref() == Some(into);
    let side = match (vertical, left) {
        (true, true) | (false, false) => 1,
        _ => -1,
    };
    let at = |along: i64, forward: i64, radius: i64| {
        if vertical {
            let hinge = Point::new(wall.x1 + side * half, wall.y1 + along);
            Sector {
                hinge,
                dx: side,
                dy: forward,
                radius,
            }
        } else {
            let hinge = Point::new(wall.x1 + along, wall.y1 + side * half);
            Sector {
                hinge,
                dx: forward,
                dy: side,
                radius,
            }
        }
    };
    match (double, hinge) {
        (true, _) => vec![at(offset, 1, leaf / 2), at(offset + leaf, -1, leaf / 2)],
        (false, Hinge::Start) => vec![at(offset, 1, leaf)],
        (false, Hinge::End) => vec![at(offset + leaf, -1, leaf)],
    }
}

/// How far the hinge is from the nearest wall across: a leaf belongs against a wall.
fn against_wall(net: &Ring, sector: &Sector) -> i64 {
    let vertical_leaf = |a: Point, b: Point| a.x == b.x;
    let hinge = sector.hinge;
    let beside = net.edges().filter_map(|(a, b)| {
        // Edges across the door's wall, on the hinge's side and ahead of it.
        if vertical_leaf(a, b) {
            let ahead = (a.x - hinge.x) * -sector.dx;
            (ahead >= 0 && (a.y.min(b.y)..=a.y.max(b.y)).contains(&hinge.y)).then_some(ahead)
        } else if a.y == b.y {
            let ahead = (a.y - hinge.y) * -sector.dy;
            (ahead >= 0 && (a.x.min(b.x)..=a.x.max(b.x)).contains(&hinge.x)).then_some(ahead)
        } else {
            None
        }
    });
    beside
        .filter(|distance| *distance > 0)
        .min()
        .unwrap_or(2_000)
        .min(4_000)
}

/// How far the middle of a door is from that of its wall.
fn centred(wall: &InteriorWall, offset: i64, leaf: i64) -> i64 {
    let length = (wall.x2 - wall.x1).abs() + (wall.y2 - wall.y1).abs();
    (2 * offset + leaf - length).abs() / 2
}

#[expect(clippy::too_many_arguments, reason = "a door has that many sides")]
fn make(
    rules: &Rules,
    wall_id: &str,
    wall_length: i64,
    (offset, leaf): (i64, i64),
    hinge: Hinge,
    connects: [&str; 2],
    into: &str,
    door_type: DoorType,
    to_left: bool,
) -> Door {
    let loss = if door_type == DoorType::Double { 2 } else { 1 } * rules.door_clear_loss_mm;
    let swing_direction = match (door_type, hinge, to_left) {
        (DoorType::Sliding, ..) => Swing::Sliding,
        // Whoever stands to the left of the wall and faces it has its start to the right.
        (_, Hinge::Start, true) | (_, Hinge::End, false) => Swing::Right,
        _ => Swing::Left,
    };
    let middle = (offset as f64 + leaf as f64 / 2.0) / wall_length.max(1) as f64;
    Door {
        id: String::new(),
        wall_id: wall_id.to_owned(),
        offset_mm: offset,
        leaf_mm: leaf,
        clear_mm: leaf - loss,
        hinge,
        opens_into: into.to_owned(),
        connects: connects.map(str::to_owned),
        door_type,
        swing_direction,
        position_along_wall: (middle * 10_000.0).round() / 10_000.0,
        width_mm: leaf,
        height_mm: rules.door_height_mm,
    }
}
