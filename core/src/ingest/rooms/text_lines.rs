//! The lines of text on a plan, and which of them are set as one label.

use crate::ingest::text_order::is_right_to_left;
use crate::plan::{Point, Rect, TextRun};

use super::figures::{self, Line};

/// Lines of one label are set with no more than this many heights of type between base lines.
const LEADING: f64 = 2.1;

/// Type that is more than so many times as tall as the line before it belongs to another text.
const MOST_TALLER: f64 = 2.2;

/// A line of text, and where its middle is.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) line: Line,
    pub(super) middle: Point,
    /// The figure without a unit that it is or ends with, and the words before it.
    pub(super) bare: Option<(String, f64)>,
    pub(super) height: f64,
    width: f64,
    angle: f64,
    /// Position across the lines of its direction, and along them: the start of the base line.
    across: f64,
    along: f64,
}

impl Text {
    fn new(run: &TextRun) -> Text {
        let (sin, cos) = run.angle_deg.to_radians().sin_cos();
        // Capitals are about seven tenths of the size of the type high.
        let (half, up) = (0.5 * run.width_pt, 0.35 * run.height_pt);
        Text {
            line: figures::read(&run.text),
            bare: figures::bare_area(&run.text),
            middle: Point::new(run.x + half * cos + up * sin, run.y + half * sin - up * cos),
            height: run.height_pt,
            width: run.width_pt,
            angle: run.angle_deg,
            across: run.y * cos - run.x * sin,
            along: run.x * cos + run.y * sin,
        }
    }

    /// The box around it, if it is set level.
    pub(super) fn bounds(&self) -> Option<Rect> {
        let level = self.angle.rem_euclid(360.0);
        (level.min(360.0 - level) <= 3.0).then(|| {
            let (left, right) = (self.along, self.along + self.width);
            let (top, bottom) = (
                self.across - 0.75 * self.height,
                self.across + 0.2 * self.height,
            );
            Rect::around([Point::new(left, top), Point::new(right, bottom)])
        })
    }

    /// Whether it would reach beyond a room, that `holds` points, in type of the size `usual`: the
    /// name of a small room is set smaller for it.
    pub(super) fn is_cramped(&self, usual: f64, holds: &dyn Fn(Point) -> bool) -> bool {
        let half = 0.5 * self.width * usual / self.height;
        let (sin, cos) = self.angle.to_radians().sin_cos();
        [half, -half].iter().any(|along| {
            !holds(Point::new(
                self.middle.x + along * cos,
                self.middle.y + along * sin,
            ))
        })
    }

    /// Whether both are set in one direction.
    fn is_parallel(&self, other: &Text) -> bool {
        let turned = (self.angle - other.angle).rem_euclid(360.0);
        turned.min(360.0 - turned) <= 3.0
    }
}

/// The lines of `runs`: words on one base line are put together.
pub(super) fn lines(runs: &[TextRun]) -> Vec<Text> {
    let mut texts: Vec<(Text, &TextRun)> = runs
        .iter()
        .filter(|run| run.height_pt > 0.0)
        .map(|run| (Text::new(run), run))
        .collect();
    texts.sort_by(|(one, _), (two, _)| {
        let angles = one.angle.round().total_cmp(&two.angle.round());
        angles
            .then(one.across.total_cmp(&two.across))
            .then(one.along.total_cmp(&two.along))
    });
    let mut used = vec![false; texts.len()];
    let mut joined: Vec<Text> = Vec::new();
    for start in 0..texts.len() {
        if used.get(start).copied().unwrap_or(true) {
            continue;
        }
        let Some((first, run)) = texts.get(start) else {
            continue;
        };
        let mut whole = TextRun::clone(run);
        let mut end = first.along + first.width;
        // Those that follow on the same base line lie close behind in the sorted list.
        let mut next = start + 1;
        let mut looked = 0;
        while let Some((text, more)) = texts.get(next) {
            looked += 1;
            if text.across - first.across > 0.25 * first.height || looked > 64 {
                break;
            }
            let gap = text.along - end;
            let fits = !used.get(next).copied().unwrap_or(true)
                && text.is_parallel(first)
                && (text.height - first.height).abs() <= 0.1 * first.height
                && gap >= -0.2 * first.height
                && gap <= 0.8 * first.height;
            if fits {
                let between = if gap > 0.12 * first.height { " " } else { "" };
                let words = [whole.text.as_str(), between, more.text.as_str()];
                // What stands on the right is read first in some scripts.
                whole.text = if words.iter().any(|word| is_right_to_left(word)) {
                    words.into_iter().rev().collect()
                } else {
                    words.concat()
                };
                end = text.along + text.width;
                whole.width_pt = end - first.along;
                if let Some(flag) = used.get_mut(next) {
                    *flag = true;
                }
                // Later words may lie before this one in the list.
                next = start;
                looked = 0;
            }
            next += 1;
        }
        joined.push(Text::new(&whole));
    }
    joined
}

/// Lines that are set one below the other, as groups.
pub(super) fn groups<'a>(texts: &[&'a Text]) -> Vec<Vec<&'a Text>> {
    let mut sorted: Vec<&Text> = texts.to_vec();
    sorted.sort_by(|one, two| {
        one.across
            .total_cmp(&two.across)
            .then(one.along.total_cmp(&two.along))
    });
    let mut groups: Vec<Vec<&Text>> = Vec::new();
    for text in sorted {
        // The nearest line above that this one is set below.
        let fits = |group: &Vec<&Text>| {
            group.last().is_some_and(|above| {
                let size = above.height.max(text.height);
                let taller = size / above.height.min(text.height);
                let step = text.across - above.across;
                let overlap = (above.along + above.width).min(text.along + text.width)
                    - above.along.max(text.along);
                above.is_parallel(text)
                    && taller <= MOST_TALLER
                    && step > 0.3 * size
                    && step <= LEADING * size
                    && overlap > 0.3 * above.width.min(text.width)
            })
        };
        match groups.iter_mut().rev().find(|group| fits(group)) {
            Some(group) => group.push(text),
            None => groups.push(vec![text]),
        }
    }
    groups
}

/// A level run for tests, of letters half as wide as high.
#[cfg(test)]
pub(super) fn run(text: &str, x: f64, y: f64, height: f64) -> TextRun {
    #[expect(clippy::cast_precision_loss, reason = "texts are short")]
    let width_pt = 0.5 * height * text.chars().count() as f64;
    TextRun {
        text: text.to_owned(),
        // Centred on `x`, as labels are.
        x: x - 0.5 * width_pt,
        y,
        width_pt,
        height_pt: height,
        angle_deg: 0.0,
        recognised: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of each group of `runs`.
    fn grouped(runs: &[TextRun]) -> Vec<Vec<String>> {
        let lines = lines(runs);
        let texts: Vec<&Text> = lines.iter().collect();
        let words = |text: &&Text| match &text.line {
            Line::Words(words, _) => words.clone(),
            other => format!("{other:?}"),
        };
        let groups = groups(&texts);
        groups
            .iter()
            .map(|group| group.iter().map(words).collect())
            .collect()
    }

    #[test]
    fn words_of_a_line_are_put_together() {
        let mut living = run("Living", 100.0, 100.0, 10.0);
        living.x = 70.0;
        let mut room = run("Room", 100.0, 100.05, 10.0);
        room.x = 103.0;
        assert_eq!(grouped(&[room, living]), [["Living Room"]]);
    }

    #[test]
    fn type_that_is_far_larger_is_another_text() {
        let found = grouped(&[
            run("BMW", 100.0, 91.0, 20.0),
            run("Carport", 100.0, 100.0, 8.0),
            run("Abstellplatz", 100.0, 109.0, 6.0),
        ]);
        assert_eq!(found, [vec!["BMW"], vec!["Carport", "Abstellplatz"]]);
    }
}
