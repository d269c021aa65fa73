//! Pictures coded by JPEG (ITU-T T.81).

use std::cell::Cell;

use zune_core::bytestream::{ZByteIoError, ZByteReaderTrait, ZCursor, ZSeekFrom};
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::colours::luma;
use super::{Plane, Shape};
use crate::error::Result;
use crate::ingest::limits::Budget;
use crate::watch::Watch;

/// The fewest bytes that can hold a picture: each block of 64 pixels takes at least one bit.
/// Headers that claim more are not believed.
const PIXELS_PER_BYTE: usize = 8 * 64;

/// Largest side of a JPEG: its header has 16 bits for it.
const LARGEST_SIDE: usize = 65_535;

/// The pixels of `data`. Its own header says how large it is.
pub(super) fn decode(
    shape: &Shape,
    data: &[u8],
    ranges: Option<&[f64]>,
    budget: &mut Budget<'_>,
) -> Result<Option<Plane>> {
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(LARGEST_SIDE)
        .set_max_height(LARGEST_SIDE)
        .jpeg_set_out_colorspace(ColorSpace::Luma);
    let Some((info, input)) = header(data, options) else {
        return Ok(None);
    };
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    let pixels = width.saturating_mul(height);
    if pixels == 0 || pixels / PIXELS_PER_BYTE > data.len() {
        return Ok(None);
    }
    // Grey comes straight from brightness and colour difference; other models by way of red,
    // green and blue.
    let out = match input {
        ColorSpace::Luma | ColorSpace::YCbCr => ColorSpace::Luma,
        _ => ColorSpace::RGB,
    };
    let samples = out.num_components();
    // Coefficients of two bytes are all held until the last pass of a progressive picture; the
    // decoder does not tell one kind from the other before it has begun.
    let coefficients = if is_progressive(data) {
        pixels.saturating_mul(2 * usize::from(info.components))
    } else {
        0
    };
    let bytes = pixels.saturating_mul(samples);
    budget.spend_decompressed(bytes.saturating_add(coefficients))?;
    budget.spend_steps((pixels / 64) as u64)?;
    let reader = Watched {
        cursor: ZCursor::new(data),
        watch: budget.watch(),
        stopped: Cell::new(false),
        until_check: 0,
    };
    let mut decoder = JpegDecoder::new_with_options(reader, options.jpeg_set_out_colorspace(out));
    let mut decoded = vec![255; bytes];
    let outcome = decoder.decode_into(&mut decoded);
    budget.watch().check()?;
    if outcome.is_err() {
        return Ok(None);
    }
    // The dictionary may contradict the picture; the picture knows better.
    let shape = Shape {
        width,
        height,
        factor: shape.factor,
    };
    let turned = ranges.is_some_and(|ranges| ranges.first() > ranges.get(1));
    let mut reducer = shape.reducer();
    let mut row: Vec<u8> = Vec::with_capacity(width);
    for line in decoded.chunks_exact(width * samples) {
        row.clear();
        if samples == 1 {
            row.extend_from_slice(line);
        } else {
            row.extend(line.chunks_exact(samples).map(|pixel| {
                let at = |index: usize| u32::from(pixel.get(index).copied().unwrap_or(0));
                luma(at(0), at(1), at(2))
            }));
        }
        if turned {
            row.iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
        }
        budget.spend_steps(1)?;
        reducer.push(&row);
    }
    Ok(shape.plane(reducer))
}

fn header(data: &[u8], options: DecoderOptions) -> Option<(zune_jpeg::ImageInfo, ColorSpace)> {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(data), options);
    decoder.decode_headers().ok()?;
    Some((decoder.info()?, decoder.input_colorspace()?))
}

/// Whether a marker of a progressive frame comes before the first scan.
fn is_progressive(data: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xFF, marker]) = data.get(at..at + 2) {
        match marker {
            // Frames, without the three markers among them that are something else.
            0xC4 | 0xC8 | 0xCC => {}
            0xC0..=0xCF => return marker & 3 == 2,
            0xDA => return false,
            0xFF => {
                at += 1;
                continue;
            }
            _ => {}
        }
        match data.get(at + 2..at + 4) {
            Some(&[high, low]) => at += 2 + usize::from(u16::from_be_bytes([high, low])).max(2),
            _ => break,
        }
    }
    // Whoever cannot be told pays for the dearer kind.
    true
}

/// Bytes between two looks at the watch: some milliseconds of decoding.
const BYTES_BETWEEN_CHECKS: usize = 16_384;

/// The data, which end when the watch asks to stop: decoders have no other way to be stopped.
struct Watched<'a> {
    cursor: ZCursor<&'a [u8]>,
    watch: &'a dyn Watch,
    stopped: Cell<bool>,
    until_check: usize,
}

impl Watched<'_> {
    /// Whether `bytes` more may be read.
    fn may_read(&mut self, bytes: usize) -> bool {
        if let Some(left) = self.until_check.checked_sub(bytes) {
            self.until_check = left;
        } else {
            self.until_check = BYTES_BETWEEN_CHECKS;
            if self.watch.is_cancelled() {
                self.stopped.set(true);
            }
        }
        !self.stopped.get()
    }
}

const STOPPED: ZByteIoError = ZByteIoError::Generic("the work was cancelled");

impl ZByteReaderTrait for Watched<'_> {
    fn read_byte_no_error(&mut self) -> u8 {
        if self.may_read(1) {
            self.cursor.read_byte_no_error()
        } else {
            0
        }
    }

    fn read_exact_bytes(&mut self, buffer: &mut [u8]) -> std::result::Result<(), ZByteIoError> {
        if self.may_read(buffer.len()) {
            self.cursor.read_exact_bytes(buffer)
        } else {
            Err(STOPPED)
        }
    }

    fn read_bytes(&mut self, buffer: &mut [u8]) -> std::result::Result<usize, ZByteIoError> {
        if self.may_read(buffer.len()) {
            self.cursor.read_bytes(buffer)
        } else {
            Ok(0)
        }
    }

    fn peek_bytes(&mut self, buffer: &mut [u8]) -> std::result::Result<usize, ZByteIoError> {
        self.cursor.peek_bytes(buffer)
    }

    fn peek_exact_bytes(&mut self, buffer: &mut [u8]) -> std::result::Result<(), ZByteIoError> {
        self.cursor.peek_exact_bytes(buffer)
    }

    fn z_seek(&mut self, from: ZSeekFrom) -> std::result::Result<u64, ZByteIoError> {
        self.cursor.z_seek(from)
    }

    fn is_eof(&mut self) -> std::result::Result<bool, ZByteIoError> {
        if self.stopped.get() {
            return Ok(true);
        }
        self.cursor.is_eof()
    }

    fn z_position(&mut self) -> std::result::Result<u64, ZByteIoError> {
        self.cursor.z_position()
    }

    fn read_remaining(&mut self, sink: &mut Vec<u8>) -> std::result::Result<usize, ZByteIoError> {
        self.cursor.read_remaining(sink)
    }
}
