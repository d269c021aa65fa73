//! Whether slots may get their next jobs without the engine, by claiming in the transaction that
//! ends the jobs before. That is one commit instead of two, and no thread need be woken in between.
//!
//! The engine decides: not while the worker stops, and not while it finds out what a claim brought
//! whose answer was lost.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::running::{Running, Table};

/// What slots may do, and what they are about to do.
#[derive(Debug, Default)]
pub(super) struct Relay {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    gate: Gate,
    /// Claims of slots whose jobs are not in the table yet.
    under_way: usize,
    /// Such a claim failed, so that a job may have become ours without our knowing.
    in_doubt: bool,
    /// The engine gives back what became ours so.
    held: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Gate {
    #[default]
    Open,
    /// The worker stops: what is claimed already may run, and nothing more.
    Closed,
    /// Jobs were told to stop: what is claimed now is given back.
    Releasing,
}

/// The right of a slot to claim; it lasts until the job is in the table.
#[derive(Debug)]
pub(super) struct UnderWay<'a> {
    relay: &'a Relay,
}

impl Relay {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a slot may claim now.
    pub(super) fn begin(&self) -> Option<UnderWay<'_>> {
        let mut state = self.state();
        if state.gate != Gate::Open || state.held || state.in_doubt {
            return None;
        }
        state.under_way += 1;
        Some(UnderWay { relay: self })
    }

    /// Puts a claimed job into the table; false when it is to be given back instead.
    pub(super) fn insert(&self, table: &Table, running: &Arc<Running>) -> bool {
        let state = self.state();
        let may_run = state.gate != Gate::Releasing;
        if may_run {
            table.insert(running);
        }
        may_run
    }

    /// Lets no slot claim any more.
    pub(super) fn close(&self) {
        let mut state = self.state();
        if state.gate == Gate::Open {
            state.gate = Gate::Closed;
        }
    }

    /// From now on nothing new comes into the table: whoever looks there now finds every job that
    /// has to be told to stop.
    pub(super) fn release(&self) {
        self.state().gate = Gate::Releasing;
    }

    /// Whether jobs may have become ours by a claim of a slot without our knowing.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.state().in_doubt
    }

    /// Lets no slot claim for now; true when none is about to.
    pub(super) fn hold(&self) -> bool {
        let mut state = self.state();
        state.held = true;
        state.under_way == 0
    }

    /// Ends a hold: there is no doubt any more.
    pub(super) fn resume(&self) {
        let mut state = self.state();
        state.held = false;
        state.in_doubt = false;
    }
}

impl UnderWay<'_> {
    /// The claim failed: it may have happened all the same.
    pub(super) fn failed(self) {
        self.relay.state().in_doubt = true;
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut state = self.relay.state();
        state.under_way = state.under_way.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_may_claim_until_the_worker_stops() {
        let relay = Relay::default();
        assert!(relay.begin().is_some());
        relay.close();
        assert!(relay.begin().is_none());
        relay.resume();
        assert!(relay.begin().is_none(), "a stop is for good");
    }

    #[test]
    fn a_hold_waits_for_claims_under_way_and_bars_new_ones() {
        let relay = Relay::default();
        let under_way = relay.begin().unwrap();
        assert!(!relay.hold());
        assert!(relay.begin().is_none());
        drop(under_way);
        assert!(relay.hold());
        relay.resume();
        assert!(relay.begin().is_some());
    }

    #[test]
    fn a_claim_that_failed_bars_others_until_the_doubt_is_over() {
        let relay = Relay::default();
        relay.begin().unwrap().failed();
        assert!(relay.is_in_doubt() && relay.begin().is_none());
        assert!(relay.hold(), "the one that failed is under way no more");
        relay.resume();
        assert!(!relay.is_in_doubt() && relay.begin().is_some());
    }
}
