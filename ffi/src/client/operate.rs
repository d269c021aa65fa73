//! Looking after the store.

use std::ffi::{OsStr, c_int};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::fj_client;
use crate::error::fj_error;
use crate::guard::guard_status;
use crate::status::fj_status;
use crate::text::{answer, answer_text, fj_str, fj_string, null};

/// Figures in the text format of Prometheus, 0.0.4.
///
/// `client`: borrowed. `text_out`: set to the text, the host's from then on. `error_out`: may be NULL.
/// Any thread.
///
/// Errors: `FJ_UNAVAILABLE`; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_metrics(
    client: Option<&fj_client>,
    text_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer_text("text_out", text_out, || fj_client::of(client)?.metrics())
    })
}

/// What may be wrong with the store and around it.
///
/// `client`: borrowed. `findings_out`: set to a JSON array, the host's from then on. `error_out`: may be
/// NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_doctor(
    client: Option<&fj_client>,
    findings_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("findings_out", findings_out, || {
            Ok(fj_client::of(client)?.doctor())
        })
    })
}

/// Whether everything that is stored is sound; reads the whole database, and keeps nobody from
/// writing.
///
/// `deep`: not zero to read every blob, too. `report_out`: set to `{"problems": [...],
/// "blobs_checked": n}`, the host's from then on; damage is a problem in it, not an error. `client`:
/// borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_UNAVAILABLE`; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_check_integrity(
    client: Option<&fj_client>,
    deep: c_int,
    report_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("report_out", report_out, || {
            fj_client::of(client)?.check_integrity(deep != 0)
        })
    })
}

/// Copies the database into a file, while it is in use. Blobs are not in it: copy their folder
/// afterwards.
///
/// `path`: borrowed; need not be UTF-8. `overwrite`: not zero to replace a file that is there.
/// `report_out`: set to a JSON object, the host's from then on. `client`: borrowed. `error_out`: may be
/// NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT` when there is a file or no such folder; `FJ_UNSUPPORTED` for a database on a
/// server; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_backup(
    client: Option<&fj_client>,
    path: fj_str,
    overwrite: c_int,
    report_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("report_out", report_out, || {
            let path = path.bytes("path")?.ok_or_else(|| null("path"))?;
            let path = Path::new(OsStr::from_bytes(path));
            fj_client::of(client)?.backup(path, overwrite != 0)
        })
    })
}
