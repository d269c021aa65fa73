//! Storing new jobs.
//!
//! Jobs that need nothing but themselves are stored together in one statement. The unique index
//! makes two that take the same key at once wait for each other; the later one is refused, begins
//! anew and finds the earlier.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use super::super::follow::{Leader, resolve};
use super::super::rules::{floorplan_not_found, id_is_taken};
use super::super::{Enqueue, Enqueued, NewFloorplan, life};
use super::fault::{Fault, Op};
use super::param::{job_id, readable};
use super::planned::Planned;
use super::rows::{self, JOB_COLUMNS};
use super::transaction::{Transaction, time};
use super::{lookup, waiting};
use crate::error::{Error, ErrorKind};
use crate::job::time::duration_micros;
use crate::job::{Job, JobId, Kind, Start, Timestamp, UniqueScope};

/// Stores the jobs of one call, in their order.
pub(super) fn enqueue_all(
    transaction: &mut Transaction<'_>,
    requests: &[Enqueue],
) -> Op<Vec<Enqueued>> {
    if let Some(twice) = named_twice(requests) {
        return Err(id_is_taken(twice).into());
    }
    if requests.iter().all(is_plain) {
        return store_plain(transaction, requests);
    }
    let mut call = Call {
        now: transaction.now()?,
        transaction,
        pending: Vec::new(),
        looked_up: HashSet::new(),
        holders: HashMap::new(),
        keyed: Vec::new(),
        awaited: HashSet::new(),
    };
    call.find_holders(requests)?;
    let mut enqueued = Vec::with_capacity(requests.len());
    let mut earlier = Vec::with_capacity(requests.len());
    for request in requests {
        let request = resolve(request, &earlier)?;
        let stored = call.enqueue(&request)?;
        earlier.push(Leader::of(&request, &stored));
        enqueued.push(stored);
    }
    call.flush()?;
    call.check_keys()?;
    Ok(enqueued)
}

fn named_twice(requests: &[Enqueue]) -> Option<JobId> {
    let mut seen = BTreeSet::new();
    let mut ids = requests.iter().map(|request| request.id);
    ids.find(|id| !seen.insert(*id))
}

/// Whether a request needs nothing but itself.
fn is_plain(request: &Enqueue) -> bool {
    let new = &request.job;
    request.floorplan.is_none()
        && new.floorplan_id.is_none()
        && new.unique_key.is_none()
        && new.after.is_empty()
        && new.after_index.is_empty()
}

/// One round trip, whatever their number.
fn store_plain(transaction: &mut Transaction<'_>, requests: &[Enqueue]) -> Op<Vec<Enqueued>> {
    let Some(first) = requests.first() else {
        return Ok(Vec::new());
    };
    let rows: Vec<_> = requests
        .iter()
        .map(|request| New::of(request, None, 0))
        .collect();
    let given = transaction.given_now();
    let stored = insert(transaction, &rows, given, true)?;
    let now = stored.ok_or_else(|| id_is_taken(first.id))?;
    let jobs = requests.iter().map(|request| Enqueued {
        job: life::queued(request, None, 0, now),
        existing: false,
    });
    Ok(jobs.collect())
}

/// A row to be stored.
struct New<'a> {
    request: &'a Enqueue,
    floorplan_id: Option<i64>,
    parents: i32,
}

impl<'a> New<'a> {
    fn of(request: &'a Enqueue, floorplan_id: Option<i64>, parents: usize) -> New<'a> {
        New {
            request,
            floorplan_id,
            parents: i32::try_from(parents).unwrap_or(i32::MAX),
        }
    }
}

/// Stores rows; gives the moment at which that was for each.
pub(super) static INSERT: LazyLock<Planned> = LazyLock::new(|| {
    let storing = format!(
        "WITH clock AS MATERIALIZED (SELECT {} AS now),
             new AS (
                 SELECT *, coalesce(start_at,
                         least(now::numeric + delay_us, 9223372036854775807)::bigint) AS run_at,
                     CASE WHEN hold_us IS NOT NULL
                         THEN least(now::numeric + hold_us, 9223372036854775807)::bigint
                     END AS until
                 FROM clock, unnest($2::uuid[], $3::text[], $4::text[], $5::int4[],
                     $6::int8[], $7::int8[], $8::text[], $9::text[], $10::text[], $11::int8[],
                     $12::int4[], $13::text[], $14::int4[], $15::int8[], $16::int8[],
                     $17::int8[], $18::text[])
                     AS given (id, kind, queue, priority, delay_us, start_at, payload,
                         payload_ref, unique_key, hold_us, parents, on_parent_failure,
                         max_attempts, retry_delay_us, timeout_us, floorplan_id,
                         request_id))
         INSERT INTO floorjobs.jobs (id, kind, queue, priority, status, ready, run_at, payload,
             payload_ref, unique_key, unique_until, waiting_for, on_parent_failure,
             max_attempts, retry_delay_us, timeout_us, floorplan_id, request_id, created_at,
             updated_at)
         SELECT id, kind, queue, priority, 'queued', parents = 0 AND run_at <= now, run_at,
             payload, payload_ref, unique_key, until, parents, on_parent_failure,
             max_attempts, retry_delay_us, timeout_us, floorplan_id, request_id, now, now
         FROM new RETURNING created_at",
        time(1)
    );
    let takes = [
        "bigint", "uuid[]", "text[]", "text[]", "int4[]", "int8[]", "int8[]", "text[]", "text[]",
        "text[]", "int8[]", "int4[]", "text[]", "int4[]", "int8[]", "int8[]", "int8[]", "text[]",
    ];
    Planned::new("enqueue_all", &takes, "SETOF bigint", &storing, "given")
});

/// Stores rows, and commits if nothing else is to be done; the moment at which they were stored.
fn insert(
    transaction: &mut Transaction<'_>,
    rows: &[New<'_>],
    now: Option<i64>,
    is_last: bool,
) -> Op<Option<Timestamp>> {
    let requests = || rows.iter().map(|row| row.request);
    let jobs = || requests().map(|request| &request.job);
    let queue = |request: &'_ Enqueue| {
        let queue = request.job.queue.as_ref().unwrap_or(&request.default_queue);
        queue.as_str().to_owned()
    };
    let (delays, starts): (Vec<_>, Vec<_>) = jobs()
        .map(|job| match job.start {
            Start::In(delay) => (Some(duration_micros(delay)), None),
            Start::At(moment) => (None, Some(moment.as_micros())),
        })
        .unzip();
    let hold = |job: &crate::job::NewJob| match (&job.unique_key, job.unique_scope) {
        (None, _) | (_, UniqueScope::Active) => None,
        (_, UniqueScope::For(time)) => Some(duration_micros(time)),
        (_, UniqueScope::Forever) => Some(i64::MAX),
    };
    let ids: Vec<_> = requests().map(|request| job_id(&request.id)).collect();
    let kinds: Vec<_> = jobs().map(|job| job.kind.as_str()).collect();
    let queues: Vec<_> = requests().map(queue).collect();
    let priorities: Vec<_> = jobs().map(|job| job.priority).collect();
    let payloads: Vec<_> = jobs().map(|job| job.payload.to_string()).collect();
    let references: Vec<_> = requests()
        .map(|request| request.payload_ref.as_deref())
        .collect();
    let keys: Vec<_> = jobs().map(|job| job.unique_key.as_deref()).collect();
    let holds: Vec<_> = jobs().map(hold).collect();
    let parents: Vec<_> = rows.iter().map(|row| row.parents).collect();
    let policies: Vec<_> = jobs().map(|job| job.on_parent_failure.as_str()).collect();
    let attempts: Vec<_> = jobs().map(|job| job.max_attempts.map(i32::from)).collect();
    let retry_delays: Vec<_> = jobs()
        .map(|job| job.retry_delay.map(duration_micros))
        .collect();
    let timeouts: Vec<_> = jobs().map(|job| job.timeout.map(duration_micros)).collect();
    let floorplans: Vec<_> = rows.iter().map(|row| row.floorplan_id).collect();
    let request_ids: Vec<_> = jobs().map(|job| job.request_id.as_deref()).collect();
    let params: [&dyn super::param::Param; 18] = [
        &now,
        &ids,
        &kinds,
        &queues,
        &priorities,
        &delays,
        &starts,
        &payloads,
        &references,
        &keys,
        &holds,
        &parents,
        &policies,
        &attempts,
        &retry_delays,
        &timeouts,
        &floorplans,
        &request_ids,
    ];
    let stored = match is_last {
        true => transaction.query_last(INSERT.call(), &params),
        false => transaction.query(INSERT.call(), &params),
    };
    let stored = stored.map_err(|fault| match fault.taken_id() {
        Some(id) => id_is_taken(id).into(),
        None => fault,
    })?;
    let now = stored.first().map(|row| row.try_get(0)).transpose()?;
    Ok(now.map(Timestamp::from_micros))
}

/// The jobs of one call while they are stored.
struct Call<'a, 'b> {
    transaction: &'a mut Transaction<'b>,
    now: Timestamp,
    /// Requests that are stored together with the next that cannot wait.
    pending: Vec<(Enqueue, Option<i64>)>,
    /// The keys whose holders were looked for.
    looked_up: HashSet<(Kind, String)>,
    /// Who holds a key of the call.
    holders: HashMap<(Kind, String), Holder>,
    /// The jobs of this call that took a key.
    keyed: Vec<(JobId, Kind, String)>,
    /// The jobs that others of this call wait for.
    awaited: HashSet<JobId>,
}

struct Holder {
    job: Job,
    is_of_this_call: bool,
}

impl Call<'_, '_> {
    /// Looks up all keys that the requests name themselves.
    fn find_holders(&mut self, requests: &[Enqueue]) -> Op<()> {
        let named = requests.iter().map(|request| &request.job);
        let named = named.filter_map(|job| Some((&job.kind, job.unique_key.as_deref()?)));
        let keys: BTreeSet<_> = named.collect();
        self.look_up(&keys.into_iter().collect::<Vec<_>>())
    }

    fn look_up(&mut self, keys: &[(&Kind, &str)]) -> Op<()> {
        for job in holders(self.transaction, keys, self.now, &[])? {
            if let Some(key) = job.unique_key.clone() {
                let place = (job.kind.clone(), key);
                let is_of_this_call = false;
                self.holders.insert(
                    place,
                    Holder {
                        job,
                        is_of_this_call,
                    },
                );
            }
        }
        let looked_up = keys
            .iter()
            .map(|(kind, key)| ((*kind).clone(), (*key).to_owned()));
        self.looked_up.extend(looked_up);
        Ok(())
    }

    /// The job that holds the key of a request, if there is one.
    fn holder(&mut self, request: &Enqueue) -> Op<Option<Job>> {
        let new = &request.job;
        let Some(key) = &new.unique_key else {
            return Ok(None);
        };
        let place = (new.kind.clone(), key.clone());
        // A follower gets a key that depends on what became of its leader.
        if !self.looked_up.contains(&place) {
            self.look_up(&[(&new.kind, key)])?;
        }
        let Some(holder) = self.holders.get(&place) else {
            return Ok(None);
        };
        // Others of the call may wait for it by now.
        match holder.is_of_this_call && !self.awaited.is_empty() {
            false => {
                let mut job = holder.job.clone();
                job.is_awaited |= self.awaited.contains(&job.id);
                Ok(Some(job))
            }
            true => {
                let id = holder.job.id;
                self.flush()?;
                lookup::get(self.transaction, id).map(Some)
            }
        }
    }

    /// Stores one job, or finds the one that holds its unique key.
    fn enqueue(&mut self, request: &Enqueue) -> Op<Enqueued> {
        let new = &request.job;
        if let Some(job) = self.holder(request)? {
            return Ok(Enqueued {
                job,
                existing: true,
            });
        }
        if let Some(id) = new.floorplan_id {
            self.check_floorplan(id)?;
        }
        let parents: BTreeSet<JobId> = new.after.iter().copied().collect();
        if !parents.is_empty() {
            self.flush()?;
            waiting::lock_parents(self.transaction, &parents)?;
        }
        let floorplan_id = match &request.floorplan {
            Some(plan) => Some(self.insert_floorplan(plan)?),
            None => new.floorplan_id,
        };
        let mut job = life::queued(request, floorplan_id, parents.len(), self.now);
        if parents.is_empty() {
            self.pending.push((request.clone(), floorplan_id));
        } else {
            let row = New::of(request, floorplan_id, parents.len());
            insert(self.transaction, &[row], Some(self.now.as_micros()), false)?;
            waiting::wait_for(self.transaction, request.id, &parents, self.now)?;
            self.awaited.extend(parents);
            // Those of them that had ended already may have changed it.
            job = lookup::get(self.transaction, request.id)?;
        }
        if let Some(key) = &new.unique_key {
            let holder = Holder {
                job: job.clone(),
                is_of_this_call: true,
            };
            self.holders.insert((new.kind.clone(), key.clone()), holder);
            self.keyed.push((job.id, new.kind.clone(), key.clone()));
        }
        Ok(Enqueued {
            job,
            existing: false,
        })
    }

    fn flush(&mut self) -> Op<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let pending = std::mem::take(&mut self.pending);
        let rows: Vec<_> = pending
            .iter()
            .map(|(request, floorplan_id)| New::of(request, *floorplan_id, 0))
            .collect();
        insert(self.transaction, &rows, Some(self.now.as_micros()), false).map(drop)
    }

    /// A job that held one of the keys may have been stored and have ended since it was looked
    /// for, and hold it all the same; the index, which knows active ones only, told nothing.
    fn check_keys(&mut self) -> Op<()> {
        let keys: Vec<_> = self
            .keyed
            .iter()
            .map(|(_, kind, key)| (kind, key.as_str()))
            .collect();
        let own: Vec<_> = self.keyed.iter().map(|(id, ..)| *id).collect();
        match holders(self.transaction, &keys, self.now, &own)?.is_empty() {
            true => Ok(()),
            false => Err(Fault::Overtaken),
        }
    }

    fn check_floorplan(&mut self, id: i64) -> Op<()> {
        let sql = "SELECT 1 FROM floorjobs.floorplans WHERE id = $1";
        match self.transaction.query_opt(sql, &[&id])? {
            Some(_) => Ok(()),
            None => Err(floorplan_not_found(id).into()),
        }
    }

    fn insert_floorplan(&mut self, plan: &NewFloorplan) -> Op<i64> {
        let bytes = i64::try_from(plan.pdf_bytes).map_err(|_| {
            let message = format!("a PDF of {} bytes is too large to store", plan.pdf_bytes);
            Error::new(ErrorKind::LimitExceeded, message)
        })?;
        let rows = self.transaction.query(
            "INSERT INTO floorjobs.floorplans (project_id, filename, pdf_ref, pdf_bytes,
                 created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $5) RETURNING id",
            &[
                &plan.project_id,
                &plan.filename.as_deref().map(readable),
                &plan.pdf_ref,
                &bytes,
                &self.now.as_micros(),
            ],
        )?;
        let id = rows.first().map(|row| row.try_get(0)).transpose()?;
        id.ok_or_else(|| Fault::Rule(Error::new(ErrorKind::Internal, "no floor plan was stored")))
    }
}

/// The newest job of each kind and key, other than `but`, that holds it: by being queued or
/// running, or by having been given it until after `now`.
///
/// However often a key was used before, only those that hold it are read.
pub(super) fn holders(
    transaction: &mut Transaction<'_>,
    keys: &[(&Kind, &str)],
    now: Timestamp,
    but: &[JobId],
) -> Op<Vec<Job>> {
    static HOLDERS: LazyLock<String> = LazyLock::new(|| {
        format!(
            "SELECT {JOB_COLUMNS} FROM floorjobs.jobs WHERE id IN (
                 SELECT newest.id FROM unnest($1::text[], $2::text[]) AS asked (kind, unique_key)
                 CROSS JOIN LATERAL (
                     SELECT holder.id FROM (
                         SELECT id FROM floorjobs.jobs
                             WHERE jobs.kind = asked.kind AND jobs.unique_key = asked.unique_key
                               AND jobs.unique_key IS NOT NULL AND status IN ('queued', 'running')
                         UNION ALL
                         SELECT id FROM floorjobs.jobs
                             WHERE jobs.kind = asked.kind AND jobs.unique_key = asked.unique_key
                               AND jobs.unique_key IS NOT NULL AND unique_until IS NOT NULL
                               AND unique_until > $3) AS holder
                     WHERE holder.id <> ALL ($4) ORDER BY holder.id DESC LIMIT 1) AS newest)"
        )
    });
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let kinds: Vec<_> = keys.iter().map(|(kind, _)| kind.as_str()).collect();
    let names: Vec<_> = keys.iter().map(|(_, key)| *key).collect();
    let but: Vec<_> = but.iter().map(job_id).collect();
    let found = transaction.query(&HOLDERS, &[&kinds, &names, &now.as_micros(), &but])?;
    found.iter().map(rows::job).collect()
}
