//! The whole way: understand, prove, search, build, check, and say what was given differently.

use sha2::{Digest, Sha256};

use super::answer::{
    Alternative, Assumption, GenerateResult, Infeasibility, Interpretation, Metrics, Provenance,
    Relaxation, Status,
};
use super::brief::{resolve, unassigned};
use super::build::{Built, build};
use super::candidates::{
    CandidateSource, MOST_CANDIDATES, MOST_ROUNDS, Proposal, arrangement_of, unbuildable,
};
use super::relax::{Asked, relaxations};
use super::request::GenerateRequest;
use super::words::interpret;
use super::{feasible, metrics, options, plate, solve};
use crate::error::Result;
use crate::layout::rules::{DISCLAIMER, Rules};
use crate::layout::{Brief, Layout, Plate, Priority, Programme, Violation, check};
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

/// Ways to search, one after the other until one finds something. Most programmes need the first
/// alone. The others are for plates with corners and little in them: what is left over there is
/// seldom one rectangle, and a single one keeps the rooms from the entrance or from each other.
const TRIES: [Try; 4] = [
    Try::new(1, 0, 1),
    Try::new(2, 1, 1),
    Try::new(3, 2, 1),
    Try::new(2, 3, 3),
];

/// With more rooms than this, one way to search has to do.
const FEW_ROOMS: usize = 12;

/// One way to search.
struct Try {
    /// Into how many parts the space that is left over is divided.
    spares: i64,
    /// Added to the seed of the request.
    seed: u64,
    /// So many times the usual moves.
    times: u64,
}

impl Try {
    const fn new(spares: i64, seed: u64, times: u64) -> Try {
        Try {
            spares,
            seed,
            times,
        }
    }
}

/// Share of a plate that rooms around a hall have at most, in thousandths: walls and ways take the
/// rest.
const HALL_ROOMS_SHARE: i64 = 780;

/// Least share of a plate for a hall and walls, in thousandths, if rooms are at their least.
const LEAST_HALL_SHARE: i64 = 150;

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
    generate_with(request, &[], watch)
}

/// [`generate`], with layouts that others propose beside those of the native search.
///
/// What a source proposes is snapped to the grid, built, checked and weighed like the rest; it is
/// told what was wrong and asked again, three times at most. A source that fails costs nothing but
/// its proposals: the native search always runs.
///
/// # Errors
/// As those of [`generate`].
pub fn generate_with(
    request: &GenerateRequest,
    sources: &[&dyn CandidateSource],
    watch: &dyn Watch,
) -> Result<GenerateResult> {
    watch.progress(0.0, "reading the request");
    options::judge(request)?;
    let rules = options::rules(request)?;
    let (programme, mut interpretation) = programme_of(request)?;
    let plate = plate::plate_of(request, &mut interpretation.assumptions)?;
    let listed = resolve(&programme, &mut interpretation.assumptions)?;
    // Solved in the order of the ids, so that the order of the list changes nothing.
    let brief = by_id(&listed);
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
        sources,
    };
    let mut answer = match feasible::proof(&plate, &brief, &rules) {
        Some(reason) => run.infeasible(reason, 0, 0),
        None => run.ladder(&brief)?,
    };
    let others = answer
        .alternatives
        .iter_mut()
        .map(|other| &mut other.layout);
    for layout in answer.layout.iter_mut().chain(others) {
        as_listed(&listed, layout);
    }
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
    sources: &'a [&'a dyn CandidateSource],
}

/// One rung of the ladder: what is asked of the search.
#[derive(Debug, Clone)]
struct Rung {
    corridor: i64,
    brief: Brief,
    dropped: Vec<String>,
    /// Whether what is left over is a hall that all rooms lie around, instead of corridors.
    hall: bool,
}

/// A layout that passed the check.
struct Certified {
    /// Who made it.
    source: String,
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
        let rungs = self.rungs(brief);
        let has_spare = self.expected_scale(brief) > LARGEST_SCALE;
        let ways = match has_spare && brief.rooms.len() <= FEW_ROOMS {
            true => TRIES.as_slice(),
            false => &TRIES[..1],
        };
        for (way, rung) in ways
            .iter()
            .flat_map(|way| rungs.iter().map(move |rung| (way, rung)))
        {
            let effort = solve::Effort {
                seed: self.effort.seed.wrapping_add(way.seed),
                permille: self.effort.permille * way.times,
                ..self.effort
            };
            let mut scale = self.expected_scale(&rung.brief);
            if rung.hall {
                let Some(sized) = self.with_hall(&rung.brief) else {
                    continue;
                };
                let outcome =
                    solve::around_hall(self.plate, &sized, self.rules, &effort, self.watch)?;
                moves += outcome.moves;
                let (certified, _) = self.certify(&sized, rung, &outcome)?;
                if !certified.is_empty() {
                    return Ok(self.answer(certified, moves, skeletons));
                }
                continue;
            }
            for _ in 0..2 {
                let sized = self.sized(&rung.brief, scale, way.spares);
                let outcome = solve::search(
                    self.plate,
                    &sized,
                    self.rules,
                    rung.corridor,
                    &effort,
                    self.watch,
                )?;
                moves += outcome.moves;
                skeletons += outcome.skeletons;
                let (mut certified, shortfall) = self.certify(&sized, rung, &outcome)?;
                for source in self.sources {
                    certified.extend(self.proposed(*source, &sized, rung)?);
                }
                // Of equal cost the native one: the sort keeps their order.
                certified.sort_by_key(|one| one.cost);
                certified.truncate(self.request.solver.alternatives as usize);
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
                hall: false,
            })
            .collect();
        // Corridors and rows of rooms are what most plates want. Where they come to nothing, a
        // hall may do.
        rungs.push(Rung {
            corridor: usual,
            brief: brief.clone(),
            dropped: Vec::new(),
            hall: true,
        });
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
            for hall in [false, true] {
                rungs.push(Rung {
                    corridor: usual,
                    brief: without(brief, &dropped),
                    dropped: dropped.clone(),
                    hall,
                });
            }
        }
        rungs
    }

    /// The scale at which the rooms fill the plate, if corridors and walls take their usual share.
    fn expected_scale(&self, brief: &Brief) -> i64 {
        let asked: i64 = brief.rooms.iter().map(|room| room.requested_mm2).sum();
        self.plate.usable_mm2() / 1000 * ROOMS_SHARE / (asked / 1000).max(1)
    }

    /// The brief with targets as the search is to weigh them, at a scale in thousandths: rooms
    /// that would fall below their least area get it, space that is too much becomes unassigned,
    /// in so many parts if they are not too small.
    fn sized(&self, brief: &Brief, scale: i64, spares: i64) -> Brief {
        let mut sized = brief.clone();
        if scale > LARGEST_SCALE {
            let asked: i64 = brief.rooms.iter().map(|room| room.requested_mm2).sum();
            let spare = asked / 1000 * (scale - SCALE_WITH_SPARE) * 1000 / SCALE_WITH_SPARE;
            let parts = spares.min(spare / LEAST_SPARE_MM2);
            for number in 1..=parts {
                sized.rooms.push(unassigned(number, spare / parts));
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

    /// The brief for rooms around a hall: they at the scale that leaves it its least share of the
    /// plate, but none larger than with spare space or smaller than its least. `None` when the
    /// plate is too full for one.
    fn with_hall(&self, brief: &Brief) -> Option<Brief> {
        let usable = self.plate.usable_mm2();
        let asked: i64 = brief.rooms.iter().map(|room| room.requested_mm2).sum();
        let scale =
            (usable / 1000 * HALL_ROOMS_SHARE / (asked / 1000).max(1)).min(SCALE_WITH_SPARE);
        let mut sized = brief.clone();
        for room in &mut sized.rooms {
            let least = room.min_mm2 + room.min_mm2 / 40;
            room.target_mm2 = (room.target_mm2 / 1000 * scale).max(least);
        }
        let rooms: i64 = sized.rooms.iter().map(|room| room.target_mm2).sum();
        let left = usable - rooms;
        if left < LEAST_SPARE_MM2 || left * 1000 < usable * LEAST_HALL_SHARE {
            return None;
        }
        sized.rooms.push(unassigned(1, left));
        Some(sized)
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
            let built = match built {
                Ok(built) => built,
                Err(why) => {
                    shortfall.note(&why);
                    continue;
                }
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
            let source = format!("native {}", env!("CARGO_PKG_VERSION"));
            certified.push(self.finished(
                built,
                &brief,
                violations,
                rung,
                (source, arrangement.cost),
            ));
        }
        Ok((certified, shortfall))
    }

    /// The valid ones of what a source proposes.
    fn proposed(
        &self,
        source: &dyn CandidateSource,
        sized: &Brief,
        rung: &Rung,
    ) -> Result<Vec<Certified>> {
        let proposal = Proposal {
            plate: self.plate,
            brief: sized,
            rules: self.rules,
            corridor_mm: rung.corridor,
            prompt: self.request.program.prompt.as_deref(),
        };
        let mut feedback: Vec<Violation> = Vec::new();
        let mut certified = Vec::new();
        for round in 0..MOST_ROUNDS {
            self.watch.check()?;
            // A source that fails is one that proposes nothing.
            let Ok(layouts) = source.propose(&proposal, round, &feedback) else {
                break;
            };
            feedback.clear();
            for layout in layouts.iter().take(MOST_CANDIDATES) {
                self.watch.check()?;
                let Some(boxes) = arrangement_of(&proposal, layout, &mut feedback) else {
                    continue;
                };
                let cost = solve::weigh(self.plate, sized, self.rules, rung.corridor, &boxes);
                let built = match build(self.plate, sized, self.rules, rung.corridor, &boxes) {
                    Ok(built) => built,
                    Err(why) => {
                        feedback.push(unbuildable(why));
                        continue;
                    }
                };
                let brief = with_targets(sized, &built.layout);
                let violations = check::check(&built.layout, self.plate, &brief, self.rules);
                if check::has_errors(&violations) {
                    feedback.extend(violations);
                } else {
                    let name = (source.name().to_owned(), cost);
                    certified.push(self.finished(built, &brief, violations, rung, name));
                }
            }
            if !certified.is_empty() {
                break;
            }
        }
        Ok(certified)
    }

    fn finished(
        &self,
        built: Built,
        brief: &Brief,
        violations: Vec<Violation>,
        rung: &Rung,
        (source, cost): (String, i64),
    ) -> Certified {
        let metrics = metrics::measure(
            &built.layout,
            self.plate,
            brief,
            self.rules,
            &violations,
            built.fixtures_wanted,
        );
        let asked = Asked {
            rules: self.rules,
            corridor_preferred_mm: self.request.rules.corridor_preferred_mm,
            corridor: rung.corridor,
            dropped: &rung.dropped,
        };
        let relaxations = relaxations(&asked, &built, brief, &violations);
        Certified {
            source,
            cost,
            layout: built.layout,
            violations,
            metrics,
            relaxations,
        }
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
            provenance: Provenance {
                solver: best.source,
                ..self.provenance(moves, skeletons, hash)
            },
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

/// The brief with its rooms by rising id, and its wishes in an order that follows from them.
fn by_id(brief: &Brief) -> Brief {
    let mut order: Vec<usize> = (0..brief.rooms.len()).collect();
    order.sort_by_key(|i| brief.rooms.get(*i).map(|room| room.id.clone()));
    let mut sorted = reordered(brief, &order);
    for link in &mut sorted.links {
        link.from.sort_unstable();
        link.to.sort_unstable();
    }
    sorted
        .links
        .sort_by(|a, b| (&a.from, &a.to, a.rating).cmp(&(&b.from, &b.to, b.rating)));
    sorted
}

/// The rooms of a layout in the order of the programme, those nobody asked for last.
fn as_listed(brief: &Brief, layout: &mut Layout) {
    let place = |id: &str| brief.rooms.iter().position(|room| room.id == id);
    layout
        .rooms
        .sort_by_key(|room| place(&room.id).unwrap_or(usize::MAX));
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

/// The brief without some rooms.
fn without(brief: &Brief, dropped: &[String]) -> Brief {
    let keep: Vec<usize> = (0..brief.rooms.len())
        .filter(|i| {
            brief
                .rooms
                .get(*i)
                .is_some_and(|room| !dropped.contains(&room.id))
        })
        .collect();
    reordered(brief, &keep)
}

/// The rooms at `order` and nothing else; positions in wishes and ways follow them.
fn reordered(brief: &Brief, order: &[usize]) -> Brief {
    let moved = |list: &[usize]| -> Vec<usize> {
        list.iter()
            .filter_map(|old| order.iter().position(|kept| kept == old))
            .collect()
    };
    let rooms = order
        .iter()
        .filter_map(|i| brief.rooms.get(*i))
        .map(|room| {
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
