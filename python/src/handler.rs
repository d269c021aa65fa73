//! Functions of Python as handlers of the worker, and the settings of their kinds.

use std::time::Duration;

use floorjobs_core::job::{Failure, Kind, RetryPolicy, Timestamp, Usage, duration_from_seconds};
use floorjobs_core::worker::{
    AttemptContext, Completion, Handler, KindOptions, StallAction, Verdict,
};
use floorjobs_core::{Error, ErrorKind, NewJob, Result};
use pyo3::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::context::PyContext;
use crate::errors;
use crate::request::{fitting, optional_seconds};
use crate::thread;
use crate::value::{from_python, to_python};

/// A Python function that takes a context and the payload, and returns the result.
pub(crate) struct PyHandler {
    function: Py<PyAny>,
    /// The class `floorjobs.context.Context`.
    context: Py<PyAny>,
    /// What tells how a function ended that returned, or raised, no plain value.
    returned: Py<PyAny>,
    raised: Py<PyAny>,
}

impl Handler for PyHandler {
    fn run(&self, attempt: &AttemptContext) -> Result<Verdict> {
        thread::keep_state();
        let told = Python::attach(|py| {
            self.call(py, attempt)
                .map_err(|raised| unforeseen(py, &raised))
        })?;
        match told {
            Returned::Result(result) => Ok(Verdict::complete(result)),
            Returned::Told(text) => {
                let Told {
                    answer,
                    trace,
                    usage,
                }: Told = serde_json::from_str(&text).map_err(not_storable)?;
                if let Some(trace) = trace {
                    attempt.note_trace(&trace);
                }
                if let Some(used) = usage {
                    attempt.note_usage(used.into());
                }
                answer.verdict()
            }
        }
    }
}

/// What came back of a call.
enum Returned {
    /// It returned this.
    Result(Value),
    /// A [`Told`] as JSON text.
    Told(String),
}

impl PyHandler {
    pub(crate) fn new(py: Python<'_>, function: Py<PyAny>) -> PyResult<PyHandler> {
        let endings = py.import("floorjobs.endings")?;
        Ok(PyHandler {
            function,
            context: py.import("floorjobs.context")?.getattr("Context")?.unbind(),
            returned: endings.getattr("returned")?.unbind(),
            raised: endings.getattr("raised")?.unbind(),
        })
    }

    fn call(&self, py: Python<'_>, attempt: &AttemptContext) -> PyResult<Returned> {
        let payload = to_python(py, attempt.payload())?;
        let context = PyContext {
            attempt: attempt.clone(),
        };
        let context = self.context.call1(py, (context,))?;
        let answer = match self.function.call1(py, (context, payload)) {
            Ok(result) => match from_python(result.bind(py)) {
                Some(value) => return Ok(Returned::Result(value)),
                None => self.returned.call1(py, (result,))?,
            },
            Err(raised) => self.raised.call1(py, (raised.value(py),))?,
        };
        answer.extract(py).map(Returned::Told)
    }
}

/// What `returned` and `raised` of `floorjobs.endings` return: how the function ended.
#[derive(Deserialize)]
struct Told {
    #[serde(flatten)]
    answer: Answer,
    /// The traceback of what it raised.
    trace: Option<String>,
    /// What a child process used.
    usage: Option<Used>,
}

/// What a process used: processor seconds, and bytes of memory at most.
#[derive(Deserialize)]
struct Used {
    cpu_seconds: f64,
    peak_memory_bytes: i64,
}

impl From<Used> for Usage {
    fn from(used: Used) -> Usage {
        Usage {
            cpu_us: (used.cpu_seconds * 1e6) as i64,
            peak_memory_bytes: used.peak_memory_bytes,
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
enum Answer {
    Complete {
        result: Option<Value>,
        result_ref: Option<Value>,
    },
    /// The child process in which it ran died.
    Crashed {
        error: Raised,
    },
    /// It raised an exception; whether that is final follows from the code.
    Raised {
        error: Raised,
    },
    Retry {
        error: Raised,
        after: Option<f64>,
    },
    Snooze {
        until: String,
    },
    Fail {
        error: Raised,
    },
}

/// An exception, with the exceptions that caused it, nearest first.
#[derive(Deserialize)]
struct Raised {
    code: String,
    message: String,
    causes: Vec<String>,
}

impl Answer {
    fn verdict(self) -> Result<Verdict> {
        Ok(match self {
            Answer::Complete { result, result_ref } => Verdict::Complete(Completion {
                result: Some(result.unwrap_or_default()),
                result_ref,
                product: None,
            }),
            Answer::Crashed { error } => Verdict::Crashed {
                error: error.into(),
            },
            Answer::Raised { error } => return Err(error.into()),
            Answer::Retry { error, after } => Verdict::Retry {
                error: error.into(),
                after: after
                    .map(|seconds| duration_from_seconds("after", seconds))
                    .transpose()?,
            },
            Answer::Snooze { until } => Verdict::Snooze {
                until: Timestamp::parse(&until)?,
            },
            Answer::Fail { error } => Verdict::Fail {
                error: error.into(),
            },
        })
    }
}

impl From<Raised> for Error {
    fn from(raised: Raised) -> Error {
        let mut cause: Option<Error> = None;
        for message in raised.causes.iter().rev() {
            let error = Error::new(ErrorKind::Internal, message);
            cause = Some(caused_by(error, cause));
        }
        caused_by(Error::new(raised.kind(), raised.message), cause)
    }
}

impl From<Raised> for Failure {
    fn from(raised: Raised) -> Failure {
        Failure::from(&Error::from(raised))
    }
}

impl Raised {
    fn kind(&self) -> ErrorKind {
        ErrorKind::from_code(&self.code).unwrap_or(ErrorKind::Internal)
    }
}

fn caused_by(error: Error, cause: Option<Error>) -> Error {
    match cause {
        Some(cause) => error.with_source(cause),
        None => error,
    }
}

fn not_storable(error: serde_json::Error) -> Error {
    Error::new(
        ErrorKind::InvalidInput,
        "the handler's result cannot be stored as JSON",
    )
    .with_source(error)
}

/// What an exception that the package did not catch means for its attempt.
fn unforeseen(py: Python<'_>, raised: &PyErr) -> Error {
    if let Some(error) = errors::from_exception(py, raised) {
        return error;
    }
    Error::new(ErrorKind::Internal, raised.to_string())
}

/// What one kind of job does differently from its worker; checked when it is made.
#[pyclass(frozen, name = "KindOptions", module = "floorjobs._floorjobs")]
#[derive(Debug)]
pub(crate) struct PyKindOptions {
    pub(crate) kind: Kind,
    wanted: NewJob,
    concurrency: Option<usize>,
    stall_after: Option<Duration>,
    stall_action: Option<StallAction>,
}

#[pymethods]
impl PyKindOptions {
    #[new]
    #[pyo3(signature = (kind, *, max_attempts=None, retry_delay=None, timeout=None,
        concurrency=None, stall_after=None, stall_action=None))]
    fn new(
        kind: String,
        max_attempts: Option<i64>,
        retry_delay: Option<f64>,
        timeout: Option<f64>,
        concurrency: Option<i64>,
        stall_after: Option<f64>,
        stall_action: Option<&str>,
    ) -> PyResult<PyKindOptions> {
        let options = || {
            let kind = Kind::new(kind)?;
            // A request may say the same of one job, and its check is the rule for both.
            let mut wanted = NewJob::of(kind.clone());
            wanted.max_attempts = max_attempts
                .map(|number| fitting("max_attempts", number))
                .transpose()?;
            wanted.retry_delay = optional_seconds("retry_delay", retry_delay)?;
            wanted.timeout = optional_seconds("timeout", timeout)?;
            wanted.check()?;
            Ok(PyKindOptions {
                kind,
                wanted,
                concurrency: concurrency.map(at_least_one).transpose()?,
                stall_after: optional_seconds("stall_after", stall_after)?,
                stall_action: stall_action.map(stall_action_named).transpose()?,
            })
        };
        options().map_err(|error| errors::exception(&error))
    }
}

impl PyKindOptions {
    /// These options for a worker whose own policy is `retry`.
    pub(crate) fn over(&self, retry: RetryPolicy) -> KindOptions {
        KindOptions {
            retry: Some(RetryPolicy {
                max_attempts: self.wanted.max_attempts.unwrap_or(retry.max_attempts),
                base: self.wanted.retry_delay.unwrap_or(retry.base),
                ..retry
            }),
            deadline: self.wanted.timeout,
            stall_after: self.stall_after,
            stall_action: self.stall_action,
            concurrency: self.concurrency,
        }
    }
}

/// What happens to an attempt that stalls, by its name.
pub(crate) fn stall_action_named(text: &str) -> Result<StallAction> {
    StallAction::from_text(text).ok_or_else(|| {
        Error::invalid_field(
            "stall_action",
            format!("`stall_action` must be `report` or `cancel`, not `{text}`"),
        )
    })
}

fn at_least_one(number: i64) -> Result<usize> {
    match fitting("concurrency", number)? {
        0 => Err(Error::invalid_field(
            "concurrency",
            "`concurrency` must be at least 1",
        )),
        number => Ok(number),
    }
}
