//! The plan as SVG: the page's line work in thin grey, the walls over it in colour.

use std::fmt::Write as _;

use crate::ingest::Drawing;
use crate::plan::{Floorplan, Point};

/// Most pieces of line work that are drawn; the walls are always all there.
const MAX_LINEWORK: usize = 60_000;

/// Draws `floorplan` over the line work of `drawing`, if that is given.
///
/// One unit of the view box is one point. The same plan gives the same text, and text of the
/// plan is escaped. Line work beyond some sixty thousand pieces is thinned out evenly, and the
/// picture says so.
pub fn plan_svg(floorplan: &Floorplan, drawing: Option<&Drawing>) -> String {
    let page = &floorplan.page;
    let (width, height) = (number(page.width_pt), number(page.height_pt));
    let title = format!(
        "Floor plan, page {}: {} walls, {} points long",
        page.index + 1,
        floorplan.total_wall_count(),
        number(floorplan.total_linear_pts()),
    );
    let mut svg = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title\">\n\
         <title id=\"title\">{}</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n",
        escaped(&title),
    );
    if let Some(drawing) = drawing {
        linework(&mut svg, drawing);
    }
    walls(&mut svg, floorplan);
    svg.push_str("</svg>\n");
    svg
}

fn linework(svg: &mut String, drawing: &Drawing) {
    let every = drawing.segment_count().div_ceil(MAX_LINEWORK).max(1);
    if every > 1 {
        let _ = writeln!(
            svg,
            "<desc>One in {every} pieces of the line work is shown.</desc>"
        );
    }
    svg.push_str(
        "<path class=\"linework\" fill=\"none\" stroke=\"#999\" stroke-width=\"0.3\" d=\"",
    );
    let mut pen: Option<Point> = None;
    let pieces = drawing
        .paths()
        .flat_map(|path| path.subpaths())
        .flat_map(|subpath| subpath.segments());
    for piece in pieces.step_by(every) {
        let (a, b) = (piece.a.rounded(), piece.b.rounded());
        if pen != Some(a) {
            let _ = write!(svg, "M{} {}", number(a.x), number(a.y));
        }
        let _ = write!(svg, "L{} {}", number(b.x), number(b.y));
        pen = Some(b);
    }
    svg.push_str("\"/>\n");
}

fn walls(svg: &mut String, floorplan: &Floorplan) {
    svg.push_str("<g class=\"walls\" stroke=\"#d9480f\" stroke-linecap=\"butt\">\n");
    for wall in &floorplan.walls {
        let _ = writeln!(
            svg,
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke-width=\"{}\" stroke-opacity=\"0.55\"/>",
            number(wall.a.x),
            number(wall.a.y),
            number(wall.b.x),
            number(wall.b.y),
            number(wall.thickness_pt.max(0.8)),
        );
    }
    svg.push_str("</g>\n<g class=\"centre-lines\" stroke=\"#1864ab\" stroke-width=\"0.6\">\n");
    for wall in &floorplan.walls {
        let _ = writeln!(
            svg,
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
            number(wall.a.x),
            number(wall.a.y),
            number(wall.b.x),
            number(wall.b.y),
        );
    }
    svg.push_str("</g>\n");
}

/// At most two decimals, without trailing zeros.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML 1.0 has no other control characters than these.
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}
