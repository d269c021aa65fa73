//! Rules and search options of a request, judged.

use super::request::{Effort, GenerateRequest};
use super::solve;
use crate::error::{Error, Result};
use crate::layout::rules::Rules;
use crate::parallel::usual_threads;

/// Most layouts that are returned.
const MAX_ALTERNATIVES: u32 = 8;

/// Most threads that are used.
const MAX_THREADS: u32 = 64;

/// Judges what belongs to no part of its own.
pub(super) fn judge(request: &GenerateRequest) -> Result<()> {
    if !["", "1"].contains(&request.schema_version.as_str()) {
        let message = format!(
            "there is no version `{}`; there is 1",
            request.schema_version
        );
        return Err(Error::invalid_field("schema_version", message));
    }
    if !["", "mm"].contains(&request.units.as_str()) {
        return Err(Error::invalid_field("units", "lengths are in mm"));
    }
    let solver = &request.solver;
    if !(1..=MAX_ALTERNATIVES).contains(&solver.alternatives) {
        let message = format!(
            "must be 1 to {MAX_ALTERNATIVES}, not {}",
            solver.alternatives
        );
        return Err(Error::invalid_field("solver.alternatives", message));
    }
    if solver
        .threads
        .is_some_and(|threads| !(1..=MAX_THREADS).contains(&threads))
    {
        return Err(Error::invalid_field(
            "solver.threads",
            format!("must be 1 to {MAX_THREADS}"),
        ));
    }
    Ok(())
}

/// The profile's rules with those of the request in their place.
pub(super) fn rules(request: &GenerateRequest) -> Result<Rules> {
    let asked = &request.rules;
    let mut rules = Rules::of_profile(asked.profile.as_deref().unwrap_or("generic"))?;
    rules.accessible = asked.accessible.unwrap_or(false);
    let within = |value: Option<i64>, field: &str, low: i64, high: i64| -> Result<Option<i64>> {
        match value {
            Some(value) if !(low..=high).contains(&value) => Err(Error::invalid_field(
                format!("rules.{field}"),
                format!("{value} mm; between {low} and {high}"),
            )),
            other => Ok(other),
        }
    };
    if let Some(width) = within(asked.corridor_min_mm, "corridor_min_mm", 600, 5_000)? {
        rules.corridor_min_mm = width;
    }
    if let Some(width) = within(
        asked.corridor_preferred_mm,
        "corridor_preferred_mm",
        600,
        6_000,
    )? {
        if asked.corridor_min_mm.is_some_and(|least| least > width) {
            let message = format!("{width} mm is below corridor_min_mm");
            return Err(Error::invalid_field("rules.corridor_preferred_mm", message));
        }
        rules.corridor_preferred_mm = width;
        rules.corridor_min_mm = rules.corridor_min_mm.min(width);
    }
    rules.corridor_preferred_mm = rules.corridor_preferred_mm.max(rules.corridor_min_mm);
    if let Some(leaf) = within(asked.door_leaf_mm, "door_leaf_mm", 700, 2_000)? {
        rules.door_leaf_mm = leaf;
    }
    if let Some(thickness) = within(asked.wall_thickness_mm, "wall_thickness_mm", 50, 400)? {
        // Even, so that both faces are on whole millimetres.
        rules.wall_thickness_mm = (thickness + 1) / 2 * 2;
    }
    if let Some(percent) = asked.area_tolerance_pct {
        if !(percent.is_finite() && (0.1..=50.0).contains(&percent)) {
            let message = format!("{percent} percent; between 0.1 and 50");
            return Err(Error::invalid_field("rules.area_tolerance_pct", message));
        }
        rules.area_tolerance_permille = (percent * 10.0).round() as i64;
    }
    if rules.accessible {
        // A wheelchair's way: ADA 403.5.1 and 404.2.3 (36 and 32 in).
        rules.corridor_min_mm = rules.corridor_min_mm.max(915);
        rules.door_clear_min_mm = rules.door_clear_min_mm.max(815);
        rules.turning_mm = rules.turning_mm.max(1_500);
        rules.door_leaf_mm = rules.door_leaf_mm.max(900);
        rules.corridor_preferred_mm = rules.corridor_preferred_mm.max(rules.corridor_min_mm);
    }
    Ok(rules)
}

/// How hard to search.
pub(super) fn effort(request: &GenerateRequest) -> solve::Effort {
    let threads = request.solver.threads;
    let threads = threads.map_or_else(usual_threads, |threads| threads as usize);
    let permille = match request.solver.effort {
        Effort::Fast => 350,
        Effort::Normal => 1_000,
        Effort::Thorough => 4_000,
    };
    solve::Effort {
        seed: request.solver.seed,
        permille,
        threads,
        closeness: solve::Closeness::First,
    }
}
