//! The place of an attempt: its entry in the table and its slot, held by whoever works for it.

use std::sync::Arc;

use super::running::Running;
use super::shared::Shared;
use super::slots::Slot;
use crate::sys::crash_point::{Place, Point, reach};

/// An attempt in the table, on a slot. Dropping this takes it from the table and frees the slot,
/// be it by a panic of ours: one that stayed there would have its lease renewed for ever.
pub(super) struct Seat {
    pub(super) shared: Arc<Shared>,
    pub(super) running: Arc<Running>,
    slot: Option<Slot>,
}

impl Seat {
    /// The seat of an attempt that is in the table.
    pub(super) fn new(shared: &Arc<Shared>, running: Arc<Running>, slot: Slot) -> Seat {
        Seat {
            shared: Arc::clone(shared),
            running,
            slot: Some(slot),
        }
    }

    /// The slot for an attempt that takes the place of this one, and is in the table already.
    pub(super) fn hand_to(mut self, next: Arc<Running>) -> Seat {
        Seat {
            shared: Arc::clone(&self.shared),
            running: next,
            slot: self.slot.take(),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        reach(Point::At(Place::SlotHeld));
        self.shared.table.remove(&self.running.fence);
        drop(self.slot.take());
        reach(Point::At(Place::SlotFree));
    }
}
