//! Ending an attempt and starting the next in one transaction.

use super::super::{Claim, Finish};
use super::claim::{self, Asked};
use super::fault::{Fault, Op};
use super::finish::{self, Endings};
use super::transaction::Transaction;
use crate::job::Job;

/// Ends an attempt and claims in one round trip, before it is known whether the ending is accepted.
///
/// # Errors
/// `Overtaken` when that was too soon: the ending was refused, or others wait for the job, which
/// must be told before anything is claimed. What was done is undone then, and has to be done one
/// after the other.
pub(super) fn finish_and_claim_at_once(
    transaction: &mut Transaction<'_>,
    request: &Finish,
    wanted: &Claim,
) -> Op<(Job, Vec<Job>)> {
    let Some(asked) = Asked::of(transaction, wanted) else {
        return Ok((finish::finish(transaction, request)?, Vec::new()));
    };
    let endings = Endings::of(transaction, &[request])?;
    let mut answers = endings.with(|ending| {
        asked.with(|claiming| {
            let mut statements = vec![ending];
            statements.extend_from_slice(claiming);
            transaction.query_all(&statements)
        })
    })?;
    let claimed = answers.split_off(1.min(answers.len()));
    let row = answers.first().and_then(|rows| rows.first());
    let job = finish::ended(request, row.ok_or(Fault::Overtaken)?)?;
    if job.status.is_ended() && job.is_awaited {
        return Err(Fault::Overtaken);
    }
    Ok((job, claim::heard(transaction, asked, &claimed)?.jobs))
}
