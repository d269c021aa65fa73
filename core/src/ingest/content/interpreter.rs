//! Running the operators of a page and of the forms it draws.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::inline_image::read_inline_image;
use super::path::PathBuilder;
use super::state::{Depth, Marked, Stack, State};
use super::state_operators::draws_dashes;
use super::text::TextObject;
use super::tokens::{Token, Tokens};
use crate::error::Result;
use crate::ingest::drawing::{Drawing, Paint, Stroke};
use crate::ingest::font::Font;
use crate::ingest::limits::{Budget, exceeded};
use crate::ingest::pdf::{HiddenLayers, PageSource, content_of, dictionary_value, numbers, value};
use crate::ingest::picture::{Picture, PictureSource};
use crate::plan::{Matrix, Point, Rect};

/// Operands that are kept for one operator. No operator takes so many; with more, the first are
/// dropped, as an operator takes its operands from the end.
const MAX_OPERANDS: usize = 65_536;

/// Interprets `source` and gives what it draws.
pub(in crate::ingest) fn interpret_page(
    document: &Document,
    layers: &HiddenLayers,
    source: &PageSource<'_>,
    budget: &mut Budget<'_>,
) -> Result<Drawing> {
    budget.start_page();
    let page = &source.page;
    let clip = Rect::between(Point::default(), Point::new(page.width_pt, page.height_pt));
    let mut interpreter = Interpreter {
        document,
        layers,
        budget,
        stack: Stack::new(State::new(page.user_to_display, clip)),
        drawing: Drawing::default(),
        path: PathBuilder::default(),
        pending_clip: None,
        text: TextObject::new(),
        marked: Marked::default(),
        marked_floor: 0,
        fonts: BTreeMap::new(),
        forms: BTreeMap::new(),
        active_forms: Vec::new(),
    };
    interpreter.run_page(source)?;
    Ok(interpreter.drawing)
}

pub(super) struct Interpreter<'a, 'b, 'w> {
    pub(super) document: &'a Document,
    pub(super) layers: &'a HiddenLayers,
    pub(super) budget: &'b mut Budget<'w>,
    pub(super) stack: Stack,
    pub(super) drawing: Drawing,
    pub(super) path: PathBuilder,
    /// A `W` waits for the next painting operator; whether it tells the inside by the even-odd
    /// rule.
    pub(super) pending_clip: Option<bool>,
    pub(super) text: TextObject,
    pub(super) marked: Marked,
    /// Marked sequences that were open before the form in hand, which it cannot end.
    pub(super) marked_floor: usize,
    /// By where the font's dictionary lies, as one inside the resources has no id; the document
    /// does not change while it is read.
    pub(super) fonts: BTreeMap<usize, Arc<Font>>,
    /// What forms hold, decoded once.
    pub(super) forms: BTreeMap<ObjectId, Arc<Cow<'a, [u8]>>>,
    pub(super) active_forms: Vec<ObjectId>,
}

/// The last `N` operands as numbers; operands of another kind fail the operator.
pub(super) fn last<const N: usize>(operands: &[Token<'_>]) -> Option<[f64; N]> {
    let from = operands.len().checked_sub(N)?;
    let mut found = [0.0; N];
    for (slot, token) in found.iter_mut().zip(operands.get(from..)?) {
        match token {
            Token::Number(number) => *slot = *number,
            _ => return None,
        }
    }
    Some(found)
}

pub(super) fn last_name<'t>(operands: &'t [Token<'_>]) -> Option<&'t [u8]> {
    match operands.last() {
        Some(Token::Name(name)) => Some(name),
        _ => None,
    }
}

impl<'a> Interpreter<'a, '_, '_> {
    /// Runs the streams of a page one after the other, so that only one of them takes memory.
    fn run_page(&mut self, source: &PageSource<'a>) -> Result<()> {
        let floor = self.stack.depth();
        let mut waiting = Vec::new();
        for part in source.parts(self.document) {
            if let Some(content) = content_of(self.document, part, self.budget)? {
                waiting = self.run(&content, waiting, source.resources, floor)?;
            }
        }
        Ok(())
    }

    /// Runs `content`, whose first operator finds the operands in `waiting`. Gives the operands
    /// after its last operator, as a page may be cut into streams between any two tokens
    /// (ISO 32000-1, 7.8.2).
    fn run(
        &mut self,
        content: &[u8],
        waiting: Vec<Token<'static>>,
        resources: Option<&'a Dictionary>,
        floor: Depth,
    ) -> Result<Vec<Token<'static>>> {
        let mut operands: Vec<Token<'_>> = waiting;
        let mut tokens = Tokens::new(content);
        while let Some(token) = tokens.next() {
            match token {
                Token::Word(b"BI") => {
                    let before = tokens.rest().len();
                    let image = read_inline_image(&mut tokens);
                    self.budget
                        .spend_steps((before - tokens.rest().len()) as u64 / 16 + 1)?;
                    self.note_inline_image(image, resources)?;
                }
                Token::Word(operator) => {
                    self.budget.spend_steps(1)?;
                    self.execute(operator, &operands, resources, floor)?;
                }
                operand => {
                    if operands.len() >= MAX_OPERANDS {
                        self.budget.spend_steps(operands.len() as u64)?;
                        operands.clear();
                    }
                    operands.push(operand);
                    continue;
                }
            }
            operands.clear();
        }
        let operands = operands.into_iter();
        Ok(operands.filter_map(Token::into_operand).collect())
    }

    fn execute(
        &mut self,
        operator: &[u8],
        operands: &[Token<'_>],
        resources: Option<&'a Dictionary>,
        floor: Depth,
    ) -> Result<()> {
        match operator {
            b"m" | b"l" | b"c" | b"v" | b"y" | b"h" | b"re" => {
                self.construct(operator, operands)?;
            }
            b"S" => self.paint(true, false, false)?,
            b"s" => {
                self.path.close();
                self.paint(true, false, false)?;
            }
            b"f" | b"F" => self.paint(false, true, false)?,
            b"f*" => self.paint(false, true, true)?,
            b"B" => self.paint(true, true, false)?,
            b"B*" => self.paint(true, true, true)?,
            b"b" => {
                self.path.close();
                self.paint(true, true, false)?;
            }
            b"b*" => {
                self.path.close();
                self.paint(true, true, true)?;
            }
            b"n" => self.paint(false, false, false)?,
            b"W" => self.pending_clip = Some(false),
            b"W*" => self.pending_clip = Some(true),
            b"q" => self.stack.save(),
            b"Q" => self.stack.restore(floor),
            b"cm" => {
                if let Some(matrix) = last::<6>(operands) {
                    self.stack.current.concatenate(matrix.into());
                }
            }
            b"w" => {
                if let Some([width]) = last(operands) {
                    self.stack.current.line_width = width.abs();
                }
            }
            b"d" => self.stack.current.dashed = draws_dashes(operands),
            b"gs" => self.set_graphics_state(operands, resources),
            b"Do" => self.draw_object(operands, resources)?,
            b"BMC" => self.marked.begin(false),
            b"BDC" => self.begin_marked(operands, resources),
            b"EMC" => self.marked.end(self.marked_floor),
            b"BT" => self.text = TextObject::new(),
            b"Tf" | b"Td" | b"TD" | b"Tm" | b"T*" | b"Tj" | b"TJ" | b"'" | b"\"" | b"Tc"
            | b"Tw" | b"Tz" | b"TL" | b"Ts" => self.text_operator(operator, operands, resources)?,
            b"g" | b"G" | b"rg" | b"RG" | b"k" | b"K" | b"cs" | b"CS" | b"sc" | b"SC" | b"scn"
            | b"SCN" => self.set_colour(operator, operands, resources),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.marked.hides()
    }

    fn construct(&mut self, operator: &[u8], operands: &[Token<'_>]) -> Result<()> {
        let ctm = self.stack.current.ctm;
        let before = self.path.len();
        match operator {
            b"m" => {
                if let Some([x, y]) = last(operands) {
                    self.path.move_to(ctm, Point::new(x, y));
                }
            }
            b"l" => {
                if let Some([x, y]) = last(operands) {
                    self.path.line_to(ctm, Point::new(x, y));
                }
            }
            b"c" => {
                if let Some([x1, y1, x2, y2, x, y]) = last(operands) {
                    let (first, second) = (Point::new(x1, y1), Point::new(x2, y2));
                    self.path
                        .curve_to(ctm, Some(first), second, Point::new(x, y));
                }
            }
            b"v" => {
                if let Some([x2, y2, x, y]) = last(operands) {
                    let end = Point::new(x, y);
                    self.path
                        .curve_to(ctm, self.path.pen(), Point::new(x2, y2), end);
                }
            }
            b"y" => {
                if let Some([x1, y1, x, y]) = last(operands) {
                    let end = Point::new(x, y);
                    self.path.curve_to(ctm, Some(Point::new(x1, y1)), end, end);
                }
            }
            b"re" => {
                if let Some([x, y, width, height]) = last(operands) {
                    self.path.rectangle(ctm, Point::new(x, y), width, height);
                }
            }
            _ => self.path.close(),
        }
        self.budget
            .spend_segments(self.path.len().saturating_sub(before))
    }

    fn paint(&mut self, strokes: bool, fills: bool, even_odd: bool) -> Result<()> {
        let state = &self.stack.current;
        if (strokes || fills) && !self.marked.hides() {
            let paint = Paint {
                stroke: strokes.then(|| Stroke {
                    width_pt: state.line_width * state.ctm.mean_scale(),
                    colour: state.stroke,
                    dashed: state.dashed,
                }),
                fill: fills.then_some(state.fill),
                even_odd,
            };
            if !state.clip.is_box() {
                // Every line is compared with every edge of the clipping path.
                let compared = self.path.len().saturating_mul(state.clip.edges());
                self.budget.spend_steps(compared as u64 / 4)?;
            }
            let before = self.drawing.point_count();
            self.path.paint(&mut self.drawing, &state.clip, paint);
            // A line that is cut has more corners than were drawn.
            let drawn = self.drawing.point_count() - before;
            self.budget
                .spend_segments(drawn.saturating_sub(self.path.len()))?;
        }
        if let Some(even_odd) = self.pending_clip.take()
            && self.path.len() > 0
        {
            self.path.clip(&mut self.stack.current.clip, even_odd);
        }
        self.path.clear();
        Ok(())
    }

    fn draw_object(
        &mut self,
        operands: &[Token<'_>],
        resources: Option<&'a Dictionary>,
    ) -> Result<()> {
        let Some(entry) = last_name(operands).and_then(|name| {
            let objects = dictionary_value(self.document, resources?, b"XObject")?;
            objects.get(name).ok()
        }) else {
            return Ok(());
        };
        // Entering and leaving a form takes about as long as some dozen operators.
        self.budget.spend_steps(16)?;
        let Ok((Some(id), Object::Stream(stream))) = self.document.dereference(entry) else {
            return Ok(());
        };
        if self.is_hidden()
            || stream
                .dict
                .get(b"OC")
                .is_ok_and(|tag| self.layers.hides(self.document, tag))
        {
            return Ok(());
        }
        match stream.dict.get(b"Subtype").and_then(Object::as_name) {
            Ok(b"Image") => self.note_image(PictureSource::Object(id))?,
            Ok(b"Form") => {
                // A form that draws itself, directly or through others, draws nothing more.
                if self.active_forms.contains(&id) {
                    return Ok(());
                }
                if self.active_forms.len() >= self.budget.limits().form_nesting {
                    let limit = self.budget.limits().form_nesting;
                    return Err(exceeded("forms inside each other", limit));
                }
                let content = match self.forms.get(&id) {
                    Some(content) => Arc::clone(content),
                    None => {
                        let bytes = content_of(self.document, stream, self.budget)?;
                        let content = Arc::new(bytes.unwrap_or_default());
                        self.forms.insert(id, Arc::clone(&content));
                        content
                    }
                };
                self.active_forms.push(id);
                let drawn = self.draw_form(&stream.dict, &content, resources);
                self.active_forms.pop();
                drawn?;
            }
            _ => {}
        }
        Ok(())
    }

    fn draw_form(
        &mut self,
        form: &'a Dictionary,
        content: &[u8],
        outer: Option<&'a Dictionary>,
    ) -> Result<()> {
        let depth = self.stack.depth();
        self.stack.save();
        if let Some(matrix) = value(self.document, form, b"Matrix")
            .and_then(|matrix| numbers::<6>(self.document, matrix))
        {
            self.stack.current.concatenate(Matrix::from(matrix));
        }
        if let Some([x0, y0, x1, y1]) =
            value(self.document, form, b"BBox").and_then(|bbox| numbers(self.document, bbox))
        {
            let ctm = self.stack.current.ctm;
            let corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)];
            let shown = corners.map(|(x, y)| ctm.apply(Point::new(x, y)));
            self.stack.current.clip.cut(&[&shown], false);
        }
        let path = std::mem::take(&mut self.path);
        let text = std::mem::replace(&mut self.text, TextObject::new());
        // Old files leave out a form's resources and mean those of the page.
        let resources = dictionary_value(self.document, form, b"Resources").or(outer);
        let (marked, outer_floor) = (self.marked.depth(), self.marked_floor);
        self.marked_floor = marked;
        let run = self.run(content, Vec::new(), resources, self.stack.depth());
        while self.marked.depth() > marked {
            self.marked.end(marked);
        }
        self.marked_floor = outer_floor;
        self.path = path;
        self.text = text;
        self.stack.unwind(depth);
        run.map(|_| ())
    }

    /// Notes an inline image; a colour space that it names is looked up among the resources.
    fn note_inline_image(
        &mut self,
        mut image: Stream,
        resources: Option<&'a Dictionary>,
    ) -> Result<()> {
        let space = image.dict.get(b"ColorSpace").and_then(Object::as_name);
        if let Ok(name) = space
            && let Some(spaces) = resources
                .and_then(|resources| dictionary_value(self.document, resources, b"ColorSpace"))
            && let Some(named) = value(self.document, spaces, name)
        {
            image.dict.set("ColorSpace", named.clone());
        }
        self.note_image(PictureSource::Inline(Box::new(image)))
    }

    /// Notes where a picture is drawn: the unit square under the current matrix.
    fn note_image(&mut self, source: PictureSource) -> Result<()> {
        let state = &self.stack.current;
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        let shown = Rect::around(corners.map(|(x, y)| state.ctm.apply(Point::new(x, y))));
        let area = shown.intersection(state.clip.area());
        if !area.is_empty() && !self.is_hidden() {
            self.budget.spend_segments(1)?;
            let picture = Picture {
                source,
                matrix: state.ctm,
                clip: *state.clip.area(),
                paint: state.fill,
            };
            self.drawing.push_image(area, picture);
        }
        Ok(())
    }
}
