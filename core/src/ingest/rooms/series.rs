//! Numbers that count something else than rooms: the marks of doors, as `D01` to `D64`.
//!
//! A mark stands beside its door, so that a corridor has as many as it has doors, while a room has
//! one number. Without knowing this, the mark of the only door of a room would be the name of it.

use std::collections::BTreeMap;

use super::figures::Line;
use super::text_lines::Text;

/// Fewer numbers than this are no series.
const FEWEST: usize = 4;

/// Of the marks of doors at least this share stand several to a room. Room numbers do so only
/// where a wall between two rooms was not found.
const TOGETHER: f64 = 0.35;

/// Takes the numbers of such series out of `inside`, the texts in each room.
pub(super) fn without_marks(inside: &mut [Vec<&Text>]) {
    // How many numbers of each series there are, and how many of them are not alone.
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for texts in inside.iter() {
        let mut here: BTreeMap<&str, usize> = BTreeMap::new();
        for series in texts.iter().filter_map(|text| series(text)) {
            *here.entry(series).or_default() += 1;
        }
        for (series, count) in here {
            let (all, together) = counts.entry(series).or_default();
            *all += count;
            *together += if count > 1 { count } else { 0 };
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "texts on a page")]
    counts
        .retain(|_, (all, together)| *all >= FEWEST && *together as f64 >= TOGETHER * *all as f64);
    let marks: Vec<String> = counts.into_keys().map(str::to_owned).collect();
    if marks.is_empty() {
        return;
    }
    for texts in inside {
        texts.retain(|text| !series(text).is_some_and(|own| marks.iter().any(|mark| mark == own)));
    }
}

/// The letters before the digits of a number, if it has both.
fn series(text: &Text) -> Option<&str> {
    let Line::Number(number) = &text.line else {
        return None;
    };
    let at = number.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = number.split_at_checked(at)?;
    let is_plain = !letters.is_empty()
        && letters.chars().all(char::is_alphabetic)
        && digits.chars().all(|c| c.is_ascii_digit());
    is_plain.then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::super::text_lines::lines;
    use super::*;
    use crate::plan::TextRun;

    fn left(rooms: &[&[&str]]) -> Vec<usize> {
        let run = |text: &&str, at: usize| TextRun {
            text: (*text).to_owned(),
            x: 0.0,
            #[expect(clippy::cast_precision_loss, reason = "texts are few")]
            y: 20.0 * at as f64,
            width_pt: 10.0,
            height_pt: 5.0,
            angle_deg: 0.0,
            recognised: false,
        };
        let texts: Vec<Vec<Text>> = rooms
            .iter()
            .map(|room| {
                let runs: Vec<TextRun> = room
                    .iter()
                    .zip(0..)
                    .map(|(text, at)| run(text, at))
                    .collect();
                lines(&runs)
            })
            .collect();
        let mut inside: Vec<Vec<&Text>> = texts.iter().map(|room| room.iter().collect()).collect();
        without_marks(&mut inside);
        inside.iter().map(Vec::len).collect()
    }

    #[test]
    fn marks_of_doors_stand_several_to_a_corridor_and_numbers_of_rooms_alone() {
        let marks: [&[&str]; 4] = [
            &["D01", "D02", "D03", "Hall"],
            &["D04"],
            &["D05", "R1"],
            &["D06"],
        ];
        assert_eq!(left(&marks), [1, 0, 1, 0]);
        let rooms: [&[&str]; 5] = [
            &["R01", "Hall"],
            &["R02"],
            &["R03", "R04"],
            &["R05"],
            &["R06"],
        ];
        assert_eq!(left(&rooms), [2, 1, 2, 1, 1]);
    }
}
