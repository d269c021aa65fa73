//! The functions that a database must have for this program; see [`planned`](super::planned).

use super::fault::{Fault, Op};
use super::planned::Planned;
use super::transaction::Transaction;
use super::{claim, enqueue, finish};
use crate::error::{Error, ErrorKind};

fn all() -> [&'static Planned; 3] {
    [&claim::CLAIM, &enqueue::INSERT, &finish::END]
}

/// Makes the functions that are missing.
pub(super) fn create(transaction: &mut Transaction<'_>) -> Op<()> {
    for planned in missing(transaction)? {
        transaction.batch(&planned.create)?;
    }
    Ok(())
}

/// Refuses a database that has not all of them.
pub(super) fn check(transaction: &mut Transaction<'_>) -> Op<()> {
    if missing(transaction)?.is_empty() {
        return Ok(());
    }
    Err(Fault::Rule(Error::new(
        ErrorKind::InvalidState,
        "the PostgreSQL database lacks functions of this version of floorjobs; run \
         `python -m floorjobs migrate`",
    )))
}

fn missing(transaction: &mut Transaction<'_>) -> Op<Vec<&'static Planned>> {
    let names: Vec<_> = all().iter().map(|planned| planned.name.as_str()).collect();
    let rows = transaction.query(
        "SELECT proname::text FROM pg_proc
         WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'floorjobs')
           AND proname = ANY ($1)",
        &[&names],
    )?;
    let there: Vec<String> = rows
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?;
    Ok(all()
        .into_iter()
        .filter(|planned| !there.contains(&planned.name))
        .collect())
}
