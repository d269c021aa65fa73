//! Streams, decoded within the budget whatever their filters.

use lopdf::{DecompressError, Stream};

use crate::error::Result;
use crate::ingest::limits::Budget;

/// The decoded bytes of `stream`, or `None` when its filters fail or are for pictures.
///
/// Each filter of the chain is bounded by what is left of the budget, so a chain of filters
/// cannot be a way around it.
pub(in crate::ingest) fn decode_stream(
    stream: &Stream,
    budget: &mut Budget<'_>,
) -> Result<Option<Vec<u8>>> {
    // Some work even for an empty result: a page may name thousands of streams.
    budget.spend_steps(64)?;
    match stream.get_plain_content_with_limit(budget.decompressed_left()) {
        Ok(bytes) => {
            budget.spend_decompressed(bytes.len())?;
            Ok(Some(bytes))
        }
        Err(lopdf::Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => {
            Err(budget.decompression_exceeded())
        }
        Err(_) => Ok(None),
    }
}
