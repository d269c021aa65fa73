//! Skeletons: where corridors run and rooms stand in rows beside them, before any size is known.

mod arms;
mod seams;

use self::arms::arm_blocks;
use self::seams::seams;
use crate::layout::{Plate, Rect};

/// What a row of a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    /// Rooms beside each other.
    Rooms,
    /// A corridor over the whole length.
    Corridor,
}

/// A corridor across the rows of a block, from one row to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crossing {
    /// Where its middle is.
    pub(super) at: Place,
    /// First row it crosses.
    pub(super) from_row: usize,
    /// One past the last row it crosses.
    pub(super) to_row: usize,
}

/// Where a crossing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At a coordinate of the plate.
    Fixed(i64),
    /// Where the first corridor of another block arrives.
    Block(usize),
    /// At a share of the block's length, in thousandths, that may change.
    Share(i64),
}

/// A box of the plate with rows along its `u` axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// The box.
    pub(super) rect: Rect,
    /// Whether rows run along x; along y otherwise.
    pub(super) along_x: bool,
    /// From low to high coordinates across.
    pub(super) rows: Vec<Row>,
    /// Whether rooms stand across the rows at the low end.
    pub(super) cap_start: bool,
    /// Whether they do at the high end.
    pub(super) cap_end: bool,
    /// Whether a corridor runs across all rows at the low end, inside the cap.
    pub(super) cross_start: bool,
    /// Whether one does at the high end.
    pub(super) cross_end: bool,
    /// Corridors across some rows.
    pub(super) crossings: Vec<Crossing>,
    /// The earlier block whose first corridor goes on in this one's.
    pub(super) follows: Option<usize>,
    /// Whether the corridor of an earlier block says where a crossing of this one is.
    pub(super) waits: bool,
    /// How much of each side lies on other blocks rather than on the perimeter, in thousandths:
    /// low and high end along the rows, low and high across them.
    pub(super) inside: [i64; 4],
}

/// Most that a line between blocks moves, in mm.
const MOST_SHIFT_MM: i64 = 6_000;

/// The line between a block and the arms on one of its sides; it may move into the arms, so that
/// each has the area its rooms need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seam {
    /// The block that grows.
    pub(super) parent: usize,
    /// Its side: ends along the rows (0, 1), then across them (2, 3).
    pub(super) side: usize,
    /// The blocks that give way.
    pub(super) children: Vec<usize>,
    /// How far at most, in mm.
    pub(super) most: i64,
}

impl Seam {
    fn edge(side: usize, along_x: bool, rect: &mut Rect) -> &mut i64 {
        match (side, along_x) {
            (0, true) | (2, false) => &mut rect.x0,
            (1, true) | (3, false) => &mut rect.x1,
            (0, false) | (2, true) => &mut rect.y0,
            _ => &mut rect.y1,
        }
    }

    /// The parent's box with `shift` more on this side.
    pub(super) fn extended(&self, parent: &Block, shift: i64) -> Rect {
        let mut rect = parent.rect;
        let out = if self.side.is_multiple_of(2) {
            -shift
        } else {
            shift
        };
        *Seam::edge(self.side, parent.along_x, &mut rect) += out;
        rect
    }

    /// Moves the line: the parent's box grows, those of the arms shrink.
    pub(super) fn shift(&self, blocks: &[Block], rects: &mut [Rect], shift: i64) {
        let Some(along_x) = blocks.get(self.parent).map(|block| block.along_x) else {
            return;
        };
        let out = if self.side.is_multiple_of(2) {
            -shift
        } else {
            shift
        };
        if let Some(rect) = rects.get_mut(self.parent) {
            *Seam::edge(self.side, along_x, rect) += out;
        }
        let opposite = self.side ^ 1;
        for child in &self.children {
            if let Some(rect) = rects.get_mut(*child) {
                *Seam::edge(opposite, along_x, rect) += out;
            }
        }
    }
}

/// A way to lay out a plate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Skeleton {
    /// Its blocks; each refers to earlier ones only.
    pub(super) blocks: Vec<Block>,
    /// Lines between them that may move.
    pub(super) seams: Vec<Seam>,
    /// For people and tests, such as `x2c`.
    pub(super) name: String,
}

impl Block {
    fn plain(rect: Rect, along_x: bool, rows: &[Row]) -> Block {
        Block {
            rect,
            along_x,
            rows: rows.to_vec(),
            cap_start: false,
            cap_end: false,
            cross_start: false,
            cross_end: false,
            crossings: Vec::new(),
            follows: None,
            waits: false,
            inside: [0; 4],
        }
    }

    /// How many corridor rows there are.
    pub(super) fn spines(&self) -> usize {
        self.rows
            .iter()
            .filter(|row| **row == Row::Corridor)
            .count()
    }

    /// Extent across the rows.
    pub(super) fn height(&self) -> i64 {
        if self.along_x {
            self.rect.height()
        } else {
            self.rect.width()
        }
    }

    /// Extent along the rows.
    pub(super) fn length(&self) -> i64 {
        if self.along_x {
            self.rect.width()
        } else {
            self.rect.height()
        }
    }
}

use Row::{Corridor as C, Rooms as R};

/// Rows of a block, from fewest to most corridors.
const ROWS: [&[Row]; 14] = [
    &[R],
    &[R, R],
    &[R, R, R],
    &[C, R],
    &[R, C],
    &[R, C, R],
    &[R, R, C, R],
    &[R, C, R, R],
    &[R, C, R, C, R],
    &[R, C, R, R, C, R],
    &[R, C, R, C, R, C, R],
    &[R, C, R, R, C, R, R, C, R],
    &[R, C, R, R, C, R, R, C, R, R, C, R],
    &[R, C, R, R, C, R, R, C, R, R, C, R, R, C, R],
];

/// Rows deeper than this are no longer rooms beside a corridor, in mm.
const DEEPEST_MM: i64 = 16_000;

/// Rows shallower than this hold no room, in mm.
const SHALLOWEST_MM: i64 = 1_500;

/// What is known of the rooms before they are placed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kit {
    /// Gross width of a corridor, in mm.
    pub(super) corridor: i64,
    /// How many rooms there are.
    pub(super) rooms: usize,
    /// Root of a small room's area, in mm.
    pub(super) small: i64,
    /// Root of the largest room's area, in mm.
    pub(super) large: i64,
}

/// Most skeletons for one way of taking the plate apart.
const MOST: usize = 1_200;

/// Most ways to join some of the arms.
const MOST_JOINED: usize = 120;

/// All skeletons for one way of taking the plate apart; what cannot hold the rooms is left out.
pub(super) fn skeletons(plate: &Plate, boxes: &[Rect], kit: Kit) -> Vec<Skeleton> {
    let mut order: Vec<Rect> = boxes.to_vec();
    order.sort_by_key(|rect| (std::cmp::Reverse(rect.area()), *rect));
    let mut found = Vec::new();
    // One of the largest boxes is the trunk; the others join it.
    for i in 0..order.len().min(2) {
        let mut arms = order.clone();
        let trunk = arms.remove(i);
        for along_x in [true, false] {
            for rows in ROWS {
                let block = Block::plain(trunk, along_x, rows);
                if !fits(&block, kit) {
                    continue;
                }
                for ends in ends_of(&block) {
                    for mut skeleton in with_arms(ends, &arms, kit) {
                        let with_stub = with_entrances(&skeleton, plate);
                        skeleton.name = name_of(&skeleton, false);
                        found.push(skeleton);
                        if let Some(mut stub) = with_stub {
                            stub.name = name_of(&stub, true);
                            found.push(stub);
                        }
                    }
                }
            }
        }
    }
    sample(found, MOST)
}

/// Of too many an even sample: neighbours in the list differ the least.
fn sample<T>(found: Vec<T>, most: usize) -> Vec<T> {
    let count = found.len();
    if count <= most {
        return found;
    }
    let mut next = 0;
    let mut kept = Vec::with_capacity(most);
    for (i, one) in found.into_iter().enumerate() {
        if i * most >= next * count {
            kept.push(one);
            next += 1;
        }
    }
    kept
}

fn name_of(skeleton: &Skeleton, stub: bool) -> String {
    let mut name = String::new();
    for block in &skeleton.blocks {
        name.push(if block.along_x { 'x' } else { 'y' });
        for row in &block.rows {
            name.push(if *row == C { '-' } else { '#' });
        }
        for (flag, letter) in [
            (block.cap_start, 'a'),
            (block.cap_end, 'z'),
            (block.cross_start, 's'),
            (block.cross_end, 'e'),
        ] {
            if flag {
                name.push(letter);
            }
        }
        name.push_str(&"+".repeat(block.crossings.len()));
    }
    if stub {
        name.push('|');
    }
    name
}

fn fits(block: &Block, kit: Kit) -> bool {
    let spines = block.spines() as i64;
    let room_rows = block.rows.len() as i64 - spines;
    let depth = (block.height() - spines * kit.corridor) / room_rows.max(1);
    let long_enough = block.length() >= 3_000;
    // Without a corridor everything is reached through one public room.
    let few_enough = spines > 0 || kit.rooms <= 12;
    // Rows so shallow or so deep that every room would be a strip.
    let shallowest = (kit.small * 3 / 5).max(SHALLOWEST_MM);
    let deepest = (kit.large * 2).min(DEEPEST_MM).max(shallowest);
    (shallowest..=deepest).contains(&depth)
        && long_enough
        && few_enough
        && room_rows as usize <= kit.rooms
}

/// The block with rooms or corridors across its ends.
fn ends_of(block: &Block) -> Vec<Block> {
    let mut found = Vec::new();
    let spines = block.spines();
    for (cap_start, cap_end) in [(false, false), (true, false), (false, true), (true, true)] {
        for (cross_start, cross_end) in [(false, false), (true, false), (false, true), (true, true)]
        {
            // One spine needs no cross corridor but towards a cap; several need one.
            let useful = match spines {
                0 => !(cross_start || cross_end || cap_start && cap_end),
                1 => {
                    (!cross_start || cap_start)
                        && (!cross_end || cap_end)
                        && !(cross_start && cross_end)
                }
                _ => cross_start || cross_end,
            };
            if useful {
                found.push(Block {
                    cap_start,
                    cap_end,
                    cross_start,
                    cross_end,
                    ..block.clone()
                });
            }
        }
    }
    if spines > 1 {
        // A cross corridor in the middle splits the rows.
        let between = Crossing {
            at: Place::Share(500),
            from_row: 0,
            to_row: block.rows.len(),
        };
        let (first, last) = corridor_rows(block);
        for (cap_start, cap_end) in [(false, false), (true, false), (false, true)] {
            let crossing = Crossing {
                from_row: first,
                to_row: last + 1,
                ..between
            };
            found.push(Block {
                cap_start,
                cap_end,
                crossings: vec![crossing],
                ..block.clone()
            });
        }
    }
    found
}

/// First and last corridor row.
fn corridor_rows(block: &Block) -> (usize, usize) {
    let first = block.rows.iter().position(|row| *row == C).unwrap_or(0);
    let last = block.rows.iter().rposition(|row| *row == C).unwrap_or(0);
    (first, last)
}

/// Whether two boxes share a side, whichever.
fn side_of_rect(rect: &Rect, arm: &Rect) -> Option<usize> {
    side_of(&Block::plain(*rect, true, &[R]), arm)
}

/// On which side of `block` the box `arm` lies, if it does: along the rows at the start (0) or
/// end (1), or across them on the low (2) or high side (3).
fn side_of(block: &Block, arm: &Rect) -> Option<usize> {
    let rect = block.rect;
    let overlap_x = rect.x1.min(arm.x1) - rect.x0.max(arm.x0);
    let overlap_y = rect.y1.min(arm.y1) - rect.y0.max(arm.y0);
    let least = 1_500;
    let left = arm.x1 == rect.x0 && overlap_y >= least;
    let right = arm.x0 == rect.x1 && overlap_y >= least;
    let above = arm.y1 == rect.y0 && overlap_x >= least;
    let below = arm.y0 == rect.y1 && overlap_x >= least;
    let sides = if block.along_x {
        [left, right, above, below]
    } else {
        [above, below, left, right]
    };
    sides.iter().position(|side| *side)
}

/// All ways to join the arms to the trunk, each arm to the first block it touches.
fn with_arms(trunk: Block, arms: &[Rect], kit: Kit) -> Vec<Skeleton> {
    let mut ways: Vec<Vec<Block>> = vec![vec![trunk]];
    let mut left: Vec<Rect> = arms.to_vec();
    while !left.is_empty() {
        // Which block an arm touches depends on the boxes alone, so it is the same in all ways.
        let Some(blocks) = ways.first() else {
            return Vec::new();
        };
        let next = left.iter().enumerate().find_map(|(i, arm)| {
            blocks
                .iter()
                .enumerate()
                .find_map(|(k, block)| Some((i, k, side_of_rect(&block.rect, arm)?)))
        });
        let Some((i, parent, _)) = next else {
            return Vec::new();
        };
        let arm = left.remove(i);
        let mut more = Vec::new();
        for blocks in &ways {
            let Some(host) = blocks.get(parent) else {
                continue;
            };
            let Some(side) = side_of(host, &arm) else {
                continue;
            };
            let capped = side == 0 && host.cap_start || side == 1 && host.cap_end;
            for mut child in arm_blocks(&arm, host, side, kit) {
                if capped && child.spines() > 0 {
                    continue;
                }
                let mut blocks = blocks.clone();
                let number = blocks.len();
                if side < 2 && child.rows == [R, C, R] {
                    if child.along_x == host.along_x {
                        child.follows = Some(parent);
                    } else {
                        // The corridor of the block before goes on through the row it meets.
                        child.waits = true;
                        let row = if side == 1 { 0 } else { 2 };
                        child.crossings.push(Crossing {
                            at: Place::Block(parent),
                            from_row: row,
                            to_row: row + 1,
                        });
                    }
                }
                if let (true, Some(host)) = (side >= 2, blocks.get_mut(parent)) {
                    let (first, last) = corridor_rows(host);
                    let (from_row, to_row) = if side == 2 {
                        (0, first)
                    } else {
                        (last + 1, host.rows.len())
                    };
                    if child.spines() > 0 && host.spines() > 0 && from_row < to_row {
                        host.crossings.push(Crossing {
                            at: Place::Block(number),
                            from_row,
                            to_row,
                        });
                    }
                }
                blocks.push(child);
                more.push(blocks);
            }
        }
        ways = sample(more, MOST_JOINED);
    }
    ways.into_iter().map(finished).collect()
}

/// Notes which sides lie on the perimeter.
fn finished(mut blocks: Vec<Block>) -> Skeleton {
    let rects: Vec<Rect> = blocks.iter().map(|block| block.rect).collect();
    for (i, block) in blocks.iter_mut().enumerate() {
        let mut shared = [0_i64; 4];
        for (k, other) in rects.iter().enumerate() {
            if let (true, Some(side)) = (i != k, side_of(block, other)) {
                let across = [
                    other.height().min(block.rect.height()),
                    other.width().min(block.rect.width()),
                ];
                let (along, over) = if block.along_x {
                    (across[0], across[1])
                } else {
                    (across[1], across[0])
                };
                if let Some(length) = shared.get_mut(side) {
                    *length += if side < 2 { along } else { over };
                }
            }
        }
        let lengths = [
            block.height(),
            block.height(),
            block.length(),
            block.length(),
        ];
        for (part, (shared, length)) in block.inside.iter_mut().zip(shared.iter().zip(lengths)) {
            *part = (shared * 1000 / length.max(1)).clamp(0, 1000);
        }
    }
    let seams = seams(&blocks);
    Skeleton {
        blocks,
        seams,
        name: String::new(),
    }
}

/// The skeleton with a corridor from each entrance to the nearest spine, where the entrance lies
/// on a long side of the trunk's rows.
fn with_entrances(skeleton: &Skeleton, plate: &Plate) -> Option<Skeleton> {
    let mut made = skeleton.clone();
    let mut any = false;
    for entrance in &plate.entrances {
        let (a, b) = plate.inner_outline.edges().nth(entrance.edge)?;
        let length = a.distance(b).max(1);
        let middle = entrance.from_mm + entrance.width_mm / 2;
        let (x, y) = (
            a.x + (b.x - a.x) * middle / length,
            a.y + (b.y - a.y) * middle / length,
        );
        let horizontal = (b.x - a.x).abs() > (b.y - a.y).abs();
        for block in &mut made.blocks {
            let near = block.rect.grown(1_500);
            let inside = near.x0 <= x && x <= near.x1 && near.y0 <= y && y <= near.y1;
            if !inside || block.along_x != horizontal || block.spines() == 0 {
                continue;
            }
            let low = if block.along_x {
                y - block.rect.y0 < block.rect.y1 - y
            } else {
                x - block.rect.x0 < block.rect.x1 - x
            };
            let (first, last) = corridor_rows(block);
            let (from_row, to_row) = if low {
                (0, first)
            } else {
                (last + 1, block.rows.len())
            };
            if from_row < to_row {
                let at = Place::Fixed(if block.along_x { x } else { y });
                block.crossings.push(Crossing {
                    at,
                    from_row,
                    to_row,
                });
                any = true;
            }
            break;
        }
    }
    any.then_some(made)
}
