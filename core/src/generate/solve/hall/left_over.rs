//! What the rooms leave: the hall, the ways through it, and pockets that go to a room beside them.

use super::super::problem::Want;
use super::{GAP_MM, GRID_MM, SLIVER_MM2, STRIP_MM, Site, WAY_MM, shared_wall};
use crate::layout::check::FreeSpace;
use crate::layout::{Point, Rect, Ring, overlay};

impl Site<'_> {
    /// The boxes of the hall that the rooms leave, as further ones of the room after the last, and
    /// those of pockets, which go to a room beside them; what that costs. `None` unless people can
    /// walk from every entrance to every room that has no other way.
    pub(super) fn hall(&self, boxes: &[Rect]) -> Option<(i64, Vec<(usize, Rect)>)> {
        let plate = self.problem.plate;
        let rings: Vec<Ring> = boxes
            .iter()
            .map(|rect| rect.grown(self.problem.wall / 2).ring())
            .collect();
        let cut: Vec<&Ring> = rings.iter().chain(&plate.obstacles).collect();
        let shape = overlay::difference(&[&plate.inner_outline], &cut)
            .into_iter()
            .max_by_key(overlay::Shape::area)?;
        let (price, further) = self.shared_out(boxes)?;
        let mut places: Vec<Point> = self
            .problem
            .entrances
            .iter()
            .map(|span| Point::new(span.a.x.midpoint(span.b.x), span.a.y.midpoint(span.b.y)))
            .collect();
        for (i, (want, rect)) in self.rooms.iter().zip(boxes).enumerate() {
            if want.via.is_empty() {
                match self.doorway(want, rect, boxes) {
                    Some(place) => places.push(place),
                    None if self.through_public(i, want, rect, boxes) => {}
                    None => return None,
                }
            }
        }
        let free = FreeSpace::new(&[&shape.outline], &shape.holes);
        free.passes(WAY_MM, &places).then_some((price, further))
    }

    fn through_public(&self, room: usize, want: &Want, rect: &Rect, boxes: &[Rect]) -> bool {
        self.rooms
            .iter()
            .zip(boxes)
            .enumerate()
            .any(|(i, (other, at))| {
                i != room
                    && other.public
                    && other.via.is_empty()
                    && shared_wall(rect, at) >= want.frontage
            })
    }

    /// Where a door to the hall could be: on the floor of the hall before the middle of the
    /// longest piece of wall towards it.
    fn doorway(&self, want: &Want, rect: &Rect, boxes: &[Rect]) -> Option<Point> {
        let half = self.problem.wall / 2;
        let mut best: Option<(i64, Point)> = None;
        for side in 0..4 {
            let vertical = side % 2 == 0;
            let (from, to) = if vertical {
                (rect.y0, rect.y1)
            } else {
                (rect.x0, rect.x1)
            };
            let off = match side {
                0 => rect.x0 - half,
                1 => rect.y0 - half,
                2 => rect.x1 + half,
                _ => rect.y1 + half,
            };
            let outwards = if side < 2 { -1 } else { 1 };
            let mut start = from;
            let mut at = from;
            while at < to {
                let end = (at + GRID_MM).min(to);
                let (o0, o1) = (
                    off.min(off + outwards * STRIP_MM),
                    off.max(off + outwards * STRIP_MM),
                );
                let cell = if vertical {
                    Rect {
                        x0: o0,
                        x1: o1,
                        y0: at,
                        y1: end,
                    }
                } else {
                    Rect {
                        x0: at,
                        x1: end,
                        y0: o0,
                        y1: o1,
                    }
                };
                if self.free(&cell, boxes) * 10 < cell.area() * 9 {
                    start = end;
                } else if end - start >= want.frontage
                    && best.is_none_or(|(most, _)| end - start > most)
                {
                    let middle = start.midpoint(end);
                    let place = if vertical {
                        Point::new(off, middle)
                    } else {
                        Point::new(middle, off)
                    };
                    best = Some((end - start, place));
                }
                at = end;
            }
        }
        best.map(|(_, place)| place)
    }

    /// Shares out what no room has: the largest piece is the hall, the others are pockets.
    fn shared_out(&self, boxes: &[Rect]) -> Option<(i64, Vec<(usize, Rect)>)> {
        let mut pieces = self.pieces(boxes);
        let area = |piece: &[Rect]| piece.iter().map(|rect| self.floor(rect)).sum::<i64>();
        pieces.sort_by_key(|piece| std::cmp::Reverse(area(piece)));
        let mut price = 0;
        let mut further = Vec::new();
        let mut gains = vec![0; boxes.len()];
        for (number, piece) in pieces.iter().enumerate() {
            if number == 0 {
                further.extend(piece.iter().map(|rect| (boxes.len(), *rect)));
                continue;
            }
            let size = area(piece);
            if size < SLIVER_MM2 {
                continue;
            }
            let wall = |rect: &Rect| {
                piece
                    .iter()
                    .map(|part| shared_wall(rect, part))
                    .sum::<i64>()
            };
            let (room, beside) = boxes
                .iter()
                .enumerate()
                .map(|(i, rect)| (i, wall(rect)))
                .max_by_key(|(i, wall)| (*wall, std::cmp::Reverse(*i)))?;
            let want = self.rooms.get(room)?;
            let gain = gains.get_mut(room)?;
            *gain += size;
            // As large as the room itself it would be another one.
            let most = (want.area / 2).max(self.floor(boxes.get(room)?) * 2 / 5);
            if beside < GAP_MM / 2 || *gain > most {
                return None;
            }
            price += 1_000 + size / 1_000;
            further.extend(piece.iter().map(|rect| (room, *rect)));
        }
        Some((price, further))
    }

    /// The floor that no room has: for each piece its boxes, the largest first. Cut along all
    /// lines, so that each box is either floor or not, but for what slants.
    fn pieces(&self, boxes: &[Rect]) -> Vec<Vec<Rect>> {
        let lines = |axis: usize| {
            let ends = |rect: &Rect| {
                if axis == 0 {
                    [rect.x0, rect.x1]
                } else {
                    [rect.y0, rect.y1]
                }
            };
            let mut list: Vec<i64> = boxes
                .iter()
                .flat_map(ends)
                .chain(ends(&self.bounds))
                .collect();
            list.extend(self.lines.get(axis).into_iter().flatten());
            list.sort_unstable();
            list.dedup();
            list
        };
        let (xs, ys) = (lines(0), lines(1));
        // Rows of boxes, each as wide as floor goes on; those below of the same width join.
        let mut strips: Vec<Rect> = Vec::new();
        for (y0, y1) in ys.iter().zip(ys.iter().skip(1)) {
            let mut row: Vec<Rect> = Vec::new();
            for (x0, x1) in xs.iter().zip(xs.iter().skip(1)) {
                let cell = Rect {
                    x0: *x0,
                    y0: *y0,
                    x1: *x1,
                    y1: *y1,
                };
                if boxes.iter().any(|rect| rect.overlaps(&cell)) || self.floor(&cell) == 0 {
                    continue;
                }
                match row.last_mut().filter(|last| last.x1 == *x0) {
                    Some(last) => last.x1 = *x1,
                    None => row.push(cell),
                }
            }
            for strip in row {
                let above = strips
                    .iter_mut()
                    .find(|old| old.x0 == strip.x0 && old.x1 == strip.x1 && old.y1 == strip.y0);
                match above {
                    Some(above) => above.y1 = strip.y1,
                    None => strips.push(strip),
                }
            }
        }
        let mut pieces: Vec<Vec<Rect>> = Vec::new();
        while let Some(seed) = strips.pop() {
            let mut piece = vec![seed];
            let mut next = 0;
            while let Some(rect) = piece.get(next).copied() {
                next += 1;
                // Through less than a wall's width nobody walks.
                let (joined, apart) = strips
                    .iter()
                    .partition(|other| shared_wall(&rect, other) > self.problem.wall);
                strips = apart;
                piece.extend::<Vec<Rect>>(joined);
            }
            piece.sort_by_key(|rect| (-self.floor(rect), rect.y0, rect.x0));
            pieces.push(piece);
        }
        pieces
    }
}
