//! A floor plan as SVG: rooms, walls, openings and what is known of them, over the line work of the
//! page if that is given, so that a person sees at a glance what was read right and wrong.

mod legend;
mod openings;
mod rooms;
mod walls;

use std::fmt::Write as _;

use super::svg_text::{escaped, number};
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
        "Floor plan, page {}: {} walls, {} rooms, {} doors, {} windows",
        page.index + 1,
        floorplan.total_wall_count(),
        floorplan.rooms.len(),
        floorplan.doors.len(),
        floorplan.windows.len(),
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
    rooms::tints(&mut svg, floorplan);
    if let Some(drawing) = drawing {
        linework(&mut svg, drawing);
    }
    walls::draw(&mut svg, floorplan, drawing.is_some());
    openings::draw(&mut svg, floorplan);
    rooms::labels(&mut svg, floorplan);
    legend::draw(&mut svg, floorplan);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{
        Finding, Leaf, Matrix, Opening, OpeningKind, Page, Room, Scale, ScaleProvenance, Source,
        Wall, WallStyle,
    };

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
        let line = "<path d=\"M10 20.25L0 24\" stroke-width=\"4\"/>";
        assert!(svg.contains(line), "{svg}");
        let over = plan_svg(&plan(), Some(&Drawing::default()));
        assert!(
            !svg.contains("linework") && over.contains("linework"),
            "{over}"
        );
        assert!(over.contains("class=\"centre-lines\""), "{over}");
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

    #[test]
    fn rooms_are_tinted_and_labelled_and_openings_and_findings_are_shown() {
        let square = [
            [100.0, 100.0],
            [300.0, 100.0],
            [300.0, 250.0],
            [100.0, 250.0],
        ];
        let room = |name: &str, is_generated| Room {
            polygon: square.map(Point::from).to_vec(),
            holes: Vec::new(),
            name: name.to_owned(),
            name_is_generated: is_generated,
            boundary_walls: vec![0],
            area_sq_pt: 30_000.0,
            area_m2: Some(37.33),
            printed_area_m2: None,
            confidence: 0.9,
        };
        let mut shown = plan();
        shown.rooms = vec![room("Küche <1>", false), room("Room 2", true)];
        shown.rooms[0].printed_area_m2 = Some(45.0);
        let (a, b) = (Point::new(120.0, 100.0), Point::new(150.0, 100.0));
        let mut door = Opening::between(OpeningKind::Door, a, b);
        door.leaves = vec![Leaf {
            hinge: a,
            tip: Point::new(120.0, 130.0),
        }];
        shown.doors = vec![door];
        shown.windows = vec![Opening::between(OpeningKind::Window, a, b)];
        shown.scale = Some(Scale::from_ratio(100.0, ScaleProvenance::Dimensions));
        shown.findings = vec![Finding::new(
            "area_mismatch",
            "the kitchen & its area disagree",
        )];
        let svg = plan_svg(&shown, None);
        for part in [
            "M100 100L300 100L300 250L100 250Z",
            ">Küche &lt;1&gt;</text>",
            ">37.3 m² (printed 45.0)</text>",
            "class=\"room disagrees\"",
            "font-style=\"italic\"",
            "class=\"doors\"",
            "A30 30 0 0 ",
            "class=\"windows\"",
            ">1:100 by dimensions</text>",
            ">5 m</text>",
            "area_mismatch: the kitchen &amp; its area disagree",
        ] {
            assert!(svg.contains(part), "{part} is missing in {svg}");
        }
        assert!(svg.contains("2 rooms, 1 doors, 1 windows"), "{svg}");
    }
}
