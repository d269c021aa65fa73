//! The lines between the blocks of a skeleton that may move.

use super::{Block, C, MOST_SHIFT_MM, Seam, side_of};
use crate::layout::Rect;

/// Which blocks may grow into those on one of their sides, and how much. An arm may grow into
/// its trunk as well as the trunk into an arm: whichever is the wider of the two.
pub(super) fn seams(blocks: &[Block]) -> Vec<Seam> {
    let mut found: Vec<Seam> = Vec::new();
    for (parent, block) in blocks.iter().enumerate() {
        for side in 0..4 {
            let children: Vec<usize> = (0..blocks.len())
                .filter(|k| {
                    *k != parent
                        && blocks
                            .get(*k)
                            .is_some_and(|b| side_of(block, &b.rect) == Some(side))
                })
                .collect();
            // Between two as wide as each other the first one's line does for both.
            let done = found
                .iter()
                .any(|seam| children.contains(&seam.parent) && seam.children.contains(&parent));
            let rects: Vec<Rect> = children
                .iter()
                .filter_map(|k| Some(blocks.get(*k)?.rect))
                .collect();
            let across = (side < 2) != block.along_x;
            // An arm wider than the side would leave floor that nobody has.
            let within = |arm: &Rect| {
                if across {
                    arm.x0 >= block.rect.x0 - 100 && arm.x1 <= block.rect.x1 + 100
                } else {
                    arm.y0 >= block.rect.y0 - 100 && arm.y1 <= block.rect.y1 + 100
                }
            };
            // A corridor along the side would leave the floor with it.
            let across_all: i64 = rects
                .iter()
                .map(|r| if across { r.width() } else { r.height() })
                .sum();
            let corridor = match side {
                2 => block.rows.first() == Some(&C),
                3 => block.rows.last() == Some(&C),
                _ => false,
            };
            let stays = !corridor || across_all + 200 >= block.length();
            if done || rects.is_empty() || !stays || !rects.iter().all(within) {
                continue;
            }
            let extent = |arm: &Rect| if across { arm.height() } else { arm.width() };
            let most = rects.iter().map(extent).min().unwrap_or(0) - 2_500;
            let mut seam = Seam {
                parent,
                side,
                children,
                most: most.min(MOST_SHIFT_MM),
            };
            if seam.most < 200 {
                continue;
            }
            // Other blocks must not lie in what the parent would take.
            let taken = seam.extended(block, seam.most);
            let hit = blocks.iter().enumerate().any(|(k, other)| {
                k != parent && !seam.children.contains(&k) && other.rect.overlaps(&taken)
            });
            if !hit {
                seam.children.sort_unstable();
                found.push(seam);
            }
        }
    }
    without_corners(blocks, &mut found);
    // Those that take from the same block share what it can give.
    let takers = |k: usize| found.iter().filter(|s| s.children.contains(&k)).count() as i64;
    let shared: Vec<i64> = found
        .iter()
        .map(|seam| seam.children.iter().map(|k| takers(*k)).max().unwrap_or(1))
        .collect();
    for (seam, takers) in found.iter_mut().zip(shared) {
        seam.most /= takers.max(1);
    }
    found.retain(|seam| seam.most >= 200);
    found
}

/// Takes out lines that would meet others across them in a corner: floor there would be given to
/// two blocks or to none.
fn without_corners(blocks: &[Block], found: &mut Vec<Seam>) {
    let moves_x = |seam: &Seam| {
        blocks
            .get(seam.parent)
            .is_some_and(|block| (seam.side < 2) == block.along_x)
    };
    let meet = |one: &Seam, other: &Seam| {
        if moves_x(one) == moves_x(other) {
            return false;
        }
        if one.parent == other.parent {
            let Some(block) = blocks.get(one.parent) else {
                return true;
            };
            let (a, b) = (
                one.extended(block, one.most),
                other.extended(block, other.most),
            );
            let both = Rect {
                x0: a.x0.min(b.x0),
                y0: a.y0.min(b.y0),
                x1: a.x1.max(b.x1),
                y1: a.y1.max(b.y1),
            };
            return blocks.iter().enumerate().any(|(k, block)| {
                k != one.parent
                    && !one.children.contains(&k)
                    && !other.children.contains(&k)
                    && block.rect.overlaps(&both)
            });
        }
        one.children.contains(&other.parent)
            || other.children.contains(&one.parent)
            || one.children.iter().any(|k| other.children.contains(k))
    };
    let mut kept: Vec<Seam> = Vec::new();
    for seam in found.drain(..) {
        if !kept.iter().any(|other| meet(other, &seam)) {
            kept.push(seam);
        }
    }
    *found = kept;
}
