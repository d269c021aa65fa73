//! What an attempt makes besides the result of its job: rows that become visible with its end.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::Reading;
use crate::error::{Error, ErrorKind};
use crate::job::{Job, JobId, Timestamp};

/// What is stored in the transaction that ends a job.
#[derive(Debug, Clone, PartialEq)]
pub enum Product {
    /// What was read of the job's floor plan.
    Reading(Reading),
    /// A layout, its bill of materials, or both.
    Design(NewDesign),
}

/// A layout and its bill, to be stored with the end of a job.
///
/// The new ids are named in what the job leaves: `layout_id` and `bom_id` in its result, and
/// `result_id` in its reference (of the bill if there is one, else of the layout), wherever these
/// are objects.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewDesign {
    /// The layout, if a new one was made.
    pub layout: Option<NewLayout>,
    /// The layout that was priced, if it was there before.
    pub layout_id: Option<i64>,
    /// The bill.
    pub bom: Option<NewBom>,
}

/// A layout to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLayout {
    /// The blob of the whole answer as JSON.
    pub document_ref: String,
    /// The blob of its picture as SVG.
    pub svg_ref: String,
}

/// A bill of materials to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBom {
    /// The blob of the whole bill as JSON.
    pub document_ref: String,
    /// The total in paise, a hundredth of a rupee.
    pub total_paise: i64,
    /// Whether lines without a price are missing from the total.
    pub is_partial: bool,
}

/// A stored layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Layout {
    /// The id, as routes show it.
    pub id: i64,
    /// The floor plan it was made in, if it was.
    pub floorplan_id: Option<i64>,
    /// The job that made it; `None` when that has been deleted.
    pub job_id: Option<JobId>,
    /// The blob of the whole answer as JSON.
    pub document_ref: String,
    /// The blob of its picture as SVG.
    pub svg_ref: String,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// A stored bill of materials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Bom {
    /// The id, as routes show it.
    pub id: i64,
    /// The floor plan it is about, if it is about one.
    pub floorplan_id: Option<i64>,
    /// The layout it prices.
    pub layout_id: Option<i64>,
    /// The job that made it; `None` when that has been deleted.
    pub job_id: Option<JobId>,
    /// The total in rupees with two decimals.
    #[serde(rename = "total_cost_inr", serialize_with = "rupees")]
    pub total_paise: i64,
    /// Whether lines without a price are missing from the total.
    pub is_partial: bool,
    /// The blob of the whole bill as JSON.
    pub document_ref: String,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// Money is never a float: the text of a decimal number.
fn rupees<S: Serializer>(paise: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    let sign = if *paise < 0 { "-" } else { "" };
    let paise = paise.unsigned_abs();
    serializer.collect_str(&format_args!("{sign}{}.{:02}", paise / 100, paise % 100))
}

/// The ids that the rows of a design were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DesignIds {
    pub(super) layout: Option<i64>,
    pub(super) bom: Option<i64>,
}

/// Names in a job what was stored with its end.
pub(super) fn name_design(job: &mut Job, ids: DesignIds) {
    job.bom_id = ids.bom.or(job.bom_id);
    if let Some(Value::Object(result)) = &mut job.result {
        for (name, id) in [("layout_id", ids.layout), ("bom_id", ids.bom)] {
            if let Some(id) = id {
                result.insert(name.to_owned(), id.into());
            }
        }
    }
    if let (Some(Value::Object(reference)), Some(id)) =
        (&mut job.result_ref, ids.bom.or(ids.layout))
    {
        reference.insert("result_id".to_owned(), id.into());
    }
}

pub(super) fn layout_not_found(id: i64) -> Error {
    Error::new(ErrorKind::NotFound, format!("layout {id} not found"))
}

pub(super) fn bom_not_found(id: i64) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("bill of materials {id} not found"),
    )
}
