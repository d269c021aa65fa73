//! The stall watchdog: notices attempts that run and get nowhere.
//!
//! The heartbeat proves that a process lives, and the deadline bounds how long an attempt may take
//! in all. Between the two lies the attempt that waits for ever for something that will not come:
//! it is known by having reported nothing new for a time that is long for its kind. Only a handler
//! that reports its progress can be judged so, which is why the watchdog is off unless asked for.

use std::time::Duration;

use crate::job::Timestamp;
use crate::job::time::duration_micros;

/// What happens to an attempt that stalls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum StallAction {
    /// It is told of: as an event, and as the job's `stalled_since`.
    #[default]
    Report,
    /// It is told of and cancelled; that counts as an error, with the code `timeout`.
    Cancel,
}

impl StallAction {
    /// Every action.
    pub const ALL: [StallAction; 2] = [StallAction::Report, StallAction::Cancel];

    /// The text form in settings: `report` or `cancel`.
    pub const fn as_str(self) -> &'static str {
        match self {
            StallAction::Report => "report",
            StallAction::Cancel => "cancel",
        }
    }

    /// The action whose text form is `text`, or `None`.
    pub fn from_text(text: &str) -> Option<StallAction> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }
}

/// The dials of the watchdog for one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct StallDials {
    /// How long an attempt may report nothing new; `None` is for ever.
    pub(super) after: Option<Duration>,
    pub(super) action: StallAction,
}

impl StallDials {
    /// A zero switches the watchdog off, so that one kind can be spared it.
    pub(super) fn new(after: Option<Duration>, action: StallAction) -> StallDials {
        StallDials {
            after: after.filter(|after| !after.is_zero()),
            action,
        }
    }
}

/// What the watchdog knows of one attempt. Moments are microseconds of the boot clock.
#[derive(Debug)]
pub(super) struct StallWatch {
    /// Counts what the attempt told that was new, and how much of it was seen by the last look.
    moves: u64,
    seen: u64,
    moved_at: i64,
    /// Since when the attempt stalls, if it does, and what the repository knows of that.
    since: Option<Timestamp>,
    stored: Option<Timestamp>,
}

impl StallWatch {
    pub(super) fn new(started: i64) -> StallWatch {
        StallWatch {
            moves: 0,
            seen: 0,
            moved_at: started,
            since: None,
            stored: None,
        }
    }

    /// The attempt told something new.
    pub(super) fn moved(&mut self) {
        self.moves = self.moves.wrapping_add(1);
    }

    /// Looks at the attempt; returns for how many microseconds it has told nothing new, once that
    /// has become too long.
    ///
    /// `stood_still` is for how long this process had no time to look, and so the handler perhaps
    /// none to work: it does not count.
    pub(super) fn look(
        &mut self,
        limit: Duration,
        boot: i64,
        wall: Timestamp,
        stood_still: i64,
    ) -> Option<i64> {
        if self.seen != self.moves {
            self.seen = self.moves;
            self.moved_at = boot;
            self.since = None;
            return None;
        }
        self.moved_at = self.moved_at.saturating_add(stood_still).min(boot);
        let silent = boot.saturating_sub(self.moved_at);
        if silent < duration_micros(limit) || self.since.is_some() {
            return None;
        }
        self.since = Some(Timestamp::from_micros(
            wall.as_micros().saturating_sub(silent),
        ));
        Some(silent)
    }

    pub(super) fn since(&self) -> Option<Timestamp> {
        self.since
    }

    pub(super) fn has_news(&self) -> bool {
        self.since != self.stored
    }

    pub(super) fn stored(&mut self, since: Option<Timestamp>) {
        self.stored = since;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_micros(100);

    fn wall(boot: i64) -> Timestamp {
        Timestamp::from_micros(1_000_000 + boot)
    }

    fn look(watch: &mut StallWatch, boot: i64) -> Option<i64> {
        watch.look(LIMIT, boot, wall(boot), 0)
    }

    #[test]
    fn silence_is_told_once_and_a_move_ends_it() {
        let mut watch = StallWatch::new(50);
        assert_eq!((look(&mut watch, 149), watch.since()), (None, None));
        assert_eq!(look(&mut watch, 160), Some(110));
        assert_eq!(watch.since(), Some(wall(50)));
        assert_eq!(look(&mut watch, 300), None, "told before");
        assert!(watch.has_news());
        watch.stored(watch.since());
        assert!(!watch.has_news());
        watch.moved();
        assert_eq!((look(&mut watch, 310), watch.since()), (None, None));
        assert!(watch.has_news());
        assert_eq!(look(&mut watch, 409), None);
        assert_eq!(look(&mut watch, 410), Some(100));
        assert_eq!(watch.since(), Some(wall(310)));
    }

    #[test]
    fn time_in_which_nobody_ran_does_not_count() {
        let mut watch = StallWatch::new(0);
        assert_eq!(watch.look(LIMIT, 5_040, wall(5_040), 5_000), None);
        assert_eq!(look(&mut watch, 5_099), None);
        assert_eq!(look(&mut watch, 5_100), Some(100));
        // Longer than it has run: the pause began before it.
        let mut watch = StallWatch::new(4_000);
        assert_eq!(watch.look(LIMIT, 5_000, wall(5_000), 4_900), None);
        assert_eq!(look(&mut watch, 5_100), Some(100));
    }

    #[test]
    fn the_text_form_of_an_action_is_read_back() {
        for action in StallAction::ALL {
            assert_eq!(StallAction::from_text(action.as_str()), Some(action));
        }
        assert_eq!(StallAction::from_text("shrug"), None);
        let off = StallDials::new(Some(Duration::ZERO), StallAction::Cancel);
        assert_eq!(off.after, None);
    }
}
