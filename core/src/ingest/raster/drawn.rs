//! Traced lines as a drawing: thin ones as strokes, solid bars as filled areas.

use super::pens::pens;
use crate::ingest::drawing::{Colour, Drawing, Paint, Stroke};
use crate::plan::{Page, Point, Segment};

/// A traced line on the sheet laid straight, in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traced {
    /// Its centre line, up to the centre lines that it was drawn to.
    pub(super) line: Segment,
    /// The same as far as its ink goes.
    pub(super) ink: Segment,
    pub(super) thickness: f64,
    pub(super) dashed: bool,
    /// Whether darker outlines run along both sides of it: two faces and what is between them.
    pub(super) outlined: bool,
}

/// A bar is so many times as thick as the thin lines of its page.
const BAR: f64 = 2.2;

/// Bars thinner than this are heavy lines, in points: walls are hardly drawn thinner.
const THINNEST_BAR_PT: f64 = 1.5;

/// The thin lines of a page are hardly thicker than this, in points, also where it shows nothing
/// but walls.
const THICKEST_THIN_PT: f64 = 1.0;

/// Most lines of one pen that are compared with each other; the longest are enough.
const MAX_COMPARED: usize = 1_500;

/// Two faces are at most so far apart, in points: a wall of 80 cm at 1:75.
const FACES_APART_PT: f64 = 30.0;

/// A pen draws faces if this share of its lines has a partner.
const PAIRED: f64 = 0.45;

/// Draws `lines`, whose thickness is known to about `blur` points.
pub(super) fn drawing(lines: &[Traced], page: &Page, blur: f64) -> Drawing {
    let widths = widths(lines, blur);
    let thin = thin_pen(&widths, lines).min(THICKEST_THIN_PT);
    let sheet = sheet_lines(lines, page);
    let mut kinds: Vec<(f64, bool)> = Vec::new();
    let mut drawing = Drawing::default();
    for ((line, &width), &is_sheet) in lines.iter().zip(&widths).zip(&sheet) {
        let known = kinds
            .iter()
            .find(|kind| kind.0.to_bits() == width.to_bits());
        let is_bar = match known {
            Some(kind) => kind.1,
            None => {
                let solid = width >= (BAR * thin + blur).max(THINNEST_BAR_PT)
                    && !draws_faces(lines, &widths, &sheet, width);
                kinds.push((width, solid));
                solid
            }
        };
        // No pen draws two faces at once.
        let is_bar = is_bar || (line.outlined && width >= THINNEST_BAR_PT);
        if is_bar && !is_sheet {
            fill(&mut drawing, line);
        } else {
            stroke(&mut drawing, line, width);
        }
    }
    drawing
}

/// The usual thickness of the pen of each line. Those with outlines were drawn with none, but are
/// walls of a few thicknesses.
fn widths(lines: &[Traced], blur: f64) -> Vec<f64> {
    let of = |outlined: bool| {
        let own = lines.iter().filter(move |line| line.outlined == outlined);
        let measured: Vec<(f64, f64)> = own
            .map(|line| (line.thickness, line.line.length()))
            .collect();
        pens(&measured, blur).into_iter()
    };
    let (mut drawn, mut outlined) = (of(false), of(true));
    lines
        .iter()
        .map(|line| {
            let own = if line.outlined {
                &mut outlined
            } else {
                &mut drawn
            };
            own.next().unwrap_or(line.thickness)
        })
        .collect()
}

/// The width below which a quarter of the lines' length lies.
fn thin_pen(widths: &[f64], lines: &[Traced]) -> f64 {
    let mut sorted: Vec<(f64, f64)> = widths
        .iter()
        .zip(lines)
        .map(|(&width, line)| (width, line.line.length()))
        .collect();
    sorted.sort_by(|one, two| one.0.total_cmp(&two.0));
    let quarter = 0.25 * sorted.iter().map(|line| line.1).sum::<f64>();
    let mut passed = 0.0;
    for (width, length) in sorted {
        passed += length;
        if passed >= quarter {
            return width;
        }
    }
    0.0
}

/// Whether the lines of one pen mostly run in pairs: then they are the faces of walls, and no
/// walls themselves.
fn draws_faces(lines: &[Traced], widths: &[f64], sheet: &[bool], width: f64) -> bool {
    let mut own: Vec<Segment> = lines
        .iter()
        .zip(widths)
        .zip(sheet)
        .filter(|((_, own), sheet)| own.to_bits() == width.to_bits() && !**sheet)
        .map(|((line, _), _)| line.line)
        .collect();
    own.sort_by(|one, two| two.length().total_cmp(&one.length()));
    own.truncate(MAX_COMPARED);
    let total: f64 = own.iter().map(|line| line.length()).sum();
    let paired: f64 = own
        .iter()
        .map(|line| {
            let beside: f64 = own
                .iter()
                .filter_map(|other| facing(line, other, width))
                .sum();
            beside.min(line.length())
        })
        .sum();
    paired > PAIRED * total
}

/// The length along which `other` runs beside `line` as the other face of a wall would.
fn facing(line: &Segment, other: &Segment, width: f64) -> Option<f64> {
    let length = line.length().max(1e-9);
    let (ux, uy) = (
        (line.b.x - line.a.x) / length,
        (line.b.y - line.a.y) / length,
    );
    let place = |point: Point| {
        let (x, y) = (point.x - line.a.x, point.y - line.a.y);
        (x * ux + y * uy, y * ux - x * uy)
    };
    let ((from, one), (to, two)) = (place(other.a), place(other.b));
    // Parallel lines keep their distance.
    if (one - two).abs() > 0.02 * other.length() + 0.3 {
        return None;
    }
    let apart = ((one + two) / 2.0).abs();
    if apart < 1.3 * width || apart > FACES_APART_PT {
        return None;
    }
    let common = from.max(to).min(length) - from.min(to).max(0.0);
    (common > 0.0).then_some(common)
}

/// A frame line runs along most of the sheet, close to its edge.
const FRAME_SHARE: f64 = 0.6;
const FRAME_MARGIN: f64 = 0.12;

/// How near an end must be to a line to hang on it, in points, beside half its thickness.
const TOUCH_PT: f64 = 1.5;

/// Most lines that are followed from the frame inwards.
const MAX_FOLLOWED: usize = 1_000;

/// Which lines are the frame of the sheet, or hang on it by their ends as title blocks do: walls
/// stand free inside of it.
fn sheet_lines(lines: &[Traced], page: &Page) -> Vec<bool> {
    let mut is_sheet: Vec<bool> = lines
        .iter()
        .map(|line| is_frame(&line.line, page))
        .collect();
    let mut follow: Vec<usize> = positions(&is_sheet);
    let mut followed = 0;
    while let Some(index) = follow.pop() {
        followed += 1;
        let Some(frame) = lines.get(index).filter(|_| followed <= MAX_FOLLOWED) else {
            break;
        };
        for (other, flag) in lines.iter().zip(is_sheet.iter_mut().enumerate()) {
            let reach = frame.thickness / 2.0 + TOUCH_PT;
            let hangs = |end: Point| frame.line.distance_to(end) <= reach;
            if !*flag.1
                && is_upright(&other.line)
                && other.line.length() > 4.0 * other.thickness
                && (hangs(other.line.a) || hangs(other.line.b))
            {
                *flag.1 = true;
                follow.push(flag.0);
            }
        }
    }
    is_sheet
}

fn positions(flags: &[bool]) -> Vec<usize> {
    let set = flags.iter().enumerate().filter(|(_, flag)| **flag);
    set.map(|(index, _)| index).collect()
}

fn is_upright(line: &Segment) -> bool {
    let (dx, dy) = ((line.a.x - line.b.x).abs(), (line.a.y - line.b.y).abs());
    dx.min(dy) < 0.005 * dx.max(dy) + 0.2
}

fn is_frame(line: &Segment, page: &Page) -> bool {
    let (width, height) = (page.width_pt, page.height_pt);
    let near_edge =
        |at: f64, size: f64| at < FRAME_MARGIN * size || at > (1.0 - FRAME_MARGIN) * size;
    let (dx, dy) = ((line.a.x - line.b.x).abs(), (line.a.y - line.b.y).abs());
    is_upright(line)
        && ((dx > FRAME_SHARE * width && near_edge(line.a.y, height))
            || (dy > FRAME_SHARE * height && near_edge(line.a.x, width)))
}

fn stroke(drawing: &mut Drawing, traced: &Traced, width_pt: f64) {
    let path = drawing.begin_path();
    let Segment { a, b } = traced.line;
    drawing.push_subpath(&[a, b], false, false);
    let stroke = Stroke {
        width_pt,
        colour: Colour::BLACK,
        dashed: traced.dashed,
    };
    drawing.end_path(
        path,
        Paint {
            stroke: Some(stroke),
            fill: None,
            even_odd: false,
        },
    );
}

fn fill(drawing: &mut Drawing, bar: &Traced) {
    let Segment { a, b } = bar.ink;
    let half = bar.thickness / 2.0 / bar.ink.length().max(1e-9);
    let (x, y) = ((b.y - a.y) * half, (a.x - b.x) * half);
    let corners = [
        Point::new(a.x + x, a.y + y),
        Point::new(b.x + x, b.y + y),
        Point::new(b.x - x, b.y - y),
        Point::new(a.x - x, a.y - y),
    ];
    let path = drawing.begin_path();
    drawing.push_subpath(&corners, true, false);
    drawing.end_path(
        path,
        Paint {
            stroke: None,
            fill: Some(Colour::BLACK),
            even_odd: false,
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        Page {
            index: 0,
            width_pt: 800.0,
            height_pt: 600.0,
            user_to_display: crate::plan::Matrix::IDENTITY,
        }
    }

    fn traced(x0: f64, y0: f64, x1: f64, y1: f64, thickness: f64) -> Traced {
        let line = Segment::new(Point::new(x0, y0), Point::new(x1, y1));
        Traced {
            line,
            ink: line,
            thickness,
            dashed: false,
            outlined: false,
        }
    }

    fn fills(lines: &[Traced]) -> usize {
        let drawing = drawing(lines, &page(), 0.2);
        let fills = drawing.paths().filter(|path| path.paint().fill.is_some());
        fills.count()
    }

    #[test]
    fn bars_are_filled_unless_they_run_in_pairs_or_frame_the_sheet() {
        let mut lines = vec![
            traced(200.0, 150.0, 600.0, 150.0, 0.4),
            traced(200.0, 450.0, 600.0, 450.0, 0.4),
            traced(200.0, 200.0, 600.0, 200.0, 6.0),
            traced(200.0, 400.0, 600.0, 400.0, 6.0),
            // The frame, and a title block that hangs on it.
            traced(20.0, 20.0, 780.0, 20.0, 6.0),
            traced(650.0, 20.0, 650.0, 120.0, 6.0),
        ];
        assert_eq!(fills(&lines), 2);
        lines.push(traced(200.0, 215.0, 600.0, 215.0, 6.0));
        lines.push(traced(200.0, 385.0, 600.0, 385.0, 6.0));
        assert_eq!(fills(&lines), 0);
    }

    #[test]
    fn a_bar_between_outlines_is_filled_though_it_is_no_thicker_than_a_pen() {
        let mut lines = vec![
            traced(200.0, 150.0, 600.0, 150.0, 0.9),
            traced(200.0, 450.0, 600.0, 450.0, 0.9),
            traced(200.0, 250.0, 600.0, 250.0, 1.8),
        ];
        assert_eq!(fills(&lines), 0);
        lines[2].outlined = true;
        assert_eq!(fills(&lines), 1);
        lines[2].thickness = 1.2;
        assert_eq!(fills(&lines), 0);
    }
}
