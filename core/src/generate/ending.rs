//! What is told at the end: the best layout with all that belongs to it, or why there is none.

use sha2::{Digest, Sha256};

use super::answer::{
    Alternative, GenerateResult, Infeasibility, Interpretation, Provenance, Status,
};
use super::request::Effort;
use super::run::{Certified, Run};
use crate::layout::rules::DISCLAIMER;
use crate::layout::{Brief, Layout, Priority, RoomBrief};

impl Run<'_> {
    /// The answer with the best of these, which are in order and at least one.
    pub(super) fn answer(
        &self,
        mut certified: Vec<Certified>,
        moves: u64,
        skeletons: usize,
    ) -> GenerateResult {
        let best = certified.remove(0);
        let alternatives = certified
            .into_iter()
            .map(|other| Alternative {
                source: other.source,
                cost: other.cost,
                layout: other.layout,
                relaxations: other.relaxations,
                violations: other.violations,
                metrics: other.metrics,
            })
            .collect();
        let hash = hash_of(&best.layout);
        // Fixtures left out of a furnished room are told, and are no reason to call it different.
        let different = best
            .relaxations
            .iter()
            .any(|relaxation| relaxation.rule != "fixture_dropped");
        GenerateResult {
            status: if different {
                Status::OkWithRelaxations
            } else {
                Status::Ok
            },
            layout: Some(best.layout),
            interpretation: Interpretation::default(),
            relaxations: best.relaxations,
            violations: best.violations,
            metrics: Some(best.metrics),
            alternatives,
            infeasibility: None,
            provenance: Provenance {
                solver: best.source,
                ..self.provenance(moves, skeletons, hash)
            },
            disclaimer: DISCLAIMER.to_owned(),
        }
    }

    /// The answer that there is none.
    pub(super) fn infeasible(
        &self,
        reason: Infeasibility,
        moves: u64,
        skeletons: usize,
    ) -> GenerateResult {
        GenerateResult {
            status: Status::Infeasible,
            layout: None,
            interpretation: Interpretation::default(),
            relaxations: Vec::new(),
            violations: Vec::new(),
            metrics: None,
            alternatives: Vec::new(),
            infeasibility: Some(reason),
            provenance: self.provenance(moves, skeletons, String::new()),
            disclaimer: DISCLAIMER.to_owned(),
        }
    }

    fn provenance(&self, moves: u64, templates: usize, hash: String) -> Provenance {
        Provenance {
            solver: format!("native {}", env!("CARGO_PKG_VERSION")),
            seed: self.request.solver.seed,
            profile: self.rules.profile.clone(),
            moves,
            templates,
            hash,
        }
    }

    /// The search found nothing and nothing is proved: how tight it is, and what stood in the way.
    pub(super) fn not_found(&self, brief: &Brief, nearest: Option<String>) -> Infeasibility {
        let required = |room: &&RoomBrief| room.priority == Priority::Required;
        let mut wanted: Vec<&RoomBrief> = brief.rooms.iter().filter(required).collect();
        let mut taken = "the rooms at their least take";
        if wanted.is_empty() {
            // Not one of them has a place.
            wanted.extend(brief.rooms.iter().min_by_key(|room| room.min_mm2));
            taken = "the smallest of the rooms, all of them optional, takes at its least";
        }
        let least: i64 = wanted.iter().map(|room| room.min_mm2).sum();
        // What rooms ever get of a plate: corridors and walls take a tenth at the very least.
        let usable = self.plate.usable_mm2();
        let share = least as f64 * 100.0 / usable.max(1) as f64;
        let reason =
            nearest.unwrap_or_else(|| "no arrangement has room for all of them".to_owned());
        Infeasibility {
            code: "NO_LAYOUT_FOUND".to_owned(),
            proved: false,
            message: format!(
                "no valid layout was found: {taken} {:.1} of {:.1} m² \
                 ({share:.0} %); the nearest fails because {reason}",
                least as f64 / 1e6,
                usable as f64 / 1e6
            ),
            needed: (least as f64 / 1e4).round() / 100.0,
            available: (usable as f64 / 1e4).round() / 100.0,
            unit: "m2".to_owned(),
            conflicting: wanted.iter().map(|room| room.id.clone()).collect(),
            remedies: [
                "smaller least areas or widths",
                "fewer rooms, or some of them optional",
                "effort `thorough`",
            ]
            .iter()
            // Nobody is advised to do what was done.
            .take(match self.request.solver.effort {
                Effort::Thorough => 2,
                _ => 3,
            })
            .map(|remedy| (*remedy).to_owned())
            .collect(),
        }
    }
}

/// SHA-256 of the layout's JSON, as hex.
fn hash_of(layout: &Layout) -> String {
    let text = serde_json::to_string(layout).unwrap_or_default();
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
