//! Faces of walls of which a coarse scan in two tones has left only dots.
//!
//! A thin line may fall between two rows of pixels, and then most of it is white. Where one face
//! of a wall is there and no partner, the dots at the distance of the walls that the page shows
//! elsewhere are counted: a lost face leaves far more of them on one row than chance does.

use super::gray::Gray;
use super::lines::Line;
use super::strips::Rule;

/// The distances between the faces of the page's walls, in pixels, the commonest first.
pub(super) type Types = Vec<f64>;

/// Faces are at most so far apart, as a share of the plane's longer side.
const WIDEST: f64 = 0.04;

/// The frame of a sheet is longer than so many of these distances.
const FRAME: f64 = 15.0;

/// A type of wall has this share of the length of all pairs.
const TYPE_SHARE: f64 = 0.1;

/// Shortest line that may be the face of a wall, in shortest runs.
const LONG: f64 = 2.0;

/// The fewest dots that make a line, and how many for a given length.
const FEWEST_DOTS: usize = 4;
const DOTS_PER_PX: f64 = 0.02;

/// How many times the dots of a lost face outnumber those of the rows around it.
const OUTNUMBERED: f64 = 3.0;

/// Gaps between the dots of one face, in shortest runs.
const LONGEST_GAP: f64 = 4.0;

/// Finds the usual distances between parallel lines of both directions.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "distances of a few pixels"
)]
pub(super) fn wall_types(plane: &Gray, groups: [&[Line]; 2], rule: &Rule) -> Types {
    let widest = WIDEST * plane.width.max(plane.height) as f64;
    let mut votes = vec![0.0; widest as usize + 2];
    for lines in groups {
        for (line, other) in pairs(lines, widest) {
            let common = line.to.min(other.to) - line.from.max(other.from);
            let apart = other.across - line.across;
            // Lines closer than this are those of a window, longer ones the frame of the sheet.
            if common >= LONG * rule.shortest as f64
                && apart >= 4.0
                && line.length().max(other.length()) < FRAME * widest
                && let Some(vote) = votes.get_mut(apart.round() as usize)
            {
                *vote += common;
            }
        }
    }
    let near = |at: usize| -> f64 {
        votes
            .get(at.saturating_sub(1)..=at + 1)
            .unwrap_or_default()
            .iter()
            .sum()
    };
    let total: f64 = votes.iter().sum();
    let mut types: Vec<(f64, f64)> = Vec::new();
    for at in 2..votes.len().saturating_sub(1) {
        let here = votes.get(at).copied().unwrap_or(0.0);
        let beside = [at - 1, at + 1].map(|at| votes.get(at).copied().unwrap_or(0.0));
        if here > 0.0 && here >= beside[0] && here > beside[1] && near(at) >= TYPE_SHARE * total {
            let mean =
                ((at - 1) as f64 * beside[0] + at as f64 * here + (at + 1) as f64 * beside[1])
                    / near(at);
            types.push((mean, near(at)));
        }
    }
    types.sort_by(|one, two| two.1.total_cmp(&one.1));
    types.into_iter().map(|kind| kind.0).collect()
}

/// Neighbouring lines at most `widest` apart, the upper one first.
fn pairs(lines: &[Line], widest: f64) -> Vec<(&Line, &Line)> {
    let mut sorted: Vec<&Line> = lines.iter().filter(|line| !line.dashed).collect();
    sorted.sort_by(|one, two| one.across.total_cmp(&two.across));
    let mut found = Vec::new();
    for (index, line) in sorted.iter().enumerate() {
        let below = sorted.iter().skip(index + 1).take(64);
        // Only the nearest one: beyond it lies another wall, or a room.
        let nearest = below
            .take_while(|other| other.across - line.across <= widest)
            .find(|other| {
                let common = other.to.min(line.to) - other.from.max(line.from);
                common > 0.5 * line.length().min(other.length())
            });
        found.extend(nearest.map(|other| (*line, *other)));
    }
    found
}

/// Thin lines of which a scan shows less than this share have lost whole stretches.
const WHOLE: f64 = 0.93;

/// Whether thin lines of `lines` are so broken that whole ones may be lost.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "rows and columns of a plane"
)]
pub(super) fn loses_lines(plane: &Gray, lines: &[Line]) -> bool {
    let (mut inked, mut total) = (0_usize, 0_usize);
    for line in lines.iter().filter(|line| line.thickness <= THIN_PX) {
        let columns = line.from.max(0.0) as usize..line.to.max(0.0) as usize;
        let row = line.across.max(0.0) as usize;
        total += columns.len();
        let rows: Vec<&[u8]> = (row.saturating_sub(1)..=row + 1)
            .map(|y| plane.row(y))
            .collect();
        inked += columns
            .filter(|&x| {
                rows.iter()
                    .any(|row| row.get(x).is_some_and(|&ink| ink >= INKED))
            })
            .count();
    }
    (inked as f64) < WHOLE * total as f64
}

/// Thicker lines are not lost between two rows, in pixels.
const THIN_PX: f64 = 4.0;

/// From this darkness on a pixel is a dot.
const INKED: u8 = 128;

/// The lost partners of `lines`.
pub(super) fn lost_faces(plane: &Gray, lines: &[Line], types: &Types, rule: &Rule) -> Vec<Line> {
    let mut found: Vec<Line> = Vec::new();
    for line in lines {
        if line.length() < LONG * rule.shortest as f64 || line.dashed || line.thickness > THIN_PX {
            continue;
        }
        let has_partner = |apart: f64| {
            let beside: f64 = lines
                .iter()
                .filter(|other| (other.across - line.across - apart).abs() <= 1.5)
                .map(|other| (other.to.min(line.to) - other.from.max(line.from)).max(0.0))
                .sum();
            beside > 0.4 * line.length()
        };
        let offsets: Vec<f64> = types.iter().flat_map(|&apart| [apart, -apart]).collect();
        if offsets.iter().any(|&apart| has_partner(apart)) {
            continue;
        }
        // A grid line may run half-way between two faces, so the wider wall goes first.
        let mut offsets = offsets;
        offsets.sort_by(|one, two| two.abs().total_cmp(&one.abs()));
        let best = offsets
            .iter()
            .find_map(|&apart| face_at(plane, line, apart, rule));
        found.extend(best);
    }
    found
}

/// The face at the distance `apart` from `line`, if enough of it is left.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "rows and columns of a plane"
)]
fn face_at(plane: &Gray, line: &Line, apart: f64, rule: &Rule) -> Option<Line> {
    let (from, to) = (line.from.max(0.0) as usize, line.to.max(0.0) as usize);
    let row = (line.across + apart).floor() as i64;
    let dots = |row: i64| -> Vec<usize> {
        let Ok(y) = usize::try_from(row) else {
            return Vec::new();
        };
        let pixels = plane.row(y).get(from..to.min(plane.width));
        let inked = pixels.unwrap_or_default().iter().enumerate();
        inked
            .filter(|(_, ink)| **ink >= INKED)
            .map(|(x, _)| from + x)
            .collect()
    };
    let (own, count) = [row, row - 1, row + 1]
        .into_iter()
        .map(|row| (row, dots(row).len()))
        .reduce(|best, other| if other.1 > best.1 { other } else { best })?;
    // What crosses leaves as many dots on the rows beside it.
    let beside: usize = [own - 3, own - 2, own + 2, own + 3]
        .into_iter()
        .map(|row| dots(row).len())
        .sum();
    let chance = beside as f64 / 4.0;
    let least = (DOTS_PER_PX * line.length()).max(FEWEST_DOTS as f64);
    if (count as f64) < least + chance || (count as f64) < OUTNUMBERED * chance {
        return None;
    }
    let places = dots(own);
    let longest_gap = LONGEST_GAP * rule.shortest as f64;
    let (first, last) = (*places.first()? as f64, *places.last()? as f64);
    // Dots that are left at both ends show that the face goes as far as its partner.
    let end = |dot: f64, end: f64| {
        if (dot - end).abs() <= longest_gap {
            end
        } else {
            dot
        }
    };
    let (from, to) = (end(first, line.from), end(last + 1.0, line.to));
    (to - from >= LONG * rule.shortest as f64).then_some(Line {
        from,
        to,
        ink: [from, to],
        across: line.across + apart,
        thickness: line.thickness,
        dashed: false,
        outlined: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_of_dots_is_found_at_the_distance_of_the_other_walls() {
        let mut plane = Gray::filled(900, 200, 0);
        let mut line = |y: usize, from: usize, to: usize, step: usize| {
            for x in (from..to).step_by(step) {
                plane.pixels[y * 900 + x] = 255;
            }
        };
        line(20, 50, 550, 1);
        line(32, 50, 550, 1);
        line(100, 50, 550, 1);
        line(112, 60, 540, 37);
        // A line that crosses.
        for y in 80..130 {
            plane.pixels[y * 900 + 300] = 255;
        }
        let of = |y: f64| Line {
            from: 50.0,
            to: 550.0,
            ink: [50.0, 550.0],
            across: y + 0.5,
            thickness: 1.0,
            dashed: false,
            outlined: false,
        };
        let rule = Rule {
            threshold: 60,
            shortest: 13,
            gap: 3,
            thickest: 50,
            scale: 2.0,
        };
        let lines = [of(20.0), of(32.0), of(100.0)];
        let types = wall_types(&plane, [&lines, &[]], &rule);
        assert_eq!(types.len(), 1, "{types:?}");
        let found = lost_faces(&plane, &lines, &types, &rule);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!((found[0].across - 112.5).abs() < 0.6);
        assert!((found[0].length() - 500.0).abs() < 20.0);
    }
}
