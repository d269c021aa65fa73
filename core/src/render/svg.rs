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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Matrix, Page, Source, Wall, WallStyle};

    fn plan() -> Floorplan {
        Floorplan {
            source: Source::Vector,
            page: Page {
                index: 0,
                width_pt: 842.0,
                height_pt: 595.5,
                user_to_display: Matrix::IDENTITY,
            },
            walls: vec![Wall {
                a: Point::new(10.0, 20.25),
                b: Point::new(-0.001, 24.0),
                thickness_pt: 4.0,
                thickness_mm: None,
                style: WallStyle::Double,
                confidence: 0.9,
            }],
            rooms: Vec::new(),
            doors: Vec::new(),
            windows: Vec::new(),
            openings: Vec::new(),
            scale: None,
            texts: Vec::new(),
            findings: Vec::new(),
        }
    }

    #[test]
    fn the_view_box_is_the_page_and_walls_have_their_thickness() {
        let svg = plan_svg(&plan(), None);
        assert!(svg.contains("viewBox=\"0 0 842 595.5\""), "{svg}");
        assert!(
            svg.contains("<title id=\"title\">Floor plan, page 1: 1 walls"),
            "{svg}"
        );
        let line = "<line x1=\"10\" y1=\"20.25\" x2=\"0\" y2=\"24\" stroke-width=\"4\"";
        assert!(svg.contains(line), "{svg}");
        assert_eq!(svg, plan_svg(&plan(), Some(&Drawing::default())).replace(
            "<path class=\"linework\" fill=\"none\" stroke=\"#999\" stroke-width=\"0.3\" d=\"\"/>\n",
            "",
        ));
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            escaped("a<b & \"c\"\u{1}"),
            "a&lt;b &amp; &quot;c&quot;\u{FFFD}"
        );
    }

    #[test]
    fn much_line_work_is_thinned_out() {
        let mut drawing = Drawing::default();
        let points: Vec<Point> = (0..200_000)
            .map(|n| Point::new(f64::from(n % 800), 0.0))
            .collect();
        drawing.add_stroke_for_test(&points);
        let svg = plan_svg(&plan(), Some(&drawing));
        assert!(svg.contains("One in 4 pieces"), "{}", &svg[..600]);
        assert!(svg.len() < 2_000_000, "{}", svg.len());
    }
}
