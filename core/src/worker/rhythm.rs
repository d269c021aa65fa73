//! Threads that do something now and then, until they are told to end.

use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::sys::signals::spawn_without_signals;

/// A thread with a rhythm; dropping this ends it, after what it is just doing.
#[derive(Debug)]
pub(super) struct Rhythm {
    closing: Arc<Closing>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Closing {
    closed: Mutex<bool>,
    changed: Condvar,
}

impl Rhythm {
    /// Calls `step` again and again, each time after the rest that it returned last.
    pub(super) fn start(
        name: &str,
        step: impl FnMut() -> Duration + Send + 'static,
    ) -> io::Result<Rhythm> {
        let closing = Arc::new(Closing::default());
        let until = Arc::clone(&closing);
        let thread = spawn_without_signals(name.to_owned(), move || until.run(step))?;
        Ok(Rhythm {
            closing,
            thread: Some(thread),
        })
    }
}

impl Closing {
    fn run(&self, mut step: impl FnMut() -> Duration) {
        loop {
            let rest = step();
            let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = self
                .changed
                .wait_timeout_while(closed, rest, |closed| !*closed);
            if *waited.unwrap_or_else(PoisonError::into_inner).0 {
                return;
            }
        }
    }
}

impl Drop for Rhythm {
    fn drop(&mut self) {
        *self
            .closing
            .closed
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = true;
        self.closing.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // A panic there would be a defect; the thread's work is missing then, and no more.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn it_steps_until_it_is_dropped_however_long_it_would_rest() {
        let (sender, steps) = channel();
        let mut rests = [Duration::ZERO, Duration::ZERO].into_iter();
        let rhythm = Rhythm::start("rhythm", move || {
            sender.send(()).unwrap();
            rests.next().unwrap_or(Duration::MAX)
        })
        .unwrap();
        for _ in 0..3 {
            steps.recv_timeout(Duration::from_secs(30)).unwrap();
        }
        drop(rhythm);
        assert!(steps.recv().is_err(), "the thread has ended");
    }
}
