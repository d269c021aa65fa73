//! Forgetting what nobody needs any more; workers do it by themselves.

use std::mem::MaybeUninit;

use super::fj_client;
use crate::error::fj_error;
use crate::guard::guard_status;
use crate::request::retention as retention_of;
use crate::status::fj_status;
use crate::text::{answer, fj_str, fj_string, null};

/// Deletes jobs that ended longer ago than they are kept.
///
/// A job that still holds its unique key stays; floor plans and what was read from them stay.
/// `retention`: borrowed JSON object, absent for the usual: `succeeded`, `failed` and `cancelled`, each the
/// seconds for which jobs that ended so are kept, null for ever; what is left out is 7 days, for failed
/// ones 30. `pruned_out`: set to how many were deleted; to 0 on failure, when some may have been.
/// `client`: borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT` naming the member; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_prune(
    client: Option<&fj_client>,
    retention: fj_str,
    pruned_out: Option<&mut MaybeUninit<u64>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let out = pruned_out.ok_or_else(|| null("pruned_out"))?.write(0);
        *out = fj_client::of(client)?.prune(&retention_of(retention)?)? as u64;
        Ok(())
    })
}

/// Removes blobs that nothing names and nobody has stored for 24 h.
///
/// `client`: borrowed. `swept_out`: set to `{"blobs": n, "unfinished": n}`, the host's from then on.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_UNAVAILABLE`, after which some may have been removed; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_sweep(
    client: Option<&fj_client>,
    swept_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("swept_out", swept_out, || fj_client::of(client)?.sweep())
    })
}
