//! Bills as a whole: plans worked by hand, and what must hold for any.

mod catalogues;
mod golden;
mod invariants;
mod plans;
