//! From the bytes of a PDF to a floor plan: pages, line work, texts and walls.
//!
//! Pure: no files, no clock, no threads. The same bytes and options give the same plan. Work
//! and memory are bounded by [`Limits`], whatever the bytes are.

mod content;
mod drawing;
mod font;
mod limits;
mod pdf;
mod scale;
#[cfg(test)]
mod tests;
mod text_runs;
mod walls;

use lopdf::{Document, ObjectId};

pub use self::drawing::{Colour, Drawing, Paint, Path, Stroke, Subpath};
pub use self::limits::Limits;

use self::limits::{Budget, exceeded};
use self::pdf::{HiddenLayers, PageSource};
use self::walls::FoundWalls;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::{Finding, Floorplan, Page, Source};
use crate::watch::Watch;

/// How a PDF is to be read.
#[derive(Debug, Clone, Default)]
pub struct IngestOptions {
    /// The page to read, from 0; `None` takes the one that looks most like a plan.
    pub page: Option<usize>,
    /// What the reading may cost.
    pub limits: Limits,
}

/// A plan, and the drawing it was read from.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What was understood.
    pub floorplan: Floorplan,
    /// What is drawn on the page.
    pub drawing: Drawing,
}

/// Where a PDF's header may start: some programs put a few lines before it.
const HEADER_WITHIN: usize = 1_024;

/// The cheap check at the door: whether `bytes` may be a PDF at all, within the default limit.
///
/// # Errors
/// [`ErrorKind::InvalidPdf`] for an empty file or one without a PDF header,
/// [`ErrorKind::LimitExceeded`] for one that is too large.
pub fn check_upload(bytes: &[u8]) -> Result<()> {
    check_upload_within(bytes, &Limits::default())
}

/// [`check_upload`] with limits of the caller's own.
///
/// # Errors
/// As those of [`check_upload`].
pub fn check_upload_within(bytes: &[u8], limits: &Limits) -> Result<()> {
    if bytes.is_empty() {
        return Err(Error::new(ErrorKind::InvalidPdf, "the file is empty"));
    }
    if bytes.len() > limits.file_bytes {
        return Err(exceeded("bytes", limits.file_bytes));
    }
    let start = bytes.get(..HEADER_WITHIN).unwrap_or(bytes);
    if !start.windows(5).any(|window| window == b"%PDF-") {
        return Err(Error::new(ErrorKind::InvalidPdf, "the file is not a PDF"));
    }
    Ok(())
}

/// Reads the floor plan in `bytes`.
///
/// # Errors
/// [`ErrorKind::InvalidPdf`] when the bytes cannot be read as a PDF,
/// [`ErrorKind::PasswordRequired`] when it does not open with the empty password,
/// [`ErrorKind::NoPlanFound`] when the page holds no line work,
/// [`ErrorKind::Unsupported`] when the page is a scan,
/// [`ErrorKind::InvalidInput`] when the page asked for does not exist,
/// [`ErrorKind::LimitExceeded`] when a limit is passed, and
/// [`ErrorKind::Cancelled`] when `watch` asks to stop.
pub fn read_pdf(bytes: &[u8], options: &IngestOptions, watch: &dyn Watch) -> Result<Reading> {
    check_upload_within(bytes, &options.limits)?;
    watch.progress(0.0, "opening");
    watch.check()?;
    let document = pdf::open(bytes, &options.limits)?;
    let ids = pdf::page_ids(&document, options.limits.pages)?;
    let mut reader = Reader {
        layers: HiddenLayers::read(&document),
        document: &document,
        budget: Budget::new(options.limits, watch),
    };
    let candidate = match options.page {
        Some(index) => {
            let id = ids.get(index).copied().ok_or_else(|| {
                let message = format!("page {index} does not exist; the PDF has {}", ids.len());
                Error::invalid_field("page", message)
            })?;
            reader.read_page(id, index)?
        }
        None => reader.best_page(&ids)?,
    };
    watch.progress(1.0, "done");
    Ok(candidate.into_reading(ids.len()))
}

/// A page that may be the plan.
struct Candidate {
    page: Page,
    drawing: Drawing,
    found: FoundWalls,
}

impl Candidate {
    fn into_reading(self, pages: usize) -> Reading {
        let mut findings = self.found.findings;
        if pages > 1 {
            let message = format!("read page {} of {pages}", self.page.index + 1);
            findings.push(Finding::new("page_chosen", message));
        }
        let texts = self.drawing.texts().to_vec();
        let scale = scale::printed_scale(&texts, &mut findings);
        let mut floorplan = Floorplan {
            source: Source::Vector,
            page: self.page,
            walls: self.found.walls,
            rooms: Vec::new(),
            doors: Vec::new(),
            windows: Vec::new(),
            openings: Vec::new(),
            scale: None,
            texts,
            findings,
        };
        floorplan.set_scale(scale);
        Reading {
            floorplan,
            drawing: self.drawing,
        }
    }
}

struct Reader<'a, 'w> {
    document: &'a Document,
    layers: HiddenLayers,
    budget: Budget<'w>,
}

impl Reader<'_, '_> {
    fn read_page(&mut self, id: ObjectId, index: usize) -> Result<Candidate> {
        let watch = self.budget.watch();
        let source = PageSource::read(self.document, id, index)?;
        watch.progress(0.1, "reading page");
        let mut drawing =
            content::interpret_page(self.document, &self.layers, &source, &mut self.budget)?;
        let texts = text_runs::join(drawing.texts().to_vec());
        drawing.set_texts(texts);
        if drawing.is_blank() {
            return Err(nothing_drawn(&source.page, &drawing));
        }
        watch.progress(0.6, "finding walls");
        let found = walls::find_walls(&drawing, &source.page, watch)?;
        if found.walls.is_empty() && is_scan(&source.page, &drawing) {
            return Err(scan_error(&source.page));
        }
        Ok(Candidate {
            page: source.page,
            drawing,
            found,
        })
    }

    /// The page with the most connected walls. Pages that cannot be read are passed over as
    /// long as another one can.
    fn best_page(&mut self, ids: &[ObjectId]) -> Result<Candidate> {
        let mut best: Option<Candidate> = None;
        let mut first_error: Option<Error> = None;
        for (index, &id) in ids.iter().enumerate() {
            match self.read_page(id, index) {
                Ok(page) => {
                    let likeness = page.found.plan_likeness;
                    if best
                        .as_ref()
                        .is_none_or(|best| likeness > best.found.plan_likeness)
                    {
                        best = Some(page);
                    }
                }
                Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
                Err(error) => {
                    // A page that was too much says more than an empty one.
                    let telling = |error: &Error| error.kind() != ErrorKind::NoPlanFound;
                    if first_error
                        .as_ref()
                        .is_none_or(|first| !telling(first) && telling(&error))
                    {
                        first_error = Some(error);
                    }
                }
            }
        }
        match (best, first_error) {
            (Some(best), _) => Ok(best),
            (None, Some(error)) => Err(error),
            (None, None) => Err(Error::new(ErrorKind::InvalidPdf, "the PDF has no pages")),
        }
    }
}

/// Whether pictures cover most of the page.
fn is_scan(page: &Page, drawing: &Drawing) -> bool {
    let largest = drawing
        .images()
        .iter()
        .map(|image| image.width() * image.height())
        .fold(0.0, f64::max);
    largest > 0.3 * page.width_pt * page.height_pt
}

fn nothing_drawn(page: &Page, drawing: &Drawing) -> Error {
    if is_scan(page, drawing) {
        return scan_error(page);
    }
    let message = format!("page {} has no line work to find a plan in", page.index + 1);
    Error::new(ErrorKind::NoPlanFound, message)
}

fn scan_error(page: &Page) -> Error {
    let message = format!(
        "page {} is a scanned picture; plans are read from line work only",
        page.index + 1
    );
    Error::new(ErrorKind::Unsupported, message)
}
