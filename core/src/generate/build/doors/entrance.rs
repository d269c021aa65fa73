//! Where people come in from outside.

use super::make::make;
use super::{DOUBLE_MM, Placer, STEP_MM, covered, net_of};
use crate::layout::{Door, DoorType, Hinge, Layout, PerimeterWall, Plate, Point};

impl Placer<'_> {
    pub(super) fn entrances(&mut self, plate: &Plate, layout: &mut Layout) -> Option<()> {
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
                        return Some(self.entrance_door(wall, at(place), leaf, &space));
                    }
                }
            }
        }
        None
    }

    fn entrance_door(&self, wall: &PerimeterWall, start: Point, leaf: i64, space: &str) -> Door {
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
