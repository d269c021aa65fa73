//! What the processes wrote down, held against what the database says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use floorjobs_core::blob::BlobRef;
use floorjobs_core::job::JobId;
use floorjobs_core::{Client, Job, Status};
use serde_json::Value;

use super::log::{Entry, read_all};
use super::violence::Told;

/// What came out, for the table; and everything that should not have.
#[derive(Default)]
pub(super) struct Audit {
    pub(super) violations: Vec<String>,
    pub(super) acknowledged: BTreeSet<JobId>,
    pub(super) counts: BTreeMap<&'static str, usize>,
    pub(super) errors: BTreeMap<String, usize>,
    /// From the answer to an enqueue to the first line of its handler.
    pub(super) pickups: Vec<Pickup>,
    /// Enqueues that were refused, and the longest that one took, in microseconds.
    pub(super) refused: usize,
    pub(super) longest_enqueue: i64,
    /// The longest that an enqueue was held up by Redis, in microseconds.
    pub(super) longest_hint: i64,
    /// When which worker began to learn of jobs in another way, and whether by hints.
    pub(super) transports: Vec<(u32, i64, bool)>,
    /// From the kill or stop of a worker until what it ran is free for others; when that runs
    /// next is a matter of what else waits.
    pub(super) after_kill: Vec<i64>,
    pub(super) after_stop: Vec<i64>,
    /// From the first enqueue to the last result.
    pub(super) took: i64,
}

/// How long a job waited that was due at once. Microseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pickup {
    /// When it was stored.
    pub(super) at: i64,
    pub(super) took: i64,
}

/// All lines about one job.
#[derive(Default)]
struct Story {
    kind: String,
    /// When its enqueue was answered, if it was due then.
    due_since: Option<i64>,
    parents: Vec<JobId>,
    was_retried: bool,
    began: BTreeMap<u32, i64>,
    reaped: BTreeMap<u32, i64>,
    returned: BTreeMap<u32, (i64, u64)>,
    accepted: BTreeSet<u32>,
    from: BTreeMap<u32, u64>,
    kept: BTreeMap<u32, u64>,
}

pub(super) fn audit(client: &Client, logs: &Path, told: &Told) -> Audit {
    let mut audit = Audit::default();
    let stories = audit.read(&read_all(logs));
    for (id, story) in &stories {
        let job = match client.get(*id) {
            Ok(job) => job,
            Err(error) => {
                audit.count("lost", 1);
                let text = format!("job `{id}`: {}", error.chain());
                audit.violations.push(text);
                continue;
            }
        };
        let mut say = |what: String| audit.violations.push(format!("job `{id}` {what}"));
        check_result(client, &job, story, &mut say);
        check_checkpoints(story, &mut say);
        for parent in &story.parents {
            let ended = ended_well(client, *parent, &stories[parent]);
            if let (Some(began), Some(ended)) = (story.began.values().min(), ended)
                && *began < ended
            {
                say(format!("began before its parent `{parent}` was done"));
            }
        }
        if story.kind == "poison" && (job.status, job.crashes) != (Status::Failed, 3) {
            say(format!(
                "is poison, and {} after {} crashes",
                job.status, job.crashes
            ));
        }
        if story.kind != "poison" && job.status == Status::Failed && job.crashes == 3 {
            audit.count("innocent jobs stopped after 3 crashes", 1);
        }
        if story.accepted.len() > 1 {
            audit.count("doubled accepted", 1);
            let text = format!("job `{id}` has accepted {:?}", story.accepted);
            audit.violations.push(text);
        }
        audit.measure(client, &job, story, told);
    }
    audit
}

impl Audit {
    fn count(&mut self, what: &'static str, by: usize) {
        *self.counts.entry(what).or_default() += by;
    }

    fn read(&mut self, entries: &[Entry]) -> BTreeMap<JobId, Story> {
        let mut stories: BTreeMap<JobId, Story> = BTreeMap::new();
        let (mut first, mut last) = (None, 0);
        for entry in entries {
            match entry.word() {
                "stored" => {
                    first.get_or_insert(entry.at);
                    self.acknowledged.insert(entry.job());
                    let story = of(&mut stories, entry);
                    story.kind = entry.rest(2).to_owned();
                    if entry.rest(3) == "due" {
                        story.due_since.get_or_insert(entry.at);
                    }
                }
                "child" => {
                    let parent = entry.rest(2).parse().unwrap();
                    of(&mut stories, entry).parents.push(parent);
                }
                "again" => of(&mut stories, entry).was_retried = true,
                "cancelled" => self.count("cancels answered", 1),
                "began" => {
                    self.count("attempts begun", 1);
                    of(&mut stories, entry)
                        .began
                        .insert(entry.attempt(), entry.at);
                }
                "returned" => {
                    let token = entry.rest(3).parse().unwrap();
                    last = last.max(entry.at);
                    of(&mut stories, entry)
                        .returned
                        .insert(entry.attempt(), (entry.at, token));
                }
                "accepted" => {
                    of(&mut stories, entry).accepted.insert(entry.attempt());
                }
                "from" => {
                    let step = entry.rest(3).parse().unwrap();
                    of(&mut stories, entry).from.insert(entry.attempt(), step);
                }
                "kept" => {
                    let step = entry.rest(3).parse().unwrap();
                    of(&mut stories, entry).kept.insert(entry.attempt(), step);
                }
                "refused" => self.count("stale writes refused", 1),
                "unkept" if entry.rest(3) == "lease_lost" => self.count("stale writes refused", 1),
                "unkept" => self.count("checkpoints that failed", 1),
                "given-up" => self.count("endings lost with their lease", 1),
                "reaped" => {
                    of(&mut stories, entry)
                        .reaped
                        .insert(entry.attempt(), entry.at);
                }
                "asked" => {
                    let took = entry.rest(1).parse().unwrap();
                    self.longest_enqueue = self.longest_enqueue.max(took);
                    self.refused += usize::from(entry.rest(3) != "ok");
                }
                "announced" => {
                    let took = entry.rest(1).parse().unwrap();
                    self.longest_hint = self.longest_hint.max(took);
                }
                "transport" => {
                    let hears = entry.rest(1) == "redis";
                    self.transports.push((entry.pid, entry.at, hears));
                }
                "unheard" => self.violations.push("events were dropped".to_owned()),
                "error" => {
                    let code = entry.rest(1);
                    *self.errors.entry(code.to_owned()).or_default() += 1;
                    // A cancel or retry may come too late, or meet a key that another holds.
                    if !["unavailable", "invalid_state", "conflict"].contains(&code) {
                        self.violations
                            .push(format!("a producer was told `{code}`"));
                    }
                }
                "failed" => {
                    self.count("operations of workers that failed", 1);
                    if entry.rest(2) != "unavailable" {
                        let (what, code) = (entry.rest(1), entry.rest(2));
                        self.violations
                            .push(format!("{what} of {} failed: {code}", entry.pid));
                    }
                }
                _ => {}
            }
        }
        self.took = last - first.unwrap_or(last);
        stories
    }

    fn measure(&mut self, client: &Client, job: &Job, story: &Story, told: &Told) {
        if let (Some(due), Some(began)) = (story.due_since, story.began.get(&1)) {
            let took = (began - due).max(0);
            self.pickups.push(Pickup { at: due, took });
        }
        let attempts = client.attempts(job.id).unwrap();
        for lost in &attempts {
            let (began, reaped) = (&story.began, &story.reaped);
            // One whose handler did not begin, or whose reaper died before it could tell, is not
            // measured.
            let (Some(&since), Some(&free)) = (began.get(&lost.number), reaped.get(&lost.number))
            else {
                continue;
            };
            let of = |acts: &[(u32, i64)]| {
                let acts = acts
                    .iter()
                    .filter(|(pid, at)| *pid == lost.pid && *at >= since);
                acts.map(|(_, at)| *at).min()
            };
            // Whatever came first made it fall silent.
            match (of(&told.kills), of(&told.stops)) {
                (Some(kill), stop) if stop.is_none_or(|stop| kill < stop) => {
                    self.after_kill.push(free - kill);
                }
                (_, Some(stop)) if stop < free => self.after_stop.push(free - stop),
                _ => {}
            }
        }
    }
}

fn of<'a>(stories: &'a mut BTreeMap<JobId, Story>, entry: &Entry) -> &'a mut Story {
    stories.entry(entry.job()).or_default()
}

/// When the handler returned that ended the job well. `None` where none did: the job was cancelled
/// or given up, and its handler may be that of a worker that was stopped for long, and returns
/// when others have gone on. Nor for one that somebody ran again, for it ended twice.
fn ended_well(client: &Client, parent: JobId, story: &Story) -> Option<i64> {
    let job = client.get(parent).ok()?;
    let is_plain = job.status == Status::Succeeded && !story.was_retried;
    let returned = story.returned.get(&job.attempt).filter(|_| is_plain);
    returned.map(|(at, _)| *at)
}

/// The stored result is the one that the accepted attempt returned.
fn check_result(client: &Client, job: &Job, story: &Story, say: &mut impl FnMut(String)) {
    if job.status != Status::Succeeded {
        if !story.accepted.is_empty() {
            say(format!(
                "is {}, and attempt {:?} was accepted",
                job.status, story.accepted
            ));
        }
        return;
    }
    if story.accepted.iter().any(|attempt| *attempt != job.attempt) {
        say(format!(
            "ended with attempt {}, not {:?}",
            job.attempt, story.accepted
        ));
    }
    let result = job.result.clone().or_else(|| {
        let blob: BlobRef = job
            .result_ref
            .as_ref()?
            .get("blob")?
            .as_str()?
            .parse()
            .unwrap();
        let bytes = client.blobs().get(&blob, 1 << 30).unwrap();
        Some(serde_json::from_slice::<Value>(&bytes).unwrap())
    });
    let stored = result.as_ref().and_then(|result| result["token"].as_u64());
    let returned = story.returned.get(&job.attempt).map(|(_, token)| *token);
    if stored.is_none() || stored != returned {
        say(format!(
            "stores {stored:?}, and its attempt returned {returned:?}"
        ));
    }
}

/// An attempt goes on from what was kept before it, or from something newer whose answer was lost.
fn check_checkpoints(story: &Story, say: &mut impl FnMut(String)) {
    for (attempt, from) in &story.from {
        let kept = story.kept.range(..attempt).map(|(_, step)| *step).max();
        if kept.is_some_and(|kept| kept > *from) {
            say(format!(
                "forgot step {kept:?}: attempt {attempt} began with {from}"
            ));
        }
    }
}
