//! How a worker learns of new jobs between its polls.

#![cfg_attr(not(feature = "redis"), allow(dead_code, reason = "it never changes"))]

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// While Redis cannot be used, the repository is asked at least this often.
const POLL_WITHOUT_REDIS: Duration = Duration::from_millis(750);

/// The way that is used now; it changes as Redis comes and goes.
#[derive(Debug, Default)]
pub(super) struct Transport {
    mode: Mutex<Mode>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// Through the side file alone.
    #[default]
    Local,
    /// Through hints of Redis, and the side file.
    Redis,
    /// Redis is wanted and cannot be used, for this reason.
    Degraded(String),
}

impl Mode {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Mode::Local => "local",
            Mode::Redis => "redis",
            Mode::Degraded(_) => "degraded",
        }
    }

    pub(super) fn reason(&self) -> Option<&str> {
        match self {
            Mode::Degraded(reason) => Some(reason),
            Mode::Local | Mode::Redis => None,
        }
    }
}

impl Transport {
    fn mode(&self) -> MutexGuard<'_, Mode> {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the way; whether it is another one than before.
    pub(super) fn set(&self, mode: &Mode) -> bool {
        let before = std::mem::replace(&mut *self.mode(), mode.clone());
        before != *mode
    }

    /// The way, and the reason after a colon.
    pub(super) fn text(&self) -> String {
        let mode = self.mode();
        match mode.reason() {
            Some(reason) => format!("{}: {reason}", mode.name()),
            None => mode.name().to_owned(),
        }
    }

    /// How often the repository is to be asked, when it is otherwise every `poll`.
    pub(super) fn poll(&self, poll: Duration) -> Duration {
        match *self.mode() {
            Mode::Degraded(_) => poll.min(POLL_WITHOUT_REDIS),
            Mode::Local | Mode::Redis => poll,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_that_cannot_hear_asks_more_often_and_says_why() {
        let transport = Transport::default();
        let poll = Duration::from_secs(5);
        assert_eq!(
            (transport.text().as_str(), transport.poll(poll)),
            ("local", poll)
        );
        let degraded = Mode::Degraded("no answer in time".to_owned());
        assert!(transport.set(&degraded) && !transport.set(&degraded));
        assert_eq!(transport.text(), "degraded: no answer in time");
        assert_eq!(transport.poll(poll), POLL_WITHOUT_REDIS);
        let often = Duration::from_millis(10);
        assert_eq!(transport.poll(often), often);
        assert!(transport.set(&Mode::Redis));
        assert_eq!(transport.poll(poll), poll);
    }
}
