//! Ending attempts and starting others in one transaction.

use std::collections::HashMap;

use super::super::{Claim, Ended, Exchanged, Finish};
use super::claim::{self, Asked, Claimed};
use super::fault::{Fault, Op};
use super::finish::{self, Endings};
use super::lookup;
use super::rows;
use super::transaction::Transaction;

/// Ends attempts and claims in one round trip, before it is known whether the endings are accepted.
///
/// # Errors
/// `Overtaken` when that was too soon: an ending was refused or brings a design, or others wait for
/// one of the jobs, which must be told before anything is claimed. What was done is undone then, and has to be done
/// one after the other.
pub(super) fn finish_and_claim_at_once(
    transaction: &mut Transaction<'_>,
    finishes: &[Finish],
    wanted: &Claim,
) -> Op<Exchanged> {
    if finishes.iter().any(|one| finish::design_of(one).is_some()) {
        return Err(Fault::Overtaken);
    }
    let wanted = Claim {
        limit: wanted.limit.min(finishes.len()),
        ..wanted.clone()
    };
    let asked = Asked::of(transaction, &wanted);
    let endings = Endings::of(transaction, &finishes.iter().collect::<Vec<_>>())?;
    let mut answers = endings.with(|ending| match &asked {
        None => transaction.query_all(&[ending]),
        Some(asked) => asked.with(|claiming| transaction.query_all(&[ending, claiming])),
    })?;
    let started = answers.split_off(1.min(answers.len()));
    let mut jobs = HashMap::with_capacity(finishes.len());
    for row in answers.iter().flatten() {
        let job = rows::job(row)?;
        jobs.insert(job.id, job);
    }
    let mut ended = Vec::with_capacity(finishes.len());
    for finish in finishes {
        let job = jobs.remove(&finish.fence.job).ok_or(Fault::Overtaken)?;
        if finish::lacks_floorplan(finish, &job) || job.status.is_ended() && job.is_awaited {
            return Err(Fault::Overtaken);
        }
        ended.push(Ok(Ended::of(&job)));
    }
    let mut claimed = Claimed::default();
    if let (Some(asked), Some(started)) = (asked, started.first()) {
        claimed = asked.heard(started)?;
        claim::fail_unreadable(transaction, wanted.owner.id, &claimed.unreadable)?;
    }
    Ok(Exchanged {
        ended,
        started: claimed.jobs,
    })
}

/// The same one after the other, each ending in a savepoint.
pub(super) fn finish_and_claim_in_turn(
    transaction: &mut Transaction<'_>,
    finishes: &[Finish],
    wanted: &Claim,
) -> Op<Exchanged> {
    let mut ended = Vec::with_capacity(finishes.len());
    lookup::lock_all(transaction, finishes.iter().map(|finish| &finish.fence.job))?;
    for one in finishes {
        transaction.execute("SAVEPOINT ending", &[])?;
        match finish::finish(transaction, one) {
            Ok(job) => ended.push(Ok(Ended::of(&job))),
            Err(Fault::Rule(error)) => {
                transaction.execute("ROLLBACK TO SAVEPOINT ending", &[])?;
                ended.push(Err(error));
            }
            Err(fault) => return Err(fault),
        }
        transaction.execute("RELEASE SAVEPOINT ending", &[])?;
    }
    let started = claim::claim_within(transaction, &wanted.in_place_of(&ended))?;
    Ok(Exchanged { ended, started })
}
