//! Layouts that a function in Python proposes, beside those of the native search.

use floorjobs_core::generate::{CandidateSource, Proposal, proposed_layouts};
use floorjobs_core::layout::{Layout, Violation};
use floorjobs_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use serde_json::json;

use crate::errors;

/// A source in Python: its name, and what `floorjobs.candidates` makes of its function, which takes
/// and gives JSON texts.
pub(crate) type Given = (String, Py<PyAny>);

/// A source as the search asks it.
pub(crate) struct PySource {
    name: String,
    ask: Py<PyAny>,
}

impl From<Given> for PySource {
    fn from((name, ask): Given) -> PySource {
        PySource { name, ask }
    }
}

impl CandidateSource for PySource {
    fn name(&self) -> &str {
        &self.name
    }

    fn propose(
        &self,
        proposal: &Proposal<'_>,
        round: u32,
        feedback: &[Violation],
    ) -> Result<Vec<Layout>> {
        let asked = proposal.to_json().to_string();
        let told = json!(feedback).to_string();
        let answer = Python::attach(|py| {
            let answer = self.ask.call1(py, (asked, round, told));
            answer
                .and_then(|text| text.extract::<String>(py))
                .map_err(|raised| {
                    errors::from_exception(py, &raised)
                        .unwrap_or_else(|| Error::new(ErrorKind::Internal, raised.to_string()))
                })
        })?;
        let layouts = proposed_layouts(&answer);
        if let Err(error) = &layouts {
            Python::attach(|py| self.complain(py, error));
        }
        layouts
    }
}

impl PySource {
    /// Says in Python's log why it is asked no more.
    fn complain(&self, py: Python<'_>, error: &Error) {
        let told = py
            .import("floorjobs.candidates")
            .and_then(|module| module.call_method1("complain", (&self.name, error.chain())));
        if let Err(raised) = told {
            raised.write_unraisable(py, None);
        }
    }
}
