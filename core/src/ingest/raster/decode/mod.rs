//! From an image XObject or an inline image to grey pixels.
//!
//! Memory is bounded by the account of the reading: whatever a filter gives is paid for before
//! it is made, as the size in a header is only a claim.

mod ccitt;
mod colours;
mod filters;
mod jbig2;
mod jpeg;
mod samples;

pub(super) use self::colours::luma;

use lopdf::{Dictionary, Document, Object, Stream};

use self::colours::Colours;
use self::filters::{Coding, unwrap};
use super::gray::{Gray, Reducer};
use crate::error::Result;
use crate::ingest::limits::Budget;
use crate::ingest::pdf::{number, value};

/// A picture's pixels, and where they cover what is below.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) tone: Tone,
    /// 255 where the picture covers, 0 where it shows through; `None` covers everywhere.
    pub(super) cover: Option<Plane>,
}

/// What a picture shows.
#[derive(Debug)]
pub(super) enum Tone {
    /// Pixels of its own.
    Plane(Plane),
    /// One grey, as stencils are painted.
    Flat(u8),
}

/// Reduced pixels of a picture; `columns` and `rows` are its real size in them, as the last ones
/// may be cut.
#[derive(Debug)]
pub(super) struct Plane {
    pub(super) gray: Gray,
    pub(super) columns: f64,
    pub(super) rows: f64,
}

/// What became of a picture.
#[derive(Debug)]
pub(super) enum Decoded {
    Layer(Layer),
    /// It needs something that is not supported; a name for people.
    Unsupported(String),
    /// Its data make no sense.
    Broken,
}

/// Largest width or height that is believed.
const LARGEST_SIDE: usize = 400_000;

/// The numbers of a picture's dictionary that say how its samples lie.
struct Shape {
    width: usize,
    height: usize,
    /// Averages are kept of squares of so many pixels.
    factor: usize,
}

/// Width and height of `stream`'s picture in pixels, when they can be believed.
pub(super) fn size(document: &Document, stream: &Stream) -> Option<(usize, usize)> {
    let side = |key: &[u8]| {
        let number = value(document, &stream.dict, key)?.as_i64().ok()?;
        usize::try_from(number)
            .ok()
            .filter(|side| (1..=LARGEST_SIDE).contains(side))
    };
    Some((side(b"Width")?, side(b"Height")?))
}

/// Decodes `stream`, keeping averages of squares of `factor` pixels; a stencil is painted with
/// the grey `paint`.
///
/// # Errors
/// Those of the budget, and of a watch that asks to stop.
pub(super) fn decode(
    document: &Document,
    stream: &Stream,
    factor: usize,
    paint: u8,
    budget: &mut Budget<'_>,
) -> Result<Decoded> {
    let is_stencil = flag(document, &stream.dict, b"ImageMask");
    let plane = match decode_plane(document, stream, factor, is_stencil, budget)? {
        Ok(plane) => plane,
        Err(other) => return Ok(other),
    };
    if is_stencil {
        return Ok(Decoded::Layer(Layer {
            tone: Tone::Flat(paint),
            cover: Some(plane),
        }));
    }
    let cover = cover(document, stream, factor, budget)?;
    Ok(Decoded::Layer(Layer {
        tone: Tone::Plane(plane),
        cover,
    }))
}

/// Where the picture covers what is below: its soft mask, or its stencil mask turned round.
fn cover(
    document: &Document,
    stream: &Stream,
    factor: usize,
    budget: &mut Budget<'_>,
) -> Result<Option<Plane>> {
    let masks: [(&[u8], bool); 2] = [(b"SMask", false), (b"Mask", true)];
    for (key, is_stencil) in masks {
        // A mask has no mask of its own, so this goes no deeper.
        if let Some(Object::Stream(mask)) = value(document, &stream.dict, key)
            && let Ok(plane) = decode_plane(document, mask, factor, is_stencil, budget)?
        {
            return Ok(Some(plane));
        }
    }
    Ok(None)
}

fn flag(document: &Document, dictionary: &Dictionary, key: &[u8]) -> bool {
    value(document, dictionary, key).is_some_and(|flag| flag.as_bool().unwrap_or(false))
}

/// The pixels of `stream`; those of a stencil are 255 where it paints.
fn decode_plane(
    document: &Document,
    stream: &Stream,
    factor: usize,
    is_stencil: bool,
    budget: &mut Budget<'_>,
) -> Result<std::result::Result<Plane, Decoded>> {
    let Some((width, height)) = size(document, stream) else {
        return Ok(Err(Decoded::Broken));
    };
    budget.spend_steps(64)?;
    let shape = Shape {
        width,
        height,
        factor,
    };
    let Some(wrapped) = unwrap(document, stream, budget)? else {
        return Ok(Err(Decoded::Broken));
    };
    let decode: Option<Vec<f64>> = value(document, &stream.dict, b"Decode")
        .and_then(|array| array.as_array().ok())
        .map(|array| array.iter().filter_map(number).collect());
    let bits = match value(document, &stream.dict, b"BitsPerComponent") {
        _ if is_stencil => 1,
        Some(bits) => bits.as_i64().unwrap_or(8),
        // Only these say themselves how deep they are.
        None if matches!(wrapped.coding, Coding::Fax | Coding::Jbig2) => 1,
        None => 8,
    };
    let colours = if is_stencil {
        Some(Colours::stencil(decode.as_deref()))
    } else {
        let space = value(document, &stream.dict, b"ColorSpace");
        Colours::read(document, space, bits, decode.as_deref(), budget)?
    };
    let plane = match wrapped.coding {
        Coding::Samples => match colours {
            Some(colours) => samples::decode(&shape, &wrapped.data, bits, &colours, budget)?,
            None => None,
        },
        Coding::Jpeg => jpeg::decode(&shape, &wrapped.data, decode.as_deref(), budget)?,
        Coding::Fax => {
            let tones = colours.as_ref().map_or([0, 255], Colours::of_two);
            ccitt::decode(&shape, &wrapped.data, &wrapped.parameters, tones, budget)?
        }
        Coding::Jbig2 => {
            let tones = colours.as_ref().map_or([0, 255], Colours::of_two);
            let globals = jbig2::globals(document, &wrapped.parameters, budget)?;
            jbig2::decode(&shape, &wrapped.data, globals.as_deref(), tones, budget)?
        }
        Coding::Other(name) => return Ok(Err(Decoded::Unsupported(name))),
    };
    Ok(plane.ok_or(Decoded::Broken))
}

impl Shape {
    fn reducer(&self) -> Reducer {
        Reducer::new(self.width, self.factor)
    }

    /// What `reducer` took, if that was anything.
    #[expect(
        clippy::cast_precision_loss,
        reason = "sides are far below the precision of a float"
    )]
    fn plane(&self, reducer: Reducer) -> Option<Plane> {
        let gray = reducer.finish();
        let factor = self.factor.max(1) as f64;
        (gray.height > 0 && gray.width > 0).then(|| Plane {
            gray,
            columns: self.width as f64 / factor,
            rows: self.height as f64 / factor,
        })
    }
}
