//! What is known of the whole plan: its scale with a bar, and the findings.

use std::fmt::Write as _;

use super::super::svg_text::{escaped, number};
use crate::plan::{Floorplan, Scale, ScaleProvenance};

/// Lengths that a bar may show, in metres of the building.
const LENGTHS_M: [f64; 9] = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0];

/// A bar is at most this part of the page wide.
const WIDEST: f64 = 0.2;

/// No more findings than this are written out.
const MOST_FINDINGS: usize = 12;

pub(super) fn draw(svg: &mut String, floorplan: &Floorplan) {
    // In proportion to the sheet, so that it can be read on any.
    let unit = (floorplan.page.width_pt.min(floorplan.page.height_pt) / 60.0).clamp(4.0, 24.0);
    if let Some(scale) = &floorplan.scale {
        bar(svg, floorplan, scale, unit);
    }
    findings(svg, floorplan, unit);
}

fn bar(svg: &mut String, floorplan: &Floorplan, scale: &Scale, unit: f64) {
    let in_points = |metres: f64| metres * 1_000.0 / scale.mm_per_pt;
    let most = WIDEST * floorplan.page.width_pt;
    let Some(metres) = LENGTHS_M.into_iter().rfind(|it| in_points(*it) <= most) else {
        return;
    };
    let (x, y) = (unit, floorplan.page.height_pt - unit);
    let (length, height) = (in_points(metres), unit / 3.0);
    let _ = writeln!(
        svg,
        "<g class=\"scale-bar\" font-family=\"sans-serif\" font-size=\"{}\" stroke=\"#000\" \
         stroke-width=\"0.4\">",
        number(0.8 * unit)
    );
    for (half, fill) in ["#000", "#fff"].into_iter().enumerate() {
        let shift = if half == 0 { 0.0 } else { length / 2.0 };
        let _ = writeln!(
            svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"/>",
            number(x + shift),
            number(y - height),
            number(length / 2.0),
            number(height),
        );
    }
    let _ = writeln!(
        svg,
        "<g stroke=\"none\"><text x=\"{}\" y=\"{y}\">{} m</text>\
         <text x=\"{}\" y=\"{}\">1:{} by {}</text></g>\n</g>",
        number(x + length + unit / 3.0),
        number(metres),
        number(x),
        number(y - 2.0 * height),
        number(scale.ratio),
        source(scale.provenance),
        y = number(y),
    );
}

fn source(provenance: ScaleProvenance) -> &'static str {
    match provenance {
        ScaleProvenance::PrintedText => "its print",
        ScaleProvenance::ScaleBar => "its scale bar",
        ScaleProvenance::Dimensions => "dimensions",
        ScaleProvenance::RoomAreas => "the areas printed in rooms",
        ScaleProvenance::DoorWidths => "the widths of doors, a guess",
        ScaleProvenance::Given => "what was given",
    }
}

fn findings(svg: &mut String, floorplan: &Floorplan, unit: f64) {
    if floorplan.findings.is_empty() {
        return;
    }
    let _ = writeln!(
        svg,
        "<g class=\"findings\" font-family=\"sans-serif\" font-size=\"{}\" fill=\"#c92a2a\">",
        number(0.7 * unit)
    );
    let mut y = 1.2 * unit;
    let mut line = |text: &str| {
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\">{}</text>",
            number(unit),
            number(y),
            escaped(text)
        );
        y += unit;
    };
    for finding in floorplan.findings.iter().take(MOST_FINDINGS) {
        line(&format!("{}: {}", finding.code, finding.message));
    }
    if floorplan.findings.len() > MOST_FINDINGS {
        line(&format!(
            "and {} more",
            floorplan.findings.len() - MOST_FINDINGS
        ));
    }
    svg.push_str("</g>\n");
}
