//! The `price` job: a stored layout in, a new bill of it out.

use serde_json::{Value, json};

use super::bill;
use crate::blob::BlobRef;
use crate::bom::{BomOptions, price};
use crate::error::{Error, ErrorKind, Result};
use crate::layout::Layout;
use crate::repository::{NewDesign, Product, SharedRepository};
use crate::watch::Watch;
use crate::worker::{AttemptContext, Completion, Handler, Verdict};

/// No stored layout is larger than this.
const MAX_INPUT_BYTES: u64 = 1 << 30;

/// Prices a layout with the rates of now. Costs milliseconds: nothing is laid out.
pub(super) struct Price {
    repository: SharedRepository,
}

impl Price {
    pub(super) fn new(repository: SharedRepository) -> Price {
        Price { repository }
    }

    fn layout(&self, id: i64, attempt: &AttemptContext) -> Result<Layout> {
        let corrupt = || {
            let message = format!("layout {id} cannot be read again");
            Error::new(ErrorKind::Corrupt, message)
        };
        let blob: BlobRef = self.repository.layout(id)?.document_ref.parse()?;
        let bytes = attempt.blobs().get(&blob, MAX_INPUT_BYTES)?;
        let mut document: Value =
            serde_json::from_slice(&bytes).map_err(|error| corrupt().with_source(error))?;
        let layout = document.get_mut("layout").map(Value::take);
        serde_json::from_value(layout.unwrap_or_default())
            .map_err(|error| corrupt().with_source(error))
    }
}

impl Handler for Price {
    fn run(&self, attempt: &AttemptContext) -> Result<Verdict> {
        attempt.progress(0.0, "fetching");
        let payload = attempt.payload();
        let id = payload.get("layout_id").and_then(Value::as_i64);
        let id = id.ok_or_else(|| {
            let message = "the payload names no layout: `layout_id` is missing";
            Error::invalid_field("layout_id", message)
        })?;
        let options = match payload.get("bom") {
            Some(Value::Object(given)) => BomOptions::from_json(given)?,
            _ => BomOptions::default(),
        };
        let layout = self.layout(id, attempt)?;
        attempt.check()?;

        attempt.progress(0.3, "pricing");
        let bill = price(&layout, &bill::rates(self.repository.as_ref())?, &options)?;
        attempt.check()?;

        attempt.progress(0.8, "storing");
        let design = NewDesign {
            layout: None,
            layout_id: Some(id),
            bom: Some(bill::stored(&bill, attempt.blobs().as_ref())?),
        };
        Ok(Verdict::Complete(Completion {
            result: Some(json!({
                "success": true,
                "layout_id": id,
                "total_cost_inr": bill.total_cost_inr,
                "is_partial": bill.is_partial,
                "catalogue": bill.catalogue,
            })),
            result_ref: Some(json!({ "result_type": "bom", "success": true })),
            product: Some(Product::Design(design)),
        }))
    }
}
