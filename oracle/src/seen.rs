//! What the other interpreter draws on a page, in points of the displayed page.

use crate::plan::Point;
use crate::shown::Shown;
use hayro_interpret::font::GlyphRun;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::kurbo::{BezPath, PathEl, PathSeg, Rect, Shape};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, RenderContent, SoftMask, TransformExt, interpret_page,
};

/// What the oracle has drawn so far.
struct Seen {
    clips: Vec<Rect>,
    shown: Shown,
}

fn point(at: hayro_interpret::kurbo::Point) -> Point {
    Point::new(at.x, at.y)
}

/// What the oracle draws on the page `index`.
pub(crate) fn show(pdf: &Pdf, index: usize) -> Shown {
    let page = &pdf.pages()[index];
    let (width, height) = page.render_dimensions();
    let size = [f64::from(width), f64::from(height)];
    let sheet = Rect::new(0.0, 0.0, size[0], size[1]);
    let cache = InterpreterCache::new();
    let mut context = Context::new(
        page.initial_transform(true).to_kurbo(),
        sheet,
        &cache,
        pdf.xref(),
        InterpreterSettings {
            render_content: RenderContent::PAGE,
            ..InterpreterSettings::default()
        },
    );
    let mut seen = Seen {
        clips: vec![sheet],
        shown: Shown {
            size,
            ..Shown::default()
        },
    };
    interpret_page(page, &mut context, &mut seen);
    seen.shown
}

impl Seen {
    fn visible(&self) -> Rect {
        let whole = self.clips.iter().copied().reduce(|a, b| a.intersect(b));
        whole.unwrap_or(Rect::ZERO)
    }
}

impl Device<'_> for Seen {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'_>, mode: &DrawMode) {
        let shown = props.transform * path.clone();
        let visible = self.visible();
        let inside = |p: Point| {
            p.x >= visible.x0 && p.x <= visible.x1 && p.y >= visible.y0 && p.y <= visible.y1
        };
        if let DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) = mode {
            let scale = props.transform.determinant().abs().sqrt();
            self.shown.widths.push(f64::from(stroke.line_width) * scale);
        }
        let fills = !matches!(mode, DrawMode::Stroke(_));
        // A filled area that is cut has other edges.
        let bounds = shown.bounding_box();
        let whole = !fills || bounds.intersect(visible) == bounds;
        for segment in shown.segments() {
            match segment {
                PathSeg::Line(line) => {
                    let piece = [point(line.p0), point(line.p1)];
                    if whole && piece.iter().all(|&end| inside(end)) {
                        self.shown.visible.push(piece);
                    } else {
                        self.shown.others.push(piece);
                    }
                }
                curve => {
                    let mut from = None;
                    let mut flattened = |element: PathEl| {
                        if let PathEl::MoveTo(to) | PathEl::LineTo(to) = element
                            && let Some(from) = from.replace(to)
                        {
                            self.shown.others.push([point(from), point(to)]);
                        }
                    };
                    hayro_interpret::kurbo::flatten(
                        curve.path_elements(0.05),
                        0.05,
                        &mut flattened,
                    );
                }
            }
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.clips.push(clip.path.bounding_box());
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        for glyph in run.glyphs() {
            let letter = match glyph.as_unicode() {
                Some(BfString::Char(letter)) => Some(letter),
                Some(BfString::String(text)) => text.chars().next(),
                None => None,
            };
            let at = props.transform * glyph.transform() * hayro_interpret::kurbo::Point::ZERO;
            if let Some(letter) = letter.filter(|letter| letter.is_alphanumeric()) {
                self.shown.letters.push((letter, point(at)));
            }
        }
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn pop_transparency_group(&mut self) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
}
