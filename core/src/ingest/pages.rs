//! Which pages of a file are read: the one that is asked for, the best one, or every plan.
//!
//! All pages are drawn once and ranked by [`likeness`], which is cheap; walls
//! are looked for on the few that promise most, and these decide.

use lopdf::{Document, ObjectId};

use super::limits::{Budget, Limits};
use super::pdf::{HiddenLayers, page_ids};
use super::progress::Share;
use super::{Reading, Sheet, Understood, draw_page, extract_page, likeness, understand};
use crate::error::{Error, ErrorKind, Result};
use crate::plan::Finding;
use crate::watch::Watch;

/// Which pages of a PDF are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pages {
    /// The one that looks most like a plan.
    #[default]
    Best,
    /// This one, counted from 0.
    One(usize),
    /// Every one that holds a plan.
    All,
}

/// Pages whose walls are looked for before one is chosen.
const SHORTLIST: usize = 4;

/// A page joins the shortlist with this share of the best page's likeness.
const SHORTLIST_SHARE: f64 = 0.25;

/// A page is another plan of the set with this share of the best plan's likeness: the cellar may
/// be small, but a stray rectangle on a cover sheet is no plan.
const PLAN_SHARE: f64 = 0.15;

/// Fewer walls enclose nothing.
const FEWEST_WALLS: usize = 3;

const NO_PLAN: &str = "it shows no floor plan";

/// Points of the drawings that are kept while pages are ranked; others are drawn again when
/// their turn comes.
const KEPT_POINTS: usize = 1_000_000;

/// Work that ranking may take, in pages that reach the limit.
const RANKING_PAGES: u64 = 2;

/// Work that reading all pages may take, in pages that reach the limit.
const ALL_PAGES: u64 = 10;

/// Ranking takes about this share of the time when there is more than one page.
const RANKED: f64 = 0.3;

/// A file whose pages can be read.
pub(super) struct Book<'a> {
    document: &'a Document,
    layers: HiddenLayers,
    ids: Vec<ObjectId>,
    limits: Limits,
}

/// A page that was ranked.
struct Ranked {
    index: usize,
    likeness: f64,
    sheet: Option<Sheet>,
}

/// Pages in order of likeness, and what became of those that are not among them.
struct Ranking {
    pages: Vec<Ranked>,
    passed_over: Vec<(usize, Error)>,
    /// How many of the first pages were looked at.
    looked_at: usize,
}

/// How a page becomes a sheet: [`draw_page`] or [`extract_page`].
type Draw = fn(&Document, &HiddenLayers, ObjectId, usize, &mut Budget<'_>) -> Result<Sheet>;

impl<'a> Book<'a> {
    pub(super) fn new(document: &'a Document, limits: &Limits) -> Result<Book<'a>> {
        Ok(Book {
            ids: page_ids(document, limits.pages)?,
            layers: HiddenLayers::read(document),
            document,
            limits: *limits,
        })
    }

    /// One page as the file writes it.
    pub(super) fn extract(&self, choice: Pages, watch: &dyn Watch) -> Result<Sheet> {
        let index = match choice {
            Pages::One(index) => index,
            _ if self.ids.len() == 1 => 0,
            _ => {
                let ranking = self.rank(extract_page, watch)?;
                let Some(first) = ranking.pages.into_iter().next() else {
                    return Err(most_telling(ranking.passed_over));
                };
                return self.sheet(first, extract_page, watch);
            }
        };
        self.draw(index, extract_page, &mut Budget::new(self.limits, watch))
    }

    /// Reads the pages that `choice` names; at least one, or an error that says why not.
    pub(super) fn read(&self, choice: Pages, watch: &dyn Watch) -> Result<Vec<Reading>> {
        match choice {
            Pages::One(index) => Ok(vec![self.one(index, watch)?]),
            Pages::Best if self.ids.len() == 1 => Ok(vec![self.one(0, watch)?]),
            Pages::Best => Ok(vec![self.best(watch)?]),
            Pages::All => self.all(watch),
        }
    }

    fn one(&self, index: usize, watch: &dyn Watch) -> Result<Reading> {
        let sheet = self.draw(index, draw_page, &mut Budget::new(self.limits, watch))?;
        let mut reading = understand(sheet, watch)?.reading;
        self.tell_choice(&mut reading);
        Ok(reading)
    }

    fn draw(&self, index: usize, draw: Draw, budget: &mut Budget<'_>) -> Result<Sheet> {
        let id = self.ids.get(index).copied().ok_or_else(|| {
            let pages = self.ids.len();
            let message =
                format!("there is no page {index}: the PDF has {pages}, and the first is page 0");
            Error::invalid_field("page", message)
        })?;
        draw(self.document, &self.layers, id, index, budget)
    }

    /// The sheet of a ranked page, drawn again where it was not kept.
    fn sheet(&self, page: Ranked, draw: Draw, watch: &dyn Watch) -> Result<Sheet> {
        match page.sheet {
            Some(sheet) => Ok(sheet),
            None => self.draw(page.index, draw, &mut Budget::new(self.limits, watch)),
        }
    }

    /// Draws every page and sorts them by their likeness to a plan, the first of equals first.
    fn rank(&self, draw: Draw, watch: &dyn Watch) -> Result<Ranking> {
        let mut budget = Budget::new(self.limits, watch);
        let mut work_left = self.limits.page_steps.saturating_mul(RANKING_PAGES);
        let mut points_left = KEPT_POINTS;
        let mut ranking = Ranking {
            pages: Vec::new(),
            passed_over: Vec::new(),
            looked_at: self.ids.len(),
        };
        for index in 0..self.ids.len() {
            let part = Share::part(watch, (0.0, RANKED), index, self.ids.len());
            part.progress(0.0, "looking at pages");
            watch.check()?;
            if work_left == 0 {
                ranking.looked_at = index;
                break;
            }
            let drawn = self.draw(index, draw, &mut budget);
            work_left = work_left.saturating_sub(budget.steps_on_page());
            match drawn {
                Ok(sheet) => {
                    let shape = likeness::of_lines(&sheet.page, &sheet.drawing);
                    let words = likeness::of_words(sheet.drawing.texts());
                    let likeness = shape.amount * shape.trust * words;
                    let points = sheet.drawing.point_count();
                    let kept = points <= points_left;
                    if kept {
                        points_left -= points;
                    }
                    ranking.pages.push(Ranked {
                        index,
                        likeness,
                        sheet: kept.then_some(sheet),
                    });
                }
                Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
                Err(error) => ranking.passed_over.push((index, error)),
            }
        }
        ranking.pages.sort_by(|one, two| {
            let order = two.likeness.total_cmp(&one.likeness);
            order.then(one.index.cmp(&two.index))
        });
        Ok(ranking)
    }

    /// The page with the most believable plan. Pages that cannot be read are passed over as long
    /// as another one can.
    fn best(&self, watch: &dyn Watch) -> Result<Reading> {
        let ranking = self.rank(draw_page, watch)?;
        let top = ranking.pages.first().map_or(0.0, |page| page.likeness);
        let mut errors = ranking.passed_over;
        let mut best: Option<Understood> = None;
        for (tried, page) in ranking.pages.into_iter().enumerate() {
            let promising = tried < SHORTLIST && page.likeness >= SHORTLIST_SHARE * top;
            let found = best
                .as_ref()
                .is_some_and(|best| !best.reading.floorplan.walls.is_empty());
            if found && !promising {
                break;
            }
            let part = Share::part(watch, (RANKED, 1.0), tried.min(SHORTLIST), SHORTLIST + 1);
            let index = page.index;
            match self
                .sheet(page, draw_page, &part)
                .and_then(|sheet| understand(sheet, &part))
            {
                Ok(plan) => {
                    if best
                        .as_ref()
                        .is_none_or(|best| plan.likeness > best.likeness)
                    {
                        best = Some(plan);
                    }
                }
                Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
                Err(error) => errors.push((index, error)),
            }
        }
        let Some(best) = best else {
            return Err(most_telling(errors));
        };
        let mut reading = best.reading;
        self.tell_choice(&mut reading);
        self.tell_unseen(&mut reading, ranking.looked_at);
        Ok(reading)
    }

    /// Every plan of the file in the order of its pages. The first one tells of the pages that
    /// hold none.
    fn all(&self, watch: &dyn Watch) -> Result<Vec<Reading>> {
        let mut errors: Vec<(usize, Error)> = Vec::new();
        let mut plans: Vec<Understood> = Vec::new();
        let count = self.ids.len();
        let mut work_left = self.limits.page_steps.saturating_mul(ALL_PAGES);
        let mut points_left = self.limits.segments;
        let mut skipped: Vec<(usize, String)> = Vec::new();
        let mut fallback: Option<Reading> = None;
        let mut looked_at = count;
        for index in 0..count {
            let part = Share::part(watch, (0.0, 1.0), index, count);
            watch.check()?;
            if work_left == 0 || points_left == 0 {
                looked_at = index;
                break;
            }
            let mut budget = Budget::new(self.limits, &part);
            let drawn = self.draw(index, draw_page, &mut budget);
            work_left = work_left.saturating_sub(budget.steps_on_page());
            match drawn.and_then(|sheet| understand(sheet, &part)) {
                Ok(plan) if plan.reading.floorplan.walls.len() < FEWEST_WALLS => {
                    skipped.push((index, NO_PLAN.to_owned()));
                    fallback.get_or_insert(plan.reading);
                }
                Ok(plan) => {
                    // The drawings of all plans are kept, so that together they are bounded as
                    // those of one page are.
                    points_left = points_left.saturating_sub(plan.reading.drawing.point_count());
                    plans.push(plan);
                }
                Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
                Err(error) => errors.push((index, error)),
            }
        }
        let most = plans.iter().map(|plan| plan.likeness).fold(0.0, f64::max);
        let with_rooms = plans
            .iter()
            .any(|plan| !plan.reading.floorplan.rooms.is_empty());
        let mut readings = Vec::new();
        for plan in plans {
            let floorplan = &plan.reading.floorplan;
            let index = floorplan.page.index;
            let is_plan =
                plan.likeness >= PLAN_SHARE * most && (!with_rooms || !floorplan.rooms.is_empty());
            if is_plan {
                readings.push(plan.reading);
            } else {
                skipped.push((index, NO_PLAN.to_owned()));
                fallback.get_or_insert(plan.reading);
            }
        }
        skipped.extend(
            errors
                .iter()
                .map(|(index, error)| (*index, error.message().to_owned())),
        );
        skipped.sort();
        let Some(first) = readings.first_mut() else {
            // A file of one drawing that shows no walls is answered as it is without `All`.
            return match fallback {
                Some(reading) if count == 1 => Ok(vec![reading]),
                Some(_) => Err(Error::new(
                    ErrorKind::NoPlanFound,
                    format!("none of the {count} pages shows a floor plan"),
                )),
                None => Err(most_telling(errors)),
            };
        };
        for (index, why) in skipped {
            let message = format!("page {} was skipped: {why}", index + 1);
            first
                .floorplan
                .findings
                .push(Finding::new("page_skipped", message));
        }
        self.tell_unseen(first, looked_at);
        Ok(readings)
    }

    fn tell_choice(&self, reading: &mut Reading) {
        let pages = self.ids.len();
        if pages > 1 {
            let plan = &mut reading.floorplan;
            let message = format!("read page {} of {pages}", plan.page.index + 1);
            plan.findings.push(Finding::new("page_chosen", message));
        }
    }

    fn tell_unseen(&self, reading: &mut Reading, looked_at: usize) {
        let pages = self.ids.len();
        if looked_at < pages {
            let message = format!(
                "only the first {looked_at} of {pages} pages were looked at, as they took all of the work that is allowed"
            );
            reading
                .floorplan
                .findings
                .push(Finding::new("pages_not_looked_at", message));
        }
    }
}

/// The error that says most: a page that was too much says more than an empty one.
fn most_telling(errors: Vec<(usize, Error)>) -> Error {
    let telling = |error: &Error| error.kind() != ErrorKind::NoPlanFound;
    let mut first: Option<Error> = None;
    for (_, error) in errors {
        if first
            .as_ref()
            .is_none_or(|first| !telling(first) && telling(&error))
        {
            first = Some(error);
        }
    }
    first.unwrap_or_else(|| Error::new(ErrorKind::InvalidPdf, "the PDF has no pages"))
}
