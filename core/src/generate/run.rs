//! The whole way: understand, prove, search, build, check, and say what was given differently.

use super::answer::{Assumption, GenerateResult, Interpretation, Metrics, Relaxation};
use super::brief::resolve;
use super::build::{Built, build};
use super::candidates::{
    CandidateSource, MOST_CANDIDATES, MOST_ROUNDS, Proposal, arrangement_of, unbuildable,
};
use super::named::{Names, by_name};
use super::relax::{Asked, relaxations};
use super::request::GenerateRequest;
use super::rungs::{Ladder, Rung, at_least, work_of_move};
use super::selection::{as_listed, by_id};
use super::words::interpret;
use super::{feasible, metrics, options, plate, solve};
use crate::error::Result;
use crate::layout::rules::Rules;
use crate::layout::{Brief, Layout, Plate, Programme, Violation, check};
use crate::watch::{Onwards, Watch};

/// Lays out the rooms of a request.
///
/// Runs on as many threads as the request allows; the answer does not depend on it. A programme
/// that does not fit is an answer with [`Status::Infeasible`](super::Status::Infeasible) and the
/// reason in numbers.
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
    // One search after another looks for a layout, each with progress of its own.
    let watch: &dyn Watch = &Onwards::new(watch);
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
            room: None,
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
    by_name(&mut answer, &brief);
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

/// One request on its way.
pub(super) struct Run<'a> {
    /// What was asked.
    pub(super) request: &'a GenerateRequest,
    /// Where.
    pub(super) plate: &'a Plate,
    /// By which rules.
    pub(super) rules: &'a Rules,
    watch: &'a dyn Watch,
    effort: solve::Effort,
    sources: &'a [&'a dyn CandidateSource],
}

/// A layout that passed the check.
pub(super) struct Certified {
    /// Who made it.
    pub(super) source: String,
    /// What the search says of it; less is better.
    pub(super) cost: i64,
    /// The layout.
    pub(super) layout: Layout,
    /// What is not as it should be.
    pub(super) violations: Vec<Violation>,
    /// Its figures.
    pub(super) metrics: Metrics,
    /// What is given differently.
    pub(super) relaxations: Vec<Relaxation>,
}

/// Faults by the measure of the search with which an arrangement may still be valid, beside one for
/// every twenty rooms: where sides slant it counts on less room than there is.
const MOST_FAULTS: usize = 2;

impl Run<'_> {
    /// From what was asked down to what can be given.
    fn ladder(&self, brief: &Brief) -> Result<GenerateResult> {
        let (mut moves, mut skeletons) = (0, 0);
        let mut nearest: Option<String> = None;
        let ladder = Ladder {
            plate: self.plate,
            rules: self.rules,
            corridor_told: self.request.rules.corridor_preferred_mm.is_some(),
        };
        let rungs = ladder.rungs(brief);
        for (way, rung) in ladder.searches(brief, &rungs) {
            // Counted as if every search had its usual moves.
            let work = moves * 1000 / self.effort.permille.max(1) * work_of_move(self.plate, brief);
            if work > way.work {
                break;
            }
            let effort = solve::Effort {
                seed: self.effort.seed.wrapping_add(way.seed),
                permille: self.effort.permille * way.times,
                closeness: way.closeness,
                ..self.effort
            };
            if rung.hall {
                let Some(sized) = ladder.with_hall(&rung.brief) else {
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
            let scale = ladder.expected_scale(&rung.brief);
            let sized = ladder.sized(&rung.brief, scale, way);
            let trial = solve::Trial {
                brief: &sized,
                corridor: rung.corridor,
                at_scale: &|scale| at_least(&rung.brief, scale),
                impatient: !rung.narrowest,
            };
            let outcome = solve::search(self.plate, &trial, self.rules, &effort, self.watch)?;
            let sized = outcome.resized.as_ref().unwrap_or(&sized);
            moves += outcome.moves;
            skeletons += outcome.skeletons;
            let (mut certified, shortfall) = self.certify(sized, rung, &outcome)?;
            for source in self.sources {
                certified.extend(self.proposed(*source, sized, rung, way.closeness)?);
            }
            // Of equal cost the native one: the sort keeps their order.
            certified.sort_by_key(|one| one.cost);
            certified.truncate(self.request.solver.alternatives as usize);
            if !certified.is_empty() {
                return Ok(self.answer(certified, moves, skeletons));
            }
            nearest = nearest.or(shortfall);
        }
        Ok(self.infeasible(self.not_found(brief, nearest), moves, skeletons))
    }

    /// Builds and checks arrangements until there are enough; with them what stood in the way of
    /// the first that failed.
    fn certify(
        &self,
        sized: &Brief,
        rung: &Rung,
        outcome: &solve::Outcome,
    ) -> Result<(Vec<Certified>, Option<String>)> {
        let mut certified: Vec<Certified> = Vec::new();
        let mut shortfall: Option<String> = None;
        for arrangement in &outcome.arrangements {
            self.watch.check()?;
            if certified.len() >= self.request.solver.alternatives as usize {
                break;
            }
            // Building and checking dozens of these would take as long as the search; the first
            // tells what stands in the way.
            if arrangement.faults > MOST_FAULTS + sized.rooms.len() / 20 && shortfall.is_some() {
                continue;
            }
            let built = build(self.plate, sized, self.rules, rung.corridor, arrangement);
            let built = match built {
                Ok(built) => built,
                Err(why) => {
                    shortfall.get_or_insert(why);
                    continue;
                }
            };
            let brief = with_targets(sized, &built.layout);
            let violations = check::check(&built.layout, self.plate, &brief, self.rules);
            if check::has_errors(&violations) {
                if let Some(first) = violations.first()
                    && shortfall.is_none()
                {
                    let mut why = first.message.clone();
                    // Corridors and leftover floor have names in this layout alone.
                    Names::of(&brief, Some(&built.layout)).put_into(&mut why);
                    shortfall = Some(why);
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
        closeness: solve::Closeness,
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
                let cost = solve::weigh(
                    self.plate,
                    sized,
                    self.rules,
                    rung.corridor,
                    closeness,
                    &boxes,
                );
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
