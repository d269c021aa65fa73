//! Jobs that wait for earlier jobs of the same call: what they take over from those.

use std::borrow::Cow;

use super::{Enqueue, Enqueued};
use crate::error::{Error, Result};
use crate::job::{JobId, UniqueScope};

/// What became of an earlier request of the call.
pub(crate) struct Leader {
    job: JobId,
    floorplan_id: Option<i64>,
    /// For how long it holds its key, if it asked for one.
    scope: Option<UniqueScope>,
}

impl Leader {
    /// `request` as it was stored, and what became of it.
    pub(crate) fn of(request: &Enqueue, stored: &Enqueued) -> Leader {
        let new = &request.job;
        Leader {
            job: stored.job.id,
            floorplan_id: stored.job.floorplan_id,
            scope: new.unique_key.as_ref().map(|_| new.unique_scope),
        }
    }
}

/// The request with what it takes over from those it waits for, which came `earlier` in the call.
///
/// They are named by their ids from here on; a follower without a floor plan gets the first they
/// have; one without a key, of leaders of which one has a key, gets a key that is its own among
/// the followers of that leader, for as long as the leader holds its key.
pub(crate) fn resolve<'a>(request: &'a Enqueue, earlier: &[Leader]) -> Result<Cow<'a, Enqueue>> {
    if request.job.after_index.is_empty() {
        return Ok(Cow::Borrowed(request));
    }
    let place = earlier.len();
    let mut request = request.clone();
    let brings_plan = request.floorplan.is_some();
    let new = &mut request.job;
    for index in std::mem::take(&mut new.after_index) {
        let leader = earlier.get(index).ok_or_else(|| not_before(index, place))?;
        new.after.push(leader.job);
        if !brings_plan {
            new.floorplan_id = new.floorplan_id.or(leader.floorplan_id);
        }
        if new.unique_key.is_none()
            && let Some(scope) = leader.scope
        {
            new.unique_key = Some(format!("then:{}:{}", leader.job, place - index));
            new.unique_scope = scope;
        }
    }
    Ok(Cow::Owned(request))
}

/// The error for a follower that does not come after its leader.
pub(crate) fn not_before(index: usize, place: usize) -> Error {
    Error::invalid_field(
        "after_index",
        format!("job {place} of the call waits for job {index}, which is not before it"),
    )
}
