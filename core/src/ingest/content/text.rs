//! Text objects: where each shown string stands and what it says.

use super::state::State;
use super::tokens::Token;
use crate::error::Result;
use crate::ingest::limits::Budget;
use crate::ingest::text_order::is_right_to_left;
use crate::plan::{Matrix, Point, TextRun};

/// A gap in a `TJ` array that reads as a space, in shares of the font size.
const WORD_GAP: f64 = 0.2;

/// A gap in a `TJ` array that parts two texts: some programs show a whole row of figures as one
/// string. No word space is so wide, and no kerning so tight.
const COLUMN_GAP: f64 = 0.9;

/// The two matrices of a text object.
pub(super) struct TextObject {
    matrix: Matrix,
    line: Matrix,
}

impl TextObject {
    pub(super) fn new() -> TextObject {
        TextObject {
            matrix: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
        }
    }

    pub(super) fn set_matrix(&mut self, matrix: Matrix) {
        if matrix.is_finite() {
            self.matrix = matrix;
            self.line = matrix;
        }
    }

    pub(super) fn move_line(&mut self, x: f64, y: f64) {
        self.set_matrix(Matrix::translation(x, y).then(self.line));
    }

    fn advance(&mut self, distance: f64) {
        let next = Matrix::translation(distance, 0.0).then(self.matrix);
        if next.is_finite() {
            self.matrix = next;
        }
    }

    /// From text space to the displayed page.
    fn to_display(&self, state: &State) -> Matrix {
        self.matrix.then(state.ctm)
    }

    /// Shows the strings of `parts`, moved by the numbers between them as `TJ` says.
    ///
    /// Gives the runs, more than one when wide gaps part them; none when nothing can be read.
    pub(super) fn show(
        &mut self,
        state: &State,
        parts: &[Token<'_>],
        budget: &mut Budget<'_>,
    ) -> Result<Vec<TextRun>> {
        let text_state = &state.text;
        let mut runs = Vec::new();
        let Some(font) = text_state.font.clone() else {
            return Ok(runs);
        };
        let pen = |object: &TextObject| {
            let shown = object.to_display(state);
            (shown, shown.apply(Point::new(0.0, text_state.rise)))
        };
        let (_, mut from) = pen(self);
        let mut text = String::new();
        for part in parts {
            match part {
                Token::Number(thousandths) => {
                    let gap = -thousandths / 1_000.0;
                    if gap.abs() > COLUMN_GAP {
                        let (shown, to) = pen(self);
                        runs.extend(run(&text, shown, text_state.size, from, to));
                        text.clear();
                    }
                    self.advance(gap * text_state.size * text_state.stretch);
                    if text.is_empty() {
                        from = pen(self).1;
                    }
                    if gap > WORD_GAP && !text.is_empty() && !text.ends_with(' ') {
                        text.push(' ');
                    }
                }
                Token::Text(shown) => {
                    budget.spend_steps(shown.len() as u64)?;
                    for glyph in font.glyphs(shown) {
                        // Several letters of one shape are named in the order they are read in,
                        // among shapes that are shown from left to right.
                        if glyph.text.len() > 2 && is_right_to_left(&glyph.text) {
                            text.extend(glyph.text.chars().rev());
                        } else {
                            text.push_str(&glyph.text);
                        }
                        let mut width = glyph.advance * text_state.size + text_state.char_spacing;
                        if glyph.is_word_space {
                            width += text_state.word_spacing;
                        }
                        self.advance(width * text_state.stretch);
                    }
                }
                _ => {}
            }
        }
        let (shown, to) = pen(self);
        runs.extend(run(&text, shown, text_state.size, from, to));
        Ok(runs)
    }
}

fn run(text: &str, shown: Matrix, size: f64, from: Point, to: Point) -> Option<TextRun> {
    let readable = text.chars().any(|c| !c.is_whitespace() && !c.is_control());
    // The base line runs along the x axis of text space, backwards for a negative size.
    let (dx, dy) = (shown.a * size, shown.b * size);
    let height_pt = shown.c.hypot(shown.d) * size.abs();
    let usable = from.is_finite() && to.is_finite() && height_pt.is_finite() && height_pt > 0.0;
    (readable && usable && (dx != 0.0 || dy != 0.0)).then(|| TextRun {
        text: text.chars().filter(|c| !c.is_control()).collect(),
        x: from.x,
        y: from.y,
        width_pt: from.distance(to),
        height_pt,
        angle_deg: dy.atan2(dx).to_degrees(),
        recognised: false,
    })
}
