//! The best place for a door in one wall between two rooms.

use super::make::make;
use super::{DOUBLE_MM, Placer, STEP_MM, covered, leaf_of, net_of};
use crate::layout::check::{Cover, Sector};
use crate::layout::{Door, DoorType, Hinge, InteriorWall, Layout, Point, Ring};

/// Least width of the leaf of a toilet or store, in mm: `door_clear_min_mm` and the loss.
const NARROW_MM: i64 = 750;

/// A place for a door while it is weighed.
pub(super) struct Option_ {
    pub(super) penalty: i64,
    pub(super) door: Door,
    pub(super) sectors: Vec<Sector>,
}

impl Placer<'_> {
    /// The best place for a door to `new` in a wall that it shares with `from`.
    pub(super) fn in_wall(
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
}

fn pick(best: Option<Option_>, other: Option<Option_>) -> Option<Option_> {
    match (best, other) {
        (Some(best), Some(other)) if other.penalty < best.penalty => Some(other),
        (Some(best), _) => Some(best),
        (None, other) => other,
    }
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
