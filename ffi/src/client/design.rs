//! Layouts and bills of materials.

use std::mem::MaybeUninit;

use super::fj_client;
use crate::error::fj_error;
use crate::guard::guard_status;
use crate::request::{design, price};
use crate::status::fj_status;
use crate::text::{answer, answer_bytes, answer_text, fj_bytes, fj_str, fj_string};

/// Stores a job that lays out rooms and prices them; it is durable then.
///
/// `request`: borrowed JSON object: what to lay out, and where unless a floor plan is named. See
/// docs/generate.md; the least is `{"program": {"prompt": "2 offices"}, "site": {"perimeter_mm":
/// [[0, 0], [9000, 0], [9000, 6000], [0, 6000]]}}`. `options`: borrowed JSON object, absent for none:
/// `floorplan_id`, `queue`, `priority`, `unique_key`, `request_id`. A floor plan that is still being read is waited
/// for. `job_out`: set to the job, the host's from then on. `client`: borrowed. `error_out`: may be
/// NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT` naming the member; `FJ_NOT_FOUND` for a floor plan that does not exist;
/// `FJ_INVALID_STATE` for one that could not be read; `FJ_LIMIT_EXCEEDED`; `FJ_UNAVAILABLE`. A programme
/// that does not fit is no error but an answer of the job. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_generate(
    client: Option<&fj_client>,
    request: fj_str,
    options: fj_str,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            fj_client::of(client)?.generate(design(request, options)?)
        })
    })
}

/// A layout with the whole answer that it belongs to.
///
/// `client`: borrowed. `layout_id`: its number. `layout_out`: set to the JSON of `GET
/// /layouts/<id>`, the host's from then on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_CORRUPT`; `FJ_UNAVAILABLE`; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_layout(
    client: Option<&fj_client>,
    layout_id: i64,
    layout_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("layout_out", layout_out, || {
            fj_client::of(client)?.layout_answer(layout_id)
        })
    })
}

/// The picture of a layout as SVG.
///
/// `client`: borrowed. `layout_id`: its number. `svg_out`: set to the text, the host's from then on.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_CORRUPT`; `FJ_UNAVAILABLE`; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_layout_svg(
    client: Option<&fj_client>,
    layout_id: i64,
    svg_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer_text("svg_out", svg_out, || {
            fj_client::of(client)?.layout_svg(layout_id)
        })
    })
}

/// A bill of materials with all its lines. Money is text of a decimal number of rupees.
///
/// `client`: borrowed. `bom_id`: its number. `bom_out`: set to the JSON of `GET /boms/<id>`, the
/// host's from then on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_CORRUPT`; `FJ_UNAVAILABLE`; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_bom(
    client: Option<&fj_client>,
    bom_id: i64,
    bom_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("bom_out", bom_out, || {
            fj_client::of(client)?.bom_answer(bom_id)
        })
    })
}

/// A bill of materials as CSV (RFC 4180): a row for each line, then the totals.
///
/// `client`: borrowed. `bom_id`: its number. `csv_out`: set to the text, the host's from then on.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_CORRUPT`; `FJ_UNAVAILABLE`; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_bom_csv(
    client: Option<&fj_client>,
    bom_id: i64,
    csv_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer_text("csv_out", csv_out, || {
            fj_client::of(client)?.bom_csv(bom_id)
        })
    })
}

/// A bill of materials as an XLSX workbook with live formulas.
///
/// `client`: borrowed. `bom_id`: its number. `xlsx_out`: set to the bytes of the file, the host's
/// from then on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_CORRUPT`; `FJ_LIMIT_EXCEEDED` for more lines than a sheet has;
/// `FJ_UNAVAILABLE`; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_bom_xlsx(
    client: Option<&fj_client>,
    bom_id: i64,
    xlsx_out: Option<&mut MaybeUninit<fj_bytes>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer_bytes("xlsx_out", xlsx_out, || {
            fj_client::of(client)?.bom_xlsx(bom_id)
        })
    })
}

/// Stores a job that prices a stored layout with the rates of the moment it runs.
///
/// `options`: borrowed JSON object, absent for none: `bom` (how the bill is made, as in a request for
/// a layout), `queue`, `priority`, `unique_key`, `request_id`. `job_out`: set to the job, the host's
/// from then on. `client`: borrowed. `layout_id`: the layout's number. `error_out`: may be NULL. Any
/// thread.
///
/// Errors: `FJ_NOT_FOUND` for a layout that does not exist; `FJ_INVALID_INPUT` naming the member;
/// `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_price(
    client: Option<&fj_client>,
    layout_id: i64,
    options: fj_str,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            fj_client::of(client)?.price(price(layout_id, options)?)
        })
    })
}

/// The newest bill about a floor plan, without its lines.
///
/// `client`: borrowed. `floorplan_id`: the floor plan's number. `bom_out`: set to JSON, to `null`
/// when there is none; the host's from then on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_UNAVAILABLE`; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_newest_bom(
    client: Option<&fj_client>,
    floorplan_id: i64,
    bom_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("bom_out", bom_out, || {
            fj_client::of(client)?.newest_bom(floorplan_id)
        })
    })
}
