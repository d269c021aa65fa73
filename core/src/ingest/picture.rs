//! A picture as it is placed on a page: where its samples are, and where they show.

use lopdf::{ObjectId, Stream};

use super::drawing::Colour;
use crate::plan::{Matrix, Rect};

/// Pictures that are kept of one page. Scanners cut a page into some hundreds of strips.
pub(super) const MAX_PICTURES: usize = 10_000;

/// A picture on a page, not decoded.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Picture {
    pub(super) source: PictureSource,
    /// From the unit square, whose upper edge is the picture's first row, to the displayed page.
    pub(super) matrix: Matrix,
    /// The part of the page where it shows.
    pub(super) clip: Rect,
    /// What a stencil is painted with.
    pub(super) paint: Colour,
}

/// Where the samples of a picture are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PictureSource {
    /// In an image XObject of the document.
    Object(ObjectId),
    /// In the content, with the keys of its dictionary written out.
    Inline(Box<Stream>),
}
