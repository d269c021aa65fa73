//! What an arm of a plate may look like beside the block that it joins.

use super::{Block, C, DEEPEST_MM, Kit, R, Row, SHALLOWEST_MM};
use crate::layout::Rect;

/// The ways to lay out an arm that joins `parent` on `side`: a spine that runs away from where it
/// joins, or one row of rooms against the parent.
pub(super) fn arm_blocks(arm: &Rect, parent: &Block, side: usize, kit: Kit) -> Vec<Block> {
    let away = if side < 2 {
        parent.along_x
    } else {
        !parent.along_x
    };
    let mut found: Vec<Block> = Vec::new();
    let width = Block::plain(*arm, away, &[R]).height();
    let shallowest = (kit.small * 3 / 5).max(SHALLOWEST_MM);
    let deepest = (kit.large * 2).min(DEEPEST_MM);
    let made = |along_x: bool, rows: &[Row], cap: bool| {
        let mut block = Block::plain(*arm, along_x, rows);
        block.cap_start = cap && side.is_multiple_of(2);
        block.cap_end = cap && !side.is_multiple_of(2);
        block
    };
    let both = (width - kit.corridor) / 2;
    let one = width - kit.corridor;
    for cap in [false, true] {
        if (shallowest..=deepest).contains(&both) {
            found.push(made(away, &[R, C, R], cap));
        }
        // At the end of rows a corridor at the side would miss the one it goes on from.
        if side >= 2 && (shallowest..=deepest).contains(&one) {
            found.push(made(away, &[C, R], cap));
            found.push(made(away, &[R, C], cap));
            if cap {
                // Several rooms at the end of one row: the corridor turns along them.
                for rows in [[C, R], [R, C]] {
                    let end = made(away, &rows, true);
                    found.push(Block {
                        cross_start: end.cap_start,
                        cross_end: end.cap_end,
                        ..end
                    });
                }
            }
        }
    }
    let depth = Block::plain(*arm, !away, &[R]).height();
    // At the end of rows a corridor may run across: along the end, or behind a row of rooms.
    if side < 2 && parent.spines() > 0 {
        if (shallowest..=deepest).contains(&(depth - kit.corridor)) {
            let rows: &[Row] = if side == 1 { &[C, R] } else { &[R, C] };
            found.push(Block::plain(*arm, !away, rows));
        }
        if (shallowest..=deepest).contains(&((depth - kit.corridor) / 2)) {
            found.push(Block::plain(*arm, !away, &[R, C, R]));
        }
    }
    let faces_corridor = match side {
        2 => parent.rows.first() == Some(&C),
        3 => parent.rows.last() == Some(&C),
        _ => true,
    };
    if depth <= deepest && (faces_corridor || kit.rooms <= 8 || depth < 3_000) {
        found.push(made(!away, &[R], false));
    }
    if found.is_empty() {
        found.push(made(away, &[R], false));
    }
    found
}
