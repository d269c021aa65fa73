//! The pipelines by themselves: no store, no queue, no job; in the calling thread.

use std::ffi::{CString, c_int, c_void};
use std::mem::MaybeUninit;

use floorjobs_core::bom::{Bom, Catalogue};
use floorjobs_core::generate::GenerateRequest;
use floorjobs_core::ingest::Limits;
use floorjobs_core::job::read_json;
use floorjobs_core::render::{bill_csv, bill_xlsx};
use floorjobs_core::watch::Watch;
use serde_json::Value;

use crate::candidates::{Source, fj_candidate_source};
use crate::error::fj_error;
use crate::guard::guard_status;
use crate::native;
use crate::request::reading;
use crate::sized::{self, SizePrefixed};
use crate::status::fj_status;
use crate::text::{TextOut, answer_bytes, answer_text, bytes, fj_bytes, fj_str, fj_string, null};

/// Told how far the work is: `fraction` of the whole in 0..1, and what it is doing.
///
/// `stage` is borrowed during the call.
#[allow(non_camel_case_types)]
pub type fj_progress_fn =
    Option<unsafe extern "C" fn(userdata: *mut c_void, fraction: f64, stage: fj_str)>;

/// Asked whether the work should stop: not zero makes it end with `FJ_CANCELLED` within 100 ms.
#[allow(non_camel_case_types)]
pub type fj_is_cancelled_fn = Option<unsafe extern "C" fn(userdata: *mut c_void) -> c_int>;

/// Who follows a piece of work. All zeros but the size is nobody.
///
/// Owner: the host; read during the call, on whose thread, and on others that the work starts and
/// ends within the call, the functions are called, several at once. They must not throw.
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct fj_watch {
    /// `sizeof(fj_watch)`.
    pub struct_size: usize,
    /// Given to both functions; may be NULL.
    pub userdata: *mut c_void,
    /// May be NULL.
    pub progress: fj_progress_fn,
    /// May be NULL.
    pub is_cancelled: fj_is_cancelled_fn,
}

// SAFETY: a number, pointers, and functions that may be NULL; the size first.
unsafe impl SizePrefixed for fj_watch {
    const FIRST_SIZE: usize = size_of::<fj_watch>();
}

// SAFETY: the host promises in the header that its functions bear several threads at once.
unsafe impl Sync for fj_watch {}

impl fj_watch {
    const NOBODY: fj_watch = fj_watch {
        struct_size: size_of::<fj_watch>(),
        userdata: std::ptr::null_mut(),
        progress: None,
        is_cancelled: None,
    };

    /// # Safety
    /// As of [`sized::copy`].
    unsafe fn of(given: *const fj_watch) -> floorjobs_core::Result<fj_watch> {
        match given.is_null() {
            true => Ok(fj_watch::NOBODY),
            // SAFETY: by the contract of this function.
            false => unsafe { sized::copy(given, "watch") },
        }
    }
}

impl Watch for fj_watch {
    fn progress(&self, fraction: f64, stage: &'static str) {
        let (Some(tell), Ok(stage)) = (self.progress, CString::new(stage)) else {
            return;
        };
        // SAFETY: the host promises a function that may be called so; the text outlives the call.
        unsafe { tell(self.userdata, fraction, fj_str::of(&stage)) };
    }

    fn is_cancelled(&self) -> bool {
        // SAFETY: the host promises a function that may be called so.
        self.is_cancelled
            .is_some_and(|ask| unsafe { ask(self.userdata) } != 0)
    }
}

/// Answers with a document, and with a picture where one is wanted and there.
fn answer_both(
    document_out: TextOut<'_>,
    document: &Value,
    svg_out: Option<TextOut<'_>>,
    svg: Option<String>,
) -> floorjobs_core::Result<()> {
    document_out.json(document)?;
    if let (Some(out), Some(svg)) = (svg_out, svg) {
        out.text(svg);
    }
    Ok(())
}

/// Reads the floor plan of a PDF, here and now.
///
/// `pdf`, `pdf_len`: the bytes of the file, borrowed. `options`: borrowed JSON object, absent for
/// none: `page` (from 0; the best one if left out). `watch`: borrowed; NULL for nobody.
/// `document_out`: set to `{"floorplan", "wall_segments", "spatial_graph", "detections"}`, the host's
/// from then on. `svg_out`: set to a picture of it over the drawing; NULL if it is not wanted.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_PDF`, `FJ_PASSWORD_REQUIRED`, `FJ_NO_PLAN_FOUND`, `FJ_UNSUPPORTED` (a scan
/// that cannot be decoded, or a library without the pipelines), `FJ_INVALID_INPUT`,
/// `FJ_LIMIT_EXCEEDED`, `FJ_CANCELLED`. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fj_ingest_pdf(
    pdf: *const u8,
    pdf_len: usize,
    options: fj_str,
    watch: *const fj_watch,
    document_out: Option<&mut MaybeUninit<fj_string>>,
    svg_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let svg_out = TextOut::optional(svg_out);
        let document_out = TextOut::new("document_out", document_out)?;
        // SAFETY: the host promises as many bytes as `struct_size` says.
        let watch = unsafe { fj_watch::of(watch) }?;
        let options = reading(options)?;
        // SAFETY: the host promises `pdf_len` bytes that stay as they are during the call.
        let pdf = unsafe { bytes(pdf, pdf_len, Limits::default().file_bytes, "pdf") }?;
        let pdf = pdf.ok_or_else(|| null("pdf"))?;
        let (document, svg) = native::read_plan(pdf, &options, &watch, svg_out.is_some())?;
        answer_both(document_out, &document, svg_out, svg)
    })
}

/// Lays out rooms and prices them, here and now.
///
/// `request`: borrowed JSON object, as of `fj_client_generate()`, with `site` or `source`.
/// `catalogue_csv`: borrowed, need not be UTF-8; the rates, as `fj_client_materials_csv()` writes
/// them; absent for those of the library. `source`: borrowed, its `userdata` too, which is not
/// released; NULL for none. `watch`: borrowed; NULL for nobody. `design_out`: set to `{"answer":
/// {...}, "bom": {...} or null}`, the host's from then on; a programme that does not fit has no
/// bill, and the reason in the answer. `svg_out`: set to a picture of the best layout, empty if
/// there is none; NULL if it is not wanted. `error_out`: may be NULL. Any thread; starts and ends
/// threads of its own within the call, as many as the request allows.
///
/// Errors: `FJ_INVALID_INPUT` with the path of the member, `FJ_SCALE_UNKNOWN`, `FJ_NO_PLAN_FOUND`,
/// `FJ_LIMIT_EXCEEDED`, `FJ_CANCELLED`; `FJ_UNSUPPORTED` in a library without the pipelines. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fj_generate(
    request: fj_str,
    catalogue_csv: fj_str,
    source: *const fj_candidate_source,
    watch: *const fj_watch,
    design_out: Option<&mut MaybeUninit<fj_string>>,
    svg_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let svg_out = TextOut::optional(svg_out);
        let design_out = TextOut::new("design_out", design_out)?;
        // SAFETY: the host promises as many bytes as `struct_size` says.
        let watch = unsafe { fj_watch::of(watch) }?;
        let request = GenerateRequest::from_json(request.required("request")?)?;
        let catalogue = match catalogue_csv.bytes("catalogue_csv")? {
            Some(csv) => Catalogue::from_csv("catalogue", csv)?,
            None => Catalogue::seed(),
        };
        let source = match source.is_null() {
            true => None,
            // SAFETY: as above. The host's structure outlives the call, and so do its texts.
            false => Some(Source::borrowed(&unsafe {
                sized::copy(source, "source")
            }?)?),
        };
        let source = source.as_ref();
        let (design, svg) =
            native::lay_out(&request, &catalogue, source, &watch, svg_out.is_some())?;
        answer_both(design_out, &design, svg_out, svg)
    })
}

/// A bill of materials as CSV (RFC 4180).
///
/// `bom`: borrowed JSON object, as `bom` of `fj_generate()`. `csv_out`: set to the text, the host's
/// from then on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_bom_csv(
    bom: fj_str,
    csv_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer_text("csv_out", csv_out, || {
            Ok(bill_csv(&read_json::<Bom>(bom.required("bom")?, "bom")?))
        })
    })
}

/// A bill of materials as an XLSX workbook with live formulas.
///
/// `bom`: borrowed JSON object, as `bom` of `fj_generate()`. `xlsx_out`: set to the bytes of the file,
/// the host's from then on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT`; `FJ_LIMIT_EXCEEDED` for more lines than a sheet has. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_bom_xlsx(
    bom: fj_str,
    xlsx_out: Option<&mut MaybeUninit<fj_bytes>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer_bytes("xlsx_out", xlsx_out, || {
            bill_xlsx(&read_json::<Bom>(bom.required("bom")?, "bom")?)
        })
    })
}
