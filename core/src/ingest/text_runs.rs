//! Joining shown strings into words and lines.
//!
//! Producers show a line of text as one string, word by word or glyph by glyph. Pieces that
//! follow each other on the same base line are one run for a reader.

use crate::plan::{Point, TextRun};

/// Joins neighbours in drawing order; nothing is moved across other text.
pub(super) fn join(pieces: Vec<TextRun>) -> Vec<TextRun> {
    let mut joined: Vec<TextRun> = Vec::new();
    for piece in pieces {
        let goes_on = joined.last_mut().is_some_and(|run| extend(run, &piece));
        if !goes_on {
            joined.push(piece);
        }
    }
    for run in &mut joined {
        let text = run.text.split_whitespace().collect::<Vec<_>>().join(" ");
        run.text = text;
        let at = Point::new(run.x, run.y).rounded();
        (run.x, run.y) = (at.x, at.y);
        run.width_pt = Point::new(run.width_pt, 0.0).rounded().x;
        run.height_pt = Point::new(run.height_pt, 0.0).rounded().x;
        run.angle_deg = Point::new(run.angle_deg, 0.0).rounded().x;
    }
    joined.retain(|run| !run.text.is_empty());
    joined
}

/// Puts `piece` at the end of `run` if it goes on there, and says whether it did.
fn extend(run: &mut TextRun, piece: &TextRun) -> bool {
    let size = run.height_pt.max(piece.height_pt);
    let turned = (run.angle_deg - piece.angle_deg).rem_euclid(360.0);
    let same_type =
        (run.height_pt - piece.height_pt).abs() <= 0.05 * size && turned.min(360.0 - turned) <= 1.0;
    if !same_type || size <= 0.0 {
        return false;
    }
    let (sin, cos) = run.angle_deg.to_radians().sin_cos();
    let (dx, dy) = (piece.x - run.x, piece.y - run.y);
    let along = dx * cos + dy * sin - run.width_pt;
    let across = (dy * cos - dx * sin).abs();
    // A line may be set back a little by kerning; a gap of an em or more is another column.
    if across > 0.2 * size || along < -0.3 * size || along > 0.9 * size {
        return false;
    }
    // A word space is about a quarter of an em in most fonts.
    if along > 0.15 * size {
        run.text.push(' ');
    }
    run.text.push_str(&piece.text);
    run.width_pt += along + piece.width_pt;
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str, x: f64, y: f64, width_pt: f64) -> TextRun {
        TextRun {
            text: text.to_owned(),
            x,
            y,
            width_pt,
            height_pt: 10.0,
            angle_deg: 0.0,
            recognised: false,
        }
    }

    #[test]
    fn glyphs_become_words_and_words_a_line() {
        let runs = join(vec![
            piece("Ki", 0.0, 0.0, 8.0),
            piece("tchen", 8.0, 0.0, 22.0),
            piece("2", 33.0, 0.1, 5.0),
            piece("12 m²", 0.0, 12.0, 20.0),
            piece("far", 60.0, 12.0, 10.0),
        ]);
        let texts: Vec<_> = runs.iter().map(|run| run.text.as_str()).collect();
        assert_eq!(texts, ["Kitchen 2", "12 m²", "far"]);
        assert!((runs[0].width_pt - 38.0).abs() < 1e-9);
    }
}
