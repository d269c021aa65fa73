//! Jobs as objects of the package's class `Job`, made field by field.

use std::cell::RefCell;

use floorjobs_core::Job;
use floorjobs_core::job::{Failure, Progress, Timestamp};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDateTime, PyDelta, PyString, PyTuple, PyTzInfo};
use serde_json::Value;

use crate::slot::Slot;
use crate::value::to_python;

/// The fields of the class, in the order in which [`Maker::job`] has their values.
const FIELDS: [&str; 32] = [
    "id",
    "kind",
    "status",
    "queue",
    "priority",
    "payload",
    "payload_ref",
    "unique_key",
    "request_id",
    "waiting_for",
    "on_parent_failure",
    "attempt",
    "max_attempts",
    "timeout",
    "retry_delay",
    "errors",
    "crashes",
    "interruptions",
    "cancel_requested",
    "checkpoint",
    "progress",
    "stalled_since",
    "result",
    "result_ref",
    "error",
    "floorplan_id",
    "bom_id",
    "run_at",
    "created_at",
    "updated_at",
    "started_at",
    "finished_at",
];

/// What a job is made of in Python.
struct Classes {
    job: Py<PyAny>,
    /// `object.__new__`.
    new: Py<PyAny>,
    fields: Vec<Slot>,
    progress: Py<PyAny>,
    failure: Py<PyAny>,
    epoch: Py<PyAny>,
}

impl Classes {
    fn load(py: Python<'_>) -> PyResult<&Classes> {
        static CLASSES: PyOnceLock<Classes> = PyOnceLock::new();
        CLASSES.get_or_try_init(py, || {
            let module = py.import("floorjobs.models.job")?;
            let utc = PyTzInfo::utc(py)?.to_owned();
            let epoch = PyDateTime::new(py, 1970, 1, 1, 0, 0, 0, 0, Some(&utc))?;
            let job = module.getattr("Job")?;
            let fields = FIELDS.iter().map(|name| Slot::of(&job, name));
            Ok(Classes {
                new: py.get_type::<PyAny>().getattr("__new__")?.unbind(),
                fields: fields.collect::<PyResult<_>>()?,
                job: job.unbind(),
                progress: module.getattr("Progress")?.unbind(),
                failure: module.getattr("Failure")?.unbind(),
                epoch: epoch.into_any().unbind(),
            })
        })
    }
}

/// The object for a job.
pub(crate) fn job_object(py: Python<'_>, job: &Job) -> PyResult<Py<PyAny>> {
    Maker::new(py)?.job(job)
}

/// The objects for jobs, in order.
pub(crate) fn job_objects(py: Python<'_>, jobs: &[Job]) -> PyResult<Vec<Py<PyAny>>> {
    let maker = Maker::new(py)?;
    jobs.iter().map(|job| maker.job(job)).collect()
}

type Object<'py> = Bound<'py, PyAny>;

struct Maker<'py> {
    py: Python<'py>,
    classes: &'py Classes,
    /// The moment that was made last: jobs of one call have most of theirs in common, and each
    /// takes as long to make as ten fields to set.
    last: RefCell<Option<(Timestamp, Object<'py>)>>,
}

impl<'py> Maker<'py> {
    fn new(py: Python<'py>) -> PyResult<Maker<'py>> {
        Ok(Maker {
            py,
            classes: Classes::load(py)?,
            last: RefCell::new(None),
        })
    }

    /// The class's own `__init__` would be called with as many arguments, and set each by a call;
    /// that is a third of what storing a job costs.
    fn job(&self, job: &Job) -> PyResult<Py<PyAny>> {
        let values: [_; 32] = [
            self.text(&job.id.to_string()),
            self.text(job.kind.as_str()),
            self.text(job.status.as_str()),
            self.text(job.queue.as_str()),
            self.number(job.priority.into()),
            to_python(self.py, &job.payload)?,
            self.optional(job.payload_ref.as_deref(), |text| Ok(self.text(text)))?,
            self.optional(job.unique_key.as_deref(), |text| Ok(self.text(text)))?,
            self.optional(job.request_id.as_deref(), |text| Ok(self.text(text)))?,
            self.number(job.waiting_for.into()),
            self.text(job.on_parent_failure.as_str()),
            self.number(job.attempt.into()),
            self.optional(job.max_attempts, |most| Ok(self.number(most.into())))?,
            self.optional(job.timeout_us, |time| self.seconds(time))?,
            self.optional(job.retry_delay_us, |time| self.seconds(time))?,
            self.number(job.errors.into()),
            self.number(job.crashes.into()),
            self.number(job.interruptions.into()),
            self.flag(job.cancel_requested),
            self.json(job.checkpoint.as_ref())?,
            self.optional(job.progress.as_ref(), |progress| self.progress(progress))?,
            self.optional(job.stalled_since, |since| self.moment(since))?,
            self.json(job.result.as_ref())?,
            self.json(job.result_ref.as_ref())?,
            self.optional(job.error.as_ref(), |failure| self.failure(failure))?,
            self.optional(job.floorplan_id, |id| Ok(self.number(id)))?,
            self.optional(job.bom_id, |id| Ok(self.number(id)))?,
            self.moment(job.run_at)?,
            self.moment(job.created_at)?,
            self.moment(job.updated_at)?,
            self.optional(job.started_at, |at| self.moment(at))?,
            self.optional(job.finished_at, |at| self.moment(at))?,
        ];
        let made = self.classes.new.bind(self.py).call1((&self.classes.job,))?;
        for (field, value) in self.classes.fields.iter().zip(&values) {
            field.set(&made, value)?;
        }
        Ok(made.unbind())
    }

    fn progress(&self, progress: &Progress) -> PyResult<Object<'py>> {
        let arguments = (
            progress.fraction,
            progress.stage.as_str(),
            progress.message.as_deref(),
        );
        self.classes.progress.bind(self.py).call1(arguments)
    }

    fn failure(&self, failure: &Failure) -> PyResult<Object<'py>> {
        let causes = PyTuple::new(self.py, &failure.causes)?;
        let arguments = (failure.kind.code(), failure.message.as_str(), causes);
        self.classes.failure.bind(self.py).call1(arguments)
    }

    fn moment(&self, at: Timestamp) -> PyResult<Object<'py>> {
        if let Some((last, made)) = &*self.last.borrow()
            && *last == at
        {
            return Ok(made.clone());
        }
        let made = self.new_moment(at)?;
        self.last.replace(Some((at, made.clone())));
        Ok(made)
    }

    fn new_moment(&self, at: Timestamp) -> PyResult<Object<'py>> {
        const DAY_US: i64 = 86_400_000_000;
        let (days, rest) = (
            at.as_micros().div_euclid(DAY_US),
            at.as_micros().rem_euclid(DAY_US),
        );
        let (seconds, micros) = (rest / 1_000_000, rest % 1_000_000);
        let days = i32::try_from(days)?;
        let since = PyDelta::new(
            self.py,
            days,
            i32::try_from(seconds)?,
            i32::try_from(micros)?,
            false,
        )?;
        self.classes.epoch.bind(self.py).add(since)
    }

    fn seconds(&self, micros: i64) -> PyResult<Object<'py>> {
        Ok((micros as f64 / 1e6).into_pyobject(self.py)?.into_any())
    }

    fn json(&self, value: Option<&Value>) -> PyResult<Object<'py>> {
        self.optional(value, |value| to_python(self.py, value))
    }

    fn optional<T>(
        &self,
        value: Option<T>,
        make: impl FnOnce(T) -> PyResult<Object<'py>>,
    ) -> PyResult<Object<'py>> {
        match value {
            Some(value) => make(value),
            None => Ok(self.py.None().into_bound(self.py)),
        }
    }

    fn text(&self, text: &str) -> Object<'py> {
        PyString::new(self.py, text).into_any()
    }

    fn number(&self, number: i64) -> Object<'py> {
        match number.into_pyobject(self.py) {
            Ok(number) => number.into_any(),
            Err(never) => match never {},
        }
    }

    fn flag(&self, flag: bool) -> Object<'py> {
        PyBool::new(self.py, flag).to_owned().into_any()
    }
}
