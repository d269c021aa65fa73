//! Asking for the bill of a layout that is there.

use serde_json::{Map, Value, json};

use super::{Client, check_all, no_answer};
use crate::bom::BomOptions;
use crate::error::Result;
use crate::job::{Job, Kind, NewJob, QueueName};

/// A layout that is to be priced, once more or otherwise.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PriceRequest {
    /// The layout.
    pub layout_id: i64,
    /// How the bill is made, as the JSON object of [`BomOptions`].
    pub options: Map<String, Value>,
    /// The queue; `None` is the queue of the settings.
    pub queue: Option<QueueName>,
    /// Higher runs first within a queue.
    pub priority: i32,
    /// While a job of this kind with this key is queued or running, it is returned instead.
    pub unique_key: Option<String>,
    /// The request of the host's that leads to it; see [`NewJob::request_id`].
    pub request_id: Option<String>,
}

impl Client {
    /// Stores a job that prices a stored layout with the rates of the moment it runs.
    ///
    /// Earlier bills stay; the new one is the newest about its floor plan.
    ///
    /// # Errors
    /// `not_found` for a layout that does not exist; `invalid_input` for options that cannot be
    /// used, with the path of the field; nothing is stored then.
    pub fn price(&self, wanted: PriceRequest) -> Result<Job> {
        let layout = self.repository.layout(wanted.layout_id)?;
        self.check_bill_options(&wanted.options)?;
        let job = NewJob {
            queue: wanted.queue,
            priority: wanted.priority,
            unique_key: wanted.unique_key,
            request_id: wanted.request_id,
            floorplan_id: layout.floorplan_id,
            payload: json!({ "layout_id": layout.id, "bom": wanted.options }),
            ..NewJob::of(Kind::price())
        };
        check_all(std::slice::from_ref(&job), |_| String::new())?;
        let requests = self.requests(vec![job]);
        self.store(&requests)?.pop().ok_or_else(no_answer)
    }

    /// Refuses what could not be priced, before a job is stored.
    pub(super) fn check_bill_options(&self, given: &Map<String, Value>) -> Result<()> {
        let options = BomOptions::from_json(given)?;
        if options.price_list.is_none() {
            return Ok(());
        }
        // The catalogue may change before the job runs, and then the job says so.
        options
            .check_list(&self.materials()?)
            .map_err(|error| error.with_field("bom.price_list"))
    }
}
