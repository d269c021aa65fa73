//! The log of a worker on standard error. It asks nothing of Python, so that neither waits for
//! the other, and many lines go out at once.

use std::io::{self, Write};

use floorjobs_core::clock::{Clock, SystemClock};
use floorjobs_core::worker::{EventSink, WorkerEvent};

/// What a pipe takes whole, so that the lines of several processes do not mix.
const WHOLE: usize = 4_096;

/// Writes a line for each event.
#[derive(Default)]
pub(crate) struct Log {
    lines: String,
}

impl EventSink for Log {
    fn event(&mut self, event: &WorkerEvent) {
        let Some(line) = event.log_line(SystemClock.now()) else {
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
