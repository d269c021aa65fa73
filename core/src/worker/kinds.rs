//! Which kinds a worker may start now, when some of them run only a few at a time.

use std::collections::BTreeMap;

use super::handler::Handlers;
use super::running::Table;
use crate::job::Kind;

/// The kinds that a worker serves, and how many attempts of some it runs at a time.
#[derive(Debug)]
pub(super) struct Kinds {
    all: Vec<Kind>,
    limits: BTreeMap<Kind, usize>,
}

/// What may be claimed at once.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Room {
    /// Kinds that are not full.
    pub(super) kinds: Vec<Kind>,
    /// How many jobs: whichever of the kinds they are, none is more than full then.
    pub(super) jobs: usize,
}

impl Kinds {
    pub(super) fn of(handlers: &Handlers) -> Kinds {
        Kinds {
            all: handlers.kinds(),
            limits: handlers.limits(),
        }
    }

    /// What may be claimed when so many slots are free; `None` if nothing may.
    ///
    /// A kind is full as long as threads work for it, be their attempts given up or not.
    pub(super) fn room(&self, table: &Table, free: usize) -> Option<Room> {
        let mut room = Room {
            kinds: self.all.clone(),
            jobs: free,
        };
        for (kind, limit) in &self.limits {
            match limit.saturating_sub(table.count_of(kind)) {
                0 => room.kinds.retain(|open| open != kind),
                left => room.jobs = room.jobs.min(left),
            }
        }
        (room.jobs > 0 && !room.kinds.is_empty()).then_some(room)
    }

    /// Whether anything may be claimed.
    pub(super) fn have_room(&self, table: &Table, free: usize) -> bool {
        let is_open = |kind: &Kind| {
            let limit = self.limits.get(kind);
            limit.is_none_or(|limit| table.count_of(kind) < *limit)
        };
        free > 0 && self.all.iter().any(is_open)
    }

    /// Whether these are all kinds there are, none of them full.
    pub(super) fn are_all(&self, kinds: &[Kind]) -> bool {
        kinds.len() == self.all.len()
    }
}
