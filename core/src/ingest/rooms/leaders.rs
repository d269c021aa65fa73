//! Labels beside the plan, with a line that leads from them into their room.
//!
//! A room too small for its name has it outside, and a *leader*: a line, straight or bent, from
//! the text to a point inside the room.

use crate::error::Result;
use crate::ingest::cells::Cells;
use crate::ingest::drawing::Drawing;
use crate::plan::{Point, Rect, Segment};
use crate::watch::Watch;

use super::Shape;
use super::labels::{self, Label};
use super::text_lines::{Text, groups};

/// A leader begins within this many heights of type from the label.
const BESIDE: f64 = 1.3;

/// Pieces that a leader is drawn in, at most: a shoulder, two legs and a hook.
const MOST_PIECES: usize = 4;

/// Ends that are nearer to each other, in points, touch.
const TOUCH_PT: f64 = 0.15;

/// Gives the labels among `outside` to the rooms without a name that their leaders end in.
pub(super) fn follow(
    shapes: &[Shape],
    labels: &mut [Label],
    outside: &[&Text],
    usual: Option<f64>,
    drawing: &Drawing,
    watch: &dyn Watch,
) -> Result<()> {
    let groups = groups(outside);
    if groups.is_empty() {
        return Ok(());
    }
    watch.check()?;
    let pieces = Pieces::of(drawing, watch)?;
    let mut parts: Vec<Vec<&Text>> = Vec::with_capacity(groups.len());
    for (count, lines) in groups.into_iter().enumerate() {
        if count % 64 == 0 {
            watch.check()?;
        }
        parts.extend(parted(lines, shapes, &pieces));
    }
    let candidates: Vec<(Label, Rect, f64)> = parts
        .into_iter()
        .filter_map(|lines| {
            let label = labels::read(&lines, usual, &|_| true);
            let height = lines.iter().map(|text| text.height).fold(0.0, f64::max);
            let boxes = lines.iter().map(|text| text.bounds());
            let bounds = boxes.collect::<Option<Vec<Rect>>>()?;
            let bounds = bounds.iter().fold(Rect::EMPTY, |all, one| all.union(one));
            label.name.is_some().then_some((label, bounds, height))
        })
        .collect();
    for (count, (label, bounds, height)) in candidates.into_iter().enumerate() {
        if count % 64 == 0 {
            watch.check()?;
        }
        let tips = pieces.leading_from(&bounds.grown(BESIDE * height));
        let mut rooms: Vec<usize> = tips
            .into_iter()
            .filter_map(|tip| shapes.iter().position(|shape| shape.holds(tip)))
            .filter(|&room| labels.get(room).is_some_and(Label::lacks_name))
            .collect();
        rooms.sort_unstable();
        rooms.dedup();
        // One that leads into several rooms is a dimension or a grid line that passes by.
        if let &[room] = rooms.as_slice()
            && let Some(own) = labels.get_mut(room)
            && !(own.is_number && label.is_number)
        {
            *own = label;
        }
    }
    Ok(())
}

/// A leader that begins at one line of a label, and not at the one above or below, begins within
/// this many heights of type above and below it.
const LEVEL: f64 = 0.4;

/// Takes labels apart that are set closely one below the other: each has a leader of its own,
/// at its first line or at its last.
fn parted<'a>(lines: Vec<&'a Text>, shapes: &[Shape], pieces: &Pieces) -> Vec<Vec<&'a Text>> {
    if lines.len() < 2 {
        return vec![lines];
    }
    let leads = |text: &&Text| -> Option<usize> {
        let (aside, level) = (BESIDE * text.height, LEVEL * text.height);
        let bounds = text.bounds()?;
        let place = Rect::between(
            Point::new(bounds.x0 - aside, bounds.y0 - level),
            Point::new(bounds.x1 + aside, bounds.y1 + level),
        );
        let tips = pieces.leading_from(&place).into_iter();
        let mut rooms = tips.filter_map(|tip| shapes.iter().position(|shape| shape.holds(tip)));
        let first = rooms.next()?;
        rooms.all(|room| room == first).then_some(first)
    };
    let led: Vec<bool> = lines.iter().map(|text| leads(text).is_some()).collect();
    if led.iter().filter(|led| **led).count() < 2 {
        return vec![lines];
    }
    let at_first = led.first() == Some(&true);
    let mut parts: Vec<Vec<&Text>> = Vec::new();
    let mut begins = true;
    for (text, led) in lines.into_iter().zip(led) {
        match parts.last_mut() {
            Some(part) if !(begins || at_first && led) => part.push(text),
            _ => parts.push(vec![text]),
        }
        begins = !at_first && led;
    }
    parts
}

/// The straight strokes of a drawing, to follow them from end to end.
struct Pieces {
    lines: Vec<Segment>,
    cells: Cells,
}

impl Pieces {
    fn of(drawing: &Drawing, watch: &dyn Watch) -> Result<Pieces> {
        let strokes = drawing.paths().filter(|path| {
            path.paint().fill.is_none() && path.paint().stroke.is_some_and(|pen| !pen.dashed)
        });
        let lines: Vec<Segment> = strokes
            .flat_map(|path| {
                path.subpaths()
                    .filter(|subpath| !subpath.curved)
                    .collect::<Vec<_>>()
            })
            .flat_map(|subpath| subpath.segments().collect::<Vec<_>>())
            .filter(|line| line.length() > 2.0 * TOUCH_PT)
            .collect();
        let cells = Cells::watched(&lines, watch)?;
        Ok(Pieces { lines, cells })
    }

    /// The far ends of all lines that have one end in `place` and go on outside of it.
    fn leading_from(&self, place: &Rect) -> Vec<Point> {
        let middle = Point::new(0.5 * (place.x0 + place.x1), 0.5 * (place.y0 + place.y1));
        let margin = 0.5 * place.diagonal();
        let mut tips = Vec::new();
        for index in self.cells.near(middle, margin) {
            let Some(line) = self.lines.get(index) else {
                continue;
            };
            for (near, far) in [(line.a, line.b), (line.b, line.a)] {
                if place.contains(near) && !place.contains(far) {
                    tips.push(self.followed(index, far));
                }
            }
        }
        tips
    }

    /// Where the line from piece `first` on ends that goes on at `end`.
    fn followed(&self, first: usize, end: Point) -> Point {
        let (mut last, mut end) = (first, end);
        for _ in 1..MOST_PIECES {
            let touching = self.cells.near(end, TOUCH_PT).into_iter();
            let mut next = touching.filter(|&index| index != last).filter_map(|index| {
                let line = self.lines.get(index)?;
                let far = if line.a.distance(end) <= TOUCH_PT {
                    line.b
                } else if line.b.distance(end) <= TOUCH_PT {
                    line.a
                } else {
                    return None;
                };
                Some((index, far))
            });
            let (Some((index, far)), None) = (next.next(), next.next()) else {
                break;
            };
            (last, end) = (index, far);
        }
        end
    }
}
