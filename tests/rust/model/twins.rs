//! A repository and the oracle side by side.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use floorjobs_core::bom::Catalogue;
use floorjobs_core::clock::{Clock, ManualClock};
use floorjobs_core::job::{
    Failure, Fence, JobId, Kind, NewJob, OwnerId, ParentFailure, Progress, QueueName, RetryPolicy,
    Status, Timestamp, UniqueScope, Usage,
};
use floorjobs_core::repository::{
    self, Beat, CatalogueChange, Claim, Enqueue, Heartbeat, ListJobs, MemoryRepository, NewBom,
    NewDesign, NewFloorplan, NewLayout, Owner, Product, Prune, Reading, Reap, Repository,
    WorkerRow,
};
use floorjobs_core::sys::ProcessIdentity;
use floorjobs_core::{ErrorKind, Job, Result};
use serde_json::json;

use super::operation::{Ending, Operation, Plan, Request, Scope};
use super::subject::Subject;

const LEASE: Duration = Duration::from_secs(60);

/// Into so many parts is divided what is asked beyond the rows.
const QUESTIONS: usize = 5;

/// Counting opens a connection of its own, which takes longer than all other questions.
const COUNTED_EVERY: usize = 12;

/// Whether the repositories, which agreed, did what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    Refused,
    /// There was no such job or fence to ask for yet.
    Nothing,
}

impl Answer {
    pub(super) const DONE: &'static str = "done";
    pub(super) const REFUSED: &'static str = "refused";

    pub(super) fn name(self) -> &'static str {
        match self {
            Answer::Done => Answer::DONE,
            Answer::Refused => Answer::REFUSED,
            Answer::Nothing => "nothing",
        }
    }
}

/// One database for all sequences of one part, emptied before each: opening a new one and
/// compiling its statements would take most of the time.
pub(super) struct Twins {
    subject: Box<dyn Subject>,
    clock: Arc<ManualClock>,
    /// Kept between sequences.
    opened: RefCell<Option<Arc<dyn Repository>>>,
}

impl Twins {
    /// A subject beside the oracle; `clock` is that of both.
    pub(super) fn new(subject: Box<dyn Subject>, clock: Arc<ManualClock>) -> Twins {
        Twins {
            subject,
            clock,
            opened: RefCell::default(),
        }
    }

    pub(super) fn start_over(&self) -> Pair<'_> {
        self.subject.empty();
        let opened = self.opened.take();
        Pair {
            twins: self,
            subject: opened.unwrap_or_else(|| self.subject.open()),
            memory: MemoryRepository::new(self.clock.clone()),
            clock: self.clock.clone(),
            jobs: Vec::new(),
            fences: Vec::new(),
            owners: [1, 2, 3].map(owner),
            seen: HashMap::new(),
            steps: 0,
        }
    }
}

impl Drop for Pair<'_> {
    fn drop(&mut self) {
        *self.twins.opened.borrow_mut() = Some(self.subject.clone());
    }
}

pub(super) struct Pair<'a> {
    twins: &'a Twins,
    subject: Arc<dyn Repository>,
    memory: MemoryRepository,
    clock: Arc<ManualClock>,
    jobs: Vec<JobId>,
    fences: Vec<Fence>,
    owners: [Owner; 3],
    seen: HashMap<JobId, Job>,
    steps: usize,
}

fn owner(number: u8) -> Owner {
    Owner {
        id: OwnerId::from_bytes([number; 16]),
        process: ProcessIdentity {
            host: format!("host-{number}"),
            boot_id: None,
            pid_namespace: None,
            pid: u32::from(number),
            start_time: None,
        },
    }
}

/// Why a sequence is not gone on with.
pub(super) enum Apart {
    /// They do not say the same.
    Differ(String),
    /// The other did not answer, which is no word against it.
    Unanswered(String),
}

type Applied = std::result::Result<Answer, Apart>;

impl Pair<'_> {
    /// Does `operation` to both, and compares what they answer and what they hold then.
    pub(super) fn apply(&mut self, operation: &Operation) -> Applied {
        let answer = self.ask(operation)?;
        if answer == Answer::Refused {
            self.twins.subject.close_gaps();
        }
        self.compare_rows()?;
        Ok(answer)
    }

    fn ask(&mut self, operation: &Operation) -> Applied {
        match operation {
            Operation::Enqueue(requests) => self.enqueue(requests),
            Operation::Claim {
                owner,
                limit,
                other_first,
            } => {
                let claim = self.claim_of(*owner, *limit, *other_first);
                self.start(|store| store.claim(&claim), *owner)
            }
            Operation::ClaimOne { owner, job } => {
                let Some(job) = pick(&self.jobs, *job) else {
                    return Ok(Answer::Nothing);
                };
                let by = self.owners[usize::from(*owner)].clone();
                self.start(|store| Ok(vec![store.claim_one(job, &by, LEASE)?]), *owner)
            }
            Operation::Heartbeat {
                owner,
                fences,
                progress,
                lease,
            } => {
                let heartbeat = self.heartbeat_of(*owner, fences, *progress, *lease);
                self.same(|store| store.heartbeat(&heartbeat))
            }
            Operation::Finish { fence, ending } => self.finish(*fence, *ending, false),
            Operation::FinishAgain { fence, ending } => self.finish(*fence, *ending, true),
            Operation::FinishAndClaim {
                fences,
                ending,
                owner,
                limit,
            } => {
                let finishes: Vec<_> = fences
                    .iter()
                    .filter_map(|n| pick(&self.fences, *n))
                    .map(|fence| self.finish_of(fence, *ending))
                    .collect();
                let claim = self.claim_of(*owner, *limit, false);
                self.exchange(&finishes, &claim)
            }
            Operation::ReleaseStrays { owner, held } => {
                let owner = self.owners[usize::from(*owner)].id;
                let held: Vec<_> = held.iter().filter_map(|n| pick(&self.fences, *n)).collect();
                self.same(|store| store.release_strays(owner, &held))
            }
            Operation::Reap {
                gone,
                limit,
                jitter,
            } => {
                let reap = Reap {
                    gone: gone
                        .iter()
                        .map(|n| self.owners[usize::from(*n)].id)
                        .collect(),
                    limit: usize::from(*limit),
                    policy: RetryPolicy::default(),
                    jitter: f64::from(*jitter) / 256.0,
                };
                self.same(|store| store.reap(&reap))
            }
            Operation::Checkpoint { fence, value } => {
                let Some(fence) = pick(&self.fences, *fence) else {
                    return Ok(Answer::Nothing);
                };
                self.same(|store| store.checkpoint(&fence, &json!(value)))
            }
            Operation::Prune { age, limit } => {
                let age = i64::from(*age) * 1_000_000;
                let before = Timestamp::from_micros(self.clock.now().as_micros() - age);
                let prune = Prune {
                    succeeded_before: Some(before),
                    failed_before: (limit % 2 == 0).then_some(before),
                    cancelled_before: Some(before),
                    limit: usize::from(*limit),
                };
                self.same(|store| store.prune(&prune))
            }
            Operation::ChangeCatalogue { code } => {
                let change = match code {
                    None => CatalogueChange::Reset,
                    Some(0) => CatalogueChange::Replace(row(0)),
                    Some(code) => CatalogueChange::Merge(row(*code)),
                };
                self.same(|store| store.change_catalogue(&change))
            }
            Operation::Pause { other } => self.same(|store| store.pause(&queue(*other))),
            Operation::Resume { other } => self.same(|store| store.resume(&queue(*other))),
            Operation::Cancel { job } => self.on_job(*job, |store, id| store.cancel(id)),
            Operation::Retry { job } => self.on_job(*job, |store, id| store.retry(id)),
            Operation::MakeDue { job } => self.on_job(*job, |store, id| store.make_due(id)),
            Operation::NoteWorker { owner } => {
                let row = WorkerRow {
                    owner: self.owners[usize::from(*owner)].clone(),
                    queues: vec![queue(false), queue(true)],
                    kinds: vec![kind(1)],
                    kind_limits: Default::default(),
                    concurrency: 4,
                    transport: "local".to_owned(),
                    started_at: self.clock.now(),
                    beat_at: self.clock.now(),
                };
                self.same(|store| store.register_worker(&row))
            }
            Operation::ForgetWorker { owner } => {
                let owner = self.owners[usize::from(*owner)].id;
                self.same(|store| store.remove_worker(owner))
            }
            Operation::Advance { seconds } => {
                self.clock.advance(Duration::from_secs(u64::from(*seconds)));
                Ok(Answer::Done)
            }
            Operation::StepWall { seconds } => {
                self.clock.step_wall(i64::from(*seconds) * 1_000_000);
                Ok(Answer::Done)
            }
            Operation::Reboot => {
                if self.twins.subject.reboot() {
                    self.clock.reboot();
                    self.memory.reboot();
                }
                self.subject = self.twins.subject.open();
                Ok(Answer::Done)
            }
        }
    }

    fn enqueue(&mut self, requests: &[Request]) -> Applied {
        let first = self.jobs.len();
        let requests: Vec<_> = requests
            .iter()
            .enumerate()
            .map(|(index, request)| enqueue_of(request, first + index, &self.jobs))
            .collect();
        let answer = self.same(|store| store.enqueue(&requests))?;
        // Also those that were refused or found: asking for them must be refused alike.
        self.jobs.extend(requests.iter().map(|request| request.id));
        Ok(answer)
    }

    fn claim_of(&self, owner: u8, limit: u8, other_first: bool) -> Claim {
        Claim {
            owner: self.owners[usize::from(owner)].clone(),
            queues: vec![queue(other_first), queue(!other_first)],
            kinds: vec![kind(0), kind(1)],
            limit: usize::from(limit),
            lease: LEASE,
        }
    }

    fn heartbeat_of(
        &self,
        owner: u8,
        fences: &[u8],
        progress: Option<u8>,
        lease: bool,
    ) -> Heartbeat {
        let beats = fences
            .iter()
            .filter_map(|n| pick(&self.fences, *n))
            .map(|fence| Beat {
                fence,
                progress: progress.map(|hundredth| Progress {
                    fraction: f64::from(hundredth) / 256.0,
                    stage: "working".to_owned(),
                    message: (hundredth % 2 == 0).then(|| format!("{hundredth}")),
                }),
                // Seen to stall, and to go on, as often as not.
                stalled_since: progress
                    .filter(|hundredth| hundredth % 4 == 1)
                    .map(|_| self.clock.now()),
            });
        Heartbeat {
            owner: self.owners[usize::from(owner)].id,
            beats: beats.collect(),
            lease: lease.then_some(LEASE),
        }
    }

    /// Starts attempts, and keeps their fences for later.
    fn start(&mut self, ask: impl Fn(&dyn Repository) -> Result<Vec<Job>>, owner: u8) -> Applied {
        let owner = self.owners[usize::from(owner)].id;
        let (memory, subject) = (ask(&self.memory), ask(self.subject.as_ref()));
        if let Ok(jobs) = &memory {
            self.note_started(jobs, owner);
        }
        agree(memory, subject)
    }

    /// Ends attempts and starts others in one transaction.
    fn exchange(&mut self, finishes: &[repository::Finish], claim: &repository::Claim) -> Applied {
        let ask = |store: &dyn Repository| {
            let exchanged = store.finish_and_claim(finishes.into(), claim)?;
            let ended = exchanged.ended.into_iter();
            let ended: Vec<_> = ended.map(|job| job.map_err(|error| error.kind())).collect();
            Ok((ended, exchanged.started))
        };
        let (memory, subject) = (ask(&self.memory), ask(self.subject.as_ref()));
        let mut is_refused = false;
        if let Ok((ended, started)) = &memory {
            is_refused = ended.iter().any(Result::is_err);
            self.note_started(started, claim.owner.id);
        }
        match agree(memory, subject)? {
            Answer::Done if is_refused => Ok(Answer::Refused),
            answer => Ok(answer),
        }
    }

    fn note_started(&mut self, jobs: &[Job], owner: OwnerId) {
        self.fences.extend(jobs.iter().map(|job| Fence {
            job: job.id,
            attempt: job.attempt,
            owner,
        }));
    }

    /// Ends the attempt of a fence: of any there ever was, or of the newest for `again`.
    fn finish(&mut self, fence: u8, ending: Ending, again: bool) -> Applied {
        let fence = match again {
            true => self.fences.last().copied(),
            false => pick(&self.fences, fence),
        };
        let Some(fence) = fence else {
            return Ok(Answer::Nothing);
        };
        let finish = self.finish_of(fence, ending);
        let first = self.same(|store| store.finish(&finish))?;
        if again {
            return self.same(|store| store.finish(&finish));
        }
        Ok(first)
    }

    fn finish_of(&self, fence: Fence, ending: Ending) -> repository::Finish {
        repository::Finish {
            fence,
            ending: ending_of(ending, self.clock.now()),
            usage: Some(Usage {
                cpu_us: i64::from(fence.attempt),
                peak_memory_bytes: 1 << 20,
            }),
            trace: fence
                .attempt
                .is_multiple_of(2)
                .then(|| format!("at line {}", fence.attempt)),
        }
    }

    fn on_job(&mut self, job: u8, ask: impl Fn(&dyn Repository, JobId) -> Result<Job>) -> Applied {
        match pick(&self.jobs, job) {
            Some(job) => self.same(|store| ask(store, job)),
            None => Ok(Answer::Nothing),
        }
    }

    fn same<T: PartialEq + Debug>(&self, ask: impl Fn(&dyn Repository) -> Result<T>) -> Applied {
        agree(ask(&self.memory), ask(self.subject.as_ref()))
    }

    /// Compares everything there is; the history of a job only when the job has changed.
    fn compare_rows(&mut self) -> std::result::Result<(), Apart> {
        let all = ListJobs {
            limit: 1_000,
            ..ListJobs::default()
        };
        let jobs = self.memory.list(&all).unwrap();
        if self.subject.list(&all).unwrap() != jobs {
            // Says the same once more, with both lists.
            self.same(|store| store.list(&all))?;
        }
        for job in &jobs {
            if self.seen.get(&job.id) != Some(job) {
                self.same(|store| store.attempts(job.id))?;
                self.same(|store| store.parents(job.id))?;
                self.seen.insert(job.id, job.clone());
            }
        }
        self.same(|store| store.paused())?;
        self.same(|store| store.workers())?;
        for id in 1..4 {
            self.same(|store| store.floorplan(id))?;
        }
        self.steps += 1;
        if self.steps.is_multiple_of(COUNTED_EVERY) {
            self.same(|store| store.stats())?;
            self.same(|store| store.queued_kinds())?;
            self.same(|store| store.catalogue())?;
            for id in 1..4 {
                self.same(|store| store.layout(id))?;
                self.same(|store| store.bom(id))?;
                self.same(|store| store.newest_bom(id))?;
            }
        }
        self.compare_answers(self.steps % QUESTIONS)
    }

    /// Compares the answers to every question, as of now.
    pub(super) fn compare_all_answers(&self) -> std::result::Result<(), Apart> {
        (0..QUESTIONS).try_for_each(|question| self.compare_answers(question))
    }

    /// Compares what is made of the rows: a part of it after each step, and all at the end.
    fn compare_answers(&self, question: usize) -> std::result::Result<(), Apart> {
        let queues = [queue(false), queue(true)];
        match question {
            0 => {
                self.same(|store| store.counts(&queues))?;
                self.same(|store| store.next_run_at(&queues))?;
                self.same(|store| store.ready_queues())?;
                self.same(|store| store.loads())?;
            }
            1 => {
                self.same(|store| store.recent_runs(&kind(0), 3))?;
                self.same(|store| store.recent_attempts(4))?;
            }
            2 => {
                for job in self.jobs.last().iter().chain(&self.jobs.first()) {
                    self.same(|store| store.position(**job))?;
                    self.same(|store| store.situation(**job))?;
                }
            }
            3 => {
                let filter = filter_of(self.steps, &self.jobs, &self.clock);
                self.same(|store| store.list(&filter))?;
            }
            _ => {
                let blobs: Vec<_> = (0..3).map(|n| format!("sha256:{n}")).collect();
                self.same(|store| store.unreferenced(&blobs))?;
                self.same(|store| store.references(None, 2))?;
                self.same(|store| store.latest_moment())?;
                self.same(|store| {
                    let owners = store.running_owners()?;
                    let ids = owners
                        .into_iter()
                        .map(|owner| (owner.id, owner.process.pid));
                    Ok(ids.collect::<Vec<_>>())
                })?;
            }
        }
        Ok(())
    }
}

/// A filter that differs from step to step.
fn filter_of(number: usize, jobs: &[JobId], clock: &ManualClock) -> ListJobs {
    let pick = |of: usize| number / QUESTIONS % of;
    let a_while_ago = clock.now().as_micros() - 30_000_000;
    ListJobs {
        statuses: Status::ALL.into_iter().skip(pick(6)).take(2).collect(),
        kind: (pick(3) == 0).then(|| kind(0)),
        queue: (pick(4) == 0).then(|| queue(false)),
        floorplan_id: (pick(5) == 0).then_some(1),
        unique_key: (pick(7) == 0).then(|| "key-0".to_owned()),
        created_after: (pick(8) == 0).then(|| Timestamp::from_micros(a_while_ago)),
        created_before: (pick(2) == 0).then(|| clock.now()),
        before: jobs.get(jobs.len() / 2).copied().filter(|_| pick(3) == 1),
        limit: 1 + pick(4) * 10,
    }
}

fn agree<T: PartialEq + Debug>(memory: Result<T>, subject: Result<T>) -> Applied {
    if let Err(error) = &subject
        && error.kind() == ErrorKind::Unavailable
    {
        return Err(Apart::Unanswered(error.chain()));
    }
    let words = |error: floorjobs_core::Error| (error.kind(), error.message().to_owned());
    let (memory, subject) = (memory.map_err(words), subject.map_err(words));
    if memory != subject {
        return Err(Apart::Differ(format!(
            "the oracle says\n{memory:#?}\nand the other\n{subject:#?}"
        )));
    }
    Ok(match memory {
        Ok(_) => Answer::Done,
        Err(_) => Answer::Refused,
    })
}

fn pick<T: Copy>(from: &[T], number: u8) -> Option<T> {
    // From the end, so that what was made last is picked most.
    let back = usize::from(number) % from.len().max(1);
    from.len().checked_sub(back + 1).map(|index| from[index])
}

/// A catalogue of one row.
fn row(number: u8) -> Catalogue {
    let text = format!(
        "code,material_name,category,unit_of_measurement,cost_inr\nM{number},Board,wall,sqft,{number}"
    );
    Catalogue::from_csv("rows", text.as_bytes()).unwrap()
}

fn kind(number: u8) -> Kind {
    Kind::new(format!("kind-{number}")).unwrap()
}

fn queue(other: bool) -> QueueName {
    QueueName::new(if other { "other" } else { "default" }).unwrap()
}

fn enqueue_of(request: &Request, number: usize, known: &[JobId]) -> Enqueue {
    let mut job = NewJob::of(kind(request.kind))
        .payload(json!({ "number": number }))
        .priority(i32::from(request.priority))
        .delay(Duration::from_secs(u64::from(request.delay)));
    job.queue = request.other_queue.then(|| queue(true));
    job.unique_key = request.key.map(|key| format!("key-{key}"));
    if job.unique_key.is_some() {
        job.unique_scope = match request.scope {
            Scope::Active => UniqueScope::Active,
            Scope::For(seconds) => UniqueScope::For(Duration::from_secs(u64::from(seconds))),
            Scope::Forever => UniqueScope::Forever,
        };
    }
    job.after = request
        .parents
        .iter()
        .filter_map(|n| pick(known, *n))
        .collect();
    job.after_index = request.leader.map(usize::from).into_iter().collect();
    job.on_parent_failure = ParentFailure::ALL[usize::from(request.policy)];
    job.max_attempts = request.max_attempts.map(u16::from);
    job.request_id = (number % 2 == 1).then(|| format!("request-{number}"));
    let floorplan = match request.plan {
        Plan::None => None,
        Plan::New => Some(NewFloorplan {
            project_id: None,
            filename: None,
            pdf_ref: format!("sha256:{number}"),
            pdf_bytes: 7,
        }),
        Plan::Known(id) => {
            job.floorplan_id = Some(i64::from(id));
            None
        }
    };
    let mut id = [0x70; 16];
    id[8..].copy_from_slice(&(number as u64).to_be_bytes());
    Enqueue {
        id: JobId::from_bytes(id),
        job,
        default_queue: queue(false),
        payload_ref: floorplan.as_ref().map(|plan| plan.pdf_ref.clone()),
        floorplan,
    }
}

fn ending_of(ending: Ending, now: Timestamp) -> repository::Ending {
    let error = Failure::new(ErrorKind::Unavailable, "the printer is on fire");
    let later = |seconds: u8| now.after(Duration::from_secs(u64::from(seconds)));
    let succeeded = |product| repository::Ending::Succeeded {
        result: Some(json!([1, 2])),
        result_ref: Some(json!({"result_id": 7})),
        product,
    };
    match ending {
        Ending::Succeed => succeeded(None),
        Ending::SucceedReading => succeeded(Some(Product::Reading(Reading {
            source: "vector".to_owned(),
            total_wall_count: 3,
            total_linear_pts: 4.5,
            document_ref: "sha256:d".to_owned(),
            svg_ref: "sha256:e".to_owned(),
        }))),
        Ending::SucceedDesign => succeeded(Some(Product::Design(NewDesign {
            layout: Some(NewLayout {
                document_ref: "sha256:l".to_owned(),
                svg_ref: "sha256:p".to_owned(),
            }),
            layout_id: None,
            bom: Some(NewBom {
                document_ref: "sha256:m".to_owned(),
                total_paise: 12_345,
                is_partial: true,
            }),
        }))),
        Ending::Retry(seconds) => repository::Ending::Retried {
            error,
            run_at: later(seconds),
        },
        Ending::Fail => repository::Ending::Failed { error },
        Ending::Crash(seconds) => repository::Ending::Crashed {
            error,
            run_at: Some(later(seconds)),
        },
        Ending::CrashForGood => repository::Ending::Crashed {
            error,
            run_at: None,
        },
        Ending::Snooze(seconds) => repository::Ending::Snoozed {
            run_at: later(seconds),
        },
        Ending::Release => repository::Ending::Released,
        Ending::Cancel => repository::Ending::Cancelled,
    }
}
