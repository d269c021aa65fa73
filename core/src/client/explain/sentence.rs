//! Why a job does not run, in words.

use std::fmt;

use super::{DelayCause, Reason, Serving};
use crate::job::{QueueName, Status, Timestamp};

/// What the job does or is kept by, to follow "The job".
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Ended { status, since } => {
                let how = match status {
                    Status::Cancelled => "was",
                    _ => "has",
                };
                write!(f, "{how} {status}{}", Since(*since, "at"))
            }
            Reason::Running {
                attempt,
                since,
                host,
                pid,
                cancel_requested,
                worker_silent,
                stalled_since,
                ..
            } => {
                write!(f, "runs (attempt {attempt}")?;
                if let (Some(host), Some(pid)) = (host, pid) {
                    write!(f, ", process {pid} on {host}")?;
                }
                write!(f, "){}", Since(*since, "since"))?;
                if *cancel_requested {
                    f.write_str(", and was asked to stop")?;
                }
                if let Some(moment) = stalled_since {
                    write!(f, ", but has told nothing new since {moment}")?;
                }
                if *worker_silent {
                    f.write_str(", and nothing was heard of its worker lately")?;
                }
                Ok(())
            }
            Reason::QueuePaused { queue, since } => {
                write!(
                    f,
                    "is in the queue `{queue}`, which is paused since {since}"
                )
            }
            Reason::NotDue { run_at, cause } => {
                let why = match cause {
                    DelayCause::Delay => "as it was asked for",
                    DelayCause::Backoff => "because its last attempt ended with an error",
                    DelayCause::Crash => "because its last attempt crashed",
                    DelayCause::Snooze => "because its last attempt asked for that",
                };
                write!(f, "is not due before {run_at}, {why}")
            }
            Reason::WaitsFor { jobs } => {
                let jobs: Vec<_> = jobs
                    .iter()
                    .map(|parent| format!("`{}` ({})", parent.job, parent.status))
                    .collect();
                write!(f, "waits for {}", jobs.join(", "))
            }
            Reason::NoWorker {
                queue,
                workers,
                silent,
            } => {
                write!(f, "is in the queue `{queue}`, which no live worker serves")?;
                match workers.as_slice() {
                    [] => f.write_str(" (there is none)")?,
                    some => write!(f, " ({})", Queues(some))?,
                }
                match silent {
                    0 => Ok(()),
                    n => write!(f, "; {n} that did fell silent"),
                }
            }
            Reason::NoHandler {
                kind,
                queue,
                workers,
            } => write!(
                f,
                "is of the kind `{kind}`, for which no live worker of the queue `{queue}` has a \
                 handler ({})",
                Queues(workers)
            ),
            Reason::SlotsTaken {
                running,
                concurrency,
                workers,
            } => write!(
                f,
                "finds every slot taken: {workers} live worker{} that could run it run{} {running} \
                 jobs of {concurrency} at a time",
                if *workers == 1 { "" } else { "s" },
                if *workers == 1 { "s" } else { "" },
            ),
            Reason::KindLimit {
                kind,
                running,
                limit,
                workers,
            } => write!(
                f,
                "finds the limit of its kind reached: {workers} live worker{} that could run it \
                 run{} {running} jobs of the kind `{kind}`, of {limit} at a time",
                if *workers == 1 { "" } else { "s" },
                if *workers == 1 { "s" } else { "" },
            ),
            Reason::Ready { position: 0 } => f.write_str("is ready and next in its queue"),
            Reason::Ready { position } => {
                let jobs = if *position == 1 { "job is" } else { "jobs are" };
                write!(f, "is ready, and {position} {jobs} before it")
            }
        }
    }
}

struct Since(Option<Timestamp>, &'static str);

impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(moment) => write!(f, " {} {moment}", self.1),
            None => Ok(()),
        }
    }
}

struct Queues<'a>(&'a [Serving]);

impl fmt::Display for Queues<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, worker) in self.0.iter().enumerate() {
            let queues: Vec<_> = worker.queues.iter().map(QueueName::as_str).collect();
            let comma = if index == 0 { "" } else { ", " };
            write!(
                f,
                "{comma}process {} on {} serves {}",
                worker.pid,
                worker.host,
                queues.join(" ")
            )?;
        }
        Ok(())
    }
}
