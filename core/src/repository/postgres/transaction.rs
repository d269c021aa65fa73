//! One transaction, in as few round trips as it can.
//!
//! Everything that holds for it is set in it and ends with it, so that it works the same through
//! a pooler that hands each transaction to whatever connection is free.

use std::time::Duration;

use tokio_postgres::Row;

use super::fault::{Fault, Op};
use super::param::Param;
use super::session::{Session, Step};
use crate::clock::Clock;
use crate::job::Timestamp;
use crate::sys::crash_point::{Point, Write, reach};

/// The server gives a statement up after 15 s and a lock after 10 s; this side waits a little
/// longer for the answer. A transaction whose client is gone or stopped is undone after 5 s, which
/// is less than anybody waits for its locks: among them are those of jobs that its claim looked at
/// and others had got meanwhile.
const LIMITS: &str = "SET LOCAL statement_timeout = 15000; SET LOCAL lock_timeout = 10000; \
     SET LOCAL idle_in_transaction_session_timeout = 5000";

/// The same for a reading of everything there is.
const LONG_LIMITS: &str = "SET LOCAL statement_timeout = 600000; SET LOCAL lock_timeout = 10000; \
     SET LOCAL idle_in_transaction_session_timeout = 60000";

/// An administrator may have made all transactions of a role or database relaxed.
const DURABLE: &str = "; SELECT set_config('synchronous_commit', 'on', true) \
     WHERE current_setting('synchronous_commit') = 'off'";

const LOSABLE: &str = "; SET LOCAL synchronous_commit = off";

const PATIENCE: Duration = Duration::from_secs(20);
/// What a heartbeat asks is asked again soon; an answer that does not come must not take so much of
/// a lease that there is no time left for that.
const BEAT_PATIENCE: Duration = Duration::from_secs(8);
const GLANCE_PATIENCE: Duration = Duration::from_secs(4);

const LONG_PATIENCE: Duration = Duration::from_secs(610);

/// What kind of transaction it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Sees one moment and changes nothing.
    Read,
    /// The same for who asks again in a moment anyway.
    Glance,
    /// The same, for minutes if need be.
    LongRead,
    /// Survives what the server survives.
    Write,
    /// A claim, which the server may lose with a crash of its own, up to a second of it: the job
    /// is queued again then, and its ending is refused, since the attempt has another owner or
    /// none. Whatever is durable later makes it so as well.
    Claim,
    /// The same for what is written again in a moment anyway.
    Relaxed,
}

impl Mode {
    fn begin(self) -> String {
        let (kind, limits, more) = match self {
            Mode::Read | Mode::Glance => ("REPEATABLE READ READ ONLY", LIMITS, ""),
            Mode::LongRead => ("REPEATABLE READ READ ONLY", LONG_LIMITS, ""),
            Mode::Write => ("READ COMMITTED READ WRITE", LIMITS, DURABLE),
            Mode::Claim | Mode::Relaxed => ("READ COMMITTED READ WRITE", LIMITS, LOSABLE),
        };
        format!(
            "BEGIN ISOLATION LEVEL {kind}; SET LOCAL search_path = pg_catalog, pg_temp; \
             SET LOCAL jit = off; {limits}{more}"
        )
    }

    fn patience(self) -> Duration {
        match self {
            Mode::LongRead => LONG_PATIENCE,
            Mode::Relaxed => BEAT_PATIENCE,
            Mode::Glance => GLANCE_PATIENCE,
            _ => PATIENCE,
        }
    }
}

/// Where a transaction is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Open,
    /// COMMIT was sent.
    Committing,
    Committed,
}

/// A transaction on one connection.
pub(super) struct Transaction<'a> {
    session: &'a mut Session,
    clock: Option<&'a dyn Clock>,
    mode: Mode,
    what: Option<Write>,
    stage: Stage,
}

impl<'a> Transaction<'a> {
    /// A transaction that begins with its first statement; `what` names it for the tests that
    /// die in it, and `clock` takes the place of the server's in tests.
    pub(super) fn new(
        session: &'a mut Session,
        mode: Mode,
        what: Option<Write>,
        clock: Option<&'a dyn Clock>,
    ) -> Transaction<'a> {
        Transaction {
            session,
            clock,
            mode,
            what,
            stage: Stage::New,
        }
    }

    /// Runs a statement and returns its rows.
    pub(super) fn query(&mut self, sql: &str, params: &[&dyn Param]) -> Op<Vec<Row>> {
        let mut answers = self.query_all(&[(sql, params)])?;
        Ok(answers.pop().unwrap_or_default())
    }

    /// Runs a statement and returns its only row, if there is one.
    pub(super) fn query_opt(&mut self, sql: &str, params: &[&dyn Param]) -> Op<Option<Row>> {
        Ok(self.query(sql, params)?.pop())
    }

    /// Runs a statement that changes rows.
    pub(super) fn execute(&mut self, sql: &str, params: &[&dyn Param]) -> Op<()> {
        self.query(sql, params).map(drop)
    }

    /// Runs statements in one round trip and returns the rows of each.
    pub(super) fn query_all(&mut self, statements: &[(&str, &[&dyn Param])]) -> Op<Vec<Vec<Row>>> {
        self.send(statements, false)
    }

    /// Runs the last statement, and commits in the same round trip.
    pub(super) fn query_last(&mut self, sql: &str, params: &[&dyn Param]) -> Op<Vec<Row>> {
        let mut answers = self.send(&[(sql, params)], true)?;
        Ok(answers.pop().unwrap_or_default())
    }

    /// Runs the last statements, and commits in the same round trip.
    pub(super) fn query_all_last(
        &mut self,
        statements: &[(&str, &[&dyn Param])],
    ) -> Op<Vec<Vec<Row>>> {
        self.send(statements, true)
    }

    /// Runs statements without parameters.
    pub(super) fn batch(&mut self, sql: &str) -> Op<()> {
        let begin = self.mode.begin();
        let mut steps = vec![Step::Batch(sql)];
        if self.stage == Stage::New {
            steps.insert(0, Step::Batch(&begin));
        }
        self.stage = Stage::Open;
        let heard = self.session.send(&steps, self.mode.patience());
        heard.into_iter().try_for_each(|answer| answer.map(drop))
    }

    /// Commits, unless the last statement did.
    pub(super) fn commit(&mut self) -> Op<()> {
        match self.stage {
            Stage::New | Stage::Committed => Ok(()),
            Stage::Open | Stage::Committing => self.send(&[], true).map(drop),
        }
    }

    /// Undoes what was done; whether the connection can be used for another transaction.
    pub(super) fn roll_back(&mut self) -> bool {
        if matches!(self.stage, Stage::Open | Stage::Committing) {
            let undone = self.session.send(&[Step::Batch("ROLLBACK")], PATIENCE);
            return undone.iter().all(Result::is_ok);
        }
        self.session.is_alive()
    }

    /// Whether COMMIT was sent, so that it may have happened though its answer is missing.
    pub(super) fn may_be_committed(&self) -> bool {
        self.stage == Stage::Committing
    }

    fn send(&mut self, statements: &[(&str, &[&dyn Param])], is_last: bool) -> Op<Vec<Vec<Row>>> {
        let begin = self.mode.begin();
        let mut steps = Vec::with_capacity(statements.len() + 2);
        let begins = self.stage == Stage::New;
        if begins {
            steps.push(Step::Batch(&begin));
        }
        steps.extend(
            statements
                .iter()
                .map(|(sql, params)| Step::Query(sql, params)),
        );
        self.stage = Stage::Open;
        if is_last {
            if let Some(what) = self.what {
                reach(Point::BeforeCommit(what));
            }
            self.stage = Stage::Committing;
            steps.push(Step::Batch("COMMIT"));
        }
        let mut answers = Vec::with_capacity(steps.len());
        let heard = self.session.send(&steps, self.mode.patience());
        for (answer, number) in heard.into_iter().zip(1..) {
            if let Err(fault) = &answer
                && fault.is_answer()
                && number < steps.len()
            {
                // The server refused what comes before COMMIT, and so that as well.
                self.stage = Stage::Open;
            }
            answers.push(answer?);
        }
        if begins {
            answers.remove(0);
        }
        if is_last {
            answers.pop();
            self.stage = Stage::Committed;
        }
        Ok(answers)
    }

    /// The port of this side, if the connection has one.
    pub(super) fn local_port(&self) -> Option<u16> {
        self.session.local_port()
    }

    /// What the tests say in place of the server's clock, for the parameter of [`time`].
    pub(super) fn given_now(&self) -> Option<i64> {
        self.clock.map(|clock| clock.now().as_micros())
    }

    /// What the tests say in place of the server's clock, for leases.
    pub(super) fn given_lease_now(&self) -> Option<i64> {
        self.clock.map(Clock::boot_micros)
    }

    /// The time by the repository's clock.
    pub(super) fn now(&mut self) -> Op<Timestamp> {
        if let Some(now) = self.given_now() {
            return Ok(Timestamp::from_micros(now));
        }
        let row = self.query_opt(&format!("SELECT {SERVER_CLOCK}"), &[])?;
        let now = row.map(|row| row.try_get(0)).transpose()?;
        Ok(Timestamp::from_micros(now.unwrap_or_default()))
    }
}

/// The server's clock, in microseconds since 1970.
pub(super) const SERVER_CLOCK: &str = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/// `coalesce($n, the server's clock)`: the time for a statement whose parameter `n` is what the
/// tests say instead.
pub(super) fn time(parameter: usize) -> String {
    format!("coalesce(${parameter}::bigint, {SERVER_CLOCK})")
}

/// Whether an error of a commit leaves open whether it happened.
pub(super) fn is_in_doubt(transaction: &Transaction<'_>, fault: &Fault) -> bool {
    transaction.may_be_committed() && !fault.is_answer()
}
