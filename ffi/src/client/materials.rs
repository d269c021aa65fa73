//! The catalogue of materials.

use std::mem::MaybeUninit;

use floorjobs_core::client::ImportMode;

use super::fj_client;
use crate::error::fj_error;
use crate::guard::guard_status;
use crate::status::fj_status;
use crate::text::{answer, answer_text, fj_str, fj_string, null};

/// The catalogue that bills are priced with.
///
/// `client`: borrowed. `catalogue_out`: set to JSON, the host's from then on. `error_out`: may be NULL.
/// Any thread.
///
/// Errors: `FJ_UNAVAILABLE`; `FJ_CORRUPT`; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_materials(
    client: Option<&fj_client>,
    catalogue_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("catalogue_out", catalogue_out, || {
            fj_client::of(client)?.materials()
        })
    })
}

/// The same as CSV, which `fj_client_import_materials()` takes.
///
/// `client`: borrowed. `csv_out`: set to the text, the host's from then on. `error_out`: may be NULL.
/// Any thread.
///
/// Errors: `FJ_UNAVAILABLE`; `FJ_CORRUPT`; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_materials_csv(
    client: Option<&fj_client>,
    csv_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer_text("csv_out", csv_out, || {
            Ok(fj_client::of(client)?.materials()?.to_csv())
        })
    })
}

/// Stores materials from CSV. Bills that are there keep the rates they were priced with.
///
/// `name`: borrowed; what the catalogue is called. `csv`: borrowed; need not be UTF-8. `mode`:
/// borrowed; `replace` or `merge`. `catalogue_out`: set to the catalogue as it is then, the host's from
/// then on. `client`: borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT` with every fault by line and column, and nothing is stored;
/// `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_import_materials(
    client: Option<&fj_client>,
    name: fj_str,
    csv: fj_str,
    mode: fj_str,
    catalogue_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("catalogue_out", catalogue_out, || {
            let mode = ImportMode::from_name(mode.required("mode")?)?;
            let csv = csv.bytes("csv")?.ok_or_else(|| null("csv"))?;
            fj_client::of(client)?.import_materials(name.required("name")?, csv, mode)
        })
    })
}

/// Forgets the stored catalogue, so that the one of the library is used again.
///
/// `client`: borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_UNAVAILABLE`; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_reset_materials(
    client: Option<&fj_client>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || fj_client::of(client)?.reset_materials())
}
