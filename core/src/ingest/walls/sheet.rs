//! The sheet around the drawing: its frame, and the title block that hangs on the frame.

use crate::error::Result;
use crate::ingest::sorting::sort;
use crate::plan::{Page, Point, Segment};
use crate::watch::Watch;

/// A frame line runs along most of the sheet...
const FRAME_SHARE: f64 = 0.6;

/// ...and close to its edge.
const FRAME_MARGIN: f64 = 0.12;

/// All lines of a frame along one edge are nearly as long as the longest: the wall of a plan that
/// comes near that edge is shorter.
const SAME_FRAME: f64 = 0.8;

/// Where a line runs along one edge only, it must be as long as this share of the sheet to part a
/// title block from the plan: without a frame, it may be a wall.
const ALONE_SHARE: f64 = 0.85;

/// How near an end must be to a line to hang on it, in points.
const TOUCH_PT: f64 = 1.0;

/// Pieces of one line are no farther apart, in points, along it and across.
const SAME_LINE_PT: f64 = 0.05;

/// Most lines that are followed from the frame inwards.
const MAX_FOLLOWED: usize = 4_000;

/// With more lines than this only the frame itself is taken away, to spare the memory.
const MAX_LINES: usize = 500_000;

/// Which of `lines` are the frame of the sheet or hang on it by their ends.
///
/// Walls stand free inside the frame. A drawing that has hardly anything else has no frame, and
/// nothing is marked.
///
/// # Errors
/// [`crate::error::ErrorKind::Cancelled`] when `watch` asks to stop.
pub(super) fn sheet_furniture(
    lines: &[Segment],
    page: &Page,
    watch: &dyn Watch,
) -> Result<Vec<bool>> {
    let mut is_sheet = frame(lines, page, watch)?;
    watch.check()?;
    let mut follow: Vec<usize> = positions(&is_sheet);
    if lines.len() > MAX_LINES {
        follow.clear();
    }
    let ends = Ends::new(if follow.is_empty() { &[] } else { lines }, watch)?;
    let mut followed = 0;
    while let Some(index) = follow.pop() {
        followed += 1;
        if followed > MAX_FOLLOWED {
            break;
        }
        if followed % 64 == 0 {
            watch.check()?;
        }
        let Some(line) = lines.get(index).copied() else {
            continue;
        };
        ends.on(&line, |other| {
            if let Some(flag) = is_sheet.get_mut(other)
                && !*flag
                && lines.get(other).is_some_and(is_upright)
            {
                *flag = true;
                follow.push(other);
            }
        });
    }
    watch.check()?;
    let length = |sheet: bool| -> f64 {
        let lines = lines.iter().zip(&is_sheet);
        lines
            .filter(|(_, is_sheet)| **is_sheet == sheet)
            .map(|(line, _)| line.length())
            .sum()
    };
    if length(false) < 0.15 * length(true) {
        return Ok(vec![false; lines.len()]);
    }
    Ok(is_sheet)
}

fn positions(flags: &[bool]) -> Vec<usize> {
    let set = flags.iter().enumerate().filter(|(_, flag)| **flag);
    set.map(|(index, _)| index).collect()
}

fn is_upright(line: &Segment) -> bool {
    (line.a.x - line.b.x).abs() < 0.1 || (line.a.y - line.b.y).abs() < 0.1
}

/// Which of `lines` are the frame.
fn frame(lines: &[Segment], page: &Page, watch: &dyn Watch) -> Result<Vec<bool>> {
    let lines = &whole(lines, page, watch)?;
    let sides: Vec<Option<Side>> = lines.iter().map(|line| side(line, page)).collect();
    let mut longest = [0.0_f64; 4];
    for (line, side) in lines.iter().zip(&sides) {
        if let Some(longest) = side.and_then(|side| longest.get_mut(side as usize)) {
            *longest = longest.max(line.length());
        }
    }
    let sides_found = longest.iter().filter(|longest| **longest > 0.0).count();
    let as_long = |line: &Segment, side: &Option<Side>| {
        let longest = side.and_then(|side| longest.get(side as usize));
        let whole = match side {
            Some(Side::Left | Side::Right) => page.height_pt,
            _ => page.width_pt,
        };
        longest.is_some_and(|longest| line.length() >= SAME_FRAME * longest)
            && (sides_found > 1 || line.length() >= ALONE_SHARE * whole)
    };
    Ok(lines
        .iter()
        .zip(&sides)
        .map(|(line, side)| as_long(line, side))
        .collect())
}

/// `lines`, with each piece of a line along an edge of the sheet replaced by the whole of it: some
/// programs write every line in short pieces.
fn whole(lines: &[Segment], page: &Page, watch: &dyn Watch) -> Result<Vec<Segment>> {
    let mut whole = lines.to_vec();
    for level in [true, false] {
        watch.check()?;
        let along = |point: Point| if level { point.x } else { point.y };
        let across = |point: Point| if level { point.y } else { point.x };
        let size = if level { page.height_pt } else { page.width_pt };
        let beside = FRAME_MARGIN * size;
        let mut pieces: Vec<(f64, f64, f64, usize)> = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let (at, off) = (across(line.a), (across(line.a) - across(line.b)).abs());
            if off < 0.1 && (at < beside || at > size - beside) {
                let (one, two) = (along(line.a), along(line.b));
                pieces.push((at, one.min(two), one.max(two), index));
            }
        }
        watch.check()?;
        pieces.sort_by(|one, two| one.0.total_cmp(&two.0));
        for line in pieces.chunk_by_mut(|one, two| two.0 - one.0 < SAME_LINE_PT) {
            watch.check()?;
            line.sort_by(|one, two| one.1.total_cmp(&two.1).then(one.3.cmp(&two.3)));
            let mut rest = &*line;
            while let Some(&(at, from, mut to, _)) = rest.first() {
                let joins = |piece: &&(f64, f64, f64, usize)| {
                    let joins = piece.1 <= to + SAME_LINE_PT;
                    to = if joins { to.max(piece.2) } else { to };
                    joins
                };
                let count = rest.iter().take_while(joins).count().max(1);
                let (run, after) = rest.split_at(count);
                rest = after;
                let end = |along: f64| {
                    if level {
                        Point::new(along, at)
                    } else {
                        Point::new(at, along)
                    }
                };
                for (_, _, _, index) in run {
                    if let Some(line) = whole.get_mut(*index) {
                        *line = Segment::new(end(from), end(to));
                    }
                }
            }
        }
    }
    Ok(whole)
}

/// An edge of the sheet.
#[derive(Debug, Clone, Copy)]
enum Side {
    Left,
    Right,
    Top,
    Bottom,
}

/// The edge of the sheet that `line` runs along, as a line of the frame does.
fn side(line: &Segment, page: &Page) -> Option<Side> {
    let (width, height) = (page.width_pt, page.height_pt);
    let (dx, dy) = ((line.a.x - line.b.x).abs(), (line.a.y - line.b.y).abs());
    let near = |at: f64, size: f64, [one, two]: [Side; 2]| {
        if at < FRAME_MARGIN * size {
            Some(one)
        } else if at > (1.0 - FRAME_MARGIN) * size {
            Some(two)
        } else {
            None
        }
    };
    if dy < 0.1 && dx > FRAME_SHARE * width {
        near(line.a.y, height, [Side::Top, Side::Bottom])
    } else if dx < 0.1 && dy > FRAME_SHARE * height {
        near(line.a.x, width, [Side::Left, Side::Right])
    } else {
        None
    }
}

/// The ends of all upright segments, sorted both ways, to find those on an upright line quickly.
struct Ends {
    by_x: Vec<(f64, f64, usize)>,
    by_y: Vec<(f64, f64, usize)>,
}

impl Ends {
    fn new(lines: &[Segment], watch: &dyn Watch) -> Result<Ends> {
        let ends = |key: fn(Point) -> (f64, f64)| -> Result<Vec<(f64, f64, usize)>> {
            let mut sorted: Vec<(f64, f64, usize)> = lines
                .iter()
                .enumerate()
                .filter(|(_, line)| is_upright(line))
                .flat_map(|(index, line)| [(line.a, index), (line.b, index)])
                .map(|(end, index)| (key(end).0, key(end).1, index))
                .collect();
            let order = |one: &(f64, f64, usize), two: &(f64, f64, usize)| {
                one.0.total_cmp(&two.0).then(one.2.cmp(&two.2))
            };
            sort(&mut sorted, watch, order)?;
            Ok(sorted)
        };
        Ok(Ends {
            by_x: ends(|end| (end.x, end.y))?,
            by_y: ends(|end| (end.y, end.x))?,
        })
    }

    /// Calls `found` with each segment that has an end on the upright `line`.
    fn on(&self, line: &Segment, mut found: impl FnMut(usize)) {
        let vertical = (line.a.x - line.b.x).abs() < 0.1;
        let (sorted, at, from, to) = if vertical {
            (&self.by_x, line.a.x, line.a.y, line.b.y)
        } else {
            (&self.by_y, line.a.y, line.a.x, line.b.x)
        };
        let (low, high) = (from.min(to) - TOUCH_PT, from.max(to) + TOUCH_PT);
        let start = sorted.partition_point(|end| end.0 < at - TOUCH_PT);
        for &(key, along, index) in sorted.get(start..).unwrap_or_default() {
            if key > at + TOUCH_PT {
                break;
            }
            if along >= low && along <= high {
                found(index);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;

    #[test]
    fn a_frame_in_short_pieces_is_one() {
        let page = Page {
            index: 0,
            width_pt: 800.0,
            height_pt: 600.0,
            user_to_display: crate::plan::Matrix::IDENTITY,
        };
        let piece = |n: u32, gap: f64| {
            let x = 20.0 + 15.2 * f64::from(n);
            Segment::new(Point::new(x, 20.0), Point::new(x + 15.2 - gap, 20.0))
        };
        let walls = (0..20).map(|n| {
            let y = 100.0 + 20.0 * f64::from(n);
            Segment::new(Point::new(100.0, y), Point::new(700.0, y))
        });
        let marked = |gap: f64| {
            let edges = (0..50).map(|n| piece(n, gap));
            // The frame goes down on the left as well, in one line.
            let left = Segment::new(Point::new(20.0, 20.0), Point::new(20.0, 580.0));
            let lines: Vec<Segment> = edges.chain([left]).chain(walls.clone()).collect();
            let flags = sheet_furniture(&lines, &page, &Unwatched).unwrap();
            flags.iter().filter(|flag| **flag).count()
        };
        assert_eq!(marked(0.0), 51);
        // Dashes are no frame, but one of them hangs on it.
        assert_eq!(marked(4.0), 2);
    }
}
