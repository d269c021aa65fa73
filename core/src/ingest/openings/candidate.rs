//! What may be an opening, before it is known how its ends are met.

use crate::plan::{Leaf, Segment};

use super::bodies::Abutment;

/// By what an opening was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    /// The arc of a leaf.
    Swing,
    /// Lines across the gap over the thickness of the wall.
    Glazing,
    /// Thin panels in the middle of the wall.
    Panels,
    /// Nothing but the gap itself.
    Gap,
}

/// What may be an opening.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// From one side of the opening to the other, on the centre line of the wall if known.
    pub(super) axis: Segment,
    /// What each end of the axis meets.
    pub(super) meets: [Option<Abutment>; 2],
    /// How thick the wall is by what is drawn in the opening.
    pub(super) thickness: Option<f64>,
    pub(super) symbol: Symbol,
    pub(super) leaves: Vec<Leaf>,
    /// How badly the ends fit, from 0.
    pub(super) misfit: f64,
}

impl Candidate {
    pub(super) fn width(&self) -> f64 {
        self.axis.length()
    }

    /// Whether both ends meet a wall.
    pub(super) fn is_closed(&self) -> bool {
        self.meets.iter().all(Option::is_some)
    }

    /// How much of the shorter of the two lies beside the other, if they are on one line.
    pub(super) fn overlap(&self, other: &Candidate, aside: f64) -> f64 {
        let length = self.width().max(1e-9);
        let (dx, dy) = (
            (self.axis.b.x - self.axis.a.x) / length,
            (self.axis.b.y - self.axis.a.y) / length,
        );
        let at = |point: crate::plan::Point| {
            let (x, y) = (point.x - self.axis.a.x, point.y - self.axis.a.y);
            (x * dx + y * dy, (y * dx - x * dy).abs())
        };
        let ((one, off_one), (two, off_two)) = (at(other.axis.a), at(other.axis.b));
        if off_one.max(off_two) > aside {
            return 0.0;
        }
        let common = one.max(two).min(length) - one.min(two).max(0.0);
        (common / length.min(other.width()).max(1e-9)).max(0.0)
    }
}
