//! Operators that place and show text.

use std::sync::Arc;

use lopdf::Dictionary;

use super::interpreter::{Interpreter, last};
use super::tokens::Token;
use crate::error::Result;
use crate::ingest::font::Font;
use crate::ingest::pdf::dictionary_value;
use crate::plan::Point;

impl<'a> Interpreter<'a, '_, '_> {
    pub(super) fn text_operator(
        &mut self,
        operator: &[u8],
        operands: &[Token<'_>],
        resources: Option<&'a Dictionary>,
    ) -> Result<()> {
        match operator {
            b"Tf" => return self.set_font(operands, resources),
            b"Tm" => {
                if let Some(matrix) = last::<6>(operands) {
                    self.text.set_matrix(matrix.into());
                }
            }
            b"Td" | b"TD" => {
                if let Some([x, y]) = last(operands) {
                    if operator == b"TD" {
                        self.stack.current.text.leading = -y;
                    }
                    self.text.move_line(x, y);
                }
            }
            b"T*" => self.text.move_line(0.0, -self.stack.current.text.leading),
            b"Tj" => return self.show(operands),
            b"TJ" => return self.show(operands),
            b"'" | b"\"" => {
                if let [Token::Number(word), Token::Number(char), _] = operands {
                    self.stack.current.text.word_spacing = *word;
                    self.stack.current.text.char_spacing = *char;
                }
                self.text.move_line(0.0, -self.stack.current.text.leading);
                let from = operands.len().saturating_sub(1);
                return self.show(operands.get(from..).unwrap_or_default());
            }
            _ => {
                let Some([setting]) = last(operands) else {
                    return Ok(());
                };
                let text = &mut self.stack.current.text;
                match operator {
                    b"Tc" => text.char_spacing = setting,
                    b"Tw" => text.word_spacing = setting,
                    b"Tz" => text.stretch = setting / 100.0,
                    b"TL" => text.leading = setting,
                    _ => text.rise = setting,
                }
            }
        }
        Ok(())
    }

    fn set_font(
        &mut self,
        operands: &[Token<'_>],
        resources: Option<&'a Dictionary>,
    ) -> Result<()> {
        let [.., Token::Name(name), Token::Number(size)] = operands else {
            return Ok(());
        };
        self.stack.current.text.size = *size;
        let fonts = resources.and_then(|found| dictionary_value(self.document, found, b"Font"));
        let found = fonts.and_then(|fonts| dictionary_value(self.document, fonts, name));
        let font = match found {
            Some(dictionary) => {
                let key = std::ptr::from_ref(dictionary).addr();
                match self.fonts.get(&key) {
                    Some(font) => Some(Arc::clone(font)),
                    None => {
                        let font = Arc::new(Font::read(self.document, dictionary, self.budget)?);
                        self.fonts.insert(key, Arc::clone(&font));
                        Some(font)
                    }
                }
            }
            None => None,
        };
        self.stack.current.text.font = font;
        Ok(())
    }

    fn show(&mut self, operands: &[Token<'_>]) -> Result<()> {
        for run in self.text.show(&self.stack.current, operands, self.budget)? {
            if !self.is_hidden()
                && self
                    .stack
                    .current
                    .clip
                    .area()
                    .contains(Point::new(run.x, run.y))
            {
                self.budget.spend_segments(1)?;
                self.drawing.push_text(run);
            }
        }
        Ok(())
    }
}
