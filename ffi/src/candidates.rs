//! Layouts that a host proposes, beside those of the native search.

use std::ffi::c_void;

use floorjobs_core::Result;
use floorjobs_core::generate::{CandidateSource, Proposal, proposed_layouts};
use floorjobs_core::layout::{Layout, Violation};
use serde_json::json;

use crate::guard::guard;
use crate::sized::SizePrefixed;
use crate::text::{Terminated, fj_str, null};
use crate::worker::callback::{Userdata, fj_release_fn, into_host};

/// What a source proposes in one round.
///
/// Made by `fj_candidates_of()` and returned from a source, which gives it up. What was wrong with its
/// text makes the source be asked no more, and the native search goes on. Owner: the host, until it
/// is returned; one that is not returned is freed with `fj_candidates_free()`. Threads: any, one at a
/// time.
#[allow(non_camel_case_types)]
pub struct fj_candidates {
    layouts: Result<Vec<Layout>>,
}

/// Proposes layouts; asked three times at most.
///
/// `proposal` is a JSON object: `plate` (where they have to fit, in millimetres), `brief` (each room
/// with its `id` and the area to aim at), `rules`, `corridor_mm`, `prompt`. `round` counts from 0, and
/// `feedback` is an array of what was wrong with the layouts of the round before. Both are borrowed
/// during the call. Returns what `fj_candidates_of()` made, or NULL for nothing. May be called on any
/// thread, by several jobs at once. Must not throw.
#[allow(non_camel_case_types)]
pub type fj_propose_fn = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        proposal: fj_str,
        round: u32,
        feedback: fj_str,
    ) -> *mut fj_candidates,
>;

/// Somebody who proposes layouts, a language model say. What comes of a proposal is built, checked and
/// weighed as those of the native search, which always runs; a source that fails costs its proposals.
///
/// Owner: the host; read during the call that it is given to only, but for `userdata`.
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct fj_candidate_source {
    /// `sizeof(fj_candidate_source)`.
    pub struct_size: usize,
    /// What `provenance.solver` says when a layout of this source is the best.
    pub name: fj_str,
    /// Proposes. Must not be NULL.
    pub propose: fj_propose_fn,
    /// Given to `propose`; may be NULL.
    pub userdata: *mut c_void,
    /// Called once with `userdata`, when `propose` is not called any more; may be NULL.
    pub release: fj_release_fn,
}

// SAFETY: numbers, pointers, and functions that may be NULL; the size first.
unsafe impl SizePrefixed for fj_candidate_source {
    const FIRST_SIZE: usize = size_of::<fj_candidate_source>();
}

/// A source of the host.
pub(crate) struct Source {
    name: String,
    propose: unsafe extern "C" fn(*mut c_void, fj_str, u32, fj_str) -> *mut fj_candidates,
    userdata: Userdata,
}

impl Source {
    /// A source for a call during which the host keeps what it gives along.
    pub(crate) fn borrowed(given: &fj_candidate_source) -> Result<Source> {
        Source::new(given, None)
    }

    /// A source that lets go what it was given with it. Of one that is refused nothing is let go.
    #[cfg(feature = "pipelines")]
    pub(crate) fn kept(given: &fj_candidate_source) -> Result<Source> {
        Source::new(given, given.release)
    }

    fn new(given: &fj_candidate_source, release: fj_release_fn) -> Result<Source> {
        let propose = given.propose.ok_or_else(|| null("propose"))?;
        Ok(Source {
            name: given.name.required("name")?.to_owned(),
            propose,
            userdata: Userdata::new(given.userdata, release),
        })
    }
}

impl CandidateSource for Source {
    fn name(&self) -> &str {
        &self.name
    }

    fn propose(
        &self,
        proposal: &Proposal<'_>,
        round: u32,
        feedback: &[Violation],
    ) -> Result<Vec<Layout>> {
        let asked = Terminated::new(&proposal.to_json().to_string());
        let told = Terminated::new(&json!(feedback).to_string());
        let answer = into_host(|| {
            // SAFETY: the host promises a function that may be called so; the texts outlive the call.
            unsafe { (self.propose)(self.userdata.pointer, asked.borrow(), round, told.borrow()) }
        });
        if answer.is_null() {
            return Ok(Vec::new());
        }
        // SAFETY: only this library makes candidates, as boxes, and the host gives this one up.
        unsafe { Box::from_raw(answer) }.layouts
    }
}

/// Layouts that a source proposes.
///
/// `layouts`: borrowed JSON array of objects with `rooms` and `corridors`, each an array of objects with
/// `id`, that of the brief for a room, and `boundary`, a box along the axes as `[[x, y], ...]` in
/// millimetres of the plate. Never NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_candidates_of(layouts: fj_str) -> Option<Box<fj_candidates>> {
    guard(None, || {
        let read = || proposed_layouts(layouts.required("layouts")?);
        Some(Box::new(fj_candidates { layouts: read() }))
    })
}

/// Frees candidates that are not returned from a source.
///
/// `candidates`: consumed; NULL does nothing. Any thread. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_candidates_free(candidates: Option<Box<fj_candidates>>) {
    guard((), || drop(candidates));
}

#[cfg(test)]
mod tests {
    use floorjobs_core::ErrorKind;

    use super::*;

    #[test]
    fn a_proposal_becomes_a_layout() {
        let text = c"[{\"rooms\": [{\"id\": \"a\", \"boundary\": [[0,0],[9,0],[9,9],[0,9]], \"more\": 1}]}]";
        let layouts = fj_candidates_of(fj_str::of(text)).unwrap().layouts.unwrap();
        assert_eq!(layouts.len(), 1);
        assert_eq!(layouts[0].rooms[0].id, "a");
        for bad in [c"", c"{}", c"[{}]", c"[{\"rooms\": [{\"id\": 1}]}]"] {
            let refused = fj_candidates_of(fj_str::of(bad)).unwrap();
            assert_eq!(refused.layouts.unwrap_err().kind(), ErrorKind::InvalidInput);
        }
        fj_candidates_free(None);
    }
}
