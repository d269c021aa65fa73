//! The log of a worker on standard error. It asks nothing of Python, so that neither waits for
//! the other, and many lines go out at once.

use std::io::{self, Write};

use floorjobs_core::clock::{Clock, SystemClock};
use floorjobs_core::worker::{EventSink, WorkerEvent};
use floorjobs_core::{Error, Result};

/// What a pipe takes whole, so that the lines of several processes do not mix.
const WHOLE: usize = 4_096;

/// How a log is written.
#[derive(Clone, Copy)]
pub(crate) enum Format {
    /// `time level event key=value ...`.
    Text,
    /// A JSON object in each line.
    Json,
}

impl Format {
    pub(crate) fn named(text: &str) -> Result<Format> {
        match text {
            "text" => Ok(Format::Text),
            "json" => Ok(Format::Json),
            _ => Err(Error::invalid_field(
                "log",
                format!("`log` must be `text` or `json`, not `{text}`"),
            )),
        }
    }

    /// The line of an event, if it has one.
    pub(crate) fn line(self, event: &WorkerEvent) -> Option<String> {
        match self {
            Format::Text => event.log_line(SystemClock.now()),
            Format::Json => event.json_line(SystemClock.now()),
        }
    }
}

/// Writes a line for each event.
pub(crate) struct Log {
    format: Format,
    lines: String,
}

impl Log {
    pub(crate) fn new(format: Format) -> Log {
        Log {
            format,
            lines: String::new(),
        }
    }
}

impl EventSink for Log {
    fn event(&mut self, event: &WorkerEvent) {
        let Some(line) = self.format.line(event) else {
            return;
        };
        if self.lines.len() + line.len() >= WHOLE {
            self.pause();
        }
        self.lines.push_str(&line);
        self.lines.push('\n');
    }

    fn pause(&mut self) {
        // A log that nobody reads must not stop the worker.
        let _ = io::stderr().write_all(self.lines.as_bytes());
        self.lines.clear();
    }
}
