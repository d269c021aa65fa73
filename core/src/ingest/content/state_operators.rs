//! Operators that change the graphics state: colours, parameter sets, dashes and layers.

use lopdf::{Dictionary, Object};

use super::colour::{colour, space_named};
use super::interpreter::{Interpreter, last_name};
use super::state::ColourSpace;
use super::tokens::Token;
use crate::ingest::drawing::Colour;
use crate::ingest::pdf::{dictionary_value, number, value};

impl<'a> Interpreter<'a, '_, '_> {
    pub(super) fn set_graphics_state(
        &mut self,
        operands: &[Token<'_>],
        resources: Option<&'a Dictionary>,
    ) {
        let Some(settings) = last_name(operands).and_then(|name| {
            let all = dictionary_value(self.document, resources?, b"ExtGState")?;
            dictionary_value(self.document, all, name)
        }) else {
            return;
        };
        if let Some(width) = value(self.document, settings, b"LW").and_then(number) {
            self.stack.current.line_width = width.abs();
        }
        if let Some(Object::Array(dash)) = value(self.document, settings, b"D")
            && let Some(Object::Array(lengths)) = dash.first()
        {
            let lengths: Vec<f64> = lengths.iter().take(MAX_DASHES).filter_map(number).collect();
            self.stack.current.dashed = has_gaps(&lengths);
        }
    }

    pub(super) fn set_colour(
        &mut self,
        operator: &[u8],
        operands: &[Token<'_>],
        resources: Option<&'a Dictionary>,
    ) {
        let strokes = operator.first().is_some_and(u8::is_ascii_uppercase);
        let state = &mut self.stack.current;
        let (space, paint) = if strokes {
            (&mut state.stroke_space, &mut state.stroke)
        } else {
            (&mut state.fill_space, &mut state.fill)
        };
        match operator {
            b"g" | b"G" => *space = ColourSpace::Gray,
            b"rg" | b"RG" => *space = ColourSpace::Rgb,
            b"k" | b"K" => *space = ColourSpace::Cmyk,
            b"cs" | b"CS" => {
                let Some(name) = last_name(operands) else {
                    return;
                };
                *space = space_named(self.document, resources, name);
                // Each space starts at black (ISO 32000-1, 8.6.8), as a tint at full ink.
                *paint = match *space {
                    ColourSpace::Pattern => colour(ColourSpace::Pattern, &[]),
                    _ => Colour::BLACK,
                };
                return;
            }
            _ => {}
        }
        if last_name(operands).is_some() {
            *paint = colour(ColourSpace::Pattern, &[]);
            return;
        }
        let mut components = [0.0; 4];
        let mut count = 0;
        for token in operands {
            if let Token::Number(number) = token
                && let Some(slot) = components.get_mut(count)
            {
                *slot = *number;
                count += 1;
            }
        }
        if count > 0 {
            *paint = colour(*space, components.get(..count).unwrap_or_default());
        }
    }

    pub(super) fn begin_marked(
        &mut self,
        operands: &[Token<'_>],
        resources: Option<&'a Dictionary>,
    ) {
        let is_layer = operands.first() == Some(&Token::Name(b"OC".as_slice().into()));
        let hides = is_layer
            && last_name(operands)
                .and_then(|name| {
                    let properties = dictionary_value(self.document, resources?, b"Properties")?;
                    properties.get(name).ok()
                })
                .is_some_and(|tag| self.layers.hides(self.document, tag));
        self.marked.begin(hides);
    }
}

/// Lengths of a dash pattern that are looked at.
const MAX_DASHES: usize = 64;

/// Whether the operands of `d` break lines into dashes.
pub(super) fn draws_dashes(operands: &[Token<'_>]) -> bool {
    let lengths: Vec<f64> = operands
        .iter()
        .take_while(|token| !matches!(token, Token::ArrayEnd))
        .filter_map(|token| match token {
            Token::Number(length) => Some(*length),
            _ => None,
        })
        .take(MAX_DASHES)
        .collect();
    has_gaps(&lengths)
}

/// Whether a pattern of dashes and gaps leaves gaps. Those of an odd number of lengths change
/// places each time around (ISO 32000-1, 8.4.3.6).
fn has_gaps(lengths: &[f64]) -> bool {
    let (first_gap, step) = match lengths.len().is_multiple_of(2) {
        true => (1, 2),
        false => (0, 1),
    };
    let mut gaps = lengths.iter().skip(first_gap).step_by(step);
    gaps.any(|gap| *gap > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_without_gaps_is_a_whole_line() {
        for (lengths, dashed) in [
            (&[][..], false),
            (&[3.0], true),
            (&[0.0], false),
            (&[3.0, 0.0], false),
            (&[0.0, 3.0], true),
            (&[3.0, 0.0, 1.0, 2.0], true),
        ] {
            assert_eq!(has_gaps(lengths), dashed, "{lengths:?}");
        }
    }
}
