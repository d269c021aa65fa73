//! Sheets on a dark ground, as drawing programs show them on the screen: white lines on black.
//!
//! Lines that are white cannot be seen on paper, and are passed over everywhere else. Here all
//! colours are turned over, so that the drawing is one on paper.

use super::drawing::{Colour, Drawing, Paint, Stroke, Subpath};
use crate::error::Result;
use crate::plan::{Page, Rect};
use crate::watch::Watch;

/// A ground takes this share of the sheet at least; no wall and no furniture is so large.
const LEAST_COVERED: f64 = 0.5;

/// What is drawn before the ground cannot be seen, and is little: a white sheet, a frame.
const FIRST_PATHS: usize = 8;

/// A colour is dark below this brightness of 255, and a line on a dark ground is lighter.
const DARK: u32 = 110;

/// Paths between two looks at the watch.
const BETWEEN_CHECKS: usize = 4_096;

/// Turns the colours of `drawing` over if it is drawn with light lines on a dark ground.
pub(super) fn lay_on_paper(drawing: &mut Drawing, page: &Page, watch: &dyn Watch) -> Result<()> {
    if let Some(ground) = dark_ground(drawing, page, watch)? {
        drawing.recolour(|colour| turned_over(colour, ground));
    }
    Ok(())
}

/// The colour of the ground, if it is dark and most lines on it are not.
fn dark_ground(drawing: &Drawing, page: &Page, watch: &dyn Watch) -> Result<Option<Colour>> {
    let sheet = page.width_pt * page.height_pt;
    let mut first = drawing.paths().take(FIRST_PATHS);
    let ground = first.find_map(|path| {
        let colour = path.paint().fill.filter(|colour| is_dark(*colour))?;
        let mut subpaths = path.subpaths();
        let only = subpaths.next().filter(|_| subpaths.next().is_none())?;
        (covered(&only) >= LEAST_COVERED * sheet).then_some(colour)
    });
    let Some(ground) = ground else {
        return Ok(None);
    };
    let (mut light, mut all) = (0_usize, 0_usize);
    for (number, path) in drawing.paths().enumerate() {
        if number % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        if let Some(Stroke { colour, .. }) = path.paint().stroke {
            all += 1;
            light += usize::from(!is_dark(colour));
        }
    }
    Ok((2 * light > all).then_some(ground))
}

/// How much a box with upright sides covers; nothing else is a ground.
fn covered(subpath: &Subpath<'_>) -> f64 {
    let bounds = Rect::around(subpath.points.iter().copied());
    let is_corner = |x: f64, y: f64| {
        let beside = |one: f64, two: f64| (one - two).abs() < 0.5;
        (beside(x, bounds.x0) || beside(x, bounds.x1))
            && (beside(y, bounds.y0) || beside(y, bounds.y1))
    };
    if subpath.points.iter().all(|at| is_corner(at.x, at.y)) {
        bounds.width() * bounds.height()
    } else {
        0.0
    }
}

fn is_dark(colour: Colour) -> bool {
    let Colour::Rgb(red, green, blue) = colour else {
        return false;
    };
    // ITU-R BT.601: how bright a colour looks.
    let brightness = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    brightness < 1_000 * DARK
}

/// White for the ground itself, so that it counts as paper, and the complement for all else.
fn turned_over(colour: Colour, ground: Colour) -> Colour {
    match colour {
        colour if colour == ground => Colour::Rgb(255, 255, 255),
        Colour::Rgb(red, green, blue) => Colour::Rgb(255 - red, 255 - green, 255 - blue),
        Colour::Pattern => Colour::Pattern,
    }
}

impl Drawing {
    /// Gives each colour another one.
    fn recolour(&mut self, other: impl Fn(Colour) -> Colour) {
        for paint in self.paints_mut() {
            let Paint { stroke, fill, .. } = paint;
            if let Some(stroke) = stroke {
                stroke.colour = other(stroke.colour);
            }
            *fill = fill.map(&other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Matrix, Point};
    use crate::watch::Unwatched;

    const WHITE: Colour = Colour::Rgb(255, 255, 255);
    const NIGHT: Colour = Colour::Rgb(33, 40, 48);

    /// A sheet of 200 by 100 with a box of `width` filled with `ground`, and a line in `pen`.
    fn pen_on_paper(width: f64, ground: Colour, pen: Colour) -> Option<Colour> {
        let mut drawing = Drawing::default();
        let corners = [[0.0, 0.0], [width, 0.0], [width, 100.0], [0.0, 100.0]];
        let paint = Paint {
            stroke: None,
            fill: Some(ground),
            even_odd: false,
        };
        let path = drawing.begin_path();
        drawing.push_subpath(&corners.map(Point::from), true, false);
        drawing.end_path(path, paint);
        let stroke = Stroke {
            width_pt: 1.0,
            colour: pen,
            dashed: false,
        };
        let paint = Paint {
            stroke: Some(stroke),
            fill: None,
            even_odd: false,
        };
        let path = drawing.begin_path();
        drawing.push_subpath(
            &[Point::new(20.0, 50.0), Point::new(90.0, 50.0)],
            false,
            false,
        );
        drawing.end_path(path, paint);
        let page = Page {
            index: 0,
            width_pt: 200.0,
            height_pt: 100.0,
            user_to_display: Matrix::IDENTITY,
        };
        lay_on_paper(&mut drawing, &page, &Unwatched).unwrap();
        let fills: Vec<Colour> = drawing
            .paths()
            .filter_map(|path| path.paint().fill)
            .collect();
        let drawn = drawing.paths().find_map(|path| path.paint().stroke);
        let pen = drawn.map(|stroke| stroke.colour);
        pen.filter(|_| fills == [WHITE])
    }

    #[test]
    fn white_lines_on_a_dark_ground_are_black_lines_on_paper() {
        assert_eq!(pen_on_paper(200.0, NIGHT, WHITE), Some(Colour::BLACK));
        let yellow = Colour::Rgb(255, 255, 0);
        let blue = Some(Colour::Rgb(0, 0, 255));
        assert_eq!(pen_on_paper(190.0, Colour::BLACK, yellow), blue);
        // On paper all stays as it is, and so it does beside a dark box, or if the lines are dark.
        assert_eq!(pen_on_paper(200.0, WHITE, NIGHT), Some(NIGHT));
        assert_eq!(pen_on_paper(80.0, NIGHT, WHITE), None);
        assert_eq!(pen_on_paper(200.0, NIGHT, Colour::BLACK), None);
    }
}
