//! Floor plans.

use std::mem::MaybeUninit;

use super::fj_client;
use crate::error::fj_error;
use crate::guard::guard_status;
use crate::status::fj_status;
use crate::text::{answer, answer_text, fj_string};

/// A floor plan with all that was read from it.
///
/// Lengths are PDF points (1/72 inch) of the displayed page, origin top left, y down, with millimetres
/// beside them when the scale is known. `plan` is null until the plan was read; `status` tells.
///
/// `client`: borrowed. `floorplan_id`: its number. `floorplan_out`: set to the JSON of `GET
/// /floorplans/<id>`, the host's from then on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_CORRUPT`; `FJ_UNAVAILABLE`; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_floorplan(
    client: Option<&fj_client>,
    floorplan_id: i64,
    floorplan_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("floorplan_out", floorplan_out, || {
            fj_client::of(client)?.floorplan_answer(floorplan_id)
        })
    })
}

/// The picture of what was read of a floor plan, over its drawing, as SVG.
///
/// `client`: borrowed. `floorplan_id`: its number. `svg_out`: set to the text, the host's from then
/// on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_INVALID_STATE` when it was not read yet; `FJ_CORRUPT`; `FJ_UNAVAILABLE`;
/// `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_floorplan_svg(
    client: Option<&fj_client>,
    floorplan_id: i64,
    svg_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer_text("svg_out", svg_out, || {
            fj_client::of(client)?.floorplan_svg(floorplan_id)
        })
    })
}
