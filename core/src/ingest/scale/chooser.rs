//! One scale out of what the sources say.
//!
//! Sources that name the same ratio, within 1 %, add up; the heaviest ratio wins. The weights
//! say how often each source is wrong on real sheets:
//!
//! - dimensions are numbers about the drawing itself, and scale with the sheet; a set of several
//!   different lengths that agree is wrong only when the drafter overrode them all;
//! - a scale bar scales with the sheet too, but may be left over from another sheet;
//! - a printed scale is right when it is made and wrong after printing at another size.

use super::bars::Bar;
use super::consensus::{self, Agreement, Vote};
use super::printed::{Printed, is_standard, nearest_standard};
use super::sizes::{AREAS_AGREE, Guess};
use crate::plan::{Finding, Rect, Scale, ScaleEvidence, ScaleProvenance};

/// Ratios that differ by less are one: half of this is what rounding and line widths do.
const SAME: f64 = 0.01;

/// How near a measured ratio must be to a scale that rulers have to be taken for it.
const SNAP: f64 = 0.006;

/// The same for one told by areas.
const SNAP_AREAS: f64 = 0.03;

/// Less than this is no scale: one doubtful figure, or the scale of a detail alone.
const LEAST_WEIGHT: f64 = 0.12;

/// Everything that the page says about its scale.
pub(super) struct Sources {
    pub(super) printed: Vec<Printed>,
    pub(super) bars: Vec<Bar>,
    pub(super) dimensions: Measured,
    /// By the areas that are printed in rooms.
    pub(super) areas: Option<Guess>,
    /// By the widths of doors.
    pub(super) doors: Option<Guess>,
    /// The box around the walls, if there are any.
    pub(super) plan: Option<Rect>,
}

/// The votes of dimensions, and what they agree on.
pub(super) struct Measured {
    votes: Vec<Vote>,
    best: Option<Agreement>,
}

impl Measured {
    pub(super) fn new(votes: Vec<Vote>) -> Measured {
        let best = consensus::agreement(&votes);
        Measured { votes, best }
    }
}

/// One ratio with what speaks for it.
#[derive(Debug, Clone)]
struct Candidate {
    ratio: f64,
    weight: f64,
    count: usize,
    provenance: ScaleProvenance,
    text: Option<String>,
    /// How far another ratio may be from this one and still agree, relative.
    tolerance: f64,
}

impl Candidate {
    fn agrees_with(&self, other: &Candidate) -> bool {
        (self.ratio / other.ratio - 1.0).abs() <= self.tolerance.max(other.tolerance)
    }
}

/// The scale that most speaks for, or `None` with a finding.
pub(super) fn choose(sources: &Sources, findings: &mut Vec<Finding>) -> Option<Scale> {
    let printed = printed_candidates(sources);
    let mut candidates = printed.clone();
    candidates.extend(bar_candidate(&sources.bars));
    candidates.extend(dimension_candidates(sources, &candidates));
    candidates.extend(sources.areas.map(area_candidate));
    // Doors are asked only where nothing else says anything.
    if candidates.iter().all(|one| one.weight < LEAST_WEIGHT) {
        candidates.extend(sources.doors.map(door_candidate));
    }
    let winner = heaviest(&candidates).filter(|(weight, _)| *weight >= LEAST_WEIGHT);
    let Some((_, winner)) = winner else {
        findings.push(Finding::new(
            "scale_unknown",
            "no scale is printed, and no scale bar or dimension tells one",
        ));
        return None;
    };
    let for_it: Vec<&Candidate> = candidates
        .iter()
        .filter(|one| one.agrees_with(&winner))
        .collect();
    // The printed scale is exact where it is right; a measured one only nearly.
    let named = for_it
        .iter()
        .copied()
        .find(|one| one.provenance == ScaleProvenance::PrintedText);
    let leading = for_it
        .iter()
        .copied()
        // Areas tell a ratio only nearly; whatever is exact goes before them.
        .max_by(|a, b| {
            let exact = |one: &Candidate| one.tolerance <= SAME;
            exact(a).cmp(&exact(b)).then(a.weight.total_cmp(&b.weight))
        })
        .unwrap_or(&winner);
    let ratio = named.map_or_else(|| snapped(leading), |named| named.ratio);
    note_disagreement(&printed, ratio, leading, findings);
    let against = candidates
        .iter()
        .filter(|one| !one.agrees_with(&winner))
        .map(|one| one.weight)
        .fold(0.0, f64::max);
    let for_weight: f64 = for_it.iter().map(|one| one.weight).sum();
    Some(Scale {
        text: named.and_then(|named| named.text.clone()),
        agreement: candidates
            .iter()
            .map(|one| ScaleEvidence {
                provenance: one.provenance,
                ratio: one.ratio,
                count: one.count,
                agrees: one.agrees_with(&winner),
            })
            .collect(),
        confidence: confidence(for_weight, against),
        ..Scale::from_ratio(ratio, leading.provenance)
    })
}

/// One alone is as good as its weight; others for it make it sure, others against it doubtful.
fn confidence(for_it: f64, against: f64) -> f64 {
    let sure = 1.0 - 0.5_f64.powf(for_it);
    let share = for_it / (for_it + 0.5 * against);
    (sure * share * 100.0).round() / 100.0
}

/// The printed scales, one for each ratio, with weights by where they stand.
fn printed_candidates(sources: &Sources) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for printed in &sources.printed {
        let weight = printed.weight * place_weight(printed, sources.plan.as_ref());
        match found
            .iter_mut()
            .find(|one| (one.ratio / printed.ratio - 1.0).abs() < 1e-6)
        {
            Some(known) => {
                known.count += 1;
                if weight > known.weight {
                    known.weight = weight;
                    known.text = Some(printed.text.clone());
                }
            }
            None => found.push(Candidate {
                ratio: printed.ratio,
                weight,
                count: 1,
                provenance: ScaleProvenance::PrintedText,
                text: Some(printed.text.clone()),
                tolerance: SAME,
            }),
        }
    }
    found
}

/// The title of a view stands under its view: near the walls it is theirs, farther off another's.
/// A bare ratio among the walls is a slope of a ramp.
fn place_weight(printed: &Printed, plan: Option<&Rect>) -> f64 {
    let Some(plan) = plan else { return 1.0 };
    let (dx, dy) = (
        (plan.x0 - printed.at.x)
            .max(printed.at.x - plan.x1)
            .max(0.0),
        (plan.y0 - printed.at.y)
            .max(printed.at.y - plan.y1)
            .max(0.0),
    );
    let off = dx.max(dy) / plan.diagonal().max(1.0);
    let inside = dx == 0.0 && dy == 0.0;
    match (printed.is_title, inside) {
        (true, _) if off < 0.25 => 1.15,
        (true, _) => 0.8,
        (false, true) => 0.8,
        (false, false) => 1.0,
    }
}

/// The surest bar. Bars that disagree say little.
fn bar_candidate(bars: &[Bar]) -> Option<Candidate> {
    let best = bars.first()?;
    let agree = bars
        .iter()
        .filter(|bar| bar.sure == best.sure)
        .all(|bar| (bar.ratio / best.ratio - 1.0).abs() <= SAME);
    let weight = match (best.sure, agree) {
        (true, true) => 1.5,
        (true, false) => 0.8,
        (false, _) => 0.4,
    };
    Some(Candidate {
        ratio: best.ratio,
        weight,
        count: best.count,
        provenance: ScaleProvenance::ScaleBar,
        text: None,
        tolerance: SAME,
    })
}

/// What the dimensions say by themselves, and how far they support what others say.
///
/// Bare figures do not tell their unit, so that the same figures may fit ratios ten times apart:
/// another source that one of them fits decides.
fn dimension_candidates(sources: &Sources, others: &[Candidate]) -> Option<Candidate> {
    let measured = &sources.dimensions;
    let best = measured.best?;
    let supported = others
        .iter()
        .map(|other| consensus::support(&measured.votes, other.ratio))
        .filter(|agreement| agreement.count > 0 && agreement.ratio > 0.0)
        .max_by(|a, b| a.score.total_cmp(&b.score));
    // A reading in centimetres weighs half of one in millimetres.
    let chosen = match supported {
        Some(supported) if supported.score >= 0.45 * best.score => supported,
        _ => best,
    };
    Some(Candidate {
        ratio: chosen.ratio,
        weight: dimension_weight(&chosen),
        count: chosen.count,
        provenance: ScaleProvenance::Dimensions,
        text: None,
        tolerance: SAME,
    })
}

/// A set is consistent when several different lengths agree and few figures do not.
fn dimension_weight(agreement: &Agreement) -> f64 {
    let by_score = match agreement.score {
        score if score >= 2.2 => 3.0,
        score if score >= 1.2 => 1.6,
        score if score >= 0.5 => 0.8,
        _ => 0.3,
    };
    let by_lengths: f64 = match agreement.lengths {
        0 => 0.0,
        1 => 0.8,
        2 => 1.6,
        _ => 3.0,
    };
    // A rotated view, or a detail of another scale, may hold half of the figures.
    let by_share = if agreement.share < 0.3 { 0.4 } else { 1.0 };
    // A sheet that was printed at another size has an odd ratio; so have most wrong readings.
    let known = nearest_standard(agreement.ratio)
        .is_some_and(|standard| (standard / agreement.ratio - 1.0).abs() <= SAME);
    by_lengths.min(by_score) * by_share * if known { 1.0 } else { 0.75 }
}

/// The candidate whose ratio has the most weight, all that agree with it counted.
fn heaviest(candidates: &[Candidate]) -> Option<(f64, Candidate)> {
    let weight_of = |one: &Candidate| -> f64 {
        candidates
            .iter()
            .filter(|other| other.agrees_with(one))
            .map(|other| other.weight)
            .sum()
    };
    let mut best: Option<(f64, &Candidate)> = None;
    for candidate in candidates {
        let weight = weight_of(candidate);
        if best.is_none_or(|(most, _)| weight > most + 1e-9) {
            best = Some((weight, candidate));
        }
    }
    best.map(|(weight, candidate)| (weight, candidate.clone()))
}

/// The scale on a ruler that a measured ratio is meant to be, or the ratio itself.
fn snapped(measured: &Candidate) -> f64 {
    let ratio = measured.ratio;
    let near = if measured.tolerance > SAME {
        SNAP_AREAS
    } else {
        SNAP
    };
    match nearest_standard(ratio) {
        Some(standard) if !is_standard(ratio) && (standard / ratio - 1.0).abs() <= near => standard,
        _ => ratio,
    }
}

/// Several rooms whose printed areas fit are as good as a scale bar.
fn area_candidate(guess: Guess) -> Candidate {
    let weight = match (guess.count, guess.share) {
        (3.., 0.6..) => 1.6,
        (2.., 0.5..) => 0.8,
        _ => 0.3,
    };
    Candidate {
        ratio: guess.ratio,
        weight,
        count: guess.count,
        provenance: ScaleProvenance::RoomAreas,
        text: None,
        tolerance: AREAS_AGREE,
    }
}

fn door_candidate(guess: Guess) -> Candidate {
    Candidate {
        ratio: guess.ratio,
        weight: 0.2 * guess.share,
        count: guess.count,
        provenance: ScaleProvenance::DoorWidths,
        text: None,
        tolerance: SAME,
    }
}

fn note_disagreement(
    printed: &[Candidate],
    ratio: f64,
    leading: &Candidate,
    findings: &mut Vec<Finding>,
) {
    let texts = |these: &mut dyn Iterator<Item = &Candidate>| {
        let texts: Vec<String> = these
            .filter_map(|one| one.text.as_ref())
            .map(|text| format!("`{text}`"))
            .collect();
        texts.join(", ")
    };
    let agrees = |one: &&Candidate| (one.ratio / ratio - 1.0).abs() <= SAME;
    if printed.is_empty() {
        return;
    }
    if !printed.iter().any(|one| agrees(&one)) {
        let by = match leading.provenance {
            ScaleProvenance::ScaleBar => "the scale bar",
            ScaleProvenance::RoomAreas => "the printed areas",
            _ => "the dimensions",
        };
        let message = format!(
            "the page says {}, but by {by} it is 1:{}; the sheet may be printed at another size",
            texts(&mut printed.iter()),
            (ratio * 10.0).round() / 10.0,
        );
        findings.push(Finding::new("scale_print_wrong", message));
    } else if printed.len() > 1 {
        let message = format!(
            "the page names several scales: {}; took 1:{ratio}",
            texts(&mut printed.iter()),
        );
        findings.push(Finding::new("scale_several", message));
    }
}
