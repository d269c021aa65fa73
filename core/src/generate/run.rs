//! The whole way: understand, prove, search, build, check, and say what was given differently.

use sha2::{Digest, Sha256};

use super::answer::{
    Alternative, Assumption, GenerateResult, Infeasibility, Interpretation, Metrics, Provenance,
    Relaxation, Status,
};
use super::brief::{resolve, unassigned};
use super::build::{Built, build};
use super::request::GenerateRequest;
use super::words::interpret;
use super::{feasible, metrics, options, plate, solve};
use crate::error::Result;
use crate::layout::rules::{DISCLAIMER, Rules};
use crate::layout::{Brief, Layout, Plate, Priority, Programme, Severity, Violation, check};
use crate::watch::Watch;

/// Rooms are made larger than asked by up to this much before space stays unassigned, in
/// thousandths.
const LARGEST_SCALE: i64 = 1_200;

/// What unassigned space leaves to the rooms: they are made this much larger, in thousandths.
const SCALE_WITH_SPARE: i64 = 1_060;

/// Share of a plate that is neither corridor nor wall, before anything is known, in thousandths.
const ROOMS_SHARE: i64 = 800;

/// Least unassigned space that makes a room, in mm².
const LEAST_SPARE_MM2: i64 = 6_000_000;

/// Lays out the rooms of a request.
///
/// Runs on as many threads as the request allows; the answer does not depend on it. A programme
/// that does not fit is an answer with [`Status::Infeasible`] and the reason in numbers.
///
/// # Errors
/// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) with the path of the field;
/// [`ErrorKind::ScaleUnknown`](crate::ErrorKind::ScaleUnknown) for a plan without scale in strict
/// mode; [`ErrorKind::NoPlanFound`](crate::ErrorKind::NoPlanFound) when its walls enclose nothing;
/// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
pub fn generate(request: &GenerateRequest, watch: &dyn Watch) -> Result<GenerateResult> {
    watch.progress(0.0, "reading the request");
    options::judge(request)?;
    let rules = options::rules(request)?;
    let (programme, mut interpretation) = programme_of(request)?;
    let plate = plate::plate_of(request, &mut interpretation.assumptions)?;
    let brief = resolve(&programme, &mut interpretation.assumptions)?;
    if plate.entrances.is_empty() {
        interpretation.assumptions.push(Assumption {
            code: "ENTRANCE_CHOSEN".to_owned(),
            message: "no entrance is given: the layout chooses where people come in".to_owned(),
            field: Some("site.entrances".to_owned()),
        });
    }
    watch.check()?;
    watch.progress(0.1, "looking whether it can be");
    let run = Run {
        request,
        plate: &plate,
        rules: &rules,
        watch,
        effort: options::effort(request),
    };
    let mut answer = match feasible::proof(&plate, &brief, &rules) {
        Some(reason) => run.infeasible(reason, 0, 0),
        None => run.ladder(&brief)?,
    };
    answer.interpretation = interpretation;
    watch.progress(1.0, "done");
    Ok(answer)
}

/// Checks a request without solving it, so that a bad one is refused before anything is stored.
/// The plan may come later.
///
/// # Errors
/// As those of [`generate`], but for a programme that cannot fit.
pub fn check_request(request: &GenerateRequest, plan_comes_later: bool) -> Result<()> {
    options::judge(request)?;
    options::rules(request)?;
    let (programme, mut interpretation) = programme_of(request)?;
    resolve(&programme, &mut interpretation.assumptions)?;
    let has_plate = request.source.is_some() || !request.site.perimeter_mm.is_empty();
    if has_plate || !plan_comes_later {
        plate::plate_of(request, &mut interpretation.assumptions)?;
    }
    Ok(())
}

/// What is wanted: the structured programme, or what the words say.
fn programme_of(request: &GenerateRequest) -> Result<(Programme, Interpretation)> {
    let asked = &request.program;
    let mut programme = Programme {
        rooms: asked.rooms.clone(),
        adjacency: asked.adjacency.clone(),
        access: asked.access.clone(),
    };
    let Some(prompt) = asked.prompt.as_deref().filter(|_| asked.rooms.is_empty()) else {
        return Ok((programme, Interpretation::default()));
    };
    let words = interpret(prompt, asked.mode)?;
    programme.rooms = words.programme.rooms;
    programme.adjacency.extend(words.programme.adjacency);
    programme.access.extend(words.programme.access);
    Ok((programme, words.interpretation))
}

struct Run<'a> {
    request: &'a GenerateRequest,
    plate: &'a Plate,
    rules: &'a Rules,
    watch: &'a dyn Watch,
    effort: solve::Effort,
}

/// One rung of the ladder: what is asked of the search.
#[derive(Debug, Clone)]
struct Rung {
    corridor: i64,
    brief: Brief,
    dropped: Vec<String>,
}

/// A layout that passed the check.
struct Certified {
    cost: i64,
    layout: Layout,
    violations: Vec<Violation>,
    metrics: Metrics,
    relaxations: Vec<Relaxation>,
}

impl Run<'_> {
    /// From what was asked down to what can be given.
    fn ladder(&self, brief: &Brief) -> Result<GenerateResult> {
        let (mut moves, mut skeletons) = (0, 0);
        let mut nearest: Option<String> = None;
        for rung in self.rungs(brief) {
            let mut scale = self.expected_scale(&rung.brief);
            for _ in 0..2 {
                let sized = self.sized(&rung.brief, scale);
                let outcome = solve::search(
                    self.plate,
                    &sized,
                    self.rules,
                    rung.corridor,
                    &self.effort,
                    self.watch,
                )?;
                moves += outcome.moves;
                skeletons += outcome.skeletons;
                let (certified, shortfall) = self.certify(&sized, &rung, &outcome)?;
                if !certified.is_empty() {
                    return Ok(self.answer(certified, moves, skeletons));
                }
                if nearest.is_none() {
                    nearest = shortfall.message;
                }
                // Rooms came out too small: give those at their least a larger share.
                match shortfall.scale.filter(|got| *got < scale - 5) {
                    Some(got) => scale = got - 10,
                    None => break,
                }
            }
        }
        Ok(self.infeasible(self.not_found(brief, nearest), moves, skeletons))
    }

    fn rungs(&self, brief: &Brief) -> Vec<Rung> {
        let on_grid = |width: i64| (width + solve::GRID_MM - 1) / solve::GRID_MM * solve::GRID_MM;
        let told = self.request.rules.corridor_preferred_mm.is_some();
        let preferred = on_grid(self.rules.corridor_preferred_mm);
        let least = on_grid(self.rules.corridor_min_mm);
        // On a small plate a wide corridor takes what rooms need.
        let small = self.plate.usable_mm2() < 160_000_000;
        let usual = if small && !told {
            preferred.min(1_200).max(least)
        } else {
            preferred
        };
        let mut widths = vec![usual, preferred.min(1_200).max(least), least];
        widths.dedup();
        let mut rungs: Vec<Rung> = widths
            .iter()
            .map(|corridor| Rung {
                corridor: *corridor,
                brief: brief.clone(),
                dropped: Vec::new(),
            })
            .collect();
        // Then without what may be left out, the largest first.
        let mut optional: Vec<(i64, String)> = brief
            .rooms
            .iter()
            .filter(|room| room.priority == Priority::Optional)
            .map(|room| (-room.requested_mm2, room.id.clone()))
            .collect();
        optional.sort();
        let mut dropped = Vec::new();
        for (_, id) in optional {
            dropped.push(id);
            rungs.push(Rung {
                corridor: usual,
                brief: without(brief, &dropped),
                dropped: dropped.clone(),
            });
        }
        rungs
    }

    /// The scale at which the rooms fill the plate, if corridors and walls take their usual share.
    fn expected_scale(&self, brief: &Brief) -> i64 {
        let asked: i64 = brief.rooms.iter().map(|room| room.requested_mm2).sum();
        self.plate.usable_mm2() / 1000 * ROOMS_SHARE / (asked / 1000).max(1)
    }

    /// The brief with targets as the search is to weigh them, at a scale in thousandths: rooms
    /// that would fall below their least area get it, space that is too much becomes unassigned.
    fn sized(&self, brief: &Brief, scale: i64) -> Brief {
        let mut sized = brief.clone();
        if scale > LARGEST_SCALE {
            let asked: i64 = brief.rooms.iter().map(|room| room.requested_mm2).sum();
            let spare = asked / 1000 * (scale - SCALE_WITH_SPARE) * 1000 / SCALE_WITH_SPARE;
            if spare >= LEAST_SPARE_MM2 {
                sized.rooms.push(unassigned(1, spare));
            }
            return sized;
        }
        for room in &mut sized.rooms {
            let least = room.min_mm2 + room.min_mm2 / 80;
            if room.requested_mm2 / 1000 * scale < least {
                room.target_mm2 = least / scale.max(1) * 1000;
            }
        }
        sized
    }

    /// Builds and checks arrangements until there are enough.
    fn certify(
        &self,
        sized: &Brief,
        rung: &Rung,
        outcome: &solve::Outcome,
    ) -> Result<(Vec<Certified>, Shortfall)> {
        let mut certified: Vec<Certified> = Vec::new();
        let mut shortfall = Shortfall::default();
        for arrangement in &outcome.arrangements {
            self.watch.check()?;
            if certified.len() >= self.request.solver.alternatives as usize {
                break;
            }
            let built = build(self.plate, sized, self.rules, rung.corridor, arrangement);
            let Some(built) = built else {
                shortfall.note("no place for a door, or a room that falls apart");
                continue;
            };
            let brief = with_targets(sized, &built.layout);
            let violations = check::check(&built.layout, self.plate, &brief, self.rules);
            if check::has_errors(&violations) {
                if let Some(first) = violations.first() {
                    shortfall.note(&first.message);
                }
                let too_small = violations.iter().any(|v| v.code == "ROOM_BELOW_MIN_AREA");
                if too_small {
                    shortfall
                        .scale
                        .get_or_insert(scale_of(&brief, &built.layout));
                }
                continue;
            }
            certified.push(self.finished(built, &brief, violations, rung, arrangement.cost));
        }
        Ok((certified, shortfall))
    }

    fn finished(
        &self,
        built: Built,
        brief: &Brief,
        violations: Vec<Violation>,
        rung: &Rung,
        cost: i64,
    ) -> Certified {
        let metrics = metrics::measure(
            &built.layout,
            self.plate,
            brief,
            self.rules,
            &violations,
            built.fixtures_wanted,
        );
        let relaxations = self.relaxations(&built, brief, &violations, rung);
        Certified {
            cost,
            layout: built.layout,
            violations,
            metrics,
            relaxations,
        }
    }

    /// What is different from what was asked.
    fn relaxations(
        &self,
        built: &Built,
        brief: &Brief,
        violations: &[Violation],
        rung: &Rung,
    ) -> Vec<Relaxation> {
        let mut list = Vec::new();
        for id in &rung.dropped {
            list.push(Relaxation {
                rule: "room_dropped".to_owned(),
                room: Some(id.clone()),
                requested: 1.0,
                got: 0.0,
                why: "an optional room for which there is no space".to_owned(),
            });
        }
        let told = self.request.rules.corridor_preferred_mm;
        if let Some(wanted) = told.filter(|wanted| *wanted > rung.corridor) {
            list.push(Relaxation {
                rule: "corridor_width".to_owned(),
                room: None,
                requested: wanted as f64,
                got: rung.corridor as f64,
                why: "with corridors of the preferred width the rooms do not fit".to_owned(),
            });
        }
        let tolerance = self.rules.area_tolerance_permille;
        for (room, brief) in built.layout.rooms.iter().zip(&brief.rooms) {
            let asked = brief.requested_mm2;
            let off = (room.net_area_mm2 - asked).abs() * 1000 / asked.max(1);
            if brief.request.is_none() {
                list.push(Relaxation {
                    rule: "space_left_over".to_owned(),
                    room: Some(room.id.clone()),
                    requested: 0.0,
                    got: room.area_sqm,
                    why: "the plate is larger than the programme".to_owned(),
                });
            } else if off > tolerance {
                let smaller = room.net_area_mm2 < asked;
                list.push(Relaxation {
                    rule: "area_target".to_owned(),
                    room: Some(room.id.clone()),
                    requested: asked as f64 / 1e6,
                    got: room.area_sqm,
                    why: if smaller {
                        "the programme is larger than the plate: all rooms share what there is"
                    } else {
                        "the plate is larger than the programme: all rooms share what there is"
                    }
                    .to_owned(),
                });
            }
        }
        for (room, kind) in &built.left_out {
            list.push(Relaxation {
                rule: "fixture_dropped".to_owned(),
                room: Some(room.clone()),
                requested: 1.0,
                got: 0.0,
                why: format!("no place for a {kind} with the space it needs"),
            });
        }
        for violation in violations
            .iter()
            .filter(|v| v.severity == Severity::Warning)
        {
            let rule = match violation.code.as_str() {
                "ADJACENCY_UNMET" | "ADJACENCY_FORBIDDEN" => "adjacency",
                "DAYLIGHT_MISSING" => "daylight",
                "ACCESS_NOT_AS_ASKED" => "access",
                _ => continue,
            };
            list.push(Relaxation {
                rule: rule.to_owned(),
                room: violation.elements.first().cloned(),
                requested: violation.limit.unwrap_or(1) as f64,
                got: violation.measured.unwrap_or(0) as f64,
                why: violation.message.clone(),
            });
        }
        list
    }

    fn answer(
        &self,
        mut certified: Vec<Certified>,
        moves: u64,
        skeletons: usize,
    ) -> GenerateResult {
        let best = certified.remove(0);
        let alternatives = certified
            .into_iter()
            .map(|other| Alternative {
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
            provenance: self.provenance(moves, skeletons, hash),
            disclaimer: DISCLAIMER.to_owned(),
        }
    }

    fn infeasible(&self, reason: Infeasibility, moves: u64, skeletons: usize) -> GenerateResult {
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
    fn not_found(&self, brief: &Brief, nearest: Option<String>) -> Infeasibility {
        let required = brief
            .rooms
            .iter()
            .filter(|room| room.priority == Priority::Required);
        let least: i64 = required.clone().map(|room| room.min_mm2).sum();
        // What rooms ever get of a plate: corridors and walls take a tenth at the very least.
        let usable = self.plate.usable_mm2();
        let share = least as f64 * 100.0 / usable.max(1) as f64;
        let reason =
            nearest.unwrap_or_else(|| "no arrangement has room for all of them".to_owned());
        Infeasibility {
            code: "NO_LAYOUT_FOUND".to_owned(),
            proved: false,
            message: format!(
                "no valid layout was found: the rooms at their least take {:.1} of {:.1} m² \
                 ({share:.0} %); the nearest fails because {reason}",
                least as f64 / 1e6,
                usable as f64 / 1e6
            ),
            needed: (least as f64 / 1e4).round() / 100.0,
            available: (usable as f64 / 1e4).round() / 100.0,
            unit: "m2".to_owned(),
            conflicting: required.map(|room| room.id.clone()).collect(),
            remedies: vec![
                "smaller least areas or widths".to_owned(),
                "fewer rooms, or some of them optional".to_owned(),
                "effort `thorough`".to_owned(),
            ],
        }
    }
}

/// Why arrangements failed.
#[derive(Default)]
struct Shortfall {
    message: Option<String>,
    /// The scale that was reached, if rooms came out too small.
    scale: Option<i64>,
}

impl Shortfall {
    fn note(&mut self, message: &str) {
        self.message.get_or_insert_with(|| message.to_owned());
    }
}

/// All rooms' area over all that was aimed at, in thousandths.
fn scale_of(brief: &Brief, layout: &Layout) -> i64 {
    let pairs = || {
        layout
            .rooms
            .iter()
            .zip(&brief.rooms)
            .filter(|(_, b)| b.request.is_some())
    };
    let got: i64 = pairs().map(|(room, _)| room.net_area_mm2).sum();
    let asked: i64 = pairs().map(|(_, brief)| brief.requested_mm2).sum();
    got / (asked / 1000).max(1)
}

/// The brief with each target at the common scale of the layout.
fn with_targets(sized: &Brief, layout: &Layout) -> Brief {
    let mut brief = sized.clone();
    let pairs = || {
        layout
            .rooms
            .iter()
            .zip(&sized.rooms)
            .filter(|(_, b)| b.request.is_some())
    };
    let got: i64 = pairs().map(|(room, _)| room.net_area_mm2).sum();
    let aimed: i64 = pairs().map(|(_, brief)| brief.target_mm2).sum();
    for (room, built) in brief.rooms.iter_mut().zip(&layout.rooms) {
        let target = i128::from(room.target_mm2) * i128::from(got) / i128::from(aimed.max(1));
        room.target_mm2 = if room.request.is_some() {
            i64::try_from(target).unwrap_or(room.target_mm2)
        } else {
            // Whatever is left over is what was aimed at.
            built.net_area_mm2
        };
    }
    brief
}

/// The brief without some rooms; positions in wishes and ways move up.
fn without(brief: &Brief, dropped: &[String]) -> Brief {
    let keep: Vec<usize> = (0..brief.rooms.len())
        .filter(|i| {
            brief
                .rooms
                .get(*i)
                .is_some_and(|room| !dropped.contains(&room.id))
        })
        .collect();
    let moved = |list: &[usize]| -> Vec<usize> {
        list.iter()
            .filter_map(|old| keep.iter().position(|kept| kept == old))
            .collect()
    };
    let rooms = keep.iter().filter_map(|i| brief.rooms.get(*i)).map(|room| {
        let mut room = room.clone();
        room.via = moved(&room.via);
        room
    });
    let links = brief.links.iter().map(|link| crate::layout::Link {
        from: moved(&link.from),
        to: moved(&link.to),
        rating: link.rating,
    });
    Brief {
        rooms: rooms.collect(),
        links: links
            .filter(|link| !link.from.is_empty() && !link.to.is_empty())
            .collect(),
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
