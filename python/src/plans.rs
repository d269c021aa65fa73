//! Reading floor plans here and now, without a store, a queue or a worker.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use floorjobs_core::ingest::{IngestOptions, Limits, Pages, Reading, read_pdf, read_plans};
use floorjobs_core::pipeline::reading_document;
use floorjobs_core::render::plan_svg;
use floorjobs_core::watch::Watch;
use floorjobs_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;

use crate::door::enter;

/// Progress in millionths, so that it fits into an atomic.
const WHOLE: f64 = 1e6;

/// A PDF that is read in the calling thread; others may ask how far it is, or stop it.
#[pyclass(name = "PlanReader", frozen, module = "floorjobs._floorjobs")]
pub(crate) struct PyPlanReader {
    options: IngestOptions,
    is_cancelled: AtomicBool,
    millionths: AtomicU32,
    stage: Mutex<&'static str>,
}

impl Watch for PyPlanReader {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the fraction is within 0 and 1"
    )]
    fn progress(&self, fraction: f64, stage: &'static str) {
        let millionths = (fraction.clamp(0.0, 1.0) * WHOLE) as u32;
        self.millionths.store(millionths, Ordering::Relaxed);
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }
}

#[pymethods]
impl PyPlanReader {
    /// A reader of one page from 0, of the best one, or of every plan.
    #[new]
    #[pyo3(signature = (*, page=None, all_pages=false))]
    fn new(page: Option<usize>, all_pages: bool) -> PyPlanReader {
        let pages = match page {
            _ if all_pages => Pages::All,
            Some(page) => Pages::One(page),
            None => Pages::Best,
        };
        PyPlanReader {
            options: IngestOptions {
                pages,
                limits: Limits::default(),
            },
            is_cancelled: AtomicBool::new(false),
            millionths: AtomicU32::new(0),
            stage: Mutex::new("waiting"),
        }
    }

    /// Reads; for each plan a JSON document, the picture, and the picture over the line work.
    fn read(&self, py: Python<'_>, pdf: &[u8]) -> PyResult<Vec<(String, String, String)>> {
        enter(py, || {
            let found = match self.options.pages {
                Pages::All => read_plans(pdf, &self.options, self)?,
                Pages::Best | Pages::One(_) => vec![read_pdf(pdf, &self.options, self)?],
            };
            found.iter().map(document).collect()
        })
    }

    /// How much is done, in 0..=1, and what is being done.
    #[getter]
    fn progress(&self) -> (f64, &'static str) {
        let fraction = f64::from(self.millionths.load(Ordering::Relaxed)) / WHOLE;
        let stage = *self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        (fraction, stage)
    }

    /// Makes `read` stop with `cancelled` as soon as it can.
    fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }
}

fn document(reading: &Reading) -> Result<(String, String, String)> {
    let plan = &reading.floorplan;
    let text = serde_json::to_string(&reading_document(reading)).map_err(|error| {
        Error::new(ErrorKind::Internal, "the floor plan has no JSON form").with_source(error)
    })?;
    Ok((
        text,
        plan_svg(plan, None),
        plan_svg(plan, Some(&reading.drawing)),
    ))
}
