//! A page: its boxes, its rotation, its resources and its content.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::document::whats_wrong;
use super::{dictionary_value, number, numbers, value};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::limits::exceeded;
use crate::plan::{Matrix, Page, Point, Rect};

/// Parents that are asked for an inherited attribute; deeper page trees do not exist.
const MAX_PARENTS: usize = 64;

/// Used where a page has no usable box: US Letter, as other readers do.
const FALLBACK_BOX: Rect = Rect {
    x0: 0.0,
    y0: 0.0,
    x1: 612.0,
    y1: 792.0,
};

/// ISO 32000-2 bounds a page to 14,400 units; a larger box with a user unit is still taken.
const LARGEST_SIDE_PT: f64 = 1_000_000.0;

/// The pages in order, at most as many as the limit allows.
pub(in crate::ingest) fn page_ids(document: &Document, limit: usize) -> Result<Vec<ObjectId>> {
    let ids: Vec<_> = document.page_iter().take(limit.saturating_add(1)).collect();
    if ids.len() > limit {
        return Err(exceeded("pages", limit));
    }
    if ids.is_empty() {
        return Err(Error::new(ErrorKind::InvalidPdf, "the PDF has no pages"));
    }
    Ok(ids)
}

/// A page with what it inherits.
pub(in crate::ingest) struct PageSource<'a> {
    pub(in crate::ingest) page: Page,
    pub(in crate::ingest) resources: Option<&'a Dictionary>,
    dictionary: &'a Dictionary,
}

impl<'a> PageSource<'a> {
    /// The page at `index`; a page whose object is missing is an error of the file.
    pub(in crate::ingest) fn read(
        document: &'a Document,
        id: ObjectId,
        index: usize,
    ) -> Result<PageSource<'a>> {
        let dictionary = document.get_dictionary(id).map_err(|error| {
            let wrong = whats_wrong(&error);
            let message = format!("page {} of the PDF cannot be read: {wrong}", index + 1);
            Error::new(ErrorKind::InvalidPdf, message)
        })?;
        let media = inherited(document, dictionary, b"MediaBox")
            .and_then(|object| page_box(document, object))
            .unwrap_or(FALLBACK_BOX);
        let crop = inherited(document, dictionary, b"CropBox")
            .and_then(|object| page_box(document, object))
            .map(|crop| crop.intersection(&media))
            .filter(|crop| is_usable(*crop))
            .unwrap_or(media);
        #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
        let turns = inherited(document, dictionary, b"Rotate")
            .and_then(number)
            .map_or(0, |degrees| (degrees / 90.0).round() as i64);
        let unit = value(document, dictionary, b"UserUnit")
            .and_then(number)
            .filter(|unit| *unit > 0.0)
            .unwrap_or(1.0);
        let resources =
            inherited(document, dictionary, b"Resources").and_then(|object| object.as_dict().ok());
        Ok(PageSource {
            page: displayed(index, crop, turns, unit),
            resources,
            dictionary,
        })
    }

    /// Its content streams in order. What is named but is no stream is left out.
    pub(in crate::ingest) fn parts(
        &self,
        document: &'a Document,
    ) -> impl Iterator<Item = &'a Stream> {
        let parts = match value(document, self.dictionary, b"Contents") {
            Some(Object::Array(parts)) => parts.as_slice(),
            Some(object @ Object::Stream(_)) => std::slice::from_ref(object),
            _ => &[],
        };
        parts
            .iter()
            .filter_map(|part| match document.dereference(part) {
                Ok((_, Object::Stream(stream))) => Some(stream),
                _ => None,
            })
    }
}

/// The attribute of the page or of its nearest parent that has it.
fn inherited<'a>(document: &'a Document, page: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let mut node = page;
    for _ in 0..MAX_PARENTS {
        if let Some(found) = value(document, node, key)
            && !found.is_null()
        {
            return Some(found);
        }
        node = dictionary_value(document, node, b"Parent")?;
    }
    None
}

fn page_box(document: &Document, object: &Object) -> Option<Rect> {
    let [x0, y0, x1, y1] = numbers(document, object)?;
    let rect = Rect::between(Point::new(x0, y0), Point::new(x1, y1));
    is_usable(rect).then_some(rect)
}

fn is_usable(rect: Rect) -> bool {
    !rect.is_empty() && rect.width() >= 1.0 && rect.height() >= 1.0
}

/// The displayed page: the crop box turned clockwise by `turns` quarters, y growing downwards.
fn displayed(index: usize, crop: Rect, turns: i64, unit: f64) -> Page {
    let unit = unit.min(LARGEST_SIDE_PT / crop.width().max(crop.height()).max(1.0));
    let (width, height) = (crop.width() * unit, crop.height() * unit);
    let upright = Matrix {
        a: unit,
        b: 0.0,
        c: 0.0,
        d: -unit,
        e: -crop.x0 * unit,
        f: crop.y1 * unit,
    };
    // Each turn maps the upright page (y down) onto the turned one.
    let (turn, swapped) = match turns.rem_euclid(4) {
        1 => (Matrix::from([0.0, 1.0, -1.0, 0.0, height, 0.0]), true),
        2 => (Matrix::from([-1.0, 0.0, 0.0, -1.0, width, height]), false),
        3 => (Matrix::from([0.0, -1.0, 1.0, 0.0, 0.0, width]), true),
        _ => (Matrix::IDENTITY, false),
    };
    Page {
        index,
        width_pt: if swapped { height } else { width },
        height_pt: if swapped { width } else { height },
        user_to_display: upright.then(turn),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rotation_keeps_the_page_inside_its_corners() {
        let crop = Rect::between(Point::new(100.0, 50.0), Point::new(300.0, 150.0));
        let corner = |turns| {
            let page = displayed(0, crop, turns, 1.0);
            // The lower left corner of the crop box, in user space.
            let at = page.user_to_display.apply(Point::new(100.0, 50.0));
            ([page.width_pt, page.height_pt], [at.x, at.y])
        };
        assert_eq!(corner(0), ([200.0, 100.0], [0.0, 100.0]));
        assert_eq!(corner(1), ([100.0, 200.0], [0.0, 0.0]));
        assert_eq!(corner(2), ([200.0, 100.0], [200.0, 0.0]));
        assert_eq!(corner(3), ([100.0, 200.0], [100.0, 200.0]));
        assert_eq!(corner(-1), corner(3));
    }

    #[test]
    fn a_user_unit_enlarges_the_page() {
        let crop = Rect::between(Point::new(10.0, 10.0), Point::new(110.0, 60.0));
        let page = displayed(0, crop, 0, 2.0);
        assert_eq!([page.width_pt, page.height_pt], [200.0, 100.0]);
        let at = page.user_to_display.apply(Point::new(60.0, 35.0));
        assert_eq!(at, Point::new(100.0, 50.0));
    }
}
