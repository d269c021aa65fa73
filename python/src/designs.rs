//! Laying out and pricing here and now, without a store, a queue or a worker.

use floorjobs_core::Result;
use floorjobs_core::bom::Catalogue;
use floorjobs_core::generate::{CandidateSource, GenerateRequest};
use floorjobs_core::pipeline;
use floorjobs_core::render::{bill_csv, bill_xlsx, layout_svg};
use floorjobs_core::watch::Unwatched;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::candidates::{Given, PySource};
use crate::client::text;
use crate::door::enter;

/// What was laid out and priced, as texts and files.
struct Design {
    answer: String,
    drawn: Option<Drawn>,
}

struct Drawn {
    svg: String,
    bill: String,
    csv: String,
    xlsx: Vec<u8>,
}

/// Of a layout its picture, its bill as JSON and as CSV, and the workbook.
type Files = (String, String, String, Py<PyBytes>);

/// Lays out rooms and prices them with the seed catalogue or with that of a CSV file; the request
/// is JSON text, and `sources` propose layouts, too. Returns the answer as JSON, and the files of
/// the layout if there is one.
#[pyfunction]
#[pyo3(signature = (request, *, catalogue=None, catalogue_name="catalogue", sources=vec![]))]
pub(crate) fn generate(
    py: Python<'_>,
    request: &str,
    catalogue: Option<&[u8]>,
    catalogue_name: &str,
    sources: Vec<Given>,
) -> PyResult<(String, Option<Files>)> {
    let sources: Vec<PySource> = sources.into_iter().map(PySource::from).collect();
    let design = enter(py, || {
        let catalogue = match catalogue {
            Some(csv) => Catalogue::from_csv(catalogue_name, csv)?,
            None => Catalogue::seed(),
        };
        design(request, &catalogue, &sources)
    })?;
    let files = design.drawn.map(|drawn| {
        let xlsx = PyBytes::new(py, &drawn.xlsx).unbind();
        (drawn.svg, drawn.bill, drawn.csv, xlsx)
    });
    Ok((design.answer, files))
}

fn design(request: &str, catalogue: &Catalogue, sources: &[PySource]) -> Result<Design> {
    let request = GenerateRequest::from_json(request)?;
    let sources: Vec<&dyn CandidateSource> = sources.iter().map(|one| one as _).collect();
    let made = pipeline::design(&request, catalogue, &sources, &Unwatched)?;
    let drawn = match (&made.answer.layout, &made.bom) {
        (Some(layout), Some(bill)) => Some(Drawn {
            svg: layout_svg(layout),
            csv: bill_csv(bill),
            xlsx: bill_xlsx(bill)?,
            bill: text(bill)?,
        }),
        _ => None,
    };
    Ok(Design {
        answer: text(&made.answer)?,
        drawn,
    })
}
