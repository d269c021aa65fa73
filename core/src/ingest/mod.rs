//! From the bytes of a PDF to a floor plan: pages, line work or scans, texts and walls.
//!
//! Pure: no files, no clock, no threads. The same bytes and options give the same plan. Work
//! and memory are bounded by [`Limits`], whatever the bytes are.

mod cells;
mod content;
mod drawing;
mod font;
#[cfg(fuzzing)]
pub mod fuzzing;
mod glyphs;
mod ground;
mod likeness;
mod limits;
mod openings;
mod pages;
mod pdf;
mod picture;
mod progress;
mod raster;
mod rooms;
mod scale;
mod sorting;
mod squares;
#[cfg(test)]
mod tests;
mod text_order;
mod text_runs;
mod thin;
mod walls;

use lopdf::{Document, ObjectId};

pub use self::drawing::{Colour, Drawing, Paint, Path, Stroke, Subpath};
pub use self::limits::Limits;
pub use self::pages::Pages;

use self::limits::{Budget, exceeded};
use self::pages::Book;
use self::pdf::{HiddenLayers, PageSource};
use self::progress::Forward;
use self::raster::Scan;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::{Finding, Floorplan, Page, Source, TextRun};
use crate::watch::Watch;

/// How a PDF is to be read.
#[derive(Debug, Clone, Default)]
pub struct IngestOptions {
    /// The pages to read.
    pub pages: Pages,
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
/// [`ErrorKind::LimitExceeded`] for one that is too large; the field is `pdf`, as every face calls
/// this argument.
pub fn check_upload(bytes: &[u8]) -> Result<()> {
    check_upload_within(bytes, &Limits::default())
}

/// [`check_upload`] with limits of the caller's own.
///
/// # Errors
/// As those of [`check_upload`].
pub fn check_upload_within(bytes: &[u8], limits: &Limits) -> Result<()> {
    check_bytes(bytes, limits).map_err(|error| error.with_field("pdf"))
}

fn check_bytes(bytes: &[u8], limits: &Limits) -> Result<()> {
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

/// Reads the floor plan in `bytes`; of several, the one that [`Pages`] names, and the best where
/// it names all.
///
/// # Errors
/// [`ErrorKind::InvalidPdf`] when the bytes cannot be read as a PDF,
/// [`ErrorKind::PasswordRequired`] when it does not open with the empty password,
/// [`ErrorKind::NoPlanFound`] when the page holds no line work,
/// [`ErrorKind::Unsupported`] when the page is a scan that cannot be decoded or shows no walls,
/// [`ErrorKind::InvalidInput`] when the page asked for does not exist,
/// [`ErrorKind::LimitExceeded`] when a limit is passed, and
/// [`ErrorKind::Cancelled`] when `watch` asks to stop.
pub fn read_pdf(bytes: &[u8], options: &IngestOptions, watch: &dyn Watch) -> Result<Reading> {
    let pages = match options.pages {
        Pages::All => Pages::Best,
        named => named,
    };
    let options = IngestOptions {
        pages,
        ..options.clone()
    };
    let found = read_plans(bytes, &options, watch)?.into_iter().next();
    found.ok_or_else(|| Error::new(ErrorKind::NoPlanFound, "the PDF shows no floor plan"))
}

/// Reads the floor plans in `bytes` in the order of their pages; at least one.
///
/// With [`Pages::All`], pages that hold no plan are named by findings of the first reading.
///
/// # Errors
/// As those of [`read_pdf`]; [`ErrorKind::NoPlanFound`] when no page holds a plan.
pub fn read_plans(
    bytes: &[u8],
    options: &IngestOptions,
    watch: &dyn Watch,
) -> Result<Vec<Reading>> {
    check_upload_within(bytes, &options.limits)?;
    let watch = &Forward::new(watch);
    watch.progress(0.0, "opening");
    watch.check()?;
    let document = pdf::open(bytes, &options.limits, watch)?;
    let book = Book::new(&document, &options.limits)?;
    let readings = book.read(options.pages, watch)?;
    watch.progress(1.0, "done");
    Ok(readings)
}

/// What is drawn on a page of `bytes`, without looking for a plan on it: on the page that
/// [`Pages`] names, or on the one that looks most like a plan.
///
/// Letters that are drawn as curves stay line work, and a scan stays a picture.
///
/// # Errors
/// As those of [`read_pdf`], but an empty page is none.
pub fn read_drawing(
    bytes: &[u8],
    options: &IngestOptions,
    watch: &dyn Watch,
) -> Result<(Page, Drawing)> {
    check_upload_within(bytes, &options.limits)?;
    let watch = &Forward::new(watch);
    watch.progress(0.0, "opening");
    watch.check()?;
    let document = pdf::open(bytes, &options.limits, watch)?;
    let Sheet {
        page, mut drawing, ..
    } = Book::new(&document, &options.limits)?.extract(options.pages, watch)?;
    join_texts(&mut drawing, Vec::new(), watch)?;
    watch.progress(1.0, "done");
    Ok((page, drawing))
}

/// A page as it is drawn, before anything on it is understood.
struct Sheet {
    page: Page,
    drawing: Drawing,
    /// How the drawing was traced, if the page is a picture; it is then laid straight.
    scan: Option<Scan>,
}

/// A page that was read, and how much it looks like a plan.
struct Understood {
    reading: Reading,
    likeness: f64,
}

fn draw_page(
    document: &Document,
    layers: &HiddenLayers,
    id: ObjectId,
    index: usize,
    budget: &mut Budget<'_>,
) -> Result<Sheet> {
    let Sheet {
        page, mut drawing, ..
    } = extract_page(document, layers, id, index, budget)?;
    ground::lay_on_paper(&mut drawing, &page, budget.watch())?;
    let lettering = glyphs::read_lettering(&drawing, budget.watch())?;
    drawing.mark_lettering(&lettering.subpaths);
    join_texts(&mut drawing, lettering.texts, budget.watch())?;
    let scan = if raster::is_scan(&page, &drawing, budget.watch())? {
        budget.watch().progress(0.1, "tracing scan");
        let (traced, scan) = raster::trace(document, &page, &drawing, budget)?;
        drawing = traced;
        Some(scan)
    } else {
        None
    };
    Ok(Sheet {
        page,
        drawing,
        scan,
    })
}

/// The lines and texts of a page as the file writes them, the texts in their pieces.
fn extract_page(
    document: &Document,
    layers: &HiddenLayers,
    id: ObjectId,
    index: usize,
    budget: &mut Budget<'_>,
) -> Result<Sheet> {
    let source = PageSource::read(document, id, index)?;
    budget.watch().progress(0.05, "reading page");
    Ok(Sheet {
        drawing: content::interpret_page(document, layers, &source, budget)?,
        page: source.page,
        scan: None,
    })
}

fn join_texts(drawing: &mut Drawing, more: Vec<TextRun>, watch: &dyn Watch) -> Result<()> {
    let mut texts = drawing.texts().to_vec();
    texts.extend(more);
    drawing.set_texts(text_runs::join(texts, watch)?);
    Ok(())
}

/// The stages from a drawn page to a plan.
fn understand(sheet: Sheet, watch: &dyn Watch) -> Result<Understood> {
    let Sheet {
        page,
        drawing,
        scan,
    } = sheet;
    if drawing.is_blank() && scan.is_none() {
        return Err(nothing_drawn(&page));
    }
    watch.progress(0.6, "finding walls");
    let found = walls::find_walls(&drawing, &page, scan.is_some(), watch)?;
    if found.walls.is_empty() && scan.is_some() {
        return Err(raster::nothing_traced(&page));
    }
    let texts = drawing.texts().to_vec();
    let trust = likeness::of_lines(&page, &drawing).trust;
    let likeness = found.plan_likeness * trust * likeness::of_words(&texts);
    let mut findings = found.findings;
    watch.progress(0.8, "finding openings");
    let openings = openings::find_openings(&drawing, &found.walls, &found.drawn, watch)?;
    watch.progress(0.85, "finding rooms");
    let rooms_between = |unseen: f64| {
        let (closings, passage) = (&openings.closings, openings.passage);
        let walls = &found.walls;
        rooms::find_rooms(walls, closings, passage, unseen, &texts, &drawing, watch)
    };
    let found_rooms = rooms_between(0.0)?;
    if found_rooms.is_none() {
        let message = "the lines that look like walls cross too often to enclose rooms";
        findings.push(Finding::new("rooms_not_looked_for", message));
    }
    let mut rooms = found_rooms.unwrap_or_default();
    watch.progress(0.9, "finding the scale");
    let scale = scale::find_scale(
        &drawing,
        &page,
        &found.walls,
        (&rooms, &openings.doors),
        &mut findings,
        watch,
    )?;
    if let Some(scale) = &scale
        && let Some(unseen) = rooms::unseen_half(&found.walls, &rooms, scale.mm_per_pt)
    {
        rooms = rooms_between(unseen)?.unwrap_or_default();
        findings.push(rooms::drawn_thin(&found.walls, unseen, scale.mm_per_pt));
    }
    let mut floorplan = Floorplan {
        source: Source::Vector,
        page,
        walls: found.walls,
        rooms,
        doors: openings.doors,
        windows: openings.windows,
        openings: openings.openings,
        scale: None,
        texts,
        findings,
    };
    floorplan.set_scale(scale);
    let mismatches = rooms::area_findings(&floorplan);
    floorplan.findings.extend(mismatches);
    let mut reading = Reading { floorplan, drawing };
    if let Some(scan) = scan {
        raster::put_back(&mut reading, scan);
    }
    Ok(Understood { reading, likeness })
}

fn nothing_drawn(page: &Page) -> Error {
    let message = format!(
        "page {} has no line work to find a plan in (the first is page 0)",
        page.index
    );
    Error::new(ErrorKind::NoPlanFound, message)
}
