//! A bill on its way into the store.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::Serialize;
use serde_json::Value;

use crate::blob::BlobStore;
use crate::bom::{Bom, Catalogue};
use crate::error::{Error, ErrorKind, Result};
use crate::repository::{NewBom, Repository};

/// The rates of now: the stored catalogue, or the seed while there is none.
pub(super) fn rates(repository: &dyn Repository) -> Result<Catalogue> {
    Ok(repository.catalogue()?.unwrap_or_else(Catalogue::seed))
}

/// Stores the bill as a blob; the row comes with the end of the job.
pub(super) fn stored(bill: &Bom, blobs: &dyn BlobStore) -> Result<NewBom> {
    Ok(NewBom {
        document_ref: put(&to_json(bill)?, blobs)?,
        total_paise: total_paise(bill)?,
        is_partial: bill.is_partial,
    })
}

/// Stores JSON as a blob and returns its reference.
pub(super) fn put(value: &Value, blobs: &dyn BlobStore) -> Result<String> {
    Ok(blobs.put(value.to_string().as_bytes())?.to_string())
}

pub(super) fn to_json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| {
        Error::new(ErrorKind::Internal, "the answer cannot be written as JSON").with_source(error)
    })
}

fn total_paise(bill: &Bom) -> Result<i64> {
    let paise = bill.total_cost_inr * Decimal::ONE_HUNDRED;
    paise.to_i64().ok_or_else(|| {
        let message = format!("a total of {} rupees is too large", bill.total_cost_inr);
        Error::new(ErrorKind::LimitExceeded, message)
    })
}
