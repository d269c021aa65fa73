//! The pictures of a page put together on one grid of square pixels, as the page shows them.

use lopdf::{Document, Object, Stream};

use super::decode::{Decoded, Layer, Plane, Tone, decode, size};
use super::gray::Gray;
use crate::error::Result;
use crate::ingest::drawing::Colour;
use crate::ingest::limits::Budget;
use crate::ingest::picture::{Picture, PictureSource};
use crate::plan::{Page, Point, Rect};

/// From so many dots to the inch on, squares of pixels are averaged: twice of what is needed to
/// tell the two faces of the thinnest wall on the smallest usual scale apart.
const ENOUGH_DPI: f64 = 140.0;

/// Most pixels that are worked on; more are averaged further.
const MAX_PIXELS: f64 = 40e6;

/// Pictures with less resolution than this are thumbnails.
const LEAST_DPI: f64 = 20.0;

/// A page as pixels.
pub(super) struct Canvas {
    pub(super) gray: Gray,
    /// Pixels to the point across and down; hardly different from each other.
    pub(super) scale: [f64; 2],
    /// The displayed position of the upper left corner.
    pub(super) origin: Point,
    /// Dots to the inch of the scan itself.
    pub(super) dpi: f64,
}

impl Canvas {
    /// The displayed position of a place in pixels, whose first pixel reaches from 0 to 1.
    pub(super) fn to_display(&self, x: f64, y: f64) -> Point {
        let [across, down] = self.scale;
        Point::new(self.origin.x + x / across, self.origin.y + y / down)
    }
}

/// A canvas, or what kept the pictures from being decoded.
pub(super) enum Composed {
    Canvas(Canvas),
    /// The codings that are not supported, for people; empty when the data are broken.
    Missing(Vec<String>),
}

/// A picture that is worth decoding, with its resolution.
struct Placed<'a> {
    picture: &'a Picture,
    stream: &'a Stream,
    /// Pixels to the point along its own rows and columns.
    resolution: [f64; 2],
    area: f64,
}

/// Puts the pictures of a page together.
///
/// # Errors
/// Those of the budget.
pub(super) fn compose(
    document: &Document,
    page: &Page,
    pictures: &[Picture],
    budget: &mut Budget<'_>,
) -> Result<Composed> {
    let placed: Vec<Placed<'_>> = pictures
        .iter()
        .filter_map(|picture| place(document, picture))
        .collect();
    let Some(main) = placed
        .iter()
        .reduce(|best, other| if other.area > best.area { other } else { best })
    else {
        return Ok(Composed::Missing(Vec::new()));
    };
    let shown = Rect::between(Point::default(), Point::new(page.width_pt, page.height_pt));
    let bounds = placed.iter().fold(Rect::EMPTY, |all, one| {
        all.union(&frame(one.picture).intersection(&one.picture.clip))
    });
    let bounds = bounds.intersection(&shown);
    if bounds.is_empty() {
        return Ok(Composed::Missing(Vec::new()));
    }
    let grid = Grid::over(main, bounds);
    let mut gray = Gray::filled(grid.width, grid.height, 255);
    let mut missing: Vec<String> = Vec::new();
    let mut drawn = 0;
    for one in &placed {
        let coarser = one.resolution.map(|own| own / grid.scale[0]);
        let factor = whole(coarser[0].min(coarser[1])).max(1);
        match decode(
            document,
            one.stream,
            factor,
            tone(one.picture.paint),
            budget,
        )? {
            Decoded::Layer(layer) => {
                draw(&mut gray, &grid, &layer, one.picture, budget)?;
                drawn += 1;
            }
            Decoded::Unsupported(name) if !missing.contains(&name) => missing.push(name),
            Decoded::Unsupported(_) | Decoded::Broken => {}
        }
    }
    if drawn == 0 {
        return Ok(Composed::Missing(missing));
    }
    Ok(Composed::Canvas(Canvas {
        gray,
        scale: grid.scale,
        origin: grid.origin,
        dpi: main.resolution[0].max(main.resolution[1]) * 72.0,
    }))
}

fn place<'a>(document: &'a Document, picture: &'a Picture) -> Option<Placed<'a>> {
    let stream = match &picture.source {
        PictureSource::Inline(stream) => stream.as_ref(),
        PictureSource::Object(id) => match document.get_object(*id) {
            Ok(Object::Stream(stream)) => stream,
            _ => return None,
        },
    };
    let (width, height) = size(document, stream)?;
    let m = picture.matrix;
    #[expect(clippy::cast_precision_loss, reason = "sides are bounded")]
    let resolution = [
        width as f64 / m.a.hypot(m.b).max(1e-6),
        height as f64 / m.c.hypot(m.d).max(1e-6),
    ];
    let visible = frame(picture).intersection(&picture.clip);
    let usable = resolution
        .iter()
        .all(|own| own.is_finite() && own * 72.0 >= LEAST_DPI);
    (usable && !visible.is_empty()).then(|| Placed {
        picture,
        stream,
        resolution,
        area: visible.width() * visible.height(),
    })
}

/// The box around a picture on the displayed page.
fn frame(picture: &Picture) -> Rect {
    let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
    Rect::around(corners.map(|(x, y)| picture.matrix.apply(Point::new(x, y))))
}

/// The grey of a colour; patterns count as black.
fn tone(colour: Colour) -> u8 {
    match colour {
        Colour::Rgb(red, green, blue) => {
            super::decode::luma(u32::from(red), u32::from(green), u32::from(blue))
        }
        Colour::Pattern => 0,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates"
)]
fn whole(value: f64) -> usize {
    // A whisker less than a whole number is that number.
    (value + 1e-3).max(0.0) as usize
}

struct Grid {
    width: usize,
    height: usize,
    scale: [f64; 2],
    origin: Point,
}

impl Grid {
    /// The grid of the pixels of `main`, so that they need not be mixed, as far as `bounds`.
    fn over(main: &Placed<'_>, bounds: Rect) -> Grid {
        let m = main.picture.matrix;
        let [along, down] = main.resolution;
        // On a page that is turned by a quarter, rows run down.
        let own = if m.b.abs() > m.a.abs() {
            [down, along]
        } else {
            [along, down]
        };
        // Scanners round the size of a page to whole points; facsimile has other pixels.
        let alike = (own[0] / own[1] - 1.0).abs() < 0.005;
        let finest = own[0].max(own[1]);
        let own = if alike { own } else { [finest; 2] };
        let area = bounds.width() * bounds.height() * own[0] * own[1];
        let factor = whole(finest * 72.0 / ENOUGH_DPI)
            .max(whole((area / MAX_PIXELS).sqrt().ceil()))
            .max(1);
        #[expect(clippy::cast_precision_loss, reason = "a small whole number")]
        let scale = own.map(|own| own / factor as f64);
        let corner = frame(main.picture);
        let origin = Point::new(
            corner.x0 + ((bounds.x0 - corner.x0) * scale[0]).floor() / scale[0],
            corner.y0 + ((bounds.y0 - corner.y0) * scale[1]).floor() / scale[1],
        );
        Grid {
            width: whole(((bounds.x1 - origin.x) * scale[0]).ceil()).max(1),
            height: whole(((bounds.y1 - origin.y) * scale[1]).ceil()).max(1),
            scale,
            origin,
        }
    }
}

/// Paints a layer onto the grid, mixing neighbouring pixels by distance.
fn draw(
    gray: &mut Gray,
    grid: &Grid,
    layer: &Layer,
    picture: &Picture,
    budget: &mut Budget<'_>,
) -> Result<()> {
    let m = picture.matrix;
    let determinant = m.a * m.d - m.b * m.c;
    if !determinant.is_finite() || determinant.abs() < 1e-9 {
        return Ok(());
    }
    // Where the unit square's axes point from a place on the page.
    let unit = |point: Point| {
        let (x, y) = (point.x - m.e, point.y - m.f);
        (
            (m.d * x - m.c * y) / determinant,
            (m.a * y - m.b * x) / determinant,
        )
    };
    let area = frame(picture).intersection(&picture.clip);
    let [across, down] = grid.scale;
    let columns = whole((area.x0 - grid.origin.x) * across)
        ..whole(((area.x1 - grid.origin.x) * across).ceil()).min(grid.width);
    let rows = whole((area.y0 - grid.origin.y) * down)
        ..whole(((area.y1 - grid.origin.y) * down).ceil()).min(grid.height);
    for y in rows {
        budget.spend_steps(1 + (columns.len() / 64) as u64)?;
        let line = gray.pixels.get_mut(y * grid.width..(y + 1) * grid.width);
        let Some(line) = line.and_then(|line| line.get_mut(columns.clone())) else {
            continue;
        };
        for (x, pixel) in columns.clone().zip(line) {
            #[expect(clippy::cast_precision_loss, reason = "sides are bounded")]
            let (u, v) = unit(Point::new(
                grid.origin.x + (x as f64 + 0.5) / across,
                grid.origin.y + (y as f64 + 0.5) / down,
            ));
            if !(0.0..=1.0).contains(&u) || !(0.0..=1.0).contains(&v) {
                continue;
            }
            let own = match &layer.tone {
                Tone::Flat(tone) => u32::from(*tone),
                Tone::Plane(plane) => sample(plane, u, v),
            };
            let cover = layer
                .cover
                .as_ref()
                .map_or(255, |plane| sample(plane, u, v));
            let mixed = (own * cover + u32::from(*pixel) * (255 - cover) + 127) / 255;
            *pixel = u8::try_from(mixed).unwrap_or(255);
        }
    }
    Ok(())
}

/// The pixel of `plane` at a place of the unit square, whose upper edge is at 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "places are clamped to the plane"
)]
fn sample(plane: &Plane, u: f64, v: f64) -> u32 {
    let gray = &plane.gray;
    let at = |share: f64, count: usize| {
        let place = (share - 0.5).clamp(0.0, count.saturating_sub(1) as f64);
        // In 256ths, so that a pixel that is met exactly is taken as it is.
        let fixed = (place * 256.0).round() as usize;
        (fixed >> 8, (fixed & 255) as u32)
    };
    let (x, right) = at(u * plane.columns, gray.width);
    let (y, below) = at((1.0 - v) * plane.rows, gray.height);
    let (upper, lower) = (gray.row(y), gray.row((y + 1).min(gray.height - 1)));
    let pair = |row: &[u8]| {
        let one = u32::from(row.get(x).copied().unwrap_or(255));
        let two = row.get(x + 1).map_or(one, |&two| u32::from(two));
        one * (256 - right) + two * right
    };
    (pair(upper) * (256 - below) + pair(lower) * below + 32_768) >> 16
}
