//! Streams, decoded within the budget whatever their filters.
//!
//! Nearly all content is deflated, so that this filter is run here, in pieces between which the
//! budget is charged and the watch is asked. The others are left to the PDF library, one filter
//! at a time: whatever each of them gives is charged, so that no chain of filters and no stream
//! that fails in the end is a way around the limits.

use std::borrow::Cow;

use flate2::{Decompress, FlushDecompress, Status};
use lopdf::filters::png;
use lopdf::{DecompressError, Dictionary, Document, Object, Stream};

use super::value;
use crate::error::Result;
use crate::ingest::limits::Budget;

/// Most filters of one stream; files use one or two.
const MAX_FILTERS: usize = 8;

/// Most that a filter may give that runs in one go, so that it takes no longer than a few tenths
/// of a second. These filters are found in old files and on small streams.
const IN_ONE_GO: usize = 64 << 20;

/// Bytes that are inflated between two looks at the watch: about a millisecond.
const PIECE: usize = 1 << 20;

/// Decoded bytes that take about as long as one step of the interpreter.
const BYTES_PER_STEP: usize = 64;

/// The decoded bytes of `stream`, or `None` when its filters fail or are for pictures.
///
/// A stream without filters is not copied.
pub(in crate::ingest) fn content_of<'a>(
    document: &Document,
    stream: &'a Stream,
    budget: &mut Budget<'_>,
) -> Result<Option<Cow<'a, [u8]>>> {
    // Some work even for an empty result: a page may name thousands of streams.
    budget.spend_steps(64)?;
    let Some(filters) = filters(document, &stream.dict) else {
        return Ok(None);
    };
    let mut bytes = Cow::Borrowed(stream.content.as_slice());
    if filters.is_empty() {
        budget.spend_decompressed(bytes.len())?;
    }
    for filter in filters {
        let decoded = match filter.name {
            b"FlateDecode" => match filter.predictor() {
                Predictor::None => Some(inflate(&bytes, budget)?),
                Predictor::Rows(rows) => {
                    let inflated = inflate(&bytes, budget)?;
                    Some(rows.undone(&inflated, budget)?)
                }
                Predictor::Other => filter.run(&bytes, budget)?,
            },
            // A filter that only says how the file is encrypted, which is done already.
            b"Crypt" => continue,
            _ => filter.run(&bytes, budget)?,
        };
        match decoded {
            Some(decoded) => bytes = Cow::Owned(decoded),
            None => return Ok(None),
        }
    }
    Ok(Some(bytes))
}

/// [`content_of`] a stream that stands alone: nothing of it lies elsewhere in the file.
pub(in crate::ingest) fn decode_stream(
    stream: &Stream,
    budget: &mut Budget<'_>,
) -> Result<Option<Vec<u8>>> {
    let decoded = content_of(&Document::new(), stream, budget)?;
    Ok(decoded.map(Cow::into_owned))
}

/// One filter of a chain.
struct Filter<'a> {
    name: &'a [u8],
    parameters: Option<&'a Dictionary>,
}

/// The filters in order of decoding; `None` when they make no sense.
fn filters<'a>(document: &'a Document, stream: &'a Dictionary) -> Option<Vec<Filter<'a>>> {
    let names = match value(document, stream, b"Filter") {
        None | Some(Object::Null) => return Some(Vec::new()),
        Some(Object::Array(names)) => names.as_slice(),
        Some(name) => std::slice::from_ref(name),
    };
    if names.len() > MAX_FILTERS {
        return None;
    }
    let parameters = match value(document, stream, b"DecodeParms") {
        Some(Object::Array(parameters)) => parameters.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let followed = |object: &'a Object| document.dereference(object).ok().map(|(_, found)| found);
    let filter = |(index, name): (usize, &'a Object)| {
        Some(Filter {
            name: followed(name)?.as_name().ok()?,
            parameters: parameters
                .get(index)
                .and_then(followed)
                .and_then(|found| found.as_dict().ok()),
        })
    };
    names.iter().enumerate().map(filter).collect()
}

impl Filter<'_> {
    fn predictor(&self) -> Predictor {
        let Some(parameters) = self.parameters else {
            return Predictor::None;
        };
        let number = |key: &[u8], default: usize| {
            let written = parameters.get(key).and_then(Object::as_i64);
            let written = written.ok().and_then(|number| usize::try_from(number).ok());
            written.filter(|number| *number > 0).unwrap_or(default)
        };
        match number(b"Predictor", 1) {
            1 => Predictor::None,
            10..=15 => {
                let pixel = number(b"Colors", 1).saturating_mul(number(b"BitsPerComponent", 8));
                let row = pixel.saturating_mul(number(b"Columns", 1));
                Predictor::Rows(Rows {
                    row: row.div_ceil(8),
                    pixel: pixel.div_ceil(8),
                })
            }
            _ => Predictor::Other,
        }
    }

    /// Most bytes that one byte of input can become.
    fn growth(&self) -> usize {
        match self.name {
            b"ASCII85Decode" | b"ASCIIHexDecode" => 4,
            b"RunLengthDecode" => 64,
            // 12 bits for as many bytes as the table has room for.
            b"LZWDecode" => 2_731,
            _ => 1_032,
        }
    }

    /// Runs the filter in one go.
    fn run(&self, input: &[u8], budget: &mut Budget<'_>) -> Result<Option<Vec<u8>>> {
        if !matches!(
            self.name,
            b"FlateDecode"
                | b"LZWDecode"
                | b"ASCII85Decode"
                | b"ASCIIHexDecode"
                | b"RunLengthDecode"
        ) {
            return Ok(None);
        }
        let mut dictionary = Dictionary::new();
        dictionary.set("Filter", Object::Name(self.name.to_vec()));
        if let Some(parameters) = self.parameters {
            dictionary.set("DecodeParms", parameters.clone());
        }
        let most = budget.decompressed_left().min(IN_ONE_GO);
        let decoded = Stream::new(dictionary, input.to_vec()).get_plain_content_with_limit(most);
        let taken = match &decoded {
            Ok(bytes) => bytes.len(),
            // What a failed filter took is not told; it is charged for what it may have been.
            Err(_) => input.len().saturating_mul(self.growth()).min(most),
        };
        budget.spend_decompressed(taken)?;
        budget.spend_steps((taken.max(input.len()) / BYTES_PER_STEP) as u64)?;
        match decoded {
            Ok(bytes) => Ok(Some(bytes)),
            Err(lopdf::Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => {
                Err(budget.decompression_exceeded())
            }
            Err(_) => Ok(None),
        }
    }
}

/// What was done to the bytes before they were deflated.
enum Predictor {
    None,
    /// As PNG does it: each row as its difference from the one above or from the left.
    Rows(Rows),
    Other,
}

/// The size of a row and of a pixel, in bytes.
struct Rows {
    row: usize,
    pixel: usize,
}

impl Rows {
    /// The rows as they were. What follows a damaged row is left out.
    fn undone(&self, coded: &[u8], budget: &mut Budget<'_>) -> Result<Vec<u8>> {
        let Some(length) = self.row.checked_add(1).filter(|row| *row <= coded.len()) else {
            return Ok(Vec::new());
        };
        let mut rows = Vec::with_capacity(coded.len());
        let mut above = vec![0; self.row];
        for coded in coded.chunks_exact(length) {
            budget.spend_steps((length / BYTES_PER_STEP) as u64 + 1)?;
            let Some((Ok(kind), row)) = coded
                .split_first()
                .map(|(kind, row)| (png::FilterType::try_from(*kind), row))
            else {
                break;
            };
            let from = rows.len();
            rows.extend_from_slice(row);
            let row = rows.get_mut(from..).unwrap_or_default();
            png::decode_row(kind, self.pixel, &above, row);
            above.copy_from_slice(row);
        }
        Ok(rows)
    }
}

/// Inflates `input`; of a damaged stream what comes before the damage, as other readers do.
fn inflate(input: &[u8], budget: &mut Budget<'_>) -> Result<Vec<u8>> {
    let with_header = inflate_as(input, true, budget)?;
    if !with_header.is_empty() || input.len() <= 2 {
        return Ok(with_header);
    }
    // Some files have a damaged header and sound data after it.
    inflate_as(input.get(2..).unwrap_or_default(), false, budget)
}

fn inflate_as(input: &[u8], zlib_header: bool, budget: &mut Budget<'_>) -> Result<Vec<u8>> {
    let mut inflater = Decompress::new(zlib_header);
    let mut output = Vec::new();
    // Drawings deflate to about a fifth.
    output.reserve(input.len().saturating_mul(5).clamp(256, PIECE));
    loop {
        let at = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX);
        let (rest, before) = (input.get(at..).unwrap_or_default(), output.len());
        if output.len() == output.capacity() {
            output.reserve(output.len().max(PIECE));
        }
        // No more than a piece at a time, however much room there is.
        let status = inflate_piece(&mut inflater, rest, &mut output);
        let given = output.len() - before;
        budget.spend_decompressed(given)?;
        budget.spend_steps((given / BYTES_PER_STEP) as u64 + 1)?;
        match status {
            Some(Status::Ok | Status::BufError) if given > 0 => {}
            // The end, damage, or an input that is cut off.
            _ => return Ok(output),
        }
    }
}

/// Inflates at most a piece into `output`; `None` when the data is damaged.
fn inflate_piece(inflater: &mut Decompress, input: &[u8], output: &mut Vec<u8>) -> Option<Status> {
    let from = output.len();
    let room = (output.capacity() - from).min(PIECE);
    output.resize(from + room, 0);
    let before = inflater.total_out();
    let target = output.get_mut(from..).unwrap_or_default();
    let status = inflater.decompress(input, target, FlushDecompress::None);
    let given = usize::try_from(inflater.total_out() - before).unwrap_or(room);
    output.truncate(from + given.min(room));
    status.ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use lopdf::dictionary;

    use super::*;
    use crate::error::ErrorKind;
    use crate::ingest::limits::Limits;
    use crate::watch::Unwatched;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut encoder =
            flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn decode_within(stream: &Stream, most: usize) -> Result<Option<Vec<u8>>> {
        let limits = Limits {
            decompressed_bytes: most,
            ..Limits::default()
        };
        let mut budget = Budget::new(limits, &Unwatched);
        let document = Document::new();
        let decoded = content_of(&document, stream, &mut budget)?;
        Ok(decoded.map(Cow::into_owned))
    }

    fn decode(stream: &Stream) -> Option<Vec<u8>> {
        decode_within(stream, 64 << 20).unwrap()
    }

    fn name(name: &str) -> Object {
        Object::Name(name.as_bytes().to_vec())
    }

    #[test]
    fn streams_of_any_size_are_inflated() {
        for size in [0, 1, PIECE - 1, PIECE, 3 * PIECE + 7] {
            let bytes: Vec<u8> = (0..size).map(|at| ((at * at) >> 7) as u8).collect();
            let stream = Stream::new(dictionary! { "Filter" => "FlateDecode" }, deflated(&bytes));
            assert!(decode(&stream).unwrap_or_default() == bytes, "{size}");
        }
    }

    #[test]
    fn what_comes_before_the_damage_is_kept() {
        let bytes: Vec<u8> = (0..200_000_u32)
            .map(|at| (at.wrapping_mul(at) >> 9) as u8)
            .collect();
        let mut cut = deflated(&bytes);
        cut.truncate(cut.len() / 2);
        let stream = Stream::new(dictionary! { "Filter" => "FlateDecode" }, cut.clone());
        let found = decode(&stream).unwrap();
        assert!(found.len() > 10_000 && bytes.starts_with(&found));

        let mut bad_header = deflated(b"10 20 m 110 20 l S");
        bad_header[0] = 0xff;
        let stream = Stream::new(dictionary! { "Filter" => "FlateDecode" }, bad_header);
        assert_eq!(decode(&stream).unwrap(), b"10 20 m 110 20 l S");
    }

    #[test]
    fn filters_are_chained_and_parameters_are_used() {
        let twice = deflated(&deflated(b"hello hello hello"));
        let filters = vec![name("FlateDecode"), name("FlateDecode")];
        let stream = Stream::new(dictionary! { "Filter" => filters }, twice);
        assert_eq!(decode(&stream).unwrap(), b"hello hello hello");

        // Two rows of two bytes, each told as the difference from the row above.
        let rows = deflated(&[2, 1, 2, 2, 1, 1]);
        let parameters = dictionary! { "Predictor" => 12, "Columns" => 2 };
        let filter = dictionary! { "Filter" => "FlateDecode", "DecodeParms" => parameters };
        assert_eq!(decode(&Stream::new(filter, rows)).unwrap(), [1, 2, 2, 3]);

        let hex = dictionary! { "Filter" => "ASCIIHexDecode" };
        assert_eq!(
            decode(&Stream::new(hex, b"41 42>".to_vec())).unwrap(),
            b"AB"
        );
        let picture = dictionary! { "Filter" => "DCTDecode" };
        assert_eq!(decode(&Stream::new(picture, vec![0xff, 0xd8])), None);
    }

    #[test]
    fn each_filter_of_a_chain_is_charged() {
        // A million spaces twice deflated are a few hundred bytes; once inflated they are small
        // enough, twice they are not.
        let twice = deflated(&deflated(&vec![b' '; 4 << 20]));
        let filters = vec![name("FlateDecode"), name("FlateDecode")];
        let bomb = Stream::new(dictionary! { "Filter" => filters }, twice);
        let error = decode_within(&bomb, 2 << 20).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LimitExceeded);
        // One that fails in the end has cost as much as one that does not.
        let chain = vec![name("FlateDecode"), name("ASCII85Decode")];
        let bomb = Stream::new(
            dictionary! { "Filter" => chain },
            deflated(&vec![b'~'; 3 << 20]),
        );
        let mut budget = Budget::new(Limits::default(), &Unwatched);
        let document = Document::new();
        let before = budget.decompressed_left();
        assert!(content_of(&document, &bomb, &mut budget).is_ok());
        assert!(before - budget.decompressed_left() >= 3 << 20);
        let long = vec![name("ASCIIHexDecode"); MAX_FILTERS + 1];
        let long = Stream::new(dictionary! { "Filter" => long }, b"41>".to_vec());
        assert_eq!(decode(&long), None);
    }
}
