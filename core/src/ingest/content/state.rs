//! The graphics state and its stack.

use std::sync::Arc;

use super::clip::Clip;
use crate::ingest::drawing::Colour;
use crate::ingest::font::Font;
use crate::plan::{Matrix, Rect};

/// Deepest graphics-state stack that is kept; what is saved beyond only counts.
///
/// Real files nest a few dozen levels, and a state takes some three hundred bytes.
const MAX_SAVED: usize = 4_096;

/// How many numbers make a colour, and of what kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColourSpace {
    Gray,
    Rgb,
    Cmyk,
    /// One tint of an ink: 0 is paper, 1 is full ink.
    Tint,
    Pattern,
}

/// Text state (ISO 32000-1, 9.3).
#[derive(Debug, Clone)]
pub(super) struct TextState {
    pub(super) font: Option<Arc<Font>>,
    pub(super) size: f64,
    pub(super) char_spacing: f64,
    pub(super) word_spacing: f64,
    /// 1 is the natural width.
    pub(super) stretch: f64,
    pub(super) leading: f64,
    pub(super) rise: f64,
}

#[derive(Debug, Clone)]
pub(super) struct State {
    /// From the current user space to the displayed page.
    pub(super) ctm: Matrix,
    /// In user space.
    pub(super) line_width: f64,
    pub(super) dashed: bool,
    pub(super) stroke_space: ColourSpace,
    pub(super) fill_space: ColourSpace,
    pub(super) stroke: Colour,
    pub(super) fill: Colour,
    /// The clipping path, on the displayed page.
    pub(super) clip: Clip,
    pub(super) text: TextState,
}

impl State {
    pub(super) fn new(ctm: Matrix, page: Rect) -> State {
        State {
            ctm,
            line_width: 1.0,
            dashed: false,
            stroke_space: ColourSpace::Gray,
            fill_space: ColourSpace::Gray,
            stroke: Colour::BLACK,
            fill: Colour::BLACK,
            clip: Clip::new(page),
            text: TextState {
                font: None,
                size: 0.0,
                char_spacing: 0.0,
                word_spacing: 0.0,
                stretch: 1.0,
                leading: 0.0,
                rise: 0.0,
            },
        }
    }

    /// Puts `matrix` in front of the current one, unless that leads out of the numbers.
    pub(super) fn concatenate(&mut self, matrix: Matrix) {
        let next = matrix.then(self.ctm);
        if next.is_finite() {
            self.ctm = next;
        }
    }
}

/// The current state and those saved by `q`.
pub(super) struct Stack {
    pub(super) current: State,
    saved: Vec<State>,
    /// Saves beyond [`MAX_SAVED`], which restore nothing.
    uncounted: usize,
}

impl Stack {
    pub(super) fn new(state: State) -> Stack {
        Stack {
            current: state,
            saved: Vec::new(),
            uncounted: 0,
        }
    }

    pub(super) fn save(&mut self) {
        if self.saved.len() < MAX_SAVED {
            self.saved.push(self.current.clone());
        } else {
            self.uncounted += 1;
        }
    }

    /// Restores the last saved state, but none saved before the stack was `floor` deep.
    pub(super) fn restore(&mut self, floor: Depth) {
        if self.uncounted > floor.uncounted {
            self.uncounted -= 1;
        } else if self.saved.len() > floor.saved
            && let Some(state) = self.saved.pop()
        {
            self.current = state;
        }
    }

    pub(super) fn depth(&self) -> Depth {
        Depth {
            saved: self.saved.len(),
            uncounted: self.uncounted,
        }
    }

    /// Drops what was saved above `depth`, for content that ends without its last `Q`.
    pub(super) fn unwind(&mut self, depth: Depth) {
        while self.saved.len() > depth.saved || self.uncounted > depth.uncounted {
            self.restore(depth);
        }
    }
}

/// The open marked-content sequences, and how many of them hide what is in them.
#[derive(Default)]
pub(super) struct Marked {
    open: Vec<bool>,
    hiding: usize,
}

impl Marked {
    pub(super) fn begin(&mut self, hides: bool) {
        self.open.push(hides);
        self.hiding += usize::from(hides);
    }

    /// Ends the innermost sequence, but none that was open when there were `floor`.
    pub(super) fn end(&mut self, floor: usize) {
        if self.open.len() > floor
            && let Some(hid) = self.open.pop()
        {
            self.hiding -= usize::from(hid);
        }
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    pub(super) fn hides(&self) -> bool {
        self.hiding > 0
    }
}

/// How deep the stack was at some time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Depth {
    saved: usize,
    uncounted: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_restores_than_saves_change_nothing() {
        let page = Rect::between(Default::default(), crate::plan::Point::new(10.0, 10.0));
        let mut stack = Stack::new(State::new(Matrix::IDENTITY, page));
        let floor = stack.depth();
        stack.current.line_width = 3.0;
        for _ in 0..MAX_SAVED + 10 {
            stack.save();
        }
        stack.current.line_width = 5.0;
        for _ in 0..MAX_SAVED + 50 {
            stack.restore(floor);
        }
        assert!((stack.current.line_width - 3.0).abs() < 1e-12);
    }
}
