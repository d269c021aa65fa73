//! An assignment: which rooms stand where in the rows, and the moves that change it.

use std::ops::Range;

use super::rng::Dice;
use super::skeleton::{Place, Skeleton};

/// Most rooms at one side of a cluster's passage.
pub(super) const SIDE: usize = 5;

/// Pairs of which one is looked for that are not beside each other yet.
const PAIRS: usize = 4;

/// Most neighbours that change places with others at once.
const LONGEST_RUN: usize = 3;

/// A place in a row: one room, or a cluster of small ones around a short passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct Cell {
    /// Rooms along the near side of the passage, from front to back; for a single room it alone.
    pub(super) left: [u8; SIDE],
    /// Rooms along the far side.
    pub(super) right: [u8; SIDE],
    /// How many of `left` count.
    pub(super) lefts: u8,
    /// How many of `right` count.
    pub(super) rights: u8,
    /// The room behind the passage, plus one; 0 for none.
    pub(super) back: u8,
    /// Whether there is a passage; without it `left` holds the one room.
    pub(super) cluster: bool,
}

impl Cell {
    /// One room.
    pub(super) fn single(room: u8) -> Cell {
        let mut cell = Cell {
            lefts: 1,
            ..Cell::default()
        };
        cell.left[0] = room;
        cell
    }

    /// The rooms to the left, front to back.
    pub(super) fn left(&self) -> &[u8] {
        self.left.get(..self.lefts as usize).unwrap_or_default()
    }

    /// The rooms to the right, front to back.
    pub(super) fn right(&self) -> &[u8] {
        self.right.get(..self.rights as usize).unwrap_or_default()
    }

    /// The room behind.
    pub(super) fn back(&self) -> Option<u8> {
        self.back.checked_sub(1)
    }

    /// All its rooms.
    pub(super) fn rooms(&self) -> impl Iterator<Item = u8> + '_ {
        self.left()
            .iter()
            .copied()
            .chain(self.right().iter().copied())
            .chain(self.back())
    }

    fn count(&self) -> usize {
        self.lefts as usize + self.rights as usize + usize::from(self.back > 0)
    }

    fn nth_mut(&mut self, n: usize) -> Option<&mut u8> {
        let (l, r) = (self.lefts as usize, self.rights as usize);
        if n < l {
            self.left.get_mut(n)
        } else {
            self.right.get_mut(n - l).filter(|_| n < l + r)
        }
    }

    /// Takes a room out; a cluster that one room is left of becomes a single.
    fn remove(&mut self, room: u8) {
        let rooms: Vec<u8> = self.rooms().filter(|r| *r != room).collect();
        let back = self.back().filter(|b| *b != room);
        *self = match rooms.as_slice() {
            [one] => Cell::single(*one),
            many => Cell::cluster_of(many, back),
        };
    }

    /// A cluster of rooms, dealt to both sides in turn.
    pub(super) fn cluster_of(rooms: &[u8], back: Option<u8>) -> Cell {
        let mut cell = Cell {
            cluster: true,
            back: back.map_or(0, |b| b + 1),
            ..Cell::default()
        };
        for room in rooms.iter().filter(|room| Some(**room) != back) {
            cell.add(*room);
        }
        cell
    }

    /// Adds a room to the side with fewer; false when there is no place.
    fn add(&mut self, room: u8) -> bool {
        let to_left = self.lefts <= self.rights;
        let (list, count) = if to_left {
            (&mut self.left, &mut self.lefts)
        } else {
            (&mut self.right, &mut self.rights)
        };
        match list.get_mut(*count as usize) {
            Some(place) => {
                *place = room;
                *count += 1;
                true
            }
            None => false,
        }
    }
}

/// An assignment of all rooms to the slots of a skeleton.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct State {
    /// For each slot its cells in order.
    pub(super) slots: Vec<Vec<Cell>>,
    /// For each crossing with a free place, in order, its share in thousandths.
    pub(super) shares: Vec<i64>,
    /// For each seam of the skeleton how far it has moved, in thousandths of what it may.
    pub(super) seams: Vec<i64>,
}

impl Clone for State {
    fn clone(&self) -> State {
        State {
            slots: self.slots.clone(),
            shares: self.shares.clone(),
            seams: self.seams.clone(),
        }
    }

    /// Keeps the memory that is there: this runs once for each move.
    fn clone_from(&mut self, other: &State) {
        self.slots.resize_with(other.slots.len(), Vec::new);
        for (mine, theirs) in self.slots.iter_mut().zip(&other.slots) {
            mine.clone_from(theirs);
        }
        self.shares.clone_from(&other.shares);
        self.seams.clone_from(&other.seams);
    }
}

/// The free shares of a skeleton, as it proposes them.
pub(super) fn shares_of(skeleton: &Skeleton) -> Vec<i64> {
    let crossings = skeleton.blocks.iter().flat_map(|block| &block.crossings);
    crossings
        .filter_map(|crossing| match crossing.at {
            Place::Share(share) => Some(share),
            _ => None,
        })
        .collect()
}

impl State {
    /// The `n`th cell counted over all slots.
    fn locate(&self, mut n: usize) -> Option<(usize, usize)> {
        for (slot, cells) in self.slots.iter().enumerate() {
            if n < cells.len() {
                return Some((slot, n));
            }
            n -= cells.len();
        }
        None
    }

    fn cell_mut(&mut self, at: (usize, usize)) -> Option<&mut Cell> {
        self.slots.get_mut(at.0)?.get_mut(at.1)
    }

    fn cells(&self) -> usize {
        self.slots.iter().map(Vec::len).sum()
    }

    /// Changes something small at random; may change nothing. `small[room]` says whether a room
    /// may stand in a cluster; `strong` lists rooms with those of which one is to be beside them.
    pub(super) fn shake(&mut self, dice: &mut Dice, small: &[bool], strong: &[(u8, Vec<u8>)]) {
        if !strong.is_empty() && dice.below(8) == 0 {
            self.bring_together(dice, strong);
            return;
        }
        if !self.seams.is_empty() && dice.below(8) == 0 {
            let which = dice.below(self.seams.len());
            let step = dice.below(301) as i64 - 150;
            if let Some(share) = self.seams.get_mut(which) {
                *share = (*share + step).clamp(0, 1000);
            }
            return;
        }
        match dice.below(100) {
            0..27 => self.swap_cells(dice),
            27..35 => self.swap_runs(dice),
            35..60 => self.move_cell(dice),
            60..70 => self.reverse(dice),
            70..82 => self.swap_rooms(dice),
            82..88 => self.join(dice, small),
            88..93 => self.part(dice),
            93..96 => self.set_back(dice),
            _ => self.shift_crossing(dice),
        }
    }

    fn swap_cells(&mut self, dice: &mut Dice) {
        let count = self.cells();
        let (a, b) = (dice.below(count), dice.below(count));
        if let (Some(a), Some(b)) = (self.locate(a), self.locate(b)) {
            let first = self
                .slots
                .get(a.0)
                .and_then(|cells| cells.get(a.1))
                .copied();
            let second = self
                .slots
                .get(b.0)
                .and_then(|cells| cells.get(b.1))
                .copied();
            if let (Some(first), Some(second)) = (first, second) {
                if let Some(place) = self.cell_mut(a) {
                    *place = second;
                }
                if let Some(place) = self.cell_mut(b) {
                    *place = first;
                }
            }
        }
    }

    /// A few neighbours change places with a few others: one large room with several small ones,
    /// for which no way of single steps leads past a row that is far too full.
    fn swap_runs(&mut self, dice: &mut Dice) {
        let (a, b) = (dice.below(self.slots.len()), dice.below(self.slots.len()));
        let mut run = |slot: usize| {
            let cells = self.slots.get(slot).map_or(0, Vec::len);
            let from = dice.below(cells);
            from..(from + 1 + dice.below(LONGEST_RUN)).min(cells)
        };
        let (first, second) = (run(a), run(b));
        if a == b || first.is_empty() || second.is_empty() {
            return;
        }
        let (Some(one), Some(two)) = (self.run_of(a, &first), self.run_of(b, &second)) else {
            return;
        };
        for (slot, place, run) in [(a, first, two), (b, second, one)] {
            if let Some(cells) = self.slots.get_mut(slot) {
                cells.splice(place, run);
            }
        }
    }

    fn run_of(&self, slot: usize, run: &Range<usize>) -> Option<Vec<Cell>> {
        let cells = self.slots.get(slot)?.get(run.clone())?;
        Some(cells.to_vec())
    }

    fn move_cell(&mut self, dice: &mut Dice) {
        let Some((slot, i)) = self.locate(dice.below(self.cells())) else {
            return;
        };
        let target = dice.below(self.slots.len());
        let alone = self.slots.get(slot).is_none_or(|cells| cells.len() <= 1);
        if alone && target != slot {
            return;
        }
        let Some(cell) = self.slots.get_mut(slot).map(|cells| cells.remove(i)) else {
            return;
        };
        if let Some(cells) = self.slots.get_mut(target) {
            let place = dice.below(cells.len() + 1);
            cells.insert(place, cell);
        }
    }

    fn find(&self, room: u8) -> Option<(usize, usize)> {
        self.slots.iter().enumerate().find_map(|(slot, cells)| {
            let i = cells
                .iter()
                .position(|cell| cell.rooms().any(|r| r == room))?;
            Some((slot, i))
        })
    }

    /// A room moves beside one that it is to be beside, or changes places with a neighbour of that.
    fn bring_together(&mut self, dice: &mut Dice, strong: &[(u8, Vec<u8>)]) {
        // Mostly one that is not there yet: those in one row are seen at once.
        let pair = (0..PAIRS).find_map(|_| {
            let (from, to) = strong.get(dice.below(strong.len()))?;
            let met = self.find(*from).is_some_and(|(slot, i)| {
                to.iter().any(|other| {
                    self.find(*other)
                        .is_some_and(|(s, k)| s == slot && k.abs_diff(i) <= 1)
                })
            });
            (!met).then_some((*from, to))
        });
        let Some((from, to)) = pair else {
            return;
        };
        let Some(other) = to.get(dice.below(to.len())) else {
            return;
        };
        let (room, other) = if dice.below(2) == 0 {
            (from, *other)
        } else {
            (*other, from)
        };
        let Some((slot, i)) = self.find(room) else {
            return;
        };
        let alone = self.slots.get(slot).is_none_or(|cells| cells.len() <= 1);
        let Some(target) = self.find(other).filter(|target| *target != (slot, i)) else {
            return;
        };
        if dice.below(2) == 0 {
            // Both rows keep their number of rooms.
            let place = if dice.below(2) == 0 {
                target.1.checked_sub(1)
            } else {
                Some(target.1 + 1)
            };
            let beside = place.map(|k| (target.0, k));
            let cell = |at: (usize, usize)| self.slots.get(at.0).and_then(|c| c.get(at.1)).copied();
            if let (Some(beside), Some(own)) = (beside, cell((slot, i)))
                && let Some(neighbour) = cell(beside)
            {
                if let Some(place) = self.cell_mut((slot, i)) {
                    *place = neighbour;
                }
                if let Some(place) = self.cell_mut(beside) {
                    *place = own;
                }
                return;
            }
        }
        if alone && target.0 != slot {
            return;
        }
        let Some(cell) = self.cell_mut((slot, i)) else {
            return;
        };
        // Out of its cluster, if it is in one.
        if cell.cluster {
            cell.remove(room);
        } else if let Some(cells) = self.slots.get_mut(slot) {
            cells.remove(i);
        }
        let place = self.find(other).unwrap_or((slot, 0));
        if let Some(cells) = self.slots.get_mut(place.0) {
            cells.insert(place.1 + dice.below(2), Cell::single(room));
        }
    }

    fn reverse(&mut self, dice: &mut Dice) {
        let slot = dice.below(self.slots.len());
        if let Some(cells) = self.slots.get_mut(slot).filter(|cells| cells.len() > 1) {
            let (a, b) = (dice.below(cells.len()), dice.below(cells.len()));
            if let Some(part) = cells.get_mut(a.min(b)..=a.max(b)) {
                part.reverse();
            }
        }
    }

    fn swap_rooms(&mut self, dice: &mut Dice) {
        let count = self.cells();
        let (Some(a), Some(b)) = (
            self.locate(dice.below(count)),
            self.locate(dice.below(count)),
        ) else {
            return;
        };
        let mut pick = |state: &mut State, at: (usize, usize)| -> Option<(usize, u8)> {
            let cell = state.cell_mut(at)?;
            let n = dice.below(cell.count().max(1));
            Some((n, *cell.nth_mut(n)?))
        };
        let (Some(first), Some(second)) = (pick(self, a), pick(self, b)) else {
            return;
        };
        if let Some(place) = self.cell_mut(a).and_then(|cell| cell.nth_mut(first.0)) {
            *place = second.1;
        }
        if let Some(place) = self.cell_mut(b).and_then(|cell| cell.nth_mut(second.0)) {
            *place = first.1;
        }
    }

    /// A small single joins a cluster, or two neighbours become one.
    fn join(&mut self, dice: &mut Dice, small: &[bool]) {
        let Some((slot, i)) = self.locate(dice.below(self.cells())) else {
            return;
        };
        let Some(cell) = self.slots.get(slot).and_then(|cells| cells.get(i)).copied() else {
            return;
        };
        let fits = |room: u8| small.get(room as usize).copied().unwrap_or(false);
        if cell.cluster || !cell.rooms().all(fits) {
            return;
        }
        let room = cell.left[0];
        let alone = self.slots.get(slot).is_none_or(|cells| cells.len() <= 1);
        let others: Vec<(usize, usize)> = self
            .slots
            .iter()
            .enumerate()
            .flat_map(|(s, cells)| (0..cells.len()).map(move |k| (s, k)))
            .filter(|at| {
                *at != (slot, i)
                    && self
                        .slots
                        .get(at.0)
                        .and_then(|cells| cells.get(at.1))
                        .is_some_and(|other| other.cluster || other.rooms().all(fits))
            })
            .collect();
        let Some(at) = others.get(dice.below(others.len())).copied() else {
            return;
        };
        if alone && at.0 != slot {
            return;
        }
        let Some(host) = self.cell_mut(at) else {
            return;
        };
        if !host.cluster {
            *host = Cell::cluster_of(&[host.left[0]], None);
        }
        if host.add(room)
            && let Some(cells) = self.slots.get_mut(slot)
        {
            cells.remove(i);
        }
    }

    /// A room leaves its cluster.
    fn part(&mut self, dice: &mut Dice) {
        let Some(at) = self.locate(dice.below(self.cells())) else {
            return;
        };
        let Some(cell) = self.cell_mut(at).filter(|cell| cell.cluster) else {
            return;
        };
        let rooms: Vec<u8> = cell.rooms().collect();
        let Some(room) = rooms.get(dice.below(rooms.len())).copied() else {
            return;
        };
        cell.remove(room);
        let target = dice.below(self.slots.len());
        if let Some(cells) = self.slots.get_mut(target) {
            let place = dice.below(cells.len() + 1);
            cells.insert(place, Cell::single(room));
        }
    }

    /// The room behind a cluster's passage changes.
    fn set_back(&mut self, dice: &mut Dice) {
        let Some(at) = self.locate(dice.below(self.cells())) else {
            return;
        };
        let Some(cell) = self.cell_mut(at).filter(|cell| cell.cluster) else {
            return;
        };
        let rooms: Vec<u8> = cell.rooms().collect();
        let pick = dice.below(rooms.len() + 1);
        let back = rooms.get(pick).copied();
        if rooms.len() >= 2 {
            *cell = Cell::cluster_of(&rooms, back);
        }
    }

    fn shift_crossing(&mut self, dice: &mut Dice) {
        let which = dice.below(self.shares.len());
        let step = dice.below(201) as i64 - 100;
        if let Some(share) = self.shares.get_mut(which) {
            *share = (*share + step).clamp(100, 900);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_move_loses_or_doubles_a_room() {
        let mut dice = Dice::new(3, 0);
        let mut state = State {
            slots: vec![
                (0..4).map(Cell::single).collect(),
                vec![Cell::cluster_of(&[4, 5, 6, 7], Some(6)), Cell::single(8)],
                vec![Cell::single(9)],
            ],
            shares: vec![500],
            seams: vec![0],
        };
        let small = vec![true; 10];
        let strong = vec![(3, vec![4, 5]), (8, vec![9])];
        let mut clusters = 0;
        for _ in 0..20_000 {
            state.shake(&mut dice, &small, &strong);
            let mut rooms: Vec<u8> = state
                .slots
                .iter()
                .flatten()
                .flat_map(|cell| cell.rooms().collect::<Vec<_>>())
                .collect();
            rooms.sort_unstable();
            assert_eq!(rooms, (0..10).collect::<Vec<u8>>());
            clusters += state
                .slots
                .iter()
                .flatten()
                .filter(|cell| cell.cluster)
                .count();
        }
        assert!(clusters > 1000, "clusters come about");
    }
}
