//! Plans that are pictures: decoding them, laying them straight, and tracing their lines.
//!
//! What is traced is a [`Drawing`] of strokes, so that walls and rooms are found by the same
//! rules as in drawings of lines. The sheet is laid straight first, and what was read on it is
//! put back on the page as it is shown at the end.

mod canvas;
mod dashes;
mod decode;
mod directions;
mod drawn;
mod faint;
mod fit;
mod gray;
mod ink;
mod lines;
mod pens;
mod place;
mod specks;
mod strips;
mod turn;

use lopdf::Document;

pub(super) use self::place::put_back;

use self::canvas::{Canvas, Composed, compose};
use self::faint::{loses_lines, lost_faces, wall_types};
use self::gray::Gray;
use self::ink::{Ink, ink};
use self::lines::{Line, lines, meet};
use self::specks::{Small, without_specks};
use self::strips::Rule;
use self::turn::turned;
use super::drawing::Drawing;
use super::limits::Budget;
use super::walls::find_walls;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::{Finding, Matrix, Page, Point, Segment};
use crate::watch::Watch;

/// Pictures that cover less of a page than this are no scan of it.
const LEAST_COVERED: f64 = 0.3;

/// A scan with fewer dots to the inch than this may lack whole lines.
const COARSE_DPI: f64 = 100.0;

/// The shortest piece of a line, in points: longer than letters are tall.
const SHORTEST_PT: f64 = 8.0;

/// The thickest bar, in points: a wall of half a metre at 1:50.
const THICKEST_PT: f64 = 30.0;

/// The longest side of a letter, in points; headings are larger, and rarely look like walls.
const LETTER_PT: f64 = 20.0;

/// The darkness below which the halo around a line hangs letters on it.
const NO_HALO: u8 = 64;

/// Gaps that noise makes in a line, in points.
const GAP_PT: f64 = 1.5;

/// The faintest line, as a share of the darkest one.
const FAINTEST: f64 = 28.0;

/// With more lines than this a page is drawn, whatever pictures lie under them; with fewer it
/// may bear a frame or a stamp, or a text layer.
const FEW_SEGMENTS: usize = 2_000;

/// Fewer walls than this are no plan, but a stamp on a scan.
const FEWEST_WALLS: usize = 3;

/// How a drawing was traced.
pub(super) struct Scan {
    /// From the sheet laid straight to the displayed page.
    to_page: Matrix,
    findings: Vec<Finding>,
}

/// Whether pictures cover most of the page, and its lines make no plan.
pub(super) fn is_scan(page: &Page, drawing: &Drawing, watch: &dyn Watch) -> Result<bool> {
    let covered: f64 = drawing
        .images()
        .iter()
        .map(|image| image.width() * image.height())
        .sum();
    if covered <= LEAST_COVERED * page.width_pt * page.height_pt {
        return Ok(false);
    }
    if drawing.is_blank() {
        return Ok(true);
    }
    if drawing.segment_count() > FEW_SEGMENTS {
        return Ok(false);
    }
    let drawn = find_walls(drawing, page, false, watch)?;
    Ok(drawn.walls.len() < FEWEST_WALLS)
}

/// Traces the pictures of a page.
///
/// # Errors
/// [`ErrorKind::Unsupported`] when they cannot be decoded, and those of the budget.
pub(super) fn trace(
    document: &Document,
    page: &Page,
    drawing: &Drawing,
    budget: &mut Budget<'_>,
) -> Result<(Drawing, Scan)> {
    let canvas = match compose(document, page, drawing.pictures(), budget)? {
        Composed::Canvas(canvas) => canvas,
        Composed::Missing(codings) => return Err(not_decoded(page, &codings)),
    };
    let Some(mut ink) = ink(&canvas.gray) else {
        return Err(nothing_traced(page));
    };
    budget.watch().check()?;
    let directions = directions::directions(&ink, budget.watch())?;
    let small = Small {
        threshold: rule(&canvas, &ink).threshold.max(NO_HALO),
        side: pixels(&canvas, LETTER_PT),
    };
    without_specks(&mut ink.plane, &small, budget)?;
    let skew = directions::skew(&directions);
    let to_page = rotation(page, skew);
    let straight = rotation(page, -skew);
    let mut lines: Vec<drawn::Traced> = Vec::new();
    for direction in &directions {
        trace_direction(&canvas, &ink, direction.angle, straight, budget, &mut lines)?;
    }
    // In two tones a thin line is a pixel thick or two, whatever its pen was.
    let blur = if ink.two_tone { 1.5 } else { 0.4 };
    let mut traced = drawn::drawing(&lines, page, blur / canvas.scale[0]);
    traced.set_texts(place::straightened(drawing.texts(), straight));
    let scan = Scan {
        to_page,
        findings: findings(&canvas, skew),
    };
    Ok((traced, scan))
}

/// The lines along `angle` and across it, on the sheet laid straight.
fn trace_direction(
    canvas: &Canvas,
    ink: &Ink,
    angle: f64,
    straight: Matrix,
    budget: &mut Budget<'_>,
    found: &mut Vec<drawn::Traced>,
) -> Result<()> {
    let rule = rule(canvas, ink);
    let turned = turned(&ink.plane, angle, budget)?;
    let mut across = lines(&turned.plane, &rule, budget)?;
    let columns = turned.plane.transposed();
    let mut downwards = lines(&columns, &rule, budget)?;
    let broken = |plane: &Gray, lines: &[Line]| ink.two_tone && loses_lines(plane, lines);
    if broken(&turned.plane, &across) || broken(&columns, &downwards) {
        let types = wall_types(&turned.plane, [&across, &downwards], &rule);
        let lost = lost_faces(&turned.plane, &across, &types, &rule);
        across.extend(lost);
        let lost = lost_faces(&columns, &downwards, &types, &rule);
        downwards.extend(lost);
        budget.watch().check()?;
    }
    let unmet = across.clone();
    meet(&mut across, &downwards);
    meet(&mut downwards, &unmet);
    let place = |x: f64, y: f64| {
        let back = turned.back(x, y);
        straight.apply(canvas.to_display(back.x, back.y))
    };
    let mut add = |line: &Line, place: &dyn Fn(f64, f64) -> Point| {
        let segment = |from, to| Segment::new(place(from, line.across), place(to, line.across));
        let [ink_from, ink_to] = line.ink;
        found.push(drawn::Traced {
            line: segment(line.from, line.to),
            ink: segment(ink_from, ink_to),
            thickness: line.thickness / canvas.scale[0],
            dashed: line.dashed,
            outlined: line.outlined,
        });
    };
    for line in &across {
        add(line, &place);
    }
    for line in &downwards {
        add(line, &|along, across| place(across, along));
    }
    Ok(())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few pixels"
)]
fn pixels(canvas: &Canvas, points: f64) -> usize {
    (points * canvas.scale[0]).round().max(2.0) as usize
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a threshold that is clamped to a byte"
)]
fn rule(canvas: &Canvas, ink: &Ink) -> Rule {
    // Five spreads of an average of five pixels.
    let noise = 5.0 * ink.noise / (strips::SMOOTHED as f64).sqrt();
    Rule {
        threshold: noise.clamp(FAINTEST, 160.0) as u8,
        shortest: pixels(canvas, SHORTEST_PT),
        gap: pixels(canvas, GAP_PT),
        thickest: pixels(canvas, THICKEST_PT),
        scale: canvas.scale[0],
    }
}

/// The turn by `angle` about the middle of the page.
fn rotation(page: &Page, angle: f64) -> Matrix {
    let (sin, cos) = angle.sin_cos();
    let (x, y) = (page.width_pt / 2.0, page.height_pt / 2.0);
    Matrix::translation(-x, -y)
        .then(Matrix::from([cos, sin, -sin, cos, 0.0, 0.0]))
        .then(Matrix::translation(x, y))
}

fn findings(canvas: &Canvas, skew: f64) -> Vec<Finding> {
    let mut findings = vec![Finding::new(
        "scan",
        format!("the plan was traced from a scan of {:.0} dpi", canvas.dpi),
    )];
    if skew.to_degrees().abs() >= 0.05 {
        findings.push(Finding::new(
            "scan_skewed",
            format!("the sheet was scanned {:.1}° askew", skew.to_degrees()),
        ));
    }
    if canvas.dpi < COARSE_DPI {
        findings.push(Finding::new(
            "scan_coarse",
            format!(
                "the scan has {:.0} dpi; below {COARSE_DPI:.0} lines get lost",
                canvas.dpi
            ),
        ));
    }
    findings
}

/// The error for a scan on which nothing was found.
pub(super) fn nothing_traced(page: &Page) -> Error {
    let message = format!(
        "page {} is a scanned picture in which no walls were found",
        page.index + 1
    );
    Error::new(ErrorKind::Unsupported, message)
}

fn not_decoded(page: &Page, codings: &[String]) -> Error {
    let number = page.index + 1;
    let message = if codings.is_empty() {
        format!("page {number} is a scanned picture that cannot be decoded")
    } else {
        format!(
            "page {number} is a scanned picture coded by {}, which is not supported",
            codings.join(" and ")
        )
    };
    Error::new(ErrorKind::Unsupported, message)
}
