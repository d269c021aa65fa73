//! A door as the layout tells of it.

use crate::layout::rules::Rules;
use crate::layout::{Door, DoorType, Hinge, Swing};

#[expect(clippy::too_many_arguments, reason = "a door has that many sides")]
pub(super) fn make(
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
