//! Lines that are written in pieces, as some programs and plotters part them at any place.

use crate::error::Result;
use crate::plan::{Point, Segment};
use crate::watch::Watch;

use super::sticks::unit;

/// Pieces of one line turn by less than this, as a sine...
const STRAIGHT: f64 = 0.02;

/// ...and meet so near to it, in points: where they do is rounded to the units of the program.
const ON_LINE_PT: f64 = 0.05;

/// On a page with more lines than this nothing is joined: it is no plan, and would take long.
const MOST_LINES: usize = 100_000;

/// Parts of a point within which ends are written at one place: they are the same numbers.
const PER_POINT: f64 = 100.0;

/// The lines of at most `longest` points that the `lines` make which go on into one another, where
/// no third line ends. At a jamb one does, so that faces and sills stay apart.
pub(super) fn joined(lines: &[Segment], longest: f64, watch: &dyn Watch) -> Result<Vec<Segment>> {
    if lines.len() > MOST_LINES {
        return Ok(Vec::new());
    }
    let mut ends: Vec<((i64, i64), usize)> = Vec::with_capacity(2 * lines.len());
    for (number, line) in lines.iter().enumerate() {
        ends.extend([(place(line.a), number), (place(line.b), number)]);
    }
    watch.check()?;
    ends.sort_unstable();
    let mut next: Vec<[Option<usize>; 2]> = vec![[None; 2]; lines.len()];
    let mut any = false;
    for here in ends.chunk_by(|one, two| one.0 == two.0) {
        let &[(at, one), (_, two)] = here else {
            continue;
        };
        if let (Some(first), Some(second)) = (lines.get(one), lines.get(two))
            && one != two
            && goes_on(*first, *second)
        {
            for (own, line, other) in [(one, first, two), (two, second, one)] {
                let side = usize::from(place(line.b) == at);
                if let Some(slot) = next.get_mut(own).and_then(|sides| sides.get_mut(side)) {
                    *slot = Some(other);
                    any = true;
                }
            }
        }
    }
    if !any {
        return Ok(Vec::new());
    }
    watch.check()?;
    Ok(chains(lines, &next, longest))
}

/// The chains of `lines` by what each goes on into at its two ends.
fn chains(lines: &[Segment], next: &[[Option<usize>; 2]], longest: f64) -> Vec<Segment> {
    let mut used = vec![false; lines.len()];
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        // From the ends of chains only; what has none is no line.
        let side = match next.get(start) {
            Some([None, Some(_)]) => 1,
            Some([Some(_), None]) => 0,
            _ => continue,
        };
        if used.get(start).copied().unwrap_or(true) {
            continue;
        }
        let first = if side == 1 { line.a } else { line.b };
        let (mut at, mut side, mut last) = (start, side, first);
        loop {
            if let Some(flag) = used.get_mut(at) {
                *flag = true;
            }
            let Some(own) = lines.get(at) else { break };
            last = if side == 1 { own.b } else { own.a };
            let Some(following) = next.get(at).and_then(|sides| sides[side]) else {
                break;
            };
            let Some(other) = lines.get(following) else {
                break;
            };
            side = usize::from(place(other.a) == place(last));
            at = following;
            if used.get(at).copied().unwrap_or(true) {
                break;
            }
        }
        let whole = Segment::new(first, last);
        if whole.length() <= longest {
            found.push(whole);
        }
    }
    found
}

/// Whether two lines that meet are one, and not one over the other.
fn goes_on(one: Segment, two: Segment) -> bool {
    let ((dx, dy), (ex, ey)) = (unit(one), unit(two));
    let same = dx * ex + dy * ey > 0.0;
    // Written in one direction they meet end to start, and start to start otherwise.
    let end_to_start = place(one.b) == place(two.a) || place(one.a) == place(two.b);
    let turn = (dx * ey - dy * ex).abs();
    // How far the place where they meet is off the line from end to end.
    let off = turn * one.length() * two.length() / (one.length() + two.length()).max(1e-9);
    turn <= STRAIGHT && off <= ON_LINE_PT && same == end_to_start
}

#[expect(clippy::cast_possible_truncation, reason = "places on a page")]
fn place(point: Point) -> (i64, i64) {
    let whole = |value: f64| (PER_POINT * value).round() as i64;
    (whole(point.x), whole(point.y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;

    fn line(x0: f64, y0: f64, x1: f64, y1: f64) -> Segment {
        Segment::new(Point::new(x0, y0), Point::new(x1, y1))
    }

    #[test]
    fn pieces_are_joined_whichever_way_they_are_written() {
        let pieces = [
            line(10.0, 5.0, 0.0, 5.0),
            line(40.0, 5.0, 20.0, 5.0),
            line(10.0, 5.0, 20.0, 5.0),
        ];
        let whole = joined(&pieces, 100.0, &Unwatched).unwrap();
        assert_eq!(whole, [line(0.0, 5.0, 40.0, 5.0)]);
        assert_eq!(joined(&pieces, 30.0, &Unwatched).unwrap(), []);
    }

    #[test]
    fn where_pieces_meet_may_be_rounded() {
        let pieces = |off: f64| {
            [
                line(0.0, 5.0, 8.0, 5.0 + off),
                line(8.0, 5.0 + off, 20.0, 5.0),
            ]
        };
        assert_eq!(
            joined(&pieces(0.04), 100.0, &Unwatched).unwrap(),
            [line(0.0, 5.0, 20.0, 5.0)]
        );
        assert_eq!(joined(&pieces(0.1), 100.0, &Unwatched).unwrap(), []);
    }

    #[test]
    fn where_a_third_line_ends_or_a_corner_is_nothing_is_joined() {
        let jamb = [
            line(0.0, 5.0, 10.0, 5.0),
            line(10.0, 5.0, 20.0, 5.0),
            line(10.0, 5.0, 10.0, 9.0),
        ];
        assert_eq!(joined(&jamb, 100.0, &Unwatched).unwrap(), []);
        let corner = [line(0.0, 5.0, 10.0, 5.0), line(10.0, 5.0, 10.0, 9.0)];
        assert_eq!(joined(&corner, 100.0, &Unwatched).unwrap(), []);
        let doubled = [line(0.0, 5.0, 10.0, 5.0), line(10.0, 5.0, 4.0, 5.0)];
        assert_eq!(joined(&doubled, 100.0, &Unwatched).unwrap(), []);
    }
}
